"""A new service order from a consumer's profile (SO1, CON10, CON11)."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.views.decorators.http import require_http_methods

from consumers import access
from consumers.choices import UtilityType
from consumers.models import Consumer
from consumers.views.profiles import shell
from smart360.fieldwork.forms import ProfileOrderForm
from smart360.fieldwork.operations import create_service_order
from smart360.fieldwork.queries.offers import Offer, offer_for
from smart360.fieldwork.rules import LONGEST_REMARKS
from smart360.kernel import clock
from smart360.kernel.errors import Refusal
from smart360.staff.access import signed_in_person
from smart360.staff.permissions import Permission
from smart360.web.fields import posted_form_key, put_beside
from smart360.web.gate import requires

PAGE = "fieldwork/profile_order_new.html"


@require_http_methods(["GET", "POST"])
@requires(Permission.CREATE_SERVICE_ORDER)
def order_new(request: HttpRequest, account: str) -> HttpResponse:
    """Create Service Order for an account, without a request.

    ``kind``, ``service`` and ``remarks`` of the address fill the form in.
    """
    consumer = access.get_consumer(account, to=signed_in_person(request))
    if consumer is None:
        raise Http404
    offer = offer_for(consumer, None)
    if request.method == "GET":
        return _page(request, consumer, _filled_in(request, offer))
    key = posted_form_key(request.POST)
    form = ProfileOrderForm(request.POST, templates=offer.templates, services=_services(offer))
    if not form.is_valid():
        return _page(request, consumer, form, status=422)
    return _create(request, consumer, form, key)


def _create(
    request: HttpRequest, consumer: Consumer, form: ProfileOrderForm, key: uuid.UUID
) -> HttpResponse:
    try:
        made = create_service_order(
            consumer=consumer.pk,
            by=signed_in_person(request),
            at=clock.now(),
            form_key=key,
            **form.cleaned_data,
        )
    except Refusal as refusal:
        put_beside(form, refusal)
        return _page(request, consumer, form, status=refusal.http_status)
    messages.success(request, f"{made.number} is {made.get_status_display().lower()}.")
    return HttpResponseRedirect(resolve_url("order_detail", made.number))


def _filled_in(request: HttpRequest, offer: Offer) -> ProfileOrderForm:
    """The form as the address asks for it, as far as that is offered."""
    asked = request.GET
    fitting = [each for each in offer.templates if each.kind == asked.get("kind")]
    first = next(iter((*fitting, *offer.templates)), None)
    wanted = [str(each.id) for each in offer.services if str(each.id) == asked.get("service")]
    initial = {
        "template": str(first.pk) if first else "",
        "services": wanted or [key for key, _ in _services(offer)],
        "remarks": asked.get("remarks", "")[:LONGEST_REMARKS],
    }
    return ProfileOrderForm(initial=initial, templates=offer.templates, services=_services(offer))


def _services(offer: Offer) -> list[tuple[str, str]]:
    return [
        (str(each.id), f"{UtilityType(each.utility_type).label}, {each.address}")
        for each in offer.services
    ]


def _page(
    request: HttpRequest, consumer: Consumer, form: ProfileOrderForm, *, status: int = 200
) -> HttpResponse:
    shown = access.shown(consumer, to=signed_in_person(request))
    context = shell(request, shown) | {"form": form}
    return render(request, PAGE, context, status=status)
