"""A payment that is to be taken back: proposed by one person, decided by another."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from billing.choices import ProposalState
from billing.models.ledger import LedgerTransaction
from billing.models.payments import Payment


class Reversal(models.Model):
    """The wish to take a processed payment back, and what a second person decided (M2, X6).

    ``posting`` mirrors the payment's. After a rejection there may be another.
    """

    number = models.CharField(max_length=20, help_text="REV-2026-000001.")
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="reversals")
    reason = models.CharField(max_length=250)
    state = models.CharField(max_length=10, choices=ProposalState, default=ProposalState.PROPOSED)
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decision = models.CharField(max_length=250, blank=True, help_text="Why it was rejected.")
    posting = models.OneToOneField(
        LedgerTransaction, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number"], name="reversal_number_is_unique"),
            models.UniqueConstraint(
                fields=["payment"],
                condition=~Q(state=ProposalState.REJECTED),
                name="a_payment_has_one_reversal",
            ),
            models.CheckConstraint(
                condition=Q(state__in=ProposalState.values), name="reversal_state_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(decided_by=F("proposed_by")), name="a_reversal_is_decided_by_another"
            ),
            models.CheckConstraint(
                condition=Q(state=ProposalState.PROPOSED, decided_at__isnull=True)
                | (
                    ~Q(state=ProposalState.PROPOSED)
                    & Q(decided_at__isnull=False, decided_by__isnull=False)
                ),
                name="a_decided_reversal_says_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(state=ProposalState.APPROVED, posting__isnull=False)
                | (~Q(state=ProposalState.APPROVED) & Q(posting__isnull=True)),
                name="an_approved_reversal_is_posted",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="a_reversal_has_a_reason"),
        ]
        indexes = [
            # What waits for a second person.
            models.Index(
                fields=["proposed_at"],
                name="reversal_that_waits",
                condition=Q(state=ProposalState.PROPOSED),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="reversals_are_decided_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=pgtrigger.Func(
                    """
                    IF TG_OP = 'UPDATE' AND OLD.state = 'PROPOSED' THEN
                        IF to_jsonb(NEW) - ARRAY['state', 'decided_at', 'decided_by_id', 'decision',
                                                 'posting_id']
                           = to_jsonb(OLD) - ARRAY['state', 'decided_at', 'decided_by_id',
                                                   'decision', 'posting_id']
                        THEN
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'reversal % stays as it was decided', OLD.number
                        USING ERRCODE = 'check_violation',
                              CONSTRAINT = 'reversals_are_decided_once';
                    """
                ),
            )
        ]

    def __str__(self) -> str:
        return self.number
