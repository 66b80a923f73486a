"""Papers of the demo: agreements, proofs of identity, certificates, and whom they protect."""

import io
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from PIL import Image, ImageDraw

from consumers.choices import AccountStatus, DocumentState
from consumers.models import Consumer, ConsumerDocument, ProtectionKind
from consumers.operations import (
    HoldWish,
    accept_account_hold,
    add_document,
    add_upload,
    decide_document,
    propose_account_hold,
)
from smart360.documents.intake import check
from smart360.staff.models import Person

VERIFIED, PUBLISHED = DocumentState.VERIFIED.value, DocumentState.PUBLISHED.value
PAPERS: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    # kind, title, who uploads it, and what the supervisor makes of it
    ("AGREEMENT", "Supply agreement 2026", "cse", (VERIFIED, PUBLISHED)),
    ("IDENTITY", "Driving licence, both sides", "cse", (VERIFIED,)),
    ("AUTHORISATION", "Son may speak for the account", "cse", ()),
    ("AGREEMENT", "Direct debit mandate", "billing", (VERIFIED, PUBLISHED)),
    ("REPORT", "Electrician's report on the meter box", "cse", ("REJECTED",)),
    ("OTHER", "Letter about the change of name", "recovery", ()),
)
PROTECTED: tuple[tuple[str, str, int], ...] = (
    # why, the note to the supervisor, and for how many days
    ("Life support at home", "Ventilator at night, certificate of the hospital", 9),
    ("Infant in the household", "Birth certificate is on file", 160),
    ("Serious illness", "Dialysis three times a week", 25),
    ("Elderly person living alone", "Asked by her daughter", 300),
)


def make_documents(*, at: datetime) -> None:
    """A few papers, and the households that some of them protect; nothing where there are any."""
    if ConsumerDocument.objects.exists():
        return
    free = Consumer.objects.filter(status=AccountStatus.ACTIVE, cases__isnull=True)
    chosen = list(free.order_by("pk")[: 2 + len(PROTECTED)])
    people = {each.username: each for each in Person.objects.filter(is_demo=True)}
    for number, (kind, title, by, decisions) in enumerate(PAPERS):
        consumer, moment = chosen[number % 2], at - timedelta(days=40 - number * 5)
        made = _added(consumer, kind, title, people[by], moment)
        _decide(made, decisions, people["supervisor"], moment)
    for consumer, (why, note, days) in zip(chosen[2:], PROTECTED, strict=False):
        _protect(consumer, why, note, days, people, at - timedelta(days=2))


def _added(consumer: Consumer, kind: str, title: str, by: Person, at: datetime) -> ConsumerDocument:
    """One paper of one page."""
    taken = check("page.png", _page(title, consumer.account_number))
    add_upload(consumer=consumer.pk, taken=taken, by=by, at=at, form_key=uuid.uuid4())
    return add_document(
        consumer=consumer.pk, kind=kind, title=title, by=by, at=at, form_key=uuid.uuid4()
    )


def _decide(made: ConsumerDocument, decisions: Sequence[str], by: Person, at: datetime) -> None:
    for hours, decision in enumerate(decisions, start=2):
        decide_document(
            document=made.pk,
            version=made.version,
            decision=decision,
            reason="The second page is missing" if decision == "REJECTED" else "",
            by=by,
            at=at + timedelta(hours=hours),
            form_key=uuid.uuid4(),
        )


def _protect(
    consumer: Consumer, why: str, note: str, days: int, people: dict[str, Person], at: datetime
) -> None:
    boss = people["supervisor"]
    certificate = _added(consumer, "CERTIFICATE", f"Certificate: {why.lower()}", people["cse"], at)
    _decide(certificate, (VERIFIED,), boss, at)
    wish = HoldWish(
        kind="MEDICAL",
        source=f"MC-{consumer.pk:05d}",
        from_on=at.date(),
        to_on=at.date() + timedelta(days=days),
        protection=ProtectionKind.objects.get(name=why).pk,
        certificate=certificate.pk,
    )
    told, later = at + timedelta(hours=4), at + timedelta(hours=5)
    proposal = propose_account_hold(
        consumer=consumer.pk, wish=wish, note=note, by=people["recovery"], at=told,
        form_key=uuid.uuid4(),
    )  # fmt: skip
    accept_account_hold(proposal=proposal.pk, by=boss, at=later, form_key=uuid.uuid4())


def _page(title: str, account: str) -> bytes:
    """A white page with a heading and lines, as if written."""
    picture = Image.new("RGB", (620, 877), "white")
    pen = ImageDraw.Draw(picture)
    pen.text((60, 60), title, fill="black")
    pen.text((60, 90), account, fill="black")
    for above, below in pairwise(range(140, 800, 30)):
        pen.line((60, above, 560 - (below * 7) % 180, above), fill="grey", width=2)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
