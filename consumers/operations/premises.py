"""Correcting what a place is called: the service address of everybody supplied there (CON14)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from consumers import guards
from consumers.models import Consumer, Guard, Premise
from consumers.operations.locks import UnableToBreakLock, checked_reason
from consumers.queries.profiles import search_text_now
from consumers.rules.profiles import LABELS
from smart360.kernel.db import operation
from smart360.kernel.errors import Refusal
from smart360.staff.models import Person
from smart360.staff.permissions import Permission
from smart360.trail.choices import Event
from smart360.trail.record import record
from smart360.web.formats import MISSING

CHANGED_MEANWHILE = "Somebody else has changed this address since you opened it."
OTHERS_CAME = "Who is supplied there has changed since you opened this page. Try again."


class UnableToCorrectAddress(Refusal):
    """The address cannot be corrected like this."""

    sentence_by_default = "This address cannot be corrected"


@dataclass(frozen=True, slots=True)
class PlaceName:
    """What a premise is called, and the area it is planned in."""

    address: str
    area: str


@operation
def correct_address(
    *, premise: int, seen: PlaceName, wanted: PlaceName, reason: str = "", by: Person, at: datetime
) -> None:
    """Call a premise what it is called; each account supplied there gets a line and is found by it.

    ``seen`` is what the person saw. Nobody has moved: where a household moves is another act.
    ``reason`` is needed while an open request guards one of the accounts. Correcting it to what it
    is changes nothing. Raises UnableToCorrectAddress, LockIsHeld.
    """
    supplied = _lock_all(premise, by, at)
    # not NO KEY: whoever begins to be supplied there, whose row points here, has to wait, too
    row = Premise.objects.select_for_update().get(pk=premise)
    if _supplied_at(premise) != [each.pk for each in supplied]:
        raise UnableToCorrectAddress(OTHERS_CAME, is_conflict=True)
    now = PlaceName(row.address, row.area)
    if wanted == now:
        return
    if seen != now:
        raise UnableToCorrectAddress(CHANGED_MEANWHILE, is_conflict=True)
    numbers = _refuse_while_guarded(supplied, by)
    why = _reason(reason) if numbers else ""
    guards.act_as(by)
    if numbers:
        guards.lift_guard()
    changes = _changes(now, wanted)
    row.address, row.area = wanted.address, wanted.area
    row.save(update_fields=["address", "area"])
    for consumer in supplied:
        _follow(consumer)
        record(
            Event.PROFILE_CHANGED,
            by=by.pk,
            at=at,
            consumer=consumer.pk,
            old={"version": consumer.version - 1},
            new={
                "version": consumer.version,
                "fields": sorted(changes),
                "guarded_by": numbers,
            },
            words=_told(changes, why),
        )


def _supplied_at(premise: int) -> list[int]:
    """Who is or was supplied there, but accounts that take no act any more."""
    found = Consumer.objects.filter(
        connections__premise=premise, merged_into=None, erased_at=None
    ).distinct()
    return list(found.order_by("pk").values_list("pk", flat=True))


def _lock_all(premise: int, by: Person, at: datetime) -> list[Consumer]:
    """Everybody supplied there, held in the order of their keys and by nobody else."""
    locked = []
    for key in _supplied_at(premise):
        locked.append(guards.lock_consumer(key))
        guards.refuse_if_held(key, by, at)
    return locked


def _refuse_while_guarded(consumers: Sequence[Consumer], by: Person) -> list[str]:
    """The numbers of the open requests that guard the address, once ``by`` may change it."""
    if not by.has_permission(Permission.EDIT_CONSUMER):
        raise UnableToCorrectAddress("Your role does not include this change", is_forbidden=True)
    guarding = Guard.objects.filter(consumer__in=[each.pk for each in consumers])
    numbers = list(guarding.order_by("id").values_list("placed_by", flat=True))
    if numbers and not by.has_permission(Permission.EDIT_GUARDED_DATA):
        raise UnableToCorrectAddress(
            f"Locked while {', '.join(numbers)} is open. A supervisor can correct it.",
            is_conflict=True,
        )
    return numbers


def _reason(reason: str) -> str:
    try:
        return checked_reason(reason)
    except UnableToBreakLock as problem:
        raise UnableToCorrectAddress(problem.sentence, field="reason") from None


def _follow(consumer: Consumer) -> None:
    """The account is found by what its places are called now."""
    consumer.search_text = search_text_now(consumer)
    consumer.version += 1
    consumer.save(update_fields=["search_text", "version"])


def _changes(before: PlaceName, after: PlaceName) -> dict[str, tuple[str, str]]:
    """What differs, by the name of the field: as it was and as it is."""
    both = {
        "service_address": (before.address, after.address),
        "area": (before.area, after.area),
    }
    return {name: (old, new) for name, (old, new) in both.items() if old != new}


def _told(changes: Mapping[str, tuple[str, str]], why: str) -> str:
    """Old and new, and the reason: personal words, kept where erasure finds them."""
    told = [
        f"{LABELS[name]}: {old or MISSING} → {new or MISSING}"
        for name, (old, new) in changes.items()
    ]
    return "; ".join(told) + (f". Reason: {why}" if why else "")
