"""The score of each consumer, month by month."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('consumers', '0024_relationship_health'),
    ]

    operations = [
        migrations.CreateModel(
            name='HealthScore',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField(help_text='Its first day.')),
                ('score', models.PositiveSmallIntegerField(help_text='0 to 100.')),
                ('version', models.PositiveSmallIntegerField(help_text='Of the definitions it was made by.')),
                ('scored_at', models.DateTimeField()),
                ('consumer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consumers.consumer')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('consumer', 'month'), name='a_month_has_one_health_score'), models.CheckConstraint(condition=models.Q(('score__range', (0, 100))), name='a_health_score_is_0_to_100'), models.CheckConstraint(condition=models.Q(('month__day', 1)), name='a_health_score_is_of_a_month')],
            },
        ),
    ]
