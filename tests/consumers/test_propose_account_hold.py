"""One person proposes a hold, a supervisor decides; until then it protects nothing (roles.md)."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from consumers.models import AccountHold, Consumer, HoldProposal
from consumers.operations import (
    HoldWish,
    UnableToDecideHold,
    UnableToProtect,
    accept_account_hold,
    decline_account_hold,
    place_account_hold,
    propose_account_hold,
)
from disconnections.models import DisconnectionRequest
from smart360.cases.models import Case
from smart360.comms.models import Notice
from smart360.kernel.errors import constraint_of
from smart360.kernel.text import NO_REASON
from smart360.staff.choices import Role
from smart360.staff.models import Person
from smart360.trail.choices import Event
from smart360.trail.models import Entry
from tests.billing.paying import owe
from tests.conftest import MakeConsumer, MakePerson, MakeRequest

TODAY = date(2024, 12, 10)
WISH = HoldWish(kind="MEDICAL", source="CERT-7", from_on=TODAY)
NOTE = "Her doctor called"
ClientAs = Callable[..., Client]


@pytest.fixture
def sarah(person: MakePerson) -> Person:
    return person(Role.CSE)


@pytest.fixture
def david(person: MakePerson) -> Person:
    return person(Role.SUPERVISOR)


@pytest.fixture
def consumer(make_consumer: MakeConsumer, at: datetime) -> Consumer:
    made = make_consumer()
    owe(made, "120.00", at=at)
    return made


@pytest.fixture
def made(make_request: MakeRequest, consumer: Consumer) -> DisconnectionRequest:
    return make_request(consumer)


def propose(
    consumer: Consumer, by: Person, at: datetime, wish: HoldWish = WISH, note: str = NOTE
) -> HoldProposal:
    return propose_account_hold(
        consumer=consumer.pk, wish=wish, note=note, by=by, at=at, form_key=uuid4()
    )


def accept(proposal: HoldProposal, by: Person, at: datetime) -> HoldProposal:
    return accept_account_hold(proposal=proposal.pk, by=by, at=at, form_key=uuid4())


def decline(
    proposal: HoldProposal, by: Person, at: datetime, reason: str = "It has run out"
) -> HoldProposal:
    return decline_account_hold(proposal=proposal.pk, reason=reason, by=by, at=at, form_key=uuid4())


def lines(consumer: Consumer) -> list[tuple[str, Person | None, str]]:
    """What the account's timeline tells of holds."""
    found = Entry.objects.filter(consumer=consumer, kind__startswith="HOLD_").order_by("pk")
    return [(each.kind, each.actor, each.text.text if each.text else "") for each in found]


# ------------------------------------------------------------------ proposing
def test_a_proposal_protects_nothing(
    made: DisconnectionRequest, consumer: Consumer, sarah: Person, david: Person, at: datetime
) -> None:
    proposal = propose(consumer, sarah, at)
    assert (proposal.state, proposal.proposed_by, proposal.hold) == ("PROPOSED", sarah, None)
    assert not AccountHold.objects.exists()
    assert Case.objects.get(pk=made.pk).status == "PENDING"
    assert lines(consumer) == [(Event.HOLD_PROPOSED, sarah, NOTE)]
    rung = Notice.objects.get(dedupe_key=f"hold-proposal:{proposal.pk}")
    assert rung.person == david
    assert rung.path == reverse("account_holds", args=[consumer.account_number])
    assert consumer.name not in rung.sentence


def test_the_same_form_proposes_once(consumer: Consumer, sarah: Person, at: datetime) -> None:
    key = uuid4()
    both = {
        propose_account_hold(
            consumer=consumer.pk, wish=WISH, note=NOTE, by=sarah, at=at, form_key=key
        ).pk
        for _ in range(2)
    }
    assert both == {HoldProposal.objects.get().pk}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kind": "ARRANGEMENT"}, "kind"),
        ({"source": " "}, "source"),
        ({"to_on": TODAY - timedelta(days=1)}, "to_on"),
        ({"from_on": date(1990, 1, 1)}, "from_on"),
        ({"amount": Decimal("5.00")}, "amount"),
    ],
)
def test_a_wrong_one_is_refused(
    consumer: Consumer, sarah: Person, at: datetime, wrong: dict[str, Any], field: str
) -> None:
    with pytest.raises(UnableToProtect) as refused:
        propose(consumer, sarah, at, HoldWish(**(vars(WISH) | wrong)))
    assert refused.value.field == field
    assert not HoldProposal.objects.exists()
    assert lines(consumer) == []


@pytest.mark.parametrize("note", ["", "  ", "x" * 251])
def test_it_says_why(consumer: Consumer, sarah: Person, at: datetime, note: str) -> None:
    with pytest.raises(UnableToProtect) as refused:
        propose(consumer, sarah, at, note=note)
    assert refused.value.field == "note"


def test_what_waits_or_stands_is_not_proposed_again(
    consumer: Consumer, sarah: Person, david: Person, at: datetime
) -> None:
    first = propose(consumer, sarah, at)
    with pytest.raises(UnableToProtect, match="proposed already"):
        propose(consumer, sarah, at)
    accept(first, david, at)
    with pytest.raises(UnableToProtect, match="protects the account already"):
        propose(consumer, sarah, at)


def test_after_a_refusal_it_may_be_proposed_again(
    consumer: Consumer, sarah: Person, david: Person, at: datetime
) -> None:
    decline(propose(consumer, sarah, at), david, at)
    assert propose(consumer, sarah, at).state == "PROPOSED"


# ------------------------------------------------------------------ deciding
def test_accepted_it_protects_as_one_that_was_placed(
    made: DisconnectionRequest, consumer: Consumer, sarah: Person, david: Person, at: datetime
) -> None:
    proposal = accept(propose(consumer, sarah, at), david, at)
    hold = AccountHold.objects.get()
    assert (proposal.hold, proposal.state, proposal.decided_by) == (hold, "ACCEPTED", david)
    assert (hold.kind, hold.source, hold.placed_by) == ("MEDICAL", "CERT-7", david)
    assert hold.proposal.proposed_by == sarah, "who proposed it is kept"
    assert Case.objects.get(pk=made.pk).status == "ON_HOLD"
    assert lines(consumer) == [
        (Event.HOLD_PROPOSED, sarah, NOTE), (Event.HOLD_PLACED, david, ""),
    ]  # fmt: skip
    told = Notice.objects.get(dedupe_key=f"hold-proposal:{proposal.pk}:decided")
    assert told.person == sarah
    assert "accepted" in told.sentence


def test_declined_it_protects_nothing_and_says_why(
    made: DisconnectionRequest, consumer: Consumer, sarah: Person, david: Person, at: datetime
) -> None:
    proposal = propose(consumer, sarah, at)
    with pytest.raises(UnableToDecideHold) as refused:
        decline(proposal, david, at, reason=" ")
    assert refused.value.field == "reason"
    decline(proposal, david, at)
    assert not AccountHold.objects.exists()
    assert Case.objects.get(pk=made.pk).status == "PENDING"
    assert lines(consumer)[1:] == [(Event.HOLD_DECLINED, david, "It has run out")]
    assert Notice.objects.filter(person=sarah, sentence__contains="declined").count() == 1


@pytest.mark.parametrize("first", [accept, decline])
@pytest.mark.parametrize("then", [accept, decline])
def test_it_is_decided_once(
    consumer: Consumer,
    sarah: Person,
    david: Person,
    person: MakePerson,
    at: datetime,
    first: Callable[[HoldProposal, Person, datetime], HoldProposal],
    then: Callable[[HoldProposal, Person, datetime], HoldProposal],
) -> None:
    proposal = propose(consumer, sarah, at)
    first(proposal, david, at)
    with pytest.raises(UnableToDecideHold, match=f"by {david.full_name} already"):
        then(proposal, person(Role.SUPERVISOR), at)


@pytest.mark.parametrize("act", [accept, decline])
def test_nobody_decides_what_they_proposed(
    consumer: Consumer,
    person: MakePerson,
    at: datetime,
    act: Callable[[HoldProposal, Person, datetime], HoldProposal],
) -> None:
    both = person(Role.CSE, Role.SUPERVISOR)
    proposal = propose(consumer, both, at)
    with pytest.raises(UnableToDecideHold, match="Somebody else") as refused:
        act(proposal, both, at)
    assert refused.value.is_forbidden
    assert not AccountHold.objects.exists()


@pytest.mark.parametrize("act", [accept, decline])
def test_the_database_asks_for_another_person(
    consumer: Consumer,
    sarah: Person,
    at: datetime,
    monkeypatch: pytest.MonkeyPatch,
    act: Callable[[HoldProposal, Person, datetime], HoldProposal],
) -> None:
    """The control: without the rule of the operation the constraint refuses."""
    proposal = propose(consumer, sarah, at)
    monkeypatch.setattr("consumers.operations.proposals._refuse_if_own", lambda *_: None)
    with pytest.raises(UnableToDecideHold, match="Somebody else"):
        act(proposal, sarah, at)
    assert not AccountHold.objects.exists()


def test_a_source_that_was_placed_meanwhile_is_not_placed_twice(
    consumer: Consumer, sarah: Person, david: Person, at: datetime
) -> None:
    proposal = propose(consumer, sarah, at)
    place_account_hold(consumer=consumer.pk, wish=WISH, by=david, at=at, form_key=uuid4())
    with pytest.raises(UnableToProtect, match="protects the account already"):
        accept(proposal, david, at)
    proposal.refresh_from_db()
    assert proposal.state == "PROPOSED"
    assert decline(proposal, david, at).state == "DECLINED"


# ------------------------------------------------------------------ what the database refuses
def refused_by(act: Callable[[], object]) -> str:
    """The constraint by which the act fails."""
    with pytest.raises(IntegrityError) as refused, transaction.atomic():  # noqa: TID251
        act()
    return constraint_of(refused.value)


STAYS = "hold_proposals_are_decided_once"


def test_a_decision_stays(
    consumer: Consumer, sarah: Person, david: Person, person: MakePerson, at: datetime
) -> None:
    proposal = decline(propose(consumer, sarah, at), david, at)
    rows, other = HoldProposal.objects.filter(pk=proposal.pk), person(Role.SUPERVISOR)
    assert refused_by(lambda: rows.update(decided_by=other)) == STAYS
    assert refused_by(lambda: rows.update(state="PROPOSED")) == STAYS
    assert refused_by(lambda: rows.update(decision="Another")) == STAYS


def test_a_decision_changes_nothing_of_what_was_proposed(
    consumer: Consumer, sarah: Person, david: Person, at: datetime
) -> None:
    rows = HoldProposal.objects.filter(pk=propose(consumer, sarah, at).pk)
    assert refused_by(lambda: rows.update(note="Another")) == STAYS
    half = refused_by(lambda: rows.update(decided_by=david))
    assert half == "a_decided_hold_says_by_whom"
    wish = HoldWish(kind="LEGAL", source="FILE-1", from_on=TODAY)
    other = place_account_hold(consumer=consumer.pk, wish=wish, by=david, at=at, form_key=uuid4())
    decided: dict[str, Any] = {"decided_by": david, "decided_at": at}
    assert refused_by(lambda: rows.update(state="ACCEPTED", hold=other, **decided)) == STAYS


def test_none_begins_decided(
    consumer: Consumer, sarah: Person, david: Person, at: datetime
) -> None:
    proposed: dict[str, Any] = vars(WISH) | {"proposed_by": sarah, "proposed_at": at, "note": "So"}
    decided = {"state": "DECLINED", "decided_by": david, "decided_at": at, "decision": "No"}
    begun = refused_by(
        lambda: HoldProposal.objects.create(consumer=consumer, **proposed, **decided)
    )
    assert begun == STAYS


# ------------------------------------------------------------------ the pages
def form(**more: Any) -> dict[str, str]:
    """What the form sends."""
    filled = {"kind": "MEDICAL", "source": "CERT-7", "from_on": "2024-12-10", "note": NOTE}
    return filled | {"form_key": str(uuid4())} | more


@pytest.mark.usefixtures("stands")
@pytest.mark.parametrize("role", [Role.CSE, Role.CALL_CENTRE])
def test_from_the_proposal_to_the_hold_on_the_pages(
    client_as: ClientAs, made: DisconnectionRequest, consumer: Consumer, role: Role
) -> None:
    proposer, supervisor = client_as(role), client_as(Role.SUPERVISOR)
    address = reverse("account_holds", args=[consumer.account_number])
    assert address in proposer.get(reverse("consumer_detail", args=[consumer.account_number])).text
    page = proposer.get(address).text
    assert "Propose a hold" in page
    assert "Place hold" not in page
    answer = proposer.post(address, form(), follow=True)
    assert "A supervisor decides on the hold" in answer.text
    assert "Waits for a supervisor" in answer.text
    assert "/accept" not in answer.text, "who proposed it decides nothing"
    assert Case.objects.get(pk=made.pk).status == "PENDING"
    assert not AccountHold.objects.exists(), "the form of somebody else places nothing"
    bell = supervisor.get(reverse("notice_list")).text
    assert "a proposed account hold waits for your decision" in bell
    waiting = supervisor.get(reverse("hold_proposal_list")).text
    assert consumer.account_number in waiting
    assert NOTE in waiting
    proposal = HoldProposal.objects.get()
    accept_at = reverse("hold_proposal_accept", args=[consumer.account_number, proposal.pk])
    assert accept_at in supervisor.get(address).text
    done = supervisor.post(accept_at, {"form_key": str(uuid4())}, follow=True)
    assert "The account is protected" in done.text
    assert "Proposed by" in done.text
    assert Case.objects.get(pk=made.pk).status == "ON_HOLD"
    again = supervisor.post(accept_at, {"form_key": str(uuid4())})
    assert again.status_code == 409
    assert "already" in again.text
    assert "No account hold waits" in supervisor.get(reverse("hold_proposal_list")).text


@pytest.mark.usefixtures("stands")
def test_it_is_declined_with_a_reason(
    client_as: ClientAs, consumer: Consumer, sarah: Person, at: datetime
) -> None:
    proposal = propose(consumer, sarah, at)
    client = client_as(Role.SUPERVISOR)
    address = reverse("hold_proposal_decline", args=[consumer.account_number, proposal.pk])
    wrong = client.post(address, {"reason": " ", "form_key": str(uuid4())})
    assert wrong.status_code == 422
    assert NO_REASON in wrong.text
    done = client.post(address, {"reason": "It has run out", "form_key": str(uuid4())}, follow=True)
    assert "The proposed hold is declined" in done.text
    assert "It has run out" in done.text


@pytest.mark.usefixtures("stands")
@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"note": ""}, "This field is required."),
        ({"kind": ""}, "This field is required."),
        ({"to_on": "2024-12-09"}, "The last day is before the first"),
    ],
)
def test_a_wrong_form_comes_back(
    client_as: ClientAs, consumer: Consumer, wrong: dict[str, str], words: str
) -> None:
    address = reverse("account_holds", args=[consumer.account_number])
    answer = client_as(Role.CSE).post(address, form(**wrong))
    assert answer.status_code == 422
    assert words in answer.text
    assert "CERT-7" in answer.text, "what was typed stays"
    assert not HoldProposal.objects.exists()


@pytest.mark.usefixtures("stands")
def test_a_proposal_for_somebody_else_is_not_there(
    client_as: ClientAs,
    make_consumer: MakeConsumer,
    consumer: Consumer,
    sarah: Person,
    at: datetime,
) -> None:
    proposal, client = propose(consumer, sarah, at), client_as(Role.SUPERVISOR)
    other = make_consumer().account_number
    for name in ("hold_proposal_accept", "hold_proposal_decline"):
        answer = client.post(reverse(name, args=[other, proposal.pk]), {"form_key": str(uuid4())})
        assert answer.status_code == 404
