"""The Settlement tab and the final bill's pages, as a browser meets them (BIL2 to BIL6)."""

import html
import io
import json
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from pypdf import PdfReader

from billing.models import BillAdjustment, CreditNote, FinalReading, Invoice, SettlementChoice
from disconnections.operations import close_request
from smart360.comms.models import Message
from smart360.documents.access import read
from smart360.owed.tasks import drain
from smart360.staff.choices import Role
from tests.billing.final_billing import Billing, MakeBilling
from tests.billing.paying import pay
from tests.conftest import MakePerson, SetClock
from tests.looking import checksums

pytestmark = pytest.mark.django_db
ClientAs = Callable[..., Client]
HTMX = {"HX-Request": "true"}
MISSING_WATER = "Enter the final reading for Water meter"
CHANGED = "Amounts changed since you opened this page"


@pytest.fixture(autouse=True)
def _standing(stands: SetClock, settings: Any, tmp_path: Path) -> None:
    """The clock of the sample, and a place for files."""
    settings.MEDIA_ROOT = tmp_path / "media"


def tab(billing: Billing) -> str:
    return f"/cx/disconnections/{billing.case.number}/settlement"


def at(billing: Billing, tail: str = "") -> str:
    return f"/cx/billing/settlements/{billing.case.number}{tail}"


def keyed(**more: str) -> dict[str, str]:
    return {"form_key": str(uuid4()), **more}


def words(answer: Any) -> str:
    """What a reader sees, in one line."""
    text = re.sub(r"<(script|style).*?</\1>", " ", answer.content.decode(), flags=re.DOTALL)
    return in_one_line(text)


def panel(answer: Any, name: str) -> str:
    """The words of one panel of a whole page."""
    body = answer.content.decode()
    begins = body.index(f'id="{name}"')
    rest = re.split(r'<div id="(?!device|bill-missing)[a-z-]+"|</main>', body[begins:], maxsplit=1)[
        0
    ]
    return in_one_line(rest)


def in_one_line(markup: str) -> str:
    """Without tags, single spaces, none inside brackets."""
    text = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", markup)).split())
    return text.replace("( ", "(").replace(" )", ")").replace(" .", ".").replace(" ,", ",")


def reading_data(billing: Billing, **changed: str) -> dict[str, str]:
    """What the form sends for both services; names are ``0-value``, ``1-meter_number``, …"""
    sent = keyed()
    for position, service in enumerate(billing.services):
        wish = billing.wish(position)
        typed = {
            "meter_number": wish.meter_number, "value": str(wish.value), "read_on": "2024-12-10",
        }  # fmt: skip
        for name, value in typed.items():
            sent[f"{service.pk}-{name}"] = changed.pop(f"{position}_{name}", value)
    for name, value in changed.items():
        at_service, _, field = name.partition("_")
        sent[f"{billing.services[int(at_service)].pk}-{field}"] = value
    return {name: value for name, value in sent.items() if value != "(absent)"}


# ------------------------------------------------------------------ the cards
def test_the_sample_of_the_documents(make_billing: MakeBilling, client_as: ClientAs) -> None:
    """AC012, 004 §8: $456.78, $200.00, ON → $256.78 payable."""
    billing = make_billing()
    shown = panel(client_as(billing.robert).get(tab(billing)), "settlement-cards")
    assert "Outstanding balance $456.78" in shown
    assert "Last payment --" in shown
    assert "Security deposit $200.00" in shown
    assert "Net settlement $256.78 Amount payable by consumer" in shown
    assert "$456.78 outstanding − $200.00 deposit" in shown


@pytest.mark.parametrize(
    ("outstanding", "held", "expected", "never"),
    [
        ("0.00", "0.00", ["Outstanding balance $0.00 Cleared", "$0.00 Nothing to pay"], ["Due "]),
        ("150.00", "200.00", ["Net settlement −$50.00 Refund due to consumer"], ["Cleared"]),
        ("-30.00", "0.00", ["−$30.00 Refund due to consumer", "Credit on the"], ["Cleared"]),
        ("0.00", "200.00", ["Cleared", "Net settlement $0.00"], ["Refund due"]),
    ],
)
def test_what_the_cards_say(
    make_billing: MakeBilling,
    client_as: ClientAs,
    outstanding: str,
    held: str,
    expected: list[str],
    never: list[str],
) -> None:
    """Rows 69, 72, 73 of bad-inputs.md."""
    billing = make_billing(outstanding, held)
    shown = panel(client_as(billing.robert).get(tab(billing)), "settlement-cards")
    assert [sentence for sentence in expected if sentence not in shown] == []
    assert [sentence for sentence in never if sentence in shown] == []


def test_the_switch_recalculates_the_net_at_once(
    make_billing: MakeBilling, client_as: ClientAs
) -> None:
    """AC013: the deposit is taken off, or not."""
    billing = make_billing()
    client = client_as(billing.robert)
    sent = keyed(uses_deposit="no", version="0")
    answer = client.post(at(billing, "/deposit"), sent, headers=HTMX)
    assert answer.status_code == 200
    assert "Net settlement $456.78 Amount payable by consumer" in words(answer)
    assert 'aria-checked="false"' in answer.content.decode()
    events = json.loads(answer["HX-Trigger-After-Settle"])
    assert events["s-announce"]["text"] == "Net settlement $456.78, Amount payable by consumer"
    assert "ledger-changed" in events
    again = client.post(at(billing, "/deposit"), sent, headers=HTMX)
    assert again.status_code == 200
    assert SettlementChoice.objects.get().version == 1


def test_the_switch_works_without_scripts(make_billing: MakeBilling, client_as: ClientAs) -> None:
    """AC013, by a plain form."""
    billing = make_billing()
    client = client_as(billing.robert)
    answer = client.post(at(billing, "/deposit"), keyed(uses_deposit="no", version="0"))
    assert (answer.status_code, answer["Location"]) == (302, tab(billing))
    assert "Net settlement $456.78" in words(client.get(tab(billing)))


def test_a_second_tab_gets_the_fresh_figures(
    make_billing: MakeBilling, client_as: ClientAs
) -> None:
    billing = make_billing()
    billing.use_deposit(False)
    for headers in (HTMX, {}):
        answer = client_as(billing.robert).post(
            at(billing, "/deposit"), keyed(uses_deposit="yes", version="0"), headers=headers
        )
        assert answer.status_code == 409
        assert "The settlement was changed meanwhile" in words(answer)
        assert "Net settlement $456.78" in words(answer)


def test_no_deposit_no_switch(make_billing: MakeBilling, client_as: ClientAs) -> None:
    """Row 68: the switch is disabled, and a POST is answered by the same sentence."""
    billing = make_billing(held="0.00")
    client = client_as(billing.robert)
    shown = client.get(tab(billing)).content.decode()
    assert re.search(r'role="switch"[^>]* disabled', shown)
    answer = client.post(
        at(billing, "/deposit"), keyed(uses_deposit="yes", version="0"), headers=HTMX
    )
    assert answer.status_code == 422
    assert "No deposit to apply" in words(answer)


@pytest.mark.parametrize("sent", [{}, {"uses_deposit": "maybe", "version": "0"}, {"version": "x"}])
def test_odd_switches_are_refused(
    make_billing: MakeBilling, client_as: ClientAs, sent: dict[str, str]
) -> None:
    billing = make_billing()
    answer = client_as(billing.robert).post(at(billing, "/deposit"), keyed(**sent), headers=HTMX)
    assert answer.status_code == 422
    assert not SettlementChoice.objects.exists()


def test_a_form_without_its_key_is_no_form_of_ours(
    make_billing: MakeBilling, client_as: ClientAs
) -> None:
    billing = make_billing()
    answer = client_as(billing.robert).post(
        at(billing, "/deposit"), {"uses_deposit": "no", "version": "0"}
    )
    assert answer.status_code == 400


def test_an_unused_deposit_of_a_closed_account_is_asked_about(
    make_billing: MakeBilling, client_as: ClientAs
) -> None:
    billing = make_billing(permanence="PERMANENT")
    client = client_as(billing.karen)
    assert "Say what becomes of it" not in words(client.get(tab(billing)))
    billing.use_deposit(False)
    shown = client.get(tab(billing))
    assert "Say what becomes of it" in words(shown)
    assert "Say what becomes of the security deposit" in panel(shown, "bill-details")
    url = at(billing, "/deposit/plan")
    wrong = client.post(url, keyed(plan="", by_day="2024-12-01", version="1"), headers=HTMX)
    assert wrong.status_code == 422
    past = client.post(url, keyed(plan="REFUND", by_day="2024-12-01", version="1"), headers=HTMX)
    assert past.status_code == 422
    assert "Choose today or a later day" in words(past)
    done = client.post(url, keyed(plan="REFUND", by_day="2024-12-20", version="1"), headers=HTMX)
    assert done.status_code == 200
    assert "Refund it, by Dec 20, 2024" in words(done)


# ------------------------------------------------------------------ who sees what
def test_a_summary_has_no_lines(make_billing: MakeBilling, client_as: ClientAs) -> None:
    """roles.md: outstanding, due date, last payment, net; nothing else."""
    billing = make_billing()
    billing.approved()
    for role in (Role.CSE, Role.CALL_CENTRE):
        answer = client_as(role).get(tab(billing))
        assert answer.status_code == 200
        shown = answer.content.decode()
        assert "Outstanding balance" in shown
        assert "Net settlement" in shown
        for secret in ("Security deposit", "INV-", "Bill details", "Residential 2024", "226.60"):
            assert secret not in shown
        part = client_as(role).get(at(billing), headers=HTMX).content.decode()
        assert "settlement-cards" in part
        assert "bill-details" not in part


@pytest.mark.parametrize("role", [Role.ADMIN, Role.DISPATCHER, Role.TECHNICIAN])
def test_others_have_no_tab(make_billing: MakeBilling, client_as: ClientAs, role: Role) -> None:
    billing = make_billing()
    client = client_as(role)
    assert client.get(tab(billing)).status_code == 403
    assert client.get(at(billing)).status_code == 403
    assert (
        "/settlement" not in client.get(tab(billing).removesuffix("/settlement")).content.decode()
    )


def test_recovery_reads_readings_and_approves_nothing(
    make_billing: MakeBilling, client_as: ClientAs
) -> None:
    billing = make_billing()
    billing.read()
    billing.generate()
    client = client_as(billing.robert)
    shown = client.get(tab(billing)).content.decode()
    assert "Discard and Generate New Bill" in shown
    assert "Approve and Send" not in shown
    assert "Enter readings" not in shown
    for tail in ("/readings", "/adjustments", "/bill/approve", "/credit-notes"):
        assert client.post(at(billing, tail), keyed()).status_code == 403
    assert client.get(at(billing, f"/device/{billing.services[0].pk}")).status_code == 403


def test_what_is_not_there_is_404(make_billing: MakeBilling, client_as: ClientAs) -> None:
    make_billing()
    client = client_as(Role.SUPERVISOR)
    for tail in ("", "/bill", "/bill.pdf", "/device/1"):
        path = f"/cx/billing/settlements/DIS-2024-999999{tail}"
        assert client.get(path).status_code == 404
    for tail in ("/deposit", "/readings", "/bill/generate", "/bill/approve", "/adjustments"):
        path = f"/cx/billing/settlements/DIS-2024-999999{tail}"
        assert client.post(path, keyed()).status_code == 404
    assert client.get("/cx/billing/settlements/anything").status_code == 404


def test_nobody_goes_to_the_door_and_methods_are_kept(
    make_billing: MakeBilling, client_as: ClientAs
) -> None:
    billing = make_billing()
    assert Client().get(tab(billing))["Location"].startswith("/sign-in")
    assert Client().get(at(billing), headers=HTMX).status_code == 401
    client = client_as(Role.SUPERVISOR)
    for tail in ("/deposit", "/readings", "/bill/generate", "/bill/approve", "/adjustments"):
        assert client.get(at(billing, tail)).status_code == 405
    for tail in ("", "/bill", "/bill.pdf"):
        assert client.post(at(billing, tail), keyed()).status_code == 405


def test_reading_changes_nothing(make_billing: MakeBilling, client_as: ClientAs) -> None:
    billing = make_billing()
    billing.read()
    billing.generate()
    client = client_as(billing.david)
    client.get(tab(billing))
    before = checksums()
    for path in (tab(billing), at(billing), at(billing, "/bill")):
        client.get(path)
        client.get(path, headers=HTMX)
    assert checksums() == before


# ------------------------------------------------------------------ final readings
def test_readings_are_entered_and_the_bill_follows(
    make_billing: MakeBilling, client_as: ClientAs
) -> None:
    billing = make_billing()
    client = client_as(billing.karen)
    answer = client.post(at(billing, "/readings"), reading_data(billing), headers=HTMX)
    assert answer.status_code == 200, words(answer)
    assert FinalReading.objects.count() == 2
    device = billing.meter().device
    assert device is not None
    assert f"Device {device.number}" in words(answer)
    shown = panel(client.get(tab(billing)), "bill-details")
    assert "Preview, nothing generated yet" in shown
    assert "Billed amount $226.60" in shown
    assert "Final amount due $483.38" in shown


def test_one_service_can_wait(make_billing: MakeBilling, client_as: ClientAs) -> None:
    billing = make_billing()
    client = client_as(billing.karen)
    sent = reading_data(billing, **{"1_meter_number": "", "1_value": ""})
    assert client.post(at(billing, "/readings"), sent, headers=HTMX).status_code == 200
    assert FinalReading.objects.count() == 1
    shown = panel(client.get(tab(billing)), "bill-details")
    assert MISSING_WATER in shown
    assert "Electricity meter" not in shown.partition("Before Approve")[2]


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"0_meter_number": "EM-000000"}, "Meter not linked to this account"),
        ({"0_meter_number": ""}, "This field is required."),
        ({"0_value": ""}, "This field is required."),
        ({"0_value": "18245"}, "Reading must be greater than the previous reading (18245 kWh)"),
        ({"0_value": "18000"}, "Reading must be greater than the previous reading (18245 kWh)"),
        ({"0_value": "abc"}, "Enter a number."),
        ({"0_value": "18,345"}, "Enter a number without sign or comma"),
        ({"0_value": "-5"}, "Enter a number."),
        ({"0_value": "NaN"}, "Enter a number."),
        ({"0_value": "18345.12345"}, "no more than 3 decimal places"),
        ({"0_read_on": "2024-12-11"}, "Reading date cannot be in the future"),
        ({"0_read_on": ""}, "This field is required."),
        ({"0_read_on": "2024-11-01"}, "Reading date cannot be before the last reading on Nov 30"),
        ({"0_read_on": "tomorrow"}, "Enter a valid date."),
        ({"0_value": "99999999"}, "Far above usual; tick to confirm"),
        ({"0_has_no_consumption": "maybe"}, "Select a valid choice."),
    ],
)
def test_wrong_readings_stand_beside_their_field(
    make_billing: MakeBilling, client_as: ClientAs, changed: dict[str, str], sentence: str
) -> None:
    """AC015, and rows 83 to 86 of bad-inputs.md; what was typed is kept."""
    billing = make_billing()
    client = client_as(billing.karen)
    sent = reading_data(billing, **changed)
    for headers in (HTMX, {}):
        answer = client.post(at(billing, "/readings"), sent | keyed(), headers=headers)
        assert answer.status_code == 422
        shown = answer.content.decode()
        assert sentence.lower()[:20] in words(answer).lower(), words(answer)
        typed = sent[f"{billing.services[1].pk}-meter_number"]
        assert f'value="{typed}"' in shown
        assert 'aria-invalid="true"' in shown
    assert not FinalReading.objects.exists()


def test_another_services_meter_is_not_linked(
    make_billing: MakeBilling, client_as: ClientAs
) -> None:
    """AC015, row 89: electricity's meter typed into the water field."""
    billing = make_billing()
    sent = reading_data(billing, **{"1_meter_number": billing.meter(0).number})
    answer = client_as(billing.karen).post(at(billing, "/readings"), sent, headers=HTMX)
    assert answer.status_code == 422
    assert "Meter not linked to this account" in words(answer)


def test_an_unusual_reading_is_confirmed_by_a_tick(
    make_billing: MakeBilling, client_as: ClientAs
) -> None:
    billing = make_billing()
    client = client_as(billing.karen)
    sent = reading_data(billing, **{"0_value": "99999999"})
    refused = client.post(at(billing, "/readings"), sent, headers=HTMX)
    assert "confirms_unusual" in refused.content.decode()
    confirmed = sent | keyed(**{f"{billing.services[0].pk}-confirms_unusual": "on"})
    assert client.post(at(billing, "/readings"), confirmed, headers=HTMX).status_code == 200
    assert FinalReading.objects.get(service_connection=billing.services[0]).is_unusual


def test_no_consumption_passes_with_its_tick(
    make_billing: MakeBilling, client_as: ClientAs
) -> None:
    billing = make_billing()
    sent = reading_data(billing, **{"0_value": "18245", "0_has_no_consumption": "on"})
    answer = client_as(billing.karen).post(at(billing, "/readings"), sent, headers=HTMX)
    assert answer.status_code == 200, words(answer)


def test_only_a_supervisor_is_asked_whether_the_meter_rolled_over(
    make_billing: MakeBilling, client_as: ClientAs
) -> None:
    billing = make_billing()
    sent = reading_data(billing, **{"0_value": "12", "0_exception": "ROLLOVER"})
    karen, david = client_as(billing.karen), client_as(billing.david)
    assert "The meter rolled over" not in karen.get(tab(billing)).content.decode()
    assert karen.post(at(billing, "/readings"), sent, headers=HTMX).status_code == 422
    assert "The meter rolled over" in david.get(tab(billing)).content.decode()
    sent |= keyed(**{f"{billing.services[0].pk}-confirms_unusual": "on"})
    answer = david.post(at(billing, "/readings"), sent, headers=HTMX)
    assert answer.status_code == 200, words(answer)


def test_a_blank_form_enters_nothing(make_billing: MakeBilling, client_as: ClientAs) -> None:
    billing = make_billing()
    answer = client_as(billing.karen).post(at(billing, "/readings"), keyed(), headers=HTMX)
    assert answer.status_code == 422
    assert "This field is required." in words(answer)


def test_the_device_fills_itself_in(make_billing: MakeBilling, client_as: ClientAs) -> None:
    """AC016: the device follows from the meter number."""
    billing = make_billing()
    client, service = client_as(billing.karen), billing.services[0]
    url, name = at(billing, f"/device/{service.pk}"), f"{service.pk}-meter_number"
    device = billing.meter().device
    assert device is not None
    right = client.get(url, {name: billing.meter().number.lower()}, headers=HTMX)
    assert f"Device {device.number}" in words(right)
    wrong = client.get(url, {name: billing.meter(1).number}, headers=HTMX)
    assert "Meter not linked to this account" in words(wrong)
    assert device.number not in wrong.content.decode()
    assert client.get(at(billing, "/device/999999")).status_code == 404


# ------------------------------------------------------------------ the bill
def test_each_line_opens_to_its_arithmetic(make_billing: MakeBilling, client_as: ClientAs) -> None:
    billing = make_billing()
    billing.read()
    billing.generate()
    shown = panel(client_as(billing.robert).get(tab(billing)), "bill-details")
    for sentence in (
        "Draft",
        "18,245 kWh (Nov 30, 2024) → 18,345 kWh (Dec 10, 2024)",
        "15 of 31 days × $31.00 a month",
        "96.774 kWh × $0.10",
        "3.226 kWh × $0.20",
        "5 % of $25.33",
        "100 m³ × $2.00",
        "Outstanding before this bill $456.78",
        "Security deposit applied −$200.00",
        "Final amount due $483.38",
    ):
        assert sentence in shown, shown


def test_generate_discard_and_what_changed(make_billing: MakeBilling, client_as: ClientAs) -> None:
    billing = make_billing()
    client = client_as(billing.karen)
    first = client.post(at(billing, "/bill/generate"), keyed(), headers=HTMX)
    assert first.status_code == 200
    assert MISSING_WATER in words(first)
    assert re.search(r"<button[^>]* disabled[^>]*>.*?Approve and Send", first.content.decode())
    client.post(at(billing, "/readings"), reading_data(billing), headers=HTMX)
    stale = client.get(tab(billing))
    assert "Amounts changed since this draft was made." in panel(stale, "bill-details")
    second = client.post(at(billing, "/bill/generate"), keyed())
    assert (second.status_code, second["Location"]) == (302, tab(billing))
    shown = panel(client.get(tab(billing)), "bill-details")
    assert "What changed since the last draft" in shown
    assert "Electricity: last reading -- 18,345 kWh" in shown
    assert "Amounts changed" not in shown
    assert Invoice.objects.get().version == 2


def test_adjustments_have_a_reason(make_billing: MakeBilling, client_as: ClientAs) -> None:
    billing = make_billing()
    billing.read()
    client, url = client_as(billing.karen), at(billing, "/adjustments")
    for sent, sentence in (
        ({"amount": "-25.00", "reason": ""}, "This field is required."),
        ({"amount": "0", "reason": "Goodwill"}, "Enter an amount above 0.00"),
        ({"amount": "NaN", "reason": "Goodwill"}, "Enter a number."),
        ({"amount": "1.234", "reason": "Goodwill"}, "no more than 2 decimal places"),
        ({"amount": "5", "reason": "x" * 251}, "250"),
    ):
        answer = client.post(url, keyed(**sent), headers=HTMX)
        assert answer.status_code == 422, sent
        assert sentence in words(answer), words(answer)
    done = client.post(url, keyed(amount="-25.00", reason="Goodwill"), headers=HTMX)
    assert done.status_code == 200
    assert "−$25.00 Goodwill" in words(done)
    added = BillAdjustment.objects.get()
    shown = panel(client.get(tab(billing)), "bill-details")
    assert "Adjustment: Goodwill −$25.00" in shown
    assert "Billed amount $201.60" in shown
    gone = client.post(f"{url}/{added.pk}/remove", keyed(), headers=HTMX)
    assert (gone.status_code, "Goodwill" in panel(client.get(tab(billing)), "bill-details")) == (
        200,
        False,
    )
    again = client.post(f"{url}/{added.pk}/remove", keyed(), headers=HTMX)
    assert again.status_code == 409


def ready(billing: Billing) -> str:
    """A complete draft; the hash that its page shows."""
    billing.read()
    return str(billing.generate().inputs_hash)


def test_approve_and_send_names_amount_and_address(
    make_billing: MakeBilling, client_as: ClientAs
) -> None:
    billing = make_billing()
    seen, client = ready(billing), client_as(billing.karen)
    shown = client.get(tab(billing)).content.decode()
    dialog = re.search(r'<dialog[^>]*id="approve".*?</dialog>', shown, re.DOTALL)
    assert dialog is not None
    assert seen in dialog[0]
    assert "$483.38" in dialog[0]
    assert "john.smith@email.com" in dialog[0]
    sent = keyed(seen=seen)
    answer = client.post(at(billing, "/bill/approve"), sent, headers=HTMX)
    assert answer.status_code == 200, words(answer)
    assert "Approved" in words(answer)
    assert "Approve and Send" not in answer.content.decode().partition("toast")[0]
    assert client.post(at(billing, "/bill/approve"), sent, headers=HTMX).status_code == 200
    bill = Invoice.objects.get()
    assert (bill.state, bill.approved_by) == ("APPROVED", billing.karen)
    assert Message.objects.filter(dedupe_key=f"bill.sent:{bill.number}").count() == 1
    page = client.get(tab(billing))
    assert "Enter readings" not in words(page)
    assert "Approved, posted" in panel(page, "invoice-information")
    assert "Applied to bill Yes" in panel(page, "deposit")
    for tail, more in (("/bill/generate", {}), ("/readings", reading_data(billing))):
        late = client.post(at(billing, tail), {**more, **keyed()}, headers=HTMX)
        assert late.status_code in {409, 422}


def test_a_payment_that_landed_meanwhile_is_shown(
    make_billing: MakeBilling, client_as: ClientAs
) -> None:
    """Row 76: 409 with the fresh figures; the card shows the payment after its refresh."""
    billing = make_billing()
    seen, client = ready(billing), client_as(billing.karen)
    pay(billing.consumer, "150.00", by=billing.robert, at=billing.at)
    for headers in (HTMX, {}):
        answer = client.post(at(billing, "/bill/approve"), keyed(seen=seen), headers=headers)
        assert answer.status_code == 409
        assert CHANGED in words(answer)
        assert "Outstanding before this bill $456.78 $306.78" in words(answer)
    refreshed = client.get(at(billing), headers=HTMX)
    assert "Outstanding balance $306.78" in words(refreshed)
    assert "Last payment $150.00 Dec 10, 2024 Bank Transfer" in words(refreshed)
    assert 'hx-swap-oob="true"' in refreshed.content.decode()
    assert "Enter readings" not in refreshed.content.decode()  # nobody's typing is swapped away
    assert Invoice.objects.get().state == "DRAFT"


@pytest.mark.parametrize("seen", ["", "0" * 64, "x" * 5000])
def test_what_was_not_seen_is_not_approved(
    make_billing: MakeBilling, client_as: ClientAs, seen: str
) -> None:
    billing = make_billing()
    ready(billing)
    answer = client_as(billing.karen).post(at(billing, "/bill/approve"), keyed(seen=seen))
    assert answer.status_code == 409


def test_a_missing_reading_is_named(make_billing: MakeBilling, client_as: ClientAs) -> None:
    """Row 78: 422, and the button was disabled with the same sentence."""
    billing = make_billing()
    billing.read(billing.wish(0))
    seen = billing.generate().inputs_hash
    client = client_as(billing.karen)
    answer = client.post(at(billing, "/bill/approve"), keyed(seen=seen), headers=HTMX)
    assert answer.status_code == 422
    assert f"{MISSING_WATER} {billing.meter(1).number}" in words(answer)


def test_a_large_bill_needs_another_person(make_billing: MakeBilling, client_as: ClientAs) -> None:
    billing = make_billing()
    billing.read(billing.wish(0), billing.wish(1, value=Decimal(90_000), confirms_unusual=True))
    seen = billing.generate(by=billing.karen).inputs_hash
    client = client_as(billing.karen)
    shown = panel(client.get(tab(billing)), "bill-details")
    assert "Somebody else must approve a bill of this size" in shown
    answer = client.post(at(billing, "/bill/approve"), keyed(seen=seen), headers=HTMX)
    assert answer.status_code == 403
    assert Invoice.objects.get().state == "DRAFT"
    other = client_as(billing.david).post(at(billing, "/bill/approve"), keyed(seen=seen))
    assert other.status_code == 302


def test_a_closed_request_is_not_billed(
    make_billing: MakeBilling, client_as: ClientAs, person: MakePerson
) -> None:
    billing = make_billing()
    ready(billing)
    close_request(
        case=billing.case.pk, reason="ISSUE_RESOLVED", note="Paid in full",
        by=person(Role.SUPERVISOR), at=billing.at, form_key=uuid4(),
    )  # fmt: skip
    client = client_as(billing.david)
    shown = client.get(tab(billing)).content.decode()
    for act in ("Generate Bill", "Approve and Send", "Enter readings", "Add adjustment"):
        assert act not in shown.partition('id="settlement"')[2]
    answer = client.post(at(billing, "/bill/generate"), keyed(), headers=HTMX)
    assert answer.status_code == 409


# ------------------------------------------------------------------ paper
def test_a_draft_prints_as_a_draft(make_billing: MakeBilling, client_as: ClientAs) -> None:
    billing = make_billing()
    client = client_as(billing.robert)
    assert client.get(at(billing, "/bill")).status_code == 409
    billing.generate()
    early = client.get(at(billing, "/bill"))
    assert early.status_code == 409  # row 82
    assert early["Content-Type"].startswith("text/html")
    billing.read()
    billing.generate()
    answer = client.get(at(billing, "/bill"))
    assert answer.status_code == 200
    assert "DRAFT" in words(answer)
    assert "$483.38" in words(answer)
    assert client.get(at(billing, "/bill.pdf")).status_code == 409


def test_an_approved_bill_prints_the_same_bytes(
    make_billing: MakeBilling, client_as: ClientAs
) -> None:
    billing = make_billing()
    billing.approved()
    client = client_as(Role.CSE)
    waits = client.get(at(billing, "/bill.pdf"))
    assert waits.status_code == 202
    assert "being made" in words(waits)
    drain("PDF")
    page = client.get(at(billing, "/bill"))
    assert (page.status_code, page["Location"]) == (302, at(billing, "/bill.pdf"))
    first, second = client.get(at(billing, "/bill.pdf")), client.get(at(billing, "/bill.pdf"))
    bill = Invoice.objects.get()
    assert bill.pdf is not None
    assert first.content == second.content == read(bill.pdf)
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(first.content)).pages)
    assert "DRAFT" not in text
    assert "Print Bill" in words(client.get(tab(billing)))


# ------------------------------------------------------------------ credit notes
def test_a_mistake_is_taken_back_by_two_people(
    make_billing: MakeBilling, client_as: ClientAs
) -> None:
    billing = make_billing(reason="CR-001")
    billing.approved()
    karen, david = client_as(billing.karen), client_as(billing.david)
    url = at(billing, "/credit-notes")
    assert karen.post(url, keyed(reason=""), headers=HTMX).status_code == 422
    assert karen.post(url, keyed(reason="Wrong meter"), headers=HTMX).status_code == 200
    note = CreditNote.objects.get()
    assert karen.post(f"{url}/{note.number}/approve", keyed()).status_code == 403
    assert david.post(f"{url}/CN-2024-999999/approve", keyed()).status_code == 404
    assert "Approve credit note" in words(david.get(tab(billing)))
    assert david.post(f"{url}/{note.number}/approve", {}).status_code == 400
    sent = keyed()
    for _ in range(2):  # a second press gives the first result
        answer = david.post(f"{url}/{note.number}/approve", sent, headers=HTMX)
        assert answer.status_code == 200
        assert "The bill is taken back." in words(answer)
    shown = david.get(tab(billing))
    assert "taken back" in panel(shown, "invoice-information")
    assert "Outstanding balance $456.78" in words(shown)
    assert david.post(f"{url}/{note.number}/approve", keyed()).status_code == 409


def test_a_credit_note_is_rejected_by_one_press_or_two(
    make_billing: MakeBilling, client_as: ClientAs
) -> None:
    billing = make_billing()
    billing.approved()
    karen, david = client_as(billing.karen), client_as(billing.david)
    url = at(billing, "/credit-notes")
    karen.post(url, keyed(reason="Wrong meter"), headers=HTMX)
    note = CreditNote.objects.get()
    offered = david.get(tab(billing)).content.decode()
    for act in ("approve", "reject"):
        form = offered[offered.index(f"{note.number}/{act}") :].partition("</form>")[0]
        assert 'name="form_key"' in form
    assert david.post(f"{url}/{note.number}/reject", {}).status_code == 400
    sent = keyed()
    for _ in range(2):
        answer = david.post(f"{url}/{note.number}/reject", sent, headers=HTMX)
        assert answer.status_code == 200
        assert "The bill is left as it is." in words(answer)
    assert david.post(f"{url}/{note.number}/reject", keyed()).status_code == 409


def test_a_proposer_does_not_approve(make_billing: MakeBilling, client_as: ClientAs) -> None:
    billing = make_billing()
    billing.approved()
    david = client_as(billing.david)
    url = at(billing, "/credit-notes")
    david.post(url, keyed(reason="Wrong meter"), headers=HTMX)
    note = CreditNote.objects.get()
    assert "Somebody else decides" in words(david.get(tab(billing)))
    assert david.post(f"{url}/{note.number}/approve", keyed(), headers=HTMX).status_code == 403
    note.refresh_from_db()
    assert note.state == "PROPOSED"


# ------------------------------------------------------------------ budget
def test_the_tab_asks_few_questions(
    make_billing: MakeBilling, client_as: ClientAs, django_assert_max_num_queries: Any
) -> None:
    billing = make_billing()
    billing.read()
    billing.generate()
    client = client_as(billing.karen)
    client.get(tab(billing))
    with django_assert_max_num_queries(60):
        page = client.get(tab(billing))
    assert "Approve and Send" in words(page), "the whole tab, not an empty one"
