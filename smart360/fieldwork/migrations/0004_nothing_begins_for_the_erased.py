"""No service order of an account that was merged or whose person was erased."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('fieldwork', '0003_what_an_erasure_may_change'),
    ]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name='serviceorder',
            trigger=pgtrigger.compiler.Trigger(name='nothing_begins_for_an_account_that_ended', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE account record;', func="\n            SELECT c.erased_at, c.merged_into_id INTO account\n              FROM consumers_consumer c WHERE c.id = NEW.consumer_id;\n            IF account.erased_at IS NOT NULL THEN\n                RAISE EXCEPTION 'nobody is behind this account any more'\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'account_is_erased';\n            END IF;\n            IF account.merged_into_id IS NOT NULL THEN\n                RAISE EXCEPTION 'this account was merged into another one'\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'account_is_merged';\n            END IF;\n            RETURN NEW;\n            ", hash='8cfc41a1e72af029d7f33338f6e6e71af52db30f', operation='INSERT', pgid='pgtrigger_nothing_begins_for_an_account_that_ended_e8f1d', table='fieldwork_serviceorder', when='BEFORE')),
        ),
    ]
