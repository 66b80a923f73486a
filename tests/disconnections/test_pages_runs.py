"""The pages of non-payment runs: choose, preview, propose, start, watch, undo, look up."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from disconnections.models import NonPaymentRun, Reason, RunAccount
from smart360.staff.choices import Role
from tests.conftest import SetClock
from tests.disconnections.protecting import hold
from tests.disconnections.running import (
    MakeDebtor,
    Running,
    alone_up_to,
    make_debtor,
    run_of,
)

__all__ = ["make_debtor", "run_of"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]
SignIn = Callable[..., Client]
RUNS = "/cx/disconnections/runs"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def robert(client_as: SignIn, run_of: Running, stands: SetClock) -> Client:
    return client_as(run_of.robert)


def chosen(**more: Any) -> dict[str, Any]:
    reason = Reason.objects.get(code="NP-001").pk
    return {"reason": reason, "overdue": "30", "amount_from": "50.00"} | more


def words(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_previews_counts_amount_and_why(
    robert: Client, make_debtor: MakeDebtor, run_of: Running
) -> None:
    make_debtor("300.00")
    hold(make_debtor("80.00"), at=run_of.at)
    page = words(robert.get(f"{RUNS}/new", chosen()))
    for shown in ("$300.00", "$80.00", "Protected household",
                  "Utility policy: protections before a cut for non-payment"):  # fmt: skip
        assert shown in page
    assert not NonPaymentRun.objects.exists(), "looking changes nothing"


def test_lists_who_is_left_out_with_figures_and_rule(
    robert: Client, make_debtor: MakeDebtor, run_of: Running
) -> None:
    kept = make_debtor("80.00", name="Jane Doe")
    hold(kept, at=run_of.at)
    page = words(robert.get(f"{RUNS}/new", chosen(why="MEDICAL")))
    for shown in ("Jane Doe", kept.account_number, "70 days",
                  "A protection of the household stands until it is lifted"):  # fmt: skip
        assert shown in page


@pytest.mark.parametrize(
    "wrong",
    [
        {"overdue": "0"}, {"overdue": "3661"}, {"overdue": "x"}, {"overdue": ""},
        {"amount_from": "-1"}, {"amount_to": "10.00"}, {"categories": ["Farm"]},
        {"areas": ["Nowhere"]}, {"reason": "999999"},
    ],
)  # fmt: skip
def test_a_wrong_choice_is_shown_again(robert: Client, wrong: dict[str, Any]) -> None:
    assert robert.get(f"{RUNS}/new", chosen(**wrong)).status_code == 422
    sent = chosen(**wrong, form_key=str(uuid4()))
    assert robert.post(f"{RUNS}/propose", sent).status_code == 422
    assert not NonPaymentRun.objects.exists()


def test_from_the_choice_to_the_record(
    robert: Client, make_debtor: MakeDebtor, run_of: Running
) -> None:
    make_debtor(name="Jane Doe")
    answer = robert.post(f"{RUNS}/propose", chosen(form_key=str(uuid4())))
    run = NonPaymentRun.objects.get()
    assert answer["Location"] == f"{RUNS}/{run.pk}"
    page = words(robert.get(answer["Location"]))
    assert "Start run" in page
    assert "Jane Doe" in page
    robert.post(f"{RUNS}/{run.pk}/start", {"form_key": str(uuid4())})
    page = words(robert.get(f"{RUNS}/{run.pk}"))
    assert "0 of 1 accounts" in page
    assert 'hx-trigger="every 2s"' in page
    run_of.work(run)
    page = words(robert.get(f"{RUNS}/{run.pk}"))
    request = RunAccount.objects.get().request
    assert request is not None
    assert request.case.number in page
    assert "Undo run" in page
    assert "every 2s" not in page
    assert "Jane Doe" not in words(robert.get(f"{RUNS}/{run.pk}", {"outcome": "PAID"}))
    assert f"Run {run.pk}" in words(robert.get(RUNS))


def test_nobody_left_is_said(robert: Client, make_debtor: MakeDebtor, run_of: Running) -> None:
    hold(make_debtor(), at=run_of.at)
    answer = robert.post(f"{RUNS}/propose", chosen(form_key=str(uuid4())))
    assert answer.status_code == 422
    assert "Nobody is left to be disconnected" in words(answer)


def test_a_second_person_starts_a_large_one(
    robert: Client, client_as: SignIn, make_debtor: MakeDebtor, run_of: Running
) -> None:
    make_debtor()
    alone_up_to(0)
    run = run_of.propose()
    page = words(robert.get(f"{RUNS}/{run.pk}"))
    assert "Start run" not in page
    assert "started by a second person" in page
    answer = robert.post(f"{RUNS}/{run.pk}/start", {"form_key": str(uuid4())})
    assert answer.status_code == 403
    david = client_as(run_of.david)
    assert "Start run" in words(david.get(f"{RUNS}/{run.pk}"))
    assert david.post(f"{RUNS}/{run.pk}/start", {"form_key": str(uuid4())}).status_code == 302
    assert NonPaymentRun.objects.get().state == "RUNNING"


def test_the_same_button_twice_starts_once(
    robert: Client, make_debtor: MakeDebtor, run_of: Running
) -> None:
    make_debtor()
    run = run_of.propose()
    sent = {"form_key": str(uuid4())}
    for _ in "ab":
        assert robert.post(f"{RUNS}/{run.pk}/start", sent).status_code == 302
    late = robert.post(f"{RUNS}/{run.pk}/start", {"form_key": str(uuid4())})
    assert late.status_code == 409


def test_withdraws(robert: Client, make_debtor: MakeDebtor, run_of: Running) -> None:
    make_debtor()
    run = run_of.propose()
    robert.post(f"{RUNS}/{run.pk}/withdraw", {"form_key": str(uuid4())})
    assert NonPaymentRun.objects.get().state == "WITHDRAWN"


def test_undo_asks_why(robert: Client, make_debtor: MakeDebtor, run_of: Running) -> None:
    make_debtor()
    run = run_of.whole()
    for because in ("", "Oops", "x" * 251):
        sent = {"form_key": str(uuid4()), "because": because}
        assert robert.post(f"{RUNS}/{run.pk}/undo", sent).status_code == 422
    sent = {"form_key": str(uuid4()), "because": "Wrong area chosen"}
    assert robert.post(f"{RUNS}/{run.pk}/undo", sent).status_code == 302
    run_of.work(run)
    page = words(robert.get(f"{RUNS}/{run.pk}"))
    assert "Wrong area chosen" in page
    assert NonPaymentRun.objects.get().state == "UNDONE"


def test_the_fragment_refreshes_itself(
    robert: Client, make_debtor: MakeDebtor, run_of: Running
) -> None:
    make_debtor()
    run = run_of.propose()
    answer = robert.get(f"{RUNS}/{run.pk}", headers=HTMX)
    assert words(answer).startswith('<div id="run"')


@pytest.mark.parametrize("role", [Role.CSE, Role.BILLING, Role.ADMIN, Role.TECHNICIAN])
def test_others_see_no_run(client_as: SignIn, role: Role) -> None:
    assert client_as(role).get(RUNS).status_code == 403


def test_asks_no_more_with_more_accounts(
    robert: Client, make_debtor: MakeDebtor, run_of: Running
) -> None:
    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            robert.get(f"{RUNS}/new", chosen(why="MEDICAL"))
        return len(queries)

    hold(make_debtor(), at=run_of.at)
    asked()  # the first one fills what is kept between requests
    few = asked()
    for _ in range(5):
        hold(make_debtor(), at=run_of.at)
        make_debtor()
    assert asked() == few
