"""What the address of the consumer list may ask for; anything else is ignored and said so."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.http import QueryDict

from consumers.choices import AccountStatus
from consumers.queries.lists import (
    BY_ACCOUNT,
    EVERYTHING,
    SORTS,
    SORTS_BY_MONEY,
    AccountFilter,
)
from consumers.rules.searching import SearchText, read_search
from smart360.kernel.text import why_unshowable, without_surrogates
from smart360.web.amounts import PlainNumberField
from smart360.web.paging import Sort
from smart360.web.shown import Chip

STATUSES = dict(AccountStatus.choices)
VIP = {"yes": "VIP", "no": "Not VIP"}
PROTECTED = {"yes": "Protected"}
ARCHIVED = {"with": "With archived accounts", "only": "Archived accounts only"}
LONGEST_KEY = 9
LONGEST_AREA = 60
LEAST, MOST = "balance_from", "balance_to"
BACKWARDS = "The lower balance is above the upper one"
SINGLE = ("vip", "protected", "archived", LEAST, MOST)
SEVERAL = ("status", "category", "area")
LABELS = {"status": "Status", "category": "Category", "area": "Area"}
_AMOUNT = PlainNumberField(max_digits=14, decimal_places=2, required=False)


@dataclass(frozen=True, slots=True)
class Reach:
    """What the reader may narrow the list by, besides what everybody may."""

    sees_balance: bool
    knows_protection: bool


@dataclass(frozen=True)
class ConsumerWish:
    """The list as it was asked for.

    ``asked``      what narrows it, as it stands in the address: name → values, only ours
    ``errors``     what is wrong with a value, by its name; it narrows nothing then
    ``amounts``    the ends of the balance as they were typed
    ``has_unknown``  something was asked for that there is not, or not for this reader
    """

    typed: str = ""
    searched: SearchText | None = None
    looks_for: AccountFilter = EVERYTHING
    sort: Sort = BY_ACCOUNT
    cursor: str = ""
    asked: Mapping[str, Sequence[str]] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    amounts: Mapping[str, str] = field(default_factory=dict)
    has_unknown: bool = False

    @property
    def words(self) -> str:
        """What stands in the search box."""
        return self.typed

    @property
    def problem(self) -> str:
        """Why nothing is searched, or empty."""
        return self.searched.problem if self.searched else ""

    @property
    def is_set(self) -> bool:
        """Whether anything narrows the list."""
        return bool(self.searched) or self.looks_for != EVERYTHING

    @property
    def is_tallied(self) -> bool:
        """Whether the tallies know how many fit."""
        return self.searched is None and self.looks_for.is_tallied

    @property
    def is_plain_search(self) -> bool:
        """Whether the search alone finds the rows, best first: nothing is asked but a status."""
        only = AccountFilter(statuses=self.looks_for.statuses)
        return bool(self.searched) and self.looks_for == only and self.sort == BY_ACCOUNT

    def address(self, *, without: str = "", **changes: str) -> str:
        """The same list from its first page with something changed, as the query of a link."""
        pairs = [("q", self.typed)] if self.typed and without != "q" else []
        for name, values in self.asked.items():
            if name not in changes and name != without:
                pairs += [(name, value) for value in values]
        if self.sort != BY_ACCOUNT and "sort" not in changes:
            pairs.append(("sort", self.sort.name))
        pairs += [(name, value) for name, value in changes.items() if value]
        return f"?{urlencode(pairs)}"

    def chips(self, names: Mapping[str, str]) -> list[Chip]:
        """Each filter in words, with the list without it; ``names`` of categories by their keys."""
        said: list[tuple[str, str]] = []
        for name, values in self.asked.items():
            if name in SEVERAL:
                words = {"status": STATUSES, "category": names}.get(name, {})
                named = ", ".join(words.get(value, value) for value in values)
                said.append((name, f"{LABELS[name]}: {named}"))
            elif name in (LEAST, MOST):
                which = "at least" if name == LEAST else "at most"
                said.append((name, f"Balance {which} {values[0]}"))
            else:
                words = {"vip": VIP, "protected": PROTECTED, "archived": ARCHIVED}[name]
                said.append((name, words[values[0]]))
        chips = [Chip(words, self.address(without=name)) for name, words in said]
        if self.has_unknown:
            chips.append(Chip("Unknown filter", self.address()))
        return chips


def read_wish(sent: QueryDict, reach: Reach) -> ConsumerWish:
    """What the address asks for; of a repeated single value the last one counts."""
    typed = sent.get("q", "")
    searched = read_search(typed) if typed.strip() else None
    reading = _Reading(sent)
    several = {
        "status": reading.several("status", known=STATUSES),
        "category": reading.several("category", longest=LONGEST_KEY, digits=True),
        "area": reading.several("area", longest=LONGEST_AREA),
    }
    is_vip = {"yes": True, "no": False}.get(reading.one("vip", VIP))
    is_protected = bool(reading.one("protected", PROTECTED if reach.knows_protection else ()))
    archived = reading.one("archived", ARCHIVED)
    least, most = reading.amounts() if reach.sees_balance else reading.no_amounts()
    sort = SORTS.get(sent.get("sort", ""), BY_ACCOUNT)
    if sort.name in SORTS_BY_MONEY and not reach.sees_balance:
        sort = BY_ACCOUNT
    return ConsumerWish(
        typed=searched.text if searched and searched.problem else typed.strip(),
        searched=searched,
        looks_for=AccountFilter(
            statuses=several["status"],
            categories=tuple(int(key) for key in several["category"]),
            areas=several["area"],
            is_vip=is_vip,
            is_protected=is_protected,
            least=least,
            most=most,
            archived=archived,
        ),
        sort=sort,
        cursor=sent.get("cursor", ""),
        asked=reading.kept,
        errors=reading.errors,
        amounts={name: reading.text(name) for name in (LEAST, MOST)},
        has_unknown=reading.has_unknown,
    )


class _Reading:
    """Reads one address; notes what it kept and what it had to ignore."""

    def __init__(self, sent: QueryDict) -> None:
        self.sent = sent
        self.kept: dict[str, tuple[str, ...]] = {}
        self.errors: dict[str, str] = {}
        self.has_unknown = False

    def text(self, name: str) -> str:
        """What was typed there."""
        return without_surrogates(self.sent.get(name, "")).replace("\0", "").strip()

    def several(
        self, name: str, *, known: Collection[str] = (), longest: int = 20, digits: bool = False
    ) -> tuple[str, ...]:
        """Each value that is known, or could be one where only the database knows; once."""
        given = {value: None for value in self.sent.getlist(name) if value}
        if known:
            kept = tuple(value for value in given if value in known)
        else:
            kept = tuple(
                value
                for value in given
                if len(value) <= longest
                and not why_unshowable(value)
                and (not digits or (value.isascii() and value.isdigit()))
            )
        self._keep(name, kept, is_whole=len(kept) == len(given))
        return kept

    def one(self, name: str, known: Collection[str]) -> str:
        """The last value, where it is known."""
        value = self.sent.get(name, "")
        self._keep(name, (value,) if value in known else (), is_whole=not value or value in known)
        return value if value in known else ""

    def amounts(self) -> tuple[Decimal | None, Decimal | None]:
        """Both ends of the balance, or neither where one of them is wrong."""
        found = {}
        for name in (LEAST, MOST):
            try:
                found[name] = _AMOUNT.clean(self.text(name))
            except ValidationError as error:
                self.errors[name] = str(error.messages[0])
        least, most = found.get(LEAST), found.get(MOST)
        if least is not None and most is not None and least > most:
            self.errors[LEAST] = BACKWARDS
        if self.errors:
            return None, None
        for name, amount in found.items():
            self._keep(name, () if amount is None else (f"{amount:f}",), is_whole=True)
        return least, most

    def no_amounts(self) -> tuple[None, None]:
        """Whoever may not see a balance narrows nothing by one."""
        for name in (LEAST, MOST):
            self._keep(name, (), is_whole=not self.sent.get(name))
        return None, None

    def _keep(self, name: str, values: tuple[str, ...], *, is_whole: bool) -> None:
        if values:
            self.kept[name] = values
        self.has_unknown |= not is_whole
