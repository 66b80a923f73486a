"""Registering a complaint (CMP2)."""

import secrets
import uuid
from datetime import date, datetime

from complaints import protecting, rules
from complaints.models import (
    Complainant,
    Complaint,
    ComplaintCategory,
    ComplaintDraft,
    ComplaintName,
    Evidence,
)
from complaints.notices import complaint_received, no_supervisor_sees
from complaints.operations import drafts
from complaints.queries.create import get_limits
from complaints.rules import CREATE, ComplaintWish
from consumers import guards
from consumers.models import Consumer
from consumers.rules.profiles import phone_digits_of, search_text_of
from smart360.cases import handling
from smart360.cases.choices import CaseKind
from smart360.cases.models import Case
from smart360.cases.queries.receipts import receipt_key
from smart360.documents import store
from smart360.kernel.db import operation
from smart360.kernel.errors import Refusal
from smart360.kernel.text import NOT_OFFERED, REQUIRED, is_blank
from smart360.organisation.queries import day_of
from smart360.owed.book import owe
from smart360.staff.models import Person
from smart360.trail.choices import Event
from smart360.trail.record import record
from smart360.web import form_keys


class UnableToComplain(Refusal):
    """The complaint cannot be registered as asked. ``field`` names the form's field."""


@operation
def create_complaint(
    *,
    wish: ComplaintWish,
    by: Person,
    at: datetime,
    form_key: uuid.UUID,
    draft: uuid.UUID | None = None,
    seen: str = "",
) -> Complaint:
    """A complaint of a consumer, or of somebody who is not in the system yet.

    With a ``draft`` that says what its writer has ``seen`` (``drafts.digest_of``) its files become
    the complaint's evidence, and the draft goes. Raises UnableToComplain, UnableToKeepDraft. The
    same form key gives the first complaint again.
    """
    consumer = guards.lock_consumer(wish.consumer) if wish.consumer is not None else None
    about = consumer.account_number if consumer else "somebody new"
    earlier = form_keys.claim(form_key, by=by.pk, act=CREATE, about=about, at=at)
    if earlier:
        return Complaint.objects.select_related("case").get(case__number=earlier)
    held = drafts.lock_reviewed(draft, seen=seen, by=by) if draft else None
    category, name = _chosen(wish)
    _check_words(wish)
    today = day_of(at)
    _check_day(wish.incident_on, today=today)
    if consumer is None:
        _check_stranger(wish)
    case = handling.open_case(
        kind=CaseKind.COMPLAINT,
        consumer=consumer.pk if consumer else None,
        is_vip=consumer is not None and consumer.is_vip,
        priority=category.priority,
        notifies_consumer=wish.notifies_consumer,
        year=today.year,
        by=by.pk,
        at=at,
        new={"category": category.code, "priority": category.priority},
        topic=category.code,
    )
    case.consumer = consumer
    made = _store_complaint(wish, case, category, name)
    if wish.disputed_amount is not None and category.is_about_bills:
        protecting.set_dispute(case, made, wish.disputed_amount, by=by.pk, at=at)
    if held is not None:
        _keep_evidence(made, held, by=by, at=at)
    complaint_received(case, made, at=at)
    no_supervisor_sees(case, made, at=at)
    key = receipt_key(case.number)
    owe("complaints.receipt", dedupe_key=key, about={"case": case.pk}, at=at)
    form_keys.submitted(form_key, form="", by=by.pk, act=CREATE, result=case.number)
    return made


def _store_complaint(
    wish: ComplaintWish, case: Case, category: ComplaintCategory, name: ComplaintName
) -> Complaint:
    """What this case is about, and who says so where there is no account."""
    made = Complaint.objects.create(
        case=case,
        name=name,
        category=category,
        incident_on=wish.incident_on,
        description=wish.description,
        expected_resolution=wish.expected_resolution,
        notes=wish.notes,
        service_address=_address(case.consumer, wish),
        staff_named_id=wish.staff_named if category.is_about_staff else None,
        tracking_token=secrets.token_urlsafe(32),
    )
    said = wish.stranger
    if said is not None and case.consumer is None:
        Complainant.objects.create(
            complaint=made,
            search_text=search_text_of(said.name, [said.service_address, said.account_said]),
            phone_digits=phone_digits_of(said.phone),
            **{field: getattr(said, field) for field in said.__slots__},
        )
    return made


def _keep_evidence(made: Complaint, held: ComplaintDraft, *, by: Person, at: datetime) -> None:
    """The files of the draft, in their order, are the complaint's from now on."""
    files = drafts.hand_over_files(held)
    for position, pending in enumerate(files, start=1):
        kept = store.keep(pending, by=by, at=at)
        Evidence.objects.create(complaint=made, file=kept, position=position)
    if files:
        record(
            Event.EVIDENCE_ADDED,
            by=by.pk,
            at=at,
            case=made.case.pk,
            consumer=made.case.consumer_id,
            new={"files": len(files)},
        )


def _chosen(wish: ComplaintWish) -> tuple[ComplaintCategory, ComplaintName]:
    """What was chosen, if it is offered and belongs together (W18). Raises UnableToComplain."""
    name = (
        ComplaintName.objects.select_related("subcategory__category")
        .filter(
            pk=wish.name,
            is_active=True,
            subcategory__is_active=True,
            subcategory__category__is_active=True,
        )
        .first()
    )
    if name is None:
        raise UnableToComplain(NOT_OFFERED, field="name")
    if name.subcategory_id != wish.subcategory:
        raise UnableToComplain(NOT_OFFERED, field="subcategory")
    if name.subcategory.category_id != wish.category:
        raise UnableToComplain(NOT_OFFERED, field="category")
    return name.subcategory.category, name


def _check_day(incident_on: date, *, today: date) -> None:
    """Raises UnableToComplain (bad-inputs.md 109)."""
    longest = get_limits().longest_incident_days
    if wrong := rules.why_not_then(incident_on, today=today, longest_days=longest):
        raise UnableToComplain(wrong, field="incident_on")


def _check_words(wish: ComplaintWish) -> None:
    """W19. Raises UnableToComplain."""
    for field, fewest in (
        ("description", rules.FEWEST_DESCRIPTION),
        ("expected_resolution", rules.FEWEST_EXPECTED),
    ):
        if wrong := rules.why_too_short(getattr(wish, field), fewest):
            raise UnableToComplain(wrong, field=field)
    if rules.say_the_same(wish.description, wish.expected_resolution):
        raise UnableToComplain(rules.SAME_WORDS, field="expected_resolution")


def _check_stranger(wish: ComplaintWish) -> None:
    """Somebody has a name and can be reached. Raises UnableToComplain."""
    stranger = wish.stranger
    if stranger is None:
        raise UnableToComplain("Choose a customer", field="consumer")
    if is_blank(stranger.name):
        raise UnableToComplain(REQUIRED, field="name_said")
    if not (stranger.phone or stranger.email):
        raise UnableToComplain("Enter a phone number or an e-mail address", field="phone")


def _address(consumer: Consumer | None, wish: ComplaintWish) -> str:
    """The service address as it is now, or as somebody says."""
    if consumer is None:
        return wish.stranger.service_address if wish.stranger else ""
    services = guards.standing_of(consumer.pk).services
    return services[0].address if services else ""
