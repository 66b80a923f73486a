"""What SQL by hand, as the application's role, cannot make of money (M2, M3, M8, M15, X6)."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection

from billing.models import LedgerTransaction
from tests.billing.final_billing import MakeBilling
from tests.billing.paying import pay, take_back

pytestmark = pytest.mark.django_db

ACCOUNT = (
    "INSERT INTO billing_ledgeraccount (kind, consumer_id, utility_type, balance)"
    " VALUES ('RECEIVABLE', {stranger}, '', {balance})"
)
TAKEN_BACK = (
    "UPDATE billing_payment SET reversed_at = now(), reversed_by_id = {boss},"
    " reversal_reason = 'x' WHERE id = {payment}"
)
REVERSED_AGAIN = (
    "INSERT INTO billing_ledgertransaction (id, kind, consumer_id, reverses_id, reference,"
    " valued_on, legs, posted_at) SELECT 900, 'REVERSAL', consumer_id, id, 'x', valued_on, legs,"
    " now() FROM billing_ledgertransaction WHERE id = {reversal};"
    "INSERT INTO billing_ledgerentry (transaction_id, account_id, amount)"
    " SELECT 900, account_id, -amount FROM billing_ledgerentry WHERE transaction_id = {reversal};"
    "SET CONSTRAINTS ALL IMMEDIATE"
)
REFUND = (
    "INSERT INTO billing_refund (number, consumer_id, source, amount, method, reason, state,"
    " needs_second_person, proposed_at, proposed_by_id, decided_at, decided_by_id, decision,"
    " posting_id) VALUES ('REF-1', {consumer}, 'CREDIT', %s, 'CASH', 'x', '%s', %s, now(), {boss},"
    " %s, '', %s)"
)
LARGE = REFUND % ("50.01", "PROPOSED", "false", "NULL, NULL", "NULL")
BORN_APPROVED = REFUND % ("9", "APPROVED", "true", "now(), {by}", "{posting}")
NOTE = (
    "INSERT INTO billing_creditnote (invoice_id, number, reason, state, proposed_at,"
    " proposed_by_id, decided_at, decided_by_id) VALUES ({invoice}, 'CN-1', 'x', '%s', now(),"
    " {by}, %s)"
)
BORN_DECIDED = NOTE % ("APPROVED", "now(), {boss}")
MIRRORS_NOTHING = (
    NOTE % ("PROPOSED", "NULL, NULL")
) + "; UPDATE billing_creditnote SET state = 'APPROVED', decided_at = now(), decided_by_id = {boss}"
REFUSED = {
    "an account that opens with a balance": (
        ACCOUNT.replace("{balance}", "500"), "billing_ledgeraccount",
    ),
    "a payment taken back beside the ledger": (TAKEN_BACK, "billing_payment"),
    "a reversal that is reversed": (REVERSED_AGAIN, "billing_ledgertransaction"),
    "a large refund that says it is small": (LARGE, "billing_refund"),
    "a refund that is born approved": (BORN_APPROVED, "billing_refund"),
    "a credit note that is born decided": (BORN_DECIDED, "billing_creditnote"),
    "a credit note that mirrors nothing": (MIRRORS_NOTHING, "billing_creditnote"),
}  # fmt: skip


@pytest.fixture
def said(make_billing: MakeBilling) -> Callable[[str], str]:
    """A statement about an approved bill, a payment, and one that was taken back."""
    billing = make_billing("0.00", "0.00")
    stranger = make_billing("0.00", "0.00")
    invoice = billing.approved()
    kept, back = (pay(billing.consumer, by=billing.karen, at=billing.at) for _ in range(2))
    take_back(back, by=billing.david, at=billing.at)
    names = {
        "stranger": stranger.consumer.pk,
        "consumer": billing.consumer.pk,
        "payment": kept.pk,
        "posting": kept.posting_id,
        "reversal": LedgerTransaction.objects.get(reverses=back.posting).pk,
        "invoice": invoice.pk,
        "by": billing.karen.pk,
        "boss": billing.david.pk,
    }
    return lambda statement: statement.format(**names)


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def rows_of(table: str) -> list[str]:
    """All that stands in a table."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT t::text FROM {table} t ORDER BY 1")
        return [row[0] for row in cursor.fetchall()]


@pytest.mark.parametrize("what", REFUSED)
def test_the_database_refuses(what: str, said: Callable[[str], str]) -> None:
    with pytest.raises(IntegrityError):
        run(said(REFUSED[what][0]))


@pytest.mark.parametrize("what", REFUSED)
def test_without_its_guard_it_would_happen(
    what: str, said: Callable[[str], str], as_owner: Callable[[], None]
) -> None:
    """The control: nothing but the trigger stands in the way."""
    statement, table = REFUSED[what]
    wanted = said(statement)
    as_owner()
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    run("SET CONSTRAINTS ALL DEFERRED")
    before = rows_of(table)
    run(wanted)
    assert rows_of(table) != before
