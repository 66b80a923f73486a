"""The doors to a person: by session, by name and password."""

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest

from smart360.staff.models import Person


class RoleBackend(BaseBackend):
    """Signs people in by name and password, and loads them with their roles in one statement."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> Person | None:
        """The person, or None; an unknown name takes as long as a wrong password."""
        if not username or password is None or "\0" in username:
            return None
        person = Person.objects.filter(username=username).first()
        if person is None:
            make_password(password)
            return None
        if person.check_password(password) and person.is_active:
            return person
        return None

    def get_user(self, user_id: int) -> Person | None:
        """The session's person with roles; None as soon as the person is inactive (X4)."""
        return Person.objects.with_roles().filter(pk=user_id, is_active=True).first()
