"""The register of protected consumers: an entry is a hold with certificate and end (BEY11)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from consumers import guards
from consumers.models import AccountHold, Consumer, ConsumerDocument, ProtectionKind
from consumers.operations import (
    HoldWish,
    UnableToProtect,
    accept_account_hold,
    lift_account_hold,
    place_account_hold,
    propose_account_hold,
    withdraw_document,
)
from consumers.queries.protecting import accounts_standing
from consumers.tasks import remind_of_ending_protections
from smart360.comms.models import Notice
from smart360.kernel.errors import constraint_of
from smart360.staff.choices import Role
from smart360.staff.models import Person
from smart360.trail.models import Entry
from tests.conftest import MakeConsumer, MakePerson, MakeRequest, SetClock
from tests.consumers.documenting import TITLE, add, decide

TODAY = date(2024, 12, 10)
END = TODAY + timedelta(days=60)
NAME, NOTE = "Life support at home", "Her ventilator needs current"
REGISTER = "/cx/consumer-management/protected"
ClientAs = Callable[..., Client]


@pytest.fixture
def emily(person: MakePerson) -> Person:
    return person(Role.CALL_CENTRE)


@pytest.fixture
def david(person: MakePerson) -> Person:
    return person(Role.SUPERVISOR)


@pytest.fixture
def consumer(make_consumer: MakeConsumer) -> Consumer:
    return make_consumer()


@pytest.fixture
def wish(consumer: Consumer, person: MakePerson, at: datetime) -> HoldWish:
    """What registers the consumer, with a certificate that recovery uploaded."""
    certificate = add(consumer, person(Role.RECOVERY), at, kind="CERTIFICATE")
    return HoldWish(
        kind="MEDICAL", source="CERT-7", from_on=TODAY, to_on=END,
        protection=ProtectionKind.objects.get(name=NAME).pk, certificate=certificate.pk,
    )  # fmt: skip


def place(consumer: Consumer, wish: HoldWish, by: Person, at: datetime) -> AccountHold:
    return place_account_hold(consumer=consumer.pk, wish=wish, by=by, at=at, form_key=uuid4())


def overview(consumer: Consumer, client: Client) -> str:
    return client.get(reverse("consumer_detail", args=[consumer.account_number])).text


def test_an_entry_is_proposed_accepted_and_read_by_the_protections(
    consumer: Consumer, wish: HoldWish, emily: Person, david: Person, at: datetime
) -> None:
    proposal = propose_account_hold(
        consumer=consumer.pk, wish=wish, note=NOTE, by=emily, at=at, form_key=uuid4()
    )
    assert not AccountHold.objects.exists()
    accept_account_hold(proposal=proposal.pk, by=david, at=at, form_key=uuid4())
    entry = AccountHold.objects.get()
    assert (entry.protection_id, entry.certificate_id) == (wish.protection, wish.certificate)
    assert [each.kind for each in accounts_standing([consumer.pk])[consumer.pk].holds] == [
        "MEDICAL"
    ]
    lines = Entry.objects.filter(consumer=consumer, kind__startswith="HOLD_")
    assert set(lines.values_list("kind", flat=True)) == {"HOLD_PLACED", "HOLD_PROPOSED"}
    assert not lines.filter(text__isnull=False).exists(), "more people read them than need to know"


def test_a_wrong_entry_is_refused(
    consumer: Consumer,
    make_consumer: MakeConsumer,
    wish: HoldWish,
    emily: Person,
    david: Person,
    at: datetime,
) -> None:
    other = add(make_consumer(account_number="OTHER-1"), david, at, kind="CERTIFICATE").pk
    report, gone = add(consumer, david, at, kind="REPORT").pk, add(consumer, david, at)
    withdraw_document(document=gone.pk, by=david, at=at)
    retired = ProtectionKind.objects.create(name="Retired", hold_kind="MEDICAL", is_active=False)
    legal = ProtectionKind.objects.create(name="Guardianship", hold_kind="LEGAL")
    for wrong, field in (
        ({"to_on": None}, "to_on"),
        ({"certificate": None}, "certificate"),
        ({"certificate": other}, "certificate"),
        ({"certificate": report}, "certificate"),
        ({"certificate": gone.pk}, "certificate"),
        ({"protection": retired.pk}, "kind"),
        ({"protection": legal.pk}, "kind"),
        ({"protection": 0}, "kind"),
        ({"protection": None}, "certificate"),
    ):
        with pytest.raises(UnableToProtect) as refused:
            place(consumer, replace(wish, **wrong), david, at)
        assert refused.value.field == field, wrong
        if wrong == {"certificate": None}:
            continue  # of what is proposed it may follow: test_follow_with_certificate.py
        with pytest.raises(UnableToProtect):
            propose_account_hold(
                consumer=consumer.pk, wish=replace(wish, **wrong), note=NOTE, by=emily, at=at,
                form_key=uuid4(),
            )  # fmt: skip
    assert not AccountHold.objects.exists()
    ProtectionKind.objects.update(needs_certificate=False)
    assert place(consumer, replace(wish, certificate=None), david, at).certificate is None


def test_the_database_refuses_a_wrong_entry_too(
    consumer: Consumer, make_consumer: MakeConsumer, wish: HoldWish, david: Person, at: datetime
) -> None:
    other = add(make_consumer(account_number="OTHER-1"), david, at, kind="CERTIFICATE").pk
    place(consumer, wish, david, at)
    for change, name in (
        ({"to_on": None}, "an_entry_of_the_register_has_an_end"),
        ({"certificate": other}, "an_entry_rests_on_its_own_certificate"),
        ({"certificate": None}, "an_entry_rests_on_its_own_certificate"),
        ({"kind": "LEGAL"}, "an_entry_rests_on_its_own_certificate"),
    ):
        with pytest.raises(IntegrityError) as refused, transaction.atomic():  # noqa: TID251
            AccountHold.objects.update(**change)
        assert constraint_of(refused.value) == name, change


def test_only_those_who_need_to_know_read_why(
    consumer: Consumer,
    wish: HoldWish,
    david: Person,
    person: MakePerson,
    make_request: MakeRequest,
    client_as: ClientAs,
    at: datetime,
    stands: SetClock,
) -> None:
    place(consumer, wish, david, at)
    holds = reverse("account_holds", args=[consumer.account_number])
    sarah = person(Role.CSE)
    for role in (Role.CALL_CENTRE, Role.BILLING, Role.DISPATCHER, Role.ADMIN, sarah):
        client = client_as(role)
        page = overview(consumer, client)
        assert "Protected" in page, role
        for word in (NAME, NAME.lower(), "CERT-7"):
            assert word not in page, role
    assert NAME not in client_as(sarah).get(holds).context["holds"]
    assert "Why is shown to whoever works on" in client_as(sarah).get(holds).text
    financial = reverse("consumer_financial", args=[consumer.account_number])
    page = client_as(Role.BILLING).get(financial).text
    assert NAME not in page
    assert "CERT-7" not in page
    for role in (Role.RECOVERY, Role.SUPERVISOR):
        assert NAME in overview(consumer, client_as(role))
        assert "CERT-7" in client_as(role).get(holds).text
        assert NAME in client_as(role).get(financial).text
    make_request(consumer, by=sarah, reason="CR-001")  # now it is her work
    assert NAME in overview(consumer, client_as(sarah))
    assert "CERT-7" in client_as(sarah).get(holds).text
    assert NAME not in overview(consumer, client_as(Role.CSE))


def test_the_form_names_certificates_to_those_who_need_to_know_alone(
    consumer: Consumer,
    wish: HoldWish,
    person: MakePerson,
    make_request: MakeRequest,
    client_as: ClientAs,
    at: datetime,
    stands: SetClock,
) -> None:
    page = reverse("account_holds", args=[consumer.account_number])
    sarah = person(Role.CSE)
    for who in (Role.CALL_CENTRE, sarah):
        client = client_as(who)
        assert TITLE not in client.get(page).text, who
        said = {
            "kind": f"R{wish.protection}", "source": "CERT-7", "from_on": "2024-12-10",
            "to_on": END.isoformat(), "certificate": str(wish.certificate), "note": NOTE,
            "form_key": str(uuid4()),
        }  # fmt: skip
        guessed = client.post(page, said)
        assert (guessed.status_code, TITLE in guessed.text) == (422, False), who
    assert TITLE in client_as(Role.RECOVERY).get(page).text
    own = add(consumer, sarah, at, kind="CERTIFICATE", title="Hers alone")
    assert "Hers alone" in client_as(sarah).get(page).text
    assert TITLE not in client_as(sarah).get(page).text, own
    make_request(consumer, by=sarah, reason="CR-001")  # now it is her work
    assert TITLE in client_as(sarah).get(page).text


def test_to_propose_a_hold_opens_nobody_s_certificate(
    consumer: Consumer, wish: HoldWish, emily: Person, david: Person, client_as: ClientAs,
    at: datetime, stands: SetClock,
) -> None:  # fmt: skip
    """Who asks reads what they asked; more, once a supervisor has accepted it."""
    place(consumer, wish, david, at)
    holds = reverse("account_holds", args=[consumer.account_number])
    own = HoldWish(kind="MEDICAL", source="BY-PHONE", from_on=TODAY)
    asked = propose_account_hold(
        consumer=consumer.pk, wish=own, note=NOTE, by=emily, at=at, form_key=uuid4()
    )
    page = client_as(emily).get(holds).text
    assert ("BY-PHONE" in page, "CERT-7" in page, TITLE in page) == (True, False, False)
    assert NAME not in overview(consumer, client_as(emily))
    accept_account_hold(proposal=asked.pk, by=david, at=at, form_key=uuid4())
    assert "CERT-7" in client_as(emily).get(holds).text


@pytest.mark.parametrize("way", ["withdrawn", "rejected"])
def test_a_certificate_that_was_taken_back_meanwhile_protects_nobody(
    consumer: Consumer, wish: HoldWish, emily: Person, david: Person, at: datetime, way: str
) -> None:
    proposal = propose_account_hold(
        consumer=consumer.pk, wish=wish, note=NOTE, by=emily, at=at, form_key=uuid4()
    )
    certificate = ConsumerDocument.objects.get()
    if way == "withdrawn":
        withdraw_document(document=certificate.pk, by=david, at=at)
    else:
        decide(certificate, "REJECTED", david, at, reason="It is of somebody else")
    with pytest.raises(UnableToProtect, match="withdrawn or rejected"):
        accept_account_hold(proposal=proposal.pk, by=david, at=at, form_key=uuid4())
    assert not AccountHold.objects.exists()


def test_it_is_registered_on_the_account_s_page(
    consumer: Consumer, wish: HoldWish, client_as: ClientAs, at: datetime, stands: SetClock
) -> None:
    robert, boss = client_as(Role.RECOVERY), client_as(Role.SUPERVISOR)
    page = reverse("account_holds", args=[consumer.account_number])
    shown = robert.get(page).text
    assert f"Register: {NAME}" in shown
    assert "Legal matter" not in shown, "recovery registers, and proposes no other hold"
    said = {
        "kind": f"R{wish.protection}", "source": "CERT-7", "from_on": "2024-12-10",
        "to_on": END.isoformat(), "certificate": str(wish.certificate), "note": NOTE,
    }  # fmt: skip
    wrong = robert.post(page, said | {"to_on": "", "form_key": str(uuid4())})
    assert wrong.status_code == 422
    assert "somebody is reminded" in wrong.text
    forged = robert.post(page, said | {"kind": "LEGAL", "form_key": str(uuid4())})
    assert forged.status_code == 422
    answer = robert.post(page, said | {"form_key": str(uuid4())}, follow=True)
    assert "A supervisor decides on the hold" in answer.text
    assert not AccountHold.objects.exists()
    answer = boss.post(page, said | {"form_key": str(uuid4())}, follow=True)
    assert "The account is protected" in answer.text
    assert NAME in answer.text


def test_the_register_is_narrowed_and_masks_nobody_s_name(
    consumer: Consumer,
    wish: HoldWish,
    make_consumer: MakeConsumer,
    david: Person,
    client_as: ClientAs,
    at: datetime,
    stands: SetClock,
) -> None:
    def entry(name: str, **change: Any) -> AccountHold:
        made = make_consumer(name)
        certificate = add(made, david, at, kind="CERTIFICATE").pk
        return place(made, replace(wish, certificate=certificate, **change), david, at)

    infant = ProtectionKind.objects.get(name="Infant in the household").pk
    place(consumer, wish, david, at)
    entry("Soon Smith", to_on=TODAY + timedelta(days=9))
    entry("Infant Ivy", protection=infant)
    lifted = entry("Lifted Lee")
    lift_account_hold(hold=lifted.pk, reason="Recovered", by=david, at=at, form_key=uuid4())
    entry("Past Paul", from_on=TODAY - timedelta(days=90), to_on=TODAY - timedelta(days=1))
    robert = client_as(Role.RECOVERY)

    def names(**wish: str) -> list[str]:
        return [shown.name for _, shown in robert.get(REGISTER, wish).context["rows"]]

    assert names() == ["Soon Smith", consumer.name, "Infant Ivy"]
    assert names(state="soon") == ["Soon Smith"]
    assert names(kind=str(infant)) == ["Infant Ivy"]
    assert names(state="ended") == ["Lifted Lee", "Past Paul"]
    assert "Unknown filter" in robert.get(REGISTER, {"state": "x", "kind": "x"}).text
    assert client_as(Role.CSE).get(REGISTER).status_code == 403


def test_somebody_is_reminded_once_before_it_ends(
    consumer: Consumer,
    wish: HoldWish,
    emily: Person,
    david: Person,
    at: datetime,
    stands: SetClock,
) -> None:
    proposal = propose_account_hold(
        consumer=consumer.pk, wish=wish, note=NOTE, by=emily, at=at, form_key=uuid4()
    )
    accept_account_hold(proposal=proposal.pk, by=david, at=at, form_key=uuid4())
    assert remind_of_ending_protections() == 0
    stands.go_on(days=50)
    assert [remind_of_ending_protections() for _ in range(2)] == [1, 0]
    rung = Notice.objects.filter(dedupe_key__startswith="protection-ends:")
    assert {each.person for each in rung} == {david, emily}
    sentence = rung[0].sentence
    assert sentence == f"{consumer.account_number}: its protection ends on Feb 8, 2025"
    assert consumer.name not in sentence


def test_one_that_cannot_be_told_of_keeps_no_other_waiting(
    consumer: Consumer,
    make_consumer: MakeConsumer,
    wish: HoldWish,
    david: Person,
    at: datetime,
    stands: SetClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The first is refused tonight and told of tomorrow; the second is told of tonight."""
    other = make_consumer(account_number="OTHER-1")
    certificate = add(other, david, at, kind="CERTIFICATE").pk
    first = place(consumer, wish, david, at)
    place(other, replace(wish, certificate=certificate), david, at)
    stands.go_on(days=50)
    with monkeypatch.context() as patch:
        lock = guards.lock_consumer

        def refused(key: int) -> Consumer:
            if key == consumer.pk:
                raise guards.LockIsHeld(is_conflict=True)
            return lock(key)

        patch.setattr(guards, "lock_consumer", refused)
        assert remind_of_ending_protections() == 1
    assert AccountHold.objects.get(reminded_at=None) == first
    assert remind_of_ending_protections() == 1
