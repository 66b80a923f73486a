"""Along which arrows the status of each kind may move.

One table feeds the operation, the buttons and the database trigger (design.md §4).
"""

from collections.abc import Mapping

from smart360.cases.choices import CaseKind, CaseStatus
from smart360.kernel.text import count_letters

FEWEST_LETTERS = 10
SAY_WHY = f"Say in at least {FEWEST_LETTERS} characters why"
S = CaseStatus

_REQUEST: dict[str, frozenset[str]] = {
    S.PENDING.value: frozenset({S.IN_PROGRESS.value, S.CLOSED.value}),
    S.IN_PROGRESS.value: frozenset({S.ON_HOLD.value, S.COMPLETED.value, S.CLOSED.value}),
    S.ON_HOLD.value: frozenset({S.IN_PROGRESS.value, S.CLOSED.value}),
}
_COMPLAINT: dict[str, frozenset[str]] = {
    S.PENDING.value: frozenset({S.IN_PROGRESS.value}),
    S.IN_PROGRESS.value: frozenset({S.ON_HOLD.value, S.RESOLVED.value, S.REJECTED.value}),
    S.ON_HOLD.value: frozenset({S.IN_PROGRESS.value}),
    S.RESOLVED.value: frozenset({S.IN_PROGRESS.value}),  # reopened within its window (W15)
    S.REJECTED.value: frozenset({S.IN_PROGRESS.value}),
}
ARROWS: Mapping[str, Mapping[str, frozenset[str]]] = {
    CaseKind.DISCONNECTION.value: _REQUEST,
    CaseKind.RECONNECTION.value: _REQUEST,
    CaseKind.COMPLAINT.value: _COMPLAINT,
}


def may_move(kind: str, old: str, new: str) -> bool:
    """Whether a case of this kind may go from one status to the other."""
    return new in ARROWS[kind].get(old, frozenset())


def says_why(note: str) -> bool:
    """Whether ``note`` says enough where a reason alone does not (W16)."""
    return count_letters(note) >= FEWEST_LETTERS


LETTERS = (
    "length(regexp_replace(normalize(%(expressions)s, NFC), '[\\s\\u001C-\\u001F\\u0085\\u00A0"
    "\\u00AD\\u1680\\u2000-\\u200F\\u2028-\\u202F\\u205F-\\u206F\\u3000\\uFEFF]', '', 'g'))"
)
"""``count_letters`` as SQL; ``says_why`` may ask for more than it, never for less."""


def arrows_as_sql() -> str:
    """The table as SQL rows ``('KIND','OLD','NEW')`` for the trigger."""
    return ", ".join(
        f"('{kind}','{old}','{new}')"
        for kind, table in ARROWS.items()
        for old, targets in table.items()
        for new in sorted(targets)
    )
