"""The workers' side of money. What beat starts is imported here, where Celery looks for it."""

from billing.tasks.arrangements import judge_arrangements
from billing.tasks.deposits import add_deposit_interest

__all__ = ["add_deposit_interest", "judge_arrangements"]
