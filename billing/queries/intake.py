"""What is known of payment gateways: their keys, their payments, what they were answered."""

import hmac

from django.db.models import Q
from django.db.models.functions import Coalesce

from billing.choices import PaymentSource
from billing.models import ApiKey, IntakeAnswer, Payment
from billing.rules.intake import digest_of, prefix_of
from consumers.models import Consumer

NOBODYS = digest_of("")


def find_key(secret: str) -> ApiKey | None:
    """The active key that ``secret`` is, compared in constant time; one statement."""
    if not (secret.isascii() and secret.isprintable()):
        return None
    digest = digest_of(secret)
    alike = list(ApiKey.objects.filter(prefix=prefix_of(secret), is_active=True))
    found = None
    for each in alike:
        if hmac.compare_digest(each.digest, digest):
            found = each
    if not alike:
        hmac.compare_digest(NOBODYS, digest)  # as long as for a key of which only a part is right
    return found


def answer_under(api_key: int, key: str) -> IntakeAnswer | None:
    """What this gateway was answered under this key of its own, or None."""
    return IntakeAnswer.objects.filter(api_key=api_key, key=key).first()


def consumer_with(account_number: str) -> int | None:
    """The consumer with this account number, exactly as it stands on a bill, or None.

    Whoever pays for an account that was merged pays for the one that goes on instead.
    """
    found = Consumer.objects.filter(account_number=account_number)
    return found.values_list(Coalesce("merged_into", "pk"), flat=True).first()


def told_payment(number: str, *, to: ApiKey) -> int | None:
    """The payment of which this gateway told us, or None when there is none for it.

    What was told under a key that is retired may be settled by every other: keys are exchanged.
    """
    told = IntakeAnswer.objects.filter(
        Q(api_key=to) | Q(api_key__is_active=False),
        payment__number=number,
        payment__source=PaymentSource.GATEWAY,
    )
    return told.values_list("payment", flat=True).first()


def told_as(payment: Payment, *, account_number: str, currency: str) -> dict[str, str]:
    """A payment as a gateway is told of it; moments in UTC."""
    return {
        "number": payment.number,
        "status": payment.state,
        "account_number": account_number,
        "amount": f"{payment.amount:.2f}",
        "currency": currency,
        "method": payment.method,
        "reference": payment.reference,
        "paid_on": payment.paid_on.isoformat(),
        "failure": payment.failure,
        "recorded_at": payment.recorded_at.isoformat(timespec="seconds"),
        "settled_at": (
            payment.settled_at.isoformat(timespec="seconds") if payment.settled_at else ""
        ),
    }
