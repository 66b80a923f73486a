"""Every address × visitor × method × object: the answer follows from the tables (quality.md, PERM).

By day a seeded sample, by night everything.
"""

from itertools import product
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group

from smart360.staff.choices import Role
from tests.access.addresses import ADDRESSES, ADMIN_MODELS, ADMIN_PAGES, ANYBODY, COLUMNS, Address
from tests.access.visiting import answer_and_writes, answer_of, body_of
from tests.access.world import FOREIGN, LEFT, MISSING, NOBODY, OBJECTS, OWN, Worlds, chosen

pytestmark = pytest.mark.django_db
BY_DAY = 40
KEY = f"form_key={uuid4()}"
METHODS = ("GET", "POST", "HEAD", "PUT", "DELETE")
VISITORS: tuple[Role | str, ...] = (*COLUMNS, NOBODY, LEFT)

EMPTY_IS_ENOUGH = {
    # buttons without a field, and what keeps or forgets what was typed
    "sign_out", "me", "theme_set", "draft_save", "notice_read_all", "notice_open",
    "profile_hold", "profile_release", "profile_renew",
    "request_parts", "request_save", "request_release", "request_cancel", "request_heartbeat",
    "request_acknowledge", "request_resume", "request_assign", "receipt_retry", "message_retry",
}  # fmt: skip
DRAFT = {"web_draft"}
REFUSED_BUT_WRITES: dict[str, set[str]] = {
    # refused, and still nothing that was typed is lost (DIS4, CON14): the person's own draft is
    # kept, and a hold that had ended is taken again, with its line
    "request_consumer": DRAFT,
    "request_review": DRAFT,
    "request_submit": DRAFT,
    "consumer_edit": {"consumers_profilelock", "trail_entry"},
}

REFUSED = {400, 409, 422}
GOES_ON = {200, 202, 204, 302, 404, *REFUSED}

Visit = tuple[str, str, bool, str]


def everything() -> list[Visit]:
    """Address, method, htmx or plain, object."""
    visits: list[Visit] = []
    for name, address in ADDRESSES.items():
        objects = OBJECTS if "{" in address.path else (OWN,)
        visits += product([name], METHODS, [False, True], objects)
    return visits


def wanted(visit: Visit, visitor: Role | str) -> set[int]:
    """The statuses that this visit may be answered with, worked out from the tables."""
    name, method, is_htmx, thing = visit
    address = ADDRESSES[name]
    if address.who == ANYBODY:
        return public(name, method, thing, is_inside=isinstance(visitor, Role))
    if not isinstance(visitor, Role):
        return {401 if is_htmx else 302}
    if not address.is_for(visitor):
        return {403}
    return inside(name, method, thing)


def inside(name: str, method: str, thing: str) -> set[int]:
    """What somebody gets whose role may use the address."""
    address = ADDRESSES[name]
    if name.startswith("admin/"):  # Django's own, which lead to ours
        return {302}
    if method in ("PUT", "DELETE") or not takes(address, method):
        return {405}
    if thing == MISSING or (name == "notice_open" and thing == FOREIGN):
        return {404}
    if method in ("GET", "HEAD"):
        return {address.get or 405}
    return GOES_ON if name in EMPTY_IS_ENOUGH else REFUSED


def public(name: str, method: str, thing: str, *, is_inside: bool) -> set[int]:
    """What anybody gets."""
    address = ADDRESSES[name]
    if name.startswith("admin/"):
        return {302}
    if not takes(address, method) or method in ("PUT", "DELETE"):
        return {405}
    if thing == MISSING:
        return {404}
    if name == "sign_in" and is_inside and method in ("GET", "HEAD"):
        return {302}
    return {(address.post if method == "POST" else address.get) or 405}


def takes(address: Address, method: str) -> bool:
    return (address.post if method == "POST" else address.get) is not None


@pytest.mark.parametrize("visitor", VISITORS, ids=str)
def test_the_answer_follows_from_the_tables(
    visitor: Role | str, worlds: Worlds, request: pytest.FixtureRequest
) -> None:
    """X1, X2, X5: who, how, on whose object; what is refused or only read writes nothing."""
    world = worlds.of(visitor)
    wrong: list[tuple[object, ...]] = []
    for visit in chosen(request, str(visitor), everything(), BY_DAY):
        name, method, is_htmx, thing = visit
        path = world.things[thing].path(ADDRESSES[name].path)
        headers = {"HX-Request": "true"} if is_htmx else {}
        answer, changed = answer_and_writes(world.cookie, method, path, **headers)
        expected = wanted(visit, visitor)
        if answer.status_code not in expected:
            wrong.append((visit, answer.status_code, expected))
        if method == "HEAD" and body_of(answer):
            wrong.append((visit, "has a body", set()))
        may_write = method == "POST" and name in EMPTY_IS_ENOUGH and answer.status_code < 400
        if method == "POST" and answer.status_code in REFUSED:
            changed -= REFUSED_BUT_WRITES.get(name, set())
        if changed and not may_write:
            wrong.append((visit, answer.status_code, changed))
    assert wrong == []


@pytest.mark.parametrize("visitor", VISITORS, ids=str)
def test_django_admin_is_for_administrators_by_any_method(
    visitor: Role | str, worlds: Worlds, request: pytest.FixtureRequest
) -> None:
    """An empty POST changes nothing there either; no method is a way round the gate."""
    world = worlds.of(visitor)
    paths = [*ADMIN_PAGES.values(), "/admin/auth/nothing/", "/admin/autocomplete/"]
    for model in ADMIN_MODELS:
        base = f"/admin/{model.replace('_', '/', 1)}/"
        paths += [base, f"{base}add/", f"{base}1/change/", f"{base}1/history/", f"{base}1/delete/"]
    wrong: list[tuple[object, ...]] = []
    visits = list(product(paths, METHODS, [False, True]))
    for path, method, is_htmx in chosen(request, f"admin {visitor}", visits, BY_DAY // 2):
        headers = {"HX-Request": "true"} if is_htmx else {}
        answer, changed = answer_and_writes(world.cookie, method, path, **headers)
        status = answer.status_code
        if not isinstance(visitor, Role):
            expected = {401 if is_htmx else 302}
        elif visitor == Role.ADMIN:
            expected = {200, 302, 403, 404, 405}
        else:
            expected = {403}
        if status not in expected:
            wrong.append((path, method, is_htmx, status, expected))
        if changed:
            wrong.append((path, method, is_htmx, status, changed))
    assert wrong == []


def test_the_control_a_wrong_table_is_noticed(worlds: Worlds) -> None:
    """The matrix can fail: a row that is wrong, and a visit that writes."""
    world = worlds.of(Role.CSE)
    path = world.things[OWN].path(ADDRESSES["request_close"].path)
    answer, changed = answer_and_writes(world.cookie, "POST", path)
    visit = ("request_close", "POST", False, OWN)
    assert answer.status_code in wanted(visit, Role.CSE)
    assert answer.status_code not in wanted(visit, Role.BILLING)
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
