"""Warnings, escalations, lapsed holds, recomputation: what workers do."""

from datetime import date, datetime, time, timedelta

from disconnections.operations import close_request
from smart360.cases import oracles, tasks
from smart360.cases.models import Alert, Case, Hold, HoldReason, SlaPolicy
from smart360.cases.operations import (
    acknowledge,
    assign,
    end_lapsed_hold,
    publish_policy,
    put_on_hold,
    raise_alerts,
    recompute,
)
from smart360.comms.models import Notice
from smart360.organisation.models import BusinessCalendar, BusinessHours, Holiday
from smart360.owed.models import OwedWork
from smart360.staff.choices import Role
from smart360.staff.models import Person
from smart360.trail.choices import Event
from smart360.trail.models import Entry
from tests.conftest import MakePerson, MakeRequest, SetClock


def test_each_alert_is_raised_once(
    make_request: MakeRequest, person: MakePerson, at: datetime
) -> None:
    """T3, SLA3: a warning near the threshold, an escalation when breached, once each."""
    karen = person(Role.SUPERVISOR)
    made = make_request()
    assert raise_alerts(case=made.pk, at=at + timedelta(minutes=89)) == 0
    assert raise_alerts(case=made.pk, at=at + timedelta(minutes=90)) == 1
    assert raise_alerts(case=made.pk, at=at + timedelta(minutes=91)) == 0
    assert raise_alerts(case=made.pk, at=at + timedelta(days=3)) == 5
    assert raise_alerts(case=made.pk, at=at + timedelta(days=4)) == 0
    levels = Alert.objects.filter(case=made.pk).values_list("metric", "level")
    assert len(set(levels)) == 6
    assert Notice.objects.filter(person=karen).count() == 6
    kinds = Entry.objects.filter(case=made.case, kind=Event.SLA_BREACHED)
    assert kinds.count() == 3
    assert oracles.alerts_raised_twice() == []


def test_the_assignee_is_warned_and_supervisors_hear_of_breaches(
    make_request: MakeRequest, person: MakePerson, at: datetime
) -> None:
    sarah, karen = person(Role.CSE), person(Role.SUPERVISOR)
    made = make_request()
    assign(case=made.pk, to=sarah, by=sarah, at=at)
    raise_alerts(case=made.pk, at=at + timedelta(minutes=100))
    assert set(Notice.objects.values_list("person", flat=True)) == {sarah.pk}
    raise_alerts(case=made.pk, at=at + timedelta(minutes=121))
    assert Notice.objects.filter(person=karen, is_urgent=True).count() == 1


def test_what_concerns_somebody_who_left_reaches_a_supervisor(
    make_request: MakeRequest, person: MakePerson, at: datetime
) -> None:
    """A warning or a reminder never goes to nobody because its person is gone."""
    case = on_hold(make_request, person, at, "REMINDS")
    karen = person(Role.SUPERVISOR)
    Person.objects.exclude(pk=karen.pk).update(is_active=False)
    assert end_lapsed_hold(case=case.pk, at=at + timedelta(hours=3)) is True
    assert raise_alerts(case=case.pk, at=at + timedelta(hours=3)) == 1
    told = Notice.objects.order_by("pk").values_list("person", "sentence")
    assert [who for who, _ in told] == [karen.pk, karen.pk]
    assert ["has reached its date" in told[0][1], "response target" in told[1][1]] == [True, True]


def test_the_worker_finds_what_is_due_by_itself(
    make_request: MakeRequest, person: MakePerson, stands: SetClock
) -> None:
    person(Role.SUPERVISOR)
    made = make_request()
    assert tasks.raise_due_alerts() == 0
    stands.go_on(hours=2)
    assert tasks.raise_due_alerts() == 2
    assert tasks.raise_due_alerts() == 0
    assert Case.objects.get(pk=made.pk).next_alert_at == made.case.created_at + timedelta(hours=3)


def test_an_ended_case_raises_nothing(
    make_request: MakeRequest, person: MakePerson, at: datetime
) -> None:
    made = make_request()
    assert Case.objects.get(pk=made.pk).next_alert_at == at + timedelta(minutes=90)
    close_request(case=made.pk, reason="DUPLICATE", note="", by=person(Role.CSE), at=at)
    assert Case.objects.get(pk=made.pk).next_alert_at is None
    assert raise_alerts(case=made.pk, at=at + timedelta(days=3)) == 0


def on_hold(make_request: MakeRequest, person: MakePerson, at: datetime, ending: str) -> Case:
    made, sarah = make_request(), person(Role.CSE)
    acknowledge(case=made.pk, by=sarah, at=at)
    reason = HoldReason.objects.get(code="WAITING_CONSUMER").pk
    put_on_hold(
        case=made.pk,
        reason=reason,
        resume_by=at + timedelta(hours=2),
        at_resume_by=ending,
        by=sarah,
        at=at,
    )
    return Case.objects.get(pk=made.pk)


def test_a_lapsed_hold_resumes_by_itself_as_of_its_moment(
    make_request: MakeRequest, person: MakePerson, at: datetime
) -> None:
    """DIS7."""
    case = on_hold(make_request, person, at, "RESUMES")
    assert end_lapsed_hold(case=case.pk, at=at + timedelta(hours=1)) is False
    assert end_lapsed_hold(case=case.pk, at=at + timedelta(hours=6)) is True
    assert end_lapsed_hold(case=case.pk, at=at + timedelta(hours=6)) is False
    case.refresh_from_db()
    assert case.status == "IN_PROGRESS"
    assert Hold.objects.get().ended_at == at + timedelta(hours=2)
    assert case.adjusted_due_at == at + timedelta(hours=26)
    entry = Entry.objects.get(case=case, kind=Event.RESUMED)
    assert entry.actor is None
    assert oracles.clocks_that_differ_from_history() == []


def test_a_hold_that_reminds_reminds_once_and_stays(
    make_request: MakeRequest, person: MakePerson, at: datetime
) -> None:
    case = on_hold(make_request, person, at, "REMINDS")
    assert end_lapsed_hold(case=case.pk, at=at + timedelta(hours=3)) is True
    assert end_lapsed_hold(case=case.pk, at=at + timedelta(hours=4)) is False
    case.refresh_from_db()
    assert case.status == "ON_HOLD"
    assert Notice.objects.filter(sentence__contains="has reached its date").count() == 1


def test_a_new_policy_is_for_new_cases(
    make_request: MakeRequest, person: MakePerson, at: datetime
) -> None:
    """SLA2: a new policy version is for new cases."""
    before = make_request()
    policy = SlaPolicy.objects.get(kind="DISCONNECTION", replaced_at__isnull=True)
    policy.resolution_minutes = 2880
    publish_policy(policy=policy, by=person(Role.ADMIN), at=at)
    after = make_request()
    assert recompute(case=before.pk, why="test", at=at) is False
    assert Case.objects.get(pk=before.pk).due_at == at + timedelta(hours=24)
    assert Case.objects.get(pk=after.pk).due_at == at + timedelta(hours=48)


def test_the_most_particular_policy_counts(make_request: MakeRequest, at: datetime) -> None:
    """SLA1: per kind, and optionally priority and VIP."""
    SlaPolicy.objects.create(
        kind="DISCONNECTION", priority="HIGH", resolution_minutes=600, valid_from=at
    )
    high = make_request(reason="NP-001")
    medium = make_request(reason="CR-001")
    assert Case.objects.get(pk=high.pk).due_at == at + timedelta(hours=10)
    assert Case.objects.get(pk=medium.pk).due_at == at + timedelta(hours=24)


def test_a_new_holiday_owes_and_moves_the_cases_of_its_calendar(
    make_request: MakeRequest, person: MakePerson, at: datetime, stands: SetClock
) -> None:
    """Design §4: recomputed after a calendar or holiday change, with a line that says so."""
    calendar = BusinessCalendar.objects.create(name="Office", time_zone="America/Chicago")
    for weekday in range(1, 6):
        BusinessHours.objects.create(
            calendar=calendar, weekday=weekday, opens=time(8), closes=time(16)
        )
    policy = SlaPolicy.objects.get(kind="DISCONNECTION", replaced_at__isnull=True)
    policy.calendar = calendar
    publish_policy(policy=policy, by=person(Role.ADMIN), at=at)
    made = make_request()
    due = Case.objects.get(pk=made.pk).due_at
    OwedWork.objects.filter(kind="cases.recompute_calendar").delete()
    Holiday.objects.create(calendar=calendar, day=date(2024, 12, 11), name="Founders Day")
    owed = OwedWork.objects.get(kind="cases.recompute_calendar")
    tasks.recompute_calendar(owed.about, stands())
    case = Case.objects.get(pk=made.pk)
    assert case.due_at == due + timedelta(days=3), "from Friday over the weekend to Monday"
    entry = Entry.objects.get(case=case, kind=Event.SLA_CORRECTED)
    assert entry.new["why"] == "calendar changed"
    assert oracles.clocks_that_differ_from_history() == []


def test_the_oracle_finds_a_clock_that_was_set_by_hand(
    make_request: MakeRequest, at: datetime
) -> None:
    made = make_request()
    Case.objects.filter(pk=made.pk).update(breaches_at=at + timedelta(hours=9))
    assert oracles.clocks_that_differ_from_history() == [made.case.number]
    assert recompute(case=made.pk, why="nightly recomputation", at=at) is True
    assert oracles.clocks_that_differ_from_history() == []
