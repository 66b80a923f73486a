"""One link in many windows: a complaint is rated once, with the controls."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

import pytest

from complaints.models import Complaint, Rating
from complaints.operations import UnableToRate, rate_complaint
from complaints.operations.rating import RATED
from smart360.cases.models import Case
from smart360.staff.choices import Role
from smart360.trail.choices import Event
from smart360.trail.models import Entry
from tests.complaints.conftest import complain
from tests.complaints.working import bring_to
from tests.concurrency.racing import (
    AT_ONCE,
    done,
    race,
    refusals,
    slowly,
    without_index,
    without_triggers,
)
from tests.conftest import MakeConsumer, MakePerson
from tests.invariants import assert_sound

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]
LOCK = "smart360.cases.handling.lock_case"


@pytest.fixture
def resolved(make_consumer: MakeConsumer, person: MakePerson, at: datetime) -> Complaint:
    made = complain(make_consumer(), by=person(Role.CSE), at=at)
    bring_to("RESOLVED", made, person(Role.SUPERVISOR), at)
    return made


def ratings(made: Complaint, at: datetime, times: int) -> list[Callable[[], Any]]:
    """As many windows, each with its own stars and comment."""
    return [
        partial(
            rate_complaint,
            complaint=made.pk,
            stars=1 + n % 5,
            comment=f"Comment {n}",
            by=None,
            at=at,
        )
        for n in range(times)
    ]


def unlocked(case: int) -> Case:
    """What ``lock_case`` gives, and no lock."""
    return Case.objects.get(pk=case)


def test_fifty_rate_and_one_has_rated(resolved: Complaint, at: datetime) -> None:
    """The others are told; there is one rating and one line."""
    outcomes = race(ratings(resolved, at, AT_ONCE))
    assert len(done(outcomes)) == 1
    for refusal in refusals(outcomes):
        assert isinstance(refusal, UnableToRate)
        assert refusal.sentence == RATED
    line, rating = Entry.objects.get(kind=Event.RATED), Rating.objects.get()
    assert line.new == {"stars": rating.stars}
    assert line.text == rating.comment
    assert_sound()


def test_without_the_lock_the_key_refuses_in_the_same_words(
    resolved: Complaint, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    slowly(monkeypatch, LOCK, unlocked)
    outcomes = race(ratings(resolved, at, 4))
    assert len(done(outcomes)) == 1
    assert {getattr(each, "sentence", repr(each)) for each in refusals(outcomes)} == {RATED}
    assert Entry.objects.filter(kind=Event.RATED).count() == 1


def test_control_without_lock_and_key_several_rate(
    resolved: Complaint, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    slowly(monkeypatch, LOCK, unlocked)
    with without_index("complaints_rating_pkey"):
        assert len(done(race(ratings(resolved, at, 4)))) > 1
        assert Rating.objects.count() > 1
    assert Entry.objects.filter(kind=Event.RATED).count() > 1


def test_control_without_the_trigger_what_is_open_is_rated(
    make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    """The database refuses it as well; without its trigger nobody does."""
    made = complain(make_consumer(), by=person(Role.CSE), at=at)
    with pytest.raises(UnableToRate):
        rate_complaint(complaint=made.pk, stars=3, comment="", by=None, at=at)
    with without_triggers("complaints_rating"):
        Rating.objects.create(complaint=made, stars=3, rated_at=at)
    assert Rating.objects.count() == 1
