"""Cases, their clocks, holds and approvals, and how they are counted."""

import datetime

import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.comparison
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models

from smart360.kernel.migrations._together import CreateTogether


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("cases", "0002_initial"),
        ("cases", "0005_holds_and_due_times_stay"),
        ("cases", "0006_cases_are_tallied"),
        ("cases", "0009_lists_are_read_by_index"),
        ("cases", "0011_changes_of_tallies_are_known"),
        ("cases", "0012_ended_cases_keep_their_times"),
        ("cases", "0014_approvals_are_decided_once"),
        ("cases", "0016_disconnections_complete_by_execution"),
        ("cases", "0017_requests_complete_by_execution"),
        ("cases", "0018_runs_follow_their_requests"),
        ("cases", "0019_complaints_are_decided_and_reopened"),
        ("cases", "0020_decided_complaints_say_how"),
        ("cases", "0022_policies_name_their_category"),
        ("cases", "0023_cases_know_their_topic"),
        ("cases", "0025_each_list_has_its_indexes"),
    ]

    dependencies = [
        ("complaints", "0001_categories"),
        ("consumers", "0001_tables"),
        ("kernel", "0001_extensions"),
        ("organisation", "0001_tables"),
        ("pghistory", "0007_auto_20250421_0444"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateTogether([
            migrations.CreateModel(
                name='HoldReason',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.CharField(max_length=30)),
                    ('label', models.CharField(max_length=80)),
                    ('waits_for', models.CharField(choices=[('CONSUMER', 'Consumer'), ('SCHEDULED_DATE', 'Scheduled date'), ('FIELD', 'Field work'), ('US', 'Us'), ('OTHER', 'Somebody else')], max_length=20)),
                    ('pauses', models.BooleanField(default=False, help_text='The resolution clock pauses.')),
                    ('is_active', models.BooleanField(default=True, help_text='Retire a reason; never delete it.')),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(fields=('code',), name='hold_reason_code_is_taken_once'),
                        models.CheckConstraint(condition=models.Q(('waits_for__in', ['CONSUMER', 'SCHEDULED_DATE', 'FIELD', 'US', 'OTHER'])), name='hold_waits_for_somebody_known'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "cases_holdreasonevent" ("code", "id", "is_active", "label", "pauses", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "waits_for") VALUES (NEW."code", NEW."id", NEW."is_active", NEW."label", NEW."pauses", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."waits_for"); RETURN NULL;', hash='430f083b31024e73148860a63447f7bd0972ea3f', operation='INSERT', pgid='pgtrigger_insert_insert_848c5', table='cases_holdreason', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "cases_holdreasonevent" ("code", "id", "is_active", "label", "pauses", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "waits_for") VALUES (NEW."code", NEW."id", NEW."is_active", NEW."label", NEW."pauses", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."waits_for"); RETURN NULL;', hash='326370ceb61295d1ffe163d7fbe0e9f7503a5a62', operation='UPDATE', pgid='pgtrigger_update_update_30092', table='cases_holdreason', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='HoldReasonEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('code', models.CharField(max_length=30)),
                    ('label', models.CharField(max_length=80)),
                    ('waits_for', models.CharField(choices=[('CONSUMER', 'Consumer'), ('SCHEDULED_DATE', 'Scheduled date'), ('FIELD', 'Field work'), ('US', 'Us'), ('OTHER', 'Somebody else')], max_length=20)),
                    ('pauses', models.BooleanField(default=False, help_text='The resolution clock pauses.')),
                    ('is_active', models.BooleanField(default=True, help_text='Retire a reason; never delete it.')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='cases.holdreason')),
                ],
                options={
                    'abstract': False,
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='cf9baca2392b741c9f1147bc938bf30f240b3c23', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_86810', table='cases_holdreasonevent', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='SlaPolicy',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('DISCONNECTION', 'Disconnection'), ('RECONNECTION', 'Reconnection'), ('COMPLAINT', 'Complaint')], max_length=15)),
                    ('priority', models.CharField(blank=True, choices=[('CRITICAL', 'Critical'), ('HIGH', 'High'), ('MEDIUM', 'Medium'), ('LOW', 'Low')], help_text='Empty: every priority.', max_length=10)),
                    ('for_vip', models.BooleanField(default=False, help_text='Only for VIP consumers.')),
                    ('acknowledgement_minutes', models.PositiveIntegerField(default=120)),
                    ('response_minutes', models.PositiveIntegerField(default=240)),
                    ('resolution_minutes', models.PositiveIntegerField(default=1440)),
                    ('warn_percent', models.PositiveSmallIntegerField(default=75)),
                    ('valid_from', models.DateTimeField()),
                    ('replaced_at', models.DateTimeField(blank=True, editable=False, null=True)),
                    ('calendar', models.ForeignKey(blank=True, help_text='Empty: round the clock.', null=True, on_delete=django.db.models.deletion.PROTECT, to='organisation.businesscalendar')),
                    ('topic', models.ForeignKey(blank=True, help_text='Only for complaints of this category. Empty: every category.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='complaints.complaintcategory', to_field='code', verbose_name='category')),
                ],
                options={
                    'verbose_name': 'SLA policy',
                    'verbose_name_plural': 'SLA policies',
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('acknowledgement_minutes__gt', 0), ('response_minutes__gte', models.F('acknowledgement_minutes')), ('resolution_minutes__gte', models.F('response_minutes'))), name='sla_targets_follow_each_other'),
                        models.CheckConstraint(condition=models.Q(('resolution_minutes__lte', 525600)), name='sla_target_is_below_a_year'),
                        models.CheckConstraint(condition=models.Q(('warn_percent__range', (1, 99))), name='sla_warns_before_the_end'),
                        models.CheckConstraint(condition=models.Q(('kind__in', ['DISCONNECTION', 'RECONNECTION', 'COMPLAINT'])), name='sla_kind_is_known'),
                        models.UniqueConstraint(condition=models.Q(('replaced_at__isnull', True)), fields=('kind', 'priority', 'topic', 'for_vip'), name='one_sla_policy_in_force_for_each_case', nulls_distinct=False),
                        models.CheckConstraint(condition=models.Q(('topic__isnull', True), ('kind', 'COMPLAINT'), _connector='OR'), name='only_complaints_have_topics'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "cases_slapolicyevent" ("acknowledgement_minutes", "calendar_id", "for_vip", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "priority", "replaced_at", "resolution_minutes", "response_minutes", "topic_id", "valid_from", "warn_percent") VALUES (NEW."acknowledgement_minutes", NEW."calendar_id", NEW."for_vip", NEW."id", NEW."kind", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."priority", NEW."replaced_at", NEW."resolution_minutes", NEW."response_minutes", NEW."topic_id", NEW."valid_from", NEW."warn_percent"); RETURN NULL;', hash='d874a69dba226eb98a7583a08558d2c31782a7ff', operation='INSERT', pgid='pgtrigger_insert_insert_4fe93', table='cases_slapolicy', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "cases_slapolicyevent" ("acknowledgement_minutes", "calendar_id", "for_vip", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "priority", "replaced_at", "resolution_minutes", "response_minutes", "topic_id", "valid_from", "warn_percent") VALUES (NEW."acknowledgement_minutes", NEW."calendar_id", NEW."for_vip", NEW."id", NEW."kind", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."priority", NEW."replaced_at", NEW."resolution_minutes", NEW."response_minutes", NEW."topic_id", NEW."valid_from", NEW."warn_percent"); RETURN NULL;', hash='c3cc020ed274d6be7388111c9a5100681bc40285', operation='UPDATE', pgid='pgtrigger_update_update_445d8', table='cases_slapolicy', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Case',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.CharField(max_length=20)),
                    ('kind', models.CharField(choices=[('DISCONNECTION', 'Disconnection'), ('RECONNECTION', 'Reconnection'), ('COMPLAINT', 'Complaint')], max_length=15)),
                    ('status', models.CharField(choices=[('PENDING', 'Pending'), ('IN_PROGRESS', 'In Progress'), ('ON_HOLD', 'On Hold'), ('COMPLETED', 'Completed'), ('CLOSED', 'Closed'), ('RESOLVED', 'Resolved'), ('REJECTED', 'Rejected')], default='PENDING', max_length=15)),
                    ('version', models.PositiveIntegerField(default=1, help_text='Grows with each status change.')),
                    ('priority', models.CharField(choices=[('CRITICAL', 'Critical'), ('HIGH', 'High'), ('MEDIUM', 'Medium'), ('LOW', 'Low')], max_length=10)),
                    ('notifies_consumer', models.BooleanField(help_text='Whether courtesy messages go out.')),
                    ('created_at', models.DateTimeField()),
                    ('updated_at', models.DateTimeField()),
                    ('acknowledged_at', models.DateTimeField(blank=True, null=True)),
                    ('responded_at', models.DateTimeField(blank=True, null=True)),
                    ('ended_at', models.DateTimeField(blank=True, null=True)),
                    ('closing_reason', models.CharField(blank=True, choices=[('ISSUE_RESOLVED', 'Issue resolved'), ('DUPLICATE', 'Duplicate request'), ('CANCELLED', 'Cancelled by consumer'), ('NO_RESPONSE', 'No consumer response'), ('OTHER', 'Other')], max_length=20)),
                    ('closing_note', models.TextField(blank=True)),
                    ('due_at', models.DateTimeField(help_text='Creation plus resolution time; never changes by holds.')),
                    ('adjusted_due_at', models.DateTimeField(blank=True, help_text='Follows holds; empty while a hold has no known end.', null=True)),
                    ('warns_at', models.DateTimeField(blank=True, null=True)),
                    ('breaches_at', models.DateTimeField(blank=True, null=True)),
                    ('next_alert_at', models.DateTimeField(blank=True, help_text='When the next warning or escalation is to be raised.', null=True)),
                    ('acknowledged_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('assignee', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('consumer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='consumers.consumer')),
                    ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('ended_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('responded_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('updated_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('policy', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.slapolicy')),
                    ('resolution_time', models.DurationField(blank=True, help_text='Counted time from creation to the end (SLA4).', null=True)),
                    ('topic', models.CharField(blank=True, db_default='', default='', help_text="Code of a complaint's category.", max_length=30)),
                ],
                options={
                    'indexes': [
                        models.Index(condition=models.Q(('status__in', ('PENDING', 'IN_PROGRESS', 'ON_HOLD')), ('next_alert_at__isnull', False)), fields=['next_alert_at'], name='case_to_alert'),
                        models.Index(fields=['consumer', '-created_at'], name='case_by_consumer'),
                        models.Index(django.contrib.postgres.indexes.OpClass(models.F('number'), 'varchar_pattern_ops'), name='case_by_number_begun'),
                        models.Index(django.db.models.functions.comparison.Coalesce(models.F('adjusted_due_at'), models.Value(datetime.datetime(9999, 1, 1, 0, 0, tzinfo=datetime.UTC))), models.F('id'), condition=models.Q(('status__in', ('PENDING', 'IN_PROGRESS', 'ON_HOLD')), ('kind__in', ('DISCONNECTION', 'RECONNECTION'))), name='open_request_by_due'),
                        models.Index(models.OrderBy(models.F('created_at'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('status__in', ('PENDING', 'IN_PROGRESS', 'ON_HOLD')), ('kind__in', ('DISCONNECTION', 'RECONNECTION'))), name='open_request_by_age'),
                        models.Index(models.Case(models.When(priority='CRITICAL', then=models.Value(0)), models.When(priority='HIGH', then=models.Value(1)), models.When(priority='MEDIUM', then=models.Value(2)), models.When(priority='LOW', then=models.Value(3)), output_field=models.IntegerField()), django.db.models.functions.comparison.Coalesce(models.F('adjusted_due_at'), models.Value(datetime.datetime(9999, 1, 1, 0, 0, tzinfo=datetime.UTC))), models.F('id'), condition=models.Q(('status__in', ('PENDING', 'IN_PROGRESS', 'ON_HOLD')), ('kind__in', ('DISCONNECTION', 'RECONNECTION'))), name='open_request_by_urgency'),
                        models.Index(models.F('status'), models.F('created_at'), models.F('id'), condition=models.Q(('status__in', ('PENDING', 'IN_PROGRESS', 'ON_HOLD')), ('kind__in', ('DISCONNECTION', 'RECONNECTION'))), name='open_request_by_status'),
                        models.Index(models.F('kind'), models.F('number'), condition=models.Q(('status__in', ('PENDING', 'IN_PROGRESS', 'ON_HOLD')), ('kind__in', ('DISCONNECTION', 'RECONNECTION'))), name='open_request_by_number'),
                        models.Index(django.db.models.functions.comparison.Coalesce(models.F('adjusted_due_at'), models.Value(datetime.datetime(9999, 1, 1, 0, 0, tzinfo=datetime.UTC))), models.F('id'), condition=models.Q(('status__in', ('COMPLETED', 'CLOSED', 'RESOLVED', 'REJECTED')), ('kind__in', ('DISCONNECTION', 'RECONNECTION'))), name='ended_request_by_due'),
                        models.Index(models.OrderBy(models.F('created_at'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('status__in', ('COMPLETED', 'CLOSED', 'RESOLVED', 'REJECTED')), ('kind__in', ('DISCONNECTION', 'RECONNECTION'))), name='ended_request_by_age'),
                        models.Index(models.Case(models.When(priority='CRITICAL', then=models.Value(0)), models.When(priority='HIGH', then=models.Value(1)), models.When(priority='MEDIUM', then=models.Value(2)), models.When(priority='LOW', then=models.Value(3)), output_field=models.IntegerField()), django.db.models.functions.comparison.Coalesce(models.F('adjusted_due_at'), models.Value(datetime.datetime(9999, 1, 1, 0, 0, tzinfo=datetime.UTC))), models.F('id'), condition=models.Q(('status__in', ('COMPLETED', 'CLOSED', 'RESOLVED', 'REJECTED')), ('kind__in', ('DISCONNECTION', 'RECONNECTION'))), name='ended_request_by_urgency'),
                        models.Index(models.F('status'), models.F('created_at'), models.F('id'), condition=models.Q(('status__in', ('COMPLETED', 'CLOSED', 'RESOLVED', 'REJECTED')), ('kind__in', ('DISCONNECTION', 'RECONNECTION'))), name='ended_request_by_status'),
                        models.Index(models.F('kind'), models.F('number'), condition=models.Q(('status__in', ('COMPLETED', 'CLOSED', 'RESOLVED', 'REJECTED')), ('kind__in', ('DISCONNECTION', 'RECONNECTION'))), name='ended_request_by_number'),
                        models.Index(models.F('status'), django.db.models.functions.comparison.Coalesce(models.F('adjusted_due_at'), models.Value(datetime.datetime(9999, 1, 1, 0, 0, tzinfo=datetime.UTC))), models.F('id'), condition=models.Q(('status__in', ('PENDING', 'IN_PROGRESS', 'ON_HOLD')), ('kind__in', ('DISCONNECTION', 'RECONNECTION'))), name='open_request_by_status_due'),
                        models.Index(condition=models.Q(('status__in', ('PENDING', 'IN_PROGRESS', 'ON_HOLD')), ('kind__in', ('DISCONNECTION', 'RECONNECTION'))), fields=['breaches_at', 'id'], name='open_request_by_breach'),
                        models.Index(condition=models.Q(('status__in', ('PENDING', 'IN_PROGRESS', 'ON_HOLD')), ('kind__in', ('DISCONNECTION', 'RECONNECTION'))), fields=['assignee', 'breaches_at'], name='open_request_by_assignee'),
                        models.Index(condition=models.Q(('status__in', ('COMPLETED', 'CLOSED', 'RESOLVED', 'REJECTED')), ('kind__in', ('DISCONNECTION', 'RECONNECTION'))), fields=['ended_at'], name='ended_request_by_end'),
                        models.Index(models.F('kind'), models.F('status'), models.F('priority'), django.db.models.functions.comparison.Coalesce(models.F('adjusted_due_at'), models.Value(datetime.datetime(9999, 1, 1, 0, 0, tzinfo=datetime.UTC))), models.F('id'), condition=models.Q(('status__in', ('PENDING', 'IN_PROGRESS', 'ON_HOLD')), ('kind__in', ('DISCONNECTION', 'RECONNECTION'))), name='open_request_by_what_it_is'),
                        models.Index(django.db.models.functions.comparison.Coalesce(models.F('adjusted_due_at'), models.Value(datetime.datetime(9999, 1, 1, 0, 0, tzinfo=datetime.UTC))), models.F('id'), condition=models.Q(('status__in', ('PENDING', 'IN_PROGRESS', 'ON_HOLD')), ('kind', 'COMPLAINT')), name='open_complaint_by_due'),
                        models.Index(models.OrderBy(models.F('created_at'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('status__in', ('PENDING', 'IN_PROGRESS', 'ON_HOLD')), ('kind', 'COMPLAINT')), name='open_complaint_by_age'),
                        models.Index(models.Case(models.When(priority='CRITICAL', then=models.Value(0)), models.When(priority='HIGH', then=models.Value(1)), models.When(priority='MEDIUM', then=models.Value(2)), models.When(priority='LOW', then=models.Value(3)), output_field=models.IntegerField()), django.db.models.functions.comparison.Coalesce(models.F('adjusted_due_at'), models.Value(datetime.datetime(9999, 1, 1, 0, 0, tzinfo=datetime.UTC))), models.F('id'), condition=models.Q(('status__in', ('PENDING', 'IN_PROGRESS', 'ON_HOLD')), ('kind', 'COMPLAINT')), name='open_complaint_by_urgency'),
                        models.Index(models.F('status'), models.F('created_at'), models.F('id'), condition=models.Q(('status__in', ('PENDING', 'IN_PROGRESS', 'ON_HOLD')), ('kind', 'COMPLAINT')), name='open_complaint_by_status'),
                        models.Index(models.F('kind'), models.F('number'), condition=models.Q(('status__in', ('PENDING', 'IN_PROGRESS', 'ON_HOLD')), ('kind', 'COMPLAINT')), name='open_complaint_by_number'),
                        models.Index(django.db.models.functions.comparison.Coalesce(models.F('adjusted_due_at'), models.Value(datetime.datetime(9999, 1, 1, 0, 0, tzinfo=datetime.UTC))), models.F('id'), condition=models.Q(('status__in', ('COMPLETED', 'CLOSED', 'RESOLVED', 'REJECTED')), ('kind', 'COMPLAINT')), name='ended_complaint_by_due'),
                        models.Index(models.OrderBy(models.F('created_at'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('status__in', ('COMPLETED', 'CLOSED', 'RESOLVED', 'REJECTED')), ('kind', 'COMPLAINT')), name='ended_complaint_by_age'),
                        models.Index(models.Case(models.When(priority='CRITICAL', then=models.Value(0)), models.When(priority='HIGH', then=models.Value(1)), models.When(priority='MEDIUM', then=models.Value(2)), models.When(priority='LOW', then=models.Value(3)), output_field=models.IntegerField()), django.db.models.functions.comparison.Coalesce(models.F('adjusted_due_at'), models.Value(datetime.datetime(9999, 1, 1, 0, 0, tzinfo=datetime.UTC))), models.F('id'), condition=models.Q(('status__in', ('COMPLETED', 'CLOSED', 'RESOLVED', 'REJECTED')), ('kind', 'COMPLAINT')), name='ended_complaint_by_urgency'),
                        models.Index(models.F('status'), models.F('created_at'), models.F('id'), condition=models.Q(('status__in', ('COMPLETED', 'CLOSED', 'RESOLVED', 'REJECTED')), ('kind', 'COMPLAINT')), name='ended_complaint_by_status'),
                        models.Index(models.F('kind'), models.F('number'), condition=models.Q(('status__in', ('COMPLETED', 'CLOSED', 'RESOLVED', 'REJECTED')), ('kind', 'COMPLAINT')), name='ended_complaint_by_number'),
                        models.Index(models.F('status'), django.db.models.functions.comparison.Coalesce(models.F('adjusted_due_at'), models.Value(datetime.datetime(9999, 1, 1, 0, 0, tzinfo=datetime.UTC))), models.F('id'), condition=models.Q(('status__in', ('PENDING', 'IN_PROGRESS', 'ON_HOLD')), ('kind', 'COMPLAINT')), name='open_complaint_by_status_due'),
                        models.Index(condition=models.Q(('status__in', ('PENDING', 'IN_PROGRESS', 'ON_HOLD')), ('kind', 'COMPLAINT')), fields=['breaches_at', 'id'], name='open_complaint_by_breach'),
                        models.Index(condition=models.Q(('status__in', ('PENDING', 'IN_PROGRESS', 'ON_HOLD')), ('kind', 'COMPLAINT')), fields=['assignee', 'breaches_at'], name='open_complaint_by_assignee'),
                        models.Index(condition=models.Q(('status__in', ('COMPLETED', 'CLOSED', 'RESOLVED', 'REJECTED')), ('kind', 'COMPLAINT')), fields=['ended_at'], name='ended_complaint_by_end'),
                        models.Index(models.F('topic'), django.db.models.functions.comparison.Coalesce(models.F('adjusted_due_at'), models.Value(datetime.datetime(9999, 1, 1, 0, 0, tzinfo=datetime.UTC))), models.F('id'), condition=models.Q(('status__in', ('PENDING', 'IN_PROGRESS', 'ON_HOLD')), ('kind', 'COMPLAINT')), name='open_complaint_by_topic'),
                        models.Index(condition=models.Q(('status__in', ('COMPLETED', 'CLOSED', 'RESOLVED', 'REJECTED')), ('kind', 'COMPLAINT')), fields=['topic', '-created_at', '-id'], name='ended_complaint_by_topic'),
                    ],
                    'constraints': [
                        models.UniqueConstraint(fields=('number',), name='case_number_is_unique'),
                        models.UniqueConstraint(condition=models.Q(('status__in', ('PENDING', 'IN_PROGRESS', 'ON_HOLD')), ('kind__in', ['DISCONNECTION', 'RECONNECTION'])), fields=('consumer',), name='one_open_request_per_account'),
                        models.CheckConstraint(condition=models.Q(('kind__in', ['DISCONNECTION', 'RECONNECTION', 'COMPLAINT'])), name='case_kind_is_known'),
                        models.CheckConstraint(condition=models.Q(('status__in', ['PENDING', 'IN_PROGRESS', 'ON_HOLD', 'COMPLETED', 'CLOSED', 'RESOLVED', 'REJECTED'])), name='case_status_is_known'),
                        models.CheckConstraint(condition=models.Q(('priority__in', ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW'])), name='case_priority_is_known'),
                        models.CheckConstraint(condition=models.Q(('kind', 'COMPLAINT'), ('consumer__isnull', False), _connector='OR'), name='a_request_has_a_consumer'),
                        models.CheckConstraint(condition=models.Q(('status__in', ('COMPLETED', 'CLOSED', 'RESOLVED', 'REJECTED')), ('ended_at__isnull', True), _connector='XOR'), name='an_ended_case_says_when'),
                        models.CheckConstraint(condition=models.Q(models.Q(('closing_reason__in', ['ISSUE_RESOLVED', 'DUPLICATE', 'CANCELLED', 'NO_RESPONSE', 'OTHER']), ('status', 'CLOSED')), models.Q(models.Q(('status', 'CLOSED'), _negated=True), ('closing_reason', '')), _connector='OR'), name='a_closed_case_has_a_reason'),
                        models.CheckConstraint(condition=models.Q(models.Q(('closing_reason', 'OTHER'), _negated=True), ('closing_note__regex', '(\\S\\s*){10,}'), _connector='OR'), name='closing_for_another_reason_says_which'),
                        models.CheckConstraint(condition=models.Q(('status', 'PENDING'), ('status', 'CLOSED'), ('acknowledged_at__isnull', False), _connector='OR'), name='work_begins_with_acknowledgement'),
                        models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['RESOLVED', 'REJECTED']), _negated=True), ('closing_note__regex', '\\S'), _connector='OR'), name='a_decided_complaint_says_how'),
                        models.CheckConstraint(condition=models.Q(('topic', ''), ('kind', 'COMPLAINT'), _connector='OR'), name='only_a_complaint_has_a_topic'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='each_version_has_its_entry', sql=pgtrigger.compiler.UpsertTriggerSql(constraint='CONSTRAINT', func="\n                    IF NOT EXISTS (SELECT 1 FROM trail_entry e WHERE e.case_id = NEW.id\n                                    AND e.case_version = NEW.version\n                                    AND e.new ->> 'status' = NEW.status) THEN\n                        RAISE EXCEPTION 'case % version % has no entry', NEW.number, NEW.version\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'each_version_has_its_entry';\n                    END IF;\n                    RETURN NULL;\n                    ", hash='146d2ff3ec909803160819f8614c6e411754fd07', operation='INSERT OR UPDATE OF "status", "version"', pgid='pgtrigger_each_version_has_its_entry_0dc73', table='cases_case', timing='DEFERRABLE INITIALLY DEFERRED', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='cases_are_never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='8f3e890afbf4bf633eab128d9c38335f48db368b', operation='DELETE', pgid='pgtrigger_cases_are_never_deleted_ae9a8', table='cases_case', when='BEFORE')),
                        pgtrigger.compiler.Trigger(name='a_due_time_moves_with_its_line', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.due_at IS DISTINCT FROM NEW.due_at)', constraint='CONSTRAINT', func="\n                    IF NOT EXISTS (SELECT 1 FROM trail_entry e WHERE e.case_id = NEW.id\n                                    AND e.kind = 'SLA_CORRECTED'\n                                    AND (e.new ->> 'due_at')::timestamptz = NEW.due_at) THEN\n                        RAISE EXCEPTION 'case % is due at another time without a line', NEW.number\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'a_due_time_moves_with_its_line';\n                    END IF;\n                    RETURN NULL;\n                    ", hash='65e429d809bb82dc5fec2fdb8e87ba8da0e00b82', operation='UPDATE OF "due_at"', pgid='pgtrigger_a_due_time_moves_with_its_line_3fd66', table='cases_case', timing='DEFERRABLE INITIALLY DEFERRED', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='an_assignee_changes_with_the_line', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.assignee_id IS DISTINCT FROM NEW.assignee_id)', constraint='CONSTRAINT', func="\n        -- Deferred: what counts is what both say at the end of the transaction.\n        IF (SELECT c.assignee_id FROM cases_case c WHERE c.id = NEW.id) IS DISTINCT FROM\n           (SELECT (e.new ->> 'assignee')::bigint FROM trail_entry e\n             WHERE e.case_id = NEW.id AND e.kind = 'ASSIGNED' ORDER BY e.seq DESC LIMIT 1)\n        THEN\n            RAISE EXCEPTION 'case % has another assignee without a line', NEW.number\n                USING ERRCODE = 'check_violation',\n                      CONSTRAINT = 'an_assignee_changes_with_the_line';\n        END IF;\n        RETURN NULL;\n        ", hash='f435f93a796a73171e7e7ee4c6fe4e434931e5d2', operation='UPDATE OF "assignee_id"', pgid='pgtrigger_an_assignee_changes_with_the_line_d51eb', table='cases_case', timing='DEFERRABLE INITIALLY DEFERRED', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='disconnections_complete_by_execution', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        -- Proof before status: there is no other way to Completed (decision 13, W10).\n        IF NEW.status = 'COMPLETED' AND OLD.status <> 'COMPLETED'\n           AND NEW.kind IN ('DISCONNECTION', 'RECONNECTION')\n           AND NOT EXISTS (SELECT 1 FROM disconnections_execution x WHERE x.request_id = NEW.id)\n        THEN\n            RAISE EXCEPTION 'a request is completed by carrying it out'\n                USING ERRCODE = 'check_violation',\n                      CONSTRAINT = 'disconnections_complete_by_execution';\n        END IF;\n        RETURN NEW;\n        ", hash='59a8a8f5fcc413eedd43069d8e6c97e7b771973b', operation='UPDATE OF "status"', pgid='pgtrigger_disconnections_complete_by_execution_fc1e9', table='cases_case', when='BEFORE')),
                        pgtrigger.compiler.Trigger(name='a_run_follows_its_requests', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.status IS DISTINCT FROM NEW.status)', func="\n        UPDATE disconnections_runaccount a SET outcome = now.outcome, outcome_at = NEW.updated_at\n          FROM (SELECT \nCASE c.status\n     WHEN 'COMPLETED' THEN 'CUT'\n     WHEN 'CLOSED' THEN CASE WHEN c.closing_reason = 'ISSUE_RESOLVED' AND c.ended_by_id IS NULL\n                             THEN 'PAID' ELSE 'CLOSED' END\n     WHEN 'ON_HOLD' THEN coalesce((\n          SELECT CASE r.code WHEN 'ACCOUNT_ARRANGEMENT' THEN 'ARRANGED' ELSE 'STOPPED' END\n            FROM cases_hold h JOIN cases_holdreason r ON r.id = h.reason_id\n           WHERE h.case_id = c.id AND h.ended_at IS NULL AND r.code LIKE 'ACCOUNT\\_%'), 'CREATED')\n     ELSE 'CREATED' END\n AS outcome FROM cases_case c WHERE c.id = NEW.id) now\n         WHERE a.request_id = NEW.id AND a.outcome <> now.outcome;\n        RETURN NULL;\n        ", hash='29fc9e1a52329f36e9a727d8e2427884116f81c7', operation='UPDATE OF "status"', pgid='pgtrigger_a_run_follows_its_requests_34d54', table='cases_case', when='AFTER')),
                        pgtrigger.compiler.Trigger(name='cases_move_along_arrows', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF TG_OP = 'INSERT' THEN\n                        IF NEW.status <> 'PENDING' OR NEW.version <> 1 THEN\n                            RAISE EXCEPTION 'a case begins as Pending'\n                                USING ERRCODE = 'check_violation',\n                                      CONSTRAINT = 'a_case_begins_as_pending';\n                        END IF;\n                        IF NEW.created_at > clock_timestamp() + interval '5 seconds' THEN\n                            RAISE EXCEPTION 'a case cannot begin in the future'\n                                USING ERRCODE = 'check_violation',\n                                      CONSTRAINT = 'a_case_begins_now';\n                        END IF;\n                        RETURN NEW;\n                    END IF;\n                    IF (NEW.number, NEW.kind, NEW.topic, NEW.priority, NEW.policy_id,\n                        NEW.created_at)\n                       IS DISTINCT FROM\n                       (OLD.number, OLD.kind, OLD.topic, OLD.priority, OLD.policy_id,\n                        OLD.created_at)\n                       OR (OLD.consumer_id IS NOT NULL\n                           AND NEW.consumer_id IS DISTINCT FROM OLD.consumer_id)\n                       OR (OLD.created_by_id IS DISTINCT FROM NEW.created_by_id)\n                    THEN\n                        RAISE EXCEPTION 'what a case began with stays'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'the_origin_of_a_case_stays';\n                    END IF;\n                    IF (OLD.acknowledged_at IS NOT NULL AND\n                        (NEW.acknowledged_at, NEW.acknowledged_by_id)\n                        IS DISTINCT FROM (OLD.acknowledged_at, OLD.acknowledged_by_id))\n                       OR (OLD.responded_at IS NOT NULL AND\n                        (NEW.responded_at, NEW.responded_by_id)\n                        IS DISTINCT FROM (OLD.responded_at, OLD.responded_by_id))\n                    THEN\n                        RAISE EXCEPTION 'a milestone of a case is reached once'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'a_milestone_is_reached_once';\n                    END IF;\n                    IF NEW.status = OLD.status THEN\n                        IF NEW.version <> OLD.version THEN\n                            RAISE EXCEPTION 'only a status change is a new version'\n                                USING ERRCODE = 'check_violation',\n                                      CONSTRAINT = 'a_version_is_a_status_change';\n                        END IF;\n                        RETURN NEW;\n                    END IF;\n                    IF (NEW.kind, OLD.status, NEW.status)\n                       NOT IN (VALUES ('DISCONNECTION','PENDING','CLOSED'), ('DISCONNECTION','PENDING','IN_PROGRESS'), ('DISCONNECTION','IN_PROGRESS','CLOSED'), ('DISCONNECTION','IN_PROGRESS','COMPLETED'), ('DISCONNECTION','IN_PROGRESS','ON_HOLD'), ('DISCONNECTION','ON_HOLD','CLOSED'), ('DISCONNECTION','ON_HOLD','IN_PROGRESS'), ('RECONNECTION','PENDING','CLOSED'), ('RECONNECTION','PENDING','IN_PROGRESS'), ('RECONNECTION','IN_PROGRESS','CLOSED'), ('RECONNECTION','IN_PROGRESS','COMPLETED'), ('RECONNECTION','IN_PROGRESS','ON_HOLD'), ('RECONNECTION','ON_HOLD','CLOSED'), ('RECONNECTION','ON_HOLD','IN_PROGRESS'), ('COMPLAINT','PENDING','IN_PROGRESS'), ('COMPLAINT','IN_PROGRESS','ON_HOLD'), ('COMPLAINT','IN_PROGRESS','REJECTED'), ('COMPLAINT','IN_PROGRESS','RESOLVED'), ('COMPLAINT','ON_HOLD','IN_PROGRESS'), ('COMPLAINT','RESOLVED','IN_PROGRESS'), ('COMPLAINT','REJECTED','IN_PROGRESS'))\n                    THEN\n                        RAISE EXCEPTION 'no arrow from % to %', OLD.status, NEW.status\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'cases_move_along_arrows';\n                    END IF;\n                    NEW.version := OLD.version + 1;\n                    RETURN NEW;\n                    ", hash='a4cf6fe98b0dc605c6c5086ddea39b92cee30a55', operation='INSERT OR UPDATE', pgid='pgtrigger_cases_move_along_arrows_edb9e', table='cases_case', when='BEFORE')),
                        pgtrigger.compiler.Trigger(name='an_ended_case_keeps_its_times', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.ended_at IS NOT NULL AND\n        (OLD.due_at, OLD.adjusted_due_at, OLD.warns_at, OLD.breaches_at, OLD.next_alert_at,\n         OLD.ended_at, OLD.ended_by_id, OLD.closing_reason, OLD.resolution_time)\n        IS DISTINCT FROM\n        (NEW.due_at, NEW.adjusted_due_at, NEW.warns_at, NEW.breaches_at, NEW.next_alert_at,\n         NEW.ended_at, NEW.ended_by_id, NEW.closing_reason, NEW.resolution_time))', func="\n        -- Whether it was in time is read from here for good; the act that ends it sets them.\n        -- A complaint is taken up again by its reopening, which says when it had ended (W15).\n        IF OLD.kind = 'COMPLAINT' AND NEW.ended_at IS NULL AND NEW.status = 'IN_PROGRESS'\n           AND EXISTS (SELECT 1 FROM complaints_reopening r\n                        WHERE r.complaint_id = OLD.id AND r.had_ended_at = OLD.ended_at)\n        THEN\n            RETURN NEW;\n        END IF;\n        RAISE EXCEPTION 'case % has ended: its times stay', OLD.number\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'an_ended_case_keeps_its_times';\n        ", hash='6e05be257b5ab4b29093ea856f1c78461995d193', operation='UPDATE', pgid='pgtrigger_an_ended_case_keeps_its_times_650c9', table='cases_case', when='BEFORE')),
                        pgtrigger.compiler.Trigger(name='cases_are_tallied', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE old_standing text; new_standing text; old_seconds bigint := 0; new_seconds bigint := 0; old_missed smallint := 0; new_missed smallint := 0; old_late timestamptz; new_late timestamptz;', func="\n        new_standing := CASE WHEN NEW.ended_at IS NULL THEN 'OPEN' ELSE NEW.status END;\n        IF NEW.ended_at IS NOT NULL THEN\n            new_seconds := coalesce(round(extract(epoch FROM NEW.resolution_time)), 0);\n            new_missed := (NEW.breaches_at IS NOT NULL)::int;\n        ELSIF NEW.kind = 'COMPLAINT' THEN\n            new_late := NEW.breaches_at;\n        END IF;\n        IF TG_OP = 'UPDATE' THEN\n            old_standing := CASE WHEN OLD.ended_at IS NULL THEN 'OPEN' ELSE OLD.status END;\n            IF OLD.ended_at IS NOT NULL THEN\n                old_seconds := coalesce(round(extract(epoch FROM OLD.resolution_time)), 0);\n                old_missed := (OLD.breaches_at IS NOT NULL)::int;\n            ELSIF OLD.kind = 'COMPLAINT' THEN\n                old_late := OLD.breaches_at;\n            END IF;\n        END IF;\n        IF TG_OP = 'INSERT' OR (old_standing, OLD.ended_at, old_seconds, old_missed)\n           IS DISTINCT FROM (new_standing, NEW.ended_at, new_seconds, new_missed)\n        THEN\n            IF TG_OP = 'UPDATE' THEN\n                INSERT INTO cases_tallychange\n                       (standing, kind, topic, counts_at, change, seconds, missed)\n                VALUES (old_standing, OLD.kind, OLD.topic,\n                        coalesce(OLD.ended_at, OLD.created_at), -1, -old_seconds, -old_missed);\n            END IF;\n            INSERT INTO cases_tallychange\n                   (standing, kind, topic, counts_at, change, seconds, missed)\n            VALUES (new_standing, NEW.kind, NEW.topic,\n                    coalesce(NEW.ended_at, NEW.created_at), 1, new_seconds, new_missed);\n        END IF;\n        IF old_late IS DISTINCT FROM new_late THEN\n            INSERT INTO cases_tallychange (standing, kind, topic, counts_at, change)\n            SELECT 'LATE', NEW.kind, NEW.topic, late.moment, late.change\n              FROM (VALUES (old_late, -1), (new_late, 1)) AS late (moment, change)\n             WHERE late.moment IS NOT NULL;\n        END IF;\n        RETURN NULL;\n        ", hash='9d49aac21f01b885be94fea1af0213302cd58067', operation='INSERT OR UPDATE OF "status", "ended_at", "breaches_at", "resolution_time"', pgid='pgtrigger_cases_are_tallied_8f28b', table='cases_case', when='AFTER')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Alert',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('metric', models.CharField(choices=[('ACKNOWLEDGEMENT', 'Acknowledgement'), ('RESPONSE', 'Response'), ('RESOLUTION', 'Resolution')], max_length=20)),
                    ('level', models.CharField(choices=[('WARNING', 'Warning'), ('ESCALATION', 'Escalation')], max_length=12)),
                    ('was_due_at', models.DateTimeField()),
                    ('raised_at', models.DateTimeField()),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='alerts', to='cases.case')),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(fields=('case', 'metric', 'level'), name='an_alert_is_raised_once'),
                        models.CheckConstraint(condition=models.Q(('metric__in', ['ACKNOWLEDGEMENT', 'RESPONSE', 'RESOLUTION'])), name='alert_metric_is_known'),
                        models.CheckConstraint(condition=models.Q(('level__in', ['WARNING', 'ESCALATION'])), name='alert_level_is_known'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Hold',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('waits_for', models.CharField(choices=[('CONSUMER', 'Consumer'), ('SCHEDULED_DATE', 'Scheduled date'), ('FIELD', 'Field work'), ('US', 'Us'), ('OTHER', 'Somebody else')], max_length=20)),
                    ('pauses', models.BooleanField(help_text='As the reason said when the hold began.')),
                    ('since', models.DateTimeField()),
                    ('resume_by', models.DateTimeField()),
                    ('at_resume_by', models.CharField(choices=[('RESUMES', 'Resume by itself'), ('REMINDS', 'Remind me')], default='RESUMES', max_length=10)),
                    ('reminded_at', models.DateTimeField(blank=True, null=True)),
                    ('ended_at', models.DateTimeField(blank=True, null=True)),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='holds', to='cases.case')),
                    ('ended_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('put_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('reason', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.holdreason')),
                ],
                options={
                    'indexes': [
                        models.Index(condition=models.Q(('ended_at__isnull', True)), fields=['resume_by'], name='hold_to_end'),
                    ],
                    'constraints': [
                        models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('case',), name='one_hold_at_a_time'),
                        models.CheckConstraint(condition=models.Q(('resume_by__gt', models.F('since'))), name='a_hold_resumes_after_it_began'),
                        models.CheckConstraint(condition=models.Q(('ended_at__isnull', True), ('ended_at__gte', models.F('since')), _connector='OR'), name='a_hold_ends_after_it_began'),
                        models.CheckConstraint(condition=models.Q(('at_resume_by__in', ['RESUMES', 'REMINDS'])), name='hold_ending_is_known'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='holds_stay_as_they_were', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    -- The clocks are computed from the holds: only their end is written, once.\n                    IF TG_OP = 'UPDATE' THEN\n                        IF OLD.ended_at IS NULL\n                           AND (NEW.case_id, NEW.reason_id, NEW.waits_for, NEW.pauses, NEW.since,\n                                NEW.resume_by, NEW.at_resume_by, NEW.put_by_id)\n                               IS NOT DISTINCT FROM\n                               (OLD.case_id, OLD.reason_id, OLD.waits_for, OLD.pauses, OLD.since,\n                                OLD.resume_by, OLD.at_resume_by, OLD.put_by_id)\n                           AND (OLD.reminded_at IS NULL OR NEW.reminded_at = OLD.reminded_at)\n                        THEN\n                            RETURN NEW;\n                        END IF;\n                    END IF;\n                    RAISE EXCEPTION 'a hold stays as it was'\n                        USING ERRCODE = 'check_violation', CONSTRAINT = 'holds_stay_as_they_were';\n                    ", hash='87f4dc725f5b5382d7aa48da8e73e1c7cf8f3848', operation='UPDATE OR DELETE', pgid='pgtrigger_holds_stay_as_they_were_afc58', table='cases_hold', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='SlaPolicyEvent',
                fields=[
                    ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                    ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                    ('pgh_label', models.TextField(help_text='The event label.')),
                    ('id', models.BigIntegerField()),
                    ('kind', models.CharField(choices=[('DISCONNECTION', 'Disconnection'), ('RECONNECTION', 'Reconnection'), ('COMPLAINT', 'Complaint')], max_length=15)),
                    ('priority', models.CharField(blank=True, choices=[('CRITICAL', 'Critical'), ('HIGH', 'High'), ('MEDIUM', 'Medium'), ('LOW', 'Low')], help_text='Empty: every priority.', max_length=10)),
                    ('for_vip', models.BooleanField(default=False, help_text='Only for VIP consumers.')),
                    ('acknowledgement_minutes', models.PositiveIntegerField(default=120)),
                    ('response_minutes', models.PositiveIntegerField(default=240)),
                    ('resolution_minutes', models.PositiveIntegerField(default=1440)),
                    ('warn_percent', models.PositiveSmallIntegerField(default=75)),
                    ('valid_from', models.DateTimeField()),
                    ('replaced_at', models.DateTimeField(blank=True, editable=False, null=True)),
                    ('calendar', models.ForeignKey(blank=True, db_constraint=False, help_text='Empty: round the clock.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='organisation.businesscalendar')),
                    ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                    ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='cases.slapolicy')),
                    ('topic', models.ForeignKey(blank=True, db_constraint=False, help_text='Only for complaints of this category. Empty: every category.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='complaints.complaintcategory', to_field='code', verbose_name='category')),
                ],
                options={
                    'abstract': False,
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='b3ab868b565ddd2cf984cb51861357937287878a', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_9d499', table='cases_slapolicyevent', when='BEFORE')),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Tally',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('standing', models.CharField(choices=[('OPEN', 'Open'), ('COMPLETED', 'Completed'), ('CLOSED', 'Closed'), ('RESOLVED', 'Resolved'), ('REJECTED', 'Rejected'), ('LATE', 'Late')], max_length=15)),
                    ('kind', models.CharField(choices=[('DISCONNECTION', 'Disconnection'), ('RECONNECTION', 'Reconnection'), ('COMPLAINT', 'Complaint')], max_length=15)),
                    ('day', models.DateField(help_text='Of creation while open, of the end then.')),
                    ('count', models.IntegerField()),
                    ('missed', models.IntegerField(db_default=0, default=0, help_text='How many of what ended had missed a target.')),
                    ('seconds', models.BigIntegerField(db_default=0, default=0, help_text='Of the resolution times of what ended, together.')),
                    ('topic', models.CharField(blank=True, db_default='', default='', max_length=30)),
                ],
                options={
                    'verbose_name_plural': 'tallies',
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('kind__in', ['DISCONNECTION', 'RECONNECTION', 'COMPLAINT'])), name='tally_kind_is_known'),
                        models.UniqueConstraint(fields=('standing', 'kind', 'topic', 'day'), name='a_day_has_one_tally_of_a_topic'),
                        models.CheckConstraint(condition=models.Q(('standing__in', ['OPEN', 'COMPLETED', 'CLOSED', 'RESOLVED', 'REJECTED', 'LATE'])), name='tally_standing_is_known'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='TallyChange',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('standing', models.CharField(choices=[('OPEN', 'Open'), ('COMPLETED', 'Completed'), ('CLOSED', 'Closed'), ('RESOLVED', 'Resolved'), ('REJECTED', 'Rejected'), ('LATE', 'Late')], max_length=15)),
                    ('kind', models.CharField(choices=[('DISCONNECTION', 'Disconnection'), ('RECONNECTION', 'Reconnection'), ('COMPLAINT', 'Complaint')], max_length=15)),
                    ('counts_at', models.DateTimeField()),
                    ('change', models.SmallIntegerField()),
                    ('missed', models.SmallIntegerField(db_default=0, default=0)),
                    ('seconds', models.BigIntegerField(db_default=0, default=0)),
                    ('topic', models.CharField(blank=True, db_default='', default='', max_length=30)),
                ],
                options={
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('change__in', (-1, 1))), name='a_change_is_by_one'),
                        models.CheckConstraint(condition=models.Q(('kind__in', ['DISCONNECTION', 'RECONNECTION', 'COMPLAINT'])), name='change_kind_is_known'),
                        models.CheckConstraint(condition=models.Q(('standing__in', ['OPEN', 'COMPLETED', 'CLOSED', 'RESOLVED', 'REJECTED', 'LATE'])), name='change_standing_is_known'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Approval',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('because', models.JSONField(default=list, help_text='Codes of the rules that ask for it; none when a person does.')),
                    ('asked_at', models.DateTimeField()),
                    ('reason', models.CharField(help_text='Why it is asked for, in words.', max_length=250)),
                    ('state', models.CharField(choices=[('PENDING', 'Waits for a supervisor'), ('APPROVED', 'Approved'), ('REJECTED', 'Rejected'), ('WITHDRAWN', 'Withdrawn')], default='PENDING', max_length=10)),
                    ('decided_at', models.DateTimeField(blank=True, null=True)),
                    ('note', models.CharField(blank=True, max_length=250)),
                    ('asked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='approvals', to='cases.case')),
                    ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'indexes': [
                        models.Index(condition=models.Q(('state', 'PENDING')), fields=['asked_at'], name='approval_that_waits'),
                    ],
                    'constraints': [
                        models.UniqueConstraint(condition=models.Q(('state__in', ['PENDING', 'APPROVED'])), fields=('case',), name='a_case_has_one_live_approval'),
                        models.CheckConstraint(condition=models.Q(('state__in', ['PENDING', 'APPROVED', 'REJECTED', 'WITHDRAWN'])), name='approval_state_is_known'),
                        models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='who_asks_for_approval_says_why'),
                        models.CheckConstraint(condition=models.Q(('decided_by__isnull', True), ('asked_by__isnull', True), models.Q(('decided_by', models.F('asked_by')), _negated=True), _connector='OR'), name='nobody_approves_what_they_asked_for'),
                        models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True), ('state', 'PENDING')), models.Q(('decided_at__isnull', False), ('state', 'WITHDRAWN')), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('state__in', ['APPROVED', 'REJECTED'])), _connector='OR'), name='a_decision_says_who_and_when'),
                        models.CheckConstraint(condition=models.Q(models.Q(('state', 'REJECTED'), _negated=True), models.Q(('note', ''), _negated=True), _connector='OR'), name='a_rejection_says_why'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='approvals_are_decided_once', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE made_by bigint; is_open boolean;', func="\n                    IF TG_OP = 'DELETE' THEN\n                        RAISE EXCEPTION 'approvals stay'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'approvals_are_decided_once';\n                    END IF;\n                    IF TG_OP = 'UPDATE' THEN\n                        IF OLD.state <> 'PENDING' AND NOT (\n                               OLD.state = 'APPROVED' AND NEW.state = 'WITHDRAWN')\n                           OR to_jsonb(NEW) - ARRAY['state', 'decided_at', 'decided_by_id', 'note']\n                              IS DISTINCT FROM\n                              to_jsonb(OLD) - ARRAY['state', 'decided_at', 'decided_by_id', 'note']\n                        THEN\n                            RAISE EXCEPTION 'an approval is decided once'\n                                USING ERRCODE = 'check_violation',\n                                      CONSTRAINT = 'approvals_are_decided_once';\n                        END IF;\n                    END IF;\n                    IF TG_OP = 'INSERT' AND NEW.state <> 'PENDING' THEN\n                        RAISE EXCEPTION 'an approval is asked for before it is decided'\n                            USING ERRCODE = 'check_violation',\n                                  CONSTRAINT = 'an_approval_is_asked_for_first';\n                    END IF;\n                    IF NEW.state IN ('APPROVED', 'REJECTED') THEN\n                        IF NOT EXISTS (\n                            SELECT 1 FROM staff_rolemembership m\n                              JOIN auth_group g ON g.id = m.group_id\n                             WHERE m.person_id = NEW.decided_by_id\n                               AND g.name IN ('SUPERVISOR'))\n                        THEN\n                            RAISE EXCEPTION 'the role of who decides is not one that approves'\n                                USING ERRCODE = 'check_violation',\n                                      CONSTRAINT = 'who_decides_may_approve';\n                        END IF;\n                        SELECT c.created_by_id, c.ended_at IS NULL INTO made_by, is_open\n                          FROM cases_case c WHERE c.id = NEW.case_id;\n                        IF made_by = NEW.decided_by_id THEN\n                            RAISE EXCEPTION 'nobody approves a request that they made'\n                                USING ERRCODE = 'check_violation',\n                                      CONSTRAINT = 'nobody_approves_their_own_request';\n                        END IF;\n                        IF NOT is_open THEN\n                            RAISE EXCEPTION 'the case has ended'\n                                USING ERRCODE = 'check_violation',\n                                      CONSTRAINT = 'approval_comes_before_the_end';\n                        END IF;\n                    END IF;\n                    RETURN NEW;\n                    ", hash='79522d5706eb0ded3ada268cfad8385a39cfafc3', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_approvals_are_decided_once_28e81', table='cases_approval', when='BEFORE')),
                    ],
                },
            ),
        ]),
    ]
