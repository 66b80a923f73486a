"""Templates in Django admin: edited with a preview, never added or deleted, with a history."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from smart360.comms.models import Template
from smart360.comms.rules import why_unfit
from smart360.staff.choices import Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("utility")]
ClientAs = Callable[..., Client]


@pytest.fixture
def template() -> Template:
    return Template.objects.get(code="request.received")


@pytest.fixture
def url(template: Template) -> str:
    return reverse("admin:comms_template_change", args=[template.pk])


GOOD = {
    "name": "Request received",
    "subject": "Received: {{ number }}",
    "body": "Dear {{ consumer_name }}, we have your {{ request_type }} request.",
    "is_active": "on",
}


def test_an_installation_begins_with_a_template_for_each_event() -> None:
    """COM3: the events of a request that the consumer is told of, each can be switched off."""
    codes = set(Template.objects.values_list("code", flat=True))
    events = {"received", "acknowledged", "on_hold", "completed", "closed"}
    assert {f"request.{event}" for event in events} <= codes
    assert {"visit.scheduled", "visit.moved"} <= codes
    statutory = Template.objects.exclude(kind="COURTESY").values_list("code", flat=True)
    bills = {"bill.sent", "bill.taken_back"}
    approvals = {"request.approval_asked", "request.approval_decided"}
    cuts = {"request.disconnection_notice", "request.stopped", "closure.notice"}
    assert set(statutory) == bills | approvals | cuts, "they always go (BIL6, COM3, BEY1)"


def test_an_administrator_may_store_every_wording_that_there_is() -> None:
    """What an installation begins with uses known placeholders only."""
    for each in Template.objects.all():
        assert (why_unfit(each.subject), why_unfit(each.body)) == ("", ""), each.code


def test_an_administrator_changes_the_wording_and_sees_it(
    client_as: ClientAs, template: Template, url: str
) -> None:
    """COM2: editing with a preview in sample values."""
    client = client_as(Role.ADMIN)
    assert client.post(url, GOOD).status_code == 302
    template.refresh_from_db()
    assert template.subject == "Received: {{ number }}"
    page = client.get(url).content.decode()
    assert "Received: DIS-2024-001234" in page
    assert "Dear John Michael Smith, we have your Disconnection request." in page


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("body", "Dear {{ customer }}", "There is no placeholder {{ customer }}."),
        ("subject", "{{ settings.SECRET_KEY }}", "A placeholder is written {{ name }}"),
        ("subject", "", "This field is required."),
        ("body", "\u202e", "This text contains characters that cannot be shown."),
    ],
)
def test_a_wrong_wording_is_refused_at_its_field(
    client_as: ClientAs, template: Template, url: str, field: str, value: str, sentence: str
) -> None:
    answer = client_as(Role.ADMIN).post(url, GOOD | {field: value})
    assert answer.status_code == 200
    errors = answer.context["adminform"].form.errors
    assert sentence in " ".join(errors[field])
    before = template.subject
    template.refresh_from_db()
    assert template.subject == before


def test_a_statutory_message_cannot_be_switched_off(
    client_as: ClientAs, template: Template, url: str
) -> None:
    Template.objects.filter(pk=template.pk).update(kind="STATUTORY")
    answer = client_as(Role.ADMIN).post(url, {k: GOOD[k] for k in ("name", "subject", "body")})
    assert "A statutory message cannot be switched off." in answer.content.decode()


def test_the_history_says_who_changed_what(
    client_as: ClientAs, template: Template, url: str
) -> None:
    """SEC3, A3: configuration has its own history."""
    client = client_as(Role.ADMIN)
    client.post(url, GOOD)
    page = client.get(reverse("admin:comms_template_history", args=[template.pk])).content.decode()
    assert "Patricia Moore" in page
    assert "Received: {{ number }}" in page


def test_templates_are_neither_added_nor_deleted(client_as: ClientAs, template: Template) -> None:
    client = client_as(Role.ADMIN)
    assert client.get(reverse("admin:comms_template_add")).status_code == 403
    delete = reverse("admin:comms_template_delete", args=[template.pk])
    assert client.post(delete, {"post": "yes"}).status_code == 403
    assert Template.objects.filter(pk=template.pk).exists()


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMIN])
def test_nobody_else_sees_them(client_as: ClientAs, url: str, role: Role) -> None:
    assert client_as(role).get(url).status_code == 403
