"""A made-up ledger as COPY takes it: every account's deposit, monthly charges and payments.

The postings lie in the table month by month, as they do when a utility has lived through them:
what one consumer owes is spread over as many pages as there are months.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import cache

COLUMNS: dict[str, str] = {
    "billing_ledgeraccount": "id, kind, consumer_id, utility_type, balance",
    "billing_ledgertransaction": "id, kind, consumer_id, reference, valued_on, due_on, legs,"
    " posted_at",
    "billing_ledgerentry": "transaction_id, account_id, amount",
    "billing_payment": "number, consumer_id, source, reference, method, amount, paid_on, state,"
    " recorded_at, settled_at, failure, posting_id, reversal_reason",
    "billing_depositreceipt": "consumer_id, amount, received_on, posting_id",
    "consumers_consumerfigures": "consumer_id, balance, deposit, last_billed_on, oldest_due_on",
    "consumers_balancetotal": "id, balance",
}
LEGS = 2
CHARGE = "FEE"
"""What is charged each month. An invoice would need its paper (M4), millions of rows of it."""
DEPOSIT = 20_000
LATE = 10
"""One consumer in so many pays only half of the last invoices."""
LATE_MONTHS = 4
BATCH = 2000
NULL = r"\N"
Lines = list[tuple[str, str]]


class Ledger:
    """``postings`` for each of ``consumers``, the last in the month of ``until``.

    The first is a deposit; then a charge and its payment in turn. ``shared``: the keys of the
    accounts for cash and revenue; ``first``: the first free keys of accounts and transactions.
    """

    def __init__(
        self,
        consumers: Sequence[int],
        postings: int,
        *,
        until: date,
        shared: tuple[int, int],
        first: tuple[int, int],
    ) -> None:
        """Nothing is made yet."""
        self.consumers = consumers
        self.postings = postings
        self.until = until
        self.cash, self.revenue = shared
        self.first_account, self.next_transaction = first
        self.owed = [0] * len(consumers)
        self.payments = 0

    @property
    def entries(self) -> int:
        """How many entries there will be."""
        return len(self.consumers) * self.postings * LEGS

    def batches(self) -> Iterator[Lines]:
        """All lines, some thousand at a time: memory stays flat."""
        for posting in range(self.postings):
            for start in range(0, len(self.consumers), BATCH):
                places = range(start, min(start + BATCH, len(self.consumers)))
                yield self._posted(posting, places)
        for start in range(0, len(self.consumers), BATCH):
            yield self._accounts(range(start, min(start + BATCH, len(self.consumers))))
        yield [("consumers_balancetotal", f"1\t{money(sum(self.owed))}\n")]

    def _posted(self, posting: int, places: range) -> Lines:
        """One posting of each of some consumers."""
        transactions, entries, payments, deposits = [], [], [], []
        month = (posting + 1) // 2
        day, due = self._day(month), NULL
        kind, is_payment = "DEPOSIT_RECEIVED", False
        if posting % 2:
            kind, due = CHARGE, self._day(month, 15)
        elif posting:
            kind, is_payment, day = "PAYMENT", True, self._day(month, 11)
        for place in places:
            consumer, key = self.consumers[place], self.next_transaction
            self.next_transaction += 1
            own = self.first_account + 2 * place
            cents = self._cents(kind, place, month)
            transactions.append(
                f"{key}\t{kind}\t{consumer}\tB-{key}\t{day}\t{due}\t{LEGS}\t{day} 12:00+00"
            )
            debit, credit = {
                CHARGE: (own, self.revenue),
                "PAYMENT": (self.cash, own),
                "DEPOSIT_RECEIVED": (self.cash, own + 1),
            }[kind]
            amount = money(cents)
            entries.append(f"{key}\t{debit}\t{amount}\n{key}\t{credit}\t-{amount}")
            if kind == CHARGE:
                self.owed[place] += cents
            elif not is_payment:
                deposits.append(f"{consumer}\t{amount}\t{day}\t{key}")
            else:
                self.owed[place] -= cents
                self.payments += 1
                payments.append(
                    f"BENCH-{self.payments:09d}\t{consumer}\tDESK\t\tBANK_TRANSFER\t{amount}\t{day}"
                    f"\tPROCESSED\t{day} 12:00+00\t{day} 12:00+00\t\t{key}\t"
                )
        made = {
            "billing_ledgertransaction": transactions,
            "billing_ledgerentry": entries,
            "billing_payment": payments,
            "billing_depositreceipt": deposits,
        }
        return [(table, "\n".join(lines) + "\n") for table, lines in made.items() if lines]

    def _cents(self, kind: str, place: int, month: int) -> int:
        """How much: an invoice differs by consumer and month; who is late pays half of the last."""
        if kind == "DEPOSIT_RECEIVED":
            return DEPOSIT
        billed = 2_000 + (place * 7_919 + month * 104_729) % 18_000
        is_late = place % LATE == 0 and month > self.postings // 2 - LATE_MONTHS
        return billed // 2 if kind == "PAYMENT" and is_late else billed

    def _accounts(self, places: range) -> Lines:
        """The own accounts of some consumers, with the balances to which all that comes."""
        accounts, figures = [], []
        last = self.postings // 2
        for place in places:
            consumer, key = self.consumers[place], self.first_account + 2 * place
            owed = money(self.owed[place])
            accounts.append(f"{key}\tRECEIVABLE\t{consumer}\t\t{owed}")
            accounts.append(f"{key + 1}\tDEPOSIT_HELD\t{consumer}\t\t-{money(DEPOSIT)}")
            billed, due = self._day(last), self._oldest_due(place, last)
            figures.append(f"{consumer}\t{owed}\t{money(DEPOSIT)}\t{billed}\t{due}")
        return [
            ("billing_ledgeraccount", "\n".join(accounts) + "\n"),
            ("consumers_consumerfigures", "\n".join(figures) + "\n"),
        ]

    def _oldest_due(self, place: int, last: int) -> str:
        """Since when something is unpaid: what is owed lies on the newest invoices."""
        left, month = self.owed[place], last
        while left > 0 and month > 0:
            left -= self._cents(CHARGE, place, month)
            if left <= 0:
                return self._day(month, 15)
            month -= 1
        return NULL

    def _day(self, month: int, later: int = 0) -> str:
        """The day of the month with this number, counted so that the last is that of ``until``."""
        return _day(self.until, self.postings // 2 - month, later)


@cache
def _day(until: date, months_before: int, later: int) -> str:
    months = until.year * 12 + until.month - 1 - months_before
    return (date(months // 12, months % 12 + 1, 1) + timedelta(days=later)).isoformat()


def money(cents: int) -> str:
    """Cents, above zero or nothing, as the database writes them."""
    return f"{cents // 100}.{cents % 100:02d}"
