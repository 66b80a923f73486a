"""What is told of proposed and ended holds. Old rows are looked through apart."""

from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0018_runs_follow_their_requests'),
        ('consumers', '0016_holds_are_proposed'),
        ('trail', '0009_kinds_of_reversals_are_known'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='entry',
            name='entry_kind_is_known',
        ),
        migrations.AlterField(
            model_name='entry',
            name='kind',
            field=models.CharField(choices=[('CREATED', 'Request created'), ('ACKNOWLEDGED', 'Acknowledged'), ('HELD', 'Put on hold'), ('RESUMED', 'Resumed'), ('CLOSED', 'Closed'), ('COMPLETED', 'Completed'), ('ASSIGNED', 'Assigned'), ('NOTE_ADDED', 'Internal note added'), ('MESSAGE_SENT', 'Message to the consumer'), ('MESSAGE_RECEIVED', 'Message from the consumer'), ('CALL_LOGGED', 'Call logged'), ('MESSAGE_NOT_SENT', 'Message not sent'), ('MESSAGE_DELIVERED', 'Message handed over'), ('MESSAGE_FAILED', 'Message failed'), ('MESSAGE_RETRIED', 'Message tried again'), ('SLA_WARNED', 'SLA target near'), ('SLA_BREACHED', 'SLA breached'), ('SLA_CORRECTED', 'SLA due time corrected'), ('DOCUMENT_MADE', 'Document made'), ('DOCUMENT_RETRIED', 'Document tried again'), ('FIELD_IGNORED', 'Value from the form ignored'), ('PROFILE_LOCKED', 'Profile locked'), ('PROFILE_RELEASED', 'Profile released'), ('PROFILE_LOCK_BROKEN', 'Profile lock broken'), ('PROFILE_CHANGED', 'Profile changed'), ('STATUS_CHANGED', 'Account status changed'), ('CONSUMER_IMPORTED', 'Imported'), ('SETTINGS_CHANGED', 'Settings changed'), ('DEPOSIT_USE_SET', 'Use of the deposit set'), ('DEPOSIT_PLAN_SET', 'Plan for the deposit set'), ('DEPOSIT_RECEIVED', 'Security deposit received'), ('FINAL_READING_ENTERED', 'Final reading entered'), ('BILL_ADJUSTED', 'Final bill adjusted'), ('BILL_GENERATED', 'Final bill generated'), ('BILL_APPROVED', 'Final bill approved'), ('BILL_VOIDED', 'Final bill void'), ('CREDIT_NOTE_PROPOSED', 'Credit note proposed'), ('CREDIT_NOTE_APPROVED', 'Credit note approved'), ('CREDIT_NOTE_REJECTED', 'Credit note rejected'), ('PAYMENT_RECORDED', 'Payment recorded'), ('PAYMENT_PROCESSED', 'Payment processed'), ('PAYMENT_FAILED', 'Payment failed'), ('REVERSAL_PROPOSED', 'Payment reversal proposed'), ('REVERSAL_REJECTED', 'Payment reversal rejected'), ('PAYMENT_REVERSED', 'Payment reversed'), ('REFUND_PROPOSED', 'Refund proposed'), ('REFUND_APPROVED', 'Refund approved'), ('REFUND_REJECTED', 'Refund rejected'), ('ARRANGEMENT_MADE', 'Payment arrangement made'), ('ARRANGEMENT_KEPT', 'Payment arrangement kept'), ('ARRANGEMENT_BROKEN', 'Payment arrangement broken'), ('ARRANGEMENT_CANCELLED', 'Payment arrangement cancelled'), ('HOLD_PLACED', 'Account hold placed'), ('HOLD_LIFTED', 'Account hold lifted'), ('HOLD_PROPOSED', 'Account hold proposed'), ('HOLD_DECLINED', 'Proposed account hold declined'), ('PROTECTION_ENDED', 'The account is protected no more'), ('BILLING_FROZEN', 'Billing frozen'), ('BILLING_RESUMED', 'Billing resumed'), ('BILLING_RUN_STARTED', 'Billing run started'), ('BILLING_RUN_ENDED', 'Billing run ended'), ('APPROVAL_ASKED', 'Approval asked for'), ('APPROVAL_GIVEN', 'Approved'), ('APPROVAL_REFUSED', 'Approval refused'), ('PROTECTION_CHECKED', 'Protections checked'), ('NOTICE_SERVED', 'Disconnection notice served'), ('ORDER_CREATED', 'Service order created'), ('ORDER_SCHEDULED', 'Service order scheduled'), ('ORDER_ASSIGNED', 'Service order assigned'), ('ORDER_STARTED', 'Service order started'), ('ORDER_COMPLETED', 'Service order completed'), ('ORDER_CANCELLED', 'Service order cancelled'), ('CLOSURE_SET', 'Meter action and service order set'), ('CHECKLIST_TICKED', 'Checklist item ticked'), ('CHECKLIST_CLEARED', 'Checklist item cleared'), ('METER_ASSIGNED', 'Meter assigned'), ('METER_UNASSIGNED', 'Meter unassigned'), ('METER_MOVED', 'Meter moved'), ('SUPPLY_CHANGED', 'Supply changed'), ('ACCOUNT_ARCHIVED', 'Records archived'), ('ACCOUNT_RESTORED', 'Records restored'), ('RUN_PROPOSED', 'Non-payment run proposed'), ('RUN_STARTED', 'Non-payment run started'), ('RUN_ENDED', 'Non-payment run ended'), ('RUN_UNDONE', 'Non-payment run undone')], max_length=30),
        ),
        AddConstraintNotValid(
            model_name='entry',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['CREATED', 'ACKNOWLEDGED', 'HELD', 'RESUMED', 'CLOSED', 'COMPLETED', 'ASSIGNED', 'NOTE_ADDED', 'MESSAGE_SENT', 'MESSAGE_RECEIVED', 'CALL_LOGGED', 'MESSAGE_NOT_SENT', 'MESSAGE_DELIVERED', 'MESSAGE_FAILED', 'MESSAGE_RETRIED', 'SLA_WARNED', 'SLA_BREACHED', 'SLA_CORRECTED', 'DOCUMENT_MADE', 'DOCUMENT_RETRIED', 'FIELD_IGNORED', 'PROFILE_LOCKED', 'PROFILE_RELEASED', 'PROFILE_LOCK_BROKEN', 'PROFILE_CHANGED', 'STATUS_CHANGED', 'CONSUMER_IMPORTED', 'SETTINGS_CHANGED', 'DEPOSIT_USE_SET', 'DEPOSIT_PLAN_SET', 'DEPOSIT_RECEIVED', 'FINAL_READING_ENTERED', 'BILL_ADJUSTED', 'BILL_GENERATED', 'BILL_APPROVED', 'BILL_VOIDED', 'CREDIT_NOTE_PROPOSED', 'CREDIT_NOTE_APPROVED', 'CREDIT_NOTE_REJECTED', 'PAYMENT_RECORDED', 'PAYMENT_PROCESSED', 'PAYMENT_FAILED', 'REVERSAL_PROPOSED', 'REVERSAL_REJECTED', 'PAYMENT_REVERSED', 'REFUND_PROPOSED', 'REFUND_APPROVED', 'REFUND_REJECTED', 'ARRANGEMENT_MADE', 'ARRANGEMENT_KEPT', 'ARRANGEMENT_BROKEN', 'ARRANGEMENT_CANCELLED', 'HOLD_PLACED', 'HOLD_LIFTED', 'HOLD_PROPOSED', 'HOLD_DECLINED', 'PROTECTION_ENDED', 'BILLING_FROZEN', 'BILLING_RESUMED', 'BILLING_RUN_STARTED', 'BILLING_RUN_ENDED', 'APPROVAL_ASKED', 'APPROVAL_GIVEN', 'APPROVAL_REFUSED', 'PROTECTION_CHECKED', 'NOTICE_SERVED', 'ORDER_CREATED', 'ORDER_SCHEDULED', 'ORDER_ASSIGNED', 'ORDER_STARTED', 'ORDER_COMPLETED', 'ORDER_CANCELLED', 'CLOSURE_SET', 'CHECKLIST_TICKED', 'CHECKLIST_CLEARED', 'METER_ASSIGNED', 'METER_UNASSIGNED', 'METER_MOVED', 'SUPPLY_CHANGED', 'ACCOUNT_ARCHIVED', 'ACCOUNT_RESTORED', 'RUN_PROPOSED', 'RUN_STARTED', 'RUN_ENDED', 'RUN_UNDONE'])), name='entry_kind_is_known'),
        ),
    ]
