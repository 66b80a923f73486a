"""A charge's arithmetic in words, so that each line of a bill explains itself (BEY9). Pure."""

from billing.choices import LineKind
from billing.rules.final_bills import BillLine
from smart360.web.formats import shown_money, shown_price, shown_reading


def arithmetic_of(line: BillLine, *, unit: str, currency: str) -> str:
    """``15 of 30 days × $12.50 a month``, ``100 kWh × $0.112``, ``7 % of $23.70``."""
    if line.rate is None:
        return ""
    if line.kind == LineKind.TAX:
        taxed = shown_money(line.of, currency) if line.of is not None else ""
        return f"{shown_reading(line.rate, '%')} of {taxed}" if taxed else ""
    if line.quantity is None:
        return ""
    price = shown_price(line.rate, currency)
    if line.kind == LineKind.FIXED and line.of is not None:
        days = "day" if line.of == 1 else "days"
        part = f"{shown_reading(line.quantity, '')} of {shown_reading(line.of, days)}"
        return f"{part} × {price} a month"
    return f"{shown_reading(line.quantity, unit)} × {price}"
