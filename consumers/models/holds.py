"""What protects an account: arrangements, certificates, disputes, legal matters."""

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from consumers.choices import AccountHoldKind
from consumers.models.accounts import Consumer


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class AccountHold(models.Model):
    """A reason for which this consumer is not cut, from a day to a day (design.md §2).

    Protections read these rows, so that they need not know arrangements or complaints.
    """

    consumer = models.ForeignKey(Consumer, on_delete=models.PROTECT, related_name="holds")
    kind = models.CharField(max_length=15, choices=AccountHoldKind)
    from_on = models.DateField()
    to_on = models.DateField(null=True, blank=True, help_text="The last day; empty: until lifted.")
    source = models.CharField(max_length=60, help_text="The number of what it rests on.")
    amount = models.DecimalField(
        max_digits=14, decimal_places=2, null=True, blank=True, help_text="Disputed: so much of it."
    )
    placed_at = models.DateTimeField()
    placed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=AccountHoldKind.values), name="account_hold_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")),
                name="an_account_hold_ends_after_it_began",
            ),
            models.CheckConstraint(condition=~Q(source=""), name="a_hold_has_a_source"),
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__gt=0, amount__lt=10**12),
                name="a_held_amount_is_positive",
            ),
            models.UniqueConstraint(
                fields=["consumer", "kind", "source"],
                condition=Q(lifted_at__isnull=True),
                name="a_source_holds_an_account_once",
            ),
        ]
        indexes = [
            # What protects this account today.
            models.Index(
                fields=["consumer"],
                name="account_hold_that_stands",
                condition=Q(lifted_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.source}"
