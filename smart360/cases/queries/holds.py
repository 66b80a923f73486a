"""What a form for a hold offers: the reasons, and a hold that makes sense now."""

from dataclasses import dataclass
from datetime import datetime, time

from smart360.cases.models import HoldReason

MORNING = time(8)
"""When a visit without a slot begins at the earliest, for the hold until then."""


@dataclass(frozen=True, slots=True)
class HoldOffer:
    """A hold that makes sense now: the wished-for day lies after the SLA is due (decision 10)."""

    reason: int
    until: datetime
    words: str


def hold_choices() -> list[tuple[str, str]]:
    """The reasons for a hold, each with what it does to the clock."""
    return [
        (str(reason.pk), _hold_words(reason))
        for reason in HoldReason.objects.filter(is_active=True).order_by("pk")
    ]


def _hold_words(reason: HoldReason) -> str:
    """The label, whom we wait for unless the label says it, and the clock."""
    clock = "the clock pauses" if reason.pauses else "the clock goes on"
    whom = reason.get_waits_for_display().lower()
    told = "" if whom in reason.label.lower() else f" · waits for {whom}"
    return f"{reason.label}{told} · {clock}"
