"""What a load finds in the database and builds on: people, reasons, slots, templates, promises."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from consumers.models import Category, Subcategory
from disconnections.models import Reason, TimeSlot
from smart360.cases import sla
from smart360.cases.choices import CaseKind, HoldEnding, Metric
from smart360.cases.models import HoldReason, SlaPolicy
from smart360.cases.queries.history import policy_in_force, targets_of
from smart360.cases.sla import Facts, Pause, Targets
from smart360.comms.models import Template
from smart360.comms.queries import utility_values
from smart360.organisation.calendars import ROUND_THE_CLOCK
from smart360.organisation.models import Holiday
from smart360.organisation.queries import get_utility
from smart360.staff.models import Person

BASE = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Course:
    """Seconds after its creation at which a case met its milestones; None when it did not."""

    acknowledged: int | None = None
    responded: int | None = None
    ended: int | None = None
    held: int | None = None
    resumes_by: int | None = None
    resumed: int | None = None
    pauses: bool = False
    reminds: bool = False


@dataclass(frozen=True, slots=True)
class Clocks:
    """What follows from a course, in seconds after creation, as ``sla`` works it out."""

    due: int
    adjusted_due: int | None
    warns: int | None
    breaches: int | None
    alerts: tuple[tuple[int, str, bool], ...]
    """Every warning (False) and escalation (True) on the way: when due, and of which metric."""
    stops: Mapping[str, int | None]
    """When each metric was met or its case ended."""


@dataclass
class Setting:
    """The rows that a load refers to, and the memory of clocks worked out already."""

    workers: list[int]
    creators: list[int]
    categories: dict[tuple[str, str], tuple[int, int]]
    reasons: dict[str, list[tuple[int, str, str, str, str]]]
    hold_reasons: list[tuple[int, str, str, bool]]
    slots: list[tuple[int, int, str]]
    templates: dict[str, tuple[int, str, str]]
    holidays: frozenset[date]
    known: dict[str, str]
    policies: dict[tuple[str, str, bool], SlaPolicy] = field(default_factory=dict)
    targets: dict[int, Targets] = field(default_factory=dict)
    clocks: dict[tuple[int, Course], Clocks] = field(default_factory=dict)

    @classmethod
    def of_the_database(cls) -> "Setting":
        """What migrations and the bench's own people have put there."""
        people = {person.username: person.pk for person in Person.objects.all()}
        workers = [people[name] for name in ("cse", "karen.lee", "omar.farouk")]
        reasons: dict[str, list[tuple[int, str, str, str, str]]] = {}
        for reason in Reason.objects.filter(is_active=True).order_by("pk"):
            reasons.setdefault(reason.kind, []).append(
                (reason.pk, reason.code, reason.label, reason.priority, reason.permanence)
            )
        return cls(
            workers=workers,
            creators=[*workers, people["callcentre"], people["tom.reed"]],
            categories={
                (each.category.name, each.name): (each.category_id, each.pk)
                for each in Subcategory.objects.select_related("category")
            },
            reasons=reasons,
            hold_reasons=[
                (each.pk, each.label, each.waits_for, each.pauses)
                for each in HoldReason.objects.filter(is_active=True).order_by("pk")
            ],
            slots=[
                (slot.pk, slot.capacity, f"{slot.starts:%H:%M}–{slot.ends:%H:%M}")
                for slot in TimeSlot.objects.filter(is_active=True).order_by("starts")
            ],
            templates={each.code: (each.pk, each.subject, each.body) for each in _wordings()},
            holidays=frozenset(Holiday.objects.values_list("day", flat=True)),
            known=utility_values(get_utility()),
        )

    def policy(self, kind: str, priority: str, *, is_vip: bool) -> int:
        """The promise that holds for such a case; only ones that count round the clock."""
        key = (kind, priority, is_vip)
        if key not in self.policies:
            found = policy_in_force(kind=CaseKind(kind), priority=priority, is_vip=is_vip)
            self.policies[key] = found
            self.targets[found.pk] = targets_of(found)
            assert self.targets[found.pk].calendar == ROUND_THE_CLOCK
        return self.policies[key].pk

    def clocks_of(self, policy: int, course: Course) -> Clocks:
        """The clocks of a course, worked out once: round the clock they do not depend on dates."""
        key = (policy, course)
        found = self.clocks.get(key)
        if found is None:
            found = worked_out(self.targets[policy], course)
            if course.held is None:
                self.clocks[key] = found
        return found


def _wordings() -> list[Template]:
    return list(Template.objects.filter(channel="EMAIL", is_active=True))


def add_categories(categories: Mapping[str, tuple[str, ...]]) -> None:
    """The categories of made-up accounts."""
    for name, finer in categories.items():
        category, _ = Category.objects.get_or_create(name=name)
        for each in finer:
            Subcategory.objects.get_or_create(category=category, name=each)


def worked_out(targets: Targets, course: Course) -> Clocks:
    """Ask ``sla`` for everything that follows from a course."""
    facts = Facts(
        created_at=BASE,
        acknowledged_at=_at(course.acknowledged),
        responded_at=_at(course.responded),
        ended_at=_at(course.ended),
        pauses=_pauses(course),
    )
    moments, alerts, stops = sla.moments(targets, facts), [], {}
    for metric, clock in sla.clocks(targets, facts).items():
        for due_at, is_escalation in ((clock.warns_at, False), (clock.due_at, True)):
            if due_at is not None:
                alerts.append((_after(due_at), metric.value, is_escalation))
        stopped_at = clock.met_at or clock.ended_at
        stops[metric.value] = None if stopped_at is None else _after(stopped_at)
    return Clocks(
        due=_after(moments.due_at),
        adjusted_due=_seconds(moments.adjusted_due_at),
        warns=_seconds(moments.warns_at),
        breaches=_seconds(moments.breaches_at),
        alerts=tuple(sorted(alerts)),
        stops=stops,
    )


def _pauses(course: Course) -> tuple[Pause, ...]:
    if course.held is None or not course.pauses:
        return ()
    ends = course.resumed if course.resumed is not None else course.resumes_by
    if course.resumed is None and course.reminds:
        ends = None
    return (Pause(since=BASE + timedelta(seconds=course.held), until=_at(ends)),)


def _at(seconds: int | None) -> datetime | None:
    return None if seconds is None else BASE + timedelta(seconds=seconds)


def _after(moment: datetime) -> int:
    return int((moment - BASE).total_seconds())


def _seconds(moment: datetime | None) -> int | None:
    return None if moment is None else _after(moment)


ENDINGS = {False: HoldEnding.RESUMES.value, True: HoldEnding.REMINDS.value}
METRICS = tuple(metric.value for metric in Metric)
