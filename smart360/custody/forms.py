"""The form by which a file of accounts is uploaded."""

from __future__ import annotations

from django import forms
from django.core.files.uploadedfile import UploadedFile

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
