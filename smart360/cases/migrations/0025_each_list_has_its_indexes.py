"""Read each list of cases by indexes of its own, made while the product runs.

A list of requests would else wade through a million complaints, and the reverse.
"""

import datetime

import django.db.models.functions.comparison
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('cases', '0024_tallies_count_by_topic'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='case',
            index=models.Index(django.db.models.functions.comparison.Coalesce(models.F('adjusted_due_at'), models.Value(datetime.datetime(9999, 1, 1, 0, 0, tzinfo=datetime.UTC))), models.F('id'), condition=models.Q(('status__in', ('PENDING', 'IN_PROGRESS', 'ON_HOLD')), ('kind__in', ('DISCONNECTION', 'RECONNECTION'))), name='open_request_by_due'),
        ),
        AddIndexConcurrently(
            model_name='case',
            index=models.Index(models.OrderBy(models.F('created_at'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('status__in', ('PENDING', 'IN_PROGRESS', 'ON_HOLD')), ('kind__in', ('DISCONNECTION', 'RECONNECTION'))), name='open_request_by_age'),
        ),
        AddIndexConcurrently(
            model_name='case',
            index=models.Index(models.Case(models.When(priority='CRITICAL', then=models.Value(0)), models.When(priority='HIGH', then=models.Value(1)), models.When(priority='MEDIUM', then=models.Value(2)), models.When(priority='LOW', then=models.Value(3)), output_field=models.IntegerField()), django.db.models.functions.comparison.Coalesce(models.F('adjusted_due_at'), models.Value(datetime.datetime(9999, 1, 1, 0, 0, tzinfo=datetime.UTC))), models.F('id'), condition=models.Q(('status__in', ('PENDING', 'IN_PROGRESS', 'ON_HOLD')), ('kind__in', ('DISCONNECTION', 'RECONNECTION'))), name='open_request_by_urgency'),
        ),
        AddIndexConcurrently(
            model_name='case',
            index=models.Index(models.F('status'), models.F('created_at'), models.F('id'), condition=models.Q(('status__in', ('PENDING', 'IN_PROGRESS', 'ON_HOLD')), ('kind__in', ('DISCONNECTION', 'RECONNECTION'))), name='open_request_by_status'),
        ),
        AddIndexConcurrently(
            model_name='case',
            index=models.Index(models.F('kind'), models.F('number'), condition=models.Q(('status__in', ('PENDING', 'IN_PROGRESS', 'ON_HOLD')), ('kind__in', ('DISCONNECTION', 'RECONNECTION'))), name='open_request_by_number'),
        ),
        AddIndexConcurrently(
            model_name='case',
            index=models.Index(django.db.models.functions.comparison.Coalesce(models.F('adjusted_due_at'), models.Value(datetime.datetime(9999, 1, 1, 0, 0, tzinfo=datetime.UTC))), models.F('id'), condition=models.Q(('status__in', ('COMPLETED', 'CLOSED', 'RESOLVED', 'REJECTED')), ('kind__in', ('DISCONNECTION', 'RECONNECTION'))), name='ended_request_by_due'),
        ),
        AddIndexConcurrently(
            model_name='case',
            index=models.Index(models.OrderBy(models.F('created_at'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('status__in', ('COMPLETED', 'CLOSED', 'RESOLVED', 'REJECTED')), ('kind__in', ('DISCONNECTION', 'RECONNECTION'))), name='ended_request_by_age'),
        ),
        AddIndexConcurrently(
            model_name='case',
            index=models.Index(models.Case(models.When(priority='CRITICAL', then=models.Value(0)), models.When(priority='HIGH', then=models.Value(1)), models.When(priority='MEDIUM', then=models.Value(2)), models.When(priority='LOW', then=models.Value(3)), output_field=models.IntegerField()), django.db.models.functions.comparison.Coalesce(models.F('adjusted_due_at'), models.Value(datetime.datetime(9999, 1, 1, 0, 0, tzinfo=datetime.UTC))), models.F('id'), condition=models.Q(('status__in', ('COMPLETED', 'CLOSED', 'RESOLVED', 'REJECTED')), ('kind__in', ('DISCONNECTION', 'RECONNECTION'))), name='ended_request_by_urgency'),
        ),
        AddIndexConcurrently(
            model_name='case',
            index=models.Index(models.F('status'), models.F('created_at'), models.F('id'), condition=models.Q(('status__in', ('COMPLETED', 'CLOSED', 'RESOLVED', 'REJECTED')), ('kind__in', ('DISCONNECTION', 'RECONNECTION'))), name='ended_request_by_status'),
        ),
        AddIndexConcurrently(
            model_name='case',
            index=models.Index(models.F('kind'), models.F('number'), condition=models.Q(('status__in', ('COMPLETED', 'CLOSED', 'RESOLVED', 'REJECTED')), ('kind__in', ('DISCONNECTION', 'RECONNECTION'))), name='ended_request_by_number'),
        ),
        AddIndexConcurrently(
            model_name='case',
            index=models.Index(models.F('status'), django.db.models.functions.comparison.Coalesce(models.F('adjusted_due_at'), models.Value(datetime.datetime(9999, 1, 1, 0, 0, tzinfo=datetime.UTC))), models.F('id'), condition=models.Q(('status__in', ('PENDING', 'IN_PROGRESS', 'ON_HOLD')), ('kind__in', ('DISCONNECTION', 'RECONNECTION'))), name='open_request_by_status_due'),
        ),
        AddIndexConcurrently(
            model_name='case',
            index=models.Index(condition=models.Q(('status__in', ('PENDING', 'IN_PROGRESS', 'ON_HOLD')), ('kind__in', ('DISCONNECTION', 'RECONNECTION'))), fields=['breaches_at', 'id'], name='open_request_by_breach'),
        ),
        AddIndexConcurrently(
            model_name='case',
            index=models.Index(condition=models.Q(('status__in', ('PENDING', 'IN_PROGRESS', 'ON_HOLD')), ('kind__in', ('DISCONNECTION', 'RECONNECTION'))), fields=['assignee', 'breaches_at'], name='open_request_by_assignee'),
        ),
        AddIndexConcurrently(
            model_name='case',
            index=models.Index(condition=models.Q(('status__in', ('COMPLETED', 'CLOSED', 'RESOLVED', 'REJECTED')), ('kind__in', ('DISCONNECTION', 'RECONNECTION'))), fields=['ended_at'], name='ended_request_by_end'),
        ),
        AddIndexConcurrently(
            model_name='case',
            index=models.Index(models.F('kind'), models.F('status'), models.F('priority'), django.db.models.functions.comparison.Coalesce(models.F('adjusted_due_at'), models.Value(datetime.datetime(9999, 1, 1, 0, 0, tzinfo=datetime.UTC))), models.F('id'), condition=models.Q(('status__in', ('PENDING', 'IN_PROGRESS', 'ON_HOLD')), ('kind__in', ('DISCONNECTION', 'RECONNECTION'))), name='open_request_by_what_it_is'),
        ),
        AddIndexConcurrently(
            model_name='case',
            index=models.Index(django.db.models.functions.comparison.Coalesce(models.F('adjusted_due_at'), models.Value(datetime.datetime(9999, 1, 1, 0, 0, tzinfo=datetime.UTC))), models.F('id'), condition=models.Q(('status__in', ('PENDING', 'IN_PROGRESS', 'ON_HOLD')), ('kind', 'COMPLAINT')), name='open_complaint_by_due'),
        ),
        AddIndexConcurrently(
            model_name='case',
            index=models.Index(models.OrderBy(models.F('created_at'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('status__in', ('PENDING', 'IN_PROGRESS', 'ON_HOLD')), ('kind', 'COMPLAINT')), name='open_complaint_by_age'),
        ),
        AddIndexConcurrently(
            model_name='case',
            index=models.Index(models.Case(models.When(priority='CRITICAL', then=models.Value(0)), models.When(priority='HIGH', then=models.Value(1)), models.When(priority='MEDIUM', then=models.Value(2)), models.When(priority='LOW', then=models.Value(3)), output_field=models.IntegerField()), django.db.models.functions.comparison.Coalesce(models.F('adjusted_due_at'), models.Value(datetime.datetime(9999, 1, 1, 0, 0, tzinfo=datetime.UTC))), models.F('id'), condition=models.Q(('status__in', ('PENDING', 'IN_PROGRESS', 'ON_HOLD')), ('kind', 'COMPLAINT')), name='open_complaint_by_urgency'),
        ),
        AddIndexConcurrently(
            model_name='case',
            index=models.Index(models.F('status'), models.F('created_at'), models.F('id'), condition=models.Q(('status__in', ('PENDING', 'IN_PROGRESS', 'ON_HOLD')), ('kind', 'COMPLAINT')), name='open_complaint_by_status'),
        ),
        AddIndexConcurrently(
            model_name='case',
            index=models.Index(models.F('kind'), models.F('number'), condition=models.Q(('status__in', ('PENDING', 'IN_PROGRESS', 'ON_HOLD')), ('kind', 'COMPLAINT')), name='open_complaint_by_number'),
        ),
        AddIndexConcurrently(
            model_name='case',
            index=models.Index(django.db.models.functions.comparison.Coalesce(models.F('adjusted_due_at'), models.Value(datetime.datetime(9999, 1, 1, 0, 0, tzinfo=datetime.UTC))), models.F('id'), condition=models.Q(('status__in', ('COMPLETED', 'CLOSED', 'RESOLVED', 'REJECTED')), ('kind', 'COMPLAINT')), name='ended_complaint_by_due'),
        ),
        AddIndexConcurrently(
            model_name='case',
            index=models.Index(models.OrderBy(models.F('created_at'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('status__in', ('COMPLETED', 'CLOSED', 'RESOLVED', 'REJECTED')), ('kind', 'COMPLAINT')), name='ended_complaint_by_age'),
        ),
        AddIndexConcurrently(
            model_name='case',
            index=models.Index(models.Case(models.When(priority='CRITICAL', then=models.Value(0)), models.When(priority='HIGH', then=models.Value(1)), models.When(priority='MEDIUM', then=models.Value(2)), models.When(priority='LOW', then=models.Value(3)), output_field=models.IntegerField()), django.db.models.functions.comparison.Coalesce(models.F('adjusted_due_at'), models.Value(datetime.datetime(9999, 1, 1, 0, 0, tzinfo=datetime.UTC))), models.F('id'), condition=models.Q(('status__in', ('COMPLETED', 'CLOSED', 'RESOLVED', 'REJECTED')), ('kind', 'COMPLAINT')), name='ended_complaint_by_urgency'),
        ),
        AddIndexConcurrently(
            model_name='case',
            index=models.Index(models.F('status'), models.F('created_at'), models.F('id'), condition=models.Q(('status__in', ('COMPLETED', 'CLOSED', 'RESOLVED', 'REJECTED')), ('kind', 'COMPLAINT')), name='ended_complaint_by_status'),
        ),
        AddIndexConcurrently(
            model_name='case',
            index=models.Index(models.F('kind'), models.F('number'), condition=models.Q(('status__in', ('COMPLETED', 'CLOSED', 'RESOLVED', 'REJECTED')), ('kind', 'COMPLAINT')), name='ended_complaint_by_number'),
        ),
        AddIndexConcurrently(
            model_name='case',
            index=models.Index(models.F('status'), django.db.models.functions.comparison.Coalesce(models.F('adjusted_due_at'), models.Value(datetime.datetime(9999, 1, 1, 0, 0, tzinfo=datetime.UTC))), models.F('id'), condition=models.Q(('status__in', ('PENDING', 'IN_PROGRESS', 'ON_HOLD')), ('kind', 'COMPLAINT')), name='open_complaint_by_status_due'),
        ),
        AddIndexConcurrently(
            model_name='case',
            index=models.Index(condition=models.Q(('status__in', ('PENDING', 'IN_PROGRESS', 'ON_HOLD')), ('kind', 'COMPLAINT')), fields=['breaches_at', 'id'], name='open_complaint_by_breach'),
        ),
        AddIndexConcurrently(
            model_name='case',
            index=models.Index(condition=models.Q(('status__in', ('PENDING', 'IN_PROGRESS', 'ON_HOLD')), ('kind', 'COMPLAINT')), fields=['assignee', 'breaches_at'], name='open_complaint_by_assignee'),
        ),
        AddIndexConcurrently(
            model_name='case',
            index=models.Index(condition=models.Q(('status__in', ('COMPLETED', 'CLOSED', 'RESOLVED', 'REJECTED')), ('kind', 'COMPLAINT')), fields=['ended_at'], name='ended_complaint_by_end'),
        ),
        AddIndexConcurrently(
            model_name='case',
            index=models.Index(models.F('topic'), django.db.models.functions.comparison.Coalesce(models.F('adjusted_due_at'), models.Value(datetime.datetime(9999, 1, 1, 0, 0, tzinfo=datetime.UTC))), models.F('id'), condition=models.Q(('status__in', ('PENDING', 'IN_PROGRESS', 'ON_HOLD')), ('kind', 'COMPLAINT')), name='open_complaint_by_topic'),
        ),
        AddIndexConcurrently(
            model_name='case',
            index=models.Index(condition=models.Q(('status__in', ('COMPLETED', 'CLOSED', 'RESOLVED', 'REJECTED')), ('kind', 'COMPLAINT')), fields=['topic', '-created_at', '-id'], name='ended_complaint_by_topic'),
        ),
        RemoveIndexConcurrently(
            model_name='case',
            name='open_case_by_age',
        ),
        RemoveIndexConcurrently(
            model_name='case',
            name='open_case_by_breach',
        ),
        RemoveIndexConcurrently(
            model_name='case',
            name='open_case_by_assignee',
        ),
        RemoveIndexConcurrently(
            model_name='case',
            name='open_case_by_due',
        ),
        RemoveIndexConcurrently(
            model_name='case',
            name='ended_case_by_due',
        ),
        RemoveIndexConcurrently(
            model_name='case',
            name='ended_case_by_age',
        ),
        RemoveIndexConcurrently(
            model_name='case',
            name='open_case_by_urgency',
        ),
        RemoveIndexConcurrently(
            model_name='case',
            name='ended_case_by_urgency',
        ),
        RemoveIndexConcurrently(
            model_name='case',
            name='open_case_by_status',
        ),
        RemoveIndexConcurrently(
            model_name='case',
            name='ended_case_by_status',
        ),
        RemoveIndexConcurrently(
            model_name='case',
            name='open_case_by_number',
        ),
        RemoveIndexConcurrently(
            model_name='case',
            name='ended_case_by_number',
        ),
        RemoveIndexConcurrently(
            model_name='case',
            name='open_case_of_status_by_due',
        ),
        RemoveIndexConcurrently(
            model_name='case',
            name='open_case_by_what_it_is',
        ),
        RemoveIndexConcurrently(
            model_name='case',
            name='ended_case_by_end',
        ),
    ]
