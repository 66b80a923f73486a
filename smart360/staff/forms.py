"""The shape of what is typed at the door, on the own settings and about people."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.validators import UnicodeUsernameValidator

from smart360.staff.choices import Role
from smart360.staff.models import Person, RoleMembership
from smart360.staff.permissions import KEPT_APART
from smart360.web.fields import ShownTextField, shown_text

WRONG = "Username or password is not right."


class SignInForm(forms.Form):
    """Name and password."""

    username = forms.CharField(
        max_length=200,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "autofocus": True}
        ),
    )
    password = forms.CharField(
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class ViewForm(forms.Form):
    """What somebody calls a view of a list."""

    name = ShownTextField(label="Name of the view", at_most=40, is_one_line=True)


class OwnSettingsForm(forms.Form):
    """How Smart360 behaves for me."""

    wants_notices_by_email = forms.BooleanField(
        required=False,
        label="Send my notices by e-mail too",
        help_text="They are under the bell in any case.",
    )
    uses_single_keys = forms.BooleanField(
        required=False,
        label="Keyboard shortcuts of a single letter",
        help_text="Switch them off if they get in the way of speech input or a screen reader.",
    )


LENGTH_HINT = "At least 12 characters. A sentence is easiest."


def password_field(label: str, autocomplete: str, hint: str = "") -> forms.CharField:
    """A field for a password: kept as typed, never shown again."""
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, strip=False, max_length=200, widget=widget, help_text=hint)


class NewPasswordForm(forms.Form):
    """A new password, twice; ``person`` is whose it will be."""

    password1 = password_field("New password", "new-password", LENGTH_HINT)
    password2 = password_field("New password again", "new-password")

    def __init__(self, person: Person, *args: Any, **kwargs: Any) -> None:
        self.person = person
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        """Both are the same, and good enough for this person."""
        typed = super().clean() or {}
        check_new_password(self, self.person)
        return typed


class OwnPasswordForm(NewPasswordForm):
    """The current password, and the new one twice."""

    current_password = password_field("Current password", "current-password")
    field_order = ["current_password", "password1", "password2"]

    def clean_current_password(self) -> str:
        """It is really the person who sits there."""
        current: str = self.cleaned_data["current_password"]
        if not self.person.check_password(current):
            raise forms.ValidationError("This is not your current password.")
        return current


def check_new_password(form: forms.BaseForm, person: Person) -> None:
    """Put what is wrong with the new password beside its field."""
    first, second = form.cleaned_data.get("password1"), form.cleaned_data.get("password2")
    if not first or not second:
        return
    if first != second:
        form.add_error("password2", "The two passwords are not the same.")
        return
    try:
        validate_password(first, person)
    except forms.ValidationError as error:
        form.add_error("password1", error)


class PersonForm(forms.ModelForm[Person]):
    """One person, as an administrator sees them."""

    class Meta:
        model = Person
        fields = ["username", "full_name", "email", "phone", "is_active"]

    def clean_username(self) -> str:
        """Letters, digits and @ . + - _ only, so that a name can be read out."""
        username: str = self.cleaned_data["username"]
        UnicodeUsernameValidator()(username)
        return username

    def clean_full_name(self) -> str:
        """A name that can be shown."""
        name: str = self.cleaned_data["full_name"]
        shown_text(name)
        return name


class NewPersonForm(PersonForm):
    """Somebody new, with a first password."""

    password1 = password_field("Password", "new-password", LENGTH_HINT)
    password2 = password_field("Password again", "new-password")

    def clean(self) -> dict[str, Any]:
        """The first password is as good as any other."""
        typed = super().clean() or {}
        somebody = Person(
            username=typed.get("username", ""),
            full_name=typed.get("full_name", ""),
            email=typed.get("email", ""),
        )
        check_new_password(self, somebody)
        return typed


class RoleFormSet(forms.BaseInlineFormSet[RoleMembership, Person, Any]):
    """The roles of one person; some are never held together (roles.md, rule 1)."""

    def clean(self) -> None:
        """Name the two roles that exclude each other."""
        super().clean()
        held = {
            form.instance.group.name: form
            for form in self.forms
            if form.instance.group_id and not form.cleaned_data.get("DELETE")
        }
        for one, other in KEPT_APART:
            if one.value in held and other.value in held:
                held[other.value].add_error(
                    "group", f"Nobody is {one.label} and {other.label} at the same time."
                )


class RoleChoice(forms.ModelChoiceField[Group]):
    """A role by its name in words."""

    def to_python(self, value: Any) -> Group | None:
        """The role chosen, out of the eight that are loaded anyway."""
        if value in self.empty_values:
            return None
        assert self.queryset is not None
        groups: Iterable[Group] = self.queryset.all()
        for group in groups:
            if str(group.pk) == str(getattr(value, "pk", value)):
                return group
        raise forms.ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")

    def label_from_instance(self, obj: Group) -> str:
        """``Billing Specialist`` for BILLING."""
        return role_label(obj.name)


def role_label(name: str) -> str:
    """A role in words; a group that is none of the eight keeps its own name."""
    return Role(name).label if name in Role.values else name


class RoleForm(forms.ModelForm[RoleMembership]):
    """One role of one person."""

    group = RoleChoice(
        queryset=Group.objects.filter(name__in=Role.values).order_by("name"), label="Role"
    )

    class Meta:
        model = RoleMembership
        fields = ["group"]
