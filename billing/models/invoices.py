"""Invoices, regular and final, with their sections and lines, and where their numbers come from."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Case as SqlCase
from django.db.models import F, Q, Value, When
from django.db.models.functions import Greatest, Least

from billing.choices import InvoiceKind, InvoiceState, LineKind, ReadingBasis
from billing.models.ledger import LedgerTransaction
from billing.models.runs import BillingRun
from billing.models.tariffs import Tariff
from consumers.choices import UtilityType
from consumers.models import Consumer, Meter, ServiceConnection
from consumers.models.merging import nothing_begins
from smart360.cases.models import Case
from smart360.documents.models import StoredFile

MONEY = models.DecimalField(max_digits=14, decimal_places=2)
SEALED = (InvoiceState.ISSUED, InvoiceState.APPROVED)


class InvoiceCounter(models.Model):
    """The last number given in the one series of invoices; locked by who takes the next (M9)."""

    series = models.CharField(max_length=4, primary_key=True)
    last_number = models.PositiveBigIntegerField(default=0)

    class Meta:
        triggers = [
            pgtrigger.Trigger(
                name="invoice_numbers_only_grow",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=pgtrigger.Func(
                    """
                    IF TG_OP = 'UPDATE' THEN
                        IF NEW.series = OLD.series AND NEW.last_number > OLD.last_number THEN
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'invoice numbers only grow'
                        USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_numbers_only_grow';
                    """
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.series} {self.last_number}"


class Invoice(models.Model):
    """One invoice. Once issued or approved it never changes (M8).

    A regular one is issued in the transaction that makes it. A final one is a draft of a request
    until it is approved, or void when the request ends without it.
    """

    number = models.PositiveBigIntegerField(help_text="Shown as INV-414013.")
    kind = models.CharField(max_length=10, choices=InvoiceKind)
    state = models.CharField(max_length=10, choices=InvoiceState, default=InvoiceState.DRAFT)
    consumer = models.ForeignKey(Consumer, on_delete=models.PROTECT, related_name="invoices")
    case = models.ForeignKey(
        Case, on_delete=models.PROTECT, null=True, blank=True, related_name="final_bills"
    )
    run = models.ForeignKey(
        BillingRun, on_delete=models.PROTECT, null=True, blank=True, related_name="invoices"
    )
    period_from = models.DateField()
    period_to = models.DateField()
    version = models.PositiveIntegerField(default=1, help_text="Grows with each new draft.")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    issued_on = models.DateField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    billed = models.DecimalField(max_digits=14, decimal_places=2)
    outstanding = models.DecimalField(
        max_digits=14, decimal_places=2, help_text="Owed before this bill; below 0: a credit."
    )
    deposit = models.DecimalField(
        max_digits=14, decimal_places=2, default=0, help_text="Security deposit held then."
    )
    uses_deposit = models.BooleanField(default=False)
    applied = models.DecimalField(
        max_digits=14, decimal_places=2, default=0, help_text="Of the deposit, to this bill."
    )
    due = models.GeneratedField(
        expression=Greatest(
            Value(0, output_field=MONEY), F("billed") + F("outstanding") - F("applied")
        ),
        output_field=models.DecimalField(max_digits=14, decimal_places=2),
        db_persist=True,
    )
    refund_due = models.GeneratedField(
        expression=Greatest(
            Value(0, output_field=MONEY),
            SqlCase(
                When(uses_deposit=True, then=F("deposit")),
                default=Value(0, output_field=MONEY),
            )
            - F("billed")
            - F("outstanding"),
        ),
        output_field=models.DecimalField(max_digits=14, decimal_places=2),
        db_persist=True,
    )
    inputs_hash = models.CharField(
        max_length=64, blank=True, help_text="SHA-256 of what the draft was made from (M11)."
    )
    posting = models.OneToOneField(
        LedgerTransaction, on_delete=models.PROTECT, null=True, blank=True, related_name="invoice"
    )
    pdf = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    taken_back_at = models.DateTimeField(
        null=True, blank=True, help_text="Since a credit note took it back; written once (BIL6)."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number"], name="invoice_number_is_unique"),
            models.CheckConstraint(
                condition=Q(kind__in=InvoiceKind.values), name="invoice_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=InvoiceState.values), name="invoice_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(kind=InvoiceKind.FINAL, case__isnull=False)
                | Q(kind=InvoiceKind.REGULAR, case__isnull=True),
                name="a_final_bill_belongs_to_a_request",
            ),
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(state__in=("DRAFT", "APPROVED"), taken_back_at__isnull=True),
                name="a_request_has_one_live_final_bill",
            ),
            models.UniqueConstraint(
                fields=["run", "consumer"],
                condition=Q(run__isnull=False),
                name="a_run_bills_a_consumer_once",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=SEALED)
                | (
                    Q(issued_on__isnull=False, due_on__isnull=False)
                    & (Q(posting__isnull=False) | Q(billed=0))
                ),
                name="an_issued_invoice_is_posted",
            ),
            models.CheckConstraint(
                condition=~Q(state=InvoiceState.APPROVED)
                | Q(approved_at__isnull=False, approved_by__isnull=False),
                name="an_approved_bill_says_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(period_to__gte=F("period_from")), name="a_period_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(billed__range=(-(10**12), 10**12))
                & Q(outstanding__range=(-(10**12), 10**12))
                & Q(deposit__range=(0, 10**12)),
                name="an_invoice_holds_numbers",
            ),
            models.CheckConstraint(
                condition=Q(uses_deposit=False, applied=0)
                | Q(
                    uses_deposit=True,
                    applied=Greatest(
                        Value(0, output_field=MONEY),
                        Least(F("deposit"), F("billed") + F("outstanding")),
                    ),
                ),
                name="a_deposit_is_applied_up_to_what_is_owed",
            ),
        ]
        indexes = [
            # A consumer's invoices, newest first.
            models.Index(fields=["consumer", "-number"], name="invoice_by_consumer"),
            # What a consumer was billed over a year, added up from the index alone.
            models.Index(
                fields=["consumer", "issued_on"],
                include=["billed", "state", "taken_back_at"],
                name="invoice_by_issue",
            ),
            # The invoices of a run.
            models.Index(
                fields=["run", "number"], name="invoice_by_run", condition=Q(run__isnull=False)
            ),
        ]
        triggers = [
            nothing_begins(),
            pgtrigger.Trigger(
                name="sealed_invoices_stay",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=pgtrigger.Func(
                    """
                    IF TG_OP = 'INSERT' THEN
                        IF NEW.state = 'DRAFT' THEN
                            RETURN NEW;
                        END IF;
                        RAISE EXCEPTION 'an invoice begins as a draft'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'an_invoice_begins_as_a_draft';
                    END IF;
                    IF TG_OP = 'UPDATE' THEN
                        -- Who it is of, and its number, stay from the first draft on.
                        IF (NEW.id, NEW.number, NEW.kind, NEW.consumer_id, NEW.case_id, NEW.run_id)
                           IS NOT DISTINCT FROM
                           (OLD.id, OLD.number, OLD.kind, OLD.consumer_id, OLD.case_id, OLD.run_id)
                        THEN
                            IF OLD.state = 'DRAFT' AND (NEW.state IN ('DRAFT', 'VOID')
                               OR NEW.state = CASE OLD.kind WHEN 'FINAL' THEN 'APPROVED'
                                                            ELSE 'ISSUED' END)
                            THEN
                                RETURN NEW;
                            END IF;
                            -- Its paper is made afterwards, once. What PostgreSQL generates is
                            -- not known yet, and follows from what is compared.
                            IF OLD.pdf_id IS NULL AND NEW.state = OLD.state
                               AND to_jsonb(NEW) - ARRAY['pdf_id', 'due', 'refund_due']
                                 = to_jsonb(OLD) - ARRAY['pdf_id', 'due', 'refund_due']
                            THEN
                                RETURN NEW;
                            END IF;
                            -- A credit note that two people decided takes it back, once.
                            IF OLD.taken_back_at IS NULL AND NEW.taken_back_at IS NOT NULL
                               AND to_jsonb(NEW) - ARRAY['taken_back_at', 'due', 'refund_due']
                                 = to_jsonb(OLD) - ARRAY['taken_back_at', 'due', 'refund_due']
                               AND EXISTS (SELECT 1 FROM billing_creditnote n
                                            WHERE n.invoice_id = OLD.id AND n.state = 'APPROVED')
                            THEN
                                RETURN NEW;
                            END IF;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'invoice % is sealed', OLD.number
                        USING ERRCODE = 'check_violation', CONSTRAINT = 'sealed_invoices_stay';
                    """
                ),
            ),
            pgtrigger.Trigger(
                # A bill goes on where the one before it ended: days taken back from between two
                # bills would never be billed again.
                name="the_newest_bill_is_taken_back_first",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.taken_back_at IS NULL AND NEW.taken_back_at IS NOT NULL"
                ),
                func=pgtrigger.Func(
                    """
                    IF EXISTS (
                        SELECT 1 FROM billing_invoicesection mine
                          JOIN billing_invoicesection later
                            ON later.service_connection_id = mine.service_connection_id
                           AND later.to_on > mine.to_on AND later.invoice_id <> mine.invoice_id
                          JOIN billing_invoice i ON i.id = later.invoice_id
                         WHERE mine.invoice_id = NEW.id
                           AND i.state IN ('ISSUED', 'APPROVED') AND i.taken_back_at IS NULL)
                    THEN
                        RAISE EXCEPTION 'a later bill goes on where invoice % ends', NEW.number
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'the_newest_bill_is_taken_back_first';
                    END IF;
                    RETURN NEW;
                    """
                ),
            ),
            pgtrigger.Trigger(
                # `billing.rules.final_bills.BillContent.needs_other_than` says the same (X6).
                name="a_large_bill_takes_two_people",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.state = 'DRAFT' AND NEW.state = 'APPROVED'"),
                declare=[("moved", "numeric"), ("had_a_hand", "boolean")],
                func=pgtrigger.Func(
                    """
                    SELECT coalesce(sum(abs(a.amount)), 0),
                           NEW.made_by_id = NEW.approved_by_id
                           OR coalesce(bool_or(a.added_by_id = NEW.approved_by_id), false)
                      INTO moved, had_a_hand
                      FROM billing_billadjustment a
                     WHERE a.case_id = NEW.case_id AND a.removed_at IS NULL;
                    IF had_a_hand AND greatest(abs(NEW.billed), moved)
                       > (SELECT p.two_people_from FROM billing_billingpolicy p WHERE p.id = 1)
                    THEN
                        RAISE EXCEPTION 'somebody else must approve invoice %', NEW.number
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'a_large_bill_takes_two_people';
                    END IF;
                    RETURN NEW;
                    """
                ),
            ),
            pgtrigger.Trigger(
                name="a_sealed_invoice_adds_up",
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.state = 'DRAFT' AND NEW.state IN ('ISSUED', 'APPROVED')"
                ),
                timing=pgtrigger.Deferred,
                func=pgtrigger.Func(
                    """
                    IF NEW.billed IS DISTINCT FROM (
                        SELECT coalesce(sum(l.amount), 0) FROM billing_invoiceline l
                          JOIN billing_invoicesection s ON s.id = l.section_id
                         WHERE s.invoice_id = NEW.id)
                       OR NEW.billed IS DISTINCT FROM (
                        SELECT coalesce(sum(e.amount), 0) FROM billing_ledgerentry e
                          JOIN billing_ledgeraccount a ON a.id = e.account_id
                          JOIN billing_ledgertransaction t ON t.id = e.transaction_id
                         WHERE t.id = NEW.posting_id AND a.kind = 'RECEIVABLE'
                           AND a.consumer_id = NEW.consumer_id AND t.reverses_id IS NULL)
                    THEN
                        RAISE EXCEPTION 'invoice % does not add up', NEW.number
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'a_sealed_invoice_adds_up';
                    END IF;
                    RETURN NULL;
                    """
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"INV-{self.number:06d}"


CONTENT_STAYS = """
IF (SELECT i.state FROM billing_invoice i WHERE i.id = {invoice}) IS DISTINCT FROM 'DRAFT' THEN
    RAISE EXCEPTION 'the content of a sealed invoice stays'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'content_of_a_sealed_invoice_stays';
END IF;
"""
OF_SECTION = "(SELECT s.invoice_id FROM billing_invoicesection s WHERE s.id = {}.section_id)"


class InvoiceSection(models.Model):
    """What one service connection contributes to an invoice, with its meter as it was then."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="sections")
    service_connection = models.ForeignKey(
        ServiceConnection, on_delete=models.PROTECT, related_name="+"
    )
    utility_type = models.CharField(max_length=15, choices=UtilityType)
    tariff = models.ForeignKey(Tariff, on_delete=models.PROTECT, related_name="+")
    from_on = models.DateField(help_text="First day charged.")
    to_on = models.DateField(help_text="Last day charged.")
    meter = models.ForeignKey(
        Meter, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    meter_number = models.CharField(max_length=40, blank=True)
    device_number = models.CharField(max_length=40, blank=True)
    meter_type = models.CharField(max_length=60, blank=True)
    unit = models.CharField(max_length=10, blank=True)
    basis = models.CharField(max_length=10, choices=ReadingBasis)
    previous_reading = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True)
    previous_on = models.DateField(null=True, blank=True)
    last_reading = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True)
    read_on = models.DateField(null=True, blank=True)
    consumption = models.DecimalField(max_digits=12, decimal_places=3, default=0)
    amount = models.DecimalField(max_digits=14, decimal_places=2, help_text="Sum of its lines.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["invoice", "service_connection", "from_on"],
                name="a_service_is_billed_once_per_invoice",
            ),
            models.CheckConstraint(
                condition=Q(basis__in=ReadingBasis.values), name="reading_basis_is_known"
            ),
            models.CheckConstraint(
                condition=Q(to_on__gte=F("from_on")), name="a_section_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(consumption__range=(0, 10**9)), name="consumption_is_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(amount__range=(-(10**12), 10**12)), name="a_section_holds_a_number"
            ),
        ]
        indexes = [
            # Up to which day and reading a service was billed.
            models.Index(fields=["service_connection", "-to_on"], name="section_by_service"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="sections_of_a_sealed_invoice_stay",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=pgtrigger.Func(
                    "IF TG_OP <> 'INSERT' THEN"
                    + CONTENT_STAYS.format(invoice="OLD.invoice_id")
                    + "END IF; IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;"
                    + CONTENT_STAYS.format(invoice="NEW.invoice_id")
                    + "RETURN NEW;"
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.utility_type} {self.meter_number}"


class InvoiceLine(models.Model):
    """One charge, with the arithmetic that made it (BEY9)."""

    section = models.ForeignKey(InvoiceSection, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12, choices=LineKind)
    words = models.CharField(max_length=120, help_text="What a reader sees, such as Fixed charge.")
    quantity = models.DecimalField(
        max_digits=12, decimal_places=3, null=True, blank=True, help_text="Units, or days."
    )
    of = models.DecimalField(
        max_digits=12,
        decimal_places=3,
        null=True,
        blank=True,
        help_text="Days of the month, of a fixed charge; what is taxed, of a tax.",
    )
    rate = models.DecimalField(
        max_digits=14, decimal_places=6, null=True, blank=True, help_text="Of a unit, month, or %."
    )
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    reason = models.CharField(max_length=250, blank=True, help_text="Why, of an adjustment.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["section", "position"], name="lines_of_a_section_are_numbered"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=LineKind.values), name="line_kind_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(kind=LineKind.ADJUSTMENT) | ~Q(reason=""),
                name="an_adjustment_says_why",
            ),
            models.CheckConstraint(
                condition=Q(amount__range=(-(10**12), 10**12)), name="a_line_holds_a_number"
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="lines_of_a_sealed_invoice_stay",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=pgtrigger.Func(
                    "IF TG_OP <> 'INSERT' THEN"
                    + CONTENT_STAYS.format(invoice=OF_SECTION.format("OLD"))
                    + "END IF; IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;"
                    + CONTENT_STAYS.format(invoice=OF_SECTION.format("NEW"))
                    + "RETURN NEW;"
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.words} {self.amount}"
