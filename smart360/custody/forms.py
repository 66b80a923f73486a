"""What is typed in custody: a file of accounts, why a person's data are asked for."""

from __future__ import annotations

from django import forms
from django.core.files.uploadedfile import UploadedFile

from smart360.web.fields import ShownTextField

LARGEST_UPLOAD = 50 * 1024 * 1024
TOO_LARGE = "The file is larger than 50 MB. Take it over by the command import_consumers."
EMPTY = "The file is empty; its first line must name the columns."


class ImportForm(forms.Form):
    """A CSV file; what stands in it is looked at when it is read."""

    file = forms.FileField(
        label="File of accounts",
        allow_empty_file=True,
        help_text="CSV in UTF-8, at most 50 MB.",
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


class PrivacyForm(forms.Form):
    """Why the data of a person are to be exported, or why not."""

    reason = ShownTextField(
        label="Reason", at_most=LONGEST_REASON, widget=forms.Textarea(attrs={"rows": 2})
    )

    use_required_attribute = False
