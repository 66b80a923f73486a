"""The rail of a request: which stations there are, and where it stands (BEY4)."""

from datetime import datetime, timedelta

import pytest

from disconnections.models import DisconnectionRequest
from disconnections.operations import ask_for_approval, close_request, decide_approval
from disconnections.queries.stations import rail_of, stations_of
from smart360.cases import operations as cases
from smart360.cases.models import Case, Hold
from smart360.cases.queries.approvals import approval_of
from smart360.fieldwork.operations import (
    cancel_service_order,
    complete_service_order,
    start_service_order,
)
from smart360.staff.choices import Role
from tests.conftest import MakePerson, MakeRequest
from tests.disconnections.browsing import put_on_hold
from tests.fieldwork.working import MONDAY, order_from_case, technician

pytestmark = pytest.mark.django_db


def rail(made: DisconnectionRequest) -> list[tuple[str, str]]:
    """The names and states of the stations."""
    hold = Hold.objects.filter(case=made.pk, ended_at=None).select_related("reason").first()
    steps = rail_of(
        Case.objects.get(pk=made.pk),
        hold=hold,
        approval=approval_of(made.pk),
        stations=stations_of(made.pk),
    )
    return [(step.name, step.state) for step in steps]


@pytest.fixture
def made(make_request: MakeRequest, person: MakePerson) -> DisconnectionRequest:
    return make_request(by=person(Role.CSE), reason="CR-001")


def test_each_act_moves_it_along(
    made: DisconnectionRequest, person: MakePerson, at: datetime
) -> None:
    desk, boss, mike = person(Role.CSE), person(Role.SUPERVISOR), person(Role.TECHNICIAN)
    technician(mike)
    rest = [(name, "next") for name in ("In the field", "Billed", "Executed")]
    assert rail(made) == [
        ("Requested", "done"), ("Acknowledged", "now"), ("Scheduled", "next"), *rest,
    ]  # fmt: skip
    cases.acknowledge(case=made.pk, by=desk, at=at)
    ask_for_approval(case=made.pk, reason="VIP", by=desk, at=at)
    begun = [("Requested", "done"), ("Acknowledged", "done")]
    assert rail(made) == [*begun, ("Approved", "now"), ("Scheduled", "next"), *rest]
    decide_approval(case=made.pk, decision="APPROVED", note="", by=boss, at=at)
    order = order_from_case(made.pk, by=desk, at=at, scheduled_on=MONDAY)
    begun += [("Approved", "done"), ("Scheduled", "done")]
    assert rail(made) == [*begun, ("In the field", "now"), *rest[1:]]
    start_service_order(service_order=order.pk, by=boss, at=at)
    complete_service_order(service_order=order.pk, words="Switched off", by=boss, at=at)
    begun += [("In the field", "done")]
    assert rail(made) == [*begun, ("Billed", "now"), ("Executed", "next")]


def test_who_is_cut_off_for_a_time_waits_for_no_bill(
    make_request: MakeRequest, person: MakePerson
) -> None:
    made = make_request(by=person(Role.CSE), reason="CR-001", permanence="TEMPORARY")
    assert [name for name, _ in rail(made)] == [
        "Requested", "Acknowledged", "Scheduled", "In the field", "Executed",
    ]  # fmt: skip


def test_a_cancelled_order_counts_for_nothing(
    made: DisconnectionRequest, person: MakePerson, at: datetime
) -> None:
    desk = person(Role.CSE)
    before = rail(made)
    order = order_from_case(made.pk, by=desk, at=at, scheduled_on=MONDAY)
    assert rail(made) != before
    cancel_service_order(service_order=order.pk, reason="NOT_NEEDED", by=desk, at=at)
    assert rail(made) == before


def test_a_hold_and_a_refusal_stop_it(
    made: DisconnectionRequest, person: MakePerson, at: datetime
) -> None:
    desk, boss = person(Role.CSE), person(Role.SUPERVISOR)
    cases.acknowledge(case=made.pk, by=desk, at=at)
    ask_for_approval(case=made.pk, reason="VIP", by=desk, at=at)
    decide_approval(case=made.pk, decision="REJECTED", note="Not now", by=boss, at=at)
    assert ("Approved", "stop") in rail(made)
    assert "now" not in dict(rail(made)).values()
    put_on_hold(made, desk, at + timedelta(minutes=1))
    assert ("On Hold", "stop") in rail(made)


def test_an_early_end_is_the_last_station(
    made: DisconnectionRequest, person: MakePerson, at: datetime
) -> None:
    close_request(case=made.pk, reason="CANCELLED", note="", by=person(Role.CSE), at=at)
    assert rail(made) == [("Requested", "done"), ("Closed", "done")]
