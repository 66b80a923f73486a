"""Files whose bytes are not kept any more; data that we make. Old rows are looked through apart."""

from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('documents', '0004_uploads_stay_as_they_came'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='storedfile',
            name='file_type_is_ours',
        ),
        migrations.AddField(
            model_name='storedfile',
            name='gone_at',
            field=models.DateTimeField(blank=True, editable=False, help_text='Since then the bytes and the title are not kept; the row and its digest stay.', null=True),
        ),
        migrations.AlterField(
            model_name='pendingfile',
            name='content_type',
            field=models.CharField(choices=[('PDF', 'application/pdf'), ('JPG', 'image/jpeg'), ('PNG', 'image/png'), ('JSON', 'application/json')], max_length=10),
        ),
        migrations.AlterField(
            model_name='storedfile',
            name='content_type',
            field=models.CharField(choices=[('PDF', 'application/pdf'), ('JPG', 'image/jpeg'), ('PNG', 'image/png'), ('JSON', 'application/json')], max_length=10),
        ),
        AddConstraintNotValid(
            model_name='storedfile',
            constraint=models.CheckConstraint(condition=models.Q(('content_type__in', ['PDF', 'JPG', 'PNG', 'JSON'])), name='file_type_is_ours'),
        ),
    ]
