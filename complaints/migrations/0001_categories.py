"""What a complaint can be about."""

import django.db.models.deletion
import pgtrigger.compiler
from django.db import migrations, models

from smart360.kernel.migrations._together import CreateTogether


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("complaints", "0002_default_categories"),
    ]

    dependencies = [
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        CreateTogether([
            migrations.CreateModel(
                name='ComplaintCategory',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.SlugField(help_text='Names it to SLA policies; never changes.', max_length=30)),
                    ('name', models.CharField(max_length=60)),
                    ('priority', models.CharField(choices=[('CRITICAL', 'Critical'), ('HIGH', 'High'), ('MEDIUM', 'Medium'), ('LOW', 'Low')], default='MEDIUM', max_length=10)),
                    ('is_about_staff', models.BooleanField(default=False, help_text='Only supervisors see such complaints, and never the person named.', verbose_name='about our staff')),
                    ('is_about_bills', models.BooleanField(default=False, help_text='An amount can be disputed; a non-payment disconnection respects it.', verbose_name='about bills')),
                    ('is_active', models.BooleanField(default=True, help_text='Retire a category; never delete it.')),
                ],
                options={
                    'verbose_name_plural': 'categories',
                    'constraints': [
                        models.UniqueConstraint(fields=('code',), name='complaint_category_code_is_taken_once'),
                        models.UniqueConstraint(fields=('name',), name='complaint_category_is_named_once'),
                        models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='a_complaint_category_has_a_name'),
                        models.CheckConstraint(condition=models.Q(('priority__in', ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW'])), name='complaint_category_priority_is_known'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='category_code_stays', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."code" IS DISTINCT FROM (NEW."code"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='dba0fab3541b470d8a8e1efa1b431a348792e79b', operation='UPDATE', pgid='pgtrigger_category_code_stays_8747f', table='complaints_complaintcategory', when='BEFORE')),
                        pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "complaints_complaintcategoryevent" ("code", "id", "is_about_bills", "is_about_staff", "is_active", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "priority") VALUES (NEW."code", NEW."id", NEW."is_about_bills", NEW."is_about_staff", NEW."is_active", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."priority"); RETURN NULL;', hash='574f282867437c84140bc66050a90019f9277e3c', operation='INSERT', pgid='pgtrigger_insert_insert_1eb9b', table='complaints_complaintcategory', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "complaints_complaintcategoryevent" ("code", "id", "is_about_bills", "is_about_staff", "is_active", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "priority") VALUES (NEW."code", NEW."id", NEW."is_about_bills", NEW."is_about_staff", NEW."is_active", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."priority"); RETURN NULL;', hash='355e3287f80dc39328d18ed4c18a87626decea1e', operation='UPDATE', pgid='pgtrigger_update_update_a0b48', table='complaints_complaintcategory', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='ComplaintCategoryEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('code', models.SlugField(db_index=False, help_text='Names it to SLA policies; never changes.', max_length=30)),
                    ('name', models.CharField(max_length=60)),
                    ('priority', models.CharField(choices=[('CRITICAL', 'Critical'), ('HIGH', 'High'), ('MEDIUM', 'Medium'), ('LOW', 'Low')], default='MEDIUM', max_length=10)),
                    ('is_about_staff', models.BooleanField(default=False, help_text='Only supervisors see such complaints, and never the person named.', verbose_name='about our staff')),
                    ('is_about_bills', models.BooleanField(default=False, help_text='An amount can be disputed; a non-payment disconnection respects it.', verbose_name='about bills')),
                    ('is_active', models.BooleanField(default=True, help_text='Retire a category; never delete it.')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='complaints.complaintcategory')),
                ],
                options={
                    'abstract': False,
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='05f2db7aae079ade3c5b60f5f1103f8de222bdcc', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_b148f', table='complaints_complaintcategoryevent', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='ComplaintSubcategory',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=60)),
                    ('is_active', models.BooleanField(default=True, help_text='Retire it; never delete it.')),
                    ('category', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='subcategories', to='complaints.complaintcategory')),
                ],
                options={
                    'verbose_name': 'sub-category',
                    'verbose_name_plural': 'sub-categories',
                    'constraints': [
                        models.UniqueConstraint(fields=('category', 'name'), name='a_complaint_subcategory_is_named_once'),
                        models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='a_complaint_subcategory_has_a_name'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='subcategory_stays_in_its_category', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."category_id" IS DISTINCT FROM (NEW."category_id"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='59f8b78fa3b8639d72c75b5f4740db4d5946984d', operation='UPDATE', pgid='pgtrigger_subcategory_stays_in_its_category_95571', table='complaints_complaintsubcategory', when='BEFORE')),
                        pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "complaints_complaintsubcategoryevent" ("category_id", "id", "is_active", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."category_id", NEW."id", NEW."is_active", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;', hash='bd12189c831c632cdccccad3a6ee15259745276c', operation='INSERT', pgid='pgtrigger_insert_insert_1ab70', table='complaints_complaintsubcategory', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "complaints_complaintsubcategoryevent" ("category_id", "id", "is_active", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."category_id", NEW."id", NEW."is_active", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;', hash='07863bf001e688fbe3e8e0d961d76835ec8991de', operation='UPDATE', pgid='pgtrigger_update_update_a70c1', table='complaints_complaintsubcategory', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='ComplaintName',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=80)),
                    ('is_active', models.BooleanField(default=True, help_text='Retire it; never delete it.')),
                    ('subcategory', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='names', to='complaints.complaintsubcategory')),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(fields=('subcategory', 'name'), name='complaint_name_is_taken_once_in_its_subcategory'),
                        models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='a_complaint_name_has_words'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='name_stays_in_its_subcategory', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."subcategory_id" IS DISTINCT FROM (NEW."subcategory_id"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='72569db843908bea364b95b525e902f00408d804', operation='UPDATE', pgid='pgtrigger_name_stays_in_its_subcategory_b069e', table='complaints_complaintname', when='BEFORE')),
                        pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "complaints_complaintnameevent" ("id", "is_active", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "subcategory_id") VALUES (NEW."id", NEW."is_active", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."subcategory_id"); RETURN NULL;', hash='f2df9d4c673196b9766983ed2e1183585c0cb84f', operation='INSERT', pgid='pgtrigger_insert_insert_d4542', table='complaints_complaintname', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "complaints_complaintnameevent" ("id", "is_active", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "subcategory_id") VALUES (NEW."id", NEW."is_active", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."subcategory_id"); RETURN NULL;', hash='955ceffd2286e5be8acd888081597079752fe1dc', operation='UPDATE', pgid='pgtrigger_update_update_b1804', table='complaints_complaintname', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='ComplaintNameEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('name', models.CharField(max_length=80)),
                    ('is_active', models.BooleanField(default=True, help_text='Retire it; never delete it.')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='complaints.complaintname')),
                    ('subcategory', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='complaints.complaintsubcategory')),
                ],
                options={
                    'abstract': False,
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='7a8c05560bed7009cc2485b32764b6800ba0ac14', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_cfd7b', table='complaints_complaintnameevent', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='ComplaintSubcategoryEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('name', models.CharField(max_length=60)),
                    ('is_active', models.BooleanField(default=True, help_text='Retire it; never delete it.')),
                    ('category', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='complaints.complaintcategory')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='complaints.complaintsubcategory')),
                ],
                options={
                    'abstract': False,
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='a1f542c935e4daa1565656c23de5410afe958a93', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_2f959', table='complaints_complaintsubcategoryevent', when='BEFORE')),
                    ],
                },
            ),
        ]),
    ]
