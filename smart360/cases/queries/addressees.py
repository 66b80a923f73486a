"""Who is spoken to about a case."""

from smart360.cases import ports
from smart360.cases.models import Case
from smart360.cases.ports import Addressee

NOBODY = Addressee("", "")


def addressee_of(case: Case) -> Addressee:
    """The account's holder; without an account whoever the case says it is, or nobody."""
    if case.consumer is not None:
        return Addressee(case.consumer.name, case.consumer.email)
    answers = (ask(case.pk) for ask in ports.SPOKEN_TO)
    return next((each for each in answers if each is not None), NOBODY)
