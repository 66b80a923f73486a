"""``manage.py write_openapi``: bring docs/openapi.json up to date with the program."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from billing.api import description


class Command(BaseCommand):
    """Write what ``POST /api/v1/payments`` takes and answers."""

    help = "Write docs/openapi.json from the program."

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the file; a test compares it."""
        path = settings.ROOT / "docs" / "openapi.json"
        path.write_text(description())
        self.stdout.write(f"{path} is written.")
