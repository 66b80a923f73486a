"""The erasure of a person: the books and the chain stay, whoever it was is nowhere (R8)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.core.files.storage import default_storage
from django.db import DatabaseError, IntegrityError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from complaints.models import Complaint
from complaints.operations.deciding import resolve_complaint
from complaints.operations.rating import rate_complaint
from consumers.choices import AccountHoldKind, AccountStatus, SupplyState, UtilityType
from consumers.guards import AccountIsErased
from consumers.models import AccountHold, Consumer, Reading
from consumers.operations import add_consumer_note, reject_reading
from consumers.operations.holds import HoldWish
from consumers.operations.proposals import decline_account_hold, propose_account_hold
from disconnections.models import DisconnectionRequest
from disconnections.operations import close_request
from smart360.cases.operations import acknowledge, add_note, send_message
from smart360.custody.models import PrivacyAct
from smart360.custody.operations.erasing import UnableToErase, ask_for_erasure, erase_person
from smart360.custody.queries.erasing import BLANKS, FILES, KEPT_FILES, LINKS, TEXTS
from smart360.documents.models import StoredFile
from smart360.fieldwork.choices import Cancelled
from smart360.fieldwork.operations import cancel_service_order
from smart360.insights.oracles import erasures
from smart360.kernel.errors import constraint_of
from smart360.owed.tasks import drain
from smart360.staff.choices import Role
from smart360.staff.models import Person
from smart360.trail.models import Entry, PersonalText
from smart360.trail.rules import ERASED_NAME
from smart360.web.models import Draft
from tests.billing.paying import owe, pay
from tests.complaints.conftest import complain
from tests.conftest import MakeConsumer, MakePerson, MakeRequest, SetClock
from tests.fieldwork.working import order_from_profile
from tests.invariants import assert_sound
from tests.looking import put_back

pytestmark = pytest.mark.django_db
ClientAs = Callable[..., Client]
NAME, PHONE, EMAIL = "Zebulon Quixote", "(555) 987-6543", "zebulon@quixote.example"
STREET = "77 Windmill Lane, Springfield, IL 62701"
MARK = "zebramark"
"""Stands in whatever somebody writes about him."""
TOKENS = ("zebulon", "quixote", "9876543", "987-6543", MARK)
OF_THE_BOOKS = {
    "billing_payment.reference": "what the bank wrote: a voucher of the books",
}
"""Where his words stay, and why (docs/PRIVACY.md)."""


@pytest.fixture
def zebulon(
    make_consumer: MakeConsumer, make_request: MakeRequest, person: MakePerson, stands: SetClock
) -> Consumer:
    """Somebody who left: closed, settled, and known to each part of the product."""
    consumer = make_consumer(
        NAME, phone=PHONE, email=EMAIL, address=STREET, status=AccountStatus.INACTIVE,
        services={UtilityType.ELECTRICITY: SupplyState.OFF_FOR_GOOD},
    )  # fmt: skip
    boss = person(Role.SUPERVISOR)
    key: dict[str, Any] = {"by": boss, "at": stands.at}
    owe(consumer, "150.00", at=stands.at)
    pay(consumer, by=boss, at=stands.at, reference=f"Transfer of {NAME}")
    add_consumer_note(
        consumer=consumer.pk, words=f"{MARK} rings twice", is_pinned=True, form_key=uuid4(), **key
    )
    case = make_request(consumer, by=boss, notes=f"{MARK} gate code", reason="RC-002").pk
    add_note(case=case, words=f"{MARK} inside", form_key=uuid4(), **key)
    send_message(case=case, subject="Your visit", words=f"{MARK} out", form_key=uuid4(), **key)
    close_request(case=case, reason="OTHER", note=f"{MARK} changed their mind", **key)
    made = complain(consumer, notes=f"{MARK} hurry", description=f"{MARK} and a leak", **key).pk
    acknowledge(case=made, **key)
    resolve_complaint(case=made, words=f"{MARK} is repaired", **key)
    rate_complaint(complaint=made, stars=5, comment=f"{MARK} is glad", by=None, at=stands.at)
    order = order_from_profile(consumer, by=boss, at=stands.at, remarks=f"{MARK} has a dog")
    cancel_service_order(
        service_order=order.pk, reason=Cancelled.NOT_NEEDED, note=f"{MARK} is away", **key
    )
    asked = propose_account_hold(
        consumer=consumer.pk,
        wish=HoldWish(kind=AccountHoldKind.MEDICAL, source="CERT-77", from_on=stands.at.date()),
        note=f"{MARK} is ill",
        form_key=uuid4(),
        by=person(Role.CSE),
        at=stands.at,
    )
    decline_account_hold(proposal=asked.pk, reason=f"{MARK} is well", form_key=uuid4(), **key)
    reading = Reading.objects.get(meter__assignments__service_connection__consumer=consumer)
    reject_reading(
        consumer=consumer.pk, reading=reading.pk, reason=f"{MARK} misread it", form_key=uuid4(),
        **key,
    )  # fmt: skip
    Draft.objects.create(
        person=boss, form="x", typed={"email": EMAIL, "words": MARK}, saved_at=stands.at
    )
    drain("PDF")
    drain("MAIL")
    return consumer


def erase(consumer: Consumer, asker: Person, other: Person, at: datetime) -> PrivacyAct:
    act = ask_for_erasure(
        consumer=consumer.pk, reason=f"{MARK} wrote a letter", by=asker, at=at, form_key=uuid4()
    )
    return erase_person(act=act.pk, account_typed=consumer.account_number, by=other, at=at)


def where_it_stands(*tokens: str) -> set[str]:
    """Every text column of the whole database, read as its owner, in which a token is."""
    found = set()
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE")
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND data_type IN"
            " ('text', 'character varying', 'jsonb', 'json', 'ARRAY')"
        )
        for table, column in cursor.fetchall():
            cursor.execute(
                f'SELECT EXISTS (SELECT 1 FROM "{table}" WHERE "{column}"::text ILIKE ANY (%s))',
                [[f"%{token}%" for token in tokens]],
            )
            if cursor.fetchone()[0]:
                found.add(f"{table}.{column}")
        cursor.execute("SET ROLE smart360_app")
    return found


def test_nothing_of_the_person_is_left(
    zebulon: Consumer, person: MakePerson, client_as: ClientAs, stands: SetClock
) -> None:
    """Every column and every file; the books, the cases and the chain are as they were."""
    asker, other = person(Role.SUPERVISOR), person(Role.ADMIN)
    before = where_it_stands(*TOKENS)
    assert {
        "consumers_consumer.name", "trail_personaltext.text", "cases_case.closing_note",
        "complaints_complaint.description", "disconnections_disconnectionrequest.notes",
        "web_draft.typed", "consumers_reading.rejection",
    } <= before  # fmt: skip
    links = [
        *Complaint.objects.values_list("tracking_token", flat=True),
        *DisconnectionRequest.objects.values_list("tracking_token", flat=True),
    ]
    kept = list(Entry.objects.order_by("pk").values_list("pk", "hash", "text__digest"))
    files = list(StoredFile.objects.values_list("stored_as", flat=True))
    assert files
    erase(zebulon, asker, other, stands.at)
    drain("DEFAULT")
    assert where_it_stands(*TOKENS) == set(OF_THE_BOOKS)
    assert not any(default_storage.exists(name) for name in files)
    after = list(Entry.objects.order_by("pk").values_list("pk", "hash", "text__digest"))
    assert after[: len(kept)] == kept
    lines = Entry.objects.filter(kind="PERSON_ERASED").values_list("consumer", "actor")
    assert list(lines) == [(zebulon.pk, other.pk)]
    assert Client().get(f"/track/{links[0]}").status_code == 404
    clerk = client_as(Role.CSE)
    page = clerk.get(f"/cx/consumer-management/{zebulon.account_number}").content.decode()
    assert ERASED_NAME in page
    assert "was erased on" in page
    assert "Create Request" not in page
    assert NAME not in clerk.get("/cx/consumer-management/?q=quixote").content.decode()
    money = client_as(Role.BILLING).get(
        f"/cx/consumer-management/{zebulon.account_number}/statement"
    )
    assert "150.00" in money.content.decode()
    assert_sound()


def test_it_takes_two_people_and_the_number(
    zebulon: Consumer, person: MakePerson, client_as: ClientAs, stands: SetClock
) -> None:
    asker, other = client_as(Role.SUPERVISOR), client_as(Role.SUPERVISOR)
    page = f"/cx/consumer-management/{zebulon.account_number}/privacy"
    wish = {"reason": "A letter of May 3", "form_key": str(uuid4())}
    assert asker.post(f"{page}/erasure", {**wish, "reason": ""}).status_code == 422
    assert asker.post(f"{page}/erasure", wish).status_code == 302
    assert asker.post(f"{page}/erasure", wish).status_code == 302
    act = PrivacyAct.objects.get()
    right = {"account": zebulon.account_number}
    assert all(words in text for words, text in offered(asker, zebulon))
    assert asker.post(f"{page}/{act.pk}/erase", right).status_code == 403
    wrong = other.post(f"{page}/{act.pk}/erase", {"account": "ACC-1"})
    assert wrong.status_code == 422
    assert "not the number of this account" in wrong.content.decode()
    nothing = other.post(f"{page}/{act.pk}/erase", {"account": ""})
    assert (nothing.status_code, "Enter the account number" in nothing.text) == (422, True)
    assert Consumer.objects.get(pk=zebulon.pk).name == NAME
    assert other.post(f"{page}/{act.pk}/erase", right).status_code == 302
    assert other.post(f"{page}/{act.pk}/erase", right).status_code == 409
    assert asker.post(f"{page}/erasure", {**wish, "form_key": str(uuid4())}).status_code == 409
    assert "Erased" in asker.get(page).content.decode()
    assert not any(words in text for words, text in offered(asker, zebulon))


def offered(client: Client, consumer: Consumer) -> list[tuple[str, str]]:
    """What a tab offers a supervisor, with the tab's page."""
    acts = {
        "financial": "Record payment",
        "service": "Create Service Order",
        "communication": "Log a call",
        "documents": "Add document",
        "notes": "Add note",
    }
    at = f"/cx/consumer-management/{consumer.account_number}"
    return [(words, client.get(f"{at}/{tab}").content.decode()) for tab, words in acts.items()]


def test_what_stands_in_the_way_is_said(
    make_consumer: MakeConsumer, person: MakePerson, client_as: ClientAs, stands: SetClock
) -> None:
    consumer, boss = make_consumer(), person(Role.SUPERVISOR)
    owe(consumer, "20.00", at=stands.at)
    number = complain(consumer, by=boss, at=stands.at).case.number
    AccountHold.objects.create(
        consumer=consumer, kind=AccountHoldKind.MEDICAL, source="C-1", from_on=stands.at.date(),
        placed_at=stands.at,
    )  # fmt: skip
    with pytest.raises(UnableToErase) as refused:
        ask_for_erasure(
            consumer=consumer.pk, reason="A letter", by=boss, at=stands.at, form_key=uuid4()
        )
    sentence = refused.value.sentence
    for said in (
        "is Active; it has to be Inactive", "still supplied", "$20.00 are owed", f"{number} is",
        "The account is protected.",
    ):  # fmt: skip
        assert said in sentence
    admin = client_as(Role.ADMIN).get(f"/cx/consumer-management/{consumer.account_number}/privacy")
    assert "The account is protected." in admin.text
    assert "edical" not in admin.text, "why is not for an administrator"
    client = client_as(boss)
    with CaptureQueriesContext(connection) as asked:
        page = client.get(f"/cx/consumer-management/{consumer.account_number}/privacy")
    assert len(asked) <= 17
    assert f"{number} is open." in page.content.decode()
    assert not PrivacyAct.objects.exists()


def test_an_erased_account_takes_no_act(
    zebulon: Consumer, person: MakePerson, stands: SetClock
) -> None:
    """Neither an act on the account nor one on a case alone, nor a change by hand."""
    asker, other = person(Role.SUPERVISOR), person(Role.SUPERVISOR)
    case = Complaint.objects.get().pk
    erase(zebulon, asker, other, stands.at)
    with pytest.raises(AccountIsErased):
        pay(zebulon, by=asker, at=stands.at)
    with pytest.raises(AccountIsErased), put_back():
        complain(zebulon, by=asker, at=stands.at)
    with pytest.raises(DatabaseError, match="nobody is behind"), put_back():
        Consumer.objects.filter(pk=zebulon.pk).update(name="Somebody")
    with pytest.raises(DatabaseError, match="nobody is behind"), put_back():
        Entry.objects.create(kind="NOTE_ADDED", at=stands.at, case_id=case, consumer=zebulon)
    with pytest.raises(AccountIsErased):
        ask_for_erasure(
            consumer=zebulon.pk, reason="Again", by=asker, at=stands.at, form_key=uuid4()
        )


FORGED = (
    "UPDATE complaints_complaint SET description = 'Somebody else says something else'",
    "UPDATE complaints_complaint SET description = 'Erased', category_id = category_id + 1",
    "UPDATE cases_case SET closing_note = 'These words were erased.', ended_at = now()",
    "UPDATE disconnections_disconnectionrequest SET preferred_on = '2020-01-01'",
    "UPDATE fieldwork_serviceorder SET number = 'SO-1'",
)


@pytest.mark.database
def test_the_doors_are_shut_but_for_an_erasure(
    zebulon: Consumer, person: MakePerson, stands: SetClock
) -> None:
    """A setting alone opens none; in the erasure's transaction nothing else comes through."""
    without = (
        "UPDATE complaints_complaint SET description = 'These words were erased.'",
        "UPDATE cases_case SET closing_note = 'These words were erased.'",
        "UPDATE disconnections_disconnectionrequest SET notes = 'These words were erased.'",
        "UPDATE consumers_consumer SET erased_at = now()",
        "SELECT smart360_blank_texts(ARRAY(SELECT id FROM trail_personaltext))",
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('smart360.erasing', %s, true)", [str(zebulon.pk)])
    for forged in (*without, *FORGED):
        with pytest.raises(DatabaseError), put_back(), connection.cursor() as cursor:
            cursor.execute(forged)
    erase(zebulon, person(Role.SUPERVISOR), person(Role.ADMIN), stands.at)
    for forged in FORGED:
        with pytest.raises(DatabaseError), put_back(), connection.cursor() as cursor:
            cursor.execute(forged)


def run_sql(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.database
def test_nobody_is_erased_by_half(
    zebulon: Consumer, make_consumer: MakeConsumer, person: MakePerson, stands: SetClock
) -> None:
    """A row of an erasure alone would open the doors to the words of somebody who lives here."""
    asker, other = person(Role.SUPERVISOR), person(Role.SUPERVISOR)
    act = ask_for_erasure(
        consumer=zebulon.pk, reason="A letter", by=asker, at=stands.at, form_key=uuid4()
    )
    erased = (
        f"UPDATE custody_privacyact SET state = 'ERASED', decided_by_id = {other.pk},"
        " decided_at = now();"
    )
    for then in (
        "SET CONSTRAINTS ALL IMMEDIATE",  # as a commit asks
        f"UPDATE consumers_consumer SET erased_at = now() WHERE id = {zebulon.pk}",
    ):
        with pytest.raises(IntegrityError) as refused, put_back():
            run_sql(erased + then)
        assert constraint_of(refused.value) == "an_account_is_erased_by_two_people"
    assert PrivacyAct.objects.get().pk == act.pk


def test_a_longer_number_is_somebody_else_s(
    zebulon: Consumer, person: MakePerson, stands: SetClock
) -> None:
    """What was typed about account 12 is no word about account 1."""
    boss, number = person(Role.SUPERVISOR), zebulon.account_number
    said = {"own": f"Rang {number}.", "longer": f"{number}7", "mail": f"a{EMAIL}"}
    for form, words in said.items():
        Draft.objects.create(person=boss, form=form, typed={"q": words}, saved_at=stands.at)
    erase(zebulon, boss, person(Role.ADMIN), stands.at)
    kept = Draft.objects.filter(person=boss).values_list("form", flat=True)
    assert set(kept) == {"longer", "mail"}


# ------------------------------------------------------------------ nothing is forgotten
def test_every_night_what_an_erasure_blanks_is_looked_for() -> None:
    """The oracle asks of each column that an erasure blanks."""
    blanked = {
        f"{blank.model._meta.db_table}.{column}" for blank in BLANKS for column in blank.columns
    }
    asked = {f"{table}.{name}" for table, _, _, names in erasures.COLUMNS for name in names}
    assert asked == blanked
    pointed = {
        f"{model._meta.db_table}.{column}_id" for model, _, columns in TEXTS for column in columns
    }
    assert {f"{table}.{name}" for table, _, _, names in erasures.POINTERS for name in names} == (
        pointed
    )
    assert {table for table, *_ in erasures.LINKS} == {model._meta.db_table for model, _ in LINKS}


def test_each_pointer_to_words_and_files_is_known() -> None:
    """Whoever adds a column that points to personal words or to a file says who erases it."""
    known_texts = {
        f"{model._meta.label}.{column}" for model, _, columns in TEXTS for column in columns
    }
    known_files = {
        f"{model._meta.label}.{column}" for model, _, columns in FILES for column in columns
    }
    pointers = [
        (field.related_model, f"{model._meta.label}.{field.name}")
        for model in apps.get_models()
        for field in model._meta.local_fields
    ]
    assert {name for to, name in pointers if to is PersonalText} == known_texts
    assert {name for to, name in pointers if to is StoredFile} == known_files | set(KEPT_FILES)
