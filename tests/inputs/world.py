"""A small utility in which every form of the product can be sent, and where each form is found."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

from django.test import Client

from billing.models import Arrangement, Payment
from complaints.models import (
    Complaint,
    ComplaintCategory,
    ComplaintName,
    ComplaintSettings,
    ComplaintSubcategory,
)
from consumers.choices import AccountStatus, LockPurpose, SupplyState, UtilityType
from consumers.models import (
    Category,
    CollectionPolicy,
    Consumer,
    MeterAssignment,
    ProtectionKind,
    Subcategory,
    Warehouse,
)
from consumers.operations import take_profile_lock
from disconnections.models import (
    ClosurePolicy,
    DisconnectionRequest,
    ProtectionRule,
    Reason,
    RulePack,
    TimeSlot,
    WeatherAlert,
)
from disconnections.operations import ask_for_approval
from smart360.cases import operations as cases
from smart360.cases.models import HoldReason, SlaPolicy
from smart360.comms.models import Template
from smart360.fieldwork.models import OrderTemplate, ServiceOrder, Skill, Technician
from smart360.insights.models import VipPolicy
from smart360.organisation.models import BusinessCalendar, BusinessHours, Holiday
from smart360.staff.choices import Role
from smart360.staff.models import Person
from smart360.web.gate import API
from tests.access.addresses import ADDRESSES, ADMIN_MODELS
from tests.billing.arranging import arrange
from tests.billing.paying import cheque, deposit, owe, pay, propose, propose_back
from tests.complaints.working import bring_to
from tests.complaints.writing import SOMEBODY, details
from tests.consumers.documenting import lay
from tests.fieldwork.working import order_from_profile, technician
from tests.inputs.reading import Page
from tests.inputs.walker import Target, body_of, targets_on

ADMIN_STORES = {f"/admin/{model.replace('_', '/', 1)}/" for model in ADMIN_MODELS}
ONE = "/cx/disconnections/"
ONE_CONSUMER = "/cx/consumer-management/"
ORDERS = "/cx/service-orders/"
SERVICES = "/cx/services/"
DRAFT = frozenset({"web_draft"})
COMPLAINT_DRAFT = frozenset({"complaints_complaintdraft"})
DOOR = frozenset({"staff_signin", "axes_accessattempt", "axes_accessattemptexpiration"})
NOT_FOUND_BY_WALKING = {
    "sign_out": "no field",
    "request_acknowledge": "no field",
    "request_resume": "no field",
    "complaint_acknowledge": "no field",
    "complaint_resume": "no field",
    "complaint_add_order": "a template like any of `request_add_order`; its own tests send it",
    "profile_hold": "no field",
    "consumer_approve": "no field",
    "consumer_note_pin": "no field",
    "consumer_note_unpin": "no field",
    "consumer_note_withdraw": "no field",
    "profile_renew": "no field, a script asks",
    "request_heartbeat": "a script asks; its two parameters are sent here",
    "receipt_retry": "no field, and only after a failure",
    "complaint_receipt_retry": "no field, and only after a failure",
    "track_rate": "only of a decided complaint; its own tests send wrong values",
    "payment_receipt_retry": "no field, and only after a failure",
    "message_retry": "no field, and only after a failure",
    "final_bill_retry": "no field, and only after a failure",
    "hold_proposal_accept": "no field",
    "hold_proposal_decline": "only of a hold that waits; its own tests send wrong values",
    "account_hold_lift": "only of a hold that stands; its own tests send wrong values",
    "closure_notice_send": "no field",
    "order_take_back": "no field",
    "order_start": "no field",
    "order_report_retry": "no field, and only after a failure",
    "request_execute": "no field",
    "request_bring_back": "no field",
    "final_bill_generate": "no field",
    "final_bill_approve": "no field but the hash of what the page shows, of a complete draft",
    "adjustment_remove": "no field",
    "deposit_plan_set": "only where a deposit stays unused; its own tests send wrong values",
    "reversal_approve": "no field",
    "credit_note_propose": "only for an approved bill; its own tests send wrong values",
    "invoice_download": "no field",
    "invoice_take_back": "only for an invoice of a run; its own tests send wrong values",
    "invoice_note_approve": "no field",
    "invoice_note_reject": "no field",
    "credit_note_approve": "no field",
    "credit_note_reject": "no field",
    "billing_run_resume": "no field, and only of a run that has stopped",
    "import_try": "its field is a file: tests/custody sends wrong ones",
    "import_start": "no field",
    "export_approve": "no field",
    "erasure_ask": "only of an account that is settled; its own tests send wrong values",
    "person_erase": "only of what somebody else asked for; its own tests send wrong values",
    "export_retry": "no field",
    "export_data": "no field",
    "export_paper": "no field",
    "privacy_decline": "only of what somebody else asked for; its own tests send wrong values",
    "import_resume": "no field, and only of an import that has stopped",
    "run_propose": "no field but what the preview was of; its own tests send wrong values",
    "run_start": "no field",
    "run_withdraw": "no field",
    "run_resume": "no field, and only of a run that has stopped",
    "run_undo": "only of a run that made something; its own tests send wrong values",
    "statement_pdf": "a GET; its POST has no field and comes only after a failure",
    "saved_view": "only of a view that was saved; its own tests send wrong values",
    "notice_open": "no field",
    "notice_read_all": "no field",
    "complaint_discard": "no field",
    "complaint_save": "a script sends the form of the step; its own tests send wrong values",
    "complaint_parts": "a script sends the form of `complaint_details`, and it only reads",
    "reading_verify": "no field",
    "consumer_collection": "the form of `consumer_vip`, for recovery; its own tests send wrong",
    "merge_undo": "only of an account that was merged; its own tests send wrong values",
    "vip_suggestion_accept": "no field",
    "vip_suggestion_decline": "no field",
    "reading_reject": "only of a reading that stands; its own tests send wrong values",
    "reading_file_list": "its field is a file: tests/consumers sends wrong ones",
    "reading_file_store": "no field",
    "tray_add": "its field is a file: tests/documents and tests/consumers send wrong ones",
    "tray_remove": "no field",
    "document_version": "no field",
    "document_decide": "only of a document that waits; its own tests send wrong values",
    "document_withdraw": "no field",
    "draft_file_add": "its field is a file: tests/documents and tests/complaints send wrong ones",
    "draft_file_remove": "no field",
    "draft_save": "a script sends the form of `request_review`; sent here too",
    "request_save": "another button of the form of `request_review`; sent here too",
    "request_parts": "a script sends the form of `request_review`; sent here too",
    "request_release": "another button of the form of `request_review`; sent here too",
    "admin/logout/": "leads to our own",
    "admin/login/": "leads to our own",
    "admin/password_change/": "leads to our own",
}
"""Addresses that take a POST and have no form of their own on any page, and why."""


@dataclass
class World:
    """What exists, and who is signed in."""

    supervisor: Client
    clerk: Client
    administrator: Client
    begun: DisconnectionRequest
    waiting: DisconnectionRequest
    held: DisconnectionRequest
    back: DisconnectionRequest
    edited: Consumer
    taken: Consumer
    wished: Consumer
    free: Consumer
    paid: Payment
    bounced: Payment
    cheque: Payment
    owing: Consumer
    promised: Arrangement
    calendar: BusinessCalendar
    somebody: Person
    asked: DisconnectionRequest
    complaint: Complaint
    decided: Complaint
    order: ServiceOrder
    open_order: ServiceOrder
    right: dict[str, dict[str, str]] = field(default_factory=dict)
    drafted: str = ""

    def pages(self, area: str) -> list[tuple[Client | None, str]]:
        """Where the forms of an area stand, and who looks."""
        begun, waiting = self.begun.case.number, self.waiting.case.number
        desk, admin = self.supervisor, self.administrator
        pages: dict[str, list[tuple[Client | None, str]]] = {
            "door": [
                (None, "/sign-in"),
                (None, "/sign-in?next=/me&ended=idle"),
                (None, f"/track/{self.begun.tracking_token}"),
                (desk, "/me"),
                (desk, "/me/password"),
                (desk, "/me/views?page=consumer_list&query=vip%3Dyes"),
            ],
            "finding": [
                (desk, "/"),
                (desk, "/search?q=smith"),
                (desk, "/search/options?q=smith"),
                (desk, ONE),
                (desk, f"{ONE}?tab=history"),
                (desk, f"{ONE}export.csv?q=smith"),
                (desk, "/cx/services/"),
                (desk, "/cx/services/?tab=history"),
                (desk, "/cx/services/export.csv?q=smith"),
                (desk, ONE_CONSUMER),
                (desk, f"{ONE_CONSUMER}export.csv?q=smith&balance_from=1"),
                (desk, f"{ONE_CONSUMER}export.xlsx?q=smith"),
                (desk, f"{ONE_CONSUMER}search?q=smith&for=profile"),
                (desk, "/notices/"),
            ],
            "create": [
                (desk, f"{ONE}new"),
                (desk, f"{ONE}new?step=3"),
                (desk, f"{ONE}new?consumer={self.taken.account_number}"),
                (self.clerk, f"{ONE}new?consumer={self.edited.account_number}"),
                (self.clerk, f"{ONE}new"),
            ],
            "create complaint": [
                (desk, f"{SERVICES}new?by=hand"),
                (desk, f"{SERVICES}new?consumer={self.free.account_number}"),
                *((desk, f"{self.drafted}?step={step}") for step in (1, 2, 3, 4)),
            ],
            "request": [
                (desk, f"{ONE}{begun}"),
                (desk, f"{ONE}{waiting}"),
                (desk, f"{ONE}{self.held.case.number}"),
                (desk, f"{ONE}{begun}/communication?write=note"),
                (desk, f"{ONE}{begun}/timeline?before=9"),
                (desk, f"{ONE}{begun}/receipt"),
            ],
            "complaint": [
                (desk, f"{SERVICES}{self.complaint.case.number}"),
                (desk, f"{SERVICES}{self.complaint.case.number}/communication?write=message"),
                (desk, f"{SERVICES}{self.decided.case.number}"),
                (desk, f"{SERVICES}{self.decided.case.number}/timeline?before=9"),
            ],
            "consumer": [
                (desk, f"{ONE_CONSUMER}{self.edited.account_number}"),
                (desk, f"{ONE_CONSUMER}{self.edited.account_number}/edit"),
                (desk, f"{ONE_CONSUMER}{self.taken.account_number}"),
            ],
            "payments": [
                (desk, f"{ONE_CONSUMER}{self.paid.consumer.account_number}/payments/new"),
                (desk, f"{ONE_CONSUMER}{self.paid.consumer.account_number}/refunds/new"),
                (desk, f"{ONE_CONSUMER}{self.paid.consumer.account_number}/deposits/new"),
                (desk, f"/cx/billing/payments/{self.paid.number}"),
                (desk, f"/cx/billing/payments/{self.bounced.number}"),
                (desk, f"/cx/billing/payments/{self.cheque.number}"),
                (desk, "/cx/billing/reversals?cursor=x"),
                (desk, "/cx/consumer-management/holds?cursor=x"),
                (desk, "/cx/consumer-management/protected?cursor=x"),
                (desk, "/cx/billing/refunds?cursor=x"),
            ],
            "settlement": [(desk, f"{ONE}{begun}/settlement")],
            "reconnection": [(desk, f"{ONE}{self.back.case.number}/reconnect")],
            "field": [
                (desk, f"{ONE}{waiting}/service-order"),
                (desk, f"{ONE}{self.asked.case.number}"),
                (desk, f"{ONE}{begun}/disconnect"),
                (desk, ORDERS),
                (desk, f"{ORDERS}board?day=2024-12-16"),
                (desk, f"{ORDERS}new/{self.edited.account_number}?kind=INSPECTION&service=1"),
                (desk, f"{ORDERS}{self.order.number}"),
                (desk, f"{ORDERS}{self.open_order.number}"),
            ],
            "account": [
                (desk, f"{ONE_CONSUMER}{self.owing.account_number}/financial"),
                (desk, f"{ONE_CONSUMER}{self.owing.account_number}/connections?service=1&cursor=x"),
                (desk, f"{ONE_CONSUMER}{self.owing.account_number}/readings/new"),
                (desk, f"{ONE_CONSUMER}{self.owing.account_number}/vip"),
                (desk, f"{ONE_CONSUMER}{self.owing.account_number}/privacy"),
                (desk, f"{ONE_CONSUMER}{self.owing.account_number}/merge?account=x&q=Ann"),
                (
                    desk,
                    f"{ONE_CONSUMER}{self.owing.account_number}/premises/{_premise_of(self.owing)}",
                ),
                (desk, f"{ONE_CONSUMER}readings"),
                (desk, f"{ONE_CONSUMER}new"),
                *(
                    (desk, f"{ONE_CONSUMER}{self.owing.account_number}/move?step={step}")
                    for step in (1, 2, 3)
                ),
                (desk, f"{ONE_CONSUMER}{self.owing.account_number}/statement"),
                (desk, f"{ONE_CONSUMER}{self.owing.account_number}/arrangements/new"),
                (desk, f"{ONE_CONSUMER}{self.promised.consumer.account_number}/holds"),
                (desk, f"{ONE_CONSUMER}{self.owing.account_number}/notes"),
                (desk, f"{ONE_CONSUMER}{self.owing.account_number}/documents?cursor=x&papers=x"),
                (desk, f"{ONE_CONSUMER}{self.owing.account_number}/documents/new"),
                (desk, f"{ONE_CONSUMER}{self.owing.account_number}/timeline"),
                (desk, f"{ONE_CONSUMER}{self.owing.account_number}/service"),
                (desk, f"{ONE_CONSUMER}{self.owing.account_number}/communication"),
                (desk, self._promise()),
                (desk, "/cx/billing/runs"),
                (desk, f"{ONE}runs"),
                (desk, f"{ONE}runs/new"),
            ],
            "settings": [
                (admin, "/settings/"),
                (admin, "/admin/"),
                (admin, f"/admin/organisation/businesscalendar/{self.calendar.pk}/holidays/"),
                (admin, f"/admin/staff/person/{self.somebody.pk}/password/"),
                (admin, "/admin/disconnections/rulepack/examples/"),
            ],
            "lists of the administration": [(admin, path) for path in sorted(ADMIN_STORES)],
            "rows to add": [
                (admin, f"/admin/{model.replace('_', '/', 1)}/add/")
                for model, status in ADMIN_MODELS.items()
                if status == 200
            ],
            "rows to change": [(admin, path) for path in self._rows()],
        }
        return pages[area]

    def _promise(self) -> str:
        """Where the arrangement that runs can be cancelled."""
        promised = self.promised
        account = f"{ONE_CONSUMER}{promised.consumer.account_number}"
        return f"{account}/arrangements/{promised.number}/cancel"

    def _rows(self) -> list[str]:
        """A page "change" of each model that administrators change."""
        rows: dict[str, Any] = {
            "organisation/businesscalendar": self.calendar,
            "staff/person": self.somebody,
            "comms/template": Template.objects.order_by("pk").first(),
            "consumers/category": Category.objects.order_by("pk").first(),
            "consumers/subcategory": Subcategory.objects.order_by("pk").first(),
            "consumers/warehouse": Warehouse.objects.order_by("pk").first(),
            "consumers/protectionkind": ProtectionKind.objects.order_by("pk").first(),
            "consumers/collectionpolicy": CollectionPolicy.objects.get(),
            "insights/vippolicy": VipPolicy.objects.get(),
            "disconnections/reason": Reason.objects.order_by("pk").last(),
            "disconnections/timeslot": TimeSlot.objects.order_by("pk").last(),
            "disconnections/closurepolicy": ClosurePolicy.objects.get(),
            "disconnections/protectionrule": ProtectionRule.objects.get(code="HOURS"),
            "disconnections/rulepack": RulePack.objects.order_by("pk").first(),
            "disconnections/weatheralert": WeatherAlert.objects.order_by("pk").first(),
            "complaints/complaintcategory": ComplaintCategory.objects.get(code="billing"),
            "complaints/complaintsubcategory": ComplaintSubcategory.objects.get(name="Meter"),
            "complaints/complaintname": ComplaintName.objects.get(name="Leak"),
            "complaints/complaintsettings": ComplaintSettings.objects.get(),
            "fieldwork/ordertemplate": OrderTemplate.objects.order_by("pk").first(),
            "fieldwork/skill": Skill.objects.order_by("pk").first(),
            "cases/slapolicy": SlaPolicy.objects.filter(replaced_at=None).order_by("pk").first(),
            "cases/holdreason": HoldReason.objects.order_by("pk").first(),
        }
        return [f"/admin/{model}/{row.pk}/change/" for model, row in rows.items()]

    def targets(self, area: str) -> list[Target]:
        """Everything that can be sent in this area, each form once."""
        found: dict[int, Target] = {}
        for client, path in self.pages(area):
            browser = client or Client()
            answer = browser.get(path)
            assert answer.status_code == 200, (path, answer.status_code)
            cookie = client.cookies["sessionid"].value if client else ""
            page = Page(body_of(answer))
            assert not page.foreign, (path, page.foreign)
            for target in targets_on(page, path, cookie, right=self.right):
                found.setdefault(hash(target), self._dressed(target))
        return [*found.values(), *self._by_script(area, list(found.values()))]

    def _dressed(self, target: Target) -> Target:
        """What a refusal of this form may write, and where its text is shown afterwards."""
        may_write: frozenset[str] = frozenset()
        if target.path.startswith(f"{ONE}new"):
            may_write = DRAFT
        elif target.path.startswith(f"{SERVICES}new"):
            may_write = COMPLAINT_DRAFT
        elif target.name == "sign_in":
            may_write = DOOR
        return replace(target, may_write=may_write, shows=self._shows(target))

    def _shows(self, target: Target) -> tuple[str, ...]:
        if target.name.startswith("admin:"):
            around: tuple[str, ...] = (target.path, target.path.replace("/change/", "/history/"))
            if target.path.endswith("/add/"):
                around = (target.path.removesuffix("add/"),)
            return (*around, "/admin/", f"{ONE}new", "/me")
        if target.path.startswith(ONE):
            tabs = [f"{ONE}{self.begun.case.number}{tab}" for tab in TABS]
            return (*tabs, ONE, f"{ONE}new", f"{ONE}export.csv", "/notices/")
        if target.path.startswith(SERVICES):
            one = f"{SERVICES}{self.complaint.case.number}"
            return (one, f"{one}/communication", f"{one}/timeline")
        if target.path.startswith(ONE_CONSUMER):
            one = f"{ONE_CONSUMER}{self.edited.account_number}"
            return (one, f"{one}/edit", ONE_CONSUMER, f"{ONE}new")
        return ("/", "/settings/", "/sign-in")

    def _by_script(self, area: str, found: list[Target]) -> list[Target]:
        """Forms that a script sends elsewhere, and parameters that only a script knows."""
        if area != "create":
            return []
        review = next(each for each in found if each.name == "request_review")
        token = next(value for name, value in review.pairs if name == "lock_token")
        return [
            replace(review, name="draft_save", path="/drafts/create_request"),
            *(
                replace(review, name=f"request_{act}", path=f"{ONE}new/{act}")
                for act in ("save", "parts", "release")
            ),
            Target(
                "request_heartbeat",
                "query",
                f"{ONE}new/heartbeat",
                review.cookie,
                [("consumer", str(self.wished.pk)), ("token", token)],
                ("consumer", "token"),
            ),
        ]


TABS = ("", "/communication", "/timeline", "/receipt", "/created")
AREAS = (
    "door",
    "finding",
    "create",
    "create complaint",
    "request",
    "complaint",
    "consumer",
    "payments",
    "settlement",
    "reconnection",
    "field",
    "account",
    "settings",
    "lists of the administration",
    "rows to add",
    "rows to change",
)


def make_world(
    *,
    person: Callable[..., Person],
    client_as: Callable[..., Client],
    make_consumer: Callable[..., Consumer],
    make_request: Callable[..., DisconnectionRequest],
    make_complaint: Callable[..., Complaint],
    at: datetime,
) -> World:
    """The utility with requests in each state, profiles held, configuration of each kind."""
    boss, clerk = person(Role.SUPERVISOR), person(Role.CSE)
    desk, sales, admin = client_as(boss), client_as(clerk), client_as(Role.ADMIN)
    begun, waiting, held = (make_request(by=boss, notifies_consumer=True) for _ in range(3))
    for each in (begun, held):
        cases.acknowledge(case=each.pk, by=boss, at=at)
    why = HoldReason.objects.get(code="WAITING_CONSUMER").pk
    cases.put_on_hold(
        case=held.pk, reason=why, resume_by=at + timedelta(days=2), at_resume_by="RESUMES",
        by=boss, at=at,
    )  # fmt: skip
    cases.add_note(case=begun.pk, words="Called twice", by=boss, at=at, form_key=uuid4())
    off = {UtilityType.ELECTRICITY: SupplyState.OFF_FOR_NOW}
    cut = make_consumer(name="Betty", status=AccountStatus.DISCONNECTED, services=off)
    MeterAssignment.objects.filter(service_connection__consumer=cut).update(
        during=(datetime(2024, 1, 15, tzinfo=UTC), at)
    )
    back = make_request(cut, by=boss, reason="RC-001", notifies_consumer=True)
    cases.acknowledge(case=back.pk, by=boss, at=at)
    names = ("Edith", "Tom", "William", "Frances")
    edited, taken, wished, free = (make_consumer(name=name) for name in names)
    desk.post(f"{ONE_CONSUMER}{edited.account_number}/hold")
    take_profile_lock(consumer=taken.pk, purpose=LockPurpose.EDIT_PROFILE, by=clerk, at=at)
    desk.post(f"{ONE}new/consumer", {"account": wished.account_number})
    calendar = BusinessCalendar.objects.create(name="Office", time_zone="America/Chicago")
    RulePack.objects.create(code="XX", name="Somewhere")
    WeatherAlert.objects.create(
        kind="HEAT", area="Nowhere", from_on=date(2024, 7, 1), to_on=date(2024, 7, 2), source="NWS"
    )
    BusinessHours.objects.create(calendar=calendar, weekday=1, opens=time(8), closes=time(17))
    Holiday.objects.create(calendar=calendar, day=date(2024, 12, 25), name="Christmas Day")
    somebody = person(Role.BILLING)
    paid, handed_in = pay(free, by=somebody, at=at), cheque(free, by=somebody, at=at)
    bounced = pay(free, by=somebody, at=at)
    propose_back(bounced, at=at)
    propose(free, by=somebody, at=at)
    settled = begun.case.consumer
    assert settled is not None
    owe(settled, "456.78", at=at)
    deposit(settled, "200.00", by=somebody, at=at)
    owing, promising = make_consumer(name="Olive"), make_consumer(name="Paul")
    for debtor in (owing, promising):
        owe(debtor, "300.00", at=at)
    promised = arrange(promising, by=somebody, at=at)
    lay(owing, boss, at)
    asked = make_request(by=clerk)
    ask_for_approval(case=asked.pk, reason="A VIP household", by=clerk, at=at)
    technician(person(Role.TECHNICIAN))
    person(Role.TECHNICIAN, full_name="Nina New")
    order, open_order = (
        order_from_profile(free, by=clerk, at=at, scheduled_on=day)
        for day in (date(2024, 12, 16), None)
    )
    complaint, decided = make_complaint(), make_complaint(make_consumer(name="Cora"))
    bring_to("IN_PROGRESS", complaint, clerk, at)
    bring_to("REJECTED", decided, clerk, at)
    world = World(
        supervisor=desk, clerk=sales, administrator=admin, begun=begun, waiting=waiting, held=held,
        back=back, edited=edited, taken=taken, wished=wished, free=free, paid=paid, bounced=bounced,
        cheque=handed_in, owing=owing, promised=promised, calendar=calendar, somebody=somebody,
        asked=asked, complaint=complaint, decided=decided, order=order, open_order=open_order,
    )  # fmt: skip
    world.drafted = _draft(desk, free)
    world.right = _right(world, boss)
    for step in ("out", "new"):
        name = {"out": "move_out", "new": "move_in_new"}[step]
        desk.post(f"{ONE_CONSUMER}{owing.account_number}/move/{step}", world.right[name])
    _wish(world)
    return world


def _draft(desk: Client, consumer: Consumer) -> str:
    """The address of a complaint that only wants to be submitted."""
    address = f"{SERVICES}new/{uuid4()}"
    desk.post(f"{address}/customer", {"account": consumer.account_number})
    desk.post(f"{address}/details", details())
    return address


def _readings_of(request: DisconnectionRequest) -> dict[str, str]:
    """A last reading a little above the one before, for each service of a request."""
    right = {}
    for each in MeterAssignment.objects.filter(service_connection__consumer=request.case.consumer):
        name = each.service_connection_id
        right[f"{name}-meter_number"] = each.meter.number
        right[f"{name}-value"] = "18300"
    return right


def _shown_to_move(consumer: Consumer) -> dict[str, str]:
    """What each meter of a consumer shows on the day of a move."""
    services = consumer.connections.values_list("pk", "premise")
    shown = {f"reading_{service}": "18300" for service, _ in services}
    return {"premise": str(services[0][1]), **shown}


def _premise_of(consumer: Consumer) -> int:
    """Where the consumer is supplied first."""
    return consumer.connections.earliest("pk").premise_id


def _meter_of(request: DisconnectionRequest) -> str:
    """The number of the meter that hangs there still."""
    service = request.services.get().service_connection
    return service.assignments.latest("pk").meter.number


def _right(world: World, boss: Person) -> dict[str, dict[str, str]]:
    """What must be typed into each form so that it is accepted."""
    password = "a-long-enough-password"
    fresh = {"password1": "correct horse battery", "password2": "correct horse battery"}
    hold = HoldReason.objects.get(code="WAITING_CONSUMER").pk
    reason = Reason.objects.get(code="CR-001").pk
    return {
        "sign_in": {"username": boss.username, "password": password},
        "password_change": {"current_password": password, **fresh},
        "saved_views": {"name": "Mine"},
        "request_consumer": {"q": "Ann", "+account": world.free.account_number},
        "request_review": {"reason": str(reason), "preferred_on": "2024-12-16", "notes": "Dog"},
        "request_parts": {"reason": str(reason), "preferred_on": "2024-12-16", "notes": "Dog"},
        "request_submit": {"notifies_consumer": "on"},
        "complaint_customer": {"q": "Ann", "+account": world.free.account_number},
        "complaint_stranger": dict(SOMEBODY),
        "complaint_details": {name: str(value) for name, value in details().items()},
        "complaint_attach": {"notes": "Dog"},
        "complaint_submit": {"notifies_consumer": "on"},
        "request_hold": {
            "reason": str(hold), "resume_on": "2024-12-12", "resume_at": "09:00", "note": "Away",
        },
        "reconnection_set": {
            f"{world.back.services.get().service_connection_id}-{name}": value
            for name, value in (("meter", _meter_of(world.back)), ("reading", "18300"))
        },
        "reconnection_tick": {"item": "CONSUMER_TOLD", "is_ticked": "on"},
        "reconnection_tick_money": {"item": "MONEY_SETTLED", "is_ticked": "on"},
        "request_add_order": {"scheduled_on": "2024-12-16", "remarks": "Dog in the yard"},
        "move_out": {"moved_on": "2024-12-10", **_shown_to_move(world.owing)},
        "move_in": {"q": "Ann", "+account": world.free.account_number},
        "move_in_new": {
            "name": "Ana Ruiz", "phone": "(555) 123-4567",
            "category": str(Category.objects.get(name="Residential").pk),
        },
        "consumer_move": {"notifies": "on"},
        "consumer_merge": {"account": world.owing.account_number, "reason": "Registered twice"},
        "consumer_register": {
            "name": "Ana Ruiz", "phone": "(555) 010-9999",
            "category": str(Category.objects.get(name="Residential").pk),
        },
        "premise_correct": {"address": "5 Elm Street", "area": "North"},
        "reading_enter": {"value": "18305", "read_on": "2024-12-10"},
        "order_new": {"scheduled_on": "2024-12-16", "remarks": "Dog in the yard"},
        "order_schedule": {"day": "2024-12-17", "starts": "10:00", "ends": "12:00"},
        "order_assign": {"technician": str(Technician.objects.get().pk)},
        "order_complete": {"words": "Fuse replaced"},
        "order_cancel": {"reason": "OTHER", "note": "They have moved away"},
        "technician_minutes": {"minutes": "480"},
        "closure_paper_give": {
            "paper": "NOTICE", "way": "HANDED_OVER", "given_on": "2024-12-10",
        },
        "request_ask_approval": {"reason": "The account is disputed"},
        "request_decide": {"decision": "REJECTED", "note": "Not before the visit"},
        "request_close": {"reason": "OTHER", "note": "They have moved away"},
        "request_add_note": {"words": "Called twice"},
        "request_send_message": {"subject": "Your visit", "words": "We come on Monday"},
        "request_log_call": {"direction": "FROM_CONSUMER", "minutes": "5", "words": "They called"},
        "request_assign_to": {"to": str(boss.pk)},
        "complaint_assign_to": {"to": str(boss.pk)},
        "complaint_hold": {
            "reason": str(hold), "resume_on": "2024-12-12", "resume_at": "09:00", "note": "Away",
        },
        "complaint_resolve": {"words": "The bill was corrected"},
        "complaint_reject": {"words": "The bill is right"},
        "complaint_reopen": {"words": "It came back"},
        "complaint_link": {"account": world.wished.account_number},
        "complaint_dispute": {"amount": "120.00"},
        "complaint_add_note": {"words": "Called twice"},
        "complaint_send_message": {"subject": "Your bill", "words": "We look into it"},
        "complaint_log_call": {
            "direction": "FROM_CONSUMER", "minutes": "5", "words": "They called",
        },
        "export_ask": {"reason": "A letter of the consumer"},
        "profile_break": {"reason": "They have gone home for the day"},
        "consumer_vip": {"reason": "A clinic that must be supplied"},
        "account_holds": {"kind": "MEDICAL", "source": "CERT-77", "from_on": "2024-12-10"},
        "consumer_notes": {"words": "The gate code is 1234"},
        "document_new": {"kind": "AGREEMENT", "title": "Supply agreement"},
        "consumer_message": {"subject": "Your meter", "words": "We read it on Monday"},
        "consumer_call": {"direction": "FROM_CONSUMER", "minutes": "5", "words": "They called"},
        "account_hold_lift": {"reason": "The certificate was withdrawn"},
        "hold_proposal_decline": {"reason": "The certificate has run out"},
        "payment_new": {"amount": "150.00", "method": "CARD", "reference": "CARD-77"},
        "payment_settle": {"outcome": "FAILED", "failure": "No funds"},
        "reversal_propose": {"reason": "It bounced"},
        "reversal_reject": {"reason": "The bank was wrong"},
        "refund_new": {"amount": "5.00", "method": "CARD", "reason": "They paid twice"},
        "refund_reject": {"reason": "It will be billed"},
        "deposit_new": {"amount": "200.00"},
        "adjustment_add": {"amount": "-25.00", "reason": "Goodwill"},
        "deposit_use_set": {"uses_deposit": "no"},
        "final_readings_enter": _readings_of(world.begun),
        "arrangement_cancel": {"reason": "They have moved away"},
        "billing_run_start": {"period_from": "2024-11-01", "period_to": "2024-11-30"},
        "theme_set": {"theme": "dark"},
        "admin:organisation_businesscalendar_import": {"country": "US", "year": "2026"},
        "admin:disconnections_rulepack_examples": {"packs": "australia"},
        "admin:disconnections_protectionrule_add": {
            "code": "X-1", "name": "Tried", "answer": "BLOCKED", "condition": "VIP",
            "sentence": "A VIP", "source": "A decision", "+stages": "SUBMIT",
            "+kinds": "DISCONNECTION",
        },
        "admin:disconnections_weatheralert_add": {
            "kind": "HEAT", "area": "North", "from_on": "2024-07-01", "to_on": "2024-07-02",
            "source": "NWS",
        },
        "admin:fieldwork_ordertemplate_add": {
            "code": "NEW-1", "name": "Look at it", "kind": "INSPECTION",
            "estimated_minutes": "30", "priority": "LOW",
        },
        "admin:fieldwork_skill_add": {"name": "Heights"},
        "admin:fieldwork_technician_add": {
            "person": str(Person.objects.get(groups__name="TECHNICIAN", technician=None).pk),
            "minutes_a_day": "480",
        },
        "admin:disconnections_rulepack_add": {"code": "YY", "name": "Elsewhere"},
        "admin:staff_person_password": fresh,
        "admin:billing_apikey_add": {"name": "Gateway"},
        "admin:billing_tariff_add": {
            "name": "Residential 2025", "utility_type": "ELECTRICITY", "begins_on": "2025-01-01",
            "category": str(Category.objects.get(name="Residential").pk), "fixed_charge": "12.50",
            "slabs-0-above": "0", "slabs-0-rate": "0.10",
        },
        "admin:organisation_businesscalendar_add": {
            "name": "Night shift", "time_zone": "America/Chicago",
        },
        "admin:staff_person_add": {
            "username": "new.person", "full_name": "New Person", "email": "new@example.com",
            **fresh,
        },
        "admin:consumers_category_add": {"name": "Farm"},
        "admin:consumers_subcategory_add": {
            "name": "Orchard", "category": str(Category.objects.get(name="Residential").pk),
        },
        "admin:consumers_warehouse_add": {"name": "North store"},
        "admin:consumers_protectionkind_add": {"name": "Dialysis", "hold_kind": "MEDICAL"},
        "admin:disconnections_reason_add": {
            "kind": "DISCONNECTION", "code": "XX-001", "label": "A reason", "description": "Why",
            "priority": "LOW", "permanence": "PERMANENT",
        },
        "admin:disconnections_timeslot_add": {
            "starts": "20:00", "ends": "21:00", "capacity": "2",
        },
        "admin:cases_slapolicy_add": {
            "kind": "DISCONNECTION", "priority": "LOW", "acknowledgement_minutes": "10",
            "response_minutes": "20", "resolution_minutes": "30", "warn_percent": "75",
        },
        "admin:complaints_complaintcategory_add": {
            "code": "safety", "name": "Safety", "priority": "LOW",
        },
        "admin:complaints_complaintsubcategory_add": {
            "category": str(ComplaintCategory.objects.get(code="billing").pk), "name": "Other",
        },
        "admin:complaints_complaintname_add": {
            "subcategory": str(ComplaintSubcategory.objects.get(name="Meter").pk), "name": "Noise",
        },
        "admin:cases_holdreason_add": {
            "code": "DOG", "label": "A dog", "waits_for": "CONSUMER",
        },
    }  # fmt: skip


def _wish(world: World) -> None:
    """Fill the second section in, so that the third can be opened."""
    desk = world.supervisor
    page = Page(body_of(desk.get(f"{ONE}new")))
    cookie = desk.cookies["sessionid"].value
    found = targets_on(page, f"{ONE}new", cookie, right=world.right)
    review = next(each for each in found if each.name == "request_review")
    sent: dict[str, list[Any]] = {}
    for name, value in review.pairs:
        sent.setdefault(name, []).append(value)
    assert desk.post(f"{ONE}new/review", sent).status_code == 302


def post_addresses() -> set[str]:
    """The names of all addresses that take a form; what a gateway sends is tried on its own."""
    return {
        name
        for name, address in ADDRESSES.items()
        if address.post and not address.path.startswith(API)
    }
