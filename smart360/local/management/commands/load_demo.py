"""``manage.py load_demo``: people, accounts, money, requests and complaints, on the first start."""

import sys
from random import Random
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from complaints.models import Complaint
from consumers.models import Consumer
from smart360.kernel import clock
from smart360.local.demo.accounts import accounts
from smart360.local.demo.cast import CATEGORIES, PASSWORD, RECONNECTION_FEE, STAFF
from smart360.local.demo.complaints import HOW_MANY as COMPLAINTS
from smart360.local.demo.complaints import make_complaints
from smart360.local.demo.documents import make_documents
from smart360.local.demo.merges import make_merges
from smart360.local.demo.money import make_invoices, make_money
from smart360.local.demo.moves import make_moves
from smart360.local.demo.operations import charge_for_reconnections
from smart360.local.demo.privacy import make_privacy
from smart360.local.demo.requests import HOW_MANY, make_requests
from smart360.local.demo.standing import make_standing
from smart360.local.demo.visits import make_visits, set_up_field_work
from smart360.local.operations import add_accounts, add_staff, set_up_utility
from smart360.staff.models import Person


class Command(BaseCommand):
    """Load what is missing; a second run finds everything there and ends at once."""

    help = "Load the demo data. Only where the settings allow demo sign-ins."

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the demo whole, however far an earlier run came."""
        if not settings.IS_DEMO:
            raise CommandError("Demo data is refused by these settings.")
        has_people = Person.objects.filter(is_demo=True).exists()
        if Consumer.objects.exists() and not has_people:
            self.stdout.write("There are consumers that are not the demo's: nothing was loaded.")
            return
        at = clock.now()
        today = at.date()
        add_staff(people=STAFF, password=PASSWORD)
        set_up_utility(years=(today.year, today.year + 1))
        if not Consumer.objects.exists():
            self.stdout.write("demo: 2,000 accounts with a year of readings …")
            add_accounts(accounts=accounts(today, Random(36)), categories=CATEGORIES)
        set_up_field_work()
        make_money(at=at)
        if Person.objects.filter(is_demo=True).exists() and not self._is_whole():
            make_requests(at=at, tell=self._tell)
            make_visits(at=at, chance=Random(4))
            charge_for_reconnections(fee=RECONNECTION_FEE)
            make_complaints(at=at)
            make_invoices(at=at)
            make_moves(at=at)
            make_standing(at=at)
            make_documents(at=at)
            make_privacy(at=at)
            make_merges(at=at)
            self.stdout.write("demo: ready")

    def _is_whole(self) -> bool:
        asked = Consumer.objects.filter(cases__disconnection_request__isnull=False).distinct()
        return asked.count() > HOW_MANY and Complaint.objects.count() >= COMPLAINTS

    def _tell(self, done: int, of: int) -> None:
        if sys.stdout.isatty() or done % 100 == 0:
            end = "\r" if sys.stdout.isatty() and done < of else "\n"
            self.stdout.write(f"demo: {done} of {of} requests", ending=end)
            self.stdout.flush()
