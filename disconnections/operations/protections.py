"""What is done about protections: example packs taken over, a notice given by hand."""

import json
import uuid
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import pghistory

from consumers import guards
from disconnections import protecting
from disconnections.choices import NoticeWay
from disconnections.models import DisconnectionRequest, ProtectionRule, RulePack
from disconnections.notices import protection_ended
from disconnections.queries.lost_protections import stands
from disconnections.queries.verdicts import EXAMPLES
from smart360.cases import handling
from smart360.cases.models import Case
from smart360.kernel.db import operation, refuses
from smart360.kernel.errors import Refusal
from smart360.kernel.text import NOT_OFFERED
from smart360.organisation.queries import day_of, get_utility
from smart360.staff.models import Person

SERVE = "disconnections.serve_notice"
BEFORE_THE_REQUEST = "A notice is given once there is a request"
NOT_YET = "A notice is recorded when it has been given"


class UnableToServeNotice(Refusal):
    """There is nobody to be cut off, or the day cannot be."""


refuses(
    {
        "a_notice_is_served_once_a_day": UnableToServeNotice(
            "This notice is recorded already", is_conflict=True
        )
    }
)


@operation
def load_rule_packs(*, names: Sequence[str], by: int) -> int:
    """Take example packs over, switched off; how many rules were new.

    What is there already stays as it is: administrators may have changed it.
    """
    known = {path.stem: path for path in EXAMPLES.glob("*.json")}
    new = 0
    with pghistory.context(person=by):
        for name in names:
            if name in known:
                new += _load(known[name])
    return new


def _load(path: Path) -> int:
    """One pack from its fixture: the pack first, then its rules that are not there yet."""
    head, *rules = (row["fields"] for row in json.loads(path.read_text(encoding="utf-8")))
    pack = RulePack.objects.filter(code=head["code"]).first() or RulePack.objects.create(**head)
    own = {field.name: field for field in ProtectionRule._meta.concrete_fields}
    known = set(ProtectionRule.objects.values_list("code", flat=True))
    new = [rule for rule in rules if rule["code"] not in known]
    for rule in new:
        values = {name: own[name].to_python(rule[name]) for name in rule if name != "pack"}
        ProtectionRule.objects.create(pack=pack, **values)
    return len(new)


@operation
def serve_notice_by_hand(
    *,
    case: int,
    way: str,
    served_on: date,
    by: Person,
    at: datetime,
    form_key: uuid.UUID | None = None,
) -> Case:
    """Record that the disconnection notice was posted or handed over; its period counts from then.

    Raises UnableToServeNotice.
    """
    locked = handling.lock_case(case)
    said = {"way": way, "served_on": served_on}
    if handling.is_repeated(locked, form_key, act=SERVE, by=by, at=at, **said):
        return locked
    asked = DisconnectionRequest.objects.select_related("reason").get(pk=case)
    if not asked.reason.is_for_debt or not locked.is_open:
        raise UnableToServeNotice("This request needs no disconnection notice", is_conflict=True)
    if way not in (NoticeWay.POSTED, NoticeWay.HANDED_OVER):
        raise UnableToServeNotice(NOT_OFFERED, field="way")
    zone = get_utility().zone
    if served_on > at.astimezone(zone).date():
        raise UnableToServeNotice(NOT_YET, field="served_on")
    if served_on < locked.created_at.astimezone(zone).date():
        raise UnableToServeNotice(BEFORE_THE_REQUEST, field="served_on")
    protecting.keep_notice_by_hand(locked, way=NoticeWay(way), served_on=served_on, by=by, at=at)
    handling.touch(locked, by=by.pk, at=at)
    return locked


@operation
def tell_of_ended_protection(*, case: int, consumer: int, at: datetime) -> bool:
    """Say of a request that waits for an account hold that its last day is over; whether it did.

    Nothing resumes by itself: see ``notices.protection_ended``.
    """
    guards.lock_consumer(consumer)
    locked = handling.lock_case(case)
    if stands(consumer, today=day_of(at)):
        return False
    return protection_ended(locked, by=None, at=at)
