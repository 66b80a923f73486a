"""Queries that must return no row: behind what was posted stands a paper, and they say the same."""

from smart360.kernel.oracle import Oracle, rows_of

CHARGED_WITHOUT = """
SELECT t.reference, t.id FROM billing_ledgertransaction t
  LEFT JOIN billing_invoice i ON i.posting_id = t.id
 WHERE t.kind IN ('INVOICE', 'FINAL_BILL', 'FINAL_ADJUSTMENT') AND i.id IS NULL
"""
# A deposit that was received stays received: what goes back of it is a refund.
RECEIVED_OTHERWISE = """
SELECT t.reference FROM billing_ledgertransaction t
  LEFT JOIN billing_depositreceipt r ON r.posting_id = t.id
  LEFT JOIN billing_ledgertransaction back ON back.reverses_id = t.id
  LEFT JOIN (SELECT e.transaction_id, -sum(e.amount) AS amount
               FROM billing_ledgerentry e
               JOIN billing_ledgeraccount a ON a.id = e.account_id AND a.kind = 'DEPOSIT_HELD'
              GROUP BY 1) held ON held.transaction_id = t.id
 WHERE t.kind = 'DEPOSIT_RECEIVED' AND (
       r.id IS NULL OR back.id IS NOT NULL OR r.consumer_id <> t.consumer_id
       OR r.amount IS DISTINCT FROM held.amount)
UNION ALL
SELECT 'receipt ' || r.id FROM billing_depositreceipt r
  JOIN billing_ledgertransaction t ON t.id = r.posting_id
 WHERE t.kind <> 'DEPOSIT_RECEIVED'
"""
# Payments, bills and uses of deposits have oracles of their own that ask who took them back.
TAKEN_BACK_BY_NOBODY = """
SELECT t.id, was.kind FROM billing_ledgertransaction t
  JOIN billing_ledgertransaction was ON was.id = t.reverses_id
 WHERE was.kind IN ('REVERSAL', 'REFUND', 'DEPOSIT_REFUNDED', 'DEPOSIT_INTEREST')
"""
NOT_MIRRORED = """
SELECT n.number FROM billing_creditnote n JOIN billing_invoice i ON i.id = n.invoice_id
  LEFT JOIN billing_ledgertransaction t ON t.id = n.posting_id
 WHERE n.decided_by_id = n.proposed_by_id
    OR (n.state = 'APPROVED' AND t.reverses_id IS DISTINCT FROM i.posting_id)
"""
UNLIKE_THE_LINES_OF_THE_DRAFT = """
SELECT i.number FROM billing_invoice i
  JOIN billing_billdraft d ON d.invoice_id = i.id AND d.version = i.version
 WHERE i.kind = 'FINAL' AND i.state = 'APPROVED' AND i.billed <> (
       SELECT coalesce(sum((line ->> 'amount')::numeric), 0)
         FROM jsonb_array_elements(d.content -> 'sections') section,
              jsonb_array_elements(section -> 'lines') line) + (
       SELECT coalesce(sum((added ->> 'amount')::numeric), 0)
         FROM jsonb_array_elements(d.content -> 'adjustments') added)
"""
# A consumer's postings are made one after the other: who posts holds the consumer's row.
OF_ANOTHER_DEPOSIT = """
SELECT i.number FROM billing_invoice i
 WHERE i.state IN ('ISSUED', 'APPROVED') AND i.posting_id IS NOT NULL AND i.deposit <> (
       SELECT coalesce(-sum(e.amount), 0) FROM billing_ledgeraccount a
         JOIN billing_ledgerentry e ON e.account_id = a.id
        WHERE a.consumer_id = i.consumer_id AND a.kind = 'DEPOSIT_HELD'
          AND e.transaction_id < i.posting_id)
"""
# PostgreSQL rounds a numeric half away from zero, which is the one rule of bills.
UNLIKE_ITS_ARITHMETIC = """
SELECT i.number, l.position FROM billing_invoiceline l
  JOIN billing_invoicesection s ON s.id = l.section_id JOIN billing_invoice i ON i.id = s.invoice_id
 WHERE l.rate IS NOT NULL AND l.amount <> round(CASE l.kind
       WHEN 'FIXED' THEN l.rate * l.quantity / l.of
       WHEN 'TAX' THEN l.of * l.rate / 100
       ELSE l.quantity * l.rate END, 2)
"""
REFUNDED_ELSEWHERE = """
SELECT r.number FROM billing_refund r
 WHERE r.state = 'APPROVED' AND r.amount IS DISTINCT FROM (
       SELECT sum(e.amount) FROM billing_ledgerentry e
         JOIN billing_ledgeraccount a ON a.id = e.account_id
        WHERE e.transaction_id = r.posting_id AND a.consumer_id = r.consumer_id
          AND a.kind = CASE r.source WHEN 'CREDIT' THEN 'RECEIVABLE' ELSE 'DEPOSIT_HELD' END)
"""
# Limits change; above the highest that there ever was, no one person decides.
DECIDED_ALONE = """
WITH ever AS (
    SELECT max(refund_two_people_from) AS of_refunds, max(two_people_from) AS of_bills FROM (
         SELECT refund_two_people_from, two_people_from FROM billing_billingpolicy
          UNION ALL
         SELECT refund_two_people_from, two_people_from FROM billing_billingpolicyevent) said)
SELECT r.number FROM billing_refund r, ever
 WHERE r.decided_by_id = r.proposed_by_id AND r.amount > ever.of_refunds
UNION ALL
SELECT 'INV-' || i.number FROM billing_invoice i, ever
 WHERE i.state = 'APPROVED' AND i.approved_by_id = i.made_by_id AND abs(i.billed) > ever.of_bills
"""
ANSWERED_FOR_ANOTHER = """
SELECT p.number FROM billing_intakeanswer a JOIN billing_payment p ON p.id = a.payment_id
 WHERE p.source <> 'GATEWAY' OR a.answer ->> 'number' IS DISTINCT FROM p.number
UNION ALL
SELECT min(p.number) FROM billing_intakeanswer a JOIN billing_payment p ON p.id = a.payment_id
 WHERE a.status = 201 GROUP BY p.id HAVING count(*) > 1
"""


def charges_without_their_invoice() -> list[str]:
    """M4: nobody owes for an invoice that there is not."""
    return rows_of(CHARGED_WITHOUT, words="{}, posting {}")


def deposits_that_differ_from_the_ledger() -> list[str]:
    """M7: each deposit that was posted has its receipt, over the same sum, and stays received."""
    return rows_of(RECEIVED_OTHERWISE)


def reversals_of_what_stays() -> list[str]:
    """M2: a reversal is not reversed, and money that left the bank is not called back."""
    return rows_of(TAKEN_BACK_BY_NOBODY, words="posting {} of a {}")


def credit_notes_without_their_mirror() -> list[str]:
    """M8: a credit note was decided by a second person and mirrors its invoice's posting."""
    return rows_of(NOT_MIRRORED)


def bills_unlike_the_lines_of_their_draft() -> list[str]:
    """M8: what an approved bill charges is what the lines of its last draft add up to."""
    return rows_of(UNLIKE_THE_LINES_OF_THE_DRAFT)


def bills_of_another_deposit() -> list[str]:
    """M7: the deposit that an invoice names is what was held at its posting."""
    return rows_of(OF_ANOTHER_DEPOSIT)


def lines_unlike_their_arithmetic() -> list[str]:
    """M12: each line is its own arithmetic, rounded half up to cents, once."""
    return rows_of(UNLIKE_ITS_ARITHMETIC, words="INV-{} line {}")


def refunds_out_of_another_account() -> list[str]:
    """M15: a refund took from what it says, the credit or the deposit of its consumer."""
    return rows_of(REFUNDED_ELSEWHERE)


def large_sums_decided_alone() -> list[str]:
    """X6: a refund or a final bill above every limit that ever was took two people."""
    return rows_of(DECIDED_ALONE)


def answers_for_other_payments() -> list[str]:
    """M13: a gateway was answered for the payment that it told of, and that was made once."""
    return rows_of(ANSWERED_FOR_ANOTHER)


ORACLES: tuple[Oracle, ...] = (
    Oracle("M4", "a charge without its invoice", charges_without_their_invoice),
    Oracle("M7", "a deposit without its receipt", deposits_that_differ_from_the_ledger),
    Oracle("M2", "a reversal that nothing stands behind", reversals_of_what_stays),
    Oracle("M8", "a credit note that mirrors nothing", credit_notes_without_their_mirror),
    Oracle("M8", "a bill of another sum than its draft", bills_unlike_the_lines_of_their_draft),
    Oracle("M7", "a bill that names another deposit", bills_of_another_deposit),
    Oracle("M12", "a line that is not its arithmetic", lines_unlike_their_arithmetic),
    Oracle("M15", "a refund out of another account", refunds_out_of_another_account),
    Oracle("X6", "a large sum that one person decided", large_sums_decided_alone),
    Oracle("M13", "an answer for another payment", answers_for_other_payments),
)
