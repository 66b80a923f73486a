"""A complaint's case knows its sub-category, which never changes once it is there."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ('cases', '0031_months_of_what_there_is'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='case',
            name='cases_move_along_arrows',
        ),
        migrations.AddField(
            model_name='case',
            name='subtopic',
            field=models.BigIntegerField(blank=True, help_text="Key of a complaint's sub-category; the database sets it.", null=True),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='case',
            trigger=pgtrigger.compiler.Trigger(name='cases_move_along_arrows', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF TG_OP = 'INSERT' THEN\n                        IF NEW.status <> 'PENDING' OR NEW.version <> 1 THEN\n                            RAISE EXCEPTION 'a case begins as Pending'\n                                USING ERRCODE = 'check_violation',\n                                      CONSTRAINT = 'a_case_begins_as_pending';\n                        END IF;\n                        IF NEW.created_at > clock_timestamp() + interval '5 seconds' THEN\n                            RAISE EXCEPTION 'a case cannot begin in the future'\n                                USING ERRCODE = 'check_violation',\n                                      CONSTRAINT = 'a_case_begins_now';\n                        END IF;\n                        RETURN NEW;\n                    END IF;\n                    IF (NEW.number, NEW.kind, NEW.topic, NEW.priority, NEW.policy_id,\n                        NEW.created_at)\n                       IS DISTINCT FROM\n                       (OLD.number, OLD.kind, OLD.topic, OLD.priority, OLD.policy_id,\n                        OLD.created_at)\n                       OR (OLD.consumer_id IS NOT NULL\n                           AND NEW.consumer_id IS DISTINCT FROM OLD.consumer_id)\n                       OR (OLD.subtopic IS NOT NULL\n                           AND NEW.subtopic IS DISTINCT FROM OLD.subtopic)\n                       OR (OLD.created_by_id IS DISTINCT FROM NEW.created_by_id)\n                    THEN\n                        RAISE EXCEPTION 'what a case began with stays'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'the_origin_of_a_case_stays';\n                    END IF;\n                    IF (OLD.acknowledged_at IS NOT NULL AND\n                        (NEW.acknowledged_at, NEW.acknowledged_by_id)\n                        IS DISTINCT FROM (OLD.acknowledged_at, OLD.acknowledged_by_id))\n                       OR (OLD.responded_at IS NOT NULL AND\n                        (NEW.responded_at, NEW.responded_by_id)\n                        IS DISTINCT FROM (OLD.responded_at, OLD.responded_by_id))\n                    THEN\n                        RAISE EXCEPTION 'a milestone of a case is reached once'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'a_milestone_is_reached_once';\n                    END IF;\n                    IF NEW.status = OLD.status THEN\n                        IF NEW.version <> OLD.version THEN\n                            RAISE EXCEPTION 'only a status change is a new version'\n                                USING ERRCODE = 'check_violation',\n                                      CONSTRAINT = 'a_version_is_a_status_change';\n                        END IF;\n                        RETURN NEW;\n                    END IF;\n                    IF (NEW.kind, OLD.status, NEW.status)\n                       NOT IN (VALUES ('DISCONNECTION','PENDING','CLOSED'), ('DISCONNECTION','PENDING','IN_PROGRESS'), ('DISCONNECTION','IN_PROGRESS','CLOSED'), ('DISCONNECTION','IN_PROGRESS','COMPLETED'), ('DISCONNECTION','IN_PROGRESS','ON_HOLD'), ('DISCONNECTION','ON_HOLD','CLOSED'), ('DISCONNECTION','ON_HOLD','IN_PROGRESS'), ('RECONNECTION','PENDING','CLOSED'), ('RECONNECTION','PENDING','IN_PROGRESS'), ('RECONNECTION','IN_PROGRESS','CLOSED'), ('RECONNECTION','IN_PROGRESS','COMPLETED'), ('RECONNECTION','IN_PROGRESS','ON_HOLD'), ('RECONNECTION','ON_HOLD','CLOSED'), ('RECONNECTION','ON_HOLD','IN_PROGRESS'), ('COMPLAINT','PENDING','IN_PROGRESS'), ('COMPLAINT','IN_PROGRESS','ON_HOLD'), ('COMPLAINT','IN_PROGRESS','REJECTED'), ('COMPLAINT','IN_PROGRESS','RESOLVED'), ('COMPLAINT','ON_HOLD','IN_PROGRESS'), ('COMPLAINT','RESOLVED','IN_PROGRESS'), ('COMPLAINT','REJECTED','IN_PROGRESS'))\n                    THEN\n                        RAISE EXCEPTION 'no arrow from % to %', OLD.status, NEW.status\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'cases_move_along_arrows';\n                    END IF;\n                    NEW.version := OLD.version + 1;\n                    RETURN NEW;\n                    ", hash='1be0411d2dc881a0cfef203e930ac44230594cae', operation='INSERT OR UPDATE', pgid='pgtrigger_cases_move_along_arrows_edb9e', table='cases_case', when='BEFORE')),
        ),
    ]
