"""Violations of what the papers of money say, one for each oracle of ``billing.oracles.papers``."""

from tests.insights.plants import APPROVED, FINAL, INVOICE, POSTED, SECTION, TARIFF, plant

OWN = "consumer_id = (SELECT consumer_id FROM cases_case WHERE id = OPEN)"
LINE = (
    "INSERT INTO billing_invoiceline (section_id, position, kind, words, quantity, rate, amount,"
    " reason) SELECT max(id), 1, 'USAGE', 'Consumption', 10, 0.1005, {}, ''"
    " FROM billing_invoicesection"
).format
NOTE = (
    "INSERT INTO billing_creditnote (invoice_id, number, reason, state, proposed_at,"
    " proposed_by_id, decided_at, decided_by_id) SELECT i.id, 'CN-2024-000900', 'Wrong',"
    " 'APPROVED', now(), min(p.id), now(), max(p.id) FROM billing_invoice i, staff_person p"
    " WHERE i.number = 900 GROUP BY i.id"
)
GIVEN = "(SELECT posting_id FROM billing_refund LIMIT 1)"
MIRROR = (
    "INSERT INTO billing_ledgertransaction (id, kind, consumer_id, reverses_id, reference,"
    " valued_on, legs, posted_at) SELECT 900, 'REVERSAL', consumer_id, id, reference, valued_on,"
    " legs, now() FROM billing_ledgertransaction WHERE id = {}"
).format
KEY = (
    "INSERT INTO billing_apikey (name, prefix, digest, is_active, created_at, created_by_id)"
    " SELECT 'Planted', 's360_planted', repeat('a', 64), true, now(), min(id) FROM staff_person"
)
ANSWER = (
    "INSERT INTO billing_intakeanswer (api_key_id, key, body_digest, status, answer, payment_id,"
    " at) SELECT k.id, 'k', repeat('b', 64), 201, '{}', PAID, now() FROM billing_apikey k"
)

PAPERS = (
    plant(
        "M4",
        "charges_without_their_invoice",
        f"UPDATE billing_ledgertransaction SET kind = 'INVOICE' WHERE id = {POSTED}",
    ),
    plant(
        "M7",
        "deposits_that_differ_from_the_ledger",
        f"UPDATE billing_depositreceipt SET amount = amount + 0.01 WHERE {OWN}",
    ),
    plant("M2", "reversals_of_what_stays", MIRROR(GIVEN)),
    plant(
        "M8",
        "credit_notes_without_their_mirror",
        APPROVED,
        f"UPDATE billing_invoice SET posting_id = {POSTED}",
        NOTE,
    ),
    plant(
        "M8",
        "bills_unlike_the_lines_of_their_draft",
        FINAL(900, "APPROVED", 100, 50, "OPEN"),
        "INSERT INTO billing_billdraft (invoice_id, version, content, made_at, made_by_id)"
        ' SELECT i.id, 1, \'{"sections": [{"lines": [{"amount": "0.01"}]}],'
        ' "adjustments": []}\', now(), (SELECT min(id) FROM staff_person)'
        " FROM billing_invoice i WHERE i.number = 900",
    ),
    plant(
        "M7",
        "bills_of_another_deposit",
        APPROVED,
        f"UPDATE billing_invoice SET posting_id = {POSTED}",
    ),
    plant(
        "M12",
        "lines_unlike_their_arithmetic",
        TARIFF,
        INVOICE(1, 0),
        SECTION(1, "2024-11-01", "OPEN"),
        LINE("1.00"),  # ten units at 0.1005 are 1.005, and half a cent goes up
    ),
    plant(
        "M15",
        "refunds_out_of_another_account",
        f"UPDATE billing_ledgerentry SET account_id = (SELECT id FROM billing_ledgeraccount"
        f" WHERE kind = 'DEPOSIT_HELD' AND {OWN}) WHERE transaction_id = {GIVEN} AND amount > 0",
    ),
    plant(
        "X6",
        "large_sums_decided_alone",
        "ALTER TABLE billing_refund DROP CONSTRAINT a_large_refund_takes_two_people",
        "UPDATE billing_refund SET amount = 50.01, needs_second_person = false,"
        " decided_by_id = proposed_by_id",
    ),
    plant("M13", "answers_for_other_payments", KEY, ANSWER),
)
