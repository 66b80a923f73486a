"""Internal notes about a consumer."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('consumers', '0019_words_of_readings_hold'),
        ('trail', '0015_kinds_of_readings_are_known'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ConsumerNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('written_at', models.DateTimeField()),
                ('pinned_at', models.DateTimeField(blank=True, help_text='Empty: not pinned.', null=True)),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('consumer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notes', to='consumers.consumer')),
                ('pinned_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('text', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='trail.personaltext')),
                ('withdrawn_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('written_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['consumer', '-id'], name='note_by_consumer'), models.Index(condition=models.Q(('pinned_at__isnull', False)), fields=['consumer', '-pinned_at'], name='note_that_is_pinned')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('pinned_at__isnull', True), ('pinned_by__isnull', True)), models.Q(('pinned_at__isnull', False), ('pinned_by__isnull', False)), _connector='OR'), name='a_pinned_note_says_by_whom'), models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_at__isnull', True), ('withdrawn_by__isnull', True)), models.Q(('withdrawn_at__isnull', False), ('withdrawn_by__isnull', False)), _connector='OR'), name='a_withdrawn_note_says_by_whom'), models.CheckConstraint(condition=models.Q(('pinned_at__isnull', True), ('withdrawn_at__isnull', True), _connector='OR'), name='a_withdrawn_note_is_not_pinned')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='consumernote',
            trigger=pgtrigger.compiler.Trigger(name='notes_stay_as_written', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF TG_OP = 'UPDATE' AND OLD.withdrawn_at IS NULL\n                       AND to_jsonb(NEW) - ARRAY['pinned_at', 'pinned_by_id', 'withdrawn_at',\n                                                 'withdrawn_by_id']\n                         = to_jsonb(OLD) - ARRAY['pinned_at', 'pinned_by_id', 'withdrawn_at',\n                                                 'withdrawn_by_id']\n                    THEN\n                        RETURN NEW;\n                    END IF;\n                    RAISE EXCEPTION 'a note stays as it was written, and withdrawn for good'\n                        USING ERRCODE = 'check_violation',\n                              CONSTRAINT = 'notes_stay_as_written';\n                    ", hash='eb752632fe69e05572d87c0c527b5f62903326f3', operation='UPDATE OR DELETE', pgid='pgtrigger_notes_stay_as_written_9eeff', table='consumers_consumernote', when='BEFORE')),
        ),
    ]
