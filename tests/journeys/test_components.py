"""The components in a real browser: accessible, in place on a phone, and led by the keyboard."""

from typing import Any

import pytest
from playwright.sync_api import expect

from smart360.staff.choices import Role
from tests.journeys.conftest import accessibility_violations

pytestmark = pytest.mark.browser

DESK = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
SMALL_TARGETS = """() => [...document.querySelectorAll('a, button, input, select, summary')]
  .filter((e) => {
    const box = e.getBoundingClientRect();
    const inLine = getComputedStyle(e).display === 'inline';
    const isBox = e.matches('[type=checkbox], [type=radio]'); // its label is the target
    return box.width > 1 && !inLine && !isBox && (box.height < 24 || box.width < 24);
  })
  .map((e) => e.outerHTML.slice(0, 120))"""
SMALL_LABELS = """() => [...document.querySelectorAll('label.form-check, label.s-slot')]
  .map((e) => e.getBoundingClientRect())
  .filter((box) => box.height < 24 || box.width < 24).length"""


@pytest.fixture
def gallery(page: Any, client_as: Any, live_server: Any, utility: Any) -> Any:
    """The gallery, opened by a signed-in person."""
    client = client_as(Role.CSE)
    session = client.cookies[next(name for name in client.cookies if "session" in name)]
    page.context.add_cookies(
        [{"name": session.key, "value": session.value, "url": live_server.url}]
    )
    page.goto("/gallery/")
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    return page


def focused(page: Any) -> Any:
    return page.evaluate("document.activeElement.id")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_component_is_accessible_and_in_place(
    gallery: Any, live_server: Any, theme: str
) -> None:
    gallery.context.add_cookies([{"name": "theme", "value": theme, "url": live_server.url}])
    gallery.reload()
    assert gallery.locator(f"html[data-bs-theme={theme}]").count() == 1
    for window in (DESK, PHONE):
        gallery.set_viewport_size(window)
        gallery.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
        assert accessibility_violations(gallery) == []
        assert gallery.evaluate("document.documentElement.scrollWidth") <= window["width"]
        assert gallery.evaluate(SMALL_TARGETS) == []
        assert gallery.evaluate(SMALL_LABELS) == 0


def test_the_top_bar_stays_in_sight(gallery: Any) -> None:
    gallery.set_viewport_size(DESK)
    gallery.evaluate("scrollTo(0, 3000)")
    assert gallery.locator(".s-top").bounding_box()["y"] == 0


def test_open_dialogs_are_accessible(gallery: Any) -> None:
    for key, name in (("?", "Keyboard shortcuts"), ("h", "Put on Hold")):
        gallery.keyboard.press(key)
        expect(gallery.get_by_role("dialog", name=name)).to_be_visible()
        assert accessibility_violations(gallery) == []
        gallery.keyboard.press("Escape")
        expect(gallery.get_by_role("dialog", name=name)).to_be_hidden()


def test_the_palette_goes_finds_and_acts(gallery: Any) -> None:
    gallery.keyboard.press("Control+k")
    gallery.keyboard.type("put on")
    expect(gallery.locator("#palette-list [aria-selected=true]")).to_contain_text("Put on Hold")
    assert accessibility_violations(gallery) == []
    gallery.keyboard.press("Enter")
    expect(gallery.get_by_role("dialog", name="Put on Hold")).to_be_visible()
    assert focused(gallery) == "hold_reason"


def test_the_keys_of_a_list_move_and_view(gallery: Any) -> None:
    gallery.keyboard.press("j")
    gallery.keyboard.press("j")
    gallery.keyboard.press("k")
    expect(gallery.locator("tr.is-at")).to_contain_text("DIS-2024-001")
    gallery.keyboard.press("Enter")
    gallery.wait_for_url("**/gallery/?n=1")


def test_keys_inside_a_form(gallery: Any) -> None:
    """Single keys rest in a field, Enter goes on to the next one, Alt goes to a section."""
    gallery.locator("#filled_notes").fill("")
    gallery.keyboard.type("h")
    expect(gallery.locator("#filled_notes")).to_have_value("h")
    expect(gallery.get_by_role("dialog", name="Put on Hold")).to_be_hidden()
    gallery.locator("#filled_on").focus()
    gallery.keyboard.press("Enter")
    assert focused(gallery) == "filled_no_preference"
    gallery.keyboard.press("Alt+2")
    assert focused(gallery) == "filled_reason"


def test_the_counter_counts_code_points(gallery: Any) -> None:
    """AC006: the page counts as the server does."""
    counter = gallery.locator("[data-counter=filled_notes]")
    gallery.locator("#filled_notes").fill("e\u0301\n\U0001f468\u200d\U0001f469")
    expect(counter).to_have_text("5 of 250")
    gallery.locator("#filled_notes").fill("x" * 251)
    expect(counter).to_have_class("s-nowrap is-over")


def test_the_clock_turns_over_and_says_so_once(gallery: Any) -> None:
    gallery.evaluate(
        """() => {
          const chip = document.querySelector('.s-sla.t-green');
          const time = chip.querySelector('time').cloneNode(true);
          time.dataset.at = '2024-12-10T20:45:00+00:00';
          time.dateTime = '2024-12-10T20:45:02+00:00';
          chip.querySelector('time').replaceWith(time);
          chip.id = 'turning';
        }"""
    )
    chip = gallery.locator("#turning")
    expect(chip).to_contain_text("Overdue by 0 m")
    expect(chip).to_have_class("s-sla t-red is-over")
    expect(gallery.locator("#live")).to_contain_text("SLA Breached")


def test_a_row_of_cases_turns_over_and_says_so(gallery: Any) -> None:
    """It is not the chip's markup: seconds after its table's moment, and classes of the row."""
    row = gallery.get_by_role("row", name="DIS-2024-001230")
    bar = row.get_by_role("progressbar", name="On Track · 18 h 45 m")
    expect(bar).to_be_visible()
    expect(row.get_by_role("rowheader")).to_have_text("DIS-2024-001230")
    expect(row.get_by_role("link", name="View DIS-2024-001230")).to_be_visible()
    clock = row.locator("label")
    clock.evaluate("(clock) => { clock.dataset.warns = 2; }")
    expect(clock).to_contain_text("At risk · 18 h 45 m")
    expect(row).to_have_class("pe hi ri")
    expect(gallery.locator("#live")).to_contain_text("DIS-2024-001230: SLA At risk")
    clock.evaluate("(clock) => { clock.dataset.due = 4; }")
    expect(clock).to_have_text("Overdue by 0 m")
    expect(row).to_have_class("pe hi la")
    expect(row.get_by_role("progressbar")).to_have_count(0)
    expect(gallery.locator("#live")).to_contain_text("DIS-2024-001230: SLA Breached")


def test_the_theme_changes_at_once_and_is_remembered(gallery: Any) -> None:
    gallery.get_by_role("button", name="Dark theme").click()
    expect(gallery.locator("html")).to_have_attribute("data-bs-theme", "dark")
    gallery.reload()
    expect(gallery.locator("html")).to_have_attribute("data-bs-theme", "dark")
    expect(gallery.get_by_role("button", name="Light theme")).to_be_visible()


def test_the_search_lists_what_the_server_finds(gallery: Any) -> None:
    answer = (
        '<li role="option" data-value="ACC-1">John Smith</li>'
        '<li role="option" data-value="ACC-2" aria-disabled="true">Dorothy Smith</li>'
        '<li role="option" data-value="ACC-3">Peter Smiles</li>'
        "<li data-status>3 consumers found</li>"
    )
    gallery.route("**/gallery/options?q=smi", lambda route: route.fulfill(body=answer))
    asked = []
    gallery.on("request", lambda request: asked.append(request.url))
    box = gallery.get_by_role("combobox", name="Search consumer", exact=True)
    found = gallery.locator("s-combobox.s-field [data-found]").first
    box.press_sequentially("sm")
    expect(found).to_have_text("Enter at least 3 characters")
    gallery.wait_for_timeout(400)
    assert asked == []
    box.press_sequentially("i")
    expect(box).to_have_attribute("aria-expanded", "true")
    expect(found).to_have_text("3 consumers found")
    assert accessibility_violations(gallery) == []
    gallery.evaluate(
        "document.addEventListener("
        "'s-chosen', (e) => { e.preventDefault(); window.got = e.detail; })"
    )
    box.press("ArrowDown")  # over the one who cannot be chosen
    box.press("Enter")
    assert gallery.evaluate("window.got.value") == "ACC-3"
    expect(box).to_have_attribute("aria-expanded", "false")


def test_a_form_is_sent_once(gallery: Any) -> None:
    """A double press sends one request; the button says that it is being sent."""
    gallery.evaluate(
        """() => {
          window.sent = 0;
          window.addEventListener('submit', (event) => {
            if (!event.defaultPrevented) window.sent += 1;
            event.preventDefault();
          });
        }"""
    )
    gallery.get_by_role("button", name="Acknowledgement").dblclick()
    expect(gallery.get_by_role("button", name="Submitting …")).to_be_disabled()
    assert gallery.evaluate("window.sent") == 1


def test_without_javascript_the_dialog_opens_by_its_address(
    browser: Any, gallery: Any, live_server: Any
) -> None:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    context.add_cookies(gallery.context.cookies())
    plain = context.new_page()
    plain.goto("/gallery/")
    plain.get_by_role("button", name="Put on Hold").first.click()
    expect(plain.locator("dialog#hold")).to_be_visible()
    context.close()


def test_what_is_typed_is_kept_as_a_draft(gallery: Any) -> None:
    """DIS4: a second after the last letter, without keeping a forgotten session alive."""
    asked = []

    def answer(route: Any) -> None:
        asked.append(route.request)
        route.fulfill(status=204)

    gallery.route("**/drafts/sample", answer)
    gallery.evaluate(
        "document.querySelector('form[data-enter-next]').dataset.draftUrl = '/drafts/sample'"
    )
    gallery.locator("#filled_notes").fill("Bring a ladder")
    expect(gallery.locator("[data-drafted]")).to_have_text("Saved as a draft just now")
    assert len(asked) == 1
    assert asked[0].headers["x-background"] == "true"
    assert asked[0].headers["x-csrftoken"]
    assert "Bring a ladder" in asked[0].post_data
    assert "csrfmiddlewaretoken" not in asked[0].post_data
