"""Whether somebody may be cut off now: rules as values and facts as values in, a verdict out.

Pure: no database, no clock, no settings. Each rule is judged alone and the sternest answer counts,
so that the order of rules never changes a verdict (BEY1, DIS11, DIS12).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from decimal import Decimal

from consumers.choices import AccountHoldKind
from disconnections.choices import Answer, Condition, Stage, WeatherKind
from disconnections.rules.days import (
    hours_in_words,
    is_in_season,
    notice_runs_out_on,
    season_ends_on,
    season_in_words,
    shown_days,
)
from smart360.comms.rules import filled
from smart360.kernel.money import ZERO
from smart360.web.formats import (
    DAYS,
    shown_date,
    shown_day,
    shown_money,
    shown_slot,
    shown_time,
)

STERNNESS = {Answer.ALLOW: 0, Answer.NEEDS_APPROVAL: 1, Answer.BLOCKED: 2}
OF_THE_MOMENT = frozenset(
    {
        Condition.NOTICE_RUNS,
        Condition.WEEKDAY,
        Condition.HOURS,
        Condition.HOLIDAY,
        Condition.SEASON,
        Condition.WEATHER,
    }
)
"""Conditions that speak of the day and hour of the cut, not of the account."""
PLACEHOLDERS = (
    "outstanding", "billed", "amount", "overdue", "days", "served", "until", "day", "window",
    "weekday", "hours", "season", "hold", "reason", "category", "area",
)  # fmt: skip
"""What the sentence of a rule may name; each is a figure, a date or a code."""
PLACEHOLDER = re.compile(r"\{\{\s*(\w+)\s*\}\}")
NOTHING_OWED = "Nothing is owed: nobody is disconnected for it"
NO_DAY_YET = "Judged when the day of the visit is known"


@dataclass(frozen=True, slots=True)
class Moment:
    """When somebody is cut off: planned, or now. ``on`` is None while nobody has said.

    ``starts`` and ``ends`` are the window of the visit, both the same at a cut that is made now,
    None when any time of the day will do.
    """

    on: date | None = None
    starts: time | None = None
    ends: time | None = None


@dataclass(frozen=True, slots=True)
class AccountHeld:
    """A hold of the account that was not lifted, from a day to a day."""

    kind: str
    from_on: date
    to_on: date | None = None

    def stands_on(self, day: date) -> bool:
        """Whether it protects on ``day``."""
        return self.from_on <= day and (self.to_on is None or day <= self.to_on)


@dataclass(frozen=True, slots=True)
class Weather:
    """Weather that was declared; ``area`` empty is everywhere."""

    kind: str
    from_on: date
    to_on: date
    area: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that is known when a cut is judged: codes and figures, never a name.

    ``outstanding``  what may be cut for: without what is disputed
    ``overdue``      days since the oldest unpaid charge was due, 0 when nothing is
    ``billed``       over the last twelve months
    ``served_on``    when the notice of this cut was given; None: it was not
    ``weathers``     in force or to come
    ``holidays``     public holidays, from the notice to the day after the moment
    """

    stage: str
    today: date
    kind: str = "DISCONNECTION"
    is_for_debt: bool = True
    reason: str = ""
    utilities: frozenset[str] = frozenset()
    category: str = ""
    areas: frozenset[str] = frozenset()
    is_vip: bool = False
    outstanding: Decimal = ZERO
    overdue: int = 0
    billed: Decimal = ZERO
    held: tuple[AccountHeld, ...] = ()
    served_on: date | None = None
    weathers: tuple[Weather, ...] = ()
    holidays: frozenset[date] = frozenset()
    moment: Moment = field(default_factory=Moment)
    currency: str = "USD"


@dataclass(frozen=True, slots=True)
class Rule:
    """One protection as values. An empty scope is every one."""

    code: str
    condition: Condition
    answer: Answer
    sentence: str
    source: str
    name: str = ""
    version: int = 1
    stages: frozenset[str] = frozenset(Stage.values)
    kinds: frozenset[str] = frozenset({"DISCONNECTION"})
    only_for_debt: bool = True
    reasons: frozenset[str] = frozenset()
    utilities: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    areas: frozenset[str] = frozenset()
    amount: Decimal = ZERO
    days: int = 0
    counts_business_days: bool = False
    weekdays: frozenset[int] = frozenset()
    not_before: time | None = None
    not_after: time | None = None
    and_the_day_before: bool = False
    season: tuple[str, str] = ("", "")
    weather: str = ""
    hold_kind: str = ""
    from_on: date | None = None
    until_on: date | None = None

    def is_about(self, facts: Facts) -> bool:
        """Whether this rule has a say: on this day, for this kind of cut, at any stage."""
        return (
            facts.kind in self.kinds
            and (facts.is_for_debt or not self.only_for_debt)
            and (self.from_on is None or self.from_on <= facts.today)
            and (self.until_on is None or facts.today <= self.until_on)
            and (not self.reasons or facts.reason in self.reasons)
            and (not self.categories or facts.category in self.categories)
            and (not self.utilities or bool(self.utilities & facts.utilities))
            and (not self.areas or bool(self.areas & facts.areas))
        )


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule said, and why. ``until`` is the last day on which it will, where that is known.

    ``is_of_the_moment``: another day or hour would be judged otherwise.
    """

    code: str
    version: int
    name: str
    answer: Answer
    sentence: str
    source: str
    is_of_the_moment: bool = False
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """The sternest answer, and what each rule said."""

    answer: Answer
    findings: tuple[Finding, ...]

    def those_that(self, answer: Answer) -> tuple[Finding, ...]:
        """The findings of one answer."""
        return tuple(each for each in self.findings if each.answer == answer)

    @property
    def sentences(self) -> tuple[str, ...]:
        """Why not, the sternest findings only; none when it is allowed."""
        if self.answer == Answer.ALLOW:
            return ()
        return tuple(each.sentence for each in self.those_that(self.answer))

    @property
    def is_of_the_moment(self) -> bool:
        """Whether another day or hour would be judged otherwise: all that stands in the way."""
        return all(each.is_of_the_moment for each in self.those_that(self.answer))

    @property
    def codes(self) -> tuple[str, ...]:
        """The rules that stand in the way, of the sternest answer only."""
        if self.answer == Answer.ALLOW:
            return ()
        return tuple(each.code for each in self.those_that(self.answer))


@dataclass(frozen=True, slots=True)
class Met:
    """Whether a condition holds: its figures for the sentence, and what to say when it does not."""

    is_met: bool
    otherwise: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    until: date | None = None


def judge(rules: Iterable[Rule], facts: Facts) -> Judgement:
    """The verdict on a cut: every rule that has a say, in the order of the codes.

    >>> rule = Rule("MIN", Condition.AMOUNT_BELOW, Answer.BLOCKED,
    ...             "{{ outstanding }} is below {{ amount }}", "policy", amount=Decimal(50))
    >>> judge([rule], Facts("SUBMIT", date(2026, 1, 5), outstanding=Decimal("12.00"))).sentences
    ('$12.00 is below $50.00',)
    """
    findings = tuple(
        _finding(rule, facts)
        for rule in sorted(rules, key=lambda each: (each.code, each.version))
        if facts.stage in rule.stages and rule.is_about(facts)
    )
    answers = (each.answer for each in findings)
    return Judgement(max(answers, key=STERNNESS.__getitem__, default=Answer.ALLOW), findings)


def least_to_cut_for(rules: Iterable[Rule], facts: Facts) -> Decimal:
    """What has to be owed at least for a cut: the highest minimum that blocks here; else nothing.

    Whoever pays down to it stops the cut, whatever stage it has come to (DIS12).
    """
    return max(
        (
            rule.amount
            for rule in rules
            if rule.condition == Condition.AMOUNT_BELOW
            and rule.answer == Answer.BLOCKED
            and rule.is_about(facts)
        ),
        default=ZERO,
    )


def _finding(rule: Rule, facts: Facts) -> Finding:
    met = _meets(rule, facts)
    return Finding(
        code=rule.code,
        version=rule.version,
        name=rule.name,
        answer=rule.answer if met.is_met else Answer.ALLOW,
        sentence=filled(rule.sentence, {**_figures(rule, facts), **met.values})
        if met.is_met
        else met.otherwise,
        source=rule.source,
        is_of_the_moment=rule.condition in OF_THE_MOMENT,
        until=met.until if met.is_met else None,
    )


def _figures(rule: Rule, facts: Facts) -> dict[str, str]:
    """What any sentence may name."""
    return {
        "outstanding": shown_money(facts.outstanding, facts.currency),
        "billed": shown_money(facts.billed, facts.currency),
        "amount": shown_money(rule.amount, facts.currency),
        "overdue": shown_days(facts.overdue),
        "days": shown_days(rule.days, is_business=rule.counts_business_days),
        "reason": facts.reason,
        "category": facts.category,
        "area": ", ".join(sorted(filter(None, facts.areas))),
        "day": shown_day(facts.moment.on) if facts.moment.on else "",
        "weekday": DAYS[facts.moment.on.weekday()] if facts.moment.on else "",
        "window": _window_words(facts.moment),
        "hours": hours_in_words(rule.not_before, rule.not_after),
        "season": season_in_words(rule.season) if rule.season[0] else "",
    }


def _meets(rule: Rule, facts: Facts) -> Met:
    """Whether the rule's condition holds for these facts."""
    if rule.condition not in OF_THE_MOMENT:
        return _meets_account(rule, facts)
    if facts.moment.on is None:
        return Met(is_met=False, otherwise=NO_DAY_YET)
    return _meets_moment(rule, facts, facts.moment.on)


def _meets_account(rule: Rule, facts: Facts) -> Met:
    """The conditions that speak of the account."""
    outstanding = shown_money(facts.outstanding, facts.currency)
    amount = shown_money(rule.amount, facts.currency)
    match rule.condition:
        case Condition.AMOUNT_BELOW:
            return Met(facts.outstanding < rule.amount, f"{outstanding} is not below {amount}")
        case Condition.AMOUNT_ABOVE:
            return Met(facts.outstanding > rule.amount, f"{outstanding} is not above {amount}")
        case Condition.BILLED_ABOVE:
            billed = shown_money(facts.billed, facts.currency)
            return Met(facts.billed > rule.amount, f"{billed} billed in a year, not above {amount}")
        case Condition.OVERDUE_LESS:
            return Met(facts.overdue < rule.days, f"Overdue for {shown_days(facts.overdue)}")
        case Condition.ACCOUNT_HOLD:
            return _meets_hold(rule, facts)
        case Condition.VIP:
            return Met(facts.is_vip, "Not a VIP")
        case _:  # ALWAYS: what it applies to is the whole of it
            return Met(is_met=True)


def _meets_moment(rule: Rule, facts: Facts, on: date) -> Met:
    """The conditions that speak of the day ``on`` and its window."""
    match rule.condition:
        case Condition.NOTICE_RUNS:
            return _meets_notice(rule, facts, on)
        case Condition.WEEKDAY:
            return Met(on.isoweekday() in rule.weekdays, f"{shown_day(on)} is allowed")
        case Condition.HOURS:
            words = _window_words(facts.moment) or "Any time"
            return Met(_is_outside(rule, facts.moment), f"{words} is allowed")
        case Condition.HOLIDAY:
            return _meets_holiday(rule, facts, on)
        case Condition.SEASON:
            return _meets_season(rule, on)
        case _:
            return _meets_weather(rule, facts, on)


def _meets_hold(rule: Rule, facts: Facts) -> Met:
    """A hold of the rule's kind, today or on the day of the visit; the one that lasts longest."""
    days = {facts.today, facts.moment.on or facts.today}
    standing = [
        each
        for each in facts.held
        if each.kind == rule.hold_kind and any(each.stands_on(day) for day in days)
    ]
    ends = [each.to_on for each in standing if each.to_on is not None]
    until = max(ends) if ends and len(ends) == len(standing) else None
    values = {
        "hold": AccountHoldKind(rule.hold_kind).label,
        "until": shown_date(until) if until else "it is lifted",
    }
    return Met(bool(standing), "None registered", values, until)


def _meets_notice(rule: Rule, facts: Facts, on: date) -> Met:
    if facts.served_on is None:
        values = {"served": "not given yet", "until": "it has been given and has run out"}
        return Met(is_met=True, values=values)
    first = notice_runs_out_on(
        facts.served_on, rule.days, facts.holidays, is_business=rule.counts_business_days
    )
    served, until = shown_date(facts.served_on), shown_date(first)
    return Met(
        on < first,
        f"Notice given {served}; ran out {until}",
        {"served": served, "until": until},
        first - timedelta(days=1),
    )


def _meets_holiday(rule: Rule, facts: Facts, on: date) -> Met:
    is_eve = rule.and_the_day_before and on + timedelta(days=1) in facts.holidays
    words = "no public holiday" + ", nor the day before one" * rule.and_the_day_before
    return Met(on in facts.holidays or is_eve, f"{shown_day(on)} is {words}")


def _meets_season(rule: Rule, on: date) -> Met:
    if not is_in_season(on, rule.season):
        return Met(
            is_met=False, otherwise=f"{shown_day(on)} is outside {season_in_words(rule.season)}"
        )
    until = season_ends_on(on, rule.season)
    return Met(is_met=True, values={"until": shown_date(until)}, until=until)


def _meets_weather(rule: Rule, facts: Facts, on: date) -> Met:
    declared = [
        each.to_on
        for each in facts.weathers
        if each.kind == rule.weather
        and each.from_on <= on <= each.to_on
        and (not each.area or each.area in facts.areas)
    ]
    kind = WeatherKind(rule.weather).label.lower()
    if not declared:
        return Met(is_met=False, otherwise=f"No {kind} declared for {shown_day(on)}")
    until = max(declared)
    return Met(is_met=True, values={"until": shown_date(until)}, until=until)


def _is_outside(rule: Rule, moment: Moment) -> bool:
    """Whether any part of the window lies outside the rule's hours. Any time will fit in."""
    if moment.starts is None or moment.ends is None:
        return False
    is_early = rule.not_before is not None and moment.starts < rule.not_before
    is_late = rule.not_after is not None and moment.ends > rule.not_after
    return is_early or is_late


# ------------------------------------------------------------------ words
def why_not_sentence(sentence: str) -> str:
    """Why a rule cannot say this, or ``""``: it names what nobody can fill in.

    >>> why_not_sentence("{{ outstanding }} is above {{ amonut }}")
    'There is no placeholder {{ amonut }}.'
    """
    named = PLACEHOLDER.findall(sentence)
    unknown = sorted(set(named) - set(PLACEHOLDERS))
    if unknown:
        return f"There is no placeholder {{{{ {unknown[0]} }}}}."
    rest = PLACEHOLDER.sub("", sentence)
    return "Write placeholders like {{ amount }}." if "{{" in rest or "}}" in rest else ""


def _window_words(moment: Moment) -> str:
    if moment.starts is None or moment.ends is None:
        return ""
    if moment.starts == moment.ends:
        return shown_time(moment.starts)
    return shown_slot(moment.starts, moment.ends)
