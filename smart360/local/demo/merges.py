"""Two households that were opened twice: one of the doubles was merged, the other one waits."""

from datetime import datetime, timedelta
from uuid import uuid4

from consumers.choices import AccountStatus
from consumers.models import AccountMerge, Consumer
from consumers.operations.registering import register_consumer
from consumers.rules.occupancy import NewAccount
from smart360.custody.operations.merging import merge_consumers
from smart360.staff.models import Person

WHY = "She rang twice and was opened twice; both accounts have her number."


def make_merges(*, at: datetime) -> None:
    """Open two households once more, by their phone numbers, and merge the first pair."""
    if AccountMerge.objects.exists():
        return
    people = {each.username: each for each in Person.objects.with_roles()}
    twice = Consumer.objects.filter(
        status=AccountStatus.ACTIVE, guards=None, cases=None, is_vip=False
    ).exclude(phone="")
    doubles = [
        (first, _opened_again(first, by=people["cse"], at=at - timedelta(hours=3)))
        for first in twice.order_by("pk")[10:12]
    ]
    for first, double in doubles[:1]:
        merge_consumers(
            merged=double.pk,
            survivor=first.pk,
            reason=WHY,
            by=people["supervisor"],
            at=at - timedelta(hours=2),
            form_key=uuid4(),
        )


def _opened_again(consumer: Consumer, *, by: Person, at: datetime) -> Consumer:
    account = NewAccount(consumer.name, consumer.category_id, phone=consumer.phone)
    return register_consumer(account=account, is_somebody_else=True, by=by, at=at, form_key=uuid4())
