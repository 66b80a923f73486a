"""The acts on the keys of payment gateways: make one, retire one (SEC3)."""

from dataclasses import dataclass
from datetime import datetime

from billing.models import ApiKey
from billing.rules.intake import digest_of, new_secret, prefix_of
from smart360.kernel.db import operation
from smart360.kernel.errors import Refusal, refusing
from smart360.kernel.text import REQUIRED


class UnableToMakeKey(Refusal):
    """The key has no name, or one that another key has."""


@dataclass(frozen=True, slots=True)
class NewKey:
    """A new key, and its secret, which nobody can read again."""

    row: ApiKey
    secret: str


@operation
def make_key(*, name: str, by: int, at: datetime) -> NewKey:
    """Make an API key for a gateway. Only its digest is kept. Raises UnableToMakeKey."""
    if not name:
        raise UnableToMakeKey(REQUIRED, field="name")
    secret = new_secret()
    used = UnableToMakeKey("Another key has this name", field="name", is_conflict=True)
    with refusing({"an_api_key_is_named_once": used}):
        row = ApiKey.objects.create(
            name=name,
            prefix=prefix_of(secret),
            digest=digest_of(secret),
            created_at=at,
            created_by_id=by,
        )
    return NewKey(row, secret)


@operation
def retire_key(*, key: int) -> ApiKey:
    """Let a key open nothing any more, from the next message on. Again changes nothing.

    Who did it is in the row's history.
    """
    row = ApiKey.objects.select_for_update(of=("self",), no_key=True).get(pk=key)
    if row.is_active:
        row.is_active = False
        row.save(update_fields=["is_active"])
    return row
