"""No case of an account that was merged or whose person was erased."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0039_no_case_begins_for_a_merged_account'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='case',
            name='nothing_begins_for_a_merged_account',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='case',
            trigger=pgtrigger.compiler.Trigger(name='nothing_begins_for_an_account_that_ended', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE account record;', func="\n            SELECT c.erased_at, c.merged_into_id INTO account\n              FROM consumers_consumer c WHERE c.id = NEW.consumer_id;\n            IF account.erased_at IS NOT NULL THEN\n                RAISE EXCEPTION 'nobody is behind this account any more'\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'account_is_erased';\n            END IF;\n            IF account.merged_into_id IS NOT NULL THEN\n                RAISE EXCEPTION 'this account was merged into another one'\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'account_is_merged';\n            END IF;\n            RETURN NEW;\n            ", hash='f128e1b147af6b95e1af0394ccb1c0b21c9c4e13', operation='INSERT OR UPDATE OF "status", "consumer_id"', pgid='pgtrigger_nothing_begins_for_an_account_that_ended_ee88d', table='cases_case', when='BEFORE')),
        ),
    ]
