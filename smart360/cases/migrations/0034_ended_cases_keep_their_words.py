"""An ended case keeps its closing note, too."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0033_complaints_are_counted_in_their_indexes'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='case',
            name='an_ended_case_keeps_its_times',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='case',
            trigger=pgtrigger.compiler.Trigger(name='an_ended_case_keeps_its_times', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.ended_at IS NOT NULL AND\n        (OLD.due_at, OLD.adjusted_due_at, OLD.warns_at, OLD.breaches_at, OLD.next_alert_at,\n         OLD.ended_at, OLD.ended_by_id, OLD.closing_reason, OLD.closing_note, OLD.resolution_time)\n        IS DISTINCT FROM\n        (NEW.due_at, NEW.adjusted_due_at, NEW.warns_at, NEW.breaches_at, NEW.next_alert_at,\n         NEW.ended_at, NEW.ended_by_id, NEW.closing_reason, NEW.closing_note, NEW.resolution_time))', func="\n        -- Whether it was in time, and why it ended, is read from here for good; the act that ends\n        -- it sets them.\n        -- A complaint is taken up again by its reopening, which says when it had ended (W15).\n        IF OLD.kind = 'COMPLAINT' AND NEW.ended_at IS NULL AND NEW.status = 'IN_PROGRESS'\n           AND EXISTS (SELECT 1 FROM complaints_reopening r\n                        WHERE r.complaint_id = OLD.id AND r.had_ended_at = OLD.ended_at)\n        THEN\n            RETURN NEW;\n        END IF;\n        RAISE EXCEPTION 'case % has ended: its end and its times stay', OLD.number\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'an_ended_case_keeps_its_times';\n        ", hash='bece104d2b7ae21722e88ef11931867746baae84', operation='UPDATE', pgid='pgtrigger_an_ended_case_keeps_its_times_650c9', table='cases_case', when='BEFORE')),
        ),
    ]
