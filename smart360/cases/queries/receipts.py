"""What every receipt of a case needs: whom it names, what happens next, and how far the PDF is.

A receipt goes to the consumer: nothing in it is internal.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from django.conf import settings
from django.urls import reverse

from consumers.access import shown
from consumers.models import Consumer
from smart360.cases.models import Case
from smart360.cases.rules import hours_in_words
from smart360.documents.models import StoredFile
from smart360.owed.choices import OwedState
from smart360.owed.models import OwedWork
from smart360.staff.models import Person
from smart360.web.formats import shown_phone


class ReceiptState(StrEnum):
    """How far the PDF is."""

    READY = "READY"
    BEING_MADE = "BEING_MADE"
    FAILED = "FAILED"


class Receipt(Protocol):
    """What the shared pages know of a receipt's words; its template knows the rest."""

    @property
    def number(self) -> str:
        """Of the case."""

    @property
    def tracking_url(self) -> str:
        """The consumer's own link, or ``""`` for a reader who may not have it."""


@dataclass(frozen=True, slots=True)
class Contact:
    """Who the consumer is, as far as the reader may know."""

    name: str
    phone: str
    email: str
    sees_words: bool
    sees_link: bool


def contact_of(consumer: Consumer, to: Person | None) -> Contact:
    """A consumer as ``to`` may see them; None is the consumer.

    The tracking link leads to the whole receipt, so only who may read that gets it.
    """
    if to is None:
        return Contact(
            consumer.name,
            shown_phone(consumer.phone),
            consumer.email,
            sees_words=True,
            sees_link=True,
        )
    seen = shown(consumer, to=to)
    return Contact(
        seen.name,
        shown_phone(seen.phone),
        seen.email,
        sees_words=seen.sees_contact_data,
        sees_link=seen.sees_personal_data,
    )


def tracking_url(token: str) -> str:
    """The consumer's own link, whole, for paper and mail."""
    return f"{settings.PUBLIC_URL}{reverse('track', args=[token])}"


def promise(case: Case, minutes: int) -> str:
    """A target of the case's policy as its consumer reads it: ``2 hours``."""
    return hours_in_words(minutes, is_business=case.policy.calendar_id is not None)


def steps_of(case: Case, noun: str, between: Sequence[str]) -> tuple[str, ...]:
    """What happens next with a ``noun``, in the order in which it happens.

    ``between`` is what its kind does once it is confirmed.
    """
    if not case.is_open:
        return (f"This {noun} is {case.get_status_display().lower()}. Nothing more happens.",)
    return (
        f"We have confirmed the {noun}."
        if case.acknowledged_at
        else f"We confirm the {noun} within {promise(case, case.policy.acknowledgement_minutes)}.",
        *between,
        f"You can see at any time where your {noun} stands, at the address beside this list.",
    )


def receipt_key(number: str) -> str:
    """Under which the making of a case's receipt is owed."""
    return f"receipt:{number}"


def receipt_state(receipt: StoredFile | None, number: str) -> ReceiptState:
    """Whether the PDF of the case with this number is there, will be, or could not be made."""
    if receipt is not None:
        return ReceiptState.READY
    failed = OwedWork.objects.filter(dedupe_key=receipt_key(number), state=OwedState.FAILED)
    return ReceiptState.FAILED if failed.exists() else ReceiptState.BEING_MADE
