"""X3: what a role may not see is in no page, fragment, file or receipt that it gets."""

import io
import re
from typing import Any
from zipfile import ZipFile

import pytest
from pypdf import PdfReader

from consumers.choices import LockPurpose
from consumers.models import Consumer
from consumers.operations import break_profile_lock, take_profile_lock
from disconnections.operations import close_request
from smart360.cases.operations import acknowledge, add_note, send_message
from smart360.owed.tasks import drain
from smart360.staff.choices import Role
from tests.access.addresses import ADDRESSES, ADMIN_MODELS, ANYBODY, COLUMNS
from tests.access.roles import FIELDS
from tests.access.visiting import answer_of, body_of, cookie_of
from tests.access.world import Things, Worlds

pytestmark = pytest.mark.django_db

CANARIES: dict[str, str] = {
    # field: how it would look wherever it is shown
    "name": r"Zoe\s+Canaryname",
    "phone": r"555\W{0,8}987\W{0,8}6501",
    "service_address": r"77\s+Servicecanary",
    "email": r"mailcanary@private\.example",
    "billing_address": r"88\s+Billcanary",
    "identity_last_four": r"(?<![0-9A-Za-z])7391(?![0-9A-Za-z])",
    "request_notes": "notecanary",
    "internal_note": "innercanary",
    "message": "saidcanary",
    "closing_note": "endcanary",
    "lock_reason": "lockcanary",
}


@pytest.fixture
def things(worlds: Worlds, form_key: Any) -> Things:
    """A consumer and an ended request with a canary in every personal field."""
    consumer = worlds.make_consumer(
        "Zoe Canaryname",
        phone="(555) 987-6501",
        email="mailcanary@private.example",
        address="77 Servicecanary Lane, Springfield, IL 62701",
    )
    Consumer.objects.filter(pk=consumer.pk).update(
        billing_address="88 Billcanary Street, Springfield, IL 62701"
    )
    sarah, david = worlds.person(Role.CSE), worlds.person(Role.SUPERVISOR)
    at = worlds.at
    made = worlds.make_request(
        consumer,
        by=sarah,
        notes="Gate code notecanary",
        identity_check="DOCUMENT_SEEN",
        identity_document="DRIVING_LICENCE",
        identity_last_four="7391",
        notifies_consumer=True,
    )
    acknowledge(case=made.pk, by=sarah, at=at)
    add_note(case=made.pk, words="Owes innercanary", by=sarah, at=at, form_key=form_key())
    send_message(
        case=made.pk, subject="", words="Dear saidcanary", by=sarah, at=at, form_key=form_key()
    )
    note = "Moved to endcanary, told us by phone"
    close_request(case=made.pk, reason="OTHER", note=note, by=sarah, at=at)
    take_profile_lock(consumer=consumer.pk, purpose=LockPurpose.EDIT_PROFILE, by=sarah, at=at)
    break_profile_lock(consumer=consumer.pk, reason="Home with lockcanary", by=david, at=at)
    take_profile_lock(consumer=consumer.pk, purpose=LockPurpose.EDIT_PROFILE, by=sarah, at=at)
    drain("PDF")  # so that there is a receipt to look into
    return Things(
        number=made.case.number,
        account=consumer.account_number,
        tracking=made.tracking_token,
        message=1,
    )


def all_shown(things: Things, role: Role, cookie: str) -> str:
    """Everything that this role can get to see, as text."""
    found = []
    for address in ADDRESSES.values():
        if address.get is None or address.who == ANYBODY or not address.is_for(role):
            continue
        found.append(things.path(address.path))
    account = things.account
    searched = ("/search", "/search/options", "/cx/consumer-management/search")
    found += [f"{path}?q={account}" for path in searched]
    found += [
        f"/cx/consumer-management/?q={account}",
        "/cx/disconnections/?tab=history",
        "/cx/disconnections/?view=history",
        f"/cx/disconnections/?q={account}",
        f"/cx/disconnections/new?consumer={account}",
    ]
    found += [f"/admin/{model.replace('_', '/', 1)}/" for model in ADMIN_MODELS]
    texts = []
    for path in found:
        for headers in ({}, {"HX-Request": "true"}):
            answer = answer_of(cookie, "GET", path, **headers)
            if answer.status_code < 400:
                texts.append(text_of(answer))
    return "\n".join(texts)


def text_of(answer: Any) -> str:
    """A page's source, a file's lines, what a PDF or a spreadsheet says."""
    body = body_of(answer)
    if body.startswith(b"PK"):
        with ZipFile(io.BytesIO(body)) as sheets:
            return " ".join(sheets.read(name).decode() for name in sheets.namelist())
    if body.startswith(b"%PDF"):
        return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages)
    return str(body.decode())


@pytest.mark.parametrize("role", COLUMNS, ids=str)
def test_each_role_sees_what_the_table_says_and_nothing_else(
    role: Role, things: Things, worlds: Worlds
) -> None:
    """Both ways: hidden where it must be, and really looked for, because others find it."""
    text = all_shown(things, role, cookie_of(worlds.client_as(role)))
    seen = {field: bool(re.search(shape, text)) for field, shape in CANARIES.items()}
    place = COLUMNS.index(role)
    assert seen == {field: who[place] == "y" for field, who in FIELDS.items()}
