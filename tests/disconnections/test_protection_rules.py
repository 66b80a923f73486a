"""Protections judged from rules and facts alone: published rules, each with its cases."""

from collections.abc import Sequence
from datetime import date, time
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as for_all
from hypothesis import strategies as st

from consumers.choices import AccountHoldKind
from disconnections.choices import Answer, Condition, Stage, WeatherKind
from disconnections.rules.days import notice_runs_out_on
from disconnections.rules.protections import (
    STERNNESS,
    AccountHeld,
    Facts,
    Judgement,
    Moment,
    Rule,
    Weather,
    judge,
    least_to_cut_for,
)

TUESDAY = date(2024, 12, 10)


def facts(**known: Any) -> Facts:
    given: dict[str, Any] = {"stage": Stage.EXECUTION, "today": TUESDAY}
    return Facts(**(given | known))


def rule(condition: Condition, **needs: Any) -> Rule:
    given: dict[str, Any] = {"code": condition.value, "answer": Answer.BLOCKED}
    given |= {"sentence": "no", "source": "law"}
    return Rule(condition=condition, **(given | needs))


def says(asked: Rule, known: Facts) -> str:
    return judge([asked], known).answer


# ------------------------------------------------------------------ one condition at a time
@pytest.mark.parametrize(
    ("needs", "at", "is_blocked"),
    [
        ({"not_before": time(8), "not_after": time(16)}, (time(7, 59), time(7, 59)), True),
        ({"not_before": time(8), "not_after": time(16)}, (time(8), time(8)), False),
        ({"not_before": time(8), "not_after": time(16)}, (time(14), time(16)), False),
        ({"not_before": time(8), "not_after": time(16)}, (time(14), time(16, 30)), True),
        ({"not_before": time(8), "not_after": time(16)}, (None, None), False),
        ({"not_after": time(15)}, (time(16), time(16)), True),
    ],
)
def test_hours(needs: dict[str, Any], at: tuple[Any, Any], is_blocked: bool) -> None:
    known = facts(moment=Moment(TUESDAY, *at))
    assert (says(rule(Condition.HOURS, **needs), known) == Answer.BLOCKED) is is_blocked


@pytest.mark.parametrize(
    ("day", "is_blocked"),
    [("2024-12-01", True), ("2025-03-31", True), ("2025-04-01", False), ("2024-11-30", False)],
)
def test_a_season_goes_over_the_end_of_the_year(day: str, is_blocked: bool) -> None:
    season = rule(Condition.SEASON, season=("12-01", "03-31"))
    known = facts(moment=Moment(date.fromisoformat(day)))
    assert (says(season, known) == Answer.BLOCKED) is is_blocked


def test_a_season_ends_on_the_last_of_february() -> None:
    season = rule(Condition.SEASON, season=("11-01", "02-29"))
    known = facts(moment=Moment(date(2025, 2, 28)))
    assert judge([season], known).findings[0].until == date(2025, 2, 28)


def test_a_notice_counts_days_or_business_days() -> None:
    holidays = frozenset({date(2024, 12, 25)})
    served = date(2024, 12, 20)  # a Friday
    assert notice_runs_out_on(served, 7, holidays, is_business=False) == date(2024, 12, 27)
    assert notice_runs_out_on(served, 3, holidays, is_business=True) == date(2024, 12, 26)


def test_a_notice_that_was_not_given_never_runs_out() -> None:
    notice = rule(Condition.NOTICE_RUNS, days=15, sentence="{{ served }}")
    assert judge([notice], facts(moment=Moment(TUESDAY))).sentences == ("not given yet",)


def test_an_unknown_day_is_judged_later() -> None:
    weekday = rule(Condition.WEEKDAY, weekdays=frozenset({2}))
    found = judge([weekday], facts()).findings[0]
    assert found.answer == Answer.ALLOW
    assert found.is_of_the_moment
    assert "when the day" in found.sentence


def test_a_hold_that_ends_before_today_protects_nobody() -> None:
    medical = rule(Condition.ACCOUNT_HOLD, hold_kind=AccountHoldKind.MEDICAL)
    yesterday = AccountHeld("MEDICAL", date(2024, 11, 1), date(2024, 12, 9))
    today = AccountHeld("MEDICAL", date(2024, 11, 1), TUESDAY)
    assert says(medical, facts(held=(yesterday,))) == Answer.ALLOW
    assert says(medical, facts(held=(yesterday, today))) == Answer.BLOCKED
    assert says(medical, facts(held=(AccountHeld("LEGAL", TUESDAY),))) == Answer.ALLOW


def test_weather_protects_where_and_while_it_is_declared() -> None:
    cold = rule(Condition.WEATHER, weather=WeatherKind.COLD, sentence="until {{ until }}")
    north = Weather("COLD", TUESDAY, date(2024, 12, 12), area="North")
    known = facts(weathers=(north,), areas=frozenset({"North"}), moment=Moment(TUESDAY))
    assert judge([cold], known).sentences == ("until Dec 12, 2024",)
    south = facts(weathers=(north,), areas=frozenset({"South"}), moment=Moment(TUESDAY))
    assert says(cold, south) == Answer.ALLOW
    later = facts(weathers=(north,), areas=frozenset({"North"}), moment=Moment(date(2024, 12, 13)))
    assert says(cold, later) == Answer.ALLOW


@pytest.mark.parametrize(
    ("scope", "known"),
    [
        ({"kinds": frozenset({"RECONNECTION"})}, {}),
        ({"only_for_debt": True}, {"is_for_debt": False}),
        ({"reasons": frozenset({"MT-001"})}, {"reason": "NP-001"}),
        ({"utilities": frozenset({"WATER"})}, {"utilities": frozenset({"GAS"})}),
        ({"categories": frozenset({"Residential"})}, {"category": "Commercial"}),
        ({"areas": frozenset({"North"})}, {"areas": frozenset()}),
        ({"stages": frozenset({Stage.SUBMIT})}, {}),
        ({"from_on": date(2024, 12, 11)}, {}),
        ({"until_on": date(2024, 12, 9)}, {}),
    ],
)
def test_a_rule_has_no_say_outside_its_scope(scope: dict[str, Any], known: dict[str, Any]) -> None:
    always = rule(Condition.VIP, **scope)
    assert judge([always], facts(is_vip=True, **known)) == Judgement(Answer.ALLOW, ())


def test_the_sample_needs_approval(  # 004 §8
) -> None:
    amount = rule(
        Condition.AMOUNT_ABOVE, answer=Answer.NEEDS_APPROVAL, amount=Decimal(250),
        sentence="{{ outstanding }} is above {{ amount }}",
    )  # fmt: skip
    found = judge([amount], facts(outstanding=Decimal("456.78")))
    assert found.answer == Answer.NEEDS_APPROVAL
    assert found.sentences == ("$456.78 is above $250.00",)
    assert says(amount, facts(outstanding=Decimal("250.00"))) == Answer.ALLOW


def test_the_highest_minimum_counts_at_any_stage() -> None:
    low = rule(Condition.AMOUNT_BELOW, code="A", amount=Decimal(50))
    high = rule(
        Condition.AMOUNT_BELOW, code="B", amount=Decimal(300), stages=frozenset({Stage.SUBMIT})
    )
    elsewhere = rule(
        Condition.AMOUNT_BELOW, code="C", amount=Decimal(900), utilities=frozenset({"GAS"})
    )
    milder = rule(
        Condition.AMOUNT_BELOW, code="D", amount=Decimal(700), answer=Answer.NEEDS_APPROVAL
    )
    assert least_to_cut_for([low, high, elsewhere, milder], facts()) == Decimal(300)
    assert least_to_cut_for([], facts()) == 0


# ------------------------------------------------------------------ the order of rules
CONDITIONS: dict[Condition, dict[str, Any]] = {
    Condition.AMOUNT_BELOW: {"amount": Decimal(50)},
    Condition.AMOUNT_ABOVE: {"amount": Decimal(250)},
    Condition.BILLED_ABOVE: {"amount": Decimal(5000)},
    Condition.OVERDUE_LESS: {"days": 60},
    Condition.NOTICE_RUNS: {"days": 15},
    Condition.WEEKDAY: {"weekdays": frozenset({5, 6, 7})},
    Condition.HOURS: {"not_before": time(8), "not_after": time(16)},
    Condition.HOLIDAY: {"and_the_day_before": True},
    Condition.SEASON: {"season": ("12-01", "03-31")},
    Condition.WEATHER: {"weather": "COLD"},
    Condition.ACCOUNT_HOLD: {"hold_kind": "MEDICAL"},
    Condition.VIP: {},
    Condition.ALWAYS: {"reasons": frozenset({"NP-001"})},
}
some_rules = st.lists(
    st.builds(
        lambda serial, condition, answer, stages, version: rule(
            condition,
            code=f"R-{serial}",
            answer=answer,
            stages=stages,
            version=version,
            sentence="{{ outstanding }} {{ until }}",
            **CONDITIONS[condition],
        ),
        st.integers(0, 6),
        st.sampled_from(list(CONDITIONS)),
        st.sampled_from([Answer.NEEDS_APPROVAL, Answer.BLOCKED]),
        st.frozensets(st.sampled_from(Stage.values), min_size=1),
        st.integers(1, 3),
    ),
    max_size=8,
    unique_by=lambda made: (made.code, made.version),
)
some_days = st.dates(date(2024, 1, 1), date(2025, 12, 31))
some_facts = st.builds(
    lambda stage, amount, overdue, is_vip, on, hours, served, holidays, held: facts(
        stage=stage,
        outstanding=amount,
        overdue=overdue,
        is_vip=is_vip,
        reason="NP-001",
        moment=Moment(on, *hours) if on else Moment(),
        served_on=served,
        holidays=holidays,
        held=held,
        weathers=(Weather("COLD", TUESDAY, date(2025, 2, 1)),),
    ),
    st.sampled_from(Stage.values),
    st.decimals(-100, 9000, places=2),
    st.integers(0, 200),
    st.booleans(),
    st.none() | some_days,
    st.sampled_from([(None, None), (time(8), time(10)), (time(17), time(17))]),
    st.none() | some_days,
    st.frozensets(some_days, max_size=4),
    st.sampled_from([(), (AccountHeld("MEDICAL", date(2024, 12, 1)),)]),
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@for_all(some_rules, some_facts, st.randoms(use_true_random=False))
def test_no_order_of_rules_changes_a_verdict(rules: list[Rule], known: Facts, chance: Any) -> None:
    """The property that makes rules data: an administrator's order means nothing."""
    shuffled = list(rules)
    chance.shuffle(shuffled)
    said = judge(rules, known)
    assert judge(shuffled, known) == said
    assert least_to_cut_for(shuffled, known) == least_to_cut_for(rules, known)
    alone = [judge([each], known).answer for each in rules]
    assert said.answer == max(alone, key=STERNNESS.__getitem__, default=Answer.ALLOW)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@for_all(some_rules, some_facts)
def test_one_rule_more_never_makes_a_verdict_milder(rules: list[Rule], known: Facts) -> None:
    answers = [STERNNESS[judge(rules[:count], known).answer] for count in range(len(rules) + 1)]
    assert answers == sorted(answers)


def test_every_order_of_three(  # the control of the property: a judge that stops early differs
) -> None:
    rules = [
        rule(Condition.VIP, code="A", answer=Answer.NEEDS_APPROVAL),
        rule(Condition.AMOUNT_BELOW, code="B", amount=Decimal(50)),
        rule(Condition.AMOUNT_ABOVE, code="C", amount=Decimal(250)),
    ]
    known = facts(is_vip=True, outstanding=Decimal(10))
    orders: Sequence[tuple[Rule, ...]] = list(permutations(rules))
    assert len({judge(order, known) for order in orders}) == 1
    first_wins = {
        next(each for each in order if says(each, known) != Answer.ALLOW).code for order in orders
    }
    assert len(first_wins) > 1
