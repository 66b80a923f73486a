"""Queries on final bills that must return no row (M4 to M8, M10, M11, M14, M16)."""

from billing.choices import AFTER_THE_FREEZE
from smart360.kernel.oracle import Oracle, rows_of

ALLOWED = ", ".join(f"'{kind.value}'" for kind in AFTER_THE_FREEZE)

# What payments took off a balance is what successful payments say, and nothing else.
PAID_OTHERWISE = """
WITH posted AS (
    SELECT t.consumer_id, sum(e.amount) AS amount
      FROM billing_ledgertransaction t
      JOIN billing_ledgerentry e ON e.transaction_id = t.id
      JOIN billing_ledgeraccount a ON a.id = e.account_id AND a.kind = 'RECEIVABLE'
      LEFT JOIN billing_ledgertransaction r ON r.reverses_id = t.id
     WHERE t.kind = 'PAYMENT' AND r.id IS NULL GROUP BY 1
), told AS (
    SELECT consumer_id, sum(amount) AS amount FROM billing_payment
     WHERE state = 'PROCESSED' AND reversed_at IS NULL GROUP BY 1
)
SELECT coalesce(p.consumer_id, t.consumer_id) FROM posted p
  FULL JOIN told t ON t.consumer_id = p.consumer_id
 WHERE coalesce(p.amount, 0) <> -coalesce(t.amount, 0)
"""

UNLIKE_THE_IDENTITY = """
SELECT number FROM billing_invoice
 WHERE state = 'APPROVED'
   AND (due - refund_due <> billed + outstanding
                            - CASE WHEN uses_deposit THEN deposit ELSE 0 END
        OR due < 0 OR refund_due < 0 OR (due > 0 AND refund_due > 0)
        OR applied < 0 OR applied > deposit OR (NOT uses_deposit AND applied <> 0))
"""

UNLIKE_THE_SUMS = """
SELECT number FROM billing_invoice
 WHERE due <> greatest(0, billed + outstanding - applied)
    OR refund_due <> greatest(
       0, CASE WHEN uses_deposit THEN deposit ELSE 0 END - billed - outstanding)
"""

DEPOSIT_OTHERWISE = """
SELECT i.number FROM billing_invoice i
  LEFT JOIN billing_deposituse u ON u.invoice_id = i.id
  LEFT JOIN billing_ledgertransaction t ON t.id = u.posting_id
  LEFT JOIN billing_ledgertransaction r ON r.reverses_id = t.id
 WHERE (i.state = 'APPROVED' AND i.applied > 0) <> (u.invoice_id IS NOT NULL)
    OR (u.invoice_id IS NOT NULL AND (i.taken_back_at IS NOT NULL) <> (r.id IS NOT NULL))
    OR (t.id IS NOT NULL AND (t.kind <> 'DEPOSIT_APPLIED' OR i.applied IS DISTINCT FROM (
        SELECT sum(e.amount) FROM billing_ledgerentry e
          JOIN billing_ledgeraccount a ON a.id = e.account_id
         WHERE e.transaction_id = t.id AND a.kind = 'DEPOSIT_HELD'
           AND a.consumer_id = i.consumer_id)))
"""

APPLIED_WITHOUT_BILL = """
SELECT t.id FROM billing_ledgertransaction t
  LEFT JOIN billing_deposituse u ON u.posting_id = t.id
 WHERE t.kind = 'DEPOSIT_APPLIED' AND u.invoice_id IS NULL
"""

UNLIKE_THE_DRAFT = """
SELECT i.number FROM billing_invoice i
  LEFT JOIN billing_billdraft d ON d.invoice_id = i.id AND d.version = i.version
 WHERE i.kind = 'FINAL' AND i.state = 'APPROVED'
   AND (d.id IS NULL
        OR (d.content ->> 'outstanding')::numeric <> i.outstanding
        OR (d.content ->> 'deposit')::numeric <> i.deposit
        OR (d.content ->> 'uses_deposit')::boolean <> i.uses_deposit
        OR (d.content ->> 'period_to')::date <> i.period_to
        OR jsonb_array_length(d.content -> 'sections')
           <> (SELECT count(*) FROM billing_invoicesection s WHERE s.invoice_id = i.id))
"""

TAKEN_BACK_OTHERWISE = """
SELECT i.number FROM billing_invoice i
  LEFT JOIN billing_creditnote n ON n.invoice_id = i.id AND n.state = 'APPROVED'
  LEFT JOIN billing_ledgertransaction r ON r.reverses_id = i.posting_id
 WHERE (i.taken_back_at IS NOT NULL) <> (n.id IS NOT NULL)
    OR (n.id IS NOT NULL AND n.posting_id IS DISTINCT FROM r.id)
    OR (i.taken_back_at IS NULL AND r.id IS NOT NULL)
"""

TWO_LIVE = """
SELECT c.number, count(*) FROM billing_invoice i JOIN cases_case c ON c.id = i.case_id
 WHERE i.state IN ('DRAFT', 'APPROVED') AND i.taken_back_at IS NULL
 GROUP BY c.number HAVING count(*) > 1
"""

DRAFT_OF_THE_CLOSED = """
SELECT i.number FROM billing_invoice i JOIN cases_case c ON c.id = i.case_id
 WHERE i.state = 'DRAFT' AND c.status IN ('CLOSED', 'REJECTED')
"""

# A consumer's postings are made one after the other: who posts holds the consumer's row.
OWED_OTHERWISE = """
SELECT i.number FROM billing_invoice i
 WHERE i.kind = 'FINAL' AND i.state = 'APPROVED' AND i.posting_id IS NOT NULL
   AND i.outstanding <> (
       SELECT coalesce(sum(e.amount), 0) FROM billing_ledgeraccount a
         JOIN billing_ledgerentry e ON e.account_id = a.id
        WHERE a.consumer_id = i.consumer_id AND a.kind = 'RECEIVABLE'
          AND e.transaction_id < i.posting_id)
"""

AFTER_FREEZING = f"""
SELECT t.reference, s.id FROM consumers_serviceconnection s
  JOIN billing_ledgertransaction t ON t.consumer_id = s.consumer_id
   AND t.posted_at > s.billing_frozen_at
  JOIN billing_ledgerentry e ON e.transaction_id = t.id AND e.service_connection_id = s.id
 WHERE t.kind NOT IN ({ALLOWED})
"""  # noqa: S608  (put together from our own words)

UNOWED_PAPER = """
SELECT i.number FROM billing_invoice i
 WHERE i.kind = 'FINAL' AND i.state = 'APPROVED' AND i.pdf_id IS NULL AND NOT EXISTS (
       SELECT 1 FROM owed_owedwork w
        WHERE w.kind = 'billing.final_bill' AND w.state <> 'DONE'
          AND (w.about ->> 'invoice')::bigint = i.id)
"""

PAPER_OTHERWISE = """
SELECT i.number FROM billing_invoice i JOIN documents_storedfile f ON f.id = i.pdf_id
  LEFT JOIN trail_entry e ON e.kind = 'DOCUMENT_MADE' AND e.case_id = i.case_id
   AND e.new ->> 'sha256' = f.sha256
 WHERE i.kind = 'FINAL' AND e.id IS NULL
"""


def balances_paid_otherwise() -> list[str]:
    """M4: what payments took off what is owed is the sum of those that came and stayed."""
    return rows_of(PAID_OTHERWISE, words="consumer {}")


def bills_unlike_the_identity() -> list[str]:
    """M5: due − refund = billed + outstanding − deposit; neither below zero, never both."""
    return rows_of(UNLIKE_THE_IDENTITY)


def bills_unlike_their_sums() -> list[str]:
    """M6: due and refund follow from what the bill says."""
    return rows_of(UNLIKE_THE_SUMS)


def deposits_used_otherwise() -> list[str]:
    """M7: a bill uses a deposit once, by what it says, and gives it back when taken back."""
    return rows_of(DEPOSIT_OTHERWISE)


def deposits_used_without_a_bill() -> list[str]:
    """M7: no deposit is applied but to a bill."""
    return rows_of(APPLIED_WITHOUT_BILL, words="posting {}")


def bills_unlike_their_draft() -> list[str]:
    """M8: an approved bill says what its last draft said."""
    return rows_of(UNLIKE_THE_DRAFT)


def bills_taken_back_otherwise() -> list[str]:
    """M8: a bill is taken back by its credit note, which mirrors its posting, and by nothing."""
    return rows_of(TAKEN_BACK_OTHERWISE)


def requests_with_two_bills() -> list[str]:
    """M10: a request has at most one live final bill."""
    return rows_of(TWO_LIVE, words="{} has {}")


def drafts_of_closed_requests() -> list[str]:
    """BIL4: a request that ended without its bill leaves it void."""
    return rows_of(DRAFT_OF_THE_CLOSED)


def bills_of_another_balance() -> list[str]:
    """M11: a bill was approved with what was owed at that moment."""
    return rows_of(OWED_OTHERWISE)


def postings_after_the_freeze() -> list[str]:
    """M14: nothing but settling is posted to a service whose billing is frozen."""
    return rows_of(AFTER_FREEZING, words="{} at service {}")


def bills_without_paper() -> list[str]:
    """M16: each approved bill has its PDF, or a worker owes it (or gave up visibly)."""
    return rows_of(UNOWED_PAPER)


def papers_that_were_exchanged() -> list[str]:
    """M16: the stored PDF is the one whose digest stands on the timeline."""
    return rows_of(PAPER_OTHERWISE)


ORACLES: tuple[Oracle, ...] = (
    Oracle("M4", "a balance that payments do not explain", balances_paid_otherwise),
    Oracle("M5", "a bill whose figures are at odds", bills_unlike_the_identity),
    Oracle("M6", "a bill whose due does not follow", bills_unlike_their_sums),
    Oracle("M7", "a deposit that is otherwise used", deposits_used_otherwise),
    Oracle("M7", "a deposit applied without a bill", deposits_used_without_a_bill),
    Oracle("M8", "an approved bill unlike its last draft", bills_unlike_their_draft),
    Oracle("M8", "a bill taken back without its credit note", bills_taken_back_otherwise),
    Oracle("M10", "a request with two live bills", requests_with_two_bills),
    Oracle("M10", "a draft of a request that was closed", drafts_of_closed_requests),
    Oracle("M11", "a bill approved on another balance", bills_of_another_balance),
    Oracle("M14", "a charge to a service that is frozen", postings_after_the_freeze),
    Oracle("M16", "a bill whose PDF nobody owes", bills_without_paper),
    Oracle("M16", "a PDF that is not the one that was made", papers_that_were_exchanged),
)
