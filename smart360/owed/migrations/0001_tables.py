"""Work that the system owes."""

from django.db import migrations, models

from smart360.kernel.migrations._together import CreateTogether


class Migration(migrations.Migration):
    initial = True

    replaces = [
        ("owed", "0001_initial"),
        ("owed", "0002_a_claim_names_its_session"),
        ("owed", "0003_a_claim_names_when_its_session_began"),
    ]

    dependencies = [
    ]

    operations = [
        CreateTogether([
            migrations.CreateModel(
                name='OwedWork',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('queue', models.CharField(choices=[('MAIL', 'Mail'), ('PDF', 'Documents'), ('DEFAULT', 'Everything else')], max_length=10)),
                    ('kind', models.CharField(help_text="The registered handler's name.", max_length=60)),
                    ('dedupe_key', models.CharField(max_length=160)),
                    ('about', models.JSONField(default=dict, help_text='Ids only, nothing personal.')),
                    ('state', models.CharField(choices=[('WAITING', 'Waiting'), ('DONE', 'Done'), ('FAILED', 'Failed')], default='WAITING', max_length=10)),
                    ('attempts', models.PositiveSmallIntegerField(default=0)),
                    ('owed_at', models.DateTimeField(help_text='When the cause was stored.')),
                    ('next_at', models.DateTimeField(help_text='Not before this moment.')),
                    ('done_at', models.DateTimeField(blank=True, null=True)),
                    ('last_error', models.CharField(blank=True, max_length=300)),
                    ('claimed_by', models.IntegerField(blank=True, help_text='The database session of the worker that pays it now; free when that is gone.', null=True)),
                    ('session_began_at', models.DateTimeField(blank=True, help_text='When that session began: sessions get the numbers of ended ones. Empty where the worker may not see it.', null=True)),
                ],
                options={
                    'indexes': [
                        models.Index(condition=models.Q(('state', 'WAITING')), fields=['queue', 'next_at'], name='owed_work_due'),
                        models.Index(condition=models.Q(('claimed_by__isnull', False)), fields=['queue'], name='owed_work_claimed'),
                    ],
                    'constraints': [
                        models.UniqueConstraint(fields=('dedupe_key',), name='owed_work_is_owed_once'),
                        models.CheckConstraint(condition=models.Q(('state__in', ['WAITING', 'DONE', 'FAILED'])), name='owed_state_is_known'),
                        models.CheckConstraint(condition=models.Q(('queue__in', ['MAIL', 'PDF', 'DEFAULT'])), name='owed_queue_is_known'),
                        models.CheckConstraint(condition=models.Q(('state', 'DONE'), ('done_at__isnull', True), _connector='XOR'), name='done_work_says_when'),
                    ],
                },
            ),
        ]),
    ]
