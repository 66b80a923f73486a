"""What every page of Django admin shares (SEC3): nothing is deleted, everything has a history.

An app registers its configuration with ``ConfigurationAdmin`` and ``ConfigurationInline``; what
people may only look at with ``ReadOnlyAdmin``. The history page is made from the rows that
pghistory's triggers write, not from Django's own log: it also knows what happened elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import new_class
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, models
from django.forms import DateInput, Field, IntegerField, ModelForm, TimeInput
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.text import capfirst

from smart360.kernel.errors import constraint_of
from smart360.web.fields import ClockTimeField, PlainDateField, shown_text
from smart360.web.gate import ADMIN_PERMISSION

admin.site.site_header = "Smart360 administration"
admin.site.site_title = "Smart360"
admin.site.index_title = "Administration"

MOST_HISTORY_LINES = 200
WHOLE_NUMBER = re.compile(r"^[-+]?[0-9]{1,18}$", re.ASCII)
HAPPENED = {"insert": "Added", "update": "Changed", "delete": "Removed"}


@dataclass(frozen=True)
class Change:
    """One field before and after."""

    label: str
    old: str
    new: str


@dataclass(frozen=True)
class HistoryLine:
    """What one person did to one row at one moment."""

    at: datetime
    who: str
    what: str
    changes: tuple[Change, ...]


class WholeNumberField(IntegerField):
    """A whole number in ASCII digits; Django's own also takes ``1_000`` and other scripts'."""

    def to_python(self, value: Any) -> int | None:
        """The number, or a sentence."""
        if isinstance(value, str) and value.strip() and not WHOLE_NUMBER.match(value.strip()):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


STRICT_FIELDS: dict[type[models.Field[Any, Any]], dict[str, Any]] = {
    models.IntegerField: {"form_class": WholeNumberField},
    models.DateField: {
        "form_class": PlainDateField,
        "widget": DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    },
    models.TimeField: {
        "form_class": ClockTimeField,
        "widget": TimeInput(format="%H:%M", attrs={"type": "time"}),
    },
}
"""What is typed for numbers, dates and times is taken exactly, or refused with a sentence."""


class _Permitted:
    """Answers Django's questions about permission from the role table; never yes to deleting."""

    permission: str = ADMIN_PERMISSION

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whether the app is listed."""
        return self._may(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether rows may be looked at."""
        return self._may(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether a row may be added."""
        return self._may(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether a row may be changed."""
        return self._may(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: what is no longer wanted is retired."""
        return False

    def _may(self, request: HttpRequest) -> bool:
        return request.user.is_authenticated and request.user.has_permission(self.permission)


class _InSentences(ModelForm[Any]):
    """Tells of a broken constraint in a sentence, not by the constraint's name."""

    sentences: Mapping[str, str] = {}

    def add_error(self, field: str | None, error: Any) -> None:
        """Django's words for a constraint give way to the administrator's."""
        told = {
            each.get_violation_error_message(): self.sentences[each.name]
            for each in self.instance._meta.constraints
            if each.name in self.sentences
        }
        for part in _parts_of(error):
            part.message = told.get(str(part.message), part.message)
        super().add_error(field, error)


def _parts_of(error: Any) -> Iterator[ValidationError]:
    if not isinstance(error, ValidationError):
        return
    if hasattr(error, "error_dict"):
        for parts in error.error_dict.values():
            yield from parts
    else:
        yield from error.error_list


class ConfigurationAdmin(_Permitted, admin.ModelAdmin[Any]):
    """One kind of configuration: changed by administrators, retired instead of deleted.

    ``permission``        who may open it
    ``history_relations`` related rows whose history belongs on the same page, as
                          ``{"hours": "calendar"}``: accessor → their foreign key to this row
    ``sentences``         constraint name → what to say when the form or the database refuses;
                          without one the constraint's own name is the sentence
    """

    history_relations: Mapping[str, str] = {}
    sentences: Mapping[str, str] = {}
    actions = None
    list_per_page = 50
    object_history_template = "admin/row_history.html"
    formfield_overrides = STRICT_FIELDS

    def formfield_for_dbfield(
        self, db_field: models.Field[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Field | None:
        """Refuse in every text field what cannot be shown."""
        return _with_shown_text(
            super().formfield_for_dbfield(db_field, request, **kwargs), db_field
        )

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> type[ModelForm[Any]]:
        """The form, with this admin's sentences."""
        bare = super().get_form(request, obj, change, **kwargs)
        words = {"sentences": self.sentences, "__module__": bare.__module__}
        return new_class(bare.__name__, (_InSentences, bare), exec_body=lambda it: it.update(words))

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Answer what only the database could refuse with a sentence instead of a 500."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except IntegrityError as error:
            self.message_user(request, self.sentence_for(error), messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """The list as its address asks for it; a filter that PostgreSQL cannot read is refused."""
        if any("\0" in value for _, values in request.GET.lists() for value in values):
            raise IncorrectLookupParameters
        return super().get_changelist_instance(request)

    def sentence_for(self, error: IntegrityError) -> str:
        """What to tell the administrator about a constraint; its name is a sentence already."""
        name = constraint_of(error)
        return self.sentences.get(name) or f"Not saved: {name.replace('_', ' ') or 'refused'}."

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Who changed what when, newest first."""
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404
        if not self.has_view_or_change_permission(request, row):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": f"History of {row}",
            "lines": history_of(row, self.history_relations),
            "module_name": capfirst(self.opts.verbose_name_plural),
            "object": row,
            "opts": self.opts,
            **(extra_context or {}),
        }
        return TemplateResponse(request, self.object_history_template, context)


class ReadOnlyAdmin(ConfigurationAdmin):
    """Rows that administrators look at and nobody changes here."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False


class ConfigurationInline(_Permitted, admin.TabularInline[Any, Any]):
    """Rows that belong to the one above them; ``can_be_removed`` where removal leaves a trace."""

    can_be_removed = False
    extra = 0
    formfield_overrides = STRICT_FIELDS

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only where the row's own history keeps what was removed."""
        return self.can_be_removed and self._may(request)

    def formfield_for_dbfield(
        self, db_field: models.Field[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Field | None:
        """Refuse in every text field what cannot be shown."""
        return _with_shown_text(
            super().formfield_for_dbfield(db_field, request, **kwargs), db_field
        )


def _with_shown_text(field: Field | None, db_field: models.Field[Any, Any]) -> Field | None:
    if field is not None and isinstance(db_field, models.CharField | models.TextField):
        field.validators = [*field.validators, shown_text]
    return field


def history_of(row: models.Model, relations: Mapping[str, str]) -> list[HistoryLine]:
    """The history of ``row`` and of the rows that belong to it, newest first."""
    events = list(_events_of(type(row), {"pgh_obj_id": row.pk}))
    for accessor, foreign_key in relations.items():
        related = getattr(type(row), accessor).rel.related_model
        events += _events_of(related, {f"{foreign_key}_id": row.pk})
    lines = list(_lines(events, _names_of(events)))
    lines.sort(key=lambda line: line.at, reverse=True)
    return lines[:MOST_HISTORY_LINES]


def _events_of(model: type[models.Model], condition: Mapping[str, Any]) -> Iterable[Any]:
    """The events of a tracked model in the order in which they happened."""
    events = getattr(model, "events", None)
    if events is None:
        return []
    event_model: Any = events.rel.related_model
    foreign_keys = [
        field.name
        for field in event_model._meta.concrete_fields
        if field.many_to_one and field.name != "pgh_obj"
    ]
    found = event_model.objects.filter(**condition).select_related(*foreign_keys)
    return list(found.order_by("pgh_id")[:MOST_HISTORY_LINES])


def _person_id(event: Any) -> int | None:
    return event.pgh_context.metadata.get("person") if event.pgh_context else None


def _names_of(events: Iterable[Any]) -> dict[int, str]:
    people = {person for event in events if (person := _person_id(event))}
    return {
        person.pk: str(person) for person in get_user_model()._default_manager.filter(pk__in=people)
    }


def _lines(events: Iterable[Any], names: Mapping[int, str]) -> Iterator[HistoryLine]:
    before: dict[tuple[type, int], Any] = {}
    for event in events:
        key = (type(event), event.pgh_obj_id)
        word = HAPPENED.get(event.pgh_label, event.pgh_label)
        noun = type(event).pgh_tracked_model._meta.verbose_name
        yield HistoryLine(
            at=event.pgh_created_at,
            who=names.get(_person_id(event) or 0, "The system"),
            what=f"{word} {noun}",
            changes=tuple(_changes(before.get(key), event)),
        )
        before[key] = event


def _changes(old: Any, new: Any) -> Iterator[Change]:
    """What differs; for a first or last event everything that has a value."""
    shows_all = old is None or new.pgh_label == "delete"
    for field in new._meta.concrete_fields:
        if field.name.startswith("pgh_") or field.name == "id":
            continue
        after = _shown(new, field)
        before = "" if shows_all else _shown(old, field)
        if shows_all and after:
            yield Change(capfirst(field.verbose_name), "", after)
        elif not shows_all and getattr(old, field.attname) != getattr(new, field.attname):
            yield Change(capfirst(field.verbose_name), before, after)


def _shown(event: Any, field: models.Field[Any, Any]) -> str:
    if isinstance(field, models.BinaryField):
        return "a file" if getattr(event, field.attname) else ""
    if field.choices:
        return str(getattr(event, f"get_{field.name}_display")())
    value = getattr(event, field.name if field.many_to_one else field.attname)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
