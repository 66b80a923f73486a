"""Which account was merged into which, by whom, and whether it was undone."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from consumers.choices import AccountStatus
from consumers.models.accounts import Consumer
from smart360.staff.permissions import Permission, roles_as_sql
from smart360.trail.models import PersonalText

MAY_MERGE = (AccountStatus.PENDING, AccountStatus.ACTIVE, AccountStatus.INACTIVE)
"""How an account may stand that ends in another one: neither cut off nor in Collection."""


class AccountMerge(models.Model):
    """Two accounts of one household: ``merged`` takes no act any more, ``survivor`` goes on.

    A link and nothing else: no row of the merged account is pointed elsewhere. Undone, the row
    stays and says so. It comes before what only a merge may do, which asks for it by
    ``in_transaction``; chains are refused, so that a link leads to an account that goes on.
    """

    merged = models.ForeignKey(Consumer, on_delete=models.PROTECT, related_name="merges")
    survivor = models.ForeignKey(Consumer, on_delete=models.PROTECT, related_name="merges_into")
    status_before = models.CharField(
        max_length=15, choices=AccountStatus, help_text="Of the merged account; an undo returns it."
    )
    reason = models.ForeignKey(PersonalText, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    undo_reason = models.ForeignKey(
        PersonalText, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    in_transaction = models.BigIntegerField(default=0, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(merged=F("survivor")), name="nobody_is_merged_into_themselves"
            ),
            models.CheckConstraint(
                condition=Q(status_before__in=MAY_MERGE), name="only_some_accounts_are_merged"
            ),
            models.CheckConstraint(
                condition=Q(undone_at=None, undone_by=None, undo_reason=None)
                | Q(undone_at__isnull=False, undone_by__isnull=False, undo_reason__isnull=False),
                name="an_undone_merge_says_by_whom",
            ),
            models.UniqueConstraint(
                fields=["merged"],
                condition=Q(undone_at__isnull=True),
                name="an_account_is_merged_once_at_a_time",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="merges_are_in_order",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                declare=[("acts", "bigint"), ("may_change", "text[]")],
                func=pgtrigger.Func(
                    f"""
                    IF TG_OP = 'DELETE' THEN
                        RAISE EXCEPTION 'a merge is undone, never deleted'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'merges_stay';
                    END IF;
                    IF TG_OP = 'UPDATE' THEN
                        may_change := ARRAY['undone_at', 'undone_by_id', 'undo_reason_id',
                                            'in_transaction'];
                        IF OLD.undone_at IS NOT NULL OR NEW.undone_at IS NULL
                           OR to_jsonb(NEW) - may_change IS DISTINCT FROM to_jsonb(OLD) - may_change
                        THEN
                            RAISE EXCEPTION 'a merge is undone once, and stays as it was'
                                USING ERRCODE = 'check_violation',
                                      CONSTRAINT = 'merges_are_undone_once';
                        END IF;
                        acts := NEW.undone_by_id;
                    ELSE
                        IF NEW.undone_at IS NOT NULL THEN
                            RAISE EXCEPTION 'a merge is made before it is undone'
                                USING ERRCODE = 'check_violation',
                                      CONSTRAINT = 'merges_are_undone_once';
                        END IF;
                        acts := NEW.made_by_id;
                    END IF;
                    NEW.in_transaction := pg_current_xact_id()::text::bigint;
                    -- Whoever else merges one of the two at this moment waits here.
                    PERFORM 1 FROM consumers_consumer c
                      WHERE c.id IN (NEW.merged_id, NEW.survivor_id)
                      ORDER BY c.id FOR NO KEY UPDATE;
                    IF TG_OP = 'INSERT' AND (EXISTS (
                        SELECT 1 FROM consumers_accountmerge m
                         WHERE m.undone_at IS NULL
                           AND (m.survivor_id = NEW.merged_id OR m.merged_id = NEW.survivor_id))
                       OR EXISTS (
                        SELECT 1 FROM consumers_consumer c
                         WHERE c.id IN (NEW.merged_id, NEW.survivor_id)
                           AND (c.erased_at IS NOT NULL
                                OR c.id = NEW.survivor_id AND c.archived_at IS NOT NULL)))
                    THEN
                        RAISE EXCEPTION 'a merge leads to an account that goes on'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'a_merge_leads_to_who_goes_on';
                    END IF;
                    IF NOT EXISTS (
                        SELECT 1 FROM staff_rolemembership r JOIN auth_group g ON g.id = r.group_id
                         WHERE r.person_id = acts
                           AND g.name IN {roles_as_sql(Permission.MERGE_CONSUMERS)})
                    THEN
                        RAISE EXCEPTION 'the role of who merges is not one that may'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'who_merges_may_merge';
                    END IF;
                    RETURN NEW;
                    """  # noqa: S608  (put together from our own words)
                ),
            ),
            pgtrigger.Trigger(
                name="a_merge_is_whole",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update,
                timing=pgtrigger.Deferred,
                func=pgtrigger.Func(
                    """
                    -- Asked at the commit: all that the link says, and nothing that it would lose.
                    IF NOT EXISTS (
                        SELECT 1 FROM consumers_accountmerge m
                          JOIN consumers_consumer c ON c.id = m.merged_id
                         WHERE m.id = NEW.id
                           AND CASE WHEN m.undone_at IS NULL
                               THEN c.merged_into_id = m.survivor_id
                               ELSE c.merged_into_id IS DISTINCT FROM m.survivor_id
                                    OR EXISTS (SELECT 1 FROM consumers_accountmerge later
                                                WHERE later.merged_id = m.merged_id
                                                  AND later.undone_at IS NULL) END)
                       OR EXISTS (
                        SELECT 1 FROM consumers_accountmerge m
                         WHERE m.id = NEW.id AND m.undone_at IS NULL AND (EXISTS (
                               SELECT 1 FROM billing_ledgeraccount l
                                WHERE l.consumer_id = m.merged_id AND l.balance <> 0)
                           OR EXISTS (
                               SELECT 1 FROM consumers_serviceconnection s
                                WHERE s.consumer_id = m.merged_id
                                  AND s.supply_state IN ('CONNECTED', 'OFF_FOR_NOW'))
                           OR EXISTS (
                               SELECT 1 FROM consumers_accounthold h
                                WHERE h.consumer_id = m.merged_id AND h.lifted_at IS NULL
                                  AND (h.to_on IS NULL OR h.to_on >= (
                                       SELECT (m.made_at AT TIME ZONE u.time_zone)::date
                                         FROM organisation_utility u WHERE u.id = 1)))
                           OR EXISTS (
                               SELECT 1 FROM cases_case k
                                WHERE k.consumer_id = m.merged_id AND k.ended_at IS NULL)))
                       OR EXISTS (
                        SELECT 1 FROM consumers_accountmerge m
                          JOIN billing_balancetransfer x ON x.merge_id = m.id
                         WHERE m.id = NEW.id AND m.undone_at IS NOT NULL
                           AND 2 <> (SELECT count(*) FROM billing_ledgertransaction r
                                      WHERE r.reverses_id IN (x.posting_out_id, x.posting_in_id)))
                    THEN
                        RAISE EXCEPTION 'two accounts were merged, or parted, by half'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'a_merge_is_whole';
                    END IF;
                    RETURN NULL;
                    """
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"merge of consumer {self.merged_id}"
