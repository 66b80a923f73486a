"""What was owed, or in credit, on an account that was merged into another one."""

import pgtrigger
from django.db import models
from django.db.models import Q

from billing.models.ledger import LedgerTransaction
from consumers.models import AccountMerge


class BalanceTransfer(models.Model):
    """The balance that a merge moved, and its two postings; undone, both are reversed (M2).

    ``amount`` above zero was owed, below it in credit. Each posting names the other account, and
    the two cancel in the account of adjustments.
    """

    append_only = True

    merge = models.OneToOneField(AccountMerge, on_delete=models.PROTECT, related_name="transfer")
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    posting_out = models.OneToOneField(
        LedgerTransaction, on_delete=models.PROTECT, related_name="+"
    )
    posting_in = models.OneToOneField(LedgerTransaction, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="a_transfer_moves_something")
        ]
        triggers = [
            pgtrigger.Trigger(
                name="a_transfer_moves_as_much",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=pgtrigger.Func(
                    """
                    IF NOT EXISTS (
                        SELECT 1 FROM consumers_accountmerge m
                          JOIN billing_ledgeraccount o ON o.consumer_id = m.merged_id
                           AND o.kind = 'RECEIVABLE'
                          JOIN billing_ledgerentry leaves ON leaves.account_id = o.id
                           AND leaves.transaction_id = NEW.posting_out_id
                           AND leaves.amount = -NEW.amount
                          JOIN billing_ledgeraccount i ON i.consumer_id = m.survivor_id
                           AND i.kind = 'RECEIVABLE'
                          JOIN billing_ledgerentry comes ON comes.account_id = i.id
                           AND comes.transaction_id = NEW.posting_in_id
                           AND comes.amount = NEW.amount
                         WHERE m.id = NEW.merge_id
                           AND m.in_transaction = pg_current_xact_id()::text::bigint)
                    THEN
                        RAISE EXCEPTION 'what leaves one account comes to the other'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'a_transfer_moves_as_much';
                    END IF;
                    RETURN NEW;
                    """
                ),
            ),
            pgtrigger.Protect(name="transfers_stay", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.amount:+}"
