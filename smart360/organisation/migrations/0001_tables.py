"""The utility, its departments, calendars and settings, with their history."""

import django.db.models.deletion
import pgtrigger.compiler
from django.db import migrations, models

from smart360.kernel.migrations._together import CreateTogether


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("organisation", "0002_removed_hours_and_holidays_leave_a_trace"),
    ]

    dependencies = [
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        CreateTogether([
            migrations.CreateModel(
                name='Utility',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=120)),
                    ('address', models.CharField(blank=True, max_length=200)),
                    ('phone', models.CharField(max_length=40, verbose_name='customer service phone')),
                    ('email', models.EmailField(max_length=254, verbose_name='customer service e-mail')),
                    ('emergency_phone', models.CharField(max_length=40, verbose_name='emergency number')),
                    ('business_hours', models.CharField(help_text='As consumers read it.', max_length=120)),
                    ('website', models.URLField(blank=True)),
                    ('currency', models.CharField(default='USD', help_text='ISO 4217 code.', max_length=3)),
                    ('time_zone', models.CharField(default='America/Chicago', max_length=60)),
                    ('language', models.CharField(default='en', max_length=10)),
                    ('paper_size', models.CharField(choices=[('LETTER', 'Letter'), ('A4', 'A4')], default='LETTER', max_length=10)),
                    ('logo', models.BinaryField(blank=True, help_text='A PNG, re-encoded.', null=True)),
                ],
                options={
                    'verbose_name': 'utility',
                    'verbose_name_plural': 'utility',
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('pk', 1)), name='there_is_one_utility'),
                        models.CheckConstraint(condition=models.Q(('paper_size__in', ['LETTER', 'A4'])), name='paper_size_is_known'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "organisation_utilityevent" ("address", "business_hours", "currency", "email", "emergency_phone", "id", "language", "logo", "name", "paper_size", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "time_zone", "website") VALUES (NEW."address", NEW."business_hours", NEW."currency", NEW."email", NEW."emergency_phone", NEW."id", NEW."language", NEW."logo", NEW."name", NEW."paper_size", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."phone", NEW."time_zone", NEW."website"); RETURN NULL;', hash='8d60fe6261868fd860b4fad30779e66814adefef', operation='INSERT', pgid='pgtrigger_insert_insert_63020', table='organisation_utility', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "organisation_utilityevent" ("address", "business_hours", "currency", "email", "emergency_phone", "id", "language", "logo", "name", "paper_size", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "time_zone", "website") VALUES (NEW."address", NEW."business_hours", NEW."currency", NEW."email", NEW."emergency_phone", NEW."id", NEW."language", NEW."logo", NEW."name", NEW."paper_size", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."phone", NEW."time_zone", NEW."website"); RETURN NULL;', hash='d019075393d006eeecfb4aef66998e99c3ecb020', operation='UPDATE', pgid='pgtrigger_update_update_a1074', table='organisation_utility', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='UtilityEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('name', models.CharField(max_length=120)),
                    ('address', models.CharField(blank=True, max_length=200)),
                    ('phone', models.CharField(max_length=40, verbose_name='customer service phone')),
                    ('email', models.EmailField(max_length=254, verbose_name='customer service e-mail')),
                    ('emergency_phone', models.CharField(max_length=40, verbose_name='emergency number')),
                    ('business_hours', models.CharField(help_text='As consumers read it.', max_length=120)),
                    ('website', models.URLField(blank=True)),
                    ('currency', models.CharField(default='USD', help_text='ISO 4217 code.', max_length=3)),
                    ('time_zone', models.CharField(default='America/Chicago', max_length=60)),
                    ('language', models.CharField(default='en', max_length=10)),
                    ('paper_size', models.CharField(choices=[('LETTER', 'Letter'), ('A4', 'A4')], default='LETTER', max_length=10)),
                    ('logo', models.BinaryField(blank=True, help_text='A PNG, re-encoded.', null=True)),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='organisation.utility')),
                ],
                options={
                    'abstract': False,
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='8fcd4b9e88c1affa3e67a0dfe8b5562f41e5e1af', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_6f2ff', table='organisation_utilityevent', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='BusinessCalendar',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=80)),
                    ('time_zone', models.CharField(default='America/Chicago', max_length=60)),
                    ('is_active', models.BooleanField(default=True, help_text='Retire a calendar; never delete it.')),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(fields=('name',), name='calendar_name_is_taken_once', violation_error_message='There is a calendar of this name already.'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "organisation_businesscalendarevent" ("id", "is_active", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "time_zone") VALUES (NEW."id", NEW."is_active", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."time_zone"); RETURN NULL;', hash='bea2d75ba801edd1729e18ced4c85f0cc8967df7', operation='INSERT', pgid='pgtrigger_insert_insert_8055f', table='organisation_businesscalendar', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "organisation_businesscalendarevent" ("id", "is_active", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "time_zone") VALUES (NEW."id", NEW."is_active", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."time_zone"); RETURN NULL;', hash='bb241bdec9f138dd08301e21a3c85a9bf705f05a', operation='UPDATE', pgid='pgtrigger_update_update_6ed41', table='organisation_businesscalendar', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='BusinessCalendarEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('name', models.CharField(max_length=80)),
                    ('time_zone', models.CharField(default='America/Chicago', max_length=60)),
                    ('is_active', models.BooleanField(default=True, help_text='Retire a calendar; never delete it.')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='organisation.businesscalendar')),
                ],
                options={
                    'abstract': False,
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='7905b9d452db4a8569ee36c7cac85477e6fea589', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_382a7', table='organisation_businesscalendarevent', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='BusinessHours',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('weekday', models.PositiveSmallIntegerField(choices=[(1, 'Monday'), (2, 'Tuesday'), (3, 'Wednesday'), (4, 'Thursday'), (5, 'Friday'), (6, 'Saturday'), (7, 'Sunday')])),
                    ('opens', models.TimeField()),
                    ('closes', models.TimeField()),
                    ('calendar', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='hours', to='organisation.businesscalendar')),
                ],
                options={
                    'verbose_name': 'business hours',
                    'verbose_name_plural': 'business hours',
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('opens__lt', models.F('closes'))), name='business_hours_open_before_they_close', violation_error_message='Closing time must be after opening time.'),
                        models.CheckConstraint(condition=models.Q(('weekday__range', (1, 7))), name='business_hours_have_a_weekday'),
                        models.UniqueConstraint(fields=('calendar', 'weekday', 'opens'), name='business_hours_open_once'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "organisation_businesshoursevent" ("calendar_id", "closes", "id", "opens", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "weekday") VALUES (NEW."calendar_id", NEW."closes", NEW."id", NEW."opens", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."weekday"); RETURN NULL;', hash='1c836a714013ec9e6603204beb0a9553651f8b23', operation='INSERT', pgid='pgtrigger_insert_insert_6d444', table='organisation_businesshours', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "organisation_businesshoursevent" ("calendar_id", "closes", "id", "opens", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "weekday") VALUES (NEW."calendar_id", NEW."closes", NEW."id", NEW."opens", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."weekday"); RETURN NULL;', hash='4c7a7c5fedf7b5b8078773c618b918ca1a0a251f', operation='UPDATE', pgid='pgtrigger_update_update_e3eb8', table='organisation_businesshours', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "organisation_businesshoursevent" ("calendar_id", "closes", "id", "opens", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "weekday") VALUES (OLD."calendar_id", OLD."closes", OLD."id", OLD."opens", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."weekday"); RETURN NULL;', hash='ac01b84a63b54b95ded3d927289a1ce1d11c546d', operation='DELETE', pgid='pgtrigger_delete_delete_f255a', table='organisation_businesshours', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='BusinessHoursEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('weekday', models.PositiveSmallIntegerField(choices=[(1, 'Monday'), (2, 'Tuesday'), (3, 'Wednesday'), (4, 'Thursday'), (5, 'Friday'), (6, 'Saturday'), (7, 'Sunday')])),
                    ('opens', models.TimeField()),
                    ('closes', models.TimeField()),
                    ('calendar', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='organisation.businesscalendar')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='organisation.businesshours')),
                ],
                options={
                    'abstract': False,
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='e32e33ffb23b3c2b2c6c19a946cab260495f2cb9', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_97718', table='organisation_businesshoursevent', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Holiday',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('day', models.DateField()),
                    ('name', models.CharField(max_length=80)),
                    ('blocks_visits', models.BooleanField(default=True, help_text='No disconnection can be asked for on this day.')),
                    ('calendar', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='holidays', to='organisation.businesscalendar')),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(fields=('calendar', 'day'), name='holiday_is_named_once', violation_error_message='This day is a holiday already.'),
                        models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='holiday_has_a_name'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "organisation_holidayevent" ("blocks_visits", "calendar_id", "day", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."blocks_visits", NEW."calendar_id", NEW."day", NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;', hash='0ea81e50480b1ec1ba714ff5c34b07db009b56e3', operation='INSERT', pgid='pgtrigger_insert_insert_a944f', table='organisation_holiday', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "organisation_holidayevent" ("blocks_visits", "calendar_id", "day", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."blocks_visits", NEW."calendar_id", NEW."day", NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;', hash='4f3d369160acc6f5f45211d05d5f11788b8f1195', operation='UPDATE', pgid='pgtrigger_update_update_89b8e', table='organisation_holiday', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "organisation_holidayevent" ("blocks_visits", "calendar_id", "day", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."blocks_visits", OLD."calendar_id", OLD."day", OLD."id", OLD."name", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;', hash='f8b34bcb242af7c4f3dd5934d71bcbdb99ed9e3c', operation='DELETE', pgid='pgtrigger_delete_delete_3c620', table='organisation_holiday', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='HolidayEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('day', models.DateField()),
                    ('name', models.CharField(max_length=80)),
                    ('blocks_visits', models.BooleanField(default=True, help_text='No disconnection can be asked for on this day.')),
                    ('calendar', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='organisation.businesscalendar')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='organisation.holiday')),
                ],
                options={
                    'abstract': False,
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='9a8042cbe5745f899f42f3a9bd2393bc49dc25d6', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_d35d9', table='organisation_holidayevent', when='BEFORE')),
                    ],
                },
            ),
        ]),
    ]
