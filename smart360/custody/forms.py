"""What is typed in custody: a file of accounts, a move, why somebody's data are asked for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from consumers.forms import LONGEST_ADDRESS
from consumers.rules.occupancy import Place
from consumers.rules.readings import DECIMALS, last_in_words
from smart360.custody.rules.moving import MoveOut
from smart360.kernel.text import NO_REASON
from smart360.web.amounts import PlainNumberField
from smart360.web.fields import IsoDateField, ShownTextField, TickField

LARGEST_UPLOAD = 50 * 1024 * 1024
TOO_LARGE = "The file is larger than 50 MB. Take it over by the command import_consumers."
EMPTY = "The file is empty; its first line must name the columns."


class ImportForm(forms.Form):
    """A CSV file; what stands in it is looked at when it is read."""

    file = forms.FileField(
        label="File of accounts",
        allow_empty_file=True,
        help_text="CSV in UTF-8, at most 50 MB.",
        error_messages={"required": "Choose a CSV file"},
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv,text/plain"}),
    )

    def clean_file(self) -> UploadedFile[bytes]:
        """No more than a request can bring, and something."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if not file.size:
            raise forms.ValidationError(EMPTY)
        if file.size > LARGEST_UPLOAD:
            raise forms.ValidationError(TOO_LARGE)
        return file


LONGEST_REASON = 500


class ErasureForm(forms.Form):
    """That it is meant: the account's number, typed by hand."""

    account = ShownTextField(
        label="Account number",
        at_most=40,
        is_one_line=True,
        help_text="Type it: the erasure cannot be undone.",
        error_messages={"required": "Enter the account number"},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    use_required_attribute = False


class PrivacyForm(forms.Form):
    """Why the data of a person are to be exported or erased."""

    reason = ShownTextField(
        label="Reason",
        at_most=LONGEST_REASON,
        error_messages={"required": NO_REASON},
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    use_required_attribute = False


class DeclineForm(PrivacyForm):
    """Why they are not."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = "Only to decline it."


class MoveOutForm(forms.Form):
    """When somebody moves out of a place, and what each meter there shows then."""

    moved_on = IsoDateField(
        label="Day of the move",
        help_text="The first day of who moves in. Who moves out pays up to the day before.",
        error_messages={"required": "Enter the day of the move"},
    )

    forwarding_address = ShownTextField(
        label="Forwarding address",
        required=False,
        at_most=LONGEST_ADDRESS,
        is_one_line=True,
        help_text="Where post goes from now on, the last invoice too. Empty: as before.",
    )

    use_required_attribute = False

    def __init__(self, *args: Any, place: Place, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.place = place
        for each in place.services:
            if each.meter is not None:
                self.fields[each.field] = PlainNumberField(
                    label=f"{each.utility}, meter {each.meter_number}",
                    max_digits=12,
                    decimal_places=DECIMALS,
                    help_text=last_in_words(each.last, each.unit),
                    error_messages={"required": "Enter what the meter shows"},
                )

    @property
    def readings(self) -> list[forms.BoundField]:
        """The fields of the meters, in their order."""
        return [self[each.field] for each in self.place.services if each.meter is not None]

    def move_out(self) -> MoveOut:
        """What was entered, as far as it has the shape of it."""
        said = self.cleaned_data
        readings = {
            each.id: said.get(each.field) for each in self.place.services if each.meter is not None
        }
        return MoveOut(self.place.premise, said.get("moved_on"), readings)


class ConfirmMoveForm(forms.Form):
    """The last look at a move."""

    confirms_unusual = TickField(label="The reading is right: the meter was looked at again")
    notifies = TickField(label="Write to both", initial=True)
