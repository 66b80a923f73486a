"""What goes with an e-mail about money."""

from billing.queries.final_bills import bill_sent_under
from smart360.comms.ports import Enclosure, NotReady
from smart360.documents.access import plain_name, read


def enclosed_bill(dedupe_key: str) -> Enclosure:
    """The PDF that goes with a final bill's e-mail: the stored one, always the same bytes.

    Raises NotReady until a worker has made it, and UnableToOpen when it cannot be read.
    """
    bill = bill_sent_under(dedupe_key)
    if bill is None or bill.pdf is None:
        raise NotReady(f"the bill of {dedupe_key} has no PDF yet")
    name = plain_name(bill.pdf.title)
    return Enclosure(f"{name}.pdf", "application/pdf", read(bill.pdf))
