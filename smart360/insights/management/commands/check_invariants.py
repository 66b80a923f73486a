"""``manage.py check_invariants``: ask every oracle; what it finds, and 1 when it finds anything."""

import json
from argparse import ArgumentParser
from collections.abc import Sequence
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from smart360.insights.operations import Finding, ask
from smart360.insights.oracles import EVERY_ORACLE
from smart360.kernel import clock
from smart360.kernel.oracle import MOST_ROWS, Oracle

SHOWN_ROWS = 20
SHOWN_LONGEST = 5


class Command(BaseCommand):
    """``check_invariants [--only ID …] [--json]``; it changes nothing and can run at any time."""

    help = "Look for what must never be (the invariants). Ends with 1 when something is found."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which invariants, and for whom the answer is."""
        parser.add_argument(
            "--only", action="append", metavar="ID", help="only this invariant; may be repeated"
        )
        parser.add_argument("--json", action="store_true", help="one JSON list, for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        """Ask one after the other, each of one moment of the database."""
        oracles = chosen(options["only"])
        at, found = clock.now(), []
        for oracle in oracles:
            began = monotonic()
            finding = ask(oracle=oracle, at=at)
            found.append((finding, monotonic() - began))
            if not options["json"]:
                self._print(finding, found[-1][1])
        if options["json"]:
            self.stdout.write(json.dumps([as_json(*each) for each in found], indent=1))
        else:
            self.stdout.write(longest([(finding.oracle.id, seconds) for finding, seconds in found]))
        broken = [finding for finding, _ in found if finding.rows]
        if broken:
            raise CommandError(
                f"{len(broken)} of {len(found)} oracles found something.", returncode=1
            )
        if not options["json"]:
            self.stdout.write(f"{len(found)} oracles found nothing.")

    def _print(self, finding: Finding, seconds: float) -> None:
        mark = self.style.ERROR("FOUND") if finding.rows else self.style.SUCCESS("ok   ")
        oracle = finding.oracle
        self.stdout.write(f"{mark} {oracle.id:<4} {oracle.sentence} ({seconds:.1f} s)")
        for row in finding.rows[:SHOWN_ROWS]:
            self.stdout.write(f"           {row}")
        if len(finding.rows) > SHOWN_ROWS:
            self.stdout.write(f"           … {count(finding)} in all")


def chosen(only: Sequence[str] | None) -> list[Oracle]:
    """The oracles of these invariants, or all. An id that nobody knows is a mistake."""
    known = {oracle.id for oracle in EVERY_ORACLE}
    if unknown := sorted(set(only or ()) - known):
        raise CommandError(f"No oracle asks for {', '.join(unknown)}.", returncode=2)
    return [oracle for oracle in EVERY_ORACLE if not only or oracle.id in only]


def longest(seconds: Sequence[tuple[str, float]]) -> str:
    """How long it took in all, and which oracles the most."""
    ordered = sorted(seconds, key=lambda each: -each[1])[:SHOWN_LONGEST]
    named = ", ".join(f"{id_} {took:.1f} s" for id_, took in ordered)
    return f"{sum(took for _, took in seconds):.1f} s in all; the longest: {named}."


def count(finding: Finding) -> str:
    """How many rows are wrong; beyond the cap, at least."""
    found = len(finding.rows)
    return f"{found:,}{' or more' * (found >= MOST_ROWS)}"


def as_json(finding: Finding, seconds: float) -> dict[str, Any]:
    """One oracle's answer for programs."""
    return {
        "id": finding.oracle.id,
        "sentence": finding.oracle.sentence,
        "rows": list(finding.rows),
        "seconds": round(seconds, 3),
    }
