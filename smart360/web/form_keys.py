"""One effect per submitted form."""

import hashlib
import json
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import connection

from smart360.kernel.db import step
from smart360.kernel.errors import Refusal
from smart360.web.models import FormKey

KEPT = timedelta(days=7)
DIGITS_OF_DIGEST = 40  # beside the number of what the form is about
USED_FOR_ANOTHER = "This form was already submitted"


class UnableToSubmitAgain(Refusal):
    """The same form was already submitted, for something else or with other contents."""

    sentence_by_default = USED_FOR_ANOTHER


def new_key() -> str:
    """A key for the hidden field of a fresh form."""
    return str(uuid.uuid4())


def with_contents(about: str, contents: Mapping[str, object]) -> str:
    """What a form is about together with what it says, of which only a digest is kept."""
    said = json.dumps(contents, sort_keys=True, default=str)
    return f"{about} {hashlib.sha256(said.encode()).hexdigest()[:DIGITS_OF_DIGEST]}"


@step
def claim(key: uuid.UUID, *, by: int, act: str, about: str, at: datetime) -> str | None:
    """Take the key for this act; None when it is free, else the first submission's result.

    A second submission waits here until the first is stored or rolled back.
    Raises UnableToSubmitAgain when the key was used for something else than ``about``.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO web_formkey (key, person_id, act, about, result, created_at)"
            " VALUES (%s, %s, %s, %s, '', %s) ON CONFLICT DO NOTHING RETURNING id",
            [key, by, act, about, at],
        )
        if cursor.fetchone() is not None:
            return None
    first = FormKey.objects.get(key=key, person_id=by, act=act)
    if first.about != about:
        raise UnableToSubmitAgain(is_conflict=True)
    return first.result


def result_of(key: uuid.UUID, *, by: int, act: str) -> str:
    """What came of a form that was submitted, or ``""`` when it was not, or too long ago."""
    first = FormKey.objects.filter(key=key, person_id=by, act=act).first()
    return first.result if first else ""


@step
def is_repeated(
    key: uuid.UUID | None,
    about: str,
    said: Mapping[str, object],
    *,
    by: int | None,
    act: str,
    at: datetime,
) -> bool:
    """Whether this very form did ``act`` already: then its result is shown again (R4).

    Asked when the row is locked and before anything is checked. Without a key or a person (a
    worker, a command) nothing is remembered. Raises UnableToSubmitAgain when the form was about
    something else, or ``said`` something else.
    """
    if key is None or by is None:
        return False
    return claim(key, by=by, act=act, about=with_contents(about, said), at=at) is not None


SUBMITTED = """
WITH forgotten AS (
    DELETE FROM web_draft WHERE person_id = %(by)s AND form = %(form)s)
UPDATE web_formkey SET result = %(result)s
 WHERE key = %(key)s AND person_id = %(by)s AND act = %(act)s
"""


@step
def submitted(key: uuid.UUID, *, form: str, by: int, act: str, result: str) -> None:
    """The form has done its work: keep its result, and forget the draft of what was typed."""
    with connection.cursor() as cursor:
        cursor.execute(
            SUBMITTED, {"key": key, "form": form, "by": by, "act": act, "result": result}
        )


@step
def release(key: uuid.UUID, *, by: int, act: str) -> None:
    """The form was refused, and what the refusal rests on is kept: it may be sent again."""
    FormKey.objects.filter(key=key, person_id=by, act=act).delete()


@step
def forget_old_keys(*, at: datetime) -> None:
    """Forget keys that no open form can still send."""
    FormKey.objects.filter(created_at__lt=at - KEPT).delete()
