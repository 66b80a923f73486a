"""Complaints as people register them."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import uuid4

import pytest

from complaints.models import Complaint, ComplaintName
from complaints.operations import create_complaint
from complaints.rules import ComplaintWish, Stranger
from consumers.models import Consumer
from smart360.staff.choices import Role
from smart360.staff.models import Person

MakeComplaint = Callable[..., Complaint]
SOMEBODY = Stranger(name="Ann Newcomer", phone="+15551230000", email="ann@example.com")


def wish_for(name: str = "Bill is too high", **more: Any) -> ComplaintWish:
    """A complaint of one of the default names, by somebody unless ``consumer`` says who."""
    chosen = ComplaintName.objects.select_related("subcategory").get(name=name)
    fields: dict[str, Any] = {
        "consumer": None,
        "stranger": None if more.get("consumer") else SOMEBODY,
        "category": chosen.subcategory.category_id,
        "subcategory": chosen.subcategory_id,
        "name": chosen.pk,
        "incident_on": date(2024, 12, 2),
        "description": "The bill is three times the usual one.",
        "expected_resolution": "A corrected bill",
    }
    return ComplaintWish(**(fields | more))


@pytest.fixture
def make_complaint(person: Callable[..., Person], at: datetime) -> MakeComplaint:
    """Register a complaint: ``make_complaint(consumer, name="Leak")``, or a stranger's."""

    def make(
        consumer: Consumer | None = None, *, by: Person | None = None, when: datetime | None = None,
        **wish: Any,
    ) -> Complaint:  # fmt: skip
        return create_complaint(
            wish=wish_for(consumer=consumer.pk if consumer else None, **wish),
            by=by or person(Role.CSE),
            at=when or at,
            form_key=uuid4(),
        )

    return make
