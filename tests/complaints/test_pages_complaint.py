"""The page of one complaint: what it shows, its buttons, its acts and who may see it (CMP6)."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from complaints.access import allowed_acts, find_complaint
from complaints.models import Complaint, ComplaintSettings, Evidence
from complaints.queries.detail import reopen_days
from consumers.models import AccountHold
from smart360.cases.access import Act
from smart360.cases.models import Case, HoldReason
from smart360.cases.operations import add_note, raise_alerts
from smart360.comms.models import Message, Notice
from smart360.documents.store import store_pdf
from smart360.staff.choices import Role
from smart360.staff.models import Person
from tests.complaints.conftest import MakeComplaint
from tests.complaints.working import at_path, bring_to, in_progress
from tests.conftest import MakeConsumer, MakePerson, SetClock
from tests.disconnections.protecting import inside
from tests.invariants import assert_sound

pytestmark = pytest.mark.django_db
ClientAs = Callable[..., Client]
HTMX = {"HX-Request": "true"}
STATES = ("PENDING", "IN_PROGRESS", "ON_HOLD", "RESOLVED", "REJECTED")
RUDE = "Rude or disrespectful"


def page_of(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def fact(html: str, name: str) -> str:
    """What stands beside a name on the page."""
    found = re.search(rf"<dt>{name}</dt>\s*<dd[^>]*>(.*?)</dd>", html, re.DOTALL)
    assert found, name
    return re.sub(r"<[^>]+>", "", found[1]).strip()


# ------------------------------------------------------------------ what it shows
def test_it_says_what_was_complained_of(
    make_complaint: MakeComplaint, client_as: ClientAs, stands: SetClock
) -> None:
    complaint = make_complaint(notes="Call after five", disputed_amount=Decimal("120.00"))
    html = page_of(client_as(Role.CSE), at_path(complaint))
    for name, words in {
        "Category": "Billing",
        "Subcategory": "Bill amount",
        "Complaint name": "Bill is too high",
        "Description": "The bill is three times the usual one.",
        "Expected resolution": "A corrected bill",
        "Additional notes": "Call after five",
        "Complaint ID": complaint.case.number,
        "Name": "Ann Newcomer",
    }.items():
        assert fact(html, name) == words
    assert "$120.00" in fact(html, "Disputed amount")
    assert "Protects the account once one is linked" in fact(html, "Disputed amount")
    assert "No account linked" in html
    assert "We have your complaint and confirm it next, and expect to resolve it by" in html
    for tab in ("Details", "Service order", "Communication", "Timeline"):
        assert f">{tab}" in html
    assert "Complaint created" in page_of(client_as(Role.CSE), at_path(complaint, "/timeline"))


def test_of_an_account_it_shows_the_consumer(
    make_complaint: MakeComplaint, make_consumer: MakeConsumer, client_as: ClientAs
) -> None:
    complaint = make_complaint(make_consumer("Maria Mendez", is_vip=True))
    html = page_of(client_as(Role.CSE), at_path(complaint))
    assert "Maria Mendez" in html
    assert "Consumer information" in html
    assert "Customer as told" not in html
    profile = f"/cx/consumer-management/{complaint.case.consumer.account_number}"  # type: ignore[union-attr]  # made so
    assert complaint.case.number in page_of(client_as(Role.CSE), profile), "on its timeline"


def test_an_administrator_sees_no_personal_data(
    make_complaint: MakeComplaint, client_as: ClientAs
) -> None:
    """roles.md: no PII; of somebody unknown as of a consumer."""
    complaint = make_complaint(description="Ann Newcomer at 12 Elm Street complains")
    for tail in ("", "/communication", "/timeline"):
        html = page_of(client_as(Role.ADMIN), at_path(complaint, tail))
        for secret in ("Newcomer", "Elm Street", "ann@example.com", "5551230000", "123-0000"):
            assert secret not in html, (tail, secret)
    assert fact(page_of(client_as(Role.ADMIN), at_path(complaint)), "Name") == "A••• N•••"


@pytest.mark.parametrize("state", ["RESOLVED", "REJECTED"])
def test_a_decided_one_says_how(
    make_complaint: MakeComplaint,
    person: MakePerson,
    client_as: ClientAs,
    stands: SetClock,
    state: str,
) -> None:
    complaint = make_complaint()
    bring_to(state, complaint, person(Role.CSE), stands())
    html = page_of(client_as(Role.CSE), at_path(complaint))
    name, words = {
        "RESOLVED": ("Resolution", "We read the meter again."),
        "REJECTED": ("Reason for rejection", "The bill is right."),
    }[state]
    assert fact(html, name) == words
    assert "Dec 10, 2024" in re.findall(r'id="spoken".*?</div>', html, re.DOTALL)[0]


# ------------------------------------------------------------------ buttons
BUTTONS = {
    Act.ACKNOWLEDGE: 'action="{path}/acknowledge"',
    Act.HOLD: 'data-opens="hold"',
    Act.RESUME: 'action="{path}/resume"',
    Act.ASSIGN_TO_ME: 'action="{path}/assign"',
    Act.ASSIGN_TO: 'data-opens="assign"',
    Act.RESOLVE: 'data-opens="resolve"',
    Act.REJECT: 'data-opens="reject"',
    Act.REOPEN: 'data-opens="reopen"',
    Act.LINK: 'data-opens="link"',
    Act.DISPUTE: 'data-opens="dispute"',
    Act.ADD_NOTE: 'write=note"',
    Act.SEND_MESSAGE: 'write=message"',
}
POSTS = {
    Act.ACKNOWLEDGE: "/acknowledge", Act.HOLD: "/hold", Act.RESUME: "/resume",
    Act.ASSIGN_TO_ME: "/assign", Act.RESOLVE: "/resolve", Act.REJECT: "/reject",
    Act.REOPEN: "/reopen", Act.LINK: "/link", Act.DISPUTE: "/dispute",
}  # fmt: skip


def sent_for(act: Act) -> dict[str, str]:
    """What a form that is right sends."""
    if act == Act.HOLD:
        reason = HoldReason.objects.get(code="WAITING_CONSUMER").pk
        return {
            "reason": str(reason), "resume_on": "2024-12-12", "resume_at": "09:00",
            "at_resume_by": "RESUMES", "note": "", "form_key": str(uuid4()),
        }  # fmt: skip
    return {"words": "Because it is so.", "amount": "12.00", "form_key": str(uuid4())}


@pytest.mark.parametrize("is_linked", [True, False])
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("role", [role for role in Role if role != Role.TECHNICIAN])
def test_the_buttons_are_what_the_server_allows(
    role: Role,
    state: str,
    is_linked: bool,
    client_as: ClientAs,
    make_consumer: MakeConsumer,
    make_complaint: MakeComplaint,
    person: MakePerson,
    stands: SetClock,
) -> None:
    """roles.md, rule 8: rendered actions, ``allowed_acts`` and the server's answers agree."""
    consumer = make_consumer() if is_linked else None
    complaint = make_complaint(consumer)
    bring_to(state, complaint, person(Role.SUPERVISOR), stands())
    me = person(role)
    client = client_as(me)
    case = find_complaint(complaint.case.number, me)
    assert case is not None
    allowed = allowed_acts(case, me, at=stands(), reopen_days=reopen_days())
    html = page_of(client, at_path(complaint))
    shown = {act for act, mark in BUTTONS.items() if mark.format(path=at_path(complaint)) in html}
    assert shown == allowed & BUTTONS.keys()
    account = make_consumer("Somebody Else").account_number
    for act, tail in POSTS.items():
        if act not in allowed:
            sent = sent_for(act) | {"account": account}
            answer = client.post(at_path(complaint, tail), sent)
            assert answer.status_code in (403, 409), (act, answer.status_code)
    case.refresh_from_db()
    assert case.status == state


def test_the_way_from_new_to_resolved_and_back(
    make_complaint: MakeComplaint,
    make_consumer: MakeConsumer,
    client_as: ClientAs,
    stands: SetClock,
) -> None:
    """CMP5, as plain forms, without scripts."""
    complaint, clerk, boss = make_complaint(), client_as(Role.CSE), client_as(Role.SUPERVISOR)
    account = make_consumer().account_number
    for client, tail, sent, status in (
        (clerk, "/acknowledge", {}, "IN_PROGRESS"),
        (clerk, "/link", {"account": account}, "IN_PROGRESS"),
        (clerk, "/dispute", {"amount": "80.00", "form_key": str(uuid4())}, "IN_PROGRESS"),
        (clerk, "/hold", sent_for(Act.HOLD), "ON_HOLD"),
        (clerk, "/resume", {}, "IN_PROGRESS"),
        (clerk, "/resolve", {"words": "A corrected bill is on its way."}, "RESOLVED"),
        (boss, "/reopen", {"words": "It came back."}, "IN_PROGRESS"),
        (clerk, "/reject", {"words": "The bill was right."}, "REJECTED"),
    ):
        stands.go_on(minutes=10)
        answer = client.post(at_path(complaint, tail), sent)
        assert (answer.status_code, answer["Location"]) == (302, at_path(complaint)), tail
        complaint.case.refresh_from_db()
        assert complaint.case.status == status, tail
    assert AccountHold.objects.filter(source=complaint.case.number).count() == 2
    assert_sound()


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize(
    ("tail", "sent", "sentence"),
    [
        ("/reject", {"words": ""}, "Enter the reason for rejection"),
        ("/reject", {"words": " \n "}, "Enter the reason for rejection"),
        ("/resolve", {"words": ""}, "Enter how the complaint was resolved"),
        ("/resolve", {"words": "x" * 2001}, "at most 2000 characters"),
        ("/link", {"account": "ACC-NOBODY"}, "There is no account with this number"),
        ("/link", {"account": ""}, "This field is required."),
        ("/dispute", {"amount": "0"}, "Enter an amount above 0.00"),
        ("/dispute", {"amount": "1_000"}, "Enter a number"),
        ("/dispute", {"amount": "12.345"}, "2 decimal places"),
    ],
)
def test_what_is_wrong_stands_at_its_field(
    headers: dict[str, str],
    tail: str,
    sent: dict[str, str],
    sentence: str,
    make_complaint: MakeComplaint,
    person: MakePerson,
    client_as: ClientAs,
    stands: SetClock,
) -> None:
    """bad-inputs.md 103: 422 with the message, and what was typed; nothing changes."""
    complaint = in_progress(make_complaint(), person, stands())
    sent = {**sent, "form_key": str(uuid4())}
    answer = client_as(Role.CSE).post(at_path(complaint, tail), sent, headers=headers)
    assert answer.status_code == 422
    html = answer.content.decode()
    assert sentence in html
    assert ("<html" in html) == (not headers)
    complaint.case.refresh_from_db()
    assert (complaint.case.status, complaint.case.consumer_id) == ("IN_PROGRESS", None)


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_the_slower_one_is_told_who_was_faster(
    headers: dict[str, str],
    make_complaint: MakeComplaint,
    person: MakePerson,
    client_as: ClientAs,
    stands: SetClock,
) -> None:
    """bad-inputs.md 99 and 100: 409 with the fresh state."""
    complaint, karen = make_complaint(), person(Role.CSE, full_name="Karen Lee")
    client = client_as(Role.CSE)
    assert client.post(at_path(complaint, "/resume"), headers=headers).status_code == 409
    bring_to("REJECTED", complaint, karen, stands())
    answer = client.post(at_path(complaint, "/resolve"), {"words": "Done."}, headers=headers)
    assert answer.status_code == 409
    assert "Rejected by Karen Lee already" in answer.content.decode()


def test_a_get_does_nothing(
    make_complaint: MakeComplaint, client_as: ClientAs, stands: SetClock
) -> None:
    """bad-inputs.md 102."""
    complaint, client = make_complaint(), client_as(Role.SUPERVISOR)
    for tail in (*POSTS.values(), "/notes", "/messages", "/calls", "/service-order/new"):
        assert client.get(at_path(complaint, tail)).status_code == 405, tail
    complaint.case.refresh_from_db()
    assert complaint.case.version == 1


def test_after_the_window_there_is_no_button(
    make_complaint: MakeComplaint, person: MakePerson, client_as: ClientAs, stands: SetClock
) -> None:
    ComplaintSettings.objects.update(reopen_within_days=7)
    complaint, client = make_complaint(), client_as(Role.SUPERVISOR)
    bring_to("RESOLVED", complaint, person(Role.CSE), stands())
    assert 'data-opens="reopen"' in page_of(client, at_path(complaint))
    stands.go_on(days=7, seconds=1)
    assert 'data-opens="reopen"' not in page_of(client, at_path(complaint))
    answer = client.post(at_path(complaint, "/reopen"), {"words": "Again"})
    assert answer.status_code == 409
    assert "It could be reopened until Dec 17, 2024" in answer.content.decode()


# ------------------------------------------------------------------ what is said
def test_somebody_unknown_is_written_to(
    make_complaint: MakeComplaint, client_as: ClientAs, stands: SetClock
) -> None:
    complaint, client = make_complaint(), client_as(Role.CSE)
    tab = at_path(complaint, "/communication")
    assert "Goes to ann@example.com" in page_of(client, tab)
    sent = {"words": "We look into it.", "subject": "", "form_key": str(uuid4())}
    assert client.post(at_path(complaint, "/messages"), sent).status_code == 302
    message = Message.objects.get(case=complaint.pk, template__isnull=True)  # not the first letter
    assert message.to is not None
    assert message.subject is not None
    assert (message.to.text, message.subject.text) == (
        "ann@example.com", f"Your complaint {complaint.case.number}",
    )  # fmt: skip
    assert "We look into it." in page_of(client, tab)
    complaint.case.refresh_from_db()
    assert complaint.case.responded_at == stands()


def test_a_service_order_waits_for_the_account(
    make_complaint: MakeComplaint,
    make_consumer: MakeConsumer,
    client_as: ClientAs,
    stands: SetClock,
) -> None:
    """Decision 48: disabled with a hint until linked."""
    complaint, client = make_complaint(), client_as(Role.CALL_CENTRE)
    html = page_of(client, at_path(complaint, "/service-order"))
    assert "Link this complaint to its account first." in html
    assert re.search(r"<button[^>]* disabled[^>]*>.*?Add Service Order", html, re.DOTALL)
    linked = make_complaint(make_consumer())
    html = page_of(client, at_path(linked, "/service-order"))
    template = re.findall(r'<option value="(\d+)"', html)[0]
    sent = {"template": template, "scheduled_on": "", "remarks": "", "form_key": str(uuid4())}
    answer = client.post(at_path(linked, "/service-order/new"), sent)
    assert answer.status_code == 302
    assert "SO-2024-" in page_of(client, at_path(linked, "/service-order"))
    assert_sound()


# ------------------------------------------------------------------ about staff
def test_complaints_about_staff_are_for_supervisors_who_are_not_named(
    make_complaint: MakeComplaint,
    make_consumer: MakeConsumer,
    person: MakePerson,
    client_as: ClientAs,
    stands: SetClock,
) -> None:
    """roles.md: everybody else gets 404 everywhere, and hears nothing of it."""
    named, boss, maker = person(Role.SUPERVISOR), person(Role.SUPERVISOR), person(Role.CSE)
    consumer = make_consumer()
    complaint = make_complaint(consumer, name=RUDE, staff_named=named.pk, by=maker)
    assert page_of(client_as(boss), at_path(complaint))
    assert fact(page_of(client_as(boss), at_path(complaint)), "Person named") == named.full_name
    profile = f"/cx/consumer-management/{consumer.account_number}"
    others: list[Any] = [named, maker, Role.CALL_CENTRE, Role.BILLING, Role.ADMIN, Role.DISPATCHER]
    for other in others:
        client = client_as(other)
        for tail in ("", "/top", "/communication", "/timeline"):
            assert client.get(at_path(complaint, tail)).status_code == 404, (other, tail)
        assert client.post(at_path(complaint, "/acknowledge")).status_code in (403, 404)
        assert complaint.case.number not in page_of(client, profile)
    assert complaint.case.number in page_of(client_as(boss), profile)


def test_the_person_named_hears_of_no_deadline(
    make_complaint: MakeComplaint, person: MakePerson, at: datetime
) -> None:
    named, boss, clerk = person(Role.SUPERVISOR), person(Role.SUPERVISOR), person(Role.CSE)
    complaint = make_complaint(name=RUDE, staff_named=named.pk)
    raise_alerts(case=complaint.pk, at=at + timedelta(days=9))
    told = set(Notice.objects.filter(case=complaint.pk).values_list("person", flat=True))
    assert boss.pk in told
    assert not told & {named.pk, clerk.pk}


# ------------------------------------------------------------------ evidence
@pytest.fixture
def shown(
    make_complaint: MakeComplaint, person: MakePerson, at: datetime, settings: Any, tmp_path: Path
) -> Callable[..., Complaint]:
    """A complaint with one file."""
    settings.MEDIA_ROOT = tmp_path

    def make(**wish: Any) -> Complaint:
        complaint, by = make_complaint(**wish), person(Role.CSE)
        file = inside(lambda: store_pdf(title="Bill of May", body=b"%PDF-1.7 x", by=by, at=at))
        Evidence.objects.create(complaint=complaint, file=file, position=1)
        return complaint

    return make


def test_evidence_is_saved_and_never_a_page(
    shown: Callable[..., Complaint], client_as: ClientAs
) -> None:
    complaint, client = shown(), client_as(Role.CSE)
    html = page_of(client, at_path(complaint))
    assert "Bill of May" in html
    assert at_path(complaint, "/evidence/1") in html
    answer = client.get(at_path(complaint, "/evidence/1"))
    assert answer.status_code == 200
    assert answer["Content-Disposition"] == 'attachment; filename="Bill-of-May.pdf"'
    assert answer["Content-Security-Policy"].startswith("sandbox")
    for place in ("0", "2", "99999999999999999999"):
        assert client.get(at_path(complaint, f"/evidence/{place}")).status_code == 404


@pytest.mark.parametrize(
    ("role", "name", "status"),
    [
        (Role.CALL_CENTRE, "Leak", 200),
        (Role.SUPERVISOR, "Leak", 200),
        (Role.BILLING, "Bill is too high", 200),
        (Role.BILLING, "Leak", 404),
        (Role.RECOVERY, "Bill is too high", 403),
        (Role.DISPATCHER, "Leak", 403),
        (Role.TECHNICIAN, "Leak", 403),
        (Role.ADMIN, "Bill is too high", 403),
        (Role.CSE, RUDE, 404),
    ],
)
def test_who_sees_evidence(
    shown: Callable[..., Complaint], client_as: ClientAs, role: Role, name: str, status: int
) -> None:
    """roles.md; who may not sees no list of it either."""
    complaint, client = shown(name=name), client_as(role)
    assert client.get(at_path(complaint, "/evidence/1")).status_code == status
    page = client.get(at_path(complaint))
    assert ("Bill of May" in page.content.decode()) == (status == 200)


def test_the_page_asks_as_much_whatever_happened(
    make_complaint: MakeComplaint,
    make_consumer: MakeConsumer,
    person: MakePerson,
    client_as: ClientAs,
    stands: SetClock,
    django_assert_max_num_queries: Any,
) -> None:
    complaint, sarah = make_complaint(make_consumer()), person(Role.CSE)
    client = client_as(sarah)
    page_of(client, at_path(complaint))
    with django_assert_max_num_queries(14) as few:
        page_of(client, at_path(complaint))
    for n in range(5):
        add_note(case=complaint.pk, words=f"Note {n}", by=sarah, at=stands(), form_key=uuid4())
    with django_assert_max_num_queries(len(few)):
        page_of(client, at_path(complaint))


def test_a_technician_finds_nothing(make_complaint: MakeComplaint, person: MakePerson) -> None:
    """A technician finds nothing."""
    complaint = make_complaint()
    nobody: Person = person(Role.TECHNICIAN)
    assert find_complaint(complaint.case.number, nobody) is None
    assert Case.objects.filter(pk=complaint.pk).exists()
