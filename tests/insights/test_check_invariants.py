"""``check_invariants``: it finds what was planted, and nothing where only operations have been."""

import ast
import json
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from billing.models import Payment
from billing.operations.refunds import approve_refund
from complaints.models import Complaint
from complaints.operations.deciding import reopen_complaint
from consumers.models import Consumer
from disconnections.models import DisconnectionRequest, TimeSlot
from disconnections.operations import close_request
from disconnections.oracles import dates_that_could_not_be_asked_for
from smart360.cases import operations as cases
from smart360.cases import sla
from smart360.cases.models import HoldReason
from smart360.cases.oracles import hours_that_are_shown_wrongly
from smart360.comms.models import Message, Notice
from smart360.insights.oracles import EVERY_ORACLE, NOT_IN_THE_DATA
from smart360.insights.oracles.database import (
    rules_that_are_missing,
    triggers_that_are_off,
    views_that_declare_nothing,
)
from smart360.insights.tasks import check_invariants
from smart360.local.environment import ROOT
from smart360.organisation.operations import change_utility
from smart360.organisation.queries import get_utility
from smart360.staff.choices import Role
from tests.billing.paying import deposit, pay, propose, take_back
from tests.complaints.conftest import MakeComplaint
from tests.complaints.working import bring_to
from tests.conftest import MakeConsumer, MakePerson, MakeRequest, SetClock
from tests.insights import complaint_plants, paper_plants, plants
from tests.invariants import assert_sound

PLANTS = (*paper_plants.PAPERS, *complaint_plants.COMPLAINTS, *plants.PLANTS)


@pytest.fixture
def worked_on(
    make_request: MakeRequest, person: MakePerson, at: datetime
) -> Callable[[], DisconnectionRequest]:
    """A request to which everything happened but its end."""

    def make() -> DisconnectionRequest:
        by = person(Role.CSE)
        made = make_request(by=by)
        case = made.case_id
        cases.acknowledge(case=case, by=by, at=at + timedelta(minutes=5))
        cases.put_on_hold(
            case=case,
            reason=HoldReason.objects.get(code="WAITING_CONSUMER").pk,
            resume_by=at + timedelta(days=1),
            at_resume_by="RESUMES",
            by=by,
            at=at + timedelta(minutes=10),
        )
        cases.resume(case=case, by=by, at=at + timedelta(minutes=40))
        cases.send_message(
            case=case, subject="Hello", words="We begin.", by=by,
            at=at + timedelta(minutes=50), form_key=uuid4(),
        )  # fmt: skip
        cases.assign(case=case, to=by, by=by, at=at + timedelta(minutes=55))
        return made

    return make


def handle_money(consumer: Consumer, person: MakePerson, at: datetime) -> Payment:
    """A deposit, two payments of which one is taken back, and a part of the other refunded."""
    by, boss = person(Role.BILLING), person(Role.SUPERVISOR)
    deposit(consumer, by=by, at=at)
    paid, bounced = (pay(consumer, by=by, at=at) for _ in range(2))
    take_back(bounced, by=boss, at=at)
    approve_refund(refund=propose(consumer, by=by, at=at).pk, by=boss, at=at)
    return paid


def test_finds_nothing_after_operations(
    worked_on: Callable[[], DisconnectionRequest],
    make_request: MakeRequest,
    taken_up: Complaint,
    person: MakePerson,
    at: datetime,
    capsys: pytest.CaptureFixture[str],
) -> None:
    case = worked_on().case
    assert case.consumer is not None
    handle_money(case.consumer, person, at)
    ended = worked_on()
    close_request(
        case=ended.case_id, reason="CANCELLED", note="", by=person(Role.CSE),
        at=at + timedelta(hours=2),
    )  # fmt: skip
    make_request(notifies_consumer=False)
    assert_sound(at + timedelta(minutes=5))
    call_command("check_invariants", "--only", "W3", "--only", "W1")
    told = capsys.readouterr().out
    assert "found nothing" in told
    assert re.search(r"^\d+\.\d s in all; the longest: W[13] \d+\.\d s, W[13] ", told, re.MULTILINE)


# ------------------------------------------------------------------ what is planted is found
@pytest.fixture
def taken_up(
    make_complaint: MakeComplaint, make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> Complaint:
    """A complaint that disputes an amount, was resolved and taken up again."""
    boss, later = person(Role.SUPERVISOR), at + timedelta(days=1)
    complaint = make_complaint(make_consumer(), disputed_amount=Decimal("20.00"))
    bring_to("RESOLVED", complaint, boss, at)
    reopen_complaint(case=complaint.pk, words="It came back.", by=boss, at=later)
    return complaint


@pytest.fixture
def soil(
    worked_on: Callable[[], DisconnectionRequest],
    make_request: MakeRequest,
    taken_up: Complaint,
    person: MakePerson,
    at: datetime,
    as_owner: Callable[[], None],
) -> dict[str, int]:
    """Three requests, a complaint and no guard: the owner has switched every trigger off."""
    opened, ended = worked_on(), worked_on()
    close_request(
        case=ended.case_id, reason="CANCELLED", note="", by=person(Role.CSE),
        at=at + timedelta(hours=2),
    )  # fmt: skip
    slot = TimeSlot.objects.order_by("starts")[0].pk
    booked = make_request(preferred_on=date(2024, 12, 17), slot=slot)
    message = Message.objects.filter(case_id=opened.case_id).order_by("id")[0]
    assert opened.case.consumer is not None
    paid = handle_money(opened.case.consumer, person, at)
    as_owner()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    return {
        "OPEN": opened.case_id,
        "ENDED": ended.case_id,
        "BOOKED": booked.case_id,
        "TAKENUP": taken_up.case_id,
        "MESSAGE": message.pk,
        "PAID": paid.pk,
    }


def test_finds_what_is_planted(
    soil: dict[str, int], at: datetime, capsys: pytest.CaptureFixture[str], settings: Any
) -> None:
    unseen, ours = [], settings.ROOT_URLCONF
    for planted in PLANTS:
        asked = [oracle for oracle in EVERY_ORACLE if oracle.find.__name__ == planted.find]
        assert {oracle.id for oracle in asked} == {planted.id}
        is_planted = bool(planted.sql or planted.urls)
        with connection.cursor() as cursor:
            cursor.execute("SAVEPOINT clean")
            before = {oracle: set(oracle.rows(at) if is_planted else ()) for oracle in asked}
            settings.ROOT_URLCONF = planted.urls or ours
            for statement in planted.sql:
                cursor.execute(put_in(statement, soil))
        with pytest.raises(CommandError, match="found something") as error:
            call_command("check_invariants", "--only", planted.id)
        assert error.value.returncode == 1
        printed = capsys.readouterr().out
        with connection.cursor() as cursor:
            after = {oracle: set(oracle.rows(at)) for oracle in asked}
            cursor.execute("ROLLBACK TO SAVEPOINT clean")
        settings.ROOT_URLCONF = ours
        unseen += [
            (oracle.find.__module__, planted.find)
            for oracle in asked
            if not after[oracle] - before[oracle]
            or f"FOUND {planted.id:<4} {oracle.sentence}" not in printed
        ]
        is_clean = (
            not any(before.values()) or planted.find == "rights_that_nobody_should_have"
        )  # the owner has all
        assert is_clean, (planted.find, before)
    assert unseen == []


def put_in(statement: str, soil: Mapping[str, int]) -> str:
    """The statement with the numbers of the rows that it is about."""
    for name, key in soil.items():
        statement = re.sub(rf"\b{name}\b", str(key), statement)
    return statement


def test_every_oracle_sees_its_violation() -> None:
    """An oracle that cannot find anything proves nothing."""
    planted = {plant.find for plant in PLANTS}
    assert {oracle.find.__name__ for oracle in EVERY_ORACLE} == planted


def test_every_invariant_has_an_oracle() -> None:
    """Of those that apply so far; what no row can show names its test."""
    applies = {
        *(f"M{n}" for n in (*range(4, 13), 14, 16)),
        *(f"M{n}" for n in (1, 2, 3, 13, 15, 17)),
        *(f"W{n}" for n in (*range(1, 9), 12, 15, 16, 17, 18, 20)),
        *(f"T{n}" for n in range(1, 6)),
        *(f"N{n}" for n in (1, 2, 3, 4, 6)),
        *(f"X{n}" for n in range(1, 7)),
        *("A1", "A2", "F5", "R1", "R2", "R3", "R4", "R7", "R8"),
    }
    asked = {oracle.id for oracle in EVERY_ORACLE}
    assert applies - asked == NOT_IN_THE_DATA.keys()
    for path in NOT_IN_THE_DATA.values():
        assert (ROOT / path).exists(), path


def test_hours_shown_otherwise_are_found(
    soil: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert hours_that_are_shown_wrongly() == []
    monkeypatch.setattr(sla, "achieved", lambda *args: timedelta(hours=1, minutes=1))
    assert len(hours_that_are_shown_wrongly()) == 3


def test_an_address_that_declares_nothing_is_found(settings: Any) -> None:
    assert views_that_declare_nothing() == []
    settings.ROOT_URLCONF = "tests.access.undeclared_urls"
    assert views_that_declare_nothing() != []


TAKEN_AWAY = {
    "ALTER TABLE organisation_utility DISABLE TRIGGER zone_change_rebuilds_tallies":
        "organisation_utility: zone_change_rebuilds_tallies",
    "DROP TRIGGER holiday_change_is_owed ON organisation_holiday":
        "organisation_holiday: holiday_change_is_owed",
    "ALTER TABLE organisation_businesshours ENABLE REPLICA TRIGGER hours_change_is_owed":
        "organisation_businesshours: hours_change_is_owed",
    "ALTER TABLE comms_delivery DROP CONSTRAINT a_delivery_is_as_visible_as_its_message":
        "comms_delivery: a_delivery_is_as_visible_as_its_message",
    "ALTER TABLE cases_case DROP CONSTRAINT case_status_is_known":
        "cases_case: case_status_is_known",
    "DROP INDEX case_by_number_begun": "cases_case: case_by_number_begun",
    "ALTER TABLE cases_case ALTER COLUMN due_at DROP NOT NULL": "cases_case: due_at may be empty",
    "ALTER TABLE consumers_meter DROP CONSTRAINT consumers_meter_device_id_key":
        "consumers_meter: device_id is not unique",
}  # fmt: skip


def test_what_the_database_lost_is_found(as_owner: Callable[[], None]) -> None:
    """Each rule that was taken away is named, and nothing else."""
    as_owner()
    assert triggers_that_are_off() + rules_that_are_missing() == []
    for statement, finding in TAKEN_AWAY.items():
        with connection.cursor() as cursor:
            cursor.execute("SAVEPOINT clean")
            cursor.execute(statement)
            found = triggers_that_are_off() + rules_that_are_missing()
            cursor.execute("ROLLBACK TO SAVEPOINT clean")
        assert found == [finding]


def test_a_date_stays_legal_when_the_zone_changes(
    soil: dict[str, int], person: MakePerson, at: datetime
) -> None:
    """W6: what was today when it was asked for is no wrong date where it was tomorrow by then."""
    admin = person(Role.ADMIN).pk
    today = at.astimezone(get_utility().zone).date()
    DisconnectionRequest.objects.filter(pk=soil["BOOKED"]).update(preferred_on=today)
    assert dates_that_could_not_be_asked_for() == []
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        change_utility(values={"time_zone": zone}, logo=None, removes_logo=False, by=admin, at=at)
        assert dates_that_could_not_be_asked_for() == []


# ------------------------------------------------------------------ who hears of it
def test_administrators_hear_of_it_by_night(
    soil: dict[str, int],
    person: MakePerson,
    stands: SetClock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    admin, other = person(Role.ADMIN), person(Role.SUPERVISOR)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cases_case SET breaches_at = NULL WHERE id = %s", [soil["BOOKED"]])
    assert check_invariants() > 0
    assert "invariant T2 is broken" in caplog.text
    assert "T2" in Notice.objects.get(person=admin).sentence
    assert not Notice.objects.filter(person=other).exists()
    check_invariants()
    assert Notice.objects.filter(person=admin).count() == 1


# ------------------------------------------------------------------ the command
def test_an_id_that_nobody_knows_is_a_mistake() -> None:
    with pytest.raises(CommandError, match="W99"):
        call_command("check_invariants", "--only", "W99")


def test_what_is_found_is_told_in_twenty_rows(
    soil: dict[str, int], capsys: pytest.CaptureFixture[str]
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO consumers_guard (consumer_id, placed_by, placed_at)"
            " SELECT min(consumer_id), 'STRAY-' || n, now()"
            " FROM consumers_guard, generate_series(1, 1200) n GROUP BY n"
        )
    with pytest.raises(CommandError, match="1 of 2 oracles"):
        call_command("check_invariants", "--only", "W1")
    told = capsys.readouterr().out.splitlines()
    assert sum("STRAY-" in line for line in told) == 20
    assert "           … 1,000 or more in all" in told


def test_json_is_for_programs(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("check_invariants", "--json", "--only", "A2")
    (answer,) = json.loads(capsys.readouterr().out)
    assert answer["id"] == "A2"
    assert answer["rows"] == []


def test_every_oracle_is_on_the_list() -> None:
    """A public function of an oracles.py that returns rows and is asked by nobody is no oracle."""
    listed = {(oracle.find.__module__, oracle.find.__name__) for oracle in EVERY_ORACLE}
    written = set()
    for path in {*ROOT.glob("*/oracles*"), *ROOT.glob("smart360/*/oracles*")}:
        for file in path.glob("*.py") if path.is_dir() else [path]:
            module = ".".join(file.relative_to(ROOT).with_suffix("").parts)
            written |= {(module, name) for name in _oracles_in(file)}
    assert listed == written


def _oracles_in(path: Path) -> set[str]:
    """The functions of a file that return a list of texts."""
    return {
        node.name
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith("_")
        and node.returns is not None
        and ast.unparse(node.returns) == "list[str]"
    }
