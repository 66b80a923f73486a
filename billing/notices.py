"""Who is told what about money."""

from datetime import date, datetime
from decimal import Decimal

from django.db.models import Q
from django.urls import reverse

from billing.models import Arrangement, Invoice, Payment
from billing.queries.final_bills import BILL_SENT, sent_key
from billing.rules.final_bills import BillContent
from consumers.models import Consumer
from smart360.cases.models import Case
from smart360.comms.outbox import notify_staff, send_from_template
from smart360.kernel.db import step
from smart360.organisation.queries import get_utility
from smart360.staff.choices import Role
from smart360.staff.models import Person
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


@step
def bill_sent(case: Case, bill: Invoice, content: BillContent, *, at: datetime) -> None:
    """The final bill goes to the consumer by e-mail, with its PDF; always, the law asks for it."""
    if case.consumer is None:
        return
    currency, sums = get_utility().currency, content.sums
    if sums.due:
        due_on = f" by {shown_date(bill.due_on)}" if bill.due_on else ""
        result = f"Please pay {shown_money(sums.due, currency)}{due_on}."
    elif sums.refund_due:
        result = f"Refund due to you: {shown_money(sums.refund_due, currency)}"
    else:
        result = f"Final amount due: {shown_money(sums.due, currency)}"
    send_from_template(
        case=case.pk,
        consumer=case.consumer_id,
        code=BILL_SENT,
        values={
            "number": case.number,
            "invoice": str(bill),
            "consumer_name": case.consumer.name,
            "account_number": case.consumer.account_number,
            "billed": shown_money(content.billed, currency),
            "outstanding": shown_money(content.outstanding, currency),
            "applied": shown_money(-sums.applied, currency) if sums.applied else "--",
            "result": result,
        },
        to=case.consumer.email,
        notifies=case.notifies_consumer,
        at=at,
        dedupe_key=sent_key(bill.number),
    )


@step
def arrangement_broken(arrangement: Arrangement, missed_on: date, *, at: datetime) -> None:
    """Recovery, and whoever agreed it, learn that an instalment was not paid."""
    who = Q(groups__name=Role.RECOVERY.value) | Q(pk=arrangement.made_by_id)
    account = arrangement.consumer.account_number
    notify_staff(
        people=Person.objects.filter(who, is_active=True).distinct(),
        sentence=f"{arrangement.number} is broken: {shown_date(missed_on)} passed unpaid",
        path=reverse("consumer_financial", args=[account]),
        at=at,
        dedupe_key=f"arrangement-broken:{arrangement.number}",
        is_urgent=True,
    )
