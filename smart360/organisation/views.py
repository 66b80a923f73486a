"""The settings page and the logo."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_http_methods

from smart360.kernel import clock
from smart360.organisation import operations
from smart360.organisation.forms import UtilityForm
from smart360.organisation.queries import get_logo, get_utility
from smart360.organisation.rules import SIGNS, preview, zone_names
from smart360.web.fields import put_beside
from smart360.web.gate import ADMIN_PERMISSION, person_id, public, requires
from smart360.web.htmx import page_or_fragment

PAGE = "organisation/utility_change.html"


@require_http_methods(["GET", "POST"])
@requires(ADMIN_PERMISSION)
def utility_change(request: HttpRequest) -> HttpResponse:
    """Name, logo, contact data, currency, zone and language of the utility (ADM2)."""
    utility = get_utility()
    stored = {name: getattr(utility, name) for name in UtilityForm.stored_fields()}
    if request.method == "GET":
        return settings_page(request, UtilityForm(initial=stored))
    form = UtilityForm(request.POST, request.FILES, initial=stored)
    if not form.is_valid():
        return settings_page(request, form, status=422)
    upload = form.cleaned_data["logo"]
    try:
        changed = operations.change_utility(
            values=form.values(),
            logo=upload.read(operations.LARGEST_LOGO + 1) if upload else None,
            removes_logo=form.cleaned_data["removes_logo"],
            by=person_id(request),
            at=clock.now(),
        )
    except operations.UnableToChangeUtility as refusal:
        put_beside(form, refusal)
        return settings_page(request, form, status=refusal.http_status)
    words = operations.changed_fields_in_words(changed)
    messages.success(request, f"Saved: {words}." if changed else "Nothing was changed.")
    return redirect("utility_change")


def settings_page(request: HttpRequest, form: UtilityForm, *, status: int = 200) -> HttpResponse:
    """The page, or only its preview when a zone or a currency was chosen."""
    chosen = request.GET
    zone = chosen.get("time_zone") or str(form["time_zone"].value())
    currency = chosen.get("currency") or str(form["currency"].value())
    shown = preview(
        at=clock.now(),
        zone=zone if zone in zone_names() else "UTC",
        currency=currency if currency in SIGNS else "USD",
    )
    return page_or_fragment(
        request, PAGE, "preview", {"form": form, "preview": shown}, status=status
    )


@require_GET
@public
@cache_control(public=True, max_age=300)
def logo(request: HttpRequest) -> HttpResponse:
    """The utility's logo, for every page, the door and the consumer's tracking page."""
    picture = get_logo()
    if picture is None:
        raise Http404
    return HttpResponse(
        picture,
        headers={"Content-Type": "image/png", "X-Content-Type-Options": "nosniff"},
    )
