"""What pages hand to the larger components: plain values, so that none can ask the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

RAIL_STATES = frozenset({"done", "now", "next", "stop"})
DIRECTIONS = {"TO_CONSUMER": "to", "FROM_CONSUMER": "from", "WITHIN": "internal"}


@dataclass(frozen=True, slots=True)
class Link:
    """One link of a row of tabs or saved views; `key` is the keyboard shortcut that follows it."""

    label: str
    url: str
    is_current: bool = False
    count: str = ""
    key: str = ""
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Chip:
    """What narrows a list, in words; `url` leads to the list without it."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart: what stands below it, and its row of the table that says the same.

    `flag` says in words what is unusual about it.
    """

    value: Decimal
    label: str
    cells: tuple[str, ...]
    flag: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedCase:
    """One case in a list; `status`, `priority` and `sla` are the stored codes.

    `address` is where it is, or for a complaint what exactly it is about. `outstanding` is what the
    account owes, as it is shown, and `assigned_to` who works on it; None where the list has no such
    column.
    """

    number: str
    name: str
    is_vip: bool
    account_number: str
    address: str
    kind: str
    requested_at: datetime
    status: str
    priority: str
    sla: str
    due_at: datetime | None
    warns_at: datetime | None
    paused_until: datetime | None
    percent: int | None
    outstanding: str | None = None
    assigned_to: str | None = None

    @property
    def url(self) -> str:
        """The address of the case's page, where a list leads to pages of several kinds."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedAccount:
    """One account in a list; `status` is the stored code.

    `request` is the open request that guards it, with the address of its page for whoever may open
    it, and `held_by` who holds the profile just now. `merged_into` is the number of the account
    that goes on instead. `outstanding` is what it owes, as it is shown; None for whoever may not
    see it. `since` is since when, where the list says so.
    """

    number: str
    name: str
    is_vip: bool
    phone: str
    address: str
    status: str
    request: str = ""
    request_url: str = ""
    held_by: str = ""
    merged_into: str = ""
    outstanding: str | None = None
    since: str = ""


@dataclass(frozen=True, slots=True)
class VerdictLine:
    """What one protection said; ``answer`` is the stored code, ``source`` what it rests on."""

    answer: str
    name: str
    sentence: str
    source: str


@dataclass(frozen=True, slots=True)
class RailStep:
    """One station of a request's progress; `state` is done, now, next or stop."""

    name: str
    state: str
    detail: str = ""

    def __post_init__(self) -> None:
        if self.state not in RAIL_STATES:
            raise ValueError(f"{self.state!r} is none of {', '.join(sorted(RAIL_STATES))}")


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One line of a timeline: a sentence, when, and in `detail` who did it.

    `ref` is the number of what it is about, where that is not the page itself, and `url` its page.
    """

    at: datetime
    sentence: str
    icon: str = "info-circle"
    tone: str = "slate"
    detail: str = ""
    ref: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class ThreadMessage:
    """One message of a thread; `direction` and `channel` and `delivery` are the stored codes.

    `ref` is the number of what it is about, where that is not the page itself, and `url` its page.
    """

    direction: str
    who: str
    at: datetime
    body: str
    channel: str = "EMAIL"
    delivery: str = ""
    problem: str = ""
    minutes: int | None = None
    retry_url: str = ""
    address: str = ""
    has_enclosure: bool = False
    ref: str = ""
    url: str = ""

    def __post_init__(self) -> None:
        if self.direction not in DIRECTIONS:
            raise ValueError(f"{self.direction!r} is none of {', '.join(DIRECTIONS)}")

    @property
    def side(self) -> str:
        """Where it stands: to (right), from (left) or internal (across)."""
        return DIRECTIONS[self.direction]


@dataclass(frozen=True, slots=True)
class SlaInterval:
    """One stretch of a case's life, counted or paused, for "Why this time?"."""

    starts_at: datetime
    ends_at: datetime | None
    is_counted: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SlaClock:
    """Everything the clock of a case header shows.

    `state`       a code of `tones.SLA`
    `breach`      which target is breached since when: "response since 01:30 PM"
    `due_at`      the due moment that counts (adjusted by holds); `original_due_at` before any hold
    `resumes_at`  while paused, when the hold ends by itself; without it nobody knows what is left
    """

    state: str
    at: datetime
    due_at: datetime
    original_due_at: datetime
    within: timedelta
    breach: str = ""
    warns_at: datetime | None = None
    resumes_at: datetime | None = None
    ended_at: datetime | None = None
    paused: timedelta = timedelta()
    acknowledged_in: timedelta | None = None
    responded_in: timedelta | None = None
    resolved_in: timedelta | None = None
    intervals: Sequence[SlaInterval] = ()
    percent: int | None = None

    @property
    def used_percent(self) -> int:
        """How much of the resolution time is used, 0 to 100; `percent` where a calendar rules."""
        if self.percent is not None:
            return self.percent
        left = (self.due_at - (self.ended_at or self.at)) / self.within
        return min(100, max(0, round(100 * (1 - left))))

    @property
    def left_after_pause(self) -> timedelta | None:
        """What will be left when the hold ends by itself."""
        return self.due_at - self.resumes_at if self.resumes_at else None

    @property
    def is_adjusted(self) -> bool:
        """Whether a hold has moved the due moment by a minute or more, so that it shows."""
        return abs(self.due_at - self.original_due_at) >= timedelta(minutes=1)

    @property
    def is_running(self) -> bool:
        """Whether the time remaining counts down at this moment."""
        return self.ended_at is None and self.state != "PAUSED"


@dataclass(frozen=True, slots=True)
class Upload:
    """One file that was uploaded; `kind` is PDF, JPG or PNG, `size` in bytes.

    `url` serves it, for whoever may look; without it there is its name alone.
    """

    title: str
    kind: str
    size: int
    remove_url: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class RefusedUpload:
    """A file that was not added, and the sentence that says why."""

    title: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadList:
    """The files of one form: where more are sent, how many and how large they may be (in bytes)."""

    files: Sequence[Upload]
    upload_url: str
    most_files: int
    most_bytes: int
    largest_file: int
    refused: Sequence[RefusedUpload] = ()

    @property
    def used_bytes(self) -> int:
        """What they take together."""
        return sum(file.size for file in self.files)
