"""Technicians, their days, and service orders."""

import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models

from smart360.kernel.migrations._together import CreateTogether


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("fieldwork", "0004_skills_and_categories_are_kept"),
    ]

    dependencies = [
        ("cases", "0001_tables"),
        ("consumers", "0001_tables"),
        ("documents", "0001_tables"),
        ("pghistory", "0007_auto_20250421_0444"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateTogether([
            migrations.CreateModel(
                name='Skill',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=60)),
                    ('is_active', models.BooleanField(default=True, help_text='Retire a skill; never delete it.')),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(fields=('name',), name='skill_name_is_taken_once'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "fieldwork_skillevent" ("id", "is_active", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."id", NEW."is_active", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;', hash='3d51ee4253b4e2192b3a308c3226e2a59592fdda', operation='INSERT', pgid='pgtrigger_insert_insert_755ba', table='fieldwork_skill', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "fieldwork_skillevent" ("id", "is_active", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."id", NEW."is_active", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;', hash='db04ad69dc3cd673b7247ce2e4984a7d431e82fb', operation='UPDATE', pgid='pgtrigger_update_update_f4020', table='fieldwork_skill', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='SkillEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('name', models.CharField(max_length=60)),
                    ('is_active', models.BooleanField(default=True, help_text='Retire a skill; never delete it.')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='fieldwork.skill')),
                ],
                options={
                    'abstract': False,
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='6a49a27b3a2720887f011d07ac6d0625afab2805', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_68eb9', table='fieldwork_skillevent', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Technician',
                fields=[
                    ('person', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='technician', serialize=False, to=settings.AUTH_USER_MODEL)),
                    ('areas', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), blank=True, default=list, help_text='None: every area.', size=None)),
                    ('minutes_a_day', models.PositiveSmallIntegerField(default=480)),
                    ('is_active', models.BooleanField(default=True)),
                    ('skills', models.ManyToManyField(blank=True, related_name='technicians', through='fieldwork.TechnicianSkill', to='fieldwork.skill')),
                ],
                options={
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('minutes_a_day__range', (0, 1440))), name='a_technician_works_at_most_a_day'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "fieldwork_technicianevent" ("areas", "is_active", "minutes_a_day", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."areas", NEW."is_active", NEW."minutes_a_day", NEW."person_id", _pgh_attach_context(), NOW(), \'insert\', NEW."person_id"); RETURN NULL;', hash='53c640d29c6825be0676240de772ed01ef418cbd', operation='INSERT', pgid='pgtrigger_insert_insert_91d07', table='fieldwork_technician', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "fieldwork_technicianevent" ("areas", "is_active", "minutes_a_day", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."areas", NEW."is_active", NEW."minutes_a_day", NEW."person_id", _pgh_attach_context(), NOW(), \'update\', NEW."person_id"); RETURN NULL;', hash='7b39dde4f820c55f0acf97b5a5dbee6887e7c3a0', operation='UPDATE', pgid='pgtrigger_update_update_3ce88', table='fieldwork_technician', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='TechnicianDay',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('day', models.DateField()),
                    ('minutes', models.PositiveSmallIntegerField(help_text='A dispatcher may set them for one day.')),
                    ('planned', models.PositiveSmallIntegerField(default=0)),
                    ('technician', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='days', to='fieldwork.technician')),
                ],
                options={
                    'indexes': [
                        models.Index(fields=['day'], name='technicians_of_a_day'),
                    ],
                    'constraints': [
                        models.UniqueConstraint(fields=('technician', 'day'), name='a_day_is_counted_once'),
                        models.CheckConstraint(condition=models.Q(('planned__lte', models.F('minutes'))), name='a_day_is_never_overplanned'),
                        models.CheckConstraint(condition=models.Q(('minutes__range', (0, 1440))), name='a_day_has_24_hours'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='TechnicianEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('areas', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), blank=True, default=list, help_text='None: every area.', size=None)),
                    ('minutes_a_day', models.PositiveSmallIntegerField(default=480)),
                    ('is_active', models.BooleanField(default=True)),
                    ('person', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', serialize=False, to=settings.AUTH_USER_MODEL)),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='fieldwork.technician')),
                ],
                options={
                    'abstract': False,
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='a39f28c40bc3aa119c91fc88036b67e5614bf8ed', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_61ac1', table='fieldwork_technicianevent', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='OrderTemplate',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.CharField(help_text='Such as DIS-E.', max_length=20)),
                    ('name', models.CharField(max_length=80)),
                    ('description', models.CharField(blank=True, max_length=200)),
                    ('kind', models.CharField(choices=[('DISCONNECTION', 'Disconnection'), ('RECONNECTION', 'Reconnection'), ('TRANSFER', 'Transfer'), ('METER_READING', 'Meter Reading'), ('MAINTENANCE', 'Maintenance'), ('REPAIR', 'Repairs'), ('INSPECTION', 'Inspections'), ('INSTALLATION', 'Installations')], max_length=15, verbose_name='type')),
                    ('utility_types', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('ELECTRICITY', 'Electricity'), ('WATER', 'Water'), ('GAS', 'Gas')], max_length=15), blank=True, default=list, help_text='None: every utility.', size=None)),
                    ('estimated_minutes', models.PositiveSmallIntegerField(default=60)),
                    ('priority', models.CharField(choices=[('CRITICAL', 'Critical'), ('HIGH', 'High'), ('MEDIUM', 'Medium'), ('LOW', 'Low')], default='MEDIUM', max_length=10)),
                    ('is_active', models.BooleanField(default=True, help_text='Retire a type; never delete it.')),
                    ('skill', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='fieldwork.skill')),
                    ('categories', models.ManyToManyField(blank=True, related_name='+', through='fieldwork.TemplateCategory', to='consumers.category')),
                ],
                options={
                    'verbose_name': 'service order type',
                    'constraints': [
                        models.UniqueConstraint(fields=('code',), name='order_template_code_is_taken_once'),
                        models.CheckConstraint(condition=models.Q(('kind__in', ['DISCONNECTION', 'RECONNECTION', 'TRANSFER', 'METER_READING', 'MAINTENANCE', 'REPAIR', 'INSPECTION', 'INSTALLATION'])), name='order_template_kind_is_known'),
                        models.CheckConstraint(condition=models.Q(('priority__in', ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW'])), name='order_template_priority_is_known'),
                        models.CheckConstraint(condition=models.Q(('utility_types__contained_by', ['ELECTRICITY', 'WATER', 'GAS'])), name='order_template_utilities_are_known'),
                        models.CheckConstraint(condition=models.Q(('estimated_minutes__range', (1, 1440))), name='an_order_takes_at_most_a_day'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "fieldwork_ordertemplateevent" ("code", "description", "estimated_minutes", "id", "is_active", "kind", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "priority", "skill_id", "utility_types") VALUES (NEW."code", NEW."description", NEW."estimated_minutes", NEW."id", NEW."is_active", NEW."kind", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."priority", NEW."skill_id", NEW."utility_types"); RETURN NULL;', hash='fcf7a055c1b5f8fbb640bd4af4dc8a97ee4ac99e', operation='INSERT', pgid='pgtrigger_insert_insert_d35ff', table='fieldwork_ordertemplate', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "fieldwork_ordertemplateevent" ("code", "description", "estimated_minutes", "id", "is_active", "kind", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "priority", "skill_id", "utility_types") VALUES (NEW."code", NEW."description", NEW."estimated_minutes", NEW."id", NEW."is_active", NEW."kind", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."priority", NEW."skill_id", NEW."utility_types"); RETURN NULL;', hash='ef228f47cb9f93f2ccf853ef4ea7462de31d5d76', operation='UPDATE', pgid='pgtrigger_update_update_e75a4', table='fieldwork_ordertemplate', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='ServiceOrder',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.CharField(help_text='SO-2026-000001.', max_length=20)),
                    ('kind', models.CharField(choices=[('DISCONNECTION', 'Disconnection'), ('RECONNECTION', 'Reconnection'), ('TRANSFER', 'Transfer'), ('METER_READING', 'Meter Reading'), ('MAINTENANCE', 'Maintenance'), ('REPAIR', 'Repairs'), ('INSPECTION', 'Inspections'), ('INSTALLATION', 'Installations')], max_length=15, verbose_name='type')),
                    ('name', models.CharField(max_length=80)),
                    ('description', models.CharField(blank=True, max_length=200)),
                    ('address', models.CharField(help_text='As it was at creation.', max_length=200)),
                    ('area', models.CharField(blank=True, max_length=60)),
                    ('priority', models.CharField(choices=[('CRITICAL', 'Critical'), ('HIGH', 'High'), ('MEDIUM', 'Medium'), ('LOW', 'Low')], max_length=10)),
                    ('status', models.CharField(choices=[('OPEN', 'Open'), ('SCHEDULED', 'Scheduled'), ('ASSIGNED', 'Assigned'), ('IN_PROGRESS', 'In Progress'), ('COMPLETED', 'Completed'), ('CANCELLED', 'Cancelled')], default='OPEN', max_length=15)),
                    ('scheduled_on', models.DateField(blank=True, null=True)),
                    ('starts', models.TimeField(blank=True, help_text="Of the visit's window.", null=True)),
                    ('ends', models.TimeField(blank=True, null=True)),
                    ('estimated_minutes', models.PositiveSmallIntegerField()),
                    ('assigned_at', models.DateTimeField(blank=True, null=True)),
                    ('remarks', models.TextField(blank=True)),
                    ('created_at', models.DateTimeField()),
                    ('started_at', models.DateTimeField(blank=True, null=True)),
                    ('ended_at', models.DateTimeField(blank=True, help_text='Completed or cancelled.', null=True)),
                    ('completion', models.TextField(blank=True, help_text='What was done, in words.')),
                    ('cancelled_because', models.CharField(blank=True, choices=[('NOT_NEEDED', 'Not needed any more'), ('REQUEST_ENDED', 'Its request has ended'), ('PAID', 'The account was settled'), ('PROTECTED', 'The account is protected'), ('NO_ACCESS', 'No access to the premise'), ('DUPLICATE', 'Duplicate'), ('OTHER', 'Other')], max_length=15)),
                    ('case', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='service_orders', to='cases.case')),
                    ('consumer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='service_orders', to='consumers.consumer')),
                    ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('ended_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('report', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='documents.storedfile')),
                    ('template', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='orders', to='fieldwork.ordertemplate')),
                    ('technician', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='orders', to='fieldwork.technician')),
                ],
                options={
                    'indexes': [
                        models.Index(condition=models.Q(('case__isnull', False)), fields=['case', '-id'], name='order_by_case'),
                        models.Index(fields=['consumer', '-id'], name='order_by_consumer'),
                        models.Index(condition=models.Q(('scheduled_on__isnull', False)), fields=['scheduled_on', 'technician'], name='order_by_day'),
                        models.Index(fields=['status', '-id'], name='order_by_status'),
                    ],
                    'constraints': [
                        models.UniqueConstraint(fields=('number',), name='service_order_number_is_unique'),
                        models.CheckConstraint(condition=models.Q(('kind__in', ['DISCONNECTION', 'RECONNECTION', 'TRANSFER', 'METER_READING', 'MAINTENANCE', 'REPAIR', 'INSPECTION', 'INSTALLATION'])), name='service_order_kind_is_known'),
                        models.CheckConstraint(condition=models.Q(('priority__in', ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW'])), name='service_order_priority_is_known'),
                        models.CheckConstraint(condition=models.Q(('status__in', ['OPEN', 'SCHEDULED', 'ASSIGNED', 'IN_PROGRESS', 'COMPLETED', 'CANCELLED'])), name='service_order_status_is_known'),
                        models.CheckConstraint(condition=models.Q(('cancelled_because__in', ['', 'NOT_NEEDED', 'REQUEST_ENDED', 'PAID', 'PROTECTED', 'NO_ACCESS', 'DUPLICATE', 'OTHER'])), name='service_order_cancellation_is_known'),
                        models.CheckConstraint(condition=models.Q(models.Q(('status__in', ('SCHEDULED', 'ASSIGNED', 'IN_PROGRESS')), _negated=True), ('scheduled_on__isnull', False), _connector='OR'), name='a_planned_order_has_a_day'),
                        models.CheckConstraint(condition=models.Q(models.Q(('status__in', ('ASSIGNED', 'IN_PROGRESS')), ('technician__isnull', False)), ('status__in', ['COMPLETED', 'CANCELLED']), models.Q(('assigned_at__isnull', True), ('status__in', ['OPEN', 'SCHEDULED']), ('technician__isnull', True)), _connector='OR'), name='an_assigned_order_has_a_technician'),
                        models.CheckConstraint(condition=models.Q(models.Q(('assigned_at__isnull', True), ('technician__isnull', True)), models.Q(('assigned_at__isnull', False), ('technician__isnull', False)), _connector='OR'), name='an_assignment_says_when'),
                        models.CheckConstraint(condition=models.Q(models.Q(('ends__isnull', True), ('starts__isnull', True)), models.Q(('scheduled_on__isnull', False), ('starts__lt', models.F('ends'))), _connector='OR'), name='a_visit_starts_before_it_ends'),
                        models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('status__in', ('OPEN', 'SCHEDULED', 'ASSIGNED', 'IN_PROGRESS'))), models.Q(models.Q(('status__in', ('OPEN', 'SCHEDULED', 'ASSIGNED', 'IN_PROGRESS')), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='an_ended_order_says_when'),
                        models.CheckConstraint(condition=models.Q(models.Q(('cancelled_because__gt', ''), ('status', 'CANCELLED')), models.Q(models.Q(('status', 'CANCELLED'), _negated=True), ('cancelled_because', '')), _connector='OR'), name='a_cancelled_order_says_why'),
                        models.CheckConstraint(condition=models.Q(('estimated_minutes__range', (1, 1440))), name='a_service_order_takes_at_most_a_day'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='orders_move_along_arrows', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF (NEW.number, NEW.template_id, NEW.kind, NEW.consumer_id, NEW.case_id,\n                        NEW.created_at, NEW.created_by_id, NEW.address, NEW.area)\n                       IS DISTINCT FROM\n                       (OLD.number, OLD.template_id, OLD.kind, OLD.consumer_id, OLD.case_id,\n                        OLD.created_at, OLD.created_by_id, OLD.address, OLD.area)\n                    THEN\n                        RAISE EXCEPTION 'what a service order is about stays'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'what_an_order_is_about_stays';\n                    END IF;\n                    IF OLD.ended_at IS NOT NULL\n                       AND to_jsonb(NEW) - ARRAY['report_id']\n                           IS DISTINCT FROM to_jsonb(OLD) - ARRAY['report_id']\n                    THEN\n                        RAISE EXCEPTION 'service order % has ended', OLD.number\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'an_ended_order_stays';\n                    END IF;\n                    IF OLD.report_id IS NOT NULL AND NEW.report_id IS DISTINCT FROM OLD.report_id\n                    THEN\n                        RAISE EXCEPTION 'service order % has its report', OLD.number\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'an_order_has_one_report';\n                    END IF;\n                    IF NEW.status <> OLD.status\n                       AND (OLD.status, NEW.status) NOT IN (VALUES ('OPEN','ASSIGNED'), ('OPEN','CANCELLED'), ('OPEN','SCHEDULED'), ('SCHEDULED','ASSIGNED'), ('SCHEDULED','CANCELLED'), ('SCHEDULED','OPEN'), ('ASSIGNED','CANCELLED'), ('ASSIGNED','COMPLETED'), ('ASSIGNED','IN_PROGRESS'), ('ASSIGNED','SCHEDULED'), ('IN_PROGRESS','CANCELLED'), ('IN_PROGRESS','COMPLETED'), ('IN_PROGRESS','SCHEDULED'))\n                    THEN\n                        RAISE EXCEPTION 'no arrow from % to %', OLD.status, NEW.status\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'orders_move_along_arrows';\n                    END IF;\n                    RETURN NEW;\n                    ", hash='b38223a81d28b67c5b0495ab85e4229dc76392af', operation='UPDATE', pgid='pgtrigger_orders_move_along_arrows_48ced', table='fieldwork_serviceorder', when='BEFORE')),
                        pgtrigger.compiler.Trigger(name='orders_are_never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='4ff236eb7749f15f144c5918cd9f28ee5c366c50', operation='DELETE', pgid='pgtrigger_orders_are_never_deleted_d38a1', table='fieldwork_serviceorder', when='BEFORE')),
                        pgtrigger.compiler.Trigger(name='an_order_is_about_one_household', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NEW.case_id IS NOT NULL AND NEW.consumer_id IS DISTINCT FROM\n                       (SELECT c.consumer_id FROM cases_case c WHERE c.id = NEW.case_id)\n                    THEN\n                        RAISE EXCEPTION 'the case is about another consumer'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'an_order_is_about_one_household';\n                    END IF;\n                    IF NEW.kind IN ('DISCONNECTION', 'RECONNECTION') AND NEW.kind IS DISTINCT FROM\n                       (SELECT c.kind FROM cases_case c WHERE c.id = NEW.case_id)\n                    THEN\n                        RAISE EXCEPTION 'supply is cut and given back by a request of that kind'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'a_cut_has_its_request';\n                    END IF;\n                    IF NEW.status NOT IN ('OPEN', 'SCHEDULED') THEN\n                        RAISE EXCEPTION 'a service order begins before anybody has it'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'an_order_begins_at_its_beginning';\n                    END IF;\n                    RETURN NEW;\n                    ", hash='46fe171c6aed4e9bf789ce5ca1d5c9df251d24d2', operation='INSERT', pgid='pgtrigger_an_order_is_about_one_household_aeb2e', table='fieldwork_serviceorder', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='OrderedService',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('meter', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consumers.meter')),
                    ('service_connection', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consumers.serviceconnection')),
                    ('service_order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='services', to='fieldwork.serviceorder')),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(fields=('service_order', 'service_connection'), name='a_service_is_ordered_once'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='ordered_services_are_the_consumers_own', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NOT EXISTS (SELECT 1 FROM consumers_serviceconnection s\n                                     JOIN fieldwork_serviceorder o ON o.consumer_id = s.consumer_id\n                                    WHERE s.id = NEW.service_connection_id\n                                      AND o.id = NEW.service_order_id)\n                    THEN\n                        RAISE EXCEPTION 'the service is another consumer''s'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'ordered_services_are_the_consumers_own';\n                    END IF;\n                    RETURN NEW;\n                    ", hash='89d6a1753f998a21cced04ecc53f548f067c6340', operation='INSERT', pgid='pgtrigger_ordered_services_are_the_consumers_own_f1d17', table='fieldwork_orderedservice', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='OrderTemplateEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('code', models.CharField(help_text='Such as DIS-E.', max_length=20)),
                    ('name', models.CharField(max_length=80)),
                    ('description', models.CharField(blank=True, max_length=200)),
                    ('kind', models.CharField(choices=[('DISCONNECTION', 'Disconnection'), ('RECONNECTION', 'Reconnection'), ('TRANSFER', 'Transfer'), ('METER_READING', 'Meter Reading'), ('MAINTENANCE', 'Maintenance'), ('REPAIR', 'Repairs'), ('INSPECTION', 'Inspections'), ('INSTALLATION', 'Installations')], max_length=15, verbose_name='type')),
                    ('utility_types', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('ELECTRICITY', 'Electricity'), ('WATER', 'Water'), ('GAS', 'Gas')], max_length=15), blank=True, default=list, help_text='None: every utility.', size=None)),
                    ('estimated_minutes', models.PositiveSmallIntegerField(default=60)),
                    ('priority', models.CharField(choices=[('CRITICAL', 'Critical'), ('HIGH', 'High'), ('MEDIUM', 'Medium'), ('LOW', 'Low')], default='MEDIUM', max_length=10)),
                    ('is_active', models.BooleanField(default=True, help_text='Retire a type; never delete it.')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='fieldwork.ordertemplate')),
                    ('skill', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='fieldwork.skill')),
                ],
                options={
                    'abstract': False,
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='dfaf04c41a16d9dc874f460f47e619376d0bd607', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_1ba5d', table='fieldwork_ordertemplateevent', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='TechnicianSkill',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('technician', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='skill_rows', to='fieldwork.technician')),
                    ('skill', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='fieldwork.skill')),
                ],
                options={
                    'verbose_name': 'skill',
                    'db_table': 'fieldwork_technician_skills',
                    'constraints': [
                        models.UniqueConstraint(fields=('technician', 'skill'), name='a_technician_has_a_skill_once'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "fieldwork_technicianskillevent" ("id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "skill_id", "technician_id") VALUES (NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."skill_id", NEW."technician_id"); RETURN NULL;', hash='bf0cc2f42b04a5468a21d791ca75eb3e07ceeecb', operation='INSERT', pgid='pgtrigger_insert_insert_ae662', table='fieldwork_technician_skills', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "fieldwork_technicianskillevent" ("id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "skill_id", "technician_id") VALUES (NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."skill_id", NEW."technician_id"); RETURN NULL;', hash='4e86469ff030d91977885df3bf82f45f04b960af', operation='UPDATE', pgid='pgtrigger_update_update_bffca', table='fieldwork_technician_skills', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "fieldwork_technicianskillevent" ("id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "skill_id", "technician_id") VALUES (OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."skill_id", OLD."technician_id"); RETURN NULL;', hash='fc13ebfe5298eab0084d7ad4cd1c776be284fdb3', operation='DELETE', pgid='pgtrigger_delete_delete_44c39', table='fieldwork_technician_skills', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='TemplateCategory',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('template', models.ForeignKey(db_column='ordertemplate_id', on_delete=django.db.models.deletion.PROTECT, related_name='category_rows', to='fieldwork.ordertemplate')),
                    ('category', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consumers.category')),
                ],
                options={
                    'verbose_name': 'category',
                    'verbose_name_plural': 'categories',
                    'db_table': 'fieldwork_ordertemplate_categories',
                    'constraints': [
                        models.UniqueConstraint(fields=('template', 'category'), name='a_type_names_a_category_once'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "fieldwork_templatecategoryevent" ("category_id", "id", "ordertemplate_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."category_id", NEW."id", NEW."ordertemplate_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;', hash='a00fc6106622f1f80110e4fdfe81417df621f991', operation='INSERT', pgid='pgtrigger_insert_insert_43bf8', table='fieldwork_ordertemplate_categories', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "fieldwork_templatecategoryevent" ("category_id", "id", "ordertemplate_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."category_id", NEW."id", NEW."ordertemplate_id", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;', hash='ee3a730b848fef513f08ed4c290d77dc50697d95', operation='UPDATE', pgid='pgtrigger_update_update_0b6f4', table='fieldwork_ordertemplate_categories', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "fieldwork_templatecategoryevent" ("category_id", "id", "ordertemplate_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."category_id", OLD."id", OLD."ordertemplate_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;', hash='fa27138c961854ff33b645873b984ac8257801f2', operation='DELETE', pgid='pgtrigger_delete_delete_8b965', table='fieldwork_ordertemplate_categories', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='TechnicianSkillEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='fieldwork.technicianskill')),
                    ('skill', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='fieldwork.skill')),
                    ('technician', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='fieldwork.technician')),
                ],
                options={
                    'abstract': False,
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='efcae1adeffc42d71aad211484f1522a584779d1', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_603c8', table='fieldwork_technicianskillevent', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='TemplateCategoryEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('category', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='consumers.category')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='fieldwork.templatecategory')),
                    ('template', models.ForeignKey(db_column='ordertemplate_id', db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='fieldwork.ordertemplate')),
                ],
                options={
                    'abstract': False,
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='4c435f8bad2cd151eeeabe17f35f570d7d71e7a8', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_d1264', table='fieldwork_templatecategoryevent', when='BEFORE')),
                    ],
                },
            ),
        ]),
    ]
