"""Shape of what people type about a complaint. Whether it can be had, the operation decides."""

from datetime import timedelta
from typing import Any

from django import forms

from complaints import rules
from complaints.choices import CustomerType
from complaints.queries.create import Offer, find_people, get_person, has_words
from complaints.rules import Stranger
from consumers.forms import LONGEST_ADDRESS, LONGEST_NAME, EmailAddressField, PhoneField
from smart360.kernel.text import REQUIRED, key_in
from smart360.staff.models import Person
from smart360.web.amounts import MoneyField
from smart360.web.fields import CodeField, IsoDateField, KeyField, ShownTextField, TickField

LONGEST_ACCOUNT = 40
CANNOT_BE_REACHED = "Enter a phone number or an e-mail address"
CHOOSE_A_PERSON = "Select a person from the search results"
NOBODY = "Nobody of our staff has this name"


class StrangerForm(forms.Form):
    """Somebody who is not in the system yet, as they say (CMP2)."""

    name_said = ShownTextField(
        label="Name",
        at_most=LONGEST_NAME,
        is_one_line=True,
        widget=forms.TextInput(attrs={"data-focus": "yes"}),
    )
    phone = PhoneField(label="Phone", required=False, is_one_line=True)
    email = EmailAddressField(label="E-mail", required=False)
    service_address = ShownTextField(
        label="Service address", required=False, at_most=LONGEST_ADDRESS, is_one_line=True
    )
    customer_type = CodeField(
        label="Customer type", required=False, choices=[("", "Not known"), *CustomerType.choices]
    )
    account_said = ShownTextField(
        label="Account number",
        required=False,
        at_most=LONGEST_ACCOUNT,
        is_one_line=True,
        help_text="As the caller tells it.",
    )

    use_required_attribute = False

    def clean(self) -> dict[str, Any]:
        """Somebody can be reached."""
        cleaned: dict[str, Any] = super().clean() or {}
        is_reached = cleaned.get("phone") or cleaned.get("email")
        if not is_reached and not {"phone", "email"} & set(self.errors):
            self.add_error("phone", CANNOT_BE_REACHED)
        return cleaned

    def stranger(self) -> Stranger:
        """Who it is; the form is valid."""
        said = dict(self.cleaned_data)
        return Stranger(name=said.pop("name_said"), **said)


class DetailsForm(forms.Form):
    """What the complaint is about. Each list holds what the one before leaves."""

    category = KeyField(label="Category", widget=forms.Select)
    subcategory = KeyField(label="Subcategory", widget=forms.Select)
    name = KeyField(label="Complaint name", widget=forms.Select)
    staff_search = ShownTextField(
        label="Person named",
        required=False,
        at_most=LONGEST_NAME,
        is_one_line=True,
        help_text="Optional. Who it is about never sees this complaint.",
    )
    staff_named = KeyField(label="Person named", required=False, widget=forms.HiddenInput)
    disputed_amount = MoneyField(
        label="Disputed amount",
        required=False,
        help_text="Optional. Kept out of dunning while the complaint is open.",
    )
    incident_on = IsoDateField(label="Incident date")
    description = ShownTextField(
        label="Description",
        at_most=rules.LONGEST_DESCRIPTION,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    expected_resolution = ShownTextField(
        label="Expected resolution",
        at_most=rules.LONGEST_EXPECTED,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    use_required_attribute = False

    def __init__(self, *args: Any, offer: Offer, may_dispute: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer = offer
        self.found: list[Person] = []
        self.person_named: Person | None = None
        category = offer.category(self._chosen("category"))
        parts = offer.subcategories_of(category.id if category else None)
        part = next((each for each in parts if each.id == self._chosen("subcategory")), None)
        names = offer.names_of(part.id if part else None)
        self.chosen_category = category
        self._take_only("category", "category", offer.categories)
        self._take_only("subcategory", "subcategory", parts)
        self._take_only("name", "complaint name", names)
        if category is None or not category.is_about_staff:
            del self.fields["staff_search"], self.fields["staff_named"]
        if category is None or not category.is_about_bills or not may_dispute:
            del self.fields["disputed_amount"]
        self.fields["incident_on"].widget.attrs |= {
            "max": offer.today.isoformat(),
            "min": (offer.today - timedelta(days=offer.longest_days)).isoformat(),
        }

    def _chosen(self, name: str) -> int | None:
        said = self.data.get(name, "") if self.is_bound else self.initial.get(name, "")
        return key_in(str(said))

    def _take_only(self, name: str, word: str, offered: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, KeyField)
        field.offer([("", f"Choose a {word}"), *((str(each.id), each.name) for each in offered)])
        if not offered:
            field.widget.attrs["disabled"] = True

    def clean_incident_on(self) -> Any:
        """Not in the future, not too long ago (bad-inputs.md 109)."""
        day = self.cleaned_data["incident_on"]
        if wrong := rules.why_not_then(
            day, today=self.offer.today, longest_days=self.offer.longest_days
        ):
            raise forms.ValidationError(wrong)
        return day

    def clean_description(self) -> str:
        """Long enough (W19)."""
        return self._long_enough("description", rules.FEWEST_DESCRIPTION)

    def clean_expected_resolution(self) -> str:
        """Long enough (W19)."""
        return self._long_enough("expected_resolution", rules.FEWEST_EXPECTED)

    def _long_enough(self, name: str, fewest: int) -> str:
        text: str = self.cleaned_data[name]
        if wrong := rules.why_too_short(text, fewest):
            raise forms.ValidationError(wrong)
        return text

    def clean(self) -> dict[str, Any]:
        """Somebody named is one of our staff; what is expected is not the description again."""
        cleaned: dict[str, Any] = super().clean() or {}
        description, expected = cleaned.get("description"), cleaned.get("expected_resolution")
        if description and expected and rules.say_the_same(description, expected):
            self.add_error("expected_resolution", rules.SAME_WORDS)
        if "staff_search" in self.fields and "staff_search" not in self.errors:
            self._name_a_person(cleaned)
        return cleaned

    def _name_a_person(self, cleaned: dict[str, Any]) -> None:
        """The key counts while its name stands beside it; else the name is looked up."""
        typed = cleaned.get("staff_search", "")
        person = get_person(cleaned.get("staff_named")) if typed else None
        if typed and (person is None or not has_words(person.full_name, typed)):
            self.found = find_people(typed)
            person = self.found[0] if len(self.found) == 1 else None
            if person is None:
                self.add_error("staff_search", CHOOSE_A_PERSON if self.found else NOBODY)
        self.person_named = person
        cleaned["staff_named"] = person.pk if person else None

    @property
    def priority(self) -> str:
        """The category's; nobody chooses it (W18)."""
        return self.chosen_category.priority if self.chosen_category else ""


class NotesForm(forms.Form):
    """What is said of the evidence."""

    notes = ShownTextField(
        label="Additional Notes",
        required=False,
        at_most=rules.LONGEST_NOTES,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class AcknowledgeForm(forms.Form):
    """Whether the customer hears of it at once."""

    notifies_consumer = TickField(label="Send Acknowledgment to Customer", initial=True)


# ------------------------------------------------------------------ what becomes of it
class DecidingForm(forms.Form):
    """What decides a complaint, or takes it up again, in words."""

    words = ShownTextField(
        label="Why", at_most=rules.LONGEST_DECISION, widget=forms.Textarea(attrs={"rows": 4})
    )
    missing = REQUIRED
    label = ""
    prefix_of_ids = "reopen"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", f"{self.prefix_of_ids}-%s")
        super().__init__(*args, **kwargs)
        field = self.fields["words"]
        field.label = self.label or field.label
        field.error_messages["required"] = self.missing


class ResolveForm(DecidingForm):
    """How a complaint was resolved (CMP5)."""

    missing, label, prefix_of_ids = rules.NO_RESOLUTION, "Resolution", "resolve"


class RejectForm(DecidingForm):
    """Why a complaint is rejected (CMP5)."""

    missing, label, prefix_of_ids = rules.NO_REASON, "Reason for rejection", "reject"


class LinkForm(forms.Form):
    """Whose a case is that began without an account."""

    account = ShownTextField(label="Account number", at_most=LONGEST_ACCOUNT, is_one_line=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "link-%s")
        super().__init__(*args, **kwargs)


class DisputeForm(forms.Form):
    """How much of the debt is disputed; nothing when it is left empty."""

    amount = MoneyField(label="Disputed amount", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "dispute-%s")
        super().__init__(*args, **kwargs)
