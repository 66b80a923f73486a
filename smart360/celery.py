"""The Celery application. It is only a wake-up: what is owed stands in PostgreSQL."""

import os
from typing import Any

from celery import Celery
from celery.app.amqp import AMQP
from celery.schedules import crontab
from kombu import Connection

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smart360.settings.base")

QUEUES = ("mail", "pdf", "default")  # apart, so that a slow PDF never delays a mail


class Line(Connection):
    """The line to the broker. While it is cut, workers and beat try it every second.

    Celery's own pauses grow to half a minute: mail would wait as long after the broker is back.
    """

    def ensure_connection(self, *given: Any, **more: Any) -> Any:
        """Connect, trying again at an even pace whatever the caller asks for."""
        names = ("errback", "max_retries", "interval_start", "interval_step", "interval_max")
        wish = dict(zip(names, given, strict=False)) | more
        return super().ensure_connection(
            **(wish | {"interval_start": 1, "interval_step": 0, "interval_max": 1})
        )


class Amqp(AMQP):
    """Celery's messaging, on our line."""

    Connection = Line


app = Celery("smart360", amqp=Amqp)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    # A tick that nobody took within two seconds is worth nothing: the next one does the same.
    f"pay what is owed: {queue}": {
        "task": "owed.drain",
        "schedule": 1.0,
        "args": [queue.upper()],
        "options": {"queue": queue, "expires": 2},
    }
    for queue in QUEUES
} | {
    "raise SLA alerts": {
        "task": "cases.raise_due_alerts",
        "schedule": 5.0,
        "options": {"queue": "default", "expires": 5},
    },
    "end holds that have reached their moment": {
        "task": "cases.end_lapsed_holds",
        "schedule": 10.0,
        "options": {"queue": "default", "expires": 10},
    },
    "fold what has changed into the tallies": {
        "task": "cases.fold_tallies",
        "schedule": 5.0,
        "options": {"queue": "default", "expires": 5},
    },
    "fold what has changed into the total of balances": {
        "task": "consumers.fold_balances",
        "schedule": 5.0,
        "options": {"queue": "default", "expires": 5},
    },
    "fold what has changed into the tallies of accounts": {
        "task": "consumers.fold_accounts",
        "schedule": 5.0,
        "options": {"queue": "default", "expires": 5},
    },
    "tell when mail has stopped": {
        "task": "comms.raise_late_mail_alarm",
        "schedule": 60.0,
        "options": {"queue": "default", "expires": 60},
    },
    "judge arrangements of which a due day has passed": {
        "task": "billing.judge_arrangements",
        "schedule": 600.0,  # the day begins at its own hour in each utility's zone
        "options": {"queue": "default", "expires": 600},
    },
    "tell of requests whose account is protected no more": {
        "task": "disconnections.tell_of_ended_protections",
        "schedule": 600.0,  # the day begins at its own hour in each utility's zone
        "options": {"queue": "default", "expires": 600},
    },
    "compare stored SLA times with history": {
        "task": "cases.recompute_open_cases",
        "schedule": crontab(hour="2", minute="15"),
        "options": {"queue": "default"},
    },
    "forget old form keys and paid work": {
        "task": "owed.sweep",
        "schedule": crontab(hour="3", minute="15"),
        "options": {"queue": "default"},
    },
    "add last year's interest to deposits": {
        "task": "billing.add_deposit_interest",
        "schedule": crontab(month_of_year="1", hour="2", minute="45"),
        "options": {"queue": "default"},
    },
    "move accounts to Collection by age, and back": {
        "task": "consumers.age_accounts",
        "schedule": crontab(hour="2", minute="0"),
        "options": {"queue": "default"},
    },
    "score how it stands with each consumer": {
        "task": "insights.score_consumers",
        "schedule": crontab(hour="1", minute="15"),
        "options": {"queue": "default"},
    },
    "look for what must never be": {
        "task": "insights.check_invariants",
        "schedule": crontab(hour="4", minute="15"),
        "options": {"queue": "default"},
    },
    "forget complaints that nobody goes on writing": {
        "task": "complaints.sweep_drafts",
        "schedule": crontab(hour="3", minute="30"),
        "options": {"queue": "default"},
    },
    "tell of protections that end soon": {
        "task": "consumers.remind_of_ending_protections",
        "schedule": crontab(hour="5", minute="5"),
        "options": {"queue": "default"},
    },
    "forget uploads that became no document": {
        "task": "consumers.sweep_trays",
        "schedule": crontab(hour="3", minute="35"),
        "options": {"queue": "default"},
    },
    "forget files of accounts that nobody took over": {
        "task": "custody.drop_old_files",
        "schedule": crontab(hour="3", minute="50"),
        "options": {"queue": "default"},
    },
    "delete the files of old exports of a person's data": {
        "task": "custody.end_exports",
        "schedule": crontab(hour="3", minute="40"),
        "options": {"queue": "default"},
    },
    "remove files that no row knows": {
        "task": "documents.sweep_orphans",
        "schedule": crontab(hour="3", minute="45"),
        "options": {"queue": "default"},
    },
}
