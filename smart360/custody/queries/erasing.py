"""What an erasure blanks, and what stands in its way (R8, docs/PRIVACY.md)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from billing.choices import PaymentState, ProposalState
from billing.models import CreditNote, Payment, Refund, Reversal, StatementPaper
from billing.queries.statements import papers_being_made
from complaints.models import Complainant, Complaint, ComplaintDraft, Evidence, Rating
from consumers.choices import AccountStatus, HoldProposalState, SupplyState
from consumers.models import (
    AccountHold,
    AccountMerge,
    Consumer,
    ConsumerDocument,
    ConsumerDocumentVersion,
    ConsumerNote,
    HoldProposal,
    Reading,
    ServiceConnection,
)
from disconnections.models import DisconnectionRequest
from smart360.cases.choices import OPEN_STATUSES
from smart360.cases.models import Approval, Case
from smart360.comms.choices import DeliveryState
from smart360.comms.models import Delivery, Message
from smart360.custody.models import PrivacyAct
from smart360.custody.queries.papers import papers_owed
from smart360.custody.queries.personal import READ_WHILE_THEIRS, WHOSE_READING
from smart360.fieldwork.choices import LIVE_STATUSES
from smart360.fieldwork.models import ServiceOrder
from smart360.kernel.money import ZERO
from smart360.trail.models import Entry
from smart360.trail.rules import ERASED, ERASED_NAME, ERASED_WORDS
from smart360.web.formats import shown_money

MOST_NAMED = 3
SUPPLIED = "A service is still supplied."
ENDED_HERE = "Another account was merged into this one. Erase that one first."


@dataclass(frozen=True, slots=True)
class Blank:
    """Columns of a table that hold a person's words, and what stands there afterwards."""

    model: type[Model]
    path: str
    columns: dict[str, str]
    only: Q = field(default_factory=Q)
    """Which of its rows are about them, where the path alone does not say."""


BLANKS: tuple[Blank, ...] = (
    Blank(Case, "consumer", {"closing_note": ERASED_WORDS}),
    Blank(Approval, "case__consumer", {"reason": ERASED_WORDS, "note": ERASED_WORDS}),
    Blank(
        Complaint,
        "case__consumer",
        {
            "description": ERASED_WORDS,
            "expected_resolution": ERASED,
            "notes": ERASED_WORDS,
        },
    ),
    Blank(
        Complainant,
        "complaint__case__consumer",
        {
            "name": ERASED_NAME,
            "phone": ERASED,
            "email": "",
            "service_address": "",
            "account_said": "",
            "search_text": "",
            "phone_digits": "",
        },
    ),
    Blank(
        DisconnectionRequest, "case__consumer", {"notes": ERASED_WORDS, "identity_last_four": ""}
    ),
    Blank(
        ServiceOrder,
        "consumer",
        {
            "name": ERASED,  # it ends with the consumer's
            "description": ERASED_WORDS,
            "remarks": ERASED_WORDS,
            "completion": ERASED_WORDS,
        },
    ),
    Blank(Reading, WHOSE_READING, {"rejection": ERASED_WORDS}, READ_WHILE_THEIRS),
    Blank(HoldProposal, "consumer", {"note": ERASED_WORDS, "decision": ERASED_WORDS}),
    Blank(Delivery, "message__consumer", {"why": ERASED_WORDS}),
    Blank(Delivery, "message__case__consumer", {"why": ERASED_WORDS}),
)
LINKS: tuple[tuple[type[Model], str], ...] = (
    (DisconnectionRequest, "case__consumer"),
    (Complaint, "case__consumer"),
)
"""What has a link of the consumer's own, ``tracking_token``."""

TEXTS: tuple[tuple[type[Model], tuple[str, ...], tuple[str, ...]], ...] = (
    (Entry, ("consumer", "case__consumer"), ("text",)),
    (Message, ("consumer", "case__consumer"), ("to", "subject", "body")),
    (ConsumerNote, ("consumer",), ("text",)),
    (Rating, ("complaint__case__consumer",), ("comment",)),
    (ConsumerDocument, ("consumer",), ("title", "reason")),
    (PrivacyAct, ("consumer",), ("reason", "decision")),
    (AccountMerge, ("merged", "survivor"), ("reason", "undo_reason")),
)
"""Every table that points to personal words: paths to the consumer, the columns that point."""

FILES: tuple[tuple[type[Model], str, tuple[str, ...]], ...] = (
    (DisconnectionRequest, "case__consumer", ("receipt",)),
    (Complaint, "case__consumer", ("receipt",)),
    (Evidence, "complaint__case__consumer", ("file",)),
    (ServiceOrder, "consumer", ("report",)),
    (StatementPaper, "consumer", ("pdf",)),
    (Payment, "consumer", ("receipt",)),
    (ConsumerDocumentVersion, "document__consumer", ("file",)),
    (PrivacyAct, "consumer", ("data", "paper")),
)
"""Every table that points to files of the person."""
KEPT_FILES = {"billing.Invoice.pdf": "a bill is kept for the legal period (GDPR 17(3)(b))"}


def texts_of(consumer: int) -> list[int]:
    """The keys of all personal words about a consumer."""
    found: set[int] = set()
    for model, paths, columns in TEXTS:
        for column in columns:
            about = Q()
            for path in paths:
                about |= Q(**{path: consumer})
            rows = model._default_manager.filter(about).exclude(**{column: None})
            found.update(rows.values_list(f"{column}_id", flat=True))
    return sorted(found)


def files_of(consumer: int) -> list[UUID]:
    """The keys of all files of a consumer that an erasure lets go of."""
    found: set[UUID] = set()
    for model, path, columns in FILES:
        for column in columns:
            rows = model._default_manager.filter(**{path: consumer}).exclude(**{column: None})
            found.update(rows.values_list(f"{column}_id", flat=True))
    return sorted(found)


def whole(words: str) -> str:
    """The pattern of a number or an address where it is no part of a longer one.

    >>> whole("ACC1")
    '(?<![[:alnum:]])ACC1(?![[:alnum:]])'
    """
    return f"(?<![[:alnum:]]){re.escape(words)}(?![[:alnum:]])"


# ------------------------------------------------------------------ what stands in the way
def in_the_way(consumer: Consumer, *, today: date, currency: str) -> list[str]:
    """Why this person cannot be erased now, each in a sentence; nothing when they can.

    Five statements.
    """
    return [
        *_of_the_account(consumer, today),
        *_of_open_work(consumer.pk),
        *_of_what_waits(consumer, currency),
        *papers_owed(consumer.pk),
    ]


def _of_the_account(consumer: Consumer, today: date) -> Iterator[str]:
    if consumer.status != AccountStatus.INACTIVE:
        status = AccountStatus(consumer.status).label
        yield f"The status of the account is {status}; it has to be Inactive."
    standing = AccountHold.objects.filter(consumer=consumer, lifted_at=None)
    if standing.exclude(to_on__lt=today).exists():
        yield "The account is protected."  # why is not for everybody who may erase


def _of_open_work(consumer: int) -> Iterator[str]:
    cases = Case.objects.filter(consumer=consumer, status__in=OPEN_STATUSES)
    for number in cases.order_by("pk").values_list("number", flat=True)[:MOST_NAMED]:
        yield f"{number} is open."
    orders = ServiceOrder.objects.filter(consumer=consumer, status__in=LIVE_STATUSES)
    for number in orders.order_by("pk").values_list("number", flat=True)[:MOST_NAMED]:
        yield f"Service order {number} is not done."


def _of_what_waits(consumer: Consumer, currency: str) -> Iterator[str]:
    waiting = what_waits(consumer)
    if waiting.balance:
        word = "are owed" if waiting.balance > 0 else "are in credit"
        yield f"{shown_money(abs(waiting.balance), currency)} {word}."
    if waiting.deposit:
        yield f"A deposit of {shown_money(waiting.deposit, currency)} is held."
    yield from waiting.sentences


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is owed, below zero in credit; the deposit held; and in words what waits."""

    balance: Decimal
    deposit: Decimal
    sentences: tuple[str, ...]


def what_waits(consumer: Consumer) -> Waiting:
    """What is owed, held or waits for somebody, asked in one statement."""
    own, proposed = OuterRef("pk"), ProposalState.PROPOSED
    on_its_way = Q(message__consumer=own) | Q(message__case__consumer=own)
    asked: dict[str, QuerySet[Any]] = {
        SUPPLIED: ServiceConnection.objects.filter(
            consumer=own, supply_state=SupplyState.CONNECTED
        ),
        ENDED_HERE: Consumer.objects.filter(merged_into=own, erased_at=None),
        "A proposed hold waits for a decision.": HoldProposal.objects.filter(
            consumer=own, state=HoldProposalState.PROPOSED
        ),
        "A proposed refund waits for a decision.": Refund.objects.filter(
            consumer=own, state=proposed
        ),
        "A proposed payment reversal waits for a decision.": Reversal.objects.filter(
            payment__consumer=own, state=proposed
        ),
        "A proposed credit note waits for a decision.": CreditNote.objects.filter(
            invoice__consumer=own, state=proposed
        ),
        "A payment has not cleared yet.": Payment.objects.filter(
            consumer=own, state=PaymentState.PENDING
        ),
        "A statement of account is being made. Wait until it is there.": (
            papers_being_made().filter(consumer=own)
        ),
        "A message is on its way. Wait until it is sent.": Delivery.objects.filter(
            on_its_way, state=DeliveryState.QUEUED
        ),
        "Somebody is writing a complaint for this account.": ComplaintDraft.objects.filter(
            typed__iregex=whole(consumer.account_number)
        ),
    }
    questions = {f"question_{nth}": Exists(rows) for nth, rows in enumerate(asked.values())}
    answers = Consumer.objects.filter(pk=consumer.pk).annotate(**questions)
    balance, deposit, *found = answers.values_list(
        "figures__balance", "figures__deposit", *questions
    ).get()
    sentences = tuple(each for each, stands in zip(asked, found, strict=True) if stands)
    return Waiting(balance or ZERO, deposit or ZERO, sentences)
