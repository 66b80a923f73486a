"""A document that could not be made may be tried again, and the timeline says so."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("trail", "0001_initial")]

    operations = [
        migrations.RemoveConstraint(
            model_name='entry',
            name='entry_kind_is_known',
        ),
        migrations.AlterField(
            model_name='entry',
            name='kind',
            field=models.CharField(choices=[('CREATED', 'Request created'), ('ACKNOWLEDGED', 'Acknowledged'), ('HELD', 'Put on hold'), ('RESUMED', 'Resumed'), ('CLOSED', 'Closed'), ('COMPLETED', 'Completed'), ('ASSIGNED', 'Assigned'), ('NOTE_ADDED', 'Internal note added'), ('MESSAGE_SENT', 'Message to the consumer'), ('MESSAGE_RECEIVED', 'Message from the consumer'), ('CALL_LOGGED', 'Call logged'), ('MESSAGE_NOT_SENT', 'Message not sent'), ('MESSAGE_DELIVERED', 'Message handed over'), ('MESSAGE_FAILED', 'Message failed'), ('MESSAGE_RETRIED', 'Message tried again'), ('SLA_WARNED', 'SLA target near'), ('SLA_BREACHED', 'SLA breached'), ('SLA_CORRECTED', 'SLA due time corrected'), ('DOCUMENT_MADE', 'Document made'), ('DOCUMENT_RETRIED', 'Document tried again'), ('FIELD_IGNORED', 'Value from the form ignored'), ('PROFILE_LOCKED', 'Profile locked'), ('PROFILE_RELEASED', 'Profile released'), ('PROFILE_LOCK_BROKEN', 'Profile lock broken'), ('PROFILE_CHANGED', 'Profile changed'), ('STATUS_CHANGED', 'Account status changed'), ('CONSUMER_IMPORTED', 'Imported'), ('SETTINGS_CHANGED', 'Settings changed')], max_length=30),
        ),
        AddConstraintNotValid(
            model_name='entry',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['CREATED', 'ACKNOWLEDGED', 'HELD', 'RESUMED', 'CLOSED', 'COMPLETED', 'ASSIGNED', 'NOTE_ADDED', 'MESSAGE_SENT', 'MESSAGE_RECEIVED', 'CALL_LOGGED', 'MESSAGE_NOT_SENT', 'MESSAGE_DELIVERED', 'MESSAGE_FAILED', 'MESSAGE_RETRIED', 'SLA_WARNED', 'SLA_BREACHED', 'SLA_CORRECTED', 'DOCUMENT_MADE', 'DOCUMENT_RETRIED', 'FIELD_IGNORED', 'PROFILE_LOCKED', 'PROFILE_RELEASED', 'PROFILE_LOCK_BROKEN', 'PROFILE_CHANGED', 'STATUS_CHANGED', 'CONSUMER_IMPORTED', 'SETTINGS_CHANGED'])), name='entry_kind_is_known'),
        ),
    ]
