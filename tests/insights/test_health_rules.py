"""The Relationship Health Score as a rule: bounds, order, neutral parts, the example (CON7)."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from smart360.insights.rules.health import PARTS, HealthFacts, health_of, score_of

PAIR = st.tuples(st.integers(0, 40), st.integers(0, 40)).map(sorted)


def _made(
    pairs: list[list[int]], ratings: list[int], days: int, signs: int, bad: tuple[int, int, int]
) -> HealthFacts:
    (on_time, due), (in_time, done), (on_day, orders), (answered, asked), (resolved, ended) = pairs
    return HealthFacts(
        bills_due=due, bills_on_time=on_time, requests_done=done, requests_in_time=in_time,
        orders_done=orders, orders_in_time=on_day, ratings=len(ratings), stars=sum(ratings),
        asked=asked, answered=answered, days=days, has_email=bool(signs & 1),
        rated_online=bool(signs & 2), paid_online=bool(signs & 4), complaints_ended=ended,
        complaints_resolved=resolved, complaints_open=bad[0], cuts=bad[1], frauds=bad[2],
    )  # fmt: skip


def some_facts() -> st.SearchStrategy[HealthFacts]:
    """Any facts that can be: never more in time than there were."""
    return st.builds(
        _made,
        st.lists(PAIR, min_size=5, max_size=5),
        st.lists(st.integers(1, 5), max_size=6),
        st.integers(-5, 20_000),
        st.integers(0, 7),
        st.tuples(st.integers(0, 5), st.integers(0, 3), st.integers(0, 1)),
    )


@given(some_facts())
def test_the_score_lies_within_its_bounds(facts: HealthFacts) -> None:
    health = health_of(facts)
    assert 0 <= health.score <= 100
    assert all(0 <= each.value <= 100 for each in health.components)
    assert 0 <= health.gained <= 100
    assert health.penalties[0].points <= 20  # late payments
    assert sum(weight for _, weight, _ in PARTS) == 1


@given(some_facts())
def test_what_is_good_never_lowers_and_what_is_bad_never_raises(facts: HealthFacts) -> None:
    score = score_of(facts)
    better = (
        replace(facts, bills_due=facts.bills_due + 1, bills_on_time=facts.bills_on_time + 1),
        replace(facts, requests_done=facts.requests_done + 1,
                requests_in_time=facts.requests_in_time + 1),
        replace(facts, orders_done=facts.orders_done + 1, orders_in_time=facts.orders_in_time + 1),
        replace(facts, ratings=facts.ratings + 1, stars=facts.stars + 5),
        replace(facts, asked=facts.asked + 1, answered=facts.answered + 1),
        replace(facts, days=facts.days + 200),
        replace(facts, has_email=True),
        replace(facts, rated_online=True),
        replace(facts, paid_online=True),
        replace(facts, complaints_ended=facts.complaints_ended + 1,
                complaints_resolved=facts.complaints_resolved + 1),
    )  # fmt: skip
    worse = (
        replace(facts, bills_due=facts.bills_due + 1),
        replace(facts, requests_done=facts.requests_done + 1),
        replace(facts, orders_done=facts.orders_done + 1),
        replace(facts, ratings=facts.ratings + 1, stars=facts.stars + 1),
        replace(facts, asked=facts.asked + 1),
        replace(facts, complaints_ended=facts.complaints_ended + 1),
        replace(facts, complaints_open=facts.complaints_open + 1),
        replace(facts, cuts=facts.cuts + 1),
        replace(facts, frauds=facts.frauds + 1),
    )
    assert [each for each in better if score_of(each) < score] == []
    assert [each for each in worse if score_of(each) > score] == []


def test_the_best_the_worst_and_nothing_known() -> None:
    best = HealthFacts(
        bills_due=12, bills_on_time=12, requests_done=1, requests_in_time=1, ratings=1, stars=5,
        asked=2, answered=2, days=5 * 365, has_email=True, rated_online=True, paid_online=True,
        complaints_ended=1, complaints_resolved=1,
    )  # fmt: skip
    assert score_of(best) == 100
    assert score_of(HealthFacts(bills_due=12, complaints_open=3, cuts=2)) == 0
    nothing = health_of(HealthFacts())
    assert [each.is_neutral for each in nothing.components] == [
        True,
        True,
        True,
        False,
        False,
        True,
    ]
    assert {each.value for each in nothing.components if each.is_neutral} == {Decimal(50)}
    assert (nothing.gained, nothing.score) == (Decimal("42.50"), 43)


def test_penalties_as_the_documents_say() -> None:
    taken = health_of(
        HealthFacts(bills_due=14, bills_on_time=3, complaints_open=2, cuts=1, frauds=1)
    ).penalties
    assert [(each.count, each.points, each.is_limited) for each in taken] == [
        (11, 20, True), (2, 10, False), (1, 10, False), (1, 25, False),
    ]  # fmt: skip
