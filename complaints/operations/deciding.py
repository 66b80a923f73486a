"""What becomes of a complaint: resolved, rejected, reopened, linked, its amount disputed (CMP5)."""

import uuid
from datetime import datetime
from decimal import Decimal

from django.urls import reverse
from django.utils import timezone

from complaints import protecting, rules
from complaints.models import Complaint, ComplaintSettings, Reopening
from complaints.notices import complaint_decided, complaint_reopened
from consumers import guards
from smart360.cases import handling
from smart360.cases.choices import CaseStatus
from smart360.cases.lifecycle import SAY_WHY, says_why
from smart360.cases.models import Case
from smart360.cases.queries.states import end_sentence, state_sentence
from smart360.fieldwork.choices import Cancelled
from smart360.fieldwork.orders import cancel_live_orders
from smart360.kernel.db import operation, refuses, step
from smart360.kernel.errors import Refusal
from smart360.kernel.text import REQUIRED, is_blank
from smart360.organisation.queries import get_utility
from smart360.staff.models import Person
from smart360.trail.choices import Event
from smart360.trail.record import record
from smart360.web.formats import shown_datetime

RESOLVE = "complaints.resolve_complaint"
REJECT = "complaints.reject_complaint"
REOPEN = "complaints.reopen_complaint"
LINK = "complaints.link_account"
DISPUTE = "complaints.set_disputed_amount"


class UnableToDecide(Refusal):
    """It is not in progress, or the decision says nothing."""


class UnableToReopen(Refusal):
    """It has not ended, or ended too long ago."""


class UnableToLink(Refusal):
    """It has an account already, or has ended."""


class UnableToDispute(Refusal):
    """It is not about bills, or has ended."""


refuses(
    {
        "an_end_is_reopened_once": UnableToReopen("It was reopened already", is_conflict=True),
        "a_reopening_is_in_its_window": UnableToReopen(
            "It ended too long ago to be reopened", is_conflict=True
        ),
        "a_decided_complaint_says_how": UnableToDecide(REQUIRED, field="words"),
        "a_rejected_complaint_says_why": UnableToDecide(SAY_WHY, field="words"),
    }
)


@operation
def resolve_complaint(
    *, case: int, words: str, by: Person, at: datetime, form_key: uuid.UUID | None = None
) -> Case:
    """The complaint is dealt with; ``words`` say how, and go to whoever complained (CMP5).

    What is still to be done in the field is called off, what was disputed is owed again. Raises
    UnableToDecide.
    """
    locked = handling.lock_case_and_account(case)
    if handling.is_repeated(locked, form_key, act=RESOLVE, by=by, at=at, words=words):
        return locked
    _check_decision(locked, words, missing=rules.NO_RESOLUTION)
    _end(locked, CaseStatus.RESOLVED, event=Event.RESOLVED, words=words, by=by, at=at)
    return locked


@operation
def reject_complaint(
    *, case: int, words: str, by: Person, at: datetime, form_key: uuid.UUID | None = None
) -> Case:
    """The complaint is not followed; ``words`` say why, and go to whoever complained (CMP5, W16).

    Raises UnableToDecide.
    """
    locked = handling.lock_case_and_account(case)
    if handling.is_repeated(locked, form_key, act=REJECT, by=by, at=at, words=words):
        return locked
    _check_decision(locked, words, missing=rules.NO_REASON)
    if not says_why(words):
        raise UnableToDecide(SAY_WHY, field="words")
    _end(locked, CaseStatus.REJECTED, event=Event.REJECTED, words=words, by=by, at=at)
    return locked


@operation
def reopen_complaint(
    *, case: int, words: str, by: Person, at: datetime, form_key: uuid.UUID | None = None
) -> Case:
    """Take up a decided complaint again, within the window, and say why (CMP5, W15).

    The time that it had ended pauses its resolution clock; what it disputed is fenced off again.
    Raises UnableToReopen.
    """
    locked = handling.lock_case_and_account(case)
    if handling.is_repeated(locked, form_key, act=REOPEN, by=by, at=at, words=words):
        return locked
    ended_at = locked.ended_at
    if locked.is_open or ended_at is None:
        raise UnableToReopen(state_sentence(locked), is_conflict=True)
    last = rules.reopened_until(ended_at, ComplaintSettings.objects.get(pk=1).reopen_within_days)
    if at > last:
        with timezone.override(get_utility().zone):
            sentence = f"It could be reopened until {shown_datetime(last)}"
        raise UnableToReopen(sentence, is_conflict=True)
    _check_words(locked, words, missing=REQUIRED, wrong=UnableToReopen)
    complaint = _complaint(locked)
    Reopening.objects.create(
        complaint=complaint,
        had_ended_at=ended_at,
        reopened_at=max(at, ended_at),
        reopened_by=by,
    )
    handling.reopen(locked, by=by.pk, at=at, words=words)
    if protecting.place_fence(locked, complaint, by=by.pk, at=at):
        _record_fence(locked, complaint, Event.DISPUTE_SET, by=by, at=at)
    path = reverse("complaint_detail", args=[locked.number])
    complaint_reopened(locked, complaint, path=path, by=by.pk, at=at)
    return locked


@operation
def link_account(
    *, case: int, consumer: int, by: Person, at: datetime, form_key: uuid.UUID | None = None
) -> Case:
    """Say whose complaint it is, once the account is known; what was said at first stays (CMP2).

    From then on service orders are possible, and what it disputes is fenced off. Raises
    UnableToLink, NoSuchConsumer.
    """
    account = guards.lock_consumer(consumer)
    locked = handling.lock_case(case)
    if handling.is_repeated(locked, form_key, act=LINK, by=by, at=at, consumer=consumer):
        return locked
    if locked.consumer is not None:
        number = locked.consumer.account_number
        raise UnableToLink(f"It is linked to {number} already", is_conflict=True)
    if not locked.is_open:
        raise UnableToLink(end_sentence(locked), is_conflict=True)
    locked.consumer = account
    handling.touch(locked, by=by.pk, at=at, fields=("consumer",))
    record(
        Event.CONSUMER_LINKED,
        by=by.pk,
        at=at,
        case=locked.pk,
        consumer=account.pk,
        new={"account": account.account_number},
    )
    protecting.place_fence(locked, _complaint(locked), by=by.pk, at=at)
    return locked


@operation
def set_disputed_amount(
    *,
    case: int,
    amount: Decimal | None,
    by: Person,
    at: datetime,
    form_key: uuid.UUID | None = None,
) -> Case:
    """How much of the debt the complaint disputes; None: nothing any more (BEY14).

    Nobody is cut off for it while the complaint is open. Raises UnableToDispute.
    """
    locked = handling.lock_case_and_account(case)
    if handling.is_repeated(locked, form_key, act=DISPUTE, by=by, at=at, amount=amount):
        return locked
    complaint = _complaint(locked)
    if not locked.is_open:
        raise UnableToDispute(end_sentence(locked), is_conflict=True)
    if amount is not None and not complaint.category.is_about_bills:
        raise UnableToDispute("Only a complaint about bills disputes an amount", is_conflict=True)
    if amount is not None and amount <= 0:
        raise UnableToDispute("Enter an amount above 0.00", field="amount")
    if amount != complaint.disputed_amount:
        handling.touch(locked, by=by.pk, at=at)
        protecting.set_dispute(locked, complaint, amount, by=by.pk, at=at)
    return locked


# ------------------------------------------------------------------ what they have in common
def _complaint(case: Case) -> Complaint:
    return Complaint.objects.select_related("category", "name").get(pk=case.pk)


def _check_decision(case: Case, words: str, *, missing: str) -> None:
    if not case.is_open:
        raise UnableToDecide(end_sentence(case), is_conflict=True)
    if case.status != CaseStatus.IN_PROGRESS:
        raise UnableToDecide(state_sentence(case), is_conflict=True)
    _check_words(case, words, missing=missing, wrong=UnableToDecide)


def _check_words(case: Case, words: str, *, missing: str, wrong: type[Refusal]) -> None:
    if is_blank(words):
        raise wrong(missing, field="words")
    if len(words) > rules.LONGEST_DECISION:
        raise wrong(f"At most {rules.LONGEST_DECISION} characters", field="words")


@step
def _end(case: Case, to: CaseStatus, *, event: Event, words: str, by: Person, at: datetime) -> None:
    cancel_live_orders(case.pk, because=Cancelled.REQUEST_ENDED, by=by.pk, at=at)
    complaint = _complaint(case)
    case.ended_at = at
    case.ended_by_id = by.pk
    case.closing_note = words
    handling.move(case, to, event=event, by=by.pk, at=at, words=words)
    if protecting.lift_fence(case, by=by.pk, at=at):
        _record_fence(case, complaint, Event.DISPUTE_LIFTED, by=by, at=at)
    complaint_decided(case, complaint, at=at)


def _record_fence(
    case: Case, complaint: Complaint, event: Event, *, by: Person, at: datetime
) -> None:
    """The timeline of the complaint says what becomes of its amount with it."""
    record(
        event,
        by=by.pk,
        at=at,
        case=case.pk,
        consumer=case.consumer_id,
        new={"amount": str(complaint.disputed_amount)},
    )
