"""Static files: what is vendored is what the manifest says, and ours keep to their size."""

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from smart360.web import tones
from smart360.web.templatetags.ui import lists

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "static"
VENDORED = ("static/vendor", "static/fonts", "tests/vendor")
PACKAGES = json.loads((STATIC / "vendor" / "manifest.json").read_text())["packages"]
SUMS = {path: digest for package in PACKAGES for path, digest in package["sha256"].items()}
LONGEST_STYLESHEET = 500
LONGEST_SCRIPT = 300
STYLESHEETS = sorted((STATIC / "css").glob("*.css"))
SCRIPTS = sorted((STATIC / "js").glob("*.js"))
NEVER_IN_A_SCRIPT = ("eval(", "new Function", "document.write", 'setAttribute("on', ".onclick")


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_every_vendored_file_is_the_one_in_the_manifest() -> None:
    for path, digest in SUMS.items():
        assert hashlib.sha256((ROOT / path).read_bytes()).hexdigest() == digest, path


def test_nothing_is_vendored_beside_the_manifest() -> None:
    here = {relative(p) for top in VENDORED for p in (ROOT / top).rglob("*") if p.is_file()}
    assert here - {"static/vendor/manifest.json"} == set(SUMS) - {"static/icons.svg"}


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package["name"])
def test_every_package_says_what_it_is(package: Any) -> None:
    assert package["version"]
    assert package["licence"] in {"MIT", "0BSD", "OFL-1.1", "MPL-2.0"}
    assert package["source"] in {"npm", "apt"}


def test_no_stylesheet_asks_for_a_map_or_a_foreign_host() -> None:
    for path in [*STYLESHEETS, *(STATIC / "vendor").rglob("*.css")]:
        text = path.read_text()
        assert "sourceMappingURL" not in text, path
        assert not re.search(r"url\(\s*[\"']?(https?:)?//", text), path
        assert "@import" not in text, path


def test_what_a_stylesheet_names_is_there() -> None:
    for path in STYLESHEETS:
        for named in re.findall(r'url\("([^")]+)"\)', path.read_text()):
            assert named.startswith("data:") or (path.parent / named).resolve().is_file(), named


def paths_of(drawing: str) -> list[str]:
    """What an icon draws, without how it is put into its file."""
    return re.findall(r"<path d=[\"']([^\"']+)[\"']", drawing)


def test_the_icons_of_rows_are_those_of_the_sprite() -> None:
    """marks.css is written by hand: each state of a row has its icon, drawn as everywhere else."""
    sprite = (STATIC / "icons.svg").read_text()
    drawn = dict(re.findall(r'<symbol id="([^"]+)"[^>]*>(.*?)</symbol>', sprite, re.DOTALL))
    marks = (STATIC / "css" / "marks.css").read_text()
    rules = {
        name: unquote(picture)
        for name, picture in re.findall(r'^  --i-([\w-]+): url\("([^"]+)"\);$', marks, re.MULTILINE)
    }
    tables = (tones.CASE_STATUS, tones.PRIORITY, tones.SLA, tones.ACCOUNT_STATUS)
    assert set(rules) == {badge.icon for table in tables for badge in table.values()}
    for name, picture in rules.items():
        assert paths_of(picture), name
        assert paths_of(picture) == paths_of(drawn[name]), name
        assert f".i-{name} {{ --i: var(--i-{name}); }}" in marks


@pytest.mark.parametrize(
    ("column", "own", "table", "rows"),
    [
        (7, lists.STATUS_MARKS, tones.CASE_STATUS, "s-requests"),
        (8, lists.PRIORITY_MARKS, tones.PRIORITY, "s-requests"),
        (9, lists.SLA_MARKS, tones.SLA, "s-requests"),
        (5, lists.ACCOUNT_MARKS, tones.ACCOUNT_STATUS, "s-accounts"),
    ],
)
def test_the_class_of_a_row_draws_its_states_as_everywhere(
    column: int, own: Mapping[str, str], table: Mapping[str, tones.Badge], rows: str
) -> None:
    assert own.keys() == table.keys()
    assert len(set(own.values())) == len(own)
    marks = (STATIC / "css" / "marks.css").read_text()
    for code, badge in table.items():
        rule = f".{rows} .{own[code]} td:nth-child({column}) {{ --c: var(--s-{badge.tone});"
        (found,) = [line for line in marks.splitlines() if line.startswith(rule)]
        assert f"--i: var(--i-{badge.icon});" in found


@pytest.mark.parametrize("path", STYLESHEETS, ids=relative)
def test_a_stylesheet_stays_short(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= LONGEST_STYLESHEET


@pytest.mark.parametrize("path", SCRIPTS, ids=relative)
def test_a_script_is_short_and_says_what_it_does(path: Path) -> None:
    text = path.read_text()
    assert text.startswith("// ")
    assert len(text.splitlines()) < LONGEST_SCRIPT
    for word in NEVER_IN_A_SCRIPT:
        assert word not in text, word


def test_paper_uses_plain_css_only() -> None:
    """WeasyPrint reads this file: no custom properties, no newer colour functions, no grid."""
    text = re.sub(r"/\*.*?\*/", "", (STATIC / "css" / "receipt.css").read_text(), flags=re.DOTALL)
    for word in ("var(", "light-dark(", "color-mix(", "@container", "display: grid"):
        assert word not in text, word
