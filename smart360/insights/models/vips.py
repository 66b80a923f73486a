"""Who is suggested as VIP, by which criteria, and what a person decided (CON6)."""

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from consumers.models import Consumer
from smart360.insights.choices import SuggestionState


@pghistory.track()
class VipPolicy(models.Model):
    """By which criteria consumers are suggested as VIP. There is exactly one row.

    Complaints are none of them, and cannot be set.
    """

    is_on = models.BooleanField(
        "suggestions are on", default=False, help_text="Off: supervisors mark VIPs by themselves."
    )
    least_compliance = models.PositiveSmallIntegerField(
        "payment compliance, at least", default=95, help_text="Percent, 0 to 100."
    )
    least_bills = models.PositiveSmallIntegerField(
        "of how many bills, at least", default=10, help_text="Due in twelve months. 1 to 60."
    )
    least_years = models.PositiveSmallIntegerField(
        "years as a consumer, at least", default=5, help_text="0 to 100."
    )
    least_electricity = models.DecimalField(
        "electricity in twelve months, at least",
        max_digits=12,
        decimal_places=3,
        null=True,
        blank=True,
        help_text="In the meters' unit. Empty: not asked. One of the three is enough.",
    )
    least_water = models.DecimalField(
        "water in twelve months, at least",
        max_digits=12,
        decimal_places=3,
        null=True,
        blank=True,
    )
    least_gas = models.DecimalField(
        "gas in twelve months, at least", max_digits=12, decimal_places=3, null=True, blank=True
    )
    months_between = models.PositiveSmallIntegerField(
        "months until somebody is suggested again",
        default=12,
        help_text="After a decision. 1 to 120.",
    )

    class Meta:
        verbose_name = "VIP policy"
        verbose_name_plural = "VIP policy"
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="there_is_one_vip_policy"),
            models.CheckConstraint(
                condition=Q(least_compliance__range=(0, 100))
                & Q(least_bills__range=(1, 60))
                & Q(least_years__range=(0, 100))
                & Q(months_between__range=(1, 120)),
                name="vip_criteria_are_within_reason",
            ),
            models.CheckConstraint(
                condition=(Q(least_electricity__isnull=True) | Q(least_electricity__gt=0))
                & (Q(least_water__isnull=True) | Q(least_water__gt=0))
                & (Q(least_gas__isnull=True) | Q(least_gas__gt=0)),
                name="vip_consumption_is_positive",
            ),
        ]

    def __str__(self) -> str:
        return "VIP policy"


class VipSuggestion(models.Model):
    """A consumer who met the criteria one night, with the figures of then; a person decides."""

    consumer = models.ForeignKey(Consumer, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(
        max_length=10, choices=SuggestionState, default=SuggestionState.WAITING
    )
    bills_due = models.PositiveSmallIntegerField()
    bills_on_time = models.PositiveSmallIntegerField()
    days = models.PositiveIntegerField(help_text="As a consumer.")
    used = models.JSONField(default=dict, help_text="Utility type → consumption, as text.")
    suggested_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=SuggestionState.values), name="suggestion_state_is_known"
            ),
            models.UniqueConstraint(
                fields=["consumer"],
                condition=Q(state=SuggestionState.WAITING),
                name="a_consumer_is_suggested_once",
            ),
            models.CheckConstraint(
                condition=Q(
                    state=SuggestionState.WAITING, decided_at__isnull=True, decided_by__isnull=True
                )
                | (
                    ~Q(state=SuggestionState.WAITING)
                    & Q(decided_at__isnull=False, decided_by__isnull=False)
                ),
                name="a_decided_suggestion_says_by_whom",
            ),
        ]
        indexes = [
            # What waits, in the order of its page.
            models.Index(
                fields=["suggested_at", "id"],
                name="suggestion_that_waits",
                condition=Q(state=SuggestionState.WAITING),
            ),
            # Whether somebody was decided on lately.
            models.Index(fields=["consumer", "-decided_at"], name="suggestion_by_consumer"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="suggestions_are_decided_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=pgtrigger.Func(
                    """
                    IF TG_OP = 'INSERT' THEN
                        IF NEW.state = 'WAITING' THEN
                            RETURN NEW;
                        END IF;
                        RAISE EXCEPTION 'somebody is suggested before it is decided'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'suggestions_are_decided_once';
                    END IF;
                    IF TG_OP = 'UPDATE' AND OLD.state = 'WAITING' THEN
                        IF to_jsonb(NEW) - ARRAY['state', 'decided_at', 'decided_by_id']
                           = to_jsonb(OLD) - ARRAY['state', 'decided_at', 'decided_by_id']
                        THEN
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'suggestion % stays as it was decided', OLD.id
                        USING ERRCODE = 'check_violation',
                              CONSTRAINT = 'suggestions_are_decided_once';
                    """
                ),
            )
        ]

    def __str__(self) -> str:
        return f"suggestion {self.pk} of consumer {self.consumer_id}"
