"""What is longer than any form of ours is refused before a byte of it is read."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from smart360.staff.choices import Role
from smart360.web.middleware import LARGEST_BODY

pytestmark = pytest.mark.django_db


class Unread:
    """A body that must not be asked for."""

    def read(self, *args: Any) -> bytes:
        raise AssertionError("it was read")

    readline = read


@pytest.mark.parametrize("length", [LARGEST_BODY + 1, 10**12, 10**30])
def test_a_body_without_end_is_not_read(utility: Any, length: int) -> None:
    extra: Any = {"CONTENT_LENGTH": str(length), "wsgi.input": Unread()}
    answer = Client().post(reverse("theme_set"), **extra)
    assert answer.status_code == 413
    assert "Send less, or smaller files" in answer.content.decode()


def test_the_largest_form_is_read(client_as: Any, utility: Any) -> None:
    """Five files of ten megabytes."""
    body = b"x" * LARGEST_BODY
    assert LARGEST_BODY > 5 * 10 * 1024 * 1024
    answer = client_as(Role.CSE).generic(
        "POST", reverse("theme_set"), body, content_type="multipart/form-data; boundary=x"
    )
    assert answer.status_code != 413
