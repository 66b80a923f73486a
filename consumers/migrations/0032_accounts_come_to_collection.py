"""Accounts come to Collection, and back, by a row that says who moved them; its policy."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from smart360.kernel.migrations._together import ChangeTogether, CreateTogether


class Migration(migrations.Migration):

    dependencies = [
        ('consumers', '0031_figures_of_the_accounts_there_are'),
        ('pghistory', '0007_auto_20250421_0444'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateTogether([
        migrations.CreateModel(
            name='CollectionMove',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_back', models.BooleanField(help_text='Out of Collection again.')),
                ('at', models.DateTimeField()),
                ('in_transaction', models.BigIntegerField(default=0, editable=False)),
            ],
        ),
        migrations.CreateModel(
            name='CollectionPolicy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_on', models.BooleanField(default=False, help_text='Off: accounts come to Collection and back by people alone.', verbose_name='ageing worker is on')),
                ('days_overdue', models.PositiveSmallIntegerField(default=90, help_text='Days since the oldest unpaid bill was due. 1 to 3650.')),
                ('least_owed', models.DecimalField(decimal_places=2, default=50, help_text='Accounts that owe less stay as they are.', max_digits=14, verbose_name='owes at least')),
            ],
            options={
                'verbose_name': 'collection policy',
                'verbose_name_plural': 'collection policy',
            },
        ),
        migrations.CreateModel(
            name='CollectionPolicyEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('is_on', models.BooleanField(default=False, help_text='Off: accounts come to Collection and back by people alone.', verbose_name='ageing worker is on')),
                ('days_overdue', models.PositiveSmallIntegerField(default=90, help_text='Days since the oldest unpaid bill was due. 1 to 3650.')),
                ('least_owed', models.DecimalField(decimal_places=2, default=50, help_text='Accounts that owe less stay as they are.', max_digits=14, verbose_name='owes at least')),
            ],
            options={
                'abstract': False,
            },
        ),
        ]),
        ChangeTogether([
        pgtrigger.migrations.AddTrigger(
            model_name='consumer',
            trigger=pgtrigger.compiler.Trigger(name='status_is_collection_by_a_move', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.status <> NEW.status AND (NEW.status = 'COLLECTION' OR OLD.status = 'COLLECTION' AND NEW.status NOT IN ('INACTIVE', 'DISCONNECTED')))", func="\n        IF NOT EXISTS (\n            SELECT 1 FROM consumers_collectionmove m\n             WHERE m.consumer_id = NEW.id AND m.is_back = (OLD.status = 'COLLECTION')\n               AND m.in_transaction = pg_current_xact_id()::text::bigint)\n        THEN\n            RAISE EXCEPTION 'an account is collected by somebody who says why'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'status_is_collection_by_a_move';\n        END IF;\n        RETURN NEW;\n        ", hash='61a000e58b7cbb3951d31c1153d31c50d8101994', operation='UPDATE OF "status"', pgid='pgtrigger_status_is_collection_by_a_move_10f1b', table='consumers_consumer', when='BEFORE')),
        ),
        migrations.AddField(
            model_name='collectionmove',
            name='by',
            field=models.ForeignKey(blank=True, help_text='Empty: the ageing worker.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='collectionmove',
            name='consumer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='collection_moves', to='consumers.consumer'),
        ),
        migrations.AddConstraint(
            model_name='collectionpolicy',
            constraint=models.CheckConstraint(condition=models.Q(('pk', 1)), name='there_is_one_collection_policy'),
        ),
        migrations.AddConstraint(
            model_name='collectionpolicy',
            constraint=models.CheckConstraint(condition=models.Q(('days_overdue__range', (1, 3650))), name='collection_begins_within_years'),
        ),
        migrations.AddConstraint(
            model_name='collectionpolicy',
            constraint=models.CheckConstraint(condition=models.Q(('least_owed__range', (0, 1000000000000))), name='collection_begins_at_a_number'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='collectionpolicy',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "consumers_collectionpolicyevent" ("days_overdue", "id", "is_on", "least_owed", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."days_overdue", NEW."id", NEW."is_on", NEW."least_owed", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;', hash='0a36b6364b19e39624223d48d0961dafd698e882', operation='INSERT', pgid='pgtrigger_insert_insert_5eb13', table='consumers_collectionpolicy', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='collectionpolicy',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "consumers_collectionpolicyevent" ("days_overdue", "id", "is_on", "least_owed", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."days_overdue", NEW."id", NEW."is_on", NEW."least_owed", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;', hash='a3a53544c18ac7df9d96ebdfede7b2c8b2f4df6b', operation='UPDATE', pgid='pgtrigger_update_update_77280', table='consumers_collectionpolicy', when='AFTER')),
        ),
        migrations.AddField(
            model_name='collectionpolicyevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='collectionpolicyevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='consumers.collectionpolicy'),
        ),
        migrations.AddIndex(
            model_name='collectionmove',
            index=models.Index(fields=['consumer', '-id'], name='collection_move_by_consumer'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='collectionmove',
            trigger=pgtrigger.compiler.Trigger(name='a_collection_move_knows_its_transaction', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n                    NEW.in_transaction := pg_current_xact_id()::text::bigint;\n                    RETURN NEW;\n                    ', hash='1b4b6c163c56ec2bf8bef7a20c36cad3afffff64', operation='INSERT', pgid='pgtrigger_a_collection_move_knows_its_transaction_00001', table='consumers_collectionmove', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='collectionpolicyevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='fbfaf5f96e416f6e9721776560b91e8e7fc049f8', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_95b0c', table='consumers_collectionpolicyevent', when='BEFORE')),
        ),
        ]),
    ]
