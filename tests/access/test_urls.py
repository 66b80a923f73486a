"""Every address for every role, nobody, and somebody who left (quality.md X1, X4, X5)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client

from consumers.choices import AccountStatus, SupplyState, UtilityType
from smart360.comms.models import Message
from smart360.kernel.errors import Broken
from smart360.staff.choices import Role
from smart360.staff.models import Person
from smart360.web.gate import ADMIN_PERMISSION, API, KEYED, PUBLIC, declared_permissions
from tests.access.addresses import (
    ADDRESSES,
    ADMIN_EXTRA,
    ADMIN_MODELS,
    ADMIN_PAGES,
    ADMIN_UNUSED,
    ADMIN_WHOLE,
    ANYBODY,
    COLUMNS,
    Address,
)
from tests.access.visiting import ALL, answer_of, cookie_of, visit
from tests.billing.paying import pay, propose, propose_back
from tests.complaints.conftest import MakeComplaint
from tests.conftest import MakeConsumer, MakePerson, MakeRequest, SetClock
from tests.fieldwork.working import order_from_profile
from tests.looking import checksums

pytestmark = pytest.mark.django_db

NOT_ALLOWED = HTTPStatus.METHOD_NOT_ALLOWED
ClientAs = Callable[..., Client]


def admin_names() -> set[str]:
    """The names that Django gives the pages of our models."""
    names = set(ADMIN_PAGES) | ADMIN_UNUSED | set(ADMIN_EXTRA) | set(ADMIN_WHOLE)
    names |= {f"admin:{each}" for each in ("login", "logout", "password_change")}
    for model in ADMIN_MODELS:
        names |= {
            f"admin:{model}_{page}" for page in ("changelist", "add", "history", "delete", "change")
        }
        names.add(f"admin/{model.replace('_', '/', 1)}/<path:object_id>/")
    return names | {"admin/(?P<url>.*)$"}


@dataclass(frozen=True)
class Things:
    """Things that exist, to fill into the addresses."""

    number: str
    back: str
    account: str
    tracking: str
    message: int
    payment: str
    refund: str
    order: str
    reversal: str
    complaint: str
    link: str
    notice: int = 1
    pk: int = 1

    def path(self, path: str) -> str:
        """The address of something that exists."""
        return path.format(**self.__dict__)


@pytest.fixture
def things(
    make_request: MakeRequest,
    make_complaint: MakeComplaint,
    make_consumer: MakeConsumer,
    person: MakePerson,
    stands: SetClock,
    at: datetime,
    settings: Any,
    tmp_path: Path,
) -> Things:
    settings.MEDIA_ROOT = tmp_path
    made = make_request(notifies_consumer=True)
    off = {UtilityType.ELECTRICITY: SupplyState.OFF_FOR_NOW}
    cut = make_consumer("Betty Back", status=AccountStatus.DISCONNECTED, services=off)
    back = make_request(cut, reason="RC-001")
    message = Message.objects.filter(case_id=made.pk).first()
    assert message is not None
    assert made.case.consumer is not None
    paid = pay(made.case.consumer, by=person(Role.BILLING), at=at)
    complaint = make_complaint(made.case.consumer)
    return Things(
        number=made.case.number,
        back=back.case.number,
        account=made.case.consumer.account_number,
        tracking=made.tracking_token,
        message=message.pk,
        payment=paid.number,
        refund=propose(made.case.consumer, by=person(Role.BILLING), at=at).number,
        order=order_from_profile(made.case.consumer, by=person(Role.CSE), at=at).number,
        reversal=propose_back(paid, at=at).number,
        complaint=complaint.case.number,
        link=complaint.tracking_token,
    )


def test_every_address_is_in_the_table() -> None:
    """X1: the next one who adds an address says here who may use it."""
    assert set(ALL) == set(ADDRESSES) | admin_names()


def test_every_model_in_the_admin_is_in_the_table() -> None:
    """No model with money, requests or the record is ever registered (roles.md, rule 4)."""
    registered = {
        f"{model._meta.app_label}_{model._meta.model_name}" for model in admin.site._registry
    }
    assert registered == set(ADMIN_MODELS)


@pytest.mark.parametrize("name", [name for name in ALL if not name.startswith("admin")])
def test_every_view_declares_who_may_use_it(name: str) -> None:
    declared = declared_permissions(ALL[name])
    assert declared is not None
    assert (declared in (PUBLIC, KEYED)) == (ADDRESSES[name].who == ANYBODY)
    assert (declared == KEYED) == ADDRESSES[name].path.startswith(API)


@pytest.mark.parametrize("role", COLUMNS, ids=str)
def test_a_role_gets_what_it_may_and_nothing_else(
    role: Role, things: Things, client_as: ClientAs
) -> None:
    cookie = cookie_of(client_as(role))
    found, expected = {}, {}
    for name, address in ADDRESSES.items():
        path = things.path(address.path)
        found[name] = visit(cookie, "GET", path), visit(cookie, "POST", path)
        expected[name] = wanted(address, role)
    assert found == expected


def wanted(address: Address, role: Role) -> tuple[int, int]:
    """The statuses of GET and empty POST."""
    if address.path == "/sign-in":
        return 302, 422  # somebody who is inside already goes on
    if not address.is_for(role):
        return 403, 403
    if "{notice}" in address.path:
        return NOT_ALLOWED, 404  # none of theirs
    return address.get or NOT_ALLOWED, address.but.get(role) or address.post or NOT_ALLOWED


@pytest.mark.parametrize("role", COLUMNS, ids=str)
def test_the_admin_is_for_administrators(role: Role, things: Things, client_as: ClientAs) -> None:
    client = client_as(role)
    cookie = cookie_of(client)
    is_admin = role == Role.ADMIN
    pk = client.person.pk  # type: ignore[attr-defined]
    paths = dict.fromkeys(ADMIN_PAGES.values(), 200)
    paths["/admin/staff/person/{pk}/password/"] = 200
    paths["/admin/organisation/businesscalendar/{pk}/holidays/"] = 404  # there is no calendar yet
    for model, add in ADMIN_MODELS.items():
        base = f"/admin/{model.replace('_', '/', 1)}/"
        paths |= {base: 200, f"{base}add/": add, f"{base}999999/delete/": 403}
    paths["/admin/auth/nothing/"] = 404
    paths["/admin/autocomplete/"] = 403
    found = {path: visit(cookie, "GET", path.format(pk=pk)) for path in paths}
    assert found == (paths if is_admin else dict.fromkeys(paths, 403))
    posts = {path: visit(cookie, "POST", path.format(pk=pk)) for path in paths}
    if not is_admin:
        assert posts == dict.fromkeys(paths, 403)
    assert all(status < 500 for status in posts.values())


def test_nobody_gets_in_without_signing_in(things: Things) -> None:
    """SEC2: only the door and the tracking page are public; a fragment gets 401."""
    wrong: list[tuple[object, ...]] = []
    for name, address in ADDRESSES.items():
        path = things.path(address.path)
        for method, status in (("GET", address.get), ("POST", address.post)):
            if address.who == ANYBODY:
                if visit("", method, path) != (status or NOT_ALLOWED):
                    wrong.append((name, method))
                continue
            answer = answer_of("", method, path)
            if answer.status_code != 302 or not answer["Location"].startswith("/sign-in?next="):
                wrong.append((name, method, answer.status_code))
            fragment = answer_of("", method, path, **{"HX-Request": "true"})
            if fragment.status_code != 401 or "HX-Redirect" not in fragment or fragment.content:
                wrong.append((name, method, "fragment"))
    admin_paths = (*ADMIN_PAGES.values(), "/admin/staff/person/", "/admin/anything/")
    wrong += [(path, "GET") for path in admin_paths if visit("", "GET", path) != 302]
    assert wrong == []


def test_somebody_who_left_gets_nowhere(
    things: Things, client_as: ClientAs, person: MakePerson
) -> None:
    """X4: from the next request on, whatever roles they had."""
    left = person(Role.SUPERVISOR, Role.CSE)
    cookie = cookie_of(client_as(left))
    assert visit(cookie, "GET", "/me") == 200
    Person.objects.filter(pk=left.pk).update(is_active=False)
    inside = [each for each in ADDRESSES.values() if each.who != ANYBODY]
    found = {
        (each.path, method): visit(cookie, method, things.path(each.path))
        for each in inside
        for method in ("GET", "POST")
    }
    assert set(found.values()) == {302}


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE"])
def test_other_methods_are_refused(method: str, things: Things, client_as: ClientAs) -> None:
    clients = {role: client_as(role) for role in (Role.SUPERVISOR, Role.ADMIN, Role.RECOVERY)}
    found = {}
    for name, address in ADDRESSES.items():
        if not name.startswith("admin/"):
            who = next(clients[role] for role in clients if address.is_for(role))
            found[name] = visit(cookie_of(who), method, things.path(address.path))
    assert found == dict.fromkeys(found, NOT_ALLOWED)


@pytest.mark.parametrize("role", [Role.CSE, Role.SUPERVISOR, Role.ADMIN], ids=str)
def test_looking_changes_nothing(role: Role, things: Things, client_as: ClientAs) -> None:
    """X5: GET writes nothing that counts, also by a search; see ``tests/looking.py``."""
    client = client_as(role)
    client.get("/")
    before = checksums()
    for address in ADDRESSES.values():
        for headers, query in product(({}, {"HX-Request": "true"}), ("", "?q=ann&page=2&sort=due")):
            answer = client.get(things.path(address.path) + query, headers=headers)
            assert answer.status_code != HTTPStatus.TOO_MANY_REQUESTS
            if getattr(answer, "streaming", False):
                list(answer)
    if role == Role.ADMIN:
        for model in ADMIN_MODELS:
            client.get(f"/admin/{model.replace('_', '/', 1)}/")
    assert checksums() == before


def test_the_control_would_notice_a_write(make_request: MakeRequest) -> None:
    before = checksums()
    make_request()
    assert checksums() != before


def test_an_undeclared_view_is_used_by_nobody(settings: Any, client_as: ClientAs) -> None:
    """X1: 404 in production, a loud error while developing."""
    client = client_as(Role.SUPERVISOR)
    settings.ROOT_URLCONF = "tests.access.undeclared_urls"
    assert client.get("/undeclared").status_code == 404
    settings.DEBUG = True
    with pytest.raises(Broken, match="declares no permission"):
        client.get("/undeclared")


def test_the_gate_and_the_table_mean_the_same_administrators() -> None:
    """The one permission that is named in a lower app than ``staff``."""
    assert ADMIN_PERMISSION == "administration.configure"
