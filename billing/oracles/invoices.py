"""Queries on invoices that must return no row."""

from smart360.kernel.oracle import Oracle, rows_of

# Drafts and void ones count: a number that was given stays visible (M9).
GAPS = """
SELECT number + 1, next - 1 FROM (
     SELECT number, lead(number) OVER (ORDER BY number) AS next FROM billing_invoice) numbered
 WHERE next > number + 1
"""
BEYOND_THE_COUNTER = """
SELECT last.number, c.last_number FROM billing_invoicecounter c,
       (SELECT max(number) AS number FROM billing_invoice) last
 WHERE c.series = 'INV' AND last.number <> c.last_number
"""
NUMBERED_TWICE = "SELECT number, count(*) FROM billing_invoice GROUP BY 1 HAVING count(*) > 1"
OTHER_SUM = """
SELECT i.number FROM billing_invoice i
  LEFT JOIN (SELECT s.invoice_id, sum(s.amount) AS sections, sum(l.amount) AS lines,
                    bool_or(s.amount <> l.amount) AS is_odd
               FROM billing_invoicesection s
               JOIN (SELECT section_id, sum(amount) AS amount
                       FROM billing_invoiceline GROUP BY 1) l ON l.section_id = s.id
              GROUP BY 1) made ON made.invoice_id = i.id
 WHERE i.state IN ('ISSUED', 'APPROVED')
   AND (made.is_odd OR coalesce(made.lines, 0) <> i.billed
        OR coalesce(made.sections, 0) <> i.billed)
"""
POSTED_OTHERWISE = """
SELECT i.number FROM billing_invoice i
  LEFT JOIN billing_ledgertransaction t ON t.id = i.posting_id
  LEFT JOIN (SELECT e.transaction_id, a.consumer_id, sum(e.amount) AS amount
               FROM billing_ledgerentry e
               JOIN billing_ledgeraccount a ON a.id = e.account_id AND a.kind = 'RECEIVABLE'
              GROUP BY 1, 2) owed
    ON owed.transaction_id = i.posting_id AND owed.consumer_id = i.consumer_id
 WHERE i.state IN ('ISSUED', 'APPROVED')
   AND (coalesce(owed.amount, 0) <> i.billed
        OR (i.posting_id IS NOT NULL
            AND (t.kind <> ALL (CASE i.kind WHEN 'REGULAR' THEN ARRAY['INVOICE']
                                ELSE ARRAY['FINAL_BILL', 'FINAL_ADJUSTMENT'] END)
                 OR t.reference <> 'INV-' || CASE WHEN i.number < 1000000
                                             THEN lpad(i.number::text, 6, '0')
                                             ELSE i.number::text END
                 OR t.due_on IS DISTINCT FROM i.due_on)))
"""
# What a credit note took back may be billed again.
BILLED_TWICE = """
SELECT service_connection_id, from_on, to_on FROM (
     SELECT s.service_connection_id, s.from_on, s.to_on,
            max(s.to_on) OVER (PARTITION BY s.service_connection_id
                               ORDER BY s.from_on, s.id
                               ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS billed_to
       FROM billing_invoicesection s JOIN billing_invoice i ON i.id = s.invoice_id
      WHERE i.state IN ('ISSUED', 'APPROVED') AND i.taken_back_at IS NULL) days
 WHERE from_on <= billed_to
"""
# Few invoices are taken back. Days of theirs that no bill has any more, while a later one has.
PASSED_OVER = """
SELECT n.service_connection_id, n.from_on, n.to_on FROM billing_invoicesection n
  JOIN billing_invoice back ON back.id = n.invoice_id AND back.taken_back_at IS NOT NULL
 WHERE NOT EXISTS (
       SELECT 1 FROM billing_invoicesection s JOIN billing_invoice i ON i.id = s.invoice_id
        WHERE s.service_connection_id = n.service_connection_id
          AND n.to_on BETWEEN s.from_on AND s.to_on
          AND i.state IN ('ISSUED', 'APPROVED') AND i.taken_back_at IS NULL)
   AND EXISTS (
       SELECT 1 FROM billing_invoicesection s JOIN billing_invoice i ON i.id = s.invoice_id
        WHERE s.service_connection_id = n.service_connection_id AND s.from_on > n.to_on
          AND i.state IN ('ISSUED', 'APPROVED') AND i.taken_back_at IS NULL)
 ORDER BY 1, 2
"""
OF_SOMEBODY_ELSE = """
SELECT i.number, s.service_connection_id FROM billing_invoicesection s
  JOIN billing_invoice i ON i.id = s.invoice_id
  JOIN consumers_serviceconnection c ON c.id = s.service_connection_id
 WHERE c.consumer_id <> i.consumer_id
"""


def invoice_numbers_with_a_gap() -> list[str]:
    """M9: the numbers of all invoices, in whatever state, follow each other."""
    return rows_of(GAPS, words="INV-{} to INV-{} are missing")


def invoice_numbers_beyond_the_counter() -> list[str]:
    """M9: the last number given is the last invoice's."""
    return rows_of(BEYOND_THE_COUNTER, words="the last is {}, the counter says {}")


def invoice_numbers_given_twice() -> list[str]:
    """M9: a number is one invoice's."""
    return rows_of(NUMBERED_TWICE, words="INV-{} is there {} times")


def invoices_that_do_not_add_up() -> list[str]:
    """M12: what is billed is the sum of the lines, section by section."""
    return rows_of(OTHER_SUM, words="INV-{}")


def invoices_posted_otherwise() -> list[str]:
    """M12: what is billed is what was posted, under the invoice's number and due date."""
    return rows_of(POSTED_OTHERWISE, words="INV-{}")


def days_billed_twice() -> list[str]:
    """M12: no day of a service stands on two invoices."""
    return rows_of(BILLED_TWICE, words="service {} from {} to {}")


def days_passed_over() -> list[str]:
    """M12: what a credit note took back is billed again before anything later is."""
    return rows_of(PASSED_OVER, words="service {} from {} to {}")


def sections_of_somebody_else() -> list[str]:
    """M12: an invoice charges services of its own consumer."""
    return rows_of(OF_SOMEBODY_ELSE, words="INV-{} service {}")


ORACLES: tuple[Oracle, ...] = (
    Oracle("M9", "a gap in the numbers of invoices", invoice_numbers_with_a_gap),
    Oracle("M9", "a counter that differs from the invoices", invoice_numbers_beyond_the_counter),
    Oracle("M9", "one number on two invoices", invoice_numbers_given_twice),
    Oracle("M12", "an invoice that is not the sum of its lines", invoices_that_do_not_add_up),
    Oracle("M12", "an invoice that is not what was posted", invoices_posted_otherwise),
    Oracle("M12", "a day of a service on two invoices", days_billed_twice),
    Oracle("M12", "days taken back and never billed again", days_passed_over),
    Oracle("M12", "an invoice for a service of somebody else", sections_of_somebody_else),
)
