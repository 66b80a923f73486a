"""No message to somebody who was erased, or on their case."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('comms', '0008_who_moves_is_told'),
    ]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name='message',
            trigger=pgtrigger.compiler.Trigger(name='nothing_is_said_to_the_erased', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF EXISTS (SELECT 1 FROM consumers_consumer e\n                                WHERE e.id = coalesce(NEW.consumer_id, (SELECT k.consumer_id FROM cases_case k WHERE k.id = NEW.case_id)) AND e.erased_at IS NOT NULL) THEN\n                        RAISE EXCEPTION 'nobody is behind this account any more'\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'account_is_erased';\n                    END IF;\n    RETURN NEW;", hash='cb5c9c7656306dc53dc3c0eadb14b95e3660f37b', operation='INSERT', pgid='pgtrigger_nothing_is_said_to_the_erased_e3e0f', table='comms_message', when='BEFORE')),
        ),
    ]
