"""Cases by what somebody typed: a number, or words of whoever they are about."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.db import connection
from django.db.models import BooleanField, F, Func, Q, Value

from consumers.queries import fitting_beside
from smart360.cases.models import Case
from smart360.cases.queries.lists import CaseFilter, Fitting, ListKind
from smart360.cases.rules import Numbering
from smart360.staff.models import Person
from smart360.web.throttle import take_turn

FEW = 10_000
MOST_CONSUMERS = 200
TOO_MANY = (
    f"Very many consumers fit: these are {{noun}} of {MOST_CONSUMERS}; type more for the rest"
)
"""Said where more consumers fit than were taken; ``noun`` is what is listed."""


def find_fitting(
    kind: ListKind[Any], words: str, *, to: Person, is_history: bool, is_counted: bool = True
) -> Fitting:
    """The best few whom the words fit, in a time that does not depend on how many there are.

    Where open cases of the kind guard their consumers, only consumers who have one are taken for
    the current ones by name and address. Raises AskedTooOften when the person asks too often,
    if their searches are counted.
    """
    asker = to.pk if is_counted else None
    if kind.numbers.is_nothing_else(words):  # no consumer is called so
        if asker is not None:
            take_turn(asker)
        return Fitting(())
    is_guarded = kind.guards_consumers and not is_history
    found, others = fitting_beside(
        words,
        kind.others(words, MOST_CONSUMERS + 1),
        most=MOST_CONSUMERS + 1,
        is_guarded=is_guarded,
        asker=asker,
    )
    return Fitting(
        tuple(found[:MOST_CONSUMERS]),
        is_cut=len(found) > MOST_CONSUMERS or len(others) > MOST_CONSUMERS,
        cases=tuple(others[:MOST_CONSUMERS]),
    )


def find_all_fitting(kind: ListKind[Any], words: str) -> Fitting:
    """Every one, for a file that must be complete."""
    found, others = fitting_beside(words, kind.others(words, None), most=None)
    return Fitting(tuple(found), cases=tuple(others))


class StandIn(Enum):
    """Stands in a prepared statement for what the words mean."""

    BEGUN = "a number's beginning"
    MEANT = "whole numbers"
    CONSUMERS = "consumers"
    CASES = "cases"


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
        """Cases of these consumers, or by number; all on one table, each by its index.

        Numbers of which only four digits are missing are looked up first: old ones may all have
        ended, and would be looked for among all current cases.
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
        if StandIn.CASES in values:
            fits |= Q(IsAny(F("id"), values[StandIn.CASES]))
        return fits


WORDS, NUMBERS_FIRST = "words", "numbers first"


def sought(numbers: Numbering, words: str, find: Callable[[], Fitting]) -> Sought:
    """What these words mean, with those whom they fit; ``find`` finds them, asked if needed."""
    if not words:
        return Sought(frozenset(), {})
    given: dict[StandIn, Any] = {}
    if begun := numbers.begun(words):
        given[StandIn.BEGUN] = f"{connection.ops.prep_for_like_query(begun)}%"
    if meant := numbers.meant(words):
        given[StandIn.MEANT] = meant
    found = find()
    if found.consumers:
        given[StandIn.CONSUMERS] = list(found.consumers)
    if found.cases:
        given[StandIn.CASES] = list(found.cases)
    is_first = not (found.consumers or found.cases) and numbers.is_nearly_whole(words)
    return Sought(frozenset({*given, WORDS, *([NUMBERS_FIRST] if is_first else [])}), given)


def sought_in(kind: ListKind[Any], wish: CaseFilter) -> Sought:
    """What the words of a filter mean; all whom they fit, where that was not found beforehand."""
    return sought(
        kind.numbers,
        wish.words,
        lambda: wish.consumers or find_all_fitting(kind, wish.words),
    )


def matching_numbers(numbers: Numbering, words: str) -> Q:
    """Cases by their number, whole, begun or shortened: ``001234``, ``DIS-1234``."""
    found = Q(pk__in=[])
    if begun := numbers.begun(words):
        found |= Q(number__startswith=begun)
    if meant := numbers.meant(words):
        found |= Q(number__in=meant)
    return found
