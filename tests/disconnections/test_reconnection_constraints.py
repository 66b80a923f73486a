"""What the database refuses of reconnections, whoever asks (DIS17, W10 mirrored)."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from billing.models import LedgerTransaction
from consumers.models import Consumer, ServiceConnection
from disconnections.models import (
    ClosurePolicy,
    DisconnectionRequest,
    Execution,
    ReconnectedService,
    ReconnectionFee,
    ReconnectionMeter,
)
from smart360.cases.models import Case
from smart360.kernel.errors import constraint_of
from tests.disconnections.closing import make_billing, make_closing
from tests.disconnections.returning import MakeReturn, Return, make_return
from tests.disconnections.test_closure_constraints import act_and_commit

__all__ = ["make_billing", "make_closing", "make_return"]
pytestmark = [pytest.mark.django_db, pytest.mark.database]


def refused_by(act: Callable[[], object]) -> str:
    """Which constraint refuses, also one that speaks at the end of the transaction only."""
    with pytest.raises(IntegrityError) as refused, transaction.atomic():  # noqa: TID251
        act_and_commit(act)
    return constraint_of(refused.value)


def is_never_done(act: Callable[[], object]) -> None:
    """Rows that stay as they are say so without a constraint's name."""
    with pytest.raises(DatabaseError), transaction.atomic():  # noqa: TID251
        act()


@pytest.fixture
def back(make_return: MakeReturn) -> Return:
    return make_return(fee="45.00")


def test_only_a_reconnection_brings_an_account_back(back: Return) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('smart360.guard', 'lifted', true)")
    one = Consumer.objects.filter(pk=back.consumer.pk)
    service = ServiceConnection.objects.filter(consumer=back.consumer)
    assert refused_by(lambda: one.update(status="ACTIVE")) == "an_account_comes_back_by_execution"
    assert (
        refused_by(lambda: service.update(supply_state="CONNECTED"))
        == "supply_comes_back_by_execution"
    )
    case = Case.objects.filter(pk=back.request.pk)
    assert (
        refused_by(lambda: case.update(status="COMPLETED", ended_at=back.at, ended_by=back.sarah))
        == "disconnections_complete_by_execution"
    )


def test_what_it_undoes_stays(back: Return) -> None:
    asked = DisconnectionRequest.objects.filter(pk=back.request.pk)
    assert asked.get().undoes_id == back.closing.case.pk
    assert refused_by(lambda: asked.update(undoes=None)) == "what_was_asked_for_stays"


def test_a_fee_is_charged_once_and_is_its_own(back: Return) -> None:
    fee = ReconnectionFee.objects.get()
    other = LedgerTransaction.objects.exclude(pk=fee.posting_id).latest("pk")
    again = ReconnectionFee(request=back.request, posting=fee.posting)
    assert (
        refused_by(lambda: again.save(force_insert=True)) == "disconnections_reconnectionfee_pkey"
    )
    wrong = ReconnectionFee(request=back.request, posting=other)
    assert (
        refused_by(lambda: wrong.save(force_insert=True)) == "a_reconnection_fee_is_of_its_request"
    )
    policy = ClosurePolicy.objects
    assert (
        refused_by(lambda: policy.update(reconnection_fee=-1))
        == "a_reconnection_fee_is_not_negative"
    )


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"meter_number": "EM-1"}, "a_meter_of_a_reconnection_was_typed"),
        ({"reading": 5, "read_on": date(2024, 12, 20)}, "an_opening_reading_has_its_day_and_meter"),
        ({"reading": 5}, "an_opening_reading_has_its_day_and_meter"),
    ],
)
def test_what_a_plan_may_say(back: Return, values: dict[str, object], name: str) -> None:
    plan = ReconnectionMeter(requested_service=back.request.services.first(), **values)
    assert refused_by(lambda: plan.save(force_insert=True)) == name


def test_what_was_done_stays(back: Return) -> None:
    done = back.ready().execute()
    rows = ReconnectedService.objects.filter(execution=done)
    is_never_done(lambda: rows.update(read_on=None))
    is_never_done(rows.delete)
    plans = ReconnectionMeter.objects.filter(requested_service__request=back.request)
    assert refused_by(lambda: plans.update(reading=1)) == "a_closure_stays_as_it_was"
    is_never_done(ReconnectionFee.objects.all().delete)


def test_a_service_that_came_back_was_asked_for(back: Return) -> None:
    done = back.ready().execute()
    cut = Execution.objects.get(pk=back.closing.case.pk)
    first = back.services[0]
    again = ReconnectedService(execution=done, service_connection=first)
    assert refused_by(lambda: again.save(force_insert=True)) == "a_service_comes_back_once"
    wrong = ReconnectedService(execution=cut, service_connection=first)
    assert (
        refused_by(lambda: wrong.save(force_insert=True))
        == "a_reconnected_service_is_of_its_request"
    )
