"""The forms about money: a payment, what came of it, a refund, a deposit."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField

from billing.choices import PaymentMethod, RefundFrom
from billing.rules.arrangements import (
    IN_THE_PAST,
    LONGEST,
    MOST_PARTS,
    TOO_LATE,
    TOO_SMALL,
    ArrangementWish,
    Part,
    equal_parts,
)
from billing.rules.payments import (
    LONGEST_REFERENCE,
    WITHOUT_REFERENCE,
    DepositWish,
    PaymentWish,
    RefundWish,
)
from smart360.kernel.money import CENT
from smart360.kernel.text import REQUIRED
from smart360.web.amounts import MoneyField
from smart360.web.fields import (
    CodeField,
    IsoDateField,
    PlainDateField,
    ShownTextField,
    TickField,
)

LONGEST_REASON = 250
LONGEST_FAILURE = 120
MOST = Decimal("999999999999.99")  # what the tables hold; the policy's limit is asked for later


class PaymentForm(forms.Form):
    """A payment at the desk."""

    amount = MoneyField(label="Amount", limit=MOST)
    method = CodeField(
        label="Payment method", choices=[("", "Choose a method"), *PaymentMethod.choices]
    )
    paid_on = IsoDateField(label="Paid on")
    reference = ShownTextField(
        label="Reference",
        required=False,
        at_most=LONGEST_REFERENCE,
        is_one_line=True,
        help_text="Of the bank, the card slip or the cheque. Cash needs none.",
    )
    is_waited_for = TickField(
        label="The cheque has still to clear",
        help_text="The payment is Pending until the bank has cleared it.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "payment-%s")
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        """All but cash have a reference; only a cheque is waited for."""
        cleaned: dict[str, Any] = super().clean() or {}
        method = cleaned.get("method", "")
        has_none = "reference" not in self.errors and not cleaned.get("reference")
        if method not in ("", PaymentMethod.CASH) and has_none:
            self.add_error("reference", WITHOUT_REFERENCE)
        if cleaned.get("is_waited_for") and method not in ("", PaymentMethod.CHEQUE):
            self.add_error("is_waited_for", "Only a cheque is waited for")
        return cleaned

    def wish(self, consumer: int) -> PaymentWish:
        """What was typed, for the operation."""
        typed = self.cleaned_data
        return PaymentWish(
            consumer=consumer,
            amount=typed["amount"],
            method=typed["method"],
            paid_on=typed["paid_on"],
            reference=typed["reference"],
            has_come=not typed["is_waited_for"],
        )


class SettleForm(forms.Form):
    """What became of a cheque."""

    outcome = CodeField(
        label="The cheque",
        choices=[("CLEARED", "has cleared"), ("FAILED", "was not paid")],
        widget=forms.RadioSelect,
    )
    failure = ShownTextField(
        label="Why it failed", required=False, at_most=LONGEST_FAILURE, is_one_line=True
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "settle-%s")
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        """A failure says why."""
        cleaned: dict[str, Any] = super().clean() or {}
        is_failure = cleaned.get("outcome") == "FAILED"
        if is_failure and "failure" not in self.errors and not cleaned.get("failure"):
            self.add_error("failure", REQUIRED)
        return cleaned


class ReasonForm(forms.Form):
    """Why a payment is reversed, or a refund rejected."""

    reason = ShownTextField(
        label="Reason", at_most=LONGEST_REASON, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "reason-%s")
        super().__init__(*args, **kwargs)


class RefundForm(forms.Form):
    """A refund to propose."""

    source = CodeField(label="Refund of", choices=RefundFrom.choices, widget=forms.RadioSelect)
    amount = MoneyField(label="Amount", limit=MOST)
    method = CodeField(label="Refund by", choices=[("", "Choose a method"), *PaymentMethod.choices])
    reason = ShownTextField(
        label="Reason", at_most=LONGEST_REASON, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "refund-%s")
        super().__init__(*args, **kwargs)

    def wish(self, consumer: int) -> RefundWish:
        """What was typed, for the operation."""
        return RefundWish(consumer=consumer, **self.cleaned_data)


class DepositForm(forms.Form):
    """A security deposit that was paid."""

    amount = MoneyField(label="Amount", limit=MOST)
    received_on = IsoDateField(label="Received on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "deposit-%s")
        super().__init__(*args, **kwargs)

    def wish(self, consumer: int) -> DepositWish:
        """What was typed, for the operation."""
        return DepositWish(consumer=consumer, **self.cleaned_data)


class BillingRunForm(forms.Form):
    """The days that a billing run bills."""

    period_from = PlainDateField(label="First day")
    period_to = PlainDateField(label="Last day")


class DivideForm(forms.Form):
    """What is to be paid in how many equal monthly instalments, the first of them when."""

    total = MoneyField(label="Amount to be paid")
    count = CodeField(
        label="Number of instalments",
        choices=[(str(number), str(number)) for number in range(1, MOST_PARTS + 1)],
    )
    first_on = IsoDateField(label="First instalment due on")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "arrangement-%s")
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_first_on(self) -> date:
        """A day from today on, within a year."""
        first_on: date = self.cleaned_data["first_on"]
        if first_on < self.today:
            raise ValidationError(IN_THE_PAST)
        if first_on > self.today + LONGEST:
            raise ValidationError(TOO_LATE)
        return first_on

    def clean(self) -> dict[str, Any]:
        """Each instalment is a cent at least."""
        cleaned: dict[str, Any] = super().clean() or {}
        total, count = cleaned.get("total"), cleaned.get("count")
        if total and count and total < CENT * int(count):
            self.add_error("count", TOO_SMALL)
        return cleaned

    @property
    def divided(self) -> tuple[Part, ...]:
        """The equal instalments, once the form is valid."""
        typed = self.cleaned_data
        return equal_parts(typed["total"], int(typed["count"]), typed["first_on"])


class ArrangementForm(DivideForm):
    """A payment arrangement: the same with a row for each instalment."""

    def __init__(self, *args: Any, rows: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row_numbers = range(1, rows + 1)
        for row in self.row_numbers:
            self.fields[f"due_on_{row}"] = IsoDateField(label=f"Instalment {row} due on")
            self.fields[f"amount_{row}"] = MoneyField(label=f"Amount of instalment {row}")

    def clean_first_on(self) -> date:
        """What was divided by; the rows say when each instalment is due."""
        first_on: date = self.cleaned_data["first_on"]
        return first_on

    @property
    def rows(self) -> list[tuple[int, BoundField, BoundField]]:
        """Number, day and amount of each instalment."""
        return [(row, self[f"due_on_{row}"], self[f"amount_{row}"]) for row in self.row_numbers]

    def wish(self, consumer: int) -> ArrangementWish:
        """What was typed, for the operation."""
        typed = self.cleaned_data
        return ArrangementWish(
            consumer=consumer,
            total=typed["total"],
            parts=tuple(
                Part(typed[f"due_on_{row}"], typed[f"amount_{row}"]) for row in self.row_numbers
            ),
        )
