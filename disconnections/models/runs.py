"""Non-payment runs: what was chosen, who started it, and what became of each account (DIS13)."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from consumers.models import Consumer
from disconnections.choices import Outcome, RunState
from disconnections.models.reasons import Reason
from disconnections.models.requests import DisconnectionRequest
from disconnections.rules.runs import OUTCOME_ARROWS, RUN_ARROWS

NOT_BEGUN = (RunState.PREPARING, RunState.PROPOSED, RunState.WITHDRAWN)
BEGUN = (RunState.RUNNING, RunState.STOPPED, RunState.DONE, RunState.UNDOING, RunState.UNDONE)
TAKEN_BACK = (RunState.UNDOING, RunState.UNDONE)
WITH_A_REQUEST = (Outcome.CREATED, Outcome.STOPPED, Outcome.CUT, Outcome.CLOSED)
WITHOUT_ONE = (Outcome.PROPOSED, Outcome.LEFT_OUT)


def as_pairs(arrows: dict[str, frozenset[str]]) -> str:
    """A table of arrows as SQL rows ``('OLD','NEW')``."""
    return ", ".join(f"('{old}','{new}')" for old in arrows for new in sorted(arrows[old]))


class NonPaymentRun(models.Model):
    """One choice of accounts that owe, and the requests that a worker makes for them.

    ``wanted`` and ``amount``  accounts to be cut off for, and what they owe, as proposed; they
                               grow while the record of the accounts is being written
    ``left_out``               as proposed: reason → [accounts, what they owe]; one account may
                               have several reasons, so ``excluded`` counts accounts
    ``names_of_reasons``       what each reason was called then
    """

    state = models.CharField(max_length=10, choices=RunState, default=RunState.PREPARING)
    reason = models.ForeignKey(Reason, on_delete=models.PROTECT, related_name="+")
    # what was chosen
    overdue = models.PositiveSmallIntegerField(help_text="Overdue for so many days at least.")
    amount_from = models.DecimalField(max_digits=14, decimal_places=2)
    amount_to = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    categories = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    areas = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    # what it came to
    expected = models.PositiveIntegerField(
        default=0, help_text="So many accounts to be cut off the choice came to when it was made."
    )
    wanted = models.PositiveIntegerField()
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    to_approve = models.PositiveIntegerField(help_text="Of these a rule asks for approval.")
    excluded = models.PositiveIntegerField()
    left_out = models.JSONField(default=dict)
    names_of_reasons = models.JSONField(default=dict)
    # who
    alone_up_to = models.PositiveIntegerField(
        help_text="So many requests its proposer may start alone, as the policy said."
    )
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    started_at = models.DateTimeField(null=True, blank=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    undone_because = models.CharField(max_length=250, blank=True)
    # how far it is
    after = models.BigIntegerField(default=0, help_text="Accounts up to this key are done.")
    looked_at = models.PositiveIntegerField(default=0)
    made = models.PositiveIntegerField(default=0)
    undone = models.PositiveIntegerField(default=0, help_text="Requests that were closed again.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=RunState.values), name="non_payment_run_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(overdue__range=(1, 3660))
                & Q(amount_from__gt=0, amount_from__lt=10**12)
                & (Q(amount_to__isnull=True) | Q(amount_to__gte=F("amount_from"))),
                name="a_run_is_about_debts",
            ),
            models.CheckConstraint(
                condition=Q(wanted__gt=0) | Q(state__in=[RunState.PREPARING, RunState.WITHDRAWN]),
                name="a_run_has_accounts",
            ),
            models.CheckConstraint(
                condition=Q(looked_at__lte=F("wanted")) & Q(made__lte=F("looked_at"))
                & Q(undone__lte=F("made")),
                name="a_run_makes_no_more_than_was_proposed",
            ),
            models.CheckConstraint(
                condition=Q(state__in=BEGUN, started_at__isnull=False, started_by__isnull=False)
                | Q(state__in=NOT_BEGUN, started_at__isnull=True, started_by__isnull=True),
                name="a_run_that_began_says_who_started_it",
            ),
            models.CheckConstraint(
                condition=Q(started_by__isnull=True)
                | Q(wanted__lte=F("alone_up_to"))
                | ~Q(started_by=F("proposed_by")),
                name="a_large_run_takes_two_people",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=TAKEN_BACK)
                | (
                    Q(undone_at__isnull=False, undone_by__isnull=False)
                    & Q(undone_because__regex=r"(\S\s*){10,}")
                ),
                name="a_run_that_is_undone_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[RunState.RUNNING, RunState.DONE])
                | Q(undone_at__isnull=True),
                name="a_run_that_is_undone_makes_no_more",
            ),
            models.UniqueConstraint(
                fields=["state"],
                condition=Q(state=RunState.RUNNING),
                name="one_non_payment_run_at_a_time",
            ),
        ]  # fmt: skip
        triggers = [
            pgtrigger.Trigger(
                name="runs_move_along_arrows",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=pgtrigger.Func(
                    f"""
                    IF TG_OP = 'DELETE' THEN
                        RAISE EXCEPTION 'runs are never deleted'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'runs_stay';
                    END IF;
                    IF TG_OP = 'INSERT' THEN
                        IF NEW.state <> 'PREPARING' THEN
                            RAISE EXCEPTION 'a run begins as a proposal that is being prepared'
                                USING ERRCODE = 'check_violation',
                                      CONSTRAINT = 'a_run_begins_as_a_proposal';
                        END IF;
                        RETURN NEW;
                    END IF;
                    IF (NEW.reason_id, NEW.overdue, NEW.amount_from, NEW.amount_to, NEW.categories,
                        NEW.areas, NEW.expected, NEW.excluded, NEW.left_out, NEW.names_of_reasons,
                        NEW.alone_up_to, NEW.proposed_at, NEW.proposed_by_id)
                       IS DISTINCT FROM
                       (OLD.reason_id, OLD.overdue, OLD.amount_from, OLD.amount_to, OLD.categories,
                        OLD.areas, OLD.expected, OLD.excluded, OLD.left_out, OLD.names_of_reasons,
                        OLD.alone_up_to, OLD.proposed_at, OLD.proposed_by_id)
                       OR (OLD.state <> 'PREPARING' AND (NEW.wanted, NEW.amount, NEW.to_approve)
                           IS DISTINCT FROM (OLD.wanted, OLD.amount, OLD.to_approve))
                       OR (OLD.started_by_id IS NOT NULL AND (NEW.started_by_id, NEW.started_at)
                           IS DISTINCT FROM (OLD.started_by_id, OLD.started_at))
                    THEN
                        RAISE EXCEPTION 'what was proposed, and who started it, stays'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'a_proposal_stays';
                    END IF;
                    IF NEW.state <> OLD.state AND (OLD.state, NEW.state)
                       NOT IN (VALUES {as_pairs(RUN_ARROWS)})
                    THEN
                        RAISE EXCEPTION 'no arrow from % to %', OLD.state, NEW.state
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'runs_move_along_arrows';
                    END IF;
                    RETURN NEW;
                    """
                ),
            )
        ]

    def __str__(self) -> str:
        return f"run {self.pk}"


class RunAccount(models.Model):
    """One account of a run, and what became of it: the collection record.

    Those that are left out are kept too, of each reason the first, with what stood in the way.
    A trigger of the case moves the outcome on as the request goes on.
    """

    run = models.ForeignKey(NonPaymentRun, on_delete=models.PROTECT, related_name="accounts")
    consumer = models.ForeignKey(Consumer, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=10, choices=Outcome)
    outcome_at = models.DateTimeField()
    outstanding = models.DecimalField(
        max_digits=14, decimal_places=2, help_text="Without what was disputed, when last judged."
    )
    overdue = models.PositiveIntegerField(help_text="Days, when last judged.")
    reasons = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    findings = models.JSONField(
        default=list, blank=True, help_text="What stood in the way: rule, version, sentence."
    )
    request = models.OneToOneField(
        DisconnectionRequest,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="run_account",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "consumer"], name="an_account_is_in_a_run_once"),
            models.CheckConstraint(
                condition=Q(outcome__in=Outcome.values), name="outcome_is_known"
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=WITH_A_REQUEST, request__isnull=False)
                | Q(outcome__in=WITHOUT_ONE, request__isnull=True)
                | Q(outcome__in=[Outcome.PAID, Outcome.ARRANGED]),
                name="an_outcome_of_a_request_has_one",
            ),
            models.CheckConstraint(
                condition=~Q(outcome=Outcome.LEFT_OUT) | ~Q(reasons=[]),
                name="what_is_left_out_says_why",
            ),
        ]
        indexes = [
            # A run's page: one outcome, the largest debts first.
            models.Index(
                fields=["run", "outcome", "-outstanding", "-id"], name="run_account_by_outcome"
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="outcomes_move_along_arrows",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=pgtrigger.Func(
                    f"""
                    IF TG_OP = 'DELETE' THEN
                        RAISE EXCEPTION 'the collection record stays'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'collection_records_stay';
                    END IF;
                    IF TG_OP = 'INSERT' THEN
                        IF NEW.outcome NOT IN ('PROPOSED', 'LEFT_OUT') OR NOT EXISTS (
                            SELECT 1 FROM disconnections_nonpaymentrun r
                             WHERE r.id = NEW.run_id AND r.state = 'PREPARING')
                        THEN
                            RAISE EXCEPTION 'accounts are chosen while a run is being prepared'
                                USING ERRCODE = 'check_violation',
                                      CONSTRAINT = 'accounts_are_chosen_when_proposed';
                        END IF;
                        RETURN NEW;
                    END IF;
                    IF (NEW.run_id, NEW.consumer_id) IS DISTINCT FROM (OLD.run_id, OLD.consumer_id)
                       OR (OLD.request_id IS NOT NULL
                           AND NEW.request_id IS DISTINCT FROM OLD.request_id)
                       OR (NEW.request_id IS DISTINCT FROM OLD.request_id
                           AND (OLD.outcome <> 'PROPOSED' OR NEW.outcome <> 'CREATED'
                                OR NOT EXISTS (SELECT 1 FROM cases_case c
                                                WHERE c.id = NEW.request_id
                                                  AND c.consumer_id = NEW.consumer_id)))
                    THEN
                        RAISE EXCEPTION 'a record is of one account and its one request'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'collection_records_stay';
                    END IF;
                    IF NEW.outcome <> OLD.outcome AND (OLD.outcome, NEW.outcome)
                       NOT IN (VALUES {as_pairs(OUTCOME_ARROWS)})
                    THEN
                        RAISE EXCEPTION 'no arrow from % to %', OLD.outcome, NEW.outcome
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'outcomes_move_along_arrows';
                    END IF;
                    RETURN NEW;
                    """  # noqa: S608  (our own arrows)
                ),
            )
        ]

    def __str__(self) -> str:
        return f"account {self.consumer_id} of run {self.run_id}"
