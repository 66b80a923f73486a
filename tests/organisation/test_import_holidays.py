"""Calendars in the admin: hours, holidays, the import, and what is refused."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import pytest
from django.test import Client

from smart360.organisation.models import BusinessCalendar, BusinessHours, Holiday
from smart360.staff.choices import Role

pytestmark = pytest.mark.django_db

ADD = "/admin/organisation/businesscalendar/add/"


@pytest.fixture
def admin(client_as: Callable[..., Client]) -> Client:
    return client_as(Role.ADMIN)


def typed(
    *,
    hours: Sequence[tuple[int, str, str]] = (),
    holidays: Sequence[tuple[str, str]] = (),
    **more: Any,
) -> dict[str, Any]:
    """What the admin page of a calendar posts."""
    form = {"name": "Office", "time_zone": "America/Chicago", "is_active": "on"}
    form |= {"hours-TOTAL_FORMS": str(len(hours)), "hours-INITIAL_FORMS": "0"}
    form |= {"holidays-TOTAL_FORMS": str(len(holidays)), "holidays-INITIAL_FORMS": "0"}
    for number, (weekday, opens, closes) in enumerate(hours):
        form |= {
            f"hours-{number}-weekday": str(weekday),
            f"hours-{number}-opens": opens,
            f"hours-{number}-closes": closes,
        }
    for number, (day, name) in enumerate(holidays):
        form |= {f"holidays-{number}-day": day, f"holidays-{number}-name": name}
    return {**form, **more}


def test_a_calendar_with_a_lunch_break_and_a_holiday(admin: Client) -> None:
    answer = admin.post(
        ADD,
        typed(
            hours=[(1, "08:00", "12:00"), (1, "13:00", "17:00")],
            holidays=[("2026-12-25", "Christmas Day")],
        ),
    )
    assert answer.status_code == 302
    assert BusinessHours.objects.count() == 2
    assert Holiday.objects.get().name == "Christmas Day"


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        (typed(hours=[(1, "17:00", "08:00")]), "Closing time must be after opening time."),
        (typed(hours=[(1, "08:00", "08:00")]), "Closing time must be after opening time."),
        (
            typed(hours=[(1, "08:00", "12:00"), (1, "11:00", "17:00")]),
            "This overlaps Monday 08:00–12:00.",
        ),
        (typed(hours=[(8, "08:00", "12:00")]), "Select a valid choice."),
        (typed(hours=[(1, "25:00", "26:00")]), "Enter a valid time."),
        (typed(holidays=[("2026-02-30", "x")]), "Enter a valid date."),
        (typed(holidays=[("2026-12-25", "")]), "This field is required."),
        (
            typed(holidays=[("2026-12-25", "a"), ("2026-12-25", "b")]),
            "Please correct the duplicate data for",
        ),
        (typed(name=""), "This field is required."),
        (typed(name="a\0b"), "Null characters are not allowed."),
        (typed(name="a\u202eb"), "characters that cannot be shown"),
        (typed(time_zone="Mars/Olympus"), "Select a valid choice."),
    ],
)
def test_refuses_beside_the_field(admin: Client, form: dict[str, Any], sentence: str) -> None:
    """bad-inputs 140."""
    answer = admin.post(ADD, form)
    assert answer.status_code == 200  # Django admin's own way of showing a form again
    assert sentence in answer.content.decode()
    assert not BusinessCalendar.objects.exists()


def test_a_name_is_taken_once(admin: Client) -> None:
    admin.post(ADD, typed())
    assert "There is a calendar of this name already." in admin.post(ADD, typed()).content.decode()


def test_public_holidays_are_imported_once(admin: Client) -> None:
    admin.post(ADD, typed(holidays=[("2026-12-25", "Office party")]))
    calendar = BusinessCalendar.objects.get()
    url = f"/admin/organisation/businesscalendar/{calendar.pk}/holidays/"
    assert admin.get(url).status_code == 200
    for _ in range(2):
        answer = admin.post(url, {"country": "US", "subdivision": "il", "year": "2026"})
        assert answer.status_code == 302
    days = dict(Holiday.objects.values_list("day", "name"))
    assert days[date(2026, 12, 25)] == "Office party"
    assert days[date(2026, 11, 26)] == "Thanksgiving Day"
    assert days[date(2026, 2, 12)] == "Lincoln's Birthday"
    assert len(days) == Holiday.objects.count() > 10


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"country": "US", "subdivision": "ZZ", "year": "2026"}, "Choose one of: AK, AL"),
        ({"country": "XX", "subdivision": "", "year": "2026"}, "Select a valid choice."),
        ({"country": "US", "subdivision": "", "year": "2_026"}, "Enter a year, for example 2026."),
        ({"country": "US", "subdivision": "", "year": "99999"}, "Enter a year, for example 2026."),
    ],
)
def test_an_import_of_nonsense_is_refused(
    admin: Client, form: dict[str, str], sentence: str
) -> None:
    admin.post(ADD, typed())
    url = f"/admin/organisation/businesscalendar/{BusinessCalendar.objects.get().pk}/holidays/"
    answer = admin.post(url, form)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_history_shows_who_added_and_removed_what(admin: Client) -> None:
    """SEC3: also what was taken away."""
    admin.post(ADD, typed(holidays=[("2026-12-25", "Christmas Day")]))
    calendar = BusinessCalendar.objects.get()
    holiday = Holiday.objects.get()
    url = f"/admin/organisation/businesscalendar/{calendar.pk}/"
    form = typed(holidays=[("2026-12-25", "Christmas Day")], name="Office hours") | {
        "holidays-INITIAL_FORMS": "1",
        "holidays-0-id": str(holiday.pk),
        "holidays-0-calendar": str(calendar.pk),
        "holidays-0-DELETE": "on",
    }
    assert admin.post(f"{url}change/", form).status_code == 302
    page = admin.get(f"{url}history/").content.decode()
    assert "Name: Office → Office hours" in page
    assert "Removed holiday" in page
    assert page.count("Patricia Moore") >= 4
    assert "Christmas Day" in page


def test_a_calendar_cannot_be_deleted(admin: Client) -> None:
    admin.post(ADD, typed())
    url = f"/admin/organisation/businesscalendar/{BusinessCalendar.objects.get().pk}/delete/"
    assert admin.get(url).status_code == 403
    assert admin.post(url, {"post": "yes"}).status_code == 403
    assert BusinessCalendar.objects.exists()
