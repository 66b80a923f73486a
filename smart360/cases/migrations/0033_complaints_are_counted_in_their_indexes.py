"""Read complaints of one sub-category by an index, and count what is late in one that has it all."""

import datetime

import django.db.models.functions.comparison
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('cases', '0032_cases_know_their_subtopic'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='case',
            index=models.Index(condition=models.Q(('status__in', ('PENDING', 'IN_PROGRESS', 'ON_HOLD')), ('kind', 'COMPLAINT')), fields=['breaches_at', 'id'], include=('topic', 'status', 'warns_at'), name='open_complaint_by_breach_first'),
        ),
        AddIndexConcurrently(
            model_name='case',
            index=models.Index(condition=models.Q(('status__in', ('PENDING', 'IN_PROGRESS', 'ON_HOLD')), ('kind', 'COMPLAINT')), fields=['assignee', 'breaches_at'], include=('id', 'topic'), name='open_complaint_by_worker'),
        ),
        AddIndexConcurrently(
            model_name='case',
            index=models.Index(models.F('subtopic'), django.db.models.functions.comparison.Coalesce(models.F('adjusted_due_at'), models.Value(datetime.datetime(9999, 1, 1, 0, 0, tzinfo=datetime.UTC))), models.F('id'), condition=models.Q(('status__in', ('PENDING', 'IN_PROGRESS', 'ON_HOLD')), ('kind', 'COMPLAINT')), name='open_complaint_by_subtopic'),
        ),
        AddIndexConcurrently(
            model_name='case',
            index=models.Index(condition=models.Q(('status__in', ('COMPLETED', 'CLOSED', 'RESOLVED', 'REJECTED')), ('kind', 'COMPLAINT')), fields=['subtopic', '-created_at', '-id'], name='ended_complaint_by_subtopic'),
        ),
        RemoveIndexConcurrently(
            model_name='case',
            name='open_complaint_by_breach',
        ),
        RemoveIndexConcurrently(
            model_name='case',
            name='open_complaint_by_assignee',
        ),
    ]
