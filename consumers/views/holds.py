"""What protects an account: the page that says so, the forms that place, propose and lift."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from consumers import access, operations, queries
from consumers.forms import AccountHoldForm, CertificateForm, HoldProposalForm, LiftForm
from consumers.models import Consumer
from consumers.queries.proposals import ShownProposal
from consumers.queries.protecting import ShownHold
from consumers.queries.register import certificates_among, kinds_of_protection
from consumers.views.profiles import found_consumer, shell
from smart360.kernel import clock
from smart360.kernel.errors import Refusal
from smart360.organisation.context import today_in_use
from smart360.staff.access import signed_in_person
from smart360.staff.permissions import Permission
from smart360.web.fields import posted_form_key, put_beside
from smart360.web.gate import requires
from smart360.web.htmx import page_or_fragment

LIST = "consumers/hold_proposals.html"


@require_http_methods(["GET", "POST"])
@requires(Permission.PROTECT_ACCOUNT, Permission.PROPOSE_HOLD, Permission.PROPOSE_PROTECTION)
def account_holds(request: HttpRequest, account: str) -> HttpResponse:
    """What protects the account or did, and the form that protects it or asks for it (DIS12).

    A supervisor's protects at once; somebody else's waits for a supervisor (roles.md).
    """
    consumer, person = found_consumer(request, account), signed_in_person(request)
    decides = person.has_permission(Permission.PROTECT_ACCOUNT)
    if request.method == "GET":
        return _holds_page(request, consumer)
    key = posted_form_key(request.POST)
    form = _form(request, _certificates(request, consumer), request.POST)
    if not form.is_valid():
        return _holds_page(request, consumer, form, status=422)
    asked: dict[str, Any] = {
        "consumer": consumer.pk,
        "wish": form.wish(),
        "by": person,
        "at": clock.now(),
        "form_key": key,
    }
    try:
        if decides:
            operations.place_account_hold(**asked)
        else:
            operations.propose_account_hold(note=form.cleaned_data["note"], **asked)
    except Refusal as refusal:
        put_beside(form, refusal)
        return _holds_page(request, consumer, form, status=refusal.http_status)
    done = "The account is protected" if decides else "A supervisor decides on the hold"
    messages.success(request, done)
    return HttpResponseRedirect(resolve_url("account_holds", account))


@require_POST
@requires(Permission.PROTECT_ACCOUNT)
def account_hold_lift(request: HttpRequest, account: str, hold: int) -> HttpResponse:
    """End a protection before its day, with a reason."""
    consumer = found_consumer(request, account)
    if not queries.has_hold(consumer.pk, hold):
        raise Http404
    key, form = posted_form_key(request.POST), LiftForm(request.POST)
    if not form.is_valid():
        return _holds_page(request, consumer, lift=(hold, form), status=422)
    try:
        operations.lift_account_hold(
            hold=hold,
            reason=form.cleaned_data["reason"],
            by=signed_in_person(request),
            at=clock.now(),
            form_key=key,
        )
    except Refusal as refusal:
        form.add_error(None, refusal.sentence)
        return _holds_page(request, consumer, lift=(hold, form), status=refusal.http_status)
    messages.success(request, "The hold is lifted")
    return HttpResponseRedirect(resolve_url("account_holds", account))


# ------------------------------------------------------------------ what others propose
@require_GET
@requires(Permission.PROTECT_ACCOUNT)
def hold_proposal_list(request: HttpRequest) -> HttpResponse:
    """The proposed holds that wait for a supervisor, longest waiting first."""
    person = signed_in_person(request)
    cursor = request.GET.get("cursor", "")
    page = queries.waiting_proposals(access.visible_proposals(person), to=person, cursor=cursor)
    context = {
        "rows": [(row, access.shown(row.consumer, to=person, addresses=())) for row in page.rows],
        **page.urls(reverse("hold_proposal_list")),
    }
    return page_or_fragment(request, LIST, "proposals", context)


@require_POST
@requires(Permission.PROTECT_ACCOUNT)
def hold_proposal_accept(request: HttpRequest, account: str, proposal: int) -> HttpResponse:
    """Protect the account as somebody proposed it, with the certificate if it was to follow."""
    consumer, key = _found_with(request, account, proposal), posted_form_key(request.POST)
    form = None
    if "certificate" in request.POST:
        form = _certificate_form(proposal, _certificates(request, consumer), request.POST)
        if not form.is_valid():
            return _holds_page(request, consumer, accept=(proposal, form), status=422)
    try:
        operations.accept_account_hold(
            proposal=proposal,
            certificate=form.cleaned_data["certificate"] if form else None,
            by=signed_in_person(request),
            at=clock.now(),
            form_key=key,
        )
    except Refusal as refusal:
        return _holds_page(request, consumer, refusal=refusal, status=refusal.http_status)
    messages.success(request, "The account is protected")
    return HttpResponseRedirect(resolve_url("account_holds", account))


@require_POST
@requires(Permission.PROTECT_ACCOUNT)
def hold_proposal_decline(request: HttpRequest, account: str, proposal: int) -> HttpResponse:
    """Leave the account unprotected, with a reason."""
    consumer, key = _found_with(request, account, proposal), posted_form_key(request.POST)
    form = LiftForm(request.POST, auto_id=f"decline-{proposal}-%s")
    if not form.is_valid():
        return _holds_page(request, consumer, decline=(proposal, form), status=422)
    try:
        operations.decline_account_hold(
            proposal=proposal,
            reason=form.cleaned_data["reason"],
            by=signed_in_person(request),
            at=clock.now(),
            form_key=key,
        )
    except Refusal as refusal:
        return _holds_page(
            request, consumer, decline=(proposal, form), refusal=refusal,
            status=refusal.http_status,
        )  # fmt: skip
    messages.success(request, "The proposed hold is declined")
    return HttpResponseRedirect(resolve_url("account_holds", account))


def _certificates(request: HttpRequest, consumer: Consumer) -> list[tuple[str, str]]:
    """The certificates that this person may rest a protection on, to choose from."""
    return certificates_among(access.known_certificates(consumer.pk, to=signed_in_person(request)))


def _form(
    request: HttpRequest, certificates: list[tuple[str, str]], data: Any = None
) -> AccountHoldForm:
    """The form for what this person may place or propose."""
    person = signed_in_person(request)
    form = AccountHoldForm if person.has_permission(Permission.PROTECT_ACCOUNT) else None
    proposes = person.has_permission(Permission.PROPOSE_HOLD)
    return (form or HoldProposalForm)(
        data,
        initial={"from_on": today_in_use()},
        kinds=kinds_of_protection(is_active=True),
        certificates=certificates,
        is_only_registering=form is None and not proposes,
    )


def _found_with(request: HttpRequest, account: str, proposal: int) -> Consumer:
    """The consumer for whom this hold was proposed, or 404."""
    consumer = found_consumer(request, account)
    if not access.has_proposal(consumer, proposal, to=signed_in_person(request)):
        raise Http404
    return consumer


def _certificate_form(
    proposal: int, certificates: list[tuple[str, str]], data: Any = None
) -> CertificateForm:
    """What a supervisor chooses where the certificate was to follow."""
    return CertificateForm(data, certificates=certificates, auto_id=f"accept-{proposal}-%s")


def _keeps_close(each: ShownHold | ShownProposal) -> bool:
    """Whether something is left unsaid: a hold that stands, or what another person proposed."""
    if isinstance(each, ShownProposal):
        return each.is_close and each.waits and not each.is_own
    return each.is_close and each.state == "STANDS"


def _decline_form(proposal: int) -> LiftForm:
    return LiftForm(auto_id=f"decline-{proposal}-%s")


def _holds_page(
    request: HttpRequest,
    consumer: Consumer,
    form: AccountHoldForm | None = None,
    *,
    lift: tuple[int, LiftForm] | None = None,
    decline: tuple[int, LiftForm] | None = None,
    accept: tuple[int, CertificateForm] | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    person = signed_in_person(request)
    decides = person.has_permission(Permission.PROTECT_ACCOUNT)
    certificates = _certificates(request, consumer)
    form = form or _form(request, certificates)
    knows_why = access.knows_protections(consumer.pk, person)
    holds = queries.account_holds(consumer.pk, today=today_in_use())
    proposals = queries.proposals_of(consumer.pk, to=person)
    lifting, lift_form = lift or (0, LiftForm())
    declining, decline_form = decline or (0, LiftForm())
    accepting, accept_form = accept or (0, None)

    def certificate_for(each: ShownProposal) -> CertificateForm | None:
        if each.id == accepting:
            return accept_form
        wanted = decides and each.waits and each.lacks_certificate and not each.is_own
        return _certificate_form(each.id, certificates) if wanted else None

    context = shell(request, access.shown(consumer, to=person)) | {
        "form": form,
        "decides": decides,
        "refusal": refusal,
        "holds": [
            (hold, lift_form if hold.id == lifting else LiftForm(auto_id=f"lift-{hold.id}-%s"))
            for hold in holds
            if knows_why or not hold.is_close
        ],
        "proposals": [
            (
                each,
                decline_form if each.id == declining else _decline_form(each.id),
                certificate_for(each),
            )
            for each in proposals
            if knows_why or each.is_own or not each.is_close
        ],
        "is_kept_close": not knows_why and any(_keeps_close(each) for each in holds),
        "is_asked_close": not knows_why and any(_keeps_close(each) for each in proposals),
    }
    return render(request, "consumers/account_holds.html", context, status=status)
