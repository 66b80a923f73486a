"""Create Complaint as it stands for one person: what was typed, what is offered, what is left."""

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse

from complaints.choices import CustomerType
from complaints.forms import AcknowledgeForm, DetailsForm, NotesForm, StrangerForm
from complaints.models import ComplaintDraft, ComplaintSettings, DraftFile
from complaints.operations import Said
from complaints.operations.drafts import digest_of
from complaints.queries.create import Offer, get_customer, get_limits, get_offer
from complaints.queries.drafts import files_of, list_drafts
from complaints.rules import ComplaintWish
from consumers.rules.profiles import ShownConsumer
from smart360.documents.inspection.findings import LARGEST_FILE
from smart360.documents.intake import MEGABYTE
from smart360.kernel.errors import Refusal
from smart360.kernel.text import key_in
from smart360.organisation.context import zone_in_use
from smart360.staff.models import Person
from smart360.staff.permissions import Permission
from smart360.web.shown import RefusedUpload, Upload, UploadList

TEMPLATE = "complaints/complaint_new.html"
CUSTOMER, DETAILS, EVIDENCE, REVIEW = 1, 2, 3, 4
TITLES = (
    "Customer Information",
    "Complaint Details",
    "Evidence & Attachments",
    "Review & Submit",
)
FIELDS: Mapping[int, tuple[str, ...]] = {
    CUSTOMER: ("consumer", *StrangerForm.base_fields),
    DETAILS: tuple(DetailsForm.base_fields),
    EVIDENCE: tuple(NotesForm.base_fields),
}
"""What each step keeps; nothing else that is sent is looked at (bad-inputs.md 111)."""


@dataclass(frozen=True, slots=True)
class Step:
    """One of the four steps, as the line above the page shows it."""

    title: str
    url: str
    is_done: bool
    is_current: bool


@dataclass
class Sheet:
    """One look at the page. ``draft`` is None before the first step was kept."""

    person: Person
    at: datetime
    id: uuid.UUID
    draft: ComplaintDraft | None
    typed: Mapping[int, QueryDict]
    window: str

    @cached_property
    def customer(self) -> ShownConsumer | None:
        """The account that was chosen, if this person still finds it."""
        key = key_in(self.typed[CUSTOMER].get("consumer", ""))
        return None if key is None else get_customer(key, to=self.person)

    @cached_property
    def stranger(self) -> StrangerForm:
        """Who was entered by hand, with what is wrong with it."""
        return StrangerForm(self.typed[CUSTOMER])

    @property
    def is_by_hand(self) -> bool:
        """Whether somebody was entered who is not in the system."""
        return "name_said" in self.typed[CUSTOMER]

    @cached_property
    def offer(self) -> Offer:
        """What can be chosen now."""
        today = self.at.astimezone(zone_in_use()).date()
        return get_offer(today=today, longest_days=self.limits.longest_incident_days)

    @cached_property
    def limits(self) -> ComplaintSettings:
        """What an administrator has set."""
        return get_limits()

    @property
    def may_dispute(self) -> bool:
        """Whether a disputed amount can be set: by whom, and on which account."""
        may = self.person.has_permission(Permission.SET_DISPUTED_AMOUNT)
        return may and self.customer is not None

    @cached_property
    def details(self) -> DetailsForm:
        """The second step with what is wrong with it."""
        return DetailsForm(self.typed[DETAILS], offer=self.offer, may_dispute=self.may_dispute)

    @property
    def fresh_details(self) -> DetailsForm:
        """The second step as it was typed, nothing judged."""
        said = {name: value for name, value in self.typed[DETAILS].items() if value}
        return DetailsForm(initial=said, offer=self.offer, may_dispute=self.may_dispute)

    @cached_property
    def notes(self) -> NotesForm:
        """The words beside the evidence."""
        return NotesForm(self.typed[EVIDENCE])

    @cached_property
    def files(self) -> list[DraftFile]:
        """What was uploaded so far."""
        return files_of(self.draft) if self.draft else []

    def uploads(self, refused: Sequence[RefusedUpload] = ()) -> UploadList:
        """The files for the control that adds and removes them."""
        return UploadList(
            files=[
                Upload(
                    title=each.file.title,
                    kind=each.file.content_type,
                    size=each.file.size,
                    remove_url=reverse("draft_file_remove", args=[self.id, each.file_id]),
                    url=reverse("draft_file", args=[self.id, each.file_id]),
                )
                for each in self.files
            ],
            refused=refused,
            upload_url=reverse("draft_file_add", args=[self.id]),
            most_files=self.limits.most_files,
            most_bytes=self.limits.most_megabytes * MEGABYTE,
            largest_file=LARGEST_FILE,
        )

    def is_complete(self, step: int) -> bool:
        """Whether a step can be left behind."""
        if step == CUSTOMER:
            return self.customer is not None or (self.is_by_hand and self.stranger.is_valid())
        return self.details.is_valid() if step == DETAILS else self.notes.is_valid()

    @cached_property
    def furthest(self) -> int:
        """The first step that is not complete; the review when all are (bad-inputs.md 105)."""
        steps = (CUSTOMER, DETAILS, EVIDENCE)
        return next((step for step in steps if not self.is_complete(step)), REVIEW)

    def version(self, step: int) -> int:
        """The version of what was kept of a step; 0 for nothing."""
        kept = self.draft.typed.get(str(step), {}) if self.draft else {}
        return int(kept.get("version", 0))

    def steps(self, current: int) -> list[Step]:
        """The line above the page; what is not reached yet leads nowhere."""
        return [
            Step(
                title=title,
                url=self.url(number) if self.draft and number <= self.furthest else "",
                is_done=number < self.furthest and number != current,
                is_current=number == current,
            )
            for number, title in enumerate(TITLES, start=1)
        ]

    def url(self, step: int) -> str:
        """The address of a step of this draft."""
        return f"{reverse('complaint_draft', args=[self.id])}?step={step}"

    def first_url(self, by: str) -> str:
        """The first step with its search, or with its fields for somebody not in the system."""
        if self.draft is None:
            return f"{reverse('complaint_new')}?by={by}"
        return f"{self.url(CUSTOMER)}&by={by}"

    @property
    def reached_at(self) -> str:
        """Where the acknowledgement would go; empty when nowhere."""
        if self.customer is not None:
            return self.customer.email
        return str(self.stranger.cleaned_data.get("email", "")) if self.stranger.is_valid() else ""

    @property
    def stranger_type(self) -> str:
        """What kind of customer somebody says to be, in words."""
        said = self.stranger.cleaned_data if self.stranger.is_valid() else {}
        return CustomerType(said["customer_type"]).label if said.get("customer_type") else ""

    def summary(self) -> dict[str, Any]:
        """What stands beside the page, as far as it can be read."""
        details = self.details
        details.is_valid()
        said = details.cleaned_data
        return {
            "customer": self.customer,
            "name_said": self.typed[CUSTOMER].get("name_said", ""),
            "category": details.chosen_category,
            "subcategory": _name(self.offer.subcategories, said.get("subcategory")),
            "name": _name(self.offer.names, said.get("name")),
            "incident_on": said.get("incident_on"),
            "description": said.get("description", ""),
            "expected": said.get("expected_resolution", ""),
            "disputed": said.get("disputed_amount"),
            "person_named": details.person_named,
            "notes": self.notes.cleaned_data.get("notes", "") if self.notes.is_valid() else "",
        }

    def wish(self, *, notifies_consumer: bool) -> ComplaintWish:
        """What is asked for; every step is complete."""
        said = self.details.cleaned_data
        return ComplaintWish(
            consumer=self.customer.id if self.customer else None,
            stranger=None if self.customer else self.stranger.stranger(),
            category=said["category"],
            subcategory=said["subcategory"],
            name=said["name"],
            incident_on=said["incident_on"],
            description=said["description"],
            expected_resolution=said["expected_resolution"],
            notes=self.notes.cleaned_data["notes"],
            staff_named=said.get("staff_named"),
            disputed_amount=said.get("disputed_amount"),
            notifies_consumer=notifies_consumer,
        )


def _name(offered: Any, key: int | None) -> str:
    return next((each.name for each in offered if each.id == key), "")


def open_sheet(
    person: Person,
    draft: ComplaintDraft | None,
    *,
    at: datetime,
    key: uuid.UUID | None = None,
    posted: tuple[int, QueryDict] | None = None,
) -> Sheet:
    """The page for a draft, with a step as it was just ``posted`` in place of what was kept."""
    kept = draft.typed if draft else {}
    typed = {}
    for step in FIELDS:
        words = QueryDict(mutable=True)
        for name, values in kept.get(str(step), {}).get("words", {}).items():
            words.setlist(name, values)
        typed[step] = words
    if posted is not None:
        typed[posted[0]] = carried(*posted)
    own = draft.pk if draft else key or uuid.uuid4()
    return Sheet(person, at, own, draft, typed, window=uuid.uuid4().hex)


def carried(step: int, post: QueryDict) -> QueryDict:
    """Only the step's own fields of what was posted."""
    kept = QueryDict(mutable=True)
    for name in FIELDS[step]:
        if name in post and name != "consumer":
            kept.setlist(name, post.getlist(name))
    return kept


def said_in(step: int, post: QueryDict) -> Said:
    """What a form of the page sent, to be kept."""
    version = post.get("version", "")
    return Said(
        step=str(step),
        words=dict(carried(step, post).lists()),
        window=window_in(post),
        version=int(version) if re.fullmatch(r"[0-9]{1,9}", version) else 0,
    )


def window_in(post: QueryDict) -> str:
    """The name of the page that sent a form, if it looks like one of ours."""
    window = post.get("window", "")
    return window if window.isascii() and window.isalnum() and len(window) == 32 else ""


def shown(
    request: HttpRequest,
    sheet: Sheet,
    *,
    step: int,
    status: int = 200,
    refusal: Refusal | None = None,
    **more: Any,
) -> HttpResponse:
    """The page with one step open. ``more`` replaces what the step would show by itself."""
    context: dict[str, Any] = {
        "sheet": sheet,
        "step": step,
        "steps": sheet.steps(step),
        "title": TITLES[step - 1],
        "refusal": refusal,
        "summary": sheet.summary(),
        "version": sheet.version(step),
        "here_url": sheet.url(step),
        "details_url": sheet.url(DETAILS),
        "evidence_url": sheet.url(EVIDENCE),
        "hand_url": sheet.first_url("hand"),
        "find_url": sheet.first_url("search"),
        "drafts": list_drafts(sheet.person) if sheet.draft is None else (),
    }
    if step == CUSTOMER:
        context["stranger"] = StrangerForm(initial=sheet.typed[CUSTOMER].dict())
    elif step == DETAILS:
        form = sheet.fresh_details
        form.fields["category"].widget.attrs["data-focus"] = True
        context["form"] = form
    elif step == EVIDENCE:
        context["form"] = NotesForm(initial=sheet.typed[EVIDENCE].dict())
        context["uploads"] = sheet.uploads()
    elif sheet.draft is not None:
        context |= {"form": AcknowledgeForm(), "seen": digest_of(sheet.draft)}
        context |= {"reached_at": sheet.reached_at, "stranger_type": sheet.stranger_type}
    return render(request, TEMPLATE, context | more, status=status)
