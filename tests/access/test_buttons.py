"""What a page offers is what the server lets one do, and the other way round (roles.md, rule 8)."""

import re
from datetime import datetime, timedelta
from html import unescape
from itertools import product
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.db import connection

from consumers.choices import AccountStatus, LockPurpose, SupplyState, UtilityType
from consumers.operations import take_profile_lock
from disconnections.models import DisconnectionRequest
from disconnections.operations import close_request
from smart360.cases.models import Case, HoldReason
from smart360.cases.operations import acknowledge, assign, put_on_hold
from smart360.comms.models import Delivery
from smart360.local.operations import complete_in_the_past
from smart360.staff.choices import Role
from tests.access.addresses import COLUMNS
from tests.access.visiting import answer_of, cookie_of
from tests.access.world import Worlds, chosen
from tests.looking import put_back, writes

pytestmark = pytest.mark.django_db

KINDS = ("disconnection", "reconnection")
STATUSES = ("PENDING", "IN_PROGRESS", "ON_HOLD", "CLOSED", "COMPLETED")
ASSIGNED = ("nobody", "mine", "somebody's")
HELD = ("nobody", "mine", "somebody's")
STATES = list(product(KINDS, STATUSES, ASSIGNED, HELD))
BY_DAY = 2


class Scene:
    """One request in one state, as one person meets it."""

    def __init__(self, worlds: Worlds, role: Role, state: tuple[str, str, str, str]) -> None:
        self.worlds = worlds
        self.at = worlds.at
        self.me = worlds.person(role)
        self.other = worlds.person(Role.CSE, full_name="Olivia Other")
        self.boss = worlds.person(Role.SUPERVISOR, full_name="Boris Boss")
        kind, status, assigned, held = state
        self.made = self._made(kind)
        with connection.cursor() as cursor:  # what is checked at commit, before the next act
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        self._give(assigned)
        self._bring_to(status)
        self._hold(held)
        self.failed = Delivery.objects.filter(message__case=self.made.pk).latest("pk")
        Delivery.objects.filter(pk=self.failed.pk).update(state="FAILED", why="no such mailbox")
        self.cookie = cookie_of(worlds.client_as(self.me))

    def _made(self, kind: str) -> DisconnectionRequest:
        if kind == "disconnection":
            return self.worlds.make_request(by=self.other, notifies_consumer=True)
        consumer = self.worlds.make_consumer(
            status=AccountStatus.INACTIVE,
            services={UtilityType.ELECTRICITY: SupplyState.OFF_FOR_GOOD},
        )
        return self.worlds.make_request(
            consumer, by=self.other, reason="RC-001", notifies_consumer=True
        )

    def _give(self, assigned: str) -> None:
        to = {"nobody": None, "mine": self.me, "somebody's": self.other}[assigned]
        if to is not None and to.has_permission("requests.assign"):
            assign(case=self.made.pk, to=to, by=self.boss, at=self.at)

    def _bring_to(self, status: str) -> None:
        case, by, at = self.made.pk, self.boss, self.at
        if status == "CLOSED":
            close_request(case=case, reason="CANCELLED", note="", by=by, at=at)
        elif status != "PENDING":
            acknowledge(case=case, by=by, at=at)
        if status == "ON_HOLD":
            put_on_hold(
                case=case, reason=reason(), resume_by=at + timedelta(days=1),
                at_resume_by="RESUMES", by=by, at=at,
            )  # fmt: skip
        if status == "COMPLETED":
            complete_in_the_past(case=case, by=by, at=at)

    def _hold(self, held: str) -> None:
        self.token = 0
        by = {"nobody": None, "mine": self.me, "somebody's": self.other}[held]
        if by is not None and by.has_permission("consumers.take_profile_lock"):
            consumer = self.made.case.consumer_id
            assert consumer is not None
            self.token = take_profile_lock(
                consumer=consumer, purpose=LockPurpose.EDIT_PROFILE, by=by, at=self.at
            ).token

    # -------------------------------------------------------------- the two answers
    def acts(self) -> dict[str, tuple[str, str]]:
        """Each act with its address and what a valid form sends."""
        one = f"/cx/disconnections/{self.made.case.number}"
        assert self.made.case.consumer is not None
        consumer = f"/cx/consumer-management/{self.made.case.consumer.account_number}"
        return {
            "acknowledge": (f"{one}/acknowledge", form()),
            "hold": (f"{one}/hold", form(**held_until(self.at))),
            "resume": (f"{one}/resume", form()),
            "close": (f"{one}/close", form(reason="CANCELLED", note="")),
            "assign": (f"{one}/assign", form()),
            "assign to": (
                f"{one}/assign-to",
                form(to=self.boss.pk, seen=Case.objects.get(pk=self.made.pk).assignee_id or ""),
            ),
            "note": (f"{one}/notes", form(words="Dog in the yard")),
            "message": (f"{one}/messages", form(words="We come on Monday", subject="")),
            "call": (f"{one}/calls", form(words="Asked when", direction="FROM_CONSUMER")),
            "retry message": (f"/messages/{self.failed.message_id}/retry", form()),
            "retry receipt": (f"{one}/receipt/retry", form()),
            "edit profile": (f"{consumer}/hold", form()),
            "release profile": (f"{consumer}/release", form(token=self.token)),
            "break lock": (f"{consumer}/break", form(reason="She went home sick")),
        }

    def allowed(self) -> set[str]:
        """The acts that the server really does."""
        return {act for act, (path, body) in self.acts().items() if self._does(act, path, body)}

    def _does(self, act: str, path: str, body: str) -> bool:
        before = effects()
        with put_back():
            status = answer_of(self.cookie, "POST", path, body).status_code
        if act == "edit profile":  # for who needs no hold it opens the form and writes nothing
            return bool(status < 400)
        return status < 400 and effects() != before

    def shown(self) -> set[str]:
        """The acts that a page has a button for."""
        offered = set()
        for page in self._pages():
            offered |= posts_of(page)
        return {act for act, (path, _) in self.acts().items() if path in offered}

    def _pages(self) -> list[str]:
        one = f"/cx/disconnections/{self.made.case.number}"
        assert self.made.case.consumer is not None
        paths = [one, f"{one}/communication", f"{one}/timeline", f"{one}/receipt.pdf", "/"]
        paths += ["/cx/disconnections/"]
        paths += [f"/cx/consumer-management/{self.made.case.consumer.account_number}"]
        answers = [answer_of(self.cookie, "GET", path) for path in paths]
        return [each.content.decode() for each in answers if each.status_code < 400]

    def wrong_links(self) -> list[tuple[str, int]]:
        """Links of these pages that lead to a refusal."""
        links = {link for page in self._pages() for link in links_of(page)}
        found = [(link, answer_of(self.cookie, "GET", link).status_code) for link in links]
        return [(link, status) for link, status in found if status >= 400]


def effects() -> dict[str, int]:
    """What was written so far; that a form was sent is no effect of it."""
    return {table: count for table, count in writes().items() if table != "web_formkey"}


def form(**values: Any) -> str:
    return urlencode({"form_key": uuid4(), **values})


def reason() -> int:
    return HoldReason.objects.get(code="WAITING_CONSUMER").pk


def held_until(at: datetime) -> dict[str, Any]:
    day = (at + timedelta(days=2)).date().isoformat()
    return {
        "reason": reason(), "resume_on": day, "resume_at": "09:00", "at_resume_by": "RESUMES",
        "note": "",
    }  # fmt: skip


FORM = re.compile(r"<form\b(?P<head>[^>]*)>(?P<body>.*?)</form>", re.DOTALL)
BUTTON = re.compile(r"<button\b[^>]*>")


def posts_of(page: str) -> set[str]:
    """Where the forms of a page lead that have a button to press."""
    found = set()
    for each in FORM.finditer(page):
        buttons = [b for b in BUTTON.findall(each["body"]) if " disabled" not in b]
        action = re.search(r'action="([^"]*)"', each["head"])
        if action and 'method="post"' in each["head"] and buttons:
            found.add(unescape(action[1]))
    return found


def links_of(page: str) -> set[str]:
    """Where a page's links and fragments lead, within the product."""
    found = re.findall(r'(?:href|hx-get)="(/[^"#]*)"', page)
    return {unescape(link) for link in found if not link.startswith("/static/")}


@pytest.mark.parametrize("role", COLUMNS, ids=str)
def test_the_buttons_are_the_acts(
    role: Role, worlds: Worlds, request: pytest.FixtureRequest
) -> None:
    """Both ways, in every status, of both kinds, whoever is assigned and whoever holds."""
    wrong: list[tuple[object, object]] = []
    for state in chosen(request, f"buttons {role}", STATES, BY_DAY):
        scene = Scene(worlds, role, state)
        shown, allowed = scene.shown(), scene.allowed()
        if shown != allowed:
            wrong.append((state, {"refused": shown - allowed, "hidden": allowed - shown}))
        wrong += [(state, {"link": link}) for link in scene.wrong_links()]
    assert wrong == []


def test_the_control_sees_a_button_too_many_and_one_too_few(
    worlds: Worlds, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The test above can fail, in both directions."""
    scene = Scene(worlds, Role.CSE, ("disconnection", "PENDING", "nobody", "nobody"))
    assert {"acknowledge", "close", "assign"} <= scene.allowed() == scene.shown()
    monkeypatch.setattr("disconnections.views.detail.allowed_acts", lambda *_: frozenset())
    assert "acknowledge" in scene.allowed() - scene.shown()


def test_an_act_is_tried_with_a_form_that_is_right(worlds: Worlds) -> None:
    """A form that were wrong would look like an act that is not allowed."""
    boss = Role.SUPERVISOR
    seen: set[str] = set()
    for status, held in (("PENDING", "mine"), ("IN_PROGRESS", "somebody's"), ("ON_HOLD", "nobody")):
        seen |= Scene(worlds, boss, ("disconnection", status, "nobody", held)).allowed()
    every = set(Scene(worlds, boss, STATES[0]).acts())
    assert every - seen == {"retry receipt"}  # a receipt that could not be made: see its own tests
