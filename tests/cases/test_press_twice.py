"""R4: one form, one effect; pressed again it shows the first result, not a conflict."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from disconnections.operations import close_request
from smart360.cases import operations as cases
from smart360.cases.models import Case, HoldReason
from smart360.kernel.errors import Refusal
from smart360.staff.choices import Role
from smart360.trail.models import Entry
from smart360.web.form_keys import UnableToSubmitAgain
from tests.conftest import MakePerson, MakeRequest, SetClock

pytestmark = pytest.mark.django_db
Act = Callable[..., Case]


def acts(at: datetime) -> list[tuple[Act, str]]:
    """Each act of a button or dialog, in an order in which one request goes through them."""
    hold = partial(
        cases.put_on_hold,
        reason=HoldReason.objects.get(code="WAITING_CONSUMER").pk,
        resume_by=at + timedelta(days=2),
        at_resume_by="RESUMES",
    )
    close = partial(close_request, reason="DUPLICATE", note="")
    return [
        (cases.acknowledge, "IN_PROGRESS"),
        (hold, "ON_HOLD"),
        (cases.resume, "IN_PROGRESS"),
        (close, "CLOSED"),
    ]


def test_the_same_form_has_one_effect(
    make_request: MakeRequest, person: MakePerson, at: datetime
) -> None:
    made, sarah = make_request(), person(Role.CSE)
    for act, status in acts(at):
        press = partial(act, case=made.pk, by=sarah, at=at)
        key = uuid4()
        assert press(form_key=key).status == status
        lines = Entry.objects.count()
        assert press(form_key=key).status == status
        assert Entry.objects.count() == lines
        with pytest.raises(Refusal) as refusal:  # the control: another form is told who was faster
            press(form_key=uuid4())
        assert refusal.value.is_conflict


def test_a_refused_form_may_be_sent_again(
    make_request: MakeRequest, person: MakePerson, at: datetime
) -> None:
    """What was refused left no key behind: mended, the same form goes through."""
    made, sarah, key = make_request(), person(Role.CSE), uuid4()
    with pytest.raises(Refusal):
        close_request(case=made.pk, reason="OTHER", note="", by=sarah, at=at, form_key=key)
    note = "The customer moved away"
    close_request(case=made.pk, reason="OTHER", note=note, by=sarah, at=at, form_key=key)
    assert Case.objects.get(pk=made.pk).status == "CLOSED"


def test_a_form_of_another_request_is_refused(
    make_request: MakeRequest, person: MakePerson, at: datetime
) -> None:
    """bad-inputs.md 32."""
    sarah, key = person(Role.CSE), uuid4()
    cases.acknowledge(case=make_request().pk, by=sarah, at=at, form_key=key)
    with pytest.raises(UnableToSubmitAgain):
        cases.acknowledge(case=make_request().pk, by=sarah, at=at, form_key=key)


@pytest.mark.parametrize("headers", [None, {"HX-Request": "true"}])
def test_a_button_pressed_twice_says_the_same_twice(
    make_request: MakeRequest, client_as: Callable[..., Client], stands: SetClock, headers: Any
) -> None:
    """The page's own button carries the key; without one the second press is a conflict."""
    made, client = make_request(), client_as(Role.CSE)
    page = client.get(reverse("request_detail", args=[made.case.number])).content.decode()
    address = reverse("request_acknowledge", args=[made.case.number])
    form = page[page.index(f'action="{address}"') :]
    key = form[form.index('name="form_key" value="') :].split('"')[3]
    answers = [client.post(address, {"form_key": key}, headers=headers) for _ in range(2)]
    assert {answer.status_code for answer in answers} == {200 if headers else 302}
    assert client.post(address, headers=headers).status_code == 409
    assert client.post(address, {"form_key": "x"}, headers=headers).status_code == 400
