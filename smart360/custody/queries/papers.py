"""Papers of a consumer that a worker still owes: an erasure waits for each of them (R8).

A receipt or a report would never be made afterwards, as the account takes no line any more, and
would stand for ever as work that failed; a bill, which is kept for the legal period, would be
missing, or be made out to nobody. A statement is asked for beside messages, in ``erasing``.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection

from smart360.owed.choices import OwedState

MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Paper:
    """One kind of owed papers: its handlers, what it is called, and whose rows want it.

    ``wanted`` gives the key under which each is owed, and its number.
    """

    kinds: tuple[str, ...]
    words: str
    wanted: str


_CASES = """
SELECT 'receipt:' || number, number FROM cases_case WHERE consumer_id = %(consumer)s
"""
_PAYMENTS = """
SELECT 'payment-receipt:' || number, number FROM billing_payment WHERE consumer_id = %(consumer)s
"""
_REPORTS = """
SELECT 'service-order-report:' || number, number FROM fieldwork_serviceorder
 WHERE consumer_id = %(consumer)s
"""
_BILLS = """
SELECT 'bill-paper:' || shown, shown FROM billing_invoice i
 CROSS JOIN LATERAL (
       SELECT 'INV-' || lpad(i.number::text, greatest(6, length(i.number::text)), '0')
     ) AS named (shown)
 WHERE i.consumer_id = %(consumer)s
"""
PAPERS: tuple[Paper, ...] = (
    Paper(("disconnections.receipt", "complaints.receipt"), "receipt", _CASES),
    Paper(("billing.payment_receipt",), "receipt", _PAYMENTS),
    Paper(("fieldwork.report",), "report", _REPORTS),
    Paper(("billing.final_bill", "billing.invoice"), "bill", _BILLS),
)
ASKED_ELSEWHERE = {
    "billing.statement": "a statement is in the way of a merge, too: erasing.what_waits",
    "custody.make_export": "an export that is being made ends with the erasure",
}
"""What else workers make on paper, and why it is not asked for here."""

_WANTED = "\n UNION ALL ".join(
    f"SELECT '{paper.words}', w.key, w.number FROM ({paper.wanted}) AS w (key, number)"  # noqa: S608  (put together from our own words)
    for paper in PAPERS
)
OWED = f"""
SELECT w.words, w.number, o.state
  FROM ({_WANTED}) AS w (words, key, number)
  JOIN owed_owedwork o ON o.dedupe_key = w.key AND o.state <> '{OwedState.DONE}'
 ORDER BY o.id LIMIT {MOST_NAMED}
"""  # noqa: S608  (put together from our own words)


def papers_owed(consumer: int) -> Iterator[str]:
    """In a sentence each, the papers that are still made or could not be; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(OWED, {"consumer": consumer})
        for words, number, state in cursor.fetchall():
            if state == OwedState.FAILED:
                yield f"The {words} {number} could not be made. Let it be made again first."
            else:
                yield f"The {words} {number} is being made. Wait until it is there."
