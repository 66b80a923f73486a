"""Exports of one person's data: asked for, decided by another person, made, taken, ended (R8)."""

import uuid
from datetime import datetime, timedelta

from django.conf import settings

from consumers import guards
from smart360.custody.choices import ExportFile, PrivacyKind, PrivacyState
from smart360.custody.models import ExportDownload, PrivacyAct
from smart360.custody.models.privacy import TITLE
from smart360.custody.queries.privacy import MAKE, export_key, find_under_way, knows_all_cases
from smart360.documents.models import StoredFile
from smart360.documents.store import let_go, store_json, store_pdf
from smart360.kernel.db import operation, refuses, step
from smart360.kernel.errors import Refusal
from smart360.kernel.text import why_unsaid
from smart360.owed.book import owe, owe_again, owe_no_more
from smart360.staff.models import Person
from smart360.staff.permissions import Permission
from smart360.trail.choices import Event
from smart360.trail.record import keep_words, record
from smart360.web import form_keys

ASK = "custody.ask_privacy"
AT_ONCE = 100
NOT_YOURS = "Another supervisor or administrator has to do this"
OTHERS_DECIDE = "You asked for it: somebody else decides"
ASKED: dict[PrivacyKind, Event] = {
    PrivacyKind.EXPORT: Event.DATA_EXPORT_ASKED,
    PrivacyKind.ERASURE: Event.ERASURE_ASKED,
}
DECLINED: dict[PrivacyKind, Event] = {
    PrivacyKind.EXPORT: Event.DATA_EXPORT_DECLINED,
    PrivacyKind.ERASURE: Event.ERASURE_DECLINED,
}


class UnableToHandlePrivacy(Refusal):
    """It is not theirs to do, was decided already, or the file is not there."""


refuses(
    {
        "a_privacy_act_takes_two_people": UnableToHandlePrivacy(OTHERS_DECIDE, is_forbidden=True),
        "who_decides_may_handle_privacy": UnableToHandlePrivacy(NOT_YOURS, is_forbidden=True),
        "privacy_acts_move_along_arrows": UnableToHandlePrivacy(
            "This was decided already", is_conflict=True
        ),
    }
)


@operation
def ask_for_export(
    *, consumer: int, reason: str, by: Person, at: datetime, form_key: uuid.UUID
) -> PrivacyAct:
    """Ask for the data that we keep about a person; somebody else approves it.

    Who asks while one is under way gets that one, as does the same form again. Raises
    NoSuchConsumer, UnableToHandlePrivacy.
    """
    return ask(PrivacyKind.EXPORT, consumer, reason=reason, by=by, at=at, form_key=form_key)


@step
def ask(
    kind: PrivacyKind, consumer: int, *, reason: str, by: Person, at: datetime, form_key: uuid.UUID
) -> PrivacyAct:
    """Ask for an export or an erasure, once at a time."""
    guards.lock_consumer(consumer, even_merged=True)
    about = form_keys.with_contents(str(consumer), {"kind": kind.value, "reason": reason})
    earlier = form_keys.claim(form_key, by=by.pk, act=ASK, about=about, at=at)
    if earlier:
        return PrivacyAct.objects.get(pk=int(earlier))
    _refuse_stranger(consumer, by)
    if wrong := why_unsaid(reason):
        raise UnableToHandlePrivacy(wrong, field="reason")
    under_way = find_under_way(consumer, kind)
    if under_way is None:
        under_way = PrivacyAct.objects.create(
            consumer_id=consumer,
            kind=kind,
            reason=keep_words(reason),
            asked_at=at,
            asked_by=by,
        )
        record(ASKED[kind], by=by.pk, at=at, consumer=consumer, new={"privacy": under_way.pk})
    form_keys.submitted(form_key, form="", by=by.pk, act=ASK, result=str(under_way.pk))
    return under_way


@operation
def approve_export(*, act: int, by: Person, at: datetime) -> PrivacyAct:
    """Let an export be made that somebody else asked for. Raises UnableToHandlePrivacy."""
    found = lock_act(act, by)
    refuse_decided(found)
    found.state, found.decided_by, found.decided_at = PrivacyState.MAKING, by, at
    found.save(update_fields=["state", "decided_by", "decided_at"])
    owe(MAKE, dedupe_key=export_key(found.pk), about={"act": found.pk}, at=at)
    record(
        Event.DATA_EXPORT_APPROVED,
        by=by.pk,
        at=at,
        consumer=found.consumer_id,
        new={"privacy": found.pk},
    )
    return found


@operation
def decline_privacy(*, act: int, reason: str, by: Person, at: datetime) -> PrivacyAct:
    """Refuse an export or an erasure that somebody else asked for.

    Raises UnableToHandlePrivacy.
    """
    found = lock_act(act, by)
    refuse_decided(found)
    if wrong := why_unsaid(reason):
        raise UnableToHandlePrivacy(wrong, field="reason")
    found.state, found.decided_by, found.decided_at = PrivacyState.DECLINED, by, at
    found.decision = keep_words(reason)
    found.save(update_fields=["state", "decided_by", "decided_at", "decision"])
    record(
        DECLINED[PrivacyKind(found.kind)],
        by=by.pk,
        at=at,
        consumer=found.consumer_id,
        new={"privacy": found.pk},
    )
    return found


@operation
def attach_export(*, act: int, data: bytes, paper: bytes, at: datetime) -> PrivacyAct:
    """Keep the two files that a worker made; a second pair changes nothing.

    Raises UnableToStore of ``documents.store``.
    """
    consumer = PrivacyAct.objects.values_list("consumer_id", flat=True).get(pk=act)
    guards.lock_consumer(consumer, even_merged=True)
    found = PrivacyAct.objects.select_related("consumer").get(pk=act)
    if found.state != PrivacyState.MAKING:
        return found
    title = f"{TITLE} {found.consumer.account_number}"
    found.data = store_json(title=title, body=data, by=None, at=at)
    found.paper = store_pdf(title=title, body=paper, by=None, at=at)
    found.state, found.made_at = PrivacyState.READY, at
    found.save(update_fields=["data", "paper", "state", "made_at"])
    return found


@operation
def retry_export(*, act: int, by: Person, at: datetime) -> None:
    """Let a worker try again. Raises UnableToRetry of ``owed.book`` when it has not failed."""
    found = lock_act(act, by, decides=False)
    owe_again(export_key(found.pk), at=at)


@operation
def take_file(*, act: int, file: ExportFile, by: Person, at: datetime) -> StoredFile:
    """Note who takes a file of an export, and when; the file. Raises UnableToHandlePrivacy."""
    found = lock_act(act, by, decides=False)
    kept = found.data if file == ExportFile.JSON else found.paper
    if found.state != PrivacyState.READY or kept is None:
        raise UnableToHandlePrivacy("This file is not kept any more", is_conflict=True)
    ExportDownload.objects.create(act=found, file=file, by=by, at=at)
    return kept


@operation
def end_exports(*, at: datetime) -> int:
    """Delete the files of exports that were made long ago; how many exports. For beat."""
    before = at - timedelta(days=settings.EXPORT_KEPT_DAYS)
    old = PrivacyAct.objects.filter(state=PrivacyState.READY, made_at__lt=before)
    found = list(old.order_by("consumer_id").values_list("pk", "consumer_id")[:AT_ONCE])
    for pk, consumer in found:
        guards.lock_consumer(consumer, even_merged=True)
        end_export(PrivacyAct.objects.get(pk=pk), at=at)
    return len(found)


@step
def end_export(act: PrivacyAct, *, at: datetime) -> None:
    """Let go of an export's files; its row stays, with who took them.

    What has not been made yet is owed no more, also where it could not be made.
    """
    if act.state not in (PrivacyState.READY, PrivacyState.MAKING):
        return
    owe_no_more(export_key(act.pk))
    files = [each for each in (act.data_id, act.paper_id) if each is not None]
    act.state, act.gone_at = PrivacyState.GONE, at
    act.save(update_fields=["state", "gone_at"])
    let_go(files, at=at)


@step
def lock_act(act: int, by: Person, *, decides: bool = True) -> PrivacyAct:
    """The act, its consumer's row held; for who may, and to decide only for somebody else."""
    consumer = PrivacyAct.objects.values_list("consumer_id", flat=True).get(pk=act)
    guards.lock_consumer(consumer, even_merged=True)
    _refuse_stranger(consumer, by)
    found = PrivacyAct.objects.select_related("consumer", "data", "paper").get(pk=act)
    if decides:
        refuse_own(found, by)
    return found


def refuse_own(act: PrivacyAct, by: Person) -> None:
    """Nobody decides what they asked for (X6)."""
    if act.asked_by_id == by.pk:
        raise UnableToHandlePrivacy(OTHERS_DECIDE, is_forbidden=True)


def refuse_decided(act: PrivacyAct) -> None:
    """It is decided once."""
    if act.state != PrivacyState.ASKED:
        who = act.decided_by.full_name if act.decided_by else "Somebody"
        raise UnableToHandlePrivacy(f"{who} has decided this already", is_conflict=True)


def _refuse_stranger(consumer: int, by: Person) -> None:
    """Only who may, and who may know of all that would stand in the file."""
    if not by.has_permission(Permission.HANDLE_PRIVACY) or not knows_all_cases(consumer, by):
        raise UnableToHandlePrivacy(NOT_YOURS, is_forbidden=True)
