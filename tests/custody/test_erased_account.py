"""An account whose person was erased: nothing begins any more, nothing more is said of it (R8)."""

import json
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection

from billing.choices import PaymentState
from billing.models import Payment
from billing.queries.accounts import balances_of
from complaints.models import Complaint, Rating
from complaints.operations import create_complaint
from complaints.operations.deciding import resolve_complaint
from complaints.operations.rating import rate_complaint
from consumers.choices import AccountHoldKind, AccountStatus, SupplyState, UtilityType
from consumers.guards import AccountIsErased
from consumers.models import AccountHold, Consumer
from consumers.operations import add_consumer_note
from smart360.cases.operations import acknowledge, add_note
from smart360.custody.choices import PrivacyState
from smart360.custody.models import PrivacyAct
from smart360.custody.operations.erasing import ask_for_erasure, erase_person
from smart360.custody.operations.merging import merge_consumers
from smart360.custody.operations.privacy import approve_export, ask_for_export
from smart360.custody.queries.erasing import FILES, files_of
from smart360.custody.queries.privacy import export_key
from smart360.documents.models import PendingFile, StoredFile
from smart360.fieldwork.choices import Cancelled
from smart360.fieldwork.operations import cancel_service_order
from smart360.kernel.errors import constraint_of
from smart360.owed.choices import OwedState
from smart360.owed.models import OwedWork
from smart360.owed.tasks import drain
from smart360.staff.choices import Role
from smart360.staff.models import Person
from smart360.trail.models import PersonalText
from tests.billing.paying import owe, pay
from tests.billing.telling import message, new_key, tell, told
from tests.complaints.conftest import complain, wish_for
from tests.conftest import MakeConsumer, MakePerson, SetClock
from tests.consumers.documenting import add
from tests.fieldwork.working import order_from_profile
from tests.invariants import assert_sound
from tests.looking import put_back

pytestmark = [pytest.mark.django_db, pytest.mark.database]
SPARE = 1_000_000_000
"""A key that no row has."""


@pytest.fixture
def boss(person: MakePerson) -> Person:
    return person(Role.SUPERVISOR)


@pytest.fixture
def gone(make_consumer: MakeConsumer, boss: Person, stands: SetClock) -> Consumer:
    """Somebody who left, all settled: one of each row that is about them."""
    off = {UtilityType.ELECTRICITY: SupplyState.OFF_FOR_GOOD}
    consumer = make_consumer(status=AccountStatus.INACTIVE, services=off)
    key: dict[str, Any] = {"by": boss, "at": stands.at}
    owe(consumer, "150.00", at=stands.at)
    pay(consumer, **key)
    add_consumer_note(
        consumer=consumer.pk, words="Rings twice", is_pinned=False, form_key=uuid4(), **key
    )
    add(consumer, boss, stands.at)
    today = stands.at.date()
    AccountHold.objects.create(
        consumer=consumer, kind=AccountHoldKind.MEDICAL, source="CERT-1", placed_at=stands.at,
        from_on=today - timedelta(days=30), to_on=today - timedelta(days=1),
    )  # fmt: skip
    case = complain(consumer, **key).pk
    add_note(case=case, words="Inside", form_key=uuid4(), **key)
    acknowledge(case=case, **key)
    resolve_complaint(case=case, words="It is repaired", **key)
    order = order_from_profile(consumer, by=boss, at=stands.at)
    cancel_service_order(service_order=order.pk, reason=Cancelled.NOT_NEEDED, note="Not now", **key)
    drain("PDF")
    drain("MAIL")
    return consumer


def erase(consumer: Consumer, asker: Person, other: Person, stands: SetClock) -> None:
    act = ask_for_erasure(
        consumer=consumer.pk, reason="A letter", by=asker, at=stands.at, form_key=uuid4()
    )
    erase_person(act=act.pk, account_typed=consumer.account_number, by=other, at=stands.at)


AGAIN = (
    "INSERT INTO {table} SELECT (jsonb_populate_record(r, to_jsonb(r) || %s::jsonb)).*"
    " FROM {table} r WHERE {about} LIMIT 1"
)
OF_THEM, OF_THEIR_CASE = "r.consumer_id = {consumer}", "r.case_id = {case}"
COPIED: dict[str, tuple[str, dict[str, Any]]] = {
    "billing_ledgertransaction": (OF_THEM, {"reverses_id": None}),
    "billing_payment": (OF_THEM, {"number": "PAY-X", "reference": "X", "posting_id": None,
                                  "state": "PENDING", "settled_at": None, "receipt_id": None}),
    "cases_case": ("r.status = 'PENDING'", {"number": "CMP-99999999"}),
    "comms_message": (OF_THEM, {"dedupe_key": "again"}),
    "consumers_consumernote": (OF_THEM, {"text_id": SPARE}),
    "consumers_serviceconnection": (OF_THEM, {"utility_type": "WATER"}),
    "fieldwork_serviceorder": (OF_THEM, {"number": "SO-X", "status": "OPEN", "ended_at": None,
                                         "ended_by_id": None, "cancelled_because": "",
                                         "completion": ""}),
    "trail_entry": (OF_THEM, {}),
}  # fmt: skip
"""Rows that are made once more, by their table: which one, and what must be otherwise."""
WRITTEN: dict[str, str] = {
    "hold": "INSERT INTO consumers_accounthold (consumer_id, kind, source, from_on, placed_at)"
    " VALUES ({consumer}, 'LEGAL', 'X', '2024-12-10', now())",
    "hold that ends later": "UPDATE consumers_accounthold SET to_on = '2030-01-01'"
    " WHERE consumer_id = {consumer}",
    "hold that ends no more": "UPDATE consumers_accounthold SET to_on = NULL"
    " WHERE consumer_id = {consumer}",
    "hold of somebody else": "UPDATE consumers_accounthold SET consumer_id = {consumer}"
    " WHERE consumer_id <> {consumer}",
    "proposed hold": "INSERT INTO consumers_holdproposal (consumer_id, kind, source, from_on,"
    " note, decision, state, proposed_at, proposed_by_id)"
    " VALUES ({consumer}, 'LEGAL', 'X', '2024-12-10', 'X', '', 'PROPOSED', now(), {person})",
    "document": "INSERT INTO consumers_consumerdocument (consumer_id, kind, title_id, version,"
    " state, uploaded_at, uploaded_by_id)"
    " VALUES ({consumer}, 'AGREEMENT', {spare}, 1, 'PROCESSING', now(), {person})",
    "version": "UPDATE consumers_consumerdocument SET version = version + 1,"
    " state = 'PROCESSING', uploaded_at = now() WHERE consumer_id = {consumer}",
    "rejection": "UPDATE consumers_consumerdocument SET state = 'REJECTED', decided_at = now(),"
    " decided_by_id = {other}, reason_id = {spare} WHERE consumer_id = {consumer}",
    "upload": "INSERT INTO consumers_documentupload (consumer_id, person_id, file_id, added_at)"
    " SELECT {consumer}, {person}, id, now() FROM documents_pendingfile",
    "message on a case": "INSERT INTO comms_message (case_id, channel, direction, visibility, at,"
    " is_statutory, body_id, dedupe_key)"
    " VALUES ({case}, 'SYSTEM', 'WITHIN', 'INTERNAL', now(), false, {spare}, 'again')",
    "line of a case": "INSERT INTO trail_entry (case_id, kind, at, old, new, text_id, seq,"
    " previous_hash, hash)"
    " VALUES ({case}, 'NOTE_ADDED', now(), '{{}}', '{{}}', {spare}, 0, '', '')",
    "complaint of theirs": "UPDATE cases_case SET consumer_id = {consumer}"
    " WHERE consumer_id IS NULL",
    "rating": "INSERT INTO complaints_rating (complaint_id, stars, rated_at)"
    " VALUES ({case}, 1, now())",
    "refund": "INSERT INTO billing_refund (number, consumer_id, source, amount, method, reason,"
    " state, decision, needs_second_person, proposed_at, proposed_by_id)"
    " VALUES ('REF-X', {consumer}, 'CREDIT', 1, 'BANK_TRANSFER', 'X', 'PROPOSED', '', true,"
    " now(), {person})",
    "statement": "INSERT INTO billing_statementpaper (consumer_id, from_on, to_on, upto,"
    " asked_at, asked_by_id)"
    " VALUES ({consumer}, '2024-12-01', '2024-12-10', 0, now(), {person})",
    "export": "INSERT INTO custody_privacyact (consumer_id, kind, state, reason_id, asked_at,"
    " asked_by_id, in_transaction)"
    " VALUES ({consumer}, 'EXPORT', 'ASKED', {spare}, now(), {person}, 0)",
}
"""Other rows, as somebody could write them."""


@pytest.fixture
def forged(
    gone: Consumer, make_consumer: MakeConsumer, boss: Person, person: MakePerson,
    stands: SetClock,
) -> Callable[[str], None]:  # fmt: skip
    """Try one of the statements; whatever it did is undone."""
    create_complaint(wish=wish_for(), by=boss, at=stands.at, form_key=uuid4())
    PersonalText.objects.create(pk=SPARE, text="Somebody", digest="0" * 64)
    PendingFile.objects.create(
        title="card.pdf", content_type="PDF", size=10, sha256="0" * 64, stored_as="2024/x.pdf",
        created_at=stands.at,
    )  # fmt: skip
    AccountHold.objects.create(
        consumer=make_consumer("Somebody Else"), kind=AccountHoldKind.LEGAL, source="COURT-1",
        placed_at=stands.at, from_on=stands.at.date(),
    )  # fmt: skip
    names = {
        "consumer": gone.pk, "case": Complaint.objects.get(case__consumer=gone).pk,
        "person": boss.pk, "other": person(Role.SUPERVISOR).pk, "spare": SPARE,
    }  # fmt: skip

    def run(what: str) -> None:
        with put_back(), connection.cursor() as cursor:
            if what in WRITTEN:
                cursor.execute(WRITTEN[what].format(**names))
            else:
                about, other = COPIED[what]
                sql = AGAIN.format(table=what, about=about.format(**names))
                cursor.execute(sql, [json.dumps({"id": SPARE, "consumer_id": gone.pk} | other)])
            assert cursor.rowcount == 1, "the statement found what it is about"

    return run


@pytest.mark.parametrize("what", [*COPIED, *WRITTEN])
def test_the_database_takes_no_row_about_them(
    what: str, forged: Callable[[str], None], gone: Consumer, boss: Person, person: MakePerson,
    stands: SetClock,
) -> None:  # fmt: skip
    """Before the erasure the same statement passes, so that nothing else refuses it."""
    forged(what)
    erase(gone, boss, person(Role.ADMIN), stands)
    with pytest.raises(IntegrityError) as refused:
        forged(what)
    assert constraint_of(refused.value) == "account_is_erased"


def test_nothing_is_said_on_a_case_of_theirs(
    gone: Consumer, boss: Person, person: MakePerson, stands: SetClock
) -> None:
    """These acts hold the case alone, and still nobody is behind it."""
    case = Complaint.objects.get(case__consumer=gone).pk
    erase(gone, boss, person(Role.ADMIN), stands)
    for act in (
        lambda: add_note(case=case, words="Late", form_key=uuid4(), by=boss, at=stands.at),
        lambda: rate_complaint(complaint=case, stars=1, comment="Late", by=None, at=stands.at),
    ):
        with pytest.raises(AccountIsErased), put_back():
            act()
    assert not Rating.objects.exists()


def test_late_money_stays_with_whoever_sent_it(
    gone: Consumer, make_consumer: MakeConsumer, boss: Person, person: MakePerson,
    stands: SetClock,
) -> None:  # fmt: skip
    """It is refused in words and nothing of it is kept; what had come is still known to have."""
    key, admin = new_key(person(Role.ADMIN), stands.at), person(Role.ADMIN)
    owe(gone, "20.00", at=stands.at)
    number = told(tell(key.secret, message(gone, "20.00", status="PENDING")))["number"]
    path = f"/api/v1/payments/{number}/status"
    outcome = {"status": "PROCESSED"}
    first = tell(key.secret, outcome, path=path, under="done")
    assert first.status_code == 200
    drain("PDF")
    drain("MAIL")
    erase(gone, boss, admin, stands)
    again = tell(key.secret, outcome, path=path, under="done")
    assert (again.status_code, again.content) == (200, first.content)
    late = tell(key.secret, message(gone, "30.00"))
    assert (late.status_code, "was erased" in told(late)["detail"]) == (409, True)
    assert set(Payment.objects.values_list("state", flat=True)) == {PaymentState.PROCESSED}
    assert balances_of(gone.pk).outstanding == 0
    assert_sound()


@pytest.mark.parametrize("state", [OwedState.WAITING, OwedState.FAILED])
def test_an_export_that_ends_is_owed_no_more(
    gone: Consumer, boss: Person, person: MakePerson, stands: SetClock, state: OwedState
) -> None:
    """Its files would go at once, and nobody could let it be made again."""
    asked = ask_for_export(
        consumer=gone.pk, reason="A letter", by=boss, at=stands.at, form_key=uuid4()
    )
    approve_export(act=asked.pk, by=person(Role.SUPERVISOR), at=stands.at)
    making = OwedWork.objects.filter(dedupe_key=export_key(asked.pk))
    assert making.update(state=state) == 1
    erase(gone, boss, person(Role.ADMIN), stands)
    assert not making.exists()
    assert_sound()


def test_late_money_for_a_merged_account_pays_for_who_goes_on(
    make_consumer: MakeConsumer, boss: Person, person: MakePerson, stands: SetClock
) -> None:
    """Also once the person of the account that ended was erased."""
    key = new_key(person(Role.ADMIN), stands.at)
    ends, goes_on = make_consumer(services={}, email="", phone=""), make_consumer()
    merge_consumers(
        merged=ends.pk, survivor=goes_on.pk, reason="Registered twice", by=boss, at=stands.at,
        form_key=uuid4(),
    )  # fmt: skip
    erase(ends, boss, person(Role.ADMIN), stands)
    assert tell(key.secret, message(ends, "30.00")).status_code == 201
    assert balances_of(goes_on.pk).outstanding == Decimal("-30.00")
    assert_sound()


# ------------------------------------------------------------------ its own files
TAKEN = "SELECT count(*) FROM smart360_let_go_of_files(%s::uuid[], now())"


def taken(*files: UUID) -> int:
    """How many of these files the door of the database takes, as the application asks it."""
    with put_back(), connection.cursor() as cursor:
        cursor.execute(TAKEN, [[str(each) for each in files]])
        found: int = cursor.fetchone()[0]
    return found


def test_an_erasure_takes_no_file_of_anybody_else(
    gone: Consumer, make_consumer: MakeConsumer, boss: Person, person: MakePerson,
    stands: SetClock,
) -> None:  # fmt: skip
    """Inside a real erasure, in whose transaction the door is open."""
    neighbour, admin = make_consumer("Somebody Else"), person(Role.ADMIN)
    pay(neighbour, by=boss, at=stands.at)
    add(neighbour, boss, stands.at)
    complain(neighbour, by=boss, at=stands.at)
    drain("PDF")
    drain("MAIL")
    own, others = files_of(gone.pk), files_of(neighbour.pk)
    assert (len(own) >= 3, len(others), taken(*own, *others)) == (True, 3, 0)
    act = ask_for_erasure(
        consumer=gone.pk, reason="A letter", by=boss, at=stands.at, form_key=uuid4()
    )
    with put_back():
        PrivacyAct.objects.filter(pk=act.pk).update(
            state=PrivacyState.ERASED, decided_by=admin, decided_at=stands.at
        )
        assert (taken(*own), taken(*others), taken(*own, *others)) == (len(own), 0, len(own))
        assert {taken(each) for each in others} == {0}
    erase_person(act=act.pk, account_typed=gone.account_number, by=admin, at=stands.at)
    kept = StoredFile.objects.filter(pk__in=others, gone_at=None).exclude(title="")
    assert kept.count() == len(others)
    assert not StoredFile.objects.filter(pk__in=own, gone_at=None).exists()
    assert_sound()


def test_a_file_that_two_accounts_point_to_stays(
    gone: Consumer, make_consumer: MakeConsumer, boss: Person, person: MakePerson,
    stands: SetClock,
) -> None:  # fmt: skip
    """Whoever lets an erased account's row point to another one's paper does not take it so."""
    neighbour, admin = make_consumer("Somebody Else"), person(Role.ADMIN)
    pay(neighbour, by=boss, at=stands.at)
    drain("PDF")
    drain("MAIL")
    theirs = Payment.objects.get(consumer=neighbour).receipt_id
    assert theirs is not None
    act = ask_for_erasure(
        consumer=gone.pk, reason="A letter", by=boss, at=stands.at, form_key=uuid4()
    )
    pay(gone, "1.00", by=boss, at=stands.at)
    assert Payment.objects.filter(consumer=gone, receipt=None).update(receipt=theirs) == 1
    with put_back():
        PrivacyAct.objects.filter(pk=act.pk).update(
            state=PrivacyState.ERASED, decided_by=admin, decided_at=stands.at
        )
        assert taken(theirs) == 0


def test_the_door_knows_every_table_that_points_to_files() -> None:
    """What is added to the list of an erasure is added to its door."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'smart360_let_go_of_files'")
        (source,) = cursor.fetchone()
    for model, _, columns in FILES:
        assert f"{model._meta.db_table} " in source
        for column in columns:
            assert f".{column}_id = ANY (files)" in source
