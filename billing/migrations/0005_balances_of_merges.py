"""What a merge moves; no money comes to a merged account."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('consumers', '0037_accounts_are_merged'),
        ('billing', '0004_balances_move_in_place'),
    ]

    operations = [
        migrations.CreateModel(
            name='BalanceTransfer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=14)),
            ],
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='arrangement',
            trigger=pgtrigger.compiler.Trigger(name='nothing_begins_for_a_merged_account', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF EXISTS (SELECT 1 FROM consumers_consumer c\n                        WHERE c.id = NEW.consumer_id AND c.merged_into_id IS NOT NULL)\n            THEN\n                RAISE EXCEPTION 'this account was merged into another one'\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'account_is_merged';\n            END IF;\n            RETURN NEW;\n            ", hash='8a99ccd842f4da7ab56f2897a73062dbe9839de0', operation='INSERT', pgid='pgtrigger_nothing_begins_for_a_merged_account_6c41c', table='billing_arrangement', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='ledgertransaction',
            trigger=pgtrigger.compiler.Trigger(name='nothing_begins_for_a_merged_account', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF EXISTS (SELECT 1 FROM consumers_consumer c\n                        WHERE c.id = NEW.consumer_id AND c.merged_into_id IS NOT NULL)\n            THEN\n                RAISE EXCEPTION 'this account was merged into another one'\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'account_is_merged';\n            END IF;\n            RETURN NEW;\n            ", hash='b5e7466a75f19e74083f7459011f09cdf1113d0d', operation='INSERT', pgid='pgtrigger_nothing_begins_for_a_merged_account_90eaf', table='billing_ledgertransaction', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='payment',
            trigger=pgtrigger.compiler.Trigger(name='nothing_begins_for_a_merged_account', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF EXISTS (SELECT 1 FROM consumers_consumer c\n                        WHERE c.id = NEW.consumer_id AND c.merged_into_id IS NOT NULL)\n            THEN\n                RAISE EXCEPTION 'this account was merged into another one'\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'account_is_merged';\n            END IF;\n            RETURN NEW;\n            ", hash='bdfb562ba6cb7e2fec704d7893c6e25e168ca910', operation='INSERT', pgid='pgtrigger_nothing_begins_for_a_merged_account_bcb26', table='billing_payment', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='refund',
            trigger=pgtrigger.compiler.Trigger(name='nothing_begins_for_a_merged_account', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF EXISTS (SELECT 1 FROM consumers_consumer c\n                        WHERE c.id = NEW.consumer_id AND c.merged_into_id IS NOT NULL)\n            THEN\n                RAISE EXCEPTION 'this account was merged into another one'\n                    USING ERRCODE = 'check_violation', CONSTRAINT = 'account_is_merged';\n            END IF;\n            RETURN NEW;\n            ", hash='6d1071cbe5ceeb6de011d050de9e4fef4a5e3ace', operation='INSERT', pgid='pgtrigger_nothing_begins_for_a_merged_account_fc973', table='billing_refund', when='BEFORE')),
        ),
        migrations.AddField(
            model_name='balancetransfer',
            name='merge',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='transfer', to='consumers.accountmerge'),
        ),
        migrations.AddField(
            model_name='balancetransfer',
            name='posting_in',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.ledgertransaction'),
        ),
        migrations.AddField(
            model_name='balancetransfer',
            name='posting_out',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.ledgertransaction'),
        ),
        migrations.AddConstraint(
            model_name='balancetransfer',
            constraint=models.CheckConstraint(condition=models.Q(('amount', 0), _negated=True), name='a_transfer_moves_something'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='balancetransfer',
            trigger=pgtrigger.compiler.Trigger(name='a_transfer_moves_as_much', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NOT EXISTS (\n                        SELECT 1 FROM consumers_accountmerge m\n                          JOIN billing_ledgeraccount o ON o.consumer_id = m.merged_id\n                           AND o.kind = 'RECEIVABLE'\n                          JOIN billing_ledgerentry leaves ON leaves.account_id = o.id\n                           AND leaves.transaction_id = NEW.posting_out_id\n                           AND leaves.amount = -NEW.amount\n                          JOIN billing_ledgeraccount i ON i.consumer_id = m.survivor_id\n                           AND i.kind = 'RECEIVABLE'\n                          JOIN billing_ledgerentry comes ON comes.account_id = i.id\n                           AND comes.transaction_id = NEW.posting_in_id\n                           AND comes.amount = NEW.amount\n                         WHERE m.id = NEW.merge_id\n                           AND m.in_transaction = pg_current_xact_id()::text::bigint)\n                    THEN\n                        RAISE EXCEPTION 'what leaves one account comes to the other'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'a_transfer_moves_as_much';\n                    END IF;\n                    RETURN NEW;\n                    ", hash='2490a19839410e15161149631d5880725dfea895', operation='INSERT', pgid='pgtrigger_a_transfer_moves_as_much_7363c', table='billing_balancetransfer', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='balancetransfer',
            trigger=pgtrigger.compiler.Trigger(name='transfers_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='725701f884f8c706debd37cd30a3a9818bfc1876', operation='UPDATE OR DELETE', pgid='pgtrigger_transfers_stay_e3949', table='billing_balancetransfer', when='BEFORE')),
        ),
    ]
