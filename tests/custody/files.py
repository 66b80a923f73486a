"""Files of accounts, and the command that takes them over."""

from collections.abc import Callable, Mapping
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from smart360.custody.rules.importing import COLUMNS

Values = Mapping[str, str]
WriteFile = Callable[..., Path]


def example(**values: str) -> dict[str, str]:
    return {column.name: column.example for column in COLUMNS} | values


def numbered(serial: int, **values: str) -> dict[str, str]:
    """An account of its own, with one reading."""
    return example(
        account_number=f"ACC-{serial:06}",
        name=f"Consumer {serial}",
        meter_number=f"EM-{serial:06}",
        device_number=f"D-{serial:06}",
        **{"earlier_readings": ""} | values,
    )


def run(path: Path, **options: Any) -> str:
    said = StringIO()
    call_command("import_consumers", str(path), stdout=said, **options)
    return said.getvalue()


def refused(path: Path, **options: Any) -> str:
    said = StringIO()
    with pytest.raises(CommandError) as error:
        call_command("import_consumers", str(path), stdout=said, **options)
    return said.getvalue() + str(error.value)
