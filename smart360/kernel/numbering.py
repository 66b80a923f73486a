"""Numbers that people read out: ``DIS-2026-000001``.

One database sequence per series and year, so that two people never wait for each other; holes
are allowed (design.md §4).
"""

from django.db import connection

WITHOUT_YEARS = 0
"""Stands for the year of a series that runs on through all years."""


def next_number(*, series: str, year: int) -> str:
    """The next free number of ``series`` in ``year``, such as ``DIS-2026-000001``.

    ``WITHOUT_YEARS`` gives one of a series that has none, such as ``CMP-00000001``.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT smart360_next_number(%s, %s)", [series, year])
        row: tuple[int] = cursor.fetchone()
    if year == WITHOUT_YEARS:
        return f"{series}-{row[0]:08d}"
    return f"{series}-{year}-{row[0]:06d}"


def next_numbers(*, series: str, year: int, count: int) -> list[str]:
    """So many free numbers of ``series``, in rising order; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT smart360_next_number(%s, %s) FROM generate_series(1, %s)", [series, year, count]
        )
        return [f"{series}-{year}-{number:06d}" for number in sorted(r[0] for r in cursor)]


def go_on_after(*, series: str, year: int, last: int) -> None:
    """Let ``series`` continue after ``last``. Only for taking over numbers given elsewhere."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT smart360_go_on_after(%s, %s, %s)", [series, year, last])
