"""The rows of an account and of its request, written as the operations would have left them.

Nothing here asks the database. The oracles of every app prove that the rows fit together.
"""

from array import array
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import lru_cache
from hashlib import sha256

from consumers.choices import SupplyState
from disconnections.choices import IdentityCheck, IdentityDocument
from disconnections.rules import FURTHEST_DAYS
from smart360.cases.choices import OPEN_STATUSES, AlertLevel, CaseKind, CaseStatus, ClosingReason
from smart360.cases.handling import SERIES
from smart360.cases.queries.receipts import receipt_key, tracking_url
from smart360.local.bench.accounts import METER_FACTS, Account, account
from smart360.local.bench.copying import (
    EPOCH,
    NULL,
    Spool,
    day_of,
    iso_moment,
    moment,
)
from smart360.local.bench.fates import DAY, MINUTE, Fate, Order, ended_course, fate, open_course
from smart360.local.bench.letters import Letters
from smart360.local.bench.setting import ENDINGS, Clocks, Course, Setting
from smart360.local.bench.timelines import Made, or_null
from smart360.local.demo.cast import ANSWERS, NOTES
from smart360.owed.choices import OwedState, Queue
from smart360.trail.choices import Event

WEST = 6 * 3600  # the utility's zone lies this far behind; an hour more or less changes no row
LATER = 4102444800  # 2100: receipts of made-up requests are owed, and never made
OTHER_NOTE = "Building is to be sold, owner will come back"
REASONS = tuple(reason.value for reason in ClosingReason)


class Histories:
    """All accounts and requests of one load, as lines for COPY."""

    def __init__(self, rows: int, now: int, setting: Setting) -> None:
        """``now`` in seconds since 1970."""
        self.rows, self.now, self.setting = rows, now, setting
        self.order = Order(rows)
        self.spool = Spool()
        self.numbers: dict[tuple[str, int], int] = defaultdict(int)
        self.first_connection = array("L", bytes(array("L").itemsize * rows))
        self.places: dict[tuple[int, int], list[int]] = {}
        self.letters = Letters(self.spool, setting)
        self.link_begins, self.link_ends = tracking_url("TOKEN").split("TOKEN")

    # ---------------------------------------------------------------- accounts
    def add_account(self, serial: int) -> None:
        """One consumer with premise, connections, meters and readings."""
        made, spool = account(serial), self.spool
        became, _ = fate(self.order.position_of(serial), self.rows, self.now)
        lines, consumer = spool.lines, serial + 1
        category, finer = self.setting.categories[made.category, made.subcategory]
        lines["consumers_consumer"].append(
            f"{consumer}\t{made.number}\t{made.name}\t{became.account_now}\t{made.is_vip}\t{category}"
            f"\t{finer}\t{made.phone}\t{made.phone[1:]}\t{made.email}\t\t{made.registered_on}"
            f"\t{made.search_text}\t1"
        )
        lines["consumers_premise"].append(f"{consumer}\t{made.address}\t{made.area}")
        self.first_connection[serial] = spool.ids["consumers_serviceconnection"] + 1
        for utility in made.utilities:
            self._add_connection(consumer, utility, became.supply_now, made)

    def _add_connection(self, consumer: int, utility: str, supply: str, made: Account) -> None:
        lines, since = self.spool.lines, made.registered_on
        own = self.spool.next_id("consumers_serviceconnection")
        prefix, unit, types, models = METER_FACTS[utility]
        lines["consumers_serviceconnection"].append(
            f"{own}\t{consumer}\t{consumer}\t{utility}\t{supply}\t{since}\t{made.area}"
        )
        lines["consumers_device"].append(f"{own}\tD-{utility[0]}{5000000 + own}")
        lines["consumers_meter"].append(
            f"{own}\t{prefix}-{4400000 + own}\t{own}\t{utility}\t{types[own % len(types)]}"
            f"\t{models[own % len(models)]}\tACTIVE\t{unit}\t{since}"
        )
        lines["consumers_meterassignment"].append(f'{own}\t{own}\t{own}\t["{since} 12:00:00+00",)')
        value, today = 1000 + own * 7919 % 60000, self.now // DAY
        for month in (3, 2, 1):
            value += 20 + own * month % 400
            reading = self.spool.next_id("consumers_reading")
            lines["consumers_reading"].append(
                f"{reading}\t{own}\t{value}\t{day_of(today - 30 * month)}\tVERIFIED"
            )

    # ---------------------------------------------------------------- requests
    def add_request(self, position: int) -> None:
        """One request of one account, from its creation to where it stands."""
        serial = self.order.account_of(position)
        became, roll = fate(position, self.rows, self.now)
        age = self.now - became.created
        if became.status:
            status, course = became.status, ended_course(age, became.status, roll)
        else:
            status, course = open_course(age, roll)
        reasons = self.setting.reasons[became.kind]
        workers, creators = self.setting.workers, self.setting.creators
        made = Made(
            case=position + 1,
            consumer=serial + 1,
            number=self._number(became),
            account=account(serial),
            fate=became,
            course=course,
            status=status,
            by=creators[int(roll() * len(creators))],
            worker=workers[int(roll() * len(workers))],
            notifies=roll() < 0.6,
            reason=reasons[int(roll() ** 1.5 * len(reasons))],
        )
        policy = self.setting.policy(became.kind, made.reason[3], is_vip=made.account.is_vip)
        clocks = self.setting.clocks_of(policy, course)
        self._ask(made, roll)
        self._live(made, roll)
        self._end(made, roll, policy, clocks)

    def _number(self, became: Fate) -> str:
        year = _date((became.created - WEST) // DAY).year
        series = SERIES[CaseKind(became.kind)]
        self.numbers[series, year] += 1
        return f"{series}-{year}-{self.numbers[series, year]:06d}"

    def _ask(self, made: Made, roll: Callable[[], float]) -> None:
        """What was asked for, when and for which services."""
        lines, is_open = self.spool.lines, made.status in OPEN_STATUSES
        opened = (made.fate.created - WEST) // DAY
        day = slot = booking = None
        words = "Not specified"
        if roll() < 0.85:
            day = self._free_day(opened + 1 + int(roll() * 12))
            words = f"{day_of(day)}, any time"
            if is_open and roll() < 0.5 and day * DAY > self.now:
                slot, booking = self._place(day, int(roll() * len(self.setting.slots)))
        token = sha256(b"%d" % made.case).hexdigest()[:43]
        check, document, last = IdentityCheck.QUESTIONS_ANSWERED.value, "", ""
        if roll() < 0.3:
            check, document = IdentityCheck.DOCUMENT_SEEN.value, IdentityDocument.PASSPORT.value
            last = f"{made.case % 10000:04d}"
        lines["disconnections_disconnectionrequest"].append(
            f"{made.case}\t{made.reason[0]}\t{made.reason[4]}\t{made.fate.account_before}"
            f"\t{NULL if day is None else day_of(day)}\t{or_null(slot)}\t{or_null(booking)}"
            f"\t{NOTES[int(roll() * len(NOTES))]}\t{made.account.address}\t{check}\t{document}"
            f"\t{last}\t{token}"
        )
        first = self.first_connection[made.consumer - 1]
        was_connected = made.fate.supply_before == SupplyState.CONNECTED
        for service in range(first, first + len(made.account.utilities)):
            own = self.spool.next_id("disconnections_requestedservice")
            lines["disconnections_requestedservice"].append(
                f"{own}\t{made.case}\t{service}\t{was_connected}"
            )
        kind, reason, priority = made.fate.kind, made.reason[1], made.reason[3]
        made.moved(
            Event.CREATED, CaseStatus.PENDING, made.by, 0, None,
            f'{{"kind": "{kind}", "reason": "{reason}", "status": "PENDING",'
            f' "priority": "{priority}"}}',
        )  # fmt: skip
        made.version = 1
        self.letters.tell(
            made, "request.received", 0,
            request_type=CaseKind(kind).label, reason=made.reason[2], preferred=words,
            tracking_url=f"{self.link_begins}{token}{self.link_ends}",
        )  # fmt: skip
        own = self.spool.next_id("owed_owedwork")
        at = moment(made.fate.created)
        lines["owed_owedwork"].append(
            f"{own}\t{Queue.PDF.value}\tdisconnections.receipt\t{receipt_key(made.number)}"
            f'\t{{"case": {made.case}}}\t{OwedState.WAITING.value}\t0\t{at}\t{moment(LATER)}'
            f"\t{NULL}\t"
        )

    def _free_day(self, day: int) -> int:
        while _date(day) in self.setting.holidays:
            day += 1
        return day

    def _place(self, day: int, which: int) -> tuple[int | None, int | None]:
        """A place in a slot, if one is left; the day's counter is written at the end."""
        slot, capacity, _ = self.setting.slots[which]
        place = self.places.setdefault((slot, day), [0, 0, capacity])
        if place[1] >= capacity or day > self.now // DAY + FURTHEST_DAYS:
            return None, None
        place[0] = place[0] or self.spool.next_id("disconnections_slotday")
        place[1] += 1
        return slot, place[0]

    # ---------------------------------------------------------------- what happened since
    def _live(self, made: Made, roll: Callable[[], float]) -> None:
        course = made.course
        if course.acknowledged is not None:
            made.moved(
                Event.ACKNOWLEDGED, CaseStatus.IN_PROGRESS, made.worker,
                course.acknowledged, CaseStatus.PENDING,
            )  # fmt: skip
            self.letters.tell(made, "request.acknowledged", course.acknowledged)
            made.note(
                Event.ASSIGNED, made.worker, course.acknowledged + MINUTE,
                old='{"assignee": null}', new=f'{{"assignee": {made.worker}}}', touches=True,
            )  # fmt: skip
        if course.responded is not None:
            self.letters.answer(made, course.responded, ANSWERS[int(roll() * len(ANSWERS))])
        if course.held is not None:
            self._hold(made, course, course.held)

    def _hold(self, made: Made, course: Course, since: int) -> None:
        hold = self.spool.next_id("cases_hold")
        fitting = [each for each in self.setting.hold_reasons if each[3] == course.pauses]
        reason, label, waits_for, pauses = fitting[made.case % len(fitting)]
        until, ending = made.at(course.resumes_by or 0), ENDINGS[course.reminds]
        ended = None if course.resumed is None else made.at(course.resumed)
        self.spool.lines["cases_hold"].append(
            f"{hold}\t{made.case}\t{reason}\t{waits_for}\t{pauses}\t{moment(made.at(since))}"
            f"\t{moment(until)}\t{ending}\t{moment(ended)}\t{made.worker}"
            f"\t{NULL if ended is None else made.worker}"
        )
        made.moved(
            Event.HELD, CaseStatus.ON_HOLD, made.worker, since, CaseStatus.IN_PROGRESS,
            f'{{"pauses": {"true" if pauses else "false"}, "reason": "{label}",'
            f' "status": "ON_HOLD", "resume_by": "{iso_moment(until)}",'
            f' "at_resume_by": "{ending}"}}',
        )  # fmt: skip
        self.letters.tell(
            made, "request.on_hold", since, once=made.version, hold_reason=label,
            resume_by=moment(until)[:16],
        )  # fmt: skip
        if course.resumed is not None:
            made.moved(
                Event.RESUMED, CaseStatus.IN_PROGRESS, made.worker, course.resumed,
                CaseStatus.ON_HOLD,
            )  # fmt: skip

    def _end(self, made: Made, roll: Callable[[], float], policy: int, clocks: Clocks) -> None:
        """The end, if it has come, the alerts on the way, and the case itself."""
        course, why, note = made.course, "", ""
        if course.ended is not None:
            before = CaseStatus.PENDING if course.acknowledged is None else CaseStatus.IN_PROGRESS
            event, code, new, text = Event.COMPLETED, "request.completed", "", None
            if made.status == CaseStatus.CLOSED:
                event, code = Event.CLOSED, "request.closed"
                why = REASONS[int(roll() * len(REASONS))]
                note = OTHER_NOTE if why == ClosingReason.OTHER else ""
                new = f'{{"reason": "{why}", "status": "CLOSED"}}'
                text = self.letters.keep(note) if note else None
            made.moved(event, CaseStatus(made.status), made.worker, course.ended, before, new, text)
            self.letters.tell(
                made, code, course.ended,
                closing_reason=ClosingReason(why).label if why else "",
            )  # fmt: skip
            if made.fate.account_now != made.fate.account_before:
                self._account_changed(made, made.at(course.ended))
        else:
            own = self.spool.next_id("consumers_guard")
            self.spool.lines["consumers_guard"].append(
                f"{own}\t{made.consumer}\t{made.number}\t{moment(made.fate.created)}"
            )
        alert_due = self._raise_alerts(made, clocks)
        self._write_case(made, policy, clocks, why, note, alert_due)
        made.write_lines(self.spool)

    def _account_changed(self, made: Made, second: int) -> None:
        own = self.spool.next_id("trail_entry")
        self.spool.lines["trail_entry"].append(
            f"{own}\t{NULL}\t{made.consumer}\t{Event.STATUS_CHANGED.value}\t{moment(second)}"
            f'\t{made.worker}\t{{"status": "{made.fate.account_before}"}}'
            f'\t{{"status": "{made.fate.account_now}"}}\t{NULL}\t{NULL}\t0\t\t'
        )

    def _raise_alerts(self, made: Made, clocks: Clocks) -> int | None:
        """Each alert that fell due on the way; when the next one does, if any is to come."""
        ahead: int | None = None
        age = self.now - made.fate.created
        for due, metric, is_escalation in clocks.alerts:
            stop = clocks.stops[metric]
            if stop is not None and due >= stop:
                continue
            if due > age:
                ahead = due if ahead is None else min(ahead, due)
                continue
            own = self.spool.next_id("cases_alert")
            level = AlertLevel.ESCALATION if is_escalation else AlertLevel.WARNING
            raised = min(due + 1, age)
            self.spool.lines["cases_alert"].append(
                f"{own}\t{made.case}\t{metric}\t{level.value}\t{moment(made.at(due))}"
                f"\t{moment(made.at(raised))}"
            )
            event = Event.SLA_BREACHED if is_escalation else Event.SLA_WARNED
            new = f'{{"due_at": "{iso_moment(made.at(due))}", "metric": "{metric}"}}'
            made.note(event, None, raised, new=new)
        return ahead

    def _write_case(
        self,
        made: Made,
        policy: int,
        clocks: Clocks,
        why: str,
        note: str,
        alert_due: int | None,
    ) -> None:
        def at(seconds: int | None) -> str:
            return NULL if seconds is None else moment(made.fate.created + seconds)

        def by(seconds: int | None) -> str:
            return NULL if seconds is None else str(made.worker)

        course = made.course
        self.spool.lines["cases_case"].append(
            f"{made.case}\t{made.number}\t{made.fate.kind}\t{made.consumer}\t{made.status}"
            f"\t{made.version}\t{made.reason[3]}\t{made.notifies}\t{at(0)}\t{made.by}"
            f"\t{at(made.touched)}\t{made.touched_by}\t{by(course.acknowledged)}"
            f"\t{at(course.acknowledged)}\t{by(course.acknowledged)}\t{at(course.responded)}"
            f"\t{by(course.responded)}\t{at(course.ended)}\t{by(course.ended)}\t{why}\t{note}"
            f"\t{policy}\t{at(clocks.due)}\t{at(clocks.adjusted_due)}\t{at(clocks.warns)}"
            f"\t{at(clocks.breaches)}\t{at(alert_due)}"
        )

    # ---------------------------------------------------------------- all of it
    def batches(self, size: int) -> Iterator[list[tuple[str, str]]]:
        """Everything, so many accounts or requests at a time."""
        for add in (self.add_account, self.add_request):
            for position in range(self.rows):
                add(position)
                if position % size == size - 1:
                    yield list(self.spool.taken())
        for (slot, day), (own, booked, capacity) in self.places.items():
            self.spool.lines["disconnections_slotday"].append(
                f"{own}\t{slot}\t{day_of(day)}\t{capacity}\t{booked}"
            )
        yield list(self.spool.taken())


@lru_cache(maxsize=2000)
def _date(day: int) -> date:
    return EPOCH + timedelta(days=day)
