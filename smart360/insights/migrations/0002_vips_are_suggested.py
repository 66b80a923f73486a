"""VIPs are suggested by criteria; a supervisor decides."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from smart360.kernel.migrations._together import ChangeTogether, CreateTogether


class Migration(migrations.Migration):

    dependencies = [
        ('insights', '0001_relationship_health'),
        ('pghistory', '0007_auto_20250421_0444'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateTogether([
        migrations.CreateModel(
            name='VipPolicyEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('is_on', models.BooleanField(default=False, help_text='Off: supervisors mark VIPs by themselves.', verbose_name='suggestions are on')),
                ('least_compliance', models.PositiveSmallIntegerField(default=95, help_text='Percent, 0 to 100.', verbose_name='payment compliance, at least')),
                ('least_bills', models.PositiveSmallIntegerField(default=10, help_text='Due in twelve months. 1 to 60.', verbose_name='of how many bills, at least')),
                ('least_years', models.PositiveSmallIntegerField(default=5, help_text='0 to 100.', verbose_name='years as a consumer, at least')),
                ('least_electricity', models.DecimalField(blank=True, decimal_places=3, help_text="In the meters' unit. Empty: not asked. One of the three is enough.", max_digits=12, null=True, verbose_name='electricity in twelve months, at least')),
                ('least_water', models.DecimalField(blank=True, decimal_places=3, max_digits=12, null=True, verbose_name='water in twelve months, at least')),
                ('least_gas', models.DecimalField(blank=True, decimal_places=3, max_digits=12, null=True, verbose_name='gas in twelve months, at least')),
                ('months_between', models.PositiveSmallIntegerField(default=12, help_text='After a decision. 1 to 120.', verbose_name='months until somebody is suggested again')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='VipSuggestion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('WAITING', 'Waits for a supervisor'), ('ACCEPTED', 'Accepted'), ('DECLINED', 'Declined')], default='WAITING', max_length=10)),
                ('bills_due', models.PositiveSmallIntegerField()),
                ('bills_on_time', models.PositiveSmallIntegerField()),
                ('days', models.PositiveIntegerField(help_text='As a consumer.')),
                ('used', models.JSONField(default=dict, help_text='Utility type → consumption, as text.')),
                ('suggested_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='VipPolicy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_on', models.BooleanField(default=False, help_text='Off: supervisors mark VIPs by themselves.', verbose_name='suggestions are on')),
                ('least_compliance', models.PositiveSmallIntegerField(default=95, help_text='Percent, 0 to 100.', verbose_name='payment compliance, at least')),
                ('least_bills', models.PositiveSmallIntegerField(default=10, help_text='Due in twelve months. 1 to 60.', verbose_name='of how many bills, at least')),
                ('least_years', models.PositiveSmallIntegerField(default=5, help_text='0 to 100.', verbose_name='years as a consumer, at least')),
                ('least_electricity', models.DecimalField(blank=True, decimal_places=3, help_text="In the meters' unit. Empty: not asked. One of the three is enough.", max_digits=12, null=True, verbose_name='electricity in twelve months, at least')),
                ('least_water', models.DecimalField(blank=True, decimal_places=3, max_digits=12, null=True, verbose_name='water in twelve months, at least')),
                ('least_gas', models.DecimalField(blank=True, decimal_places=3, max_digits=12, null=True, verbose_name='gas in twelve months, at least')),
                ('months_between', models.PositiveSmallIntegerField(default=12, help_text='After a decision. 1 to 120.', verbose_name='months until somebody is suggested again')),
            ],
            options={
                'verbose_name': 'VIP policy',
                'verbose_name_plural': 'VIP policy',
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='there_is_one_vip_policy'), models.CheckConstraint(condition=models.Q(('least_compliance__range', (0, 100)), ('least_bills__range', (1, 60)), ('least_years__range', (0, 100)), ('months_between__range', (1, 120))), name='vip_criteria_are_within_reason'), models.CheckConstraint(condition=models.Q(models.Q(('least_electricity__isnull', True), ('least_electricity__gt', 0), _connector='OR'), models.Q(('least_water__isnull', True), ('least_water__gt', 0), _connector='OR'), models.Q(('least_gas__isnull', True), ('least_gas__gt', 0), _connector='OR')), name='vip_consumption_is_positive')],
            },
        ),
        ]),
        ChangeTogether([
        pgtrigger.migrations.AddTrigger(
            model_name='vippolicy',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "insights_vippolicyevent" ("id", "is_on", "least_bills", "least_compliance", "least_electricity", "least_gas", "least_water", "least_years", "months_between", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."id", NEW."is_on", NEW."least_bills", NEW."least_compliance", NEW."least_electricity", NEW."least_gas", NEW."least_water", NEW."least_years", NEW."months_between", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;', hash='a670f914791c7a2fc343d1fd88bd235367817c86', operation='INSERT', pgid='pgtrigger_insert_insert_5a23e', table='insights_vippolicy', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='vippolicy',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "insights_vippolicyevent" ("id", "is_on", "least_bills", "least_compliance", "least_electricity", "least_gas", "least_water", "least_years", "months_between", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."id", NEW."is_on", NEW."least_bills", NEW."least_compliance", NEW."least_electricity", NEW."least_gas", NEW."least_water", NEW."least_years", NEW."months_between", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;', hash='efd9234613f322c124f37029123fe048d5c759eb', operation='UPDATE', pgid='pgtrigger_update_update_44d9c', table='insights_vippolicy', when='AFTER')),
        ),
        migrations.AddField(
            model_name='vippolicyevent',
            name='pgh_context',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context'),
        ),
        migrations.AddField(
            model_name='vippolicyevent',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='insights.vippolicy'),
        ),
        migrations.AddField(
            model_name='vipsuggestion',
            name='consumer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consumers.consumer'),
        ),
        migrations.AddField(
            model_name='vipsuggestion',
            name='decided_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='vippolicyevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='fe3f87de05cd54aeed6f556fd722155c0e01e6e9', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_903e5', table='insights_vippolicyevent', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='vipsuggestion',
            index=models.Index(condition=models.Q(('state', 'WAITING')), fields=['suggested_at', 'id'], name='suggestion_that_waits'),
        ),
        migrations.AddIndex(
            model_name='vipsuggestion',
            index=models.Index(fields=['consumer', '-decided_at'], name='suggestion_by_consumer'),
        ),
        migrations.AddConstraint(
            model_name='vipsuggestion',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['WAITING', 'ACCEPTED', 'DECLINED'])), name='suggestion_state_is_known'),
        ),
        migrations.AddConstraint(
            model_name='vipsuggestion',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'WAITING')), fields=('consumer',), name='a_consumer_is_suggested_once'),
        ),
        migrations.AddConstraint(
            model_name='vipsuggestion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True), ('state', 'WAITING')), models.Q(models.Q(('state', 'WAITING'), _negated=True), ('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='a_decided_suggestion_says_by_whom'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='vipsuggestion',
            trigger=pgtrigger.compiler.Trigger(name='suggestions_are_decided_once', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF TG_OP = 'UPDATE' AND OLD.state = 'WAITING' THEN\n                        IF to_jsonb(NEW) - ARRAY['state', 'decided_at', 'decided_by_id']\n                           = to_jsonb(OLD) - ARRAY['state', 'decided_at', 'decided_by_id']\n                        THEN\n                            RETURN NEW;\n                        END IF;\n                    END IF;\n                    RAISE EXCEPTION 'suggestion % stays as it was decided', OLD.id\n                        USING ERRCODE = 'check_violation',\n                              CONSTRAINT = 'suggestions_are_decided_once';\n                    ", hash='268448f7bbbf98b93d0496a662f76760d7372f4b', operation='UPDATE OR DELETE', pgid='pgtrigger_suggestions_are_decided_once_f58c4', table='insights_vipsuggestion', when='BEFORE')),
        ),
        ]),
    ]
