"""Drafts: what was typed is there after an error, a reload or a session's end (DIS4)."""

from collections.abc import Mapping
from datetime import datetime

from smart360.kernel.db import operation, step
from smart360.web.models import Draft

LONGEST_DRAFT = 20_000  # characters in all
NEVER_KEPT = {"csrfmiddlewaretoken", "form_key", "password"}


@operation
def save_draft(*, by: int, form: str, typed: Mapping[str, list[str]], at: datetime) -> bool:
    """Keep what ``by`` has typed into ``form`` so far; False when it is too long to keep."""
    kept = {
        name: [value.replace("\0", "") for value in values]  # jsonb takes no NUL
        for name, values in typed.items()
        if name not in NEVER_KEPT and "\0" not in name
    }
    if sum(len(value) for values in kept.values() for value in values) > LONGEST_DRAFT:
        return False
    Draft.objects.update_or_create(
        person_id=by, form=form, defaults={"typed": kept, "saved_at": at}
    )
    return True


def get_draft(*, by: int, form: str) -> Draft | None:
    """What ``by`` had typed into ``form``, if anything."""
    return Draft.objects.filter(person_id=by, form=form).first()


@step
def forget_draft(*, by: int, form: str) -> None:
    """The form was submitted or cancelled."""
    Draft.objects.filter(person_id=by, form=form).delete()


@operation
def drop_draft(*, by: int, form: str) -> None:
    """Forget what ``by`` had typed: the form was cancelled."""
    forget_draft(by=by, form=form)
