"""A certificate that is withdrawn or rejected takes no protection with it (BEY11)."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db.models import DateTimeField, Value
from django.test import Client
from django.urls import reverse

from consumers.choices import DocumentState
from consumers.models import AccountHold, Consumer, ConsumerDocument, ProtectionKind
from consumers.operations import (
    HoldWish,
    lift_account_hold,
    place_account_hold,
    renew_document,
    withdraw_document,
)
from consumers.queries.protecting import HOLDS_NO_MORE, accounts_standing
from consumers.rules.protections import lost_certificate
from smart360.comms.models import Notice
from smart360.staff.choices import Role
from smart360.staff.models import Person
from tests.conftest import MakeConsumer, MakePerson, SetClock
from tests.consumers.documenting import add, decide, lay

pytestmark = pytest.mark.django_db
NAME = "Life support at home"
REGISTER = "/cx/consumer-management/protected"
ClientAs = Callable[..., Client]


@pytest.fixture
def robert(person: MakePerson) -> Person:
    return person(Role.RECOVERY)


@pytest.fixture
def david(person: MakePerson) -> Person:
    return person(Role.SUPERVISOR)


@pytest.fixture
def consumer(make_consumer: MakeConsumer) -> Consumer:
    return make_consumer()


@pytest.fixture
def certificate(consumer: Consumer, robert: Person, stands: SetClock) -> ConsumerDocument:
    return add(consumer, robert, stands.at, kind="CERTIFICATE")


@pytest.fixture
def entry(
    consumer: Consumer, certificate: ConsumerDocument, david: Person, stands: SetClock
) -> AccountHold:
    """Life support, placed by a supervisor, for two months."""
    today = date(2024, 12, 10)
    wish = HoldWish(
        kind="MEDICAL", source="CERT-7", from_on=today, to_on=today + timedelta(days=60),
        protection=ProtectionKind.objects.get(name=NAME).pk, certificate=certificate.pk,
    )  # fmt: skip
    return place_account_hold(
        consumer=consumer.pk, wish=wish, by=david, at=stands.at, form_key=uuid4()
    )


def lose(document: ConsumerDocument, how: str, robert: Person, david: Person, at: datetime) -> None:
    """As ``how`` says: whoever uploaded it takes it back, or a supervisor rejects it."""
    if how == "withdrawn":
        withdraw_document(document=document.pk, by=robert, at=at)
    else:
        decide(document, "REJECTED", david, at, reason="It is of last year")


def rung() -> list[tuple[Person, str]]:
    found = Notice.objects.filter(dedupe_key__startswith="certificate-lost:").order_by("person")
    return [(each.person, each.sentence) for each in found]


@pytest.mark.parametrize("is_withdrawn", [False, True])
@pytest.mark.parametrize("state", DocumentState)
def test_lists_and_pages_ask_the_same(
    state: DocumentState, is_withdrawn: bool, at: datetime
) -> None:
    """What the database is asked for and the rule in Python; neither is made from the other."""
    withdrawn_at = Value(at if is_withdrawn else None, output_field=DateTimeField(null=True))
    is_lost = bool(lost_certificate(state, is_withdrawn=is_withdrawn))
    assert HOLDS_NO_MORE.check({"state": state.value, "withdrawn_at": withdrawn_at}) is is_lost


@pytest.mark.parametrize("how", ["withdrawn", "rejected"])
def test_it_protects_on_and_those_who_keep_the_register_are_told(
    how: str, consumer: Consumer, certificate: ConsumerDocument, entry: AccountHold,
    robert: Person, david: Person, person: MakePerson, stands: SetClock,
) -> None:  # fmt: skip
    """Whoever acts knows already; the sentence names neither the person nor why."""
    other = person(Role.SUPERVISOR)
    lose(certificate, how, robert, david, stands.at)
    assert [each.kind for each in accounts_standing([consumer.pk])[consumer.pk].holds] == [
        "MEDICAL"
    ]
    sentence = f"{consumer.account_number}: the certificate of its protection was {how}"
    told = {david, other} if how == "withdrawn" else {other}
    assert sorted(rung(), key=lambda each: each[0].pk) == [
        (each, sentence) for each in sorted(told, key=lambda each: each.pk)
    ]


@pytest.mark.parametrize(
    ("how", "words"), [("withdrawn", "Certificate withdrawn"), ("rejected", "Certificate rejected")]
)
def test_the_register_and_the_account_mark_it(
    how: str, words: str, consumer: Consumer, certificate: ConsumerDocument, entry: AccountHold,
    robert: Person, david: Person, client_as: ClientAs, stands: SetClock,
) -> None:  # fmt: skip
    """For those who may know why; everybody else reads "Protected" as before."""
    account = [consumer.account_number]
    pages = [
        REGISTER,
        *(reverse(name, args=account) for name in ("account_holds", "consumer_detail")),
    ]
    boss, keeper, clerk = client_as(david), client_as(robert), client_as(Role.CSE)
    for page in pages:
        assert words not in boss.get(page).text
    assert not keeper.get(REGISTER, {"state": "lost"}).context["rows"]
    lose(certificate, how, robert, david, stands.at)
    for page in pages:
        assert words in boss.get(page).text, page
    rows = keeper.get(REGISTER, {"state": "lost"}).context["rows"]
    assert [(row.kind, row.state) for row, _ in rows] == [(NAME, "STANDS")]
    overview = clerk.get(pages[-1]).text
    assert ("Protected" in overview, words in overview) == (True, False)


def test_a_new_version_mends_it(
    consumer: Consumer, certificate: ConsumerDocument, entry: AccountHold, robert: Person,
    david: Person, client_as: ClientAs, stands: SetClock,
) -> None:  # fmt: skip
    lose(certificate, "rejected", robert, david, stands.at)
    lay(consumer, robert, stands.at)
    renew_document(document=certificate.pk, by=robert, at=stands.at, form_key=uuid4())
    assert "Certificate rejected" not in client_as(david).get(REGISTER).text


def test_whoever_may_withdraw_it_is_told_what_rests_on_it(
    consumer: Consumer, certificate: ConsumerDocument, entry: AccountHold, robert: Person,
    david: Person, client_as: ClientAs, stands: SetClock,
) -> None:  # fmt: skip
    page = reverse("document_detail", args=[consumer.account_number, certificate.pk])
    said = "A protection of this household rests on this certificate. It stays"
    assert all(said in client_as(each).get(page).text for each in (robert, david))
    assert "Rejected or not, the protection" in client_as(david).get(page).text
    lift_account_hold(hold=entry.pk, reason="Moved", by=david, at=stands.at, form_key=uuid4())
    assert said not in client_as(david).get(page).text
    lose(certificate, "withdrawn", robert, david, stands.at)
    assert rung() == [], "nothing rests on it any more"
