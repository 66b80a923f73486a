"""Form fields that take exactly what our pages send, and say the house's sentences about the rest.

Django's own fields are lenient: a date field takes ``1/2/26`` and full-width digits, a time field
``9:5``, a box any word for yes. These do not (bad-inputs.md §2–§4).
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Mapping
from datetime import date, time
from typing import Any

from django import forms
from django.core.exceptions import BadRequest, ValidationError
from django.core.validators import MaxLengthValidator, MinLengthValidator
from django.http import QueryDict

from smart360.kernel.errors import Refusal
from smart360.kernel.text import (
    NOT_OFFERED,
    REQUIRED,
    UNSHOWN_SENTENCE,
    is_blank,
    key_in,
    one_line_endings,
    why_unshowable,
)

NOT_A_DATE = "Enter a valid date."
NOT_A_TIME = "Enter a valid time."
EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)
NOT_OF_THESE_CENTURIES = "Enter a valid date from 1900 to 2199."

_ISO_DATE = re.compile(r"([0-9]{4,6})-([0-9]{2})-([0-9]{2})")
_ISO_TIME = re.compile(r"([0-9]{2}):([0-9]{2})")


def shown_text(value: str) -> None:
    """Refuse text that cannot be shown as typed, or that only looks like text.

    For Django's own text fields, as validator; ours is ``ShownTextField``.
    """
    if sentence := why_unshowable(value):
        raise ValidationError(sentence)
    if value and is_blank(value):
        raise ValidationError(REQUIRED)


class ShownTextField(forms.CharField):
    """Text as typed: trimmed, composed, with LF line ends, and nothing in it that cannot be shown.

    ``at_least`` and ``at_most`` count code points of that form, as the page's counter does.
    ``is_one_line`` refuses line feeds and tabs too.
    """

    def __init__(
        self,
        *,
        at_least: int | None = None,
        at_most: int | None = None,
        is_one_line: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.is_one_line = is_one_line
        self.validators = []  # Django's own refuse NUL too late, after the length
        if at_least is not None:
            self.validators.append(MinLengthValidator(at_least))
        if at_most is not None:
            self.validators.append(MaxLengthValidator(at_most))

    def to_python(self, value: Any) -> str:
        """The text as it is counted and stored; empty when a reader would see nothing."""
        text = one_line_endings("" if value is None else str(value))
        why = why_unshowable(text)
        if not why and self.is_one_line and re.search(r"[\n\t]", text):
            why = UNSHOWN_SENTENCE
        if why:
            raise ValidationError(why, code="unshowable")
        return "" if is_blank(text) else text.strip()


class IsoDateField(forms.DateField):
    """A date as a date picker sends it: ``2026-12-15`` in ASCII digits, nothing else.

    A picker can send years beyond 9999; they are the last day there is, so that the form's own
    limit answers them.
    """

    default_error_messages = {"invalid": NOT_A_DATE}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> date | None:
        """The date, None when empty."""
        if value in self.empty_values:
            return None
        if isinstance(value, date):
            return value
        found = _ISO_DATE.fullmatch(str(value))
        try:
            if found is None:
                raise ValueError
            year, month, day = (int(part) for part in found.groups())
            if year > date.max.year:
                date(2000, month, day)
                return date.max
            return date(year, month, day)
        except ValueError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None


class PlainDateField(IsoDateField):
    """A date in a form that sets no limit of its own: a year of these three centuries.

    What else can be typed is a slip (``0024-12-10``), and a year at either end of what a date can
    say cannot be counted from.
    """

    def to_python(self, value: Any) -> date | None:
        """The date, None when empty."""
        found = super().to_python(value)
        if isinstance(value, str) and found is not None and not EARLIEST <= found <= LATEST:
            raise ValidationError(NOT_OF_THESE_CENTURIES, code="invalid")
        return found


class ClockTimeField(forms.TimeField):
    """A time of day as a time picker sends it: ``09:30`` in ASCII digits, nothing else."""

    default_error_messages = {"invalid": NOT_A_TIME}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TimeInput(format="%H:%M", attrs={"type": "time"}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> time | None:
        """The time, None when empty."""
        if value in self.empty_values:
            return None
        if isinstance(value, time):
            return value
        found = _ISO_TIME.fullmatch(str(value))
        try:
            if found is None:
                raise ValueError
            return time(int(found[1]), int(found[2]))
        except ValueError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None


class TickInput(forms.CheckboxInput):
    """A box that hands on what was really sent."""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        """The raw value; None when the box was not ticked."""
        return data.get(name)


class TickField(forms.Field):
    """A box: absent is no, ``on`` is yes, anything else is refused (bad-inputs.md 34)."""

    widget = TickInput
    default_error_messages = {"invalid": NOT_OFFERED}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        super().__init__(**kwargs)

    def clean(self, value: Any) -> bool:
        """Whether the box was ticked."""
        if value in (None, "on", True, False):
            return value in ("on", True)
        raise ValidationError(self.error_messages["invalid"], code="invalid")


class KeyField(forms.ChoiceField):
    """One row, chosen by its primary key.

    Without ``choices`` any key is taken: the operation decides whether it is one of those offered.
    """

    default_error_messages = {"invalid_choice": NOT_OFFERED}

    def __init__(self, **kwargs: Any) -> None:
        self.is_open = "choices" not in kwargs
        super().__init__(**kwargs)

    def offer(self, choices: Iterable[tuple[str, str]]) -> None:
        """Take only these from now on."""
        self.choices = list(choices)
        self.is_open = False

    def to_python(self, value: Any) -> Any:
        """The key as text, ``""`` when nothing was chosen."""
        return "" if value in self.empty_values else str(value)

    def valid_value(self, value: str) -> bool:
        """Whether this is a key at all, and one of those offered."""
        return key_in(value) is not None and (self.is_open or super().valid_value(value))

    def clean(self, value: Any) -> int | None:
        """The key, None when nothing was chosen."""
        chosen: str = super().clean(value)
        return int(chosen) if chosen else None


class KeysField(forms.MultipleChoiceField):
    """Several rows, chosen by their primary keys; without ``choices`` any keys are taken."""

    widget = forms.CheckboxSelectMultiple
    default_error_messages = {"invalid_choice": NOT_OFFERED, "invalid_list": NOT_OFFERED}

    def __init__(self, **kwargs: Any) -> None:
        self.is_open = "choices" not in kwargs
        super().__init__(**kwargs)

    def offer(self, choices: Iterable[tuple[str, str]]) -> None:
        """Take only these from now on."""
        self.choices = list(choices)
        self.is_open = False

    def valid_value(self, value: str) -> bool:
        """Whether this is a key at all, and one of those offered."""
        return key_in(value) is not None and (self.is_open or super().valid_value(value))

    def clean(self, value: Any) -> tuple[int, ...]:
        """The keys, each once, in the order in which they came."""
        return tuple(dict.fromkeys(int(key) for key in super().clean(value)))


class CodeField(forms.ChoiceField):
    """One of a fixed list of stored codes."""

    default_error_messages = {"invalid_choice": NOT_OFFERED}


def posted_form_key(post: QueryDict) -> uuid.UUID:
    """The one-time key of the form. Raises `BadRequest` (400): our forms always send one."""
    key = post.get("form_key", "")
    try:
        if not re.fullmatch(r"[0-9a-fA-F-]{36}", key):
            raise ValueError
        return uuid.UUID(key)
    except ValueError:
        raise BadRequest("the form has no key") from None


def form_key_if_sent(post: QueryDict) -> uuid.UUID | None:
    """The one-time key of a button that may come without one, as from a page of the day before.

    Raises `BadRequest` for one that is no key.
    """
    return posted_form_key(post) if "form_key" in post else None


def put_beside(form: forms.BaseForm, refusal: Refusal, *, field: str | None = None) -> None:
    """Say what an operation refused at its field, or above the form when it has no such field.

    ``field`` is what the form calls it, where that is not what the operation calls it.
    """
    name = refusal.field if field is None else field
    form.add_error(name if name in form.fields else None, refusal.sentence)
