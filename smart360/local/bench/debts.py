"""``./dev bench debt --rows N``: the preview of a non-payment run, and its requests a second.

On servers of its own, with consumers of ``./dev bench import``: a year of invoices each, and all
owe the last three. ``--requests M`` makes the first M requests of the run instead of all.
"""

import sys

from smart360.local.bench.invoices import measured


def main(arguments: list[str]) -> int:
    """Start servers, import consumers, bill them for a year, run; 1 when a figure falls short."""
    return measured(arguments, part="debt", command="bench_debt", rows=20_000, loads=("load_debt",))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
