"""A tally, by the quarter of an hour, of what is late or will be: it follows what is folded."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0034_ended_cases_keep_their_words'),
    ]

    operations = [
        migrations.CreateModel(
            name='LateTally',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('DISCONNECTION', 'Disconnection'), ('RECONNECTION', 'Reconnection'), ('COMPLAINT', 'Complaint')], max_length=15)),
                ('topic', models.CharField(blank=True, db_default='', default='', max_length=30)),
                ('quarter_at', models.DateTimeField(help_text='When the quarter of an hour begins.')),
                ('count', models.IntegerField()),
            ],
            options={
                'verbose_name_plural': 'late tallies',
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='tallychange',
            trigger=pgtrigger.compiler.Trigger(name='late_follows', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    INSERT INTO cases_latetally AS t (kind, topic, quarter_at, count)\n                    SELECT kind, topic,\n                           date_bin('15 minutes', counts_at, '1970-01-01 00:00+00'), sum(change)\n                      FROM folded WHERE standing = 'LATE'\n                     GROUP BY 1, 2, 3 HAVING sum(change) <> 0 ORDER BY 1, 3, 2\n                        ON CONFLICT (kind, quarter_at, topic) DO UPDATE\n                       SET count = t.count + excluded.count;\n                    RETURN NULL;\n                    ", hash='2703d3ad8f94ffe5f8a5f19b8df7b717c8016843', level='STATEMENT', operation='DELETE', pgid='pgtrigger_late_follows_1990d', referencing='REFERENCING OLD TABLE AS folded ', table='cases_tallychange', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='latetally',
            constraint=models.UniqueConstraint(fields=('kind', 'quarter_at', 'topic'), name='a_quarter_has_one_tally_of_a_topic'),
        ),
        migrations.AddConstraint(
            model_name='latetally',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['DISCONNECTION', 'RECONNECTION', 'COMPLAINT'])), name='late_tally_kind_is_known'),
        ),
        migrations.AddConstraint(
            model_name='latetally',
            constraint=models.CheckConstraint(condition=models.Q(('quarter_at__minute__in', [0, 15, 30, 45]), ('quarter_at__second', 0)), name='a_late_tally_is_of_a_quarter'),
        ),
    ]
