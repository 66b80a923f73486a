"""What the application's own database role may not do.

A model with ``append_only = True`` is kept by grants: the application's role may read it and add
to it, and has neither UPDATE nor DELETE; TRUNCATE it has nowhere (quality.md, A1). DELETE it has
only where the product itself removes rows: a model says ``removable = True``.

Nor may a session bid a trigger be silent. django-pgtrigger's triggers ask a function whether the
setting ``pgtrigger.ignore`` names them, and any role may set that.
"""

from collections.abc import Iterator

from django.apps import apps
from django.db import models

NEVER_SILENT = """
CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name name) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT false'
"""
"""Each migration with a trigger brings the library's own function back, which heeds the setting
and costs a caught error for every row that a trigger is asked about."""

SILENCED_BY_A_SETTING = """
SELECT oid::regprocedure::text FROM pg_proc
 WHERE proname = '_pgtrigger_should_ignore' AND prosrc <> 'SELECT false'
"""

REMOVABLE_ELSEWHERE = {
    # sessions end; wrong passwords are forgotten after the wait, with when that ends
    "sessions.session",
    "axes.accessattempt",
    "axes.accessattemptexpiration",
}


def removable_tables() -> Iterator[str]:
    """The tables from which the product removes rows; from no other may its role."""
    for model in apps.get_models(include_auto_created=True):
        if getattr(model, "removable", False) or model._meta.label_lower in REMOVABLE_ELSEWHERE:
            yield model._meta.db_table


def append_only_tables() -> Iterator[str]:
    """The tables to which rows are only ever added, row history included."""
    for model in apps.get_models(include_auto_created=True):
        if is_append_only(model):
            yield model._meta.db_table


def is_append_only(model: type[models.Model]) -> bool:
    """Whether rows of ``model`` are never changed or removed."""
    if getattr(model, "append_only", False):
        return True
    return hasattr(model, "pgh_tracked_model") and model.__name__.endswith("Event")
