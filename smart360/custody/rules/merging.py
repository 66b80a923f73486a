"""What a merge of two accounts may be, and what is said where it may not. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from consumers.choices import AccountStatus
from smart360.kernel.errors import Refusal
from smart360.web.shown import Link

ITSELF = "Choose another account: this one ends"
FASTER = "Somebody else changed one of the two accounts meanwhile"
NOT_MERGED = "This account is not merged into another one"
LONGEST_REASON = 250
SHORTEST_REASON = 10
HOW_TO_LEAVE = {
    AccountStatus.DISCONNECTED: "reconnect it, or close it for good, first",
    AccountStatus.COLLECTION: "end Collection first",
}
"""What leads out of the states in which an account is not merged."""


class UnableToMerge(Refusal):
    """These two accounts cannot be merged, or parted again, now."""


@dataclass(frozen=True)
class Obstacle:
    """One thing that is in the way, with what to do; ``links`` lead to it."""

    sentence: str
    links: Sequence[Link] = ()


def checked_reason(reason: str) -> str:
    """The reason as it is kept. Raises UnableToMerge."""
    said = reason.strip()
    if len(said) < SHORTEST_REASON:
        raise UnableToMerge(
            f"Enter the reason in at least {SHORTEST_REASON} characters", field="reason"
        )
    if len(said) > LONGEST_REASON:
        raise UnableToMerge(f"Use at most {LONGEST_REASON} characters.", field="reason")
    return said


def why_not_status(status: str) -> str:
    """Why an account in this state is not merged into another one; ``""`` where it may be."""
    way_out = HOW_TO_LEAVE.get(AccountStatus(status))
    return f"The account is {AccountStatus(status).label}: {way_out}." if way_out else ""
