"""Create Complaint as a browser uses it: what its forms send."""

from collections.abc import Callable
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from complaints.models import ComplaintName
from consumers.models import Consumer

SignIn = Callable[..., Client]
HTMX = {"HX-Request": "true"}
WORDS = "The bill is three times the usual one."
SOMEBODY = {
    "name_said": "Ann Newcomer", "phone": "(555) 123-0000", "email": "ann@example.com",
    "service_address": "9 Elm Street", "customer_type": "RESIDENTIAL", "account_said": "A-1",
}  # fmt: skip


def address(name: str, draft: UUID | str, *more: Any) -> str:
    return reverse(name, args=[draft, *more])


def at_step(draft: UUID | str, step: int) -> str:
    return f"{address('complaint_draft', draft)}?step={step}"


def choose(client: Client, consumer: Consumer, draft: UUID | None = None, **more: Any) -> Any:
    typed = {"account": consumer.account_number, **more}
    return client.post(address("complaint_customer", draft or uuid4()), typed)


def enter(client: Client, draft: UUID | None = None, **changed: Any) -> Any:
    """Somebody who is not in the system."""
    return client.post(address("complaint_stranger", draft or uuid4()), SOMEBODY | changed)


def details(of: str = "Bill is too high", /, **changed: Any) -> dict[str, Any]:
    """The second step as the page sends it when everything is right."""
    chosen = ComplaintName.objects.select_related("subcategory").get(name=of)
    form = {
        "category": chosen.subcategory.category_id,
        "subcategory": chosen.subcategory_id,
        "name": chosen.pk,
        "incident_on": "2024-12-02",
        "description": WORDS,
        "expected_resolution": "A corrected bill",
        "to": "next",
    } | changed
    return {name: value for name, value in form.items() if value is not None}


def describe(client: Client, draft: UUID, of: str = "Bill is too high", /, **changed: Any) -> Any:
    return client.post(address("complaint_details", draft), details(of, **changed))


def comment(client: Client, draft: UUID, notes: str = "", **changed: Any) -> Any:
    """The third step."""
    return client.post(address("complaint_attach", draft), {"notes": notes, "to": "next"} | changed)


def picture(name: str = "meter.png", *, size: int = 40) -> SimpleUploadedFile:
    body = BytesIO()
    Image.effect_noise((size, size), 50).save(body, "PNG")
    return SimpleUploadedFile(name, body.getvalue(), "image/png")


def attach(client: Client, draft: UUID, file: Any = None, *, headers: Any = None) -> Any:
    sent = {"file": file or picture(), "form_key": uuid4()}
    return client.post(address("draft_file_add", draft), sent, headers=headers)


def reviewed(client: Client, draft: UUID) -> str:
    """What the review hands on: a digest of what its reader has seen."""
    page = client.get(at_step(draft, 4))
    return str(page.context["seen"])


def submit(client: Client, draft: UUID, **changed: Any) -> Any:
    sent = {"notifies_consumer": "on"} | changed
    if "seen" not in sent:
        sent["seen"] = reviewed(client, draft)
    sent = {name: value for name, value in sent.items() if value is not None}
    return client.post(address("complaint_submit", draft), sent)


def begun(client: Client, consumer: Consumer) -> UUID:
    """A draft whose customer is chosen."""
    draft = uuid4()
    assert choose(client, consumer, draft).status_code == 302
    return draft


def written(
    client: Client, consumer: Consumer, of: str = "Bill is too high", /, **changed: Any
) -> UUID:
    """A draft that only wants to be submitted."""
    draft = begun(client, consumer)
    answer = describe(client, draft, of, **changed)
    assert answer.status_code == 302, answer.text
    return draft
