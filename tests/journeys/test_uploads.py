"""The upload control in a real browser, led by the mouse and by the keyboard alone.

Where the files go is no matter here: the answers are fragments of the component itself.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.template import Context, Template
from playwright.sync_api import expect

from smart360.staff.choices import Role
from smart360.web.gallery import uploads
from smart360.web.shown import RefusedUpload, Upload, UploadList
from tests.journeys.conftest import accessibility_violations
from tests.journeys.test_components import DESK, PHONE, gallery

pytestmark = pytest.mark.browser
__all__ = ["gallery"]

DROP = """([names]) => {
  const carried = new DataTransfer();
  for (const name of names) carried.items.add(new File(["x".repeat(2000)], name));
  const place = document.querySelector("#evidence .s-drop strong");
  const how = { bubbles: true, cancelable: true, dataTransfer: carried };
  for (const type of ["dragover", "drop"]) place.dispatchEvent(new DragEvent(type, how));
}"""


class Server:
    """Takes what ends in .pdf, refuses the rest, and knows what was asked of it."""

    def __init__(self) -> None:
        self.files: list[Upload] = []
        self.asked: list[str] = []
        self.status = 200

    def answer(self, route: Any) -> None:
        request = route.request
        body = request.post_data_buffer or b""
        self.asked.append(body.decode("latin-1"))
        assert request.headers["hx-request"] == "true"
        if self.status != 200:
            route.fulfill(status=self.status, body="<h1>No</h1>", content_type="text/html")
            return
        refused = []
        if "remove=" in request.url:
            del self.files[0]
        else:
            name = self.asked[-1].split('filename="')[1].split('"')[0]
            if name.endswith(".pdf"):
                self.files.append(Upload(name, "PDF", 2000, f"/gallery/?remove={len(self.files)}"))
            else:
                refused = [RefusedUpload(name, "Only PDF, JPG and PNG files are accepted")]
        shown = replace(uploads(), files=self.files, refused=refused)
        route.fulfill(
            status=422 if refused else 200, body=fragment(shown), content_type="text/html"
        )


def fragment(shown: UploadList) -> str:
    template = Template('{% load ui %}{% upload_list shown id="evidence" %}')
    return template.render(Context({"shown": shown, "csrf_token": "x"}))


def a_pdf(name: str) -> Any:
    return {"name": name, "mimeType": "application/pdf", "buffer": b"0123456789"}


@pytest.fixture
def server(gallery: Any) -> Server:
    server = Server()
    gallery.route(lambda url: "upload=" in url or "remove=" in url, server.answer)
    return server


@pytest.fixture
def drop(gallery: Any) -> Callable[..., None]:
    return lambda *names: gallery.evaluate(DROP, [list(names)])


def test_dropped_files_are_sent_one_by_one_and_listed(
    gallery: Any, server: Server, drop: Callable[..., None]
) -> None:
    zone = gallery.locator("#evidence")
    drop("a.pdf", "b.pdf", "c.mp3", "d.pdf")
    expect(zone.get_by_text("3 of 5 files")).to_be_visible()
    expect(zone.get_by_role("alert")).to_have_text(
        "c.mp3 was not added. Only PDF, JPG and PNG files are accepted"
    )
    expect(zone.locator("[data-sending]")).to_be_hidden()
    assert [file.title for file in server.files] == ["a.pdf", "b.pdf", "d.pdf"]
    keys = {asked.split('name="form_key"')[1].split("--")[0] for asked in server.asked}
    assert len(keys) == 4, "each file is a form of its own"
    assert all('name="csrfmiddlewaretoken"' in asked for asked in server.asked)
    expect(gallery.locator("#live")).to_have_text("d.pdf added, 3 of 5 files")
    drop("e.pdf")
    expect(zone.get_by_role("alert")).to_have_count(0)
    expect(zone.get_by_text("4 of 5 files")).to_be_visible()


def test_files_are_chosen_and_removed_by_the_keyboard_alone(gallery: Any, server: Server) -> None:
    zone = gallery.locator("#evidence")
    names = iter(("a.pdf", "b.pdf"))
    gallery.on("filechooser", lambda chooser: chooser.set_files(a_pdf(next(names))))
    zone.get_by_role("button", name="Choose Files").focus()
    for name in ("a.pdf", "b.pdf"):
        gallery.keyboard.press("Enter")
        expect(zone.get_by_role("button", name=f"Remove {name}")).to_be_visible()
    gallery.keyboard.press("Tab")
    expect(zone.get_by_role("button", name="Remove a.pdf")).to_be_focused()
    gallery.keyboard.press("Enter")
    expect(zone.get_by_text("1 of 5 files")).to_be_visible()
    expect(zone.get_by_role("button", name="Remove b.pdf")).to_be_focused()
    expect(gallery.locator("#live")).to_have_text("a.pdf removed, 1 of 5 files")
    gallery.keyboard.press("Enter")
    expect(zone.get_by_text("0 of 5 files")).to_be_visible()
    expect(zone.get_by_role("button", name="Choose Files")).to_be_focused()


def test_what_is_too_large_is_never_sent(gallery: Any, server: Server) -> None:
    zone = gallery.locator("#evidence")
    gallery.evaluate("document.querySelector('#evidence').dataset.largest = '9'")
    zone.locator("input[type=file]").set_input_files(a_pdf("long.pdf"))
    expect(zone.get_by_role("alert").first).to_have_text(
        "long.pdf was not added. long.pdf is larger than 10 MB"
    )
    assert server.asked == []


@pytest.mark.parametrize("status", [413, 500])
def test_what_could_not_be_sent_is_tried_again(
    gallery: Any, server: Server, drop: Callable[..., None], status: int
) -> None:
    zone = gallery.locator("#evidence")
    server.status = status
    drop("a.pdf")
    expect(zone.get_by_text("Not sent")).to_be_visible()
    expect(gallery.locator("#page-notes [role=alert]")).to_be_visible()
    assert accessibility_violations(gallery) == []
    server.status = 200
    zone.get_by_role("button", name="Try again").click()
    expect(zone.get_by_text("1 of 5 files")).to_be_visible()
    first, second = (asked.split('name="form_key"')[1].split("--")[0] for asked in server.asked)
    assert first == second, "tried again it is the same form"


def test_no_connection_is_said_and_can_be_cancelled(
    gallery: Any, drop: Callable[..., None]
) -> None:
    gallery.route(lambda url: "upload=" in url, lambda route: route.abort())
    drop("a.pdf")
    zone = gallery.locator("#evidence")
    expect(zone.get_by_text("Not sent: no connection")).to_be_visible()
    zone.get_by_role("button", name="Cancel a.pdf").click()
    expect(zone.locator("[data-sending]")).to_be_hidden()
    expect(zone.get_by_role("button", name="Choose Files")).to_be_focused()


def test_a_file_dropped_beside_the_place_opens_nothing(gallery: Any, server: Server) -> None:
    gallery.evaluate(DROP.replace("#evidence .s-drop strong", "h1"), [["a.pdf"]])
    assert gallery.url.endswith("/gallery/")
    assert server.asked == []


@pytest.mark.parametrize("window", [DESK, PHONE])
def test_it_is_accessible_while_it_sends(
    gallery: Any, drop: Callable[..., None], window: Any
) -> None:
    gallery.route(lambda url: "upload=" in url, lambda route: None)  # no answer yet
    gallery.set_viewport_size(window)
    drop("a very long name of a file that somebody took with a phone.pdf", "b.pdf")
    expect(gallery.get_by_role("progressbar", name="b.pdf")).to_be_visible()
    assert accessibility_violations(gallery) == []
    assert gallery.evaluate("document.documentElement.scrollWidth") <= window["width"]
    gallery.evaluate("document.querySelector('#evidence').remove()")  # let the page go


def test_without_a_script_there_is_a_plain_form(
    browser: Any, live_server: Any, client_as: Any, utility: Any
) -> None:
    client = client_as(Role.CSE)
    session = client.cookies[next(name for name in client.cookies if "session" in name)]
    context = browser.new_context(java_script_enabled=False, base_url=live_server.url)
    context.add_cookies([{"name": session.key, "value": session.value, "url": live_server.url}])
    page = context.new_page()
    page.goto("/gallery/")
    zone = page.locator("#evidence")
    expect(zone.get_by_label("Choose Files")).to_be_visible()
    expect(zone.get_by_role("button", name="Upload")).to_be_visible()
    expect(zone.locator("[data-choose]")).to_be_hidden()
    context.close()
