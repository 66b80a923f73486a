"""The gallery, the theme and the error pages."""

from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from smart360.kernel.errors import Refusal
from smart360.staff.choices import Role


# ------------------------------------------------------------------ gallery
def test_the_gallery_shows_every_component(client_as: Any, utility: Any) -> None:
    response = client_as(Role.CSE).get(reverse("gallery"))
    assert response.status_code == 200
    for css in ("s-case", "s-rail", "s-timeline", "s-msg", "s-kpi", "s-dialog", "s-slot", "s-step"):
        assert css in response.content.decode(), css


def test_the_gallery_is_not_there_in_production(
    client_as: Any, utility: Any, settings: Any
) -> None:
    settings.SHOWS_GALLERY = False
    assert client_as(Role.CSE).get(reverse("gallery")).status_code == 404


def test_the_gallery_wants_a_signed_in_person(utility: Any) -> None:
    assert Client().get(reverse("gallery")).status_code == 302


def test_the_gallery_is_only_looked_at(client_as: Any, utility: Any) -> None:
    assert client_as(Role.CSE).post(reverse("gallery")).status_code == 405


# ------------------------------------------------------------------ theme
@pytest.mark.parametrize(("asked", "kept"), [("dark", "dark"), ("light", "light"), ("x", "light")])
def test_the_theme_is_kept_and_the_first_paint_has_it(
    client_as: Any, utility: Any, asked: Any, kept: Any
) -> None:
    client = client_as(Role.CSE)
    response = client.post(reverse("theme_set"), {"theme": asked, "next": "/gallery/"})
    assert response.status_code == 302
    assert response.url == "/gallery/"
    assert f'data-bs-theme="{kept}"' in client.get(reverse("gallery")).content.decode()


@pytest.mark.parametrize(
    "away", ["https://elsewhere.example/", "//elsewhere.example", "javascript:x"]
)
def test_the_theme_never_leads_away(client_as: Any, utility: Any, away: Any) -> None:
    response = client_as(Role.CSE).post(reverse("theme_set"), {"theme": "dark", "next": away})
    assert response.url == "/"


def test_an_invented_theme_is_never_echoed(client_as: Any, utility: Any) -> None:
    client = client_as(Role.CSE)
    client.cookies["theme"] = '"><script>'
    assert 'data-bs-theme="light"' in client.get(reverse("gallery")).content.decode()


def test_the_theme_wants_a_signed_in_person_and_a_post(client_as: Any, utility: Any) -> None:
    assert Client().post(reverse("theme_set"), {"theme": "dark"}).status_code == 302
    assert client_as(Role.CSE).get(reverse("theme_set")).status_code == 405


# ------------------------------------------------------------------ the shell
def test_the_shell_names_the_utility_the_person_and_the_role(client_as: Any, utility: Any) -> None:
    page = client_as(Role.CSE).get(reverse("gallery")).content.decode()
    assert "Springfield Utilities" in page
    assert "Sarah Johnson" in page
    assert "Customer Service Executive" in page
    assert "Sign out" in page


def test_htmx_evaluates_nothing_and_swaps_refusals(client_as: Any, utility: Any) -> None:
    page = client_as(Role.CSE).get(reverse("gallery")).content.decode()
    for wish in ('"allowEval":false', '"selfRequestsOnly":true', '"code":"422","swap":true'):
        assert wish in page, wish


def test_single_keys_can_be_switched_off(client_as: Any, person: Any, utility: Any) -> None:
    somebody = person(Role.CSE, uses_single_keys=False)
    assert 'data-keys="off"' in client_as(somebody).get(reverse("gallery")).content.decode()


# ------------------------------------------------------------------ what went wrong
@pytest.mark.parametrize("page", ["400.html", "403.html", "404.html", "413.html", "429.html"])
def test_an_error_page_needs_nothing_but_the_utility(page: Any, utility: Any) -> None:
    shown = render_to_string(page, {"utility": utility})
    assert "<h1>" in shown
    assert "Go to your start page" in shown


def test_the_page_of_a_defect_needs_nothing_at_all() -> None:
    """R7: an incident's number, and no more."""
    shown = render_to_string("500.html", {"incident": "abc123"})
    assert "abc123" in shown
    assert "Traceback" not in shown


def test_a_clash_says_who_was_faster(utility: Any) -> None:
    refusal = Refusal("Acknowledged by Karen Lee at 11:00 AM", is_conflict=True, link="/x")
    shown = render_to_string("409.html", {"utility": utility, "refusal": refusal})
    assert "Acknowledged by Karen Lee at 11:00 AM" in shown
    assert "t-blue" in shown


# ------------------------------------------------------------------ a form without its token
OWN = {"HTTP_ORIGIN": "http://testserver"}


def strict(client: Client) -> Any:
    """The same browser, with the token checked as in production."""
    client.handler.enforce_csrf_checks = True
    return client


def test_a_form_that_was_open_too_long_keeps_what_was_typed(client_as: Any, utility: Any) -> None:
    client = strict(client_as(Role.CSE))
    response = client.post(reverse("theme_set"), {"theme": "dark", "next": "/<x>"}, **OWN)
    page = response.content.decode()
    assert response.status_code == 403
    assert "Reload and try again" in page
    assert 'name="next" value="/&lt;x&gt;"' in page
    assert 'name="csrfmiddlewaretoken"' in page


@pytest.mark.parametrize("origin", [{}, {"HTTP_ORIGIN": "https://elsewhere.example"}])
def test_a_form_from_elsewhere_is_not_made_ours(client_as: Any, utility: Any, origin: Any) -> None:
    client = strict(client_as(Role.CSE))
    response = client.post(reverse("theme_set"), {"theme": "dark", "next": "/typed"}, **origin)
    assert response.status_code == 403
    assert "/typed" not in response.content.decode()


def test_a_password_is_never_offered_again(client_as: Any, utility: Any) -> None:
    client = strict(client_as(Role.CSE))
    response = client.post(reverse("theme_set"), {"password": "hunter22"}, **OWN)
    assert "hunter22" not in response.content.decode()
