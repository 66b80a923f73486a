"""People, their roles and the sign-in log, for administrators."""

from __future__ import annotations

from typing import Any

import django.contrib.auth.admin  # noqa: F401  (registers groups; ours takes their place)
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.forms import BaseFormSet, ModelForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from smart360.kernel import clock
from smart360.staff import operations
from smart360.staff.access import address_of, signed_in_person
from smart360.staff.choices import Role
from smart360.staff.forms import (
    NewPasswordForm,
    NewPersonForm,
    PersonForm,
    RoleForm,
    RoleFormSet,
    role_label,
)
from smart360.staff.models import Person, RoleGroup, RoleMembership, SignIn
from smart360.staff.permissions import ROLE_PERMISSIONS, Permission
from smart360.web.admin import ConfigurationAdmin, ConfigurationInline, ReadOnlyAdmin

admin.site.unregister(Group)


class RoleInline(ConfigurationInline):
    """The roles of one person. Nobody changes their own."""

    model = RoleMembership
    fk_name = "person"
    form = RoleForm
    formset = RoleFormSet
    permission = Permission.MANAGE_PEOPLE
    can_be_removed = True
    verbose_name = "role"
    verbose_name_plural = "roles"
    readonly_fields = ("given_by", "given_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[RoleMembership]:
        """With the names that each line shows."""
        found: QuerySet[RoleMembership] = super().get_queryset(request)
        return found.select_related("group", "person", "given_by")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Not to oneself."""
        return super().has_add_permission(request, obj) and obj != request.user

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A role is given or taken away, never turned into another."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Not from oneself."""
        return super().has_delete_permission(request, obj) and obj != request.user


@admin.register(Person)
class PersonAdmin(ConfigurationAdmin):
    """People: added, given roles and passwords, made inactive; never deleted."""

    permission = Permission.MANAGE_PEOPLE
    form = PersonForm
    inlines = (RoleInline,)
    history_relations = {"memberships": "person"}
    list_display = ("full_name", "username", "roles_in_words", "is_active", "last_login")
    list_filter = ("is_active", "groups")
    search_fields = ("full_name", "username", "email")
    ordering = ("full_name",)
    readonly_fields = ("last_login", "joined_at", "password_link")
    sentences = {
        "roles_kept_apart": "An administrator holds no role with money rights at the same time.",
        "nobody_gives_a_role_to_themselves": "Nobody gives a role to themselves.",
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[Person]:
        """With their roles, in one statement."""
        return Person.objects.with_roles()

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> type[ModelForm[Person]]:
        """Somebody new gets a first password; nobody makes themselves inactive."""
        form: type[ModelForm[Person]] = super().get_form(
            request, obj, change, **({"form": NewPersonForm} if obj is None else {}), **kwargs
        )
        if obj is not None and obj.pk == request.user.pk:
            form.base_fields["is_active"].disabled = True
            form.base_fields["is_active"].help_text = "You cannot make yourself inactive."
        return form

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Who it is, then how they get in."""
        who = ("username", "full_name", "email", "phone")
        if obj is None:
            return ((None, {"fields": who}), ("First password", {"fields": PASSWORDS}))
        door = ("is_active", "password_link", "last_login", "joined_at")
        return ((None, {"fields": who}), ("Signing in", {"fields": door}))

    def save_model(self, request: HttpRequest, obj: Person, form: Any, change: bool) -> None:
        """Set the first password of somebody new."""
        if not change:
            obj.set_password(form.cleaned_data["password1"])
        super().save_model(request, obj, form, change)

    def save_formset(
        self, request: HttpRequest, form: Any, formset: BaseFormSet[Any], change: bool
    ) -> None:
        """Write down who gave each role."""
        for each in formset.forms:
            if each.has_changed() and not each.instance.pk:
                each.instance.given_by = request.user
        super().save_formset(request, form, formset, change)

    @admin.display(description="roles")
    def roles_in_words(self, person: Person) -> str:
        """All roles of the person."""
        return person.role_labels

    @admin.display(description="password")
    def password_link(self, person: Person) -> SafeString:
        """Where a forgotten password is replaced."""
        url = reverse("admin:staff_person_password", args=[person.pk])
        return format_html('<a href="{}">Set a new password</a>', url)

    def get_urls(self) -> list[URLPattern]:
        """One page more: a new password."""
        page = self.admin_site.admin_view(self.password_view)
        return [path("<int:pk>/password/", page, name="staff_person_password"), *super().get_urls()]

    def password_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A new password for somebody who forgot theirs; it ends all their sessions."""
        person = self.get_object(request, str(pk))
        if person is None:
            raise Http404
        if not self.has_change_permission(request, person):
            raise PermissionDenied
        form = NewPasswordForm(person, request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            operations.change_password(
                person=person.pk,
                password=form.cleaned_data["password1"],
                by=signed_in_person(request),
                address=address_of(request),
                at=clock.now(),
            )
            messages.success(request, f"{person} has a new password and was signed out everywhere.")
            return HttpResponseRedirect(reverse("admin:staff_person_change", args=[person.pk]))
        context = {
            **self.admin_site.each_context(request),
            "title": f"New password for {person}",
            "form": form,
            "opts": self.opts,
            "object": person,
        }
        status = 422 if request.method == "POST" else 200
        return TemplateResponse(request, "admin/one_form.html", context, status=status)


PASSWORDS = ("password1", "password2")


@admin.register(RoleGroup)
class RoleAdmin(ReadOnlyAdmin):
    """The eight roles and what each allows; that stands in code and is tested (SEC1)."""

    list_display = ("role", "holders")
    ordering = ("name",)
    fields = ("role", "holders", "allowed")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With how many people hold it."""
        return RoleGroup.objects.annotate(holder_count=Count("people"))

    @admin.display(description="role", ordering="name")
    def role(self, group: RoleGroup) -> str:
        """The role in words."""
        return role_label(group.name)

    @admin.display(description="people who hold it")
    def holders(self, group: RoleGroup) -> int:
        """How many people hold it."""
        count: int = group.holder_count  # type: ignore[attr-defined]  # annotated above
        return count

    @admin.display(description="allowed")
    def allowed(self, group: RoleGroup) -> SafeString:
        """Everything that the role allows, from code."""
        if group.name not in Role.values:
            return SafeString("Nothing: this is none of the eight roles.")
        permissions = sorted(ROLE_PERMISSIONS[Role(group.name)])
        if not permissions:
            return SafeString("Nothing yet.")
        lines = format_html_join("", "<li>{}</li>", ((each.value,) for each in permissions))
        return format_html("<ul>{}</ul>", lines)


@admin.register(SignIn)
class SignInAdmin(ReadOnlyAdmin):
    """The sign-in log, newest first."""

    list_display = ("at", "outcome", "person", "address", "by")
    list_filter = ("outcome",)
    list_select_related = ("person", "by")
    search_fields = ("person__full_name", "person__username")
    ordering = ("-at",)
    show_full_result_count = False
