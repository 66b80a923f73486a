"""What becomes of each made-up request: pure chance, the same for the same position."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from consumers.choices import AccountStatus, SupplyState
from smart360.cases.choices import CaseKind, CaseStatus
from smart360.local.bench.setting import Course

MINUTE, HOUR, DAY = 60, 3600, 86400
MONTH, TWO_YEARS = 30 * DAY, 730 * DAY
PAST_SHARE = 0.62  # of all requests lie further back than a month, and have ended
STILL_OPEN = 0.86  # of those of the last month; a third of all
ACKNOWLEDGED = tuple(m * MINUTE for m in (5, 12, 25, 40, 55, 70, 95, 110, 150, 200))
ANSWERED = tuple(m * MINUTE for m in (10, 20, 45, 80, 130))
ENDED = tuple(h * HOUR for h in (2, 5, 7, 9, 12, 14, 16, 19, 22, 26, 33))
SEED = 1 << 40


@dataclass(frozen=True, slots=True)
class Fate:
    """What one request is and how far it came."""

    created: int
    kind: str
    status: str
    account_before: str
    account_now: str
    supply_before: str
    supply_now: str


class Order:
    """Which account made which request: neighbours in one list are far apart in the other."""

    def __init__(self, rows: int) -> None:
        """``rows`` accounts and as many requests."""
        self.rows = rows
        self.step = next(
            n for n in range(int(rows * 0.618) | 1, 3 * rows + 9, 2) if coprime(n, rows)
        )
        self.back = pow(self.step, -1, rows) if rows > 1 else 0

    def account_of(self, position: int) -> int:
        """The account of the request at this position."""
        return position * self.step % self.rows

    def position_of(self, serial: int) -> int:
        """The position of this account's request."""
        return serial * self.back % self.rows


def coprime(one: int, other: int) -> bool:
    """Whether no number divides both."""
    while other:
        one, other = other, one % other
    return one == 1


def fate(position: int, rows: int, now: int) -> tuple[Fate, Callable[[], float]]:
    """What becomes of the request at ``position``, and the chance for everything else about it."""
    roll = Random(SEED + position).random
    share = position / rows
    is_recent = share >= PAST_SHARE
    if is_recent:
        left = 1 - (share - PAST_SHARE) / (1 - PAST_SHARE)
        created = now - 2 * MINUTE - int(MONTH * left**4)
    else:
        left = 1 - share / PAST_SHARE
        created = now - MONTH - int((TWO_YEARS - MONTH) * left)
    is_open = is_recent and (roll() < STILL_OPEN or now - created < 3 * HOUR)
    is_off = roll() < 0.12
    if is_off:
        kind, before = CaseKind.RECONNECTION.value, AccountStatus.INACTIVE.value
        supply = SupplyState.OFF_FOR_GOOD.value
        if roll() < 0.3:
            before, supply = AccountStatus.DISCONNECTED.value, SupplyState.OFF_FOR_NOW.value
    else:
        kind, before = CaseKind.DISCONNECTION.value, AccountStatus.ACTIVE.value
        supply = SupplyState.CONNECTED.value
        if roll() < 0.05:
            before = AccountStatus.COLLECTION.value
    after, supply_after, status = before, supply, ""
    if not is_open:
        status = CaseStatus.CLOSED.value
        if roll() < 0.72:
            status = CaseStatus.COMPLETED.value
            after = AccountStatus.ACTIVE.value if is_off else AccountStatus.INACTIVE.value
            supply_after = SupplyState.CONNECTED.value if is_off else SupplyState.OFF_FOR_GOOD.value
    return Fate(created, kind, status, before, after, supply, supply_after), roll


def open_course(age: int, roll: Callable[[], float]) -> tuple[str, Course]:
    """Where a request stands that is still open, and how it came there."""
    pending = 0.75 if age < HOUR else 0.2 if age < 10 * HOUR else 0.04
    held = 0 if age < HOUR else 0.2 if age < 10 * HOUR else 0.28
    acknowledged = _one_of(ACKNOWLEDGED, age - 2 * MINUTE, roll)
    if acknowledged is None or roll() < pending:
        return CaseStatus.PENDING.value, Course()
    responded = _one_of(tuple(acknowledged + s for s in ANSWERED), age - MINUTE, roll)
    if roll() < 0.3:
        responded = None
    begins = (responded or acknowledged) + 10 * MINUTE
    if begins >= age - MINUTE or roll() >= held:
        return CaseStatus.IN_PROGRESS.value, Course(acknowledged, responded)
    return CaseStatus.ON_HOLD.value, Course(
        acknowledged,
        responded,
        held=begins,
        resumes_by=age // MINUTE * MINUTE + (1 + int(roll() * 14)) * DAY,
        pauses=True,
        reminds=roll() < 0.3,
    )


def ended_course(age: int, status: str, roll: Callable[[], float]) -> Course:
    """The way of a request that has ended."""
    ended = _one_of(ENDED, age - MINUTE, roll) or ENDED[0]
    if status == CaseStatus.CLOSED and roll() < 0.2:
        return Course(ended=ended)
    acknowledged = _one_of(ACKNOWLEDGED, ended - 10 * MINUTE, roll) or ACKNOWLEDGED[0]
    responded = _one_of(tuple(acknowledged + s for s in ANSWERED), ended - MINUTE, roll)
    if roll() < 0.25:
        responded = None
    if ended < 12 * HOUR or roll() > 0.1:
        return Course(acknowledged, responded, ended)
    held = (responded or acknowledged) + HOUR
    return Course(
        acknowledged, responded, ended, held, resumes_by=held + DAY, resumed=held + 3 * HOUR
    )


def _one_of(choices: tuple[int, ...], limit: int, roll: Callable[[], float]) -> int | None:
    """One of the choices below the limit, or None when there is none."""
    fitting = sum(each < limit for each in choices)
    return choices[int(roll() * fitting)] if fitting else None
