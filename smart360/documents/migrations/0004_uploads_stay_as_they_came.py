"""An upload stays as it came, of at most 10 MB."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('documents', '0001_tables'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name='pendingfile',
            trigger=pgtrigger.compiler.Trigger(name='an_upload_stays_as_it_came', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='00e486edf799a8ab16f458b375ba970b0499d210', operation='UPDATE', pgid='pgtrigger_an_upload_stays_as_it_came_32374', table='documents_pendingfile', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='pendingfile',
            constraint=models.CheckConstraint(condition=models.Q(('size__range', (1, 10485760))), name='a_pending_file_is_within_10_mb'),
        ),
    ]
