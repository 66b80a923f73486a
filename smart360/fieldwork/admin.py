"""Service order types, skills and technicians, for administrators (SO1, ADM1)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest

from consumers.choices import UtilityType
from consumers.models import Category
from smart360.fieldwork.models import (
    OrderTemplate,
    Skill,
    Technician,
    TechnicianSkill,
    TemplateCategory,
)
from smart360.fieldwork.models.templates import LONGEST_MINUTES
from smart360.fieldwork.queries.technicians import with_skills
from smart360.staff.choices import Role
from smart360.staff.models import Person
from smart360.web.admin import ConfigurationAdmin, ConfigurationInline
from smart360.web.fields import shown_text

CODE = r"^[A-Z0-9][A-Z0-9-]{1,19}$"
CODE_WORDS = "Capital letters, digits and hyphens, such as DIS-E."
LONGEST_AREA = 60
MOST_AREAS = 50


def minutes_between(least: int, minutes: int | None) -> None:
    """Refuse more than a day, in a sentence."""
    if minutes is not None and not least <= minutes <= LONGEST_MINUTES:
        raise ValidationError(f"Enter {least} to {LONGEST_MINUTES} minutes.", code="limits")


@admin.register(Skill)
class SkillAdmin(ConfigurationAdmin):
    """What technicians can be trained for. One that is asked for is retired, never deleted."""

    list_display = ("name", "how_many", "is_active")
    list_filter = ("is_active",)
    search_fields = ("name",)
    ordering = ("name",)
    fields = ("name", "is_active")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Each skill with how many have it."""
        skills: QuerySet[Any] = super().get_queryset(request)
        here = Q(technicians__is_active=True)
        counted: QuerySet[Any] = skills.annotate(have_it=Count("technicians", filter=here))
        return counted

    @admin.display(description="technicians", ordering="have_it")
    def how_many(self, skill: Any) -> int:
        """How many working technicians have it."""
        have_it: int = skill.have_it
        return have_it


# ------------------------------------------------------------------ service order types
class OrderTemplateForm(forms.ModelForm[OrderTemplate]):
    """One service order type; its code is what people say on the phone."""

    code = forms.RegexField(
        regex=CODE, max_length=20, help_text=CODE_WORDS, error_messages={"invalid": CODE_WORDS}
    )
    utility_types = forms.MultipleChoiceField(
        label="Utilities",
        choices=UtilityType.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="It is offered for these services. None: for every utility.",
    )

    class Meta:
        model = OrderTemplate
        fields = (
            "code", "name", "description", "kind", "utility_types", "skill", "estimated_minutes",
            "priority", "is_active",
        )  # fmt: skip
        help_texts = {
            "skill": "Only technicians with this skill are sent. None: anybody.",
            "estimated_minutes": "How long a visit takes, with the way; planned for the day.",
            "description": "What is done there, for the technician and the report.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "skill" in self.fields:
            known = Skill.objects.filter(Q(is_active=True) | Q(pk=self.instance.skill_id))
            self.fields["skill"].queryset = known.order_by("name")  # type: ignore[attr-defined]  # a ModelChoiceField

    def clean_estimated_minutes(self) -> int:
        """At least a minute, at most a day."""
        minutes: int = self.cleaned_data["estimated_minutes"]
        minutes_between(1, minutes)
        return minutes


class CategoryForm(forms.ModelForm[TemplateCategory]):
    """A category that is in use."""

    class Meta:
        model = TemplateCategory
        fields = ("category",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "category" in self.fields:
            known = Category.objects.filter(Q(is_active=True) | Q(pk=self.instance.category_id))
            self.fields["category"].queryset = known.order_by("name")  # type: ignore[attr-defined]  # a ModelChoiceField


class CategoryInline(ConfigurationInline):
    """To which categories a type is offered."""

    model = TemplateCategory
    form = CategoryForm
    can_be_removed = True
    verbose_name = "category"
    verbose_name_plural = "categories of consumers (none: every category)"


@admin.register(OrderTemplate)
class OrderTemplateAdmin(ConfigurationAdmin):
    """Templates of service orders. What an order copied stays; a used one keeps code and type."""

    form = OrderTemplateForm
    inlines = (CategoryInline,)
    history_relations = {"category_rows": "template"}
    list_display = (
        "code", "name", "kind", "utilities", "skill", "estimated_minutes", "priority",
        "times_used", "is_active",
    )  # fmt: skip
    list_filter = ("kind", "skill", "priority", "is_active")
    list_select_related = ("skill",)
    search_fields = ("code", "name", "description")
    ordering = ("kind", "code")
    sentences = {"a_type_names_a_category_once": "This category is named twice."}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Each type with how often it was ordered."""
        templates: QuerySet[Any] = super().get_queryset(request)
        counted: QuerySet[Any] = templates.annotate(uses=Count("orders"))
        return counted

    @admin.display(description="orders", ordering="uses")
    def times_used(self, template: Any) -> int:
        """How many orders were made of it."""
        uses: int = template.uses
        return uses

    @admin.display(description="utilities")
    def utilities(self, template: OrderTemplate) -> str:
        """In words."""
        words = [UtilityType(each).label for each in template.utility_types]
        return ", ".join(words) or "Every utility"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """A type of which there are orders does not become another one."""
        return ("code", "kind") if obj is not None and obj.orders.exists() else ()


# ------------------------------------------------------------------ technicians
class AreasField(forms.CharField):
    """Areas, one on a line, as a list."""

    widget = forms.Textarea(attrs={"rows": 5})

    def prepare_value(self, value: Any) -> Any:
        """One on a line."""
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        """What stands on the lines, each once."""
        lines = (line.strip() for line in str(value or "").splitlines())
        return list(dict.fromkeys(line for line in lines if line))

    def validate(self, value: Any) -> None:
        """None at all is well: that is every area."""
        if len(value) > MOST_AREAS:
            raise ValidationError(f"At most {MOST_AREAS} areas.")
        for area in value:
            shown_text(area)
            if len(area) > LONGEST_AREA:
                raise ValidationError(f"An area has at most {LONGEST_AREA} characters.")

    def run_validators(self, value: Any) -> None:
        """Each line was looked at already."""


class TechnicianForm(forms.ModelForm[Technician]):
    """Where a technician works, and for how long a day."""

    areas = AreasField(
        required=False,
        help_text="One on a line, as on the premises. None: every area.",
    )

    class Meta:
        model = Technician
        fields = ("person", "areas", "minutes_a_day", "is_active")
        help_texts = {
            "minutes_a_day": "480 are eight hours. A dispatcher may set another figure for one "
            "day; days on which something is planned already keep theirs.",
            "is_active": "Retire a technician; never delete one.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "person" in self.fields:
            new = Person.objects.filter(
                is_active=True, technician=None, groups__name=Role.TECHNICIAN.value
            )
            self.fields["person"].queryset = new.order_by("full_name")  # type: ignore[attr-defined]  # a ModelChoiceField
            self.fields["person"].help_text = "Somebody with the role Field Technician."

    def clean_minutes_a_day(self) -> int:
        """None, or at most a day."""
        minutes: int = self.cleaned_data["minutes_a_day"]
        minutes_between(0, minutes)
        return minutes


class SkillForm(forms.ModelForm[TechnicianSkill]):
    """A skill that is in use."""

    class Meta:
        model = TechnicianSkill
        fields = ("skill",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "skill" in self.fields:
            known = Skill.objects.filter(Q(is_active=True) | Q(pk=self.instance.skill_id))
            self.fields["skill"].queryset = known.order_by("name")  # type: ignore[attr-defined]  # a ModelChoiceField


class SkillInline(ConfigurationInline):
    """What a technician is trained for."""

    model = TechnicianSkill
    form = SkillForm
    can_be_removed = True


@admin.register(Technician)
class TechnicianAdmin(ConfigurationAdmin):
    """Who is sent, where, and what for. A technician stays the person that they are."""

    form = TechnicianForm
    inlines = (SkillInline,)
    history_relations = {"skill_rows": "technician"}
    list_display = ("name", "areas_in_words", "skills_in_words", "minutes_a_day", "is_active")
    list_filter = ("is_active", "skills")
    list_select_related = ("person",)
    search_fields = ("person__full_name", "person__username")
    ordering = ("person__full_name",)
    sentences = {"a_technician_has_a_skill_once": "This skill is named twice."}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Each with their skills."""
        return with_skills(super().get_queryset(request))

    @admin.display(description="technician", ordering="person__full_name")
    def name(self, technician: Technician) -> str:
        """The person's name."""
        return technician.person.full_name

    @admin.display(description="areas")
    def areas_in_words(self, technician: Technician) -> str:
        """In words."""
        return ", ".join(technician.areas) or "Every area"

    @admin.display(description="skills")
    def skills_in_words(self, technician: Any) -> str:
        """In words."""
        return ", ".join(technician.skill_names) or "None"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """The person is chosen once."""
        return ("person",) if obj is not None else ()
