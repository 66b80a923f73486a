"""The address of the list, read into what somebody looks for; unknown values are ignored."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from django.http import QueryDict

from disconnections.choices import REQUEST_KINDS
from disconnections.queries.requests import (
    ENDED,
    SLA_WORDS,
    SORTS,
    RequestFilter,
)
from smart360.cases.choices import OPEN_STATUSES, CaseKind, CaseStatus, Priority
from smart360.kernel.text import normalise, why_unshowable, without_surrogates
from smart360.web.formats import MONTHS
from smart360.web.paging import Sort

LONGEST_SEARCH = 100
SHORTEST_SEARCH = 3
INVALID_DATE = "Enter a valid date."
OWN_NAMES = frozenset(
    {"tab", "q", "status", "type", "reason", "priority", "sla", "from", "to", "completed"}
    | {"assignee", "sort", "cursor", "month"}
)


@dataclass(frozen=True, slots=True)
class Chip:
    """What narrows the list without a control of its own; ``url`` leads on without it."""

    label: str
    url: str


@dataclass(slots=True)
class ListWish:
    """Everything that the address of the list says."""

    looks_for: RequestFilter
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

    def __init__(self, sent: QueryDict) -> None:
        self.sent = sent
        self.is_unknown = any(name not in OWN_NAMES for name in sent)
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

    def day(self, name: str) -> date | None:
        text = self.last(name)
        if not text:
            return None
        found = day_from(text)
        if found is None:
            self.errors[name] = INVALID_DATE
        return found

    def month(self, name: str) -> date | None:
        text = self.last(name)
        found = month_from(text) if text else None
        if text and found is None:
            self.is_unknown = True
        return found


def read_list_wish(
    sent: QueryDict, *, me: int, reason_codes: Collection[str] | None = None
) -> ListWish:
    """What the address asks for.

    ``reason_codes`` are the known ones; None lets any short code through, to be compared by the
    database.
    """
    reading = _Reading(sent)
    is_history = reading.last("tab") == "history"
    statuses = ENDED if is_history else tuple(status.value for status in OPEN_STATUSES)
    words, word_error, is_too_long = _words(reading.last("q"))
    if word_error:
        reading.errors["q"] = word_error
    created_from, created_to = reading.day("from"), reading.day("to")
    if created_from and created_to and created_from > created_to:
        reading.errors["from"] = "Start date is after end date"
    if reading.errors.keys() & {"from", "to"}:
        created_from = created_to = None
    assignee = reading.known("assignee", {"me"})
    codes = reason_codes if reason_codes is not None else sent.getlist("reason")
    looks_for = RequestFilter(
        is_history=is_history,
        words=words,
        statuses=reading.known("status", statuses),
        kinds=reading.known("type", REQUEST_KINDS),
        reasons=reading.known("reason", [code for code in codes if _is_code(code)]),
        priorities=reading.known("priority", Priority.values),
        sla=reading.known("sla", SLA_WORDS.keys()),
        created_from=created_from,
        created_to=created_to,
        completed_in=reading.month("completed"),
        assignee=me if assignee else None,
    )
    wish = ListWish(
        looks_for=looks_for,
        sort=_sort(reading.last("sort"), is_history=is_history),
        cursor=reading.last("cursor"),
        month=reading.month("month"),
        words=reading.last("q"),
        typed={name: reading.last(name) for name in ("from", "to")},
        errors=reading.errors,
        is_too_long=is_too_long,
    )
    wish.is_narrowed = replace(looks_for, is_history=False) != RequestFilter()
    wish.chips = _chips(sent, wish, is_unknown=reading.is_unknown)
    return wish


def _is_code(code: str) -> bool:
    return len(code) <= 20 and not why_unshowable(code)


def _words(typed: str) -> tuple[str, str, bool]:
    """The words to look for, the sentence under the box, and whether they are too long."""
    if len(typed) > LONGEST_SEARCH:
        return "", "Search is too long", True
    if not typed:
        return "", "", False
    if len(normalise(typed).replace(" ", "")) < SHORTEST_SEARCH:
        return "", "Enter at least 3 characters", False
    return typed, "", False


def _sort(name: str, *, is_history: bool) -> Sort:
    return SORTS.get(name) or SORTS["-requested" if is_history else "due"]


def address_with(sent: QueryDict, **changes: str | None) -> str:
    """The list's address with some values set or taken away; it starts again at the first page."""
    kept = sent.copy()
    for name in [*kept]:
        if name not in OWN_NAMES or name == "cursor" or not any(kept.getlist(name)):
            del kept[name]
    for name, value in changes.items():
        if value is None:
            kept.pop(name, None)
        else:
            kept[name] = value
    return f"?{kept.urlencode()}"


def _chips(sent: QueryDict, wish: ListWish, *, is_unknown: bool) -> list[Chip]:
    looks_for = wish.looks_for
    chips = []
    several: tuple[tuple[str, str, tuple[str, ...], Mapping[str, str]], ...] = (
        ("status", "Status", looks_for.statuses, dict(CaseStatus.choices)),
        ("type", "Type", looks_for.kinds, dict(CaseKind.choices)),
        ("reason", "Reason", looks_for.reasons, {}),
        ("priority", "Priority", looks_for.priorities, dict(Priority.choices)),
        ("sla", "SLA", looks_for.sla, SLA_WORDS),
    )
    for name, label, codes, words in several:
        if len(codes) > 1:
            named = ", ".join(words.get(code, code) for code in codes)
            chips.append(Chip(f"{label}: {named}", address_with(sent, **{name: None})))
    if looks_for.completed_in:
        month = looks_for.completed_in
        chips.append(
            Chip(
                f"Completed in {MONTHS[month.month - 1]} {month.year}",
                address_with(sent, completed=None),
            )
        )
    if looks_for.assignee is not None:
        chips.append(Chip("Assigned to me", address_with(sent, assignee=None)))
    if is_unknown:
        chips.append(Chip("Unknown filter", _known_address(sent, wish)))
    return chips


def _known_address(sent: QueryDict, wish: ListWish) -> str:
    """The address with only what was understood."""
    looks_for = wish.looks_for
    kept = sent.copy()
    for name in [*kept]:
        if name not in OWN_NAMES or name == "cursor":
            del kept[name]
    for name, codes in (
        ("status", looks_for.statuses),
        ("type", looks_for.kinds),
        ("reason", looks_for.reasons),
        ("priority", looks_for.priorities),
        ("sla", looks_for.sla),
        ("assignee", ("me",) if looks_for.assignee is not None else ()),
    ):
        kept.setlist(name, list(codes))
    for name, month in (("month", wish.month), ("completed", looks_for.completed_in)):
        if month is None:
            kept.pop(name, None)
    return f"?{kept.urlencode()}"
