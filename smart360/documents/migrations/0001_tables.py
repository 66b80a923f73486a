"""Files that are kept, and uploads that wait."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from smart360.kernel.migrations._together import CreateTogether


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("documents", "0001_initial"),
        ("documents", "0002_initial"),
        ("documents", "0003_uploads_that_wait"),
    ]

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateTogether([
            migrations.CreateModel(
                name='StoredFile',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('title', models.CharField(help_text='What a reader saves it as.', max_length=120)),
                    ('content_type', models.CharField(choices=[('PDF', 'application/pdf'), ('JPG', 'image/jpeg'), ('PNG', 'image/png')], max_length=10)),
                    ('size', models.PositiveIntegerField(help_text='Bytes.')),
                    ('sha256', models.CharField(max_length=64)),
                    ('stored_as', models.CharField(max_length=120)),
                    ('created_at', models.DateTimeField()),
                    ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(fields=('stored_as',), name='a_stored_name_is_used_once'),
                        models.CheckConstraint(condition=models.Q(('content_type__in', ['PDF', 'JPG', 'PNG'])), name='file_type_is_ours'),
                        models.CheckConstraint(condition=models.Q(('sha256__regex', '^[0-9a-f]{64}$')), name='file_digest_is_sha256'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='PendingFile',
                fields=[
                    ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                    ('title', models.CharField(help_text='What its sender called it, made plain.', max_length=120)),
                    ('content_type', models.CharField(choices=[('PDF', 'application/pdf'), ('JPG', 'image/jpeg'), ('PNG', 'image/png')], max_length=10)),
                    ('size', models.PositiveIntegerField(help_text='Bytes.')),
                    ('sha256', models.CharField(max_length=64)),
                    ('stored_as', models.CharField(max_length=120)),
                    ('created_at', models.DateTimeField()),
                    ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'indexes': [
                        models.Index(fields=['created_at'], name='pending_files_by_age'),
                    ],
                    'constraints': [
                        models.UniqueConstraint(fields=('stored_as',), name='a_pending_file_has_a_name_of_its_own'),
                        models.CheckConstraint(condition=models.Q(('content_type__in', ['PDF', 'JPG', 'PNG'])), name='pending_file_type_is_ours'),
                        models.CheckConstraint(condition=models.Q(('sha256__regex', '^[0-9a-f]{64}$')), name='pending_file_digest_is_sha256'),
                    ],
                },
            ),
        ]),
    ]
