"""A request on its way into rows, with its timeline chained as the trigger chains it."""

from dataclasses import dataclass, field
from hashlib import sha256
from operator import itemgetter

from smart360.cases.choices import CaseStatus
from smart360.local.bench.accounts import Account
from smart360.local.bench.copying import NULL, Spool, moment
from smart360.local.bench.fates import Fate
from smart360.local.bench.setting import Course
from smart360.trail.choices import Event

Line = tuple[int, str, int | None, str, str, int | None, str | None, int | None]


@dataclass
class Made:
    """One request on its way into rows."""

    case: int
    consumer: int
    number: str
    account: Account
    fate: Fate
    course: Course
    status: str
    by: int
    worker: int
    notifies: bool
    reason: tuple[int, str, str, str, str]
    version: int = 1
    touched: int = 0
    touched_by: int = 0
    lines: list[Line] = field(default_factory=list)

    def at(self, seconds: int) -> int:
        """So long after its creation."""
        return self.fate.created + seconds

    def moved(
        self,
        event: Event,
        status: CaseStatus,
        by: int,
        after: int,
        old: CaseStatus | None,
        new: str = "",
        text: tuple[int, str] | None = None,
    ) -> None:
        """A status change: one version, one line."""
        self.version += old is not None
        before = f'{{"status": "{old.value}"}}' if old else "{}"
        new = new or f'{{"status": "{status.value}"}}'
        words, digest = text or (None, None)
        self.touched, self.touched_by = after, by
        self.lines.append((after, event.value, by, before, new, words, digest, self.version))

    def note(
        self,
        event: Event,
        by: int | None,
        after: int,
        *,
        old: str = "{}",
        new: str = "{}",
        touches: bool = False,
    ) -> None:
        """A line that is no status change; one that ``touches`` names who changed the case last."""
        if touches and by is not None:
            self.touched, self.touched_by = after, by
        self.lines.append((after, event.value, by, old, new, None, None, None))

    def write_lines(self, spool: Spool) -> None:
        """The timeline in its order, each line chained to the one before."""
        self.lines.sort(key=itemgetter(0))
        lines, previous = spool.lines["trail_entry"], ""
        case, consumer = self.case, self.consumer
        for seq, (after, kind, by, old, new, text, digest, version) in enumerate(self.lines, 1):
            second = self.fate.created + after
            facts = f"{previous}|{case}|{seq}|{kind}|{second}.000000"
            if by is not None:
                facts = f"{facts}|{by}"
            if version is not None:
                facts = f"{facts}|{version}"
            facts = f"{facts}|{old}|{new}"
            if digest is not None:
                facts = f"{facts}|{digest}"
            own = sha256(facts.encode()).hexdigest()
            lines.append(
                f"{spool.next_id('trail_entry')}\t{case}\t{consumer}\t{kind}\t{moment(second)}"
                f"\t{or_null(by)}\t{old}\t{new}\t{or_null(text)}\t{or_null(version)}\t{seq}"
                f"\t{previous}\t{own}"
            )
            previous = own


def or_null(value: int | None) -> str:
    """As COPY writes a number that may be missing."""
    return NULL if value is None else str(value)
