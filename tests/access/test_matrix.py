"""Every address × visitor × method × object: the answer follows from the tables (quality.md, PERM).

By day a seeded sample, by night everything.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import product
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group

from billing.operations.api_keys import make_key
from disconnections.models import RulePack, WeatherAlert
from smart360.organisation.models import BusinessCalendar
from smart360.staff.choices import Role, SignInOutcome
from smart360.staff.models import SignIn
from smart360.staff.operations import note_at_door
from smart360.staff.permissions import ROLE_PERMISSIONS, Permission
from smart360.web.gate import PUBLIC, SIGNED_IN
from tests.access.addresses import (
    ADDRESSES,
    ADMIN_EXTRA,
    ADMIN_MODELS,
    ADMIN_PAGES,
    ADMIN_READ_ONLY,
    ADMIN_WHOLE,
    ANYBODY,
    COLUMNS,
    Address,
)
from tests.access.visiting import ALL, answer_and_writes, answer_of, body_of
from tests.access.world import (
    ENDED,
    FOREIGN,
    LEFT,
    MISSING,
    NOBODY,
    OBJECTS,
    OWN,
    World,
    Worlds,
    chosen,
)
from tests.billing.rates import make_tariff
from tests.conftest import MakePerson
from tests.fieldwork.working import technician

pytestmark = pytest.mark.django_db
BY_DAY = 40
KEY = f"form_key={uuid4()}"
METHODS = ("GET", "POST", "HEAD", "PUT", "DELETE")
Plant = Callable[[pytest.MonkeyPatch], None]
VISITORS: tuple[Role | str, ...] = (*COLUMNS, NOBODY, LEFT)

DRAFT = {"web_draft"}
REFUSED_BUT_WRITES: dict[str, set[str]] = {
    # refused, and still nothing that was typed is lost (DIS4, CON14): the person's own draft is
    # kept, and a hold that had ended is taken again, with its line
    "request_consumer": DRAFT,
    "request_review": DRAFT,
    "request_submit": DRAFT,
    "consumer_edit": {"consumers_profilelock", "trail_entry"},
}

HTMX = {"HX-Request": "true"}
NOTHING_THERE = 999_999

Visit = tuple[str, str, bool, str]


def everything() -> list[Visit]:
    """Address, method, htmx or plain, object."""
    visits: list[Visit] = []
    for name, address in ADDRESSES.items():
        objects = OBJECTS if address.is_about_a_thing else (OWN,)
        visits += product([name], METHODS, [False, True], objects)
    return visits


def wanted(visit: Visit, visitor: Role | str) -> int:
    """The one status that this visit is answered with, worked out from the tables."""
    name, method, is_htmx, thing = visit
    address = ADDRESSES[name]
    if address.who != ANYBODY:
        if not isinstance(visitor, Role):
            return 401 if is_htmx else 302
        if not address.is_for(visitor):
            return 403
    if name.startswith("admin/"):  # Django's own, which lead to ours
        return 302
    if method not in ("GET", "HEAD", "POST"):
        return 405
    status = posted(address, visitor, is_htmx, thing) if method == "POST" else address.get
    if status is None:
        return 405
    if thing == MISSING:
        return 404
    if name == "sign_in" and isinstance(visitor, Role) and method != "POST":
        return 302
    return status


def posted(address: Address, visitor: Role | str, is_htmx: bool, thing: str) -> int | None:
    """What an empty POST is answered with by somebody who may, about something that is there."""
    if thing == FOREIGN and address.foreign and visitor not in address.passes:
        return address.foreign
    if thing == ENDED and address.ended:
        return address.ended
    if isinstance(visitor, Role) and visitor in address.but:
        return address.but[visitor]
    return address.htmx if is_htmx and address.htmx else address.post


def mistakes(world: World, visitor: Role | str, visits: Iterable[Visit]) -> list[object]:
    """Each visit that is answered otherwise than the tables say, or that wrote what it must not."""
    wrong: list[object] = []
    for visit in visits:
        name, method, is_htmx, thing = visit
        address = ADDRESSES[name]
        path = world.things[thing].path(address.path)
        answer, changed = answer_and_writes(world.cookie, method, path, **(HTMX if is_htmx else {}))
        expected = wanted(visit, visitor)
        if answer.status_code != expected:
            wrong.append((visit, answer.status_code, expected))
        if address.who != ANYBODY and not isinstance(visitor, Role) and not at_the_door(answer):
            wrong.append((visit, "is not led to the door"))
        if method == "HEAD" and body_of(answer):
            wrong.append((visit, "has a body"))
        may_write = method == "POST" and address.writes and answer.status_code < 400
        if method == "POST" and answer.status_code in (400, 409, 422):
            changed -= REFUSED_BUT_WRITES.get(name, set())
        if changed and not may_write:
            wrong.append((visit, answer.status_code, changed))
    return wrong


def at_the_door(answer: Any) -> bool:
    """Whether the answer leads to the sign-in page, not anywhere else with the same status."""
    place = answer.headers.get("Location") or answer.headers.get("HX-Redirect", "")
    return bool(place.startswith("/sign-in?next="))


@pytest.mark.parametrize("visitor", VISITORS, ids=str)
def test_the_answer_follows_from_the_tables(
    visitor: Role | str, worlds: Worlds, request: pytest.FixtureRequest
) -> None:
    """X1, X2, X5: who, how, on whose object; what is refused or only read writes nothing."""
    visits = chosen(request, str(visitor), everything(), BY_DAY)
    assert mistakes(worlds.of(visitor), visitor, visits) == []


# ------------------------------------------------------------------ Django admin
AdminVisit = tuple[str, int, int, str, bool]


def admin_pages() -> list[tuple[str, int, int]]:
    """Each page of Django admin: its path, what an administrator gets by GET and by empty POST."""
    pages = [
        (ADMIN_PAGES["admin:index"], 200, 200),
        (ADMIN_PAGES["admin:app_list"], 200, 200),
        (ADMIN_PAGES["admin:jsi18n"], 200, 405),
        (ADMIN_PAGES["admin:password_change_done"], 200, 405),
        ("/admin/auth/nothing/", 404, 404),
        ("/admin/autocomplete/", 403, 405),
    ]
    assert {path for path, *_ in pages} > set(ADMIN_PAGES.values())
    for model, add in ADMIN_MODELS.items():
        base = f"/admin/{model.replace('_', '/', 1)}/"
        there = row_of(model)
        change = 403 if model in ADMIN_READ_ONLY else 200  # with the form and what is wrong
        pages += [
            (base, 200, 200),
            (f"{base}add/", add, add),
            (f"{base}{there}/change/", 200, change),
            (f"{base}{there}/history/", 200, 200),
            (f"{base}{there}/delete/", 403, 403),
            # back to the start, with a sentence
            (f"{base}{NOTHING_THERE}/change/", 302, 403 if change == 403 else 302),
            (f"{base}{NOTHING_THERE}/history/", 404, 404),
            (f"{base}{NOTHING_THERE}/delete/", 403, 403),
        ]
    for name, page in ADMIN_EXTRA.items():
        model = name.removeprefix("admin:").rpartition("_")[0]
        base = f"/admin/{model.replace('_', '/', 1)}/"
        pages += [
            (f"{base}{row_of(model)}/{page}/", 200, 422),
            (f"{base}{NOTHING_THERE}/{page}/", 404, 404),
        ]
    for name, page in ADMIN_WHOLE.items():
        model = name.removeprefix("admin:").rpartition("_")[0]
        pages.append((f"/admin/{model.replace('_', '/', 1)}/{page}/", 200, 422))
    return pages


def row_of(model: str) -> int:
    """A row of this model that is there."""
    app, _, name = model.partition("_")
    row = apps.get_model(app, name)._default_manager.order_by("pk").first()
    assert row is not None, f"the world has no {model}"
    return int(row.pk)


def admin_wanted(visit: AdminVisit, visitor: Role | str) -> int:
    """The one status that this visit is answered with."""
    _, looked, posted_to, method, is_htmx = visit
    if not isinstance(visitor, Role):
        return 401 if is_htmx else 302
    if visitor != Role.ADMIN:
        return 403
    if method in ("PUT", "DELETE"):  # Django's pages take them for a look
        return 405 if posted_to == 405 else looked
    return posted_to if method == "POST" else looked


def admin_mistakes(world: World, visitor: Role | str, visits: Iterable[AdminVisit]) -> list[object]:
    """Each visit that is answered otherwise than the table says, or that wrote anything."""
    wrong: list[object] = []
    for visit in visits:
        path, _, _, method, is_htmx = visit
        answer, changed = answer_and_writes(world.cookie, method, path, **(HTMX if is_htmx else {}))
        expected = admin_wanted(visit, visitor)
        is_astray = not isinstance(visitor, Role) and not at_the_door(answer)
        if answer.status_code != expected or changed or is_astray:
            wrong.append((path, method, is_htmx, answer.status_code, expected, changed))
    return wrong


def admin_visits() -> list[AdminVisit]:
    """Each page, by each method, plain and by htmx."""
    return [(*page, *how) for page, how in product(admin_pages(), product(METHODS, [False, True]))]


@pytest.fixture
def administered(worlds: Worlds, person: MakePerson, at: datetime) -> Worlds:
    """A row of each model that Django admin shows."""
    BusinessCalendar.objects.create(name="Office", time_zone="America/Chicago")
    note_at_door(outcome=SignInOutcome.REFUSED, username="nobody", address=None, at=at)
    make_key(name="Gateway", by=person(Role.ADMIN).pk, at=at)
    make_tariff()
    technician(person(Role.TECHNICIAN))
    today = at.date()
    RulePack.objects.create(code="XX", name="Somewhere")
    WeatherAlert.objects.create(kind="COLD", from_on=today, to_on=today, source="NWS")
    return worlds


@pytest.mark.parametrize("visitor", VISITORS, ids=str)
def test_django_admin_is_for_administrators_by_any_method(
    visitor: Role | str, administered: Worlds, request: pytest.FixtureRequest
) -> None:
    """An empty POST changes nothing there either; no method is a way round the gate."""
    world = administered.of(visitor)
    visits = chosen(request, f"admin {visitor}", admin_visits(), BY_DAY // 2)
    assert admin_mistakes(world, visitor, visits) == []


# ------------------------------------------------------------------ the controls
def opened(name: str, to: str | frozenset[str]) -> Plant:
    """The address may be used by others than it says."""
    return lambda patch: patch.setattr(ALL[name], "permissions", to)


def given(role: Role, permission: Permission) -> Plant:
    """The role may do what it must not."""
    more = ROLE_PERMISSIONS[role] | {permission}
    return lambda patch: patch.setitem(ROLE_PERMISSIONS, role, more)


PLANTS: list[tuple[str, Role | str, Plant]] = [
    # (address, who comes by it, what is wrong)
    ("request_close", Role.BILLING, opened("request_close", SIGNED_IN)),
    ("request_timeline", Role.TECHNICIAN, opened("request_timeline", SIGNED_IN)),
    ("request_add_note", Role.ADMIN, opened("request_add_note", SIGNED_IN)),
    ("gallery", NOBODY, opened("gallery", PUBLIC)),
    ("theme_set", LEFT, opened("theme_set", PUBLIC)),
    ("request_list", Role.CSE, opened("request_list", frozenset({Permission.CONFIGURE}))),
    ("request_resume", Role.CALL_CENTRE, given(Role.CALL_CENTRE, Permission.HOLD)),
    ("message_retry", Role.CSE, given(Role.CSE, Permission.RETRY_MESSAGE)),
    ("request_export", Role.DISPATCHER, given(Role.DISPATCHER, Permission.EXPORT_REQUESTS)),
    ("consumer_export", Role.CSE, given(Role.CSE, Permission.EXPORT_COLLECTION)),
    ("utility_change", Role.SUPERVISOR, given(Role.SUPERVISOR, Permission.CONFIGURE)),
]


@pytest.mark.parametrize(("name", "visitor", "plant"), PLANTS, ids=[each[0] for each in PLANTS])
def test_the_control_a_wrongly_opened_address_is_noticed(
    name: str,
    visitor: Role | str,
    plant: Plant,
    worlds: Worlds,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The matrix can fail: by no other answer does an open address pass for a closed one."""
    world = worlds.of(visitor)
    visits = [visit for visit in everything() if visit[0] == name and visit[1] in ("GET", "POST")]
    assert mistakes(world, visitor, visits) == []
    plant(monkeypatch)
    assert mistakes(world, visitor, visits) != []


def test_the_control_an_opened_admin_is_noticed(
    administered: Worlds, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Administrators who may remove rows; supervisors who may administer."""
    world = administered.of(Role.ADMIN)
    visits = [each for each in admin_visits() if each[0].startswith("/admin/staff/signin/")]
    assert admin_mistakes(world, Role.ADMIN, visits) == []
    site = admin.site._registry[SignIn]
    monkeypatch.setattr(site, "has_delete_permission", lambda request, obj=None: True)
    assert admin_mistakes(world, Role.ADMIN, visits) != []
    given(Role.SUPERVISOR, Permission.CONFIGURE)(monkeypatch)
    world = administered.of(Role.SUPERVISOR)
    assert admin_mistakes(world, Role.SUPERVISOR, visits) != []


def test_the_control_a_visit_that_writes_is_noticed(worlds: Worlds) -> None:
    """A look or a refusal that leaves something behind is seen."""
    world = worlds.of(Role.CSE)
    path = world.things[OWN].path(ADDRESSES["request_close"].path)
    _, changed = answer_and_writes(world.cookie, "POST", path)
    assert changed == set()
    _, changed = answer_and_writes(world.cookie, "POST", path, f"{KEY}&reason=CANCELLED&note=")
    assert {"cases_case", "trail_entry"} <= changed


# ------------------------------------------------------------------ roles that change (X4)
PAIRS = [(old, new) for old, new in product(COLUMNS, COLUMNS) if old != new]


def test_a_changed_role_counts_from_the_next_request_on(
    worlds: Worlds, request: pytest.FixtureRequest
) -> None:
    """X4: in the same session, for every pair of roles; both what was lost and what was won."""
    changing = Changing(worlds)
    wrong = []
    for old, new in chosen(request, "roles", PAIRS, 12):
        wrong += changing.wrong_after(old, new)
    assert wrong == []


class Changing:
    """One thing, and people whose roles change while they are signed in."""

    def __init__(self, worlds: Worlds) -> None:
        self.worlds = worlds
        self.things = worlds.of(NOBODY).things[FOREIGN]

    def wrong_after(self, old: Role, new: Role) -> list[object]:
        """The addresses that still answer as to the old role."""
        somebody = self.worlds.person(old)
        client = self.worlds.client_as(somebody)
        cookie = client.cookies["sessionid"].value
        differing = [
            address
            for name, address in ADDRESSES.items()
            if address.who != ANYBODY
            and address.get is not None
            and not name.startswith("admin/")
            and address.is_for(old) != address.is_for(new)
        ]
        wrong: list[object] = []
        for role in (old, new):
            somebody.memberships.all().delete()
            somebody.memberships.create(group=Group.objects.get(name=role.value))
            for address in differing[:3]:
                path = self.things.path(address.path)
                status = answer_of(cookie, "GET", path).status_code
                if (status == 403) == address.is_for(role):
                    wrong.append((old, new, role, path, status))
        return wrong
