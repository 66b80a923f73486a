"""Configuration of complaints."""

from datetime import timedelta
from typing import Any

from django.apps import AppConfig
from django.utils.module_loading import import_string

from consumers import ports as consumer_ports
from smart360.cases import ports as case_ports
from smart360.comms import ports as comms_ports
from smart360.owed.handlers import Handler, register

PLUGS: tuple[tuple[str, list[Any]], ...] = (
    ("queries.complainants.spoken_to", case_ports.SPOKEN_TO),
    ("access.kept_from", case_ports.KEPT_FROM),
    ("access.hidden_among", case_ports.HIDDEN),
    ("access.hidden_among", comms_ports.HIDDEN),
    ("notices.words_of", case_ports.WORDED),
    ("access.hidden_cases", consumer_ports.HIDDEN_CASES),
    ("protecting.why_held", consumer_ports.HELD_BY),
)
"""What of this app is plugged into which port of a lower one."""


class ComplaintsConfig(AppConfig):
    """Complaints: categories, wizard, evidence, resolution."""

    name = "complaints"

    def ready(self) -> None:
        """Say who makes receipts, who is spoken to, from whom one is kept, what must not wait."""
        register(
            Handler(kind="complaints.receipt", queue="PDF", pays="complaints.tasks.make_receipt")
        )
        for plug, port in PLUGS:
            answer = import_string(f"complaints.{plug}")
            if answer not in port:
                port.append(answer)
        comms_ports.URGENT["complaint.received"] = comms_ports.Urgent(
            name="complaint acknowledgement",
            alarm_after=timedelta(minutes=10),
            leaves_within=timedelta(minutes=30),
        )
