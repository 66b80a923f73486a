"""The last day that there is, the one after it, the first: typed wherever a day can be typed.

A day after the last or a moment before the first is no day and no moment any more: Python refuses
to count it, and a page that does so answers nobody. Nothing here is a sample: a crash that one
seed in a thousand meets is met by somebody.
"""

import re

import pytest
from django.test import Client

from smart360.organisation.models import Utility
from smart360.staff.choices import Role
from smart360.web.fields import IsoDateField
from tests.access.addresses import ADDRESSES
from tests.access.conftest import worlds as worlds  # the fixture
from tests.access.world import OWN, Things, Worlds
from tests.inputs.corpus import replaced
from tests.inputs.test_corpus import world as world  # the fixture
from tests.inputs.test_dates_and_times import classes, fields_in
from tests.inputs.walker import HTMX, Target, Walker, body_of, encoded
from tests.inputs.world import AREAS, World
from tests.looking import put_back

pytestmark = pytest.mark.django_db

FIRST, LAST = ("0001-01-01", "0001-01-02"), ("9999-12-30", "9999-12-31", "10000-01-01")
BEGINS_EARLY, ENDS_LATE = "Pacific/Kiritimati", "Pacific/Pago_Pago"
ENDS = {BEGINS_EARLY: FIRST, ENDS_LATE: LAST}
"""Days at both ends, each where its midnight lies beyond what UTC can say."""
SAID = {
    "request_list": ("from", "to", "month", "completed"),
    "request_export": ("from", "to", "completed"),
    "complaint_list": ("from", "to", "ended_from", "ended_to", "month"),
    "complaint_export": ("from", "to", "ended_from", "ended_to"),
    "order_list": ("day",),
    "order_board": ("day",),
    "consumer_statement": ("from", "to"),
    "statement_csv": ("from", "to"),
    "statement_pdf": ("from", "to"),
}
"""The addresses that say days or months, with their names."""
OF_MONTHS = {"month", "completed"}


def set_zone(zone: str) -> None:
    Utility.objects.filter(pk=1).update(time_zone=zone)


def typed(name: str, day: str) -> str:
    return day[: day.rindex("-")] if name in OF_MONTHS else day


# ------------------------------------------------------------------ forms
def days_of(target: Target) -> list[str]:
    """The fields of a form that hold a day: by their picker, or by their right value."""
    held = [
        name
        for name, value in target.pairs
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}(-[0-9]{2})?", str(value))
    ]
    return list(dict.fromkeys([*target.days, *held]))


@pytest.mark.parametrize("area", AREAS)
def test_every_form_answers_a_day_out_of_reach(area: str, world: World) -> None:
    targets = world.targets(area)
    wrong = []
    for zone, days in ENDS.items():
        set_zone(zone)
        walker = Walker()
        for target in targets:
            for name in days_of(target):
                for day in days:
                    for is_htmx in (False, True):
                        sent = replaced(target.pairs, name, typed(name, day))
                        outcome = walker.attempt(target, sent, is_htmx=is_htmx)
                        if outcome.wrong:
                            wrong.append((target.name, name, day, is_htmx, outcome.wrong))
    assert wrong == []


# ------------------------------------------------------------------ addresses
Visitors = dict[Role, tuple[str, Things]]


@pytest.fixture
def visitors(worlds: Worlds) -> Visitors:
    """People who may see everything between them: their session, and what is theirs."""
    roles = (Role.SUPERVISOR, Role.ADMIN, Role.RECOVERY)
    worlds_of = {role: worlds.of(role) for role in roles}
    return {role: (each.cookie, each.things[OWN]) for role, each in worlds_of.items()}


def looked_at(
    visitors: Visitors, name: str, query: dict[str, str], *, is_htmx: bool = False
) -> int:
    """The status of an address with this query added."""
    address = ADDRESSES[name]
    role = next(role for role in visitors if address.is_for(role))
    cookie, things = visitors[role]
    path = things.path(address.path)
    path += f"{'&' if '?' in path else '?'}{encoded(query.items())}"
    client = Client(headers=HTMX if is_htmx else None, raise_request_exception=False)
    client.cookies["sessionid"] = cookie
    with put_back():
        answer = client.get(path)
        body_of(answer)
    return int(answer.status_code)


@pytest.mark.parametrize("is_htmx", [False, True], ids=["plain", "by htmx"])
@pytest.mark.parametrize(("zone", "days"), ENDS.items())
def test_every_address_that_says_a_day_answers(
    zone: str, days: tuple[str, ...], visitors: Visitors, *, is_htmx: bool
) -> None:
    """Each name alone, then all of them, on both tabs of a list."""
    set_zone(zone)
    tried = [
        (name, {"tab": tab, **{each: typed(each, day) for each in said}})
        for name, names in SAID.items()
        for said in (*((each,) for each in names), names)
        for day in days
        for tab in ("", "history")
    ]
    found = [
        (name, query, looked_at(visitors, name, query, is_htmx=is_htmx)) for name, query in tried
    ]
    assert [each for each in found if each[2] not in (200, 422)] == []


def test_no_other_address_stumbles_over_a_day(visitors: Visitors) -> None:
    """Every name of a day that any form or list of ours knows, to every page there is."""
    names = {each for names in SAID.values() for each in names} | days_in_forms()
    others = [name for name, each in ADDRESSES.items() if each.get and name not in SAID]
    right = {name: looked_at(visitors, name, {}) for name in others}
    wrong = []
    for zone, day in ((BEGINS_EARLY, FIRST[0]), (ENDS_LATE, LAST[1]), (ENDS_LATE, LAST[2])):
        set_zone(zone)
        query = {each: typed(each, day) for each in names}
        for name in others:
            found = looked_at(visitors, name, query)
            if found not in {right[name], 422}:
                wrong.append((name, day, found))
    assert wrong == []


def days_in_forms() -> set[str]:
    return {
        name
        for form in classes()
        for name, field in fields_in(form).items()
        if isinstance(field, IsoDateField)
    }


def test_every_address_that_says_a_day_is_known(world: World) -> None:
    """What has a picker of a day in a form that is sent by GET stands in the table above."""
    met = {
        (target.name, name)
        for area in AREAS
        for target in world.targets(area)
        if target.method == "get"
        for name in days_of(target)
    }
    assert met
    assert met <= {(name, each) for name, names in SAID.items() for each in names}
