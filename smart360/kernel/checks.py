"""Deploy checks: what must be true of the database before people work on it."""

from collections.abc import Collection, Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from smart360.kernel.rights import (
    SILENCED_BY_A_SETTING,
    append_only_tables,
    removable_tables,
)

RIGHTS = """
SELECT t.name, r.name FROM unnest(%s::text[]) AS t(name)
 CROSS JOIN (VALUES ('UPDATE'), ('DELETE'), ('TRUNCATE')) AS r(name)
 WHERE to_regclass(quote_ident(t.name)) IS NOT NULL
   AND has_table_privilege(current_user, quote_ident(t.name), r.name)
"""

MAY_REMOVE = """
SELECT c.relname FROM pg_class c
 WHERE c.relkind IN ('r', 'p') AND pg_table_is_visible(c.oid)
   AND c.relnamespace <> 'pg_catalog'::regnamespace AND c.relname <> ALL (%s)
   AND has_table_privilege(current_user, c.oid, 'DELETE')
 ORDER BY c.relname
"""


def check_two_database_roles(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """The owner of the tables and the application are two roles (stack.md)."""
    if settings.HAS_TWO_DATABASE_ROLES:
        return []
    return [
        Error(
            "The application runs as the owner of its tables.",
            hint="Set DATABASE_OWNER_URL to the owner and DATABASE_URL to a role of less right.",
            id="kernel.E001",
        )
    ]


def check_append_only_tables(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """The application's role can neither change nor remove what is append-only (A1)."""
    if not databases:
        return []
    with connection.cursor() as cursor:
        cursor.execute(RIGHTS, [list(append_only_tables())])
        found = sorted({table for table, _ in cursor.fetchall()})
    return [
        Error(
            f"The application's role may change or remove rows of {table}.",
            hint="Run manage.py grant_rights as the owner after every migrate.",
            id="kernel.E002",
        )
        for table in found
    ]


def check_kept_tables(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """The application's role removes rows only where the product does (`removable`)."""
    if not databases:
        return []
    with connection.cursor() as cursor:
        cursor.execute(MAY_REMOVE, [list(removable_tables())])
        found = [table for (table,) in cursor.fetchall()]
    return [
        Error(
            f"The application's role may remove rows of {table}, which the product never does.",
            hint="Run manage.py grant_rights as the owner after every migrate.",
            id="kernel.E003",
        )
        for table in found
    ]


def check_triggers_speak(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """No session bids a trigger be silent by a setting of its own."""
    if not databases:
        return []
    with connection.cursor() as cursor:
        cursor.execute(SILENCED_BY_A_SETTING)
        found = [function for (function,) in cursor.fetchall()]
    return [
        Error(
            f"Triggers ask {function}, which lets any session silence them.",
            hint="Run manage.py grant_rights as the owner after every migrate.",
            id="kernel.E005",
        )
        for function in found
    ]


def apps_between(applied: Collection[tuple[str, str]]) -> list[str]:
    """The apps of which a database has some of the migrations that later ones replace, but not all.

    What lies between cannot be told from those later ones, so that no way leads on from there.
    Replaced migrations that are still files are Django's own affair: it runs them.
    """
    loader = MigrationLoader(None, load=False)
    loader.load_disk()
    found: set[str] = set()
    for (label, _), migration in loader.disk_migrations.items():
        replaced = set(migration.replaces)
        has_files = replaced <= loader.disk_migrations.keys()
        if not has_files and 0 < len(replaced & set(applied)) < len(replaced):
            found.add(label)
    return sorted(found)


def check_upgrade_path(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """The database does not stand between two migrations of which a later release made one."""
    if not databases:
        return []
    applied = MigrationRecorder(connection).applied_migrations()
    return [
        Error(
            f"The database stands in the middle of the migrations of {label} that this version"
            " has drawn together.",
            hint="Upgrade to the version before first, then to this one: docs/RUNNING.md, Upgrade.",
            id="kernel.E004",
        )
        for label in apps_between(applied)
    ]
