"""Requests by what somebody typed, a number or words of the consumer's; and by their reasons."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.db import connection
from django.db.models import BooleanField, F, Func, Q, Value

from consumers.queries import fitting
from disconnections.models import Reason
from disconnections.rules import begins_number, is_nearly_number, numbers_meant
from smart360.cases.choices import Priority
from smart360.cases.models import Case
from smart360.web.throttle import take_turn

FEW = 10_000
MOST_CONSUMERS = 200
TOO_MANY = (
    f"Very many consumers fit: these are requests of {MOST_CONSUMERS}; type more for the rest"
)


@dataclass(frozen=True, slots=True)
class Fitting:
    """The consumers whom the words fit; ``is_cut`` when there are more than were taken."""

    consumers: tuple[int, ...]
    is_cut: bool = False


def find_consumers(words: str, *, is_history: bool, asker: int | None = None) -> Fitting:
    """The best few, in a time that does not depend on how many there are.

    For current requests only consumers who have one are taken by name and address. Raises
    AskedTooOften if ``asker`` is the person whose searches are counted.
    """
    if len(numbers_meant(words)) == 1:  # a series, a year, a number: no consumer is called so
        if asker is not None:
            take_turn(asker)
        return Fitting(())
    found = fitting(words, most=MOST_CONSUMERS + 1, is_guarded=not is_history, asker=asker)
    return Fitting(tuple(found[:MOST_CONSUMERS]), is_cut=len(found) > MOST_CONSUMERS)


def find_all_consumers(words: str) -> Fitting:
    """Every one, for a file that must be complete."""
    return Fitting(tuple(fitting(words, most=None)))


def matching(words: str, consumers: Fitting) -> Q:
    """Requests of these consumers, or by number; all on one table, each by its index."""
    return sought(words, consumers).condition(is_prepared=False)


class StandIn(Enum):
    """Stands in a prepared statement for what the words mean."""

    BEGUN = "a number's beginning"
    MEANT = "whole numbers"
    CONSUMERS = "consumers"


class IsLike(Func):
    """``number LIKE 'DIS-2024-00%'``."""

    template = "(%(expressions)s)"
    arg_joiner = " LIKE "
    conditional = True
    output_field = BooleanField()


class IsAny(Func):
    """``consumer_id = ANY ('{1,2,3}')``: one value, however many there are."""

    template = "(%(expressions)s))"
    arg_joiner = " = ANY ("
    conditional = True
    output_field = BooleanField()


@dataclass(frozen=True, slots=True)
class Sought:
    """What words mean, for a statement that is prepared for all words that mean such things.

    ``kind`` names what stands in it, and whether numbers are looked up first; empty without words.
    """

    kind: frozenset[StandIn | str]
    given: dict[StandIn, Any]

    def condition(self, *, is_prepared: bool) -> Q:
        """Requests of these consumers, or by number; all on one table, each by its index.

        Numbers of which only four digits are missing are looked up first: old ones may all have
        ended, and would be looked for among all current requests.
        """
        values = {each: Value(each if is_prepared else self.given[each]) for each in self.given}
        fits = Q(pk__in=[])
        if StandIn.BEGUN in values:
            fits |= Q(IsLike(F("number"), values[StandIn.BEGUN]))
        if StandIn.MEANT in values:
            fits |= Q(IsAny(F("number"), values[StandIn.MEANT]))
        if NUMBERS_FIRST in self.kind:
            return Q(pk__in=Case.objects.filter(fits).order_by().values("pk")[:FEW])
        if StandIn.CONSUMERS in values:
            fits |= Q(IsAny(F("consumer"), values[StandIn.CONSUMERS]))
        return fits


WORDS, NUMBERS_FIRST = "words", "numbers first"


def sought(words: str, consumers: Fitting | None) -> Sought:
    """What these words mean, with the consumers found for them."""
    if not words:
        return Sought(frozenset(), {})
    given: dict[StandIn, Any] = {}
    if begun := begins_number(words):
        given[StandIn.BEGUN] = f"{connection.ops.prep_for_like_query(begun)}%"
    if meant := numbers_meant(words):
        given[StandIn.MEANT] = meant
    found = (consumers or find_all_consumers(words)).consumers
    if found:
        given[StandIn.CONSUMERS] = list(found)
    is_first = not found and is_nearly_number(words)
    return Sought(frozenset({*given, WORDS, *([NUMBERS_FIRST] if is_first else [])}), given)


def matching_number(words: str) -> Q:
    """Requests by their number, whole, begun or shortened: ``001234``, ``DIS-1234``."""
    found = Q(pk__in=[])
    if begun := begins_number(words):
        found |= Q(number__startswith=begun)
    if meant := numbers_meant(words):
        found |= Q(number__in=meant)
    return found


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
