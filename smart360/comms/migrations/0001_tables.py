"""Templates, messages, their deliveries, and notices to staff."""

import django.db.models.deletion
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models

from smart360.kernel.migrations._together import CreateTogether


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("comms", "0002_initial"),
        ("comms", "0003_guard_deliveries_and_notices"),
    ]

    dependencies = [
        ("cases", "0001_tables"),
        ("consumers", "0001_tables"),
        ("trail", "0001_tables"),
        ("pghistory", "0007_auto_20250421_0444"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateTogether([
            migrations.CreateModel(
                name='Notice',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('sentence', models.CharField(help_text='No personal data: it goes by e-mail too.', max_length=200)),
                    ('path', models.CharField(help_text='Where it leads.', max_length=200)),
                    ('is_urgent', models.BooleanField(default=False)),
                    ('dedupe_key', models.CharField(max_length=160)),
                    ('at', models.DateTimeField()),
                    ('read_at', models.DateTimeField(blank=True, null=True)),
                    ('case', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='notices', to='cases.case')),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notices', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'indexes': [
                        models.Index(fields=['person', '-at'], name='notice_by_person'),
                        models.Index(condition=models.Q(('read_at__isnull', True)), fields=['person'], name='unread_notices'),
                    ],
                    'constraints': [
                        models.UniqueConstraint(fields=('person', 'dedupe_key'), name='a_person_is_told_once_of_an_event'),
                        models.CheckConstraint(condition=models.Q(('path__regex', '^/([^/]|$)')), name='a_notice_leads_to_a_page_of_ours'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Template',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.CharField(help_text='Event and channel, such as received.', max_length=60)),
                    ('name', models.CharField(max_length=80)),
                    ('channel', models.CharField(choices=[('EMAIL', 'E-mail'), ('PHONE', 'Phone'), ('SMS', 'SMS'), ('IN_PERSON', 'In person'), ('LETTER', 'Letter'), ('SYSTEM', 'System')], default='EMAIL', max_length=10)),
                    ('kind', models.CharField(choices=[('COURTESY', 'Courtesy'), ('STATUTORY', 'Statutory')], default='COURTESY', max_length=10)),
                    ('subject', models.CharField(max_length=160)),
                    ('body', models.TextField()),
                    ('is_active', models.BooleanField(default=True, help_text='Off: no such message is sent.')),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(fields=('code', 'channel'), name='template_per_event_and_channel'),
                        models.CheckConstraint(condition=models.Q(('channel__in', ['EMAIL', 'PHONE', 'SMS', 'IN_PERSON', 'LETTER', 'SYSTEM'])), name='template_channel_is_known'),
                        models.CheckConstraint(condition=models.Q(('kind__in', ['COURTESY', 'STATUTORY'])), name='template_kind_is_known'),
                        models.CheckConstraint(condition=models.Q(models.Q(('kind', 'STATUTORY'), _negated=True), ('is_active', True), _connector='OR'), name='statutory_templates_stay_on'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "comms_templateevent" ("body", "channel", "code", "id", "is_active", "kind", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "subject") VALUES (NEW."body", NEW."channel", NEW."code", NEW."id", NEW."is_active", NEW."kind", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."subject"); RETURN NULL;', hash='6eecbda7e9c7cf1400b13d8681747a03abc5586b', operation='INSERT', pgid='pgtrigger_insert_insert_d15fc', table='comms_template', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "comms_templateevent" ("body", "channel", "code", "id", "is_active", "kind", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "subject") VALUES (NEW."body", NEW."channel", NEW."code", NEW."id", NEW."is_active", NEW."kind", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."subject"); RETURN NULL;', hash='cc3935ef50d714a3435a6e186f99ccea3e42c525', operation='UPDATE', pgid='pgtrigger_update_update_14f6f', table='comms_template', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Message',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('channel', models.CharField(choices=[('EMAIL', 'E-mail'), ('PHONE', 'Phone'), ('SMS', 'SMS'), ('IN_PERSON', 'In person'), ('LETTER', 'Letter'), ('SYSTEM', 'System')], max_length=10)),
                    ('direction', models.CharField(choices=[('TO_CONSUMER', 'To Customer'), ('FROM_CONSUMER', 'From Customer'), ('WITHIN', 'Internal')], max_length=15)),
                    ('visibility', models.CharField(choices=[('INTERNAL', 'Internal'), ('CONSUMER', 'Consumer')], max_length=10)),
                    ('at', models.DateTimeField()),
                    ('is_statutory', models.BooleanField(default=False)),
                    ('call_minutes', models.PositiveSmallIntegerField(blank=True, null=True)),
                    ('dedupe_key', models.CharField(help_text='One message per event and channel.', max_length=160)),
                    ('body', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='trail.personaltext')),
                    ('by', models.ForeignKey(blank=True, help_text='Empty for what the system sent by itself.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('case', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='cases.case')),
                    ('consumer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='consumers.consumer')),
                    ('subject', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='trail.personaltext')),
                    ('to', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='trail.personaltext')),
                    ('template', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='comms.template')),
                ],
                options={
                    'indexes': [
                        models.Index(fields=['case', '-at'], name='message_by_case'),
                        models.Index(fields=['consumer', '-at'], name='message_by_consumer'),
                    ],
                    'constraints': [
                        models.UniqueConstraint(fields=('dedupe_key',), name='a_message_is_said_once'),
                        models.UniqueConstraint(fields=('id', 'visibility'), name='message_with_its_visibility'),
                        models.CheckConstraint(condition=models.Q(('channel__in', ['EMAIL', 'PHONE', 'SMS', 'IN_PERSON', 'LETTER', 'SYSTEM'])), name='message_channel_is_known'),
                        models.CheckConstraint(condition=models.Q(models.Q(('direction', 'WITHIN'), ('visibility', 'INTERNAL')), models.Q(('direction__in', ['TO_CONSUMER', 'FROM_CONSUMER']), ('visibility', 'CONSUMER')), _connector='OR'), name='only_notes_are_internal'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='messages_are_never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='367aad1229ba29d790fba8f89883e20432bdc24d', operation='UPDATE OR DELETE', pgid='pgtrigger_messages_are_never_changed_0fbbb', table='comms_message', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='TemplateEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('code', models.CharField(help_text='Event and channel, such as received.', max_length=60)),
                    ('name', models.CharField(max_length=80)),
                    ('channel', models.CharField(choices=[('EMAIL', 'E-mail'), ('PHONE', 'Phone'), ('SMS', 'SMS'), ('IN_PERSON', 'In person'), ('LETTER', 'Letter'), ('SYSTEM', 'System')], default='EMAIL', max_length=10)),
                    ('kind', models.CharField(choices=[('COURTESY', 'Courtesy'), ('STATUTORY', 'Statutory')], default='COURTESY', max_length=10)),
                    ('subject', models.CharField(max_length=160)),
                    ('body', models.TextField()),
                    ('is_active', models.BooleanField(default=True, help_text='Off: no such message is sent.')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='comms.template')),
                ],
                options={
                    'abstract': False,
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='65e0e2972c0ba2e7122b63f410cf71a479248b67', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_55308', table='comms_templateevent', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Delivery',
                fields=[
                    ('message', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='delivery', serialize=False, to='comms.message')),
                    ('visibility', models.CharField(choices=[('INTERNAL', 'Internal'), ('CONSUMER', 'Consumer')], default='CONSUMER', editable=False, max_length=10)),
                    ('state', models.CharField(choices=[('QUEUED', 'Queued'), ('SENT', 'Sent'), ('FAILED', 'Not delivered'), ('NOT_SENT', 'Not sent')], max_length=10)),
                    ('state_at', models.DateTimeField()),
                    ('why', models.CharField(blank=True, help_text='Why not sent or not delivered.', max_length=120)),
                ],
                options={
                    'verbose_name_plural': 'deliveries',
                    'indexes': [
                        models.Index(condition=models.Q(('state__in', ['QUEUED', 'FAILED'])), fields=['state', 'state_at'], name='delivery_not_settled'),
                    ],
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('state__in', ['QUEUED', 'SENT', 'FAILED', 'NOT_SENT'])), name='delivery_state_is_known'),
                        models.CheckConstraint(condition=models.Q(('visibility', 'CONSUMER')), name='only_consumer_messages_go_out'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='deliveries_move_along_arrows', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{QUEUED:SENT,QUEUED:FAILED,QUEUED:NOT_SENT,FAILED:QUEUED,FAILED:SENT}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='e18f1377ea10ad009013cd6bff40c9f535e38d40', operation='UPDATE', pgid='pgtrigger_deliveries_move_along_arrows_cce62', table='comms_delivery', when='BEFORE')),
                        pgtrigger.compiler.Trigger(name='deliveries_are_never_removed', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='d4590925d972e1dfd767167b2122c8e8f8263de6', operation='DELETE', pgid='pgtrigger_deliveries_are_never_removed_af07f', table='comms_delivery', when='BEFORE')),
                    ],
                },
            ),
        ]),
    ]
