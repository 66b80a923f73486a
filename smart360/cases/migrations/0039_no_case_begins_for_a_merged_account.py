"""No case begins, or is taken up again, for a merged account."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('consumers', '0037_accounts_are_merged'),
        ('cases', '0038_what_an_erasure_may_change'),
    ]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name='case',
            trigger=pgtrigger.compiler.Trigger(name='nothing_begins_for_a_merged_account', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF EXISTS (SELECT 1 FROM consumers_consumer c\n                        WHERE c.id = NEW.consumer_id AND c.merged_into_id IS NOT NULL)\n            THEN\n                RAISE EXCEPTION 'this account was merged into another one'\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'account_is_merged';\n            END IF;\n            RETURN NEW;\n            ", hash='e06478b7da1bd6f897914908e56e9b1853177003', operation='INSERT OR UPDATE OF "status", "consumer_id"', pgid='pgtrigger_nothing_begins_for_a_merged_account_228a1', table='cases_case', when='BEFORE')),
        ),
    ]
