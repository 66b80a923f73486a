"""Changing a consumer's profile (CON14, roles.md)."""

from collections.abc import Mapping
from datetime import datetime

from consumers import guards
from consumers.models import Category, Consumer, Guard, Subcategory
from consumers.operations.locks import UnableToBreakLock, checked_reason
from consumers.queries.profiles import search_text_now
from consumers.rules.profiles import (
    EDITABLE,
    GUARDED,
    LABELS,
    editable_by,
    phone_digits_of,
)
from smart360.kernel.db import operation, refuses
from smart360.kernel.errors import Refusal
from smart360.kernel.text import NOT_OFFERED
from smart360.organisation.queries import get_utility
from smart360.staff.models import Person
from smart360.staff.permissions import Permission, permissions_of
from smart360.trail.choices import Event
from smart360.trail.models import Entry
from smart360.trail.record import record
from smart360.web.formats import MISSING, shown_date, shown_phone, shown_time

Values = Mapping[str, str | int | None]
FOREIGN_SUBCATEGORY = "This subcategory belongs to another category"


class UnableToChangeProfile(Refusal):
    """The profile cannot be changed like this."""

    sentence_by_default = "This profile cannot be changed"


refuses(
    {
        "subcategory_belongs_to_the_category": UnableToChangeProfile(
            FOREIGN_SUBCATEGORY, field="subcategory"
        )
    }
)


@operation
def change_profile(
    *,
    consumer: int,
    values: Values,
    version: int,
    token: int,
    reason: str = "",
    by: Person,
    at: datetime,
) -> Consumer:
    """Change what ``values`` names, give the profile back and write down who changed what.

    ``values`` has any of ``rules.profiles.EDITABLE``; categories by primary key. ``version`` is the
    one that the person saw. People who may take the profile hold it under ``token``; the others
    change what is theirs while nobody else holds it. ``reason`` is needed for guarded data.
    Raises NoSuchConsumer, LockIsHeld, LockIsLost, UnableToChangeProfile.
    """
    row = guards.lock_consumer(consumer)
    holds = by.has_permission(Permission.TAKE_PROFILE_LOCK)
    if holds:
        guards.require_lock(consumer, by, token, at)
    else:
        guards.refuse_if_held(consumer, by, at)
    if row.version != version:
        raise UnableToChangeProfile(_who_was_faster(row), is_conflict=True)
    changed = _changed(row, values)
    open_requests = _refuse_what_is_not_theirs(row, changed, by)
    why = ""
    if open_requests and GUARDED & changed.keys():
        why = _reason_for_guarded(reason)
        guards.lift_guard()
    if changed:
        _refuse_foreign_subcategory(row, changed)
        words = _told(row, changed, why)
        guards.act_as(by)
        _change(row, changed)
        record(
            Event.PROFILE_CHANGED,
            by=by.pk,
            at=at,
            consumer=consumer,
            old={"version": version},
            new={"version": row.version, "fields": sorted(changed), "guarded_by": open_requests},
            words=words,
        )
    if holds and guards.release(consumer, by, at):
        record(Event.PROFILE_RELEASED, by=by.pk, at=at, consumer=consumer, old={"token": token})
    return row


def _changed(row: Consumer, values: Values) -> dict[str, str | int | None]:
    """Only what differs from what is there."""
    unknown = values.keys() - EDITABLE.keys()
    if unknown:
        raise UnableToChangeProfile(f"{', '.join(sorted(unknown))} is not changed here")
    now: Values = {
        "name": row.name,
        "category": row.category_id,
        "subcategory": row.subcategory_id,
        "phone": row.phone,
        "email": row.email,
        "billing_address": row.billing_address,
    }
    return {name: value for name, value in values.items() if value != now[name]}


def _refuse_what_is_not_theirs(row: Consumer, changed: Values, by: Person) -> list[str]:
    """The numbers of the open requests, once it is sure that ``by`` may change this."""
    if changed.keys() - editable_by(permissions_of(by.roles), is_guarded=False):
        raise UnableToChangeProfile("Your role does not include this change", is_forbidden=True)
    numbers = list(
        Guard.objects.filter(consumer=row).order_by("id").values_list("placed_by", flat=True)
    )
    kept = changed.keys() - editable_by(permissions_of(by.roles), is_guarded=bool(numbers))
    if kept:
        raise UnableToChangeProfile(
            f"Locked while {', '.join(numbers)} is open: {', '.join(sorted(kept))}",
            field=min(kept),
            is_conflict=True,
        )
    return numbers


def _reason_for_guarded(reason: str) -> str:
    try:
        return checked_reason(reason)
    except UnableToBreakLock as problem:
        raise UnableToChangeProfile(problem.sentence, field="reason") from None


def _refuse_foreign_subcategory(row: Consumer, changed: Values) -> None:
    """A subcategory belongs to the category; both must exist."""
    if not {"category", "subcategory"} & changed.keys():
        return
    category = changed.get("category", row.category_id) or 0
    subcategory = changed.get("subcategory", row.subcategory_id)
    if not Category.objects.filter(pk=category).exists():
        raise UnableToChangeProfile(NOT_OFFERED, field="category")
    if (
        subcategory is not None
        and not Subcategory.objects.filter(pk=subcategory, category_id=category).exists()
    ):
        raise UnableToChangeProfile(FOREIGN_SUBCATEGORY, field="subcategory")


def _told(row: Consumer, changed: Values, why: str) -> str:
    """Each old and new value, and the reason: personal words, kept where erasure finds them."""
    told = [
        f"{label}: {_named(row, name, None)} → {_named(row, name, changed)}"
        for name, label in LABELS.items()
        if name in changed
    ]
    return "; ".join(told) + (f". Reason: {why}" if why else "")


def _named(row: Consumer, name: str, changed: Values | None) -> str:
    """What a field says now, or when it is ``changed``; ``--`` for nothing."""
    if name == "category":
        key = (changed[name] if changed else row.category_id) or 0
        return ", ".join(Category.objects.filter(pk=key).values_list("name", flat=True))
    if name == "subcategory":
        key = (changed[name] if changed else row.subcategory_id) or 0
        found = Subcategory.objects.filter(pk=key).values_list("name", flat=True)
        return ", ".join(found) or MISSING
    value = str(changed[name] if changed else getattr(row, name))
    return (shown_phone(value) if name == "phone" and value else value) or MISSING


def _change(row: Consumer, changed: Values) -> None:
    columns = {"category": "category_id", "subcategory": "subcategory_id"}
    for name, value in changed.items():
        setattr(row, columns.get(name, name), value)
    row.phone_digits = phone_digits_of(row.phone)
    row.search_text = search_text_now(row)
    row.version += 1
    row.save(update_fields=[*changed, "phone_digits", "search_text", "version"])


def _who_was_faster(row: Consumer) -> str:
    """Who changed the profile last, and when, in the utility's time."""
    last = (
        Entry.objects.select_related("actor")
        .filter(consumer=row, kind=Event.PROFILE_CHANGED)
        .order_by("-at", "-id")
        .first()
    )
    if last is None or last.actor is None:
        return "This profile was changed since you opened it."
    when = last.at.astimezone(get_utility().zone)
    fields = ", ".join(LABELS.get(name, name).lower() for name in last.new.get("fields", []))
    return (
        f"Changed by {last.actor.full_name} on {shown_date(when.date())} at"
        f" {shown_time(when.time())}: {fields}."
    )
