"""Complaints themselves: each is a case, and a case's promise may name a category."""

import uuid

import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models

from smart360.kernel.migrations._together import CreateTogether


class Migration(migrations.Migration):
    replaces = [
        ("complaints", "0003_drafts_and_their_files"),
        ("complaints", "0004_strangers_are_found"),
        ("complaints", "0005_strangers_are_found_by_ten_digits"),
    ]

    dependencies = [
        ("cases", "0001_tables"),
        ("complaints", "0001_categories"),
        ("documents", "0001_tables"),
        ("kernel", "0001_extensions"),
        ("pghistory", "0007_auto_20250421_0444"),
        ("trail", "0001_tables"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateTogether([
            migrations.CreateModel(
                name='Complaint',
                fields=[
                    ('case', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='complaint', serialize=False, to='cases.case')),
                    ('incident_on', models.DateField()),
                    ('description', models.TextField()),
                    ('expected_resolution', models.TextField()),
                    ('notes', models.TextField(blank=True)),
                    ('service_address', models.CharField(blank=True, help_text='As it was at creation.', max_length=200)),
                    ('disputed_amount', models.DecimalField(blank=True, decimal_places=2, help_text='Fenced off from the debt while the complaint is open (BEY14).', max_digits=14, null=True)),
                    ('tracking_token', models.CharField(help_text="The customer's own link.", max_length=43)),
                    ('receipt', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='documents.storedfile')),
                    ('staff_named', models.ForeignKey(blank=True, help_text='Whom it is about; never sees it.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('category', models.ForeignKey(help_text="The name's; the database sets it.", on_delete=django.db.models.deletion.PROTECT, related_name='complaints', to='complaints.complaintcategory')),
                    ('name', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='complaints', to='complaints.complaintname')),
                ],
                options={
                    'indexes': [
                        models.Index(fields=['category', 'case'], name='complaint_by_category'),
                        models.Index(fields=['name', 'case'], name='complaint_by_name'),
                        models.Index(condition=models.Q(('staff_named__isnull', False)), fields=['staff_named'], name='complaint_by_staff_named'),
                    ],
                    'constraints': [
                        models.UniqueConstraint(fields=('tracking_token',), name='complaint_tracking_token_is_unique'),
                        models.CheckConstraint(condition=django.db.models.lookups.GreaterThanOrEqual(django.db.models.functions.text.Length(models.Func(models.F('description'), output_field=models.TextField(), template="btrim(regexp_replace(normalize(%(expressions)s, NFC), '[\\u00AD\\u200B-\\u200F\\u2060\\uFEFF]', '', 'g'), E' \\t\\n\\r')")), 10), name='a_complaint_is_described'),
                        models.CheckConstraint(condition=django.db.models.lookups.GreaterThanOrEqual(django.db.models.functions.text.Length(models.Func(models.F('expected_resolution'), output_field=models.TextField(), template="btrim(regexp_replace(normalize(%(expressions)s, NFC), '[\\u00AD\\u200B-\\u200F\\u2060\\uFEFF]', '', 'g'), E' \\t\\n\\r')")), 5), name='a_complaint_says_what_is_expected'),
                        models.CheckConstraint(condition=models.Q(django.db.models.lookups.Exact(django.db.models.functions.text.Lower(models.Func(models.F('description'), output_field=models.TextField(), template="btrim(regexp_replace(normalize(%(expressions)s, NFC), '[\\u00AD\\u200B-\\u200F\\u2060\\uFEFF]', '', 'g'), E' \\t\\n\\r')")), django.db.models.functions.text.Lower(models.Func(models.F('expected_resolution'), output_field=models.TextField(), template="btrim(regexp_replace(normalize(%(expressions)s, NFC), '[\\u00AD\\u200B-\\u200F\\u2060\\uFEFF]', '', 'g'), E' \\t\\n\\r')"))), _negated=True), name='what_is_expected_is_not_the_description'),
                        models.CheckConstraint(condition=django.db.models.lookups.LessThanOrEqual(django.db.models.functions.text.Length('notes'), 500), name='complaint_notes_have_at_most_500_characters'),
                        models.CheckConstraint(condition=models.Q(django.db.models.lookups.LessThanOrEqual(django.db.models.functions.text.Length('description'), 4000), django.db.models.lookups.LessThanOrEqual(django.db.models.functions.text.Length('expected_resolution'), 1000)), name='a_complaint_has_an_end'),
                        models.CheckConstraint(condition=models.Q(('disputed_amount__isnull', True), models.Q(('disputed_amount__gt', 0), ('disputed_amount__lt', 1000000000000)), _connector='OR'), name='a_disputed_amount_is_positive'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='what_was_complained_of_stays', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    -- A receipt is attached, once; the disputed amount follows its own lines.\n                    IF TG_OP = 'UPDATE' THEN\n                        IF to_jsonb(NEW) - ARRAY['receipt_id', 'disputed_amount']\n                           = to_jsonb(OLD) - ARRAY['receipt_id', 'disputed_amount']\n                           AND (OLD.receipt_id IS NULL OR NEW.receipt_id = OLD.receipt_id)\n                        THEN\n                            RETURN NEW;\n                        END IF;\n                    END IF;\n                    RAISE EXCEPTION 'what was complained of stays as it was'\n                        USING ERRCODE = 'check_violation',\n                              CONSTRAINT = 'what_was_complained_of_stays';\n                    ", hash='9de923d36d9da5d5c62971b1930995551dbb6bc9', operation='UPDATE OR DELETE', pgid='pgtrigger_what_was_complained_of_stays_e3062', table='complaints_complaint', when='BEFORE')),
                        pgtrigger.compiler.Trigger(name='category_and_priority_follow_the_name', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE wanted complaints_complaintcategory; begun cases_case;', func="\n                    SELECT g.* INTO wanted FROM complaints_complaintcategory g\n                      JOIN complaints_complaintsubcategory s ON s.category_id = g.id\n                      JOIN complaints_complaintname n ON n.subcategory_id = s.id\n                     WHERE n.id = NEW.name_id;\n                    SELECT c.* INTO begun FROM cases_case c WHERE c.id = NEW.case_id;\n                    NEW.category_id := wanted.id;\n                    IF begun.kind IS DISTINCT FROM 'COMPLAINT'\n                       OR begun.status IS DISTINCT FROM 'PENDING' THEN\n                        RAISE EXCEPTION 'a complaint is about a new case of its kind'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'a_complaint_is_a_new_case_of_its_kind';\n                    END IF;\n                    IF begun.topic IS DISTINCT FROM wanted.code THEN\n                        RAISE EXCEPTION 'the topic is the category''s'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'topic_follows_the_category';\n                    END IF;\n                    IF begun.priority IS DISTINCT FROM wanted.priority THEN\n                        RAISE EXCEPTION 'the priority is the category''s'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'priority_follows_the_category';\n                    END IF;\n                    IF NEW.incident_on > (begun.created_at AT TIME ZONE (SELECT u.time_zone\n                          FROM organisation_utility u WHERE u.id = 1))::date THEN\n                        RAISE EXCEPTION 'an incident lies in the past'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'an_incident_lies_in_the_past';\n                    END IF;\n                    RETURN NEW;\n                    ", hash='a9149d4e19a11b1bc6031927c4d165dae28952df', operation='INSERT', pgid='pgtrigger_category_and_priority_follow_the_name_fd0aa', table='complaints_complaint', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='ComplaintSettings',
                fields=[
                    ('id', models.PositiveSmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                    ('longest_incident_days', models.PositiveSmallIntegerField(default=365, help_text='How long ago an incident may lie.', verbose_name='oldest incident (days)')),
                    ('reopen_within_days', models.PositiveSmallIntegerField(default=30, help_text='How long after its end it can be reopened.', verbose_name='reopen within (days)')),
                    ('draft_kept_days', models.PositiveSmallIntegerField(default=7, help_text='Then a draft goes with its files.', verbose_name='drafts are kept (days)')),
                    ('most_files', models.PositiveSmallIntegerField(default=5, verbose_name='files per complaint')),
                    ('most_megabytes', models.PositiveSmallIntegerField(default=50, verbose_name='megabytes per complaint')),
                ],
                options={
                    'verbose_name': 'complaint settings',
                    'verbose_name_plural': 'complaint settings',
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('id', 1)), name='complaint_settings_are_one_row'),
                        models.CheckConstraint(condition=models.Q(('longest_incident_days__range', (1, 3650))), name='an_incident_lies_within_ten_years'),
                        models.CheckConstraint(condition=models.Q(('reopen_within_days__range', (1, 365))), name='reopening_ends_within_a_year'),
                        models.CheckConstraint(condition=models.Q(('draft_kept_days__range', (1, 90))), name='a_draft_is_kept_for_some_days'),
                        models.CheckConstraint(condition=models.Q(('most_files__range', (1, 20))), name='a_complaint_takes_some_files'),
                        models.CheckConstraint(condition=models.Q(('most_megabytes__range', (1, 200))), name='a_complaint_takes_some_megabytes'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "complaints_complaintsettingsevent" ("draft_kept_days", "id", "longest_incident_days", "most_files", "most_megabytes", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reopen_within_days") VALUES (NEW."draft_kept_days", NEW."id", NEW."longest_incident_days", NEW."most_files", NEW."most_megabytes", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reopen_within_days"); RETURN NULL;', hash='d51c1d50ab9ef235d17f7299f8948bb987fc8ead', operation='INSERT', pgid='pgtrigger_insert_insert_5c11f', table='complaints_complaintsettings', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "complaints_complaintsettingsevent" ("draft_kept_days", "id", "longest_incident_days", "most_files", "most_megabytes", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reopen_within_days") VALUES (NEW."draft_kept_days", NEW."id", NEW."longest_incident_days", NEW."most_files", NEW."most_megabytes", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reopen_within_days"); RETURN NULL;', hash='8ab3eed2f87b54030e1dc1ef219f9994586d4179', operation='UPDATE', pgid='pgtrigger_update_update_ed2ba', table='complaints_complaintsettings', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='ComplaintSettingsEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.PositiveSmallIntegerField(default=1, editable=False, serialize=False)),
                    ('longest_incident_days', models.PositiveSmallIntegerField(default=365, help_text='How long ago an incident may lie.', verbose_name='oldest incident (days)')),
                    ('reopen_within_days', models.PositiveSmallIntegerField(default=30, help_text='How long after its end it can be reopened.', verbose_name='reopen within (days)')),
                    ('draft_kept_days', models.PositiveSmallIntegerField(default=7, help_text='Then a draft goes with its files.', verbose_name='drafts are kept (days)')),
                    ('most_files', models.PositiveSmallIntegerField(default=5, verbose_name='files per complaint')),
                    ('most_megabytes', models.PositiveSmallIntegerField(default=50, verbose_name='megabytes per complaint')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='complaints.complaintsettings')),
                ],
                options={
                    'abstract': False,
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='5d444b0370ab38fc54e759ef5016116b74ca6ce6', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_31b5e', table='complaints_complaintsettingsevent', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Evidence',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('position', models.PositiveSmallIntegerField()),
                    ('complaint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='evidence', to='complaints.complaint')),
                    ('file', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='documents.storedfile')),
                ],
                options={
                    'verbose_name_plural': 'evidence',
                    'constraints': [
                        models.UniqueConstraint(fields=('complaint', 'position'), name='a_place_holds_one_piece_of_evidence'),
                        models.CheckConstraint(condition=models.Q(('position__gte', 1)), name='evidence_begins_at_1'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='evidence_is_within_limits', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE files integer; bytes bigint; most_files integer; most_megabytes bigint;', func="\n    -- The row above is held, so that parallel uploads are counted one after the other (F2).\n    PERFORM 1 FROM complaints_complaint WHERE case_id = NEW.complaint_id FOR UPDATE;\n    SELECT count(*), coalesce(sum(f.size), 0) INTO files, bytes\n      FROM complaints_evidence e JOIN documents_storedfile f ON f.id = e.file_id WHERE e.complaint_id = NEW.complaint_id;\n    SELECT f.size + bytes INTO bytes FROM documents_storedfile f WHERE f.id = NEW.file_id;\n    SELECT s.most_files, s.most_megabytes INTO most_files, most_megabytes\n      FROM complaints_complaintsettings s WHERE s.id = 1;\n    IF files >= most_files THEN\n        RAISE EXCEPTION 'too many files' USING ERRCODE = 'check_violation',\n            CONSTRAINT = 'complaint_takes_so_many_files';\n    END IF;\n    IF bytes > most_megabytes * 1024 * 1024 THEN\n        RAISE EXCEPTION 'too many bytes' USING ERRCODE = 'check_violation',\n            CONSTRAINT = 'complaint_takes_so_many_bytes';\n    END IF;\n    RETURN NEW;\n", hash='e78e0d4c20e427b130a7c3f7c69c6b21688283fe', operation='INSERT', pgid='pgtrigger_evidence_is_within_limits_14102', table='complaints_evidence', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Reopening',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('had_ended_at', models.DateTimeField()),
                    ('reopened_at', models.DateTimeField()),
                    ('complaint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reopenings', to='complaints.complaint')),
                    ('reopened_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(fields=('complaint', 'had_ended_at'), name='an_end_is_reopened_once'),
                        models.CheckConstraint(condition=models.Q(('reopened_at__gte', models.F('had_ended_at'))), name='a_complaint_is_reopened_after_its_end'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='a_reopening_is_in_its_window', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE ended cases_case; days integer;', func="\n                    SELECT c.* INTO ended FROM cases_case c WHERE c.id = NEW.complaint_id;\n                    SELECT s.reopen_within_days INTO days\n                      FROM complaints_complaintsettings s WHERE s.id = 1;\n                    IF ended.ended_at IS DISTINCT FROM NEW.had_ended_at\n                       OR NEW.reopened_at > NEW.had_ended_at + make_interval(days => days)\n                       OR NEW.reopened_at > clock_timestamp() + interval '5 seconds'\n                    THEN\n                        RAISE EXCEPTION 'too late to reopen'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'a_reopening_is_in_its_window';\n                    END IF;\n                    RETURN NEW;\n                    ", hash='9cff9a0fb11c310ea3ba305b342ba4fa4fb335b5', operation='INSERT', pgid='pgtrigger_a_reopening_is_in_its_window_adbb2', table='complaints_reopening', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Complainant',
                fields=[
                    ('complaint', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='complainant', serialize=False, to='complaints.complaint')),
                    ('name', models.CharField(max_length=120)),
                    ('phone', models.CharField(blank=True, max_length=40)),
                    ('email', models.EmailField(blank=True, max_length=254)),
                    ('service_address', models.CharField(blank=True, max_length=200)),
                    ('customer_type', models.CharField(blank=True, choices=[('RESIDENTIAL', 'Residential'), ('COMMERCIAL', 'Commercial'), ('INDUSTRIAL', 'Industrial'), ('OTHER', 'Other')], max_length=15)),
                    ('account_said', models.CharField(blank=True, help_text='We found no such account.', max_length=40, verbose_name='account number as told')),
                    ('phone_digits', models.CharField(blank=True, db_default='', default='', editable=False, max_length=20)),
                    ('search_text', models.TextField(blank=True, db_default='', default='', editable=False, help_text='Name, address and account, upper case and without accents.')),
                ],
                options={
                    'indexes': [
                        django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(models.F('search_text'), name='gin_trgm_ops'), name='complainant_by_text'),
                        models.Index(django.contrib.postgres.indexes.OpClass(models.F('phone_digits'), name='text_pattern_ops'), name='complainant_by_phone'),
                        models.Index(django.contrib.postgres.indexes.OpClass(models.Func(models.F('phone_digits'), function='reverse'), 'text_pattern_ops'), name='complainant_by_phone_end'),
                        models.Index(django.contrib.postgres.indexes.OpClass(django.db.models.functions.text.Right('phone_digits', 10), name='text_pattern_ops'), name='complainant_by_phone_last_ten'),
                    ],
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='a_complainant_has_a_name'),
                        models.CheckConstraint(condition=models.Q(models.Q(('phone', ''), _negated=True), models.Q(('email', ''), _negated=True), _connector='OR'), name='a_complainant_can_be_reached'),
                        models.CheckConstraint(condition=models.Q(('customer_type__in', ['RESIDENTIAL', 'COMMERCIAL', 'INDUSTRIAL', 'OTHER', ''])), name='customer_type_is_known'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='complainants_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='2aa1a24159751c9b228e78a6fc8fd0f32d0c9381', operation='UPDATE OR DELETE', pgid='pgtrigger_complainants_stay_c8d0d', table='complaints_complainant', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Rating',
                fields=[
                    ('complaint', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='rating', serialize=False, to='complaints.complaint')),
                    ('stars', models.PositiveSmallIntegerField(help_text='1 to 5.')),
                    ('rated_at', models.DateTimeField()),
                    ('comment', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='trail.personaltext')),
                ],
                options={
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('stars__range', (1, 5))), name='a_rating_has_1_to_5'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='what_was_resolved_is_rated', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NOT EXISTS (SELECT 1 FROM cases_case c WHERE c.id = NEW.complaint_id\n                                    AND c.status IN ('RESOLVED', 'REJECTED')) THEN\n                        RAISE EXCEPTION 'only what was decided is rated'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'what_was_resolved_is_rated';\n                    END IF;\n                    RETURN NEW;\n                    ", hash='5aa031ca7deec27d2fa584097c929e38c9afde8b', operation='INSERT', pgid='pgtrigger_what_was_resolved_is_rated_baf97', table='complaints_rating', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='ComplaintDraft',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('typed', models.JSONField(default=dict, help_text='Field → list of values, step by step.')),
                    ('form_key', models.UUIDField(default=uuid.uuid4, help_text='Of the submit at the end.')),
                    ('begun_at', models.DateTimeField()),
                    ('saved_at', models.DateTimeField()),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'indexes': [
                        models.Index(fields=['person', '-saved_at'], name='draft_by_person'),
                        models.Index(fields=['saved_at'], name='draft_by_age'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='DraftFile',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('added_at', models.DateTimeField()),
                    ('draft', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='complaints.complaintdraft')),
                    ('file', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='documents.pendingfile')),
                ],
                options={
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='a_draft_is_within_limits', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE files integer; bytes bigint; most_files integer; most_megabytes bigint;', func="\n    -- The row above is held, so that parallel uploads are counted one after the other (F2).\n    PERFORM 1 FROM complaints_complaintdraft WHERE id = NEW.draft_id FOR UPDATE;\n    SELECT count(*), coalesce(sum(f.size), 0) INTO files, bytes\n      FROM complaints_draftfile e JOIN documents_pendingfile f ON f.id = e.file_id WHERE e.draft_id = NEW.draft_id;\n    SELECT f.size + bytes INTO bytes FROM documents_pendingfile f WHERE f.id = NEW.file_id;\n    SELECT s.most_files, s.most_megabytes INTO most_files, most_megabytes\n      FROM complaints_complaintsettings s WHERE s.id = 1;\n    IF files >= most_files THEN\n        RAISE EXCEPTION 'too many files' USING ERRCODE = 'check_violation',\n            CONSTRAINT = 'draft_takes_so_many_files';\n    END IF;\n    IF bytes > most_megabytes * 1024 * 1024 THEN\n        RAISE EXCEPTION 'too many bytes' USING ERRCODE = 'check_violation',\n            CONSTRAINT = 'draft_takes_so_many_bytes';\n    END IF;\n    RETURN NEW;\n", hash='158dda666f44c699338bf1658521f94648c7aa71', operation='INSERT', pgid='pgtrigger_a_draft_is_within_limits_ddb49', table='complaints_draftfile', when='BEFORE')),
                    ],
                },
            ),
        ]),
    ]
