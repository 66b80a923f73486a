"""Approvals: what a supervisor has to allow before a case is carried out (DIS11, W14)."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from smart360.cases.choices import ApprovalState
from smart360.cases.models.cases import Case
from smart360.staff.permissions import Permission, roles_as_sql
from smart360.trail.rules import door_of_erasure

WHOSE = "(SELECT c.consumer_id FROM cases_case c WHERE c.id = OLD.case_id)"
"""Whose row it is, in a trigger."""


class Approval(models.Model):
    """One time that a case was put before supervisors: who asks and why, who decided and how.

    Rejected it may be asked for again; then that is another row.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="approvals")
    because = models.JSONField(
        default=list, help_text="Codes of the rules that ask for it; none when a person does."
    )
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(max_length=250, help_text="Why it is asked for, in words.")
    state = models.CharField(max_length=10, choices=ApprovalState, default=ApprovalState.PENDING)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    note = models.CharField(max_length=250, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(state__in=[ApprovalState.PENDING, ApprovalState.APPROVED]),
                name="a_case_has_one_live_approval",
            ),
            models.CheckConstraint(
                condition=Q(state__in=ApprovalState.values), name="approval_state_is_known"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="who_asks_for_approval_says_why"),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True)
                | Q(asked_by__isnull=True)
                | ~Q(decided_by=F("asked_by")),
                name="nobody_approves_what_they_asked_for",
            ),
            models.CheckConstraint(
                condition=Q(
                    state=ApprovalState.PENDING, decided_at__isnull=True, decided_by__isnull=True
                )
                | Q(state=ApprovalState.WITHDRAWN, decided_at__isnull=False)
                | Q(
                    state__in=[ApprovalState.APPROVED, ApprovalState.REJECTED],
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                ),
                name="a_decision_says_who_and_when",
            ),
            models.CheckConstraint(
                condition=~Q(state=ApprovalState.REJECTED) | ~Q(note=""),
                name="a_rejection_says_why",
            ),
        ]
        indexes = [
            # What waits for supervisors, oldest first.
            models.Index(
                fields=["asked_at"],
                name="approval_that_waits",
                condition=Q(state=ApprovalState.PENDING),
            )
        ]
        triggers = [
            pgtrigger.Trigger(
                name="approvals_are_decided_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                declare=[("made_by", "bigint"), ("is_open", "boolean")],
                func=pgtrigger.Func(
                    f"""
                    {door_of_erasure(WHOSE, "reason", "note")}
                    IF TG_OP = 'DELETE' THEN
                        RAISE EXCEPTION 'approvals stay'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'approvals_are_decided_once';
                    END IF;
                    IF TG_OP = 'UPDATE' THEN
                        IF OLD.state <> 'PENDING' AND NOT (
                               OLD.state = 'APPROVED' AND NEW.state = 'WITHDRAWN')
                           OR to_jsonb(NEW) - ARRAY['state', 'decided_at', 'decided_by_id', 'note']
                              IS DISTINCT FROM
                              to_jsonb(OLD) - ARRAY['state', 'decided_at', 'decided_by_id', 'note']
                        THEN
                            RAISE EXCEPTION 'an approval is decided once'
                                USING ERRCODE = 'check_violation',
                                      CONSTRAINT = 'approvals_are_decided_once';
                        END IF;
                    END IF;
                    IF TG_OP = 'INSERT' AND NEW.state <> 'PENDING' THEN
                        RAISE EXCEPTION 'an approval is asked for before it is decided'
                            USING ERRCODE = 'check_violation',
                                  CONSTRAINT = 'an_approval_is_asked_for_first';
                    END IF;
                    IF NEW.state IN ('APPROVED', 'REJECTED') THEN
                        IF NOT EXISTS (
                            SELECT 1 FROM staff_rolemembership m
                              JOIN auth_group g ON g.id = m.group_id
                             WHERE m.person_id = NEW.decided_by_id
                               AND g.name IN {roles_as_sql(Permission.APPROVE_REQUEST)})
                        THEN
                            RAISE EXCEPTION 'the role of who decides is not one that approves'
                                USING ERRCODE = 'check_violation',
                                      CONSTRAINT = 'who_decides_may_approve';
                        END IF;
                        SELECT c.created_by_id, c.ended_at IS NULL INTO made_by, is_open
                          FROM cases_case c WHERE c.id = NEW.case_id;
                        IF made_by = NEW.decided_by_id THEN
                            RAISE EXCEPTION 'nobody approves a request that they made'
                                USING ERRCODE = 'check_violation',
                                      CONSTRAINT = 'nobody_approves_their_own_request';
                        END IF;
                        IF NOT is_open THEN
                            RAISE EXCEPTION 'the case has ended'
                                USING ERRCODE = 'check_violation',
                                      CONSTRAINT = 'approval_comes_before_the_end';
                        END IF;
                    END IF;
                    RETURN NEW;
                    """  # noqa: S608  (put together from our own role names)
                ),
            )
        ]

    def __str__(self) -> str:
        return f"approval of case {self.case_id}"

    @property
    def is_live(self) -> bool:
        """Whether it waits or was given, so that nobody has to ask."""
        return self.state in (ApprovalState.PENDING, ApprovalState.APPROVED)
