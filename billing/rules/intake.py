"""What a payment gateway tells us, and the keys by which it is known (BIL7, M13)."""

import hashlib
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from billing.choices import PaymentSource, PaymentState
from billing.rules.payments import PaymentWish

MESSAGES_A_SECOND = 100
"""How many messages one key may send; what is above waits (429)."""

BEGINNING = "s360_"
PREFIX_LENGTH = 12
KEY_IS_USED = "This Idempotency-Key was already used with another message"
ANOTHER_CURRENCY = "Amounts are taken in {currency}"
NOT_FAILED = "Only a payment that failed says why"
NO_SUCH_ACCOUNT = "There is no account with this number"

_NUMBER = re.compile(r"PAY-[0-9]{4}-[0-9]{6,9}", re.ASCII)


@dataclass(frozen=True, slots=True)
class IntakeWish:
    """A payment as a gateway told of it; ``failure`` says why a failed one failed."""

    account_number: str
    amount: Decimal
    currency: str
    method: str
    reference: str
    paid_on: date
    state: str
    failure: str = ""

    def payment(self, consumer: int) -> PaymentWish:
        """The same as the desk would say it."""
        return PaymentWish(
            consumer=consumer,
            amount=self.amount,
            method=self.method,
            paid_on=self.paid_on,
            reference=self.reference,
            has_come=self.state == PaymentState.PROCESSED,
            source=PaymentSource.GATEWAY,
        )


@dataclass(frozen=True, slots=True)
class Delivery:
    """Under which key of a gateway's own a message came, and what it says, as a digest."""

    api_key: int
    key: str
    digest: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a gateway is answered, now and whenever it sends the same again."""

    status: int
    body: dict[str, str]


def new_secret() -> str:
    """An API key: 256 random bits behind a beginning by which people recognise it."""
    return BEGINNING + secrets.token_urlsafe(32)


def prefix_of(secret: str) -> str:
    """What is kept of an API key in clear: a few characters to tell it from others."""
    return secret[:PREFIX_LENGTH]


def digest_of(secret: str) -> str:
    """What is kept of an API key to know it again. It has too many bits to be guessed or salted."""
    return hashlib.sha256(secret.encode()).hexdigest()


def digest_of_message(act: str, message: Mapping[str, object]) -> str:
    """What is kept of a message to know it again, however its JSON is laid out."""
    said = json.dumps([act, message], sort_keys=True, default=str)
    return hashlib.sha256(said.encode()).hexdigest()


def is_payment_number(text: str) -> bool:
    """Whether ``text`` is written as the numbers of payments are."""
    return _NUMBER.fullmatch(text) is not None
