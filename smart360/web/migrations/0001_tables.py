"""What forms and searches remember of their person."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from smart360.kernel.migrations._together import CreateTogether


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("web", "0001_initial"),
        ("web", "0002_count_searches"),
        ("web", "0003_turns_are_left"),
    ]

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateTogether([
            migrations.CreateModel(
                name='Draft',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('form', models.CharField(max_length=60)),
                    ('typed', models.JSONField()),
                    ('saved_at', models.DateTimeField()),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'constraints': [
                        models.UniqueConstraint(fields=('person', 'form'), name='one_draft_per_person_and_form'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='FormKey',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('key', models.UUIDField()),
                    ('act', models.CharField(max_length=60)),
                    ('about', models.CharField(help_text='What the first submission was about.', max_length=80)),
                    ('result', models.CharField(blank=True, max_length=80)),
                    ('created_at', models.DateTimeField()),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'indexes': [
                        models.Index(fields=['created_at'], name='form_key_by_age'),
                    ],
                    'constraints': [
                        models.UniqueConstraint(fields=('key', 'person', 'act'), name='form_key_is_used_once_per_person_and_act'),
                    ],
                },
            ),
            migrations.CreateModel(
                name='Allowance',
                fields=[
                    ('person', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to=settings.AUTH_USER_MODEL)),
                    ('turns_left', models.FloatField()),
                    ('at', models.DateTimeField()),
                ],
                options={
                    'constraints': [
                        models.CheckConstraint(condition=models.Q(('turns_left__gte', 0)), name='an_allowance_is_not_negative'),
                    ],
                },
            ),
        ]),
        migrations.RunSQL(
            "ALTER TABLE web_allowance SET UNLOGGED",
            "ALTER TABLE web_allowance SET LOGGED",
        ),
    ]
