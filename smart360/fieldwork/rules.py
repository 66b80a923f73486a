"""Which templates fit, who is sent, and how order numbers are read. Pure."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from smart360.fieldwork.choices import OrderKind
from smart360.kernel.text import is_blank

LONGEST_AHEAD = timedelta(days=365)
LONGEST_WORDS = 2_000
LONGEST_REMARKS = 500
FIRST_YEAR = 2000
BOUND_TO_A_REQUEST = (OrderKind.DISCONNECTION.value, OrderKind.RECONNECTION.value)
"""Supply changes only by a request, with its approval and its protections."""

_NUMBER = re.compile(r"(?:SO-?)?(?:(\d{4})-)?(\d{1,9})")


# ------------------------------------------------------------------ templates
@dataclass(frozen=True, slots=True)
class TemplateTerms:
    """To whom a template is offered. Empty means everybody."""

    utilities: frozenset[str]
    categories: frozenset[int]


def template_fits(terms: TemplateTerms, *, utilities: Collection[str], category: int) -> bool:
    """Whether a template is offered to a consumer of this category for these utilities (SO1).

    It fits when one of the utilities is its own; without a service nothing that is tied to a
    utility fits.

    >>> water = TemplateTerms(frozenset({"WATER"}), frozenset())
    >>> template_fits(water, utilities={"WATER", "GAS"}, category=1)
    True
    >>> template_fits(water, utilities={"GAS"}, category=1)
    False
    """
    if terms.categories and category not in terms.categories:
        return False
    return not terms.utilities or bool(terms.utilities & set(utilities))


def fitness(terms: TemplateTerms, *, utilities: Collection[str]) -> tuple[bool, bool]:
    """Sorts what fits: what does all of it first, and of that what was made for just this."""
    does_all = not terms.utilities or set(utilities) <= terms.utilities
    return not does_all, not (terms.utilities or terms.categories)


def kind_is_offered(kind: str, *, case_kind: str | None) -> bool:
    """Whether an order of this type can be made from a case of ``case_kind``, or from a profile.

    Disconnections and reconnections come from their own request only.
    """
    return kind not in BOUND_TO_A_REQUEST or kind == case_kind


def order_name(template: str, consumer: str, *, longest: int = 80) -> str:
    """What an order is called: the template, and the first and the last name.

    >>> order_name("Residential Disconnection", "John Michael Smith")
    'Residential Disconnection - John Smith'
    """
    names = consumer.split()
    short = " ".join(names[:1] + names[1:][-1:])
    return f"{template} - {short}"[:longest].rstrip(" -")


# ------------------------------------------------------------------ technicians
@dataclass(frozen=True, slots=True)
class Candidate:
    """A technician as the choice knows one: where, what, and the minutes still free that day.

    ``areas`` empty: every area.
    """

    key: int
    areas: frozenset[str]
    skills: frozenset[int]
    free: int = 0


def can_do(candidate: Candidate, *, area: str, skill: int | None) -> bool:
    """Whether a technician works in this area and is trained for this."""
    is_near = not candidate.areas or area in candidate.areas
    return is_near and (skill is None or skill in candidate.skills)


def chosen(
    candidates: Iterable[Candidate], *, area: str, skill: int | None, minutes: int
) -> int | None:
    """Who is sent: of those who can do it and have the time, the most free, then the lowest key.

    None when nobody is left. The order in which they are given changes nothing.
    """
    fit = [
        each for each in candidates if can_do(each, area=area, skill=skill) and each.free >= minutes
    ]
    return min(fit, key=lambda each: (-each.free, each.key)).key if fit else None


# ------------------------------------------------------------------ numbers
@dataclass(frozen=True, slots=True)
class OrderNumber:
    """A number as somebody typed it: ``year`` is None in the short form."""

    year: int | None
    serial: int

    def among(self, years: Sequence[int]) -> list[str]:
        """Every full number that it may mean, the latest year first."""
        meant = [self.year] if self.year is not None else sorted(years, reverse=True)
        return [f"SO-{year:04d}-{self.serial:06d}" for year in meant]


def read_number(text: str) -> OrderNumber | None:
    """The order number in ``text``, long (SO-2024-005678) or short (SO-5678, 5678); else None.

    >>> read_number(" so-5678 ")
    OrderNumber(year=None, serial=5678)
    >>> read_number("SO-2024-005678")
    OrderNumber(year=2024, serial=5678)
    >>> read_number("ACC-1") is None
    True
    """
    text = text.strip().upper()
    found = _NUMBER.fullmatch(text) if text.isascii() else None
    if found is None or not int(found[2]):
        return None
    return OrderNumber(year=int(found[1]) if found[1] else None, serial=int(found[2]))


def years_until(this_year: int) -> range:
    """The years in which an order can have been made."""
    return range(FIRST_YEAR, this_year + 1)


# ------------------------------------------------------------------ what a form may say
PAST_DAY = "Cannot select past date"
TOO_FAR = "Choose a date within a year"
ENDS_BEFORE = "The window must end after it starts"
NEEDS_A_DAY = "Choose a date for this window"
TOO_LONG = "At most {longest} characters"


def why_not_on(day: date, today: date) -> str:
    """Why nobody can be sent on ``day``, or ``""``."""
    if day < today:
        return PAST_DAY
    return TOO_FAR if day > today + LONGEST_AHEAD else ""


def why_not_words(words: str, *, longest: int, required: str = "") -> str:
    """Why ``words`` cannot be kept, or ``""``; ``required`` is the sentence for none at all."""
    if required and is_blank(words):
        return required
    return TOO_LONG.format(longest=longest) if len(words) > longest else ""
