"""What protections are judged by: the rules in force, and the facts of one cut or of thousands.

The number of statements does not depend on how many are asked about, and what no rule looks at is
not read.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import OuterRef, Q, Subquery

from billing.queries.cuts import CutFigures, figures_for_a_cut
from consumers.queries.protecting import AccountStanding, accounts_standing
from disconnections.choices import Answer, Condition
from disconnections.models import (
    DisconnectionNotice,
    DisconnectionRequest,
    ProtectionRule,
    Reason,
    TimeSlot,
    WeatherAlert,
)
from disconnections.rules import RequestWish
from disconnections.rules.protections import (
    AccountHeld,
    Facts,
    Finding,
    Judgement,
    Moment,
    Rule,
    Weather,
    judge,
    least_to_cut_for,
)
from smart360.comms.choices import DeliveryState
from smart360.kernel.money import ZERO
from smart360.organisation.queries import get_utility, public_holidays

AT_ONCE = 5000
"""How many accounts are gathered together; who judges more does it in pieces."""
NOT_ARRIVED = (DeliveryState.FAILED, DeliveryState.NOT_SENT)
BY_FIGURES = frozenset(
    {
        Condition.AMOUNT_BELOW,
        Condition.AMOUNT_ABOVE,
        Condition.BILLED_ABOVE,
        Condition.OVERDUE_LESS,
    }
)


@dataclass(frozen=True, slots=True)
class Cut:
    """A cut that is to be judged, whether there is a request for it or not.

    ``services`` None is every one that is connected; ``served_on`` when the notice of it was given.
    """

    consumer: int
    kind: str
    reason: str
    is_for_debt: bool
    services: frozenset[int] | None = None
    moment: Moment = field(default_factory=Moment)
    served_on: date | None = None

    def at(self, moment: Moment) -> "Cut":
        """The same cut at another moment."""
        return replace(self, moment=moment)


# ------------------------------------------------------------------ rules
def rules_in_force() -> tuple[Rule, ...]:
    """Every rule that is active, and whose pack is on if it belongs to one; one statement."""
    rows = ProtectionRule.objects.filter(is_active=True)
    in_force = rows.filter(Q(pack__isnull=True) | Q(pack__is_enabled=True))
    return tuple(as_rule(row) for row in in_force.order_by("code"))


def as_rule(row: ProtectionRule) -> Rule:
    """A row as the values that are judged by."""
    return Rule(
        code=row.code,
        name=row.name,
        version=row.version,
        condition=Condition(row.condition),
        answer=Answer(row.answer),
        sentence=row.sentence,
        source=row.source,
        stages=frozenset(row.stages),
        kinds=frozenset(row.kinds),
        only_for_debt=row.only_for_debt,
        reasons=frozenset(row.reasons),
        utilities=frozenset(row.utilities),
        categories=frozenset(row.categories),
        areas=frozenset(row.areas),
        amount=row.amount or ZERO,
        days=row.days or 0,
        counts_business_days=row.counts_business_days,
        weekdays=frozenset(row.weekdays),
        not_before=row.not_before,
        not_after=row.not_after,
        and_the_day_before=row.and_the_day_before,
        season=(row.season_from, row.season_to),
        weather=row.weather,
        hold_kind=row.hold_kind,
        from_on=row.from_on,
        until_on=row.until_on,
    )


# ------------------------------------------------------------------ facts
def cut_of(case: int) -> Cut:
    """What a request asks for, with the day and window that were wished and the notice given.

    One statement. A notice by e-mail that did not arrive was not given.
    """
    notices = DisconnectionNotice.objects.filter(case=OuterRef("pk")).exclude(
        message__delivery__state__in=NOT_ARRIVED
    )
    asked = (
        DisconnectionRequest.objects.filter(pk=case)
        .annotate(
            asked_for=ArrayAgg("services__service_connection", default=[]),
            served_on=Subquery(notices.order_by("served_on").values("served_on")[:1]),
        )
        .values_list(
            "case__consumer",
            "case__kind",
            "reason__code",
            "reason__is_for_debt",
            "asked_for",
            "preferred_on",
            "slot__starts",
            "slot__ends",
            "served_on",
        )
        .get()
    )
    consumer, kind, reason, is_for_debt, services, on, starts, ends, served_on = asked
    return Cut(
        consumer=consumer,
        kind=kind,
        reason=reason,
        is_for_debt=is_for_debt,
        services=frozenset(each for each in services if each is not None),
        moment=Moment(on, starts, ends),
        served_on=served_on,
    )


def wished_cut(
    wish: RequestWish, kind: str, reason: Reason, slot: TimeSlot | None, at: datetime
) -> Cut:
    """What a form asks for, before there is a request; the notice would be given at once."""
    moment = Moment()
    if wish.preferred_on is not None and not wish.has_no_preference:
        window = (slot.starts, slot.ends) if slot else (None, None)
        moment = Moment(wish.preferred_on, *window)
    return Cut(
        consumer=wish.consumer,
        kind=kind,
        reason=reason.code,
        is_for_debt=reason.is_for_debt,
        services=frozenset(wish.services),
        moment=moment,
        served_on=at.astimezone(get_utility().zone).date(),
    )


def gather(
    cuts: Sequence[Cut], *, rules: Iterable[Rule], stage: str, today: date, currency: str
) -> list[Facts]:
    """The facts of each cut, in the order given; at most four statements for all of them."""
    asked = {(cut.kind, cut.is_for_debt) for cut in cuts}
    conditions = {
        rule.condition
        for rule in rules
        for kind, is_for_debt in asked
        if kind in rule.kinds and (is_for_debt or not rule.only_for_debt)
    }
    consumers = list({cut.consumer for cut in cuts})
    accounts = accounts_standing(consumers)
    figures: dict[int, CutFigures] = {}
    if conditions & BY_FIGURES or any(cut.is_for_debt for cut in cuts):
        figures = figures_for_a_cut(consumers, on=today)
    weathers = _declared(today) if Condition.WEATHER in conditions else ()
    holidays = _holidays(cuts, today) if _asks_for_holidays(conditions) else frozenset[date]()
    return [
        _facts(
            cut,
            accounts[cut.consumer],
            figures.get(cut.consumer, CutFigures()),
            stage=stage,
            today=today,
            weathers=weathers,
            holidays=holidays,
            currency=currency,
        )
        for cut in cuts
    ]


def _asks_for_holidays(conditions: Iterable[Condition]) -> bool:
    return bool({Condition.HOLIDAY, Condition.NOTICE_RUNS} & set(conditions))


def _facts(
    cut: Cut,
    account: AccountStanding,
    figures: CutFigures,
    *,
    stage: str,
    today: date,
    weathers: tuple[Weather, ...],
    holidays: frozenset[date],
    currency: str,
) -> Facts:
    about = [
        each
        for each in account.services
        if (each.is_connected if cut.services is None else each.id in cut.services)
    ]
    return Facts(
        stage=stage,
        today=today,
        kind=cut.kind,
        is_for_debt=cut.is_for_debt,
        reason=cut.reason,
        utilities=frozenset(each.utility for each in about),
        category=account.category,
        areas=frozenset(each.area for each in about if each.area),
        is_vip=account.is_vip,
        outstanding=figures.outstanding,
        overdue=figures.overdue,
        billed=figures.billed,
        held=tuple(AccountHeld(each.kind, each.from_on, each.to_on) for each in account.holds),
        served_on=cut.served_on,
        weathers=weathers,
        holidays=holidays,
        moment=cut.moment,
        currency=currency,
    )


def _declared(today: date) -> tuple[Weather, ...]:
    """The weather that is declared and not over."""
    rows = WeatherAlert.objects.filter(is_active=True, to_on__gte=today).order_by("pk")
    return tuple(Weather(row.kind, row.from_on, row.to_on, row.area) for row in rows)


def _holidays(cuts: Sequence[Cut], today: date) -> frozenset[date]:
    """Public holidays from the earliest notice to the day after the latest moment."""
    known = [today]
    known += [cut.served_on for cut in cuts if cut.served_on is not None]
    known += [cut.moment.on for cut in cuts if cut.moment.on is not None]
    return public_holidays(min(known), max(known) + timedelta(days=1))


def facts_as_json(facts: Facts) -> dict[str, Any]:
    """The facts as they are kept with a verdict: codes and figures."""
    moment = facts.moment
    return {
        "today": facts.today.isoformat(),
        "kind": facts.kind,
        "is_for_debt": facts.is_for_debt,
        "reason": facts.reason,
        "utilities": sorted(facts.utilities),
        "category": facts.category,
        "areas": sorted(facts.areas),
        "is_vip": facts.is_vip,
        "outstanding": f"{facts.outstanding:f}",
        "overdue": facts.overdue,
        "billed": f"{facts.billed:f}",
        "held": [[each.kind, str(each.from_on), str(each.to_on or "")] for each in facts.held],
        "served_on": str(facts.served_on or ""),
        "on": str(moment.on or ""),
        "starts": str(moment.starts or ""),
        "ends": str(moment.ends or ""),
    }


def finding_as_json(finding: Finding) -> dict[str, Any]:
    """What one rule said, as it is kept."""
    return {
        "code": finding.code,
        "version": finding.version,
        "name": finding.name,
        "answer": finding.answer.value,
        "sentence": finding.sentence,
        "source": finding.source,
        "until": finding.until.isoformat() if finding.until else "",
    }


# ------------------------------------------------------------------ judging
@dataclass(frozen=True, slots=True)
class Judged:
    """A judgement with the facts that it rests on."""

    judgement: Judgement
    facts: Facts
    least: Decimal
    """What has to be owed at least for this cut."""


def judge_cuts(cuts: Sequence[Cut], *, stage: str, at: datetime) -> list[Judged]:
    """What the rules in force say to each cut, in the order given; at most five statements."""
    utility, rules = get_utility(), rules_in_force()
    facts = gather(
        cuts,
        rules=rules,
        stage=stage,
        today=at.astimezone(utility.zone).date(),
        currency=utility.currency,
    )
    return [Judged(judge(rules, each), each, least_to_cut_for(rules, each)) for each in facts]


def judge_cut(cut: Cut, *, stage: str, at: datetime) -> Judged:
    """The same of one cut."""
    return judge_cuts([cut], stage=stage, at=at)[0]


def moment_of(at: datetime) -> Moment:
    """A cut that is made now, by the utility's clocks."""
    local = at.astimezone(get_utility().zone)
    now = time(local.hour, local.minute)
    return Moment(local.date(), now, now)
