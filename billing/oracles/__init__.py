"""Queries on money that must return no row."""

from billing.oracles import arrangements, final_bills, invoices, ledger, papers, payments
from smart360.kernel.oracle import Oracle

ORACLES: tuple[Oracle, ...] = (
    *ledger.ORACLES,
    *payments.ORACLES,
    *invoices.ORACLES,
    *final_bills.ORACLES,
    *arrangements.ORACLES,
    *papers.ORACLES,
)
