"""What is in the way of a merge, what comes of it, and which accounts may be the same person's."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet
from django.urls import reverse

from billing.models import BalanceTransfer
from billing.queries.accounts import Balances, balances_of
from billing.queries.arrangements import running_arrangement
from consumers.access import visible_consumers, with_places
from consumers.choices import AccountHoldKind, SupplyState
from consumers.models import AccountHold, AccountMerge, Consumer, Guard, ServiceConnection
from smart360.cases import ports as cases
from smart360.cases.choices import OPEN_STATUSES
from smart360.cases.models import Case
from smart360.custody.queries.erasing import ENDED_HERE, SUPPLIED, what_waits
from smart360.custody.rules.merging import Obstacle, why_not_status
from smart360.fieldwork.choices import LIVE_STATUSES
from smart360.fieldwork.models import ServiceOrder
from smart360.kernel.text import normalise
from smart360.staff.models import Person
from smart360.web.formats import shown_money
from smart360.web.shown import Link

MOST_NAMED = 3
MOST_ALIKE = 6
SHORTEST_NAME = 5
SUPPLY_STANDS = (SupplyState.CONNECTED, SupplyState.OFF_FOR_NOW)


# ------------------------------------------------------------------ what is in the way
def in_the_way(
    merged: Consumer, survivor: Consumer | None, *, by: Person, today: date, currency: str
) -> list[Obstacle]:
    """Why the one account cannot end in the other now; nothing when it can.

    Without a ``survivor``: what stands in the way whichever it is.
    """
    found = [
        *_of_the_account(merged, today),
        *_of_open_work(merged.pk, by),
        *_of_what_waits(merged, currency),
    ]
    return found if survivor is None else found + _of_the_survivor(survivor)


def _of_the_account(merged: Consumer, today: date) -> Iterator[Obstacle]:
    number = merged.account_number
    if why := why_not_status(merged.status):
        yield Obstacle(why)
    supplied = ServiceConnection.objects.filter(consumer=merged, supply_state__in=SUPPLY_STANDS)
    states = set(supplied.values_list("supply_state", flat=True))
    if SupplyState.CONNECTED in states:
        yield Obstacle(
            "A service is supplied: let the household move first, to the account that goes on.",
            [Link("Move out / in", reverse("consumer_move", args=[number]))],
        )
    if SupplyState.OFF_FOR_NOW in states:
        yield Obstacle("A service is cut off and may come back: end it for good first.")
    arrangement = running_arrangement(merged.pk)
    if arrangement is not None:
        yield Obstacle(
            f"The account pays by arrangement {arrangement.number}: wait until it is kept, or"
            " cancel it, first.",
            [Link("Financial", reverse("consumer_financial", args=[number]))],
        )
    held = AccountHold.objects.filter(consumer=merged, lifted_at=None).exclude(to_on__lt=today)
    held = held.exclude(kind=AccountHoldKind.ARRANGEMENT)  # said above
    kinds = held.order_by("pk").values_list("kind", "protection__name")[:MOST_NAMED]
    for kind, registered in kinds:
        yield Obstacle(
            f"The account is protected ({registered or AccountHoldKind(kind).label}): place it on"
            " the other account, then lift it here.",
            [Link("Account holds", reverse("account_holds", args=[number]))],
        )
    others = AccountMerge.objects.filter(survivor=merged, undone_at=None).order_by("made_at", "pk")
    for other in others.values_list("merged__account_number", flat=True)[:MOST_NAMED]:
        yield Obstacle(
            f"{other} was merged into this account: undo that first.",
            [Link(other, reverse("consumer_detail", args=[other]))],
        )


def _of_open_work(merged: int, by: Person) -> Iterator[Obstacle]:
    rows = Case.objects.filter(consumer=merged, status__in=OPEN_STATUSES).order_by("pk")
    found = list(rows.values_list("pk", "number", "kind")[: MOST_NAMED + 1])
    hidden = cases.hidden([key for key, _, _ in found], by.pk)
    if hidden:
        yield Obstacle("Something is open that another supervisor has to look at.")
    for key, number, kind in found[:MOST_NAMED]:
        if key not in hidden:
            page = reverse(f"{kind.lower()}_detail", args=[number])
            yield Obstacle(f"{number} is open: finish it first.", [Link(number, page)])
    orders = ServiceOrder.objects.filter(consumer=merged, status__in=LIVE_STATUSES)
    for number in orders.order_by("pk").values_list("number", flat=True)[:MOST_NAMED]:
        yield Obstacle(f"Service order {number} is not done: finish it first.")


def _of_what_waits(merged: Consumer, currency: str) -> Iterator[Obstacle]:
    waiting = what_waits(merged)
    if waiting.deposit:
        yield Obstacle(
            f"A deposit of {shown_money(waiting.deposit, currency)} is held: refund it first.",
            [Link("Financial", reverse("consumer_financial", args=[merged.account_number]))],
        )
    for sentence in waiting.sentences:
        if sentence not in (SUPPLIED, ENDED_HERE):  # said with their links above
            yield Obstacle(sentence)


def _of_the_survivor(survivor: Consumer) -> list[Obstacle]:
    number = survivor.account_number
    found = what_binds(survivor)
    if survivor.archived_at is not None:
        found.append(Obstacle(f"{number} is closed for good: choose an account that goes on."))
    return found


def what_binds(survivor: Consumer) -> list[Obstacle]:
    """Why the balance of the account that goes on cannot be moved now; two statements."""
    found = []
    guarded = Guard.objects.filter(consumer=survivor).order_by("pk")
    for request in guarded.values_list("placed_by", flat=True)[:MOST_NAMED]:
        page = reverse("disconnection_detail", args=[request])
        found.append(
            Obstacle(
                f"{request} is open for {survivor}: finish it first.",
                [Link(request, page)],
            )
        )
    arrangement = running_arrangement(survivor.pk)
    if arrangement is not None:
        found.append(
            Obstacle(
                f"{survivor} pays by arrangement {arrangement.number}: wait until it is kept, or"
                " cancel it, first."
            )
        )
    return found


# ------------------------------------------------------------------ what comes of it
@dataclass(frozen=True, slots=True)
class Outlook:
    """What both accounts owe now, and what the survivor owes afterwards; below zero: credit."""

    merged: Balances
    survivor: Balances
    moves: Decimal

    @property
    def then(self) -> Decimal:
        """What the survivor owes afterwards."""
        return self.survivor.outstanding + self.moves


def outlook_of(merged: int, survivor: int) -> Outlook:
    """What a merge would move; two statements."""
    ends = balances_of(merged)
    return Outlook(ends, balances_of(survivor), ends.outstanding)


def outlook_of_undo(merge: AccountMerge) -> Outlook:
    """What an undo would move back."""
    moved = BalanceTransfer.objects.filter(merge=merge).values_list("amount", flat=True).first()
    back = Decimal(0) if moved is None else -moved
    return Outlook(balances_of(merge.merged_id), balances_of(merge.survivor_id), back)


def standing_merge(consumer: int) -> AccountMerge | None:
    """The merge by which this account ended in another one, both at hand; None without."""
    standing = AccountMerge.objects.filter(merged=consumer, undone_at=None)
    return standing.select_related("merged", "survivor", "reason").first()


# ------------------------------------------------------------------ who may be the same
@dataclass(frozen=True, slots=True)
class Alike:
    """An account that may be the same household's, and by what."""

    consumer: Consumer
    by: Sequence[str]


def find_alike(consumer: Consumer, *, to: Person) -> list[Alike]:
    """Accounts of the same phone number, or the same name; those with more in common first.

    Two statements over indexes, a few rows of each kind. Names are compared as they are searched.
    """
    goes_on = Consumer.objects.filter(merged_into=None, erased_at=None, archived_at=None)
    others = goes_on.exclude(pk=consumer.pk)
    name = normalise(consumer.name)
    branches: list[QuerySet[Consumer, int]] = []
    if consumer.phone_digits:
        branches.append(_few(others.filter(phone_digits=consumer.phone_digits)))
    if len(name) >= SHORTEST_NAME:
        branches.append(_few(others.filter(search_text__startswith=name)))
    if not branches:
        return []
    keys = set(branches[0] if len(branches) == 1 else branches[0].union(branches[1], all=True))
    rows = with_places(visible_consumers(to)).filter(pk__in=keys)
    found = [Alike(each, _common(consumer, each)) for each in rows]
    found.sort(key=lambda each: (-len(each.by), each.consumer.account_number))
    return [each for each in found if each.by][:MOST_ALIKE]


def _few(rows: QuerySet[Consumer]) -> QuerySet[Consumer, int]:
    return rows.order_by().values_list("pk", flat=True)[:MOST_ALIKE]


def _common(one: Consumer, other: Consumer) -> list[str]:
    """What two accounts have in common, in words."""
    same = {
        "phone": bool(one.phone_digits) and one.phone_digits == other.phone_digits,
        "name": normalise(one.name) == normalise(other.name),
        "e-mail": bool(one.email) and one.email.casefold() == other.email.casefold(),
        "billing address": bool(one.billing_address)
        and normalise(one.billing_address) == normalise(other.billing_address),
    }
    return [word for word, is_same in same.items() if is_same]
