"""The figures as a table: what was measured, what is asked, and what falls short. Pure."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

GATE = 1.4
"""A figure is short when it is beyond its target by more than the noise of a machine."""


@dataclass(frozen=True)
class Budget:
    """What a row may take at most; None where nothing is asked."""

    ratio: float | None = None
    statements: int | None = None
    kilobytes: float | None = None
    sql_milliseconds: float | None = None
    gate: float = GATE
    """What a measured time may be beyond its target; statements and bytes have no noise."""


@dataclass(frozen=True)
class Row:
    """One line of the table: the page beside its limit view."""

    name: str
    budget: Budget
    milliseconds: float
    limit_milliseconds: float
    statements: int | None = None
    kilobytes: float | None = None
    kilobytes_packed: float | None = None
    sql_milliseconds: float | None = None
    beside: str = "limit"
    note: str = ""
    failure: str = ""

    @property
    def ratio(self) -> float:
        """How many times its limit."""
        return self.milliseconds / self.limit_milliseconds if self.limit_milliseconds else 0.0

    @property
    def shortfalls(self) -> list[str]:
        """In what it falls short, in words."""
        asked = self.budget
        found = [self.failure] if self.failure else []
        if asked.ratio is not None and self.ratio > asked.ratio * asked.gate:
            found.append(f"× {self.ratio:.2f} instead of {asked.ratio:.3g}")
        if asked.statements is not None and (self.statements or 0) > asked.statements:
            found.append(f"{self.statements} statements instead of {asked.statements}")
        if asked.kilobytes is not None and (self.kilobytes or 0) > asked.kilobytes:
            found.append(f"{self.kilobytes:.1f} KB instead of {asked.kilobytes:g}")
        if (
            asked.sql_milliseconds is not None
            and (self.sql_milliseconds or 0) > asked.sql_milliseconds * asked.gate
        ):
            found.append(
                f"SQL {self.sql_milliseconds:.1f} ms instead of {asked.sql_milliseconds:g}"
            )
        return found

    @property
    def verdict(self) -> str:
        """What a reader is told."""
        if self.shortfalls:
            return f"**short**: {'; '.join(self.shortfalls)}"
        if self.budget == Budget():
            return "–"
        asked = self.budget
        is_slower = asked.ratio is not None and self.ratio > asked.ratio
        is_asking_longer = (
            asked.sql_milliseconds is not None
            and (self.sql_milliseconds or 0) > asked.sql_milliseconds
        )
        return "within the noise" if is_slower or is_asking_longer else "holds"


HEAD = (
    "| operation | ms | limit, ms | × | asked × | statements | KB (packed) | SQL, ms | |",
    "|---|---:|---:|---:|---:|---:|---:|---:|---|",
)


def as_markdown(rows: Iterable[Row]) -> str:
    """The table."""
    return "\n".join([*HEAD, *map(_line, rows)])


def _line(row: Row) -> str:
    asked = row.budget
    statements = "" if row.statements is None else str(row.statements)
    if asked.statements is not None:
        statements += f" / {asked.statements}"
    size = ""
    if row.kilobytes is not None:
        size = f"{row.kilobytes:.1f} ({row.kilobytes_packed:.1f})"
    if asked.kilobytes is not None:
        size += f" / {asked.kilobytes:g}"
    sql = "" if row.sql_milliseconds is None else f"{row.sql_milliseconds:.2f}"
    if asked.sql_milliseconds is not None:
        sql += f" / {asked.sql_milliseconds:g}"
    has_limit = bool(row.limit_milliseconds)
    cells = (
        row.name + (f" ({row.note})" if row.note else ""),
        f"{row.milliseconds:.2f}",
        f"{row.limit_milliseconds:.2f}" if has_limit else "",
        f"{row.ratio:.2f}" if has_limit else "",
        "" if asked.ratio is None else f"≤ {asked.ratio:.3g}",
        statements, size, sql, row.verdict,
    )  # fmt: skip
    return f"| {' | '.join(cells)} |"


def growth(rows: Sequence[Row], before: Mapping[str, float]) -> list[Row]:
    """Each row beside the same one on a smaller database (asked: at most × 1.5)."""
    return [
        Row(
            name=row.name, budget=Budget(ratio=1.5), milliseconds=row.milliseconds,
            limit_milliseconds=before[row.name], beside="smaller", failure=row.failure,
        )
        for row in rows
        if row.name in before and row.beside not in ("throughput", "own list")
    ]  # fmt: skip


def growth_as_markdown(rows: Iterable[Row], *, smaller: int, larger: int) -> str:
    """How the pages grow with the data."""
    lines = [
        f"| operation | {smaller:,} rows, ms | {larger:,} rows, ms | × | asked | |",
        "|---|---:|---:|---:|---:|---|",
    ]
    lines += [
        f"| {row.name} | {row.limit_milliseconds:.2f} | {row.milliseconds:.2f} | {row.ratio:.2f}"
        f" | ≤ {row.budget.ratio:g} | {row.verdict} |"
        for row in rows
    ]
    return "\n".join(lines)


def as_json(rows: Iterable[Row], *, size: int, about: Mapping[str, str]) -> str:
    """The figures, kept beside the data they were taken from."""
    return json.dumps(
        {"rows": size, "about": dict(about), "figures": [asdict(row) for row in rows]}, indent=1
    )


def read_json(text: str) -> tuple[int, dict[str, float]]:
    """Figures taken before: of how many rows, and the milliseconds of each."""
    kept = json.loads(text)
    return kept["rows"], {each["name"]: each["milliseconds"] for each in kept["figures"]}


def put_into(document: str, tables: str, *, size: int) -> str:
    """The document with these tables where those of as many rows stood before."""
    begins, ends = f"<!-- bench {size} -->", "<!-- end of bench -->"
    before, found, rest = document.partition(begins)
    _, closed, after = rest.partition(ends)
    if not (found and closed):
        raise ValueError(f"the document has no place {begins} … {ends}")
    return f"{before}{begins}\n{tables}\n{ends}{after}"
