"""The forms about money: a payment, what came of it, a refund, a deposit; and of a settlement."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField

from billing.choices import DepositPlan, PaymentMethod, RefundFrom
from billing.queries.final_bills import MeterLine
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
from billing.rules.readings import ReadingWish
from consumers.choices import ReadingException
from consumers.rules.readings import DECIMALS, shown_value
from smart360.kernel.money import CENT
from smart360.kernel.text import REQUIRED
from smart360.web.amounts import MoneyField, PlainNumberField
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


# ------------------------------------------------------------------ the settlement of a request
class DepositUseForm(forms.Form):
    """The switch "Use in bill": what it is to be, and what the page showed."""

    uses_deposit = CodeField(label="Use in bill", choices=[("yes", "On"), ("no", "Off")])
    version = forms.IntegerField(label="Version", min_value=0, max_value=2**31 - 1)


class DepositPlanForm(forms.Form):
    """What becomes of a deposit that the bill does not use."""

    plan = CodeField(label="The deposit", choices=DepositPlan.choices, widget=forms.RadioSelect)
    by_day = IsoDateField(label="To be done by")
    version = forms.IntegerField(
        label="Version", min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "plan-%s")
        super().__init__(*args, **kwargs)


class AdjustmentForm(forms.Form):
    """A sum that is added to a final bill, or taken off it."""

    amount = MoneyField(
        label="Amount",
        may_be_negative=True,
        help_text="Below zero takes it off the bill, such as -25.00",
    )
    reason = ShownTextField(label="Reason", at_most=LONGEST_REASON, is_one_line=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "adjustment-%s")
        super().__init__(*args, **kwargs)


EXCEPTIONS = [
    ("", "No"),
    (ReadingException.ROLLOVER.value, ReadingException.ROLLOVER.label),
    (ReadingException.REPLACEMENT.value, ReadingException.REPLACEMENT.label),
]


@dataclass(frozen=True)
class ReadingFields:
    """The fields of one service in the readings form, with its meter as it is."""

    line: MeterLine
    meter_number: BoundField
    value: BoundField
    read_on: BoundField
    has_no_consumption: BoundField
    exception: BoundField | None
    confirms_unusual: BoundField | None

    @property
    def device_id(self) -> str:
        """Where the device fills itself in."""
        return f"device-{self.line.service.service_connection}"

    @property
    def is_billed_earlier(self) -> bool:
        """Whether the bill counts from another reading than the newest one on record."""
        base, previous = self.line.service.base, self.line.service.previous
        return base is not None and previous is not None and base.value != previous.value


class FinalReadingsForm(forms.Form):
    """The final readings of all services of a request; a service left blank is not entered.

    A field's name has its service before it, as in `ReadingWish.field`.
    """

    def __init__(
        self,
        *args: Any,
        meters: Sequence[MeterLine],
        today: date,
        is_supervisor: bool,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("auto_id", "reading-%s")
        super().__init__(*args, **kwargs)
        self.meters = [line for line in meters if line.service.meter is not None]
        self.is_supervisor = is_supervisor
        for line in self.meters:
            self._add(line, today)

    def _add(self, line: MeterLine, today: date) -> None:
        service, entered = line.service, line.entered
        name, meter = f"{service.service_connection}-", service.meter
        assert meter is not None  # others have no fields
        read_on = IsoDateField(
            label="Reading date", required=False, initial=entered.read_on if entered else today
        )
        read_on.widget.attrs["max"] = today.isoformat()
        exception = entered.exception if entered else ""
        fields: dict[str, forms.Field] = {
            "meter_number": ShownTextField(
                label="Meter number", required=False, at_most=40, is_one_line=True,
                initial=meter.number if entered else "",
            ),
            "value": PlainNumberField(
                label=f"Last reading in {meter.unit}", required=False,
                max_digits=12, decimal_places=DECIMALS,
                initial=shown_value(entered.value) if entered else None,
            ),
            "read_on": read_on,
            "has_no_consumption": TickField(
                label="No consumption since the previous reading",
                initial=exception == ReadingException.NO_CONSUMPTION,
            ),
            "confirms_unusual": TickField(
                label="Far above usual, and it is right",
                initial=bool(entered and entered.is_unusual),
            ),
        }  # fmt: skip
        if self.is_supervisor:
            fields["exception"] = CodeField(
                label="The meter shows less than before",
                choices=EXCEPTIONS,
                required=False,
                initial=exception if exception in dict(EXCEPTIONS) else "",
            )
        for field, made in fields.items():
            self.fields[f"{name}{field}"] = made

    def rows(self) -> Iterator[ReadingFields]:
        """The services, for the template."""
        for line in self.meters:
            name = f"{line.service.service_connection}-"
            confirms = self[f"{name}confirms_unusual"]
            is_asked = bool(confirms.errors) or bool(confirms.value())
            yield ReadingFields(
                line=line,
                meter_number=self[f"{name}meter_number"],
                value=self[f"{name}value"],
                read_on=self[f"{name}read_on"],
                has_no_consumption=self[f"{name}has_no_consumption"],
                exception=self[f"{name}exception"] if self.is_supervisor else None,
                confirms_unusual=confirms if is_asked else None,
            )

    def clean(self) -> dict[str, Any]:
        """At least one service has something to enter."""
        cleaned: dict[str, Any] = super().clean() or {}
        if self.meters and not self.errors and not any(self._is_typed(n) for n in self._names()):
            self.add_error(f"{self._names()[0]}meter_number", REQUIRED)
        return cleaned

    def wishes(self) -> tuple[ReadingWish, ...]:
        """What was typed, for the operation; what is entered already so is left out."""
        return tuple(
            wish
            for line, name in zip(self.meters, self._names(), strict=True)
            if self._is_typed(name) and not _is_entered(wish := self._wish(line, name), line)
        )

    def _names(self) -> list[str]:
        return [f"{line.service.service_connection}-" for line in self.meters]

    def _is_typed(self, name: str) -> bool:
        typed = self.cleaned_data
        return bool(typed.get(f"{name}meter_number")) or typed.get(f"{name}value") is not None

    def _wish(self, line: MeterLine, name: str) -> ReadingWish:
        typed = self.cleaned_data
        return ReadingWish(
            service_connection=line.service.service_connection,
            meter_number=typed[f"{name}meter_number"],
            value=typed[f"{name}value"],
            read_on=typed[f"{name}read_on"],
            has_no_consumption=typed[f"{name}has_no_consumption"],
            exception=typed.get(f"{name}exception", ""),
            confirms_unusual=typed[f"{name}confirms_unusual"],
        )


def _is_entered(wish: ReadingWish, line: MeterLine) -> bool:
    """Whether the reading stands there already, exactly so."""
    entered, meter = line.entered, line.service.meter
    if entered is None or meter is None:
        return False
    exception = wish.exception or (
        ReadingException.NO_CONSUMPTION if wish.has_no_consumption else ReadingException.NONE
    )
    return (
        wish.meter_number.upper() == meter.number.upper()
        and (wish.value, wish.read_on) == (entered.value, entered.read_on)
        and exception == entered.exception
    )


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
