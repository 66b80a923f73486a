"""The only doors to a complaint or a draft for a person (X2), and what they may do with it."""

import uuid
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from complaints import rules
from complaints.models import Complaint, ComplaintCategory, ComplaintDraft, DraftFile
from smart360.cases.access import Act, acts_on
from smart360.cases.choices import CaseKind
from smart360.cases.models import Case
from smart360.kernel.prepared import A_KEY, Shelf
from smart360.staff.models import Person
from smart360.staff.permissions import Permission

PREPARED = Shelf()


def visible_complaints(person: Person, reader: int | None = None) -> QuerySet[Case]:
    """The complaints that ``person`` may know of.

    Those about staff are for who may see such, and none for the person whom it names (roles.md).
    ``reader`` is what stands for the person's key in a statement that is kept.
    """
    if not person.has_permission(Permission.VIEW_COMPLAINTS):
        return Case.objects.none()
    key = person.pk if reader is None else reader
    return complaints_past_the_door(key, sees_staff=sees_staff_complaints(person))


def sees_staff_complaints(person: Person) -> bool:
    """Whether complaints about staff are among what this person may see."""
    return person.has_permission(Permission.SEE_STAFF_COMPLAINTS)


def complaints_past_the_door(reader: int, *, sees_staff: bool) -> QuerySet[Case]:
    """What somebody with this key sees who may see complaints at all."""
    seen = Case.objects.filter(kind=CaseKind.COMPLAINT).exclude(
        pk__in=Complaint.objects.filter(staff_named=reader).values("pk")
    )
    if sees_staff:
        return seen
    about_staff = ComplaintCategory.objects.filter(is_about_staff=True)
    return seen.exclude(topic__in=about_staff.values("code"))


def find_with_receipt(number: str, person: Person) -> Case | None:
    """The complaint whose receipt this person may have: one that they see, or made themselves.

    Whoever took a complaint about staff has its receipt and nothing else of it (roles.md); the
    person whom it names not even that.
    """
    mine = complaints_past_the_door(person.pk, sees_staff=True).filter(created_by=person)
    either = visible_complaints(person) | mine
    return either.filter(number=number).select_related("complaint__receipt").first()


def find_complaint(number: str, person: Person) -> Case | None:
    """The case of a complaint that this person may see, with all that its page shows of it."""
    return (
        visible_complaints(person)
        .filter(number=number)
        .select_related(
            "consumer__category",
            "consumer__subcategory",
            "policy",
            "created_by",
            "updated_by",
            "assignee",
            "acknowledged_by",
            "responded_by",
            "ended_by",
            "complaint__category",
            "complaint__name__subcategory",
            "complaint__complainant",
            "complaint__staff_named",
        )
        .first()
    )


def find_draft(draft: uuid.UUID, *, to: Person) -> ComplaintDraft | None:
    """One's own draft; None for another person's as for none."""
    return ComplaintDraft.objects.filter(pk=draft, person=to).first()


def find_draft_file(draft: uuid.UUID, file: uuid.UUID, *, to: Person) -> DraftFile | None:
    """A file of one's own draft, or None."""
    own = DraftFile.objects.filter(draft=draft, draft__person=to, file=file)
    return own.select_related("file").first()


PERMISSION_OF: dict[Act, Permission] = {
    Act.ACKNOWLEDGE: Permission.WORK_ON_COMPLAINT,
    Act.HOLD: Permission.WORK_ON_COMPLAINT,
    Act.RESUME: Permission.WORK_ON_COMPLAINT,
    Act.ASSIGN_TO: Permission.ASSIGN_OTHERS,
    Act.ASSIGN_TO_ME: Permission.WORK_ON_COMPLAINT,
    Act.RESOLVE: Permission.DECIDE_COMPLAINT,
    Act.REJECT: Permission.DECIDE_COMPLAINT,
    Act.LINK: Permission.DECIDE_COMPLAINT,
    Act.REOPEN: Permission.REOPEN_COMPLAINT,
    Act.DISPUTE: Permission.SET_DISPUTED_AMOUNT,
    Act.ADD_NOTE: Permission.ADD_NOTE,
    Act.SEND_MESSAGE: Permission.MESSAGE_CONSUMER,
    Act.LOG_CALL: Permission.LOG_CALL,
    Act.RETRY_MESSAGE: Permission.RETRY_MESSAGE,
}
"""What each act asks for. The views declare the same permission at the gate."""


def allowed_acts(case: Case, person: Person, *, at: datetime, reopen_days: int) -> frozenset[Act]:
    """What this person may do with this complaint now: the buttons of its page are exactly these.

    ``reopen_days`` is how long after its end a complaint can be reopened.
    """
    acts = acts_on(case, person, PERMISSION_OF)
    if case.consumer_id is not None:
        acts -= {Act.LINK}
    complaint = case.complaint
    if not complaint.category.is_about_bills and complaint.disputed_amount is None:
        acts -= {Act.DISPUTE}
    if case.ended_at is None or at > rules.reopened_until(case.ended_at, reopen_days):
        acts -= {Act.REOPEN}
    return acts


def may_see_evidence(complaint: Complaint, person: Person) -> bool:
    """Whether a person may see the files of a complaint; some only those of disputed bills."""
    if person.has_permission(Permission.SEE_EVIDENCE):
        return True
    is_about_bills = complaint.category.is_about_bills
    return is_about_bills and person.has_permission(Permission.SEE_BILLING_EVIDENCE)


def kept_from(case: int, people: Collection[int]) -> frozenset[int]:
    """Who of some people may not know of a complaint about staff (a port of cases)."""
    about = Complaint.objects.filter(pk=case, category__is_about_staff=True).first()
    if about is None:
        return frozenset()
    return frozenset(
        person.pk
        for person in Person.objects.with_roles().filter(pk__in=people)
        if person.pk == about.staff_named_id or not sees_staff_complaints(person)
    )


def hidden_cases(consumer: int, person: int) -> frozenset[int]:
    """The complaints of a consumer that a person may not know of (a port of consumers)."""
    about = PREPARED.rows(
        "hidden", lambda: _about_staff(Complaint.objects.filter(case__consumer=A_KEY)),
        {A_KEY: consumer},
    )  # fmt: skip
    return _hidden(about, person)


def hidden_among(cases: Collection[int], person: int | None) -> frozenset[int]:
    """Which of some cases are complaints that a person may not know of (a port of cases)."""
    return _hidden(_about_staff(Complaint.objects.filter(pk__in=cases)), person)


def _about_staff(complaints: QuerySet[Complaint]) -> QuerySet[Complaint, Any]:
    """Those about staff, each with whom it names."""
    return complaints.filter(category__is_about_staff=True).values("case", "staff_named")


def _hidden(about_staff: Iterable[Mapping[str, Any]], person: int | None) -> frozenset[int]:
    found = {each["case"]: each["staff_named"] for each in about_staff}
    readers = Person.objects.filter(pk=person) if found and person is not None else ()
    if any(sees_staff_complaints(reader) for reader in readers):
        return frozenset(case for case, named in found.items() if named == person)
    return frozenset(found)
