"""Say on each case what it is about within its kind, and how long it took.

The tallies count by it, with the time that it took and what missed its targets.
"""

import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0022_policies_name_their_category'),
        ('consumers', '0015_services_come_back_by_execution'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='case',
            name='cases_are_tallied',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='case',
            name='cases_move_along_arrows',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='case',
            name='an_ended_case_keeps_its_times',
        ),
        migrations.RemoveConstraint(
            model_name='tally',
            name='a_day_has_one_tally',
        ),
        migrations.RemoveConstraint(
            model_name='tally',
            name='tally_standing_is_known',
        ),
        migrations.RemoveConstraint(
            model_name='tallychange',
            name='change_standing_is_known',
        ),
        migrations.AddField(
            model_name='case',
            name='resolution_time',
            field=models.DurationField(blank=True, help_text='Counted time from creation to the end (SLA4).', null=True),
        ),
        migrations.AddField(
            model_name='case',
            name='topic',
            field=models.CharField(blank=True, db_default='', default='', help_text="Code of a complaint's category.", max_length=30),
        ),
        migrations.AddField(
            model_name='tally',
            name='missed',
            field=models.IntegerField(db_default=0, default=0, help_text='How many of what ended had missed a target.'),
        ),
        migrations.AddField(
            model_name='tally',
            name='seconds',
            field=models.BigIntegerField(db_default=0, default=0, help_text='Of the resolution times of what ended, together.'),
        ),
        migrations.AddField(
            model_name='tally',
            name='topic',
            field=models.CharField(blank=True, db_default='', default='', max_length=30),
        ),
        migrations.AddField(
            model_name='tallychange',
            name='missed',
            field=models.SmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='tallychange',
            name='seconds',
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='tallychange',
            name='topic',
            field=models.CharField(blank=True, db_default='', default='', max_length=30),
        ),
        migrations.AlterField(
            model_name='tally',
            name='standing',
            field=models.CharField(choices=[('OPEN', 'Open'), ('COMPLETED', 'Completed'), ('CLOSED', 'Closed'), ('RESOLVED', 'Resolved'), ('REJECTED', 'Rejected'), ('LATE', 'Late')], max_length=15),
        ),
        migrations.AlterField(
            model_name='tallychange',
            name='standing',
            field=models.CharField(choices=[('OPEN', 'Open'), ('COMPLETED', 'Completed'), ('CLOSED', 'Closed'), ('RESOLVED', 'Resolved'), ('REJECTED', 'Rejected'), ('LATE', 'Late')], max_length=15),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='case',
            trigger=pgtrigger.compiler.Trigger(name='cases_move_along_arrows', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF TG_OP = 'INSERT' THEN\n                        IF NEW.status <> 'PENDING' OR NEW.version <> 1 THEN\n                            RAISE EXCEPTION 'a case begins as Pending'\n                                USING ERRCODE = 'check_violation',\n                                      CONSTRAINT = 'a_case_begins_as_pending';\n                        END IF;\n                        IF NEW.created_at > clock_timestamp() + interval '5 seconds' THEN\n                            RAISE EXCEPTION 'a case cannot begin in the future'\n                                USING ERRCODE = 'check_violation',\n                                      CONSTRAINT = 'a_case_begins_now';\n                        END IF;\n                        RETURN NEW;\n                    END IF;\n                    IF (NEW.number, NEW.kind, NEW.topic, NEW.priority, NEW.policy_id,\n                        NEW.created_at)\n                       IS DISTINCT FROM\n                       (OLD.number, OLD.kind, OLD.topic, OLD.priority, OLD.policy_id,\n                        OLD.created_at)\n                       OR (OLD.consumer_id IS NOT NULL\n                           AND NEW.consumer_id IS DISTINCT FROM OLD.consumer_id)\n                       OR (OLD.created_by_id IS DISTINCT FROM NEW.created_by_id)\n                    THEN\n                        RAISE EXCEPTION 'what a case began with stays'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'the_origin_of_a_case_stays';\n                    END IF;\n                    IF (OLD.acknowledged_at IS NOT NULL AND\n                        (NEW.acknowledged_at, NEW.acknowledged_by_id)\n                        IS DISTINCT FROM (OLD.acknowledged_at, OLD.acknowledged_by_id))\n                       OR (OLD.responded_at IS NOT NULL AND\n                        (NEW.responded_at, NEW.responded_by_id)\n                        IS DISTINCT FROM (OLD.responded_at, OLD.responded_by_id))\n                    THEN\n                        RAISE EXCEPTION 'a milestone of a case is reached once'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'a_milestone_is_reached_once';\n                    END IF;\n                    IF NEW.status = OLD.status THEN\n                        IF NEW.version <> OLD.version THEN\n                            RAISE EXCEPTION 'only a status change is a new version'\n                                USING ERRCODE = 'check_violation',\n                                      CONSTRAINT = 'a_version_is_a_status_change';\n                        END IF;\n                        RETURN NEW;\n                    END IF;\n                    IF (NEW.kind, OLD.status, NEW.status)\n                       NOT IN (VALUES ('DISCONNECTION','PENDING','CLOSED'), ('DISCONNECTION','PENDING','IN_PROGRESS'), ('DISCONNECTION','IN_PROGRESS','CLOSED'), ('DISCONNECTION','IN_PROGRESS','COMPLETED'), ('DISCONNECTION','IN_PROGRESS','ON_HOLD'), ('DISCONNECTION','ON_HOLD','CLOSED'), ('DISCONNECTION','ON_HOLD','IN_PROGRESS'), ('RECONNECTION','PENDING','CLOSED'), ('RECONNECTION','PENDING','IN_PROGRESS'), ('RECONNECTION','IN_PROGRESS','CLOSED'), ('RECONNECTION','IN_PROGRESS','COMPLETED'), ('RECONNECTION','IN_PROGRESS','ON_HOLD'), ('RECONNECTION','ON_HOLD','CLOSED'), ('RECONNECTION','ON_HOLD','IN_PROGRESS'), ('COMPLAINT','PENDING','IN_PROGRESS'), ('COMPLAINT','IN_PROGRESS','ON_HOLD'), ('COMPLAINT','IN_PROGRESS','REJECTED'), ('COMPLAINT','IN_PROGRESS','RESOLVED'), ('COMPLAINT','ON_HOLD','IN_PROGRESS'), ('COMPLAINT','RESOLVED','IN_PROGRESS'), ('COMPLAINT','REJECTED','IN_PROGRESS'))\n                    THEN\n                        RAISE EXCEPTION 'no arrow from % to %', OLD.status, NEW.status\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'cases_move_along_arrows';\n                    END IF;\n                    NEW.version := OLD.version + 1;\n                    RETURN NEW;\n                    ", hash='a4cf6fe98b0dc605c6c5086ddea39b92cee30a55', operation='INSERT OR UPDATE', pgid='pgtrigger_cases_move_along_arrows_edb9e', table='cases_case', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='case',
            trigger=pgtrigger.compiler.Trigger(name='an_ended_case_keeps_its_times', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.ended_at IS NOT NULL AND\n        (OLD.due_at, OLD.adjusted_due_at, OLD.warns_at, OLD.breaches_at, OLD.next_alert_at,\n         OLD.ended_at, OLD.ended_by_id, OLD.closing_reason, OLD.resolution_time)\n        IS DISTINCT FROM\n        (NEW.due_at, NEW.adjusted_due_at, NEW.warns_at, NEW.breaches_at, NEW.next_alert_at,\n         NEW.ended_at, NEW.ended_by_id, NEW.closing_reason, NEW.resolution_time))', func="\n        -- Whether it was in time is read from here for good; the act that ends it sets them.\n        -- A complaint is taken up again by its reopening, which says when it had ended (W15).\n        IF OLD.kind = 'COMPLAINT' AND NEW.ended_at IS NULL AND NEW.status = 'IN_PROGRESS'\n           AND EXISTS (SELECT 1 FROM complaints_reopening r\n                        WHERE r.complaint_id = OLD.id AND r.had_ended_at = OLD.ended_at)\n        THEN\n            RETURN NEW;\n        END IF;\n        RAISE EXCEPTION 'case % has ended: its times stay', OLD.number\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'an_ended_case_keeps_its_times';\n        ", hash='6e05be257b5ab4b29093ea856f1c78461995d193', operation='UPDATE', pgid='pgtrigger_an_ended_case_keeps_its_times_650c9', table='cases_case', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='case',
            trigger=pgtrigger.compiler.Trigger(name='cases_are_tallied', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE old_standing text; new_standing text; old_seconds bigint := 0; new_seconds bigint := 0; old_missed smallint := 0; new_missed smallint := 0; old_late timestamptz; new_late timestamptz;', func="\n        new_standing := CASE WHEN NEW.ended_at IS NULL THEN 'OPEN' ELSE NEW.status END;\n        IF NEW.ended_at IS NOT NULL THEN\n            new_seconds := coalesce(round(extract(epoch FROM NEW.resolution_time)), 0);\n            new_missed := (NEW.breaches_at IS NOT NULL)::int;\n        ELSIF NEW.kind = 'COMPLAINT' THEN\n            new_late := NEW.breaches_at;\n        END IF;\n        IF TG_OP = 'UPDATE' THEN\n            old_standing := CASE WHEN OLD.ended_at IS NULL THEN 'OPEN' ELSE OLD.status END;\n            IF OLD.ended_at IS NOT NULL THEN\n                old_seconds := coalesce(round(extract(epoch FROM OLD.resolution_time)), 0);\n                old_missed := (OLD.breaches_at IS NOT NULL)::int;\n            ELSIF OLD.kind = 'COMPLAINT' THEN\n                old_late := OLD.breaches_at;\n            END IF;\n        END IF;\n        IF TG_OP = 'INSERT' OR (old_standing, OLD.ended_at, old_seconds, old_missed)\n           IS DISTINCT FROM (new_standing, NEW.ended_at, new_seconds, new_missed)\n        THEN\n            IF TG_OP = 'UPDATE' THEN\n                INSERT INTO cases_tallychange\n                       (standing, kind, topic, counts_at, change, seconds, missed)\n                VALUES (old_standing, OLD.kind, OLD.topic,\n                        coalesce(OLD.ended_at, OLD.created_at), -1, -old_seconds, -old_missed);\n            END IF;\n            INSERT INTO cases_tallychange\n                   (standing, kind, topic, counts_at, change, seconds, missed)\n            VALUES (new_standing, NEW.kind, NEW.topic,\n                    coalesce(NEW.ended_at, NEW.created_at), 1, new_seconds, new_missed);\n        END IF;\n        IF old_late IS DISTINCT FROM new_late THEN\n            INSERT INTO cases_tallychange (standing, kind, topic, counts_at, change)\n            SELECT 'LATE', NEW.kind, NEW.topic, late.moment, late.change\n              FROM (VALUES (old_late, -1), (new_late, 1)) AS late (moment, change)\n             WHERE late.moment IS NOT NULL;\n        END IF;\n        RETURN NULL;\n        ", hash='9d49aac21f01b885be94fea1af0213302cd58067', operation='INSERT OR UPDATE OF "status", "ended_at", "breaches_at", "resolution_time"', pgid='pgtrigger_cases_are_tallied_8f28b', table='cases_case', when='AFTER')),
        ),
        AddConstraintNotValid(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('topic', ''), ('kind', 'COMPLAINT'), _connector='OR'), name='only_a_complaint_has_a_topic'),
        ),
        ValidateConstraint(model_name='case', name='only_a_complaint_has_a_topic'),
        migrations.AddConstraint(
            model_name='tally',
            constraint=models.UniqueConstraint(fields=('standing', 'kind', 'topic', 'day'), name='a_day_has_one_tally_of_a_topic'),
        ),
        migrations.AddConstraint(
            model_name='tally',
            constraint=models.CheckConstraint(condition=models.Q(('standing__in', ['OPEN', 'COMPLETED', 'CLOSED', 'RESOLVED', 'REJECTED', 'LATE'])), name='tally_standing_is_known'),
        ),
        migrations.AddConstraint(
            model_name='tallychange',
            constraint=models.CheckConstraint(condition=models.Q(('standing__in', ['OPEN', 'COMPLETED', 'CLOSED', 'RESOLVED', 'REJECTED', 'LATE'])), name='change_standing_is_known'),
        ),
    ]
