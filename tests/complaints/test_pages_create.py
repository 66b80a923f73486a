"""Create Complaint: four steps in order, back without loss, and nothing twice (CMP2)."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from complaints.models import Complaint, ComplaintDraft, Evidence
from consumers.models import Consumer
from smart360.staff.choices import Role
from tests.complaints.writing import (
    WORDS,
    SignIn,
    address,
    at_step,
    attach,
    begun,
    choose,
    comment,
    describe,
    enter,
    picture,
    submit,
    written,
)
from tests.conftest import MakeConsumer, SetClock

pytestmark = pytest.mark.django_db


@pytest.fixture
def consumer(make_consumer: MakeConsumer, stands: SetClock) -> Consumer:
    return make_consumer()


@pytest.fixture
def client(client_as: SignIn) -> Client:
    return client_as(Role.CSE)


# ------------------------------------------------------------------ the whole way
def test_way_without_javascript(client: Client, consumer: Consumer) -> None:
    page = client.get(reverse("complaint_new"))
    assert "Search Customer" in page.text
    assert "Enter Customer Details Manually" in page.text
    for step in ("Customer Information", "Complaint Details", "Evidence &amp; Attachments",
                 "Review &amp; Submit"):  # fmt: skip
        assert step in page.text
    draft = page.context["sheet"].id

    answer = choose(client, consumer, draft)
    assert (answer.status_code, answer["Location"]) == (302, at_step(draft, 1))
    page = client.get(answer["Location"])
    for filled in ("Customer since", "Customer type", consumer.account_number, consumer.name):
        assert filled in page.text

    answer = describe(client, draft)
    assert (answer.status_code, answer["Location"]) == (302, at_step(draft, 3))
    for name in ("one.png", "two.png", "three.png"):
        answer = attach(client, draft, picture(name))
        assert answer.status_code == 302
    page = client.get(at_step(draft, 3))
    for name in ("one.png", "two.png", "three.png"):
        assert name in page.text

    answer = comment(client, draft, "The display says 18,245")
    assert (answer.status_code, answer["Location"]) == (302, at_step(draft, 4))
    page = client.get(answer["Location"])
    for shown in (consumer.name, "Bill is too high", "High", "Dec 2, 2024", "A corrected bill",
                  "three.png", "The display says 18,245", "Send Acknowledgment to Customer",
                  "Submit Complaint"):  # fmt: skip
        assert shown in page.text

    answer = submit(client, draft)
    made = Complaint.objects.select_related("case").get()
    assert answer["Location"] == reverse("complaint_created", args=[made.case.number])
    page = client.get(answer["Location"])
    assert f"Complaint {made.case.number} created" in page.text
    for link in ("Print receipt", "Download receipt", "Add Another Complaint"):
        assert link in page.text
    assert made.case.consumer == consumer
    assert made.notes == "The display says 18,245"
    titles = Evidence.objects.order_by("position").values_list("position", "file__title")
    assert list(titles) == [(1, "one.png"), (2, "two.png"), (3, "three.png")]
    assert not ComplaintDraft.objects.exists()


def test_somebody_who_is_not_in_the_system(client: Client, stands: SetClock) -> None:
    page = client.get(reverse("complaint_new") + "?by=hand")
    draft = page.context["sheet"].id
    answer = enter(client, draft)
    assert (answer.status_code, answer["Location"]) == (302, at_step(draft, 2))
    describe(client, draft)
    page = client.get(at_step(draft, 4))
    for shown in ("Ann Newcomer", "(555) 123-0000", "9 Elm Street", "Residential", "A-1"):
        assert shown in page.text
    assert submit(client, draft).status_code == 302
    made = Complaint.objects.get()
    assert made.complainant.name == "Ann Newcomer"
    assert made.complainant.phone == "+15551230000"
    assert made.case.consumer is None


# ------------------------------------------------------------------ who may
GETS = ("complaint_new", "complaint_staff")
POSTED = (
    "complaint_customer", "complaint_stranger", "complaint_details", "complaint_parts",
    "complaint_attach", "complaint_save", "complaint_submit", "complaint_discard",
    "draft_file_add",
)  # fmt: skip


@pytest.mark.parametrize(
    "role", [Role.BILLING, Role.ADMIN, Role.DISPATCHER, Role.TECHNICIAN], ids=str
)
def test_other_roles_may_not(client_as: SignIn, utility: Any, role: Role) -> None:
    client = client_as(role)
    for name in GETS:
        assert client.get(reverse(name)).status_code == 403
    assert client.get(reverse("complaint_created", args=["CMP-00000001"])).status_code == 403
    for name in POSTED:
        assert client.post(address(name, uuid4())).status_code == 403


@pytest.mark.parametrize("role", [Role.CSE, Role.CALL_CENTRE, Role.RECOVERY, Role.SUPERVISOR])
def test_these_roles_may(client_as: SignIn, consumer: Consumer, role: Role) -> None:
    client = client_as(role)
    draft = written(client, consumer)
    assert submit(client, draft).status_code == 302
    assert Complaint.objects.count() == 1


@pytest.mark.parametrize("name", POSTED)
def test_writes_need_a_signed_in_person_and_post(client: Client, name: str) -> None:
    """Bad inputs 102, 136."""
    assert client.get(address(name, uuid4())).status_code == 405
    anonymous = Client()
    assert anonymous.post(address(name, uuid4())).status_code == 302
    answer = anonymous.post(address(name, uuid4()), headers={"HX-Request": "true"})
    assert (answer.status_code, "HX-Redirect" in answer) == (401, True)


def test_another_persons_draft_is_not_there(
    client: Client, client_as: SignIn, consumer: Consumer
) -> None:
    draft = written(client, consumer)
    attach(client, draft)
    file = ComplaintDraft.objects.get().files.get().file_id
    other = client_as(Role.SUPERVISOR)
    for page in (at_step(draft, 1), address("draft_file", draft, file)):
        assert other.get(page).status_code == 404
    for name in ("complaint_details", "complaint_attach", "complaint_submit", "draft_file_add"):
        sent = {"form_key": str(uuid4())}
        assert other.post(address(name, draft), sent).status_code == 404, name
    assert other.post(address("draft_file_remove", draft, file)).status_code == 404
    assert other.post(address("complaint_discard", draft)).status_code == 302
    assert choose(other, consumer, draft).status_code == 404
    assert ComplaintDraft.objects.get().files.count() == 1
    assert "Bill is too high" not in other.get(reverse("complaint_new")).text


def test_the_success_page_is_its_makers(
    client: Client, client_as: SignIn, consumer: Consumer
) -> None:
    submit(client, written(client, consumer))
    page = reverse("complaint_created", args=[Complaint.objects.get().case.number])
    assert client.get(page).status_code == 200
    assert client_as(Role.SUPERVISOR).get(page).status_code == 404


# ------------------------------------------------------------------ in order, and back
@pytest.mark.parametrize("asked", ["2", "3", "4"])
def test_a_jump_leads_to_the_first_unfinished_step(
    client: Client, consumer: Consumer, asked: str
) -> None:
    """Bad inputs 105."""
    draft = uuid4()
    enter(client, draft, phone="", email="")  # kept, and not complete
    answer = client.get(at_step(draft, int(asked)))
    assert (answer.status_code, answer["Location"]) == (302, at_step(draft, 1))
    choose(client, consumer, draft, version="1")
    if asked != "2":
        answer = client.get(at_step(draft, int(asked)))
        assert (answer.status_code, answer["Location"]) == (302, at_step(draft, 2))


def test_submitted_too_early(client: Client, consumer: Consumer) -> None:
    """Bad inputs 105: by a POST as well."""
    draft = begun(client, consumer)
    answer = submit(client, draft, seen="")
    assert (answer.status_code, answer["Location"]) == (302, at_step(draft, 2))
    assert not Complaint.objects.exists()


@pytest.mark.parametrize("step", ["", "0", "5", "x", "٢", "99999999999999999999"])
def test_no_such_step(client: Client, consumer: Consumer, step: str) -> None:
    draft = begun(client, consumer)
    page = client.get(address("complaint_draft", draft), {"step": step})
    assert page.context["step"] == 2


def test_back_loses_nothing(client: Client, consumer: Consumer) -> None:
    draft = begun(client, consumer)
    answer = describe(client, draft, description="short", to="back")
    assert (answer.status_code, answer["Location"]) == (302, at_step(draft, 1))
    assert "A corrected bill</textarea>" in client.get(at_step(draft, 2)).text
    describe(client, draft, version="1")
    answer = comment(client, draft, "notes of the evidence", to="back")
    assert answer["Location"] == at_step(draft, 2)
    assert "notes of the evidence" in client.get(at_step(draft, 3)).text
    assert WORDS in client.get(at_step(draft, 2)).text


def test_next_is_always_enabled_on_the_evidence(client: Client, consumer: Consumer) -> None:
    draft = written(client, consumer)
    page = client.get(at_step(draft, 3)).text
    assert "disabled" not in page.split('name="to" value="next"')[-1].split("</button>")[0]
    assert comment(client, draft)["Location"] == at_step(draft, 4)


# ------------------------------------------------------------------ drafts
def test_a_reload_a_second_tab_and_a_new_sign_in_go_on(
    client: Client, client_as: SignIn, consumer: Consumer
) -> None:
    draft = written(client, consumer)
    attach(client, draft)
    comment(client, draft, "told on the phone")
    maker = ComplaintDraft.objects.get().person
    again = client_as(maker)
    page = again.get(at_step(draft, 4)).text
    for shown in (consumer.name, WORDS, "meter.png", "told on the phone"):
        assert shown in page
    start = again.get(reverse("complaint_new")).text
    for shown in ("Unfinished drafts", consumer.account_number, "Bill is too high", "1 file",
                  at_step(draft, 1).split("?")[0], "Continue", "Discard"):  # fmt: skip
        assert shown in start


def test_two_drafts_stay_apart(
    client: Client, make_consumer: MakeConsumer, consumer: Consumer
) -> None:
    other = make_consumer("Betty Other")
    one, two = written(client, consumer), written(client, other, description="Quite another thing.")
    assert WORDS in client.get(at_step(one, 4)).text
    page = client.get(at_step(two, 4)).text
    assert "Betty Other" in page
    assert WORDS not in page
    submit(client, one)
    assert "Quite another thing." in client.get(at_step(two, 4)).text


def test_a_second_window_is_told(client: Client, consumer: Consumer) -> None:
    """The last writer does not silently swallow the other's text."""
    draft = begun(client, consumer)
    first, second = (client.get(at_step(draft, 2)) for _ in range(2))
    window = [page.context["sheet"].window for page in (first, second)]
    version = first.context["version"]
    sent = {"window": window[0], "version": version}
    assert describe(client, draft, description="Typed in the first.", **sent).status_code == 302
    sent = {"window": window[1], "version": version}
    answer = describe(client, draft, description="Typed in the second.", **sent)
    assert answer.status_code == 409
    assert "This step was changed in another window at 09:30 AM" in answer.text
    assert "Typed in the second." in answer.text
    assert "Typed in the first." in client.get(at_step(draft, 2)).text
    sent = {"window": answer.context["sheet"].window, "version": answer.context["version"]}
    answer = describe(client, draft, description="Typed in the second.", **sent)
    assert answer.status_code == 302
    assert "Typed in the second." in client.get(at_step(draft, 2)).text


def test_what_is_typed_is_kept_and_a_clash_is_told(client: Client, consumer: Consumer) -> None:
    draft = begun(client, consumer)
    save = address("complaint_save", draft) + "?step=2"
    one, two = "a" * 32, "b" * 32
    assert client.post(save, {"description": "of one", "window": one}).status_code == 204
    answer = client.post(save, {"description": "of two", "window": two})
    assert (answer.status_code, "changed in another window" in answer.text) == (409, True)
    assert client.post(save, {"description": "one more", "window": one}).status_code == 204
    assert "one more" in client.get(at_step(draft, 2)).text
    assert client.post(save, {"description": "x" * 20_001, "window": one}).status_code == 422
    assert client.post(address("complaint_save", draft) + "?step=4").status_code == 404


def test_discard(client: Client, consumer: Consumer) -> None:
    draft = written(client, consumer)
    assert "Discard draft" in client.get(at_step(draft, 2)).text
    answer = client.post(address("complaint_discard", draft))
    assert (answer.status_code, answer["Location"]) == (302, reverse("complaint_new"))
    assert client.get(at_step(draft, 2)).status_code == 404
    assert not ComplaintDraft.objects.exists()


# ------------------------------------------------------------------ submitted
def test_the_back_button_shows_the_receipt(client: Client, consumer: Consumer) -> None:
    """Bad inputs 115."""
    draft = written(client, consumer)
    seen = client.get(at_step(draft, 4)).context["seen"]
    receipt = submit(client, draft)["Location"]
    for step in (1, 2, 3, 4):
        assert client.get(at_step(draft, step))["Location"] == receipt
    assert submit(client, draft, seen=seen)["Location"] == receipt
    assert describe(client, draft)["Location"] == receipt
    assert choose(client, consumer, draft)["Location"] == receipt
    assert enter(client, draft)["Location"] == receipt
    assert Complaint.objects.count() == 1
    assert not ComplaintDraft.objects.exists()


def test_a_change_after_the_review_is_shown_first(client: Client, consumer: Consumer) -> None:
    draft = written(client, consumer)
    seen = client.get(at_step(draft, 4)).context["seen"]
    attach(client, draft, picture("late.png"))
    answer = submit(client, draft, seen=seen)
    assert answer.status_code == 409
    assert "changed in another window" in answer.text
    assert "late.png" in answer.text
    assert submit(client, draft, seen=answer.context["seen"]).status_code == 302


@pytest.mark.parametrize(
    ("ticked", "status", "notifies"),
    [(None, 302, False), ("on", 302, True), ("false", 422, None), ("maybe", 422, None)],
)
def test_the_tick(
    client: Client, consumer: Consumer, ticked: str | None, status: int, notifies: bool | None
) -> None:
    """Bad inputs 34."""
    draft = written(client, consumer)
    assert submit(client, draft, notifies_consumer=ticked).status_code == status
    made = Complaint.objects.select_related("case").first()
    assert (made.case.notifies_consumer if made else None) == notifies


def test_no_email_on_file_is_said(client: Client, stands: SetClock) -> None:
    """Bad inputs 35."""
    draft = uuid4()
    enter(client, draft, email="")
    describe(client, draft)
    assert "No e-mail on file" in client.get(at_step(draft, 4)).text
    page = client.get(submit(client, draft)["Location"])
    assert "No e-mail on file; not sent" in page.text


def test_from_a_profile(client: Client, consumer: Consumer) -> None:
    page = client.get(reverse("complaint_new"), {"consumer": consumer.account_number})
    assert f"{consumer.account_number}. Chosen on the profile." in page.text
    page = client.get(reverse("complaint_new"), {"consumer": "NOBODY-1"})
    assert "Chosen on the profile." not in page.text


# ------------------------------------------------------------------ statements
def test_each_step_asks_as_much_however_many_files_and_drafts_there_are(
    client: Client,
    consumer: Consumer,
    django_assert_max_num_queries: Any,
) -> None:
    draft = written(client, consumer)
    pages = [reverse("complaint_new"), *(at_step(draft, step) for step in (1, 2, 3, 4))]
    attach(client, draft)
    asked = []
    for page in pages:
        client.get(page)
        with django_assert_max_num_queries(12) as few:
            client.get(page)
        asked.append(len(few))
    for _ in range(2):
        attach(client, draft)
        written(client, consumer)
    for page, most in zip(pages, asked, strict=True):
        with django_assert_max_num_queries(most):
            client.get(page)
