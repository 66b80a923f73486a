"""Complaints that are still being written, and their files."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('complaints', '0002_default_categories'),
        ('documents', '0003_uploads_that_wait'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
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
        ),
        migrations.CreateModel(
            name='DraftFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('added_at', models.DateTimeField()),
                ('draft', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='complaints.complaintdraft')),
                ('file', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='documents.pendingfile')),
            ],
        ),
        migrations.AddIndex(
            model_name='complaintdraft',
            index=models.Index(fields=['person', '-saved_at'], name='draft_by_person'),
        ),
        migrations.AddIndex(
            model_name='complaintdraft',
            index=models.Index(fields=['saved_at'], name='draft_by_age'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='draftfile',
            trigger=pgtrigger.compiler.Trigger(name='a_draft_is_within_limits', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE files integer; bytes bigint; most_files integer; most_megabytes bigint;', func="\n    -- The row above is held, so that parallel uploads are counted one after the other (F2).\n    PERFORM 1 FROM complaints_complaintdraft WHERE id = NEW.draft_id FOR UPDATE;\n    SELECT count(*), coalesce(sum(f.size), 0) INTO files, bytes\n      FROM complaints_draftfile e JOIN documents_pendingfile f ON f.id = e.file_id WHERE e.draft_id = NEW.draft_id;\n    SELECT f.size + bytes INTO bytes FROM documents_pendingfile f WHERE f.id = NEW.file_id;\n    SELECT s.most_files, s.most_megabytes INTO most_files, most_megabytes\n      FROM complaints_complaintsettings s WHERE s.id = 1;\n    IF files >= most_files THEN\n        RAISE EXCEPTION 'too many files' USING ERRCODE = 'check_violation',\n            CONSTRAINT = 'draft_takes_so_many_files';\n    END IF;\n    IF bytes > most_megabytes * 1024 * 1024 THEN\n        RAISE EXCEPTION 'too many bytes' USING ERRCODE = 'check_violation',\n            CONSTRAINT = 'draft_takes_so_many_bytes';\n    END IF;\n    RETURN NEW;\n", hash='158dda666f44c699338bf1658521f94648c7aa71', operation='INSERT', pgid='pgtrigger_a_draft_is_within_limits_ddb49', table='complaints_draftfile', when='BEFORE')),
        ),
    ]
