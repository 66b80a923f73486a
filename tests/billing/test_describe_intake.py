"""docs/openapi.json says what the intake does, and the intake does what it says (BIL7)."""

import json
import string
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.api import description
from billing.choices import PaymentState
from billing.models import Payment
from billing.operations.api_keys import NewKey
from consumers.models import Consumer
from smart360.staff.choices import Role
from tests.billing.telling import PAYMENTS, message, new_key, tell, told
from tests.conftest import MakeConsumer, MakePerson, SetClock
from tests.looking import put_back, writes

pytestmark = pytest.mark.django_db
FILE = Path(__file__).resolve().parents[2] / "docs" / "openapi.json"
PATHS: dict[str, Any] = json.loads(FILE.read_text())["paths"]
SCHEMAS: dict[str, Any] = json.loads(FILE.read_text())["components"]["schemas"]
EXAMPLES = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def test_the_file_is_what_the_program_does() -> None:
    """Write it anew with ``./dev manage write_openapi``."""
    assert FILE.read_text() == description()


def test_every_answer_there_is_is_described() -> None:
    assert set(PATHS) == {"/api/v1/payments", "/api/v1/payments/{number}/status"}
    for path in PATHS.values():
        assert set(path) == {"post"}
        assert path["post"]["security"] == [{"GatewayKey": []}]
        for status, answer in path["post"]["responses"].items():
            is_problem = int(status) >= 400
            assert list(answer["content"]) == [
                "application/problem+json" if is_problem else "application/json"
            ]


# ------------------------------------------------------------------ whatever is sent
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=70),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


def valid(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """What a field takes by its description."""
    if "anyOf" in schema:
        return st.one_of(*(valid(each) for each in schema["anyOf"]))
    if schema.get("type") == "null":
        return st.none()
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "pattern" in schema:
        return st.from_regex(schema["pattern"], fullmatch=True)
    if schema.get("format") == "date":
        return st.dates().map(str)
    text = st.text(string.printable, max_size=schema["maxLength"])
    return st.sampled_from(schema.get("examples", [""])) | text


def messages(name: str, known: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Messages by the schema ``name``, right in most fields and wrong, missing or odd in some."""
    fields = {}
    for field, schema in SCHEMAS[name]["properties"].items():
        right = st.just(known[field]) if field in known else valid(schema)
        fields[field] = st.one_of(right, right, right, valid(schema), ANYTHING)
    return st.fixed_dictionaries({}, optional=fields).flatmap(
        lambda said: st.just(said) | st.just(said | {"more": 1}) | st.just({**known, **said})
    )


KEYS = st.text(string.ascii_letters, min_size=1, max_size=128) | st.text(
    st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=130
)


@pytest.fixture
def key(person: MakePerson, stands: SetClock) -> NewKey:
    return new_key(person(Role.ADMIN), stands.at)


@pytest.fixture
def consumer(make_consumer: MakeConsumer) -> Consumer:
    return make_consumer()


def assert_described(answer: HttpResponse, path: str, before: dict[str, int]) -> None:
    """No failure of ours; as described; and nothing is left behind by what was refused."""
    described = PATHS[path]["post"]["responses"]
    assert answer.status_code < 500
    assert str(answer.status_code) in described
    kind = next(iter(described[str(answer.status_code)]["content"]))
    assert answer["Content-Type"].partition(";")[0] == kind
    schema = SCHEMAS["Problem" if answer.status_code >= 400 else "PaymentAnswer"]
    assert set(told(answer)) == set(schema["required"])
    if answer.status_code >= 400:
        assert told(answer)["detail"]
        assert writes() == before


@EXAMPLES
@given(data=st.data())
def test_whatever_is_told_is_taken_or_refused_in_words(
    data: st.DataObject, key: NewKey, consumer: Consumer
) -> None:
    said = data.draw(messages("PaymentMessage", message(consumer)))
    with put_back():
        before = writes()
        answer = tell(key.secret, json.dumps(said), under=data.draw(KEYS) or None)
        assert_described(answer, PAYMENTS, before)
        assert Payment.objects.count() == (answer.status_code == 201)


@pytest.fixture
def pending(key: NewKey, consumer: Consumer) -> str:
    """The number of a payment that waits for its outcome."""
    number: str = told(tell(key.secret, message(consumer, status="PENDING")))["number"]
    return number


@EXAMPLES
@given(data=st.data())
def test_whatever_outcome_is_told_is_taken_or_refused_in_words(
    data: st.DataObject, key: NewKey, pending: str
) -> None:
    said = data.draw(messages("OutcomeMessage", {"status": "PROCESSED"}))
    with put_back():
        before = writes()
        number = data.draw(st.sampled_from([pending, pending, "PAY-2024-999999", "x"]))
        path, under = f"{PAYMENTS}/{number}/status", data.draw(KEYS)
        answer = tell(key.secret, json.dumps(said), under=under or None, path=path)
        assert_described(answer, "/api/v1/payments/{number}/status", before)
        has_moved = Payment.objects.get(number=pending).state != PaymentState.PENDING
        assert has_moved == (answer.status_code == 200)


@EXAMPLES
@given(body=st.binary(max_size=200) | ANYTHING.map(json.dumps).map(str.encode))
def test_whatever_bytes_are_sent_are_no_failure_of_ours(body: bytes, key: NewKey) -> None:
    before = writes()
    assert_described(tell(key.secret, body), PAYMENTS, before)
    assert writes() == before
