"""Every page there is, light and dark, at a desk and on a phone: axe, the policy, and its width."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from billing.models import Arrangement, Invoice, Payment
from billing.operations.runs import go_on_with_run, start_billing_run
from complaints.models import Complaint
from consumers.choices import AccountStatus, LockPurpose, SupplyState, UtilityType
from consumers.models import Consumer
from consumers.operations import take_profile_lock
from consumers.operations.reading_files import go_on_with_reading_file, start_reading_file
from consumers.rules.reading_files import rows_of_file
from disconnections.models import ClosurePolicy, DisconnectionRequest, NonPaymentRun
from disconnections.operations import close_request
from disconnections.operations.proposing import propose_run
from disconnections.operations.runs import go_on_with_run as make_requests_of
from disconnections.operations.runs import start_run
from smart360.cases import operations as cases
from smart360.cases.models import HoldReason
from smart360.cases.tasks import raise_due_alerts
from smart360.fieldwork.models import ServiceOrder
from smart360.owed.tasks import drain
from smart360.staff.choices import Role
from smart360.staff.models import Person
from tests.access.addresses import ADDRESSES, ADMIN_MODELS
from tests.billing.arranging import arrange
from tests.billing.paying import cheque, deposit, owe, pay, propose_back
from tests.billing.rates import make_tariff
from tests.complaints.conftest import MakeComplaint
from tests.complaints.working import bring_to
from tests.conftest import MakeConsumer, MakePerson, MakeRequest, SetClock
from tests.consumers.documenting import add
from tests.consumers.reading_meters import meter_of
from tests.disconnections.running import choice, owe_since
from tests.fieldwork.working import order_from_profile, technician
from tests.journeys.conftest import SignIn, Watched, accessibility_violations

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

DESK, PHONE = ViewportSize(width=1280, height=900), ViewportSize(width=390, height=844)
LIST, PROFILES = "/cx/disconnections/", "/cx/consumer-management/"
ORDERS, SERVICES = "/cx/service-orders/", "/cx/services/"

NOT_A_PAGE = {
    "order_report": "a PDF, looked at in tests/fieldwork",
    "logo": "a picture",
    "healthz": "for machines",
    "readyz": "for machines",
    "notice_bell": "a fragment",
    "search_options": "a fragment",
    "consumer_search": "a fragment",
    "complaint_staff": "a fragment",
    "complaint_draft": "in test_complaint.py",
    "complaint_created": "in test_complaint.py",
    "draft_file": "a file",
    "request_top": "a fragment",
    "complaint_top": "a fragment",
    "complaint_evidence": "a file",
    "request_export": "a file",
    "consumer_export": "a file",
    "consumer_export_xlsx": "a file",
    "complaint_export": "a file",
    "consumer_collection": "the page of consumer_vip, for recovery alone",
    "document_file": "a file",
    "tray_file": "a file",
    "reading_file_errors": "a file",
    "statement_csv": "a file",
    "import_sample": "a file",
    "import_problems": "a file",
    "payment_receipt_download": "a file",
    "final_bill_download": "a file",
    "final_bill_print": "in test_settle_and_bill.py",
    "settlement_detail": "a fragment",
    "settlement_device": "a fragment",
    "closure_parts": "a fragment",
    "gallery": "in test_components.py",
    "receipt_print": "in test_receipt_and_tracking.py",
    "receipt_download": "in test_receipt_and_tracking.py",
    "track_receipt": "in test_receipt_and_tracking.py",
    "complaint_receipt_print": "in test_rate_complaint.py",
    "complaint_receipt_download": "in test_rate_complaint.py",
    "disconnection_detail": "the address of request_detail",
    "reconnection_detail": "the address of request_detail",
    "admin/login/": "leads to sign_in",
    "admin/logout/": "leads away",
    "admin/password_change/": "leads to password_change",
}
"""Addresses that a GET answers and this module does not visit, and why."""

PAGES: dict[str, dict[str, tuple[str, ...]]] = {
    "own": {
        "start": ("/",),
        "me": ("/me",),
        "password_change": ("/me/password",),
        "saved_views": ("/me/views?page=consumer_list&query=vip%3Dyes",),
        "notice_list": ("/notices/",),
        "search": ("/search", "/search?q=smith", "/search?q=nobody-has-this-name"),
    },
    "lists": {
        "request_list": (
            LIST,
            f"{LIST}?tab=history",
            f"{LIST}?q=nobody-has-this-name",
            f"{LIST}?sla=BREACHED",
        ),
        "complaint_list": (
            "/cx/services/",
            "/cx/services/?tab=history",
            "/cx/services/?q=nobody-has-this-name",
        ),
        "consumer_list": (
            PROFILES,
            f"{PROFILES}?q=smith",
            f"{PROFILES}?q=nobody-has-this-name",
            f"{PROFILES}?status=ACTIVE&status=PENDING&vip=yes&balance_from=x&archived=with",
        ),
    },
    "request": {
        "request_detail": (f"{LIST}{{pending}}", f"{LIST}{{held}}", f"{LIST}{{closed}}"),
        "request_communication": (
            f"{LIST}{{pending}}/communication?write=message",
            f"{LIST}{{closed}}/communication",
        ),
        "request_timeline": (f"{LIST}{{held}}/timeline",),
        "request_disconnect": (f"{LIST}{{held}}/disconnect", f"{LIST}{{closed}}/disconnect"),
        "request_reconnect": (f"{LIST}{{back}}/reconnect",),
        "request_service_orders": (
            f"{LIST}{{pending}}/service-order",
            f"{LIST}{{closed}}/service-order",
        ),
        "request_created": (f"{LIST}{{pending}}/created",),
        "complaint_new": ("/cx/services/new", "/cx/services/new?by=hand"),
    },
    "complaint": {
        "complaint_detail": (f"{SERVICES}{{complaint}}", f"{SERVICES}{{decided}}"),
        "complaint_communication": (f"{SERVICES}{{complaint}}/communication?write=message",),
        "complaint_timeline": (f"{SERVICES}{{decided}}/timeline",),
        "complaint_service_orders": (
            f"{SERVICES}{{complaint}}/service-order",
            f"{SERVICES}{{decided}}/service-order",
        ),
    },
    "field": {
        "order_list": (ORDERS, f"{ORDERS}?q=SO-999999"),
        "order_board": (f"{ORDERS}board", f"{ORDERS}board?day=2024-12-16"),
        "order_detail": (f"{ORDERS}{{order}}",),
        "order_new": (f"{ORDERS}new/{{free}}?kind=INSPECTION",),
    },
    "profile": {
        "consumer_detail": (
            f"{PROFILES}{{busy}}",
            f"{PROFILES}{{locked}}",
            f"{PROFILES}{{free}}",
        ),
        "consumer_edit": (f"{PROFILES}{{busy}}/edit", f"{PROFILES}{{free}}/edit"),
        "premise_correct": (f"{PROFILES}{{busy}}/premises/{{premise}}",),
        "consumer_register": (f"{PROFILES}new",),
        "account_holds": (f"{PROFILES}{{busy}}/holds",),
        "consumer_notes": (f"{PROFILES}{{busy}}/notes",),
        "consumer_service": (f"{PROFILES}{{busy}}/service",),
        "consumer_documents": (f"{PROFILES}{{busy}}/documents",),
        "document_new": (f"{PROFILES}{{busy}}/documents/new",),
        "document_detail": (f"{PROFILES}{{busy}}/documents/{{document}}",),
        "document_version": (f"{PROFILES}{{busy}}/documents/{{document}}/new",),
        "consumer_communication": (f"{PROFILES}{{busy}}/communication",),
        "consumer_timeline": (f"{PROFILES}{{busy}}/timeline",),
        "consumer_privacy": (f"{PROFILES}{{busy}}/privacy",),
        "vip_suggestion_list": (f"{PROFILES}vip-suggestions",),
        "consumer_vip": (f"{PROFILES}{{busy}}/vip",),
        "consumer_health": (f"{PROFILES}{{busy}}/health",),
        "hold_proposal_list": (f"{PROFILES}holds",),
        "protection_list": (f"{PROFILES}protected", f"{PROFILES}protected?state=ended"),
    },
    "account": {
        "consumer_connections": (
            f"{PROFILES}{{busy}}/connections",
            f"{PROFILES}{{free}}/connections",
        ),
        "consumer_financial": (
            f"{PROFILES}{{busy}}/financial",
            f"{PROFILES}{{free}}/financial",
        ),
        "reading_file_list": (f"{PROFILES}readings",),
        "reading_file": (f"{PROFILES}readings/{{file}}",),
        "reading_reject": (f"{PROFILES}{{busy}}/readings/{{reading}}/reject",),
        "reading_enter": (f"{PROFILES}{{busy}}/readings/new",),
        "consumer_move": (f"{PROFILES}{{free}}/move", f"{PROFILES}{{busy}}/move"),
        "consumer_merge": (f"{PROFILES}{{busy}}/merge",),
        "merge_undo": (f"{PROFILES}{{busy}}/merge/undo",),
        "consumer_statement": (f"{PROFILES}{{busy}}/statement",),
        "statement_pdf": (f"{PROFILES}{{busy}}/statement.pdf",),
        "invoice_detail": ("/cx/billing/invoices/{invoice}",),
        "invoice_download": ("/cx/billing/invoices/{invoice}.pdf",),
        "arrangement_new": (f"{PROFILES}{{free}}/arrangements/new",),
        "arrangement_cancel": (f"{PROFILES}{{busy}}/arrangements/{{arrangement}}/cancel",),
    },
    "payments": {
        "payment_new": (f"{PROFILES}{{busy}}/payments/new",),
        "refund_new": (f"{PROFILES}{{busy}}/refunds/new",),
        "deposit_new": (f"{PROFILES}{{free}}/deposits/new",),
        "payment_detail": (
            "/cx/billing/payments/{payment}",
            "/cx/billing/payments/{cheque}",
            "/cx/billing/payments/{bounced}",
        ),
        "reversal_list": ("/cx/billing/reversals",),
        "payment_receipt": ("/cx/billing/payments/{payment}/receipt",),
        "refund_list": ("/cx/billing/refunds",),
    },
    "settlement": {
        "request_settlement": (f"{LIST}{{pending}}/settlement", f"{LIST}{{closed}}/settlement"),
    },
    "imports": {"import_list": ("/cx/imports",)},
    "billing runs": {"billing_run_list": ("/cx/billing/runs",)},
    "non-payment runs": {
        "run_list": (f"{LIST}runs",),
        "run_new": (
            f"{LIST}runs/new",
            f"{LIST}runs/new?reason={{reason}}&overdue=1&amount_from=1.00&why=OPEN_REQUEST",
        ),
        "run_detail": (f"{LIST}runs/{{run}}", f"{LIST}runs/{{proposed}}?outcome=PROPOSED"),
    },
}
"""What a supervisor sees, by the name of the address."""

BY_THEMSELVES = {"sign_in", "track", "request_new", "utility_change"}
"""Addresses with a test of their own below."""


@dataclass(frozen=True)
class Town:
    """A morning at the desk: requests in each state, somebody else's hold, an unread notice."""

    supervisor: Person
    busy: Consumer
    pending: DisconnectionRequest
    held: DisconnectionRequest
    closed: DisconnectionRequest
    back: DisconnectionRequest
    locked: Consumer
    free: Consumer
    arrangement: Arrangement
    payment: Payment
    cheque: Payment
    bounced: Payment
    invoice: Invoice
    order: ServiceOrder
    run: int
    proposed: int
    complaint: Complaint
    decided: Complaint
    file: int
    reading: int
    document: int

    def fill(self, path: str) -> str:
        """The address of the things meant."""
        busy = self.pending.case.consumer
        assert busy is not None
        return path.format(
            pending=self.pending.case.number,
            held=self.held.case.number,
            closed=self.closed.case.number,
            back=self.back.case.number,
            busy=busy.account_number,
            locked=self.locked.account_number,
            free=self.free.account_number,
            arrangement=self.arrangement.number,
            payment=self.payment.number,
            cheque=self.cheque.number,
            order=self.order.number,
            invoice=self.invoice,
            reason=self.pending.reason_id,
            document=self.document,
            run=self.run,
            proposed=self.proposed,
            complaint=self.complaint.case.number,
            decided=self.decided.case.number,
            bounced=self.bounced.number,
            file=self.file,
            reading=self.reading,
            premise=busy.connections.earliest("pk").premise_id,
        )


@pytest.fixture
def town(
    transactional_db: None,
    person: MakePerson,
    make_consumer: MakeConsumer,
    make_request: MakeRequest,
    make_complaint: MakeComplaint,
    stands: SetClock,
    settings: Any,
    tmp_path: Path,
) -> Town:
    settings.MEDIA_ROOT = tmp_path
    sarah, david = person(Role.CSE), person(Role.SUPERVISOR)
    both = dict.fromkeys((UtilityType.ELECTRICITY, UtilityType.WATER), "CONNECTED")
    busy = make_consumer("Smith " + "Verylongfamilyname" * 5, is_vip=True, services=both)
    pending = make_request(
        busy,
        by=sarah,
        reason="CR-001",  # an arrangement would stop one for debt
        notes="W" * 250,
        preferred_on=stands.at.date() + timedelta(days=9),
    )
    held, closed = make_request(make_consumer("Jane Smith"), by=sarah), make_request(by=sarah)
    cases.acknowledge(case=held.pk, by=sarah, at=stands.at)
    cases.put_on_hold(
        case=held.pk,
        reason=HoldReason.objects.get(code="WAITING_CONSUMER").pk,
        resume_by=stands.at + timedelta(days=2),
        at_resume_by="RESUMES",
        note="x" * 200,
        by=sarah,
        at=stands.at,
    )
    for words, say in (("An answer", "message"), ("A note", "note"), ("y" * 300, "note")):
        if say == "note":
            cases.add_note(case=closed.pk, words=words, by=sarah, at=stands.at, form_key=uuid4())
        else:
            cases.send_message(
                case=closed.pk, subject="", words=words, by=sarah, at=stands.at, form_key=uuid4()
            )
    off = {UtilityType.ELECTRICITY: SupplyState.OFF_FOR_NOW}
    cut = make_consumer("Betty Back", status=AccountStatus.DISCONNECTED, services=off)
    back = make_request(cut, by=sarah, reason="RC-001")
    cases.acknowledge(case=back.pk, by=sarah, at=stands.at)
    drain("MAIL")
    make_tariff()
    run = start_billing_run(
        period_from=date(2024, 11, 1), period_to=date(2024, 11, 30), by=david, at=stands.at
    )
    close_request(case=closed.pk, reason="OTHER", note="z" * 300, by=sarah, at=stands.at)
    cases.assign(case=pending.pk, to=david, by=david, at=stands.at)
    locked = make_consumer("Mary Smith", status=AccountStatus.COLLECTION, email="")
    stands.go_on(days=1, hours=3)  # the pending one is overdue: the supervisors' bell rings
    raise_due_alerts()
    take_profile_lock(consumer=locked.pk, purpose=LockPurpose.EDIT_PROFILE, by=sarah, at=stands.at)
    promised = money_of(busy, by=david, at=stands.at)
    free = make_consumer("Bob Smith", phone="")
    technician(person(Role.TECHNICIAN, full_name="Mike " + "Verylongfamilyname" * 4))
    order = order_from_profile(busy, by=david, at=stands.at, remarks="x" * 300)
    order_from_profile(busy, by=david, at=stands.at, scheduled_on=date(2024, 12, 16))
    go_on_with_run(run=run, after=0, at=stands.at)  # all are billed, and it has still to end
    invoice = Invoice.objects.get(consumer=busy)
    runs = runs_of(make_consumer("Ann " + "Verylongfamilyname" * 4), by=david, at=stands.at)
    complaint = make_complaint(
        description="Verylongword" * 30, by=sarah, disputed_amount=Decimal("1234567.89")
    )
    bring_to("IN_PROGRESS", complaint, sarah, stands.at)
    decided = make_complaint(busy, notes="n" * 500, by=sarah)
    bring_to("RESOLVED", decided, sarah, stands.at)
    return Town(
        david, busy, pending, held, closed, back, locked, free, *promised, invoice, order, *runs,
        complaint, decided, given_readings(david, stands.at),
        meter_of(busy).readings.earliest("pk").pk,
        add(busy, sarah, stands.at, title="Verylongword" * 10, kind="IDENTITY", files=2).pk,
    )  # fmt: skip


def given_readings(by: Person, at: datetime) -> int:
    """A file of readings that was looked through, with much that is wrong."""
    rows = f"{'M' * 60},2024-12-09,{'9' * 60}\n" * 3
    file = start_reading_file(
        name="x" * 116 + ".csv",
        rows=rows_of_file(f"meter_number,read_on,value\n{rows}".encode()),
        is_dry_run=True,
        by=by,
        at=at,
    )
    go_on_with_reading_file(file=file, after=0, at=at)
    go_on_with_reading_file(file=file, after=4, at=at)
    return file


def runs_of(consumer: Consumer, *, by: Person, at: datetime) -> tuple[int, int]:
    """A non-payment run that is done, and one that waits for somebody else to start it."""
    owe_since(consumer, "1234567.89")
    ClosurePolicy.objects.update(run_alone_up_to=1)
    run = propose_run(choice=choice(), by=by, at=at)
    start_run(run=run, by=by, at=at)
    ClosurePolicy.objects.update(run_alone_up_to=0)
    proposed = propose_run(choice=choice(overdue=31), by=by, at=at)
    while NonPaymentRun.objects.get(pk=run).state == "RUNNING":
        make_requests_of(run=run, after=NonPaymentRun.objects.get(pk=run).after, at=at)
    return run, proposed


def money_of(
    consumer: Consumer, *, by: Person, at: datetime
) -> tuple[Arrangement, Payment, Payment, Payment]:
    """A debt, a deposit, payments of each state, and an arrangement that runs."""
    owe(consumer, "1234567.89", at=at)
    deposit(consumer, "200.00", by=by, at=at)
    paid = pay(consumer, "99999.99", by=by, at=at, reference="R" * 60)
    waiting = cheque(consumer, "150.00", by=by, at=at)
    bounced = pay(consumer, "1.00", by=by, at=at)
    propose_back(bounced, "x" * 250, by=by, at=at)
    return arrange(consumer, by=by, at=at), paid, waiting, bounced


def faults(page: Page) -> list[str]:
    """What is wrong with the page as it is now, in both themes and both widths."""
    found = []
    for name, window in (("desk", DESK), ("phone", PHONE)):
        page.set_viewport_size(window)
        page.evaluate("scrollTo(0, 0)")  # nothing is under the bar that stays at the top
        for theme in ("light", "dark"):
            page.evaluate("theme => { document.documentElement.dataset.bsTheme = theme }", theme)
            # only colours differ from theme to theme
            rules = "" if theme == "light" else "color-contrast"
            broken = accessibility_violations(page, rules=rules)
            found += [f"{page.url} {name} {theme}: {each}" for each in broken]
        found += [f"{page.url} {name}: {each}" for each in page.evaluate(TOO_WIDE)]
    page.set_viewport_size(DESK)
    page.evaluate("document.documentElement.dataset.bsTheme = 'light'")
    return found


TOO_WIDE = """() => {
  const found = [];
  const wide = document.documentElement.scrollWidth - innerWidth;
  if (wide > 0) found.push(`the page is ${wide} px too wide`);
  const scrolls = (e) => getComputedStyle(e).overflowX !== 'visible';
  for (const panel of document.querySelectorAll('.s-panel, .s-note, .s-msg, dialog[open]')) {
    if (!panel.checkVisibility()) continue;
    const right = panel.getBoundingClientRect().right;
    for (const inner of panel.querySelectorAll('*')) {
      if (!inner.checkVisibility() || inner.closest('.visually-hidden')) continue;
      const box = inner.getBoundingClientRect();
      if (box.width < 2 || box.right <= right + 1) continue;
      let held = false;
      for (let e = inner.parentElement; e && e !== panel.parentElement; e = e.parentElement) {
        held ||= scrolls(e);
      }
      if (!held) found.push(`${inner.outerHTML.slice(0, 90)} leaves its panel`);
    }
  }
  return found;
}"""


PRESS_WITHOUT_SCRIPT = """(action) => {
  const form = document.createElement('form');
  form.method = 'post';
  form.action = action;
  form.append(document.querySelector('[name=csrfmiddlewaretoken]').cloneNode());
  document.body.append(form);
  HTMLFormElement.prototype.submit.call(form);
}"""


def test_every_address_is_looked_at() -> None:
    """An address that is new and in no list fails here."""
    answered = {name for name, each in ADDRESSES.items() if each.get is not None}
    visited = {name for group in PAGES.values() for name in group} | BY_THEMSELVES
    assert visited | set(NOT_A_PAGE) == answered
    assert not visited & set(NOT_A_PAGE)


@pytest.mark.parametrize("group", PAGES)
def test_pages_are_for_everybody(at_desk: SignIn, town: Town, group: str) -> None:
    """Axe finds nothing, nothing is too wide, the console is silent and the policy kept."""
    page = at_desk(town.supervisor, reduced_motion="reduce")
    found = []
    for paths in PAGES[group].values():
        for path in paths:
            page.goto(town.fill(path))
            expect(page.get_by_role("heading", level=1).first).to_be_visible()
            found += faults(page)
    assert not found, "\n".join(found)


def test_dialogs_and_menus_are_for_everybody(at_desk: SignIn, town: Town) -> None:
    page = at_desk(town.supervisor, reduced_motion="reduce")
    found = []
    page.goto(town.fill(f"{LIST}{{held}}"))
    for opener in ("Close Request", "Keyboard shortcuts"):
        page.get_by_role("button", name=opener).first.click()
        expect(page.get_by_role("dialog", name=opener)).to_be_visible()
        if opener == "Close Request":
            page.get_by_role("dialog").get_by_role("button", name="Close Request").click()
            expect(page.get_by_text("This field is required.").first).to_be_visible()
        found += faults(page)
        page.keyboard.press("Escape")
    page.goto(town.fill(f"{LIST}{{pending}}"))
    page.get_by_role("button", name="Acknowledgement").click()
    expect(page.locator("#case-header")).to_contain_text("In Progress")
    page.get_by_role("button", name="Put on Hold", exact=True).click()
    expect(page.get_by_role("dialog", name="Put on Hold")).to_be_visible()
    found += faults(page)
    page.keyboard.press("Escape")
    page.locator("summary.s-me").click()
    found += faults(page)
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog", name="Palette")).to_be_visible()
    found += faults(page)
    page.goto(town.fill(f"{PROFILES}{{locked}}"))
    page.get_by_role("button", name="Break lock").first.click()
    page.get_by_role("dialog").get_by_role("button", name="Break lock").click()
    expect(page.get_by_role("dialog", name="Break lock")).to_be_visible()
    found += faults(page)
    page.get_by_role("dialog").get_by_label("Reason").fill("Sarah went home for the day")
    page.get_by_role("dialog").get_by_role("button", name="Break lock").click()
    page.get_by_role("button", name="Edit profile").click()
    page.get_by_label("E-mail").fill("nobody")
    page.get_by_role("button", name="Save profile").click()
    expect(page.get_by_label("E-mail")).to_have_attribute("aria-invalid", "true")
    found += faults(page)
    assert not found, "\n".join(found)


def test_create_request_is_for_everybody(at_desk: SignIn, town: Town) -> None:
    """The three sections, what is found, what is refused, the question at Cancel."""
    page = at_desk(town.supervisor, reduced_motion="reduce")
    page.goto(f"{LIST}new")
    found = faults(page)
    page.get_by_label("Search consumer").press_sequentially("smith")
    expect(page.get_by_role("option").first).to_be_visible()
    found += faults(page)
    page.get_by_label("Search consumer").fill(town.free.account_number)
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Reason")).to_be_focused()
    found += faults(page)
    page.get_by_label("Preferred date").fill("2020-02-03")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#id_preferred_on-error")).to_be_visible()
    found += faults(page)
    page.get_by_label("Reason").select_option(index=1)
    day = (town.pending.case.created_at + timedelta(days=6)).date()
    page.get_by_label("Preferred date").fill(day.isoformat())
    expect(page.get_by_label("10:00 AM – 12:00 PM")).to_be_visible()
    page.get_by_label("Additional notes").fill("W" * 250)
    found += faults(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Cancel and release")).to_be_visible()
    found += faults(page)
    page.keyboard.press("Escape")
    page.get_by_label("Additional notes").focus()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("button", name="Submit Request")).to_be_visible()
    found += faults(page)
    assert not found, "\n".join(found)


def test_what_outsiders_see_is_for_everybody(watched: Watched, town: Town) -> None:
    """The door, the consumer's page in each state, and what is said when nothing is there."""
    page = watched.open(reduced_motion="reduce")
    page.goto("/sign-in")
    found = faults(page)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_label("Username")).to_have_attribute("aria-invalid", "true")
    found += faults(page)
    for each in (town.pending, town.held, town.closed):
        page.goto(f"/track/{each.tracking_token}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        found += faults(page)
    page.goto("/track/nothing-is-here")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    found += faults(page)
    assert not found, "\n".join(found)


def test_refusals_are_for_everybody(at_desk: SignIn, town: Town) -> None:
    """403, 404, 409 and a form that is too old: each a page with a way on."""
    page = at_desk(Role.TECHNICIAN, reduced_motion="reduce")
    found = []
    for path in ("/", f"{LIST}new", "/nowhere"):
        page.goto(path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        found += faults(page)
    page = at_desk(Role.CSE, reduced_motion="reduce")
    page.goto(town.fill(f"{LIST}{{closed}}"))
    for act in ("/acknowledge", "/hold"):  # what a page from before the close would still send
        page.evaluate(PRESS_WITHOUT_SCRIPT, town.fill(f"{LIST}{{closed}}{act}"))
        page.wait_for_url(f"**{act}")
        found += faults(page)
        page.go_back()
    assert not found, "\n".join(found)


def test_settings_and_masked_pages_are_for_everybody(at_desk: SignIn, town: Town) -> None:
    """What a utility administrator sees: settings, and consumers behind a mask."""
    page = at_desk(Role.ADMIN, reduced_motion="reduce")
    found = []
    for path in ("/", "/settings/", f"{PROFILES}{{busy}}", f"{LIST}{{held}}"):
        page.goto(town.fill(path))
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        found += faults(page)
    assert not found, "\n".join(found)


def test_the_pages_of_configuration_are_for_everybody(at_desk: SignIn, town: Town) -> None:
    """SEC3: Django admin, every list and every form; only a heading without words is Django's."""
    page = at_desk(Role.ADMIN, reduced_motion="reduce")
    paths = ["/admin/"]
    for name, added in ADMIN_MODELS.items():
        folder = f"/admin/{name.replace('_', '/')}/"
        paths += [folder] if added != 200 else [folder, f"{folder}add/"]
    found = []
    for path in paths:
        page.goto(path)
        broken = accessibility_violations(page, without="empty-table-header", preload=False)
        found += [f"{path}: {each}" for each in broken]
    assert not found, "\n".join(found)
