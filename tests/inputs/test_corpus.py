"""Everything nobody should send, into every field of every form that can be found by walking.

Each test walks the pages of one area, finds their forms and the parameters of their links, and
sends each field the payloads of ``corpus.py`` with all other fields right. By day a sample, by
night everything, and mutations that nobody thought of. The seed is in the failure; see
``tests/seeds.py``.
"""

import logging
import random
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_file

from complaints.models import Complaint
from consumers.models import Consumer
from disconnections.models import DisconnectionRequest
from smart360.staff.choices import Role
from smart360.staff.models import Person
from tests.conftest import SetClock
from tests.inputs.broken_urls import careless
from tests.inputs.corpus import PAYLOADS, SHAPES, Pairs, Payload, mutated, replaced, without
from tests.inputs.walker import Target, Walker, is_accepted, wrong_in
from tests.inputs.world import (
    AREAS,
    NOT_FOUND_BY_WALKING,
    World,
    make_world,
    post_addresses,
)
from tests.seeds import SEED, chance_for

pytestmark = pytest.mark.django_db

log = logging.getLogger(__name__)
Amount = Callable[[int, int], int]
BY_DAY = 25  # attempts in each area
WEEK = 7 * 24 * 60 * 60
MUTATIONS = 20_000 // len(AREAS) + 1
ENOUGH = {"image", "quote", "nul", "quote_or", "template_sum", "other_site", "missing"}
"""What the control is caught by."""
TYPES = {
    "text/plain": "a=1",
    "application/json": '{"reason": "\\ud800"}',
    "application/xml": "<a/>",
    "multipart/form-data": "no boundary",
    "multipart/form-data; boundary=" + "x" * 300: "a boundary too long",
    "multipart/form-data; boundary=a": "--a\r\nContent-Disposition: form-data\r\n\r\n1\r\n--a--",
    "application/x-www-form-urlencoded; charset=utf-7": "+ADw-x-evil+AD4-=1",
    "application/x-www-form-urlencoded; charset=evil": "a=%ff",
    "": "a=1",
}


@pytest.fixture
def world(
    person: Callable[..., Person],
    client_as: Callable[..., Client],
    make_consumer: Callable[..., Consumer],
    make_request: Callable[..., DisconnectionRequest],
    make_complaint: Callable[..., Complaint],
    stands: SetClock,
    at: datetime,
    settings: Any,
    tmp_path: Any,
) -> World:
    settings.MEDIA_ROOT = tmp_path
    settings.SESSION_IDLE_SECONDS = settings.SESSION_COOKIE_AGE = WEEK  # longer than any night
    return make_world(
        person=person,
        client_as=client_as,
        make_consumer=make_consumer,
        make_request=make_request,
        make_complaint=make_complaint,
        at=at,
    )


@pytest.mark.parametrize("area", AREAS)
def test_no_field_of_an_area_takes_harm(area: str, world: World, amount: Amount) -> None:
    """bad-inputs.md, "same corpus against every field": no 5xx, no row, nothing unescaped."""
    targets = world.targets(area)
    assert not refused_though_right(targets)
    chance = chance_for(area)
    everything = list(attempts(targets))
    chosen = chance.sample(everything, min(len(everything), amount(BY_DAY, len(everything))))
    walker = Walker()
    told = [each for attempt in chosen for each in attempt.told(walker)]
    assert not told, f"seed {SEED}\n" + "\n".join(told[:40])


@pytest.mark.night
@pytest.mark.parametrize("area", AREAS)
def test_no_field_of_an_area_takes_harm_from_chance(area: str, world: World) -> None:
    """20,000 mutations of the corpus, spread over the areas."""
    chance = chance_for(f"{area}, mutated")
    fields = [(target, name) for target in world.targets(area) for name in target.fields]
    walker = Walker()
    told: list[str] = []
    for _ in range(MUTATIONS):
        target, name = chance.choice(fields)
        payload = mutated(chance)
        attempt = Attempt(target, name, payload.name, payload, is_htmx=chance.random() < 0.5)
        told += attempt.told(walker)
    assert not told, f"seed {SEED}\n" + "\n".join(told[:40])


def test_the_walk_finds_every_form(world: World) -> None:
    """Each address that takes a POST is met by a form, or says why it has none."""
    met = {target.name for area in AREAS for target in world.targets(area)}
    assert post_addresses() - met == set(NOT_FOUND_BY_WALKING) - met


@pytest.mark.parametrize(("name", "finding"), [(n, f) for n, (_, f) in careless.items()])
def test_the_control_would_find_it(
    name: str, finding: str, client_as: Callable[..., Client], utility: Any, settings: Any
) -> None:
    """Pages that forget what ours must not forget are caught by the same walk."""
    settings.ROOT_URLCONF = "tests.inputs.broken_urls"
    cookie = client_as(Role.SUPERVISOR).cookies["sessionid"].value
    right: Pairs = [("words", "1")]
    target = Target(name, "post", f"/careless/{name}", cookie, right, ("words",))
    walker = Walker()
    tried = [each for each in attempts([target]) if each.name in ENOUGH]
    told = [each for attempt in tried for each in attempt.told(walker)]
    assert any(finding in each for each in told), told[:3]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("<p>15838</p>", ["read it as a template"]),
        ('<input value="15838">', ["read it as a template"]),
        ('<input name="form_key" value="2a715838-1583-4838-9c1e-158380000000">', []),
        ('<a href="/track/kZ15838_-x15838">', []),
    ],
)
def test_a_key_that_has_the_digits_of_the_sum_is_no_sum(body: str, told: list[str]) -> None:
    """Each page has keys made by chance: one in some thousand would be called a finding."""
    assert wrong_in(HttpResponse(body), body, None) == told


def test_the_same_seed_repeats_the_same_walk(world: World) -> None:
    everything = list(attempts(world.targets("request")))
    again = [random.Random(f"7 {each}").sample(everything, 20) for each in ("a", "a", "b")]
    assert again[0] == again[1] != again[2]
    assert mutated(random.Random(7)) == mutated(random.Random(7))


def refused_though_right(targets: list[Target]) -> dict[str, str]:
    """What is not accepted although nothing is wrong: then the walk would prove nothing."""
    walker = Walker()
    found = {}
    for target in targets:
        outcome = walker.attempt(target, target.pairs)
        is_taken = outcome.status in {200, 204, 302}
        is_list = target.name.endswith("_changelist")  # a list has no act to be accepted
        if target.method != "get" and not is_list:
            is_taken = is_accepted(target, outcome.status)
        if outcome.wrong or not is_taken:
            found[target.name] = f"{outcome.status} {outcome.wrong} {outcome.body[:2000]}"
    return found


# ------------------------------------------------------------------ attempts
class Attempt:
    """One field, one payload or shape."""

    def __init__(
        self,
        target: Target,
        field: str,
        name: str,
        payload: Payload | None = None,
        *,
        is_htmx: bool = False,
    ) -> None:
        self.target, self.field, self.name = target, field, name
        self.payload, self.is_htmx = payload, is_htmx

    def told(self, walker: Walker) -> list[str]:
        """What is wrong with the answer, one line each, naming form, field and payload."""
        outcome = self.outcome(walker)
        how = " by htmx" if self.is_htmx else ""
        value = f" {str(self.payload.value)[:60]!r}" if self.payload else ""
        place = f"{self.target.method.upper()} {self.target.path}{how}"
        lines = [
            f"{place} · field {self.field!r} · {self.name}{value}: {wrong}"
            for wrong in outcome.wrong
        ]
        for line in lines:
            log.error("seed %s: %s", SEED, line)  # a night is long: each is told when it is found
        return lines

    def outcome(self, walker: Walker) -> Any:
        target, more = self.target, dict[str, Any](is_htmx=self.is_htmx)
        if self.payload is not None:
            pairs = replaced(target.pairs, self.field, self.payload.value)
            return walker.attempt(target, pairs, payload=self.payload, **more)
        if self.name in SHAPES:
            return walker.attempt(target, SHAPES[self.name](target.pairs, self.field), **more)
        if self.name in TYPES:
            kind, body = self.name, TYPES[self.name]
            return walker.attempt(target, [], content_type=kind, body=body, **more)
        return walker.attempt(
            target, [], content_type=MULTIPART_CONTENT, body=as_file(target, self.field), **more
        )


def attempts(targets: list[Target]) -> Iterator[Attempt]:
    """Every payload and shape for every field, half of them as htmx sends them."""
    is_htmx = False
    for target in targets:
        for field in target.fields:
            for payload in PAYLOADS:
                is_htmx = not is_htmx
                yield Attempt(target, field, payload.name, payload, is_htmx=is_htmx)
            for shape in SHAPES:
                is_htmx = not is_htmx
                yield Attempt(target, field, shape, is_htmx=is_htmx)
            if target.method == "post":
                yield Attempt(target, field, "as a file")
        if target.method == "post":
            for kind in TYPES:
                is_htmx = not is_htmx
                yield Attempt(target, "", kind, is_htmx=is_htmx)


def as_file(target: Target, name: str) -> bytes:
    """The form with a file where text is expected."""
    lines: list[bytes] = []
    for key, value in without(target.pairs, name):
        lines += [
            f"--{BOUNDARY}".encode(),
            f'Content-Disposition: form-data; name="{key}"'.encode(),
            b"",
            value if isinstance(value, bytes) else value.encode(),
        ]
    file = SimpleUploadedFile("<x-evil>.pdf\0", b"%PDF-1.7\0<x-evil>", "application/pdf")
    lines += [*encode_file(BOUNDARY, name, file), f"--{BOUNDARY}--".encode(), b""]
    return b"\r\n".join(lines)
