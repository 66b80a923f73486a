"""A non-payment run: chosen, previewed, proposed, started by two, made by a worker (DIS13)."""

from collections.abc import Callable
from datetime import date, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection
from psycopg import sql

from billing.rules.arrangements import Part
from consumers.choices import AccountHoldKind, AccountStatus, LockPurpose, SupplyState, UtilityType
from consumers.models import Consumer, Guard
from consumers.operations import take_profile_lock
from disconnections.choices import Answer, Condition, Stage
from disconnections.models import (
    DisconnectionNotice,
    DisconnectionRequest,
    NonPaymentRun,
    ProtectionRule,
    ProtectionVerdict,
    Reason,
    RunAccount,
)
from disconnections.operations import close_request, runs
from disconnections.operations.proposing import UnableToPropose, propose_run
from disconnections.operations.runs import (
    UnableToGoOn,
    UnableToStartRun,
    UnableToWithdraw,
    go_on_with_run,
    resume_run,
    stop_run,
    withdraw_run,
)
from disconnections.operations.undoing import UnableToUndo, undo_run
from disconnections.queries.run_preview import ask, explain, preview
from disconnections.queries.runs import count_untouched
from disconnections.rules.runs import RunChoice
from smart360.cases.models import Approval, Case
from smart360.cases.operations import acknowledge, add_note, resume
from smart360.comms.models import Delivery, Message, Notice
from smart360.owed.models import OwedWork
from smart360.owed.tasks import drain
from smart360.staff.choices import Role
from smart360.trail.choices import Event
from smart360.trail.models import Entry
from tests.billing.arranging import FIRST, SECOND, arrange
from tests.billing.final_billing import Billing, make_tariffs
from tests.billing.paying import pay
from tests.conftest import MakePerson, MakeRequest
from tests.disconnections.closing import Closing
from tests.disconnections.protecting import hold
from tests.disconnections.running import (
    OWED,
    MakeDebtor,
    Running,
    alone_up_to,
    choice,
    make_debtor,
    outcomes,
    record_of,
    run_of,
)
from tests.fieldwork.working import order_from_case, put_in_area, technician
from tests.invariants import assert_sound
from tests.seeds import chance_for

__all__ = ["make_debtor", "run_of"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]


# ------------------------------------------------------------------ what a run makes
def test_makes_a_request_as_the_desk_would(
    make_debtor: MakeDebtor, run_of: Running, make_request: MakeRequest
) -> None:
    """Beside one made at the desk: the same rows, but for the message that confirms a wish."""
    by_hand = make_request(make_debtor(), by=run_of.robert)
    consumer = make_debtor()
    run = run_of.whole()
    made = DisconnectionRequest.objects.get(case__consumer=consumer)
    assert (run.state, run.made, run.looked_at) == ("DONE", 1, 1)
    for field in ("reason_id", "permanence", "consumer_status", "notes", "identity_check",
                  "identity_document", "service_address", "preferred_on", "slot_id"):  # fmt: skip
        assert getattr(made, field) == getattr(by_hand, field), field
    for field in ("kind", "status", "version", "priority",  "policy_id",
                  "created_at", "created_by_id", "due_at", "adjusted_due_at", "warns_at",
                  "breaches_at", "next_alert_at", "closing_reason"):  # fmt: skip
        assert getattr(made.case, field) == getattr(by_hand.case, field), field
    mine, theirs = (ProtectionVerdict.objects.get(case=each.case) for each in (made, by_hand))
    assert (mine.stage, mine.answer, mine.findings) == ("SUBMIT", "ALLOW", theirs.findings)
    assert mine.facts == theirs.facts
    lines = {
        each.pk: [(e.kind, e.actor_id, e.new) for e in Entry.objects.filter(case=each.case)]
        for each in (made, by_hand)
    }
    assert sorted(lines[made.pk], key=str) == sorted(lines[by_hand.pk], key=str)
    assert made.services.get().was_connected
    assert Guard.objects.get(consumer=consumer).placed_by == made.case.number
    said = Message.objects.get(case=made.case)
    told = Message.objects.get(case=by_hand.case, template=said.template)
    assert said.is_statutory
    assert not made.case.notifies_consumer, "nobody ticked the box"
    assert said.delivery.state == "QUEUED"
    assert said.body.text.count("$120.00") == told.body.text.count("$120.00") == 1
    notice = DisconnectionNotice.objects.get(case=made.case)
    assert (notice.way, notice.message) == ("EMAIL", said)


def test_owes_a_letter_and_a_receipt(make_debtor: MakeDebtor, run_of: Running) -> None:
    make_debtor()
    before = set(OwedWork.objects.values_list("pk", flat=True))
    run_of.whole()
    owed = (
        OwedWork.objects.exclude(pk__in=before)
        .exclude(kind__contains="run")
        .exclude(kind="comms.mail_notice")
    )
    assert sorted(owed.values_list("kind", flat=True)) == [
        "comms.deliver", "disconnections.receipt",
    ]  # fmt: skip


def test_keeps_each_outcome(make_debtor: MakeDebtor, run_of: Running) -> None:
    consumer = make_debtor()
    run = run_of.whole()
    kept = record_of(run, consumer)
    made = DisconnectionRequest.objects.get(case__consumer=consumer)
    assert (kept.outcome, kept.request, kept.outstanding, kept.overdue) == (
        "CREATED", made, OWED, 70,
    )  # fmt: skip


def test_leaves_its_lines(make_debtor: MakeDebtor, run_of: Running) -> None:
    make_debtor()
    run = run_of.whole()
    lines = Entry.objects.filter(kind__startswith="RUN_").order_by("pk")
    assert [(line.kind, line.actor, line.new["run"]) for line in lines] == [
        (Event.RUN_PROPOSED, run_of.robert, run.pk),
        (Event.RUN_STARTED, run_of.robert, run.pk),
        (Event.RUN_ENDED, None, run.pk),
    ]


def test_run_twice_makes_nothing_new(make_debtor: MakeDebtor, run_of: Running) -> None:
    make_debtor()
    paying = make_debtor()
    run_of.whole()
    assert Case.objects.count() == 2
    found = preview(choice(), at=run_of.at)
    assert (found.wanted, found.excluded) == (0, 2)
    pay(paying, "120.00", by=run_of.robert, at=run_of.at)
    assert preview(choice(), at=run_of.at).excluded == 1


def test_work_that_is_paid_twice_makes_nothing_new(
    make_debtor: MakeDebtor, run_of: Running
) -> None:
    make_debtor()
    run = run_of.propose()
    run_of.start(run)
    assert go_on_with_run(run=run.pk, after=0, at=run_of.at) == 1
    assert go_on_with_run(run=run.pk, after=0, at=run_of.at) == 0
    assert Case.objects.count() == 1


def test_without_an_address_no_notice_was_given(make_debtor: MakeDebtor, run_of: Running) -> None:
    make_debtor(email="")
    run_of.whole()
    assert Delivery.objects.get().state == "NOT_SENT"
    assert not DisconnectionNotice.objects.exists()
    assert Entry.objects.filter(kind=Event.MESSAGE_NOT_SENT).count() == 1


def test_asks_for_approval_where_a_rule_does(make_debtor: MakeDebtor, run_of: Running) -> None:
    make_debtor("300.00")
    make_debtor("80.00")
    run = run_of.propose()
    assert run.to_approve == 1
    run_of.start(run)
    run_of.work(run)
    asked = Approval.objects.get()
    assert (asked.because, asked.asked_by) == (["AMOUNT-APPROVAL"], run_of.robert)
    assert asked.reason == "$300.00 is above $250.00"
    assert Entry.objects.filter(kind=Event.APPROVAL_ASKED).count() == 1
    assert Message.objects.filter(template__code="request.approval_asked").count() == 1
    rung = Notice.objects.get(person=run_of.david)
    assert "1 requests of non-payment run" in rung.sentence


def test_the_vips_clocks_are_their_own(make_debtor: MakeDebtor, run_of: Running) -> None:
    make_debtor(is_vip=True)
    make_debtor()
    run_of.whole()
    assert Approval.objects.get().because == ["VIP-APPROVAL"]
    assert Case.objects.count() == 2


# ------------------------------------------------------------------ who is left out, and why
def test_each_exclusion_is_explained(
    make_debtor: MakeDebtor, run_of: Running, make_request: MakeRequest
) -> None:
    medical, open_one, disputed, edited, both = (make_debtor() for _ in range(5))
    off = make_debtor(services={UtilityType.WATER: SupplyState.OFF_FOR_NOW})
    ended = make_debtor(status=AccountStatus.INACTIVE)
    wanted = make_debtor()
    hold(medical, at=run_of.at)
    number = make_request(open_one).case.number
    hold(disputed, AccountHoldKind.DISPUTE, at=run_of.at, amount=Decimal("120.00"))
    take_profile_lock(
        consumer=edited.pk, purpose=LockPurpose.EDIT_PROFILE, by=run_of.david, at=run_of.at
    )
    hold(both, at=run_of.at)
    hold(both, AccountHoldKind.ARRANGEMENT, at=run_of.at, source="ARR-1")
    run = run_of.propose()
    kept = {
        each.consumer_id: [one["sentence"] for one in each.findings]
        for each in RunAccount.objects.filter(run=run, outcome="LEFT_OUT")
    }
    assert kept[medical.pk] == ["A protection of the household stands until it is lifted"]
    assert kept[open_one.pk] == [f"{number} is open for this account"]
    assert kept[disputed.pk] == [
        "All of the $120.00 is disputed", "A dispute stands until it is lifted",
    ]  # fmt: skip
    assert kept[edited.pk] == ["Being edited until 09:45 AM"]
    assert kept[both.pk] == [
        "A payment arrangement is kept, until it is lifted",
        "A protection of the household stands until it is lifted",
    ]
    assert kept[off.pk] == ["No service of the account is connected"]
    assert kept[ended.pk] == ["The account has ended or is disconnected already"]
    assert record_of(run, wanted).outcome == "PROPOSED"
    assert run.left_out["MEDICAL"] == [2, "240.00"]
    assert run.excluded == 7


def test_who_pays_or_arranges_before_the_start_is_left_out_then(
    make_debtor: MakeDebtor, run_of: Running
) -> None:
    paid, partly, arranged, sick, stays = (make_debtor() for _ in range(5))
    run = run_of.propose(amount_from=Decimal("50.00"))
    pay(paid, "120.00", by=run_of.robert, at=run_of.at)
    pay(partly, "80.00", by=run_of.robert, at=run_of.at)
    hold(arranged, AccountHoldKind.ARRANGEMENT, at=run_of.at, source="ARR-1")
    hold(sick, at=run_of.at)
    run_of.start(run)
    run = run_of.work(run)
    assert outcomes(run) == ["PAID", "LEFT_OUT", "ARRANGED", "LEFT_OUT", "CREATED"]
    assert (run.looked_at, run.made) == (5, 1)
    assert record_of(run, partly).findings[0]["sentence"] == (
        "Owes $40.00 now, overdue for 70 days"
    )
    assert record_of(run, sick).reasons == ["MEDICAL"]
    assert Case.objects.get().consumer == stays


def test_who_comes_to_owe_after_the_proposal_is_not_in_it(
    make_debtor: MakeDebtor, run_of: Running
) -> None:
    make_debtor()
    run = run_of.propose()
    make_debtor()
    run_of.start(run)
    assert run_of.work(run).made == 1


def test_an_account_of_which_one_service_is_off_is_cut_for_the_other(
    make_debtor: MakeDebtor, run_of: Running
) -> None:
    make_debtor(
        services={
            UtilityType.ELECTRICITY: SupplyState.CONNECTED,
            UtilityType.WATER: SupplyState.OFF_FOR_NOW,
        }
    )
    run_of.whole()
    service = DisconnectionRequest.objects.get().services.get()
    assert service.service_connection.utility_type == UtilityType.ELECTRICITY


@pytest.mark.parametrize(
    ("chosen", "found"),
    [
        ({}, 3),
        ({"overdue": 71}, 1),
        ({"overdue": 70}, 3),
        ({"amount_from": Decimal("120.00")}, 2),
        ({"amount_from": Decimal("120.01")}, 1),
        ({"amount_to": Decimal("119.99")}, 1),
        ({"categories": ("Residential",)}, 3),
        ({"categories": ("Farm",)}, 0),
        ({"areas": ("North",)}, 1),
        ({"areas": ("100% North",)}, 0),
    ],
)
def test_chooses_by_days_amount_category_and_area(
    make_debtor: MakeDebtor, run_of: Running, chosen: dict[str, Any], found: int
) -> None:
    put_in_area(make_debtor("300.00"), "North")
    make_debtor("120.00")
    make_debtor("80.00", due=date(2024, 9, 30))
    assert preview(choice(**chosen), at=run_of.at).found == found


# ------------------------------------------------------------------ what SQL says is what rules say
def test_the_count_is_what_the_rules_say(
    make_debtor: MakeDebtor, run_of: Running, make_request: MakeRequest
) -> None:
    """Random accounts under random rules: each account's reasons from SQL and from the rules."""
    dice = chance_for("who is left out of a run")
    at = run_of.at
    kinds = list(AccountHoldKind)
    for number in range(40):
        services = {
            each: dice.choice([SupplyState.CONNECTED] * 3 + [SupplyState.OFF_FOR_NOW])
            for each in dice.sample(list(UtilityType), dice.randint(1, 3))
        }
        debtor = make_debtor(
            str(dice.choice([5, 49.99, 50, 120, 251, 9000])),
            due=at.date() - timedelta(days=dice.choice([29, 30, 45, 80])),
            is_vip=dice.random() < 0.2,
            status=dice.choice([AccountStatus.ACTIVE] * 4 + [AccountStatus.INACTIVE]),
            services=services,
        )
        put_in_area(debtor, dice.choice(["North", "South", "100% East", ""]))
        for kind in dice.sample(kinds, dice.choice([0, 0, 1, 2])):
            begins = at.date() + timedelta(days=dice.choice([-40, 0, 1]))
            ends = dice.choice([None, begins, begins + timedelta(days=60)])
            hold(
                debtor,
                kind,
                at=at,
                source=f"H-{number}",
                from_on=begins,
                to_on=ends,
                amount=Decimal("50.00") if kind == AccountHoldKind.DISPUTE else None,
            )
    for rule in range(25):
        make_rule(dice, rule)
    chosen = choice(overdue=dice.choice([1, 30]))
    asked = ask(chosen, at=at)
    with connection.cursor() as cursor:
        cursor.execute(
            asked.scope + sql.SQL("SELECT id, reasons, is_to_approve FROM judged"), asked.values
        )
        counted = {key: (set(reasons), asks) for key, reasons, asks in cursor.fetchall()}
    explained = explain(sorted(counted), chosen, at=at)
    assert counted == {
        each.consumer: (
            {one.code for one in each.exclusions},
            bool(each.judged.judgement.those_that(Answer.NEEDS_APPROVAL)),
        )
        for each in explained
    }
    assert len(counted) > 10
    assert any(reasons for reasons, _ in counted.values())


@pytest.mark.parametrize("area", ["", "South"])
def test_a_rule_of_an_area_says_nothing_of_an_account_without_one(
    make_debtor: MakeDebtor, run_of: Running, area: str
) -> None:
    """Not "nobody knows": no."""
    debtor = make_debtor("300.00")
    put_in_area(debtor, area)
    ProtectionRule.objects.update(is_active=False)
    ProtectionRule.objects.create(
        code="NORTH", name="North", answer="NEEDS_APPROVAL", condition="ALWAYS", sentence="So",
        source="A test", areas=["North"],
    )  # fmt: skip
    asked = ask(choice(), at=run_of.at)
    with connection.cursor() as cursor:
        cursor.execute(asked.scope + sql.SQL("SELECT is_to_approve FROM judged"), asked.values)
        assert cursor.fetchall() == [(False,)]


def make_rule(dice: Random, number: int) -> None:
    """A rule with random conditions and scopes, past and future ones among them."""
    condition = dice.choice(list(Condition))
    needs: dict[Condition, dict[str, Any]] = {
        Condition.AMOUNT_BELOW: {"amount": dice.choice([50, 120])},
        Condition.AMOUNT_ABOVE: {"amount": dice.choice([50, 250])},
        Condition.BILLED_ABOVE: {"amount": dice.choice([0, 100])},
        Condition.OVERDUE_LESS: {"days": dice.choice([30, 60])},
        Condition.NOTICE_RUNS: {"days": 15},
        Condition.WEEKDAY: {"weekdays": [dice.randint(1, 7)]},
        Condition.HOURS: {"not_before": time(8)},
        Condition.SEASON: {"season_from": "11-01", "season_to": "03-31"},
        Condition.WEATHER: {"weather": "COLD"},
        Condition.ACCOUNT_HOLD: {"hold_kind": dice.choice(list(AccountHoldKind))},
    }
    scope: dict[str, Any] = {
        "areas": dice.choice([[], [], ["North"], ["South", "100% East"]]),
        "utilities": dice.choice([[], [], ["WATER"], ["GAS", "ELECTRICITY"]]),
        "categories": dice.choice([[], [], ["Residential"], ["Farm"]]),
        "reasons": dice.choice([[], [], ["NP-001"], ["CR-001"]]),
        "kinds": dice.choice([["DISCONNECTION"]] * 3 + [["RECONNECTION"]]),
        "stages": dice.choice([list(Stage.values)] * 3 + [["EXECUTION"]]),
        "from_on": dice.choice([None, None, date(2024, 12, 10), date(2024, 12, 11)]),
        "until_on": dice.choice([None, None, date(2024, 12, 31)]),
    }
    if condition == Condition.ALWAYS:
        scope["areas"] = ["South"]
    ProtectionRule.objects.create(
        code=f"RANDOM-{number}", name="Random", condition=condition, sentence="So it is",
        source="Dice", answer=dice.choice([Answer.BLOCKED, Answer.NEEDS_APPROVAL]),
        only_for_debt=dice.random() < 0.5, **needs.get(condition, {}), **scope,
    )  # fmt: skip


# ------------------------------------------------------------------ two people
def test_a_large_run_is_started_by_a_second_person(
    make_debtor: MakeDebtor, run_of: Running
) -> None:
    make_debtor()
    alone_up_to(0)
    run = run_of.propose()
    assert Notice.objects.get().person == run_of.david
    with pytest.raises(UnableToStartRun, match="by a second person"):
        run_of.start(run)
    run_of.start(run, by=run_of.david)
    run = run_of.work(run)
    assert (run.started_by, run.proposed_by, run.made) == (run_of.david, run_of.robert, 1)


def test_who_may_not_confirm_starts_nobody_elses_run(
    make_debtor: MakeDebtor, run_of: Running, person: MakePerson
) -> None:
    make_debtor()
    run = run_of.propose()
    with pytest.raises(UnableToStartRun, match="supervisor"):
        run_of.start(run, by=person(Role.RECOVERY))


def test_the_policy_of_the_proposal_counts(make_debtor: MakeDebtor, run_of: Running) -> None:
    make_debtor()
    alone_up_to(0)
    run = run_of.propose()
    alone_up_to(50)
    with pytest.raises(UnableToStartRun, match="by a second person"):
        run_of.start(run)


def test_the_database_asks_for_two(
    make_debtor: MakeDebtor, run_of: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: without the rule of the operation the constraint refuses."""
    make_debtor()
    alone_up_to(0)
    run = run_of.propose()
    monkeypatch.setattr(runs, "why_not_start", lambda **_: "")
    with pytest.raises(UnableToStartRun, match="A second person"):
        run_of.start(run)
    assert NonPaymentRun.objects.get().state == "PROPOSED"


def test_one_run_at_a_time(make_debtor: MakeDebtor, run_of: Running) -> None:
    make_debtor()
    first, second = run_of.propose(), run_of.propose()
    run_of.start(first)
    with pytest.raises(UnableToStartRun, match="Another non-payment run"):
        run_of.start(second)
    run_of.work(first)
    run_of.start(second)
    assert run_of.work(second).made == 0


def test_a_run_is_started_once(make_debtor: MakeDebtor, run_of: Running) -> None:
    make_debtor()
    run = run_of.propose()
    run_of.start(run)
    with pytest.raises(UnableToStartRun):
        run_of.start(run)
    with pytest.raises(UnableToWithdraw):
        withdraw_run(run=run.pk, by=run_of.robert, at=run_of.at)


def test_a_withdrawn_run_is_not_started(make_debtor: MakeDebtor, run_of: Running) -> None:
    make_debtor()
    run = run_of.propose()
    withdraw_run(run=run.pk, by=run_of.robert, at=run_of.at)
    with pytest.raises(UnableToStartRun):
        run_of.start(run)


def test_a_reason_that_was_retired_starts_no_run(make_debtor: MakeDebtor, run_of: Running) -> None:
    make_debtor()
    run = run_of.propose()
    Reason.objects.filter(code="NP-001").update(is_active=False)
    with pytest.raises(UnableToStartRun, match="not given any more"):
        run_of.start(run)
    assert NonPaymentRun.objects.get().state == "PROPOSED"
    Reason.objects.filter(code="NP-001").update(is_active=True)
    run_of.start(run)


def test_nobody_to_cut_is_no_run(make_debtor: MakeDebtor, run_of: Running) -> None:
    hold(make_debtor(), at=run_of.at)
    with pytest.raises(UnableToPropose, match="Nobody is left"):
        run_of.propose()
    assert not NonPaymentRun.objects.exists()


def test_a_run_is_for_debt(make_debtor: MakeDebtor, run_of: Running) -> None:
    make_debtor()
    wished = Reason.objects.get(code="CR-001").pk
    with pytest.raises(UnableToPropose):
        propose_run(choice=RunChoice(reason=wished), by=run_of.robert, at=run_of.at)


def test_the_same_form_proposes_once(make_debtor: MakeDebtor, run_of: Running) -> None:
    make_debtor()
    key = uuid4()
    made = {
        propose_run(choice=choice(), by=run_of.robert, at=run_of.at, form_key=key) for _ in "ab"
    }
    assert made == {NonPaymentRun.objects.get().pk}


# ------------------------------------------------------------------ the worker dies
def test_a_worker_that_is_killed_between_batches_goes_on(
    make_debtor: MakeDebtor, run_of: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        make_debtor()
    monkeypatch.setattr(runs, "AT_ONCE", 1)
    run = run_of.propose()
    run_of.start(run)
    go_on_with_run(run=run.pk, after=0, at=run_of.at)
    after = NonPaymentRun.objects.get().after

    def die(*args: Any, **named: Any) -> None:
        raise DatabaseError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(runs, "owe_the_rest", die)  # all is written, and not committed yet
        with pytest.raises(DatabaseError, match="killed"):
            go_on_with_run(run=run.pk, after=after, at=run_of.at)
    assert (Case.objects.count(), RunAccount.objects.filter(outcome="CREATED").count()) == (1, 1)
    assert run_of.work(run).made == 3
    assert Case.objects.count() == 3


def test_a_worker_that_gives_up_stops_the_run(make_debtor: MakeDebtor, run_of: Running) -> None:
    make_debtor()
    run = run_of.propose()
    run_of.start(run)
    stop_run(run=run.pk, at=run_of.at)
    assert NonPaymentRun.objects.get().state == "STOPPED"
    resume_run(run=run.pk, by=run_of.robert, at=run_of.at)
    assert run_of.work(run).made == 1
    with pytest.raises(UnableToGoOn):
        resume_run(run=run.pk, by=run_of.robert, at=run_of.at)


def test_workers_pay_it_to_the_end(make_debtor: MakeDebtor, run_of: Running) -> None:
    make_debtor()
    run = run_of.propose()
    run_of.start(run)
    drain("DEFAULT")
    assert NonPaymentRun.objects.get().state == "DONE"


# ------------------------------------------------------------------ the record follows
def test_the_record_follows_the_request(
    make_debtor: MakeDebtor, run_of: Running, person: MakePerson
) -> None:
    paid, arranged, stopped, closed, waits = (make_debtor() for _ in range(5))
    run = run_of.whole()
    at, by = run_of.at, run_of.robert
    cases = dict(RunAccount.objects.values_list("consumer_id", "request__pk"))
    pay(paid, "120.00", by=by, at=at)
    parts = (Part(FIRST, Decimal("60.00")), Part(SECOND, Decimal("60.00")))
    arrange(arranged, parts, by=by, at=at)
    hold(stopped, at=at)
    close_request(case=cases[closed.pk], reason="ISSUE_RESOLVED", note="", by=by, at=at)
    acknowledge(case=cases[waits.pk], by=by, at=at)
    assert outcomes(run) == ["PAID", "ARRANGED", "STOPPED", "CLOSED", "CREATED"]
    resume(case=cases[stopped.pk], by=by, at=at)
    assert record_of(run, stopped).outcome == "CREATED"


def test_each_outcome_is_kept_as_the_collection_record(
    make_debtor: MakeDebtor, run_of: Running, person: MakePerson, make_request: MakeRequest
) -> None:
    """Paid, arranged, stopped, cut, closed (DIS13): each by what people do, Cut by Execute."""
    cut, paid, arranged, stopped, closed = (make_debtor() for _ in range(5))
    run = run_of.whole()
    at, by = run_of.at, run_of.robert
    case = record_of(run, closed).request
    assert case is not None
    execute = ready_to_cut(run, cut, run_of, person, make_request)
    assert outcomes(run) == ["CREATED"] * 5, "nothing is said before it is done"
    execute()
    pay(paid, "120.00", by=by, at=at)
    arrange(arranged, (Part(FIRST, Decimal("60.00")), Part(SECOND, Decimal("60.00"))), by=by, at=at)
    hold(stopped, at=at)
    close_request(case=case.pk, reason="ISSUE_RESOLVED", note="", by=by, at=at)
    assert outcomes(run) == ["CUT", "PAID", "ARRANGED", "STOPPED", "CLOSED"]
    cut.refresh_from_db()
    assert cut.status == AccountStatus.INACTIVE
    done = Case.objects.get(consumer=cut)
    assert (done.status, record_of(run, cut).outcome_at) == ("COMPLETED", done.ended_at)
    assert_sound()


def ready_to_cut(
    run: NonPaymentRun,
    consumer: Consumer,
    run_of: Running,
    person: MakePerson,
    make_request: MakeRequest,
) -> Callable[[], Any]:
    """Bring a request that a run made to its Execute button the way people do; press it later."""
    made = record_of(run, consumer).request
    assert made is not None
    make_tariffs()
    technician(person(Role.TECHNICIAN))
    acknowledge(case=made.pk, by=run_of.robert, at=run_of.at)
    billing = Billing(
        case=Case.objects.get(pk=made.pk), consumer=consumer, robert=run_of.robert,
        karen=person(Role.BILLING), david=run_of.david, at=run_of.at, make_request=make_request,
    )  # fmt: skip
    closing = Closing(billing, run_of.robert, person(Role.TECHNICIAN), run_of.at)
    closing.order()
    closing.set()
    billing.approved()
    closing.give()
    closing.tick_all()
    assert closing.missing() == ()
    return closing.execute


# ------------------------------------------------------------------ undo
def test_undo_closes_what_nobody_has_acted_on(
    make_debtor: MakeDebtor, run_of: Running, person: MakePerson
) -> None:
    left, taken, ordered, paid = (make_debtor() for _ in range(4))
    run = run_of.whole()
    cases = dict(RunAccount.objects.values_list("consumer_id", "request__pk"))
    acknowledge(case=cases[taken.pk], by=run_of.robert, at=run_of.at)
    acknowledge(case=cases[ordered.pk], by=run_of.robert, at=run_of.at)
    pay(paid, "120.00", by=run_of.robert, at=run_of.at)
    undo_run(run=run.pk, because="Wrong area chosen", by=run_of.robert, at=run_of.at)
    run = run_of.work(run)
    assert (run.state, run.undone) == ("UNDONE", 1)
    assert outcomes(run) == ["CLOSED", "CREATED", "CREATED", "PAID"]
    closed = Case.objects.get(consumer=left)
    assert (closed.status, closed.closing_reason, closed.closing_note, closed.ended_by) == (
        "CLOSED", "OTHER", "Wrong area chosen", run_of.robert,
    )  # fmt: skip
    assert not Guard.objects.filter(consumer=left).exists()
    assert Message.objects.get(case=closed, template__code="request.stopped").is_statutory
    assert Entry.objects.filter(kind=Event.RUN_UNDONE).count() == 1
    assert_sound()


def test_undo_after_dispatch_is_refused(
    make_debtor: MakeDebtor, run_of: Running, person: MakePerson
) -> None:
    """The control: before the order is made it is offered."""
    make_debtor()
    run = run_of.whole()
    case = Case.objects.get()
    assert count_untouched(run.pk) == 1
    order_from_case(case.pk, by=person(Role.DISPATCHER), at=run_of.at)
    with pytest.raises(UnableToUndo, match="acted on"):
        undo_run(run=run.pk, because="Wrong area chosen", by=run_of.robert, at=run_of.at)
    assert NonPaymentRun.objects.get().state == "DONE"


def test_undo_says_why(make_debtor: MakeDebtor, run_of: Running) -> None:
    make_debtor()
    run = run_of.whole()
    with pytest.raises(UnableToUndo) as refused:
        undo_run(run=run.pk, because="Oops", by=run_of.robert, at=run_of.at)
    assert refused.value.field == "because"


def test_a_note_is_an_act(make_debtor: MakeDebtor, run_of: Running) -> None:
    make_debtor()
    run = run_of.whole()
    add_note(
        case=Case.objects.get().pk,
        words="They called",
        by=run_of.david,
        at=run_of.at,
        form_key=uuid4(),
    )
    assert count_untouched(run.pk) == 0


def test_undo_stops_a_run_that_is_at_work(
    make_debtor: MakeDebtor, run_of: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_debtor()
    make_debtor()
    monkeypatch.setattr(runs, "AT_ONCE", 1)
    run = run_of.propose()
    run_of.start(run)
    go_on_with_run(run=run.pk, after=0, at=run_of.at)
    after = NonPaymentRun.objects.get().after
    undo_run(run=run.pk, because="Wrong area chosen", by=run_of.david, at=run_of.at)
    assert go_on_with_run(run=run.pk, after=after, at=run_of.at) == 0
    run = run_of.work(run)
    assert (run.state, outcomes(run)) == ("UNDONE", ["CLOSED", "PROPOSED"])
    again = run_of.propose()
    assert again.wanted == 2


def test_what_runs_leave_behind_is_sound(make_debtor: MakeDebtor, run_of: Running) -> None:
    make_debtor("300.00", email="")
    hold(make_debtor(), at=run_of.at)
    run_of.whole()
    assert_sound()
