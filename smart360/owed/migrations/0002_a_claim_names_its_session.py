from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('owed', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='owedwork',
            name='claimed_by',
            field=models.IntegerField(blank=True, help_text='The database session of the worker that pays it now; free when that is gone.', null=True),
        ),
        migrations.AddIndex(
            model_name='owedwork',
            index=models.Index(condition=models.Q(('claimed_by__isnull', False)), fields=['queue'], name='owed_work_claimed'),
        ),
    ]
