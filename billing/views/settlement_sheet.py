"""The settlement of a request as it stands for one person: figures, readings, bill, forms."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from billing.access import get_final_bill_of
from billing.choices import DepositPlan
from billing.forms import AdjustmentForm, DepositPlanForm, FinalReadingsForm, ReasonForm
from billing.queries.final_bills import FinalBillView, MeterLine, get_final_bill
from billing.queries.settlements import SettlementView, get_settlement
from billing.rules.arithmetic import arithmetic_of
from billing.rules.drafts import Change, Value
from billing.rules.final_bills import SECOND_PERSON, AddedSum, BillContent, BillSection
from consumers.rules.readings import units_between
from smart360.cases.models import Case
from smart360.kernel.money import ZERO
from smart360.organisation.context import zone_in_use
from smart360.organisation.queries import get_utility
from smart360.staff.models import Person
from smart360.staff.permissions import Permission
from smart360.web.formats import MISSING, shown_date, shown_money, shown_reading

STALE = "Amounts changed since this draft was made. Discard it and generate a new bill."
NOT_GENERATED = "Generate the bill."
ACTS = {
    "toggle": Permission.SET_DEPOSIT_USE,
    "read": Permission.ENTER_FINAL_READING,
    "adjust": Permission.APPROVE_BILL,
    "generate": Permission.GENERATE_BILL,
    "approve": Permission.APPROVE_BILL,
    "print": Permission.PRINT_BILL,
    "pay": Permission.RECORD_PAYMENT,
    "refund": Permission.PROPOSE_REFUND,
    "propose_note": Permission.PROPOSE_CREDIT_NOTE,
    "approve_note": Permission.APPROVE_CREDIT_NOTE,
}


@dataclass(frozen=True)
class ShownLine:
    """A charge with what it opens to."""

    words: str
    arithmetic: str
    amount: Decimal


@dataclass(frozen=True)
class ShownSection:
    """What one service costs, line by line."""

    section: BillSection
    lines: tuple[ShownLine, ...]


@dataclass(frozen=True)
class ShownMeter:
    """One service's meter with its readings, as the table shows it."""

    utility_type: str
    meter_number: str
    device_number: str
    meter_type: str
    unit: str
    previous: Decimal | None
    last: Decimal | None
    read_on: date | None
    used: Decimal | None
    is_unusual: bool = False


@dataclass(frozen=True)
class ShownChange:
    """One difference between two drafts, in words."""

    what: str
    before: str
    after: str


@dataclass(frozen=True)
class SettlementSheet:
    """Everything that the Settlement tab shows to one person (X3).

    ``bill``        None for those who see the summary only
    ``content``     what the bill says; before the first draft, what it would say
    ``is_preview``  nothing was generated yet
    ``missing``     sentences: why "Approve and Send" is disabled, the same that the server answers
    ``may``         which acts this person's role has, by name
    """

    number: str
    account_number: str
    email: str
    settlement: SettlementView
    bill: FinalBillView | None
    content: BillContent | None
    is_preview: bool
    sections: tuple[ShownSection, ...]
    meters: tuple[ShownMeter, ...]
    since: tuple[ShownChange, ...]
    changes: tuple[ShownChange, ...]
    missing: tuple[str, ...]
    may: dict[str, bool]
    has_paper: bool
    today: date
    me: int

    @property
    def sees_lines(self) -> bool:
        """Whether this person sees more than the summary."""
        return self.bill is not None

    @property
    def is_editable(self) -> bool:
        """Whether readings and adjustments can still change the bill."""
        bill = self.bill
        return bool(bill and bill.is_open and bill.meters and not self.is_approved)

    @property
    def is_approved(self) -> bool:
        """Whether the bill is locked for ever."""
        return bool(self.bill and self.bill.head and self.bill.head.is_approved)

    @property
    def uses_deposit(self) -> bool:
        """Whether the deposit pays the bill: as it was approved, else as the switch stands."""
        if self.is_approved and self.content:
            return self.content.uses_deposit
        return self.settlement.uses_deposit

    @property
    def adjustments(self) -> tuple[AddedSum, ...]:
        """What is added to the bill or taken off it now."""
        fresh = self.bill.fresh if self.bill else None
        content = fresh or self.content
        return content.adjustments if content else ()

    @property
    def can_toggle(self) -> bool:
        """Whether the switch "Use in bill" does something."""
        return self.may["toggle"] and self.settlement.can_toggle

    @property
    def can_refund(self) -> bool:
        """Whether there is something to give back."""
        settlement = self.settlement
        return self.may["refund"] and (settlement.outstanding < 0 or settlement.deposit > 0)

    @property
    def plan_words(self) -> str:
        """What becomes of an unused deposit, in words."""
        plan = self.settlement.deposit_plan
        return DepositPlan(plan).label if plan else ""

    @property
    def note_waits(self) -> bool:
        """Whether a credit note for the bill waits for its second person."""
        return bool(self.bill and any(note.waits for note in self.bill.credit_notes))


def settlement_sheet(case: Case, *, to: Person, at: datetime) -> SettlementSheet:
    """The settlement of a request, with only what this person may see."""
    assert case.consumer is not None  # a_request_has_a_consumer
    currency, today = get_utility().currency, at.astimezone(zone_in_use()).date()
    sees_lines = to.has_permission(Permission.VIEW_MONEY)
    bill = get_final_bill(case, on=today) if sees_lines else None
    content = (bill.content or bill.fresh) if bill else None
    paper = get_final_bill_of(case.number, to=to) if bill is None else None
    return SettlementSheet(
        number=case.number,
        account_number=case.consumer.account_number,
        email=case.consumer.email if to.has_permission(Permission.SEE_PERSONAL_DATA) else "",
        settlement=get_settlement(case, on=today),
        bill=bill,
        content=content,
        is_preview=bool(bill and bill.head is None and content),
        sections=shown_sections(content, currency) if content else (),
        meters=_shown_meters(bill) if bill else (),
        since=_shown_changes(bill.since, currency) if bill else (),
        changes=_shown_changes(bill.changes, currency) if bill else (),
        missing=_missing(bill, to) if bill else (),
        may={act: to.has_permission(permission) for act, permission in ACTS.items()},
        has_paper=paper is not None and paper.pdf_id is not None,
        today=today,
        me=to.pk,
    )


def settlement_context(case: Case, *, to: Person, at: datetime, **given: Any) -> dict[str, Any]:
    """The sheet and its forms for the templates; ``given`` replaces forms that came back."""
    sheet = settlement_sheet(case, to=to, at=at)
    context: dict[str, Any] = {"sheet": sheet, "case": case}
    if sheet.is_editable and sheet.may["read"] and sheet.bill:
        context["readings_form"] = readings_form(sheet.bill.meters, to, on=sheet.today)
    if sheet.is_editable and sheet.may["adjust"]:
        context["adjustment_form"] = AdjustmentForm()
    if sheet.settlement.asks_for_plan and sheet.may["toggle"] and not sheet.is_approved:
        context["plan_form"] = plan_form(sheet.settlement)
    if sheet.is_approved and sheet.may["propose_note"] and not sheet.note_waits:
        context["note_form"] = ReasonForm(auto_id="credit-note-%s")
    return context | given


def readings_form(
    meters: Sequence[MeterLine], to: Person, *, on: date, data: Any = None
) -> FinalReadingsForm:
    """The readings form of a request: empty, as entered, or with what was typed."""
    is_supervisor = to.has_permission(Permission.OVERRIDE_READING)
    return FinalReadingsForm(data, meters=meters, today=on, is_supervisor=is_supervisor)


def plan_form(settlement: SettlementView) -> DepositPlanForm:
    """What becomes of the deposit, as it was said."""
    return DepositPlanForm(
        initial={
            "plan": settlement.deposit_plan,
            "by_day": settlement.deposit_plan_on,
            "version": settlement.version,
        }
    )


# ------------------------------------------------------------------ in words
def _missing(bill: FinalBillView, person: Person) -> tuple[str, ...]:
    """Why the bill cannot be approved by this person now; nothing when it can, or when it is."""
    if bill.head is not None and bill.head.is_approved:
        return ()
    lacks = (bill.problem,) if bill.problem else bill.missing
    if not bill.head:
        return (*lacks, NOT_GENERATED)
    if bill.is_stale:
        return (*lacks, STALE)
    if not lacks and not bill.can_be_approved_by(person):
        limit = shown_money(bill.two_people_from, get_utility().currency)
        return (f"{SECOND_PERSON} The limit is {limit}.",)
    return lacks


def _shown_meters(bill: FinalBillView) -> tuple[ShownMeter, ...]:
    """Of an approved bill what stands on it, else what was entered so far."""
    if bill.head and bill.head.is_approved and bill.content:
        return tuple(_billed_meter(each) for each in bill.content.sections)
    return tuple(_read_meter(each) for each in bill.meters)


def _billed_meter(section: BillSection) -> ShownMeter:
    return ShownMeter(
        section.utility_type,
        section.meter_number,
        section.device_number,
        section.meter_type,
        section.unit,
        section.previous_reading,
        section.last_reading,
        section.read_on,
        section.consumption if section.meter else None,
    )


def _read_meter(line: MeterLine) -> ShownMeter:
    service, entered, meter = line.service, line.entered, line.service.meter
    previous = service.base.value if service.base else None
    used = None
    if entered is not None:
        used = units_between(previous, entered.value, entered.exception)
    return ShownMeter(
        service.utility_type,
        meter.number if meter else "",
        meter.device_number if meter else "",
        meter.meter_type if meter else "",
        meter.unit if meter else "",
        previous,
        entered.value if entered else None,
        entered.read_on if entered else None,
        used,
        is_unusual=bool(entered and entered.is_unusual),
    )


def shown_sections(content: BillContent, currency: str) -> tuple[ShownSection, ...]:
    """What a bill charges, each line with its arithmetic in words."""
    return tuple(
        ShownSection(
            section,
            tuple(
                ShownLine(
                    line.words, arithmetic_of(line, unit=section.unit, currency=currency),
                    line.amount,
                )
                for line in section.lines
            ),
        )
        for section in content.sections
    )  # fmt: skip


def _shown_changes(changes: tuple[Change, ...], currency: str) -> tuple[ShownChange, ...]:
    return tuple(
        ShownChange(
            each.what,
            _shown_value(each.before, each, currency),
            _shown_value(each.after, each, currency),
        )
        for each in changes
    )


def _shown_value(value: Value, change: Change, currency: str) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, Decimal):
        if change.is_money:
            return shown_money(value + ZERO, currency)
        return shown_reading(value, change.unit)
    if isinstance(value, date):
        return shown_date(value)
    return value or MISSING
