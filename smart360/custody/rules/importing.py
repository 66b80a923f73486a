"""How a file of accounts is read: the columns, what each may hold, and rows put together (CON15).

Pure: a row of text in, an account or the problems of its rows out.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import TextChoices

from consumers.choices import AccountStatus, SupplyState, UtilityType
from consumers.rules.importing import (
    MOST_EARLIER,
    ImportedAccount,
    ImportedMoney,
    ImportedService,
)
from consumers.rules.profiles import NOT_A_PHONE, plain_phone
from smart360.kernel.money import CENT, ZERO
from smart360.kernel.text import REQUIRED, is_blank, one_line_endings, why_unshowable

NOT_A_DATE = "Enter a valid date, such as 2024-01-15."
IN_FUTURE = "The date cannot be in the future."
TOO_LATE = "The date cannot be more than a year from now."
NOT_AN_AMOUNT = "Enter an amount, such as 84.20, with at most two decimals."
A_YEAR = timedelta(days=366)
TICKS = {"yes": True, "y": True, "true": True, "1": True}
TICKS |= {"no": False, "n": False, "false": False, "0": False, "": False}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the file."""

    name: str
    meaning: str
    example: str
    is_required: bool = False
    longest: int = 200


ACCOUNT_COLUMNS = (
    Column(
        "account_number",
        "The account's number, unique",
        "ACC-2024-001789",
        is_required=True,
        longest=40,
    ),
    Column("name", "Person or firm", "John Michael Smith", is_required=True, longest=120),
    Column("phone", "Any usual way of writing it", "(555) 123-4567", longest=40),
    Column("email", "E-mail address", "john.smith@email.com", longest=254),
    Column("category", "Must be known to Smart360", "Residential", is_required=True, longest=60),
    Column("subcategory", "Must be known within the category", "Standard", longest=60),
    Column("vip", "yes or no; empty means no", "no", longest=5),
    Column("status", "Active (if empty), Inactive, Pending, Disconnected, Collection", "Active"),
    Column("registered_on", "Customer since, year-month-day", "2024-01-15", is_required=True),
    Column("billing_address", "Empty: the same as the service address", "PO Box 12, Springfield"),
    Column("opening_balance", "What is owed at the go-live; below 0: a credit", "84.20"),
    Column("balance_on", "The day of that balance; needed with a balance", "2024-11-30"),
    Column("balance_due_on", "Since when it is due; empty: the day of the balance", "2024-11-15"),
    Column("deposit", "The security deposit held", "150.00"),
    Column("deposit_on", "The day it was received; needed with a deposit", "2024-01-15"),
)
SERVICE_COLUMNS = (
    Column("utility", "Electricity, Water or Gas; empty: no service on this row", "Electricity"),
    Column("service_address", "Where it is supplied; needed with a utility", "123 Oak Street"),
    Column("area", "Any division of the town", "North", longest=60),
    Column(
        "supply_state", "Connected (if empty), Disconnected temporarily or for good", "Connected"
    ),
    Column("connected_on", "Empty: the day of registration", "2024-01-15"),
    Column("meter_number", "The meter's number, unique", "EM-440017", longest=40),
    Column("device_number", "The number on the device; needs a meter", "D-90557", longest=40),
    Column("meter_type", "Such as Smart, single phase", "Smart, single phase", longest=60),
    Column("model", "The meter's model", "Voltis 3", longest=60),
    Column("unit", "Empty: kWh for electricity, m³ for water and gas", "kWh", longest=10),
    Column("reading", "What the meter showed, a number", "18245"),
    Column("read_on", "The day of the reading; needed with a reading", "2024-11-30"),
    Column(
        "earlier_readings",
        "Those before it, day and value, divided by semicolons",
        "2024-09-30 17690; 2024-10-31 17955",
        longest=26 * MOST_EARLIER,
    ),
)
COLUMNS = ACCOUNT_COLUMNS + SERVICE_COLUMNS
BY_NAME = {column.name: column for column in COLUMNS}
SHARED_COLUMNS = ("meter_number", "device_number")
"""What belongs to one account alone."""

NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9./-]*")
READING = re.compile(r"[0-9]{1,9}(\.[0-9]{1,3})?")
AMOUNT = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,2})?")
ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class RowProblem:
    """Why one row, and with it its whole account, is not taken over."""

    line: int
    account_number: str
    column: str
    sentence: str


Row = tuple[int, Mapping[str, str]]
"""Where a row begins in the file, and its values by column."""

RAGGED = "(row)"
"""Under this name a row says that it has more or fewer values than the header."""


class Wrong(Exception):
    """A value that cannot be taken."""

    def __init__(self, column: str, sentence: str) -> None:
        self.column = column
        self.sentence = sentence
        super().__init__(sentence)


def header_problems(header: Iterable[str]) -> list[str]:
    """What is wrong with the first line of the file, each in a sentence."""
    names = list(header)
    twice = sorted({name for name in names if names.count(name) > 1})
    unknown = [name or "(empty)" for name in dict.fromkeys(names) if name not in BY_NAME]
    missing = [each.name for each in COLUMNS if each.is_required and each.name not in names]
    problems = []
    if missing:
        problems.append(f"Missing columns: {', '.join(missing)}.")
    if unknown:
        problems.append(f"Unknown columns: {', '.join(unknown)}.")
    if twice:
        problems.append(f"Columns that are there twice: {', '.join(twice)}.")
    return problems


def plain(text: str) -> str:
    """A value as it is compared and kept: composed, single blanks, empty when nothing shows.

    >>> plain("  John   Smith ")
    'John Smith'
    """
    text = one_line_endings(text)
    return "" if is_blank(text) else " ".join(text.split())


def number_as_kept(text: str) -> str:
    """The number of an account, meter or device: in upper case when it is one that can be kept.

    Other letters stay as they are, so that no two numbers become one: the upper case of "ß" is
    "SS".

    >>> number_as_kept(" em-440017 "), number_as_kept("ß1")
    ('EM-440017', 'ß1')
    """
    text = plain(text)
    return text.upper() if text.isascii() else text


def account_key(text: str, line: int) -> str:
    """Under which name the rows of one account stand together; a row without one stands alone."""
    return number_as_kept(text) or f"(line {line})"


class AccountReader:
    """Puts the rows of one account together and collects what is wrong with them."""

    def __init__(self, number: str, rows: Sequence[Row], *, region: str, today: date) -> None:
        self.number = number
        self.rows = rows
        self.region = region
        self.today = today
        self.problems: list[RowProblem] = []

    def read(self) -> ImportedAccount | None:
        """The account, or None when any of its rows is wrong."""
        for line, row in self.rows:
            if RAGGED in row:
                self._add(line, RAGGED, row[RAGGED])
        first_line, first = self.rows[0]
        for line, row in self.rows[1:]:
            self._refuse_contradictions(first_line, first, line, row)
        registered_on = self._take(first_line, first, "registered_on")
        account = {
            column.name: self._take(first_line, first, column.name)
            for column in ACCOUNT_COLUMNS
            if column.name != "registered_on"
        }
        money = self._money(first_line, account)
        services = [
            service
            for line, row in self.rows
            if (service := self._service(line, row, registered_on)) is not None
        ]
        self._refuse_repeats(services)
        if self.problems or not isinstance(registered_on, date):
            return None
        return ImportedAccount(
            account_number=self.number,
            name=str(account["name"]),
            phone=str(account["phone"]),
            email=str(account["email"]),
            category=str(account["category"]),
            subcategory=str(account["subcategory"]),
            is_vip=bool(account["vip"]),
            status=str(account["status"]),
            registered_on=registered_on,
            billing_address=str(account["billing_address"]),
            services=tuple(services),
            lines=tuple(line for line, _ in self.rows),
            money=money,
        )

    def _money(self, line: int, found: Mapping[str, object]) -> ImportedMoney:
        """The opening balance and the deposit; nothing of nothing is the same as none."""
        balance, deposit = found["opening_balance"], found["deposit"]
        for amount, days in (
            ("opening_balance", ("balance_on", "balance_due_on")),
            ("deposit", ("deposit_on",)),
        ):
            if found[amount] is None:
                for day in days:
                    if found[day] is not None:
                        self._add(line, amount, f"Needed when {day} is filled in.")
            elif found[amount] and found[days[0]] is None:
                self._add(line, days[0], f"Needed when {amount} is filled in.")
        balance_on, due_on = found["balance_on"], found["balance_due_on"]
        deposit_on = found["deposit_on"]
        owed = balance if isinstance(balance, Decimal) else ZERO
        held = deposit if isinstance(deposit, Decimal) else ZERO
        since = due_on if isinstance(due_on, date) else balance_on
        return ImportedMoney(
            balance=owed,
            balance_on=balance_on if owed and isinstance(balance_on, date) else None,
            due_on=since if owed > 0 and isinstance(since, date) else None,
            deposit=held,
            deposit_on=deposit_on if held and isinstance(deposit_on, date) else None,
        )

    def _refuse_contradictions(
        self, first_line: int, first: Mapping[str, str], line: int, row: Mapping[str, str]
    ) -> None:
        for column in ACCOUNT_COLUMNS[1:]:
            said = row.get(column.name, "").strip()
            if said and said != first.get(column.name, "").strip():
                self._add(line, column.name, f"This differs from line {first_line}.")

    def _refuse_repeats(self, services: list[ImportedService]) -> None:
        places = [(service.utility, service.service_address) for service in services]
        for column in ("meter_number", "device_number"):
            numbers = [n for each in services if (n := getattr(each, column))]
            if len(set(numbers)) < len(numbers):
                self._add(self.rows[-1][0], column, "This number is there twice.")
        if len(set(places)) < len(places):
            self._add(self.rows[-1][0], "utility", "This service is there twice at one address.")

    def _service(
        self, line: int, row: Mapping[str, str], registered_on: object
    ) -> ImportedService | None:
        if not row.get("utility", "").strip():
            filled = [each.name for each in SERVICE_COLUMNS if row.get(each.name, "").strip()]
            if filled:
                self._add(line, "utility", f"Name the utility; {filled[0]} is filled in.")
            return None
        before = len(self.problems)
        found = {column.name: self._take(line, row, column.name) for column in SERVICE_COLUMNS}
        self._refuse_halves(line, found)
        if len(self.problems) > before:
            return None
        electric = found["utility"] == UtilityType.ELECTRICITY
        connected_on = found["connected_on"] or registered_on
        reading, read_on, earlier = found["reading"], found["read_on"], found["earlier_readings"]
        service = ImportedService(
            utility=str(found["utility"]),
            service_address=str(found["service_address"]),
            area=str(found["area"]),
            supply_state=str(found["supply_state"]),
            connected_on=connected_on if isinstance(connected_on, date) else self.today,
            meter_number=str(found["meter_number"]),
            device_number=str(found["device_number"]),
            meter_type=str(found["meter_type"]),
            model=str(found["model"]),
            unit=str(found["unit"] or ("kWh" if electric else "m³"))
            if found["meter_number"]
            else "",
            reading=reading if isinstance(reading, Decimal) else None,
            read_on=read_on if isinstance(read_on, date) else None,
            earlier=earlier if isinstance(earlier, tuple) else (),
        )
        self._refuse_falls(line, service)
        return service

    def _refuse_falls(self, line: int, service: ImportedService) -> None:
        """Readings of a meter do not fall, and there is one a day; the last is the last."""
        for (on, value), (next_on, next_value) in pairwise(service.readings):
            if next_on <= on:
                self._add(line, "earlier_readings", f"{on} is there twice, or not before read_on.")
            elif next_value < value:
                self._add(line, "earlier_readings", f"{next_on} shows less than {on}.")

    def _refuse_halves(self, line: int, found: Mapping[str, object]) -> None:
        """What only makes sense together."""
        pairs = (
            ("service_address", "utility"),
            ("meter_number", "device_number"),
            ("meter_number", "meter_type"),
            ("meter_number", "model"),
            ("meter_number", "reading"),
            ("read_on", "reading"),
            ("reading", "read_on"),
            ("reading", "earlier_readings"),
        )
        for wanted, given in pairs:
            if found[given] not in ("", None, ()) and found[wanted] in ("", None):
                self._add(line, wanted, f"Needed when {given} is filled in.")

    # -------------------------------------------------------------- one value
    def _take(self, line: int, row: Mapping[str, str], name: str) -> object:
        """One value, or None and a problem."""
        column = BY_NAME[name]
        typed = row.get(name, "")
        if typed.isascii() and typed.isprintable():  # what there is nothing to say about
            why, text = "", " ".join(typed.split())
        else:
            why, text = why_unshowable(one_line_endings(typed)), plain(typed)
        try:
            if why:
                raise Wrong(name, why)
            if not text and column.is_required:
                raise Wrong(name, REQUIRED)
            if len(text) > column.longest:
                raise Wrong(
                    name,
                    f"Ensure this value has at most {column.longest} characters"
                    f" (it has {len(text)}).",
                )
            return READERS.get(name, _as_it_is)(self, column, text)
        except Wrong as wrong:
            self._add(line, wrong.column, wrong.sentence)
            return None

    def _add(self, line: int, column: str, sentence: str) -> None:
        """One problem for each value: what else follows from it says nothing new."""
        if all((each.line, each.column) != (line, column) for each in self.problems):
            self.problems.append(RowProblem(line, self.number, column, sentence))


# ------------------------------------------------------------------ what each column may hold
def _as_it_is(reader: AccountReader, column: Column, text: str) -> str:
    return text


def _number(reader: AccountReader, column: Column, text: str) -> str:
    if not NUMBER.fullmatch(text):
        raise Wrong(column.name, "Use letters, digits, dot, dash and slash only.")
    return number_as_kept(text)


def _phone(reader: AccountReader, column: Column, text: str) -> str:
    plain = plain_phone(text, reader.region)
    if plain is None:
        raise Wrong(column.name, NOT_A_PHONE)
    return plain


def _email(reader: AccountReader, column: Column, text: str) -> str:
    try:
        if text:
            validate_email(text)
        if text[:1] in ("=", "+", "-", "@"):
            raise ValidationError("it looks like a formula")
    except ValidationError:
        raise Wrong(column.name, "Enter a valid email address.") from None
    return text


def _tick(reader: AccountReader, column: Column, text: str) -> bool:
    if text.lower() not in TICKS:
        raise Wrong(column.name, "Enter yes or no.")
    return TICKS[text.lower()]


def _day(reader: AccountReader, column: Column, text: str) -> date | None:
    day = _any_day(column, text)
    if day is not None and day > reader.today:
        raise Wrong(column.name, IN_FUTURE)
    return day


def _due_day(reader: AccountReader, column: Column, text: str) -> date | None:
    day = _any_day(column, text)
    if day is not None and day > reader.today + A_YEAR:
        raise Wrong(column.name, TOO_LATE)
    return day


def _any_day(column: Column, text: str) -> date | None:
    if not text:
        return None
    try:
        if not (text.isascii() and ISO.fullmatch(text)):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise Wrong(column.name, NOT_A_DATE) from None


def _choice(
    choices: type[TextChoices], default: str, *, never: str = ""
) -> Callable[[AccountReader, Column, str], str]:
    """A choice by its code or by its word; ``never`` is a code that only the product gives."""
    words = {"": default}
    taken = [(value, label) for value, label in choices.choices if value != never]
    for value, label in taken:
        words |= {str(value).casefold(): str(value), str(label).casefold(): str(value)}
    offered = ", ".join(str(label) for _, label in taken)

    def read(reader: AccountReader, column: Column, text: str) -> str:
        if text.casefold() not in words:
            raise Wrong(column.name, f"Enter one of: {offered}.")
        return words[text.casefold()]

    return read


def _reading(reader: AccountReader, column: Column, text: str) -> Decimal | None:
    if not text:
        return None
    if not (text.isascii() and READING.fullmatch(text)):
        raise Wrong(column.name, "Enter a number, with at most three decimals.")
    return Decimal(text)


def _earlier(reader: AccountReader, column: Column, text: str) -> tuple[tuple[date, Decimal], ...]:
    """Day and value of each, the oldest first."""
    found = []
    for each in filter(None, (part.strip() for part in text.split(";"))):
        day, _, value = each.partition(" ")
        read_on, reading = _day(reader, column, day), _reading(reader, column, value)
        if read_on is None or reading is None:
            raise Wrong(column.name, f"Enter a day and a value each, such as {column.example}.")
        found.append((read_on, reading))
    if len(found) > MOST_EARLIER:
        raise Wrong(column.name, f"Enter at most {MOST_EARLIER} readings.")
    return tuple(sorted(found))


def _amount(reader: AccountReader, column: Column, text: str) -> Decimal | None:
    if not text:
        return None
    if not (text.isascii() and AMOUNT.fullmatch(text)):
        raise Wrong(column.name, NOT_AN_AMOUNT)
    return Decimal(text).quantize(CENT) + ZERO


def _held(reader: AccountReader, column: Column, text: str) -> Decimal | None:
    amount = _amount(reader, column, text)
    if amount is not None and amount < 0:
        raise Wrong(column.name, "A deposit is not below 0.")
    return amount


def _part_number(reader: AccountReader, column: Column, text: str) -> str:
    if not text.isascii():
        raise Wrong(column.name, "Use letters A to Z, digits and plain signs only.")
    return number_as_kept(text)


READERS: dict[str, Callable[[AccountReader, Column, str], object]] = {
    "account_number": _number,
    "phone": _phone,
    "email": _email,
    "vip": _tick,
    "status": _choice(AccountStatus, "ACTIVE"),
    "registered_on": _day,
    "opening_balance": _amount,
    "balance_on": _day,
    "balance_due_on": _due_day,
    "deposit": _held,
    "deposit_on": _day,
    "utility": _choice(UtilityType, ""),
    "supply_state": _choice(SupplyState, "CONNECTED", never=SupplyState.MOVED_OUT),
    "connected_on": _day,
    "read_on": _day,
    "meter_number": _part_number,
    "device_number": _part_number,
    "reading": _reading,
    "earlier_readings": _earlier,
}
