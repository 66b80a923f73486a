"""The acts on one request: each POST makes one call and answers fragments or a redirect."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from disconnections import operations
from disconnections.views.detail import REQUESTS
from smart360.cases.choices import CaseStatus
from smart360.cases.forms import ApprovalForm, CloseForm, DecisionForm
from smart360.cases.models import Case
from smart360.cases.views import acts
from smart360.kernel import clock
from smart360.staff.access import signed_in_person
from smart360.staff.permissions import Permission
from smart360.web.fields import form_key_if_sent
from smart360.web.gate import requires


# ------------------------------------------------------------------ status
@require_POST
@requires(Permission.ACKNOWLEDGE)
def request_acknowledge(request: HttpRequest, number: str) -> HttpResponse:
    """Take note of the request: In Progress from now on (AC010)."""
    return acts.acknowledge(REQUESTS, request, number)


@require_POST
@requires(Permission.HOLD)
def request_resume(request: HttpRequest, number: str) -> HttpResponse:
    """Go on with the request (AC011)."""
    return acts.resume(REQUESTS, request, number)


@require_POST
@requires(Permission.ASSIGN)
def request_assign(request: HttpRequest, number: str) -> HttpResponse:
    """Take the request on oneself, from its own page or from the start page."""
    return acts.assign(REQUESTS, request, number)


@require_POST
@requires(Permission.ASSIGN_OTHERS)
def request_assign_to(request: HttpRequest, number: str) -> HttpResponse:
    """Give the request to somebody else."""
    return acts.assign_to(REQUESTS, request, number)


@require_POST
@requires(Permission.HOLD)
def request_hold(request: HttpRequest, number: str) -> HttpResponse:
    """Put the request on hold for a reason, until a moment (AC010)."""
    return acts.hold(REQUESTS, request, number)


@require_POST
@requires(Permission.CLOSE)
def request_close(request: HttpRequest, number: str) -> HttpResponse:
    """End the request without carrying it out (DIS7)."""
    me, key, form = (
        signed_in_person(request),
        form_key_if_sent(request.POST),
        CloseForm(request.POST),
    )

    def act(case: Case) -> str:
        stored = operations.close_request(
            case=case.pk, by=me, at=clock.now(), form_key=key, **form.cleaned_data
        )
        return acts.stands(stored, CaseStatus.CLOSED, f"{number} is closed.")

    return acts.submit(REQUESTS, request, number, "close_form", form, act)


# ------------------------------------------------------------------ approval
@require_POST
@requires(Permission.ASK_FOR_APPROVAL)
def request_ask_approval(request: HttpRequest, number: str) -> HttpResponse:
    """Put the request before supervisors, and say why (DIS11)."""
    me, key = signed_in_person(request), form_key_if_sent(request.POST)
    form = ApprovalForm(request.POST)

    def act(case: Case) -> str:
        operations.ask_for_approval(
            case=case.pk, by=me, at=clock.now(), form_key=key, **form.cleaned_data
        )
        return f"{number} waits for a supervisor."

    return acts.submit(REQUESTS, request, number, "approval_form", form, act)


@require_POST
@requires(Permission.APPROVE_REQUEST)
def request_decide(request: HttpRequest, number: str) -> HttpResponse:
    """Approve the request, or reject it with a reason (DIS11, W14)."""
    me, key = signed_in_person(request), form_key_if_sent(request.POST)
    form = DecisionForm(request.POST)

    def act(case: Case) -> str:
        decided = operations.decide_approval(
            case=case.pk, by=me, at=clock.now(), form_key=key, **form.cleaned_data
        )
        return f"{number} is {decided.get_state_display().lower()}."

    return acts.submit(REQUESTS, request, number, "decision_form", form, act)


# ------------------------------------------------------------------ words
@require_POST
@requires(Permission.ADD_NOTE)
def request_add_note(request: HttpRequest, number: str) -> HttpResponse:
    """Write an internal note."""
    return acts.add_note(REQUESTS, request, number)


@require_POST
@requires(Permission.MESSAGE_CONSUMER)
def request_send_message(request: HttpRequest, number: str) -> HttpResponse:
    """Write to the consumer by e-mail."""
    return acts.send_message(REQUESTS, request, number)


@require_POST
@requires(Permission.LOG_CALL)
def request_log_call(request: HttpRequest, number: str) -> HttpResponse:
    """Note a phone call."""
    return acts.log_call(REQUESTS, request, number)
