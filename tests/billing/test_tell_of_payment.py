"""A gateway tells of payments: taken once, answered the same, refused in words (BIL7, M13)."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from billing.choices import PaymentSource, PaymentState
from billing.models import ApiKey, BillingPolicy, IntakeAllowance, IntakeAnswer, Payment
from billing.operations.api_keys import NewKey, UnableToMakeKey, make_key, retire_key
from billing.queries.accounts import balances_of
from billing.queries.payments import receipt_key
from consumers.models import Consumer
from smart360.custody.operations.merging import merge_consumers
from smart360.kernel.clock import database_clock
from smart360.owed.models import OwedWork
from smart360.staff.choices import Role
from smart360.trail.choices import Event
from smart360.trail.models import Entry
from tests.access.visiting import ALL
from tests.billing.paying import owe, pay
from tests.billing.telling import PAYMENTS, message, new_key, tell, told
from tests.conftest import MakeConsumer, MakePerson, SetClock
from tests.looking import checksums

pytestmark = pytest.mark.django_db


@pytest.fixture
def key(person: MakePerson, stands: SetClock) -> NewKey:
    return new_key(person(Role.ADMIN), stands.at)


@pytest.fixture
def consumer(make_consumer: MakeConsumer, at: datetime) -> Consumer:
    made = make_consumer()
    owe(made, "456.78", at=at)
    return made


# ------------------------------------------------------------------ it is taken
def test_a_payment_is_posted_told_and_answered(key: NewKey, consumer: Consumer) -> None:
    said = message(consumer, "150.00")
    answer = tell(key.secret, said, under="first")
    assert answer.status_code == 201
    assert answer["Content-Type"].startswith("application/json")
    payment = Payment.objects.get()
    assert told(answer) == {
        "number": payment.number,
        "status": "PROCESSED",
        "account_number": consumer.account_number,
        "amount": "150.00",
        "currency": "USD",
        "method": "CARD",
        "reference": said["reference"],
        "paid_on": "2024-12-10",
        "failure": "",
        "recorded_at": "2024-12-10T15:30:00+00:00",
        "settled_at": "2024-12-10T15:30:00+00:00",
    }
    assert (payment.source, payment.recorded_by) == (PaymentSource.GATEWAY, None)
    assert balances_of(consumer.pk).outstanding == Decimal("306.78")
    assert Entry.objects.filter(kind=Event.PAYMENT_RECORDED).count() == 1
    assert OwedWork.objects.filter(dedupe_key=receipt_key(payment.number)).count() == 1
    kept = IntakeAnswer.objects.get()
    assert (kept.api_key, kept.key, kept.payment) == (key.row, "first", payment)


@pytest.mark.parametrize("amount", ["0.01", "5", "5.5", "9999999999.99"])
def test_an_amount_is_written_as_people_write_it(
    amount: str, key: NewKey, consumer: Consumer
) -> None:
    assert told(tell(key.secret, message(consumer, amount)))["amount"] == f"{Decimal(amount):.2f}"


def test_without_a_status_it_has_come(key: NewKey, consumer: Consumer) -> None:
    said = message(consumer)
    del said["status"]
    assert told(tell(key.secret, said))["status"] == "PROCESSED"


def test_a_failed_payment_is_noted_and_pays_nothing(key: NewKey, consumer: Consumer) -> None:
    """M4: it stands in the history with why, and the balance is what it was."""
    said = message(consumer, status="FAILED", failure="Insufficient funds")
    answer = tell(key.secret, said)
    assert (answer.status_code, told(answer)["failure"]) == (201, "Insufficient funds")
    assert Payment.objects.get().state == PaymentState.FAILED
    assert balances_of(consumer.pk).outstanding == Decimal("456.78")


# ------------------------------------------------------------------ it is taken once
def test_the_same_message_is_answered_the_same(key: NewKey, consumer: Consumer) -> None:
    """M13: by the same bytes, also when its JSON is laid out otherwise; and nothing is written."""
    said = message(consumer)
    first = tell(key.secret, said, under="one")
    before = checksums()
    for sent in (said, json.dumps(dict(reversed(said.items())), indent=4)):
        again = tell(key.secret, sent, under="one")
        assert (again.status_code, again.content) == (201, first.content)
    assert checksums() == before


def test_the_answer_stays_when_the_world_moves_on(
    key: NewKey, consumer: Consumer, stands: SetClock
) -> None:
    """What would be refused today was taken then."""
    said = message(consumer)
    first = tell(key.secret, said, under="one")
    BillingPolicy.objects.update(largest_payment=Decimal("1.00"))
    stands.go_on(days=800)
    assert tell(key.secret, said, under="one").content == first.content


def test_another_message_under_the_same_key_is_refused(key: NewKey, consumer: Consumer) -> None:
    said = message(consumer)
    tell(key.secret, said, under="one")
    before = checksums()
    answer = tell(key.secret, said | {"amount": "151.00"}, under="one")
    assert answer.status_code == 409
    assert told(answer)["detail"] == "This Idempotency-Key was already used with another message"
    assert checksums() == before


def test_every_gateway_has_its_own_keys(
    key: NewKey, consumer: Consumer, person: MakePerson, at: datetime
) -> None:
    other = new_key(person(Role.ADMIN), at, "Another")
    assert tell(key.secret, message(consumer), under="one").status_code == 201
    assert tell(other.secret, message(consumer), under="one").status_code == 201
    assert Payment.objects.count() == 2


def test_a_reference_is_used_once(key: NewKey, consumer: Consumer) -> None:
    """Row 81, M13: whatever key it comes under."""
    said = message(consumer, reference="GW-1")
    tell(key.secret, said)
    before = checksums()
    answer = tell(key.secret, said)
    assert (answer.status_code, told(answer)["errors"]) == (
        409, [{"field": "reference", "sentence": "Payment GW-1 is already recorded"}],
    )  # fmt: skip
    assert checksums() == before


def test_what_was_refused_has_not_used_its_key(key: NewKey, consumer: Consumer) -> None:
    assert tell(key.secret, message(consumer, "0"), under="one").status_code == 422
    assert tell(key.secret, message(consumer), under="one").status_code == 201


# ------------------------------------------------------------------ what became of it
def settled(number: str) -> str:
    return f"{PAYMENTS}/{number}/status"


def test_a_pending_payment_is_processed(key: NewKey, consumer: Consumer) -> None:
    number = told(tell(key.secret, message(consumer, "56.78", status="PENDING")))["number"]
    assert balances_of(consumer.pk).outstanding == Decimal("456.78")
    outcome = {"status": "PROCESSED"}
    first = tell(key.secret, outcome, path=settled(number), under="done")
    assert (first.status_code, told(first)["status"]) == (200, "PROCESSED")
    assert balances_of(consumer.pk).outstanding == Decimal("400.00")
    assert Entry.objects.filter(kind=Event.PAYMENT_PROCESSED).count() == 1
    before = checksums()
    again = tell(key.secret, outcome, path=settled(number), under="done")
    assert (again.status_code, again.content) == (200, first.content)
    late = tell(key.secret, outcome, path=settled(number))
    assert (late.status_code, told(late)["detail"]) == (409, f"{number} is Processed already")
    other = {"status": "FAILED", "failure": "x"}
    assert tell(key.secret, other, path=settled(number), under="done").status_code == 409
    assert checksums() == before


def test_a_message_is_answered_the_same_after_a_merge(
    key: NewKey, make_consumer: MakeConsumer, person: MakePerson, stands: SetClock
) -> None:
    """Another one is not taken for the account that ended; a payment is taken for who goes on."""
    ends, goes_on = make_consumer(services={}, email="", phone=""), make_consumer()
    boss = person(Role.SUPERVISOR)
    number = told(tell(key.secret, message(ends, status="PENDING")))["number"]
    first = tell(key.secret, {"status": "PROCESSED"}, path=settled(number), under="done")
    merge_consumers(
        merged=ends.pk, survivor=goes_on.pk, reason="Registered twice", by=boss, at=stands.at,
        form_key=uuid4(),
    )  # fmt: skip
    again = tell(key.secret, {"status": "PROCESSED"}, path=settled(number), under="done")
    assert (again.status_code, again.content) == (200, first.content)
    late = tell(key.secret, {"status": "PROCESSED"}, path=settled(number))
    assert (late.status_code, goes_on.account_number in told(late)["detail"]) == (409, True)
    assert tell(key.secret, message(ends, "20.00")).status_code == 201
    assert balances_of(goes_on.pk).outstanding == Decimal("-170.00")


def test_a_pending_payment_fails(key: NewKey, consumer: Consumer) -> None:
    number = told(tell(key.secret, message(consumer, status="PENDING")))["number"]
    assert tell(key.secret, {"status": "FAILED"}, path=settled(number)).status_code == 422
    failed = {"status": "FAILED", "failure": "Chargeback"}
    assert told(tell(key.secret, failed, path=settled(number)))["failure"] == "Chargeback"
    assert balances_of(consumer.pk).outstanding == Decimal("456.78")


def test_a_key_is_used_for_one_of_the_two_messages(key: NewKey, consumer: Consumer) -> None:
    number = told(tell(key.secret, message(consumer, status="PENDING"), under="one"))["number"]
    answer = tell(key.secret, {"status": "PROCESSED"}, path=settled(number), under="one")
    assert answer.status_code == 409


def test_only_the_gateway_that_told_of_it_settles_it(
    key: NewKey, consumer: Consumer, person: MakePerson, at: datetime
) -> None:
    """X2: for all others it is not there; a key that is exchanged hands on what it told of."""
    number = told(tell(key.secret, message(consumer, status="PENDING")))["number"]
    other = new_key(person(Role.ADMIN), at, "Another")
    cheque = pay(
        consumer, by=person(Role.BILLING), at=at, method="CHEQUE", has_come=False
    ).number  # fmt: skip
    outcome = {"status": "PROCESSED"}
    odd = (number + "9", "PAY-2024-999999", "nothing", "a%00b", cheque)
    found = {tell(key.secret, outcome, path=settled(each)).status_code for each in odd}
    assert found == {404}
    assert tell(other.secret, outcome, path=settled(number)).status_code == 404
    retire_key(key=key.row.pk)
    assert tell(other.secret, outcome, path=settled(number)).status_code == 200


# ------------------------------------------------------------------ it is refused in words
@pytest.mark.parametrize(
    ("said", "field", "sentence"),
    [
        ({"amount": "NaN"}, "amount", "Enter a number."),
        ({"amount": "Infinity"}, "amount", "Enter a number."),
        ({"amount": "-Infinity"}, "amount", "Enter a number."),
        ({"amount": "1e400"}, "amount", "Enter a number."),
        ({"amount": "1e2"}, "amount", "Enter a number."),
        ({"amount": "٣"}, "amount", "Enter a number."),
        ({"amount": ""}, "amount", "This field is required."),
        ({"amount": "12.345"}, "amount", "Ensure that there are no more than 2 decimal places."),
        ({"amount": "0.001"}, "amount", "Ensure that there are no more than 2 decimal places."),
        ({"amount": "-5"}, "amount", "Enter an amount above 0.00"),
        ({"amount": "0"}, "amount", "Enter an amount above 0.00"),
        ({"amount": "-0"}, "amount", "Enter an amount above 0.00"),
        (
            {"amount": "1,234.50"},
            "amount",
            "Enter a number without sign or comma, such as 1234.50",
        ),
        ({"amount": "$5"}, "amount", "Enter a number without sign or comma, such as 1234.50"),
        ({"amount": "5 USD"}, "amount", "Enter a number without sign or comma, such as 1234.50"),
        ({"amount": "10000000000.00"}, "amount", "Amount is above the limit"),
        ({"amount": 5}, "amount", "Enter a text in quotes."),
        ({"amount": 5.5}, "amount", "Enter a text in quotes."),
        ({"amount": None}, "amount", "Enter a text in quotes."),
        ({"amount": ["5"]}, "amount", "Enter a text in quotes."),
        ({"account_number": "ACC-0"}, "account_number", "There is no account with this number"),
        ({"account_number": ""}, "account_number", "This field is required."),
        ({"account_number": "a\0b"}, "account_number", "Null characters are not allowed."),
        ({"currency": "EUR"}, "currency", "Amounts are taken in USD"),
        ({"method": "GOLD"}, "method", "Select a valid choice."),
        ({"status": "REVERSED"}, "status", "Select a valid choice."),
        ({"status": "FAILED"}, "failure", "This field is required."),
        ({"failure": "Why"}, "failure", "Only a payment that failed says why"),
        ({"reference": " "}, "reference", "This field is required."),
        (
            {"reference": "\ud800"},
            "reference",
            "This text contains characters that cannot be shown.",
        ),
        (
            {"reference": "x" * 61},
            "reference",
            "Ensure this value has at most 60 characters (it has 61).",
        ),
        ({"paid_on": "10.12.2024"}, "paid_on", "Enter a valid date."),
        ({"paid_on": "2024-12-11"}, "paid_on", "Payment date cannot be in the future"),
        ({"paid_on": "2023-01-01"}, "paid_on", "Payment date is more than a year ago"),
        ({"number": "PAY-1"}, "number", "This is no field of this message."),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_left_behind(
    said: dict[str, Any], field: str, sentence: str, key: NewKey, consumer: Consumer
) -> None:
    before = checksums()
    answer = tell(key.secret, message(consumer, **said))
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert told(answer)["errors"] == [{"field": field, "sentence": sentence}]
    assert told(answer)["status"] == 422
    assert checksums() == before


@pytest.mark.parametrize(
    "missing", ["account_number", "amount", "currency", "method", "reference", "paid_on"]
)
def test_a_missing_field_is_named(missing: str, key: NewKey, consumer: Consumer) -> None:
    said = message(consumer)
    del said[missing]
    answer = tell(key.secret, said)
    assert (answer.status_code, told(answer)["errors"]) == (
        422, [{"field": missing, "sentence": "This field is required."}],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"null", 400),
        (b"[]", 400),
        (b'"text"', 400),
        (b"\xff\xfe", 400),
        (b'{"amount": NaN}', 400),
        (b'{"amount": "1", "amount": "2"}', 400),
        (b"[" * 9_000, 400),
        (b"1" * 9_000, 400),
        (b'{"a":"' + b"x" * 17_000 + b'"}', 413),
        (b'{"a":"' + b"x" * 3_000_000 + b'"}', 413),
    ],
)
def test_what_is_no_message_is_refused(body: bytes, status: int, key: NewKey) -> None:
    before = checksums()
    answer = tell(key.secret, body)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert checksums() == before


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
)
def test_only_json_is_read(content_type: str, key: NewKey, consumer: Consumer) -> None:
    answer = tell(key.secret, json.dumps(message(consumer)), content_type=content_type)
    assert answer.status_code == 415
    packed = tell(key.secret, message(consumer), **{"Content-Encoding": "gzip"})
    assert packed.status_code == 415
    assert not Payment.objects.exists()


@pytest.mark.parametrize("under", [None, " ", "x" * 129, "a\tb", "schlüssel"])
def test_a_message_needs_a_key_of_its_own(
    under: str | None, key: NewKey, consumer: Consumer
) -> None:
    answer = tell(key.secret, message(consumer), under=under)
    assert answer.status_code == 400
    assert "Idempotency-Key of 1 to 128" in told(answer)["detail"]
    assert not Payment.objects.exists()


def test_a_key_may_have_128_characters(key: NewKey, consumer: Consumer) -> None:
    assert tell(key.secret, message(consumer), under="~!" * 64).status_code == 201


# ------------------------------------------------------------------ who may
@pytest.mark.parametrize(
    "change",
    [
        lambda _: "",
        lambda secret: secret[:-1] + "~",
        lambda secret: secret + "x",
        lambda secret: secret[:12],
        str.upper,
        lambda _: "\0",
        lambda _: "ü" * 12,
    ],
)
def test_without_a_key_nothing_is_taken(
    change: Callable[[str], str], key: NewKey, consumer: Consumer
) -> None:
    answer = tell(change(key.secret), message(consumer))
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    assert answer["Content-Type"] == "application/problem+json"
    assert not Payment.objects.exists()


def test_a_retired_key_opens_nothing_any_more(key: NewKey, consumer: Consumer) -> None:
    retire_key(key=key.row.pk)
    assert tell(key.secret, message(consumer)).status_code == 401


def test_a_session_counts_for_nothing(
    key: NewKey, consumer: Consumer, client_as: Callable[..., Client]
) -> None:
    client = client_as(Role.BILLING)
    sent = json.dumps(message(consumer))
    answer = client.post(PAYMENTS, sent, content_type="application/json")
    assert (answer.status_code, dict(answer.cookies)) == (401, {})


def test_a_get_is_no_message(key: NewKey) -> None:
    assert Client().get(PAYMENTS).status_code == 405


def test_who_sends_too_often_waits(key: NewKey, consumer: Consumer) -> None:
    """The count is of each key, and asks the database's clock."""
    later = database_clock() + timedelta(seconds=30)
    IntakeAllowance.objects.create(api_key=key.row, turns_left=0, at=later)
    answer = tell(key.secret, message(consumer))
    assert (answer.status_code, answer["Retry-After"]) == (429, "1")
    IntakeAllowance.objects.update(turns_left=1)
    assert tell(key.secret, message(consumer)).status_code == 201


def test_nothing_else_goes_without_a_token() -> None:
    """Only what comes with an API key is exempt from the forms' token."""
    exempt = {name for name, view in ALL.items() if getattr(view, "csrf_exempt", False)}
    assert exempt == {"api_payments", "api_payment_status"}


# ------------------------------------------------------------------ keys
def test_a_key_is_kept_as_a_digest(person: MakePerson, at: datetime) -> None:
    made = make_key(name="Gateway", by=person(Role.ADMIN).pk, at=at)
    row = ApiKey.objects.values().get()
    assert made.secret not in str(row)
    assert row["prefix"] == made.secret[:12]
    assert len(made.secret) > 40


@pytest.mark.parametrize("name", ["", "Gateway"])
def test_a_key_has_a_name_of_its_own(name: str, key: NewKey, person: MakePerson) -> None:
    with pytest.raises(UnableToMakeKey):
        make_key(name=name, by=person(Role.ADMIN).pk, at=key.row.created_at)
    assert ApiKey.objects.count() == 1
