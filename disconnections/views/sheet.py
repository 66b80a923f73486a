"""The Create Request page as it stands for one person: what was typed, what can be chosen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse

from consumers.views.choosing import Looked
from disconnections.choices import IdentityCheck, IdentityDocument, Permanence
from disconnections.forms import NotifyForm, RequestForm
from disconnections.operations import DRAFT
from disconnections.queries.create import (
    Chosen,
    Offer,
    ReasonChoice,
    get_chosen,
    get_offer,
    promised_within,
    service_words,
)
from disconnections.queries.verdicts import ShownVerdict, preview
from disconnections.rules import RequestWish
from smart360.cases.choices import CaseKind
from smart360.kernel.errors import Refusal
from smart360.kernel.text import key_in
from smart360.organisation.context import zone_in_use
from smart360.staff.models import Person
from smart360.web import drafts
from smart360.web.form_keys import new_key
from smart360.web.formats import NOT_CHOSEN, shown_day, shown_slot
from smart360.web.htmx import is_fragment, page_or_fragment

TEMPLATE = "disconnections/request_new.html"
FIELDS = tuple(RequestForm.base_fields)
CARRIED = ("consumer", "lock_token", "confirmed_kind", "permanence_for")
"""Hidden fields that say what the page was showing; none of them is believed."""
OF_THE_CONSUMER = ("services", "identity_check", "identity_document", "identity_last_four")
"""What was typed about one consumer and says nothing about the next."""


@dataclass(frozen=True, slots=True)
class Wished:
    """What was typed, as far as it can be read, in words and values for summary and review."""

    reason: ReasonChoice | None
    services: tuple[str, ...]
    permanence: str
    preferred_on: date | None
    slot_words: str
    notes: str
    identity: str
    within: str

    @property
    def in_one_line(self) -> str:
        """The second section, folded."""
        when = shown_day(self.preferred_on) if self.preferred_on else NOT_CHOSEN
        about = self.reason.label if self.reason else ""
        return " · ".join(filter(None, (about, when, self.slot_words)))


@dataclass
class Sheet:
    """One look at the page."""

    person: Person
    at: datetime
    zone: ZoneInfo
    typed: QueryDict
    chosen: Chosen | None

    @property
    def is_held(self) -> bool:
        """Whether this person holds a consumer's profile and may go on with the request."""
        return self.chosen is not None and self.chosen.is_own and not self.chosen.open_request

    @property
    def has_details(self) -> bool:
        """Whether the second section was ever sent or saved."""
        return "reason" in self.typed

    @cached_property
    def values(self) -> dict[str, Any]:
        """What was typed, as far as it has the right shape."""
        form = RequestForm(self.typed)
        form.is_valid()
        return form.cleaned_data

    def services(self, chosen: Chosen) -> tuple[int, ...]:
        """The services asked for; all that are connected until somebody chooses."""
        if not self.has_details:
            return chosen.services_by_default()
        own = {each.id for each in chosen.connections}
        return tuple(key for key in self.values.get("services", ()) if key in own)

    def kind(self, chosen: Chosen) -> CaseKind:
        """The type that the request would have."""
        return chosen.kind_for(self.services(chosen))

    def offer(self, chosen: Chosen) -> Offer:
        """What can be chosen now."""
        return get_offer(
            chosen,
            kind=self.kind(chosen),
            day=self.values.get("preferred_on"),
            at=self.at,
            zone=self.zone,
        )

    def fresh_form(self, chosen: Chosen, offer: Offer) -> RequestForm:
        """The second section with what was typed so far, nothing judged."""
        initial: dict[str, Any] = {name: self.typed[name] for name in FIELDS if name in self.typed}
        initial["services"] = [str(key) for key in self.services(chosen)]
        reason = offer.reason(self.values.get("reason"))
        if reason is not None and self.typed.get("permanence_for") != str(reason.id):
            initial["permanence"] = reason.permanence
        form = RequestForm(initial=initial, offer=offer)
        form.fields["reason"].widget.attrs["data-focus"] = True  # after the consumer was chosen
        return form

    def judged_form(self, offer: Offer) -> RequestForm:
        """The second section with what is wrong with it."""
        return RequestForm(self.typed, offer=offer, at=self.at, zone=self.zone)

    def wished(self, chosen: Chosen, offer: Offer) -> Wished:
        """Summary and review."""
        values = self.values
        reason = offer.reason(values.get("reason"))
        slot = offer.slot(values.get("slot"))
        within = ""
        if reason is not None:
            within = promised_within(
                kind=offer.kind, priority=reason.priority, is_vip=chosen.facts.is_vip
            )
        return Wished(
            reason=reason,
            services=tuple(service_words(chosen.connections, self.services(chosen))),
            permanence=Permanence(values.get("permanence") or Permanence.PERMANENT).label,
            preferred_on=values.get("preferred_on"),
            slot_words=shown_slot(slot.starts, slot.ends) if slot else "",
            notes=values.get("notes", ""),
            identity=identity_words(values),
            within=within,
        )

    def protections(self, chosen: Chosen) -> ShownVerdict | None:
        """What the protections would say to it now, before it is submitted (DIS12)."""
        values = self.values
        wish = RequestWish(
            consumer=chosen.facts.id,
            lock_token=0,
            confirmed_kind="",
            reason=values.get("reason") or 0,
            services=self.services(chosen),
            preferred_on=values.get("preferred_on"),
            slot=values.get("slot"),
            has_no_preference=bool(values.get("has_no_preference")),
        )
        return preview(wish, kind=self.kind(chosen), at=self.at)

    def kept(self) -> list[tuple[str, str]]:
        """Every value of the second section, to be carried through the review."""
        return [(name, value) for name in FIELDS for value in self.typed.getlist(name)]


def identity_words(values: Mapping[str, Any]) -> str:
    """``Driving licence seen, …1234``"""
    check = values.get("identity_check") or IdentityCheck.NOT_VERIFIED
    document = values.get("identity_document")
    if check != IdentityCheck.DOCUMENT_SEEN or not document:
        return IdentityCheck(check).label
    ending = values.get("identity_last_four")
    seen = f"{IdentityDocument(document).label} seen"
    return f"{seen}, …{ending}" if ending else seen


def carried(typed: Mapping[str, list[str]]) -> QueryDict:
    """Only the page's own fields of what was posted or kept."""
    kept = QueryDict(mutable=True)
    for name in (*CARRIED, *FIELDS):
        if name in typed:
            kept.setlist(name, [str(value) for value in typed[name]])
    return kept


def typed_in(post: QueryDict) -> QueryDict:
    """What a form of the page sent."""
    return carried(dict(post.lists()))


def typed_before(person: Person) -> QueryDict:
    """What the draft kept."""
    draft = drafts.get_draft(by=person.pk, form=DRAFT)
    return carried(draft.typed) if draft else QueryDict(mutable=True)


def open_sheet(
    person: Person, typed: QueryDict, *, at: datetime, known: Chosen | None = None
) -> Sheet:
    """The page for what was typed; ``known`` is a consumer that was just looked at."""
    consumer = key_in(typed.get("consumer", ""))
    chosen = known if known is not None and known.facts.id == consumer else None
    if consumer is not None and chosen is None:
        chosen = get_chosen(consumer, to=person, at=at)
    return Sheet(person, at, zone_in_use(), typed, chosen)


def keep(sheet: Sheet) -> None:
    """Keep what was typed, so that nothing is lost (DIS4)."""
    typed = {name: sheet.typed.getlist(name) for name in sheet.typed}
    drafts.save_draft(by=sheet.person.pk, form=DRAFT, typed=typed, at=sheet.at)


def shown(
    request: HttpRequest,
    sheet: Sheet,
    *,
    step: int,
    form: RequestForm | None = None,
    notify: NotifyForm | None = None,
    refusal: Refusal | None = None,
    form_key: str = "",
    status: int = 200,
    search: Looked | None = None,
    wanted: Chosen | None = None,
) -> HttpResponse:
    """The page, or its fragment ``create``, with the section that is open now."""
    context: dict[str, Any] = {
        "step": step if sheet.is_held else 1,
        "chosen": sheet.chosen,
        "wanted": wanted,
        "refusal": refusal,
        "search": search or Looked(),
    }
    if sheet.is_held and sheet.chosen is not None:
        context |= held_context(sheet, sheet.chosen, form)
        context |= {"notify": notify or NotifyForm(), "form_key": form_key or new_key()}
        if context["step"] == 3:
            context["protections"] = sheet.protections(sheet.chosen)
    response = page_or_fragment(request, TEMPLATE, "create", context, status=status)
    if is_fragment(request) and status == 200:
        response["HX-Push-Url"] = page_url(context["step"])
    return response


def held_context(sheet: Sheet, chosen: Chosen, form: RequestForm | None) -> dict[str, Any]:
    """What the second and third section and the summary show."""
    offer = (form and form.offer) or sheet.offer(chosen)
    return {
        "form": form or sheet.fresh_form(chosen, offer),
        "offer": offer,
        "wished": sheet.wished(chosen, offer),
        "kept": sheet.kept(),
        "day": sheet.values.get("preferred_on"),
    }


def page_url(step: int) -> str:
    """The page's address with one section open."""
    url = reverse("request_new")
    return f"{url}?step=3" if step == 3 else url
