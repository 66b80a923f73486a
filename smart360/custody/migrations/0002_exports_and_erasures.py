"""Exports and erasures of one person's data (R8)."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from smart360.kernel.migrations._together import ChangeTogether, CreateTogether


class Migration(migrations.Migration):

    dependencies = [
        ('consumers', '0023_tally_the_accounts_there_are'),
        ('custody', '0001_files_and_imports'),
        ('documents', '0005_what_is_not_kept'),
        ('trail', '0018_what_people_ask_of_their_data'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateTogether([
        migrations.CreateModel(
            name='PrivacyAct',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('EXPORT', 'Export'), ('ERASURE', 'Erasure')], max_length=10)),
                ('state', models.CharField(choices=[('ASKED', 'Waits for a second person'), ('DECLINED', 'Declined'), ('MAKING', 'Being made'), ('READY', 'Ready'), ('GONE', 'Files deleted'), ('ERASED', 'Erased')], default='ASKED', max_length=10)),
                ('asked_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('made_at', models.DateTimeField(blank=True, null=True)),
                ('gone_at', models.DateTimeField(blank=True, help_text='When its files were deleted.', null=True)),
                ('in_transaction', models.BigIntegerField(default=0, editable=False)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('consumer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='privacy_acts', to='consumers.consumer')),
                ('data', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='documents.storedfile')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decision', models.ForeignKey(blank=True, help_text='Why it was declined.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='trail.personaltext')),
                ('paper', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='documents.storedfile')),
                ('reason', models.ForeignKey(help_text='Why it was asked for.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to='trail.personaltext')),
            ],
        ),
        migrations.CreateModel(
            name='ExportDownload',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file', models.CharField(choices=[('JSON', 'Data (JSON)'), ('PDF', 'Document (PDF)')], max_length=10)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('act', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='downloads', to='custody.privacyact')),
            ],
        ),
        ]),
        ChangeTogether([
        migrations.AddIndex(
            model_name='privacyact',
            index=models.Index(fields=['consumer', '-asked_at'], name='privacy_act_by_consumer'),
        ),
        migrations.AddIndex(
            model_name='privacyact',
            index=models.Index(condition=models.Q(('state', 'READY')), fields=['made_at'], name='exports_that_end'),
        ),
        migrations.AddConstraint(
            model_name='privacyact',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['EXPORT', 'ERASURE'])), name='privacy_kind_is_known'),
        ),
        migrations.AddConstraint(
            model_name='privacyact',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['ASKED', 'DECLINED', 'MAKING', 'READY', 'GONE', 'ERASED'])), name='privacy_state_is_known'),
        ),
        migrations.AddConstraint(
            model_name='privacyact',
            constraint=models.CheckConstraint(condition=models.Q(('decided_by__isnull', True), models.Q(('decided_by', models.F('asked_by')), _negated=True), _connector='OR'), name='a_privacy_act_takes_two_people'),
        ),
        migrations.AddConstraint(
            model_name='privacyact',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by__isnull', True), ('state', 'ASKED')), models.Q(models.Q(('state', 'ASKED'), _negated=True), ('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='a_decided_privacy_act_says_by_whom'),
        ),
        migrations.AddConstraint(
            model_name='privacyact',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'READY'), _negated=True), models.Q(('data__isnull', False), ('made_at__isnull', False), ('paper__isnull', False)), _connector='OR'), name='a_ready_export_has_its_files'),
        ),
        migrations.AddConstraint(
            model_name='privacyact',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('gone_at__isnull', False), ('state', 'GONE')), models.Q(models.Q(('state', 'GONE'), _negated=True), ('gone_at__isnull', True)), _connector='OR'), name='a_deleted_export_says_when'),
        ),
        migrations.AddConstraint(
            model_name='privacyact',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ('ASKED', 'MAKING', 'READY'))), fields=('consumer', 'kind'), name='one_privacy_act_of_a_kind_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='privacyact',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'ERASED')), fields=('consumer',), name='a_person_is_erased_once'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='privacyact',
            trigger=pgtrigger.compiler.Trigger(name='privacy_acts_move_along_arrows', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE may_change text[];', func="\n                    IF TG_OP = 'DELETE' THEN\n                        RAISE EXCEPTION 'who asked for a person''s data stays on record'\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'privacy_acts_stay';\n                    END IF;\n                    NEW.in_transaction := 0;\n                    IF TG_OP = 'INSERT' THEN\n                        IF NEW.state <> 'ASKED' THEN\n                            RAISE EXCEPTION 'it is asked for before it is decided'\n                                USING ERRCODE = 'check_violation',\n                                      CONSTRAINT = 'a_privacy_act_is_asked_for_first';\n                        END IF;\n                        RETURN NEW;\n                    END IF;\n                    may_change := CASE\n                        WHEN OLD.state = 'ASKED' THEN\n                             ARRAY['state', 'decided_at', 'decided_by_id', 'decision_id']\n                        WHEN OLD.state = 'MAKING' THEN\n                             ARRAY['state', 'data_id', 'paper_id', 'made_at', 'gone_at']\n                        ELSE ARRAY['state', 'gone_at'] END || ARRAY['in_transaction'];\n                    IF (NEW.kind, OLD.state, NEW.state) NOT IN (VALUES ('EXPORT', 'ASKED', 'DECLINED'), ('EXPORT', 'ASKED', 'MAKING'), ('EXPORT', 'MAKING', 'READY'), ('EXPORT', 'READY', 'GONE'), ('EXPORT', 'MAKING', 'GONE'), ('ERASURE', 'ASKED', 'DECLINED'), ('ERASURE', 'ASKED', 'ERASED'))\n                       OR to_jsonb(NEW) - may_change IS DISTINCT FROM to_jsonb(OLD) - may_change\n                    THEN\n                        RAISE EXCEPTION 'no arrow from % to %', OLD.state, NEW.state\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'privacy_acts_move_along_arrows';\n                    END IF;\n                    IF OLD.state = 'ASKED' AND NOT EXISTS (\n                        SELECT 1 FROM staff_rolemembership m JOIN auth_group g ON g.id = m.group_id\n                         WHERE m.person_id = NEW.decided_by_id\n                           AND g.name IN ('SUPERVISOR', 'ADMIN'))\n                    THEN\n                        RAISE EXCEPTION 'the role of who decides is not one that may'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'who_decides_may_handle_privacy';\n                    END IF;\n                    IF NEW.state IN ('ERASED', 'GONE') THEN\n                        NEW.in_transaction := pg_current_xact_id()::text::bigint;\n                    END IF;\n                    RETURN NEW;\n                    ", hash='4fb7a86c1207d0bdf93c269e3be940be08d4356d', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_privacy_acts_move_along_arrows_c6ce6', table='custody_privacyact', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='exportdownload',
            constraint=models.CheckConstraint(condition=models.Q(('file__in', ['JSON', 'PDF'])), name='export_file_is_known'),
        ),
        ]),
    ]
