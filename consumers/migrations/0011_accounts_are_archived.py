"""Since when an account is out of default lists and billing runs."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("consumers", "0010_the_first_warehouse")]
    operations = [
        migrations.AddField(
            model_name='consumer',
            name='archived_at',
            field=models.DateTimeField(blank=True, help_text='Since then out of default lists and billing runs.', null=True),
        ),
    ]
