"""Files of readings, with what became of each row."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from smart360.kernel.migrations._together import ChangeTogether, CreateTogether


class Migration(migrations.Migration):

    dependencies = [
        ('consumers', '0020_notes_about_consumers'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateTogether([
        migrations.CreateModel(
            name='ReadingFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(help_text='What its sender called it, made plain.', max_length=120)),
                ('is_dry_run', models.BooleanField(default=True, help_text='Nothing is stored.')),
                ('state', models.CharField(choices=[('RUNNING', 'Running'), ('DONE', 'Done'), ('STOPPED', 'Stopped')], max_length=10)),
                ('uploaded_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('rows', models.PositiveIntegerField(default=0)),
                ('after', models.PositiveIntegerField(default=0, help_text='Lines up to this one are done.')),
                ('done', models.PositiveIntegerField(default=0, help_text='Rows that are done.')),
                ('new', models.PositiveIntegerField(default=0)),
                ('same', models.PositiveIntegerField(default=0)),
                ('unusual', models.PositiveIntegerField(default=0, help_text='Of the new: wait for verification.')),
                ('wrong', models.PositiveIntegerField(default=0)),
                ('uploaded_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='ReadingFileRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('line', models.PositiveIntegerField(help_text='Where it stands in the file.')),
                ('meter_number', models.CharField(blank=True, max_length=60)),
                ('read_on', models.CharField(blank=True, max_length=60)),
                ('value', models.CharField(blank=True, max_length=60)),
                ('no_consumption', models.CharField(blank=True, max_length=60)),
                ('outcome', models.CharField(choices=[('WAITING', 'Waiting'), ('NEW', 'New'), ('SAME', 'Here already'), ('WRONG', 'Not taken')], default='WAITING', max_length=10)),
                ('problem', models.CharField(blank=True, max_length=200)),
                ('file', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='consumers.readingfile')),
            ],
        ),
        ]),
        ChangeTogether([
        migrations.AddConstraint(
            model_name='readingfile',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['RUNNING', 'DONE', 'STOPPED'])), name='state_of_a_reading_file_is_known'),
        ),
        migrations.AddConstraint(
            model_name='readingfilerow',
            constraint=models.UniqueConstraint(fields=('file', 'line'), name='one_row_a_line_of_a_file'),
        ),
        migrations.AddConstraint(
            model_name='readingfilerow',
            constraint=models.CheckConstraint(condition=models.Q(('outcome__in', ['WAITING', 'NEW', 'SAME', 'WRONG'])), name='outcome_of_a_row_is_known'),
        ),
        ]),
    ]
