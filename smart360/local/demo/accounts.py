"""2,000 accounts with premises, connections, meters and a year of monthly readings."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from smart360.local.demo.cast import (
    AREAS,
    CATEGORIES,
    FIRMS,
    FIRST_NAMES,
    LAST_NAMES,
    METERS,
    MODELS,
    STREETS,
    USAGE,
)
from smart360.local.operations import DemoAccount, DemoMeter

HOW_MANY = 2000
SUPPLY = {"INACTIVE": "OFF_FOR_GOOD", "DISCONNECTED": "OFF_FOR_NOW"}
KNOWN: tuple[tuple[str, str, str, bool, str, str], ...] = (
    # account, name, status, VIP, phone, address: the consumers that the documents name
    ("ACC-2024-001789", "John Michael Smith", "ACTIVE", False, "(555) 123-4567",
     "123 Oak Street, Springfield, IL 62701"),
    ("WU-10001", "John Doe", "ACTIVE", False, "(555) 100-0001",
     "5 Maple Avenue, Springfield, IL 62704"),
    ("WU-10002", "Jane Doe", "ACTIVE", True, "(555) 100-0002",
     "19 Chestnut Lane, Springfield, IL 62702"),
    ("WU-10003", "Mary Major", "INACTIVE", False, "(555) 100-0003",
     "210 Cedar Lane, Springfield, IL 62703"),
    ("WU-10004", "Richard Miles", "PENDING", False, "(555) 100-0004",
     "44 Vine Street, Springfield, IL 62701"),
    ("WU-10005", "Carlos Salazar", "DISCONNECTED", False, "(555) 100-0005",
     "71 Walnut Street, Springfield, IL 62702"),
    ("WU-10006", "Li Juan", "COLLECTION", False, "(555) 100-0006",
     "302 Cook Street, Springfield, IL 62703"),
)  # fmt: skip


def month_ends(today: date) -> list[date]:
    """The last days of the twelve months before this one, oldest first."""
    ends, day = [], today.replace(day=1) - timedelta(days=1)
    for _ in range(12):
        ends.append(day)
        day = day.replace(day=1) - timedelta(days=1)
    return ends[::-1]


def accounts(today: date, chance: Random) -> list[DemoAccount]:
    """Every account of the demo, the documents' own first."""
    return [*_known(today, chance), *_made_up(today, chance)]


def _known(today: date, chance: Random) -> Iterator[DemoAccount]:
    for serial, (account, name, status, is_vip, phone, address) in enumerate(KNOWN):
        is_sample = account == "ACC-2024-001789"
        state = SUPPLY.get(status, "CONNECTED")
        meters: tuple[DemoMeter, ...] = (
            _meter("ELECTRICITY", 9000 + serial, state, today, chance),
        )
        if account == "WU-10001":  # the FAQ's own water meter (ADM3)
            meters = (_faq_meter(today, chance),)
        elif is_sample:
            meters = _sample_meters()
        yield DemoAccount(
            account_number=account,
            name=name,
            status=status,
            category="Residential",
            subcategory="Standard",
            phone=phone,
            email="john.smith@email.com" if is_sample else _email(name),
            address=address,
            area=AREAS[address[-5:]],
            registered_on=date(2024, 1, 15) if is_sample else date(2021, 5, 3),
            is_vip=is_vip,
            meters=meters,
        )


def _made_up(today: date, chance: Random) -> Iterator[DemoAccount]:
    for serial in range(len(KNOWN), HOW_MANY):
        is_firm = chance.random() < 0.08
        name = chance.choice(FIRMS) if is_firm else _name(chance)
        category = chance.choice(("Commercial", "Industrial")) if is_firm else "Residential"
        zip_code = chance.choice(sorted(AREAS))
        status = chance.choices(
            ("ACTIVE", "INACTIVE", "DISCONNECTED", "PENDING", "COLLECTION"), (87, 5, 3, 2, 3)
        )[0]
        registered = date(2016, 1, 4) + timedelta(days=chance.randrange(365 * 10))
        kinds = chance.choices(
            (
                ("ELECTRICITY",),
                ("ELECTRICITY", "WATER"),
                ("ELECTRICITY", "WATER", "GAS"),
                ("WATER",),
            ),
            (30, 45, 15, 10),
        )[0]
        state = SUPPLY.get(status, "CONNECTED")
        yield DemoAccount(
            account_number=f"ACC-{registered.year}-{100000 + serial:06d}",
            name=name,
            status=status,
            category=category,
            subcategory=chance.choice(CATEGORIES[category]),
            phone=f"(217) {chance.randrange(220, 990)}-{chance.randrange(10000):04d}",
            email="" if chance.random() < 0.08 else _email(name, serial),
            address=f"{_street(chance)}, Springfield, IL {zip_code}",
            area=AREAS[zip_code],
            registered_on=registered,
            is_vip=chance.random() < 0.04,
            meters=tuple(_meter(kind, serial, state, today, chance) for kind in kinds),
        )


def _name(chance: Random) -> str:
    first = chance.choice(FIRST_NAMES)
    middle = f" {chance.choice(FIRST_NAMES)}" if chance.random() < 0.15 else ""
    return f"{first}{middle} {chance.choice(LAST_NAMES)}"


def _street(chance: Random) -> str:
    return f"{chance.randrange(1, 999)} {chance.choice(STREETS)}"


def _email(name: str, serial: int | None = None) -> str:
    plain = "".join(c for c in name.lower().replace(" ", ".") if c.isascii() and c in LETTERS)
    words = ".".join(filter(None, plain.split(".")))  # of "Route 66 Diner" no number is left
    return f"{words}{serial or ''}@example.com"


LETTERS = "abcdefghijklmnopqrstuvwxyz."


def _meter(kind: str, serial: int, state: str, today: date, chance: Random) -> DemoMeter:
    prefix, unit, types = METERS[kind]
    least, most = USAGE[kind]
    monthly = chance.randint(least, most)
    value, readings = chance.randint(1000, 60000), []
    for day in month_ends(today):
        value += max(1, round(monthly * chance.uniform(0.7, 1.3)))
        readings.append((day, Decimal(value)))
    return DemoMeter(
        utility_type=kind,
        number=f"{prefix}-{440000 + serial}",
        device=f"D-{kind[0]}{50000 + serial}",
        meter_type=chance.choice(types),
        model=chance.choice(MODELS[kind]),
        unit=unit,
        supply_state=state,
        readings=tuple(readings),
    )


def _sample_meters() -> tuple[DemoMeter, ...]:
    """The sample's two meters, read each month of 2024 up to the one before its request.

    None is later: its final bill, for 2024, would count what later years used.
    """
    months = [date(2024, month, monthrange(2024, month)[1]) for month in range(1, 12)]
    electricity = [(day, Decimal(18245 + 410 * (day.month - 11))) for day in months]
    water = [(day, Decimal(842 + 14 * (day.month - 11))) for day in months]
    return (
        DemoMeter(
            "ELECTRICITY", "EM-448210", "D-77310", "Smart, single phase", "Voltis 3", "kWh",
            "CONNECTED", electricity,
        ),
        DemoMeter(
            "WATER", "WM-119034", "D-90557", "Ultrasonic", "Aquaflow X200", "m³",
            "CONNECTED", water,
        ),
    )  # fmt: skip


def _faq_meter(today: date, chance: Random) -> DemoMeter:
    """Water meter M-5678, device D-9012, Aquaflow X200, last reading 12580."""
    used, readings = 12580, []
    for day in reversed(month_ends(today)):
        readings.append((day, Decimal(used)))
        used -= chance.randint(8, 30)
    return DemoMeter(
        utility_type="WATER",
        number="M-5678",
        device="D-9012",
        meter_type="Ultrasonic",
        model="Aquaflow X200",
        unit="gal",
        supply_state="CONNECTED",
        readings=tuple(reversed(readings)),
    )
