"""The address of a list, read into what somebody looks for; unknown values are ignored."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any, Generic

from django.http import QueryDict

from smart360.cases.choices import OPEN_STATUSES, CaseStatus, Priority
from smart360.cases.queries.lists import SLA_WORDS, F, ListKind
from smart360.kernel.text import normalise, why_unshowable, without_surrogates
from smart360.staff.models import Person
from smart360.web.formats import MONTHS
from smart360.web.paging import Sort
from smart360.web.shown import Chip

LONGEST_SEARCH = 100
SHORTEST_SEARCH = 3
LONGEST_KEY = 9
INVALID_DATE = "Enter a valid date."
PRIORITIES = tuple(Priority.values)
COMMON_NAMES = frozenset({"tab", "q", "assignee", "sort", "cursor", "month"})


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter of which any of several codes may be chosen.

    ``name``   in the address
    ``field``  of the filter
    ``words``  what the codes are called
    ``known``  the codes that count; None lets any code of at most ``longest`` letters through, for
               the database to compare
    """

    name: str
    field: str
    label: str
    words: Mapping[str, str]
    known: Collection[str] | None = None
    longest: int = 20


@dataclass(frozen=True, slots=True)
class Days:
    """A filter by days, both of them in: the names of its ends in the address and in the filter.

    ``is_of_history``  the only tab that shows it; None means both
    """

    first: str
    last: str
    fields: tuple[str, str]
    label: str
    is_of_history: bool | None = None

    def is_on(self, *, is_history: bool) -> bool:
        """Whether this tab has it."""
        return self.is_of_history is None or self.is_of_history == is_history


CREATED = Days("from", "to", ("created_from", "created_to"), "Created")


@dataclass(frozen=True)
class ListAddress(Generic[F]):
    """What the address of a list may say.

    ``choices``  besides status, priority and SLA, in the order in which they stand on the page
    ``has_completed``  whether it knows the month of completion
    """

    kind: ListKind[F]
    filter: type[F]
    choices: tuple[Choice, ...] = ()
    days: tuple[Days, ...] = (CREATED,)
    has_completed: bool = False

    @cached_property
    def _several(self) -> dict[bool, tuple[Choice, ...]]:
        """The filters of each tab, put together once."""
        now, ended = (each.value for each in OPEN_STATUSES), self.kind.ended
        return {
            is_history: (
                Choice("status", "statuses", "Status", dict(CaseStatus.choices), statuses),
                *self.choices,
                Choice("priority", "priorities", "Priority", dict(Priority.choices), PRIORITIES),
                Choice("sla", "sla", "SLA", SLA_WORDS, tuple(SLA_WORDS)),
            )
            for is_history, statuses in ((False, tuple(now)), (True, ended))
        }

    def several(self, *, is_history: bool) -> tuple[Choice, ...]:
        """Every filter of several codes, those of the tab among them."""
        return self._several[is_history]

    @cached_property
    def names(self) -> frozenset[str]:
        """Everything of ours that the address may say."""
        names = {choice.name for choice in self.several(is_history=False)}
        names |= {name for days in self.days for name in (days.first, days.last)}
        return COMMON_NAMES | names | ({"completed"} if self.has_completed else set())

    def sort(self, name: str, *, is_history: bool) -> Sort:
        """The order of that name, else the tab's own."""
        sorts = self.kind.sorts
        return sorts.get(name) or sorts["-requested" if is_history else "due"]


@dataclass(slots=True)
class ListWish(Generic[F]):
    """Everything that the address of a list says."""

    looks_for: F
    sort: Sort
    cursor: str
    month: date | None
    words: str
    typed: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)
    chips: list[Chip] = field(default_factory=list)
    is_too_long: bool = False
    is_narrowed: bool = False


def is_iso_day(text: str) -> bool:
    """Whether ``text`` has the form YYYY-MM-DD in ASCII digits."""
    return (
        len(text) == 10
        and text.isascii()
        and text[4] == text[7] == "-"
        and (text[:4] + text[5:7] + text[8:]).isdigit()
    )


def day_from(text: str) -> date | None:
    """The day of an ISO date between 1900 and 2199, else None."""
    if not is_iso_day(text) or not "1900" <= text[:4] <= "2199":
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def month_from(text: str) -> date | None:
    """The first day of a month given as YYYY-MM, else None."""
    return day_from(f"{text}-01") if len(text) == 7 else None


class _Reading:
    """Reads one address; notes what it had to ignore."""

    def __init__(self, sent: QueryDict, names: Collection[str]) -> None:
        self.sent = sent
        self.is_unknown = any(name not in names for name in sent)
        self.errors: dict[str, str] = {}

    def last(self, name: str) -> str:
        return without_surrogates(self.sent.get(name, "") or "").replace("\0", "\ufffd").strip()

    def known(self, name: str, values: Collection[str]) -> tuple[str, ...]:
        """Each sent value that is one of ``values``, once; several are a choice of any of them."""
        sent = [value for value in self.sent.getlist(name) if value]
        kept = tuple(dict.fromkeys(value for value in sent if value in values))
        if len(kept) < len(set(sent)):
            self.is_unknown = True
        return kept

    def chosen(self, choice: Choice) -> tuple[str, ...]:
        if choice.known is not None:
            return self.known(choice.name, choice.known)
        sent = self.sent.getlist(choice.name)
        return self.known(choice.name, [code for code in sent if _is_code(code, choice.longest)])

    def day(self, name: str) -> date | None:
        text = self.last(name)
        if not text:
            return None
        found = day_from(text)
        if found is None:
            self.errors[name] = INVALID_DATE
        return found

    def within(self, days: Days) -> dict[str, date | None]:
        """Both days, or neither where one of them is wrong."""
        first, last = self.day(days.first), self.day(days.last)
        if first and last and first > last:
            self.errors[days.first] = "Start date is after end date"
        if self.errors.keys() & {days.first, days.last}:
            first = last = None
        return dict(zip(days.fields, (first, last), strict=True))

    def assignee(self, me: int) -> int | None:
        """Whose work it is: ``me``, or somebody by their key."""
        text = self.last("assignee")
        if text in {"", "me"}:
            return me if text else None
        found = find_person(text)
        if found is None:
            self.is_unknown = True
        return found

    def month(self, name: str) -> date | None:
        text = self.last(name)
        found = month_from(text) if text else None
        if text and found is None:
            self.is_unknown = True
        return found


def find_person(text: str) -> int | None:
    """The key of one of our people, whether or not they still work here; None when unknown."""
    if not text.isascii() or not text.isdigit() or len(text) > LONGEST_KEY:
        return None
    return Person.objects.filter(pk=int(text)).values_list("pk", flat=True).first()


def read_wish(address: ListAddress[F], sent: QueryDict, *, me: int) -> ListWish[F]:
    """What the address asks for."""
    reading = _Reading(sent, address.names)
    is_history = reading.last("tab") == "history"
    words, word_error, is_too_long = _words(reading.last("q"))
    if word_error:
        reading.errors["q"] = word_error
    found: dict[str, Any] = {"is_history": is_history, "words": words}
    for days in address.days:
        if days.is_on(is_history=is_history):
            found |= reading.within(days)
        elif any(reading.last(name) for name in (days.first, days.last)):
            reading.is_unknown = True
    for choice in address.several(is_history=is_history):
        found[choice.field] = reading.chosen(choice)
    if address.has_completed:
        found["completed_in"] = reading.month("completed")
    found["assignee"] = reading.assignee(me)
    looks_for = address.filter(**found)
    wish = ListWish(
        looks_for=looks_for,
        sort=address.sort(reading.last("sort"), is_history=is_history),
        cursor=reading.last("cursor"),
        month=reading.month("month"),
        words=reading.last("q"),
        typed={
            name: reading.last(name) for days in address.days for name in (days.first, days.last)
        },
        errors=reading.errors,
        is_too_long=is_too_long,
    )
    wish.is_narrowed = replace(looks_for, is_history=False) != address.filter()
    wish.chips = _chips(address, sent, wish, is_unknown=reading.is_unknown)
    return wish


def _is_code(code: str, longest: int) -> bool:
    return len(code) <= longest and not why_unshowable(code)


def _words(typed: str) -> tuple[str, str, bool]:
    """The words to look for, the sentence under the box, and whether they are too long."""
    if len(typed) > LONGEST_SEARCH:
        return "", "Search is too long", True
    if not typed:
        return "", "", False
    if len(normalise(typed).replace(" ", "")) < SHORTEST_SEARCH:
        return "", "Enter at least 3 characters", False
    return typed, "", False


def address_with(address: ListAddress[Any], sent: QueryDict, **changes: str | None) -> str:
    """The list's address with some values set or taken away; it starts again at the first page."""
    kept = sent.copy()
    names = address.names
    for name in [*kept]:
        if name not in names or name == "cursor" or not any(kept.getlist(name)):
            del kept[name]
    for name, value in changes.items():
        if value is None:
            kept.pop(name, None)
        else:
            kept[name] = value
    return f"?{kept.urlencode()}"


def chosen_of(wish: ListWish[Any], choice: Choice) -> tuple[str, ...]:
    """What is chosen of one filter."""
    chosen: tuple[str, ...] = getattr(wish.looks_for, choice.field)
    return chosen


def _chips(
    address: ListAddress[F], sent: QueryDict, wish: ListWish[F], *, is_unknown: bool
) -> list[Chip]:
    looks_for = wish.looks_for
    chips = []
    for choice in address.several(is_history=looks_for.is_history):
        codes = chosen_of(wish, choice)
        if len(codes) > 1:
            named = ", ".join(choice.words.get(code, code) for code in codes)
            url = address_with(address, sent, **{choice.name: None})
            chips.append(Chip(f"{choice.label}: {named}", url))
    if looks_for.completed_in:
        month = looks_for.completed_in
        chips.append(
            Chip(
                f"Completed in {MONTHS[month.month - 1]} {month.year}",
                address_with(address, sent, completed=None),
            )
        )
    if is_unknown:
        chips.append(Chip("Unknown filter", _known_address(address, sent, wish)))
    return chips


def _known_address(address: ListAddress[F], sent: QueryDict, wish: ListWish[F]) -> str:
    """The address with only what was understood."""
    looks_for = wish.looks_for
    kept = sent.copy()
    names = address.names
    for name in [*kept]:
        if name not in names or name == "cursor":
            del kept[name]
    for choice in address.several(is_history=looks_for.is_history):
        kept.setlist(choice.name, list(chosen_of(wish, choice)))
    if looks_for.assignee is None:
        kept.pop("assignee", None)
    for days in address.days:
        if not days.is_on(is_history=looks_for.is_history):
            for name in (days.first, days.last):
                kept.pop(name, None)
    for name, month in (("month", wish.month), ("completed", looks_for.completed_in)):
        if month is None:
            kept.pop(name, None)
    return f"?{kept.urlencode()}"


def sent_values(
    address: ListAddress[Any], sent: QueryDict, *, without: tuple[str, ...]
) -> list[tuple[str, str]]:
    """Everything of ours that the address says, but for some names."""
    names = address.names
    return [
        (name, value)
        for name in sent
        if name in names and name not in without
        for value in sent.getlist(name)
        if value
    ]
