"""A real Chromium for the journeys, and a page that reports what a person would trip over."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Route,
    ViewportSize,
    expect,
    sync_playwright,
)

from smart360.staff.choices import Role
from smart360.staff.models import Person

EXPECTED = (
    "Failed to load resource",  # a 4xx answer is part of many a journey, which looks at it itself
    "htmx:afterRequest",  # a search as one types lets go of the answer to what was typed before
    "htmx:sendAbort",
)
"""What the console calls an error and is none."""

PASSWORD = "a-long-enough-password"
"""What the fixture ``person`` gives everybody."""

PHONE = ViewportSize(width=390, height=844)
PATIENCE = 15_000  # milliseconds; a busy machine is slow, not wrong
BROWSER_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
REPORT_BROKEN_POLICIES = (
    "document.addEventListener('securitypolicyviolation', (event) => window.heardByTheTest("
    "`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));"
)
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = Path(__file__).parents[1] / "vendor" / "axe" / "axe.min.js"


@pytest.fixture(scope="session", autouse=True)
def _django_beside_playwright() -> Iterator[None]:
    """Playwright keeps an event loop in this thread; Django would take every query for a slip."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    yield
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The machine's Chromium. Without one these tests fail; they never skip."""
    executable = os.environ.get("CHROMIUM", "")
    if not executable:
        pytest.fail(
            "The browser tests need Chromium. Type: sudo apt-get install -y chromium; "
            "then run ./dev test again.",
            pytrace=False,
        )
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=[*BROWSER_FLAGS])
        yield browser
        browser.close()


class Watched:
    """Contexts of the one browser whose pages stay on this machine and report their troubles."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.browser = browser
        self.url = url
        self.trouble: list[str] = []
        self.contexts: list[BrowserContext] = []

    def open(self, **options: Any) -> Page:
        """A page in a context of its own, as another person's browser is."""
        context = self.browser.new_context(base_url=self.url, locale="en-US", **options)
        self.contexts.append(context)
        context.expose_function("heardByTheTest", self.broken)
        context.add_init_script(REPORT_BROKEN_POLICIES)
        context.on("page", self.watch)
        context.route("**/*", self.stay_here)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        return page

    def watch(self, page: Page) -> None:
        """Hear what goes wrong on a page, also in a second tab."""
        page.on("console", self.heard)
        page.on("pageerror", lambda error: self.trouble.append(str(error)))

    def broken(self, policy: str) -> None:
        """Keep what the content policy had to stop."""
        self.trouble.append(policy)

    def heard(self, message: ConsoleMessage) -> None:
        """Keep what the console complains about."""
        if message.type == "error" and not message.text.startswith(EXPECTED):
            self.trouble.append(message.text)

    def stay_here(self, route: Route) -> None:
        """Ask nobody but the server under test."""
        if route.request.url.startswith((self.url, "data:", "blob:")):
            route.continue_()
        else:
            self.trouble.append(f"asked {route.request.url}")
            route.abort()


@pytest.fixture
def watched(browser: Browser, live_server: Any) -> Iterator[Watched]:
    """Pages on which no script fails and no policy is broken: ``watched.open()``."""
    watched = Watched(browser, live_server.url)
    yield watched
    for context in watched.contexts:
        context.close()
    assert watched.trouble == []


@pytest.fixture
def page(watched: Watched) -> Page:
    """One page of one person."""
    return watched.open()


SignIn = Callable[..., Page]


@pytest.fixture
def at_desk(watched: Watched, client_as: Callable[..., Client]) -> SignIn:
    """A browser in which somebody is signed in: ``at_desk(Role.CSE)`` or ``at_desk(person)``."""

    def sit_down(who: Role | Person, **options: Any) -> Page:
        page = watched.open(**options)
        client = client_as(who)
        name = settings.SESSION_COOKIE_NAME
        value = str(client.cookies[name].value)
        page.context.add_cookies([{"name": name, "value": value, "url": watched.url}])
        return page

    return sit_down


def by_tabs(page: Page, to: Locator, *, most: int = 60) -> None:
    """Go to a field or button as a hand on the keyboard does; fails when Tab never gets there."""
    for _ in range(most):
        if to.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reaches {to}")


def is_ready(page: Page) -> None:
    """Wait for the scripts of the page: only then do its keys do something."""
    page.wait_for_load_state()


def sign_in_by_keyboard(page: Page, username: str, password: str = PASSWORD) -> None:
    """Through the door, on the page that is open."""
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    by_tabs(page, page.get_by_label("Username"))
    page.keyboard.type(username)
    by_tabs(page, page.get_by_label("Password"))
    page.keyboard.type(password)
    page.keyboard.press("Enter")


def accessibility_violations(
    page: Page, *, rules: str = "", without: str = "", preload: bool = True
) -> list[str]:
    """What axe finds on the page as it is now, one line each (WCAG 2.2 AA).

    ``rules`` asks by these alone, ``without`` leaves some out. Preloading writes style sheets
    anew where one imports another, as Django's do, and the content policy complains of that.
    """
    expect(page.locator(".htmx-request")).to_have_count(0)  # the old content is paler meanwhile
    # evaluate() runs in the page without a script tag, so the content policy is not in its way.
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    kind, values = ("rule", rules.split()) if rules else ("tag", STANDARDS)
    found: list[dict[str, Any]] = page.evaluate(
        "async (options) => (await axe.run(document, options)).violations",
        {
            "runOnly": {"type": kind, "values": values},
            "resultTypes": ["violations"],
            "preload": preload,
            "rules": {
                "target-size": {"enabled": True},
                **{name: {"enabled": False} for name in without.split()},
            },
        },
    )
    return [
        f"{each['id']}: {node['target']} {node.get('failureSummary', '')}"
        for each in found
        for node in each["nodes"]
    ]


def nothing_scrolls_sideways(page: Page) -> None:
    """On a phone all of every table is seen at once: no panel is moved under a finger."""
    wide = page.viewport_size
    assert wide
    page.set_viewport_size(PHONE)
    wider = "each => each.scrollWidth > each.clientWidth && each.getAttribute('aria-label')"
    found = page.evaluate(f"[...document.querySelectorAll('.s-scroll')].map({wider})")
    assert found, "no table is here"
    assert not any(found), found
    page.set_viewport_size(wide)


def looks_right(page: Page, *, in_dark: bool = False) -> None:
    """Clean for axe, wide and on a phone, and never wider than the window; also in the dark."""
    wide = page.viewport_size
    assert wide
    for size in (PHONE, wide):
        page.set_viewport_size(size)
        page.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
        page.wait_for_timeout(250)  # the fade of 120 ms
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        see_all(page, width=size["width"])
        assert accessibility_violations(page) == []
        if in_dark:
            page.evaluate("document.documentElement.dataset.bsTheme = 'dark'")
            page.wait_for_timeout(250)
            # only colours differ from theme to theme
            assert accessibility_violations(page, rules="color-contrast") == []
            page.evaluate("document.documentElement.dataset.bsTheme = 'light'")
    page.set_viewport_size(wide)


def see_all(page: Page, *, width: int) -> None:
    """Open the window so far that nothing lies under what is fixed to its lower edge.

    What lies there is scrolled up by whoever wants it; axe takes it for too small a target.
    """
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": width, "height": height})
