"""What payment gateways may tell us: ``POST /api/v1/payments`` (BIL7, M13); see docs/API.md.

A message is JSON under an API key and an idempotency key. What is wrong with it is answered as a
problem (RFC 9457), in the sentences that the desk's forms say too.
"""

import json
import logging
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from django import forms
from django.core.exceptions import BadRequest, RequestDataTooBig
from django.core.exceptions import ValidationError as WrongInput
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.urls import URLPattern
from ninja import Header, NinjaAPI, Schema, Status
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.parser import Parser
from ninja.security import HttpBearer
from pydantic import BeforeValidator, ConfigDict, Field, WithJsonSchema

from billing.choices import PaymentMethod, PaymentState
from billing.models import ApiKey
from billing.operations import intake as operations
from billing.queries.intake import find_key, told_payment
from billing.rules.intake import (
    MESSAGES_A_SECOND,
    Answer,
    Delivery,
    IntakeWish,
    digest_of_message,
    is_payment_number,
)
from billing.rules.payments import LONGEST_REFERENCE
from smart360.kernel import clock
from smart360.kernel.errors import Refusal
from smart360.kernel.text import REQUIRED
from smart360.web.amounts import MoneyField
from smart360.web.fields import CodeField, IsoDateField, ShownTextField
from smart360.web.gate import keyed
from smart360.web.middleware import AT_ODDS
from smart360.web.problems import AWAY, FAILED, PROBLEM, SENTENCES, TITLES, problem
from smart360.web.throttle import AskedTooOften, take_turn, turn_in
from smart360.web.views import is_database_away

LONGEST_MESSAGE = 16_384
LONGEST_FAILURE = 120
TURN = turn_in("billing_intakeallowance", "api_key_id")
JSON = "application/json"

NO_KEY = "Send your API key as Authorization: Bearer KEY; this one is missing, wrong or retired."
NO_IDEMPOTENCY_KEY = "Send an Idempotency-Key of 1 to 128 printable ASCII characters."
NO_JSON = "The message is no JSON that we can read."
NO_OBJECT = "Send one JSON object."
NOT_JSON = SENTENCES[415]
TOO_LARGE = f"The message is longer than {LONGEST_MESSAGE:,} bytes."
TOO_OFTEN = f"More than {MESSAGES_A_SECOND} messages within a second; send it again in a second."
BUSY = "Somebody else is working on this account. Nothing was changed; send it again in a second."
NO_SUCH_PAYMENT = "There is no payment with this number that you told us of"
NOT_A_TEXT = "Enter a text in quotes."
NOT_KNOWN = "This is no field of this message."

log = logging.getLogger(__name__)


# ------------------------------------------------------------------ what a message says
def _checked_by(field: forms.Field, **schema: Any) -> Any:
    """A type whose texts the form field ``field`` checks, described in OpenAPI by ``schema``."""

    def check(value: object) -> object:
        if not isinstance(value, str):
            raise ValueError(NOT_A_TEXT)  # noqa: TRY004  (pydantic turns it into an answer)
        try:
            return field.clean(value)
        except WrongInput as wrong:
            raise ValueError(" ".join(wrong.messages)) from None

    return BeforeValidator(check), WithJsonSchema({"type": "string", **schema})


def _text(at_most: int, **schema: Any) -> Any:
    field = ShownTextField(at_most=at_most, is_one_line=True)
    return _checked_by(field, minLength=1, maxLength=at_most, **schema)


AccountNumber = Annotated[str, *_text(40, examples=["ACC-2024-001234"])]
Reference = Annotated[str, *_text(LONGEST_REFERENCE, examples=["GW-20260115-000042"])]
Amount = Annotated[
    Decimal,
    *_checked_by(
        MoneyField(limit=Decimal(10) ** 30),  # the utility's own limit is the operation's
        pattern=r"^[0-9]{1,10}(\.[0-9]{1,2})?$",
        examples=["256.78"],
        description="Above 0.00, up to the utility's limit; no sign, no comma.",
    ),
]
Day = Annotated[date, *_checked_by(IsoDateField(), format="date", examples=["2026-01-15"])]
Method = Annotated[
    str,
    *_checked_by(CodeField(choices=PaymentMethod.choices), enum=list(PaymentMethod.values)),
]
Told = Annotated[
    str, *_checked_by(CodeField(choices=PaymentState.choices), enum=list(PaymentState.values))
]
Outcome = Annotated[
    str,
    *_checked_by(
        CodeField(choices=[("PROCESSED", "Processed"), ("FAILED", "Failed")]),
        enum=["PROCESSED", "FAILED"],
    ),
]
Currency = Annotated[str, *_text(3, examples=["USD"], description="The utility's, ISO 4217.")]
Failure = Annotated[str, *_text(LONGEST_FAILURE, examples=["Insufficient funds"])]


class PaymentMessage(Schema):
    """A payment that the gateway has taken, waits for, or could not get."""

    model_config = ConfigDict(extra="forbid")

    account_number: AccountNumber
    amount: Amount
    currency: Currency
    method: Method
    reference: Reference
    paid_on: Day
    status: Told = "PROCESSED"
    failure: Failure | None = Field(None, description="Why it failed; only with status FAILED.")


class OutcomeMessage(Schema):
    """What became of a payment that was pending."""

    model_config = ConfigDict(extra="forbid")

    status: Outcome
    failure: Failure | None = Field(None, description="Why it failed; only with status FAILED.")


class PaymentAnswer(Schema):
    """A payment as we have it. The same message is answered by the same words, whenever."""

    number: str = Field(description="Ours, such as PAY-2026-000001.")
    status: Literal["PENDING", "PROCESSED", "FAILED"]
    account_number: str
    amount: str
    currency: str
    method: str
    reference: str
    paid_on: str
    failure: str
    recorded_at: str = Field(description="In UTC.")
    settled_at: str = Field(description="In UTC; empty while it is pending.")


class WrongField(Schema):
    """One field that is wrong, and why."""

    field: str
    sentence: str


class Problem(Schema):
    """Why a message was not taken (RFC 9457). It changed nothing."""

    type: Literal["about:blank"]
    title: str
    status: int
    detail: str
    request_id: str = Field(description="Tell it to us when you ask about this answer.")
    errors: list[WrongField]


# ------------------------------------------------------------------ problems
# What a POST may be answered; the other titles are of what reaches no view.
PROBLEMS: Any = {status: Problem for status in TITLES if status not in (403, 405)}


class UnreadableMessage(Exception):
    """A body that is no message: with the status and the sentence that say why."""

    def __init__(self, status: int, sentence: str) -> None:
        self.status = status
        self.sentence = sentence
        super().__init__(sentence)


class StrictParser(Parser):
    """One JSON object in UTF-8, of a length that a message can have, each name in it once."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """What was sent. Raises UnreadableMessage."""
        if request.content_type != JSON or "Content-Encoding" in request.headers:
            raise UnreadableMessage(415, NOT_JSON)
        if len(request.body) > LONGEST_MESSAGE:
            raise UnreadableMessage(413, TOO_LARGE)
        try:
            sent = json.loads(
                request.body.decode(), object_pairs_hook=_each_once, parse_constant=_no_number
            )
        except (ValueError, RecursionError) as error:
            raise UnreadableMessage(400, NO_JSON) from error
        if not isinstance(sent, dict):
            raise UnreadableMessage(400, NO_OBJECT)
        return sent


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object. Raises ValueError for a name that comes twice: which one would be meant?"""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name comes twice")
    return found


def _no_number(word: str) -> None:
    raise ValueError(f"{word} is not JSON")


class GatewayKey(HttpBearer):
    """The API key of a gateway, and its turn: so many messages a second."""

    def authenticate(self, request: HttpRequest, token: str) -> ApiKey | None:
        """The key, or None. Raises AskedTooOften."""
        key = find_key(token)
        if key is not None:
            take_turn(key.pk, statement=TURN, turns=MESSAGES_A_SECOND)
        return key


api = NinjaAPI(
    title="Smart360 payments",
    version="1",
    description="A payment gateway tells of payments. docs/API.md explains it.",
    openapi_url=None,
    docs_url=None,
    auth=GatewayKey(),
    parser=StrictParser(),
    urls_namespace="api",
)


@api.exception_handler(AuthenticationError)
def _without_key(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return problem(401, NO_KEY, WWW_Authenticate="Bearer")


@api.exception_handler(AskedTooOften)
def _too_often(request: HttpRequest, error: AskedTooOften) -> HttpResponse:
    return problem(429, TOO_OFTEN, Retry_After="1")


@api.exception_handler(HttpError)
def _unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
    why = error.__cause__
    if isinstance(why, UnreadableMessage):
        return problem(why.status, why.sentence)
    return problem(error.status_code, NO_JSON)


@api.exception_handler(RequestDataTooBig)
def _too_large(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    return problem(413, TOO_LARGE)


@api.exception_handler(BadRequest)
@api.exception_handler(UnreadablePostError)
def _cut_off(request: HttpRequest, error: Exception) -> HttpResponse:
    return problem(400, NO_JSON)


@api.exception_handler(ValidationError)
def _wrong(request: HttpRequest, error: ValidationError) -> HttpResponse:
    if any(each["loc"][0] == "header" for each in error.errors):
        return problem(400, NO_IDEMPOTENCY_KEY)
    wrong = [each for each in error.errors if len(each["loc"]) > 2]  # body, message, its field
    if len(wrong) < len(error.errors):
        return problem(400, NO_OBJECT)
    errors = [{"field": str(each["loc"][-1]), "sentence": _sentence(each)} for each in wrong]
    return problem(422, f"{errors[0]['field']}: {errors[0]['sentence']}", errors=errors)


def _sentence(error: Mapping[str, Any]) -> str:
    """What is wrong with a field, in the words of our forms."""
    known = {"missing": REQUIRED, "extra_forbidden": NOT_KNOWN}
    told = str(error.get("ctx", {}).get("error", ""))
    return known.get(error["type"]) or told or str(error["msg"])


@api.exception_handler(Refusal)
def _refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    errors = [{"field": refusal.field, "sentence": refusal.sentence}] if refusal.field else []
    return problem(refusal.http_status, refusal.sentence, errors=errors)


@api.exception_handler(Exception)
def _failed(request: HttpRequest, error: Exception) -> HttpResponse:
    """Nothing was stored, or all of it: in either case the same message may be sent again."""
    if isinstance(error, OperationalError) and isinstance(error.__cause__, AT_ODDS):
        return problem(503, BUSY, Retry_After="1")
    if is_database_away(error):
        return problem(503, AWAY, Retry_After="5")
    log.error("a gateway's message failed", exc_info=error)
    return problem(500, FAILED)


# ------------------------------------------------------------------ the two messages
IdempotencyKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=128,
        pattern=r"^[\x21-\x7e][\x20-\x7e]*$",
        description="Yours, one for each message; send it again with the same message only.",
    ),
]


def _delivery(request: HttpRequest, key: str, act: str, message: Schema) -> Delivery:
    """Who sent what under which key."""
    said = digest_of_message(act, message.model_dump(mode="json"))
    return Delivery(_gateway(request).pk, key, said)


def _gateway(request: HttpRequest) -> ApiKey:
    """By whose key the message came in."""
    key = request.auth  # type: ignore[attr-defined]  # django-ninja puts it there
    assert isinstance(key, ApiKey)
    return key


def _told(answer: Answer) -> Status[dict[str, str]]:
    return Status(answer.status, answer.body)


@api.post(
    "/payments",
    response={201: PaymentAnswer, **PROBLEMS},
    url_name="api_payments",
    operation_id="tell_of_payment",
    summary="Tell of a payment",
)
def tell_of_payment(
    request: HttpRequest, idempotency_key: IdempotencyKey, message: PaymentMessage
) -> Status[dict[str, str]]:
    """Processed: it is on the account. Pending: it waits for its outcome. Failed: it is noted."""
    sent = _delivery(request, idempotency_key, "tell", message)
    wish = IntakeWish(
        account_number=message.account_number,
        amount=message.amount,
        currency=message.currency,
        method=message.method,
        reference=message.reference,
        paid_on=message.paid_on,
        state=message.status,
        failure=message.failure or "",
    )
    return _told(operations.take_payment(wish=wish, sent=sent, at=clock.now()))


@api.post(
    "/payments/{number}/status",
    response={200: PaymentAnswer, **PROBLEMS},
    url_name="api_payment_status",
    operation_id="tell_outcome",
    summary="Tell what became of a pending payment",
)
def tell_outcome(
    request: HttpRequest, number: str, idempotency_key: IdempotencyKey, message: OutcomeMessage
) -> Status[dict[str, str]] | HttpResponse:
    """A pending payment is processed or has failed; it moves once."""
    sent = _delivery(request, idempotency_key, f"settle {number}", message)
    payment = told_payment(number, to=_gateway(request)) if is_payment_number(number) else None
    if payment is None:
        return problem(404, NO_SUCH_PAYMENT)
    answer = operations.settle_told_payment(
        payment=payment,
        has_come=message.status == PaymentState.PROCESSED,
        failure=message.failure or "",
        sent=sent,
        at=clock.now(),
    )
    return _told(answer)


# ------------------------------------------------------------------ its addresses, its description
def _addresses() -> list[URLPattern]:
    """The two addresses; django-ninja's own root page is none of ours."""
    found = [each for each in api.urls[0] if isinstance(each, URLPattern)]
    mine = [each for each in found if each.name != "api-root"]
    for each in mine:
        keyed(each.callback)
    return mine


urlpatterns = _addresses()


def description() -> str:
    """The OpenAPI file, as it stands in docs/openapi.json."""
    found = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/"), default=str))
    for path in found["paths"].values():
        for status, answer in path["post"]["responses"].items():
            if int(status) >= 400:
                answer["content"] = {PROBLEM: answer["content"][JSON]}
                answer["description"] = TITLES[int(status)]
    return json.dumps(found, indent=2, sort_keys=True) + "\n"
