"""The shape of a template as an administrator edits it."""

from django import forms

from smart360.comms import rules
from smart360.comms.choices import TemplateKind
from smart360.comms.models import Template

KNOWN = ", ".join(f"{{{{ {name} }}}}" for name in rules.PLACEHOLDERS)


class TemplateForm(forms.ModelForm[Template]):
    """Wording with placeholders; which event it belongs to is fixed."""

    class Meta:
        model = Template
        fields = ("name", "subject", "body", "is_active")
        widgets = {
            "subject": forms.TextInput(attrs={"size": 70}),
            "body": forms.Textarea(attrs={"cols": 80, "rows": 18}),
        }
        help_texts = {
            "subject": "One line. Placeholders are filled in when the message is written.",
            "body": f"Plain text. Placeholders: {KNOWN}.",
            "is_active": "Off: consumers are no longer told of this event.",
        }

    def clean_subject(self) -> str:
        """One line without unknown placeholders."""
        subject = str(self.cleaned_data["subject"])
        if subject != rules.one_line(subject):
            raise forms.ValidationError("The subject is one line.")
        return self._fit(subject)

    def clean_body(self) -> str:
        """No unknown placeholders."""
        return self._fit(str(self.cleaned_data["body"]))

    def clean_is_active(self) -> bool:
        """What the law demands stays on."""
        is_active = bool(self.cleaned_data["is_active"])
        if not is_active and self.instance.kind == TemplateKind.STATUTORY:
            raise forms.ValidationError("A statutory message cannot be switched off.")
        return is_active

    def _fit(self, wording: str) -> str:
        why = rules.why_unfit(wording)
        if why:
            raise forms.ValidationError(why)
        return wording
