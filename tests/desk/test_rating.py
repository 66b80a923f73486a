"""The one question of the tracking page: how a complaint was handled, asked once (BEY6)."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from complaints.models import Complaint, Rating
from complaints.operations import UnableToRate, rate_complaint
from complaints.operations.deciding import reject_complaint
from complaints.queries.ratings import rating_of
from smart360.cases.models import HoldReason
from smart360.cases.operations import acknowledge, add_note, put_on_hold
from smart360.kernel.text import NOT_OFFERED
from smart360.owed.tasks import drain
from smart360.staff.choices import Role
from smart360.staff.models import Person
from smart360.trail.choices import Event
from smart360.trail.models import Entry, PersonalText
from tests.complaints.conftest import complain
from tests.complaints.working import bring_to
from tests.conftest import MakeConsumer, MakePerson, SetClock

CANARY = "CANARY-31ab"


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def clerk(person: MakePerson) -> Person:
    return person(Role.SUPERVISOR, full_name="Sue Pervisor")


@pytest.fixture
def made(make_consumer: MakeConsumer, clerk: Person, stands: SetClock) -> Complaint:
    return complain(make_consumer(), by=clerk, at=stands.at, notes=CANARY)


@pytest.fixture
def resolved(made: Complaint, clerk: Person, at: datetime) -> Complaint:
    bring_to("RESOLVED", made, clerk, at)
    return made


def path_of(made: Complaint, rest: str = "") -> str:
    return f"/track/{made.tracking_token}{rest}"


def page_of(made: Complaint) -> str:
    response = Client().get(path_of(made))
    assert response.status_code == 200
    return response.content.decode()


def rate(made: Complaint, **typed: Any) -> Any:
    return Client().post(path_of(made, "/rating"), {"stars": "4", "comment": "", **typed})


# ------------------------------------------------------------------ the page of a complaint
def test_a_new_complaint_in_plain_words(made: Complaint) -> None:
    page = page_of(made)
    for words in (
        made.case.number,
        "We have received your complaint.",
        "Billing, Bill amount: Bill is too high, on Monday, December 2, 2024.",
        "Complaint received",
        "Next: we confirm the complaint, within 2 hours after it reached us.",
        "By Wednesday, December 11, 2024, 9:30 AM",
        path_of(made, "/receipt.pdf"),
        "(555) 010-0911",
    ):
        assert words in page, words
    assert "One question" not in page


def test_the_page_follows_the_complaint(
    made: Complaint, clerk: Person, at: datetime, stands: SetClock
) -> None:
    acknowledge(case=made.pk, by=clerk, at=at)
    page = page_of(made)
    assert "We are working on your complaint." in page
    assert "Next: we tell you what we decide, within the time that we promised." in page
    stands.go_on(days=2)
    page = page_of(made)
    assert "It takes longer than we promised, and we are sorry." in page
    assert "As soon as we can" in page
    reject_complaint(case=made.pk, words=CANARY, by=clerk, at=stands.at)
    page = page_of(made)
    assert "Your complaint is rejected." in page
    assert "One question" in page


def test_a_hold_says_whom_it_waits_for(made: Complaint, clerk: Person, at: datetime) -> None:
    acknowledge(case=made.pk, by=clerk, at=at)
    put_on_hold(
        case=made.pk,
        reason=HoldReason.objects.get(code="WAITING_CONSUMER").pk,
        resume_by=at + timedelta(days=4),
        at_resume_by="RESUMES",
        note=CANARY,
        by=clerk,
        at=at,
    )
    page = page_of(made)
    assert "Your complaint is waiting." in page
    assert "We are waiting to hear from you. Please call us." in page


def test_nothing_internal_and_nothing_personal_is_on_the_page(
    resolved: Complaint, clerk: Person, at: datetime, form_key: Callable[[], Any]
) -> None:
    add_note(case=resolved.pk, words=CANARY, by=clerk, at=at, form_key=form_key())
    consumer = resolved.case.consumer
    assert consumer is not None
    for page in (page_of(resolved), rate(resolved, stars="9").content.decode()):
        for secret in (
            CANARY, consumer.name, consumer.account_number, consumer.phone, consumer.email,
            "IL 62701", clerk.full_name, resolved.description, resolved.expected_resolution,
            "Priority", "SLA",
        ):  # fmt: skip
            assert secret not in page, secret


def test_the_receipt_is_offered_once_it_is_made(made: Complaint) -> None:
    waiting = Client().get(path_of(made, "/receipt.pdf"))
    assert waiting.status_code == 202
    drain("PDF")
    response = Client().get(path_of(made, "/receipt.pdf"))
    assert response.content.startswith(b"%PDF-")
    assert response["Cache-Control"] == "no-store"


def test_the_page_needs_few_statements(
    resolved: Complaint, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(6):
        page_of(resolved)


# ------------------------------------------------------------------ the question
@pytest.mark.parametrize("stars", ["1", "5"])
@pytest.mark.parametrize("status", ["RESOLVED", "REJECTED"])
def test_the_customer_answers_once(
    made: Complaint, clerk: Person, at: datetime, status: str, stars: str
) -> None:
    """One line, by nobody of ours; the comment is words of a person, kept apart."""
    bring_to(status, made, clerk, at)
    response = rate(made, stars=stars, comment="  Ask for Ann at +15551230000  ")
    assert (response.status_code, response["Location"]) == (302, path_of(made))
    rating = Rating.objects.get()
    assert (rating.pk, rating.stars, rating.rated_at) == (made.pk, int(stars), at)
    assert rating.comment is not None
    assert rating.comment.text == "Ask for Ann at +15551230000"
    line = Entry.objects.get(case=made.case, kind=Event.RATED)
    assert (line.actor, line.new, line.text) == (None, {"stars": int(stars)}, rating.comment)
    page = page_of(made)
    assert f"You gave {stars} of 5 stars. Thank you." in page
    assert "Send your rating" not in page
    assert "Ann" not in page


def test_a_comment_is_optional(resolved: Complaint) -> None:
    before = PersonalText.objects.count()
    assert rate(resolved, comment=" \n ").status_code == 302
    assert Rating.objects.get().comment is None
    assert PersonalText.objects.count() == before


def test_a_second_answer_is_told_that_there_is_one(resolved: Complaint) -> None:
    rate(resolved, stars="4")
    for typed in ({"stars": "1", "comment": "worse"}, {"stars": ""}):
        response = rate(resolved, **typed)
        assert response.status_code == 409
        assert "This was rated already. Thank you." in response.content.decode()
    assert Rating.objects.get().stars == 4
    assert Entry.objects.filter(kind=Event.RATED).count() == 1


def test_what_is_not_decided_is_not_rated(made: Complaint) -> None:
    response = rate(made)
    assert response.status_code == 409
    assert "This complaint is not decided yet." in response.content.decode()
    assert not Rating.objects.exists()
    assert not Entry.objects.filter(kind=Event.RATED).exists()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"stars": ""}, "Choose 1 to 5 stars."),
        ({"stars": "0"}, NOT_OFFERED),
        ({"stars": "6"}, NOT_OFFERED),
        ({"stars": "-1"}, NOT_OFFERED),
        ({"stars": "4.5"}, NOT_OFFERED),
        ({"stars": "²"}, NOT_OFFERED),
        ({"comment": "W" * 501}, "Ensure this value has at most 500 characters (it has 501)."),
        ({"comment": "a\u202eb"}, "This text contains characters that cannot be shown."),
    ],
)
def test_a_wrong_answer_is_told_at_its_field(
    resolved: Complaint, typed: dict[str, str], sentence: str
) -> None:
    response = rate(resolved, **typed)
    page = response.content.decode()
    assert response.status_code == 422
    assert sentence in page
    assert not Rating.objects.exists()
    if typed.get("comment", "").startswith("W"):
        assert typed["comment"] in page  # what was typed stays


@pytest.mark.parametrize(("stars", "comment"), [(0, ""), (6, ""), (3, "W" * 501), (3, "\u202e")])
def test_the_operation_asks_for_the_same(
    resolved: Complaint, at: datetime, stars: int, comment: str
) -> None:
    with pytest.raises(UnableToRate):
        rate_complaint(complaint=resolved.pk, stars=stars, comment=comment, by=None, at=at)
    assert not Rating.objects.exists()
    assert not Entry.objects.filter(kind=Event.RATED).exists()


def test_a_forged_form_is_refused(resolved: Complaint) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post(path_of(resolved, "/rating"), {"stars": "1"}).status_code == 403
    page = client.get(path_of(resolved)).content.decode()
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert found is not None
    typed = {"stars": "3", "comment": "", "csrfmiddlewaretoken": found[1]}
    assert client.post(path_of(resolved, "/rating"), typed).status_code == 302
    assert Rating.objects.get().stars == 3


def test_the_link_is_told_to_nobody_else(resolved: Complaint) -> None:
    """Without any referrer a browser sends no origin, and our own form would be refused."""
    asking = Client().get(path_of(resolved))
    assert asking["Referrer-Policy"] == "same-origin"
    assert asking["Cache-Control"] == "no-store"
    rate(resolved)
    assert Client().get(path_of(resolved))["Referrer-Policy"] == "no-referrer"


def test_the_question_is_a_group_of_radios(resolved: Complaint) -> None:
    page = page_of(resolved)
    assert 'role="radiogroup" aria-required="true"' in page
    assert page.count('type="radio"') == 5
    assert "<script" not in page
    assert "style=" not in page


@pytest.mark.parametrize("token", ["a" * 43, "x", "%00" * 43, "é" * 43])
def test_a_link_that_leads_nowhere(resolved: Complaint, token: str) -> None:
    response = Client().post(f"/track/{token}/rating", {"stars": "1"})
    assert response.status_code == 404
    assert "There is nothing under this link." in response.content.decode()
    assert not Rating.objects.exists()


def test_a_request_is_not_rated(make_request: Callable[..., Any], stands: SetClock) -> None:
    token = make_request().tracking_token
    assert Client().post(f"/track/{token}/rating", {"stars": "1"}).status_code == 404


@pytest.mark.parametrize("method", ["get", "put", "delete", "patch"])
def test_rating_is_post_only(resolved: Complaint, method: str) -> None:
    assert getattr(Client(), method)(path_of(resolved, "/rating")).status_code == 405


def test_staff_see_it_as_far_as_they_may(
    resolved: Complaint, person: MakePerson, at: datetime
) -> None:
    """X3: the comment may name somebody."""
    clerk, admin = person(Role.CSE), person(Role.ADMIN)
    assert rating_of(resolved.pk, to=clerk) is None
    rate(resolved, stars="2", comment="Ask Ann")
    seen, masked = (rating_of(resolved.pk, to=each) for each in (clerk, admin))
    assert seen is not None
    assert masked is not None
    assert (seen.words, seen.comment, seen.rated_at) == ("2 of 5 stars", "Ask Ann", at)
    assert (masked.stars, masked.comment) == (2, "")


def test_it_stands_on_the_complaints_page(
    resolved: Complaint, client_as: Callable[..., Client]
) -> None:
    """The Details tab, and one line of the timeline."""
    rate(resolved, stars="2", comment="Ask Ann")
    for role, sees_words in ((Role.CSE, True), (Role.ADMIN, False)):
        client = client_as(role)
        page = client.get(f"/cx/services/{resolved.case.number}").content.decode()
        assert "2 of 5 stars" in page
        assert ("Ask Ann" in page) == sees_words
        page = client.get(f"/cx/services/{resolved.case.number}/timeline").content.decode()
        assert "Rated by the consumer: 2 of 5 stars" in page
        assert ("Ask Ann" in page) == sees_words
