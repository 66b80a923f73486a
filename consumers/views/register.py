"""The register of protected consumers, for those who always need to know (BEY11)."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from consumers import access
from consumers.queries.register import STANDING, STATES, kinds_of_protection, list_register
from smart360.kernel.text import key_in
from smart360.organisation.context import today_in_use
from smart360.staff.access import signed_in_person
from smart360.staff.permissions import Permission
from smart360.web.gate import requires
from smart360.web.htmx import page_or_fragment

REGISTER = "consumers/protections.html"


@require_GET
@requires(Permission.SEE_PROTECTIONS)
def protection_list(request: HttpRequest) -> HttpResponse:
    """Who is protected and why, what ends first at the top."""
    person, today = signed_in_person(request), today_in_use()
    kinds = kinds_of_protection()
    asked = {name: request.GET.get(name, "") for name in ("state", "kind")}
    wish = {
        "state": asked["state"] if asked["state"] in dict(STATES) else STANDING,
        "kind": asked["kind"] if asked["kind"] in {str(each.pk) for each in kinds} else "",
    }
    page = list_register(
        access.visible_consumers(person),
        today=today,
        state=wish["state"],
        kind=key_in(wish["kind"]),
        cursor=request.GET.get("cursor", ""),
    )
    context = {
        "rows": [(row, access.shown(row.consumer, to=person, addresses=())) for row in page.rows],
        "wish": wish,
        "states": STATES,
        "kinds": [(str(each.pk), each.name) for each in kinds],
        "has_unknown": any(asked[name] and asked[name] != wish[name] for name in wish),
        **page.urls(**wish),
    }
    return page_or_fragment(request, REGISTER, "entries", context)
