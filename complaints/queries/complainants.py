"""Who a complaint is spoken about to: the account's holder, or whoever complains without one."""

from complaints.models import Complainant
from smart360.cases.ports import Addressee


def spoken_to(case: int) -> Addressee | None:
    """Who is spoken to about a complaint without an account. A port of ``cases``."""
    said = Complainant.objects.filter(pk=case).first()
    return Addressee(said.name, said.email) if said else None
