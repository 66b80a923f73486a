"""The upload control as it leaves the server: a plain form, and a list that can be swapped."""

from dataclasses import replace
from typing import Any

import pytest
from django.template import Context, Template

from smart360.web.formats import MEGABYTE
from smart360.web.gallery import uploads
from smart360.web.shown import RefusedUpload, UploadList
from smart360.web.templatetags.ui.uploads import in_megabytes

EMPTY = UploadList(
    files=(),
    upload_url="/up/",
    most_files=5,
    most_bytes=50 * MEGABYTE,
    largest_file=10 * MEGABYTE,
)


def drawn(tag: str, shown: Any) -> str:
    template = Template("{% load ui %}{% " + tag + ' shown id="evidence" %}')
    return template.render(Context({"shown": shown, "csrf_token": "canary"}))


def test_without_a_script_it_is_a_plain_form() -> None:
    html = drawn("uploads", EMPTY)
    assert '<form class="s-drop" method="post" action="/up/" enctype="multipart/form-data"' in html
    assert html.count('name="csrfmiddlewaretoken" value="canary"') == 1
    assert (
        'type="file" id="evidence-file" name="file" multiple accept=".pdf,.jpg,.jpeg,.png"' in html
    )
    assert 'for="evidence-file"' in html
    assert "PDF, JPG or PNG · 10 MB each · 5 files and 50 MB in all" in html
    assert "data-live hidden" in html, "what only works with the script waits for it"


def test_the_list_counts_and_can_be_swapped() -> None:
    html = drawn("upload_list", uploads())
    assert html.startswith('<div class="s-stack-s" id="evidence-list">')
    assert "3 of 5 files" in html
    assert "6.3 of 50 MB" in html
    assert 'value="6608485" max="52428800" aria-label="6.3 of 50 MB used"' in html
    assert html.count('name="csrfmiddlewaretoken" value="canary"') == 3
    assert 'aria-label="Remove bill-november-2024.pdf"' in html
    assert '<div class="s-note t-red" role="alert" data-refused>' in html
    assert "<strong>call-recording.mp3 was not added.</strong> Only PDF, JPG and PNG" in html
    assert html.strip() in drawn("uploads", uploads())


def test_an_empty_list_says_so_in_figures() -> None:
    html = drawn("upload_list", EMPTY)
    assert "0 of 5 files" in html
    assert "0 of 50 MB" in html
    assert "<ul" not in html


def test_names_of_strangers_are_escaped() -> None:
    name = '<img src=x onerror=alert(1)>".pdf'
    one = replace(uploads().files[0], title=name)
    shown = replace(uploads(), files=[one], refused=[RefusedUpload(name, name)])
    html = drawn("uploads", shown)
    assert "<img src=x" not in html
    assert html.count("&lt;img src=x onerror=alert(1)&gt;&quot;.pdf") == 5


def test_a_wrong_argument_raises() -> None:
    with pytest.raises(TypeError):
        drawn("uploads", None)
    with pytest.raises(KeyError):
        drawn("upload_list", replace(EMPTY, files=[replace(uploads().files[0], kind="GIF")]))


@pytest.mark.parametrize(
    ("size", "words"),
    [(0, "0"), (10 * MEGABYTE, "10"), (6_608_485, "6.3"), (MEGABYTE // 2, "0.5")],
)
def test_megabytes_in_figures(size: int, words: str) -> None:
    assert in_megabytes(size) == words
