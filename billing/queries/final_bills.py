"""A request's final bill as pages and paper show it (BIL4 to BIL6)."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from django.db.models import QuerySet

from billing.choices import InvoiceKind, InvoiceState, ProposalState
from billing.models import BillAdjustment, BillDraft, CreditNote, Invoice
from billing.models.invoices import SEALED
from billing.ports import terms_of
from billing.queries.bill_inputs import (
    BillInputs,
    ServiceFacts,
    entered_readings,
    find_live_bill,
    gather,
    services_of,
)
from billing.queries.invoices import content_of
from billing.queries.policies import get_policy
from billing.queries.settlements import may_be_settled
from billing.rules.drafts import Change, what_changed
from billing.rules.final_bills import BillContent, EnteredReading, from_json
from billing.rules.rating import NoTariff
from smart360.cases.models import Case
from smart360.owed.choices import OwedState
from smart360.owed.models import OwedWork
from smart360.staff.models import Person
from smart360.web.formats import shown_date

BILL_SENT = "bill.sent"


class PaperState(StrEnum):
    """How far the PDF of an approved bill is."""

    READY = "READY"
    BEING_MADE = "BEING_MADE"
    FAILED = "FAILED"
    NONE = "NONE"


@dataclass(frozen=True)
class MeterLine:
    """One service in the readings form: its meter, what it showed last, what was entered."""

    service: ServiceFacts
    entered: EnteredReading | None


@dataclass(frozen=True)
class CreditNoteLine:
    """A credit note for a bill of this request."""

    id: int
    number: str
    invoice: str
    state: str
    reason: str
    proposed_by: str
    proposed_by_id: int
    proposed_at: datetime
    decided_by: str
    decided_at: datetime | None

    @property
    def waits(self) -> bool:
        """Whether a second person has to decide it."""
        return self.state == ProposalState.PROPOSED


@dataclass(frozen=True)
class PastBill:
    """A bill of this request that counts no more: taken back, or void."""

    number: str
    state: str
    billed: Decimal
    taken_back_at: datetime | None
    pdf: str


@dataclass(frozen=True)
class BillHead:
    """The invoice itself: number, state, people, days."""

    id: int
    number: str
    state: str
    version: int
    made_at: datetime
    made_by: str
    made_by_id: int | None
    approved_at: datetime | None
    approved_by: str
    issued_on: date | None
    due_on: date | None
    inputs_hash: str
    pdf: str
    sha256: str

    @property
    def is_draft(self) -> bool:
        """Whether it can still change."""
        return self.state == InvoiceState.DRAFT

    @property
    def is_approved(self) -> bool:
        """Whether it is locked for ever."""
        return self.state == InvoiceState.APPROVED


@dataclass(frozen=True)
class FinalBillView:
    """The final bill of a request at this moment.

    ``head``      None before the first draft
    ``content``   what the draft, or the approved bill, says
    ``fresh``     what it would say now; None when approved, or when it cannot be worked out
    ``since``     what changed since this draft was made: when there is anything, approving is
                  refused until it is generated anew
    ``changes``   what this draft said otherwise than the one before
    ``missing``   sentences: why it cannot be approved yet
    ``problem``   why no bill can be made at all
    """

    head: BillHead | None
    content: BillContent | None
    fresh: BillContent | None
    is_stale: bool
    since: tuple[Change, ...]
    changes: tuple[Change, ...]
    missing: tuple[str, ...]
    problem: str
    meters: tuple[MeterLine, ...]
    credit_notes: tuple[CreditNoteLine, ...]
    past: tuple[PastBill, ...]
    paper: PaperState
    is_open: bool
    two_people_from: Decimal

    @property
    def is_ready(self) -> bool:
        """Whether everything is there, so that it can be approved and printed (82)."""
        return bool(self.head) and not (self.missing or self.is_stale or self.problem)

    @property
    def can_be_generated(self) -> bool:
        """Whether "Generate", or "Discard and Generate New Bill", is possible."""
        return self.is_open and not self.problem and not (self.head and self.head.is_approved)

    @property
    def can_be_printed(self) -> bool:
        """Whether Print Bill is enabled: the approved bill's own PDF, or a complete draft."""
        if self.head is None:
            return False
        return self.paper == PaperState.READY if self.head.is_approved else self.is_ready

    def can_be_approved_by(self, person: Person) -> bool:
        """Whether this person may approve it now, as far as the bill goes."""
        if self.head is None or self.content is None or not self.head.is_draft:
            return False
        needs_other = (self.fresh or self.content).needs_other_than(
            person.pk, made_by=self.head.made_by_id, above=self.two_people_from
        )
        return self.is_ready and not needs_other


def get_final_bill(case: Case, *, on: date) -> FinalBillView:
    """The final bill of a request on a day in the utility's zone."""
    bill = find_live_bill(case.pk)
    drafts = _drafts_of(bill) if bill else []
    is_approved = bill is not None and bill.state == InvoiceState.APPROVED
    fresh, problem, services = _fresh(case, on)
    reasons = _reasons(case.pk)
    content = drafts[0].with_reasons(reasons) if drafts else None
    is_stale = bool(bill and not is_approved and fresh and fresh.digest != bill.inputs_hash)
    now = fresh.content if fresh and not is_approved else None
    return FinalBillView(
        head=_head(bill) if bill else None,
        content=content,
        fresh=now,
        is_stale=is_stale,
        since=what_changed(content, now) if is_stale and content and now else (),
        changes=(
            what_changed(drafts[1].with_reasons(reasons), content)
            if content and len(drafts) > 1
            else ()
        ),
        missing=fresh.missing if fresh and not is_approved else (),
        problem="" if is_approved else problem,
        meters=tuple(
            MeterLine(each, _entered(fresh, each.service_connection)) for each in services
        ),
        credit_notes=credit_notes_of(case.pk),
        past=_past(case.pk),
        paper=paper_state(bill) if bill else PaperState.NONE,
        is_open=may_be_settled(case),
        two_people_from=get_policy().two_people_from,
    )


def get_meters(case: int) -> tuple[MeterLine, ...]:
    """The services of a request with their meters and what was entered; six statements."""
    terms = terms_of(case)
    if terms is None:
        return ()
    entered = {each.service_connection: each for each in entered_readings(case)}
    services = services_of(case, terms)
    return tuple(MeterLine(each, entered.get(each.service_connection)) for each in services)


def _fresh(case: Case, on: date) -> tuple[BillInputs | None, str, tuple[ServiceFacts, ...]]:
    terms = terms_of(case.pk)
    if terms is None or not terms.services:
        return None, "This request has no service to bill", ()
    services = services_of(case.pk, terms)
    try:
        return gather(case, terms, on=on), "", services
    except NoTariff as lack:
        sentence = f"No tariff is valid for these services on {shown_date(lack.on)}"
        return None, sentence, services


def _entered(inputs: BillInputs | None, service: int) -> EnteredReading | None:
    found = inputs.readings if inputs else ()
    return next((each for each in found if each.service_connection == service), None)


def _drafts_of(bill: Invoice) -> list[BillContent]:
    """What the newest draft says, and the one before it; an approved bill is its last draft."""
    kept = BillDraft.objects.filter(invoice=bill, version__lte=bill.version).order_by("-version")
    return [from_json(content) for content in kept.values_list("content", flat=True)[:2]]


def _reasons(case: int) -> dict[int, str]:
    """Reasons of all adjustments of a request, removed ones too."""
    return dict(BillAdjustment.objects.filter(case=case).values_list("pk", "reason"))


def _head(bill: Invoice) -> BillHead:
    return BillHead(
        id=bill.pk,
        number=str(bill),
        state=bill.state,
        version=bill.version,
        made_at=bill.made_at,
        made_by=bill.made_by.full_name if bill.made_by else "",
        made_by_id=bill.made_by_id,
        approved_at=bill.approved_at,
        approved_by=bill.approved_by.full_name if bill.approved_by else "",
        issued_on=bill.issued_on,
        due_on=bill.due_on,
        inputs_hash=bill.inputs_hash,
        pdf=str(bill.pdf_id or ""),
        sha256=bill.pdf.sha256 if bill.pdf else "",
    )


def credit_notes_of(case: int) -> tuple[CreditNoteLine, ...]:
    """The credit notes for bills of a request, newest first; one statement."""
    return _credit_notes(CreditNote.objects.filter(invoice__case=case))


def credit_notes_for(bill: Invoice) -> tuple[CreditNoteLine, ...]:
    """The credit notes for one bill, newest first; one statement."""
    return _credit_notes(CreditNote.objects.filter(invoice=bill))


def _credit_notes(notes: QuerySet[CreditNote]) -> tuple[CreditNoteLine, ...]:
    rows = notes.select_related("invoice", "proposed_by", "decided_by").order_by("-pk")
    return tuple(
        CreditNoteLine(
            id=row.pk,
            number=row.number,
            invoice=str(row.invoice),
            state=row.state,
            reason=row.reason,
            proposed_by=row.proposed_by.full_name,
            proposed_by_id=row.proposed_by_id,
            proposed_at=row.proposed_at,
            decided_by=row.decided_by.full_name if row.decided_by else "",
            decided_at=row.decided_at,
        )
        for row in rows
    )


def _past(case: int) -> tuple[PastBill, ...]:
    rows = Invoice.objects.filter(case=case).order_by("-number")
    gone = rows.filter(state=InvoiceState.VOID) | rows.filter(taken_back_at__isnull=False)
    return tuple(
        PastBill(str(row), row.state, row.billed, row.taken_back_at, str(row.pdf_id or ""))
        for row in gone
    )


# ------------------------------------------------------------------ paper and e-mail
@dataclass(frozen=True)
class BillPaper:
    """A bill as its PDF tells it. It goes to the consumer: nothing in it is internal.

    ``request``  the number of the request that a final bill belongs to; empty of a regular one
    """

    number: str
    is_final: bool
    is_draft: bool
    content: BillContent
    issued_on: date | None
    due_on: date | None
    request: str
    name: str
    account_number: str
    billing_address: str
    service_address: str
    category: str
    deposit_on: date | None


def what_it_says(bill: Invoice) -> BillContent:
    """The content of a final bill as its last draft had it, of a regular one by its lines."""
    if bill.kind == InvoiceKind.REGULAR:
        return content_of(bill)
    assert bill.case_id is not None  # a_final_bill_belongs_to_a_request
    return _drafts_of(bill)[0].with_reasons(_reasons(bill.case_id))


def bill_paper(invoice: int) -> BillPaper:
    """What the PDF of an issued invoice, of a draft or of an approved bill says."""
    bill = Invoice.objects.select_related("case", "consumer__category").get(pk=invoice)
    consumer = bill.consumer
    places = consumer.connections.order_by("pk").values_list("premise__address", flat=True)
    received = consumer.deposits.order_by("received_on").values_list("received_on", flat=True)
    address = places.first() or ""
    return BillPaper(
        number=str(bill),
        is_final=bill.kind == InvoiceKind.FINAL,
        is_draft=bill.state == InvoiceState.DRAFT,
        content=what_it_says(bill),
        issued_on=bill.issued_on,
        due_on=bill.due_on,
        request=bill.case.number if bill.case else "",
        name=consumer.name,
        account_number=consumer.account_number,
        billing_address=consumer.billing_address or address,
        service_address=address,
        category=consumer.category.name,
        deposit_on=received.first(),
    )


def has_paper(invoice: int) -> bool:
    """Whether the PDF of a bill is there already."""
    return Invoice.objects.filter(pk=invoice, pdf__isnull=False).exists()


def paper_key(number: str) -> str:
    """Under which the making of a bill's PDF is owed."""
    return f"bill-paper:{number}"


def paper_state(bill: Invoice) -> PaperState:
    """Whether the PDF is there, will be, could not be made, or is none; a draft has none.

    That of an approved bill is always owed, that of a regular invoice once somebody asked for it.
    """
    if bill.pdf_id is not None:
        return PaperState.READY
    if bill.state not in SEALED:
        return PaperState.NONE
    owed = OwedWork.objects.filter(dedupe_key=paper_key(str(bill)))
    state = owed.values_list("state", flat=True).first()
    if state == OwedState.FAILED:
        return PaperState.FAILED
    is_asked = state is not None or bill.state == InvoiceState.APPROVED
    return PaperState.BEING_MADE if is_asked else PaperState.NONE


def sent_key(number: int) -> str:
    """Under which a bill's e-mail is said, once."""
    return f"{BILL_SENT}:{number}"


def bill_sent_under(dedupe_key: str) -> Invoice | None:
    """The bill whose e-mail was said under this key."""
    code, _, number = dedupe_key.partition(":")
    if code != BILL_SENT or not number.isdecimal():
        return None
    return Invoice.objects.select_related("pdf").filter(number=int(number)).first()
