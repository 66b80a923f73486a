"""What can be done with an account as it stands, or in one sentence why not. Pure."""

from collections.abc import Collection, Sequence
from decimal import Decimal

from consumers.choices import AccountStatus, SupplyState

OWES_NOTHING = "This account owes nothing"
NOTHING_CONNECTED = "This account has no connected service to disconnect"
HAS_LEFT = "This household has moved out: nothing of theirs is left to disconnect or reconnect"
NOT_SUPPLIED = (AccountStatus.INACTIVE.value, AccountStatus.DISCONNECTED.value)
"""Accounts that can be reconnected, whatever is known of their services."""
_PENDING, _ACTIVE, _INACTIVE, _OFF, _COLLECTION = (
    AccountStatus.PENDING,
    AccountStatus.ACTIVE,
    AccountStatus.INACTIVE,
    AccountStatus.DISCONNECTED,
    AccountStatus.COLLECTION,
)
ARROWS: dict[AccountStatus, tuple[AccountStatus, ...]] = {
    # Approved, or moves in; moves out, or what supplied it is cut.
    _PENDING: (_ACTIVE, _INACTIVE, _OFF),
    _ACTIVE: (_INACTIVE, _OFF, _COLLECTION),
    # Whoever is collected from is cut, or moves out, like anybody else.
    _COLLECTION: (_ACTIVE, _INACTIVE, _OFF),
    # Reconnected, or closed for good.
    _OFF: (_ACTIVE, _INACTIVE),
    # Reconnected, or moves in; a service that was left on is cut for now.
    _INACTIVE: (_ACTIVE, _OFF),
}
"""How the status of an account may go on (CON5). Nothing leads back to Pending but the undoing of
a merge, which gives an account the status that it had. By what act, other triggers ask."""


def arrows_as_sql() -> str:
    """The arrows as rows of SQL, for the trigger that keeps them.

    >>> "('ACTIVE', 'PENDING')" in arrows_as_sql(), "('PENDING', 'ACTIVE')" in arrows_as_sql()
    (False, True)
    """
    pairs = ((old.value, new.value) for old, reached in ARROWS.items() for new in reached)
    return ", ".join(f"('{old}', '{new}')" for old, new in pairs)


def has_left(supply_states: Collection[str]) -> bool:
    """Whether the household has moved out of every place, so that others are supplied there.

    >>> has_left(["MOVED_OUT"]), has_left(["MOVED_OUT", "OFF_FOR_GOOD"]), has_left([])
    (True, False, False)
    """
    return bool(supply_states) and all(each == SupplyState.MOVED_OUT for each in supply_states)


def why_no_request(status: str, supply_states: Collection[str]) -> str:
    """Why there is nothing that a request could be about, or ``""`` (bad-inputs.md 28, ADR 29)."""
    if has_left(supply_states):
        return HAS_LEFT
    return "" if supply_states or status in NOT_SUPPLIED else NOTHING_CONNECTED


def why_not_to_collection(
    status: str, *, is_archived: bool, balance: Decimal, open_requests: Sequence[str]
) -> str:
    """Why an account cannot go to Collection (CON5), or ``""``.

    ``open_requests``  the numbers of those that keep the status as it is (CON14)

    >>> why_not_to_collection("ACTIVE", is_archived=False, balance=Decimal(0), open_requests=[])
    'This account owes nothing'
    """
    if wrong := _why_not_from(AccountStatus.ACTIVE, status, is_archived=is_archived):
        return wrong
    return OWES_NOTHING if balance <= 0 else why_kept(open_requests)


def why_not_out_of_collection(
    status: str, *, is_archived: bool, open_requests: Sequence[str]
) -> str:
    """Why an account cannot come out of Collection, or ``""``."""
    wrong = _why_not_from(AccountStatus.COLLECTION, status, is_archived=is_archived)
    return wrong or why_kept(open_requests)


def why_kept(open_requests: Sequence[str]) -> str:
    """The open requests that keep the status as it is, or ``""``."""
    return f"Locked while {', '.join(open_requests)} is open" if open_requests else ""


def _why_not_from(needed: AccountStatus, status: str, *, is_archived: bool) -> str:
    if status == needed and not is_archived:
        return ""
    return f"This account is {'archived' if is_archived else AccountStatus(status).label}"
