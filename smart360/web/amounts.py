"""Form fields for sums of money and for readings: plain digits with a point, nothing else.

Django's own takes ``1_000``, full-width digits, ``1e3`` and ``NaN`` (bad-inputs.md 62 to 67, 85).
"""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

NOT_A_NUMBER = "Enter a number."
WITH_EXAMPLE = "Enter a number without sign or comma, such as 1234.50"
TOO_LARGE = "Amount is above the limit"

_PLAIN = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?")


class PlainNumberField(forms.DecimalField):
    """A number as it is written on paper: ASCII digits and at most one point."""

    default_error_messages = {"invalid": NOT_A_NUMBER}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal"}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        """The number as `Decimal`, None when empty."""
        if value in self.empty_values:
            return None
        text = str(value).strip()
        if not _PLAIN.fullmatch(text):
            is_dressed = any(sign in text for sign in ",$€£₹") or re.search(r"\d\s+[A-Z]{3}", text)
            sentence = WITH_EXAMPLE if is_dressed else NOT_A_NUMBER
            raise ValidationError(sentence, code="invalid")
        return Decimal(text)


class MoneyField(PlainNumberField):
    """A sum above zero with at most two decimal places, up to ``limit``."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("decimal_places", 2)
        self.limit = kwargs.pop("limit", Decimal("9999999999.99"))
        self.may_be_negative = kwargs.pop("may_be_negative", False)
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Decimal | None:
        """The sum. Says which rule it breaks."""
        amount: Decimal | None = super().clean(value)
        if amount is None:
            return None
        if abs(amount) > self.limit:
            raise ValidationError(TOO_LARGE, code="too_large")
        if amount == 0 or (amount < 0 and not self.may_be_negative):
            raise ValidationError("Enter an amount above 0.00", code="not_positive")
        return amount
