"""Who is told what about money."""

from datetime import datetime
from decimal import Decimal

from billing.models import Payment
from consumers.models import Consumer
from smart360.comms.outbox import send_from_template
from smart360.kernel.db import step
from smart360.organisation.queries import get_utility
from smart360.web.formats import shown_date, shown_money


@step
def payment_received(
    payment: Payment, consumer: Consumer, *, outstanding: Decimal, at: datetime
) -> None:
    """The consumer learns that their money has come, if they have an e-mail address."""
    currency = get_utility().currency
    send_from_template(
        case=None,
        consumer=consumer.pk,
        code="payment.received",
        values={
            "number": payment.number,
            "consumer_name": consumer.name,
            "account_number": consumer.account_number,
            "amount": shown_money(payment.amount, currency),
            "paid_on": shown_date(payment.paid_on),
            "payment_method": payment.get_method_display(),
            "outstanding": shown_money(max(Decimal("0.00"), outstanding), currency),
        },
        to=consumer.email,
        notifies=bool(consumer.email),
        at=at,
        dedupe_key=f"payment.received:{payment.number}",
    )
