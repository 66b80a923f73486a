"""Shape of what people type about a request. Whether it can be had, the operation decides."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError

from consumers.choices import MeterPlace, SupplyState, UtilityType
from consumers.models import Warehouse
from consumers.queries import categories
from consumers.rules.profiles import ConnectionFacts
from disconnections import rules
from disconnections.choices import (
    ClosurePaper,
    IdentityCheck,
    IdentityDocument,
    MeterAction,
    NoticeWay,
    Permanence,
)
from disconnections.forms.preparing import PreparingForm
from disconnections.queries.create import Offer, why_slot_is_gone
from disconnections.queries.run_preview import areas_supplied
from disconnections.queries.runs import reasons_for_debt
from disconnections.rules.closures import MUST_REMOVE, ClosureWish, MeterPlan, MeterWish
from disconnections.rules.runs import RunChoice
from smart360.cases.choices import CaseKind
from smart360.kernel.text import NOT_OFFERED, REQUIRED
from smart360.web.amounts import MoneyField, PlainNumberField
from smart360.web.fields import (
    CodeField,
    IsoDateField,
    KeyField,
    KeysField,
    ShownTextField,
    TickField,
)
from smart360.web.formats import shown_slot

LONGEST_NOTES = 250
MOST_OVERDUE = 3660
ANY_TIME = ("", "Any time\nFirst free slot")


class RequestForm(forms.Form):
    """Identity, reason, services, date and slot, notes.

    With an ``offer`` it takes only what is offered; without one only the shapes are checked, so
    that a form posted twice is never refused for the place that its first copy took.
    """

    identity_check = CodeField(
        label="Identity check",
        choices=IdentityCheck.choices,
        initial=IdentityCheck.NOT_VERIFIED.value,
        required=False,
    )
    identity_document = CodeField(
        label="Document",
        choices=[("", "None"), *IdentityDocument.choices],
        required=False,
    )
    identity_last_four = ShownTextField(
        label="Last four characters",
        required=False,
        at_most=4,
        is_one_line=True,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    reason = KeyField(label="Reason", widget=forms.Select)
    services = KeysField(label="Services", required=False)
    permanence = CodeField(
        label="Permanent or temporary",
        choices=Permanence.choices,
        widget=forms.RadioSelect,
        initial=Permanence.PERMANENT.value,
        required=False,
    )
    preferred_on = IsoDateField(label="Preferred date", required=False)
    has_no_preference = TickField(label="No preference")
    slot = KeyField(label="Time slot", widget=forms.RadioSelect, required=False)
    notes = ShownTextField(
        label="Additional notes",
        at_most=LONGEST_NOTES,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    use_required_attribute = False

    def __init__(
        self,
        *args: Any,
        offer: Offer | None = None,
        at: datetime | None = None,
        zone: ZoneInfo | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.offer = offer
        self.at = at
        self.zone = zone
        self.is_conflict = False
        if offer is not None:
            self._take_only(offer)

    def _take_only(self, offer: Offer) -> None:
        reason, services, slot = (self.fields[name] for name in ("reason", "services", "slot"))
        assert isinstance(reason, KeyField)
        assert isinstance(services, KeysField)
        assert isinstance(slot, KeyField)
        reason.offer(
            [("", "Choose a reason")]
            + [(str(each.id), f"{each.code} · {each.label}") for each in offer.reasons]
        )
        services.offer((str(each.id), service_label(each, offer)) for each in offer.connections)
        services.required = bool(offer.connections)
        # Whether a slot is free is asked in clean(): its answers name what happened to it.
        slot.choices = [
            ANY_TIME,
            *(
                (str(each.id), f"{shown_slot(each.starts, each.ends)}\n{each.free} free")
                for each in offer.slots
            ),
        ]
        self.fields["preferred_on"].widget.attrs |= {
            "min": offer.today.isoformat(),
            "max": (offer.today + timedelta(days=rules.FURTHEST_DAYS)).isoformat(),
        }
        if offer.kind == CaseKind.RECONNECTION:
            self.fields["permanence"].widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        """What depends on another field."""
        cleaned = self.cleaned_data
        cleaned["identity_check"] = cleaned.get("identity_check") or IdentityCheck.NOT_VERIFIED
        cleaned["permanence"] = cleaned.get("permanence") or Permanence.PERMANENT
        self._clean_identity()
        self._clean_schedule()
        if self.offer is not None:
            self._clean_services(self.offer)
        return cleaned

    def _clean_identity(self) -> None:
        is_seen = self.cleaned_data["identity_check"] == IdentityCheck.DOCUMENT_SEEN
        document = self.cleaned_data.get("identity_document")
        if is_seen and "identity_document" in self.cleaned_data and not document:
            self.add_error("identity_document", REQUIRED)
        if not is_seen and (document or self.cleaned_data.get("identity_last_four")):
            self.add_error("identity_check", rules.WHICH_DOCUMENT)

    def _clean_schedule(self) -> None:
        if self.cleaned_data.get("has_no_preference"):
            self.errors.pop("preferred_on", None)
            self.cleaned_data |= {"preferred_on": None, "slot": None}
            return
        if "preferred_on" in self.errors:
            return
        day = self.cleaned_data.get("preferred_on")
        if day is None:
            self.add_error("preferred_on", REQUIRED)
        elif self.offer is not None:
            self._clean_offered(day, self.offer)

    def _clean_offered(self, day: date, offer: Offer) -> None:
        sentence = rules.why_not_on(day, offer.today) or offer.closed_because
        if sentence:
            self.add_error("preferred_on", sentence)
            return
        slot = self.cleaned_data.get("slot")
        if slot is None or offer.slot(slot) is not None:
            return
        assert self.at is not None
        assert self.zone is not None
        gone, self.is_conflict = why_slot_is_gone(slot, day, at=self.at, zone=self.zone)
        self.add_error("slot", gone)

    def _clean_services(self, offer: Offer) -> None:
        chosen = set(self.cleaned_data.get("services", ()))
        states = {each.is_connected for each in offer.connections if each.id in chosen}
        if len(states) > 1 and offer.kind == CaseKind.DISCONNECTION:
            self.add_error("services", rules.MIXED_SERVICES)


class NotifyForm(forms.Form):
    """The box beside "Submit Request": ticked unless somebody takes the tick away."""

    notifies_consumer = TickField(label="Notify customer", initial=True)


def service_label(connection: ConnectionFacts, offer: Offer) -> str:
    """The utility; below it what tells it apart: its state when it is off, its address."""
    details = []
    if not connection.is_connected:
        details.append(SupplyState(connection.supply_state).label)
    if len({each.address for each in offer.connections}) > 1:
        details.append(connection.address)
    label = UtilityType(connection.utility_type).label
    return f"{label}\n{', '.join(details)}" if details else label


# ------------------------------------------------------------------ ending a service
WAREHOUSE = "warehouse-"


@dataclass(frozen=True)
class MeterFields:
    """The inputs of one service's meter, for the template."""

    plan: MeterPlan
    action: forms.BoundField
    location_is_gone: forms.BoundField
    is_damaged: forms.BoundField
    destination: forms.BoundField
    device: forms.BoundField

    @property
    def must_be_removed(self) -> bool:
        """Whether "Unassign Meter Only" cannot be chosen, as far as the ticks say."""
        return bool(self.location_is_gone.value() or self.is_damaged.value())


class ClosureForm(PreparingForm):
    """Meter actions, devices and service order of a request; what is empty is decided later.

    A field's name has its service before it, as the refusals of ``set_closure`` name it.
    """

    def __init__(
        self,
        *args: Any,
        plans: Sequence[MeterPlan],
        warehouses: Sequence[Warehouse],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.plans = [plan for plan in plans if plan.meter is not None]
        places = [(f"{WAREHOUSE}{each.pk}", each.name) for each in warehouses]
        places.append((MeterPlace.DECOMMISSIONED.value, MeterPlace.DECOMMISSIONED.label))
        for plan in self.plans:
            self._add(plan, places)

    def _add(self, plan: MeterPlan, places: list[tuple[str, str]]) -> None:
        name = f"{plan.service_connection}-"
        place = f"{WAREHOUSE}{plan.warehouse}" if plan.warehouse else plan.destination
        self.fields |= {
            f"{name}action": CodeField(
                label="Meter action required", choices=MeterAction.choices, required=False,
                widget=forms.RadioSelect, initial=plan.action,
            ),
            f"{name}location_is_gone": TickField(
                label="Service location permanently deactivated", initial=plan.location_is_gone
            ),
            f"{name}is_damaged": TickField(label="Meter damaged", initial=plan.is_damaged),
            f"{name}destination": CodeField(
                label="Where the removed meter goes", required=False,
                choices=[("", "Choose where it goes"), *places], initial=place,
            ),
            f"{name}device": ShownTextField(
                label=f"{plan.utility} device no", required=False, at_most=40, is_one_line=True,
                initial=plan.typed,
                widget=forms.TextInput(attrs={"autocomplete": "off"}),
            ),
        }  # fmt: skip

    def rows(self) -> list[MeterFields]:
        """The services that are measured, for the template."""
        rows = []
        for plan in self.plans:
            name = f"{plan.service_connection}-"
            rows.append(
                MeterFields(
                    plan,
                    self[f"{name}action"],
                    self[f"{name}location_is_gone"],
                    self[f"{name}is_damaged"],
                    self[f"{name}destination"],
                    self[f"{name}device"],
                )
            )
        return rows

    def clean(self) -> dict[str, Any]:
        """A meter that has to come down comes down, and a removed one goes somewhere."""
        cleaned: dict[str, Any] = super().clean() or {}
        for plan in self.plans:
            name = f"{plan.service_connection}-"
            is_removed = cleaned.get(f"{name}action") == MeterAction.REMOVE
            if not is_removed and (
                cleaned.get(f"{name}location_is_gone") or cleaned.get(f"{name}is_damaged")
            ):
                self.add_error(f"{name}action", MUST_REMOVE)
            elif is_removed and not cleaned.get(f"{name}destination"):
                self.add_error(f"{name}destination", REQUIRED)
        return cleaned

    def wish(self) -> ClosureWish:
        """What is asked for; the form is valid."""
        cleaned = self.cleaned_data
        return ClosureWish(
            version=cleaned["version"],
            order_number=cleaned["service_order"],
            meters=tuple(self._wish(plan) for plan in self.plans),
        )

    def _wish(self, plan: MeterPlan) -> MeterWish:
        cleaned, name = self.cleaned_data, f"{plan.service_connection}-"
        action = cleaned[f"{name}action"] or MeterAction.UNASSIGN.value
        place = cleaned[f"{name}destination"] if action == MeterAction.REMOVE else ""
        is_stored = place.startswith(WAREHOUSE)
        return MeterWish(
            service_connection=plan.service_connection,
            action=action,
            device_number=cleaned[f"{name}device"],
            location_is_gone=cleaned[f"{name}location_is_gone"],
            is_damaged=cleaned[f"{name}is_damaged"],
            destination=MeterPlace.IN_WAREHOUSE.value if is_stored else place,
            warehouse=int(place.removeprefix(WAREHOUSE)) if is_stored else None,
        )


class PaperForm(forms.Form):
    """The closure notice or the final bill was given on paper, on a day."""

    paper = CodeField(label="What was given", choices=ClosurePaper.choices)
    way = CodeField(
        label="How",
        choices=[each for each in NoticeWay.choices if each[0] != NoticeWay.EMAIL],
        widget=forms.RadioSelect,
        initial=NoticeWay.HANDED_OVER.value,
    )
    given_on = IsoDateField(label="Date")

    use_required_attribute = False

    def __init__(self, *args: Any, has_bill: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_bill:
            paper = self.fields["paper"]
            assert isinstance(paper, CodeField)
            paper.choices = [(ClosurePaper.NOTICE.value, ClosurePaper.NOTICE.label)]


# ------------------------------------------------------------------ non-payment runs
class NamesField(forms.MultipleChoiceField):
    """Several of the names that are offered; none is every one."""

    widget = forms.CheckboxSelectMultiple
    default_error_messages = {"invalid_choice": NOT_OFFERED, "invalid_list": NOT_OFFERED}

    def offer(self, names: Sequence[str]) -> None:
        """Take only these from now on."""
        self.choices = [(name, name) for name in names]


class RunChoiceForm(forms.Form):
    """Who is to be cut off: sent by GET for the preview, by POST for the proposal."""

    reason = KeyField(label="Reason", choices=[])
    overdue = PlainNumberField(
        label="Overdue for at least, days",
        max_digits=4,
        decimal_places=0,
        help_text="Since the oldest unpaid charge was due.",
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    amount_from = MoneyField(label="Owes at least")
    amount_to = MoneyField(label="Owes at most", required=False, help_text="Empty: any more.")
    categories = NamesField(label="Categories", required=False, help_text="None: every one.")
    areas = NamesField(label="Areas", required=False, help_text="None: every one.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "run-%s")
        super().__init__(*args, **kwargs)
        offered = reasons_for_debt()
        reason = self.fields["reason"]
        assert isinstance(reason, KeyField)
        reason.choices = [(str(key), label) for key, label in offered]
        of_form = {
            "categories": [each.name for each in categories()],
            "areas": areas_supplied(),
        }
        for name, names in of_form.items():
            field = self.fields[name]
            assert isinstance(field, NamesField)
            field.offer(names)

    def clean_overdue(self) -> int:
        """Days, 1 to ten years."""
        days = int(self.cleaned_data["overdue"])
        if not 1 <= days <= MOST_OVERDUE:
            raise ValidationError(f"Enter a number from 1 to {MOST_OVERDUE}")
        return days

    def clean(self) -> dict[str, Any]:
        """The most is no less than the least."""
        cleaned: dict[str, Any] = super().clean() or {}
        least: Decimal | None = cleaned.get("amount_from")
        most: Decimal | None = cleaned.get("amount_to")
        if least is not None and most is not None and most < least:
            self.add_error("amount_to", "The most is less than the least")
        return cleaned

    def choice(self) -> RunChoice:
        """What was chosen, for the queries and the operation."""
        chosen = self.cleaned_data
        return RunChoice(
            reason=chosen["reason"],
            overdue=chosen["overdue"],
            amount_from=chosen["amount_from"],
            amount_to=chosen["amount_to"],
            categories=tuple(chosen["categories"]),
            areas=tuple(chosen["areas"]),
        )


class UndoRunForm(forms.Form):
    """Why a run is undone; it becomes the closing note of each request."""

    because = ShownTextField(label="Why", at_most=LONGEST_NOTES, is_one_line=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "undo-%s")
        super().__init__(*args, **kwargs)
