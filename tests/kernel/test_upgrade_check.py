"""A database that stands between migrations which were drawn together goes no further."""

from collections import defaultdict
from collections.abc import Callable

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from smart360.kernel.checks import apps_between, check_upgrade_path


def series_before() -> dict[str, list[tuple[str, str]]]:
    """The migrations that were replaced and are gone, by app, in the order in which they ran."""
    loader = MigrationLoader(None, load=False)
    loader.load_disk()
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for (label, _), migration in loader.disk_migrations.items():
        found[label] += [each for each in migration.replaces if each not in loader.disk_migrations]
    return {label: sorted(each) for label, each in found.items() if each}


def test_whoever_stopped_on_the_way_is_found_wherever_it_was() -> None:
    """No part of an old series looks like all of one new migration and nothing of the next."""
    series = series_before()
    assert {"billing", "cases", "consumers"} <= series.keys()
    for label, names in series.items():
        assert apps_between(names) == []
        for passed in range(1, len(names)):
            assert apps_between(names[:passed]) == [label], names[passed - 1]


def test_each_replaced_migration_has_one_that_replaces_it() -> None:
    """Two would make it a parent of both, and what comes next would find two heads."""
    for names in series_before().values():
        assert len(names) == len(set(names))


@pytest.mark.django_db
@pytest.mark.database
def test_a_migrated_database_may_go_on() -> None:
    assert check_upgrade_path(None, databases=["default"]) == []


@pytest.mark.django_db
@pytest.mark.database
def test_migrate_refuses_one_that_stands_between(as_owner: Callable[[], None]) -> None:
    """The control, and that it is asked before anything is migrated."""
    as_owner()
    MigrationRecorder(connection).record_unapplied("cases", "0026_who_decides_may_approve")
    (found,) = check_upgrade_path(None, databases=["default"])
    assert (found.id, "of cases" in found.msg) == ("kernel.E004", True)
    with pytest.raises(CommandError, match=r"version before first[^\n]*RUNNING"):
        call_command("migrate", skip_checks=False, verbosity=0)
