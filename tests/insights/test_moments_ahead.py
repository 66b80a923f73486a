"""T4: what is promised may lie ahead, what was done may not."""

from datetime import UTC, datetime

import pytest

from smart360.cases.models import LateTally, TallyChange
from smart360.insights.oracles.database import moments_in_the_future

pytestmark = pytest.mark.django_db
AHEAD = datetime(2126, 1, 1, 8, 15, tzinfo=UTC)


def test_what_becomes_late_one_day_is_no_act_of_that_day() -> None:
    LateTally.objects.create(kind="COMPLAINT", topic="billing", quarter_at=AHEAD, count=1)
    TallyChange.objects.create(
        standing="LATE", kind="COMPLAINT", topic="billing", counts_at=AHEAD, change=1
    )
    assert moments_in_the_future() == []
