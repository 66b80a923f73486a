"""Reads for Create Complaint: what can be chosen, whom it can be about, what was made."""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice

from complaints.models import Complaint, ComplaintName, ComplaintSettings
from consumers.access import get_consumer, shown, visible_consumers
from consumers.models import Consumer
from consumers.rules.profiles import ShownConsumer
from smart360.kernel.text import normalise
from smart360.staff.models import Person

MOST_PEOPLE = 10
LEAST_LETTERS = 3


@dataclass(frozen=True, slots=True)
class CategoryChoice:
    """A category that is offered, with what it brings along."""

    id: int
    name: str
    priority: str
    is_about_staff: bool
    is_about_bills: bool


@dataclass(frozen=True, slots=True)
class PartChoice:
    """A sub-category or a complaint name that is offered, and what it belongs to."""

    id: int
    above: int
    name: str


@dataclass(frozen=True, slots=True)
class Offer:
    """Everything that can be chosen; whatever leads to no complaint name is left out."""

    categories: tuple[CategoryChoice, ...]
    subcategories: tuple[PartChoice, ...]
    names: tuple[PartChoice, ...]
    today: date
    longest_days: int

    def category(self, key: int | None) -> CategoryChoice | None:
        """The category with this key, if it is offered."""
        return next((each for each in self.categories if each.id == key), None)

    def subcategories_of(self, category: int | None) -> list[PartChoice]:
        """What is offered in a category."""
        return [each for each in self.subcategories if each.above == category]

    def names_of(self, subcategory: int | None) -> list[PartChoice]:
        """What is offered in a sub-category."""
        return [each for each in self.names if each.above == subcategory]


def get_limits() -> ComplaintSettings:
    """The limits that an administrator has set; there is one row of them."""
    return ComplaintSettings.objects.all()[0]


def get_offer(*, today: date, longest_days: int) -> Offer:
    """What can be chosen today, each list by name."""
    categories: dict[int, CategoryChoice] = {}
    subcategories: dict[int, PartChoice] = {}
    names = []
    offered = ComplaintName.objects.filter(
        is_active=True, subcategory__is_active=True, subcategory__category__is_active=True
    ).select_related("subcategory__category")
    for name in offered.order_by("name"):
        part = name.subcategory
        whole = part.category
        names.append(PartChoice(name.pk, part.pk, name.name))
        subcategories.setdefault(part.pk, PartChoice(part.pk, whole.pk, part.name))
        categories.setdefault(
            whole.pk,
            CategoryChoice(
                whole.pk, whole.name, whole.priority, whole.is_about_staff, whole.is_about_bills
            ),
        )
    return Offer(
        categories=tuple(sorted(categories.values(), key=lambda each: each.name)),
        subcategories=tuple(sorted(subcategories.values(), key=lambda each: each.name)),
        names=tuple(names),
        today=today,
        longest_days=longest_days,
    )


def find_customer(account_number: str, *, to: Person) -> ShownConsumer | None:
    """The account that somebody chose, as ``to`` may see it, or None."""
    return _shown(get_consumer(account_number, to=to), to)


def get_customer(consumer: int, *, to: Person) -> ShownConsumer | None:
    """The same by its key."""
    return _shown(visible_consumers(to).filter(pk=consumer).first(), to)


def _shown(consumer: Consumer | None, to: Person) -> ShownConsumer | None:
    return shown(consumer, to) if consumer else None


def find_people(typed: str) -> list[Person]:
    """Staff whose name has each word of ``typed``, by name; the first few.

    They are some hundreds and are looked through here, so that accents and case do not matter.
    """
    if not is_enough(typed):
        return []
    people = Person.objects.filter(is_active=True).order_by("full_name", "pk")
    fitting = (each for each in people if has_words(each.full_name, typed))
    return list(islice(fitting, MOST_PEOPLE))


def is_enough(typed: str) -> bool:
    """Whether enough letters were typed to look for somebody."""
    return len(normalise(typed).replace(" ", "")) >= LEAST_LETTERS


def has_words(name: str, typed: str) -> bool:
    """Whether each word of ``typed`` stands in ``name``, whatever its case and accents.

    >>> has_words("José Lee", "lee jose")
    True
    """
    plain = normalise(name)
    return all(word in plain for word in normalise(typed).split())


def get_person(key: int | None) -> Person | None:
    """A member of staff who can be named, or None."""
    return Person.objects.filter(pk=key, is_active=True).first() if key else None


@dataclass(frozen=True, slots=True)
class Made:
    """A complaint that was just made, for the success page."""

    number: str
    customer: str
    is_vip: bool
    account_number: str
    category: str
    subcategory: str
    name: str
    priority: str
    incident_on: date
    created_at: datetime
    due_at: datetime
    email: str
    notifies: bool
    files: int
    is_about_staff: bool

    @property
    def files_in_words(self) -> str:
        """``3 files``, or nothing."""
        return f"{self.files} file{'' if self.files == 1 else 's'}" if self.files else ""


def get_made(number: str, *, to: Person) -> Made | None:
    """The complaint with this number as its maker sees it; None to everybody else.

    Whoever made it sees this even of a complaint about staff (roles.md).
    """
    made = (
        Complaint.objects.filter(case__number=number, case__created_by=to)
        .select_related(
            "case__consumer__category",
            "case__consumer__subcategory",
            "category",
            "name__subcategory",
            "complainant",
        )
        .first()
    )
    if made is None:
        return None
    case = made.case
    account = shown(case.consumer, to) if case.consumer else None
    stranger = getattr(made, "complainant", None)
    return Made(
        number=case.number,
        customer=account.name if account else stranger.name if stranger else "",
        is_vip=account is not None and account.is_vip,
        account_number=account.account_number if account else "",
        category=made.category.name,
        subcategory=made.name.subcategory.name,
        name=made.name.name,
        priority=case.priority,
        incident_on=made.incident_on,
        created_at=case.created_at,
        due_at=case.due_at,
        email=account.email if account else stranger.email if stranger else "",
        notifies=case.notifies_consumer,
        files=made.evidence.count(),
        is_about_staff=made.category.is_about_staff,
    )
