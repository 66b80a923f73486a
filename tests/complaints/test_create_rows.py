"""Every wrong input of Create Complaint and the exact answer (bad-inputs.md §1, §4, §8, §9)."""

from datetime import timedelta
from html import unescape
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from complaints.models import (
    Complaint,
    ComplaintDraft,
    ComplaintName,
    ComplaintSettings,
)
from consumers.models import Consumer
from smart360.documents.models import PendingFile
from smart360.staff.choices import Role
from smart360.staff.models import Person
from tests.complaints.writing import (
    HTMX,
    SOMEBODY,
    WORDS,
    SignIn,
    address,
    at_step,
    attach,
    begun,
    comment,
    describe,
    details,
    enter,
    picture,
    submit,
    written,
)
from tests.conftest import MakeConsumer, MakePerson, SetClock

pytestmark = pytest.mark.django_db


@pytest.fixture
def consumer(make_consumer: MakeConsumer, stands: SetClock) -> Consumer:
    return make_consumer()


@pytest.fixture
def client(client_as: SignIn) -> Client:
    return client_as(Role.CSE)


@pytest.fixture
def draft(client: Client, consumer: Consumer) -> Any:
    return begun(client, consumer)


def errors_of(answer: Any, field: str, form: str = "form") -> list[str]:
    assert answer.status_code == 422, answer.status_code
    return [str(each) for each in answer.context[form].errors.get(field, [])]


# ------------------------------------------------------------------ step 1
@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("ab", "Enter at least 3 characters"),
        ("a  b", "Enter at least 3 characters"),
        ("   ", "Enter at least 3 characters"),
        ("\u200b\u200b\u200b", "Enter at least 3 characters"),
        ("", "This field is required."),
        ("q" * 10_000, "Search is too long"),
    ],
)
def test_a_search_that_asks_nothing(
    client: Client, consumer: Consumer, typed: str, sentence: str
) -> None:
    """Bad inputs 1, 2, 6."""
    answer = client.post(address("complaint_customer", uuid4()), {"q": typed})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert not ComplaintDraft.objects.exists()


@pytest.mark.parametrize("typed", ["%%%", "___", "' OR 1=1 --", "[a-", "{{7*7}}", "nobody at all"])
def test_an_empty_search_says_what_else_to_try(
    client: Client, consumer: Consumer, typed: str
) -> None:
    """Bad inputs 3, 4, 7, 11; CMP2."""
    answer = client.post(address("complaint_customer", uuid4()), {"q": typed})
    assert answer.status_code == 422
    assert "No customer found." in answer.text
    assert "Check the spelling." in answer.text
    assert "Enter Customer Details Manually" in answer.text
    search = client.get(reverse("consumer_search"), {"q": typed, "for": "complaint"})
    assert "No customer found. Check the spelling" in search.text
    assert "0 consumers found" in client.get(reverse("consumer_search"), {"q": typed}).text


def test_what_is_typed_is_echoed_escaped(client: Client, consumer: Consumer) -> None:
    """Bad inputs 10."""
    typed = "<script>alert(1)</script>"
    answer = client.post(address("complaint_customer", uuid4()), {"q": typed})
    assert typed not in answer.text


@pytest.mark.parametrize("part", ["account", "name", "phone", "address"])
def test_found_by_account_name_phone_and_address(
    client: Client, consumer: Consumer, part: str
) -> None:
    """CMP2, without JavaScript: each hit is a button."""
    typed = {
        "account": consumer.account_number, "name": consumer.name, "phone": consumer.phone,
        "address": consumer.connections.select_related("premise").all()[0].premise.address,
    }[part]  # fmt: skip
    answer = client.post(address("complaint_customer", uuid4()), {"q": typed})
    assert f'name="account" value="{consumer.account_number}"' in answer.text


@pytest.mark.parametrize("account", ["NOBODY-1", "abc", "9" * 20, "-1", "a\0b", "\u202e"])
def test_an_account_of_nobody(client: Client, consumer: Consumer, account: str) -> None:
    """Bad inputs 22."""
    answer = client.post(address("complaint_customer", uuid4()), {"account": account})
    assert answer.status_code == 422
    assert "Select a customer from the search results" in answer.text
    assert not ComplaintDraft.objects.exists()


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("phone", "abc", "Enter a valid phone number"),
        ("phone", "1" * 40, "Enter a valid phone number"),
        ("email", "a@b", "Enter a valid email address."),
        ("email", "a@b.co\nBcc:x@y", "Enter a valid email address."),
        ("email", "=cmd|calc@x.com", "Enter a valid email address."),
        ("email", "+1@x.com", "Enter a valid email address."),
        ("name_said", "", "This field is required."),
        ("name_said", " \u200d ", "This field is required."),
        ("name_said", "a\0b", "Null characters are not allowed."),
        ("name_said", "a\u202eb", "This text contains characters that cannot be shown."),
        ("name_said", "x" * 121, "at most 120 characters (it has 121)"),
        ("service_address", "x" * 201, "at most 200 characters (it has 201)"),
        ("account_said", "x" * 41, "at most 40 characters (it has 41)"),
        ("customer_type", "EMPEROR", "Select a valid choice."),
    ],
)
def test_somebody_entered_wrong(
    client: Client, stands: SetClock, field: str, typed: str, sentence: str
) -> None:
    """Bad inputs 112, 113; what was typed stays, in the draft too."""
    draft = uuid4()
    answer = enter(client, draft, **{field: typed})
    assert any(sentence in each for each in errors_of(answer, field, "stranger"))
    assert "Residential" in answer.text
    kept = ComplaintDraft.objects.get(pk=draft).typed["1"]["words"]
    others = {each: value for each, value in SOMEBODY.items() if each != field}
    assert {each: kept[each][0] for each in others} == others
    assert client.get(at_step(draft, 2))["Location"] == at_step(draft, 1)


def test_somebody_who_cannot_be_reached(client: Client, stands: SetClock) -> None:
    answer = enter(client, phone="", email="")
    assert errors_of(answer, "phone", "stranger") == ["Enter a phone number or an e-mail address"]
    assert enter(client, phone="").status_code == 302
    assert enter(client, email="").status_code == 302


# ------------------------------------------------------------------ step 2
@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("description", "9 letters", "Ensure this value has at least 10 characters (it has 9)."),
        ("description", " " * 10 + "9 letters",
         "Ensure this value has at least 10 characters (it has 9)."),
        ("description", "   ", "This field is required."),
        ("description", "x" * 4001,
         "Ensure this value has at most 4000 characters (it has 4001)."),
        ("description", "ten letters\0", "Null characters are not allowed."),
        ("description", "ten letters\u202e",
         "This text contains characters that cannot be shown."),
        ("description", "ten letters" + "a" + "\u0301" * 10_000,
         "This text contains characters that cannot be shown."),
        ("expected_resolution", "four",
         "Ensure this value has at least 5 characters (it has 4)."),
        ("expected_resolution", WORDS.upper(),
         "Expected resolution cannot be the same as the description"),
        ("expected_resolution", "x" * 1001,
         "Ensure this value has at most 1000 characters (it has 1001)."),
        ("incident_on", "2024-12-11", "Incident date cannot be in the future"),
        ("incident_on", "9999-12-31", "Incident date cannot be in the future"),
        ("incident_on", "10000-01-01", "Incident date cannot be in the future"),
        ("incident_on", "2014-12-10", "Incident date is more than 365 days ago"),
        ("incident_on", "2024-02-30", "Enter a valid date."),
        ("incident_on", "1/2/24", "Enter a valid date."),
        ("incident_on", "٢٠٢٤-١٢-٠١", "Enter a valid date."),
        ("incident_on", "", "This field is required."),
        ("category", "", "This field is required."),
        ("category", "999999", "Select a valid choice."),
        ("category", "abc", "Select a valid choice."),
        ("category", "9" * 30, "Select a valid choice."),
        ("subcategory", "", "This field is required."),
        ("subcategory", "999999", "Select a valid choice."),
        ("name", "", "This field is required."),
        ("name", "-1", "Select a valid choice."),
    ],
)  # fmt: skip
def test_details_entered_wrong(
    client: Client, draft: Any, field: str, typed: str, sentence: str
) -> None:
    """Bad inputs 42, 54, 57, 106, 107, 109; the message stands beside its field."""
    answer = describe(client, draft, **{field: typed})
    assert errors_of(answer, field) == [sentence]
    assert f'id="id_{field}-error"' in answer.text
    assert client.get(at_step(draft, 3))["Location"] == at_step(draft, 2)
    assert not Complaint.objects.exists()


def test_the_empty_step_says_what_is_missing(client: Client, draft: Any) -> None:
    answer = client.post(address("complaint_details", draft), {"to": "next"})
    required = {
        "category", "subcategory", "name", "incident_on", "description", "expected_resolution",
    }  # fmt: skip
    assert set(answer.context["form"].errors) == required


@pytest.mark.parametrize(("days", "is_taken"), [(365, True), (366, False)])
def test_the_oldest_incident(
    client: Client, draft: Any, stands: SetClock, days: int, is_taken: bool
) -> None:
    """Bad inputs 109: the setting's last day counts."""
    day = (stands.at - timedelta(days=days)).date()
    assert describe(client, draft, incident_on=day.isoformat()).status_code == (
        302 if is_taken else 422
    )


def test_the_setting_counts(client: Client, draft: Any) -> None:
    ComplaintSettings.objects.update(longest_incident_days=5)
    answer = describe(client, draft)
    assert errors_of(answer, "incident_on") == ["Incident date is more than 5 days ago"]


@pytest.mark.parametrize(
    "text",
    ["x" * 10, "👨‍👩‍👧‍👦" * 10, "<b>bold words</b>", '=HYPERLINK("x")', "{{7*7}} {% x %}"],
)
def test_what_is_taken_as_typed(client: Client, draft: Any, text: str) -> None:
    """Bad inputs 50, 53, 55, 56, 61."""
    assert describe(client, draft, description=text).status_code == 302
    page = client.get(at_step(draft, 4)).text
    assert "<b>bold" not in page
    submit(client, draft)
    assert Complaint.objects.get().description == text


@pytest.mark.parametrize("priority", ["LOW", "CRITICAL"])
def test_a_priority_in_the_post_is_ignored(client: Client, draft: Any, priority: str) -> None:
    """Bad inputs 111, 30."""
    describe(client, draft, priority=priority, status="RESOLVED", is_vip="1", created_by="1")
    answer = client.get(at_step(draft, 2)).text
    assert 'name="priority"' not in answer
    submit(client, draft, priority=priority)
    made = Complaint.objects.select_related("case").get()
    assert (made.case.priority, made.case.status) == ("HIGH", "PENDING")


def test_lists_are_filtered_by_the_one_before(client: Client, draft: Any) -> None:
    """CMP2: disabled until then; the same without JavaScript, by a reload."""
    chosen = ComplaintName.objects.select_related("subcategory__category").get(name="Leak")
    empty = client.get(at_step(draft, 2)).text
    for name in ("subcategory", "name"):
        assert "disabled" in empty.split(f'<select name="{name}"')[1].split(">")[0]
    sent = {"category": chosen.subcategory.category_id, "to": "here"}
    answer = client.post(address("complaint_details", draft), sent)
    assert answer["Location"] == at_step(draft, 2)
    page = client.get(at_step(draft, 2))
    form = page.context["form"]
    assert [label for _, label in form.fields["subcategory"].choices] == [
        "Choose a subcategory", "Meter", "Network",
    ]  # fmt: skip
    assert form.fields["name"].widget.attrs["disabled"]
    assert "Critical" in page.text

    sent |= {"subcategory": chosen.subcategory_id}
    answer = client.post(address("complaint_parts", draft), sent, headers=HTMX)
    assert answer.status_code == 200
    assert "Leak" in answer.text
    assert "Bill is too high" not in answer.text
    assert ComplaintDraft.objects.get().typed["2"]["words"].get("subcategory") is None  # read only


def test_the_summary_alone_follows_what_is_typed(client: Client, draft: Any) -> None:
    """No list is swapped below the field that somebody is in."""
    sent = {"incident_on": "2024-12-02", "expected_resolution": "A corrected bill"}
    url = f"{address('complaint_parts', draft)}?only=summary"
    answer = client.post(url, sent, headers=HTMX).text
    assert "A corrected bill" in answer
    assert "Dec 2, 2024" in answer
    assert answer.lstrip().startswith('<section class="s-panel" id="summary"')
    assert "hx-swap-oob" not in answer


@pytest.mark.parametrize("field", ["subcategory", "name"])
def test_what_does_not_belong_together_is_refused(client: Client, draft: Any, field: str) -> None:
    """W18."""
    other = details("Leak")[field]
    answer = describe(client, draft, **{field: other})
    assert errors_of(answer, field) == ["Select a valid choice."]


def test_what_is_retired_is_not_offered(client: Client, draft: Any) -> None:
    """Also when it was retired after it was chosen."""
    describe(client, draft)
    ComplaintName.objects.filter(name="Bill is too high").update(is_active=False)
    assert client.get(at_step(draft, 4))["Location"] == at_step(draft, 2)
    assert submit(client, draft, seen="")["Location"] == at_step(draft, 2)
    assert "Bill is too high" not in client.get(at_step(draft, 2)).text


# ------------------------------------------------------------------ step 2: staff and bills
@pytest.fixture
def karen(person: MakePerson) -> Person:
    return person(Role.BILLING)


STAFF = "Rude or disrespectful"


def test_a_person_named_only_for_complaints_about_staff(
    client: Client, draft: Any, karen: Person
) -> None:
    describe(client, draft, staff_named=str(karen.pk), staff_search=karen.full_name)
    assert "Person named" not in client.get(at_step(draft, 2)).text
    submit(client, draft)
    assert Complaint.objects.get().staff_named is None


@pytest.mark.parametrize("typed", ["Karen Lee", "karen", "LEE kar"])
def test_a_person_is_found_by_name(client: Client, draft: Any, karen: Person, typed: str) -> None:
    assert describe(client, draft, STAFF, staff_search=typed).status_code == 302
    assert "Karen Lee" in client.get(at_step(draft, 4)).text
    page = client.get(submit(client, draft)["Location"]).text
    assert Complaint.objects.get().staff_named == karen
    assert "Only supervisors see this complaint" in page
    assert "Open the complaint" not in page


def test_one_of_several_is_chosen(client: Client, draft: Any, person: MakePerson) -> None:
    first, second = (person(Role.CSE, full_name=name) for name in ("Ann Alike", "Ann Alike"))
    answer = describe(client, draft, STAFF, staff_search="alike")
    assert errors_of(answer, "staff_search") == ["Select a person from the search results"]
    assert f'name="staff_named" value="{first.pk}"' in answer.text
    sent = {"staff_search": "alike", "staff_named": str(second.pk), "version": "1"}
    assert describe(client, draft, STAFF, **sent).status_code == 302
    submit(client, draft)
    assert Complaint.objects.get().staff_named == second


@pytest.mark.parametrize("key", ["", "999999", "abc", "-1"])
def test_nobody_of_this_name(client: Client, draft: Any, karen: Person, key: str) -> None:
    answer = describe(client, draft, STAFF, staff_search="Zebulon", staff_named=key)
    assert errors_of(answer, "staff_search") == ["Nobody of our staff has this name"]


def test_a_key_without_its_name_names_nobody(client: Client, draft: Any, karen: Person) -> None:
    assert describe(client, draft, STAFF, staff_named=str(karen.pk)).status_code == 302
    submit(client, draft)
    assert Complaint.objects.get().staff_named is None


def test_staff_are_found_as_one_types(client: Client, karen: Person) -> None:
    found = client.get(reverse("complaint_staff"), {"staff_search": "karen"}).text
    assert f'data-value="{karen.pk}" data-label="Karen Lee"' in found
    for typed in ("ka", "%%%", "", "zebulon"):
        assert (
            "data-value" not in client.get(reverse("complaint_staff"), {"staff_search": typed}).text
        )
    Person.objects.filter(pk=karen.pk).update(is_active=False)
    assert "Karen" not in client.get(reverse("complaint_staff"), {"staff_search": "karen"}).text


@pytest.mark.parametrize(
    ("role", "name", "is_offered"),
    [
        (Role.CSE, "Bill is too high", True),
        (Role.SUPERVISOR, "Charged twice", True),
        (Role.CALL_CENTRE, "Bill is too high", False),
        (Role.RECOVERY, "Bill is too high", False),
        (Role.CSE, "Leak", False),
    ],
)
def test_a_disputed_amount_only_for_complaints_about_bills(
    client_as: SignIn, consumer: Consumer, role: Role, name: str, is_offered: bool
) -> None:
    client = client_as(role)
    draft = written(client, consumer, name, disputed_amount="61.40")
    assert ("Disputed amount" in client.get(at_step(draft, 2)).text) is is_offered
    assert ("$61.40" in client.get(at_step(draft, 4)).text) is is_offered


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("NaN", "Enter a number."), ("-5", "Enter an amount above 0.00"),
        ("0", "Enter an amount above 0.00"), ("9999999999999", "Amount is above the limit"),
        ("12.345", "Ensure that there are no more than 2 decimal places."),
        ("1,234.50", "Enter a number without sign or comma, such as 1234.50"),
    ],
)  # fmt: skip
def test_a_disputed_amount_entered_wrong(
    client: Client, draft: Any, typed: str, sentence: str
) -> None:
    """Bad inputs 62 to 67."""
    assert errors_of(describe(client, draft, disputed_amount=typed), "disputed_amount") == [
        sentence
    ]


# ------------------------------------------------------------------ step 3
@pytest.mark.parametrize(("length", "is_taken"), [(500, True), (501, False)])
def test_notes(client: Client, consumer: Consumer, length: int, is_taken: bool) -> None:
    draft = written(client, consumer)
    answer = comment(client, draft, "n" * length)
    assert answer.status_code == (302 if is_taken else 422)
    if not is_taken:
        assert errors_of(answer, "notes") == [
            "Ensure this value has at most 500 characters (it has 501)."
        ]


def refused(answer: Any) -> str:
    """The sentence under the last file that was refused."""
    assert answer.status_code == 422
    last = answer.text.split("<template")[0].split("data-refused>")[-1]
    return unescape(last.split("</strong>")[1].split("</div>")[0].strip())


@pytest.mark.parametrize("headers", [None, HTMX], ids=["plain", "htmx"])
@pytest.mark.parametrize(
    ("name", "body", "sentence"),
    [
        ("empty.pdf", b"", "The submitted file is empty."),
        ("program.pdf", b"MZ\x90\x00program", "Only PDF, JPG and PNG files are accepted"),
        ("page.pdf", b"<html><script>1</script>", "Only PDF, JPG and PNG files are accepted"),
        ("drawing.png", b"<svg xmlns='x'/>", "Only PDF, JPG and PNG files are accepted"),
        ("moving.png", b"GIF89a\x01\x00\x01\x00", "Only PDF, JPG and PNG files are accepted"),
        ("call-recording.mp3", b"ID3\x03", "Only PDF, JPG and PNG files are accepted"),
        ("large.pdf", b"%PDF-" + bytes(10 * 1024 * 1024 - 4), "large.pdf is larger than 10 MB"),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 20 else "",
)
def test_a_refused_file_is_told_and_not_stored(
    client: Client, draft: Any, name: str, body: bytes, sentence: str, headers: Any
) -> None:
    """Bad inputs 116 to 119."""
    describe(client, draft)
    answer = attach(client, draft, SimpleUploadedFile(name, body), headers=headers)
    assert refused(answer) == sentence
    assert name in answer.text
    assert sentence in answer.text
    assert not PendingFile.objects.exists()
    assert client.get(at_step(draft, 4)).status_code == 200  # Next leads on all the same


def test_a_picture_comes_back_without_its_secrets(client: Client, consumer: Consumer) -> None:
    """Bad inputs 123: a comment with a script, EXIF."""
    draft = written(client, consumer)
    body = BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "GPS of somebody"
    Image.effect_noise((40, 40), 50).save(
        body, "JPEG", exif=exif, comment=b"<script>alert(1)</script>"
    )
    attach(client, draft, SimpleUploadedFile("meter.jpg", body.getvalue()))
    file = PendingFile.objects.get()
    answer = client.get(address("draft_file", draft, file.pk))
    assert b"<script>" not in answer.content
    assert b"GPS of" not in answer.content
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]


def test_a_sixth_file_and_too_much(client: Client, consumer: Consumer) -> None:
    """Bad inputs 117, F2."""
    draft = written(client, consumer)
    for number in range(5):
        assert attach(client, draft, picture(f"{number}.png")).status_code == 302
    assert refused(attach(client, draft)) == "At most 5 files"
    assert PendingFile.objects.count() == 5
    ComplaintSettings.objects.update(most_megabytes=1, most_files=9)
    large = picture("large.png", size=1100)
    assert refused(attach(client, draft, large)) == "At most 1 MB together"
    assert PendingFile.objects.count() == 5


def test_several_without_javascript(client: Client, consumer: Consumer) -> None:
    """The good ones are kept, the other one is told."""
    draft = written(client, consumer)
    sent = {
        "file": [picture("one.png"), SimpleUploadedFile("two.txt", b"text"), picture("three.png")],
        "form_key": uuid4(),
    }
    answer = client.post(address("draft_file_add", draft), sent)
    assert refused(answer) == "Only PDF, JPG and PNG files are accepted"
    titles = PendingFile.objects.order_by("title").values_list("title", flat=True)
    assert list(titles) == ["one.png", "three.png"]


@pytest.mark.parametrize("key", [None, "", "abc", "0" * 36])
def test_an_upload_without_its_key(client: Client, draft: Any, key: str | None) -> None:
    """Bad inputs 33."""
    sent = {"file": picture()} | ({} if key is None else {"form_key": key})
    assert client.post(address("draft_file_add", draft), sent).status_code == 400


def test_no_file_at_all(client: Client, consumer: Consumer) -> None:
    draft = written(client, consumer)
    answer = client.post(address("draft_file_add", draft), {"form_key": uuid4()})
    assert refused(answer) == "The submitted file is empty."


def test_a_file_is_removed_again(client: Client, consumer: Consumer) -> None:
    draft = written(client, consumer)
    attach(client, draft)
    file = PendingFile.objects.get().pk
    answer = client.post(address("draft_file_remove", draft, file), headers=HTMX)
    assert (answer.status_code, "0 of 5 files" in answer.text) == (200, True)
    assert client.post(address("draft_file_remove", draft, file)).status_code == 302
    assert client.get(address("draft_file", draft, file)).status_code == 404
    assert not PendingFile.objects.exists()


def test_too_many_files_and_fields_in_one_post(client: Client, draft: Any) -> None:
    """Bad inputs 128."""
    upload = address("draft_file_add", draft)
    many = [SimpleUploadedFile(f"{n}.pdf", b"%PDF-1") for n in range(101)]
    assert client.post(upload, {"file": many, "form_key": uuid4()}).status_code == 400
    fields = {f"field{n}": "x" for n in range(1001)}
    assert client.post(address("complaint_details", draft), fields).status_code == 400
    long = {"description": "x" * 3 * 1024 * 1024}
    assert client.post(address("complaint_details", draft), long).status_code in {400, 413}
    assert not PendingFile.objects.exists()


# ------------------------------------------------------------------ addresses
@pytest.mark.parametrize(
    "path",
    ["new/abc", "new/a%00b", "new/%ff", "CMP-1/created", "CMP-99999999/created",
     "new/00000000-0000-0000-0000-000000000000"],
)  # fmt: skip
def test_no_such_address(client: Client, path: str) -> None:
    """Bad inputs 132."""
    assert client.get(f"/cx/services/{path}").status_code == 404
