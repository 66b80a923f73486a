"""Billing runs: how far a cycle's invoices are (BIL9)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class BillingRun(models.Model):
    """One cycle's regular invoices, made by a worker in pieces (BIL9)."""

    period_from = models.DateField()
    period_to = models.DateField(help_text="The last day that it bills.")
    state = models.CharField(max_length=10)
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    after = models.BigIntegerField(default=0, help_text="Consumers up to this key are done.")
    to_do = models.PositiveIntegerField(default=0, help_text="Consumers in it when it began.")
    looked_at = models.PositiveIntegerField(default=0)
    issued = models.PositiveIntegerField(default=0)
    estimated = models.PositiveIntegerField(default=0)
    left_out = models.JSONField(default=dict, help_text="Why consumers were left out: how many.")
    billed = models.DecimalField(max_digits=16, decimal_places=2, default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(period_to__gte=F("period_from")), name="a_cycle_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("RUNNING", "DONE", "STOPPED")), name="run_state_is_known"
            ),
            models.UniqueConstraint(
                fields=["state"],
                condition=Q(state="RUNNING"),
                name="one_billing_run_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.period_from} – {self.period_to}"
