"""R7 for a final bill: an act that breaks at any of its statements has not happened at all."""

import pytest

from billing.models import Invoice
from billing.operations.credit_notes import approve_credit_note, propose_credit_note
from tests.billing.final_billing import Billing, MakeBilling, make_billing
from tests.invariants import assert_sound
from tests.machines.running import Act, breaks_everywhere

__all__ = ["make_billing"]
pytestmark = pytest.mark.django_db(transaction=True)


def generate(billing: Billing) -> Act:
    billing.read()
    return billing.generate


def approve(billing: Billing) -> Act:
    billing.read()
    seen = billing.generate().inputs_hash
    return lambda: billing.approve(seen)


def take_back(billing: Billing) -> Act:
    bill: Invoice = billing.approved()
    note = propose_credit_note(invoice=bill.pk, reason="Wrong", by=billing.karen, at=billing.at)
    return lambda: approve_credit_note(note=note.pk, by=billing.david, at=billing.at)


@pytest.mark.parametrize(
    "act",
    [
        approve,
        pytest.param(generate, marks=pytest.mark.night),
        pytest.param(take_back, marks=pytest.mark.night),
    ],
)
def test_an_act_that_breaks_has_not_happened(make_billing: MakeBilling, act: object) -> None:
    assert callable(act)
    assert breaks_everywhere(act(make_billing())) > 10
    assert_sound()
