"""The ledger: accounts, transactions and their entries; nothing in it ever changes."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from billing.choices import LedgerKind, PostingKind
from consumers.choices import UtilityType
from consumers.models import Consumer, ServiceConnection
from consumers.models.merging import nothing_begins

OF_A_CONSUMER = (LedgerKind.RECEIVABLE, LedgerKind.DEPOSIT_HELD)


class LedgerAccount(models.Model):
    """One account of the ledger: a consumer's own two, or one that all share.

    The application adds accounts and reads them; ``balance`` of a consumer's account is moved by
    the trigger of its entries alone, which acts with the owner's right. Debit is positive: what a
    consumer owes is above zero, a deposit held below. A shared account keeps no balance, or all
    postings would meet in its row.
    """

    append_only = True

    kind = models.CharField(max_length=15, choices=LedgerKind)
    consumer = models.ForeignKey(
        Consumer, on_delete=models.PROTECT, null=True, blank=True, related_name="ledger_accounts"
    )
    utility_type = models.CharField(max_length=15, choices=UtilityType, blank=True)
    balance = models.DecimalField(max_digits=14, decimal_places=2, default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=LedgerKind.values), name="ledger_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=OF_A_CONSUMER, consumer__isnull=False, utility_type="")
                | (~Q(kind__in=OF_A_CONSUMER) & Q(consumer__isnull=True, balance=0)),
                name="a_consumer_has_own_accounts",
            ),
            models.CheckConstraint(
                condition=Q(utility_type="") | Q(utility_type__in=UtilityType.values),
                name="ledger_utility_is_known",
            ),
            models.UniqueConstraint(
                fields=["consumer", "kind"],
                condition=Q(consumer__isnull=False),
                name="a_consumer_has_each_account_once",
            ),
            models.UniqueConstraint(
                fields=["kind", "utility_type"],
                condition=Q(consumer__isnull=True),
                name="a_shared_account_exists_once",
            ),
            models.CheckConstraint(
                condition=~Q(kind=LedgerKind.DEPOSIT_HELD) | Q(balance__lte=0),
                name="a_deposit_covers_what_is_taken",
            ),
            models.CheckConstraint(
                condition=Q(balance__range=(-(10**12), 10**12)), name="an_account_holds_a_number"
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="an_account_begins_with_nothing",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Condition("NEW.balance <> 0"),
                func=pgtrigger.Func(
                    """
                    RAISE EXCEPTION 'only entries move the balance of an account'
                        USING ERRCODE = 'check_violation',
                              CONSTRAINT = 'an_account_begins_with_nothing';
                    """
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.consumer_id or self.utility_type}"


class LedgerTransaction(models.Model):
    """One posting: two or more entries whose sum is zero (M1). It stays for ever (M2)."""

    append_only = True

    kind = models.CharField(max_length=20, choices=PostingKind)
    consumer = models.ForeignKey(
        Consumer, on_delete=models.PROTECT, related_name="ledger_transactions"
    )
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversed_by"
    )
    reference = models.CharField(
        max_length=60, help_text="The number of what caused it, such as INV-414013."
    )
    valued_on = models.DateField(help_text="The day in the utility's zone from which it counts.")
    due_on = models.DateField(
        null=True, blank=True, help_text="Of a charge: when it is to be paid."
    )
    legs = models.PositiveSmallIntegerField(
        help_text="How many entries it has, so that none is added to it later."
    )
    posted_at = models.DateTimeField()
    posted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=PostingKind.values), name="posting_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(kind=PostingKind.REVERSAL, reverses__isnull=False)
                | (~Q(kind=PostingKind.REVERSAL) & Q(reverses__isnull=True)),
                name="a_reversal_reverses_something",
            ),
            models.CheckConstraint(condition=~Q(reference=""), name="a_posting_has_a_reference"),
            models.CheckConstraint(condition=Q(legs__gte=2), name="a_posting_has_two_legs"),
        ]
        indexes = [
            # A consumer's statement, newest first.
            models.Index(fields=["consumer", "-id"], name="posting_by_consumer"),
            # A consumer's last payment, last invoice.
            models.Index(fields=["consumer", "kind", "-id"], name="posting_by_consumer_and_kind"),
        ]
        triggers = [
            nothing_begins(),
            pgtrigger.Protect(
                name="postings_are_never_changed", operation=pgtrigger.Update | pgtrigger.Delete
            ),
            pgtrigger.Trigger(
                name="a_posting_balances",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                func=pgtrigger.Func(
                    """
                    -- Here for a posting without any entry; an entry has its own.
                    IF (SELECT count(*) <> NEW.legs OR sum(e.amount) <> 0
                          FROM billing_ledgerentry e WHERE e.transaction_id = NEW.id)
                    THEN
                        RAISE EXCEPTION 'posting % does not balance', NEW.id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'a_posting_balances';
                    END IF;
                    IF NEW.reverses_id IS NOT NULL AND (
                        SELECT was.reverses_id IS NOT NULL
                          FROM billing_ledgertransaction was WHERE was.id = NEW.reverses_id)
                    THEN
                        RAISE EXCEPTION 'posting % is a reversal and stays', NEW.reverses_id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'a_reversal_stays';
                    END IF;
                    IF NEW.reverses_id IS NOT NULL AND EXISTS (
                        (SELECT account_id, service_connection_id, -amount
                           FROM billing_ledgerentry WHERE transaction_id = NEW.reverses_id
                         EXCEPT ALL
                         SELECT account_id, service_connection_id, amount
                           FROM billing_ledgerentry WHERE transaction_id = NEW.id)
                        UNION ALL
                        (SELECT account_id, service_connection_id, amount
                           FROM billing_ledgerentry WHERE transaction_id = NEW.id
                         EXCEPT ALL
                         SELECT account_id, service_connection_id, -amount
                           FROM billing_ledgerentry WHERE transaction_id = NEW.reverses_id))
                    THEN
                        RAISE EXCEPTION 'posting % does not mirror what it reverses', NEW.id
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'a_reversal_mirrors_its_posting';
                    END IF;
                    RETURN NULL;
                    """
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"


class LedgerEntry(models.Model):
    """One leg of a posting: so much to one account, debit above zero.

    Added with its transaction and never after it; a trigger moves the balance of a consumer's
    account, copies it to `ConsumerFigures`, and refuses what is frozen (M14).
    """

    append_only = True

    transaction = models.ForeignKey(
        LedgerTransaction, on_delete=models.PROTECT, related_name="entries"
    )
    account = models.ForeignKey(LedgerAccount, on_delete=models.PROTECT, related_name="entries")
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    service_connection = models.ForeignKey(
        ServiceConnection, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name_plural = "ledger entries"
        constraints = [
            models.CheckConstraint(
                condition=~Q(amount=0) & Q(amount__range=(-(10**12), 10**12)),
                name="an_entry_moves_a_number",
            ),
        ]
        indexes = [
            # A consumer's running balance; the oracle's sums.
            models.Index(fields=["account", "id"], name="entry_by_account"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="ledger_entries_never_change", operation=pgtrigger.Update | pgtrigger.Delete
            ),
            pgtrigger.Trigger(
                name="an_entry_balances",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                func=pgtrigger.Func(
                    """
                    -- Also for an entry that is added to an old posting.
                    IF (SELECT count(*) <> max(t.legs) OR sum(e.amount) <> 0
                          FROM billing_ledgerentry e
                          JOIN billing_ledgertransaction t ON t.id = e.transaction_id
                         WHERE e.transaction_id = NEW.transaction_id)
                    THEN
                        RAISE EXCEPTION 'posting % does not balance', NEW.transaction_id
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'a_posting_balances';
                    END IF;
                    RETURN NULL;
                    """
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount:+}"
