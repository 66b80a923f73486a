"""The workers' side of deposits: last year's interest."""

from celery import shared_task

from billing.operations.deposits import add_interest
from smart360.kernel import clock
from smart360.organisation.queries import get_utility


@shared_task(name="billing.add_deposit_interest")
def add_deposit_interest() -> None:
    """Each day of January: last year's interest for whoever has not got it yet."""
    at = clock.now()
    year = at.astimezone(get_utility().zone).year - 1
    after: int | None = 0
    while after is not None:
        after = add_interest(year=year, after=after, at=at)
