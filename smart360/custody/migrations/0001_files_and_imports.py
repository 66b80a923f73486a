"""The files of an import, its runs, rows and problems."""

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

from smart360.kernel.migrations._together import ChangeTogether, CreateTogether


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateTogether([
        migrations.CreateModel(
            name='ImportFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200)),
                ('sha256', models.CharField(max_length=64)),
                ('size', models.BigIntegerField(help_text='Bytes.')),
                ('header', models.JSONField(default=list, help_text="The columns in the file's order.")),
                ('rows', models.PositiveIntegerField(default=0)),
                ('accounts', models.PositiveIntegerField(default=0)),
                ('staged_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('sha256',), name='a_file_is_staged_once'), models.CheckConstraint(condition=models.Q(('sha256__regex', '^[0-9a-f]{64}$')), name='import_file_digest_is_sha256')],
            },
        ),
        migrations.CreateModel(
            name='ImportRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file_name', models.CharField(max_length=200)),
                ('sha256', models.CharField(max_length=64)),
                ('mode', models.CharField(choices=[('DRY', 'Dry run'), ('REAL', 'Import')], max_length=4)),
                ('state', models.CharField(choices=[('RUNNING', 'Running'), ('DONE', 'Done'), ('STOPPED', 'Stopped')], default='RUNNING', max_length=10)),
                ('is_by_worker', models.BooleanField(default=False, help_text='Begun on a page; otherwise by a command, which does it itself.')),
                ('started_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('rows', models.PositiveIntegerField(default=0)),
                ('accounts', models.PositiveIntegerField(default=0)),
                ('after', models.CharField(blank=True, db_collation='C', help_text='Accounts up to this one are done.', max_length=60)),
                ('looked_at', models.PositiveIntegerField(default=0, help_text='Accounts that are done.')),
                ('new', models.PositiveIntegerField(default=0)),
                ('same', models.PositiveIntegerField(default=0)),
                ('refused', models.PositiveIntegerField(default=0)),
                ('file', models.ForeignKey(blank=True, help_text='Empty once its rows are gone.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='runs', to='custody.importfile')),
                ('started_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='ImportProblem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('line', models.PositiveIntegerField()),
                ('account_number', models.CharField(max_length=60)),
                ('column', models.CharField(max_length=30)),
                ('sentence', models.TextField()),
                ('run', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='problems', to='custody.importrun')),
            ],
        ),
        migrations.CreateModel(
            name='ImportRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(db_collation='C', help_text="The account's number.", max_length=60)),
                ('line', models.PositiveIntegerField(help_text='Where it begins in the file.')),
                ('meter_number', models.CharField(blank=True, max_length=60)),
                ('device_number', models.CharField(blank=True, max_length=60)),
                ('cells', models.TextField(help_text='Its values, a JSON list.')),
                ('file', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='staged', to='custody.importfile')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('file', 'key', 'line'), name='row_by_account')],
            },
        ),
        ]),
        ChangeTogether([
        migrations.AddConstraint(
            model_name='importrun',
            constraint=models.CheckConstraint(condition=models.Q(('mode__in', ['DRY', 'REAL'])), name='import_mode_is_known'),
        ),
        migrations.AddConstraint(
            model_name='importrun',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['RUNNING', 'DONE', 'STOPPED'])), name='import_state_is_known'),
        ),
        migrations.AddConstraint(
            model_name='importrun',
            constraint=models.CheckConstraint(condition=models.Q(('looked_at', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('new'), '+', models.F('same')), '+', models.F('refused')))), name='each_account_had_an_end'),
        ),
        migrations.AddConstraint(
            model_name='importrun',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'RUNNING')), fields=('state',), name='one_import_at_a_time'),
        ),
        migrations.AddIndex(
            model_name='importproblem',
            index=models.Index(fields=['run', 'line'], name='problem_by_line'),
        ),
        migrations.AddIndex(
            model_name='importproblem',
            index=models.Index(fields=['run', 'account_number'], name='problem_by_account'),
        ),
        ]),
    ]
