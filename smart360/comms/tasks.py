"""Paying what the outbox owes: read, hand over, then mark (design.md §6).

A worker that dies between handing over and marking leaves the letter owed; the next copy carries
the same Message-ID (quality.md, N3).
"""

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from celery import shared_task

from smart360.comms import operations, rules
from smart360.comms.channels import Undeliverable, way_of
from smart360.comms.queries import parcel_of_message, parcel_of_notice
from smart360.kernel import clock

log = logging.getLogger(__name__)

GAVE_UP = "The mail server could not be reached"


def deliver_message(about: Mapping[str, Any], at: datetime) -> None:
    """Pay ``comms.deliver``: hand one message over and say so on its timeline."""
    message = int(about["message"])
    parcel = parcel_of_message(message)
    if parcel is None:
        return
    why = rules.why_unreachable(parcel.to)
    if why:
        operations.mark_not_sent(message=message, why=why, at=at)
        return
    try:
        way_of(parcel.channel).hand_over(parcel)
    except Undeliverable as refused:
        operations.mark_failed(message=message, why=refused.why, at=clock.now())
    else:
        operations.mark_sent(message=message, at=clock.now())


def give_up_message(about: Mapping[str, Any], at: datetime, error: str) -> None:
    """After the last try: the message is Not delivered, with Retry beside it (COM4)."""
    operations.mark_failed(message=int(about["message"]), why=GAVE_UP, at=at)


def mail_notice(about: Mapping[str, Any], at: datetime) -> None:
    """Pay ``comms.mail_notice``: a line of somebody's bell as an e-mail."""
    parcel = parcel_of_notice(int(about["notice"]))
    if parcel is None:
        return
    try:
        way_of(parcel.channel).hand_over(parcel)
    except Undeliverable:  # the bell has it all the same
        log.warning("notice %s was refused by the person's mail server", about["notice"])


@shared_task(name="comms.raise_late_mail_alarm")
def raise_late_mail_alarm() -> int:
    """Every minute: tell people when mail has stopped (quality.md, N2)."""
    return operations.raise_late_mail_alarm(at=clock.now())
