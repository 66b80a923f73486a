"""People and the roles they hold."""

from typing import Any

import pghistory
import pgtrigger
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, Group
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import OuterRef, Q

from smart360.staff.choices import Role, SavedPage, SignInOutcome
from smart360.staff.permissions import KEPT_APART, Permission, permissions_of


class PersonManager(BaseUserManager["Person"]):
    """Finds people by their user name, with their roles in the same statement."""

    def with_roles(self) -> models.QuerySet["Person"]:
        """Each person with ``role_names``, so that permissions cost no further statement."""
        names = RoleMembership.objects.filter(person=OuterRef("pk")).values("group__name")
        return self.annotate(role_names=ArraySubquery(names))

    def create_superuser(self, username: str, password: str, **fields: Any) -> "Person":
        """The first administrator of an installation (``manage.py createsuperuser``)."""
        person = self.model(username=username, **fields)
        person.set_password(password)
        person.save(using=self._db)
        RoleMembership.objects.create(
            person=person, group=Group.objects.get(name=Role.ADMIN.value), given_by=None
        )
        return person


@pghistory.track(exclude=["password", "last_login", "session_generation"])
class Person(AbstractBaseUser):
    """One member of staff who signs in."""

    username = models.CharField(max_length=60)
    full_name = models.CharField(max_length=120)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    is_active = models.BooleanField(
        default=True, help_text="Somebody who left is made inactive, never deleted."
    )
    wants_notices_by_email = models.BooleanField(default=True)
    uses_single_keys = models.BooleanField(
        default=True, help_text="Keyboard shortcuts of a single letter."
    )
    is_demo = models.BooleanField(
        default=False,
        editable=False,
        help_text="Came with the demo data, with a password everybody knows; "
        "refused in production.",
    )
    session_generation = models.PositiveIntegerField(
        default=0,
        editable=False,
        help_text="Grows when the person is made inactive, which ends every session for good.",
    )
    joined_at = models.DateTimeField(auto_now_add=True)
    groups = models.ManyToManyField(
        Group,
        through="RoleMembership",
        through_fields=("person", "group"),
        related_name="people",
    )

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["full_name", "email"]

    objects = PersonManager()

    class Meta:
        verbose_name = "person"
        verbose_name_plural = "people"
        constraints = [
            models.UniqueConstraint(
                fields=["username"],
                name="username_is_taken_once",
                violation_error_message="Somebody has this username already.",
            ),
            models.CheckConstraint(condition=~Q(full_name=""), name="person_has_a_name"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="sessions_end_with_deactivation",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__is_active=True, new__is_active=False),
                func=pgtrigger.Func(
                    "NEW.session_generation := OLD.session_generation + 1; RETURN NEW;"
                ),
            )
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def roles(self) -> frozenset[str]:
        """The names of the roles held, from the row itself when it was loaded with them."""
        loaded = getattr(self, "role_names", None)
        if loaded is None:
            loaded = list(self.memberships.values_list("group__name", flat=True))
            self.__dict__["role_names"] = loaded
        return frozenset(loaded)

    @property
    def role_labels(self) -> str:
        """The roles in words, for the page head."""
        return ", ".join(role.label for role in Role if role.value in self.roles) or "No role"

    def get_session_auth_hash(self) -> str:
        """What a session remembers: it ends with a new password and with deactivation (X4)."""
        return f"{super().get_session_auth_hash()}.{self.session_generation}"

    def has_permission(self, permission: str) -> bool:
        """Whether this person may do this act today."""
        return self.is_active and permission in permissions_of(self.roles)

    # What Django admin asks. It is for administrators, and only what admin.py registers.
    @property
    def is_staff(self) -> bool:
        """Whether Django admin opens."""
        return self.has_permission(Permission.CONFIGURE)

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Django admin's question about one model; each ModelAdmin narrows the answer itself."""
        return self.is_staff

    def has_perms(self, perm_list: list[str], obj: object = None) -> bool:
        """See ``has_perm``."""
        return self.is_staff

    def has_module_perms(self, app_label: str) -> bool:
        """Django admin's question about one app."""
        return self.is_staff


class RoleGroup(Group):
    """One of the eight roles, as administrators look at it."""

    class Meta:
        proxy = True
        verbose_name = "role"
        verbose_name_plural = "roles"


_APART = " OR ".join(
    f"(names @> ARRAY['{one.value}', '{other.value}'])" for one, other in KEPT_APART
)


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class RoleMembership(models.Model):
    """One role that one person holds."""

    removable = True

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    group = models.ForeignKey(
        Group, on_delete=models.PROTECT, related_name="memberships", verbose_name="role"
    )
    given_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    given_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "role held"
        verbose_name_plural = "roles held"
        constraints = [
            models.UniqueConstraint(fields=["person", "group"], name="role_is_held_once"),
            models.CheckConstraint(
                condition=~models.Q(person=models.F("given_by")),
                name="nobody_gives_a_role_to_themselves",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="roles_kept_apart",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update,
                declare=[("names", "text[]")],
                func=pgtrigger.Func(
                    f"""
                    PERFORM 1 FROM staff_person WHERE id = NEW.person_id FOR UPDATE;
                    SELECT array_agg(g.name::text) INTO names FROM staff_rolemembership m
                      JOIN auth_group g ON g.id = m.group_id WHERE m.person_id = NEW.person_id;
                    IF {_APART} THEN
                        RAISE EXCEPTION 'An administrator holds no other role with money rights'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'roles_kept_apart';
                    END IF;
                    RETURN NEW;
                    """  # noqa: S608  (put together from our own role names)
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.group}"


class SignIn(models.Model):
    """One line of the sign-in log: somebody came in, was refused, left, or got a new password.

    A name that nobody has is kept as a keyed digest only: people type passwords into that field.
    """

    append_only = True

    at = models.DateTimeField()
    outcome = models.CharField(max_length=20, choices=SignInOutcome)
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="sign_ins"
    )
    name_digest = models.CharField(max_length=64, blank=True)
    address = models.GenericIPAddressField(null=True, blank=True)
    by = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="The administrator who acted, where it was not the person.",
    )
    begins_lock_out = models.BooleanField(
        default=False,
        db_default=False,
        help_text="The first line of a person's lock-out, of which administrators were told.",
    )

    class Meta:
        verbose_name = "sign-in"
        verbose_name_plural = "sign-in log"
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=SignInOutcome.values), name="sign_in_outcome_is_known"
            ),
            models.CheckConstraint(
                condition=Q(person__isnull=False, name_digest="")
                | Q(person__isnull=True, name_digest__regex=r"^[0-9a-f]{64}$"),
                name="sign_in_names_a_person_or_a_digest",
            ),
            models.CheckConstraint(
                condition=Q(begins_lock_out=False)
                | Q(outcome=SignInOutcome.LOCKED_OUT, person__isnull=False),
                name="only_a_persons_lock_out_begins",
            ),
        ]
        indexes = [
            # Was this person here before from this address; the log of one person.
            models.Index(fields=["person", "-at"], name="sign_in_by_person"),
            # How many wrong passwords came from this address lately.
            models.Index(fields=["address", "at"], name="sign_in_by_address"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="sign_ins_are_never_changed", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()} {self.at:%Y-%m-%d %H:%M}"


class SavedView(models.Model):
    """One person's name for a list as they narrowed and ordered it: what its address asks for."""

    removable = True

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="saved_views")
    page = models.CharField(max_length=20, choices=SavedPage)
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=1000)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "page", "name"], name="a_person_names_a_view_once"
            ),
            models.CheckConstraint(
                condition=Q(page__in=SavedPage.values), name="saved_page_is_known"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="a_saved_view_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name
