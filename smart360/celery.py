"""The Celery application. It is only a wake-up: what is owed stands in PostgreSQL."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smart360.settings.base")

QUEUES = ("mail", "pdf", "default")  # apart, so that a slow PDF never delays a mail

app = Celery("smart360")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    # A tick that nobody took within two seconds is worth nothing: the next one does the same.
    f"pay what is owed: {queue}": {
        "task": "owed.drain",
        "schedule": 1.0,
        "args": [queue],
        "options": {"queue": queue, "expires": 2},
    }
    for queue in QUEUES
}
