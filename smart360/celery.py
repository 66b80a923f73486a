"""The Celery application. It is only a wake-up: what is owed stands in PostgreSQL."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smart360.settings.base")

app = Celery("smart360")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
