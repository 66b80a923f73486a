"""Reasons by their codes, and what never comes together with them."""

from collections.abc import Collection
from dataclasses import dataclass

from disconnections.models import Reason
from smart360.cases.choices import Priority


@dataclass(frozen=True, slots=True)
class Reasons:
    """Some reasons, and what can stand on their requests: their types, and these priorities."""

    ids: frozenset[int]
    kinds: frozenset[str]
    priorities: frozenset[str]


def find_reasons(codes: Collection[str]) -> Reasons:
    """What these codes mean, so that the database need not look for what never comes together.

    A request has its reason's type, and the priority that the reason had when it was made: now, or
    by its history. One whose history does not tell how it began may have had any.
    """
    facts = Reason.objects.filter(code__in=codes).values_list(
        "pk", "kind", "priority", "events__priority", "events__pgh_label"
    )
    ids, kinds, priorities, whole = set(), set(), set(), set()
    for pk, kind, now, earlier, label in facts:
        ids.add(pk)
        kinds.add(kind)
        priorities |= {now, earlier}
        if label == "insert":
            whole.add(pk)
    known = priorities if whole == ids else set(Priority.values)
    return Reasons(frozenset(ids), frozenset(kinds), frozenset(known))
