"""Complaints end with a word and may be taken up again."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0018_runs_follow_their_requests'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='case',
            name='cases_move_along_arrows',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='case',
            name='an_ended_case_keeps_its_times',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='case',
            trigger=pgtrigger.compiler.Trigger(name='cases_move_along_arrows', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF TG_OP = 'INSERT' THEN\n                        IF NEW.status <> 'PENDING' OR NEW.version <> 1 THEN\n                            RAISE EXCEPTION 'a case begins as Pending'\n                                USING ERRCODE = 'check_violation',\n                                      CONSTRAINT = 'a_case_begins_as_pending';\n                        END IF;\n                        IF NEW.created_at > clock_timestamp() + interval '5 seconds' THEN\n                            RAISE EXCEPTION 'a case cannot begin in the future'\n                                USING ERRCODE = 'check_violation',\n                                      CONSTRAINT = 'a_case_begins_now';\n                        END IF;\n                        RETURN NEW;\n                    END IF;\n                    IF (NEW.number, NEW.kind, NEW.priority, NEW.policy_id, NEW.created_at)\n                       IS DISTINCT FROM\n                       (OLD.number, OLD.kind, OLD.priority, OLD.policy_id, OLD.created_at)\n                       OR (OLD.consumer_id IS NOT NULL\n                           AND NEW.consumer_id IS DISTINCT FROM OLD.consumer_id)\n                       OR (OLD.created_by_id IS DISTINCT FROM NEW.created_by_id)\n                    THEN\n                        RAISE EXCEPTION 'what a case began with stays'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'the_origin_of_a_case_stays';\n                    END IF;\n                    IF (OLD.acknowledged_at IS NOT NULL AND\n                        (NEW.acknowledged_at, NEW.acknowledged_by_id)\n                        IS DISTINCT FROM (OLD.acknowledged_at, OLD.acknowledged_by_id))\n                       OR (OLD.responded_at IS NOT NULL AND\n                        (NEW.responded_at, NEW.responded_by_id)\n                        IS DISTINCT FROM (OLD.responded_at, OLD.responded_by_id))\n                    THEN\n                        RAISE EXCEPTION 'a milestone of a case is reached once'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'a_milestone_is_reached_once';\n                    END IF;\n                    IF NEW.status = OLD.status THEN\n                        IF NEW.version <> OLD.version THEN\n                            RAISE EXCEPTION 'only a status change is a new version'\n                                USING ERRCODE = 'check_violation',\n                                      CONSTRAINT = 'a_version_is_a_status_change';\n                        END IF;\n                        RETURN NEW;\n                    END IF;\n                    IF (NEW.kind, OLD.status, NEW.status)\n                       NOT IN (VALUES ('DISCONNECTION','PENDING','CLOSED'), ('DISCONNECTION','PENDING','IN_PROGRESS'), ('DISCONNECTION','IN_PROGRESS','CLOSED'), ('DISCONNECTION','IN_PROGRESS','COMPLETED'), ('DISCONNECTION','IN_PROGRESS','ON_HOLD'), ('DISCONNECTION','ON_HOLD','CLOSED'), ('DISCONNECTION','ON_HOLD','IN_PROGRESS'), ('RECONNECTION','PENDING','CLOSED'), ('RECONNECTION','PENDING','IN_PROGRESS'), ('RECONNECTION','IN_PROGRESS','CLOSED'), ('RECONNECTION','IN_PROGRESS','COMPLETED'), ('RECONNECTION','IN_PROGRESS','ON_HOLD'), ('RECONNECTION','ON_HOLD','CLOSED'), ('RECONNECTION','ON_HOLD','IN_PROGRESS'), ('COMPLAINT','PENDING','IN_PROGRESS'), ('COMPLAINT','IN_PROGRESS','ON_HOLD'), ('COMPLAINT','IN_PROGRESS','REJECTED'), ('COMPLAINT','IN_PROGRESS','RESOLVED'), ('COMPLAINT','ON_HOLD','IN_PROGRESS'), ('COMPLAINT','RESOLVED','IN_PROGRESS'), ('COMPLAINT','REJECTED','IN_PROGRESS'))\n                    THEN\n                        RAISE EXCEPTION 'no arrow from % to %', OLD.status, NEW.status\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'cases_move_along_arrows';\n                    END IF;\n                    NEW.version := OLD.version + 1;\n                    RETURN NEW;\n                    ", hash='8ac2570176132b69eea1175dd2f5e4522e672a31', operation='INSERT OR UPDATE', pgid='pgtrigger_cases_move_along_arrows_edb9e', table='cases_case', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='case',
            trigger=pgtrigger.compiler.Trigger(name='an_ended_case_keeps_its_times', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.ended_at IS NOT NULL AND\n        (OLD.due_at, OLD.adjusted_due_at, OLD.warns_at, OLD.breaches_at, OLD.next_alert_at,\n         OLD.ended_at, OLD.ended_by_id, OLD.closing_reason)\n        IS DISTINCT FROM\n        (NEW.due_at, NEW.adjusted_due_at, NEW.warns_at, NEW.breaches_at, NEW.next_alert_at,\n         NEW.ended_at, NEW.ended_by_id, NEW.closing_reason))', func="\n        -- Whether it was in time is read from here for good; the act that ends it sets them.\n        -- A complaint is taken up again by its reopening, which says when it had ended (W15).\n        IF OLD.kind = 'COMPLAINT' AND NEW.ended_at IS NULL AND NEW.status = 'IN_PROGRESS'\n           AND EXISTS (SELECT 1 FROM complaints_reopening r\n                        WHERE r.complaint_id = OLD.id AND r.had_ended_at = OLD.ended_at)\n        THEN\n            RETURN NEW;\n        END IF;\n        RAISE EXCEPTION 'case % has ended: its times stay', OLD.number\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'an_ended_case_keeps_its_times';\n        ", hash='47394d108e513b293d8ffd1fd7d428347bd64a9b', operation='UPDATE', pgid='pgtrigger_an_ended_case_keeps_its_times_650c9', table='cases_case', when='BEFORE')),
        ),
        AddConstraintNotValid(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['RESOLVED', 'REJECTED']), _negated=True), ('closing_note__regex', '\\S'), _connector='OR'), name='a_decided_complaint_says_how'),
        ),
    ]
