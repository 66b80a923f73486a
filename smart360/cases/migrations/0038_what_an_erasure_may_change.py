"""What an erasure may change of rows that stay as they are (R8)."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations

from smart360.kernel.migrations._together import ChangeTogether


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0037_late_by_the_quarter_of_what_there_is'),
    ]

    operations = [
        ChangeTogether([
        pgtrigger.migrations.RemoveTrigger(
            model_name='approval',
            name='approvals_are_decided_once',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='case',
            name='an_ended_case_keeps_its_times',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='approval',
            trigger=pgtrigger.compiler.Trigger(name='approvals_are_decided_once', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE made_by bigint; is_open boolean;', func="\n                    \n                    IF TG_OP = 'UPDATE' AND coalesce(current_setting('smart360.erasing', true), '')\n                                            <> '' THEN\n                        IF smart360_erases((SELECT c.consumer_id FROM cases_case c WHERE c.id = OLD.case_id), to_jsonb(OLD), to_jsonb(NEW),\n                                           ARRAY['reason', 'note']) THEN\n                            RETURN NEW;\n                        END IF;\n                    END IF;\n    \n                    IF TG_OP = 'DELETE' THEN\n                        RAISE EXCEPTION 'approvals stay'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'approvals_are_decided_once';\n                    END IF;\n                    IF TG_OP = 'UPDATE' THEN\n                        IF OLD.state <> 'PENDING' AND NOT (\n                               OLD.state = 'APPROVED' AND NEW.state = 'WITHDRAWN')\n                           OR to_jsonb(NEW) - ARRAY['state', 'decided_at', 'decided_by_id', 'note']\n                              IS DISTINCT FROM\n                              to_jsonb(OLD) - ARRAY['state', 'decided_at', 'decided_by_id', 'note']\n                        THEN\n                            RAISE EXCEPTION 'an approval is decided once'\n                                USING ERRCODE = 'check_violation',\n                                      CONSTRAINT = 'approvals_are_decided_once';\n                        END IF;\n                    END IF;\n                    IF TG_OP = 'INSERT' AND NEW.state <> 'PENDING' THEN\n                        RAISE EXCEPTION 'an approval is asked for before it is decided'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'an_approval_is_asked_for_first';\n                    END IF;\n                    IF NEW.state IN ('APPROVED', 'REJECTED') THEN\n                        IF NOT EXISTS (\n                            SELECT 1 FROM staff_rolemembership m\n                              JOIN auth_group g ON g.id = m.group_id\n                             WHERE m.person_id = NEW.decided_by_id\n                               AND g.name IN ('SUPERVISOR'))\n                        THEN\n                            RAISE EXCEPTION 'the role of who decides is not one that approves'\n                                USING ERRCODE = 'check_violation',\n                                      CONSTRAINT = 'who_decides_may_approve';\n                        END IF;\n                        SELECT c.created_by_id, c.ended_at IS NULL INTO made_by, is_open\n                          FROM cases_case c WHERE c.id = NEW.case_id;\n                        IF made_by = NEW.decided_by_id THEN\n                            RAISE EXCEPTION 'nobody approves a request that they made'\n                                USING ERRCODE = 'check_violation',\n                                      CONSTRAINT = 'nobody_approves_their_own_request';\n                        END IF;\n                        IF NOT is_open THEN\n                            RAISE EXCEPTION 'the case has ended'\n                                USING ERRCODE = 'check_violation',\n                                      CONSTRAINT = 'approval_comes_before_the_end';\n                        END IF;\n                    END IF;\n                    RETURN NEW;\n                    ", hash='b08800dc7346232c058dd3a77cbe65372f10cfa6', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_approvals_are_decided_once_28e81', table='cases_approval', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='case',
            trigger=pgtrigger.compiler.Trigger(name='an_ended_case_keeps_its_times', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.ended_at IS NOT NULL AND\n        (OLD.due_at, OLD.adjusted_due_at, OLD.warns_at, OLD.breaches_at, OLD.next_alert_at,\n         OLD.ended_at, OLD.ended_by_id, OLD.closing_reason, OLD.closing_note, OLD.resolution_time)\n        IS DISTINCT FROM\n        (NEW.due_at, NEW.adjusted_due_at, NEW.warns_at, NEW.breaches_at, NEW.next_alert_at,\n         NEW.ended_at, NEW.ended_by_id, NEW.closing_reason, NEW.closing_note, NEW.resolution_time))', func="\n                    IF TG_OP = 'UPDATE' AND coalesce(current_setting('smart360.erasing', true), '')\n                                            <> '' THEN\n                        IF smart360_erases(OLD.consumer_id, to_jsonb(OLD), to_jsonb(NEW),\n                                           ARRAY['closing_note']) THEN\n                            RETURN NEW;\n                        END IF;\n                    END IF;\n    \n        -- Whether it was in time, and why it ended, is read from here for good; the act that ends\n        -- it sets them.\n        -- A complaint is taken up again by its reopening, which says when it had ended (W15).\n        IF OLD.kind = 'COMPLAINT' AND NEW.ended_at IS NULL AND NEW.status = 'IN_PROGRESS'\n           AND EXISTS (SELECT 1 FROM complaints_reopening r\n                        WHERE r.complaint_id = OLD.id AND r.had_ended_at = OLD.ended_at)\n        THEN\n            RETURN NEW;\n        END IF;\n        RAISE EXCEPTION 'case % has ended: its end and its times stay', OLD.number\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'an_ended_case_keeps_its_times';\n        ", hash='f937bdfac40f2a74c0421d7d1f1c25075d586e8f', operation='UPDATE', pgid='pgtrigger_an_ended_case_keeps_its_times_650c9', table='cases_case', when='BEFORE')),
        ),
        ]),
    ]
