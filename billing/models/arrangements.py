"""Payment arrangements and their instalments (BIL8)."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from billing.choices import ArrangementState
from consumers.models import AccountHold, Consumer
from consumers.models.merging import nothing_begins


class Arrangement(models.Model):
    """A promise to pay what is owed in instalments; while it runs, the account is held (BEY7)."""

    number = models.CharField(max_length=20, help_text="PA-2026-000001.")
    consumer = models.ForeignKey(Consumer, on_delete=models.PROTECT, related_name="arrangements")
    total = models.DecimalField(max_digits=14, decimal_places=2)
    state = models.CharField(
        max_length=10, choices=ArrangementState, default=ArrangementState.RUNNING
    )
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    after_posting = models.BigIntegerField(
        help_text="The ledger's last posting when it was made: what was paid later counts."
    )
    next_due_on = models.DateField(
        null=True, blank=True, help_text="Of the oldest instalment not yet paid; when to look."
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(max_length=250, blank=True, help_text="Why it was cancelled.")
    hold = models.OneToOneField(AccountHold, on_delete=models.PROTECT, related_name="arrangement")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number"], name="arrangement_number_is_unique"),
            models.UniqueConstraint(
                fields=["consumer"],
                condition=Q(state=ArrangementState.RUNNING),
                name="a_consumer_has_one_running_arrangement",
            ),
            models.CheckConstraint(
                condition=Q(state__in=ArrangementState.values), name="arrangement_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(total__gt=0, total__lt=10**12), name="an_arrangement_is_positive"
            ),
            models.CheckConstraint(
                condition=Q(state=ArrangementState.RUNNING, ended_at__isnull=True)
                | (~Q(state=ArrangementState.RUNNING) & Q(ended_at__isnull=False)),
                name="an_ended_arrangement_says_when",
            ),
        ]
        indexes = [
            # What the worker looks at.
            models.Index(
                fields=["next_due_on"],
                name="arrangement_that_runs",
                condition=Q(state=ArrangementState.RUNNING),
            ),
        ]
        triggers = [
            nothing_begins(),
            pgtrigger.Trigger(
                name="ended_arrangements_stay",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=pgtrigger.Func(
                    """
                    IF TG_OP = 'UPDATE' AND OLD.state = 'RUNNING' THEN
                        IF (NEW.id, NEW.number, NEW.consumer_id, NEW.total, NEW.hold_id)
                           = (OLD.id, OLD.number, OLD.consumer_id, OLD.total, OLD.hold_id)
                        THEN
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'arrangement % stays as it ended', OLD.number
                        USING ERRCODE = 'check_violation', CONSTRAINT = 'ended_arrangements_stay';
                    """
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Instalment(models.Model):
    """One part of an arrangement, to be paid by a day."""

    append_only = True

    arrangement = models.ForeignKey(
        Arrangement, on_delete=models.PROTECT, related_name="instalments"
    )
    due_on = models.DateField()
    amount = models.DecimalField(max_digits=14, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["arrangement", "due_on"], name="one_instalment_a_day"),
            models.CheckConstraint(
                condition=Q(amount__gt=0, amount__lt=10**12), name="an_instalment_is_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} by {self.due_on}"
