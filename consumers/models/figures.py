"""What lists show of a consumer's money, copied where it costs no page a calculation."""

from datetime import date

import pgtrigger
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce

from consumers.choices import AccountStatus
from consumers.models.accounts import Consumer

NEVER_DUE = date(9999, 12, 31)
DUE_FIRST = Coalesce("oldest_due_on", Value(NEVER_DUE))
"""Since when something is unpaid, for an order in which every account has its place."""


class ConsumerFigures(models.Model):
    """A consumer's figures for lists, never on the locked consumer row (design.md §2).

    ``balance`` and ``deposit`` are copies of ledger balances; only the ledger's own trigger writes
    them. The dates are written by the step that posts.
    """

    consumer = models.OneToOneField(
        Consumer, on_delete=models.PROTECT, primary_key=True, related_name="figures"
    )
    balance = models.DecimalField(
        max_digits=14, decimal_places=2, default=0, help_text="Owed by the consumer; below 0: to."
    )
    deposit = models.DecimalField(
        max_digits=14, decimal_places=2, default=0, help_text="Security deposit held."
    )
    last_billed_on = models.DateField(null=True, blank=True)
    oldest_due_on = models.DateField(
        null=True, blank=True, help_text="Due date of the oldest invoice not yet paid in full."
    )
    health_score = models.SmallIntegerField(
        null=True, blank=True, help_text="0 to 100, as of last night (CON7)."
    )

    class Meta:
        verbose_name_plural = "consumer figures"
        constraints = [
            models.CheckConstraint(
                condition=Q(balance__range=(-(10**12), 10**12)), name="a_balance_is_a_number"
            ),
            models.CheckConstraint(
                condition=Q(deposit__range=(0, 10**12)), name="a_deposit_is_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(health_score__range=(0, 100)), name="a_shown_score_is_0_to_100"
            ),
        ]
        indexes = [
            # Who has owed longest: ageing, and the non-payment run.
            models.Index(
                fields=["oldest_due_on", "consumer"],
                name="figures_by_oldest_due",
                condition=Q(oldest_due_on__isnull=False),
            ),
            # The list, by what is owed and since when; who owes nothing comes last.
            models.Index(fields=["balance", "consumer"], name="figures_by_balance"),
            models.Index(DUE_FIRST, F("consumer"), name="figures_by_due_first"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="figures_follow_the_ledger",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=pgtrigger.Func(
                    """
                    -- Depth 1 is a statement of somebody's own; the ledger's trigger stands deeper.
                    IF pg_trigger_depth() > 1 THEN
                        RETURN NEW;
                    END IF;
                    IF TG_OP = 'INSERT' THEN
                        IF NEW.balance = 0 AND NEW.deposit = 0 THEN
                            RETURN NEW;
                        END IF;
                    ELSIF TG_OP = 'UPDATE' THEN
                        IF (NEW.consumer_id, NEW.balance, NEW.deposit)
                           = (OLD.consumer_id, OLD.balance, OLD.deposit)
                        THEN
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'balances follow the ledger'
                        USING ERRCODE = 'check_violation', CONSTRAINT = 'figures_follow_the_ledger';
                    """
                ),
            )
        ]

    def __str__(self) -> str:
        return f"figures of consumer {self.consumer_id}"


class BalanceTotal(models.Model):
    """What all consumers together owe, but for the changes not folded yet. One row."""

    balance = models.DecimalField(max_digits=16, decimal_places=2, default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="there_is_one_total"),
            models.CheckConstraint(
                condition=Q(balance__range=(-(10**14), 10**14)), name="a_total_is_a_number"
            ),
        ]

    def __str__(self) -> str:
        return str(self.balance)


class BalanceChange(models.Model):
    """One consumer's balance moved by so much, and the total does not have it yet.

    Written by the ledger's trigger, so that no two postings meet in one row; a worker folds it.
    """

    removable = True

    change = models.DecimalField(max_digits=14, decimal_places=2)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(change__range=(-(10**12), 10**12)), name="a_balance_change_is_a_number"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.change:+}"


class AccountTally(models.Model):
    """How many accounts have this status, archived or not; what is not folded yet comes on top."""

    status = models.CharField(max_length=15, choices=AccountStatus)
    is_archived = models.BooleanField()
    count = models.BigIntegerField()

    class Meta:
        verbose_name_plural = "account tallies"
        constraints = [
            models.UniqueConstraint(
                fields=["status", "is_archived"], name="a_status_has_one_account_tally"
            ),
            models.CheckConstraint(
                condition=Q(status__in=AccountStatus.values), name="account_tally_status_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.count} {self.status}"


class AccountChange(models.Model):
    """So many accounts came to a status or left it, and no tally has them yet.

    Written by triggers (models/tallying.py), so that no two writers meet in one row; a worker folds
    it.
    """

    removable = True

    status = models.CharField(max_length=15, choices=AccountStatus)
    is_archived = models.BooleanField()
    change = models.BigIntegerField()

    class Meta:
        constraints = [
            # As in a tally, where one bad row would stop every fold.
            models.CheckConstraint(
                condition=Q(status__in=AccountStatus.values), name="account_change_status_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.change:+d} {self.status}"
