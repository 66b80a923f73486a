"""What no form of ours sends is refused before anything reads it (bad-inputs.md, "also run")."""

from collections.abc import Callable

import pytest
from django.test import Client

from smart360.organisation.models import Utility
from smart360.staff.choices import Role


@pytest.mark.parametrize(
    "content_type", ["application/xml", "application/json", "text/plain", "application/gzip"]
)
def test_other_types_are_refused_and_change_nothing(
    client_as: Callable[..., Client], utility: Utility, content_type: str
) -> None:
    client = client_as(Role.CSE)
    answer = client.post("/me", data=b"<a/>", content_type=content_type)
    assert answer.status_code == 415
    person = client.person  # type: ignore[attr-defined]  # set by the fixture
    person.refresh_from_db()
    assert person.uses_single_keys
    assert person.wants_notices_by_email


def test_a_packed_body_is_refused(client_as: Callable[..., Client], utility: Utility) -> None:
    """A bomb is never unpacked."""
    answer = client_as(Role.CSE).post("/me", data={"a": "b"}, headers={"content-encoding": "gzip"})
    assert answer.status_code == 400


def test_a_body_without_its_length_is_refused(
    client_as: Callable[..., Client], utility: Utility
) -> None:
    """In chunks it would be read as an empty form."""
    client = client_as(Role.CSE)
    answer = client.post("/me", data={}, headers={"transfer-encoding": "chunked"})
    assert answer.status_code == 400
    person = client.person  # type: ignore[attr-defined]  # set by the fixture
    person.refresh_from_db()
    assert person.wants_notices_by_email


def test_a_form_is_read(client_as: Callable[..., Client], utility: Utility) -> None:
    assert client_as(Role.CSE).post("/theme", data={"theme": "dark"}).status_code == 302


def test_a_post_without_a_body_is_no_strange_form(
    client_as: Callable[..., Client], utility: Utility
) -> None:
    answer = client_as(Role.CSE).post(
        "/sign-out", data=b"", content_type="application/octet-stream"
    )
    assert answer.status_code == 302
