"""Who is told what about money."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Q
from django.urls import reverse

from billing.models import Arrangement, CreditNote, Invoice, Payment
from billing.queries.final_bills import BILL_SENT, sent_key
from billing.rules.arrangements import Part
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
            **_addressed(payment.number, consumer),
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
def bill_taken_back(
    note: CreditNote, bill: Invoice, consumer: Consumer, *, outstanding: Decimal, at: datetime
) -> None:
    """The consumer learns that a bill need not be paid any more; always, as they had the bill."""
    currency = get_utility().currency
    send_from_template(
        case=bill.case_id,
        consumer=consumer.pk,
        code="bill.taken_back",
        values={
            **_addressed(note.number, consumer),
            "invoice": str(bill),
            "amount": shown_money(bill.billed, currency),
            "outstanding": shown_money(max(Decimal("0.00"), outstanding), currency),
        },
        to=consumer.email,
        notifies=True,
        at=at,
        dedupe_key=f"bill.taken_back:{note.number}",
    )


@step
def arrangement_made(
    arrangement: Arrangement, consumer: Consumer, parts: Sequence[Part], *, at: datetime
) -> None:
    """The consumer has in writing what was agreed, if they have an e-mail address."""
    currency = get_utility().currency
    send_from_template(
        case=None,
        consumer=consumer.pk,
        code="arrangement.made",
        values={
            **_addressed(arrangement.number, consumer),
            "amount": shown_money(arrangement.total, currency),
            "instalments": "\n".join(
                f"{shown_date(part.due_on)}: {shown_money(part.amount, currency)}" for part in parts
            ),
        },
        to=consumer.email,
        notifies=bool(consumer.email),
        at=at,
        dedupe_key=f"arrangement.made:{arrangement.number}",
    )


def _addressed(number: str, consumer: Consumer) -> dict[str, str]:
    """What every letter about money says of itself and of its reader."""
    return {
        "number": number,
        "consumer_name": consumer.name,
        "account_number": consumer.account_number,
    }


@step
def arrangement_broken(
    arrangement: Arrangement, missed_on: date, *, outstanding: Decimal, at: datetime
) -> None:
    """The consumer, recovery, and whoever agreed it, learn that an instalment was not paid."""
    consumer, currency = arrangement.consumer, get_utility().currency
    send_from_template(
        case=None,
        consumer=consumer.pk,
        code="arrangement.broken",
        values={
            **_addressed(arrangement.number, consumer),
            "due_on": shown_date(missed_on),
            "outstanding": shown_money(max(Decimal("0.00"), outstanding), currency),
        },
        to=consumer.email,
        notifies=bool(consumer.email),
        at=at,
        dedupe_key=f"arrangement.broken:{arrangement.number}",
    )
    who = Q(groups__name=Role.RECOVERY.value) | Q(pk=arrangement.made_by_id)
    notify_staff(
        people=Person.objects.filter(who, is_active=True).distinct(),
        sentence=f"{arrangement.number} is broken: {shown_date(missed_on)} passed unpaid",
        path=reverse("consumer_financial", args=[consumer.account_number]),
        at=at,
        dedupe_key=f"arrangement-broken:{arrangement.number}",
        is_urgent=True,
    )
