"""The import contracts hold, and each of them notices a planted violation."""

import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

from smart360.local.environment import ROOT, VENV

CONFIGURATION: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
LINTER: dict[str, Any] = CONFIGURATION["tool"]["importlinter"]

PLANTS = [
    # (contract, file, what is planted there)
    ("apps", "smart360/kernel/text.py", "import smart360.desk.views"),
    ("apps", "consumers/models/accounts.py", "import smart360.cases.models"),
    ("packages", "smart360/helpers/__init__.py", ""),
    ("files", "consumers/utils.py", ""),
    ("files", "consumers/models/accounts.py", "import consumers.operations"),
    ("files", "disconnections/queries.py", "import disconnections.views"),
    ("operations", "disconnections/operations/requests.py", "import consumers.operations"),
    ("operations", "smart360/comms/operations.py", "import smart360.staff.operations"),
    ("transactions", "consumers/queries/accounts.py", "import smart360.kernel.db"),
    ("clock", "consumers/operations.py", "import smart360.kernel.clock"),
    ("pdf", "smart360/comms/models.py", "import weasyprint"),
    ("dev", "smart360/local/terminal.py", "import django"),
]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The code alone, to plant in."""
    for package in LINTER["root_packages"]:
        shutil.copytree(
            ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def lint(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(VENV / "bin" / "lint-imports"), "--no-cache", *arguments]
    return subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)


def test_the_contracts_hold(copy: Path) -> None:
    linted = lint(copy)
    assert linted.returncode == 0, linted.stdout


@pytest.mark.parametrize(("contract", "file", "planted"), PLANTS)
def test_a_planted_violation_is_noticed(copy: Path, contract: str, file: str, planted: str) -> None:
    target = copy / file
    target.parent.mkdir(exist_ok=True)
    before = target.read_text() if target.exists() else '"""Planted."""\n'
    target.write_text(f"{before}\n{planted}\n")
    linted = lint(copy, "--contract", contract)
    assert linted.returncode == 1, linted.stdout
    assert "BROKEN" in linted.stdout or "Missing" in linted.stdout, linted.stdout


def test_every_contract_has_a_planted_violation() -> None:
    contracts = {contract["id"] for contract in LINTER["contracts"]}
    assert contracts == {contract for contract, _, _ in PLANTS}


def test_every_app_s_operations_are_under_contract() -> None:
    """An app whose operations are not named could call those of another."""
    (operations,) = (each for each in LINTER["contracts"] if each["id"] == "operations")
    here = {*ROOT.glob("*/operations*"), *ROOT.glob("smart360/*/operations*")}
    named = {".".join(path.relative_to(ROOT).with_suffix("").parts) for path in here}
    assert named == set(operations["modules"])


def test_every_package_at_the_top_is_under_contract() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    assert packages == set(LINTER["root_packages"])


def test_every_app_keeps_the_house_s_file_names() -> None:
    """An app that is in no contract could grow a utils.py; kernel, web and local have their own."""
    (files,) = (each for each in LINTER["contracts"] if each["id"] == "files")
    apps = {path.parent.relative_to(ROOT) for path in ROOT.glob("*/apps.py")}
    apps |= {path.parent.relative_to(ROOT) for path in ROOT.glob("smart360/*/apps.py")}
    named = {".".join(path.parts) for path in apps}
    assert named - {"smart360.kernel", "smart360.web", "smart360.local"} <= set(files["containers"])
