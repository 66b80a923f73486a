"""A year of monthly invoices for every consumer, made inside the database, set by set.

What a non-payment run reads of an account is as in a house that has billed for a year: twelve
issued invoices and their postings, paid up to the ninth, the last three owed; they lie month by
month. Left away is what no run reads: sections, lines and papers of the invoices.
"""

from datetime import date

FIRST = date(2024, 3, 1)
"""The first invoice; the last is of February 1, 2025, the oldest unpaid is due on December 15."""
TABLES = (
    "billing_ledgeraccount", "billing_ledgertransaction", "billing_ledgerentry",
    "billing_invoice", "consumers_consumerfigures",
)  # fmt: skip

BILLS = """
CREATE TEMPORARY TABLE bench_bills ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY m, c.id) AS n, c.id AS consumer, m AS month,
       (%(first)s::date + (m - 1) * interval '1 month')::date AS day,
       (2000 + (c.id * 7919 + m * 104729) %% 8000)::numeric(14, 2) / 100 AS amount
  FROM consumers_consumer c CROSS JOIN generate_series(1, 12) m
"""
ACCOUNTS = """
INSERT INTO billing_ledgeraccount (kind, consumer_id, utility_type, balance)
SELECT 'RECEIVABLE', consumer, '', sum(amount) FILTER (WHERE month > 9)
  FROM bench_bills GROUP BY consumer ORDER BY consumer
"""
INVOICES_POSTED = """
INSERT INTO billing_ledgertransaction
       (id, kind, consumer_id, reference, valued_on, due_on, legs, posted_at)
SELECT n, 'INVOICE', consumer, 'INV-' || n, day, day + 14, 2, day + time '12:00'
  FROM bench_bills ORDER BY n
"""
INVOICE_ENTRIES = """
INSERT INTO billing_ledgerentry (transaction_id, account_id, amount)
SELECT b.n, CASE leg WHEN 1 THEN a.id ELSE %(revenue)s END, leg * b.amount
  FROM bench_bills b JOIN billing_ledgeraccount a ON a.consumer_id = b.consumer
 CROSS JOIN (VALUES (1), (-1)) AS legs (leg) ORDER BY b.n, leg DESC
"""
PAYMENTS = """
INSERT INTO billing_ledgertransaction
       (id, kind, consumer_id, reference, valued_on, legs, posted_at)
SELECT (SELECT max(n) FROM bench_bills) + row_number() OVER (ORDER BY consumer), 'PAYMENT',
       consumer, 'BENCH', max(day), 2, max(day) + time '13:00'
  FROM bench_bills WHERE month <= 9 GROUP BY consumer ORDER BY consumer
"""
PAYMENT_ENTRIES = """
INSERT INTO billing_ledgerentry (transaction_id, account_id, amount)
SELECT t.id, CASE leg WHEN 1 THEN %(cash)s ELSE a.id END, leg * paid.amount
  FROM (SELECT consumer, sum(amount) AS amount FROM bench_bills WHERE month <= 9
         GROUP BY consumer) AS paid
  JOIN billing_ledgertransaction t ON t.consumer_id = paid.consumer AND t.kind = 'PAYMENT'
  JOIN billing_ledgeraccount a ON a.consumer_id = paid.consumer
 CROSS JOIN (VALUES (1), (-1)) AS legs (leg) ORDER BY t.id, leg DESC
"""
INVOICES = """
INSERT INTO billing_invoice
       (number, kind, state, consumer_id, period_from, period_to, version, made_at, issued_on,
        due_on, billed, outstanding, deposit, uses_deposit, applied, inputs_hash, posting_id)
SELECT n, 'REGULAR', 'ISSUED', consumer, day - interval '1 month', day - 1, 1,
       day + time '12:00', day, day + 14, amount, 0, 0, false, 0, '', n
  FROM bench_bills ORDER BY n
"""
FIGURES = """
TRUNCATE consumers_consumerfigures;
INSERT INTO consumers_consumerfigures
       (consumer_id, balance, deposit, last_billed_on, oldest_due_on)
SELECT consumer, sum(amount) FILTER (WHERE month > 9), 0, max(day),
       min(day) FILTER (WHERE month > 9) + 14
  FROM bench_bills GROUP BY consumer ORDER BY consumer
"""
TOTAL = """
DELETE FROM consumers_balancetotal;
INSERT INTO consumers_balancetotal (id, balance)
SELECT 1, sum(balance) FROM consumers_consumerfigures
"""
# Statistics in between: nothing has an index while it is filled.
STATEMENTS = (
    BILLS, "CREATE UNIQUE INDEX ON bench_bills (n)", "ANALYZE bench_bills",
    ACCOUNTS, "ANALYZE billing_ledgeraccount", INVOICES_POSTED, INVOICE_ENTRIES,
    PAYMENTS, "ANALYZE billing_ledgertransaction", PAYMENT_ENTRIES, INVOICES, FIGURES, TOTAL,
)  # fmt: skip
