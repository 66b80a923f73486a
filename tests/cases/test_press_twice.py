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
from smart360.comms.models import Message
from smart360.kernel.errors import Refusal
from smart360.staff.choices import Role
from smart360.trail.models import Entry
from smart360.web.form_keys import UnableToSubmitAgain
from tests.conftest import MakePerson, MakeRequest, SetClock
from tests.disconnections.browsing import hold_data

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


# ------------------------------------------------------------------ the same key, other contents
def forms_with_words(at: datetime) -> list[tuple[Act, dict[str, Any], dict[str, Any]]]:
    """Each act whose form says something, with what it says and with something else."""
    reasons = {reason.code: reason.pk for reason in HoldReason.objects.all()}
    hold = {
        "reason": reasons["WAITING_CONSUMER"],
        "resume_by": at + timedelta(days=2),
        "at_resume_by": "RESUMES",
        "note": "Asked",
    }
    call = {"words": "Called", "minutes": 3, "direction": "TO_CONSUMER"}
    return [
        (cases.add_note, {"words": "First"}, {"words": "Second"}),
        (cases.send_message, {"subject": "", "words": "A"}, {"subject": "A", "words": ""}),
        (cases.log_call, call, call | {"minutes": None}),
        (cases.put_on_hold, hold, hold | {"note": ""}),
        (cases.put_on_hold, hold, hold | {"resume_by": at + timedelta(days=3)}),
        (close_request, {"reason": "DUPLICATE", "note": ""}, {"reason": "NO_RESPONSE", "note": ""}),
    ]


def test_a_form_with_other_contents_is_no_repetition(
    make_request: MakeRequest, person: MakePerson, at: datetime
) -> None:
    """What it says now was never stored, so it is not told that it was."""
    sarah, supervisor = person(Role.CSE), person(Role.SUPERVISOR)
    for act, first, other in forms_with_words(at):
        made, key = make_request(), uuid4()
        cases.acknowledge(case=made.pk, by=sarah, at=at)
        press = partial(act, case=made.pk, by=sarah, at=at, form_key=key)
        press(**first)
        stored = Entry.objects.count(), Message.objects.count()
        with pytest.raises(UnableToSubmitAgain) as refusal:
            press(**other)
        assert refusal.value.is_conflict
        press(**first)  # the control: with the same contents it is one
        assert (Entry.objects.count(), Message.objects.count()) == stored
    made, key = make_request(), uuid4()
    cases.assign(case=made.pk, to=sarah, by=supervisor, at=at, form_key=key)
    with pytest.raises(UnableToSubmitAgain):
        cases.assign(case=made.pk, to=None, by=supervisor, at=at, form_key=key)


@pytest.mark.parametrize("headers", [None, {"HX-Request": "true"}])
@pytest.mark.parametrize(
    ("tail", "said"),
    [
        ("notes", {}),
        ("messages", {"subject": "Visit"}),
        ("calls", {"direction": "FROM_CONSUMER", "minutes": "2"}),
    ],
)
def test_other_words_under_one_key_stay_in_the_form(
    tail: str,
    said: dict[str, str],
    headers: Any,
    make_request: MakeRequest,
    client_as: Callable[..., Client],
    stands: SetClock,
) -> None:
    """The page says that the form was used, keeps the words, and gives a key to send them by."""
    made, client, key = make_request(), client_as(Role.CSE), str(uuid4())
    path = f"/cx/disconnections/{made.case.number}/{tail}"
    sent = {"form_key": key, **said}
    before = Message.objects.count()
    for words in ("Dog in the yard", "Dog in the yard", "Gate is open"):
        answer = client.post(path, {**sent, "words": words}, headers=headers)
    assert answer.status_code == 409
    html = answer.content.decode()
    assert "This form was already submitted" in html
    assert "Gate is open</textarea>" in html
    assert key not in html
    assert Message.objects.count() == before + 1
    fresh = html[html.index(f'id="{FORM_OF[tail]}"') :].split('name="form_key" value="')[1]
    sent |= {"words": "Gate is open", "form_key": fresh.split('"')[0]}
    assert client.post(path, sent, headers=headers).status_code in (200, 302)
    assert Message.objects.count() == before + 2


FORM_OF = {"notes": "note-form", "messages": "message-form", "calls": "call-form"}


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_a_hold_pressed_again_says_how_the_request_stands_now(
    headers: dict[str, str],
    make_request: MakeRequest,
    client_as: Callable[..., Client],
    stands: SetClock,
) -> None:
    made, client = make_request(), client_as(Role.CSE)
    number = made.case.number
    page = reverse("request_detail", args=[number])
    hold = {**hold_data(), "form_key": str(uuid4())}

    def press(act: str, sent: dict[str, str]) -> tuple[int, str]:
        answer = client.post(f"{page}/{act}", sent, headers=headers)
        if answer.status_code == 302:
            return 200, client.get(page).content.decode()
        return answer.status_code, answer.content.decode()

    press("acknowledge", {})
    assert all(f"{number} is on hold." in press("hold", hold)[1] for _ in range(2))
    press("resume", {})
    status, html = press("hold", hold)
    assert status == 200
    assert f"This form was submitted before. {number} is In Progress now." in html
    assert f"{number} is on hold." not in html
    status, html = press("hold", {**hold, "note": "Asked once more"})
    assert status == 409
    assert "This form was already submitted" in html
    assert "Asked once more</textarea>" in html
    assert hold["form_key"] not in html
    assert Case.objects.get(pk=made.pk).status == "IN_PROGRESS"


def test_assigned_again_it_says_to_whom_it_is_assigned_now(
    make_request: MakeRequest,
    client_as: Callable[..., Client],
    person: MakePerson,
    stands: SetClock,
) -> None:
    made, client, boss = make_request(), client_as(Role.CSE), person(Role.SUPERVISOR)
    number = made.case.number
    sent = {"form_key": str(uuid4()), "from": "start"}
    for to, words in ((boss, f"to {boss.full_name}"), (None, "to nobody")):
        client.post(reverse("request_assign", args=[number]), sent)
        cases.assign(case=made.pk, to=to, by=boss, at=stands.at)
        client.get("/")
        client.post(reverse("request_assign", args=[number]), sent)
        html = client.get("/").content.decode()
        assert f"This form was submitted before. {number} is assigned {words} now." in html
