"""The arrows, as the issue of each kind draws them."""

import itertools

from smart360.cases.choices import CaseKind, CaseStatus
from smart360.cases.lifecycle import may_move

ALLOWED = {
    ("PENDING", "IN_PROGRESS"),
    ("PENDING", "CLOSED"),
    ("IN_PROGRESS", "ON_HOLD"),
    ("IN_PROGRESS", "COMPLETED"),
    ("IN_PROGRESS", "CLOSED"),
    ("ON_HOLD", "IN_PROGRESS"),
    ("ON_HOLD", "CLOSED"),
}


def test_requests_move_along_these_arrows_and_no_other() -> None:
    """W2, DIS7: every pair of statuses."""
    for old, new in itertools.product(CaseStatus.values, repeat=2):
        for kind in (CaseKind.DISCONNECTION, CaseKind.RECONNECTION):
            assert may_move(kind, old, new) is ((old, new) in ALLOWED), (old, new)
