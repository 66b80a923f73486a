"""What people do at the door and with their own settings."""

import uuid
from datetime import datetime

import pghistory

from smart360.kernel.db import operation, refuses
from smart360.kernel.errors import Refusal
from smart360.staff import ports
from smart360.staff.access import LOCKED_FOR, name_digest
from smart360.staff.choices import SavedPage, SignInOutcome
from smart360.staff.models import Person, SavedView, SignIn
from smart360.web import form_keys

MOST_VIEWS = 20
LONGEST_QUERY = 1000
SAVE_VIEW = "staff.save_view"
NAME_TAKEN = "You have a view of this name"


class UnableToSetPassword(Refusal):
    """The password cannot be set."""

    sentence_by_default = "This person is not active. Make them active first."


class UnableToSaveView(Refusal):
    """The view's name is taken, there are too many, or it is too long."""


refuses({"a_person_names_a_view_once": UnableToSaveView(NAME_TAKEN, field="name")})


@operation
def note_at_door(
    *, outcome: SignInOutcome, username: str, address: str | None, at: datetime
) -> None:
    """Write down who came in, was refused or left; a name nobody has as a digest only.

    Whose account gets locked, the administrators are told of once for each lock-out.
    """
    person = _called(username)
    begins = (
        person is not None
        and outcome == SignInOutcome.LOCKED_OUT
        and _begins_lock_out(person, address=address, at=at)
    )
    line = _write_line(outcome, person, username, address=address, at=at, begins_lock_out=begins)
    if begins:
        for tell in ports.locked_out:
            tell(name=str(person), address=address, line=line.pk, at=at)


@operation
def note_spraying(*, username: str, address: str | None, at: datetime) -> None:
    """Write down that a whole address is locked out, and tell the administrators."""
    person = _called(username)
    line = _write_line(SignInOutcome.LOCKED_OUT, person, username, address=address, at=at)
    for tell in ports.locked_out:
        tell(name="", address=address, line=line.pk, at=at)


def _called(username: str) -> Person | None:
    """Who has this name, if somebody has."""
    if "\0" in username:
        return None
    return Person.objects.filter(username=username).only("pk", "full_name").first()


def _begins_lock_out(person: Person, *, address: str | None, at: datetime) -> bool:
    """Whether no lock-out of this person at this address lasts already."""
    _lock_person(person.pk)
    lasting = SignIn.objects.filter(
        person=person, address=address, begins_lock_out=True, at__gt=at - LOCKED_FOR
    )
    return not lasting.exists()


def _lock_person(person: int) -> None:
    """One line at a time says whether it is the first."""
    Person.objects.select_for_update(no_key=True).only("pk").get(pk=person)


def _write_line(
    outcome: SignInOutcome,
    person: Person | None,
    username: str,
    *,
    address: str | None,
    at: datetime,
    begins_lock_out: bool = False,
) -> SignIn:
    return SignIn.objects.create(
        at=at,
        outcome=outcome,
        person=person,
        name_digest="" if person else name_digest(username),
        address=address,
        begins_lock_out=begins_lock_out,
    )


@operation
def change_password(
    *, person: int, password: str, by: Person, address: str | None, at: datetime
) -> Person:
    """Give ``person`` a new password, which ends all their sessions.

    Raises UnableToSetPassword for somebody who is not active.
    """
    changed = Person.objects.select_for_update(no_key=True).get(pk=person)
    if not changed.is_active:
        raise UnableToSetPassword
    is_own = changed.pk == by.pk
    changed.set_password(password)
    changed.save(update_fields=["password"])
    SignIn.objects.create(
        at=at,
        outcome=SignInOutcome.PASSWORD_CHANGED if is_own else SignInOutcome.PASSWORD_SET,
        person=changed,
        address=address,
        by=None if is_own else by,
    )
    return changed


@operation
def change_own_settings(
    *, wants_notices_by_email: bool, uses_single_keys: bool, by: Person, at: datetime
) -> None:
    """Choose how Smart360 behaves for oneself; the row's history says who and when."""
    with pghistory.context(person=by.pk):
        own = Person.objects.select_for_update(no_key=True).get(pk=by.pk)
        own.wants_notices_by_email = wants_notices_by_email
        own.uses_single_keys = uses_single_keys
        own.save(update_fields=["wants_notices_by_email", "uses_single_keys"])


# ------------------------------------------------------------------ one's own views of lists
@operation
def save_view(
    *, page: SavedPage, name: str, query: str, by: Person, at: datetime, form_key: uuid.UUID
) -> SavedView:
    """Keep a list as ``by`` narrowed and ordered it; the same form again gives the same view.

    Raises UnableToSaveView.
    """
    _lock_person(by.pk)
    about = form_keys.with_contents(page, {"name": name, "query": query})
    earlier = form_keys.claim(form_key, by=by.pk, act=SAVE_VIEW, about=about, at=at)
    if earlier and (kept := SavedView.objects.filter(pk=int(earlier)).first()):
        return kept
    if len(query) > LONGEST_QUERY:
        raise UnableToSaveView("These are too many filters for a view")
    if SavedView.objects.filter(person=by, page=page).count() >= MOST_VIEWS:
        raise UnableToSaveView(f"You have {MOST_VIEWS} views of this list; remove one first")
    made = SavedView.objects.create(person=by, page=page, name=name, query=query)
    form_keys.submitted(form_key, form="", by=by.pk, act=SAVE_VIEW, result=str(made.pk))
    return made


@operation
def rename_view(*, view: int, name: str, by: Person) -> None:
    """Give one's own view another name. Raises UnableToSaveView."""
    SavedView.objects.filter(pk=view, person=by).update(name=name)


@operation
def remove_view(*, view: int, by: Person) -> None:
    """Keep one's own view no longer; it may be gone already."""
    SavedView.objects.filter(pk=view, person=by).delete()
