"""Execute is enabled exactly when all its conditions hold: pure, on the page and on the server."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from http import HTTPStatus
from itertools import product
from uuid import uuid4

import pytest
from django.test import Client

from disconnections.choices import Answer, ClosureItem
from disconnections.models import ClosurePolicy, ProtectionRule
from disconnections.operations.closures import UnableToExecute
from disconnections.rules.closures import (
    BillFact,
    ClosureFacts,
    Given,
    MeterPlan,
    checklist,
    what_is_missing,
)
from disconnections.rules.conditions import (
    Executor,
    Missing,
    Need,
    OrderFact,
)
from smart360.cases.models import Case
from smart360.staff.choices import Role
from smart360.staff.models import Person
from tests.conftest import MakePerson, SetClock
from tests.disconnections.closing import (
    Closing,
    MakeClosing,
    make_billing,
    make_closing,
    past_every_guard,
)
from tests.looking import put_back

__all__ = ["make_billing", "make_closing"]

SENT = Given("EMAIL", "Dec 10, 2024, 11:06 AM", "SENT")
METER = MeterPlan(
    1, "Electricity", 7, "EM-1", "D-1", typed="D-1", verified=7, is_ordered=True
)  # fmt: skip
READY = ClosureFacts(
    "IN_PROGRESS",
    is_wished=True,
    bill=BillFact("INV-1", is_approved=True, given=SENT),
    notice=SENT,
    meters=(METER,),
    order=OrderFact("SO-2024-000001", "DISCONNECTION", "ASSIGNED"),
    ticks=frozenset(ClosureItem.values),
)
SARAH = Executor(1, may_execute=True, may_execute_for_us=False)

BROKEN: dict[Need, Callable[[ClosureFacts], ClosureFacts]] = {
    Need.STATUS: lambda facts: replace(facts, status="ON_HOLD"),
    Need.PERMISSION: lambda facts: replace(facts, is_wished=False),
    Need.OTHER_PERSON: lambda facts: replace(facts, approval="APPROVED", approver=SARAH.person),
    Need.IDENTITY: lambda facts: replace(facts, identity_is_checked=False),
    Need.APPROVAL: lambda facts: replace(facts, approval="PENDING", approver=None),
    Need.PROTECTIONS: lambda facts: replace(
        facts, answer=Answer.BLOCKED, sentences=("A medical certificate stands",)
    ),
    Need.DEVICES: lambda facts: replace(facts, meters=(replace(METER, verified=None),)),
    Need.ORDER: lambda facts: replace(facts, order=None),
    Need.CHECKLIST: lambda facts: replace(facts, ticks=frozenset()),
}


# ------------------------------------------------------------------ the pure list
@pytest.mark.parametrize("broken", list(product([False, True], repeat=len(BROKEN))))
def test_each_combination_lacks_what_is_broken(broken: tuple[bool, ...]) -> None:
    """2⁹ of them; an approval is either waiting or one's own, and only a wish asks identity."""
    needs = {need for need, is_broken in zip(BROKEN, broken, strict=True) if is_broken}
    facts = READY
    for need in BROKEN:
        if need in needs:
            facts = BROKEN[need](facts)
    expected = set(needs)
    if Need.APPROVAL in needs:
        expected.discard(Need.OTHER_PERSON)
    if Need.PERMISSION in needs:
        expected.discard(Need.IDENTITY)
    missing = what_is_missing(facts, SARAH)
    assert {each.need for each in missing} == expected
    assert (missing == ()) == (not expected)


@pytest.mark.parametrize("minimum", range(7))
def test_so_many_items_are_enough(minimum: int) -> None:
    for count in range(7):
        ticks = frozenset(ClosureItem.values[6 - count :])
        facts = replace(
            READY, ticks=ticks, minimum=minimum, meters=(replace(METER, action="REMOVE"),)
        )
        assert checklist(facts).counter == f"Completion: {count}/6 items"
        is_enough = what_is_missing(facts, SARAH) == ()
        assert is_enough == (count >= minimum)


@pytest.mark.parametrize(
    ("changes", "not_applying"),
    [
        ({}, {"EQUIPMENT"}),
        ({"meters": (replace(METER, action="REMOVE"),)}, set()),
        ({"is_for_debt": True}, {"EQUIPMENT", "FINAL_PAYMENT"}),
        ({"is_for_debt": True, "bill": None}, {"EQUIPMENT"}),
        ({"is_for_debt": True, "bill": BillFact("INV-1", is_approved=False)}, {"EQUIPMENT"}),
        ({"stays_connected": True}, {"EQUIPMENT", "RECORDS_ARCHIVED", "ACCOUNT_CLOSED"}),
        (
            {"is_permanent": False},
            {"EQUIPMENT", "FINAL_BILL", "FINAL_PAYMENT", "RECORDS_ARCHIVED", "ACCOUNT_CLOSED"},
        ),
        ({"meters": ()}, {"EQUIPMENT"}),
    ],
)
def test_which_items_do_not_apply(changes: dict[str, object], not_applying: set[str]) -> None:
    """Decisions 27 and 29; what does not apply counts as done."""
    facts = replace(READY, ticks=frozenset(), **changes)  # type: ignore[arg-type]
    found = checklist(facts)
    assert {line.item.value for line in found.lines if line.does_not_apply} == not_applying
    assert found.done == len(not_applying)


@pytest.mark.parametrize(
    ("item", "changes", "words"),
    [
        ("FINAL_BILL", {"bill": None}, "No final bill has been generated"),
        (
            "FINAL_BILL", {"bill": BillFact("INV-7", is_approved=False)},
            "INV-7 is a draft, not approved and sent",
        ),
        (
            "FINAL_BILL",
            {"bill": BillFact("INV-7", True, Given("EMAIL", "", "FAILED", "no such mailbox"))},
            "INV-7 was not delivered (no such mailbox)",
        ),
        ("FINAL_PAYMENT", {"balance": Decimal("294.78")}, "Net amount due is $294.78"),
        ("CUSTOMER_NOTIFIED", {"notice": None}, "No closure notice has been sent"),
        (
            "CUSTOMER_NOTIFIED", {"notice": Given("EMAIL", "", "NOT_SENT")},
            "The closure notice was not delivered",
        ),
    ],
)  # fmt: skip
def test_what_the_evidence_disproves_does_not_count(
    item: str, changes: dict[str, object], words: str
) -> None:
    facts = replace(READY, **changes)  # type: ignore[arg-type]
    line = checklist(facts).line(item)
    assert line.evidence.disproof.startswith(words)
    assert not line.is_done
    assert Need.CHECKLIST in {each.need for each in what_is_missing(facts, SARAH)}


@pytest.mark.parametrize(
    ("changes", "is_good"),
    [
        ({"status": "ASSIGNED"}, True),
        ({"status": "IN_PROGRESS"}, True),
        ({"status": "COMPLETED"}, True),
        ({"status": "OPEN"}, False),
        ({"status": "SCHEDULED"}, False),
        ({"status": "CANCELLED"}, False),
        ({"kind": "RECONNECTION"}, False),
        ({"kind": "REPAIR"}, False),
        ({"is_of_consumer": False}, False),
        ({"used_by": "DIS-2024-000009"}, False),
    ],
)
def test_which_order_is_good(changes: dict[str, object], is_good: bool) -> None:
    order = replace(OrderFact("SO-1", "DISCONNECTION", "ASSIGNED"), **changes)  # type: ignore[arg-type]
    assert order.is_good_for("DISCONNECTION") is is_good
    missing = {each.need for each in what_is_missing(replace(READY, order=order), SARAH)}
    assert missing == (set() if is_good else {Need.ORDER})


# ------------------------------------------------------------------ button and server
class Row:
    """One row of the table: what is broken in the stored world, and who presses."""

    def __init__(self, closing: Closing, boss: Person, mine: Person) -> None:
        self.closing, self.boss, self.mine = closing, boss, mine
        self.by = closing.sarah
        self.case: Case = closing.case

    def break_status(self) -> None:
        past_every_guard(
            "cases_case", "UPDATE cases_case SET status = 'ON_HOLD' WHERE id = %s", self.case.pk
        )

    def break_permission(self) -> None:
        past_every_guard(
            "disconnections_disconnectionrequest",
            "UPDATE disconnections_disconnectionrequest SET reason_id ="
            " (SELECT id FROM disconnections_reason WHERE code = 'MT-001') WHERE case_id = %s",
            self.case.pk,
        )

    def break_identity(self) -> None:
        past_every_guard(
            "disconnections_disconnectionrequest",
            "UPDATE disconnections_disconnectionrequest SET identity_check = 'NOT_VERIFIED'"
            " WHERE case_id = %s",
            self.case.pk,
        )

    def break_approval(self) -> None:
        past_every_guard(
            "cases_approval",
            "INSERT INTO cases_approval (case_id, because, asked_at, reason, state, note)"
            " VALUES (%s, '[]', now(), 'VIP', 'PENDING', '')",
            self.case.pk,
        )

    def break_protections(self) -> None:
        ProtectionRule.objects.create(
            code="NEVER", name="Never", answer=Answer.BLOCKED, condition="WEEKDAY",
            weekdays=[1, 2, 3, 4, 5, 6, 7], sentence="Nobody is cut on any day", source="A test",
            only_for_debt=False,
        )  # fmt: skip

    def break_devices(self) -> None:
        past_every_guard(
            "disconnections_closuremeter", "UPDATE disconnections_closuremeter SET meter_id = NULL"
        )

    def break_order(self) -> None:
        past_every_guard(
            "disconnections_closure", "UPDATE disconnections_closure SET service_order_id = NULL"
        )

    def break_checklist(self) -> None:
        past_every_guard(
            "disconnections_checklisttick",
            "DELETE FROM disconnections_checklisttick WHERE item = 'CUSTOMER_NOTIFIED'",
        )


def refusal_of(closing: Closing) -> tuple[Missing, ...]:
    """What the server says is missing; nothing when it does it."""
    try:
        closing.execute()
    except UnableToExecute as refused:
        return refused.missing
    return ()


CONDITIONS = (
    "status", "permission", "identity", "approval", "protections", "devices", "order", "checklist",
)  # fmt: skip


def worlds(row: Row, conditions: Sequence[str] = CONDITIONS) -> Iterator[tuple[str, ...]]:
    """Each combination of what can be broken, while it is so; what two share is broken once."""
    if not conditions:
        with put_back():
            yield ()
        return
    first, *others = conditions
    yield from worlds(row, others)
    with put_back():
        getattr(row, f"break_{first}")()
        for names in worlds(row, others):
            yield (first, *names)


@pytest.mark.django_db
def test_button_and_server_agree_on_each_combination(
    make_closing: MakeClosing, person: MakePerson, stands: SetClock,
    client_as: Callable[..., Client],
) -> None:  # fmt: skip
    """AC017, 2⁸ stored worlds: the page's button is enabled exactly when the server does it."""
    closing = make_closing().ready()
    row = Row(closing, person(Role.SUPERVISOR), person(Role.RECOVERY))
    client, enabled = client_as(closing.sarah), 0
    client.raise_request_exception = True
    address = f"/cx/disconnections/{closing.case.number}/disconnect"
    seen = set()
    for names in worlds(row):
        seen.add(names)
        answer = client.get(address, headers={"HX-Request": "true"})
        assert answer.status_code == HTTPStatus.OK
        page = answer.content.decode()
        is_enabled = 'id="missing"' not in page
        assert ("/disconnect/execute" in page) == is_enabled
        refused = refusal_of(closing)
        for each in refused:
            assert each.sentence in page, names
        shown = page.count("<li><a href") + page.count("<li>Your role")
        assert shown == len(refused), names
        assert is_enabled == (not refused) == (not names), names
        enabled += is_enabled
    assert len(seen) == 2 ** len(CONDITIONS)
    assert enabled == 1


@pytest.mark.django_db
def test_the_minimum_is_an_administrators(
    make_closing: MakeClosing, client_as: Callable[..., Client]
) -> None:
    closing = make_closing().ready()
    closing.clear("CUSTOMER_NOTIFIED")
    assert closing.missing()
    admin = client_as(Role.ADMIN)
    policy = ClosurePolicy.objects.get()
    form = {
        "asks_identity": "on", "reconnection_fee": str(policy.reconnection_fee),
        "run_alone_up_to": str(policy.run_alone_up_to),
    }  # fmt: skip
    address = f"/admin/disconnections/closurepolicy/{policy.pk}/change/"
    for number in ("0", "7"):
        wrong = admin.post(address, form | {"minimum_items": number})
        assert "Enter a number from 1 to 6." in wrong.content.decode()
    answer = admin.post(address, form | {"minimum_items": "5"})
    assert answer.status_code == HTTPStatus.FOUND
    assert closing.missing() == ()
    assert closing.execute(form_key=uuid4()).items_done == 5
