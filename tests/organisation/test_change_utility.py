"""The settings page (ADM2): every field, the logo, the preview, one line in the record."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from smart360.organisation.models import Utility
from smart360.organisation.operations import LARGEST_LOGO, MOST_PIXELS
from smart360.staff.choices import Role
from smart360.trail.choices import Event
from smart360.trail.models import Entry

pytestmark = pytest.mark.django_db

VALUES = {
    "name": "Springfield Utilities",
    "address": "1 Main Street, Springfield, IL 62701",
    "phone": "(555) 010-0100",
    "email": "service@springfield.example",
    "emergency_phone": "(555) 010-0911",
    "business_hours": "Weekdays 8:00 AM – 6:00 PM",
    "website": "https://springfield.example",
    "currency": "USD",
    "time_zone": "America/Chicago",
    "language": "en",
    "paper_size": "LETTER",
}


def picture(kind: str = "PNG", size: tuple[int, int] = (600, 200), **more: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "navy").save(out, format=kind, **more)
    return out.getvalue()


def upload(body: bytes, name: str = "logo.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, body, content_type="image/png")


@pytest.fixture
def admin(client_as: Callable[..., Client]) -> Client:
    return client_as(Role.ADMIN)


def test_every_field_is_saved_and_recorded(admin: Client) -> None:
    answer = admin.post("/settings/", VALUES)
    assert (answer.status_code, answer["Location"]) == (302, "/settings/")
    utility = Utility.objects.get()
    assert {name: getattr(utility, name) for name in VALUES} == VALUES
    entry = Entry.objects.get(kind=Event.SETTINGS_CHANGED)
    assert entry.actor == admin.person  # type: ignore[attr-defined]
    assert (entry.old["name"], entry.new["name"]) == ("Your utility", "Springfield Utilities")
    assert "currency" not in entry.new  # it did not change
    history = utility.events.order_by("pgh_id").last()  # type: ignore[attr-defined]
    assert history.pgh_context.metadata["person"] == admin.person.pk  # type: ignore[attr-defined]


def test_the_name_is_on_every_page_at_once(admin: Client) -> None:
    admin.post("/settings/", VALUES)
    assert "Springfield Utilities" in Client().get("/sign-in").content.decode()


def test_saving_without_a_change_records_nothing(admin: Client) -> None:
    admin.post("/settings/", VALUES)
    admin.post("/settings/", VALUES)
    assert Entry.objects.filter(kind=Event.SETTINGS_CHANGED).count() == 1


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "", "This field is required."),
        ("name", "x" * 121, "at most 120 characters (it has 121)"),
        ("name", "\u200b\u200b", "characters that cannot be shown"),
        ("name", "a\u202eb", "characters that cannot be shown"),
        ("name", "a\0b", "Null characters are not allowed."),
        ("phone", "call us", "Enter a phone number, for example (555) 123-4567."),
        ("email", "a@b", "Enter a valid email address."),
        ("email", "a@b.co\nBcc:x@y.z", "Enter a valid email address."),
        ("website", "javascript:alert(1)", "Enter a valid URL."),
        ("currency", "XXX", "Select a valid choice."),
        ("time_zone", "Mars/Olympus", "Select a valid choice."),
        ("time_zone", "../etc/passwd", "Select a valid choice."),
        ("language", "tlh", "Select a valid choice."),
        ("paper_size", "A0", "Select a valid choice."),
    ],
)
def test_refuses_beside_the_field(admin: Client, field: str, value: str, sentence: str) -> None:
    answer = admin.post("/settings/", {**VALUES, field: value})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert sentence in page
    assert f'id="id_{field}-error"' in page
    assert Utility.objects.get().name == "Your utility"
    assert not Entry.objects.exists()


def test_a_logo_is_rebuilt_from_its_pixels(admin: Client) -> None:
    """F6: nothing but pixels is kept, as a PNG no larger than it is shown."""
    words = PngInfo()
    words.add_text("Comment", "<script>alert(1)</script>")
    answer = admin.post("/settings/", {**VALUES, "logo": upload(picture(pnginfo=words))})
    assert answer.status_code == 302
    kept = bytes(Utility.objects.get().logo or b"")
    assert b"script" not in kept
    with Image.open(io.BytesIO(kept)) as shown:
        assert (shown.format, shown.size) == ("PNG", (480, 160))
    served = Client().get("/logo")
    assert served.content == kept
    assert served["Content-Type"] == "image/png"
    assert served["X-Content-Type-Options"] == "nosniff"
    assert Entry.objects.get(kind=Event.SETTINGS_CHANGED).new["logo"] == "replaced"


def test_a_jpeg_is_accepted(admin: Client) -> None:
    answer = admin.post("/settings/", {**VALUES, "logo": upload(picture("JPEG"), "logo.jpg")})
    assert answer.status_code == 302


def bomb() -> bytes:
    """A small file that says it is enormous."""
    body = bytearray(picture(size=(1, 1)))
    body[16:24] = (60_000).to_bytes(4, "big") * 2
    return bytes(body)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "The submitted file is empty."),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "Only PNG and JPG pictures are accepted."),
        (picture("GIF"), "Only PNG and JPG pictures are accepted."),
        (picture("WEBP"), "Only PNG and JPG pictures are accepted."),
        (picture()[:100], "Only PNG and JPG pictures are accepted."),
        (picture() + b"\0" * LARGEST_LOGO, "The logo is larger than 512 kB."),
        (picture(size=(MOST_PIXELS // 1000 + 1, 1000)), "more than 4 million pixels"),
        (bomb(), "Only PNG and JPG pictures are accepted."),
    ],
    ids=["empty", "svg", "gif", "webp", "cut", "heavy", "many-pixels", "bomb"],
)
def test_refuses_what_is_no_logo(admin: Client, body: bytes, sentence: str) -> None:
    answer = admin.post("/settings/", {**VALUES, "logo": upload(body)})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert sentence in page or "more than 4 million pixels" in page
    assert Utility.objects.get().logo is None
    assert Utility.objects.get().name == "Your utility"


def test_a_logo_can_be_removed(admin: Client) -> None:
    admin.post("/settings/", {**VALUES, "logo": upload(picture())})
    admin.post("/settings/", {**VALUES, "removes_logo": "on"})
    assert Utility.objects.get().logo is None
    assert Client().get("/logo").status_code == 404


def test_the_preview_follows_the_choice(admin: Client, stands: Callable[[], Any]) -> None:
    answer = admin.get(
        "/settings/?time_zone=Asia/Kolkata&currency=INR", headers={"HX-Request": "true"}
    )
    page = answer.content.decode()
    assert page.lstrip().startswith('<div id="preview">')
    assert "Dec 10, 2024, 09:00 PM" in page
    assert "₹1,204.10" in page
    assert "−₹200.00" in page


@pytest.mark.parametrize("query", ["time_zone=../../etc&currency=%00", "time_zone=&currency=ZZZ"])
def test_the_preview_of_nonsense_is_not_an_error(admin: Client, query: str) -> None:
    assert admin.get(f"/settings/?{query}", headers={"HX-Request": "true"}).status_code == 200


def test_the_zone_of_the_page_is_chosen_from_all_cities(admin: Client) -> None:
    page = admin.get("/settings/").content.decode()
    assert '<option value="America/Chicago" selected>America/Chicago</option>' in page
    assert '<option value="Pacific/Chatham">' in page
