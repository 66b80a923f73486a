"""bad-inputs.md §2–§4 once more: beside its field, with the typed values, and not one row changed.

The values and sentences are those of ``test_create_form.py``; here the whole database is compared.
"""

import re
from typing import Any

import pytest
from django.test import Client

from consumers.models import Consumer
from smart360.organisation.models import BusinessCalendar, Holiday
from smart360.staff.choices import Role
from tests.conftest import MakeConsumer, SetClock
from tests.disconnections.creating import HTMX, SignIn, choose, submit
from tests.disconnections.test_create_form import REFUSED
from tests.invariants import assert_sound
from tests.looking import checksums, every_table, writes

pytestmark = pytest.mark.django_db

DRAFT = {"web_draft"}  # what was typed is kept there


@pytest.fixture
def consumer(make_consumer: MakeConsumer, stands: SetClock) -> Consumer:
    calendar = BusinessCalendar.objects.create(name="Office")
    Holiday.objects.create(calendar=calendar, day="2024-12-25", name="Christmas Day")
    return make_consumer()


@pytest.fixture
def client(client_as: SignIn, consumer: Consumer) -> Client:
    client = client_as(Role.CSE)
    choose(client, consumer)
    return client


@pytest.mark.parametrize("headers", [None, HTMX], ids=["plain", "htmx"])
def test_rows_21_to_57_stand_beside_the_field_and_change_nothing(
    client: Client, consumer: Consumer, headers: Any
) -> None:
    counted = set(every_table()) - DRAFT
    before, written = checksums(counted), writes()
    told = []
    refused: Any = REFUSED
    for wrong, sentence in refused:
        answer = submit(client, consumer, headers=headers, **wrong)
        page = answer.content.decode()
        beside = [page[each.start() :][:400] for each in re.finditer(r'id="id_\w+-error"', page)]
        is_right = answer.status_code == 422 and any(sentence in words for words in beside)
        moved = {each for each, count in writes().items() if count != written.get(each)} & counted
        has_changed = any(now != before[table] for table, now in checksums(moved).items())
        if not is_right or has_changed:
            told.append((wrong, answer.status_code, beside))
    assert told == []


def test_row_31_and_50_what_is_right_is_kept_as_typed(client: Client, consumer: Consumer) -> None:
    """The control: the same form with nothing wrong changes rows, and all stay sound."""
    before = checksums(set(every_table()) - DRAFT)
    assert submit(client, consumer, notes="x" * 250).status_code == 302
    assert checksums(set(every_table()) - DRAFT) != before
    assert_sound()


@pytest.mark.parametrize("notes", ["👨‍👩‍👧‍👦" * 35, "e\u0301" * 250, "नमस्ते " * 30])
def test_row_53_letters_are_counted_once_composed(
    notes: str, client: Client, consumer: Consumer
) -> None:
    """Up to 250 code points after NFC are taken, whatever they look like."""
    assert submit(client, consumer, notes=notes).status_code == 302
    assert_sound()
