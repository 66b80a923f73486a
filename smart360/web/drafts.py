"""Drafts: what was typed is there after an error, a reload or a session's end (DIS4)."""

from collections.abc import Mapping
from datetime import datetime

from smart360.kernel.db import operation
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
    Draft.objects.bulk_create(
        [Draft(person_id=by, form=form, typed=kept, saved_at=at)],
        update_conflicts=True,
        unique_fields=["person", "form"],
        update_fields=["typed", "saved_at"],
    )
    return True


def get_draft(*, by: int, form: str) -> Draft | None:
    """What ``by`` had typed into ``form``, if anything."""
    return Draft.objects.filter(person_id=by, form=form).first()


@operation
def drop_draft(*, by: int, form: str) -> None:
    """Forget what ``by`` had typed: the form was cancelled (submitted: ``form_keys.submitted``)."""
    Draft.objects.filter(person_id=by, form=form).delete()
