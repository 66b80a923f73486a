"""One invoice: what it charges line by line, and whether it is the newest of its services."""

from django.db.models import Exists, OuterRef, Prefetch

from billing.choices import LineKind, ReadingBasis
from billing.models import Invoice, InvoiceLine, InvoiceSection
from billing.models.invoices import SEALED
from billing.rules.final_bills import BillContent, BillLine, BillSection


def later_bill(bill: Invoice) -> Invoice | None:
    """The newest bill that goes on, for one of its services, where this one ends; one statement."""
    before = InvoiceSection.objects.filter(
        invoice=bill,
        service_connection=OuterRef("service_connection"),
        to_on__lt=OuterRef("to_on"),
    )
    later = (
        InvoiceSection.objects.filter(
            Exists(before),
            invoice__consumer=bill.consumer_id,
            invoice__state__in=SEALED,
            invoice__taken_back_at__isnull=True,
        )
        .exclude(invoice=bill)
        .select_related("invoice")
        .order_by("-to_on", "-invoice")
        .first()
    )
    return later.invoice if later else None


# ------------------------------------------------------------------ what it says
def content_of(bill: Invoice) -> BillContent:
    """What a regular invoice charges, read from its sections and lines; two statements."""
    sections = bill.sections.select_related("tariff").prefetch_related(
        Prefetch("lines", queryset=InvoiceLine.objects.order_by("position"))
    )
    return BillContent(
        period_from=bill.period_from,
        period_to=bill.period_to,
        sections=tuple(_section(each) for each in sections.order_by("pk")),
        adjustments=(),
        outstanding=bill.outstanding,
        deposit=bill.deposit,
        uses_deposit=bill.uses_deposit,
    )


def _section(row: InvoiceSection) -> BillSection:
    return BillSection(
        service_connection=row.service_connection_id,
        utility_type=row.utility_type,
        tariff=row.tariff_id,
        tariff_name=row.tariff.name,
        from_on=row.from_on,
        to_on=row.to_on,
        meter=row.meter_id,
        meter_number=row.meter_number,
        device_number=row.device_number,
        meter_type=row.meter_type,
        unit=row.unit,
        basis=ReadingBasis(row.basis),
        previous_reading=row.previous_reading,
        previous_on=row.previous_on,
        last_reading=row.last_reading,
        read_on=row.read_on,
        consumption=row.consumption,
        lines=tuple(
            BillLine(
                kind=LineKind(line.kind),
                words=line.words,
                quantity=line.quantity,
                of=line.of,
                rate=line.rate,
                amount=line.amount,
            )
            for line in row.lines.all()
        ),
    )
