"""The demo's complaints: in every state, by accounts and by people not in the system yet."""

from datetime import date, datetime
from random import Random

import pytest

from complaints.models import Complainant, Complaint
from smart360.cases.choices import CaseStatus
from smart360.cases.models import Case
from smart360.local.demo.accounts import accounts
from smart360.local.demo.cast import CATEGORIES, STAFF
from smart360.local.demo.complaints import HOW_MANY, make_complaints
from smart360.local.operations import add_accounts, add_staff, set_up_utility
from smart360.organisation.models import Utility
from tests.invariants import assert_sound

pytestmark = pytest.mark.django_db(transaction=True)


def test_it_is_made_once_and_is_sound(utility: Utility, at: datetime) -> None:
    add_staff(people=STAFF, password="a-long-enough-password")
    set_up_utility(years=(2024, 2025))
    add_accounts(accounts=accounts(date(2024, 12, 10), Random(36))[:120], categories=CATEGORIES)
    for _ in range(2):  # a start that was interrupted goes on
        make_complaints(at=at)
    assert Complaint.objects.count() == HOW_MANY
    assert Complainant.objects.exists()
    standing = set(Case.objects.values_list("status", flat=True))
    assert standing == {
        CaseStatus.PENDING, CaseStatus.IN_PROGRESS, CaseStatus.ON_HOLD, CaseStatus.RESOLVED,
        CaseStatus.REJECTED,
    }  # fmt: skip
    assert_sound()
