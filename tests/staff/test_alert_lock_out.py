"""Who is locked out at the door, the administrators are told of, once (bad-inputs 138)."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from axes.models import AccessAttempt
from django.db import connection
from django.test import Client

from smart360.comms.models import Notice
from smart360.kernel import clock
from smart360.owed.models import OwedWork
from smart360.staff import operations
from smart360.staff.access import LOCKED_FOR, MOST_REFUSED_PER_ADDRESS
from smart360.staff.choices import Role, SignInOutcome
from smart360.staff.models import Person, SignIn
from tests.concurrency.racing import done, race, slowly
from tests.conftest import MakePerson, SetClock

pytestmark = pytest.mark.django_db

SENTENCE = "Sarah Johnson is locked out for 15 minutes after 6 wrong passwords."


@pytest.fixture
def sarah(person: MakePerson) -> Person:
    return person(Role.CSE, username="sarah.johnson")


@pytest.fixture
def pat(person: MakePerson) -> Person:
    person(Role.ADMIN, is_active=False)  # somebody who left is told nothing
    return person(Role.ADMIN, username="pat")


def knock(username: str = "sarah.johnson", *, times: int = 1, address: str = "10.0.0.9") -> int:
    """So many wrong passwords; the last answer's status."""
    for _ in range(times):
        answer = Client().post(
            "/sign-in", {"username": username, "password": "wrong"}, REMOTE_ADDR=address
        )
    return answer.status_code


def rung() -> list[tuple[str, str]]:
    """Whose bells rang, with what."""
    return list(Notice.objects.order_by("pk").values_list("person__username", "sentence"))


def lock_out(at: datetime, address: str | None = "10.0.0.9") -> None:
    operations.note_at_door(
        outcome=SignInOutcome.LOCKED_OUT, username="sarah.johnson", address=address, at=at
    )


def test_a_lock_out_rings_once_with_each_administrator(
    sarah: Person, pat: Person, person: MakePerson
) -> None:
    """Not with the fifth wrong password, not again with ten more, and with nobody else."""
    other = person(Role.ADMIN, username="quinn", wants_notices_by_email=False)
    assert (knock(times=5), rung()) == (422, [])
    assert knock() == 429
    assert rung() == [(pat.username, SENTENCE), (other.username, SENTENCE)]
    assert knock(times=10) == 429
    assert len(rung()) == 2
    assert OwedWork.objects.filter(kind="comms.mail_notice").count() == 1
    lines = SignIn.objects.filter(outcome=SignInOutcome.LOCKED_OUT).order_by("pk")
    assert [line.begins_lock_out for line in lines] == [True] + [False] * 10


def test_the_notice_is_urgent_and_leads_to_the_sign_in_log(
    sarah: Person, pat: Person, client_as: Callable[..., Client]
) -> None:
    knock(times=6)
    notice = Notice.objects.get()
    assert notice.is_urgent
    page = client_as(pat).get(notice.path)
    assert (page.status_code, notice.path) == (200, "/admin/staff/signin/")
    assert "Sarah Johnson" in page.content.decode()


def test_the_next_lock_out_rings_again(sarah: Person, pat: Person, stands: SetClock) -> None:
    """Each has its own quarter of an hour; what is tried meanwhile makes it no longer."""
    knock(times=6)
    stands.go_on(minutes=14)
    knock()
    assert len(rung()) == 1
    stands.go_on(minutes=1, seconds=1)
    for attempt in AccessAttempt.objects.all():
        attempt.attempt_time -= LOCKED_FOR + timedelta(seconds=1)
        attempt.save(update_fields=["attempt_time"])
    assert (knock(times=5), len(rung())) == (422, 1)
    assert (knock(), len(rung())) == (429, 2)


def test_each_place_where_somebody_is_locked_out_rings(
    sarah: Person, pat: Person, at: datetime
) -> None:
    for address in ("10.0.0.9", "10.0.0.8", None, "10.0.0.9", None):
        lock_out(at, address)
    assert len(rung()) == 3


def test_a_name_that_nobody_has_locks_no_account(pat: Person) -> None:
    """A4: it may be a password; and whoever makes names up rings no bells with them."""
    assert knock("my-secret-passw0rd", times=8) == 429
    assert rung() == []


def test_a_whole_address_rings_once_an_hour(pat: Person, at: datetime, stands: SetClock) -> None:
    """One password on many names; the names stay out of the bell."""
    for number in range(MOST_REFUSED_PER_ADDRESS):
        operations.note_at_door(
            outcome=SignInOutcome.REFUSED, username=f"name{number}", address="10.0.0.9", at=at
        )
    assert knock("name51", times=3) == 429
    said = "One address is locked out: it tries passwords on many names."
    assert rung() == [("pat", said)]
    assert not SignIn.objects.filter(begins_lock_out=True).exists()
    operations.note_spraying(username="name1", address="10.0.0.9", at=at + timedelta(hours=1))
    assert rung() == [("pat", said)] * 2


def test_the_line_and_the_bell_are_one_transaction(
    sarah: Person, pat: Person, at: datetime, as_owner: Callable[[], None]
) -> None:
    """What cannot ring is not written down either: no lock-out is told of never."""
    as_owner()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE comms_notice ADD CHECK (sentence = '') NOT VALID")
        cursor.execute("SET ROLE smart360_app")
    with pytest.raises(Exception, match="comms_notice"):
        lock_out(at)
    assert not SignIn.objects.exists()


# ------------------------------------------------------------------ at once
def race_to_the_lock() -> list[bool]:
    """Twelve lines of one lock-out at the same moment; which of them began it."""
    at = clock.now()
    results = race([lambda: lock_out(at)] * 12)
    assert len(done(results)) == 12
    return list(SignIn.objects.values_list("begins_lock_out", flat=True))


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_begins_it(sarah: Person, pat: Person) -> None:
    assert sorted(race_to_the_lock()) == [False] * 11 + [True]
    assert rung() == [("pat", SENTENCE)]


@pytest.mark.django_db(transaction=True)
def test_the_control_without_the_lock_several_begin_it(
    sarah: Person, pat: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same where the person's row is not held: the bell rings more than once."""
    monkeypatch.setattr(operations, "_lock_person", lambda person: None)
    slowly(monkeypatch, "smart360.staff.operations._write_line")
    assert race_to_the_lock().count(True) > 1
    assert len(rung()) > 1
