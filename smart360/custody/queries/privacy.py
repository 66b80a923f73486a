"""Reads about exports and erasures: what is under way, who may, what the page shows (R8)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Prefetch

from consumers import ports
from smart360.custody.choices import ExportFile, PrivacyKind, PrivacyState
from smart360.custody.models import ExportDownload, PrivacyAct
from smart360.custody.models.privacy import UNDER_WAY
from smart360.owed.choices import OwedState
from smart360.owed.models import OwedWork
from smart360.staff.models import Person

MAKE = "custody.make_export"
MOST_ACTS = 20
MOST_DOWNLOADS = 20
FILES = dict(ExportFile.choices)
LOOKS = {
    PrivacyState.ASKED: ("clock", "orange"),
    PrivacyState.DECLINED: ("circle-x", "slate"),
    PrivacyState.MAKING: ("progress", "blue"),
    PrivacyState.READY: ("circle-check", "green"),
    PrivacyState.GONE: ("circle-minus", "slate"),
    PrivacyState.ERASED: ("trash", "red"),
}
"""Icon and tone of each state."""


def export_key(act: int) -> str:
    """Under which the making of an export is owed."""
    return f"export:{act}"


def find_under_way(consumer: int, kind: PrivacyKind) -> PrivacyAct | None:
    """The export or erasure that waits, is being made or is ready, if there is one."""
    found = PrivacyAct.objects.filter(consumer=consumer, kind=kind, state__in=UNDER_WAY)
    return found.first()


def get_act(act: int) -> PrivacyAct:
    """An act as it stands now, with its consumer."""
    return PrivacyAct.objects.select_related("consumer").get(pk=act)


def find_act(consumer: int, act: int) -> PrivacyAct | None:
    """This act if it is about this consumer."""
    return PrivacyAct.objects.filter(consumer=consumer, pk=act).first()


def knows_all_cases(consumer: int, person: Person) -> bool:
    """Whether nothing of the consumer is hidden from the person: the files hold all of it."""
    return not ports.hidden_cases(consumer, person.pk)


# ------------------------------------------------------------------ the page
@dataclass(frozen=True, slots=True)
class DownloadRow:
    """Who took which file, when."""

    file: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ActRow:
    """One export or erasure as its page shows it; ``may_decide`` is for this reader."""

    key: int
    kind: str
    name: str
    state: str
    state_name: str
    icon: str
    tone: str
    reason: str
    asked_by: str
    asked_at: datetime
    decided_by: str
    decided_at: datetime | None
    decision: str
    made_at: datetime | None
    kept_until: datetime | None
    is_own: bool
    has_failed: bool
    downloads: list[DownloadRow]

    @property
    def slug(self) -> str:
        """Its place on the page."""
        return f"act-{self.key}"

    @property
    def waits(self) -> bool:
        """Whether somebody has to decide it."""
        return self.state == PrivacyState.ASKED

    @property
    def is_being_made(self) -> bool:
        """Whether a worker is at it."""
        return self.state == PrivacyState.MAKING and not self.has_failed

    @property
    def is_ready(self) -> bool:
        """Whether its files can be taken."""
        return self.state == PrivacyState.READY

    @property
    def is_erasure(self) -> bool:
        """Whether it is for good."""
        return self.kind == PrivacyKind.ERASURE


def list_acts(consumer: int, *, to: Person) -> list[ActRow]:
    """The newest exports and erasures of a consumer, newest first; at most three statements."""
    downloads = ExportDownload.objects.select_related("by").order_by("-pk")
    found = list(
        PrivacyAct.objects.filter(consumer=consumer)
        .select_related("reason", "decision", "asked_by", "decided_by")
        .prefetch_related(Prefetch("downloads", queryset=downloads))
        .order_by("-asked_at", "-pk")[:MOST_ACTS]
    )
    making = [export_key(act.pk) for act in found if act.state == PrivacyState.MAKING]
    failed: set[str] = set()
    if making:
        owed = OwedWork.objects.filter(dedupe_key__in=making, state=OwedState.FAILED)
        failed = set(owed.values_list("dedupe_key", flat=True))
    return [_row(act, to, failed) for act in found]


def _row(act: PrivacyAct, to: Person, failed: set[str]) -> ActRow:
    kept = timedelta(days=settings.EXPORT_KEPT_DAYS)
    icon, tone = LOOKS[PrivacyState(act.state)]
    is_ready = act.state == PrivacyState.READY and act.made_at is not None
    return ActRow(
        key=act.pk,
        kind=act.kind,
        name=PrivacyKind(act.kind).label,
        state=act.state,
        state_name=PrivacyState(act.state).label,
        icon=icon,
        tone=tone,
        reason=act.reason.text,
        asked_by=act.asked_by.full_name,
        asked_at=act.asked_at,
        decided_by=act.decided_by.full_name if act.decided_by else "",
        decided_at=act.decided_at,
        decision=act.decision.text if act.decision else "",
        made_at=act.made_at,
        kept_until=act.made_at + kept if is_ready and act.made_at else None,
        is_own=act.asked_by_id == to.pk,
        has_failed=export_key(act.pk) in failed,
        downloads=[
            DownloadRow(FILES[each.file], each.by.full_name, each.at)
            for each in list(act.downloads.all())[:MOST_DOWNLOADS]
        ],
    )
