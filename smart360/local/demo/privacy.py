"""What some have asked of their data: one export is there, one waits, an erasure waits (R8)."""

from datetime import datetime, timedelta
from uuid import uuid4

from consumers.choices import AccountStatus
from consumers.models import Consumer
from smart360.custody.models import PrivacyAct
from smart360.custody.operations.erasing import UnableToErase, ask_for_erasure
from smart360.custody.operations.privacy import approve_export, ask_for_export
from smart360.staff.models import Person

LETTER = "The consumer asked for it by letter."


def make_privacy(*, at: datetime) -> None:
    """Two exports, one of them approved, and the erasure of one who has left."""
    if PrivacyAct.objects.exists():
        return
    supervisor = Person.objects.with_roles().get(username="supervisor")
    admin = Person.objects.with_roles().get(username="admin")
    active = Consumer.objects.filter(status=AccountStatus.ACTIVE).order_by("pk")
    quiet = active.filter(cases=None).values_list("pk", flat=True)[:2]
    asked = [
        ask_for_export(
            consumer=consumer,
            reason=LETTER,
            by=supervisor,
            at=at - timedelta(hours=2),
            form_key=uuid4(),
        )
        for consumer in quiet
    ]
    if asked:
        approve_export(act=asked[0].pk, by=admin, at=at - timedelta(hours=1))
    gone = Consumer.objects.filter(status=AccountStatus.INACTIVE).order_by("-pk")
    for consumer in gone.values_list("pk", flat=True)[:50]:
        try:
            ask_for_erasure(
                consumer=consumer, reason=LETTER, by=supervisor, at=at, form_key=uuid4()
            )
        except UnableToErase:
            continue
        return
