"""The erasure of a person: the books, the cases and their chain stay, whoever it was goes (R8).

Two people, for good. The consumer's row is held first, then all their cases, so that whoever acts
on one of them at the same moment is either before it, and blanked, or after it, and refused.
"""

import uuid
from datetime import datetime

from django.db import connection
from django.db.models import CharField, Q, expressions

from billing.models import StatementPaper
from billing.queries.statements import statement_key
from consumers import guards
from consumers.models import Consumer, DocumentUpload, ProfileLock
from smart360.cases.models import Case
from smart360.custody.choices import PrivacyKind, PrivacyState
from smart360.custody.models import ImportProblem, ImportRow, PrivacyAct
from smart360.custody.operations.privacy import (
    UnableToHandlePrivacy,
    ask,
    end_export,
    lock_act,
    refuse_decided,
)
from smart360.custody.queries.erasing import BLANKS, LINKS, files_of, in_the_way, texts_of, whole
from smart360.custody.queries.privacy import find_under_way
from smart360.documents.store import drop, let_go
from smart360.kernel.db import operation, refuses, step
from smart360.organisation.queries import day_of, get_utility
from smart360.owed.book import owe_no_more
from smart360.owed.models import OwedWork
from smart360.staff.models import Person
from smart360.trail.choices import Event
from smart360.trail.record import record
from smart360.trail.rules import DEAD_LINK, ERASED_NAME, ERASED_WORDS
from smart360.web.models import Draft

OTHER_NUMBER = "This is not the number of this account"


class UnableToErase(UnableToHandlePrivacy):
    """Something is still open, owed or protected, or another account was typed."""


refuses(
    {
        "an_account_is_erased_by_two_people": UnableToErase(
            "The account is not settled. Look at the page again.", is_conflict=True
        )
    }
)


@operation
def ask_for_erasure(
    *, consumer: int, reason: str, by: Person, at: datetime, form_key: uuid.UUID
) -> PrivacyAct:
    """Ask for the erasure of a person; somebody else does it.

    Who asks while one waits gets that one. Raises NoSuchConsumer, UnableToHandlePrivacy, and
    UnableToErase while something stands in the way.
    """
    locked = guards.lock_consumer(consumer, even_merged=True)
    _refuse_unsettled(locked, at)
    return ask(PrivacyKind.ERASURE, consumer, reason=reason, by=by, at=at, form_key=form_key)


@operation
def erase_person(*, act: int, account_typed: str, by: Person, at: datetime) -> PrivacyAct:
    """Erase a person, as somebody else asked for; there is no way back.

    ``account_typed`` is the account's number, typed by hand. Raises UnableToHandlePrivacy,
    UnableToErase, LockIsHeld.
    """
    found = lock_act(act, by)
    refuse_decided(found)
    consumer = found.consumer
    if account_typed.strip().upper() != consumer.account_number:
        raise UnableToErase(OTHER_NUMBER, field="account")
    guards.refuse_if_held(consumer.pk, by, at)
    _lock_cases(consumer.pk)
    _refuse_unsettled(consumer, at)
    export = find_under_way(consumer.pk, PrivacyKind.EXPORT)
    if export is not None and export.state == PrivacyState.ASKED:
        raise UnableToErase("An export waits for a decision. Decide it first.", is_conflict=True)
    if export is not None:
        end_export(export, at=at)
    _give_up_statements(consumer.pk)
    found.state, found.decided_by, found.decided_at = PrivacyState.ERASED, by, at
    found.save(update_fields=["state", "decided_by", "decided_at"])
    record(
        Event.PERSON_ERASED,
        by=by.pk,
        at=at,
        consumer=consumer.pk,
        new={"privacy": found.pk, "asked_by": found.asked_by_id},
    )
    _blank(consumer, at)
    _empty_account(consumer, by, at)
    return found


@step
def _give_up_statements(consumer: int) -> None:
    """Owe no more the papers that could not be made, so that nobody tries them again."""
    unmade = StatementPaper.objects.filter(consumer=consumer, pdf=None)
    for key in unmade.values_list("pk", flat=True):
        owe_no_more(statement_key(key))


@step
def _lock_cases(consumer: int) -> None:
    """Hold all cases, in the order of their keys: acts on a case alone begin there."""
    held = Case.objects.select_for_update(of=("self",), no_key=True).filter(consumer=consumer)
    list(held.order_by("pk").values_list("pk", flat=True))


def _refuse_unsettled(consumer: Consumer, at: datetime) -> None:
    why = in_the_way(consumer, today=day_of(at), currency=get_utility().currency)
    if why:
        raise UnableToErase(" ".join(why), is_conflict=True)


@step
def _blank(consumer: Consumer, at: datetime) -> None:
    """Blank every word and let go of every file; the doors of the database are open for this."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('smart360.erasing', %s, true)", [str(consumer.pk)])
        cursor.execute("SELECT smart360_blank_texts(%s)", [texts_of(consumer.pk)])
    for blank in BLANKS:
        says = Q(*(~Q(**{column: ""}) for column in blank.columns), _connector=Q.OR)
        rows = blank.model._default_manager.filter(says & blank.only, **{blank.path: consumer.pk})
        rows.update(**{column: _instead(column, to) for column, to in blank.columns.items()})
    for model, path in LINKS:
        for row in model._default_manager.filter(**{path: consumer.pk}).values_list(
            "pk", flat=True
        ):
            dead = f"{DEAD_LINK}{uuid.uuid4().hex}"
            model._default_manager.filter(pk=row).update(tracking_token=dead)
    let_go(files_of(consumer.pk), at=at)
    _forget_drafts(consumer)


def _instead(column: str, to: str) -> expressions.Case | expressions.Value:
    """What says nothing goes on saying nothing."""
    if not to:
        return expressions.Value("")
    says_nothing = expressions.When(**{column: ""}, then=expressions.Value(""))
    return expressions.Case(says_nothing, default=expressions.Value(to), output_field=CharField())


@step
def _forget_drafts(consumer: Consumer) -> None:
    """What is typed and not sent, rows of files, and what a mail server said of the address."""
    for upload in DocumentUpload.objects.select_related("file").filter(consumer=consumer):
        upload.delete()
        drop(upload.file)
    named = [each for each in (consumer.account_number, consumer.email) if each]
    for words in map(whole, named):
        Draft.objects.filter(typed__iregex=words).delete()
        OwedWork.objects.filter(last_error__iregex=words).update(last_error=ERASED_WORDS)
    ImportProblem.objects.filter(account_number=consumer.account_number).delete()
    ImportRow.objects.filter(key=consumer.account_number).delete()


@step
def _empty_account(consumer: Consumer, by: Person, at: datetime) -> None:
    """The account stays with its number; nobody is behind it, and it never changes again."""
    ProfileLock.objects.filter(consumer=consumer, expires_at__gt=at).update(expires_at=at)
    guards.act_as(by)
    Consumer.objects.filter(pk=consumer.pk).update(
        name=ERASED_NAME,
        phone="",
        phone_digits="",
        email="",
        billing_address="",
        search_text="",
        is_vip=False,
        erased_at=at,
    )
