"""The deploy checks on the database, each with the fault that it is for."""

from collections.abc import Callable

import pgtrigger
import pytest
from django.core.management import call_command
from django.db import IntegrityError, ProgrammingError, connection
from pytest_django import Settings

from smart360.kernel.checks import (
    check_append_only_tables,
    check_kept_tables,
    check_triggers_speak,
    check_two_database_roles,
)
from smart360.kernel.rights import append_only_tables, removable_tables
from tests.conftest import MakeConsumer

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


# ------------------------------------------------------------------ what is removed, and where
REMOVED_BY_THE_PRODUCT = {
    # the night's sweep
    "web_formkey",
    "owed_owedwork",
    # a draft with its form, a guard with its request, a change with its fold
    "web_draft",
    "complaints_complaintdraft",
    "complaints_draftfile",
    "consumers_guard",
    # a view of a list that its owner wants no longer
    "staff_savedview",
    # an upload that became a document, or was taken off its tray
    "consumers_documentupload",
    "cases_tallychange",
    "consumers_balancechange",
    "consumers_accountchange",
    # the rates of a tariff that no bill was made by
    "billing_tariffslab",
    "billing_tarifftax",
    # an item of the checklist that is not done after all
    "disconnections_checklisttick",
    # the rows of a file of accounts, and what was wrong with them
    "custody_importfile",
    "custody_importrow",
    "custody_importproblem",
    # an upload that became a stored file, or went
    "documents_pendingfile",
    # an administrator's removal, which row history keeps
    "fieldwork_technician_skills",
    "fieldwork_ordertemplate_categories",
    "staff_rolemembership",
    "organisation_businesshours",
    "organisation_holiday",
    # Django's sessions, and the count of wrong passwords
    "django_session",
    "axes_accessattempt",
    "axes_accessattemptexpiration",
}


def tables_with(verb: str) -> set[str]:
    """Every table of ours on which the role that asks has this right."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p')"
            " AND relnamespace = 'public'::regnamespace"
            " AND has_table_privilege(current_user, oid, %s)",
            [verb],
        )
        return {table for (table,) in cursor.fetchall()}


def test_rows_are_removed_where_the_product_removes_them_and_nowhere_else() -> None:
    """A1: a tally, a message or a consumer is not even removed by hand."""
    assert set(removable_tables()) == REMOVED_BY_THE_PRODUCT
    assert tables_with("DELETE") == REMOVED_BY_THE_PRODUCT
    assert tables_with("SELECT") > {"cases_tally", "cases_case", "consumers_consumer"}
    assert tables_with("TRUNCATE") == set()
    assert check_kept_tables(None, databases=["default"]) == []


def test_the_check_sees_a_right_to_remove(as_owner: Callable[[], None]) -> None:
    """The control: one right too many is named."""
    as_owner()
    with connection.cursor() as cursor:
        cursor.execute("GRANT DELETE ON cases_tally TO smart360_app")
        cursor.execute("SET ROLE smart360_app")
    (found,) = check_kept_tables(None, databases=["default"])
    assert (found.id, "cases_tally" in found.msg) == ("kernel.E003", True)


@pytest.mark.parametrize("table", ["cases_tally", "cases_case", "comms_notice"])
def test_what_is_kept_is_not_removed_by_hand(table: str) -> None:
    with connection.cursor() as cursor, pytest.raises(ProgrammingError, match="permission denied"):
        cursor.execute(f"DELETE FROM {table}")


@pytest.mark.parametrize("statement", ["CREATE TEMP TABLE mine (id int)", "CREATE TABLE mine ()"])
def test_the_application_makes_no_tables(statement: str) -> None:
    """A trigger on a table of its own would pass for one of ours, and write what only ours may."""
    with pytest.raises(ProgrammingError, match="permission denied"), connection.cursor() as cursor:
        cursor.execute(statement)


# ------------------------------------------------------------------ triggers are not silenced
def bid_be_silent() -> None:
    """What django-pgtrigger's ``ignore()`` does, and any session may."""
    names = [trigger.get_pgid(model) for model, trigger in pgtrigger.registered()]
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pgtrigger.ignore', %s::text[]::text, true)", [names])


def test_no_setting_silences_a_trigger(make_consumer: MakeConsumer) -> None:
    """The library's own way past its triggers leads past none of ours."""
    figures = make_consumer().figures
    figures.balance = 5
    assert check_triggers_speak(None, databases=["default"]) == []
    bid_be_silent()
    with pytest.raises(IntegrityError, match="balances follow the ledger"):
        figures.save()


def test_the_library_s_own_function_heeds_a_setting(
    make_consumer: MakeConsumer, as_owner: Callable[[], None]
) -> None:
    """The control: as a migration leaves it, anybody may; the check says so, the command mends."""
    figures = make_consumer().figures
    figures.balance = 5
    model, trigger = pgtrigger.registered()[0]
    as_owner()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no event waits for the new trigger
        cursor.execute(str(trigger.compile(model).install_sql))
        cursor.execute("SET ROLE smart360_app")
    (found,) = check_triggers_speak(None, databases=["default"])
    assert found.id == "kernel.E005"
    bid_be_silent()
    figures.save()
    as_owner()
    call_command("grant_rights", role="smart360_app")
    assert check_triggers_speak(None, databases=["default"]) == []
