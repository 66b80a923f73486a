"""W9: an Execute that breaks at any of its statements has not happened at all."""

import pytest

from disconnections.models import Execution
from tests.disconnections.closing import MakeClosing, make_billing, make_closing
from tests.invariants import assert_sound
from tests.machines.running import breaks_everywhere

__all__ = ["make_billing", "make_closing"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("action", ["REMOVE", pytest.param("UNASSIGN", marks=pytest.mark.night)])
def test_an_execute_that_breaks_has_not_happened(make_closing: MakeClosing, action: str) -> None:
    """The state is the one before or the one after, never between."""
    closing = make_closing().ready(action)
    assert breaks_everywhere(closing.execute) > 50
    assert Execution.objects.get().pk == closing.case.pk
    assert_sound()
