"""A request before supervisors (DIS11, W14)."""

from datetime import datetime
from functools import partial
from uuid import uuid4

import pytest
from django.db import IntegrityError

from disconnections.models import DisconnectionRequest
from disconnections.operations import ask_for_approval, close_request, decide_approval
from smart360.cases.approvals import UnableToAskForApproval, UnableToDecide
from smart360.cases.choices import ApprovalState
from smart360.cases.models import Approval
from smart360.comms.models import Message, Notice
from smart360.staff.choices import Role
from smart360.staff.models import Person
from smart360.trail.models import Entry
from tests.conftest import MakePerson, MakeRequest
from tests.disconnections.browsing import HTMX, ClientAs, at_path, page_of
from tests.looking import put_back

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(make_request: MakeRequest, person: MakePerson, at: datetime) -> DisconnectionRequest:
    """A request that Sarah made and Robert put before supervisors."""
    made = make_request(by=person(Role.CSE))
    person(Role.SUPERVISOR, username="boss", full_name="Ada Boss")
    ask_for_approval(case=made.pk, reason="They dispute it", by=person(Role.RECOVERY), at=at)
    return made


@pytest.fixture
def boss(asked: DisconnectionRequest) -> Person:
    return Person.objects.with_roles().get(username="boss")


def kinds(made: DisconnectionRequest) -> list[str]:
    entries = Entry.objects.filter(case=made.pk, kind__startswith="APPROVAL")
    return list(entries.order_by("seq").values_list("kind", flat=True))


def codes(made: DisconnectionRequest) -> list[str]:
    messages = Message.objects.filter(case=made.pk, template__code__contains="approval")
    return list(messages.order_by("pk").values_list("template__code", flat=True))


def test_who_asks_says_why_and_everybody_hears(asked: DisconnectionRequest, boss: Person) -> None:
    approval = Approval.objects.get(case=asked.pk)
    assert approval.state == ApprovalState.PENDING
    assert kinds(asked) == ["APPROVAL_ASKED"]
    entry = Entry.objects.get(case=asked.pk, kind="APPROVAL_ASKED")
    assert entry.text is not None
    assert entry.text.text == "They dispute it"
    assert codes(asked) == ["request.approval_asked"]
    notice = Notice.objects.get(person=boss)
    assert asked.case.number in notice.sentence


def test_the_consumer_is_told_though_the_box_is_not_ticked(
    make_request: MakeRequest, person: MakePerson, at: datetime
) -> None:
    """COM3: approval notices are statutory."""
    made = make_request(by=person(Role.CSE), notifies_consumer=False)
    ask_for_approval(case=made.pk, reason="Sensitive", by=person(Role.RECOVERY), at=at)
    boss = person(Role.SUPERVISOR)
    decide_approval(case=made.pk, decision="APPROVED", note="", by=boss, at=at)
    assert codes(made) == ["request.approval_asked", "request.approval_decided"]


@pytest.mark.parametrize(("decision", "kind"), [("APPROVED", "GIVEN"), ("REJECTED", "REFUSED")])
def test_a_supervisor_decides_once(
    decision: str, kind: str, asked: DisconnectionRequest, boss: Person, at: datetime
) -> None:
    decide_approval(case=asked.pk, decision=decision, note="I looked at it", by=boss, at=at)
    approval = Approval.objects.get(case=asked.pk)
    assert (approval.state, approval.decided_by, approval.note) == (
        decision,
        boss,
        "I looked at it",
    )
    assert kinds(asked) == ["APPROVAL_ASKED", f"APPROVAL_{kind}"]
    assert codes(asked) == ["request.approval_asked", "request.approval_decided"]
    with pytest.raises(UnableToDecide, match="by Ada Boss already"):
        decide_approval(case=asked.pk, decision="APPROVED", note="", by=boss, at=at)
    assert kinds(asked) == ["APPROVAL_ASKED", f"APPROVAL_{kind}"]


def test_the_same_form_has_one_effect(
    asked: DisconnectionRequest, boss: Person, at: datetime
) -> None:
    key = uuid4()
    press = partial(
        decide_approval, case=asked.pk, decision="APPROVED", note="", by=boss, at=at, form_key=key
    )
    assert press().pk == press().pk
    assert kinds(asked) == ["APPROVAL_ASKED", "APPROVAL_GIVEN"]


def test_a_refusal_says_why(asked: DisconnectionRequest, boss: Person, at: datetime) -> None:
    with pytest.raises(UnableToDecide) as refusal:
        decide_approval(case=asked.pk, decision="REJECTED", note="", by=boss, at=at)
    assert refusal.value.field == "note"
    assert kinds(asked) == ["APPROVAL_ASKED"]


def test_nobody_decides_what_they_made_or_put_forward(
    make_request: MakeRequest, person: MakePerson, at: datetime
) -> None:
    """W14: by the operation, and by the database against SQL."""
    maker, asker = person(Role.SUPERVISOR), person(Role.SUPERVISOR)
    made = make_request(by=maker)
    ask_for_approval(case=made.pk, reason="Look at it", by=asker, at=at)
    for own in (maker, asker):
        with pytest.raises(UnableToDecide) as refusal:
            decide_approval(case=made.pk, decision="APPROVED", note="", by=own, at=at)
        assert refusal.value.is_forbidden
        with pytest.raises(IntegrityError), put_back():
            Approval.objects.filter(case=made.pk).update(
                state="APPROVED", decided_by=own, decided_at=at
            )
    assert Approval.objects.get(case=made.pk).state == ApprovalState.PENDING


def test_what_was_refused_may_be_asked_again(
    asked: DisconnectionRequest, boss: Person, person: MakePerson, at: datetime
) -> None:
    robert = person(Role.RECOVERY)
    with pytest.raises(UnableToAskForApproval, match="already"):
        ask_for_approval(case=asked.pk, reason="Again", by=robert, at=at)
    decide_approval(case=asked.pk, decision="REJECTED", note="Not now", by=boss, at=at)
    ask_for_approval(case=asked.pk, reason="They moved out", by=robert, at=at)
    assert Approval.objects.filter(case=asked.pk).count() == 2


def test_it_is_withdrawn_when_the_request_ends(
    asked: DisconnectionRequest, boss: Person, person: MakePerson, at: datetime
) -> None:
    close_request(case=asked.pk, reason="CANCELLED", note="", by=person(Role.CSE), at=at)
    assert Approval.objects.get(case=asked.pk).state == ApprovalState.WITHDRAWN
    with pytest.raises(UnableToDecide):
        decide_approval(case=asked.pk, decision="APPROVED", note="", by=boss, at=at)
    with pytest.raises(UnableToAskForApproval, match="has ended"):
        ask_for_approval(case=asked.pk, reason="Too late", by=person(Role.RECOVERY), at=at)


@pytest.mark.parametrize(
    "change", [{"state": "PENDING", "decided_at": None, "decided_by": None}, {"reason": "Other"}]
)
def test_the_database_keeps_a_decision(
    change: dict[str, object], asked: DisconnectionRequest, boss: Person, at: datetime
) -> None:
    decide_approval(case=asked.pk, decision="APPROVED", note="", by=boss, at=at)
    with pytest.raises(IntegrityError), put_back():
        Approval.objects.filter(case=asked.pk).update(**change)


@pytest.mark.parametrize("role", set(Role) - {Role.SUPERVISOR})
def test_the_database_asks_for_the_role(
    role: Role, asked: DisconnectionRequest, person: MakePerson, at: datetime
) -> None:
    """W14: whatever the operation is told, only a supervisor's decision is kept."""
    somebody = person(role)
    for decision in ("APPROVED", "REJECTED"):
        with pytest.raises(UnableToDecide, match="does not approve") as refusal, put_back():
            decide_approval(case=asked.pk, decision=decision, note="No", by=somebody, at=at)
        assert refusal.value.is_forbidden
    assert Approval.objects.get(case=asked.pk).state == ApprovalState.PENDING


def test_the_database_keeps_nothing_that_nobody_asked_for(
    make_request: MakeRequest, person: MakePerson, at: datetime
) -> None:
    made, boss = make_request(), person(Role.SUPERVISOR)
    with pytest.raises(IntegrityError, match="asked for before it is decided"), put_back():
        Approval.objects.create(
            case=made.case, because=[], asked_at=at, reason="Forged", state="APPROVED",
            decided_at=at, decided_by=boss,
        )  # fmt: skip


# ------------------------------------------------------------------ pages
def test_the_page_asks_and_decides(
    client_as: ClientAs, make_request: MakeRequest, person: MakePerson
) -> None:
    made = make_request(by=person(Role.CSE))
    desk, boss = client_as(Role.CSE), client_as(Role.SUPERVISOR)
    html = page_of(desk, at_path(made))
    assert "Ask for Approval" in html
    assert "Decide Approval" not in page_of(boss, at_path(made))
    wrong = desk.post(at_path(made, "/approval"), {"reason": " "}, headers=HTMX)
    assert wrong.status_code == 422
    assert desk.post(at_path(made, "/approval"), {"reason": "VIP"}).status_code == 302
    html = page_of(boss, at_path(made))
    assert "Needs approval:" in html
    assert "Decide Approval" in html
    assert "Decide Approval" not in page_of(desk, at_path(made))
    assert '<p class="s-2">VIP</p>' in html[html.index('id="decision"') :]
    wrong = boss.post(at_path(made, "/decision"), {"decision": "REJECTED"}, headers=HTMX)
    assert wrong.status_code == 422
    assert '<p class="s-2">' not in wrong.text  # the form comes back alone, the reason stays
    answer = boss.post(at_path(made, "/decision"), {"decision": "APPROVED"}, headers=HTMX)
    assert answer.status_code == 200
    assert "case-changed" in answer["HX-Trigger-After-Settle"]
    assert "Yes · Approved by David Chen" in page_of(desk, at_path(made))
    assert boss.post(at_path(made, "/decision"), {"decision": "APPROVED"}).status_code == 409


def test_the_start_page_lists_what_waits(client_as: ClientAs, asked: DisconnectionRequest) -> None:
    html = page_of(client_as(Role.SUPERVISOR), "/")
    assert "They dispute it" in html
    assert "They dispute it" not in page_of(client_as(Role.CSE), "/")
