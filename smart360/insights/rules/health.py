"""The Relationship Health Score (CON7), pure: what is known of a year goes in, the score comes out.

Six components of 0 to 100, weighed, less four penalties, within 0 and 100. docs/HEALTH.md tells the
same with a worked example. Every rounding is half up and keeps the order of what it rounds.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

VERSION = 2
"""Kept beside each stored score; it grows when a definition here changes."""
FULL = Decimal(100)
NEUTRAL = Decimal("50.0")
"""What a component without data counts as: the middle."""
TENTH, HUNDREDTH, WHOLE = Decimal("0.1"), Decimal("0.01"), Decimal(1)
ALL_OF_AGE = 5 * 365
"""Days as a consumer after which longevity is full."""
PER_LATE_PAYMENT, MOST_FOR_LATE = 2, 20
PER_OPEN_COMPLAINT, PER_CUT, PER_FRAUD = 5, 10, 25
LATE = f"Bills paid late or not yet; at most {MOST_FOR_LATE} points"
OPEN, CUT = "Open today, however old", "Carried out"
FRAUD = "Nothing in this system records fraud yet"


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthFacts:
    """What counts of one consumer: of the twelve months before a day, if nothing else is said.

    ``bills_due``, ``bills_on_time``        payment compliance (CON8)
    ``requests_done``, ``requests_in_time`` completed, but for cuts for debt; within every target
    ``orders_done``, ``orders_in_time``     completed with a planned day; on that day or before
    ``ratings``, ``stars``                  of how a complaint was handled; all stars together
    ``asked``, ``answered``                 cases whose first answer was due; answered within target
    ``days``                                since the account was registered, whenever that was
    ``complaints_open``                     today, however old
    ``cuts``                                disconnections for non-payment that were carried out
    ``frauds``                              found; nothing in the product records any yet
    """

    bills_due: int = 0
    bills_on_time: int = 0
    requests_done: int = 0
    requests_in_time: int = 0
    orders_done: int = 0
    orders_in_time: int = 0
    ratings: int = 0
    stars: int = 0
    asked: int = 0
    answered: int = 0
    days: int = 0
    has_email: bool = False
    rated_online: bool = False
    paid_online: bool = False
    complaints_ended: int = 0
    complaints_resolved: int = 0
    complaints_open: int = 0
    cuts: int = 0
    frauds: int = 0


@dataclass(frozen=True, slots=True)
class Component:
    """One part of the score. ``value`` is 0 to 100; neutral when there was nothing to judge by."""

    name: str
    figures: str
    weight: Decimal
    value: Decimal
    is_neutral: bool

    @property
    def points(self) -> Decimal:
        """What it adds to the score."""
        return (self.weight * self.value).quantize(HUNDREDTH, ROUND_HALF_UP)

    @property
    def percent(self) -> int:
        """Its weight as pages show it."""
        return int(self.weight * 100)


@dataclass(frozen=True, slots=True)
class Penalty:
    """One kind of deduction: so many, so much each; ``limit`` is the most it takes, 0 for none.

    ``counted`` says in words what counts.
    """

    name: str
    counted: str
    count: int
    each: int
    limit: int = 0

    @property
    def points(self) -> int:
        """What it takes from the score."""
        taken = self.count * self.each
        return min(taken, self.limit) if self.limit else taken

    @property
    def is_limited(self) -> bool:
        """Whether it would take more without its limit."""
        return self.points < self.count * self.each


@dataclass(frozen=True, slots=True)
class Health:
    """The score of one consumer with all that made it."""

    components: tuple[Component, ...]
    penalties: tuple[Penalty, ...]

    @property
    def gained(self) -> Decimal:
        """What the components add."""
        return sum((each.points for each in self.components), Decimal(0))

    @property
    def deducted(self) -> int:
        """What the penalties take."""
        return sum(each.points for each in self.penalties)

    @property
    def before_limits(self) -> Decimal:
        """What is left, in hundredths, below 0 when the penalties take more."""
        return self.gained - self.deducted

    @property
    def score(self) -> int:
        """0 to 100."""
        whole = int(self.before_limits.quantize(WHOLE, ROUND_HALF_UP))
        return max(0, min(100, whole))


Judged = tuple[Decimal | None, str]
"""A component's value, None without data, and its figures in words."""


def health_of(facts: HealthFacts) -> Health:
    """The score of a consumer of whom this is known."""
    return Health(tuple(_components(facts)), _penalties(facts))


def score_of(facts: HealthFacts) -> int:
    """The number alone."""
    return health_of(facts).score


def _components(facts: HealthFacts) -> Iterator[Component]:
    for name, weight, judge in PARTS:
        value, figures = judge(facts)
        yield Component(
            name=name,
            figures=figures,
            weight=weight,
            value=NEUTRAL if value is None else value,
            is_neutral=value is None,
        )


def _penalties(facts: HealthFacts) -> tuple[Penalty, ...]:
    late = facts.bills_due - facts.bills_on_time
    return (
        Penalty("Late payments", LATE, late, PER_LATE_PAYMENT, MOST_FOR_LATE),
        Penalty("Unresolved complaints", OPEN, facts.complaints_open, PER_OPEN_COMPLAINT),
        Penalty("Disconnections for non-payment", CUT, facts.cuts, PER_CUT),
        Penalty("Fraud", FRAUD, facts.frauds, PER_FRAUD),
    )


# ------------------------------------------------------------------ the six components
def _payments(facts: HealthFacts) -> Judged:
    figures = _counted(facts.bills_on_time, facts.bills_due, "bill", "due paid on time")
    return _share(facts.bills_on_time, facts.bills_due), figures or "No bill fell due"


def _service(facts: HealthFacts) -> Judged:
    """The mean of what is known: work done in time, and how it was rated."""
    done = facts.requests_done + facts.orders_done
    in_time = facts.requests_in_time + facts.orders_in_time
    known, figures = [], []
    if done:
        known.append(FULL * in_time / done)
        figures += [
            _counted(facts.requests_in_time, facts.requests_done, "request", "done in time"),
            _counted(
                facts.orders_in_time, facts.orders_done, "service order", "done on the planned day"
            ),
        ]
    if facts.ratings:
        known.append(FULL * (facts.stars - facts.ratings) / (4 * facts.ratings))
        average = (Decimal(facts.stars) / facts.ratings).quantize(TENTH, ROUND_HALF_UP)
        figures.append(f"{average} of 5 stars in {_plural(facts.ratings, 'rating')}")
    if not known:
        return None, "No request or service order was done, nothing was rated"
    return _tenths(sum(known, Decimal(0)) / len(known)), "; ".join(filter(None, figures))


def _answers(facts: HealthFacts) -> Judged:
    figures = _counted(facts.answered, facts.asked, "request or complaint", "answered in time")
    return _share(facts.answered, facts.asked), figures or "No answer was due"


def _longevity(facts: HealthFacts) -> Judged:
    days = max(0, facts.days)
    years, rest = divmod(days, 365)
    figures = f"{_plural(years, 'year')} and {_plural(rest // 30, 'month')} with us, 5 years count"
    return _tenths(FULL * min(days, ALL_OF_AGE) / ALL_OF_AGE), figures


def _digital(facts: HealthFacts) -> Judged:
    signs = (
        ("e-mail on file", facts.has_email),
        ("rated on the tracking page", facts.rated_online),
        ("paid online", facts.paid_online),
    )
    found = [word for word, is_so in signs if is_so]
    figures = f"{len(found)} of 3 signs" + (f": {', '.join(found)}" if found else "")
    return _tenths(FULL * len(found) / len(signs)), figures


def _complaints(facts: HealthFacts) -> Judged:
    ended = facts.complaints_ended
    figures = _counted(facts.complaints_resolved, ended, "complaint", "that ended resolved")
    return _share(facts.complaints_resolved, ended), figures or "No complaint ended"


PARTS: tuple[tuple[str, Decimal, Callable[[HealthFacts], Judged]], ...] = (
    ("Payment compliance", Decimal("0.40"), _payments),
    ("Service quality", Decimal("0.25"), _service),
    ("Communication responsiveness", Decimal("0.15"), _answers),
    ("Account longevity", Decimal("0.10"), _longevity),
    ("Digital engagement", Decimal("0.05"), _digital),
    ("Complaint resolution rate", Decimal("0.05"), _complaints),
)


# ------------------------------------------------------------------ words and tenths
def _share(part: int, whole: int) -> Decimal | None:
    return _tenths(FULL * part / whole) if whole else None


def _tenths(value: Decimal) -> Decimal:
    return value.quantize(TENTH, ROUND_HALF_UP)


def _counted(part: int, whole: int, noun: str, what: str) -> str:
    return f"{part} of {_plural(whole, noun)} {what}" if whole else ""


def _plural(count: int, noun: str) -> str:
    if noun == "request or complaint" and count != 1:
        return f"{count} requests and complaints"
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
