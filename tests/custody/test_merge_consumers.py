"""Merge of two accounts: a link and a balance, nothing re-pointed, and all of it taken back."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from billing.models import BalanceTransfer, Invoice, LedgerTransaction
from billing.operations.final_bills import ask_for_paper, attach_paper, retry_paper
from billing.operations.statements import ask_for_statement, attach_statement, retry_statement
from billing.queries.accounts import balances_of
from billing.queries.ageing import allocation_of
from billing.queries.intake import consumer_with
from consumers.choices import AccountHoldKind, AccountStatus, LockPurpose, SupplyState, UtilityType
from consumers.guards import AccountIsMerged, LockIsHeld
from consumers.models import AccountHold, AccountMerge, Consumer, ConsumerFigures
from consumers.operations import add_consumer_note, place_account_hold, take_profile_lock
from consumers.operations.holds import HoldWish
from consumers.operations.standing import move_to_collection
from consumers.queries import search
from smart360.custody.operations.erasing import UnableToErase, ask_for_erasure, erase_person
from smart360.custody.operations.merging import merge_consumers, undo_merge
from smart360.custody.operations.privacy import ask_for_export
from smart360.custody.queries.merging import find_alike
from smart360.custody.queries.personal import SECTIONS
from smart360.fieldwork.operations import attach_report, complete_service_order, retry_report
from smart360.kernel.errors import Refusal, constraint_of
from smart360.local.demo.merges import make_merges
from smart360.owed.book import UnableToRetry
from smart360.owed.models import OwedWork
from smart360.staff.choices import Role
from smart360.staff.models import Person
from smart360.trail.choices import Event
from smart360.trail.models import Entry
from tests.billing.arranging import arrange
from tests.billing.paying import cheque, deposit, owe, pay
from tests.billing.rates import make_tariff
from tests.complaints.conftest import complain
from tests.conftest import MakeConsumer, MakePerson, MakeRequest
from tests.custody.test_change_occupier import AT as MOVED_AT
from tests.custody.test_change_occupier import NOVEMBER, move, run_cycle
from tests.fieldwork.conftest import MakeTechnician, make_technician
from tests.fieldwork.working import MONDAY, MORNING, order_from_profile
from tests.invariants import assert_sound

__all__ = ["make_technician"]

pytestmark = pytest.mark.django_db
AT = datetime(2024, 12, 10, 16, 0, tzinfo=UTC)
WHY = "Registered twice at the desk"


@pytest.fixture
def by(person: MakePerson) -> Person:
    return person(Role.SUPERVISOR)


@pytest.fixture
def survivor(make_consumer: MakeConsumer) -> Consumer:
    return make_consumer(account_number="ACC-2024-700001")


@pytest.fixture
def double(make_consumer: MakeConsumer) -> Consumer:
    """The same household once more, supplied nowhere."""
    return make_consumer(services={}, account_number="ACC-2024-700002")


def merge(ends: Consumer, goes_on: Consumer, by: Person, **other: Any) -> AccountMerge:
    said: dict[str, Any] = {"reason": WHY, "by": by, "at": AT, "form_key": uuid4()} | other
    return merge_consumers(merged=ends.pk, survivor=goes_on.pk, **said)


def undo(ends: Consumer, by: Person, **other: Any) -> AccountMerge:
    said: dict[str, Any] = {"reason": WHY, "by": by, "at": AT, "form_key": uuid4()} | other
    return undo_merge(merged=ends.pk, **said)


def refusal_of(act: Callable[[], object]) -> Refusal:
    """What is said; nothing is left behind."""
    before = Entry.objects.count(), LedgerTransaction.objects.count(), AccountMerge.objects.count()
    with pytest.raises(Refusal) as refused:
        act()
    after = Entry.objects.count(), LedgerTransaction.objects.count(), AccountMerge.objects.count()
    assert after == before
    return refused.value


def owed(*consumers: Consumer) -> list[Decimal]:
    return [balances_of(each.pk).outstanding for each in consumers]


def told(consumer: Consumer, *kinds: Event) -> list[tuple[str, str, bool]]:
    lines = Entry.objects.filter(consumer=consumer, kind__in=kinds).order_by("pk")
    return [(each.kind, each.new["account"], each.new["is_merged"]) for each in lines]


# ------------------------------------------------------------------ it works
def test_the_balance_goes_over_and_back_to_the_cent(
    survivor: Consumer, double: Consumer, by: Person
) -> None:
    """What was paid meanwhile stays where it was paid; the debt keeps the day it was due."""
    for consumer, amount in ((double, "120.00"), (survivor, "30.00")):
        owe(consumer, amount, at=AT)
    cases = list(survivor.connections.values_list("pk", "consumer"))
    merge(double, survivor, by)
    committed("SELECT 1")
    double.refresh_from_db()
    assert (double.status, double.merged_into) == (AccountStatus.INACTIVE, survivor)
    assert owed(double, survivor) == [Decimal(0), Decimal(150)]
    assert allocation_of(double.pk).oldest_due_on is None
    assert ConsumerFigures.objects.get(consumer=survivor).oldest_due_on == date(2024, 12, 10)
    assert list(survivor.connections.values_list("pk", "consumer")) == cases
    numbers = LedgerTransaction.objects.filter(kind="ADJUSTMENT").order_by("pk")
    assert [each.reference for each in numbers] == [survivor.account_number, double.account_number]
    assert_sound()
    pay(survivor, "140.00", by=by, at=AT)
    undo(double, by)
    committed("SELECT 1")
    double.refresh_from_db()
    assert (double.status, double.merged_into) == (AccountStatus.ACTIVE, None)
    assert owed(double, survivor) == [Decimal(120), Decimal(-110)]
    assert allocation_of(double.pk).oldest_due_on == date(2024, 12, 10)
    assert_sound()
    kinds = (Event.ACCOUNTS_MERGED, Event.MERGE_UNDONE)
    assert told(double, *kinds) == [(kind, survivor.account_number, True) for kind in kinds]
    assert told(survivor, *kinds) == [(kind, double.account_number, False) for kind in kinds]


def test_a_credit_goes_over_too_and_nothing_moves_nothing(
    survivor: Consumer, double: Consumer, by: Person
) -> None:
    owe(double, "-40.00", at=AT)
    merge(double, survivor, by)
    assert owed(double, survivor) == [Decimal(0), Decimal(-40)]
    undo(double, by)
    assert owed(double, survivor) == [Decimal(-40), Decimal(0)]
    owe(double, "40.00", at=AT)
    moved = BalanceTransfer.objects.count()
    merge(double, survivor, by)
    assert BalanceTransfer.objects.count() == moved, "nothing is owed either way"
    committed("SELECT 1")
    assert_sound()


def test_a_payment_that_came_first_may_say_a_later_moment(
    make_consumer: MakeConsumer, survivor: Consumer, by: Person
) -> None:
    """The merge waited for it; each says when it was asked for."""
    double = make_consumer(services={}, email="", phone="")
    pay(double, "20.00", by=by, at=AT + timedelta(seconds=2))
    merge(double, survivor, by)
    assert owed(double, survivor) == [Decimal(0), Decimal(-20)]
    undo(double, by)
    pay(double, "20.00", by=by, at=AT + timedelta(seconds=2))
    owe(double, "40.00", at=AT)
    merge(double, survivor, by)
    committed("SELECT 1")
    assert_sound()


def test_the_same_form_again_is_one_merge_and_one_undo(
    survivor: Consumer, double: Consumer, by: Person
) -> None:
    key, other = uuid4(), uuid4()
    assert merge(double, survivor, by, form_key=key) == merge(double, survivor, by, form_key=key)
    assert undo(double, by, form_key=other) == undo(double, by, form_key=other)
    assert AccountMerge.objects.count() == 1


def test_a_number_leads_to_the_account_that_goes_on(
    survivor: Consumer, double: Consumer, by: Person
) -> None:
    """The search says so, and a gateway's payment goes there."""
    assert consumer_with(double.account_number) == double.pk
    merge(double, survivor, by)
    found = {hit.account_number: hit.merged_into for hit in search(double.account_number)}
    assert found == {double.account_number: survivor.account_number}
    assert consumer_with(double.account_number) == survivor.pk
    assert consumer_with(survivor.account_number) == survivor.pk


def test_a_pending_account_is_pending_again(
    make_consumer: MakeConsumer, survivor: Consumer, by: Person
) -> None:
    waits = make_consumer(services={}, status=AccountStatus.PENDING)
    merge(waits, survivor, by)
    waits.refresh_from_db()
    assert waits.status == AccountStatus.INACTIVE
    undo(waits, by)
    waits.refresh_from_db()
    assert waits.status == AccountStatus.PENDING
    committed("SELECT 1")
    assert_sound()


def test_who_looks_alike_is_offered(
    make_consumer: MakeConsumer, survivor: Consumer, double: Consumer, by: Person
) -> None:
    """By phone or by name; neither who is somebody else nor who was merged already."""
    make_consumer("Bo Li", phone="(555) 000-1111", email="bo@x.example")
    by_phone = make_consumer("Ana Ruiz", email="", account_number="ACC-2024-700003")
    named = make_consumer(phone="", email="", services={}, account_number="ACC-2024-700004")
    found = [(each.consumer, list(each.by)) for each in find_alike(double, to=by)]
    assert found == [
        (survivor, ["phone", "name", "e-mail"]), (by_phone, ["phone"]), (named, ["name"]),
    ]  # fmt: skip
    merge(named, survivor, by)
    assert named not in [each.consumer for each in find_alike(double, to=by)]


# ------------------------------------------------------------------ it refuses
def test_what_would_be_lost_is_settled_first(
    make_consumer: MakeConsumer, survivor: Consumer, double: Consumer, by: Person
) -> None:
    """Each in a sentence that says what to do."""
    deposit(double, "50.00", by=by, at=AT)
    cheque(double, "10.00", by=by, at=AT)
    complaint = complain(double, by=by, at=AT)
    wish = HoldWish(kind=AccountHoldKind.MEDICAL, source="CERT-1", from_on=AT.date())
    place_account_hold(consumer=double.pk, wish=wish, by=by, at=AT, form_key=uuid4())
    sentence = refusal_of(lambda: merge(double, survivor, by)).sentence
    for words in (
        "$50.00 is held: refund it first", "has not cleared yet", "is protected",
        f"{complaint.case.number} is open: finish it first",
    ):  # fmt: skip
        assert words in sentence
    supplied = make_consumer("Bo Li", phone="", email="")
    assert (
        "let the household move first" in refusal_of(lambda: merge(supplied, survivor, by)).sentence
    )
    off = {UtilityType.ELECTRICITY: SupplyState.OFF_FOR_NOW}
    cut = make_consumer("Cy", services=off, status=AccountStatus.DISCONNECTED)
    sentence = refusal_of(lambda: merge(cut, survivor, by)).sentence
    assert "is Disconnected: reconnect it" in sentence
    assert "may come back: end it for good first" in sentence


def test_what_begins_later_or_was_not_judged_yet_is_in_the_way(
    survivor: Consumer, double: Consumer, make_consumer: MakeConsumer, by: Person
) -> None:
    """A hold of tomorrow; an arrangement whose day has passed, so that its hold ended."""
    wish = HoldWish(kind=AccountHoldKind.LEGAL, source="CASE-1", from_on=date(2024, 12, 11))
    place_account_hold(consumer=double.pk, wish=wish, by=by, at=AT, form_key=uuid4())
    sentence = refusal_of(lambda: merge(double, survivor, by)).sentence
    assert "The account is protected (Legal matter)" in sentence
    late = make_consumer("Late", services={})
    owe(late, "300.00", at=AT)
    number = arrange(late, by=by, at=AT).number
    for at in (AT, datetime(2024, 12, 22, 16, 0, tzinfo=UTC)):
        sentence = refusal_of(partial(merge, late, survivor, by, at=at)).sentence
        assert sentence.startswith(f"The account pays by arrangement {number}: wait until")
        assert "protected" not in sentence


def test_who_is_in_collection_or_held_is_not_merged(
    survivor: Consumer, double: Consumer, person: MakePerson, by: Person
) -> None:
    take_profile_lock(
        consumer=survivor.pk, purpose=LockPurpose.EDIT_PROFILE, by=person(Role.CSE), at=AT
    )
    assert isinstance(refusal_of(lambda: merge(double, survivor, by)), LockIsHeld)
    owe(double, "80.00", at=AT)
    move_to_collection(
        consumer=double.pk, reason="Three reminders without an answer", by=person(Role.RECOVERY),
        at=AT, form_key=uuid4(),
    )  # fmt: skip
    later = {"at": datetime(2024, 12, 10, 18, 0, tzinfo=UTC)}
    sentence = refusal_of(lambda: merge(double, survivor, by, **later)).sentence
    assert sentence == "The account is Collection: end Collection first."


def test_not_into_itself_nor_in_a_chain_nor_by_a_clerk(
    make_consumer: MakeConsumer, survivor: Consumer, double: Consumer, person: MakePerson,
    by: Person,
) -> None:  # fmt: skip
    third = make_consumer("Third", services={}, account_number="ACC-2024-700005")
    assert refusal_of(lambda: merge(double, double, by)).field == "account"
    assert refusal_of(lambda: merge(double, survivor, by, reason="Twice")).field == "reason"
    assert refusal_of(lambda: merge(double, survivor, person(Role.CSE))).is_forbidden
    merge(double, third, by)
    assert (
        f"{double} was merged into this account"
        in refusal_of(lambda: merge(third, survivor, by)).sentence
    )
    assert f"Go on with {third}" in refusal_of(lambda: merge(survivor, double, by)).sentence
    assert isinstance(refusal_of(lambda: merge(double, survivor, by)), AccountIsMerged)
    assert refusal_of(lambda: undo(double, person(Role.CSE))).is_forbidden
    assert "not merged" in refusal_of(lambda: undo(third, by)).sentence
    undo(double, by)
    assert "not merged" in refusal_of(lambda: undo(double, by)).sentence


def test_neither_merged_nor_parted_while_the_survivor_has_a_request_open(
    survivor: Consumer, double: Consumer, make_request: MakeRequest, by: Person
) -> None:
    """Its final bill would count a balance that moves."""
    merge(double, survivor, by)
    number = make_request(survivor, moment=AT, by=by).case.number
    refused = refusal_of(lambda: undo(double, by))
    assert (refused.is_conflict, f"{number} is open" in refused.sentence) == (True, True)


# ------------------------------------------------------------------ it takes no act
def test_a_merged_account_takes_no_act(survivor: Consumer, double: Consumer, by: Person) -> None:
    """The refusal names the account that goes on, and leads there."""
    merge(double, survivor, by)
    said: dict[str, Any] = {"by": by, "at": AT}
    note: dict[str, Any] = {"words": "Rang", "is_pinned": False, "form_key": uuid4()}
    for act in (
        lambda: pay(double, "10.00", **said),
        lambda: complain(double, **said),
        lambda: add_consumer_note(consumer=double.pk, **note, **said),
        lambda: take_profile_lock(consumer=double.pk, purpose=LockPurpose.EDIT_PROFILE, **said),
        lambda: merge(double, survivor, by),
    ):
        refused = refusal_of(act)
        assert isinstance(refused, AccountIsMerged)
        assert refused.sentence.endswith(f"Go on with {survivor}.")
        assert refused.link.endswith(survivor.account_number)


def test_its_papers_are_made_all_the_same(
    make_consumer: MakeConsumer, make_technician: MakeTechnician, person: MakePerson,
    survivor: Consumer, by: Person,
) -> None:  # fmt: skip
    """The bill's, the order's, the statement's: they tell of what was."""
    make_tariff(), make_technician()
    ends = make_consumer("Who Left", email="", phone="")
    run_cycle(NOVEMBER, person(Role.BILLING))
    order = order_from_profile(ends, by=by, at=AT, scheduled_on=MONDAY, window=MORNING)
    complete_service_order(service_order=order.pk, words="Repaired the seal", by=by, at=AT)
    move(ends, by)
    at = MOVED_AT
    bill = Invoice.objects.filter(consumer=ends).latest("pk")
    merge(ends, survivor, by, at=at)
    ask_for_paper(invoice=bill.pk, at=at)
    assert OwedWork.objects.filter(kind="billing.invoice").exists()
    bill = attach_paper(invoice=bill.pk, body=b"%PDF-1.7 b", by=None, at=at)
    order = attach_report(service_order=order.pk, body=b"%PDF-1.7 o", at=at)
    days = {"from_on": date(2024, 12, 1), "to_on": date(2024, 12, 20)}
    paper = ask_for_statement(consumer=ends.pk, by=by, at=at, **days)
    paper = attach_statement(statement=paper.pk, body=b"%PDF-1.7 s", at=at)
    assert all((bill.pdf, order.report, paper.pdf))
    for again in (
        lambda: retry_paper(invoice=bill.pk, by=by, at=at),
        lambda: retry_report(service_order=order.pk, by=by, at=at),
        lambda: retry_statement(statement=paper.pk, by=by, at=at),
    ):
        assert isinstance(refusal_of(again), UnableToRetry), "it has not failed"
    assert_sound()


FORGED = {
    "posting": "INSERT INTO billing_ledgertransaction (kind, consumer_id, reference, valued_on,"
    " legs, posted_at) VALUES ('FEE', {}, 'X', '2024-12-10', 2, now())",
    "case": "INSERT INTO cases_case SELECT (jsonb_populate_record(k, jsonb_build_object("
    "'id', k.id + 1000000, 'number', 'CMP-99999999', 'consumer_id', {}))).* FROM cases_case k",
    "service": "INSERT INTO consumers_serviceconnection (consumer_id, premise_id, utility_type,"
    " supply_state, connected_on) SELECT {}, min(id), 'WATER', 'CONNECTED', '2024-12-10'"
    " FROM consumers_premise",
    "line": "INSERT INTO trail_entry (consumer_id, kind, at, old, new, seq, previous_hash, hash)"
    " VALUES ({}, 'CALL_LOGGED', now(), '{{}}', '{{}}', 0, '', '')",
    "name": "UPDATE consumers_consumer SET name = 'Somebody' WHERE id = {}",
    "hold": "INSERT INTO consumers_accounthold (consumer_id, kind, source, from_on, placed_at)"
    " VALUES ({}, 'LEGAL', 'X', '2024-12-10', now())",
    "hold again": "UPDATE consumers_accounthold SET to_on = '2030-01-01' WHERE consumer_id = {}",
}


@pytest.mark.parametrize("act", FORGED)
def test_nor_does_the_database_let_anything_begin(
    act: str, survivor: Consumer, double: Consumer, by: Person
) -> None:
    complain(survivor, by=by, at=AT)
    lapsed = AT.date() - timedelta(days=1)
    AccountHold.objects.create(
        consumer=double, kind=AccountHoldKind.MEDICAL, source="C-1", from_on=lapsed, to_on=lapsed,
        placed_at=AT,
    )  # fmt: skip
    merge(double, survivor, by)
    assert refused_by(FORGED[act].format(double.pk)) == "account_is_merged"


# ------------------------------------------------------------------ the lowest level
def refused_by(sql: str, *values: int | str | None) -> str:
    with pytest.raises(IntegrityError) as refused, transaction.atomic():  # noqa: TID251
        committed(sql, *values)
    return constraint_of(refused.value)


def committed(sql: str, *values: int | str | None) -> None:
    """As a transaction of its own would be."""
    with connection.cursor() as cursor:
        cursor.execute(sql, list(values) or None)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


LINK = (
    "INSERT INTO consumers_accountmerge (merged_id, survivor_id, status_before, reason_id,"
    " made_at, made_by_id, in_transaction)"
    " SELECT %s, %s, 'ACTIVE', min(id), now(), %s, 0 FROM trail_personaltext"
)
LEADS = "UPDATE consumers_consumer SET merged_into_id = %s, status = %s WHERE id = %s"


def test_the_database_takes_no_half_merge(
    survivor: Consumer, double: Consumer, make_consumer: MakeConsumer, person: MakePerson,
    by: Person,
) -> None:  # fmt: skip
    """The link without the account, the account without the link, and neither by a stranger."""
    third, clerk = make_consumer("Third", services={}), person(Role.CSE)
    add_consumer_note(
        consumer=survivor.pk, words="x", is_pinned=False, form_key=uuid4(), by=by, at=AT
    )
    link = (double.pk, survivor.pk)
    assert refused_by(LINK, *link, by.pk) == "a_merge_is_whole"
    assert refused_by(LINK, *link, clerk.pk) == "who_merges_may_merge"
    assert refused_by(LINK, double.pk, double.pk, by.pk) == "nobody_is_merged_into_themselves"
    alone = "an_account_is_merged_by_its_link"
    assert refused_by(LEADS, survivor.pk, "INACTIVE", double.pk) == alone
    assert refused_by(LEADS, survivor.pk, "ACTIVE", double.pk) == alone
    made = merge(double, third, by)
    committed("SELECT 1")
    assert refused_by(LINK, third.pk, survivor.pk, by.pk) == "a_merge_leads_to_who_goes_on"
    assert refused_by(LINK, survivor.pk, double.pk, by.pk) == "a_merge_leads_to_who_goes_on"
    assert refused_by(LEADS, None, "ACTIVE", double.pk) == alone
    assert refused_by(LEADS, survivor.pk, "INACTIVE", double.pk) == alone
    ends = (
        "UPDATE consumers_accountmerge SET undone_at = now(), undone_by_id = %s,"
        " undo_reason_id = reason_id WHERE id = %s"
    )
    assert refused_by(ends, by.pk, made.pk) == "a_merge_is_whole"
    moved = "UPDATE consumers_accountmerge SET survivor_id = %s WHERE id = %s"
    assert refused_by(moved, survivor.pk, made.pk) == "merges_are_undone_once"
    undo(double, by)
    assert refused_by(ends, by.pk, made.pk) == "merges_are_undone_once"
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():  # noqa: TID251
        committed("DELETE FROM consumers_accountmerge")


def test_an_account_neither_opens_merged_nor_is_parted_without_its_balance(
    survivor: Consumer, double: Consumer, by: Person
) -> None:
    owe(double, "120.00", at=AT)
    opens = (
        "INSERT INTO consumers_consumer SELECT (jsonb_populate_record(c, jsonb_build_object("
        "'id', c.id + 1000000, 'account_number', 'ACC-X', 'merged_into_id', c.id))).*"
        " FROM consumers_consumer c WHERE c.id = %s"
    )
    assert refused_by(opens, survivor.pk) == "an_account_is_merged_by_its_link"
    made = merge(double, survivor, by)
    committed("SELECT 1")
    parts = (
        "UPDATE consumers_accountmerge SET undone_at = now(), undone_by_id = %s,"
        f" undo_reason_id = reason_id WHERE id = %s; {LEADS}"
    )
    assert refused_by(parts, by.pk, made.pk, None, "ACTIVE", double.pk) == "a_merge_is_whole"
    undo(double, by)
    committed("SELECT 1")
    assert owed(double, survivor) == [Decimal(120), Decimal(0)]


def test_a_link_loses_nothing(survivor: Consumer, double: Consumer, by: Person) -> None:
    """Whoever forges all of it and leaves a debt behind is refused at the commit."""
    owe(double, "5.00", at=AT)
    add_consumer_note(
        consumer=survivor.pk, words="x", is_pinned=False, form_key=uuid4(), by=by, at=AT
    )
    forged = f"{LINK}; {LEADS}"
    keys = (double.pk, survivor.pk, by.pk, survivor.pk, "INACTIVE", double.pk)
    assert refused_by(forged, *keys) == "a_merge_is_whole"


# ------------------------------------------------------------------ a person's own data
def test_an_export_names_the_accounts_that_were_merged(
    survivor: Consumer, double: Consumer, by: Person
) -> None:
    merge(double, survivor, by)
    (section,) = [each for each in SECTIONS if each.key == "merges"]
    for consumer in (survivor, double):
        (row,) = section.read(consumer.pk, ("account", "into", "reason"))
        assert row == (double.account_number, survivor.account_number, WHY)
    asked = ask_for_export(consumer=double.pk, reason="A letter", by=by, at=AT, form_key=uuid4())
    assert asked.consumer == double, "a person's rights do not end with a merge"


def test_an_erasure_begins_with_the_merged_account(
    make_consumer: MakeConsumer, double: Consumer, person: MakePerson, by: Person
) -> None:
    """Its person can be erased as it stands; the account that goes on only after it."""
    gone = make_consumer(services={}, status=AccountStatus.INACTIVE)
    merge(double, gone, by)
    said: dict[str, Any] = {"reason": "A letter", "by": by, "at": AT}
    with pytest.raises(UnableToErase, match="Another account was merged into this one"):
        ask_for_erasure(consumer=gone.pk, **said, form_key=uuid4())
    other = person(Role.SUPERVISOR)
    act = ask_for_erasure(consumer=double.pk, **said, form_key=uuid4())
    erase_person(act=act.pk, account_typed=double.account_number, by=other, at=AT)
    made = AccountMerge.objects.get()
    assert (made.reason.text, made.undone_at) == ("", None)
    assert "erased" in refusal_of(lambda: undo(double, by)).sentence
    assert ask_for_erasure(consumer=gone.pk, **said, form_key=uuid4()).pk
    assert isinstance(refusal_of(lambda: merge(gone, double, by)), Refusal)
    committed("SELECT 1")
    assert_sound()


def test_the_demo_shows_a_pair_that_was_merged_and_one_that_waits(
    make_consumer: MakeConsumer, person: MakePerson
) -> None:
    """A second start of the demo opens and merges nobody."""
    person(Role.CSE, username="cse"), person(Role.SUPERVISOR, username="supervisor")
    homes = [make_consumer(phone=f"+12175550{number:03}") for number in range(13)]
    for _ in range(2):
        make_merges(at=AT)
    assert [each.survivor for each in AccountMerge.objects.all()] == homes[10:11]
    waiting = Consumer.objects.get(status=AccountStatus.PENDING)
    assert waiting.phone == homes[11].phone
    assert_sound()
