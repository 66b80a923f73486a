"""One's own drafts of complaints: their files, and the list of those not finished."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count

from complaints.models import ComplaintDraft, ComplaintName, DraftFile
from complaints.rules import CREATE
from consumers.access import shown, visible_consumers
from smart360.kernel.text import key_in
from smart360.staff.models import Person
from smart360.web import form_keys

MOST_LISTED = 20


@dataclass(frozen=True, slots=True)
class ListedDraft:
    """A draft that somebody can go on with."""

    id: uuid.UUID
    customer: str
    account_number: str
    about: str
    files: int
    saved_at: datetime

    @property
    def heard(self) -> str:
        """What tells its button from the others."""
        return f"Continue the draft for {self.customer or 'nobody yet'}"

    @property
    def dialog(self) -> str:
        """The id of the dialog that discards it."""
        return f"discard-{self.id.hex}"


def files_of(draft: ComplaintDraft) -> list[DraftFile]:
    """The files of a draft in the order in which they came."""
    return list(draft.files.select_related("file").order_by("id"))


def submitted_as(draft: uuid.UUID, *, by: Person) -> str:
    """The number of the complaint that the draft has become, or empty (bad-inputs.md 115)."""
    return form_keys.result_of(draft, by=by.pk, act=CREATE)


def list_drafts(person: Person) -> list[ListedDraft]:
    """One's own drafts, the newest first, in four statements however many there are."""
    drafts = list(
        ComplaintDraft.objects.filter(person=person)
        .annotate(file_count=Count("files"))
        .order_by("-saved_at")[:MOST_LISTED]
    )
    accounts = {
        each.pk: shown(each, person, addresses=())
        for each in visible_consumers(person).filter(pk__in=_keys(drafts, "1", "consumer"))
    }
    names = {
        each.pk: str(each)
        for each in ComplaintName.objects.filter(pk__in=_keys(drafts, "2", "name"))
    }
    listed = []
    for draft in drafts:
        consumer = accounts.get(_key(draft, "1", "consumer") or 0)
        listed.append(
            ListedDraft(
                id=draft.pk,
                customer=consumer.name if consumer else word_in(draft.typed, "1", "name_said"),
                account_number=consumer.account_number if consumer else "",
                about=names.get(_key(draft, "2", "name") or 0, ""),
                files=vars(draft)["file_count"],
                saved_at=draft.saved_at,
            )
        )
    return listed


def word_in(typed: Mapping[str, Any], step: str, name: str) -> str:
    """What stands in a field of a step, or empty."""
    values = typed.get(step, {}).get("words", {}).get(name) or [""]
    return str(values[-1])


def _keys(drafts: Iterable[ComplaintDraft], step: str, name: str) -> list[int]:
    return [key for draft in drafts if (key := _key(draft, step, name)) is not None]


def _key(draft: ComplaintDraft, step: str, name: str) -> int | None:
    return key_in(word_in(draft.typed, step, name))
