"""The strict form fields: what our pages send, and nothing else (bad-inputs.md §2–§4)."""

import unicodedata
import uuid
from datetime import date, time

import pytest
from django import forms
from django.core.exceptions import BadRequest, ValidationError
from django.http import QueryDict

from smart360.kernel.errors import Refusal
from smart360.kernel.text import NULL_SENTENCE, UNSHOWN_SENTENCE
from smart360.web.fields import (
    ClockTimeField,
    IsoDateField,
    KeyField,
    KeysField,
    PlainDateField,
    ShownTextField,
    TickField,
    posted_form_key,
    put_beside,
)


def refused(field: forms.Field, value: object) -> list[str]:
    with pytest.raises(ValidationError) as error:
        field.clean(value)
    return list(error.value.messages)


NOTES = ShownTextField(at_most=250, required=False)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("W" * 250, "W" * 250),
        ("  two  words \r\nnext line ", "two  words \nnext line"),
        (unicodedata.normalize("NFD", "é" * 250), "é" * 250),
        ("<b>x</b> {{ settings.SECRET_KEY }}", "<b>x</b> {{ settings.SECRET_KEY }}"),
        ("=HYPERLINK(1)", "=HYPERLINK(1)"),
        ("a\tb", "a\tb"),
        ("\u200d\u2003", ""),
        (None, ""),
    ],
)
def test_text_is_kept_as_typed(typed: str | None, kept: str) -> None:
    assert NOTES.clean(typed) == kept


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("x" * 251, "Ensure this value has at most 250 characters (it has 251)."),
        ("👨‍👩‍👧‍👦" * 250, "Ensure this value has at most 250 characters (it has 1750)."),
        ("a\0b", NULL_SENTENCE),
        ("\0" * 300, NULL_SENTENCE),
        ("abc\u202edef", UNSHOWN_SENTENCE),
        ("abc\x07", UNSHOWN_SENTENCE),
        ("\x1f", UNSHOWN_SENTENCE),
        ("a" + "\u0301" * 10_000, UNSHOWN_SENTENCE),
    ],
)
def test_text_is_refused_with_one_sentence(typed: str, sentence: str) -> None:
    assert refused(NOTES, typed) == [sentence]


def test_required_text_of_blanks_is_missing() -> None:
    assert refused(ShownTextField(), " \u3000\u200d ") == ["This field is required."]


def test_text_of_one_line_takes_no_line_feed() -> None:
    assert refused(ShownTextField(is_one_line=True), "a\nb") == [UNSHOWN_SENTENCE]


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2026-12-15", date(2026, 12, 15)),
        ("2028-02-29", date(2028, 2, 29)),
        ("9999-12-31", date.max),
        ("10000-01-01", date.max),
    ],
)
def test_a_date_is_taken_as_a_picker_sends_it(typed: str, day: date) -> None:
    assert IsoDateField().clean(typed) == day


@pytest.mark.parametrize(
    "typed",
    [
        "2026-02-30",
        "2026-13-01",
        "0000-00-00",
        "٢٠٢٦-١٢-١٥",
        "２０２６-12-15",
        "Dec 15 2026",
        "12/15/2026",
        "1/2/26",
        "26-1-2",
        "2.3.2026",
        "2026-1-2",
        " 2026-01-02",
        "2026-01-02T00:00",
        "2026-12-15\n",
        "20261215",
        "10000-02-31",
        "9999999-01-01",
    ],
)
def test_no_other_date_is_taken(typed: str) -> None:
    """Bad input 42."""
    assert refused(IsoDateField(), typed) == ["Enter a valid date."]
    assert refused(PlainDateField(), typed) == ["Enter a valid date."]


def test_where_no_limit_answers_there_are_three_centuries() -> None:
    for typed in ("1900-01-01", "2199-12-31"):
        assert PlainDateField().clean(typed) == date.fromisoformat(typed)
    for typed in ("0001-01-01", "0024-12-10", "1899-12-31", "2200-01-01", "9999-12-31"):
        assert refused(PlainDateField(), typed) == ["Enter a valid date from 1900 to 2199."], typed
    assert refused(PlainDateField(), "10000-01-01") == ["Enter a valid date from 1900 to 2199."]
    assert PlainDateField(required=False).clean("") is None


@pytest.mark.parametrize(
    ("typed", "moment"), [("00:00", time(0)), ("09:30", time(9, 30)), ("23:59", time(23, 59))]
)
def test_a_time_is_taken_as_a_picker_sends_it(typed: str, moment: time) -> None:
    assert ClockTimeField().clean(typed) == moment
    assert ClockTimeField(required=False).clean("") is None


@pytest.mark.parametrize(
    "typed",
    [
        "9:5", "9:30", "09:3", "9", "930", "0930", "09.30", "09:30:00", "09:30:15.5", "24:00",
        "09:60", "25:00", "-1:00", "９:３０", "٠٩:٣٠", "09:30\n", " 09:30", "09:30 PM", "9 PM",
        "09:30+01:00",
    ],
)  # fmt: skip
def test_no_other_time_is_taken(typed: str) -> None:
    assert refused(ClockTimeField(), typed) == ["Enter a valid time."]


@pytest.mark.parametrize(("sent", "is_on"), [(None, False), ("on", True)])
def test_a_box_is_absent_or_on(sent: str | None, is_on: bool) -> None:
    """Bad input 34."""
    assert TickField().clean(sent) is is_on


@pytest.mark.parametrize("sent", ["false", "true", "maybe", "", "On", "1"])
def test_a_box_takes_no_other_word(sent: str) -> None:
    """Bad input 34."""
    assert refused(TickField(), sent) == ["Select a valid choice."]


def test_a_box_gets_what_was_really_sent() -> None:
    class Notify(forms.Form):
        notifies = TickField()

    assert Notify({"notifies": "false"}).errors == {"notifies": ["Select a valid choice."]}
    assert Notify({}).is_valid()


@pytest.mark.parametrize("sent", ["abc", "-1", "0", "1" + "0" * 20, "१", "1_0", " 1", "1.0"])
def test_a_key_is_a_plain_number(sent: str) -> None:
    """Bad input 22."""
    assert refused(KeyField(), sent) == ["Select a valid choice."]


def test_a_key_is_one_of_those_offered() -> None:
    field = KeyField()
    assert field.clean("7") == 7
    field.offer([("1", "One")])
    assert field.clean("1") == 1
    assert refused(field, "7") == ["Select a valid choice."]
    assert KeyField(required=False).clean("") is None


def test_keys_come_once_each() -> None:
    assert KeysField().clean(["3", "1", "3"]) == (3, 1)
    assert refused(KeysField(), ["3", "x"]) == ["Select a valid choice."]
    assert refused(KeysField(), []) == ["This field is required."]


@pytest.mark.parametrize("sent", ["", "form_key=", "form_key=abc", "form_key=" + "z" * 36])
def test_a_form_without_its_key_is_malformed(sent: str) -> None:
    """Bad input 33."""
    with pytest.raises(BadRequest):
        posted_form_key(QueryDict(sent))


def test_the_form_key_is_read() -> None:
    key = uuid.uuid4()
    assert posted_form_key(QueryDict(f"form_key={key}")) == key


def test_a_refusal_stands_at_its_field_or_above_the_form() -> None:
    class Dates(forms.Form):
        starts = IsoDateField()

    form = Dates({"starts": "2026-01-05"})
    put_beside(form, Refusal("Too early", field="starts"))
    put_beside(form, Refusal("Too late", field="window"), field="starts")
    put_beside(form, Refusal("Not now", field="window"))
    put_beside(form, Refusal("Not at all"))
    assert form.errors["starts"] == ["Too early", "Too late"]
    assert form.non_field_errors() == ["Not now", "Not at all"]
