"""The Relationship Health Score from what happened to the page, and its nights (CON7)."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from complaints.operations import rate_complaint
from consumers.models import Consumer, ConsumerFigures
from disconnections.models import Reason
from smart360.cases.operations import send_message
from smart360.fieldwork.operations import complete_service_order
from smart360.insights import tasks
from smart360.insights.models import HealthScore
from smart360.insights.operations import begin_scoring, go_on_with_scores
from smart360.insights.queries.health import health_facts, health_now
from smart360.insights.rules.health import HealthFacts
from smart360.owed.models import OwedWork
from smart360.owed.tasks import drain
from smart360.staff.choices import Role
from tests.billing.paying import pay
from tests.billing.posting import post_now
from tests.billing.test_pages_financial import text_of
from tests.billing.test_payment_compliance import bill, opening, paid
from tests.complaints.conftest import MakeComplaint
from tests.complaints.working import bring_to
from tests.conftest import MakeConsumer, MakePerson, MakeRequest, SetClock
from tests.disconnections.closing import MakeClosing, make_billing, make_closing
from tests.fieldwork.working import MONDAY, order_from_profile, technician

__all__ = ["make_billing", "make_closing"]
pytestmark = pytest.mark.django_db
ClientAs = Callable[..., Client]
LATER = timedelta(days=10)
SEERS = (Role.CSE, Role.CALL_CENTRE, Role.RECOVERY, Role.BILLING, Role.SUPERVISOR)
EXAMPLE = HealthFacts(
    bills_due=4, bills_on_time=3, orders_done=2, orders_in_time=1, ratings=1, stars=4, asked=2,
    answered=1, days=340, has_email=True, rated_online=True, complaints_ended=1,
    complaints_resolved=1, complaints_open=1,
)  # fmt: skip


@pytest.fixture
def example(
    make_consumer: MakeConsumer,
    make_complaint: MakeComplaint,
    person: MakePerson,
    at: datetime,
    stands: SetClock,
) -> Consumer:
    """What docs/HEALTH.md tells of one consumer, and a complaint about staff that nobody counts."""
    consumer, boss = make_consumer(), person(Role.SUPERVISOR)
    post_now(
        opening(consumer, "50", date(2024, 7, 1), due=date(2024, 7, 21)),
        *[bill(consumer, "50", date(2024, month, 1)) for month in (8, 9, 10)],
        paid(consumer, "150", date(2024, 7, 5)),
        paid(consumer, "50", date(2024, 11, 30)),
        at=at,
    )
    technician(person(Role.TECHNICIAN))
    for days in (0, 8):
        order = order_from_profile(consumer, by=boss, at=at, scheduled_on=MONDAY)
        complete_service_order(
            service_order=order.pk, words="Done", by=boss, at=at + timedelta(days=days)
        )
    first, _, _ = (
        make_complaint(consumer, name=name)
        for name in ("Leak", "Bill is too high", "Rude or disrespectful")
    )
    answered_at = at + timedelta(minutes=30)
    send_message(
        case=first.pk, subject="", words="We come today.", by=boss, at=answered_at,
        form_key=uuid4(),
    )  # fmt: skip
    bring_to("RESOLVED", first, boss, at + timedelta(hours=1))
    rate_complaint(complaint=first.pk, stars=4, comment="", by=None, at=at + timedelta(days=1))
    stands.at = at + LATER
    return consumer


def path(consumer: Consumer, rest: str = "/health") -> str:
    return f"/cx/consumer-management/{consumer.account_number}{rest}"


def test_the_documented_example_is_what_the_page_shows(
    example: Consumer, client_as: ClientAs, stands: SetClock
) -> None:
    today = stands.at.date()
    assert health_facts([example.pk], today=today, at=stands.at) == {example.pk: EXAMPLE}
    told = " ".join(Path("docs/HEALTH.md").read_text(encoding="utf-8").split())
    reader = client_as(Role.CSE)
    shown = text_of(reader.get(path(example)))
    health = health_now(example.pk, at=stands.at)
    for each in health.components:
        cells = (each.name, each.figures, str(each.value), f"{each.percent}%", str(each.points))
        assert f"| {' | '.join(cells)} |" in told
        assert f"{each.name} {each.figures} {each.value} × {each.percent}% + {each.points}" in shown
    for taken in health.penalties:
        assert f"| {taken.name} | {taken.count} × {taken.each} | {taken.points} |" in told
        row = f"{taken.name} {taken.counted} {taken.count} × {taken.each} − {taken.points}"
        assert row in shown
    sums = f"{health.gained} − {health.deducted} = {health.before_limits}"
    assert f"{sums}, so **{health.score}/100**" in told
    assert sums in shown
    assert f"{health.score}/100" in shown
    assert "The first score is kept tonight." in text_of(reader.get(path(example, "")))


def test_what_else_counts(
    make_consumer: MakeConsumer,
    make_request: MakeRequest,
    person: MakePerson,
    at: datetime,
) -> None:
    """A payment online; a request for a debt is no service; what is open is not judged yet."""
    consumer = make_consumer(email="")
    make_request(consumer, reason="NP-001")
    pay(consumer, "50", by=person(Role.BILLING), at=at, method="ONLINE_BANKING")
    found = health_facts([consumer.pk], today=date(2024, 12, 10), at=at + LATER)[consumer.pk]
    assert found == HealthFacts(days=330, paid_online=True)


def test_a_request_and_a_cut(make_closing: MakeClosing, at: datetime) -> None:
    closing = make_closing().ready()
    closing.execute(later=1)
    key, today = closing.consumer.pk, date(2024, 12, 10)
    found = health_facts([key], today=today, at=at + LATER)[key]
    assert (found.requests_done, found.requests_in_time, found.cuts) == (1, 1, 0)
    as_if_for_debt = Reason.objects.filter(code="CR-001")
    as_if_for_debt.update(is_for_debt=True, is_wished=False)
    found = health_facts([key], today=today, at=at + LATER)[key]
    assert (found.requests_done, found.cuts) == (0, 1)
    assert go_on_with_scores(day=today, after=0, at=at) == 0  # archived: scored no more


# ------------------------------------------------------------------ who sees it
def test_who_sees_it(example: Consumer, client_as: ClientAs) -> None:
    for role in Role:
        client = client_as(role)
        assert client.get(path(example)).status_code == (200 if role in SEERS else 403), role
        if role != Role.TECHNICIAN:
            page = client.get(path(example, "")).content.decode()
            assert ('id="health-brief"' in page) == (role in SEERS), role


def test_looking_writes_nothing_and_costs_little(example: Consumer, client_as: ClientAs) -> None:
    client = client_as(Role.SUPERVISOR)
    client.get(path(example))
    with CaptureQueriesContext(connection) as statements:
        client.get(path(example))
    assert len(statements) <= 16
    assert not [each for each in statements if each["sql"].startswith(("INSERT", "UPDATE"))]
    assert not HealthScore.objects.exists()


# ------------------------------------------------------------------ at night
def scores() -> dict[int, tuple[date, int]]:
    return {each.consumer_id: (each.month, each.score) for each in HealthScore.objects.all()}


def test_each_night_all_are_scored_batch_by_batch(
    example: Consumer, make_consumer: MakeConsumer, client_as: ClientAs, stands: SetClock
) -> None:
    other = make_consumer()
    month, at = date(2024, 12, 1), stands.at
    begin_scoring(at=at)
    begin_scoring(at=at)  # a second beat of the same day adds nothing
    assert OwedWork.objects.filter(kind="insights.go_on_with_scores").count() == 1
    assert go_on_with_scores(day=at.date(), after=0, at=at, at_once=1) == 1
    assert scores() == {example.pk: (month, 56)}  # killed here, the next batch is owed
    drain("DEFAULT")
    expected = {each.pk: health_now(each.pk, at=at).score for each in (example, other)}
    assert scores() == {key: (month, score) for key, score in expected.items()}
    figures = dict(ConsumerFigures.objects.values_list("consumer", "health_score"))
    assert figures == expected
    # The same month again is one row; the next is another. Nothing moved: nothing is written.
    kept = HealthScore.objects.get(consumer=example)
    go_on_with_scores(day=at.date(), after=0, at=at + timedelta(days=1))
    kept.refresh_from_db()
    assert kept.scored_at == at
    stands.at = datetime(2025, 1, 4, 16, tzinfo=UTC)
    tasks.score_consumers()
    drain("DEFAULT")
    assert HealthScore.objects.filter(consumer=example).count() == 2
    page = text_of(client_as(Role.CSE).get(path(example)))
    assert "Dec 2024 56/100" in page
    assert "Jan 2025" in page
    brief = text_of(client_as(Role.CSE).get(path(example, "")))
    assert "As of last night" in brief
