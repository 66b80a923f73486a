"""The four cards above the list: requests by month, with the change and the months before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from smart360.cases.choices import CaseKind, Standing
from smart360.cases.queries.tallies import Months
from smart360.cases.rules import months_after
from smart360.web import formats

CARDS = (
    (Standing.OPEN, CaseKind.DISCONNECTION, "Pending disconnection"),
    (Standing.COMPLETED, CaseKind.DISCONNECTION, "Completed disconnection"),
    (Standing.OPEN, CaseKind.RECONNECTION, "Pending connection"),
    (Standing.COMPLETED, CaseKind.RECONNECTION, "Completed connection"),
)
CARD_STANDINGS = (Standing.OPEN, Standing.COMPLETED)
MONTHS_SHOWN = 7


@dataclass(frozen=True, slots=True)
class Figure:
    """One card: a count in a month, the change, the last seven months, and where it leads."""

    standing: Standing
    kind: CaseKind
    label: str
    value: int
    change: str
    series: tuple[int, ...]


def list_figures(month: date, tallies: Months) -> list[Figure]:
    """The four cards of a month (DIS1), with the six months before.

    Pending: open now and created in the month. Completed: by the month of completion. Whoever may
    see the list may know how many requests there are: nobody sees only some of them.
    """
    months = [months_after(month, step) for step in range(1 - MONTHS_SHOWN, 1)]
    return [_figure(standing, kind, label, months, tallies) for standing, kind, label in CARDS]


def _figure(
    standing: Standing, kind: CaseKind, label: str, months: Sequence[date], tallies: Months
) -> Figure:
    series = tuple(tallies[standing, kind, each] for each in months)
    change = change_in_words(series[-1] - series[-2], since=months[-2])
    return Figure(standing, kind, label, series[-1], change, series)


def change_in_words(change: int, *, since: date) -> str:
    """``4 more than in November``; never a colour, for more is not better."""
    month = formats.MONTHS[since.month - 1]
    if change == 0:
        return f"as many as in {month}"
    return f"{abs(change):,} {'more' if change > 0 else 'fewer'} than in {month}"
