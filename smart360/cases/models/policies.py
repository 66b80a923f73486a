"""What is promised for a kind of case, version by version."""

from datetime import datetime

import pghistory
from django.db import models
from django.db.models import F, Q

from smart360.cases.choices import CaseKind, Priority
from smart360.organisation.models import BusinessCalendar


@pghistory.track()
class SlaPolicy(models.Model):
    """One version of what is promised for a kind of case (SLA1).

    A case keeps the version that was in force when it was created; a new version is for new cases.
    """

    kind = models.CharField(max_length=15, choices=CaseKind)
    priority = models.CharField(
        max_length=10, choices=Priority, blank=True, help_text="Empty: every priority."
    )
    topic = models.ForeignKey(
        "complaints.ComplaintCategory",
        on_delete=models.PROTECT,
        to_field="code",
        null=True,
        blank=True,
        related_name="+",
        verbose_name="category",
        help_text="Only for complaints of this category. Empty: every category.",
    )
    for_vip = models.BooleanField(default=False, help_text="Only for VIP consumers.")
    acknowledgement_minutes = models.PositiveIntegerField(default=120)
    response_minutes = models.PositiveIntegerField(default=240)
    resolution_minutes = models.PositiveIntegerField(default=1440)
    warn_percent = models.PositiveSmallIntegerField(default=75)
    calendar = models.ForeignKey(
        BusinessCalendar,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        help_text="Empty: round the clock.",
    )
    valid_from = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = "SLA policy"
        verbose_name_plural = "SLA policies"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "priority", "topic", "for_vip"],
                condition=Q(replaced_at__isnull=True),
                nulls_distinct=False,
                name="one_sla_policy_in_force_for_each_case",
            ),
            models.CheckConstraint(
                condition=Q(acknowledgement_minutes__gt=0)
                & Q(response_minutes__gte=F("acknowledgement_minutes"))
                & Q(resolution_minutes__gte=F("response_minutes")),
                name="sla_targets_follow_each_other",
            ),
            models.CheckConstraint(
                condition=Q(resolution_minutes__lte=525_600), name="sla_target_is_below_a_year"
            ),
            models.CheckConstraint(
                condition=Q(warn_percent__range=(1, 99)), name="sla_warns_before_the_end"
            ),
            models.CheckConstraint(condition=Q(kind__in=CaseKind.values), name="sla_kind_is_known"),
            models.CheckConstraint(
                condition=Q(topic__isnull=True) | Q(kind=CaseKind.COMPLAINT),
                name="only_complaints_have_topics",
            ),
        ]

    def __str__(self) -> str:
        scope = self.get_priority_display() if self.priority else "every priority"
        about = f", {self.topic_id}" if self.topic_id else ""
        return f"{self.get_kind_display()}{about}, {scope}{', VIP' if self.for_vip else ''}"

    def publish(self, at: datetime) -> None:
        """Store this as the version in force from now on; the one it was made from is replaced."""
        if self.pk is not None:
            SlaPolicy.objects.filter(pk=self.pk, replaced_at__isnull=True).update(replaced_at=at)
            self.pk = None
            self._state.adding = True
        self.valid_from = at
        self.replaced_at = None
        self.save(force_insert=True)
