"""What a request's final bill is made from, what it was before, and how it is taken back."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from billing.choices import DepositPlan, ProposalState
from billing.models.invoices import Invoice
from billing.models.ledger import LedgerTransaction
from consumers.choices import ReadingException
from consumers.models import Consumer, Meter, ServiceConnection
from smart360.cases.models import Case


class SettlementChoice(models.Model):
    """What somebody decided about a request's settlement; without a row all is by default."""

    case = models.OneToOneField(
        Case, on_delete=models.PROTECT, primary_key=True, related_name="settlement_choice"
    )
    uses_deposit = models.BooleanField(
        null=True, blank=True, help_text="Empty: as it follows from what is owed (BIL3)."
    )
    deposit_plan = models.CharField(max_length=10, choices=DepositPlan, blank=True)
    deposit_plan_on = models.DateField(null=True, blank=True, help_text="To be done by then.")
    version = models.PositiveIntegerField(default=1)
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(deposit_plan="") | Q(deposit_plan__in=DepositPlan.values),
                name="deposit_plan_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"settlement of {self.case_id}"


class FinalReading(models.Model):
    """The last reading of one service of a request, until its bill is approved (BIL4).

    Approval writes it among the meter's readings.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="final_readings")
    service_connection = models.ForeignKey(
        ServiceConnection, on_delete=models.PROTECT, related_name="+"
    )
    meter = models.ForeignKey(Meter, on_delete=models.PROTECT, related_name="+")
    value = models.DecimalField(max_digits=12, decimal_places=3)
    read_on = models.DateField()
    exception = models.CharField(
        max_length=15, choices=ReadingException, default=ReadingException.NONE
    )
    is_unusual = models.BooleanField(
        default=False, help_text="Far above usual, and confirmed by who entered it."
    )
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "service_connection"], name="a_service_has_one_final_reading"
            ),
            models.CheckConstraint(
                condition=Q(value__range=(0, 10**9)), name="a_final_reading_is_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(exception__in=ReadingException.values),
                name="reading_exception_is_known",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="final_readings_stay_after_approval",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                declare=[("of_case", "bigint")],
                func=pgtrigger.Func(
                    """
                    of_case := CASE TG_OP WHEN 'DELETE' THEN OLD.case_id ELSE NEW.case_id END;
                    IF EXISTS (
                        SELECT 1 FROM billing_invoice i
                         WHERE i.case_id = of_case AND i.state = 'APPROVED'
                           AND NOT EXISTS (SELECT 1 FROM billing_creditnote n
                                            WHERE n.invoice_id = i.id AND n.state = 'APPROVED'))
                    THEN
                        RAISE EXCEPTION 'the bill is approved: its readings stay'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'final_readings_stay_after_approval';
                    END IF;
                    IF TG_OP = 'DELETE' THEN
                        RETURN OLD;
                    END IF;
                    RETURN NEW;
                    """
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.value} on {self.read_on}"


class BillAdjustment(models.Model):
    """A sum that somebody adds to or takes off a request's final bill, with a reason."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="bill_adjustments")
    amount = models.DecimalField(max_digits=14, decimal_places=2, help_text="Below 0: taken off.")
    reason = models.CharField(max_length=250)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(amount=0) & Q(amount__range=(-(10**12), 10**12)),
                name="an_adjustment_is_a_number",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="an_adjustment_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.amount:+} {self.reason}"


class BillDraft(models.Model):
    """What one draft of a final bill said, kept to tell what changed since (BEY9)."""

    append_only = True

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="drafts")
    version = models.PositiveIntegerField()
    content = models.JSONField(help_text="Sections, lines and sums; nothing personal.")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["invoice", "version"], name="a_draft_is_kept_once_per_version"
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="drafts_stay_as_they_were", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"draft {self.version} of {self.invoice_id}"


class CreditNote(models.Model):
    """An issued or approved invoice taken back whole, by two people (BIL6).

    ``posting`` mirrors the invoice's; empty for an invoice of nothing, which was never posted.
    """

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="credit_notes")
    number = models.CharField(max_length=20)
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
    posting = models.OneToOneField(
        LedgerTransaction, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number"], name="credit_note_number_is_unique"),
            models.UniqueConstraint(
                fields=["invoice"],
                condition=~Q(state=ProposalState.REJECTED),
                name="an_invoice_is_taken_back_once",
            ),
            models.CheckConstraint(
                condition=Q(state__in=ProposalState.values), name="credit_note_state_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(decided_by=F("proposed_by")), name="a_credit_note_takes_two_people"
            ),
            models.CheckConstraint(
                condition=Q(state=ProposalState.PROPOSED, decided_at__isnull=True)
                | (
                    ~Q(state=ProposalState.PROPOSED)
                    & Q(decided_at__isnull=False, decided_by__isnull=False)
                ),
                name="a_decided_credit_note_says_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(state=ProposalState.APPROVED) | Q(posting__isnull=True),
                name="only_an_approved_credit_note_is_posted",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="a_credit_note_has_a_reason"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="decided_credit_notes_stay",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=pgtrigger.Func(
                    """
                    IF TG_OP = 'INSERT' THEN
                        IF NEW.state = 'PROPOSED' THEN
                            RETURN NEW;
                        END IF;
                    ELSIF TG_OP = 'UPDATE' AND OLD.state = 'PROPOSED' THEN
                        -- Approved, it mirrors what its invoice posted; nothing of nothing.
                        IF (NEW.id, NEW.invoice_id, NEW.number, NEW.reason, NEW.proposed_by_id)
                           = (OLD.id, OLD.invoice_id, OLD.number, OLD.reason, OLD.proposed_by_id)
                           AND (NEW.state <> 'APPROVED' OR (
                                SELECT t.reverses_id FROM billing_ledgertransaction t
                                 WHERE t.id = NEW.posting_id) IS NOT DISTINCT FROM (
                                SELECT i.posting_id FROM billing_invoice i
                                 WHERE i.id = NEW.invoice_id))
                        THEN
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'a credit note stays as it was decided'
                        USING ERRCODE = 'check_violation',
                              CONSTRAINT = 'decided_credit_notes_stay';
                    """
                ),
            )
        ]

    def __str__(self) -> str:
        return self.number


class DepositReceipt(models.Model):
    """A security deposit as it was received. What is left of it stands in the ledger."""

    append_only = True

    consumer = models.ForeignKey(Consumer, on_delete=models.PROTECT, related_name="deposits")
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    received_on = models.DateField()
    posting = models.OneToOneField(
        LedgerTransaction, on_delete=models.PROTECT, related_name="deposit_receipt"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0, amount__lt=10**12), name="a_deposit_is_positive"
            ),
        ]
        indexes = [models.Index(fields=["consumer", "-received_on"], name="deposit_by_consumer")]
        triggers = [
            pgtrigger.Protect(
                name="deposits_stay_as_received", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.amount} on {self.received_on}"


class DepositUse(models.Model):
    """A deposit applied to one invoice: once, and given back whole when the bill is (M7)."""

    append_only = True

    invoice = models.OneToOneField(
        Invoice, on_delete=models.PROTECT, primary_key=True, related_name="deposit_use"
    )
    posting = models.OneToOneField(
        LedgerTransaction, on_delete=models.PROTECT, related_name="deposit_use"
    )

    class Meta:
        triggers = [
            pgtrigger.Protect(
                name="uses_of_deposits_stay", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"deposit for {self.invoice_id}"
