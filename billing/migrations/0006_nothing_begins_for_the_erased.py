"""No bill, payment, refund, arrangement or posting of an account that was merged or erased."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0005_balances_of_merges'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='arrangement',
            name='nothing_begins_for_a_merged_account',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='ledgertransaction',
            name='nothing_begins_for_a_merged_account',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='payment',
            name='nothing_begins_for_a_merged_account',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='refund',
            name='nothing_begins_for_a_merged_account',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='arrangement',
            trigger=pgtrigger.compiler.Trigger(name='nothing_begins_for_an_account_that_ended', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE account record;', func="\n            SELECT c.erased_at, c.merged_into_id INTO account\n              FROM consumers_consumer c WHERE c.id = NEW.consumer_id;\n            IF account.erased_at IS NOT NULL THEN\n                RAISE EXCEPTION 'nobody is behind this account any more'\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'account_is_erased';\n            END IF;\n            IF account.merged_into_id IS NOT NULL THEN\n                RAISE EXCEPTION 'this account was merged into another one'\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'account_is_merged';\n            END IF;\n            RETURN NEW;\n            ", hash='31006293d8bd004da98b25967395ca25301ab734', operation='INSERT', pgid='pgtrigger_nothing_begins_for_an_account_that_ended_cd811', table='billing_arrangement', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='invoice',
            trigger=pgtrigger.compiler.Trigger(name='nothing_begins_for_an_account_that_ended', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE account record;', func="\n            SELECT c.erased_at, c.merged_into_id INTO account\n              FROM consumers_consumer c WHERE c.id = NEW.consumer_id;\n            IF account.erased_at IS NOT NULL THEN\n                RAISE EXCEPTION 'nobody is behind this account any more'\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'account_is_erased';\n            END IF;\n            IF account.merged_into_id IS NOT NULL THEN\n                RAISE EXCEPTION 'this account was merged into another one'\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'account_is_merged';\n            END IF;\n            RETURN NEW;\n            ", hash='bd27dd77dd618bcd39d32c196a6137cbe1cbdb02', operation='INSERT', pgid='pgtrigger_nothing_begins_for_an_account_that_ended_de372', table='billing_invoice', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='ledgertransaction',
            trigger=pgtrigger.compiler.Trigger(name='nothing_begins_for_an_account_that_ended', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE account record;', func="\n            SELECT c.erased_at, c.merged_into_id INTO account\n              FROM consumers_consumer c WHERE c.id = NEW.consumer_id;\n            IF account.erased_at IS NOT NULL THEN\n                RAISE EXCEPTION 'nobody is behind this account any more'\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'account_is_erased';\n            END IF;\n            IF account.merged_into_id IS NOT NULL THEN\n                RAISE EXCEPTION 'this account was merged into another one'\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'account_is_merged';\n            END IF;\n            RETURN NEW;\n            ", hash='4c6f48fa98c18a4c2094f2faaa6f8f2f34e6c1d4', operation='INSERT', pgid='pgtrigger_nothing_begins_for_an_account_that_ended_80f3b', table='billing_ledgertransaction', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='payment',
            trigger=pgtrigger.compiler.Trigger(name='nothing_begins_for_an_account_that_ended', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE account record;', func="\n            SELECT c.erased_at, c.merged_into_id INTO account\n              FROM consumers_consumer c WHERE c.id = NEW.consumer_id;\n            IF account.erased_at IS NOT NULL THEN\n                RAISE EXCEPTION 'nobody is behind this account any more'\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'account_is_erased';\n            END IF;\n            IF account.merged_into_id IS NOT NULL THEN\n                RAISE EXCEPTION 'this account was merged into another one'\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'account_is_merged';\n            END IF;\n            RETURN NEW;\n            ", hash='8c11899b24953cb1fe40cd062196e7bcb0875adf', operation='INSERT', pgid='pgtrigger_nothing_begins_for_an_account_that_ended_e5616', table='billing_payment', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='refund',
            trigger=pgtrigger.compiler.Trigger(name='nothing_begins_for_an_account_that_ended', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE account record;', func="\n            SELECT c.erased_at, c.merged_into_id INTO account\n              FROM consumers_consumer c WHERE c.id = NEW.consumer_id;\n            IF account.erased_at IS NOT NULL THEN\n                RAISE EXCEPTION 'nobody is behind this account any more'\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'account_is_erased';\n            END IF;\n            IF account.merged_into_id IS NOT NULL THEN\n                RAISE EXCEPTION 'this account was merged into another one'\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'account_is_merged';\n            END IF;\n            RETURN NEW;\n            ", hash='4b9c5616713da90dc5cc0d3260d1fc97d3680d54', operation='INSERT', pgid='pgtrigger_nothing_begins_for_an_account_that_ended_1a586', table='billing_refund', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='statementpaper',
            trigger=pgtrigger.compiler.Trigger(name='no_statement_is_made_of_the_erased', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF EXISTS (SELECT 1 FROM consumers_consumer e\n                                WHERE e.id = NEW.consumer_id AND e.erased_at IS NOT NULL) THEN\n                        RAISE EXCEPTION 'nobody is behind this account any more'\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'account_is_erased';\n                    END IF;\n    RETURN NEW;", hash='f25049d7d62438c5b10df9a11ef3855856029fd6', operation='INSERT', pgid='pgtrigger_no_statement_is_made_of_the_erased_05b92', table='billing_statementpaper', when='BEFORE')),
        ),
    ]
