"""The SLA state of a case is one rule: the database and Python never differ (T2)."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from disconnections.operations import close_request
from smart360.cases import operations
from smart360.cases.choices import HoldEnding
from smart360.cases.models import Case, HoldReason
from smart360.cases.queries.clocks import case_clocks
from smart360.cases.queries.states import sla_is, sla_state, with_pause
from smart360.organisation.models import Utility
from smart360.staff.choices import Role
from smart360.staff.models import Person
from tests.conftest import MakeConsumer, MakePerson, MakeRequest
from tests.seeds import chance_for

STATES = ("BREACHED", "PAUSED", "AT_RISK", "ON_TRACK")
IN_SQL = {"MISSED": "BREACHED", "MET": "ON_TRACK"}


@pytest.mark.django_db
def test_the_database_python_and_the_clock_of_the_page_agree(
    make_consumer: MakeConsumer,
    make_request: MakeRequest,
    person: MakePerson,
    utility: Utility,
    at: datetime,
    amount: Callable[[int, int], int],
) -> None:
    """Random lives, looked at at random moments: each case is in exactly one state, everywhere."""
    chance = chance_for("lives of cases")
    by = person(Role.SUPERVISOR)
    for number in range(amount(14, 200)):
        live_a_life(make_request(make_consumer(f"Person {number}"), by=by).case, chance, by, at)
    for _ in range(amount(25, 400)):
        moment = (
            at
            + timedelta(minutes=chance.choice([0, 1, 89, 90, 119, 120, 180, 240, 1440]))
            + (timedelta(minutes=chance.randrange(6_000)) * chance.choice([0, 1]))
        )
        cases = with_pause(Case.objects.select_related("policy"), at=moment)
        in_sql = {
            case: state
            for state in STATES
            for case in cases.filter(sla_is([state], at=moment)).values_list("pk", flat=True)
        }
        for case in cases:
            state = sla_state(
                status=case.status,
                warns_at=case.warns_at,
                breaches_at=case.breaches_at,
                paused_until=vars(case)["paused_until"],
                at=moment,
            )
            assert in_sql[case.pk] == IN_SQL.get(state, state), (case.number, moment)
            shown = case_clocks(case, at=moment, zone=utility.zone).clock.state
            assert shown == state, (case.number, moment)
        found = [cases.filter(sla_is([state], at=moment)).count() for state in STATES]
        assert sum(found) == cases.count(), moment
        assert cases.filter(sla_is(STATES[:2], at=moment)).count() == sum(found[:2])


def live_a_life(case: Case, chance: random.Random, by: Person, at: datetime) -> None:
    """Some of: acknowledged, put on hold with and without a pause, resumed, closed."""
    moment = at + timedelta(minutes=chance.randrange(1, 400))
    if chance.random() < 0.8:
        operations.acknowledge(case=case.pk, by=by, at=moment)
        if chance.random() < 0.7:
            moment += timedelta(minutes=chance.randrange(1, 400))
            operations.put_on_hold(
                case=case.pk,
                reason=chance.choice([*HoldReason.objects.filter(is_active=True)]).pk,
                resume_by=moment + timedelta(minutes=chance.choice([30, 600, 4_000])),
                at_resume_by=chance.choice(HoldEnding.values),
                by=by,
                at=moment,
            )
            if chance.random() < 0.3:
                moment += timedelta(minutes=chance.randrange(1, 900))
                operations.resume(case=case.pk, by=by, at=moment)
    if chance.random() < 0.2:
        moment += timedelta(minutes=chance.randrange(1, 4_000))
        close_request(case=case.pk, reason="DUPLICATE", note="", by=by, at=moment)
