"""Owing: the one step by which an operation leaves work for later."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from smart360.kernel.db import step
from smart360.kernel.errors import Refusal
from smart360.owed.choices import OwedState
from smart360.owed.handlers import handler_of
from smart360.owed.models import OwedWork


class UnableToRetry(Refusal):
    """Only failed work can be tried again."""

    sentence_by_default = "This has not failed, so there is nothing to retry."


@step
def owe(
    kind: str,
    *,
    dedupe_key: str,
    about: Mapping[str, Any],
    at: datetime,
    not_before: datetime | None = None,
) -> None:
    """Owe one piece of work, once: a key that is owed already adds nothing."""
    OwedWork.objects.bulk_create(
        [
            OwedWork(
                queue=handler_of(kind).queue,
                kind=kind,
                dedupe_key=dedupe_key,
                about=dict(about),
                owed_at=at,
                next_at=not_before or at,
            )
        ],
        ignore_conflicts=True,
    )


@step
def owe_each(
    kind: str, works: Iterable[tuple[str, Mapping[str, Any], datetime]], *, at: datetime
) -> None:
    """Owe many pieces of one kind: key, what it is about, not before when. Once each, as one."""
    queue = handler_of(kind).queue
    OwedWork.objects.bulk_create(
        [
            OwedWork(
                queue=queue, kind=kind, dedupe_key=key, about=dict(about), owed_at=at,
                next_at=not_before,
            )
            for key, about, not_before in works
        ],
        ignore_conflicts=True,
    )  # fmt: skip


@step
def owe_again(dedupe_key: str, *, at: datetime) -> None:
    """Let workers try failed work anew, from the first attempt. Raises UnableToRetry."""
    failed = OwedWork.objects.filter(dedupe_key=dedupe_key, state=OwedState.FAILED)
    if not failed.update(state=OwedState.WAITING, attempts=0, next_at=at):
        raise UnableToRetry(is_conflict=True)


@step
def owe_no_more(dedupe_key: str) -> None:
    """Forget work that nobody wants any more, waiting or failed; what is done stays as it is.

    Whoever pays it at this moment finds nothing to mark.
    """
    OwedWork.objects.filter(dedupe_key=dedupe_key).exclude(state=OwedState.DONE).delete()
