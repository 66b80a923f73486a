"""The list of complaints and its dashboard say what looking at each complaint says (CMP1, W17)."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.http import QueryDict

from complaints.access import (
    complaints_past_the_door,
    sees_staff_complaints,
    visible_complaints,
)
from complaints.filters import ADDRESS, COMPLAINTS
from complaints.models import Complaint, ComplaintCategory, ComplaintName
from complaints.queries.figures import Dashboard, count_complaints
from complaints.queries.lists import total
from smart360.cases import handling, operations
from smart360.cases.choices import CaseKind, CaseStatus, Priority
from smart360.cases.filters import read_wish
from smart360.cases.models import Case, SlaPolicy
from smart360.cases.oracles import (
    late_tallies_that_differ_from_the_cases,
    months_that_differ_from_their_days,
    tallies_that_differ_from_the_cases,
)
from smart360.cases.queries.pages import fitting_cases, list_cases
from smart360.cases.queries.states import sla_state
from smart360.cases.rules import months_after
from smart360.kernel.db import operation
from smart360.organisation.models import Utility
from smart360.staff.choices import Role
from smart360.staff.models import Person
from tests.conftest import MakeConsumer, MakePerson
from tests.seeds import chance_for

pytestmark = pytest.mark.django_db
OPEN = ("PENDING", "IN_PROGRESS", "ON_HOLD")
ZONES = ("America/Chicago", "Pacific/Chatham", "Asia/Kolkata", "Pacific/Kiritimati")


@pytest.fixture
def chance(request: pytest.FixtureRequest) -> random.Random:
    """Random data of this test."""
    return chance_for(request.node.name)


@pytest.fixture
def readers(person: MakePerson) -> list[Person]:
    """One who sees no complaint about staff, and two who see all but what names them."""
    return [person(role) for role in (Role.CSE, Role.SUPERVISOR, Role.SUPERVISOR)]


@dataclass
class Loaded:
    """Puts complaints of any standing there, as a load would; the tallies' trigger alone runs."""

    chance: random.Random
    people: list[Person]
    consumer: int
    at: datetime

    def put(self, number: int) -> None:
        """One complaint."""
        chance, at = self.chance, self.at
        name = chance.choice(list(ComplaintName.objects.select_related("subcategory__category")))
        category = name.subcategory.category
        created = at - timedelta(minutes=chance.randrange(300 * 1440))
        status = chance.choice([*OPEN, "RESOLVED", "REJECTED", "RESOLVED"])
        ended = None
        if status not in OPEN:
            ended = chance.choice([self._edge(created), created + (at - created) * chance.random()])
        due = chance.choice([None, *[created + timedelta(hours=chance.randrange(1, 900))] * 4])
        earlier = chance.choice([due, created + timedelta(hours=1), self._about_now(created)])
        late = min(earlier, due) if earlier and due else earlier  # resolution is one of the clocks
        if ended:
            late = chance.choice([None, min(late or ended, ended)])
        case = Case.objects.create(
            number=f"CMP-{number:08d}",
            kind=CaseKind.COMPLAINT,
            topic=category.code,
            subtopic=name.subcategory_id,
            consumer_id=self.consumer,
            status=status,
            priority=chance.choice(Priority.values),
            notifies_consumer=False,
            created_at=created,
            updated_at=created,
            assignee=chance.choice([None, *self.people]),
            acknowledged_at=None if status == "PENDING" else created,
            ended_at=ended,
            closing_note="Done as was asked" if ended else "",
            policy=SlaPolicy.objects.filter(kind=CaseKind.COMPLAINT)[0],
            due_at=created + timedelta(days=3),
            adjusted_due_at=due,
            warns_at=None if ended else created + timedelta(hours=chance.randrange(1, 900)),
            breaches_at=late,
            resolution_time=(ended - created) * chance.random() if ended else None,
        )
        Complaint.objects.create(
            case=case,
            name=name,
            category=category,
            incident_on=created.date(),
            description="The bill is three times the usual one.",
            expected_resolution="A corrected bill",
            staff_named=chance.choice([None, *self.people]) if category.is_about_staff else None,
            tracking_token=f"token {number}",
        )

    def _about_now(self, created: datetime) -> datetime:
        """At, or beside, today's midnight, the running quarter of an hour or this moment."""
        zone = Utility.objects.get(pk=1).zone
        today = self.at.astimezone(zone).date()
        midnight = datetime.combine(today, time.min, tzinfo=zone).astimezone(UTC)
        begun = self.chance.choice([midnight, self.at.replace(minute=self.at.minute // 15 * 15)])
        seconds = self.chance.choice([-900, -1, 0, 1, 900, 7200])
        return max(begun + timedelta(seconds=seconds), created)

    def _edge(self, created: datetime) -> datetime:
        """Just before or after today's or this month's first midnight, but not before it began."""
        zone = Utility.objects.get(pk=1).zone
        today = self.at.astimezone(zone).date()
        day = self.chance.choice([today, today.replace(day=1), today - timedelta(days=1)])
        midnight = datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)
        moment = midnight + timedelta(seconds=self.chance.choice([-1, 0, 1, 3600]))
        return min(max(moment, created), self.at)


@pytest.fixture
def loaded(
    chance: random.Random,
    readers: list[Person],
    make_consumer: MakeConsumer,
    as_owner: Callable[[], None],
    at: datetime,
) -> Loaded:
    """Cases by hand: only the trigger that tallies stays."""
    consumer = make_consumer("Eleanor Whitfield").pk
    as_owner()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE cases_case DISABLE TRIGGER USER")
        cursor.execute("ALTER TABLE complaints_complaint DISABLE TRIGGER USER")
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = 'cases_case'::regclass"
            " AND tgname LIKE 'pgtrigger_cases_are_tallied%'"
        )
        cursor.execute(f"ALTER TABLE cases_case ENABLE TRIGGER {cursor.fetchone()[0]}")
    Utility.objects.filter(pk=1).update(time_zone=chance.choice(ZONES))
    return Loaded(chance, readers, consumer, at)


def seen_by(reader: Person) -> list[Case]:
    """What a reader may see, by looking at each complaint."""
    every = Case.objects.select_related("complaint__category", "complaint__name")
    return [
        case
        for case in every.filter(kind=CaseKind.COMPLAINT)
        if case.complaint.staff_named_id != reader.pk
        and (not case.complaint.category.is_about_staff or sees_staff_complaints(reader))
    ]


def dashboard_of(reader: Person, at: datetime, zone: ZoneInfo) -> Dashboard:
    return count_complaints(
        reader.pk,
        sees_staff=sees_staff_complaints(reader),
        past_the_door=complaints_past_the_door,
        at=at,
        zone=zone,
    )


def figures_of(shown: Dashboard) -> dict[str, Any]:
    """What a dashboard says, by name."""
    return {
        "open": shown.open,
        "history": shown.history,
        "breached": shown.breached,
        "today": shown.resolved_today,
        "months": [(m.resolved, m.rejected, m.missed, m.seconds) for m in shown.months],
        "categories": {category.code: number for category, number in shown.by_category},
    }


def counted(reader: Person, at: datetime, zone: ZoneInfo) -> dict[str, Any]:
    """The same by brute force."""
    cases = seen_by(reader)
    today = at.astimezone(zone).date()
    is_open = [case for case in cases if case.ended_at is None]
    ended = [
        (case, case.ended_at.astimezone(zone).date(), case.resolution_time or timedelta())
        for case in cases
        if case.ended_at is not None
    ]

    def month(first: date) -> tuple[int, int, int, int]:
        own = [(c, took) for c, day, took in ended if day.replace(day=1) == first]
        resolved = [took for case, took in own if case.status == CaseStatus.RESOLVED]
        return (
            len(resolved),
            len(own) - len(resolved),
            sum(case.breaches_at is not None for case, _ in own),
            sum(round(took.total_seconds()) for took in resolved),
        )

    codes = [case.topic for case in is_open]
    return {
        "open": len(is_open),
        "history": len(ended),
        "breached": sum(bool(c.breaches_at and c.breaches_at <= at) for c in is_open),
        "today": sum(c.status == "RESOLVED" and day == today for c, day, _ in ended),
        "months": [month(months_after(today.replace(day=1), n)) for n in range(-6, 1)],
        "categories": {code: codes.count(code) for code in codes},
    }


def found(reader: Person, query: str, at: datetime, zone: ZoneInfo) -> set[str]:
    """The numbers that the list of an address has, on all its pages."""
    wish = read_wish(ADDRESS, QueryDict(query), me=reader.pk)
    numbers: list[str] = []
    cursor = ""
    while True:
        page = list_cases(
            COMPLAINTS, reader, wish.looks_for, sort=wish.sort, cursor=cursor, at=at, zone=zone
        )
        numbers += [row["number"] for row in page.rows]
        cursor = page.next_cursor
        if not cursor:
            break
    assert len(numbers) == len(set(numbers))
    in_file = fitting_cases(COMPLAINTS, reader, wish.looks_for, at=at, zone=zone)
    assert set(in_file.values_list("number", flat=True)) == set(numbers)
    return set(numbers)


# ------------------------------------------------------------------ the dashboard
def test_the_dashboard_is_what_counting_gives(
    loaded: Loaded, readers: list[Person], at: datetime, amount: Callable[[int, int], int]
) -> None:
    """W17: for each reader, folded or not, and without what they may not know of."""
    zone = Utility.objects.get(pk=1).zone
    for step in range(amount(3, 12)):
        for number in range(20):
            loaded.put(100 * step + number)
        looked_at = at + timedelta(seconds=loaded.chance.choice([0, 1, 899, 900, 40_000]))
        for reader in readers:
            shown = dashboard_of(reader, looked_at, zone)
            assert figures_of(shown) == counted(reader, looked_at, zone)
            has_staff = any(each.is_about_staff for each in shown.categories)
            assert has_staff == sees_staff_complaints(reader)
        operations.fold_tallies(at_once=loaded.chance.choice([1, 7, 1000]))
        assert not tallies_that_differ_from_the_cases()
        assert not late_tallies_that_differ_from_the_cases()
        assert not months_that_differ_from_their_days()


def test_what_names_the_reader_is_counted_for_others_alone(
    loaded: Loaded, readers: list[Person], at: datetime
) -> None:
    """The control: both supervisors see another number as soon as one is named."""
    zone = Utility.objects.get(pk=1).zone
    for number in range(40):
        loaded.put(number)
    first = Complaint.objects.filter(category__is_about_staff=False)[0]
    staff = ComplaintCategory.objects.get(is_about_staff=True)
    was = [both(each, at, zone) for each in readers]
    name = ComplaintName.objects.filter(subcategory__category=staff)[0]
    Case.objects.filter(pk=first.pk).update(topic=staff.code)
    Complaint.objects.filter(pk=first.pk).update(name=name, category=staff, staff_named=readers[1])
    operation(handling.rebuild_tallies)()  # its topic was changed behind the triggers' back
    now = [both(each, at, zone) for each in readers]
    assert [was[n] - now[n] for n in range(3)] == [1, 1, 0]


def both(reader: Person, at: datetime, zone: ZoneInfo) -> int:
    """How many a reader is told of in all."""
    shown = dashboard_of(reader, at, zone)
    return shown.open + shown.history


def test_each_figure_leads_to_the_list_that_makes_it_up(
    loaded: Loaded, readers: list[Person], at: datetime
) -> None:
    zone = Utility.objects.get(pk=1).zone
    for number in range(70):
        loaded.put(number)
    for reader in readers:
        shown = dashboard_of(reader, at, zone)
        now = shown.months[-1]
        first = shown.first[-1]
        last = months_after(first, 1) - timedelta(days=1)
        month = f"ended_from={first}&ended_to={last}"
        today = at.astimezone(zone).date()
        for query, figure in (
            ("", shown.open),
            ("tab=history", shown.history),
            ("sla=BREACHED", shown.breached),
            (f"tab=history&status=RESOLVED&ended_from={today}&ended_to={today}",
             shown.resolved_today),
            (f"tab=history&status=REJECTED&{month}", now.rejected),
            (f"tab=history&status=RESOLVED&{month}", now.resolved),
            (f"tab=history&sla=ON_TRACK&{month}", now.decided - now.missed),
            *((f"category={category.code}", n) for category, n in shown.by_category),
        ):  # fmt: skip
            assert len(found(reader, query, at, zone)) == figure, query


def test_the_rows_alone_count_the_same(loaded: Loaded, readers: list[Person], at: datetime) -> None:
    zone = Utility.objects.get(pk=1).zone
    for number in range(40):
        loaded.put(number)
    for reader in readers:
        shown = dashboard_of(reader, at, zone)
        for is_history, figure in ((False, shown.open), (True, shown.history)):
            column = total(
                reader.pk, sees_staff=sees_staff_complaints(reader), is_history=is_history
            )
            assert Utility.objects.values_list(column).get() == (figure,)


# ------------------------------------------------------------------ the list
def wishes(chance: random.Random, at: datetime) -> Iterator[tuple[str, Callable[[Case], bool]]]:
    """Some filters, each with what it means for one complaint."""
    code = chance.choice(list(ComplaintCategory.objects.values_list("code", flat=True)))
    yield f"category={code}", lambda case: case.topic == code
    name = chance.choice(list(ComplaintName.objects.all()))
    part = name.subcategory_id
    yield f"subcategory={part}", lambda case: case.complaint.name.subcategory_id == part
    priority = chance.choice(Priority.values)
    yield f"priority={priority}", lambda case: case.priority == priority
    state = chance.choice(["ON_TRACK", "AT_RISK", "BREACHED"])
    yield f"sla={state}", lambda case: sla_of(case, at) == state
    day = (at - timedelta(days=chance.randrange(300))).date()
    zone = Utility.objects.get(pk=1).zone
    yield f"from={day}", lambda case: case.created_at.astimezone(zone).date() >= day
    yield f"to={day}", lambda case: case.created_at.astimezone(zone).date() <= day


def sla_of(case: Case, at: datetime) -> str:
    state = sla_state(
        status=case.status, warns_at=case.warns_at, breaches_at=case.breaches_at,
        paused_until=None, at=at,
    )  # fmt: skip
    return {"MET": "ON_TRACK", "MISSED": "BREACHED"}.get(state, state)


def test_the_list_is_what_looking_at_each_gives(
    loaded: Loaded, readers: list[Person], chance: random.Random, at: datetime
) -> None:
    """W17: every one is in exactly one of both tabs; filters mean what they say, together, too."""
    zone = Utility.objects.get(pk=1).zone
    for number in range(70):
        loaded.put(number)
    for reader in readers:
        seen = seen_by(reader)
        assert set(visible_complaints(reader)) == set(seen)
        tabs = {"": [c for c in seen if not c.ended_at], "tab=history&": []}
        tabs["tab=history&"] = [c for c in seen if c.ended_at]
        for tab, cases in tabs.items():
            assert found(reader, tab, at, zone) == {case.number for case in cases}
            chosen = chance.sample(list(wishes(chance, at)), 2)
            for several in ([chosen[0]], [chosen[1]], chosen):
                query = tab + "&".join(words for words, _ in several)
                sort = chance.choice([*COMPLAINTS.sorts])
                fits = {c.number for c in cases if all(means(c) for _, means in several)}
                assert found(reader, f"{query}&sort={sort}", at, zone) == fits, query
