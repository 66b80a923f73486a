"""Owed work."""

from django.db import models
from django.db.models import Q

from smart360.owed.choices import OwedState, Queue


class OwedWork(models.Model):
    """One thing that must still happen, written in the transaction of its cause (design.md §6)."""

    removable = True

    queue = models.CharField(max_length=10, choices=Queue)
    kind = models.CharField(max_length=60, help_text="The registered handler's name.")
    dedupe_key = models.CharField(max_length=160)
    about = models.JSONField(default=dict, help_text="Ids only, nothing personal.")
    state = models.CharField(max_length=10, choices=OwedState, default=OwedState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    owed_at = models.DateTimeField(help_text="When the cause was stored.")
    next_at = models.DateTimeField(help_text="Not before this moment.")
    claimed_by = models.IntegerField(
        null=True,
        blank=True,
        help_text="The database session of the worker that pays it now; free when that is gone.",
    )
    session_began_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="When that session began: sessions get the numbers of ended ones. Empty where "
        "the worker may not see it.",
    )
    done_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dedupe_key"], name="owed_work_is_owed_once"),
            models.CheckConstraint(
                condition=Q(state__in=OwedState.values), name="owed_state_is_known"
            ),
            models.CheckConstraint(condition=Q(queue__in=Queue.values), name="owed_queue_is_known"),
            models.CheckConstraint(
                condition=Q(state=OwedState.DONE) ^ Q(done_at__isnull=True),
                name="done_work_says_when",
            ),
        ]
        indexes = [
            # A worker claims what is due in its queue.
            models.Index(
                fields=["queue", "next_at"],
                name="owed_work_due",
                condition=Q(state=OwedState.WAITING),
            ),
            # What dead workers held is looked for at every tick.
            models.Index(
                fields=["queue"],
                name="owed_work_claimed",
                condition=Q(claimed_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.dedupe_key}"
