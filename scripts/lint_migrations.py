#!/usr/bin/env python3
"""Lint the SQL of the migrations that no release contains yet: none may block writers.

Run by ``./dev check``, which brings a server along (Django reads it to know the graph). What a
release (a tag ``v…``) contains has run already and is not judged again. A table that the same
release makes has no writers yet: what happens to it blocks nobody.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

import django
from django.apps import apps
from django.db import connection
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader

ROOT = Path(__file__).resolve().parents[1]
SQUAWK = Path(sys.executable).parent / "squawk"
NOT_OURS = (
    "prefer-robust-stmts",  # Django's migrations are one transaction each: all or nothing
    "require-timeout-settings",  # the owner's connection sets lock_timeout for all of them
    "prefer-bigint-over-int",  # Django's integer fields are chosen one by one in the models
    "prefer-bigint-over-smallint",
    "prefer-text-field",  # varchar(n) is a constraint that a form repeats
    "prefer-identity",
    "ban-create-domain-with-constraint",
)

CREATED = re.compile(r'\s*CREATE TABLE "?(\w+)"?')
INDEXED = re.compile(r'\s*CREATE (?:UNIQUE )?INDEX "?(\w+)"?\s+ON "?(\w+)"?')
UNINDEXED = re.compile(r'\s*DROP INDEX IF EXISTS "?(\w+)"?')
TOUCHED = re.compile(r'\s*(?:ALTER TABLE|CREATE (?:UNIQUE )?INDEX "?\w+"?\s+ON) "?(\w+)"?')


def released_files() -> set[str]:
    """The files of the newest release; none if there is no release yet."""
    tags = _git("tag", "--list", "v*", "--sort=-version:refname").split()
    return set(_git("ls-tree", "-r", "--name-only", tags[0]).splitlines()) if tags else set()


def _git(*arguments: str) -> str:
    command = ["git", "-C", str(ROOT), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def unreleased(loader: MigrationLoader) -> list[Migration]:
    """Our own migrations that no release contains, in the order in which they run."""
    released = released_files()
    ours = {config.label: config.path for config in apps.get_app_configs()}
    found: list[Migration] = []
    for target in loader.graph.leaf_nodes():
        for label, name in loader.graph.forwards_plan(target):
            path = Path(ours[label]) / "migrations" / f"{name}.py"
            migration = loader.get_migration(label, name)
            is_ours = path.is_relative_to(ROOT) and "site-packages" not in path.parts
            is_released = is_ours and str(path.relative_to(ROOT)) in released
            if is_ours and not is_released and migration not in found:
                found.append(migration)
    return found


def statements_of(migration: Migration, loader: MigrationLoader) -> list[str]:
    """What one migration tells the database."""
    state = loader.project_state((migration.app_label, migration.name), at_end=False)
    with connection.schema_editor(collect_sql=True, atomic=migration.atomic) as editor:
        migration.apply(state, editor, collect_sql=True)
    return [
        statement
        for statement in editor.collected_sql
        if not statement.startswith("--")
        # Built or dropped outside any transaction: that is how nobody has to wait for it.
        and (migration.atomic or " INDEX CONCURRENTLY " not in statement)
    ]


def about_old_tables(statements: list[str]) -> list[str]:
    """The statements that some writer could wait for."""
    new = {found[1] for statement in statements if (found := CREATED.match(statement))}
    indexed = [found.groups() for statement in statements if (found := INDEXED.match(statement))]
    new_indexes = {index for index, table in indexed if table in new}

    def is_about_new(statement: str) -> bool:
        if found := UNINDEXED.match(statement):
            return found[1] in new_indexes
        found = TOUCHED.match(statement)
        return found is not None and found[1] in new

    return [statement for statement in statements if not is_about_new(statement)]


def main() -> int:
    """Let squawk judge all new migrations as one file."""
    django.setup()
    loader = MigrationLoader(connection)
    statements = [each for new in unreleased(loader) for each in statements_of(new, loader)]
    with tempfile.NamedTemporaryFile("w", suffix=".sql", prefix="migrations-") as file:
        file.write("\n".join(about_old_tables(statements)))
        file.flush()
        exclude = f"--exclude={','.join(NOT_OURS)}"
        judged = [str(SQUAWK), "--assume-in-transaction", "--pg-version=15", exclude, file.name]
        return subprocess.run(judged, check=False).returncode


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main())
