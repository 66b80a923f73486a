"""The acts on one complaint: each POST makes one call and answers fragments or a redirect."""

from collections.abc import Callable

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from complaints.forms import DecidingForm, DisputeForm, LinkForm, RejectForm, ResolveForm
from complaints.operations import deciding
from complaints.views.complaints import COMPLAINTS
from consumers.access import get_consumer
from smart360.cases.choices import CaseStatus
from smart360.cases.models import Case
from smart360.cases.views import acts
from smart360.kernel import clock
from smart360.staff.access import signed_in_person
from smart360.staff.permissions import Permission
from smart360.web.fields import form_key_if_sent, posted_form_key
from smart360.web.gate import requires

NO_SUCH_ACCOUNT = "There is no account with this number"


# ------------------------------------------------------------------ status
@require_POST
@requires(Permission.WORK_ON_COMPLAINT)
def complaint_acknowledge(request: HttpRequest, number: str) -> HttpResponse:
    """Take note of the complaint: In Progress from now on (CMP5)."""
    return acts.acknowledge(COMPLAINTS, request, number)


@require_POST
@requires(Permission.WORK_ON_COMPLAINT)
def complaint_resume(request: HttpRequest, number: str) -> HttpResponse:
    """Go on with the complaint."""
    return acts.resume(COMPLAINTS, request, number)


@require_POST
@requires(Permission.WORK_ON_COMPLAINT)
def complaint_assign(request: HttpRequest, number: str) -> HttpResponse:
    """Take the complaint on oneself."""
    return acts.assign(COMPLAINTS, request, number)


@require_POST
@requires(Permission.ASSIGN_OTHERS)
def complaint_assign_to(request: HttpRequest, number: str) -> HttpResponse:
    """Give the complaint to somebody else."""
    return acts.assign_to(COMPLAINTS, request, number)


@require_POST
@requires(Permission.WORK_ON_COMPLAINT)
def complaint_hold(request: HttpRequest, number: str) -> HttpResponse:
    """Put the complaint on hold for a reason, until a moment."""
    return acts.hold(COMPLAINTS, request, number)


@require_POST
@requires(Permission.DECIDE_COMPLAINT)
def complaint_resolve(request: HttpRequest, number: str) -> HttpResponse:
    """Resolve Request: say what was done (CMP5)."""
    form = ResolveForm(request.POST)
    sentence = f"{number} is resolved."
    return _decide(
        request, number, "resolve_form", form, deciding.resolve_complaint, CaseStatus.RESOLVED,
        sentence,
    )  # fmt: skip


@require_POST
@requires(Permission.DECIDE_COMPLAINT)
def complaint_reject(request: HttpRequest, number: str) -> HttpResponse:
    """Reject Complaint, and say why (CMP5)."""
    form = RejectForm(request.POST)
    sentence = f"{number} is rejected."
    return _decide(
        request, number, "reject_form", form, deciding.reject_complaint, CaseStatus.REJECTED,
        sentence,
    )  # fmt: skip


@require_POST
@requires(Permission.REOPEN_COMPLAINT)
def complaint_reopen(request: HttpRequest, number: str) -> HttpResponse:
    """Take the complaint up again, and say why (CMP5, W15)."""
    form = DecidingForm(request.POST)
    sentence = f"{number} is in progress again."
    return _decide(
        request, number, "reopen_form", form, deciding.reopen_complaint, CaseStatus.IN_PROGRESS,
        sentence,
    )  # fmt: skip


def _decide(
    request: HttpRequest,
    number: str,
    name: str,
    form: Form,
    decide: Callable[..., Case],
    as_done: CaseStatus,
    sentence: str,
) -> HttpResponse:
    """An act that changes the status and says why."""
    me, key = signed_in_person(request), form_key_if_sent(request.POST)

    def act(case: Case) -> str:
        stored = decide(case=case.pk, by=me, at=clock.now(), form_key=key, **form.cleaned_data)
        return acts.stands(stored, as_done, sentence)

    return acts.submit(COMPLAINTS, request, number, name, form, act)


# ------------------------------------------------------------------ account and amount
@require_POST
@requires(Permission.DECIDE_COMPLAINT)
def complaint_link(request: HttpRequest, number: str) -> HttpResponse:
    """Say whose complaint it is, by the account number (CMP2)."""
    me, key = signed_in_person(request), form_key_if_sent(request.POST)
    form = LinkForm(request.POST)
    is_right = form.is_valid()
    account = get_consumer(form.cleaned_data["account"], to=me) if is_right else None
    if is_right and account is None:
        form.add_error("account", NO_SUCH_ACCOUNT)

    def act(case: Case) -> str:
        assert account is not None  # the form is valid
        deciding.link_account(
            case=case.pk, consumer=account.pk, by=me, at=clock.now(), form_key=key
        )
        return f"{number} is linked to {account.account_number}."

    return acts.submit(COMPLAINTS, request, number, "link_form", form, act)


@require_POST
@requires(Permission.SET_DISPUTED_AMOUNT)
def complaint_dispute(request: HttpRequest, number: str) -> HttpResponse:
    """Set how much is disputed, or that nothing is any more (BEY14)."""
    me, key = signed_in_person(request), posted_form_key(request.POST)
    form = DisputeForm(request.POST)

    def act(case: Case) -> str:
        amount = form.cleaned_data["amount"]
        deciding.set_disputed_amount(
            case=case.pk, amount=amount, by=me, at=clock.now(), form_key=key
        )
        return f"{number} disputes nothing now." if amount is None else "The amount is disputed."

    return acts.submit(COMPLAINTS, request, number, "dispute_form", form, act)


# ------------------------------------------------------------------ words
@require_POST
@requires(Permission.ADD_NOTE)
def complaint_add_note(request: HttpRequest, number: str) -> HttpResponse:
    """Write an internal note."""
    return acts.add_note(COMPLAINTS, request, number)


@require_POST
@requires(Permission.MESSAGE_CONSUMER)
def complaint_send_message(request: HttpRequest, number: str) -> HttpResponse:
    """Write to whoever complained, by e-mail."""
    return acts.send_message(COMPLAINTS, request, number)


@require_POST
@requires(Permission.LOG_CALL)
def complaint_log_call(request: HttpRequest, number: str) -> HttpResponse:
    """Note a phone call."""
    return acts.log_call(COMPLAINTS, request, number)
