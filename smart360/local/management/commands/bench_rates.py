"""``./dev bench rates``: how soon mail and receipts follow a request."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from smart360.local.bench.delays import measure


class Command(BaseCommand):
    """Sends requests to the running product; ``./dev bench rates`` starts it for this."""

    help = "Measure how soon mail and receipts follow a request (./dev bench rates)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where letters are to be taken, and how long each rate is kept up."""
        parser.add_argument("--mail-port", type=int, required=True)
        parser.add_argument("--seconds", type=float, default=30)

    def handle(self, **options: Any) -> None:
        """Measure and print the table; exit code 1 when something falls short."""
        lines, holds = measure(
            mail_port=options["mail_port"],
            seconds=options["seconds"],
            tell=self.stderr.write,
        )
        self.stdout.write("\n".join(lines))
        if not holds:
            raise SystemExit(1)
