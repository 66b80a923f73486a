"""Who is told when the record is not sound."""

from collections.abc import Sequence
from datetime import date, datetime

from django.urls import reverse

from smart360.comms.outbox import notify_staff
from smart360.kernel.db import step
from smart360.staff.access import people_who_may
from smart360.staff.permissions import Permission


@step
def invariants_broken(ids: Sequence[str], *, at: datetime) -> None:
    """Tell administrators which invariants are broken, once a day for the same ones."""
    named = ", ".join(sorted(set(ids)))
    if not named:
        return
    notify_staff(
        people=people_who_may(Permission.CONFIGURE),
        sentence=f"Records are not sound ({named}). Run check_invariants and call support.",
        path=reverse("notice_list"),
        at=at,
        dedupe_key=f"invariants:{at:%Y%m%d}:{named}",
        is_urgent=True,
    )


@step
def vips_suggested(*, today: date, at: datetime) -> None:
    """Tell supervisors that suggestions wait, once a day."""
    notify_staff(
        people=people_who_may(Permission.SET_VIP),
        sentence="Consumers are suggested as VIP. Accept or decline.",
        path=reverse("vip_suggestion_list"),
        at=at,
        dedupe_key=f"vip-suggestions:{today}",
    )
