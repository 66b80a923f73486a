"""Queries on payments and refunds that must return no row."""

from smart360.kernel.oracle import Oracle, rows_of

RECORDED_TWICE = """
SELECT source, min(id), count(*) FROM billing_payment
 WHERE reference <> '' GROUP BY source, reference HAVING count(*) > 1
"""
KEYS_WITHOUT_RESULT = """
SELECT k.id FROM web_formkey k
  LEFT JOIN billing_payment p ON p.number = k.result AND p.recorded_by_id = k.person_id
 WHERE k.act = 'billing.record_payment' AND p.id IS NULL
UNION ALL
SELECT min(id) FROM web_formkey
 WHERE act = 'billing.record_payment' GROUP BY result HAVING count(*) > 1
"""
# What a payment did to what is owed, and whether it was taken back, as the ledger has it.
OTHERWISE_POSTED = """
SELECT p.number FROM billing_payment p
  LEFT JOIN billing_ledgertransaction t ON t.id = p.posting_id
  LEFT JOIN billing_ledgertransaction back ON back.reverses_id = t.id
 WHERE (p.state = 'PROCESSED') <> (t.id IS NOT NULL)
    OR (p.reversed_at IS NOT NULL) <> (back.id IS NOT NULL)
    OR t.id IS NOT NULL AND (
       (t.kind, t.consumer_id) IS DISTINCT FROM ('PAYMENT'::varchar, p.consumer_id)
       OR (SELECT sum(e.amount) FROM billing_ledgerentry e
             JOIN billing_ledgeraccount a ON a.id = e.account_id
            WHERE e.transaction_id = t.id AND a.kind = 'RECEIVABLE') IS DISTINCT FROM -p.amount)
UNION ALL
SELECT 'posting ' || t.id FROM billing_ledgertransaction t
  LEFT JOIN billing_payment p ON p.posting_id = t.id
 WHERE t.kind = 'PAYMENT' AND p.id IS NULL
"""
DECIDED_BY_ONE = """
SELECT r.number FROM billing_refund r
 WHERE r.needs_second_person AND r.decided_by_id = r.proposed_by_id
"""
REFUNDED_OTHERWISE = """
SELECT r.number FROM billing_refund r
  LEFT JOIN billing_ledgertransaction t ON t.id = r.posting_id
 WHERE (r.state = 'APPROVED') <> (t.id IS NOT NULL)
    OR t.id IS NOT NULL AND (
       (t.kind, t.consumer_id) IS DISTINCT FROM (
           CASE r.source WHEN 'CREDIT' THEN 'REFUND' ELSE 'DEPOSIT_REFUNDED' END::varchar,
           r.consumer_id)
       OR (SELECT sum(e.amount) FROM billing_ledgerentry e
             JOIN billing_ledgeraccount a ON a.id = e.account_id
            WHERE e.transaction_id = t.id AND a.kind = 'CASH') IS DISTINCT FROM -r.amount)
UNION ALL
SELECT 'posting ' || t.id FROM billing_ledgertransaction t
  LEFT JOIN billing_refund r ON r.posting_id = t.id
 WHERE t.kind IN ('REFUND', 'DEPOSIT_REFUNDED') AND r.id IS NULL
"""
# What was decided of a reversal: by another person, and once, as the payment says.
REVERSED_OTHERWISE = """
SELECT r.number FROM billing_reversal r
  JOIN billing_payment p ON p.id = r.payment_id
  LEFT JOIN billing_ledgertransaction t ON t.id = r.posting_id
 WHERE r.decided_by_id = r.proposed_by_id
    OR (r.state = 'APPROVED') <> (t.id IS NOT NULL)
    OR r.state = 'APPROVED' AND (
       (t.reverses_id, r.decided_by_id, r.decided_at)
       IS DISTINCT FROM (p.posting_id, p.reversed_by_id, p.reversed_at)
       OR p.reversed_by_id = p.recorded_by_id)
"""
# The balance as it stood right after each refund: above zero, more was given back than there was.
BEYOND_THE_CREDIT = """
SELECT r.number FROM billing_refund r
  JOIN billing_ledgerentry given ON given.transaction_id = r.posting_id
  JOIN billing_ledgeraccount a ON a.id = given.account_id AND a.kind = 'RECEIVABLE'
 WHERE r.source = 'CREDIT'
   AND (SELECT sum(e.amount) FROM billing_ledgerentry e
         WHERE e.account_id = a.id AND e.id <= given.id) > 0
"""


def payments_recorded_twice() -> list[str]:
    """M13: one payment for each reference of a source."""
    return rows_of(RECORDED_TWICE, words="{} payment {} is there {} times")


def form_keys_without_their_payment() -> list[str]:
    """M13: a submitted form names the one payment that it made, and no two forms the same one."""
    return rows_of(KEYS_WITHOUT_RESULT, words="form key {}")


def payments_that_differ_from_the_ledger() -> list[str]:
    """M17: only what has come, and was not taken back, stands in the ledger as paid."""
    return rows_of(OTHERWISE_POSTED)


def reversals_that_differ_from_their_payment() -> list[str]:
    """M2: an approved reversal took its payment back, and was approved by a second person."""
    return rows_of(REVERSED_OTHERWISE)


def refunds_that_one_person_decided() -> list[str]:
    """M15: who proposed a large refund did not decide it."""
    return rows_of(DECIDED_BY_ONE)


def refunds_that_differ_from_the_ledger() -> list[str]:
    """M15: an approved refund left the bank once, as it was approved."""
    return rows_of(REFUNDED_OTHERWISE)


def refunds_beyond_the_credit() -> list[str]:
    """M15: no refund was more than the credit of its moment."""
    return rows_of(BEYOND_THE_CREDIT)


ORACLES: tuple[Oracle, ...] = (
    Oracle("M13", "a payment recorded twice", payments_recorded_twice),
    Oracle("M13", "a form without its one payment", form_keys_without_their_payment),
    Oracle("M17", "a payment that is otherwise posted", payments_that_differ_from_the_ledger),
    Oracle("M2", "a reversal by one person, or undone", reversals_that_differ_from_their_payment),
    Oracle("M15", "a large refund decided by its proposer", refunds_that_one_person_decided),
    Oracle("M15", "a refund that is otherwise posted", refunds_that_differ_from_the_ledger),
    Oracle("M15", "a refund beyond the credit", refunds_beyond_the_credit),
)
