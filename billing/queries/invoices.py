"""One invoice: what it charges line by line, what is unpaid of it, and whether it is the newest."""

from django.db.models import Exists, OuterRef

from billing.models import Invoice, InvoiceSection
from billing.models.invoices import SEALED


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
