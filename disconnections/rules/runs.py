"""Non-payment runs, pure: how they and their accounts may move, who is left out, who may start.

Nobody is judged here: protections judge. What is added is what a run leaves out by itself.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from consumers.choices import AccountHoldKind
from consumers.rules.standing import NOT_SUPPLIED
from disconnections.choices import Answer, Condition, LeftOut, Outcome, RunState
from disconnections.rules.protections import Facts, Judgement, Rule
from smart360.kernel.money import ZERO
from smart360.web.formats import shown_money

RUN_ARROWS: dict[str, frozenset[str]] = {
    RunState.PREPARING.value: frozenset({"PROPOSED", "WITHDRAWN"}),
    RunState.PROPOSED.value: frozenset({"RUNNING", "WITHDRAWN"}),
    RunState.RUNNING.value: frozenset({"STOPPED", "DONE", "UNDOING"}),
    RunState.STOPPED.value: frozenset({"RUNNING", "UNDOING"}),
    RunState.DONE.value: frozenset({"UNDOING"}),
    RunState.UNDOING.value: frozenset({"UNDONE", "STOPPED"}),
}
IN_HAND = frozenset({"CREATED", "ARRANGED", "STOPPED"})
ENDED = frozenset({"PAID", "CUT", "CLOSED"})
OUTCOME_ARROWS: dict[str, frozenset[str]] = {
    Outcome.PROPOSED.value: frozenset({"CREATED", "PAID", "ARRANGED", "LEFT_OUT"}),
    Outcome.CREATED.value: (IN_HAND | ENDED) - {"CREATED"},
    Outcome.ARRANGED.value: (IN_HAND | ENDED) - {"ARRANGED"},
    Outcome.STOPPED.value: (IN_HAND | ENDED) - {"STOPPED"},
}
ALONE = "A run of more than {} requests is started by a second person"
NOT_YOURS = "Only its proposer or a supervisor starts this run"


@dataclass(frozen=True, slots=True)
class RunChoice:
    """What a Recovery Executive chose. Empty categories and areas are every one.

    ``overdue``  days at least since the oldest unpaid charge was due
    ``amount``   what is owed, at least and at most; ``amount_to`` None: any more
    """

    reason: int
    overdue: int = 30
    amount_from: Decimal = Decimal("0.01")
    amount_to: Decimal | None = None
    categories: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()

    def takes(self, owed: Decimal, overdue: int) -> bool:
        """Whether somebody who owes so much for so long is still meant."""
        is_within = self.amount_to is None or owed <= self.amount_to
        return overdue >= self.overdue and owed >= self.amount_from and is_within


@dataclass(frozen=True, slots=True)
class Standing:
    """How an account stands apart from its debts: what a run looks at besides the protections.

    ``owed`` is the whole balance; ``held_until`` the time until which somebody has the profile.
    """

    status: str
    owed: Decimal = ZERO
    open_request: str = ""
    has_supply: bool = True
    held_until: str = ""


@dataclass(frozen=True, slots=True)
class Exclusion:
    """One reason why an account is left out; the rule's code, version and source if one says so."""

    code: str
    name: str
    sentence: str
    version: int = 0
    source: str = ""
    until: str = ""

    def as_json(self) -> dict[str, str | int]:
        """As it is kept: figures and codes, never a name."""
        return {
            "code": self.code,
            "name": self.name,
            "sentence": self.sentence,
            "version": self.version,
            "source": self.source,
            "until": self.until,
        }


def why_left_out(
    standing: Standing, judgement: Judgement, facts: Facts, choice: RunChoice
) -> tuple[Exclusion, ...]:
    """Every reason why this account is left out of a run; none when it is to be cut off.

    >>> from datetime import date
    >>> facts = Facts("SUBMIT", date(2026, 1, 5), outstanding=Decimal("80.00"), overdue=40)
    >>> calm = Judgement(Answer.ALLOW, ())
    >>> why_left_out(Standing("ACTIVE", Decimal("80.00")), calm, facts, RunChoice(1))
    ()
    >>> [each.code for each in why_left_out(Standing("INACTIVE"), calm, facts, RunChoice(1))]
    ['ENDED', 'NO_LONGER_CHOSEN']
    """
    found = [*_of_the_account(standing, facts, choice)]
    found += [
        Exclusion(
            each.code,
            each.name,
            each.sentence,
            each.version,
            each.source,
            each.until.isoformat() if each.until else "",
        )
        for each in judgement.those_that(Answer.BLOCKED)
    ]
    return tuple(found)


def _of_the_account(standing: Standing, facts: Facts, choice: RunChoice) -> Iterable[Exclusion]:
    owed = shown_money(standing.owed, facts.currency)
    if standing.status in NOT_SUPPLIED:
        yield _left(LeftOut.ENDED, "The account has ended or is disconnected already")
    elif not standing.has_supply:
        yield _left(LeftOut.NOT_SUPPLIED, "No service of the account is connected")
    if standing.open_request:
        yield _left(LeftOut.OPEN_REQUEST, f"{standing.open_request} is open for this account")
    if standing.held_until:
        yield _left(LeftOut.BEING_EDITED, f"Being edited until {standing.held_until}")
    if not choice.takes(standing.owed, facts.overdue):
        words = f"Owes {owed} now, overdue for {facts.overdue} days"
        yield _left(LeftOut.NO_LONGER_CHOSEN, words)
    elif facts.outstanding <= 0:
        yield _left(LeftOut.NOTHING_OWED, f"All of the {owed} is disputed")


def _left(reason: LeftOut, sentence: str) -> Exclusion:
    return Exclusion(reason.value, reason.label, sentence)


def outcome_of(
    exclusions: Iterable[Exclusion], standing: Standing, rules: Mapping[str, Rule]
) -> Outcome:
    """What became of an account that was proposed and is not cut off now."""
    if standing.owed <= 0:
        return Outcome.PAID
    for each in exclusions:
        rule = rules.get(each.code)
        if (
            rule is not None
            and rule.condition == Condition.ACCOUNT_HOLD
            and rule.hold_kind == AccountHoldKind.ARRANGEMENT
        ):
            return Outcome.ARRANGED
    return Outcome.LEFT_OUT


def takes_two(wanted: int, alone_up_to: int) -> bool:
    """Whether a second person has to start a run."""
    return wanted > alone_up_to


def why_not_start(*, wanted: int, alone_up_to: int, is_proposer: bool, may_confirm: bool) -> str:
    """Why this person cannot start the run; ``""`` when they can.

    >>> why_not_start(wanted=11, alone_up_to=10, is_proposer=True, may_confirm=True)
    'A run of more than 10 requests is started by a second person'
    """
    if is_proposer:
        return ALONE.format(alone_up_to) if takes_two(wanted, alone_up_to) else ""
    return "" if may_confirm else NOT_YOURS
