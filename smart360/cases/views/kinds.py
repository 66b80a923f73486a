"""What a kind of case hands to the pages that all kinds share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from django.urls import reverse

from consumers.rules.profiles import ShownConsumer
from smart360.cases.access import Act
from smart360.cases.models import Case
from smart360.cases.queries.clocks import CaseClocks
from smart360.cases.queries.holds import HoldOffer
from smart360.staff.models import Person
from smart360.staff.permissions import Permission
from smart360.web.shown import RailStep

SHARED_VERBS = (
    "detail", "top", "communication", "timeline", "service_orders", "add_order", "acknowledge",
    "hold", "resume", "assign", "assign_to", "add_note", "send_message", "log_call",
)  # fmt: skip
"""The addresses that every kind has: ``<prefix>_<verb>``."""


class CasePage(Protocol):
    """What the shared shell shows of a case, whatever its kind."""

    @property
    def clocks(self) -> CaseClocks:
        """Its clocks, as the header and the table of targets show them."""

    @property
    def rail(self) -> tuple[RailStep, ...]:
        """The stations of its way."""

    @property
    def offer(self) -> HoldOffer | None:
        """A hold that makes sense now."""

    @property
    def spoken(self) -> str:
        """One sentence to read out on the phone: the next step, and by when."""

    @property
    def subject(self) -> str:
        """What it is about, in a few words."""

    @property
    def who(self) -> str:
        """Whom it is about, as far as the reader may see it."""

    @property
    def consumer(self) -> ShownConsumer | None:
        """The account; None when there is none."""


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab: its code, its label, the name of its address, and what opening it asks for.

    ``kind`` is the only kind that has it, or ``""``.
    """

    code: str
    label: str
    url_name: str
    permission: Permission | None = None
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """One case as one person meets it now: its page, their acts, and what the kind adds."""

    page: CasePage
    acts: frozenset[Act]
    more: Mapping[str, Any]


class Shows(Protocol):
    """Reads what the shell of a case shows to a person."""

    def __call__(self, case: Case, *, to: Person, at: datetime, zone: ZoneInfo) -> Shown:
        """``case`` was found for this person."""


@dataclass(frozen=True, slots=True)
class KindPages:
    """One kind of case, described for the shared pages.

    ``prefix``       of the names of its addresses: ``request`` for ``request_hold``
    ``label``        one of them, as headings say it: "Request"
    ``plural``       what the list is called; ``list_name`` is the name of its address
    ``parts``        the template with the kind's own buttons, notes and dialogs
    ``details``      the template of the Details tab, and ``details_context`` what it needs more
    ``orders``       any of these lets a person make a service order from it
    ``find``         the only door to one of them for a person
    ``shows``        what its shell shows
    """

    prefix: str
    label: str
    plural: str
    list_name: str
    parts: str
    details: str
    orders: tuple[Permission, ...]
    tabs: tuple[Tab, ...]
    find: Callable[[str, Person], Case | None]
    shows: Shows
    details_context: Callable[[Case, Mapping[str, Any], datetime], dict[str, Any]]

    @property
    def noun(self) -> str:
        """One of them, within a sentence: "request"."""
        return self.label.lower()

    @property
    def number_label(self) -> str:
        """What its number is called."""
        return f"{self.label} ID"

    @property
    def details_heading(self) -> str:
        """The heading over when it was made and changed."""
        return f"{self.label} details"

    def url(self, verb: str, number: str) -> str:
        """The address of one act or tab of one case."""
        return reverse(f"{self.prefix}_{verb}", args=[number])

    def urls(self, number: str) -> dict[str, str]:
        """The addresses that every kind has, of one case."""
        return {verb: self.url(verb, number) for verb in SHARED_VERBS}

    def may_order(self, person: Person) -> bool:
        """Whether a person may make service orders from a case of this kind."""
        return any(person.has_permission(each) for each in self.orders)
