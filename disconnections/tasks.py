"""The workers' side of requests: receipts, runs batch after batch, protections that ended."""

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded

from disconnections import operations
from disconnections.operations import proposing, runs, undoing
from disconnections.operations.protections import tell_of_ended_protection
from disconnections.queries.lost_protections import untold
from disconnections.queries.receipts import has_receipt, receipt_facts
from smart360.documents.render import on_paper
from smart360.documents.rules import qr_code
from smart360.kernel import clock
from smart360.owed.turns import in_turn

log = logging.getLogger(__name__)


def make_receipt(about: Mapping[str, Any], at: datetime) -> None:
    """Make the receipt of the request that ``about`` names, once however often it is tried."""
    case: int = about["case"]
    if has_receipt(case):
        return
    operations.attach_receipt(case=case, body=receipt_pdf(case, at), by=None, at=at)


def receipt_pdf(case: int, at: datetime) -> bytes:
    """A request's receipt on the utility's paper."""
    receipt = receipt_facts(case)
    context = {"receipt": receipt, "qr": qr_code(receipt.tracking_url)}
    return on_paper("disconnections/receipt.html", context, at=at)


def go_on_with_proposal(about: Mapping[str, Any], at: datetime) -> None:
    """One piece of a large proposal's record; the next one is owed by it."""
    proposing.go_on_with_proposal(run=about["run"], after=about["after"], at=at)


def go_on_with_run(about: Mapping[str, Any], at: datetime) -> None:
    """One batch of a non-payment run; the next one is owed by it."""
    runs.go_on_with_run(run=about["run"], after=about["after"], at=at)


def undo_run(about: Mapping[str, Any], at: datetime) -> None:
    """One batch of what is undone; the next one is owed by it."""
    undoing.go_on_with_undoing(run=about["run"], after=about["after"], at=at)


def stop_run(about: Mapping[str, Any], at: datetime, error: str) -> None:
    """A batch has failed too often: the run stands still until a person looks at it."""
    runs.stop_run(run=about["run"], at=at)


@shared_task(name="disconnections.tell_of_ended_protections")
def tell_of_ended_protections() -> int:
    """Say of each request that waits for an account hold whose last day is over; how many."""
    at, told = clock.now(), 0
    with in_turn("disconnections.tell_of_ended_protections") as is_ours:
        for case, consumer in untold(at=at) if is_ours else ():
            try:
                told += tell_of_ended_protection(case=case, consumer=consumer, at=at)
            except SoftTimeLimitExceeded:
                raise
            except Exception:  # whatever is wrong with one request, the others are told of
                log.exception("nobody was told that nothing protects case %s any more", case)
    return told
