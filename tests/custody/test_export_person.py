"""The export of one person's data: two people, two files, all of it and nobody else's (R8)."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.core.files.storage import default_storage
from django.db import DatabaseError, IntegrityError, connection
from django.db.models import Model
from django.test import Client
from pypdf import PdfReader

from consumers.models import Consumer
from consumers.operations import add_consumer_note
from smart360.cases.operations import add_note, send_message
from smart360.custody.choices import ExportFile, PrivacyState
from smart360.custody.models import ExportDownload, PrivacyAct
from smart360.custody.operations.privacy import (
    UnableToHandlePrivacy,
    approve_export,
    ask_for_export,
    decline_privacy,
    end_exports,
    take_file,
)
from smart360.custody.queries.personal import ELSEWHERE, SECTIONS
from smart360.custody.render import to_json, to_paper
from smart360.documents.models import StoredFile
from smart360.kernel.errors import constraint_of
from smart360.owed.tasks import drain
from smart360.staff.choices import Role
from smart360.staff.models import Person
from smart360.trail.models import Entry, PersonalText
from tests.billing.paying import pay
from tests.complaints.conftest import complain
from tests.conftest import MakeConsumer, MakePerson, MakeRequest, SetClock
from tests.invariants import assert_sound
from tests.looking import put_back

pytestmark = pytest.mark.django_db
ClientAs = Callable[..., Client]
STAFF = "Rude or disrespectful"
MAKING = "UPDATE custody_privacyact SET state = 'MAKING', decided_at = now()"


def ask(consumer: Consumer, by: Person, at: datetime, **more: Any) -> PrivacyAct:
    chosen: dict[str, Any] = {"reason": "A letter of May 3", "form_key": uuid4()} | more
    return ask_for_export(consumer=consumer.pk, by=by, at=at, **chosen)


def read_json(body: bytes) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(body)
    return data


@pytest.fixture
def john(
    make_consumer: MakeConsumer, make_request: MakeRequest, person: MakePerson, stands: SetClock
) -> Consumer:
    """A consumer of whom each part of the product knows something."""
    consumer, clerk = make_consumer(account_number="ACC-2024-001789"), person(Role.CSE)
    key: dict[str, Any] = {"by": clerk, "at": stands.at}
    pay(consumer, by=person(Role.BILLING), at=stands.at)
    add_consumer_note(
        consumer=consumer.pk, words="Rings twice", is_pinned=False, form_key=uuid4(), **key
    )
    case = make_request(consumer, by=clerk, notes="Gate code 1234").pk
    add_note(case=case, words="Internal about John", form_key=uuid4(), **key)
    send_message(case=case, subject="Your visit", words="Tomorrow", form_key=uuid4(), **key)
    bill = complain(consumer, notes="Please hurry", **key)
    add_note(case=bill.pk, words="Looks right to me", form_key=uuid4(), **key)
    return consumer


def test_from_the_wish_to_the_files(
    john: Consumer, person: MakePerson, client_as: ClientAs, stands: SetClock
) -> None:
    """Asked for on the page, approved by another, made by a worker, taken, noted, deleted."""
    asker, other = client_as(Role.SUPERVISOR), client_as(Role.ADMIN)
    page = f"/cx/consumer-management/{john.account_number}/privacy"
    wish = {"reason": "A letter of May 3", "form_key": str(uuid4())}
    blank = asker.post(f"{page}/export", {**wish, "reason": " "})
    assert (blank.status_code, "Reason: Enter the reason" in blank.text) == (422, True)
    assert asker.post(f"{page}/export", wish).status_code == 302
    assert asker.post(f"{page}/export", {**wish, "form_key": str(uuid4())}).status_code == 302
    act = PrivacyAct.objects.get()
    assert "somebody else decides" in asker.get(page).content.decode()
    assert asker.post(f"{page}/{act.pk}/approve").status_code == 403
    assert "Approve export" in other.get(page).content.decode()
    assert "Only to decline it." in other.get(page).text
    empty = other.post(f"{page}/{act.pk}/decline", {"reason": ""})
    assert (empty.status_code, "Reason: Enter the reason" in empty.text) == (422, True)
    assert "Only to decline it." in empty.text
    assert other.post(f"{page}/{act.pk}/approve").status_code == 302
    assert other.post(f"{page}/{act.pk}/approve").status_code == 409
    assert other.post(f"{page}/{act.pk}/data").status_code == 409
    part = asker.get(page, headers={"HX-Request": "true"}).content.decode()
    assert part.strip().startswith('<div id="acts"')
    assert "every 2s" in part
    drain("PDF")
    answer = asker.post(f"{page}/{act.pk}/data")
    assert answer["Content-Type"] == "application/json"
    assert read_json(answer.content)["consumer"][0]["name"] == john.name
    assert other.post(f"{page}/{act.pk}/paper").content.startswith(b"%PDF")
    assert {(each.file, each.by) for each in ExportDownload.objects.all()} == {
        ("JSON", asker.person),  # type: ignore[attr-defined]  # a test's browser
        ("PDF", other.person),  # type: ignore[attr-defined]
    }
    assert "Patricia Moore" in asker.get(page).content.decode()
    kinds = Entry.objects.filter(consumer=john, kind__startswith="DATA_").order_by("pk")
    assert [each.kind for each in kinds] == ["DATA_EXPORT_ASKED", "DATA_EXPORT_APPROVED"]
    names = [file.stored_as for file in StoredFile.objects.filter(title__startswith="Personal")]
    assert end_exports(at=stands.go_on(days=13)) == 0
    assert end_exports(at=stands.go_on(days=2)) == 1
    drain("DEFAULT")
    assert len(names) == 2
    assert not any(default_storage.exists(name) for name in names)
    assert other.post(f"{page}/{act.pk}/data").status_code == 409
    assert PrivacyAct.objects.get().state == PrivacyState.GONE
    assert_sound()


def test_everything_stands_in_the_data(john: Consumer, stands: SetClock) -> None:
    data = read_json(to_json(john, at=stands.at))
    assert set(data) == {"about"} | {section.key for section in SECTIONS}
    assert data["requests"][0]["notes"] == "Gate code 1234"
    assert data["notes"][0]["text"] == "Rings twice"
    assert data["payments"][0]["amount"] == "150.00"
    assert data["complaints"][0]["notes"] == "Please hurry"
    assert data["readings"][0]["value"] == "18245.000"
    assert data["meters"][0]["during"]["to"] is None
    said = {row["body"] for row in data["messages"]}
    assert {"Internal about John", "Tomorrow", "Looks right to me"} <= said
    assert "Sarah Johnson" not in json.dumps(data["notes"] + data["timeline"])
    paper = PdfReader(BytesIO(to_paper(john, at=stands.at)))
    assert "John Michael Smith" in "".join(page.extract_text() for page in paper.pages)


def test_nothing_of_an_inquiry_into_staff(
    make_consumer: MakeConsumer, person: MakePerson, client_as: ClientAs, stands: SetClock
) -> None:
    """What the consumer said is exported; whom it names neither reads nor lets it be read."""
    consumer, named, boss = make_consumer(), person(Role.SUPERVISOR), person(Role.SUPERVISOR)
    made = complain(
        consumer, by=boss, at=stands.at, name=STAFF, staff_named=named.pk,
        description="He shouted at me in the hall.",
    )  # fmt: skip
    add_note(case=made.pk, words="We heard two of them", by=boss, at=stands.at, form_key=uuid4())
    body = to_json(consumer, at=stands.at).decode()
    assert "He shouted at me in the hall." in body
    assert "We heard two of them" not in body
    assert named.full_name not in body
    with pytest.raises(UnableToHandlePrivacy, match="Another supervisor"):
        ask(consumer, named, stands.at)
    act = ask(consumer, boss, stands.at)
    page = f"/cx/consumer-management/{consumer.account_number}/privacy"
    assert client_as(named).post(f"{page}/{act.pk}/approve").status_code == 403
    assert "Approve export" not in client_as(named).get(page).content.decode()


def test_a_stranger_to_the_file_is_refused(
    john: Consumer, person: MakePerson, stands: SetClock
) -> None:
    """Two people, both of a role that may; each decides once; a wish is made once at a time."""
    boss, other, clerk = person(Role.SUPERVISOR), person(Role.SUPERVISOR), person(Role.CSE)
    with pytest.raises(UnableToHandlePrivacy):
        ask(john, clerk, stands.at)
    act = ask(john, boss, stands.at)
    assert ask(john, other, stands.at) == act
    with pytest.raises(UnableToHandlePrivacy, match="You asked for it"):
        approve_export(act=act.pk, by=boss, at=stands.at)
    decline_privacy(act=act.pk, reason="Not the person", by=other, at=stands.at)
    with pytest.raises(UnableToHandlePrivacy, match="David Chen has decided"):
        approve_export(act=act.pk, by=person(Role.ADMIN), at=stands.at)
    with pytest.raises(UnableToHandlePrivacy, match="not kept"):
        take_file(act=act.pk, file=ExportFile.PDF, by=other, at=stands.at)
    assert ask(john, other, stands.at) != act


@pytest.mark.database
@pytest.mark.parametrize(
    "forged",
    [
        "UPDATE custody_privacyact SET state = 'READY'",
        "UPDATE custody_privacyact SET asked_by_id = asked_by_id + 1",
        f"{MAKING}, decided_by_id = asked_by_id",
        f"{MAKING}, decided_by_id = (SELECT min(id) FROM staff_person)",
        "SELECT smart360_blank_texts(ARRAY(SELECT id FROM trail_personaltext))",
        "UPDATE trail_personaltext SET text = ''",
        "DELETE FROM custody_privacyact",
    ],
)
def test_the_database_refuses(
    john: Consumer, person: MakePerson, stands: SetClock, forged: str
) -> None:
    ask(john, person(Role.SUPERVISOR), stands.at)
    with pytest.raises(DatabaseError), put_back(), connection.cursor() as cursor:
        cursor.execute(forged)
    with connection.cursor() as cursor:
        files = "ARRAY(SELECT id FROM documents_storedfile)"
        cursor.execute(f"SELECT smart360_let_go_of_files({files}, now())")
        assert cursor.fetchall() == []


@pytest.mark.database
def test_an_export_takes_no_other_file_with_it(
    john: Consumer, person: MakePerson, stands: SetClock
) -> None:
    """Its files are deleted when it ends: a receipt that stood there would go."""
    boss, other = person(Role.SUPERVISOR), person(Role.SUPERVISOR)
    pay(john, by=boss, at=stands.at)
    drain("PDF")
    act = ask(john, boss, stands.at)
    approve_export(act=act.pk, by=other, at=stands.at)
    receipts = StoredFile.objects.filter(content_type="PDF").values_list("pk", flat=True)
    for files in ({"data": receipts[0], "paper": receipts[0]}, {"data": None, "paper": None}):
        wish = {f"{name}_id": key for name, key in files.items()}
        with pytest.raises(IntegrityError) as refused, put_back():
            PrivacyAct.objects.update(state=PrivacyState.READY, made_at=stands.at, **wish)
        assert constraint_of(refused.value) == "a_ready_export_has_its_files"


def test_a_thousand_lines_stay_small(john: Consumer, person: MakePerson, stands: SetClock) -> None:
    """Read in batches, a bounded number of statements, all in the data and few on paper."""
    boss = person(Role.SUPERVISOR)
    Entry.objects.bulk_create(
        Entry(
            kind="NOTE_ADDED", at=stands.at - timedelta(hours=nth), actor=boss, consumer=john,
            text=PersonalText.objects.create(text=f"Line {nth}", digest=f"{nth:064x}"),
        )
        for nth in range(1_000)
    )  # fmt: skip
    data = read_json(to_json(john, at=stands.at))
    assert len(data["timeline"]) > 1_000
    assert len(PdfReader(BytesIO(to_paper(john, at=stands.at))).pages) < 20


# ------------------------------------------------------------------ nothing is forgotten
def leads_to_a_consumer() -> set[type[Model]]:
    """Every model with a path of foreign keys to a consumer or to personal words."""
    found: set[type[Model]] = {Consumer, PersonalText}
    while True:
        more = {
            model
            for model in apps.get_models()
            if model not in found
            and any(field.related_model in found for field in model._meta.local_fields)
        }
        if not more:
            return found
        found |= more


def test_each_model_is_exported_or_says_why_not() -> None:
    exported = {section.model for section in SECTIONS}
    known = {apps.get_model(label) for label in ELSEWHERE}
    history = {model for model in apps.get_models() if hasattr(model, "pgh_obj")}
    forgotten = leads_to_a_consumer() - exported - known - history
    assert {model._meta.label for model in forgotten} == set()
    assert not exported & known
