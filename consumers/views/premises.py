"""Correcting a service address."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.views.decorators.http import require_http_methods

from consumers import access, queries
from consumers.forms import PlaceForm
from consumers.models import Consumer, Premise
from consumers.operations.premises import correct_address
from consumers.views.profiles import found_consumer, shell
from smart360.kernel import clock
from smart360.kernel.errors import Refusal
from smart360.staff.access import signed_in_person
from smart360.staff.permissions import Permission
from smart360.web.gate import requires


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_CONSUMER)
def premise_correct(request: HttpRequest, account: str, premise: int) -> HttpResponse:
    """A typing mistake in an address: corrected for everybody who is supplied there."""
    consumer = found_consumer(request, account)
    place = access.premises_of(consumer, to=signed_in_person(request)).filter(pk=premise).first()
    if place is None:
        raise Http404
    if request.method == "GET":
        return _page(request, consumer, place, _form(request, place))
    form = _form(request, place)
    if not form.is_valid():
        return _page(request, consumer, place, form, status=422)
    try:
        correct_address(
            premise=place.pk,
            seen=form.seen,
            wanted=form.wanted,
            reason=form.cleaned_data.get("reason", ""),
            by=signed_in_person(request),
            at=clock.now(),
        )
    except Refusal as refusal:
        if refusal.field in form.fields and not refusal.is_conflict:
            form.add_error(refusal.field, refusal.sentence)
            return _page(request, consumer, place, form, status=refusal.http_status)
        return _page(request, consumer, place, form, refusal=refusal, status=refusal.http_status)
    messages.success(request, "Address corrected")
    return HttpResponseRedirect(resolve_url("consumer_connections", account))


def _form(request: HttpRequest, place: Premise) -> PlaceForm:
    data = request.POST if request.method == "POST" else None
    now = {"address": place.address, "area": place.area}
    seen = {"seen_address": place.address, "seen_area": place.area}
    return PlaceForm(data, initial=now | seen, needs_reason=bool(queries.guards_at(place.pk)))


def _page(
    request: HttpRequest,
    consumer: Consumer,
    place: Premise,
    form: PlaceForm,
    *,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    """The form, with who else is told; after a conflict it goes on from what is there now."""
    person = signed_in_person(request)
    guards = queries.guards_at(place.pk)
    if refusal is not None and refusal.is_conflict:
        place.refresh_from_db()
        now = {"seen_address": place.address, "seen_area": place.area}
        form = PlaceForm(dict(form.data.items()) | now, needs_reason=bool(guards))
    context = shell(request, access.shown(consumer, to=person), tab="Connections") | {
        "form": form,
        "place": place,
        "others": queries.accounts_at(place.pk, but=consumer.pk),
        "guards": guards,
        "may": not guards or person.has_permission(Permission.EDIT_GUARDED_DATA),
        "refusal": refusal,
    }
    return render(request, "consumers/premise_correct.html", context, status=status)
