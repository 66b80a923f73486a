"""The timeline, and the personal words that can be taken out of it."""

import django.db.models.deletion
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models

from smart360.kernel.migrations._together import CreateTogether


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("trail", "0001_initial"),
        ("trail", "0002_documents_are_tried_again"),
        ("trail", "0003_kinds_are_all_known"),
        ("trail", "0004_money_on_the_timeline"),
        ("trail", "0005_kinds_of_money_are_known"),
        ("trail", "0006_events_from_request_to_done"),
        ("trail", "0007_events_to_done_are_known"),
        ("trail", "0008_reversals_on_the_timeline"),
        ("trail", "0009_kinds_of_reversals_are_known"),
        ("trail", "0010_holds_on_the_timeline"),
        ("trail", "0011_kinds_of_holds_are_known"),
        ("trail", "0012_events_of_complaints"),
        ("trail", "0013_kinds_of_complaints_are_known"),
    ]

    dependencies = [
        ("cases", "0001_tables"),
        ("consumers", "0001_tables"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateTogether([
            migrations.CreateModel(
                name='PersonalText',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('text', models.TextField()),
                    ('digest', models.CharField(help_text='SHA-256 of the text as it was written.', max_length=64)),
                ],
                options={
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('digest__regex', '^[0-9a-f]{64}$')), name='text_digest_is_sha256'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Entry',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('CREATED', 'Request created'), ('ACKNOWLEDGED', 'Acknowledged'), ('HELD', 'Put on hold'), ('RESUMED', 'Resumed'), ('CLOSED', 'Closed'), ('COMPLETED', 'Completed'), ('ASSIGNED', 'Assigned'), ('NOTE_ADDED', 'Internal note added'), ('MESSAGE_SENT', 'Message to the consumer'), ('MESSAGE_RECEIVED', 'Message from the consumer'), ('CALL_LOGGED', 'Call logged'), ('MESSAGE_NOT_SENT', 'Message not sent'), ('MESSAGE_DELIVERED', 'Message handed over'), ('MESSAGE_FAILED', 'Message failed'), ('MESSAGE_RETRIED', 'Message tried again'), ('SLA_WARNED', 'SLA target near'), ('SLA_BREACHED', 'SLA breached'), ('SLA_CORRECTED', 'SLA due time corrected'), ('DOCUMENT_MADE', 'Document made'), ('DOCUMENT_RETRIED', 'Document tried again'), ('FIELD_IGNORED', 'Value from the form ignored'), ('PROFILE_LOCKED', 'Profile locked'), ('PROFILE_RELEASED', 'Profile released'), ('PROFILE_LOCK_BROKEN', 'Profile lock broken'), ('PROFILE_CHANGED', 'Profile changed'), ('STATUS_CHANGED', 'Account status changed'), ('CONSUMER_IMPORTED', 'Imported'), ('SETTINGS_CHANGED', 'Settings changed'), ('DEPOSIT_USE_SET', 'Use of the deposit set'), ('DEPOSIT_PLAN_SET', 'Plan for the deposit set'), ('DEPOSIT_RECEIVED', 'Security deposit received'), ('FINAL_READING_ENTERED', 'Final reading entered'), ('BILL_ADJUSTED', 'Final bill adjusted'), ('BILL_GENERATED', 'Final bill generated'), ('BILL_APPROVED', 'Final bill approved'), ('BILL_VOIDED', 'Final bill void'), ('CREDIT_NOTE_PROPOSED', 'Credit note proposed'), ('CREDIT_NOTE_APPROVED', 'Credit note approved'), ('CREDIT_NOTE_REJECTED', 'Credit note rejected'), ('PAYMENT_RECORDED', 'Payment recorded'), ('PAYMENT_PROCESSED', 'Payment processed'), ('PAYMENT_FAILED', 'Payment failed'), ('REVERSAL_PROPOSED', 'Payment reversal proposed'), ('REVERSAL_REJECTED', 'Payment reversal rejected'), ('PAYMENT_REVERSED', 'Payment reversed'), ('REFUND_PROPOSED', 'Refund proposed'), ('REFUND_APPROVED', 'Refund approved'), ('REFUND_REJECTED', 'Refund rejected'), ('ARRANGEMENT_MADE', 'Payment arrangement made'), ('ARRANGEMENT_KEPT', 'Payment arrangement kept'), ('ARRANGEMENT_BROKEN', 'Payment arrangement broken'), ('ARRANGEMENT_CANCELLED', 'Payment arrangement cancelled'), ('HOLD_PLACED', 'Account hold placed'), ('HOLD_LIFTED', 'Account hold lifted'), ('HOLD_PROPOSED', 'Account hold proposed'), ('HOLD_DECLINED', 'Proposed account hold declined'), ('PROTECTION_ENDED', 'The account is protected no more'), ('BILLING_FROZEN', 'Billing frozen'), ('BILLING_RESUMED', 'Billing resumed'), ('BILLING_RUN_STARTED', 'Billing run started'), ('BILLING_RUN_ENDED', 'Billing run ended'), ('APPROVAL_ASKED', 'Approval asked for'), ('APPROVAL_GIVEN', 'Approved'), ('APPROVAL_REFUSED', 'Approval refused'), ('PROTECTION_CHECKED', 'Protections checked'), ('NOTICE_SERVED', 'Disconnection notice served'), ('ORDER_CREATED', 'Service order created'), ('ORDER_SCHEDULED', 'Service order scheduled'), ('ORDER_ASSIGNED', 'Service order assigned'), ('ORDER_STARTED', 'Service order started'), ('ORDER_COMPLETED', 'Service order completed'), ('ORDER_CANCELLED', 'Service order cancelled'), ('CLOSURE_SET', 'Meter action and service order set'), ('CHECKLIST_TICKED', 'Checklist item ticked'), ('CHECKLIST_CLEARED', 'Checklist item cleared'), ('METER_ASSIGNED', 'Meter assigned'), ('METER_UNASSIGNED', 'Meter unassigned'), ('METER_MOVED', 'Meter moved'), ('SUPPLY_CHANGED', 'Supply changed'), ('ACCOUNT_ARCHIVED', 'Records archived'), ('ACCOUNT_RESTORED', 'Records restored'), ('RUN_PROPOSED', 'Non-payment run proposed'), ('RUN_STARTED', 'Non-payment run started'), ('RUN_ENDED', 'Non-payment run ended'), ('RUN_UNDONE', 'Non-payment run undone'), ('RESOLVED', 'Resolved'), ('REJECTED', 'Rejected'), ('REOPENED', 'Reopened'), ('CONSUMER_LINKED', 'Linked to an account'), ('EVIDENCE_ADDED', 'Evidence added'), ('DISPUTE_SET', 'Disputed amount set'), ('DISPUTE_LIFTED', 'Disputed amount lifted'), ('RATED', 'Rated by the consumer')], max_length=30)),
                    ('at', models.DateTimeField()),
                    ('old', models.JSONField(default=dict, help_text='Codes and figures before, never personal.')),
                    ('new', models.JSONField(default=dict, help_text='Codes and figures after, never personal.')),
                    ('case_version', models.PositiveIntegerField(blank=True, help_text='The status change that this entry records.', null=True)),
                    ('seq', models.PositiveIntegerField(default=0)),
                    ('previous_hash', models.CharField(blank=True, max_length=64)),
                    ('hash', models.CharField(blank=True, max_length=64)),
                    ('actor', models.ForeignKey(blank=True, help_text='Empty when a worker acted.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('case', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='cases.case')),
                    ('consumer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='consumers.consumer')),
                    ('text', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='trail.personaltext')),
                ],
                options={
                    'indexes': [
                        models.Index(condition=models.Q(('consumer__isnull', False)), fields=['consumer', '-at'], name='entry_by_consumer'),
                    ],
                    'constraints': [
                        models.UniqueConstraint(condition=models.Q(('case__isnull', False)), fields=('case', 'seq'), name='case_entries_are_numbered_once'),
                        models.UniqueConstraint(condition=models.Q(('case_version__isnull', False)), fields=('case', 'case_version'), name='a_status_change_has_one_entry'),
                        models.CheckConstraint(condition=models.Q(('case_version__isnull', True), ('case__isnull', False), _connector='OR'), name='a_version_belongs_to_a_case'),
                        models.CheckConstraint(condition=models.Q(('kind__in', ['CREATED', 'ACKNOWLEDGED', 'HELD', 'RESUMED', 'CLOSED', 'COMPLETED', 'ASSIGNED', 'NOTE_ADDED', 'MESSAGE_SENT', 'MESSAGE_RECEIVED', 'CALL_LOGGED', 'MESSAGE_NOT_SENT', 'MESSAGE_DELIVERED', 'MESSAGE_FAILED', 'MESSAGE_RETRIED', 'SLA_WARNED', 'SLA_BREACHED', 'SLA_CORRECTED', 'DOCUMENT_MADE', 'DOCUMENT_RETRIED', 'FIELD_IGNORED', 'PROFILE_LOCKED', 'PROFILE_RELEASED', 'PROFILE_LOCK_BROKEN', 'PROFILE_CHANGED', 'STATUS_CHANGED', 'CONSUMER_IMPORTED', 'SETTINGS_CHANGED', 'DEPOSIT_USE_SET', 'DEPOSIT_PLAN_SET', 'DEPOSIT_RECEIVED', 'FINAL_READING_ENTERED', 'BILL_ADJUSTED', 'BILL_GENERATED', 'BILL_APPROVED', 'BILL_VOIDED', 'CREDIT_NOTE_PROPOSED', 'CREDIT_NOTE_APPROVED', 'CREDIT_NOTE_REJECTED', 'PAYMENT_RECORDED', 'PAYMENT_PROCESSED', 'PAYMENT_FAILED', 'REVERSAL_PROPOSED', 'REVERSAL_REJECTED', 'PAYMENT_REVERSED', 'REFUND_PROPOSED', 'REFUND_APPROVED', 'REFUND_REJECTED', 'ARRANGEMENT_MADE', 'ARRANGEMENT_KEPT', 'ARRANGEMENT_BROKEN', 'ARRANGEMENT_CANCELLED', 'HOLD_PLACED', 'HOLD_LIFTED', 'HOLD_PROPOSED', 'HOLD_DECLINED', 'PROTECTION_ENDED', 'BILLING_FROZEN', 'BILLING_RESUMED', 'BILLING_RUN_STARTED', 'BILLING_RUN_ENDED', 'APPROVAL_ASKED', 'APPROVAL_GIVEN', 'APPROVAL_REFUSED', 'PROTECTION_CHECKED', 'NOTICE_SERVED', 'ORDER_CREATED', 'ORDER_SCHEDULED', 'ORDER_ASSIGNED', 'ORDER_STARTED', 'ORDER_COMPLETED', 'ORDER_CANCELLED', 'CLOSURE_SET', 'CHECKLIST_TICKED', 'CHECKLIST_CLEARED', 'METER_ASSIGNED', 'METER_UNASSIGNED', 'METER_MOVED', 'SUPPLY_CHANGED', 'ACCOUNT_ARCHIVED', 'ACCOUNT_RESTORED', 'RUN_PROPOSED', 'RUN_STARTED', 'RUN_ENDED', 'RUN_UNDONE', 'RESOLVED', 'REJECTED', 'REOPENED', 'CONSUMER_LINKED', 'EVIDENCE_ADDED', 'DISPUTE_SET', 'DISPUTE_LIFTED', 'RATED'])), name='entry_kind_is_known'),
                    ],
                    'triggers': [
                        pgtrigger.compiler.Trigger(name='entries_are_never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='10d41ffe477ed76a596996cdad4065640d3aaae2', operation='UPDATE OR DELETE', pgid='pgtrigger_entries_are_never_changed_2cf4c', table='trail_entry', when='BEFORE')),
                        pgtrigger.compiler.Trigger(name='entries_are_chained', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE last record; words text;', func="\n                    IF NEW.at > clock_timestamp() + interval '5 seconds' THEN\n                        RAISE EXCEPTION 'an entry cannot lie in the future'\n                            USING ERRCODE = 'check_violation';\n                    END IF;\n                    IF NEW.case_id IS NULL THEN\n                        NEW.seq := 0;\n                        NEW.previous_hash := '';\n                        NEW.hash := '';\n                        RETURN NEW;\n                    END IF;\n                    PERFORM 1 FROM cases_case WHERE id = NEW.case_id FOR NO KEY UPDATE;\n                    SELECT seq, hash INTO last FROM trail_entry\n                     WHERE case_id = NEW.case_id ORDER BY seq DESC LIMIT 1;\n                    SELECT digest INTO words FROM trail_personaltext WHERE id = NEW.text_id;\n                    NEW.seq := coalesce(last.seq, 0) + 1;\n                    NEW.previous_hash := coalesce(last.hash, '');\n                    NEW.hash := encode(sha256(convert_to(concat_ws('|',\n                        NEW.previous_hash, NEW.case_id, NEW.seq, NEW.kind,\n                        extract(epoch from NEW.at)::numeric(20, 6), NEW.actor_id, NEW.case_version,\n                        NEW.old::text, NEW.new::text, words), 'UTF8')), 'hex');\n                    RETURN NEW;\n                    ", hash='e64aa4e0811f1d84bc628c993765e2f94bae1a63', operation='INSERT', pgid='pgtrigger_entries_are_chained_0fd09', table='trail_entry', when='BEFORE')),
                    ],
                },
            ),
        ]),
    ]
