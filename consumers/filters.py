"""What the address of the consumer list may ask for; anything else is ignored and said so."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict

from consumers.choices import AccountStatus
from consumers.rules.searching import SearchText, read_search

SORT_NAMES = ("account", "newest")
ARCHIVED_IN = "with"


@dataclass(frozen=True)
class ConsumerFilter:
    """The list as it was asked for; as it stands here: all that is not archived.

    ``is_archived_in``  archived accounts too; with a status or a search they always are
    """

    typed: str = ""
    searched: SearchText | None = None
    statuses: tuple[str, ...] = ()
    is_archived_in: bool = False
    sort: str = SORT_NAMES[0]
    cursor: str = ""
    has_unknown: bool = False

    @property
    def problem(self) -> str:
        """Why nothing is searched, or empty."""
        return self.searched.problem if self.searched else ""

    @property
    def is_set(self) -> bool:
        """Whether anything narrows the list."""
        return bool(self.searched or self.statuses or self.is_archived_in)

    def address(self, **changes: str) -> str:
        """The same list with something changed, as the query of a link."""
        asked: list[tuple[str, str]] = []
        if self.typed:
            asked.append(("q", self.typed))
        asked += [("status", status) for status in self.statuses]
        if self.is_archived_in:
            asked.append(("archived", ARCHIVED_IN))
        if self.sort != SORT_NAMES[0] and "sort" not in changes:
            asked.append(("sort", self.sort))
        asked += [(name, value) for name, value in changes.items() if value]
        return f"?{urlencode(asked)}"


def read_filter(asked: QueryDict) -> ConsumerFilter:
    """The filter in the address; of a repeated single value the last one counts."""
    typed = asked.get("q", "")
    given = [status for status in asked.getlist("status") if status]
    known = tuple(dict.fromkeys(status for status in given if status in AccountStatus.values))
    sort, archived = asked.get("sort", ""), asked.get("archived", "")
    searched = read_search(typed) if typed.strip() else None
    return ConsumerFilter(
        typed=searched.text if searched and searched.problem else typed.strip(),
        searched=searched,
        statuses=known,
        is_archived_in=archived == ARCHIVED_IN,
        sort=sort if sort in SORT_NAMES else SORT_NAMES[0],
        cursor=asked.get("cursor", ""),
        has_unknown=len(set(given)) > len(known) or archived not in {"", ARCHIVED_IN},
    )
