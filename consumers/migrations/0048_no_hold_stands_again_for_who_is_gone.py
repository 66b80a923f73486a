"""No hold that has lapsed stands again for an account that was merged, or whose person was erased."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('consumers', '0047_areas_cannot_come_apart'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='accounthold',
            name='nothing_begins_for_an_account_that_ended',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='accounthold',
            trigger=pgtrigger.compiler.Trigger(name='nothing_begins_for_an_account_that_ended', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE account record;', func="\n            SELECT c.erased_at, c.merged_into_id INTO account\n              FROM consumers_consumer c WHERE c.id = NEW.consumer_id;\n            IF account.erased_at IS NOT NULL THEN\n                RAISE EXCEPTION 'nobody is behind this account any more'\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'account_is_erased';\n            END IF;\n            IF account.merged_into_id IS NOT NULL THEN\n                RAISE EXCEPTION 'this account was merged into another one'\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'account_is_merged';\n            END IF;\n            RETURN NEW;\n            ", hash='929ccb28ae31972b72e50c37ffb7b651c7a9c6ad', operation='INSERT OR UPDATE', pgid='pgtrigger_nothing_begins_for_an_account_that_ended_8e46c', table='consumers_accounthold', when='BEFORE')),
        ),
    ]
