"""Oracles that look at the database and the program as a whole."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

import pgtrigger
from django.apps import apps
from django.db import connection, models
from django.urls import URLPattern, URLResolver, get_resolver

from smart360.kernel.oracle import Oracle, rows_of
from smart360.kernel.rights import SILENCED_BY_A_SETTING, append_only_tables
from smart360.web.gate import declared_permissions

AHEAD: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "cases.Case": frozenset(
            {"due_at", "adjusted_due_at", "warns_at", "breaches_at", "next_alert_at"}
        ),
        "cases.Hold": frozenset({"resume_by"}),
        "cases.LateTally": frozenset({"quarter_at"}),
        "cases.TallyChange": frozenset({"counts_at"}),
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
SELECT c.relname, t.tgname::text, t.tgenabled IN ('O', 'A'), t.tgisinternal
  FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
 WHERE c.relnamespace = 'public'::regnamespace
"""
BESIDE_THE_MODELS = (
    ("organisation_businesscalendar", "calendar_change_is_owed"),
    ("organisation_businesshours", "hours_change_is_owed"),
    ("organisation_holiday", "holiday_change_is_owed"),
    ("organisation_utility", "zone_change_rebuilds_tallies"),
)
"""Triggers that stand in a migration only, each with its table."""

RULES_BESIDE_THE_MODELS = (
    ("consumers_consumer", "subcategory_belongs_to_the_category"),
    ("comms_delivery", "a_delivery_is_as_visible_as_its_message"),
)
"""Constraints that stand in a migration only, each with its table."""

RULES = """
SELECT conrelid::regclass::text, conname::text FROM pg_constraint
 WHERE connamespace = 'public'::regnamespace AND conrelid <> 0
UNION
SELECT t.relname, c.relname FROM pg_index i
  JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
 WHERE c.relnamespace = 'public'::regnamespace
"""
# Each column that alone is unique, points to another table, or must be filled.
COLUMNS = """
SELECT a.attrelid::regclass::text, a.attname::text,
       EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = a.attrelid AND i.indisunique
                  AND i.indnkeyatts = 1 AND i.indkey[0] = a.attnum AND i.indpred IS NULL),
       EXISTS (SELECT 1 FROM pg_constraint f WHERE f.conrelid = a.attrelid AND f.contype = 'f'
                  AND f.conkey = ARRAY[a.attnum]),
       a.attnotnull
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
   AND a.attnum > 0 AND NOT a.attisdropped
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
    """A1: every trigger that a model or a migration declares is there, and every one fires."""
    with connection.cursor() as cursor:
        cursor.execute(TRIGGERS)
        found = cursor.fetchall()
    there = {(table, name) for table, name, _, is_internal in found if not is_internal}
    off = {(table, name) for table, name, fires, _ in found if not fires}
    declared = {
        (model._meta.db_table, trigger.get_pgid(model)) for model, trigger in pgtrigger.registered()
    }
    wrong = off | (declared | set(BESIDE_THE_MODELS)) - there
    return [f"{table}: {name}" for table, name in sorted(wrong)]


def triggers_that_a_setting_silences() -> list[str]:
    """A1: no session can bid a trigger be silent; ``grant_rights`` sees to it."""
    return rows_of(SILENCED_BY_A_SETTING, {}, "{} heeds a setting")


def rules_that_are_missing() -> list[str]:
    """R5: every constraint and every index that a model or a migration declares is there."""
    with connection.cursor() as cursor:
        cursor.execute(RULES)
        there = set(cursor.fetchall())
        cursor.execute(COLUMNS)
        columns = {(table, name): tuple(has) for table, name, *has in cursor.fetchall()}
    declared = {
        (model._meta.db_table, rule.name)
        for model in _tables()
        for rule in (*model._meta.constraints, *model._meta.indexes)
    }
    missing = (declared | set(RULES_BESIDE_THE_MODELS)) - there
    return [f"{table}: {name}" for table, name in sorted(missing)] + [
        f"{table}: {column} {what}"
        for table, column, asked in _declared_columns()
        for what, is_asked, is_so in zip(
            ("is not unique", "points nowhere", "may be empty"),
            asked,
            columns.get((table, column), (False, False, False)),
            strict=True,
        )
        if is_asked and not is_so
    ]


def _tables() -> Iterator[type[models.Model]]:
    """The models with a table that migrations made."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy:
            yield model


def _declared_columns() -> Iterator[tuple[str, str, tuple[bool, bool, bool]]]:
    """Each column, and whether its field is unique, a foreign key, and never empty."""
    for model in _tables():
        for field in model._meta.local_concrete_fields:
            is_generated = isinstance(field, models.GeneratedField)  # PostgreSQL fills it always
            is_filled = not field.null and not is_generated
            asked = field.unique, getattr(field, "db_constraint", False), is_filled
            yield model._meta.db_table, str(field.column), asked


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
    Oracle("A1", "triggers that a setting can silence", triggers_that_a_setting_silences),
    Oracle("R5", "a constraint or an index that is missing", rules_that_are_missing),
    Oracle("R5", "a constraint or an index that is not valid", constraints_that_prove_nothing),
    Oracle("R1", "a setting by which an acknowledged write is lost", settings_that_lose_writes),
    Oracle("T4", "an act that lies in the future", moments_in_the_future),
    Oracle("X1", "an address that does not say who may use it", views_that_declare_nothing),
)
