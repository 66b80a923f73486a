"""The forms of the acts on a case: hold, close, note, message, call."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from smart360.cases.choices import ApprovalState, ClosingReason, HoldEnding
from smart360.cases.lifecycle import SAY_WHY, says_why
from smart360.comms.forms import MESSAGE_LIMIT
from smart360.kernel.text import REQUIRED
from smart360.staff.models import Person
from smart360.web.fields import ClockTimeField, CodeField, IsoDateField, KeyField, ShownTextField

NOTE_LIMIT = 1000
REASON_LIMIT = 250  # the column of Approval


def _text_area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class HoldForm(forms.Form):
    """Why a case waits, until when, and what happens then."""

    reason = KeyField(label="Reason", widget=forms.Select, choices=())
    resume_on = IsoDateField(label="Resume by")
    resume_at = ClockTimeField(label="Time")
    at_resume_by = CodeField(
        label="At that moment",
        choices=HoldEnding.choices,
        widget=forms.RadioSelect,
        initial=HoldEnding.RESUMES,
    )
    note = ShownTextField(label="Note", required=False, at_most=NOTE_LIMIT, widget=_text_area(2))

    def __init__(self, *args: Any, reasons: list[tuple[str, str]], **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "hold-%s")
        super().__init__(*args, **kwargs)
        offered = self.fields["reason"]
        assert isinstance(offered, KeyField)
        offered.offer([("", "Choose a reason"), *reasons])

    def resume_by(self, zone: ZoneInfo) -> datetime:
        """The moment that was chosen, in the utility's zone."""
        at: time = self.cleaned_data["resume_at"]
        return datetime.combine(self.cleaned_data["resume_on"], at, tzinfo=zone)


class AssignForm(forms.Form):
    """Who works on a case from now on; ``seen`` is who did when it was shown, by key."""

    to = KeyField(label="Assign to", widget=forms.Select, choices=())
    seen = KeyField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, people: Sequence[Person], **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "assign-%s")
        super().__init__(*args, **kwargs)
        self.people = {each.pk: each for each in people}
        offered = self.fields["to"]
        assert isinstance(offered, KeyField)
        names = ((str(key), each.full_name) for key, each in self.people.items())
        offered.offer([("", "Choose a person"), *names])

    def chosen(self) -> Person:
        """Whom the form names; it is valid."""
        return self.people[self.cleaned_data["to"]]


class ApprovalForm(forms.Form):
    """Why a request is put before supervisors."""

    reason = ShownTextField(label="Why", at_most=REASON_LIMIT, widget=_text_area(3))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "approval-%s")
        super().__init__(*args, **kwargs)


class DecisionForm(forms.Form):
    """What a supervisor decides, and why; a refusal always says why."""

    decision = CodeField(
        label="Decision",
        choices=[
            (ApprovalState.APPROVED.value, "Approve"),
            (ApprovalState.REJECTED.value, "Reject"),
        ],
        widget=forms.RadioSelect,
    )
    note = ShownTextField(label="Note", required=False, at_most=REASON_LIMIT, widget=_text_area(3))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "decision-%s")
        super().__init__(*args, **kwargs)

    def clean(self) -> None:
        """A refusal without a word is none."""
        refused = self.cleaned_data.get("decision") == ApprovalState.REJECTED
        if refused and not self.cleaned_data.get("note") and "note" not in self.errors:
            self.add_error("note", REQUIRED)


class CloseForm(forms.Form):
    """Why a request ends without being carried out."""

    reason = CodeField(label="Reason", choices=[("", "Choose a reason"), *ClosingReason.choices])
    note = ShownTextField(
        label="Additional notes", required=False, at_most=NOTE_LIMIT, widget=_text_area(3)
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "close-%s")
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        """ "Other" says which (W16)."""
        cleaned: dict[str, Any] = super().clean() or {}
        is_other = cleaned.get("reason") == ClosingReason.OTHER
        if is_other and "note" not in self.errors and not says_why(cleaned.get("note", "")):
            self.add_error("note", SAY_WHY)
        return cleaned


class NoteForm(forms.Form):
    """An internal note."""

    words = ShownTextField(label="Internal note", at_most=MESSAGE_LIMIT, widget=_text_area(3))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "note-%s")
        super().__init__(*args, **kwargs)
