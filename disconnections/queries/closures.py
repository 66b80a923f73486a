"""What a request is carried out with: gathered once, for the page and for the act alike."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from billing.queries.accounts import balances_of
from billing.queries.bill_inputs import find_live_bill
from billing.queries.final_bills import sent_key
from consumers.choices import SupplyState
from consumers.models import MeterAssignment, ServiceConnection
from disconnections.choices import (
    Answer,
    ClosurePaper,
    IdentityCheck,
    NoticeWay,
    Permanence,
    Stage,
)
from disconnections.models import (
    ChecklistTick,
    Closure,
    ClosureMeter,
    ClosureNotice,
    ClosurePolicy,
    DisconnectionNotice,
    DisconnectionRequest,
    Execution,
)
from disconnections.queries.protections import NOT_ARRIVED, Cut, judge_cut, moment_of
from disconnections.rules.closures import (
    BillFact,
    ClosureFacts,
    Given,
    MeterPlan,
)
from disconnections.rules.conditions import Executor, OrderFact
from disconnections.rules.protections import NOTHING_OWED, Judgement
from smart360.cases.choices import CaseKind
from smart360.cases.models import Approval, Case
from smart360.cases.queries.approvals import approval_of
from smart360.comms.models import Delivery
from smart360.fieldwork.models import OrderedService, ServiceOrder
from smart360.fieldwork.queries.orders import find_order_for
from smart360.kernel.money import ZERO
from smart360.organisation.queries import get_utility
from smart360.staff.models import Person
from smart360.staff.permissions import Permission
from smart360.web.formats import shown_date, shown_datetime

ALLOWED = Judgement(Answer.ALLOW, ())


@dataclass(frozen=True, slots=True)
class Gathered:
    """The facts of a closure, and the rows that they were read from."""

    facts: ClosureFacts
    asked: DisconnectionRequest
    closure: Closure | None
    service_order: ServiceOrder | None
    approval: Approval | None
    ticks: Mapping[str, ChecklistTick]
    requested: Mapping[int, int]
    """Service connection → key of the requested service."""

    @property
    def version(self) -> int:
        """What a form that sets the closure sends back; 0 before the first."""
        return self.closure.version if self.closure else 0


def get_policy() -> ClosurePolicy:
    """The rules of closing."""
    (policy,) = ClosurePolicy.objects.all()  # there_is_one_closure_policy
    return policy


def executor(person: Person) -> Executor:
    """What a person may carry out."""
    return Executor(
        person=person.pk,
        may_execute=person.has_permission(Permission.EXECUTE),
        may_execute_for_us=person.has_permission(Permission.EXECUTE_FOR_US),
    )


def gather(case: Case, *, at: datetime, asks_protections: bool = True) -> Gathered:
    """Everything that is known of a request's closure, as it is now.

    Who only prepares or ticks need not ask the protections.
    """
    (asked,) = (
        DisconnectionRequest.objects.select_related("reason", "execution")
        .prefetch_related("services__service_connection", "services__closure_meter__warehouse")
        .filter(pk=case.pk)
    )
    closure = (
        Closure.objects.select_related("service_order__technician__person")
        .filter(pk=case.pk)
        .first()
    )
    service_order = closure.service_order if closure else None
    ticks = {
        tick.item: tick
        for tick in ChecklistTick.objects.select_related("ticked_by").filter(request=case.pk)
    }
    approval = approval_of(case.pk)
    policy = get_policy()
    judgement = _judgement(asked, case, at=at) if asks_protections else ALLOWED
    answer, sentences = judgement.answer, judgement.sentences
    if asks_protections and case.is_open and is_without_its_debt(case):
        answer, sentences = Answer.BLOCKED, (NOTHING_OWED,)
    notices = _notices(case.pk)
    services = [each.service_connection_id for each in asked.services.all()]
    facts = ClosureFacts(
        status=case.status,
        is_permanent=asked.permanence == Permanence.PERMANENT,
        is_for_debt=asked.reason.is_for_debt,
        is_wished=asked.reason.is_wished,
        stays_connected=_stays_connected(case, services),
        currency=get_utility().currency,
        balance=balances_of(case.consumer_id or 0).outstanding,
        bill=_bill(case.pk, notices.get(ClosurePaper.BILL.value)),
        notice=_as_given(notices.get(ClosurePaper.NOTICE.value)),
        meters=_meters(asked, service_order),
        order=order_fact(service_order, case) if service_order else None,
        ticks=frozenset(ticks),
        minimum=policy.minimum_items,
        approval=approval.state if approval else "",
        approver=approval.decided_by_id if approval else None,
        answer=answer,
        sentences=sentences,
        asks_identity=policy.asks_identity,
        identity_is_checked=asked.identity_check != IdentityCheck.NOT_VERIFIED,
    )
    requested = {each.service_connection_id: each.pk for each in asked.services.all()}
    return Gathered(facts, asked, closure, service_order, approval, ticks, requested)


def _judgement(asked: DisconnectionRequest, case: Case, *, at: datetime) -> Judgement:
    """What the protections say to a cut that is made now; nothing once the case has ended."""
    if not case.is_open:
        return ALLOWED
    served = DisconnectionNotice.objects.filter(case=case.pk).exclude(
        message__delivery__state__in=NOT_ARRIVED
    )
    cut = Cut(
        consumer=case.consumer_id or 0,
        kind=case.kind,
        reason=asked.reason.code,
        is_for_debt=asked.reason.is_for_debt,
        services=frozenset(each.service_connection_id for each in asked.services.all()),
        moment=moment_of(at),
        served_on=served.order_by("served_on").values_list("served_on", flat=True).first(),
    )
    return judge_cut(cut, stage=Stage.EXECUTION, at=at).judgement


def is_without_its_debt(case: Case) -> bool:
    """Whether a request is for a debt that there is not: one that its own final bill settled is."""
    reasons = DisconnectionRequest.objects.filter(pk=case.pk, reason__is_for_debt=True)
    if not reasons.exists() or balances_of(case.consumer_id or 0).outstanding > ZERO:
        return False
    bill = find_live_bill(case.pk)
    return bill is None or bill.state != "APPROVED"


def _stays_connected(case: Case, services: list[int]) -> bool:
    """Whether another service of the account goes on."""
    return (
        ServiceConnection.objects.filter(
            consumer=case.consumer_id, supply_state=SupplyState.CONNECTED
        )
        .exclude(pk__in=services)
        .exists()
    )


def _meters(
    asked: DisconnectionRequest, service_order: ServiceOrder | None
) -> tuple[MeterPlan, ...]:
    """Each requested service with the meter that measures it now and what is planned for it."""
    requested = list(asked.services.all())
    running = {
        each.service_connection_id: each
        for each in MeterAssignment.objects.filter(
            service_connection__in=[each.service_connection_id for each in requested],
            during__endswith__isnull=True,
        ).select_related("meter__device")
    }
    ordered = set()
    if service_order is not None:
        ordered = set(
            OrderedService.objects.filter(service_order=service_order).values_list(
                "service_connection", "meter"
            )
        )
    plans = []
    for each in requested:
        assignment = running.get(each.service_connection_id)
        meter = assignment.meter if assignment else None
        planned = find_plan(each)
        plan = MeterPlan(
            service_connection=each.service_connection_id,
            utility=each.service_connection.get_utility_type_display(),
            meter=meter.pk if meter else None,
            meter_number=meter.number if meter else "",
            device_number=meter.device.number if meter and meter.device else "",
            is_ordered=(each.service_connection_id, meter.pk if meter else None) in ordered,
        )
        if planned is not None:
            plan = replace(
                plan,
                action=planned.action,
                location_is_gone=planned.location_is_gone,
                is_damaged=planned.is_damaged,
                destination=planned.destination,
                warehouse=planned.warehouse_id,
                typed=planned.device_number,
                verified=planned.meter_id,
            )
        plans.append(plan)
    return tuple(sorted(plans, key=lambda plan: (plan.utility, plan.service_connection)))


def find_plan(requested: object) -> ClosureMeter | None:
    """What is planned for the meter of a requested service, if anything is yet."""
    planned: ClosureMeter | None = getattr(requested, "closure_meter", None)
    return planned


def order_fact(service_order: ServiceOrder, case: Case) -> OrderFact:
    """A service order as Execute judges it."""
    used = (
        Execution.objects.filter(service_order=service_order)
        .values_list("request__case__number", flat=True)
        .first()
    )
    return OrderFact(
        number=service_order.number,
        kind=service_order.kind,
        status=service_order.status,
        is_of_consumer=service_order.consumer_id == case.consumer_id,
        used_by=used or "",
    )


def find_good_order(case: Case, number: str) -> tuple[ServiceOrder, OrderFact] | None:
    """The order of this number of the case's consumer, with what is known of it."""
    service_order = find_order_for(case.pk, number)
    return (service_order, order_fact(service_order, case)) if service_order else None


def orders_to_pick(case: Case) -> list[ServiceOrder]:
    """Orders of the consumer under which this closure could be carried out, newest first."""
    return list(
        ServiceOrder.objects.filter(
            consumer=case.consumer_id, kind=CaseKind.DISCONNECTION, execution__isnull=True
        )
        .exclude(status="CANCELLED")
        .order_by("-pk")[:20]
    )


# ------------------------------------------------------------------ what was given
def _notices(case: int) -> dict[str, ClosureNotice]:
    """The newest notice and bill that were given by hand or by the button."""
    rows = ClosureNotice.objects.filter(request=case).select_related("message__delivery")
    return {row.paper: row for row in rows.order_by("pk")}


def _as_given(notice: ClosureNotice | None) -> Given | None:
    if notice is None:
        return None
    if notice.message is None:
        return Given(notice.way, shown_date(notice.given_on))
    return _by_mail(notice.message.delivery)


def _by_mail(delivery: Delivery) -> Given:
    return Given(
        NoticeWay.EMAIL.value, shown_datetime(delivery.state_at), delivery.state, delivery.why
    )


def _bill(case: int, by_hand: ClosureNotice | None) -> BillFact | None:
    """The final bill and how the consumer got it: by hand, else by the e-mail it went with."""
    invoice = find_live_bill(case)
    if invoice is None:
        return None
    number, is_approved = str(invoice), invoice.state == "APPROVED"
    if by_hand is not None and by_hand.invoice_number == number:
        return BillFact(number, is_approved, _as_given(by_hand))
    mailed = Delivery.objects.filter(message__dedupe_key=sent_key(invoice.number)).first()
    return BillFact(number, is_approved, _by_mail(mailed) if mailed else None)


# ------------------------------------------------------------------ what was done
def executed(case: int) -> Execution | None:
    """How a request was carried out, with its order and meters; None while it was not."""
    return (
        Execution.objects.select_related("executed_by", "service_order__technician__person")
        .prefetch_related(
            "meters__meter__device", "meters__service_connection", "meters__movement__to_warehouse"
        )
        .filter(pk=case)
        .first()
    )
