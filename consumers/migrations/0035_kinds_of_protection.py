"""The kinds of protection that most utilities know; and the old holds keep the register's rule."""

from typing import Any

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations

KINDS = (
    "Life support at home",
    "Serious illness",
    "Disability",
    "Infant in the household",
    "Elderly person living alone",
)


def add_kinds(apps: Any, schema_editor: Any) -> None:
    """Each rests on a certificate and blocks a cut for non-payment, as the rules say."""
    kinds = apps.get_model("consumers", "ProtectionKind").objects
    for name in KINDS:
        kinds.get_or_create(name=name, defaults={"hold_kind": "MEDICAL"})


class Migration(migrations.Migration):
    dependencies = [("consumers", "0034_register_of_protected_consumers")]
    operations = [
        migrations.RunPython(add_kinds, migrations.RunPython.noop),
        ValidateConstraint(model_name="accounthold", name="an_entry_of_the_register_has_an_end"),
    ]
