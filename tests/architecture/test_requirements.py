"""docs/requirements.md leaves nothing out, and claims nothing that no test shows."""

import ast
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from smart360.local.environment import ROOT

TABLE = ROOT / "docs" / "requirements.md"
SERIES = {
    "SEC": 3, "CON": 15, "DIS": 18, "BIL": 9, "SO": 5, "CMP": 6, "SLA": 5, "COM": 6,
    "RPT": 2, "ADM": 3, "BEY": 15,
}  # fmt: skip
REQUIREMENTS = [f"{word}{number}" for word, last in SERIES.items() for number in range(1, last + 1)]
NOT_WRITTEN = {7, 18}  # the source document jumps over these two
CRITERIA = [f"AC{number:03d}" for number in range(1, 21) if number not in NOT_WRITTEN]
STATES = ("done", "part: ", "not yet")
TEST = re.compile(r"`([\w/]+\.py)::(\w+)`")
PLACE = re.compile(r"`([\w.-]+/[\w./-]*)`")


@dataclass(frozen=True)
class Row:
    """One requirement or criterion as the document has it."""

    id: str
    where: str
    tests: tuple[tuple[str, str], ...]
    state: str


def rows() -> list[Row]:
    found = []
    for line in TABLE.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if line.startswith("| ") and re.fullmatch(r"[A-Z]{2,3}\d{1,3}", cells[0]):
            assert len(cells) == 5, f"{cells[0]} has {len(cells)} cells"
            found.append(Row(cells[0], cells[2], tuple(TEST.findall(cells[3])), cells[4]))
    return found


@cache
def named_in(path: Path) -> dict[str, str]:
    """The tests of a file with their docstrings."""
    return {
        node.name: ast.get_docstring(node) or ""
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


def test_every_requirement_and_criterion_has_one_row() -> None:
    assert [row.id for row in rows()] == REQUIREMENTS + CRITERIA


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.id)
def test_a_row_is_as_good_as_its_word(row: Row) -> None:
    """Each test and place is there; done and part name a test; what is not there names none."""
    assert row.state.startswith(STATES), row.state
    for file, name in row.tests:
        assert (ROOT / "tests" / file).exists(), file
        assert name in named_in(ROOT / "tests" / file), f"{file} has no {name}"
    for place in PLACE.findall(row.where):
        assert (ROOT / place).exists(), place
    if row.state == "not yet":
        assert not row.tests
    else:
        assert row.tests
        assert PLACE.search(row.where)


@pytest.mark.parametrize("row", [r for r in rows() if r.id in CRITERIA], ids=lambda row: row.id)
def test_a_criterion_is_named_by_the_tests_that_show_it(row: Row) -> None:
    for file, name in row.tests:
        assert row.id in named_in(ROOT / "tests" / file)[name], f"{name} does not name {row.id}"


def test_every_test_that_names_a_criterion_names_one_that_exists() -> None:
    named = {
        criterion
        for path in (ROOT / "tests").rglob("test_*.py")
        for docstring in named_in(path).values()
        for criterion in re.findall(r"\bAC\d{3}\b", docstring)
    }
    assert named <= set(CRITERIA)
