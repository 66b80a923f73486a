"""An approved bill, its sections and its lines never change, whatever is tried (M8)."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, models

from billing.models import BillDraft, FinalReading, Invoice, InvoiceLine, InvoiceSection
from billing.operations.final_bills import UnableToApprove
from billing.operations.final_readings import add_adjustment
from billing.rules.final_bills import SECOND_PERSON, BillContent
from tests.billing.final_billing import PREVIOUS, MakeBilling
from tests.looking import put_back

pytestmark = [pytest.mark.django_db, pytest.mark.database]
OTHERWISE = {
    "BooleanField": "NOT {}",
    "CharField": "{} || 'x'",
    "DateField": "coalesce({}, '2024-12-01') + 1",
    "DateTimeField": "coalesce({}, now()) + interval '1 day'",
    "DecimalField": "coalesce({}, 0) + 1",
    "JSONField": "'{{}}'",
    "UUIDField": "gen_random_uuid()",
}
WHOLE = "coalesce({}, 0) + 1"


def settable(model: type[models.Model]) -> list[models.Field]:  # type: ignore[type-arg]
    """The columns that a statement could set."""
    return [
        field
        for field in model._meta.local_concrete_fields
        if not isinstance(field, models.GeneratedField)
    ]


def otherwise(field: models.Field) -> str:  # type: ignore[type-arg]
    """SQL for another value than the field has."""
    told = field.target_field if isinstance(field, models.ForeignKey) else field
    kind = told.get_internal_type()
    return OTHERWISE.get(kind, WHOLE).format(f'"{field.column}"')


@pytest.mark.parametrize("model", [Invoice, InvoiceSection, InvoiceLine, BillDraft, FinalReading])
@pytest.mark.parametrize("is_owner", [False, True])
def test_every_field_of_an_approved_bill_stays(
    make_billing: MakeBilling,
    as_owner: Callable[[], None],
    model: type[models.Model],
    is_owner: bool,
) -> None:
    make_billing().approved()
    table = model._meta.db_table
    if is_owner:
        as_owner()
    for field in settable(model):
        if field.name == "pdf" and model is Invoice:
            continue  # made afterwards, once: below
        change = f'UPDATE {table} SET "{field.column}" = {otherwise(field)}'
        with put_back(), pytest.raises(DatabaseError), connection.cursor() as cursor:
            cursor.execute(f"{change}; SET CONSTRAINTS ALL IMMEDIATE")
    with put_back(), pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table}")
    if not is_owner:
        with put_back(), pytest.raises(DatabaseError), connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {table} CASCADE")


@pytest.mark.parametrize("column", ["due", "refund_due"])
def test_the_sums_are_nobodys_to_set(
    make_billing: MakeBilling, as_owner: Callable[[], None], column: str
) -> None:
    """M6: also of a draft, also by the owner."""
    billing = make_billing()
    billing.read()
    billing.generate()
    as_owner()
    with put_back(), pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute(f"UPDATE billing_invoice SET {column} = 0")


def test_nothing_is_added_to_an_approved_bill(make_billing: MakeBilling) -> None:
    bill = make_billing().approved()
    line = InvoiceLine.objects.filter(section__invoice=bill).order_by("pk").last()
    assert line is not None
    line.pk, line.position = None, 90
    with put_back(), pytest.raises(DatabaseError, match="content of a sealed invoice"):
        line.save(force_insert=True)


def test_a_sum_that_does_not_follow_is_not_approved(make_billing: MakeBilling) -> None:
    """M5: the database works the deposit out for itself."""
    billing = make_billing()
    billing.read()
    billing.generate()
    for change in ("applied = 500", "applied = 1", "uses_deposit = false", "deposit = 100"):
        with put_back(), pytest.raises(DatabaseError), connection.cursor() as cursor:
            cursor.execute(f"UPDATE billing_invoice SET {change}")


@pytest.mark.parametrize("hand", ["generated", "adjusted"])
def test_the_database_refuses_a_large_bill_by_one(
    make_billing: MakeBilling, monkeypatch: pytest.MonkeyPatch, hand: str
) -> None:
    """X6: also where nothing else asks. Another person approves the same bill."""
    monkeypatch.setattr(BillContent, "needs_other_than", lambda *_, **__: False)
    billing = make_billing()
    billing.read()
    if hand == "adjusted":
        add_adjustment(
            case=billing.case.pk,
            amount=Decimal("250.01"),
            reason="Meter box broken",
            by=billing.karen,
            at=billing.at,
        )
        billing.generate()
    else:
        billing.read(billing.wish(1, value=Decimal(PREVIOUS + 150)))
        billing.generate(by=billing.karen)
    with pytest.raises(UnableToApprove) as no:
        billing.approve(by=billing.karen)
    assert (no.value.sentence, no.value.http_status) == (SECOND_PERSON, 403)
    assert billing.approve(by=billing.david).state == "APPROVED"
