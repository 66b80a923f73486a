"""How an account comes to Collection and back, and when a worker brings it there (CON5)."""

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from consumers.models.accounts import Consumer


class CollectionMove(models.Model):
    """Somebody, or the ageing worker, has moved an account to Collection or out of it.

    The status of the account follows in the same transaction, or the database refuses it. Why
    stands on the timeline.
    """

    append_only = True

    consumer = models.ForeignKey(
        Consumer, on_delete=models.PROTECT, related_name="collection_moves"
    )
    is_back = models.BooleanField(help_text="Out of Collection again.")
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty: the ageing worker.",
    )
    in_transaction = models.BigIntegerField(default=0, editable=False)

    class Meta:
        indexes = [models.Index(fields=["consumer", "-id"], name="collection_move_by_consumer")]
        triggers = [
            pgtrigger.Trigger(
                name="a_collection_move_knows_its_transaction",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=pgtrigger.Func(
                    """
                    NEW.in_transaction := pg_current_xact_id()::text::bigint;
                    RETURN NEW;
                    """
                ),
            )
        ]

    def __str__(self) -> str:
        return f"consumer {self.consumer_id} {'out of' if self.is_back else 'in'} Collection"


@pghistory.track()
class CollectionPolicy(models.Model):
    """When the ageing worker moves accounts to Collection and back. There is exactly one row."""

    is_on = models.BooleanField(
        "ageing worker is on",
        default=False,
        help_text="Off: accounts come to Collection and back by people alone.",
    )
    days_overdue = models.PositiveSmallIntegerField(
        default=90, help_text="Days since the oldest unpaid bill was due. 1 to 3650."
    )
    least_owed = models.DecimalField(
        "owes at least",
        max_digits=14,
        decimal_places=2,
        default=50,
        help_text="Accounts that owe less stay as they are.",
    )

    class Meta:
        verbose_name = "collection policy"
        verbose_name_plural = "collection policy"
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="there_is_one_collection_policy"),
            models.CheckConstraint(
                condition=Q(days_overdue__range=(1, 3650)), name="collection_begins_within_years"
            ),
            models.CheckConstraint(
                condition=Q(least_owed__range=(0, 10**12)), name="collection_begins_at_a_number"
            ),
        ]

    def __str__(self) -> str:
        return "Collection policy"
