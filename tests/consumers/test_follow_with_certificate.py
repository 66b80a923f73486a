"""A household is proposed for the register by telephone; its certificate follows (BEY11)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consumers.forms import CHOOSE_IT, UPLOAD_IT
from consumers.models import (
    AccountHold,
    Consumer,
    ConsumerDocument,
    HoldProposal,
    ProtectionKind,
)
from consumers.operations.documents import renew_document, withdraw_document
from consumers.operations.holds import (
    HoldWish,
    UnableToProtect,
    lift_account_hold,
    place_account_hold,
)
from consumers.operations.proposals import (
    CERTIFICATE_FOLLOWS,
    UnableToDecideHold,
    accept_account_hold,
    decline_account_hold,
    propose_account_hold,
)
from smart360.comms.models import Notice
from smart360.staff.choices import Role
from smart360.staff.models import Person
from tests.billing.test_pages_financial import text_of
from tests.conftest import MakeConsumer, MakePerson, SetClock
from tests.consumers.documenting import add, decide, lay
from tests.consumers.test_register_protection import NAME, NOTE

pytestmark = pytest.mark.django_db
ClientAs = Callable[..., Client]
TODAY, END = date(2024, 12, 10), date(2025, 6, 30)


@pytest.fixture
def consumer(make_consumer: MakeConsumer) -> Consumer:
    return make_consumer()


@pytest.fixture
def emily(person: MakePerson) -> Person:
    return person(Role.CALL_CENTRE)


@pytest.fixture
def david(person: MakePerson) -> Person:
    return person(Role.SUPERVISOR)


@pytest.fixture
def wish() -> HoldWish:
    kind = ProtectionKind.objects.get(name=NAME)
    assert kind.needs_certificate
    return HoldWish("MEDICAL", "By telephone", TODAY, END, protection=kind.pk)


@pytest.fixture
def asked(consumer: Consumer, wish: HoldWish, emily: Person, at: datetime) -> HoldProposal:
    """What the call centre proposed while somebody was on the line."""
    return propose_account_hold(
        consumer=consumer.pk, wish=wish, note=NOTE, by=emily, at=at, form_key=uuid4()
    )


def accept(proposal: HoldProposal, by: Person, at: datetime, certificate: int | None) -> None:
    accept_account_hold(
        proposal=proposal.pk, certificate=certificate, by=by, at=at, form_key=uuid4()
    )


def test_it_protects_once_the_certificate_is_there(
    consumer: Consumer, asked: HoldProposal, david: Person, at: datetime
) -> None:
    with pytest.raises(UnableToDecideHold) as refused:
        accept(asked, david, at, None)
    assert (refused.value.sentence, refused.value.field) == (CERTIFICATE_FOLLOWS, "certificate")
    assert not AccountHold.objects.exists()
    certificate = add(consumer, david, at, kind="CERTIFICATE").pk
    accept(asked, david, at, certificate)
    entry = AccountHold.objects.get()
    assert (entry.certificate_id, entry.placed_by) == (certificate, david)
    asked.refresh_from_db()
    assert (asked.certificate_id, asked.hold) == (certificate, entry)


def test_nobody_places_an_entry_without_it(
    consumer: Consumer, wish: HoldWish, david: Person, at: datetime
) -> None:
    with pytest.raises(UnableToProtect):
        place_account_hold(consumer=consumer.pk, wish=wish, by=david, at=at, form_key=uuid4())


def test_no_other_paper_does(
    consumer: Consumer,
    make_consumer: MakeConsumer,
    asked: HoldProposal,
    david: Person,
    at: datetime,
) -> None:
    other = add(make_consumer(), david, at, kind="CERTIFICATE").pk
    report, gone = add(consumer, david, at, kind="REPORT").pk, add(consumer, david, at).pk
    withdraw_document(document=gone, by=david, at=at)
    for wrong in (other, report, gone, 0):
        with pytest.raises(UnableToDecideHold) as refused:
            accept(asked, david, at, wrong)
        assert refused.value.field == "certificate"
    assert not AccountHold.objects.exists()


def test_what_came_with_it_stays(
    consumer: Consumer, wish: HoldWish, emily: Person, david: Person, at: datetime
) -> None:
    """A supervisor decides on what was proposed; another paper is another proposal."""
    first, second = (add(consumer, david, at, kind="CERTIFICATE").pk for _ in range(2))
    proposal = propose_account_hold(
        consumer=consumer.pk, wish=replace(wish, certificate=first), note=NOTE, by=emily, at=at,
        form_key=uuid4(),
    )  # fmt: skip
    accept(proposal, david, at, second)
    assert AccountHold.objects.get().certificate_id == first


def test_no_statement_goes_round_it(
    consumer: Consumer, asked: HoldProposal, david: Person, at: datetime
) -> None:
    """The certificate comes with the acceptance alone; neither before nor after."""
    certificate = add(consumer, david, at, kind="CERTIFICATE").pk
    mine = HoldProposal.objects.filter(pk=asked.pk)

    def refused(**change: Any) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():  # noqa: TID251
            mine.update(**change)

    refused(certificate=certificate)
    decline_account_hold(proposal=asked.pk, reason=NOTE, by=david, at=at, form_key=uuid4())
    refused(certificate=certificate)


def test_on_the_pages(
    consumer: Consumer, wish: HoldWish, emily: Person, client_as: ClientAs, david: Person,
    at: datetime, stands: SetClock,
) -> None:  # fmt: skip
    page = reverse("account_holds", args=[consumer.account_number])
    said = {
        "kind": f"R{wish.protection}", "source": "By telephone", "from_on": "2024-12-10",
        "to_on": END.isoformat(), "certificate": "", "note": NOTE,
    }  # fmt: skip
    answer = client_as(emily).post(page, said | {"form_key": str(uuid4())}, follow=True)
    assert "A supervisor decides on the hold" in text_of(answer)
    assert "Certificate To follow" in text_of(answer)
    boss = client_as(david)
    assert "Certificate to follow" in text_of(boss.get(reverse("hold_proposal_list")))
    assert "uploaded among the documents first" in text_of(boss.get(page))
    (waits,) = HoldProposal.objects.all()
    decide = reverse("hold_proposal_accept", args=[consumer.account_number, waits.pk])
    for more, status in (({}, 422), ({"certificate": ""}, 422), ({"certificate": "7x"}, 422)):
        answer = boss.post(decide, {"form_key": str(uuid4())} | more)
        assert answer.status_code == status, more
        assert "This field is required" not in answer.text
    nothing_chosen = {"form_key": str(uuid4()), "certificate": ""}
    assert UPLOAD_IT in boss.post(decide, nothing_chosen).text
    assert not AccountHold.objects.exists()
    certificate = add(consumer, david, at, kind="CERTIFICATE", title="Doctor's letter").pk
    assert CHOOSE_IT in boss.post(decide, nothing_chosen).text
    assert "Doctor" in boss.get(page).text
    chosen = {"form_key": str(uuid4()), "certificate": str(certificate)}
    answer = boss.post(decide, chosen, follow=True)
    assert "The account is protected" in text_of(answer)
    assert AccountHold.objects.get().certificate_id == certificate


def test_the_page_asks_once_for_what_each_of_them_chooses_from(
    consumer: Consumer, asked: HoldProposal, wish: HoldWish, emily: Person, david: Person,
    client_as: ClientAs, at: datetime, stands: SetClock,
) -> None:  # fmt: skip
    """As many statements with five as with one, also where the choice of one was refused."""
    add(consumer, david, at, kind="CERTIFICATE", title="Doctor's letter")
    page, boss = reverse("account_holds", args=[consumer.account_number]), client_as(david)
    decide = reverse("hold_proposal_accept", args=[consumer.account_number, asked.pk])
    boss.get(page)

    def statements() -> list[int]:
        with CaptureQueriesContext(connection) as shown:
            answer = boss.get(page)
        with CaptureQueriesContext(connection) as refused:
            boss.post(decide, {"form_key": str(uuid4()), "certificate": ""})
        assert answer.text.count("Doctor") == 1 + HoldProposal.objects.count()
        return [len(shown), len(refused)]

    with_one = statements()
    for n in range(4):
        propose_account_hold(
            consumer=consumer.pk, wish=replace(wish, source=f"Call {n}"), note=NOTE, by=emily,
            at=at, form_key=uuid4(),
        )  # fmt: skip
    assert statements() == with_one


def test_what_is_only_proposed_is_called_protected_nowhere(
    consumer: Consumer, asked: HoldProposal, emily: Person, david: Person, client_as: ClientAs,
    at: datetime, stands: SetClock,
) -> None:  # fmt: skip
    """Who may not read why is told that nothing is decided, and nothing once it is declined."""
    page = reverse("account_holds", args=[consumer.account_number])
    desk, phone = client_as(Role.CSE), client_as(emily)
    waits = "A protection that somebody else proposed waits for a supervisor"
    for client, is_told in ((desk, True), (phone, False)):
        answer = client.get(page)
        assert "Nothing protects this account" in text_of(answer)
        assert "Protected" not in text_of(answer)
        assert (waits in text_of(answer)) is is_told
    assert NOTE not in desk.get(page).text
    decline_account_hold(proposal=asked.pk, reason=NOTE, by=david, at=at, form_key=uuid4())
    assert waits not in text_of(desk.get(page))
    assert "Protected" not in text_of(desk.get(page))
    assert "To follow" not in text_of(phone.get(page))


def test_a_protection_that_was_lifted_protects_no_more(
    consumer: Consumer, asked: HoldProposal, david: Person, client_as: ClientAs, at: datetime,
    stands: SetClock,
) -> None:  # fmt: skip
    page, desk = reverse("account_holds", args=[consumer.account_number]), client_as(Role.CSE)
    accept(asked, david, at, add(consumer, david, at, kind="CERTIFICATE").pk)
    assert "Protected" in text_of(desk.get(page))
    hold = AccountHold.objects.get().pk
    lift_account_hold(hold=hold, reason="Recovered", by=david, at=at, form_key=uuid4())
    assert "Protected" not in text_of(desk.get(page))
    assert "Nothing protects this account" in text_of(desk.get(page))


def rung() -> list[tuple[Person, str, str]]:
    found = Notice.objects.filter(dedupe_key__startswith="certificate-came:").order_by("pk")
    return [(each.person, each.sentence, each.path) for each in found]


def test_who_can_accept_it_is_told_once_that_a_certificate_came(
    consumer: Consumer, asked: HoldProposal, emily: Person, david: Person, person: MakePerson,
    at: datetime,
) -> None:  # fmt: skip
    """Not those who may not see why, nor who acts; a new version of the same paper is no other."""
    for role in Role:
        if role != Role.SUPERVISOR:
            person(role)
    sarah = person(Role.CSE)
    add(consumer, sarah, at, kind="REPORT")
    assert not rung()
    paper = add(consumer, sarah, at, kind="CERTIFICATE")
    said = (
        f"{consumer.account_number}: a certificate came, and a proposed protection waits for one",
        reverse("account_holds", args=[consumer.account_number]),
    )
    assert rung() == [(david, *said)]
    lay(consumer, sarah, at)
    renew_document(document=paper.pk, by=sarah, at=at, form_key=uuid4())
    assert rung() == [(david, *said)]
    decide(paper_again(paper), "REJECTED", david, at, reason="It is of last year")
    lay(consumer, sarah, at)
    renew_document(document=paper.pk, by=sarah, at=at, form_key=uuid4())
    assert rung() == [(david, *said)] * 2, "what was rejected came again"
    other = person(Role.SUPERVISOR)
    add(consumer, david, at, kind="CERTIFICATE")
    assert rung() == [(david, *said)] * 2 + [(other, *said)], "who brings it knows"


def test_it_costs_no_more_to_tell_more_of_them(
    consumer: Consumer, asked: HoldProposal, david: Person, person: MakePerson, at: datetime
) -> None:
    """Nor anything where no protection waits, but to ask for one."""
    sarah = person(Role.CSE)

    def statements(kind: str) -> int:
        with CaptureQueriesContext(connection) as made:
            add(consumer, sarah, at, kind=kind)
        return len(made)

    with_one, told = statements("CERTIFICATE"), len(rung())
    for _ in range(4):
        person(Role.SUPERVISOR)
    assert statements("CERTIFICATE") == with_one
    assert (told, len(rung())) == (1, 1 + 5)
    decline_account_hold(proposal=asked.pk, reason=NOTE, by=david, at=at, form_key=uuid4())
    assert statements("CERTIFICATE") == statements("REPORT") + 1
    assert len(rung()) == 1 + 5


def paper_again(paper: ConsumerDocument) -> ConsumerDocument:
    return ConsumerDocument.objects.select_related("consumer").get(pk=paper.pk)


@pytest.mark.parametrize("why", ["none", "declined", "accepted", "another's", "has one", "own"])
def test_nobody_is_told_of_a_certificate_that_nothing_waits_for(
    why: str, consumer: Consumer, wish: HoldWish, emily: Person, david: Person, person: MakePerson,
    make_consumer: MakeConsumer, at: datetime,
) -> None:  # fmt: skip
    """``own``: who proposed it decides nothing of it, whatever their roles (X6)."""
    robert = person(Role.RECOVERY)
    whose = make_consumer() if why == "another's" else consumer
    had = (
        add(consumer, robert, at, kind="CERTIFICATE").pk if why in ("has one", "accepted") else None
    )
    if why != "none":
        proposal = propose_account_hold(
            consumer=whose.pk, note=NOTE, by=david if why == "own" else emily, at=at,
            wish=replace(wish, certificate=had if why == "has one" else None), form_key=uuid4(),
        )  # fmt: skip
        if why == "declined":
            decline_account_hold(
                proposal=proposal.pk, reason=NOTE, by=david, at=at, form_key=uuid4()
            )
        if why == "accepted":
            accept(proposal, david, at, had)
    add(consumer, robert, at, kind="CERTIFICATE")
    assert not rung()
