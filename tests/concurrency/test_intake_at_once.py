"""Gateways that send again and again, all at once, with the controls that fail unguarded (M13)."""

import json
import os
import signal
import subprocess
import sys
from datetime import timedelta
from functools import partial
from pathlib import Path
from threading import Event as Moment
from threading import Thread
from typing import Any

import pytest
from django.db import connection, transaction

from billing.models import IntakeAnswer, LedgerTransaction, Payment
from billing.operations.api_keys import NewKey
from billing.queries.accounts import balances_of
from consumers.models import Consumer
from smart360.kernel import clock
from smart360.staff.choices import Role
from tests.billing.telling import message, new_key, tell, told
from tests.concurrency.racing import AT_ONCE, done, race, slowly, without_index
from tests.conftest import MakeConsumer, MakePerson, SetClock
from tests.invariants import assert_sound

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def key(person: MakePerson, stands: SetClock) -> NewKey:
    return new_key(person(Role.ADMIN), stands.at)


def statuses(answers: list[Any]) -> dict[int, int]:
    """How often each status was answered."""
    found = [each.status_code for each in answers]
    return {status: found.count(status) for status in set(found)}


def test_fifty_times_the_same_message_is_one_payment(
    key: NewKey, make_consumer: MakeConsumer
) -> None:
    """One effect, fifty equal answers."""
    consumer = make_consumer()
    said = message(consumer)
    answers = done(race([partial(tell, key.secret, said, under="one")] * AT_ONCE))
    assert statuses(answers) == {201: AT_ONCE}
    assert len({answer.content for answer in answers}) == 1
    assert Payment.objects.get().number == told(answers[0])["number"]
    assert LedgerTransaction.objects.count() == IntakeAnswer.objects.count() == 1
    assert balances_of(consumer.pk).credit == Payment.objects.get().amount
    assert_sound()


def test_control_unguarded_the_same_message_pays_again(
    key: NewKey, make_consumer: MakeConsumer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The test above can fail: without the row's lock and the unique keys each one pays."""
    said = message(make_consumer())
    read = Consumer.objects.get
    monkeypatch.setattr("consumers.guards.lock_consumer", lambda consumer: read(pk=consumer))
    slowly(monkeypatch, "billing.operations.intake.take")
    # the payment's number is a row that all share; what is dropped last is emptied first
    with (
        without_index("an_idempotency_key_is_answered_once"),
        without_index("a_payment_reference_is_used_once"),
    ):
        answers = done(race([partial(tell, key.secret, said, under="one")] * 10))
        assert statuses(answers).get(201, 0) > 1
        assert Payment.objects.count() > 1


def each_for_another(key: NewKey, make_consumer: MakeConsumer, count: int) -> list[partial[Any]]:
    """Messages for as many accounts, all under one key: no row of an account orders them."""
    said = [message(make_consumer(f"Consumer {n}", with_meters=False)) for n in range(count)]
    return [partial(tell, key.secret, each, under="one") for each in said]


def test_one_key_for_fifty_accounts_pays_one(key: NewKey, make_consumer: MakeConsumer) -> None:
    answers = done(race(each_for_another(key, make_consumer, AT_ONCE)))
    assert statuses(answers) == {201: 1, 409: AT_ONCE - 1}
    assert Payment.objects.count() == IntakeAnswer.objects.count() == 1
    assert_sound()


def test_control_without_the_unique_key_it_pays_several(
    key: NewKey, make_consumer: MakeConsumer, monkeypatch: pytest.MonkeyPatch
) -> None:
    acts = each_for_another(key, make_consumer, 10)
    slowly(monkeypatch, "billing.operations.intake.take")
    with without_index("an_idempotency_key_is_answered_once"):
        assert statuses(done(race(acts))).get(201, 0) > 1


def test_an_outcome_that_comes_fifty_times_moves_it_once(
    key: NewKey, make_consumer: MakeConsumer
) -> None:
    """Each under a key of its own, as from a gateway that lost its memory."""
    consumer = make_consumer()
    number = told(tell(key.secret, message(consumer, status="PENDING")))["number"]
    path = f"/api/v1/payments/{number}/status"
    answers = done(race([partial(tell, key.secret, {"status": "PROCESSED"}, path=path)] * AT_ONCE))
    assert statuses(answers) == {200: 1, 409: AT_ONCE - 1}
    assert LedgerTransaction.objects.count() == 1
    assert_sound()


def test_a_busy_account_is_answered_in_words(key: NewKey, make_consumer: MakeConsumer) -> None:
    """503 and Retry-After, and nothing is left behind; the same message is taken afterwards."""
    consumer, held, let_go = make_consumer(), Moment(), Moment()

    def hold() -> None:
        with transaction.atomic():  # noqa: TID251  (somebody else's act)
            Consumer.objects.select_for_update(no_key=True).get(pk=consumer.pk)
            held.set()
            let_go.wait(timeout=60)
        connection.close()

    holder = Thread(target=hold)
    holder.start()
    held.wait(timeout=60)
    said = message(consumer)
    answer = tell(key.secret, said, under="one")
    let_go.set()
    holder.join()
    assert (answer.status_code, answer["Retry-After"]) == (503, "1")
    assert "Nothing was changed" in told(answer)["detail"]
    assert not Payment.objects.exists()
    assert tell(key.secret, said, under="one").status_code == 201


KILLED = """
import json, os, signal, sys
import django
django.setup()
from django.db import connection
connection.settings_dict["OPTIONS"]["options"] += " -c role=smart360_app"
from billing import api
from django.test import Client
secret, said = sys.argv[1:]
# what is answered is stored by now, and nobody hears it
api._told = lambda answer: os.kill(os.getpid(), signal.SIGKILL)
headers = {"Authorization": f"Bearer {secret}", "Idempotency-Key": "one"}
path = "/api/v1/payments"
print(Client().generic("POST", path, said, "application/json", headers=headers).content)
"""


def test_killed_before_it_answered_the_same_answer_comes_later(
    key: NewKey, make_consumer: MakeConsumer
) -> None:
    """``kill -9`` between commit and answer: the gateway heard nothing and sends it again."""
    consumer = make_consumer()
    yesterday = clock.database_clock().date() - timedelta(days=1)
    said = message(consumer, paid_on=yesterday.isoformat())
    database = connection.settings_dict
    place = f"{database['HOST']}:{database['PORT']}/{database['NAME']}"
    url = f"postgresql://{database['USER']}:{database['PASSWORD']}@{place}"
    run = subprocess.run(
        [sys.executable, "-c", KILLED, key.secret, json.dumps(said)],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == -signal.SIGKILL, run.stdout + run.stderr
    stored = IntakeAnswer.objects.get()
    answer = tell(key.secret, said, under="one")
    assert (answer.status_code, told(answer)) == (stored.status, stored.answer)
    assert Payment.objects.get().number == told(answer)["number"]
    assert LedgerTransaction.objects.count() == 1
    assert_sound()
