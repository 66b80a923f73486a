"""The doors to a person: by session, by name and password, and how often one may knock."""

import hashlib
import hmac
import ipaddress
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest

from smart360.staff.choices import SignInOutcome
from smart360.staff.models import Person, SignIn
from smart360.staff.permissions import ROLE_PERMISSIONS, Permission

LOCKED_FOR = timedelta(hours=settings.AXES_COOLOFF_TIME)
MOST_REFUSED_PER_ADDRESS = 50
"""So many wrong passwords from one address within ``LOCKED_FOR`` are no longer mistakes."""
KNOWN_FOR = timedelta(days=90)
"""Somebody who came in from an address this lately is not held up by what others do there."""


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
        if person.check_password(password) and may_come_in(person):
            return person
        return None

    def get_user(self, user_id: int) -> Person | None:
        """The session's person with roles; None as soon as the person is inactive (X4)."""
        person = Person.objects.with_roles().filter(pk=user_id, is_active=True).first()
        return person if person is not None and may_come_in(person) else None


def may_come_in(person: Person) -> bool:
    """Whether the door opens at all: active, and in production nobody from the demo data."""
    return person.is_active and (settings.IS_DEMO or not person.is_demo)


def address_of(request: HttpRequest) -> str | None:
    """The address that the request came from, as far as our own proxies vouch for it.

    Each proxy appends whom it heard, so what lies further left was written by the caller.
    """
    heard = request.META.get("REMOTE_ADDR", "")
    if settings.PROXY_COUNT:
        chain = request.headers.get("X-Forwarded-For", "").split(",")
        heard = chain[-settings.PROXY_COUNT] if len(chain) >= settings.PROXY_COUNT else heard
    try:
        return str(ipaddress.ip_address(heard.strip()))
    except ValueError:
        return None


def name_digest(username: str) -> str:
    """A name as it is kept when nobody has it: the same each time, and not to be read back."""
    key = settings.SECRET_KEY.encode()
    return hmac.new(key, username.encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def throttled_name(request: HttpRequest, credentials: Mapping[str, Any] | None) -> str:
    """The name under which django-axes counts wrong passwords: a digest for all names alike."""
    username = (credentials or {}).get("username") or request.POST.get("username", "")
    return name_digest(str(username))


def is_spraying(*, username: str, address: str | None, at: datetime) -> bool:
    """Whether this address tries passwords on many names, and this one is not at home there."""
    if address is None:
        return False
    here = SignIn.objects.filter(address=address)
    refused = here.filter(
        at__gt=at - LOCKED_FOR, outcome__in=(SignInOutcome.REFUSED, SignInOutcome.LOCKED_OUT)
    )
    if refused[:MOST_REFUSED_PER_ADDRESS].count() < MOST_REFUSED_PER_ADDRESS:
        return False
    came_in = here.filter(
        at__gt=at - KNOWN_FOR, outcome=SignInOutcome.SIGNED_IN, person__username=username
    )
    return not came_in.exists()


def people_who_may(permission: Permission) -> list[Person]:
    """Everybody active whose role allows this: whom a notice for that work goes to."""
    roles = [role.value for role, allowed in ROLE_PERMISSIONS.items() if permission in allowed]
    return list(Person.objects.filter(is_active=True, groups__name__in=roles).distinct())


def signed_in_person(request: HttpRequest) -> Person:
    """The person of a request that the permission gate has let through."""
    person = request.user
    assert isinstance(person, Person)
    return person
