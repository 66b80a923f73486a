"""A certificate is withdrawn while a household is protected by it, in a browser (BEY11)."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from consumers.models import ProtectionKind
from consumers.operations import HoldWish, place_account_hold
from smart360.staff.choices import Role
from tests.conftest import MakeConsumer, MakePerson, SetClock
from tests.consumers.documenting import add
from tests.journeys.conftest import SignIn, looks_right

pytestmark = pytest.mark.browser
SAID = "A protection of this household rests on this certificate"


def test_it_is_told_before_and_marked_after(
    at_desk: SignIn, make_consumer: MakeConsumer, person: MakePerson, stands: SetClock
) -> None:
    boss, consumer = person(Role.SUPERVISOR), make_consumer()
    certificate = add(consumer, boss, stands.at, kind="CERTIFICATE").pk
    today = stands.at.date()
    wish = HoldWish(
        kind="MEDICAL", source="CERT-7", from_on=today, to_on=today + timedelta(days=60),
        protection=ProtectionKind.objects.get(name="Life support at home").pk,
        certificate=certificate,
    )  # fmt: skip
    place_account_hold(consumer=consumer.pk, wish=wish, by=boss, at=stands.at, form_key=uuid4())
    page = at_desk(boss)
    page.goto(reverse("document_detail", args=[consumer.account_number, certificate]))
    page.get_by_text("Withdraw", exact=True).click()
    expect(page.get_by_text(SAID)).to_be_visible()
    looks_right(page)
    page.get_by_role("button", name="Withdraw for good").click()
    expect(page.locator("#toasts").get_by_text("Document withdrawn")).to_be_visible()
    account = [consumer.account_number]
    for name, args in (
        ("protection_list", []), ("account_holds", account), ("consumer_detail", account),
    ):  # fmt: skip
        page.goto(reverse(name, args=args))
        expect(page.get_by_text("Certificate withdrawn")).to_be_visible()
        looks_right(page)
