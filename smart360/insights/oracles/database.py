"""Oracles that look at the database and the program as a whole."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

import pgtrigger
from django.apps import apps
from django.db import connection, models
from django.urls import URLPattern, URLResolver, get_resolver

from smart360.kernel.oracle import Oracle, rows_of
from smart360.kernel.rights import append_only_tables
from smart360.web.gate import declared_permissions

AHEAD: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "cases.Case": frozenset(
            {"due_at", "adjusted_due_at", "warns_at", "breaches_at", "next_alert_at"}
        ),
        "cases.Hold": frozenset({"resume_by"}),
        "consumers.ProfileLock": frozenset({"expires_at"}),
        "owed.OwedWork": frozenset({"next_at"}),
    }
)
"""The moments that may lie ahead. Every other one is the moment of an act."""

# Who but its owner may change what is append-only; who may empty any table at all.
TOO_MANY_RIGHTS = """
WITH held AS (
     SELECT c.oid, c.relname, c.relowner, acl.grantee, acl.privilege_type
       FROM pg_class c, aclexplode(c.relacl) acl
      WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
     UNION ALL
     SELECT c.oid, c.relname, c.relowner, acl.grantee, acl.privilege_type
       FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid, aclexplode(a.attacl) acl
      WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p'))
SELECT relname, CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END, privilege_type
  FROM held
 WHERE grantee <> relowner
   AND (privilege_type = 'TRUNCATE'
        OR (privilege_type IN ('UPDATE', 'DELETE', 'TRIGGER') AND relname = ANY(%(kept)s)))
UNION
SELECT c.relname, current_user::text, 'ALTER, DROP'
  FROM pg_class c
 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
   AND c.relname = ANY(%(kept)s) AND pg_has_role(current_user, c.relowner, 'USAGE')
"""
TRIGGERS = """
SELECT c.relname, t.tgname::text, t.tgenabled::text
  FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal
"""
UNPROVED = """
SELECT conrelid::regclass::text, conname::text FROM pg_constraint
 WHERE connamespace = 'public'::regnamespace AND NOT convalidated
UNION ALL
SELECT indrelid::regclass::text, indexrelid::regclass::text FROM pg_index i
  JOIN pg_class c ON c.oid = i.indexrelid
 WHERE c.relnamespace = 'public'::regnamespace AND NOT indisvalid
"""
NOT_DURABLE = """
SELECT name FROM pg_settings
 WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit') AND setting = 'off'
"""


def rights_that_nobody_should_have() -> list[str]:
    """A1: no role but the owner can change, remove or empty what is append-only."""
    return rows_of(TOO_MANY_RIGHTS, {"kept": list(append_only_tables())}, "{}: {} may {}")


def triggers_that_are_off() -> list[str]:
    """A1: every trigger that a model declares is there and fires."""
    with connection.cursor() as cursor:
        cursor.execute(TRIGGERS)
        fires = {(table, name): state in {"O", "A"} for table, name, state in cursor.fetchall()}
    declared = (
        (model._meta.db_table, trigger.get_pgid(model)) for model, trigger in pgtrigger.registered()
    )
    return [f"{table}: {name}" for table, name in declared if not fires.get((table, name))]


def constraints_that_prove_nothing() -> list[str]:
    """R5: every constraint and every index is valid for all rows."""
    return rows_of(UNPROVED, words="{}: {}")


def settings_that_lose_writes() -> list[str]:
    """R1: what was acknowledged is on disk."""
    return rows_of(NOT_DURABLE, words="{} is off")


def moments_in_the_future() -> list[str]:
    """T4: no act lies ahead of the database's own clock."""
    found: list[str] = []
    for model, names in _moments_of_acts():
        latest = f"greatest({', '.join(names)})"
        query = (
            f"SELECT {model._meta.pk.column}::text FROM {model._meta.db_table}"  # noqa: S608  (our own names)
            f" WHERE {latest} > clock_timestamp() + interval '5 seconds'"
        )
        found += rows_of(query, words=f"{model._meta.db_table} {{}}")
    return found


def _moments_of_acts() -> Iterator[tuple[type[models.Model], list[str]]]:
    """Each table of ours with its columns that say when something was done."""
    for model in apps.get_models(include_auto_created=True):
        is_ours = model.__module__.startswith(("smart360.", "consumers.", "disconnections."))
        if not is_ours or model._meta.proxy:
            continue
        tracked = getattr(model, "pgh_tracked_model", model)
        ahead = AHEAD.get(tracked._meta.label, frozenset())
        names = [
            str(field.column)
            for field in model._meta.local_concrete_fields
            if isinstance(field, models.DateTimeField) and field.name not in ahead
        ]
        if names:
            yield model, names


def views_that_declare_nothing() -> list[str]:
    """X1: every address says who may use it; those of the administration are under one rule."""
    return [
        f"{path} {view.__module__}.{view.__qualname__}"
        for path, view in _views(get_resolver())
        if declared_permissions(view) is None
    ]


def _views(resolver: URLResolver, before: str = "") -> Iterator[tuple[str, Any]]:
    for each in resolver.url_patterns:
        path = f"{before}{each.pattern}"
        if isinstance(each, URLPattern):
            yield path, each.callback
        elif each.app_name != "admin":
            yield from _views(each, path)


ORACLES: tuple[Oracle, ...] = (
    Oracle("A1", "a right to change what is only added to", rights_that_nobody_should_have),
    Oracle("A1", "a trigger that is missing or off", triggers_that_are_off),
    Oracle("R5", "a constraint or an index that is not valid", constraints_that_prove_nothing),
    Oracle("R1", "a setting by which an acknowledged write is lost", settings_that_lose_writes),
    Oracle("T4", "an act that lies in the future", moments_in_the_future),
    Oracle("X1", "an address that does not say who may use it", views_that_declare_nothing),
)
