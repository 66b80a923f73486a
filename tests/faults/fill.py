"""Who works in a fresh product and for whom; runs inside the product's own ``manage.py shell``."""

import json
from datetime import date

from disconnections.models import Reason
from smart360.kernel import clock
from smart360.local.demo.cast import PASSWORD
from smart360.local.operations import (
    DemoAccount,
    DemoMeter,
    add_accounts,
    add_staff,
    set_up_utility,
)
from smart360.staff.choices import Role


def fill(people: int, accounts: int) -> None:
    """``people`` clerks and a supervisor, ``accounts`` consumers with one meter each."""
    names = [f"clerk{number}" for number in range(people)]
    staff = [(name, f"Clerk {name[5:]}", Role.CSE) for name in names]
    staff.append(("supervisor", "David Chen", Role.SUPERVISOR))
    add_staff(people=staff, password=PASSWORD)
    set_up_utility(years=(clock.now().year,))
    add_accounts(
        accounts=[account(number) for number in range(accounts)],
        categories={"Residential": ("Standard",)},
    )
    reason = Reason.objects.get(code="CR-001").pk
    print(json.dumps({"people": names, "password": PASSWORD, "reason": reason}))  # noqa: T201


def account(number: int) -> DemoAccount:
    """``ACC-000007`` with ``consumer7@example.com``."""
    meter = DemoMeter(
        utility_type="ELECTRICITY",
        number=f"EM-{number}",
        device=f"D-E{number}",
        meter_type="Smart, single phase",
        model="Voltis 3",
        unit="kWh",
        supply_state="CONNECTED",
    )
    return DemoAccount(
        account_number=f"ACC-{number:06d}",
        name=f"Consumer {number}",
        status="ACTIVE",
        category="Residential",
        subcategory="Standard",
        phone="+12175550123",
        email=f"consumer{number}@example.com",
        address=f"{number} Oak Street, Springfield, IL 62701",
        area="Springfield",
        registered_on=date(2024, 1, 15),
        meters=[meter],
    )
