"""Changing what is promised: a new version for the same cases, and never a gap."""

import pytest

from smart360.cases.choices import CaseKind
from smart360.cases.models import SlaPolicy
from smart360.cases.queries.history import policy_in_force
from smart360.organisation.models import Utility
from smart360.staff.choices import Role
from tests.conftest import SetClock
from tests.disconnections.browsing import ClientAs

pytestmark = pytest.mark.django_db


def test_a_change_keeps_the_cases_that_it_is_for(
    client_as: ClientAs, utility: Utility, stands: SetClock
) -> None:
    """SLA1: a policy moved to other cases would leave requests that nobody can create."""
    old = SlaPolicy.objects.get(
        kind=CaseKind.DISCONNECTION, priority="", for_vip=False, replaced_at__isnull=True
    )
    data = {
        "kind": "DISCONNECTION", "priority": "HIGH", "for_vip": "on",
        "acknowledgement_minutes": "60", "response_minutes": "120", "resolution_minutes": "600",
        "warn_percent": "80", "calendar": "",
    }  # fmt: skip
    address = f"/admin/cases/slapolicy/{old.pk}/change/"
    assert client_as(Role.ADMIN).post(address, data).status_code == 302
    new = policy_in_force(kind=CaseKind.DISCONNECTION, priority="LOW", is_vip=False)
    assert (new.priority, new.for_vip, new.resolution_minutes) == ("", False, 600)
    assert new.pk != old.pk


def test_targets_out_of_order_are_told_in_a_sentence(
    client_as: ClientAs, utility: Utility, stands: SetClock
) -> None:
    data = {
        "kind": "DISCONNECTION", "priority": "CRITICAL",
        "acknowledgement_minutes": "120", "response_minutes": "240", "resolution_minutes": "10",
        "warn_percent": "75", "calendar": "",
    }  # fmt: skip
    answer = client_as(Role.ADMIN).post("/admin/cases/slapolicy/add/", data)
    shown = answer.content.decode()
    assert "Acknowledgement comes before response, response before resolution" in shown
    assert "sla_targets_follow_each_other" not in shown
