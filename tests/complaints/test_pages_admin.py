"""Categories, their policies and the limits of complaints in Django admin (ADM1)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client

from complaints.admin import STAFF_OR_BILLS
from complaints.models import ComplaintCategory, ComplaintName, ComplaintSettings
from smart360.cases.models import SlaPolicy
from smart360.staff.choices import Role
from tests.complaints.conftest import MakeComplaint
from tests.conftest import SetClock

pytestmark = pytest.mark.django_db
ADMIN = "/admin/complaints"


@pytest.fixture
def admin(client_as: Callable[..., Client], stands: SetClock) -> Client:
    return client_as(Role.ADMIN)


def category_data(**more: Any) -> dict[str, Any]:
    return {
        "code": "safety", "name": "Safety", "priority": "CRITICAL", "is_active": "on",
    } | more  # fmt: skip


def test_a_category_is_added_with_a_part_and_a_name(admin: Client) -> None:
    assert admin.post(f"{ADMIN}/complaintcategory/add/", category_data()).status_code == 302
    made = ComplaintCategory.objects.get(code="safety")
    part = {"category": made.pk, "name": "Cables", "is_active": "on"}
    assert admin.post(f"{ADMIN}/complaintsubcategory/add/", part).status_code == 302
    name = {"subcategory": made.subcategories.get().pk, "name": "Cable hangs", "is_active": "on"}
    assert admin.post(f"{ADMIN}/complaintname/add/", name).status_code == 302
    assert ComplaintName.objects.get(name="Cable hangs").subcategory.category == made
    for path, again, sentence in (
        ("complaintsubcategory", part, "with this Category and Name already exists."),
        ("complaintname", name, "with this Subcategory and Name already exists."),
    ):
        assert sentence in admin.post(f"{ADMIN}/{path}/add/", again).content.decode()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"code": "Safe Ty"}, "Use small letters, digits and hyphens, such as billing."),
        ({"code": "billing"}, "with this Code already exists."),
        ({"name": "Billing"}, "with this Name already exists."),
        ({"name": ""}, "This field is required."),
        ({"priority": "URGENT"}, "Select a valid choice."),
    ],
)
def test_a_wrong_category_is_refused(admin: Client, wrong: dict[str, str], sentence: str) -> None:
    answer = admin.post(f"{ADMIN}/complaintcategory/add/", category_data(**wrong))
    assert sentence in answer.content.decode()
    assert ComplaintCategory.objects.count() == 4


def test_what_is_about_staff_is_not_about_bills(admin: Client) -> None:
    """Its disputed amount would show the number of what is hidden (X2)."""
    both = category_data(is_about_staff="on", is_about_bills="on")
    path = f"{ADMIN}/complaintcategory"
    form = admin.post(f"{path}/add/", both).context["adminform"].form
    assert form.errors == {"is_about_bills": [STAFF_OR_BILLS]}
    staff = ComplaintCategory.objects.get(is_about_staff=True)
    known = {"name": staff.name, "priority": staff.priority, "is_active": "on"}
    answer = admin.post(f"{path}/{staff.pk}/change/", known | {"is_about_bills": "on"})
    assert answer.context["adminform"].form.errors == {"is_about_bills": [STAFF_OR_BILLS]}
    assert admin.post(f"{path}/{staff.pk}/change/", known).status_code == 302
    with pytest.raises(DatabaseError, match="what_is_about_staff_disputes_nothing"):
        ComplaintCategory.objects.filter(pk=staff.pk).update(is_about_bills=True)


def test_what_is_in_use_is_retired_not_deleted(
    admin: Client, make_complaint: MakeComplaint
) -> None:
    category = make_complaint().category
    path = f"{ADMIN}/complaintcategory/{category.pk}"
    assert admin.post(f"{path}/delete/", {"post": "yes"}).status_code == 403
    page = admin.get(f"{path}/change/").content.decode()
    assert 'name="code"' not in page
    data = {"name": "Billing", "priority": "LOW", "is_about_bills": "on"}
    assert admin.post(f"{path}/change/", data).status_code == 302
    category.refresh_from_db()
    assert (category.is_active, category.priority) == (False, "LOW")


@pytest.mark.parametrize("code", ["staff-behavior", "billing"])
def test_what_is_about_staff_stays_so(code: str) -> None:
    """roles.md: else what was complained of staff would be seen by the person named."""
    category = ComplaintCategory.objects.filter(code=code)
    with pytest.raises(DatabaseError, match="Cannot update"):
        category.update(is_about_staff=not category.get().is_about_staff)


def test_what_is_offered_stays_where_it_is(admin: Client) -> None:
    name = ComplaintName.objects.select_related("subcategory").get(name="Leak")
    for path, field in (
        (f"complaintname/{name.pk}", "subcategory"),
        (f"complaintsubcategory/{name.subcategory_id}", "category"),
    ):
        assert f'name="{field}"' not in admin.get(f"{ADMIN}/{path}/change/").content.decode()


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("longest_incident_days", "0", "Take 1 to 3650 days."),
        ("reopen_within_days", "366", "Take 1 to 365 days."),
        ("draft_kept_days", "91", "Take 1 to 90 days."),
        ("most_files", "21", "Take 1 to 20 files."),
        ("most_megabytes", "-1", ""),
    ],
)
def test_a_wrong_limit_is_refused(admin: Client, field: str, value: str, sentence: str) -> None:
    data = {
        "longest_incident_days": "365", "reopen_within_days": "30", "draft_kept_days": "7",
        "most_files": "5", "most_megabytes": "50",
    } | {field: value}  # fmt: skip
    answer = admin.post(f"{ADMIN}/complaintsettings/1/change/", data)
    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert ComplaintSettings.objects.get().most_files == 5


def test_a_policy_is_made_for_one_category(admin: Client, make_complaint: MakeComplaint) -> None:
    data = {
        "kind": "COMPLAINT", "topic": "billing", "priority": "", "acknowledgement_minutes": "60",
        "response_minutes": "120", "resolution_minutes": "600", "warn_percent": "75",
        "calendar": "",
    }  # fmt: skip
    assert admin.post("/admin/cases/slapolicy/add/", data).status_code == 302
    assert make_complaint().case.policy.resolution_minutes == 600
    again = admin.post("/admin/cases/slapolicy/add/", data, follow=True)
    assert "There is a policy for these cases already." in again.content.decode()
    other = admin.post("/admin/cases/slapolicy/add/", data | {"kind": "DISCONNECTION"})
    assert "Only complaints have a category." in other.content.decode()
    assert SlaPolicy.objects.filter(topic__code="billing").count() == 1
