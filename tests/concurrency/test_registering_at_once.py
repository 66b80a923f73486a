"""One household opened at two desks at once: whoever is second is told that it is here already."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

import pytest

from consumers.models import Consumer
from consumers.operations import registering
from smart360.staff.choices import Role
from tests.concurrency.racing import done, race, refusals, slowly
from tests.conftest import MakePerson
from tests.consumers.test_register_consumer import PHONE, register, residential

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]
DESKS = 4


@pytest.fixture
def attempts(person: MakePerson, at: datetime) -> list[Callable[[], Consumer]]:
    residential()
    return [partial(register, person(Role.CSE), at) for _ in range(DESKS)]


def opened() -> int:
    return Consumer.objects.filter(phone=PHONE).count()


def test_one_of_them_opens_it(
    attempts: list[Callable[[], Consumer]], monkeypatch: pytest.MonkeyPatch
) -> None:
    slowly(monkeypatch, "consumers.operations.registering.open_account")
    outcomes = race(attempts)
    assert len(done(outcomes)) == opened() == 1
    assert {type(each) for each in refusals(outcomes)} == {registering.SamePhone}


def test_control_without_waiting_there_are_more(
    attempts: list[Callable[[], Consumer]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registering, "_wait_for", lambda phone: None)
    slowly(monkeypatch, "consumers.operations.registering.open_account")
    race(attempts)
    assert opened() > 1
