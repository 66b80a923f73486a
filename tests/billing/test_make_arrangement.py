"""Making and cancelling a payment arrangement (BIL8, BEY7)."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.choices import ArrangementState
from billing.models import Arrangement, Instalment
from billing.operations.arrangements import (
    UnableToArrange,
    UnableToCancelArrangement,
    cancel_arrangement,
    make_arrangement,
)
from billing.rules.arrangements import LONGEST, Part, equal_parts
from consumers import ports
from consumers.models import AccountHold
from smart360.comms.models import Message
from smart360.owed.models import OwedWork
from smart360.staff.choices import Role
from smart360.trail.choices import Event
from smart360.trail.models import Entry
from smart360.web.form_keys import UnableToSubmitAgain
from tests.billing.arranging import FIRST, SECOND, THREE, arrange, arrangement_wish
from tests.billing.paying import owe
from tests.conftest import MakeConsumer, MakePerson
from tests.looking import checksums

pytestmark = pytest.mark.django_db
TODAY = date(2024, 12, 10)


def part(due_on: date, amount: str) -> Part:
    return Part(due_on, Decimal(amount))


def kinds_of(consumer: int) -> list[str]:
    lines = Entry.objects.filter(consumer=consumer).order_by("id")
    return list(lines.values_list("kind", flat=True))


def test_the_consumer_has_it_in_writing_once(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    consumer, by, key = make_consumer(), person(Role.RECOVERY), uuid4()
    owe(consumer, "456.78", at=at)
    for _ in range(2):
        made = make_arrangement(wish=arrangement_wish(consumer), by=by, at=at, form_key=key)
    message = Message.objects.get(dedupe_key=f"arrangement.made:{made.number}")
    for words in (made.number, "$300.00", "Dec 20, 2024: $100.00\nJan 20, 2025: $100.00\n"):
        assert words in message.body.text
    assert OwedWork.objects.filter(kind="comms.deliver").count() == 1


def test_without_an_address_nobody_is_written_to(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    """A courtesy; and nothing is left when the arrangement is refused."""
    consumer, by = make_consumer(email=""), person(Role.RECOVERY)
    owe(consumer, "456.78", at=at)
    arrange(consumer, by=by, at=at)
    with pytest.raises(UnableToArrange):
        arrange(consumer, by=by, at=at)
    assert not Message.objects.exists()


def test_an_arrangement_holds_the_account_until_its_first_day(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    consumer, by = make_consumer(), person(Role.RECOVERY)
    owe(consumer, "456.78", at=at)
    made = arrange(consumer, by=by, at=at)
    assert made.number.startswith("PA-2024-")
    assert (made.state, made.next_due_on, made.total) == ("RUNNING", FIRST, Decimal("300.00"))
    hold = AccountHold.objects.get(consumer=consumer)
    assert (hold.kind, hold.source, hold.to_on) == ("ARRANGEMENT", made.number, FIRST)
    assert (hold.from_on, hold.lifted_at) == (TODAY, None)
    assert Instalment.objects.filter(arrangement=made).count() == 3
    assert kinds_of(consumer.pk) == [Event.HOLD_PLACED, Event.ARRANGEMENT_MADE]
    line = Entry.objects.get(consumer=consumer, kind=Event.ARRANGEMENT_MADE)
    assert line.actor == by
    assert line.new == {"arrangement": made.number, "total": "300.00", "instalments": 3}
    assert [each.kind for each in OwedWork.objects.all()] == ["comms.deliver"]  # nothing else


def test_higher_apps_learn_of_the_hold(
    make_consumer: MakeConsumer,
    person: MakePerson,
    at: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[Any] = []
    monkeypatch.setattr(ports, "HOLD_PLACED", [lambda **facts: told.append(facts)])
    consumer, by = make_consumer(), person(Role.RECOVERY)
    owe(consumer, "456.78", at=at)
    made = arrange(consumer, by=by, at=at)
    assert told == [{"consumer": consumer.pk, "hold": made.hold_id, "by": by.pk, "at": at}]


@pytest.mark.parametrize(
    ("parts", "total", "field", "sentence"),
    [
        ((), "300.00", "count", "Enter at least one instalment"),
        (equal_parts(Decimal(250), 25, FIRST), "250.00", "count", "Use at most 24 instalments"),
        ((part(TODAY - timedelta(days=1), "300.00"),), "300.00", "due_on_1",
         "Cannot select past date"),
        ((part(FIRST, "150.00"), part(FIRST, "150.00")), "300.00", "due_on_2",
         "Each instalment must be due after the one before"),
        ((part(SECOND, "150.00"), part(FIRST, "150.00")), "300.00", "due_on_2",
         "Each instalment must be due after the one before"),
        ((part(TODAY + LONGEST + timedelta(days=1), "300.00"),), "300.00", "due_on_1",
         "The last instalment must be due within a year"),
        ((part(FIRST, "NaN"),), "300.00", "amount_1", "Enter a number."),
        ((part(FIRST, "0"),), "0.00", "amount_1", "Enter an amount above 0.00"),
        ((part(FIRST, "400"), part(SECOND, "-100")), "300.00", "amount_2",
         "Enter an amount above 0.00"),
        ((part(FIRST, "100.005"),), "100.005", "amount_1",
         "Ensure that there are no more than 2 decimal places."),
        (THREE, "299.99", "total", "The instalments add up to $300.00, not to $299.99"),
        ((part(FIRST, "456.79"),), "456.79", "total", "More than the outstanding $456.78"),
    ],
)  # fmt: skip
def test_refuses_and_leaves_nothing_behind(
    parts: tuple[Part, ...],
    total: str,
    field: str,
    sentence: str,
    make_consumer: MakeConsumer,
    person: MakePerson,
    at: datetime,
) -> None:
    consumer, by = make_consumer(), person(Role.BILLING)
    owe(consumer, "456.78", at=at)
    before = checksums()
    with pytest.raises(UnableToArrange) as refused:
        make_arrangement(wish=arrangement_wish(consumer, parts, total), by=by, at=at)
    assert (refused.value.field, refused.value.sentence) == (field, sentence)
    assert refused.value.http_status == 422
    assert checksums() == before


def test_nothing_owed_is_nothing_to_arrange(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    with pytest.raises(UnableToArrange, match="Nothing is owed"):
        arrange(make_consumer(), by=person(Role.RECOVERY), at=at)


def test_today_and_a_year_from_now_are_days(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    """The edges, all of what is owed in 24 parts among them."""
    consumer, by = make_consumer(), person(Role.RECOVERY)
    owe(consumer, "456.78", at=at)
    parts = tuple(part(TODAY + timedelta(days=n), "1.00") for n in range(23))
    arrange(consumer, (*parts, part(TODAY + LONGEST, "433.78")), by=by, at=at)
    assert Arrangement.objects.get().next_due_on == TODAY


def test_one_runs_at_a_time(make_consumer: MakeConsumer, person: MakePerson, at: datetime) -> None:
    consumer, by = make_consumer(), person(Role.RECOVERY)
    owe(consumer, "456.78", at=at)
    first = arrange(consumer, by=by, at=at)
    with pytest.raises(UnableToArrange, match=f"{first.number} is running already") as refused:
        arrange(consumer, by=by, at=at)
    assert refused.value.http_status == 409


def test_one_that_lapsed_is_in_nobodys_way(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    """With every worker dead: the broken one ends, and a new one runs."""
    consumer, by = make_consumer(), person(Role.RECOVERY)
    owe(consumer, "456.78", at=at)
    first = arrange(consumer, by=by, at=at)
    later = at + timedelta(days=20)
    second = arrange(consumer, (part(SECOND, "300.00"),), by=by, at=later)
    first.refresh_from_db()
    assert (first.state, second.state) == (ArrangementState.BROKEN, ArrangementState.RUNNING)


def test_the_same_form_gives_the_first(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime, form_key: Callable[[], Any]
) -> None:
    consumer, by, key = make_consumer(), person(Role.RECOVERY), form_key()
    owe(consumer, "456.78", at=at)
    wish = arrangement_wish(consumer)
    first = make_arrangement(wish=wish, by=by, at=at, form_key=key)
    assert make_arrangement(wish=wish, by=by, at=at, form_key=key) == first
    other = arrangement_wish(consumer, (part(FIRST, "10.00"),), "10.00")
    with pytest.raises(UnableToSubmitAgain):
        make_arrangement(wish=other, by=by, at=at, form_key=key)


# ------------------------------------------------------------------ cancelling
def test_cancelling_lifts_the_hold_and_says_why(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    consumer, by = make_consumer(), person(Role.SUPERVISOR)
    owe(consumer, "456.78", at=at)
    made = arrange(consumer, by=by, at=at)
    key = uuid4()
    for _ in range(2):  # the same form twice
        ended = cancel_arrangement(
            number=made.number, reason="Moved away", by=by, at=at, form_key=key
        )
    assert (ended.state, ended.reason, ended.ended_by) == ("CANCELLED", "Moved away", by)
    assert AccountHold.objects.get(consumer=consumer).lifted_at == at
    assert kinds_of(consumer.pk)[2:] == [Event.HOLD_LIFTED, Event.ARRANGEMENT_CANCELLED]
    line = Entry.objects.get(consumer=consumer, kind=Event.ARRANGEMENT_CANCELLED)
    assert line.text is not None
    assert line.text.text == "Moved away"


@pytest.mark.parametrize("reason", ["", "   ", "x" * 251])
def test_cancelling_wants_a_reason(
    reason: str, make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    consumer, by = make_consumer(), person(Role.RECOVERY)
    owe(consumer, "456.78", at=at)
    made = arrange(consumer, by=by, at=at)
    before = checksums()
    with pytest.raises(UnableToCancelArrangement) as refused:
        cancel_arrangement(number=made.number, reason=reason, by=by, at=at)
    assert (refused.value.field, refused.value.http_status) == ("reason", 422)
    assert checksums() == before


def test_what_has_ended_is_not_cancelled(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    consumer, by = make_consumer(), person(Role.RECOVERY)
    owe(consumer, "456.78", at=at)
    made = arrange(consumer, by=by, at=at)
    cancel_arrangement(number=made.number, reason="Typing error", by=by, at=at)
    with pytest.raises(UnableToCancelArrangement, match="cancelled already") as refused:
        cancel_arrangement(number=made.number, reason="Again", by=by, at=at)
    assert refused.value.http_status == 409


# ------------------------------------------------------------------ equal parts
def test_equal_parts_and_the_last_takes_the_cents() -> None:
    parts = equal_parts(Decimal("456.78"), 7, date(2024, 12, 31))
    assert [each.amount for each in parts] == [Decimal("65.25")] * 6 + [Decimal("65.28")]
    assert parts[2].due_on == date(2025, 2, 28)
    assert parts[3].due_on == date(2025, 3, 31)


@given(cents=st.integers(24, 10**12), count=st.integers(1, 24), first=st.dates(date(2020, 1, 1)))
def test_equal_parts_add_up(cents: int, count: int, first: date) -> None:
    """Whatever is divided: nothing is lost, no part is nothing, the days rise."""
    if first.year > 9990:
        return
    total = Decimal(cents) / 100
    parts = equal_parts(total, count, first)
    assert sum(each.amount for each in parts) == total
    assert min(each.amount for each in parts) > 0
    assert len({each.due_on for each in parts}) == count
    assert [each.due_on for each in parts] == sorted(each.due_on for each in parts)
