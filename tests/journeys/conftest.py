"""A real Chromium for the journeys, and a page that reports what a person would trip over."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Route, sync_playwright

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
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=[*BROWSER_FLAGS])
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, live_server: Any) -> Iterator[Page]:
    """A page that stays on this machine and on which no script fails and no policy is broken."""
    context = browser.new_context(base_url=live_server.url, locale="en-US")
    page = context.new_page()
    trouble: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        # A 4xx answer is part of many a journey; the journey itself looks at it.
        if message.type == "error" and "Failed to load resource" not in message.text:
            trouble.append(message.text)

    def stay_here(route: Route) -> None:
        if route.request.url.startswith((live_server.url, "data:", "blob:")):
            route.continue_()
        else:
            trouble.append(f"asked {route.request.url}")
            route.abort()

    page.route("**/*", stay_here)
    page.on("console", heard)
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.set_default_timeout(15_000)
    yield page
    context.close()
    assert trouble == []


def accessibility_violations(page: Page) -> list[str]:
    """What axe finds on the page as it is now, one line each (WCAG 2.2 AA)."""
    # evaluate() runs in the page without a script tag, so the content policy is not in its way.
    page.evaluate(AXE.read_text())
    found: list[dict[str, Any]] = page.evaluate(
        "async () => (await axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a',"
        " 'wcag21aa', 'wcag22aa', 'best-practice']})).violations"
    )
    return [
        f"{each['id']}: {node['target']} {node.get('failureSummary', '')}"
        for each in found
        for node in each["nodes"]
    ]
