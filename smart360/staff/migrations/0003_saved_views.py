"""Views of lists that people keep for themselves."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('staff', '0002_eight_roles'),
    ]

    operations = [
        migrations.CreateModel(
            name='SavedView',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('page', models.CharField(choices=[('consumer_list', 'Consumers')], max_length=20)),
                ('name', models.CharField(max_length=40)),
                ('query', models.CharField(max_length=1000)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='saved_views', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('person', 'page', 'name'), name='a_person_names_a_view_once'), models.CheckConstraint(condition=models.Q(('page__in', ['consumer_list'])), name='saved_page_is_known'), models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='a_saved_view_has_a_name')],
            },
        ),
    ]
