"""The deploy checks on the database, each with the fault that it is for."""

from collections.abc import Callable

import pytest
from django.db import connection
from pytest_django import Settings

from smart360.kernel.checks import check_append_only_tables, check_two_database_roles
from smart360.kernel.rights import append_only_tables

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def test_one_database_role_is_refused(settings: Settings) -> None:
    settings.HAS_TWO_DATABASE_ROLES = False
    assert [each.id for each in check_two_database_roles(None)] == ["kernel.E001"]
    settings.HAS_TWO_DATABASE_ROLES = True
    assert check_two_database_roles(None) == []


def test_the_application_cannot_change_what_is_append_only() -> None:
    """A1."""
    assert check_append_only_tables(None, databases=["default"]) == []


def test_the_owner_could(as_owner: Callable[[], None]) -> None:
    """The control: the check sees rights where there are some."""
    as_owner()
    found = check_append_only_tables(None, databases=["default"])
    assert {each.id for each in found} == {"kernel.E002"}
    assert len(found) == len(list(append_only_tables()))


@pytest.mark.parametrize("verb", ["UPDATE", "DELETE", "TRUNCATE"])
def test_no_protected_table_grants(verb: str) -> None:
    """A1: from the catalogue, for every protected table."""
    tables = list(append_only_tables())
    assert {"trail_entry", "staff_signin", "comms_message", "staff_personevent"} <= set(tables)
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute("SELECT has_table_privilege(current_user, %s, %s)", [table, verb])
            assert cursor.fetchone() == (False,), f"{verb} on {table}"
