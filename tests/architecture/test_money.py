"""Money is exact: no float, no second way of rounding, no column that could hold either (M12)."""

import ast
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.db import models

ROOT = Path(__file__).resolve().parents[2]
BANNED = {"float", "round"}
EXACT = {(14, 2), (16, 2)}
QUANTITIES = {"above", "rate", "percent", "value", "quantity", "of", "consumption"}
"""Columns of billing that are no sums of money."""
NOT_MONEY = {"billing.IntakeAllowance.turns_left"}
"""How often a key may still ask."""


def inexact(source: str) -> Iterator[str]:
    """What in a module could make a sum inexact."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            if node.func.id in BANNED:
                yield f"{node.func.id}() in line {node.lineno}"
        elif isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield f"{node.value} in line {node.lineno}"


def test_billing_knows_no_float() -> None:
    places = [ROOT / "smart360/kernel/money.py", *(ROOT / "billing").rglob("*.py")]
    assert len(places) > 30
    found = {str(place): list(inexact(place.read_text())) for place in places}
    assert {place: words for place, words in found.items() if words} == {}


def test_a_float_would_be_found() -> None:
    assert list(inexact("x = float('1')\ny = round(x)\nz = 0.1")) == [
        "float() in line 1", "round() in line 2", "0.1 in line 3",
    ]  # fmt: skip


def test_sums_have_two_decimal_places() -> None:
    for model in apps.get_app_config("billing").get_models():
        for field in model._meta.concrete_fields:
            name = f"{model._meta.label}.{field.name}"
            assert name in NOT_MONEY or not isinstance(field, models.FloatField), name
            if isinstance(field, models.DecimalField) and not is_quantity(field.name):
                assert (field.max_digits, field.decimal_places) in EXACT, name


def is_quantity(name: str) -> bool:
    return name in QUANTITIES or name.endswith(("_reading", "_interest"))
