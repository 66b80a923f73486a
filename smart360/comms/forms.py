"""What is said to a consumer, and the shape of a template as an administrator edits it."""

from typing import Any

from django import forms

from smart360.comms import rules
from smart360.comms.choices import Direction, TemplateKind
from smart360.comms.models import Template
from smart360.web.fields import CodeField, ShownTextField

MESSAGE_LIMIT = 4000
LONGEST_CALL = 600  # minutes
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


class MessageForm(forms.Form):
    """A message to the consumer."""

    subject = ShownTextField(label="Subject", required=False, at_most=120, is_one_line=True)
    words = ShownTextField(
        label="Message", at_most=MESSAGE_LIMIT, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "message-%s")
        super().__init__(*args, **kwargs)


class CallForm(forms.Form):
    """A phone call that took place."""

    direction = CodeField(
        label="Who called",
        choices=[
            (Direction.FROM_CONSUMER.value, "The consumer called"),
            (Direction.TO_CONSUMER.value, "We called"),
        ],
        widget=forms.RadioSelect,
        initial=Direction.FROM_CONSUMER,
    )
    minutes = forms.RegexField(
        label="Minutes",
        regex=r"^[0-9]{1,3}$",
        required=False,
        error_messages={"invalid": "Enter a whole number of minutes."},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 4}),
    )
    words = ShownTextField(
        label="What was said", at_most=MESSAGE_LIMIT, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "call-%s")
        super().__init__(*args, **kwargs)

    def clean_minutes(self) -> int | None:
        """The length as a number, None when it was left empty."""
        typed = self.cleaned_data["minutes"]
        if not typed:
            return None
        if int(typed) > LONGEST_CALL:
            raise forms.ValidationError(f"At most {LONGEST_CALL} minutes")
        return int(typed)
