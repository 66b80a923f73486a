"""Templates: nothing inline that the content policy forbids, nothing that is not there."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.template.loader import get_template

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "templates"
PAGES = sorted(path for path in TEMPLATES.rglob("*") if path.suffix in {".html", ".txt"})
HTML = [path for path in PAGES if path.suffix == ".html"]
INLINE = re.compile(
    r"\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|<style\b|javascript:|hx-on|<script(?![^>]*\ssrc=)"
)


def name(path: Path) -> str:
    return path.relative_to(TEMPLATES).as_posix()


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_a_template_can_be_read(path: Path) -> None:
    assert Path(get_template(name(path)).origin.name) == path  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", HTML, ids=name)
def test_nothing_is_inline(path: Path) -> None:
    found = INLINE.search(path.read_text())
    assert found is None, found


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_nothing_is_marked_safe(path: Path) -> None:
    """`|safe` and `autoescape off` are banned; components are safe by themselves."""
    text = path.read_text()
    assert not re.search(r"\|\s*safe(seq)?\b", text)
    if path.suffix == ".html":
        assert "autoescape off" not in text


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_no_tag_hands_on_the_braces_of_a_value(path: Path) -> None:
    """Within a tag a value has no braces; people would read them as they stand."""
    found = re.search(r"{%(?:(?!%}).)*{{", path.read_text())
    assert found is None, found


@pytest.mark.parametrize("path", HTML, ids=name)
def test_every_static_file_named_is_there(path: Path) -> None:
    for named in re.findall(r"{% static [\"']([^\"']+)[\"'] %}", path.read_text()):
        assert finders.find(named), named


@pytest.mark.parametrize("path", HTML, ids=name)
def test_a_form_that_writes_checks_nothing_in_the_browser(path: Path) -> None:
    """The messages are the page's own (spec.md): every written form is novalidate."""
    for head, inside in re.findall(r"(<form\b[^>]*>)(.*?)</form>", path.read_text(), re.DOTALL):
        if 'method="post"' in head and ("{% field" in inside or "{% control" in inside):
            assert "novalidate" in head, head


def answered_fragments() -> Any:
    """Every (template, fragment) that a view answers with."""
    by_name = re.compile(r"\"([\w/]+\.html)#([\w-]+)\"")
    by_call = re.compile(r"page_or_fragment\(\s*request,\s*\"([\w/]+\.html)\",\s*\"([\w-]+)\"")
    views = [
        path
        for app in ("smart360", "consumers", "billing", "disconnections", "complaints")
        for path in (ROOT / app).rglob("*.py")
    ]
    texts = [path.read_text() for path in views]
    return sorted(
        {pair for text in texts for rule in (by_name, by_call) for pair in rule.findall(text)}
    )


@pytest.mark.parametrize(("template", "fragment"), answered_fragments())
def test_a_fragment_has_the_id_of_its_name(template: Any, fragment: Any) -> None:
    """Fragment name = DOM id = refresh target (design.md §7)."""
    text = (TEMPLATES / template).read_text()
    assert f"{{% partialdef {fragment}" in text
    inside = text.split(f"{{% partialdef {fragment}", 1)[1].split("{% endpartialdef", 1)[0]
    if 'role="option"' in inside:  # lines for a list box that the page already has
        return
    assert f'id="{fragment}"' in inside or "{% include" in inside
