"""A roll-up of cases by month, which follows that by day in the database itself."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0028_rejections_that_were_there'),
    ]

    operations = [
        migrations.CreateModel(
            name='MonthTally',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('standing', models.CharField(choices=[('OPEN', 'Open'), ('COMPLETED', 'Completed'), ('CLOSED', 'Closed'), ('RESOLVED', 'Resolved'), ('REJECTED', 'Rejected'), ('LATE', 'Late')], max_length=15)),
                ('kind', models.CharField(choices=[('DISCONNECTION', 'Disconnection'), ('RECONNECTION', 'Reconnection'), ('COMPLAINT', 'Complaint')], max_length=15)),
                ('topic', models.CharField(blank=True, db_default='', default='', max_length=30)),
                ('count', models.IntegerField()),
                ('seconds', models.BigIntegerField(db_default=0, default=0, help_text='Of the resolution times of what ended, together.')),
                ('missed', models.IntegerField(db_default=0, default=0, help_text='How many of what ended had missed a target.')),
                ('month', models.DateField(help_text='Its first day.')),
            ],
            options={
                'verbose_name_plural': 'month tallies',
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='tally',
            trigger=pgtrigger.compiler.Trigger(name='months_add', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        INSERT INTO cases_monthtally AS t (standing, kind, topic, month, count, seconds, missed)\n        SELECT standing, kind, topic, date_trunc('month', day::timestamp)::date,\n               sum(way * count), sum(way * seconds), sum(way * missed) FROM (SELECT 1 AS way, * FROM now) AS changes\n         GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4\n            ON CONFLICT (kind, standing, topic, month) DO UPDATE\n           SET count = t.count + excluded.count, seconds = t.seconds + excluded.seconds,\n               missed = t.missed + excluded.missed;\n        RETURN NULL;\n        ", hash='ac1cb5302e9ba57a888c8a7c652c8360dd9bb810', level='STATEMENT', operation='INSERT', pgid='pgtrigger_months_add_c2769', referencing='REFERENCING NEW TABLE AS now ', table='cases_tally', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='tally',
            trigger=pgtrigger.compiler.Trigger(name='months_follow', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        INSERT INTO cases_monthtally AS t (standing, kind, topic, month, count, seconds, missed)\n        SELECT standing, kind, topic, date_trunc('month', day::timestamp)::date,\n               sum(way * count), sum(way * seconds), sum(way * missed) FROM (SELECT 1 AS way, * FROM now UNION ALL SELECT -1, * FROM before) AS changes\n         GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4\n            ON CONFLICT (kind, standing, topic, month) DO UPDATE\n           SET count = t.count + excluded.count, seconds = t.seconds + excluded.seconds,\n               missed = t.missed + excluded.missed;\n        RETURN NULL;\n        ", hash='21f95f712b2ed1c23eb3cb2cbbfc49c03015b184', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_months_follow_81b44', referencing='REFERENCING OLD TABLE AS before  NEW TABLE AS now ', table='cases_tally', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='tally',
            trigger=pgtrigger.compiler.Trigger(name='months_subtract', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        INSERT INTO cases_monthtally AS t (standing, kind, topic, month, count, seconds, missed)\n        SELECT standing, kind, topic, date_trunc('month', day::timestamp)::date,\n               sum(way * count), sum(way * seconds), sum(way * missed) FROM (SELECT -1 AS way, * FROM before) AS changes\n         GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4\n            ON CONFLICT (kind, standing, topic, month) DO UPDATE\n           SET count = t.count + excluded.count, seconds = t.seconds + excluded.seconds,\n               missed = t.missed + excluded.missed;\n        RETURN NULL;\n        ", hash='8d461229d639f55daa5db1fe16d4de6c640f7ad3', level='STATEMENT', operation='DELETE', pgid='pgtrigger_months_subtract_ec656', referencing='REFERENCING OLD TABLE AS before ', table='cases_tally', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='monthtally',
            constraint=models.UniqueConstraint(fields=('kind', 'standing', 'topic', 'month'), name='a_month_has_one_tally_of_a_topic'),
        ),
        migrations.AddConstraint(
            model_name='monthtally',
            constraint=models.CheckConstraint(condition=models.Q(('month__day', 1)), name='a_month_tally_is_of_its_first'),
        ),
        migrations.AddConstraint(
            model_name='monthtally',
            constraint=models.CheckConstraint(condition=models.Q(('standing__in', ['OPEN', 'COMPLETED', 'CLOSED', 'RESOLVED', 'REJECTED', 'LATE'])), name='month_tally_standing_is_known'),
        ),
        migrations.AddConstraint(
            model_name='monthtally',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['DISCONNECTION', 'RECONNECTION', 'COMPLAINT'])), name='month_tally_kind_is_known'),
        ),
    ]
