"""The page of billing runs: who may, what it says, and that it works without scripts."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from billing.choices import RunState
from billing.models import BillingRun
from billing.operations.runs import stop_run
from consumers.models import Consumer
from smart360.owed.tasks import drain
from smart360.staff.choices import Role
from tests.billing.rates import make_tariff

pytestmark = pytest.mark.django_db(transaction=True)
RUNS = "/cx/billing/runs"
ClientAs = Callable[..., Client]
DECEMBER = {"period_from": "2024-12-01", "period_to": "2024-12-31"}


@pytest.fixture
def new_year(stands: Any, utility: object) -> datetime:
    stands.at = datetime(2025, 1, 1, 15, 30, tzinfo=UTC)
    at: datetime = stands.at
    return at


def start(client: Client, **fields: str) -> Any:
    return client.post(f"{RUNS}/start", DECEMBER | {"form_key": str(uuid4())} | fields)


def test_offers_the_month_before(client_as: ClientAs, new_year: datetime) -> None:
    page = client_as(Role.BILLING).get(RUNS).content.decode()
    assert 'value="2024-12-01"' in page
    assert 'value="2024-12-31"' in page
    assert "No billing run yet" in page


def test_starts_watches_and_shows_the_result(
    client_as: ClientAs, make_consumer: Callable[..., Consumer], new_year: datetime
) -> None:
    make_tariff()
    make_consumer()
    make_consumer(services={})
    client = client_as(Role.BILLING)
    answer = start(client)
    assert (answer.status_code, answer["Location"]) == (302, RUNS)
    working = client.get(RUNS).content.decode()
    assert 'hx-trigger="every 2s"' in working
    assert "<progress" in working
    drain("DEFAULT")
    fragment = client.get(RUNS, headers={"HX-Request": "true"}).content.decode()
    assert fragment.strip().startswith('<section id="runs"')
    assert "every 2s" not in fragment
    assert "$13.38" in fragment
    assert "No service connection: 1" in fragment
    assert "Done" in fragment


@pytest.mark.parametrize(
    ("fields", "status", "sentence"),
    [
        ({"period_to": ""}, 422, "This field is required"),
        ({"period_to": "31.12.2024"}, 422, "Enter a valid date"),
        ({"period_to": "2024-11-30"}, 422, "The last day lies before the first"),
        ({"period_to": "2025-01-02"}, 422, "The cycle has not ended yet"),
        ({"period_to": "99999-01-01"}, 422, "Enter a valid date"),
    ],
)
def test_refuses_beside_the_field(
    client_as: ClientAs,
    new_year: datetime,
    fields: dict[str, str],
    status: int,
    sentence: str,
) -> None:
    answer = start(client_as(Role.BILLING), **fields)
    assert answer.status_code == status
    assert sentence in answer.content.decode()
    assert not BillingRun.objects.exists()


def test_a_second_run_waits(client_as: ClientAs, new_year: datetime) -> None:
    client = client_as(Role.BILLING)
    start(client)
    answer = start(client)
    assert answer.status_code == 409
    assert "Another billing run is at work" in answer.content.decode()


def test_the_same_form_starts_one_run(client_as: ClientAs, new_year: datetime) -> None:
    client, key = client_as(Role.BILLING), str(uuid4())
    assert [start(client, form_key=key).status_code for _ in range(2)] == [302, 302]
    assert BillingRun.objects.count() == 1


def test_a_stopped_run_goes_on(client_as: ClientAs, new_year: datetime) -> None:
    client = client_as(Role.SUPERVISOR)
    start(client)
    run = BillingRun.objects.get()
    resume = f"{RUNS}/{run.pk}/resume"
    refused = client.post(resume)
    assert refused.status_code == 409
    assert "was not stopped" in refused.content.decode()
    stop_run(run=run.pk, at=new_year)
    assert resume in client.get(RUNS).content.decode()
    key = str(uuid4())
    assert [client.post(resume, {"form_key": key}).status_code for _ in range(2)] == [302, 302]
    run.refresh_from_db()
    assert (run.state, run.ended_at) == (RunState.RUNNING, None)
    assert client.post(f"{RUNS}/999/resume").status_code == 404


@pytest.mark.parametrize("role", [Role.CSE, Role.RECOVERY, Role.ADMIN, Role.TECHNICIAN])
def test_others_may_not(client_as: ClientAs, new_year: datetime, role: Role) -> None:
    client = client_as(role)
    assert client.get(RUNS).status_code == 403
    assert start(client).status_code == 403
    assert not BillingRun.objects.exists()
