"""A regular invoice is taken back, the newest first, and its days are billed again (BIL6, BIL9)."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection

from billing.models import BillingRun, CreditNote, Invoice, InvoiceSection
from billing.operations.credit_notes import (
    UnableToTakeBack,
    approve_credit_note,
    propose_credit_note,
)
from billing.oracles import invoices, ledger
from billing.ports import RequestTerms
from billing.queries.accounts import balances_of
from billing.queries.bill_inputs import services_of
from smart360.staff.choices import Role
from smart360.staff.models import Person
from tests.billing.posting import reverse_now
from tests.billing.rates import make_tariff
from tests.billing.test_run_billing import (
    DECEMBER,
    JANUARY,
    MakeConsumer,
    MakePerson,
    read,
    run_cycle,
)

__all__ = ["run_cycle"]
pytestmark = [pytest.mark.django_db(transaction=True)]
FEBRUARY = (date(2025, 2, 1), date(2025, 2, 28))
AT = datetime(2025, 2, 1, 18, 0, tzinfo=UTC)
RunCycle = Callable[..., BillingRun]


@pytest.fixture
def people(person: MakePerson) -> tuple[Person, Person]:
    """Who proposes, and who approves."""
    return person(Role.BILLING), person(Role.SUPERVISOR)


@pytest.fixture
def billed(make_consumer: MakeConsumer, run_cycle: RunCycle) -> tuple[Invoice, Invoice]:
    """December's invoice and January's, of one consumer: a hundred units each, read."""
    make_tariff()
    consumer = make_consumer()  # read on November 30: 18245
    read(consumer, date(2024, 12, 30), "18345")
    read(consumer, date(2025, 1, 30), "18445")
    run_cycle(DECEMBER)
    run_cycle(JANUARY)
    december, january = Invoice.objects.order_by("number")
    return december, january


def propose(invoice: Invoice, people: tuple[Person, Person]) -> CreditNote:
    return propose_credit_note(invoice=invoice.pk, reason="Wrong tariff", by=people[0], at=AT)


def take_back(invoice: Invoice, people: tuple[Person, Person]) -> None:
    approve_credit_note(note=propose(invoice, people).pk, by=people[1], at=AT)


def found() -> list[str]:
    """What the oracles of invoices and of the ledger say."""
    return [row for each in (*invoices.ORACLES, *ledger.ORACLES) for row in each.find()]


def test_an_invoice_between_two_is_not_taken_back(
    billed: tuple[Invoice, Invoice], people: tuple[Person, Person]
) -> None:
    december, january = billed
    words = f"{january} goes on where {december} ends. Take {january} back first."
    with pytest.raises(UnableToTakeBack) as no:
        propose(december, people)
    assert (no.value.sentence, no.value.http_status) == (words, 409)
    take_back(january, people)
    take_back(december, people)  # the control: in this order
    assert not Invoice.objects.filter(taken_back_at=None).exists()
    assert found() == []


def test_nothing_is_lost_of_what_was_taken_back(
    billed: tuple[Invoice, Invoice], people: tuple[Person, Person], run_cycle: RunCycle
) -> None:
    """The next run bills all of it at once, from where the last live bill ended."""
    december, january = billed
    assert [january.billed, december.billed] == [Decimal("24.08")] * 2
    take_back(january, people)
    take_back(december, people)
    assert balances_of(december.consumer_id).outstanding == 0
    assert run_cycle(JANUARY).issued == 1
    again = InvoiceSection.objects.get(invoice__taken_back_at=None)
    assert (again.from_on, again.to_on) == (DECEMBER[0], JANUARY[1])
    assert (again.previous_reading, again.consumption) == (Decimal(18245), Decimal(200))
    assert [line.amount for line in again.lines.order_by("position")] == [
        Decimal("12.50"), Decimal("12.50"), Decimal("20.00"), Decimal("3.15"),
    ]  # fmt: skip
    assert balances_of(december.consumer_id).outstanding == Decimal("48.15")  # one tax, not two
    assert found() == []


def test_the_newest_is_billed_again_alone(
    billed: tuple[Invoice, Invoice], people: tuple[Person, Person], run_cycle: RunCycle
) -> None:
    take_back(billed[1], people)
    run_cycle(FEBRUARY)
    again = InvoiceSection.objects.order_by("pk").last()
    assert again is not None
    assert (again.from_on, again.to_on) == (JANUARY[0], FEBRUARY[1])
    assert found() == []


def test_a_bill_that_came_meanwhile_is_found_when_it_is_approved(
    billed: tuple[Invoice, Invoice], people: tuple[Person, Person], run_cycle: RunCycle
) -> None:
    january = billed[1]
    note = propose(january, people)
    run_cycle(FEBRUARY)
    with pytest.raises(UnableToTakeBack, match=r"INV-000003 goes on where INV-000002 ends"):
        approve_credit_note(note=note.pk, by=people[1], at=AT)
    note.refresh_from_db()
    assert note.state == "PROPOSED"
    take_back(Invoice.objects.get(number=3), people)
    assert approve_credit_note(note=note.pk, by=people[1], at=AT).state == "APPROVED"
    assert found() == []


def test_another_consumers_later_bill_stands_in_nobodys_way(
    billed: tuple[Invoice, Invoice],
    people: tuple[Person, Person],
    make_consumer: MakeConsumer,
    run_cycle: RunCycle,
) -> None:
    make_consumer()
    run_cycle(JANUARY)
    assert Invoice.objects.count() == 3
    take_back(billed[1], people)


def test_the_database_refuses_it_too(
    billed: tuple[Invoice, Invoice], people: tuple[Person, Person]
) -> None:
    """Whoever goes past the operation: the note is there, the invoice is not marked."""
    december, january = billed
    propose(january, people)
    note = CreditNote.objects.create(
        invoice=december, number="CN-2025-999999", reason="x", proposed_at=AT,
        proposed_by=people[0],
    )  # fmt: skip
    assert december.posting is not None
    note.posting = reverse_now(december.posting, at=AT)
    note.state, note.decided_at, note.decided_by = "APPROVED", AT, people[1]
    note.save(update_fields=["state", "decided_at", "decided_by", "posting"])
    mark = "UPDATE billing_invoice SET taken_back_at = now() WHERE id = %s"
    refused = pytest.raises(DatabaseError, match="a later bill goes on where invoice 1 ends")
    with refused, connection.cursor() as cursor:
        cursor.execute(mark, [december.pk])


def test_a_final_bill_begins_where_the_first_one_taken_back_did(
    billed: tuple[Invoice, Invoice], people: tuple[Person, Person]
) -> None:
    """Not after the newest reading: what was taken back is on no bill any more."""
    december, january = billed
    service = december.sections.get().service_connection_id
    terms = RequestTerms(services=(service,), is_permanent=True, ends_on=None)

    def begins() -> tuple[date, Decimal | None]:
        facts = services_of(0, terms)[0]
        return facts.begins_on, facts.base.value if facts.base else None

    assert begins() == (date(2025, 2, 1), Decimal(18445))
    take_back(january, people)
    assert begins() == (date(2025, 1, 1), Decimal(18345))
    take_back(december, people)
    assert begins() == (date(2024, 12, 1), Decimal(18245))
