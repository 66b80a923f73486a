"""What every test stands on: the application's database role, people, consumers, a clock."""

import itertools
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.core.serializers import sort_dependencies
from django.db import connection, connections
from django.test import Client, TransactionTestCase
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from psycopg.pq import TransactionStatus

from complaints.models import Complaint
from complaints.operations import create_complaint
from consumers.choices import AccountStatus, LockPurpose, SupplyState, UtilityType
from consumers.models import (
    Category,
    Consumer,
    Device,
    Meter,
    MeterAssignment,
    Premise,
    Reading,
    ServiceConnection,
    Subcategory,
)
from consumers.operations import take_profile_lock
from disconnections.models import DisconnectionRequest, Reason
from disconnections.operations import create_request
from disconnections.rules import RequestWish
from smart360.kernel import clock
from smart360.kernel.text import digits, normalise
from smart360.organisation.models import Utility
from smart360.staff.choices import Role
from smart360.staff.models import Person, RoleMembership
from tests.complaints.conftest import MakeComplaint
from tests.complaints.conftest import wish_for as complaint_wish

APPLICATION_ROLE = "smart360_app"
CHICAGO_MORNING = datetime(2024, 12, 10, 15, 30, tzinfo=UTC)
"""December 10, 2024, 09:30 AM in Springfield: when the sample of 004 §8 begins."""

# Nothing is timed here: how long an example takes tells of the machine.
hypothesis_settings.register_profile(
    "untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("untimed")

KEPT = {"django_migrations", "django_content_type", "auth_permission"}


# ------------------------------------------------------------------ by day and by night
def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--night", action="store_true", help="also what is too long for a change: marked `night`"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What is marked `night` runs by ``./dev test --night`` only."""
    if config.getoption("--night"):
        return
    by_day = [item for item in items if item.get_closest_marker("night") is None]
    if len(by_day) < len(items):
        config.hook.pytest_deselected(items=[each for each in items if each not in set(by_day)])
        items[:] = by_day


@pytest.fixture(scope="session")
def amount(request: pytest.FixtureRequest) -> Callable[[int, int], int]:
    """How much of something is tried: ``amount(50, 2_000)`` is 50 by day and 2,000 by night."""
    is_night = bool(request.config.getoption("--night"))
    return lambda by_day, by_night: by_night if is_night else by_day


# ------------------------------------------------------------------ the database
@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Grant the application's role its rights and run every test as that role."""
    with django_db_blocker.unblock():
        call_command("grant_rights", role=APPLICATION_ROLE)
        _remember_reference_rows()
        options = connections["default"].settings_dict["OPTIONS"]
        as_owner = options["options"]
        options["options"] = f"{as_owner} -c role={APPLICATION_ROLE}"
        connections["default"].close()
    yield
    with django_db_blocker.unblock():
        options["options"] = as_owner  # only the owner may drop the database again
        connections["default"].close()
        with connections["default"].cursor() as cursor:
            # A browser's last request may still hold a session, and nothing to do with a test.
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                "   AND backend_type = 'client backend'"  # nobody but the server ends its own
            )
        connections["default"].close()


def _reference_tables() -> list[str]:
    """Tables that migrations have filled, in an order in which they can be filled again."""
    ordered = sort_dependencies([(config, None) for config in apps.get_app_configs()])
    existing = set(connection.introspection.table_names())
    named = dict.fromkeys(model._meta.db_table for model in ordered)  # proxies share a table
    tables = [table for table in named if table in existing]
    with connection.cursor() as cursor:
        filled = []
        for table in tables:
            if table in KEPT or table.endswith("event"):
                continue
            cursor.execute(f'SELECT EXISTS (SELECT 1 FROM "{table}")')
            if cursor.fetchone()[0]:
                filled.append(table)
    return filled


def _remember_reference_rows() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA IF NOT EXISTS reference")
        for table in _reference_tables():
            cursor.execute(f'CREATE TABLE IF NOT EXISTS reference."{table}" AS TABLE "{table}"')


def _flush_as_owner(self: TransactionTestCase) -> None:
    """Empty every table as the owner and put back what migrations had written.

    The application's role has no TRUNCATE, so Django's own flush cannot run as it.
    """
    for each in connections.all(initialized_only=True):
        if each.in_atomic_block:  # a test that failed half-way
            each.close()
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE")
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
        )
        tables = [row[0] for row in cursor.fetchall() if row[0] not in KEPT]
        cursor.execute("TRUNCATE " + ", ".join(f'public."{table}"' for table in tables))
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'reference'")
        remembered = {row[0] for row in cursor.fetchall()}
        ordered = sort_dependencies([(config, None) for config in apps.get_app_configs()])
        # a proxy model names the same table again
        for table in dict.fromkeys(model._meta.db_table for model in ordered):
            if table in remembered:
                cursor.execute(f'INSERT INTO public."{table}" SELECT * FROM reference."{table}"')
        cursor.execute(f"SET ROLE {APPLICATION_ROLE}")


@pytest.fixture(autouse=True, scope="session")
def _flush_by_owner() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", _flush_as_owner)
        yield


@pytest.fixture(autouse=True)
def _deferred_triggers_speak(request: pytest.FixtureRequest) -> Iterator[None]:
    """A deferred trigger would never fire in a test that is rolled back: ask it at the end."""
    uses_database = "db" in request.fixturenames or request.node.get_closest_marker("django_db")
    if uses_database:
        request.getfixturevalue("_django_db_helper")
    yield
    is_sound = (
        uses_database
        and connection.in_atomic_block
        and connection.connection.info.transaction_status != TransactionStatus.INERROR
    )
    if is_sound and not connection.needs_rollback:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.fixture
def as_owner(db: None) -> Callable[[], None]:
    """Become the owner of the tables for the rest of the test: ``as_owner()``."""

    def become() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET ROLE NONE")

    return become  # the role goes with the test's transaction


# ------------------------------------------------------------------ time
class SetClock:
    """A clock that stands where a test puts it."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def go_on(self, **length: float) -> datetime:
        """Let time pass, in UTC."""
        self.at += timedelta(**length)
        return self.at


@pytest.fixture
def at() -> datetime:
    """The moment at which the sample of 004 §8 begins."""
    return CHICAGO_MORNING


@pytest.fixture
def stands(monkeypatch: pytest.MonkeyPatch, at: datetime) -> SetClock:
    """The product's clock, standing at ``at`` until the test moves it."""
    standing = SetClock(at)
    monkeypatch.setattr(clock, "source", standing)
    return standing


# ------------------------------------------------------------------ people
PEOPLE = {
    Role.CSE: "Sarah Johnson",
    Role.CALL_CENTRE: "Emily Davis",
    Role.RECOVERY: "Robert Martinez",
    Role.BILLING: "Karen Lee",
    Role.SUPERVISOR: "David Chen",
    Role.ADMIN: "Patricia Moore",
    Role.DISPATCHER: "Lisa Wilson",
    Role.TECHNICIAN: "Mike Thompson",
}
_serial = itertools.count(1)
MakePerson = Callable[..., Person]


@pytest.fixture
def person(db: None) -> MakePerson:
    """A person with the roles given: ``person(Role.CSE)``; each call makes a new one."""

    def make(*roles: Role, full_name: str = "", **fields: Any) -> Person:
        made = Person(
            username=fields.pop("username", f"person{next(_serial)}"),
            full_name=full_name or (PEOPLE[roles[0]] if roles else "Nobody"),
            email=fields.pop("email", f"person{next(_serial)}@example.com"),
            **fields,
        )
        made.set_password("a-long-enough-password")
        made.save()
        for role in roles:
            RoleMembership.objects.create(person=made, group=Group.objects.get(name=role.value))
        return Person.objects.with_roles().get(pk=made.pk)

    return make


@pytest.fixture
def client_as(person: MakePerson) -> Callable[..., Client]:
    """A browser signed in as a new person of a role (or as the person given)."""

    def sign_in(who: Role | Person) -> Client:
        somebody = who if isinstance(who, Person) else person(who)
        client = Client()
        client.force_login(somebody, backend="smart360.staff.access.RoleBackend")
        client.person = somebody  # type: ignore[attr-defined]  # for the test's convenience
        return client

    return sign_in


# ------------------------------------------------------------------ the utility and its consumers
@pytest.fixture
def utility(db: None) -> Utility:
    """Springfield Utilities, in Chicago's zone."""
    utility, _ = Utility.objects.update_or_create(
        pk=1,
        defaults={
            "name": "Springfield Utilities",
            "address": "1 Main Street, Springfield, IL 62701",
            "phone": "(555) 010-0100",
            "email": "service@springfield.example",
            "emergency_phone": "(555) 010-0911",
            "business_hours": "Weekdays 8:00 AM – 6:00 PM",
            "time_zone": "America/Chicago",
        },
    )
    return utility


MakeConsumer = Callable[..., Consumer]


@pytest.fixture
def make_consumer(utility: Utility) -> MakeConsumer:
    """A consumer with connections, meters and one reading each."""

    def make(
        name: str = "John Michael Smith",
        *,
        account_number: str = "",
        status: AccountStatus = AccountStatus.ACTIVE,
        is_vip: bool = False,
        phone: str = "(555) 123-4567",
        email: str = "john.smith@email.com",
        address: str = "123 Oak Street, Springfield, IL 62701",
        services: dict[UtilityType, SupplyState] | None = None,
        with_meters: bool = True,
    ) -> Consumer:
        serial = next(_serial)
        category, _ = Category.objects.get_or_create(name="Residential")
        subcategory, _ = Subcategory.objects.get_or_create(category=category, name="Standard")
        consumer = Consumer.objects.create(
            account_number=account_number or f"ACC-2024-{900000 + serial}",
            name=name,
            status=status,
            is_vip=is_vip,
            category=category,
            subcategory=subcategory,
            phone=phone,
            phone_digits=digits(phone),
            email=email,
            registered_on=date(2024, 1, 15),
            search_text=normalise(f"{name} {address}"),
        )
        if services is None:
            services = {UtilityType.ELECTRICITY: SupplyState.CONNECTED}
        premise = Premise.objects.create(address=address)
        for utility_type, state in services.items():
            service_connection = ServiceConnection.objects.create(
                consumer=consumer,
                premise=premise,
                utility_type=utility_type,
                supply_state=state,
                connected_on=date(2024, 1, 15),
            )
            if with_meters:
                _give_meter(service_connection, serial)
        return consumer

    return make


def _give_meter(service_connection: ServiceConnection, serial: int) -> Meter:
    utility_type = UtilityType(service_connection.utility_type)
    letter = utility_type.value[0]
    meter = Meter.objects.create(
        number=f"{letter}M-{440000 + serial}",
        device=Device.objects.create(number=f"D-{letter}{70000 + serial}"),
        utility_type=utility_type,
        meter_type="Smart, single phase",
        model="Aquaflow X200" if utility_type == UtilityType.WATER else "Voltis 3",
        unit="kWh" if utility_type == UtilityType.ELECTRICITY else "m³",
        installed_on=date(2024, 1, 15),
    )
    MeterAssignment.objects.create(
        meter=meter,
        service_connection=service_connection,
        during=(datetime(2024, 1, 15, tzinfo=UTC), None),
    )
    Reading.objects.create(meter=meter, value=Decimal(18245), read_on=date(2024, 11, 30))
    return meter


MakeRequest = Callable[..., DisconnectionRequest]


@pytest.fixture
def make_request(make_consumer: MakeConsumer, person: MakePerson, at: datetime) -> MakeRequest:
    """A request made the way people make one: take the profile, then submit."""

    def make(
        consumer: Consumer | None = None,
        *,
        by: Person | None = None,
        reason: str = "NP-001",
        moment: datetime | None = None,
        **wishes: Any,
    ) -> DisconnectionRequest:
        consumer = consumer or make_consumer()
        by = by or person(Role.CSE)
        moment = moment or at
        lock = take_profile_lock(
            consumer=consumer.pk, purpose=LockPurpose.CREATE_REQUEST, by=by, at=moment
        )
        wish = wish_for(consumer, lock_token=lock.token, reason=reason, **wishes)
        return create_request(wish=wish, by=by, at=moment, form_key=uuid4())

    return make


def wish_for(
    consumer: Consumer, *, lock_token: int, reason: str = "NP-001", **wishes: Any
) -> RequestWish:
    """What the form sends for all services of a consumer, without a preferred date."""
    services = tuple(consumer.connections.order_by("pk").values_list("pk", flat=True))
    chosen: dict[str, Any] = {
        "consumer": consumer.pk,
        "lock_token": lock_token,
        "confirmed_kind": "",
        "services": services,
        "reason": Reason.objects.get(code=reason).pk,
        "has_no_preference": "preferred_on" not in wishes,
    }
    return RequestWish(**(chosen | wishes))


@pytest.fixture
def form_key() -> Callable[[], Any]:
    """A fresh one-time form key at each call."""
    return uuid4


@pytest.fixture
def make_complaint(person: MakePerson, at: datetime) -> MakeComplaint:
    """Register a complaint: ``make_complaint(consumer, name="Leak")``, or a stranger's."""

    def make(
        consumer: Consumer | None = None, *, by: Person | None = None, when: datetime | None = None,
        **wish: Any,
    ) -> Complaint:  # fmt: skip
        return create_complaint(
            wish=complaint_wish(consumer=consumer.pk if consumer else None, **wish),
            by=by or person(Role.CSE),
            at=when or at,
            form_key=uuid4(),
        )

    return make
