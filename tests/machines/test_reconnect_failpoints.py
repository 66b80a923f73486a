"""W9, mirrored: a reconnection that breaks at any of its statements has not happened at all."""

import pytest

from disconnections.models import ReconnectedService
from tests.disconnections.closing import make_billing, make_closing
from tests.disconnections.returning import MakeReturn, make_return
from tests.invariants import assert_sound
from tests.machines.running import breaks_everywhere

__all__ = ["make_billing", "make_closing", "make_return"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("action", ["REMOVE", pytest.param("UNASSIGN", marks=pytest.mark.night)])
def test_a_reconnection_that_breaks_has_not_happened(make_return: MakeReturn, action: str) -> None:
    """The state is the one before or the one after, never between."""
    back = make_return(action, fee="45.00").ready()
    assert breaks_everywhere(back.execute) > 50
    assert {each.execution_id for each in ReconnectedService.objects.all()} == {back.case.pk}
    assert_sound()
