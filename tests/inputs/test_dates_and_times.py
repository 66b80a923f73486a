"""A date or a time is typed exactly, in every form there is, or refused (bad-inputs.md §3, 140).

The forms are found twice: as classes, with every field they have, and on the pages, by walking.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django import forms
from django.contrib import admin
from django.test import RequestFactory

from smart360.staff.choices import Role
from smart360.web.fields import ClockTimeField, IsoDateField
from tests.conftest import MakePerson
from tests.inputs.corpus import replaced
from tests.inputs.test_corpus import world as world  # the fixture
from tests.inputs.walker import Target, Walker, is_accepted
from tests.inputs.world import AREAS, World
from tests.seeds import chance_for

pytestmark = pytest.mark.django_db

LENIENT_DATES = (
    "1/2/26", "26-1-2", "2.3.2026", "01/02/2026", "2026-1-2", "2026/01/02", "20260102",
    "2 Jan 2026", "January 2, 2026", "2026-01-02 ", "2026-01-02T00:00",
    "２０２６-01-02", "٢٠٢٦-٠١-٠٢",
)  # fmt: skip
NO_DATES = ("2026-02-30", "2026-13-01", "0000-00-00", "٢٠٢٦-١٢-١٥", "2026-12-99", "--")
OUT_OF_REACH = ("9999-12-31", "10000-01-01", "2027-12-10", "0001-01-01")
"""The last, the one after it, two years from now, the first: no act of money is of such a day."""
LENIENT_TIMES = (
    "9:5", "9:30", "09:30:00", "09:30:15.250", "0930", "9", "09.30", "9:30 PM", "24:00", "９:３０",
)  # fmt: skip
KEEPS_WHAT_IS_TYPED = {"draft_save", "request_save", "request_parts", "request_release"}
"""What is typed and not submitted is kept as it is; `request_review` judges it."""
ONLY_DIVIDES = {("arrangement_new", "first_on")}
"""By what the rows were divided: the button Divide judges it, the rows say what is agreed."""
LENIENT = (forms.DateField, forms.TimeField, forms.DateTimeField, forms.DurationField)
OURS = ("smart360.", "consumers.", "billing.", "disconnections.", "complaints.")


# ------------------------------------------------------------------ as classes
def classes(base: type[forms.BaseForm] = forms.BaseForm) -> Iterator[type[forms.BaseForm]]:
    """Every form of the product; those of a model's row are made anew by Django admin."""
    for each in base.__subclasses__():
        if each.__module__.startswith(OURS) and not issubclass(each, forms.BaseModelForm):
            yield each
        yield from classes(each)


def admin_forms(administrator: Any) -> Iterator[type[forms.BaseForm]]:
    """Every form of Django admin, with the rows inside it."""
    request = RequestFactory().get("/admin/")
    request.user = administrator
    for site in admin.site._registry.values():
        yield site.get_form(request)
        for inline in site.get_inline_instances(request):
            yield inline.get_formset(request).form


def fields_in(form: type[forms.BaseForm]) -> dict[str, forms.Field]:
    """The fields that the form's class declares."""
    return dict(getattr(form, "base_fields", {}))


def lenient_fields(found: Iterator[type[forms.BaseForm]]) -> set[str]:
    """Fields that take what merely looks like a date or a time."""
    return {
        f"{form.__name__}.{name}"
        for form in found
        for name, field in fields_in(form).items()
        if isinstance(field, LENIENT) and not isinstance(field, IsoDateField | ClockTimeField)
    }


def test_no_form_has_a_lenient_field(person: MakePerson) -> None:
    administrator = person(Role.ADMIN)
    assert lenient_fields(classes()) == set()
    assert lenient_fields(admin_forms(administrator)) == set()
    known = {name for form in admin_forms(administrator) for name in fields_in(form)}
    assert {"starts", "ends", "opens", "closes", "day"} <= known


def test_the_control_a_lenient_field_is_found() -> None:
    class Careless(forms.Form):
        since = forms.DateField()
        until = IsoDateField()

    assert lenient_fields(iter([Careless])) == {"Careless.since"}


# ------------------------------------------------------------------ on the pages
def fields_of(target: Target) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The fields whose right value is a date or a time, with what must not do instead."""
    for name, value in target.pairs:
        if name == "slots_on":  # for which day slots were shown; what it says is only compared
            continue
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", str(value)):
            yield name, LENIENT_DATES + NO_DATES
        elif re.fullmatch(r"[0-9]{2}:[0-9]{2}(:[0-9]{2})?", str(value)):
            yield name, LENIENT_TIMES


FOUND_IN: dict[str, set[tuple[str, str]]] = {
    "create complaint": {("complaint_details", "incident_on")},
    "create": {("request_review", "preferred_on"), ("request_submit", "preferred_on")},
    "request": {("request_hold", "resume_on"), ("request_hold", "resume_at")},
    "complaint": {("complaint_hold", "resume_on"), ("complaint_hold", "resume_at")},
    "payments": {("payment_new", "paid_on"), ("deposit_new", "received_on")},
    "settlement": {
        ("final_readings_enter", "-read_on"),
        ("request_hold", "resume_on"),
        ("request_hold", "resume_at"),
    },
    "reconnection": {
        ("reconnection_set", "-read_on"),
        ("request_hold", "resume_on"),
        ("request_hold", "resume_at"),
    },
    "field": {
        ("request_hold", "resume_on"),
        ("request_hold", "resume_at"),
        ("technician_minutes", "day"),
        ("closure_paper_give", "given_on"),
        ("request_add_order", "scheduled_on"),
        ("order_new", "scheduled_on"),
        ("order_schedule", "day"),
        ("order_schedule", "starts"),
        ("order_schedule", "ends"),
    },
    "account": {
        ("arrangement_new", "first_on"),
        ("arrangement_new", "due_on_"),
        ("billing_run_start", "period_from"),
        ("billing_run_start", "period_to"),
        ("reading_enter", "read_on"),
        ("move_out", "moved_on"),
        ("account_holds", "from_on"),
    },
    "rows to add": {
        ("admin:billing_tariff_add", "begins_on"),
        ("admin:disconnections_weatheralert_add", "from_on"),
        ("admin:disconnections_weatheralert_add", "to_on"),
        ("admin:disconnections_timeslot_add", "starts"),
        ("admin:disconnections_timeslot_add", "ends"),
    },
    "rows to change": {
        ("admin:disconnections_timeslot_change", "starts"),
        ("admin:disconnections_timeslot_change", "ends"),
        ("admin:disconnections_protectionrule_change", "not_before"),
        ("admin:disconnections_protectionrule_change", "not_after"),
        ("admin:disconnections_weatheralert_change", "from_on"),
        ("admin:disconnections_weatheralert_change", "to_on"),
        ("admin:organisation_businesscalendar_change", "hours--opens"),
        ("admin:organisation_businesscalendar_change", "hours--closes"),
        ("admin:organisation_businesscalendar_change", "holidays--day"),
    },
}
"""Where a date or a time is typed, by area: form and field, without a row's number."""


def fields_found(world: World, area: str) -> Iterator[tuple[Target, str, tuple[str, ...]]]:
    """Each field of an area's forms that takes a date or a time."""
    for target in world.targets(area):
        if target.method != "get" and target.name not in KEEPS_WHAT_IS_TYPED:
            for name, values in fields_of(target):
                yield target, name, values


def plain(target: Target, name: str) -> tuple[str, str]:
    return target.name, re.sub("[0-9]", "", name)


@pytest.mark.parametrize("area", FOUND_IN)
def test_every_form_found_by_walking_refuses_what_only_looks_right(
    area: str, world: World, amount: Callable[[int, int], int]
) -> None:
    found = list(fields_found(world, area))
    assert {plain(target, name) for target, name, _ in found} == FOUND_IN[area]
    walker, chance, wrong = Walker(), chance_for(f"dates of {area}"), []
    for target, name, values in found:
        for value in chance.sample(values, amount(3, len(values))):
            outcome = walker.attempt(target, replaced(target.pairs, name, value))
            said = "Enter a valid" in outcome.body
            if is_accepted(target, outcome.status) or outcome.wrong or not said:
                wrong.append((target.name, name, value, outcome.status, outcome.wrong))
    assert wrong == []


@pytest.mark.parametrize("area", ["payments", "settlement", "reconnection", "account"])
def test_no_act_of_money_is_of_a_day_out_of_reach(area: str, world: World) -> None:
    """Bad inputs 37, 41, 86: in the future, or long ago; refused in words, never a crash."""
    walker, wrong = Walker(), []
    for target, name, values in fields_found(world, area):
        if values is LENIENT_TIMES or plain(target, name) in ONLY_DIVIDES:
            continue
        for value in OUT_OF_REACH:
            outcome = walker.attempt(target, replaced(target.pairs, name, value))
            if is_accepted(target, outcome.status) or outcome.wrong:
                wrong.append((target.name, name, value, outcome.status, outcome.wrong))
    assert wrong == []


@pytest.mark.night
@pytest.mark.parametrize("area", [area for area in AREAS if area not in FOUND_IN])
def test_nowhere_else_is_a_date_or_a_time_typed(area: str, world: World) -> None:
    assert [plain(target, name) for target, name, _ in fields_found(world, area)] == []


@pytest.mark.parametrize("name", ["from", "to"])
def test_the_list_says_of_a_lenient_date_what_is_wrong(world: World, name: str) -> None:
    """Bad inputs 17, 18: a filter stands in an address, and is refused beside its field."""
    for value in LENIENT_DATES:
        if value != value.strip():
            continue  # an address is typed by hand: blanks around a value are nothing
        page = world.supervisor.get("/cx/disconnections/", {name: value})
        assert page.status_code in (200, 422)
        assert "Enter a valid date." in page.content.decode(), value


@pytest.mark.parametrize("name", ["from", "to"])
@pytest.mark.parametrize("ending", ["", ".csv", ".pdf"])
def test_a_statement_says_of_a_lenient_date_what_is_wrong(
    world: World, name: str, ending: str
) -> None:
    """Bad inputs 17, 18: on the page and in both files."""
    path = f"/cx/consumer-management/{world.owing.account_number}/statement{ending}"
    for value in LENIENT_DATES + NO_DATES:
        if value != value.strip():
            continue
        answer = world.supervisor.get(path, {name: value})
        assert answer.status_code == 422, value
        assert "Enter a valid date." in answer.content.decode(), value
