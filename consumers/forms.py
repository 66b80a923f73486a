"""The shape of what people enter about a consumer: profile, holds, readings, documents, notes."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError

from consumers.choices import DocumentKind, DocumentState, ReadingException
from consumers.models import Category, ProtectionKind, Subcategory
from consumers.operations.holds import BY_HAND, LONGEST_SOURCE, HoldWish
from consumers.operations.notes import LONGEST_NOTE
from consumers.operations.premises import PlaceName
from consumers.operations.readings import EnteredReading
from consumers.rules.documents import LONGEST_TITLE
from consumers.rules.occupancy import NewAccount
from consumers.rules.profiles import (
    EDITABLE,
    LABELS,
    LONGEST_REASON,
    NOT_A_PHONE,
    SHORTEST_REASON,
    plain_phone,
)
from consumers.rules.readings import DECIMALS
from smart360.kernel.text import NO_REASON
from smart360.web.amounts import MoneyField, PlainNumberField
from smart360.web.fields import CodeField, IsoDateField, KeyField, ShownTextField, TickField

REGISTERED = "R"
"""Begins the code of a kind of the register, beside the codes of holds."""
LONGEST_NAME = 120
LONGEST_ADDRESS = 200
LONGEST_AREA = 60
CHOOSE_IT = "Choose the certificate that proves it"
UPLOAD_IT = "Upload the certificate that proves it, then choose it here"
TOO_SHORT_A_REASON = f"Enter the reason in at least {SHORTEST_REASON} characters"
CANNOT_BE_REACHED = "Enter a phone number or an e-mail address"


class PhoneField(ShownTextField):
    """A phone number as people write it; kept as ``+15551234567``."""

    def to_python(self, value: Any) -> str:
        """The number as it is kept, empty for nothing."""
        plain = plain_phone(super().to_python(value), settings.PHONENUMBER_DEFAULT_REGION)
        if plain is None:
            raise ValidationError(NOT_A_PHONE, code="phone")
        return plain


class EmailAddressField(forms.EmailField):
    """An e-mail address that cannot be taken for a formula (bad-inputs.md 113)."""

    def clean(self, value: Any) -> str:
        """The address, empty for nothing."""
        address: str = super().clean(value)
        if address[:1] in tuple("=+-@"):
            raise ValidationError("Enter a valid email address.", code="invalid")
        return address


class ReasonForm(forms.Form):
    """Why somebody decides."""

    reason = ShownTextField(
        at_least=SHORTEST_REASON,
        at_most=LONGEST_REASON,
        label="Reason",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=f"At least {SHORTEST_REASON} characters.",
        error_messages=dict.fromkeys(("required", "min_length"), TOO_SHORT_A_REASON),
    )


class BreakForm(ReasonForm):
    """Why a supervisor ends somebody's hold."""


class AccountHoldForm(forms.Form):
    """What protects an account, since when, until when, and on what it rests."""

    kind = CodeField(label="What protects it", choices=[])
    source = ShownTextField(
        label="Source",
        at_most=LONGEST_SOURCE,
        is_one_line=True,
        help_text="The number of the certificate, the complaint, the file.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    from_on = IsoDateField(label="From")
    to_on = IsoDateField(label="To", required=False, help_text="The last day; empty: until lifted.")
    amount = MoneyField(
        label="Disputed amount", required=False, help_text="Of a dispute: fenced off from the debt."
    )
    certificate = KeyField(
        label="Certificate",
        required=False,
        choices=(),
        help_text="Of a registered household: one of its documents.",
    )

    use_required_attribute = False

    def __init__(
        self,
        *args: Any,
        kinds: list[ProtectionKind],
        certificates: list[tuple[str, str]],
        is_only_registering: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.registered = {f"{REGISTERED}{each.pk}": each for each in kinds}
        kind, certificate = self.fields["kind"], self.fields["certificate"]
        assert isinstance(kind, CodeField)
        assert isinstance(certificate, KeyField)
        others = () if is_only_registering else BY_HAND
        kind.choices = [
            ("", "Choose what protects it"),
            *((code, f"Register: {each.name}") for code, each in self.registered.items()),
            *((each, each.label) for each in others),
        ]
        certificate.offer([("", "None"), *certificates])
        if is_only_registering:
            del self.fields["amount"]

    def wish(self) -> HoldWish:
        """What is asked for; the form is valid."""
        said = {name: value for name, value in self.cleaned_data.items() if name != "note"}
        if entry := self.registered.get(said["kind"]):
            said |= {"kind": entry.hold_kind, "protection": entry.pk}
        return HoldWish(**said)


class HoldProposalForm(AccountHoldForm):
    """What is to protect an account, for a supervisor to decide."""

    note = ShownTextField(
        label="Note to the supervisor",
        at_most=LONGEST_REASON,
        help_text="What you were told or have seen.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        certificate = self.fields["certificate"]
        certificate.help_text = "One of its documents, or none: then it is to follow."


class CertificateForm(forms.Form):
    """The certificate that was to follow."""

    certificate = KeyField(label="Certificate", choices=())

    use_required_attribute = False

    def __init__(self, *args: Any, certificates: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        certificate = self.fields["certificate"]
        assert isinstance(certificate, KeyField)
        certificate.offer([("", "Choose the certificate"), *certificates])
        certificate.error_messages["required"] = CHOOSE_IT if certificates else UPLOAD_IT


class LiftForm(forms.Form):
    """Why a protection ends before its day, or a proposed one does not begin."""

    reason = ShownTextField(
        label="Reason",
        at_most=LONGEST_REASON,
        error_messages={"required": NO_REASON},
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    use_required_attribute = False


class ReadingFileForm(forms.Form):
    """A file of readings."""

    file = forms.FileField(
        label="CSV file",
        help_text="In UTF-8, at most 5 MB and 50,000 rows.",
        error_messages={"required": "Choose a CSV file"},
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )

    use_required_attribute = False


class ReadingForm(forms.Form):
    """What a meter shows, as somebody read it."""

    meter = KeyField(label="Meter", choices=(), error_messages={"required": "Choose the meter"})
    value = PlainNumberField(
        label="Reading",
        max_digits=12,
        decimal_places=DECIMALS,
        error_messages={"required": "Enter what the meter shows"},
    )
    read_on = IsoDateField(
        label="Reading date", error_messages={"required": "Enter the day of the reading"}
    )
    has_no_consumption = TickField(label="No consumption since the previous reading")
    exception = CodeField(
        label="The meter shows less than before",
        required=False,
        choices=[
            ("", "It does not"),
            *((each.value, each.label) for each in (
                ReadingException.ROLLOVER, ReadingException.REPLACEMENT,
            )),
        ],
    )  # fmt: skip
    confirms_unusual = TickField(label="Save anyway", widget=forms.HiddenInput)

    use_required_attribute = False

    def __init__(
        self,
        *args: Any,
        meters: list[tuple[str, str]],
        shown: str,
        is_supervisor: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        offered = self.fields["meter"]
        assert isinstance(offered, KeyField)
        offered.offer(meters)
        self.fields["value"].help_text = shown
        if not is_supervisor:
            del self.fields["exception"]

    def wish(self) -> EnteredReading:
        """What was read; the form is valid."""
        return EnteredReading(**self.cleaned_data)


class RejectReadingForm(forms.Form):
    """Why a reading is wrong."""

    reason = ShownTextField(
        label="Reason",
        at_most=LONGEST_REASON,
        error_messages={"required": NO_REASON},
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    use_required_attribute = False


class DocumentForm(forms.Form):
    """What a document is and how colleagues find it."""

    kind = CodeField(label="Kind", choices=[], error_messages={"required": "Choose what it is"})
    title = ShownTextField(
        label="Title",
        at_most=LONGEST_TITLE,
        is_one_line=True,
        error_messages={"required": "Enter the title"},
        help_text="What colleagues look for, such as Supply agreement 2026.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    use_required_attribute = False

    def __init__(self, *args: Any, kinds: list[str], **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "document-%s")
        super().__init__(*args, **kwargs)
        kind = self.fields["kind"]
        assert isinstance(kind, CodeField)
        named = ((each, DocumentKind(each).label) for each in kinds)
        kind.choices = [("", "Choose what it is"), *named]


class DecisionForm(forms.Form):
    """What becomes of a document's version; a rejection says why."""

    decision = CodeField(label="Decision", choices=DocumentState.choices)
    version = forms.IntegerField(min_value=1, max_value=10**6)
    reason = ShownTextField(
        label="Reason",
        at_most=LONGEST_REASON,
        required=False,
        help_text="Only to reject it: who uploaded it reads the reason.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    use_required_attribute = False


class NoteForm(forms.Form):
    """An internal note about a consumer."""

    words = ShownTextField(
        label="Note",
        at_most=LONGEST_NOTE,
        error_messages={"required": "Enter the note"},
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    is_pinned = TickField(label="Pin it to the Overview")

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "note-%s")
        super().__init__(*args, **kwargs)


class NewAccountForm(forms.Form):
    """Somebody who is no consumer yet."""

    name = ShownTextField(label="Name", at_most=LONGEST_NAME, is_one_line=True)
    category = KeyField(label="Category", widget=forms.Select)
    phone = PhoneField(label="Phone", required=False, is_one_line=True)
    email = EmailAddressField(label="E-mail", required=False)
    billing_address = ShownTextField(
        label="Billing address",
        required=False,
        at_most=LONGEST_ADDRESS,
        is_one_line=True,
        help_text="Empty: the same as the service address.",
    )

    use_required_attribute = False

    def __init__(self, *args: Any, categories: Sequence[Category], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = self.fields["category"]
        assert isinstance(offered, KeyField)
        offered.offer([(str(each.pk), each.name) for each in categories])

    def clean(self) -> dict[str, Any]:
        """Somebody can be reached."""
        cleaned: dict[str, Any] = super().clean() or {}
        reached = cleaned.get("phone") or cleaned.get("email")
        if not reached and not {"phone", "email"} & set(self.errors):
            self.add_error("phone", CANNOT_BE_REACHED)
        return cleaned

    def account(self) -> NewAccount:
        """Who it is; the form is valid."""
        return NewAccount(**self.cleaned_data)


class RegisterForm(NewAccountForm):
    """The same from the list of consumers, where somebody may be here already."""

    is_somebody_else = TickField(label="It is somebody else", widget=forms.HiddenInput)

    def __init__(self, *args: Any, categories: Sequence[Category], **kwargs: Any) -> None:
        super().__init__(*args, categories=categories, **kwargs)
        offered = self.fields["category"]
        assert isinstance(offered, KeyField)
        named = ((str(each.pk), each.name) for each in categories)
        offered.offer([("", "Choose a category"), *named])

    def account(self) -> NewAccount:
        """Who it is; the form is valid."""
        given = {name: self.cleaned_data[name] for name in NewAccountForm.base_fields}
        return NewAccount(**given)


class PlaceForm(forms.Form):
    """What a premise is called."""

    address = ShownTextField(
        label=LABELS["service_address"], at_most=LONGEST_ADDRESS, is_one_line=True
    )
    area = ShownTextField(
        label=LABELS["area"], at_most=LONGEST_AREA, is_one_line=True, required=False
    )
    seen_address = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)
    seen_area = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)
    reason = ShownTextField(
        required=False,
        at_most=LONGEST_REASON,
        label="Reason",
        help_text="Needed while a request is open. At least 10 characters.",
    )

    use_required_attribute = False

    def __init__(self, *args: Any, needs_reason: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not needs_reason:
            del self.fields["reason"]

    @property
    def seen(self) -> PlaceName:
        """What stood there when the page was opened."""
        return PlaceName(self.cleaned_data["seen_address"], self.cleaned_data["seen_area"])

    @property
    def wanted(self) -> PlaceName:
        """What it is called."""
        return PlaceName(self.cleaned_data["address"], self.cleaned_data["area"])


class ProfileForm(forms.Form):
    """A consumer's profile, with only the fields that the person may change now."""

    name = ShownTextField(at_most=LONGEST_NAME, is_one_line=True, label=LABELS["name"])
    category = KeyField(label=LABELS["category"])
    subcategory = KeyField(label=LABELS["subcategory"], required=False)
    phone = PhoneField(required=False, is_one_line=True, label=LABELS["phone"])
    email = EmailAddressField(required=False, label=LABELS["email"])
    billing_address = ShownTextField(
        required=False,
        at_most=LONGEST_ADDRESS,
        is_one_line=True,
        label=LABELS["billing_address"],
        help_text="Empty: the same as the service address.",
    )
    reason = ShownTextField(
        required=False,
        at_most=LONGEST_REASON,
        label="Reason",
        help_text="Needed when you change name or category while a request is open.",
    )

    def __init__(
        self,
        *args: Any,
        editable: frozenset[str],
        needs_reason: bool,
        categories: list[Category],
        subcategories: list[Subcategory],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for name in EDITABLE.keys() - editable:
            del self.fields[name]
        if not needs_reason:
            del self.fields["reason"]
        self._offer("category", [(str(each.pk), each.name) for each in categories])
        offered = [(str(each.pk), f"{each.category.name} · {each.name}") for each in subcategories]
        self._offer("subcategory", [("", "None"), *offered])

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields.get(name)
        if isinstance(field, KeyField):
            field.offer(choices)

    @property
    def values(self) -> Mapping[str, str | int | None]:
        """What was entered, without what the form did not send."""
        return {
            name: self.cleaned_data[name]
            for name in EDITABLE
            if name in self.cleaned_data and name in self.data
        }
