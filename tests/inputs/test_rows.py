"""The table of rows.py claims nothing that no test shows, and leaves no row out."""

import ast
from functools import cache

import pytest

from smart360.local.environment import ROOT
from tests.inputs.rows import LEFT_OUT, NOTES, ROWS

NUMBERS = [
    *(1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 13, 14, 16, 17, 18, 19, 20),
    *(21, 22, 23, 24, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36),
    *(37, 39, 41, 42, 44, 45, 46, 47, 48, 49, 50, 51, 53, 54, 55, 56, 57, 59, 60, 61),
    *(62, 64, 65, 66, 67, 68, 69, 71, 72, 73, 74, 75, 76, 78, 79, 80, 81, 82),
    *(83, 84, 85, 86, 88, 89, 91, 92, 93, 94, 95, 96, 98, 99, 100, 101, 102, 103),
    *(105, 106, 107, 109, 111, 112, 113, 115, 116, 117, 118, 119, 123, 125, 126, 127, 128, 129),
    *(130, 132, 134, 136, 137, 138, 140),
]
"""The rows of bad-inputs.md as they are numbered there."""


@cache
def names_in(file: str) -> frozenset[str]:
    """The names of the tests of a file."""
    tree = ast.parse((ROOT / "tests" / file).read_text())
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    return frozenset(node.name for node in functions if node.name.startswith("test_"))


def test_each_row_is_proved_or_says_why_not() -> None:
    left_out = {number for numbers, _ in LEFT_OUT.values() for number in numbers}
    assert set(NUMBERS) - set(ROWS) <= left_out
    assert {row for row in ROWS if isinstance(row, int)} <= set(NUMBERS) - left_out
    assert set(NOTES) <= set(NUMBERS)


@pytest.mark.parametrize("row", ROWS)
def test_a_row_names_tests_that_exist(row: int | str) -> None:
    assert ROWS[row]
    for node in ROWS[row]:
        file, name = node.split("::")
        assert (ROOT / "tests" / file).exists(), file
        assert names_in(file)
        assert not name or name in names_in(file), node
