"""Accounts are tallied by status, by triggers."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('consumers', '0021_readings_come_from_files'),
    ]

    operations = [
        migrations.CreateModel(
            name='AccountChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(choices=[('ACTIVE', 'Active'), ('INACTIVE', 'Inactive'), ('PENDING', 'Pending'), ('DISCONNECTED', 'Disconnected'), ('COLLECTION', 'Collection')], max_length=15)),
                ('is_archived', models.BooleanField()),
                ('change', models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='AccountTally',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(choices=[('ACTIVE', 'Active'), ('INACTIVE', 'Inactive'), ('PENDING', 'Pending'), ('DISCONNECTED', 'Disconnected'), ('COLLECTION', 'Collection')], max_length=15)),
                ('is_archived', models.BooleanField()),
                ('count', models.BigIntegerField()),
            ],
            options={
                'verbose_name_plural': 'account tallies',
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='consumer',
            trigger=pgtrigger.compiler.Trigger(name='new_accounts_are_tallied', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n        -- Once a statement: a takeover of many accounts writes a row for each status, not for each.\n        INSERT INTO consumers_accountchange (status, is_archived, change)\n        SELECT status, archived_at IS NOT NULL, count(*) FROM added GROUP BY 1, 2;\n        RETURN NULL;\n        ', hash='f1760a481ad5d0db44f0dc4b7b85b1cf03765eee', level='STATEMENT', operation='INSERT', pgid='pgtrigger_new_accounts_are_tallied_6c073', referencing='REFERENCING NEW TABLE AS added ', table='consumers_consumer', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='consumer',
            trigger=pgtrigger.compiler.Trigger(name='accounts_are_tallied', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF TG_OP = 'UPDATE' THEN\n            IF (OLD.status, OLD.archived_at IS NULL) = (NEW.status, NEW.archived_at IS NULL) THEN\n                RETURN NULL;\n            END IF;\n            INSERT INTO consumers_accountchange (status, is_archived, change)\n            VALUES (NEW.status, NEW.archived_at IS NOT NULL, 1);\n        END IF;\n        INSERT INTO consumers_accountchange (status, is_archived, change)\n        VALUES (OLD.status, OLD.archived_at IS NOT NULL, -1);\n        RETURN NULL;\n        ", hash='06514c3cdf0cec2917e58fbe991ac1ca525d8b00', operation='UPDATE OF "status", "archived_at" OR DELETE', pgid='pgtrigger_accounts_are_tallied_d9e69', table='consumers_consumer', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='accountchange',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['ACTIVE', 'INACTIVE', 'PENDING', 'DISCONNECTED', 'COLLECTION'])), name='account_change_status_is_known'),
        ),
        migrations.AddConstraint(
            model_name='accounttally',
            constraint=models.UniqueConstraint(fields=('status', 'is_archived'), name='a_status_has_one_account_tally'),
        ),
        migrations.AddConstraint(
            model_name='accounttally',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['ACTIVE', 'INACTIVE', 'PENDING', 'DISCONNECTED', 'COLLECTION'])), name='account_tally_status_is_known'),
        ),
    ]
