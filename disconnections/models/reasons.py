"""Why a service is disconnected or reconnected."""

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q

from disconnections.choices import REQUEST_KINDS, Permanence
from smart360.cases.choices import CaseKind, Priority


@pghistory.track()
class Reason(models.Model):
    """Why a service is disconnected or reconnected; it sets the priority (DIS2)."""

    kind = models.CharField(
        "type",
        max_length=15,
        choices=[
            (CaseKind.DISCONNECTION.value, CaseKind.DISCONNECTION.label),
            (CaseKind.RECONNECTION.value, CaseKind.RECONNECTION.label),
        ],
        default=CaseKind.DISCONNECTION.value,
    )
    code = models.CharField(max_length=20, help_text="Such as NP-001.")
    label = models.CharField(max_length=80)
    description = models.CharField(max_length=200, blank=True)
    priority = models.CharField(max_length=10, choices=Priority, default=Priority.MEDIUM)
    permanence = models.CharField(
        "usually",
        max_length=10,
        choices=Permanence,
        default=Permanence.PERMANENT,
        help_text="What the form offers first.",
    )
    is_for_debt = models.BooleanField(
        "for non-payment",
        default=False,
        help_text="Protections apply, a payment stops it, and the bill need not be paid first.",
    )
    is_wished = models.BooleanField(
        "wished by the consumer",
        default=False,
        help_text="Whoever serves at the desk may carry it out, once the identity is checked.",
    )
    is_active = models.BooleanField(default=True, help_text="Retire a reason; never delete it.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code"], name="reason_code_is_taken_once"),
            models.CheckConstraint(
                condition=Q(kind__in=REQUEST_KINDS),
                name="reason_is_for_a_request",
            ),
            models.CheckConstraint(
                condition=Q(priority__in=Priority.values), name="reason_priority_is_known"
            ),
            models.CheckConstraint(
                condition=Q(permanence__in=Permanence.values), name="reason_permanence_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(is_for_debt=True, is_wished=True),
                name="nobody_wishes_to_be_cut_for_debt",
            ),
            models.CheckConstraint(
                condition=Q(is_for_debt=False) | Q(kind=CaseKind.DISCONNECTION),
                name="only_a_disconnection_is_for_debt",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="a_reason_keeps_what_it_means",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("kind", "code", "is_for_debt", "is_wished"),
                func=pgtrigger.Func(
                    """
                    IF (NEW.kind, NEW.code, NEW.is_for_debt, NEW.is_wished)
                       IS DISTINCT FROM (OLD.kind, OLD.code, OLD.is_for_debt, OLD.is_wished)
                       AND EXISTS (SELECT 1 FROM disconnections_disconnectionrequest r
                                     JOIN cases_case c ON c.id = r.case_id
                                    WHERE r.reason_id = OLD.id AND c.ended_at IS NULL)
                    THEN
                        RAISE EXCEPTION 'an open request was made for this reason'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'a_reason_keeps_what_it_means';
                    END IF;
                    RETURN NEW;
                    """
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} · {self.label}"
