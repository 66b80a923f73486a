"""The roles table, the addresses and the code's own permissions say the same (roles.md)."""

import pytest

from smart360.staff.permissions import ROLE_PERMISSIONS
from smart360.web.gate import declared_permissions
from tests.access.addresses import ADDRESSES, ANYBODY, COLUMNS
from tests.access.roles import NOT_YET, OUTSIDE, OWN, ROWS, who_by_the_table
from tests.access.visiting import ALL


def test_every_address_obeys_a_row() -> None:
    ruled = who_by_the_table()
    assert {name: each.who for name, each in ADDRESSES.items() if each.who != ANYBODY} == ruled
    assert {name for name, each in ADDRESSES.items() if each.who == ANYBODY} == set(OUTSIDE)


def test_no_row_is_closed_for_nothing() -> None:
    """What is not there yet is named in a row that has such a cell."""
    cells = {row.action: row.cells for row in ROWS}
    assert all(word in cells[action] for action, words in NOT_YET.items() for word in words)


@pytest.mark.parametrize("name", [name for name in ADDRESSES if not name.startswith("admin")])
def test_the_gate_lets_in_whom_the_table_names(name: str) -> None:
    """Worked out from the permissions that the view declares, without a visit."""
    declared = declared_permissions(ALL[name])
    if name in OUTSIDE or name in OWN:
        assert declared in ("public", "signed in", "api key")
        return
    assert isinstance(declared, frozenset)
    let_in = "".join("y" if declared & ROLE_PERMISSIONS[role] else "-" for role in COLUMNS)
    assert let_in == ADDRESSES[name].who
