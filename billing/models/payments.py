"""Payments, refunds, and what a gateway sent."""

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from billing.choices import PaymentMethod, PaymentSource, PaymentState, ProposalState, RefundFrom
from billing.models.ledger import LedgerTransaction
from consumers.models import Consumer
from consumers.models.merging import nothing_begins
from smart360.documents.models import StoredFile


class Payment(models.Model):
    """Money that a consumer sent, whether it has come or not (BIL7).

    Only a processed one is in the ledger. It moves once, from Pending to Processed or Failed; what
    is taken back stays Processed and is reversed.
    """

    number = models.CharField(max_length=20, help_text="PAY-2026-000001.")
    consumer = models.ForeignKey(Consumer, on_delete=models.PROTECT, related_name="payments")
    source = models.CharField(max_length=10, choices=PaymentSource)
    reference = models.CharField(
        max_length=60, blank=True, help_text="Theirs: of the bank, the gateway, the cheque."
    )
    method = models.CharField(max_length=15, choices=PaymentMethod)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    paid_on = models.DateField()
    state = models.CharField(max_length=10, choices=PaymentState)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    settled_at = models.DateTimeField(
        null=True, blank=True, help_text="When it was processed or failed."
    )
    failure = models.CharField(max_length=120, blank=True, help_text="Why it failed.")
    posting = models.OneToOneField(
        LedgerTransaction, on_delete=models.PROTECT, null=True, blank=True, related_name="payment"
    )
    reversed_at = models.DateTimeField(null=True, blank=True)
    reversed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reversal_reason = models.CharField(max_length=250, blank=True)
    receipt = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number"], name="payment_number_is_unique"),
            models.UniqueConstraint(
                fields=["source", "reference"],
                condition=~Q(reference=""),
                name="a_payment_reference_is_used_once",
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0, amount__lt=10**12), name="a_payment_is_positive"
            ),
            models.CheckConstraint(
                condition=Q(source__in=PaymentSource.values), name="payment_source_is_known"
            ),
            models.CheckConstraint(
                condition=Q(method__in=PaymentMethod.values), name="payment_method_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=PaymentState.values), name="payment_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state=PaymentState.PROCESSED, posting__isnull=False)
                | (~Q(state=PaymentState.PROCESSED) & Q(posting__isnull=True)),
                name="a_processed_payment_is_posted",
            ),
            models.CheckConstraint(
                condition=Q(state=PaymentState.PENDING, settled_at__isnull=True)
                | (~Q(state=PaymentState.PENDING) & Q(settled_at__isnull=False)),
                name="a_settled_payment_says_when",
            ),
            models.CheckConstraint(
                condition=Q(reversed_at__isnull=True, reversal_reason="")
                | (
                    Q(reversed_at__isnull=False, state=PaymentState.PROCESSED)
                    & ~Q(reversal_reason="")
                ),
                name="a_reversed_payment_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(reversed_by=F("recorded_by")), name="a_reversal_takes_two_people"
            ),
        ]
        indexes = [
            # The payment history, newest first (CON9).
            models.Index(fields=["consumer", "-paid_on", "-id"], name="payment_by_consumer"),
        ]
        triggers = [
            nothing_begins(),
            pgtrigger.Trigger(
                name="payments_move_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                declare=[("moves", "text[]")],
                func=pgtrigger.Func(
                    """
                    IF TG_OP = 'UPDATE' THEN
                        moves := ARRAY['receipt_id'];
                        IF OLD.receipt_id IS NOT NULL THEN
                            moves := ARRAY[]::text[];
                        END IF;
                        IF OLD.state = 'PENDING' THEN
                            moves := moves || ARRAY['state', 'settled_at', 'failure', 'posting_id'];
                        ELSIF OLD.state = 'PROCESSED' AND OLD.reversed_at IS NULL THEN
                            moves := moves
                                || ARRAY['reversed_at', 'reversed_by_id', 'reversal_reason'];
                        END IF;
                        IF to_jsonb(NEW) - moves = to_jsonb(OLD) - moves THEN
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'payment % stays as it is', OLD.number
                        USING ERRCODE = 'check_violation', CONSTRAINT = 'payments_move_once';
                    """
                ),
            ),
            pgtrigger.Trigger(
                name="a_payment_is_taken_back_by_two_people",
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.reversed_at IS NULL AND NEW.reversed_at IS NOT NULL"
                ),
                func=pgtrigger.Func(
                    """
                    -- One proposed it, another approved it; and not who recorded the payment.
                    IF NEW.reversed_by_id IS NOT DISTINCT FROM NEW.recorded_by_id
                       OR NOT EXISTS (SELECT 1 FROM billing_reversal r
                                       WHERE r.payment_id = NEW.id AND r.state = 'APPROVED'
                                         AND r.decided_by_id = NEW.reversed_by_id)
                    THEN
                        RAISE EXCEPTION 'payment % is taken back by two people', NEW.number
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'a_payment_is_taken_back_by_two_people';
                    END IF;
                    RETURN NULL;
                    """
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Refund(models.Model):
    """Money that goes back to a consumer, proposed by one person and decided by another."""

    number = models.CharField(max_length=20, help_text="REF-2026-000001.")
    consumer = models.ForeignKey(Consumer, on_delete=models.PROTECT, related_name="refunds")
    source = models.CharField(max_length=10, choices=RefundFrom)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    method = models.CharField(max_length=15, choices=PaymentMethod)
    reason = models.CharField(max_length=250)
    state = models.CharField(max_length=10, choices=ProposalState, default=ProposalState.PROPOSED)
    needs_second_person = models.BooleanField(
        help_text="By the policy when it was proposed; then the proposer cannot approve it."
    )
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
        LedgerTransaction, on_delete=models.PROTECT, null=True, blank=True, related_name="refund"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number"], name="refund_number_is_unique"),
            models.CheckConstraint(
                condition=Q(amount__gt=0, amount__lt=10**12), name="a_refund_is_positive"
            ),
            models.CheckConstraint(
                condition=Q(source__in=RefundFrom.values), name="refund_source_is_known"
            ),
            models.CheckConstraint(
                condition=Q(method__in=PaymentMethod.values), name="refund_method_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=ProposalState.values), name="refund_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(needs_second_person=False) | ~Q(decided_by=F("proposed_by")),
                name="a_large_refund_takes_two_people",
            ),
            models.CheckConstraint(
                condition=Q(state=ProposalState.PROPOSED, decided_at__isnull=True)
                | (
                    ~Q(state=ProposalState.PROPOSED)
                    & Q(decided_at__isnull=False, decided_by__isnull=False)
                ),
                name="a_decided_refund_says_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(state=ProposalState.APPROVED, posting__isnull=False)
                | (~Q(state=ProposalState.APPROVED) & Q(posting__isnull=True)),
                name="an_approved_refund_is_posted",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="a_refund_has_a_reason"),
        ]
        indexes = [
            models.Index(fields=["consumer", "-id"], name="refund_by_consumer"),
            # What waits for a second person.
            models.Index(
                fields=["proposed_at"],
                name="refund_that_waits",
                condition=Q(state=ProposalState.PROPOSED),
            ),
        ]
        triggers = [
            nothing_begins(),
            pgtrigger.Trigger(
                name="a_refund_begins_as_a_proposal",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=pgtrigger.Func(
                    """
                    IF NEW.state <> 'PROPOSED' OR (NOT NEW.needs_second_person
                       AND NEW.amount > (SELECT refund_two_people_from FROM billing_billingpolicy))
                    THEN
                        RAISE EXCEPTION 'refund % begins otherwise', NEW.number
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'a_refund_begins_as_a_proposal';
                    END IF;
                    RETURN NEW;
                    """
                ),
            ),
            pgtrigger.Trigger(
                name="refunds_are_decided_once",
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
                    RAISE EXCEPTION 'refund % stays as it was decided', OLD.number
                        USING ERRCODE = 'check_violation', CONSTRAINT = 'refunds_are_decided_once';
                    """
                ),
            ),
            pgtrigger.Trigger(
                name="a_refund_is_covered_by_the_credit",
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("NEW.state = 'APPROVED' AND NEW.source = 'CREDIT'"),
                func=pgtrigger.Func(
                    """
                    -- It is posted by now, and who posts at this account next waits for its row.
                    IF (SELECT a.balance FROM billing_ledgeraccount a
                         WHERE a.consumer_id = NEW.consumer_id AND a.kind = 'RECEIVABLE') > 0
                    THEN
                        RAISE EXCEPTION 'refund % is more than the credit', NEW.number
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'a_refund_is_covered_by_the_credit';
                    END IF;
                    RETURN NULL;
                    """
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.number


@pghistory.track(exclude=["digest"])
class ApiKey(models.Model):
    """A key by which a payment gateway may tell us of payments; only its digest is kept."""

    name = models.CharField(max_length=60)
    prefix = models.CharField(max_length=12, help_text="Its first characters, to tell keys apart.")
    digest = models.CharField(max_length=64)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name"], name="an_api_key_is_named_once"),
            models.UniqueConstraint(fields=["digest"], name="an_api_key_is_given_once"),
            models.CheckConstraint(
                condition=Q(digest__regex=r"^[0-9a-f]{64}$"), name="key_digest_is_sha256"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class IntakeAllowance(models.Model):
    """How many messages one key has left at a moment; it fills by so many each second.

    The table is not logged: after a crash every gateway may simply send again.
    """

    api_key = models.OneToOneField(
        ApiKey, on_delete=models.PROTECT, primary_key=True, related_name="+"
    )
    turns_left = models.FloatField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(turns_left__gte=0), name="an_intake_allowance_is_not_negative"
            )
        ]

    def __str__(self) -> str:
        return f"allowance of {self.api_key_id}"


class IntakeAnswer(models.Model):
    """What we answered a gateway under one Idempotency-Key, to answer the same again."""

    append_only = True

    api_key = models.ForeignKey(ApiKey, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=128)
    body_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    answer = models.JSONField()
    payment = models.ForeignKey(
        Payment, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["api_key", "key"], name="an_idempotency_key_is_answered_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.api_key_id} {self.key}"
