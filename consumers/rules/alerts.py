"""What the head of a profile warns of (CON3): icon, tone, words, and where it leads."""

from collections.abc import Sequence
from dataclasses import dataclass

from consumers.choices import AccountStatus
from consumers.ports import Breach
from consumers.rules.profiles import LockFacts


@dataclass(frozen=True, slots=True)
class Alert:
    """One warning; ``url`` is where it leads, or ``""``."""

    words: str
    icon: str
    tone: str
    url: str = ""
    is_solid: bool = False


def alerts_of(
    *,
    status: str,
    lock: LockFacts | None,
    guarded_by: Sequence[str],
    holds: Sequence[str],
    knows_why: bool,
    breaches: Sequence[Breach],
    is_overdue: bool,
) -> list[Alert]:
    """The warnings that stand now, the gravest first.

    ``holds`` are the kinds of what protects the account, named only to whoever ``knows_why``; one
    that this reader need not know is "".
    """
    alerts = [
        Alert(f"SLA breached: {late.number}", "flame", "red", late.path, is_solid=True)
        for late in breaches
    ]
    if is_overdue:
        alerts.append(Alert("Overdue", "clock-exclamation", "red"))
    if status == AccountStatus.COLLECTION:
        alerts.append(Alert("In collection", "cash", "purple"))
    if holds:
        kinds = ", ".join(dict.fromkeys(each for each in holds if each)).lower()
        words = f"Protected: {kinds}" if knows_why and kinds else "Protected"
        alerts.append(Alert(words, "shield-check", "green"))
    if lock is not None:
        holder = "you" if lock.is_own else lock.holder
        alerts.append(Alert(f"Locked by {holder}", "lock", "orange"))
    elif guarded_by:
        alerts.append(Alert("Locked by an open request", "lock", "slate"))
    return alerts
