"""What the database itself refuses, whoever asks: raw SQL as the application and the owner."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, connection

from disconnections.operations import close_request
from smart360.cases.models import Case, HoldReason, SlaPolicy
from smart360.cases.operations import acknowledge, assign, put_on_hold, recompute, resume
from smart360.cases.oracles import status_changes_without_their_line
from smart360.kernel.rights import append_only_tables
from smart360.staff.choices import Role
from smart360.trail.models import Entry
from smart360.trail.oracles import broken_chains
from tests.conftest import MakePerson, MakeRequest

pytestmark = pytest.mark.database


def run(sql: str, *values: str | int | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


@pytest.mark.parametrize("status", ["ON_HOLD", "COMPLETED", "RESOLVED", "REJECTED"])
def test_no_arrow_no_way(make_request: MakeRequest, status: str) -> None:
    """W2: raw SQL meets the same table of arrows."""
    made = make_request()
    with pytest.raises(IntegrityError):
        run("UPDATE cases_case SET status = %s, ended_at = now() WHERE id = %s", status, made.pk)


def test_a_status_change_without_its_line_is_refused_at_commit(make_request: MakeRequest) -> None:
    """W3."""
    made = make_request()
    run(
        "UPDATE cases_case SET status = 'IN_PROGRESS', acknowledged_at = now() WHERE id = %s",
        made.pk,
    )
    with pytest.raises(IntegrityError, match="has no entry"):
        run("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_version_cannot_be_counted_up_by_hand(make_request: MakeRequest) -> None:
    made = make_request()
    with pytest.raises(IntegrityError, match="only a status change is a new version"):
        run("UPDATE cases_case SET version = 7 WHERE id = %s", made.pk)


@pytest.mark.parametrize("column", ["number", "kind", "priority", "policy_id", "created_at"])
def test_the_origin_of_a_case_stays(make_request: MakeRequest, column: str) -> None:
    """W20."""
    made = make_request()
    value = {
        "number": "DIS-1999-000001",
        "kind": "COMPLAINT",
        "priority": "HIGH" if made.case.priority != "HIGH" else "LOW",
        "policy_id": made.case.policy_id + 1,
        "created_at": "2020-01-01",
    }[column]
    with pytest.raises(IntegrityError, match="what a case began with stays"):
        run(f"UPDATE cases_case SET {column} = %s WHERE id = %s", value, made.pk)


def test_an_acknowledgement_is_written_once(
    make_request: MakeRequest, person: MakePerson, at: datetime
) -> None:
    """W4."""
    made = make_request()
    acknowledge(case=made.pk, by=person(Role.CSE), at=at)
    with pytest.raises(IntegrityError, match="reached once"):
        run("UPDATE cases_case SET acknowledged_at = now() WHERE id = %s", made.pk)


def test_a_case_cannot_begin_in_the_future(make_request: MakeRequest) -> None:
    """T4."""
    made = make_request()
    case = Case.objects.get(pk=made.pk)
    with pytest.raises(IntegrityError, match="cannot begin in the future"):
        run(
            "INSERT INTO cases_case (number, kind, consumer_id, status, version, priority,"
            " notifies_consumer, created_at, updated_at, policy_id, due_at, closing_reason,"
            " closing_note) SELECT 'X', 'COMPLAINT', NULL, 'PENDING', 1, 'LOW', true,"
            " clock_timestamp() + interval '1 minute', now(), policy_id, due_at, '', ''"
            " FROM cases_case WHERE id = %s",
            case.pk,
        )


@pytest.mark.parametrize("act", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_application_cannot_touch_what_is_append_only(
    make_request: MakeRequest, act: str
) -> None:
    """A1, COM6: generated from the catalogue for every protected table."""
    make_request()
    tables = list(append_only_tables())
    assert {"trail_entry", "trail_personaltext", "comms_message", "cases_alert"} <= set(tables)
    for table in tables:
        with connection.cursor() as cursor:
            cursor.execute("SAVEPOINT before")
            cursor.execute(
                "SELECT column_name FROM information_schema.columns WHERE table_name = %s LIMIT 1",
                [table],
            )
            column = cursor.fetchone()[0]
            with pytest.raises(ProgrammingError, match="permission denied"):
                cursor.execute(act.format(f'"{table}"', f'"{column}"', f'"{column}"'))
            cursor.execute("ROLLBACK TO SAVEPOINT before")


@pytest.mark.parametrize(
    "act", ["UPDATE trail_entry SET kind = 'CLOSED'", "DELETE FROM trail_entry"]
)
def test_even_the_owner_is_stopped_by_the_trigger(
    make_request: MakeRequest, as_owner: Callable[[], None], act: str
) -> None:
    """COM6."""
    make_request()
    as_owner()
    with pytest.raises(match="Cannot"):
        run(act)


def test_cases_are_never_deleted(make_request: MakeRequest, as_owner: Callable[[], None]) -> None:
    made = make_request()
    as_owner()
    with pytest.raises(match="Cannot delete"):
        run("DELETE FROM cases_case WHERE id = %s", made.pk)


def test_a_changed_or_missing_line_breaks_the_chain(
    make_request: MakeRequest, person: MakePerson, at: datetime, as_owner: Callable[[], None]
) -> None:
    """A2: whoever gets round trigger and grants is found by the oracle."""
    made = make_request(reason="CR-001")
    acknowledge(case=made.pk, by=person(Role.CSE), at=at)
    assert broken_chains() == []
    as_owner()
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run("ALTER TABLE trail_entry DISABLE TRIGGER USER")
    run("UPDATE trail_entry SET new = '{}' WHERE case_id = %s AND seq = 3", made.pk)
    assert len(broken_chains()) == 1
    run("DELETE FROM trail_entry WHERE case_id = %s AND seq = 3", made.pk)
    assert status_changes_without_their_line() == [made.case.number]
    run("ALTER TABLE trail_entry ENABLE TRIGGER USER")
    assert Entry.objects.filter(case=made.case, seq=1).exists()


@pytest.mark.parametrize(
    ("reason", "note"),
    [("OTHER", ""), ("OTHER", "   .   "), ("OTHER", "a\u200b" * 9), ("SOLD", "x" * 20), ("", "")],
)
def test_a_closed_case_has_one_of_five_reasons(
    make_request: MakeRequest, reason: str, note: str
) -> None:
    """W16."""
    made = make_request()
    with pytest.raises(IntegrityError):
        run(
            "UPDATE cases_case SET status = 'CLOSED', ended_at = now(), closing_reason = %s,"
            " closing_note = %s WHERE id = %s",
            reason,
            note,
            made.pk,
        )


# ------------------------------------------------------------------ what the clocks count from
@pytest.fixture
def held(make_request: MakeRequest, person: MakePerson, at: datetime) -> Case:
    """A case on hold until tomorrow."""
    made, sarah = make_request(), person(Role.CSE)
    acknowledge(case=made.pk, by=sarah, at=at)
    return put_on_hold(
        case=made.pk,
        reason=HoldReason.objects.get(code="WAITING_CONSUMER").pk,
        resume_by=at + timedelta(days=1),
        at_resume_by="RESUMES",
        by=sarah,
        at=at,
    )


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE cases_hold SET since = since - interval '1 hour'",
        "UPDATE cases_hold SET pauses = NOT pauses",
        "UPDATE cases_hold SET resume_by = resume_by + interval '1 hour'",
        "UPDATE cases_hold SET at_resume_by = 'REMINDS'",
        "DELETE FROM cases_hold",
    ],
)
def test_a_hold_stays_as_it_was(held: Case, as_owner: Callable[[], None], change: str) -> None:
    """T1: who moves a hold moves what was promised; not even the owner of the tables may."""
    as_owner()
    with pytest.raises(IntegrityError, match="a hold stays as it was"):
        run(change)


def test_a_hold_ends_once(held: Case, person: MakePerson, at: datetime) -> None:
    resume(case=held.pk, by=person(Role.CSE), at=at + timedelta(hours=1))
    with pytest.raises(IntegrityError, match="a hold stays as it was"):
        run("UPDATE cases_hold SET ended_at = ended_at + interval '1 hour'")


def test_a_due_time_moves_with_its_line_only(make_request: MakeRequest) -> None:
    """T1: a correction stands on the timeline, or it is none."""
    made = make_request()
    run("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(IntegrityError, match="without a line"):
        run("UPDATE cases_case SET due_at = due_at + interval '1 day' WHERE id = %s", made.pk)


@pytest.mark.parametrize(
    "change",
    [
        "breaches_at = NULL",
        "warns_at = now()",
        "adjusted_due_at = NULL",
        "due_at = due_at + interval '1 day'",
        "next_alert_at = now()",
        "ended_at = ended_at - interval '1 day'",
        "closing_note = 'We never said so.'",
    ],
)
def test_an_ended_case_keeps_its_times(
    make_request: MakeRequest, person: MakePerson, at: datetime, change: str
) -> None:
    """T2: nobody makes a missed promise a kept one; the act that ends it is the last to say."""
    made, late = make_request(), at + timedelta(days=9)
    close_request(case=made.pk, reason="CANCELLED", note="", by=person(Role.CSE), at=late)
    assert Case.objects.get(pk=made.pk).breaches_at == at + timedelta(hours=2)
    with pytest.raises(IntegrityError, match="its times stay"):
        run(f"UPDATE cases_case SET {change} WHERE id = %s", made.pk)


def test_what_ended_is_not_computed_anew(
    make_request: MakeRequest, person: MakePerson, at: datetime
) -> None:
    """It was chosen while it was open, and ended before it was locked; the policy differs now."""
    made = make_request()
    close_request(case=made.pk, reason="CANCELLED", note="", by=person(Role.CSE), at=at)
    SlaPolicy.objects.update(resolution_minutes=9_999)
    assert recompute(case=made.pk, why="nightly recomputation", at=at) is False


def test_an_assignee_changes_with_a_line_only(
    make_request: MakeRequest, person: MakePerson, at: datetime
) -> None:
    """T1: also back to somebody who had it before."""
    made, first, second = make_request(), person(Role.CSE), person(Role.SUPERVISOR)
    assign(case=made.pk, to=first, by=first, at=at)
    assign(case=made.pk, to=second, by=second, at=at)
    run("SET CONSTRAINTS ALL IMMEDIATE")
    run("SET CONSTRAINTS ALL DEFERRED")
    for key in (first.pk, None):
        run("SAVEPOINT before")
        run("UPDATE cases_case SET assignee_id = %s WHERE id = %s", key, made.pk)
        with pytest.raises(IntegrityError, match="another assignee without a line"):
            run("SET CONSTRAINTS ALL IMMEDIATE")
        run("ROLLBACK TO SAVEPOINT before")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("standing", "kind"), [("OPENED", "DISCONNECTION"), ("OPEN", "CONNECTION"), ("", "")]
)
def test_a_change_that_no_tally_takes_is_refused_at_once(standing: str, kind: str) -> None:
    """One such row would make every fold fail."""
    with pytest.raises(IntegrityError, match=r"change_(standing|kind)_is_known"):
        run(
            "INSERT INTO cases_tallychange (standing, kind, counts_at, change)"
            " VALUES (%s, %s, now(), 1)",
            standing,
            kind,
        )
