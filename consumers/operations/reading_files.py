"""Readings from a file: looked through, then stored, batch after batch, by a worker (CON10).

Lock order: the file, then the consumers in the order of their keys, then their meters.
"""

import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from consumers.choices import (
    FileState,
    ReadingException,
    ReadingSource,
    RowOutcome,
    Verification,
)
from consumers.metering import lock_meters
from consumers.models import Consumer, Meter, MeterAssignment, Reading, ReadingFile, ReadingFileRow
from consumers.operations.readings import keep_entered
from consumers.rules.anomalies import Period, SeenReading, periods_of, warning_before
from consumers.rules.reading_files import FileReading, RawRow, reading_of
from consumers.rules.readings import (
    KnownReading,
    UnableToEnterReading,
    check_reading,
    shown_value,
    units_between,
)
from smart360.kernel.db import copy_rows, operation, step
from smart360.kernel.errors import Refusal
from smart360.organisation.queries import day_of, get_utility
from smart360.owed.book import owe
from smart360.staff.models import Person
from smart360.trail.choices import Event
from smart360.trail.record import record
from smart360.web import form_keys

GO_ON = "consumers.go_on_with_readings"
START = "consumers.start_reading_file"
STORE = "consumers.store_reading_file"
AT_ONCE = 200
"""Rows per transaction: their accounts are held for about a second."""
LOOKED_BACK = timedelta(days=900)
"""What is usual is judged by the readings of so long; two years and a season."""
NO_METER = "No such meter measures a service now."


class UnableToStoreFile(Refusal):
    """Only a file that was looked through, or was stopped, goes on."""

    sentence_by_default = "This file is being worked on, or stored already"


class MetersWentOver(Refusal):
    """Somebody moved, or a meter was taken away, before its consumer was held; tried again."""

    sentence_by_default = "A meter of this file went over to somebody else just now"


@operation
def start_reading_file(
    *,
    name: str,
    rows: Sequence[RawRow],
    is_dry_run: bool,
    by: Person | None,
    at: datetime,
    form_key: uuid.UUID | None = None,
) -> int:
    """Keep the rows of a file and let a worker look them through, or store them; its key."""
    if form_key is not None and by is not None:
        said = {"rows": rows, "is_dry_run": is_dry_run}
        about = form_keys.with_contents("readings", said)
        earlier = form_keys.claim(form_key, by=by.pk, act=START, about=about, at=at)
        if earlier is not None:
            return int(earlier)
    file = ReadingFile.objects.create(
        name=name,
        is_dry_run=is_dry_run,
        state=FileState.RUNNING,
        uploaded_at=at,
        uploaded_by=by,
        rows=len(rows),
    )
    columns = ("line", "meter_number", "read_on", "value", "no_consumption", "problem")
    copy_rows(
        ReadingFileRow,
        ("file_id", "outcome", *columns),
        (
            (file.pk, RowOutcome.WAITING.value, *(getattr(row, name) for name in columns))
            for row in rows
        ),
    )
    _owe_the_rest(file, at=at)
    if form_key is not None and by is not None:
        form_keys.submitted(form_key, form="", by=by.pk, act=START, result=str(file.pk))
    return file.pk


@operation
def go_on_with_reading_file(*, file: int, after: int, at: datetime) -> int:
    """The next rows of a file, those after the line ``after``; how many.

    All of a batch is one transaction. Work that is paid twice finds that the file is further on.
    """
    locked = _hold(file)
    if locked.state != FileState.RUNNING or locked.after != after:
        return 0
    lines = ReadingFileRow.objects.filter(file=locked, line__gt=after).order_by("line")
    rows = list(lines[:AT_ONCE])
    if not rows:
        _end(locked, FileState.DONE, at=at)
        return 0
    batch = _batch_of(locked, rows, today=day_of(at))
    for row in rows:
        _take(batch, row, at=at)
    ReadingFileRow.objects.bulk_update(rows, ["outcome", "problem"])
    locked.after = rows[-1].line
    locked.done += len(rows)
    outcomes = [row.outcome for row in rows]
    locked.new += outcomes.count(RowOutcome.NEW)
    locked.same += outcomes.count(RowOutcome.SAME)
    locked.wrong += outcomes.count(RowOutcome.WRONG)
    locked.unusual += batch.unusual
    locked.save(update_fields=["after", "done", "new", "same", "wrong", "unusual"])
    _owe_the_rest(locked, at=at)
    return len(rows)


@operation
def stop_reading_file(*, file: int, at: datetime) -> None:
    """The worker has failed too often: the file stands still until a person lets it go on."""
    locked = _hold(file)
    if locked.state == FileState.RUNNING:
        _end(locked, FileState.STOPPED, at=at)


@operation
def store_reading_file(
    *, file: int, by: Person, at: datetime, form_key: uuid.UUID | None = None
) -> None:
    """Store the readings of a file that was looked through; let a stopped one go on.

    Raises UnableToStoreFile.
    """
    locked = _hold(file)
    if form_keys.is_repeated(form_key, str(file), {}, by=by.pk, act=STORE, at=at):
        return
    is_looked_through = locked.state == FileState.DONE and locked.is_dry_run
    if locked.state != FileState.STOPPED and not is_looked_through:
        raise UnableToStoreFile(is_conflict=True)
    if is_looked_through:
        locked.is_dry_run = False
        locked.after = locked.done = locked.new = locked.same = 0
        locked.wrong = locked.unusual = 0
        known = ReadingFileRow.objects.filter(file=locked)
        known.exclude(outcome=RowOutcome.WRONG).update(outcome=RowOutcome.WAITING)
    locked.state, locked.ended_at, locked.uploaded_by = FileState.RUNNING, None, by
    locked.save()
    _owe_the_rest(locked, at=at, again=at.isoformat())


# ------------------------------------------------------------------ a batch
@dataclass
class _Batch:
    """What is known of the meters of some rows, all locked, by their numbers in upper case."""

    file: ReadingFile
    today: date
    meters: dict[str, Meter]
    consumers: dict[int, int]
    since: dict[int, date]
    last: dict[int, KnownReading]
    on_day: dict[tuple[int, date], Decimal]
    history: dict[int, list[Period]]
    unusual: int = field(default=0)


@step
def _hold(file: int) -> ReadingFile:
    """The file with its row held, before all others."""
    rows = ReadingFile.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("uploaded_by").get(pk=file)


@step
def _batch_of(file: ReadingFile, rows: Sequence[ReadingFileRow], *, today: date) -> _Batch:
    """The meters of these rows with what they showed, their consumers and they themselves held."""
    numbers = {each for row in rows for each in (row.meter_number, row.meter_number.upper())}
    found = _running(numbers)
    consumers = _whose(found)
    held = Consumer.objects.select_for_update(of=("self",), no_key=True)
    list(held.filter(pk__in=set(consumers.values())).order_by("pk").values_list("pk"))
    if _whose(_running(numbers)) != consumers:
        raise MetersWentOver
    meters = {meter.number.upper(): meter for meter in lock_meters(consumers).values()}
    zone = get_utility().zone
    batch = _Batch(
        file=file,
        today=today,
        meters=meters,
        consumers=consumers,
        since={
            each.meter_id: each.during.lower.astimezone(zone).date()
            for each in found
            if each.during.lower
        },
        last={},
        on_day={},
        history={},
    )
    _remember(batch, list(consumers))
    if file.is_dry_run:
        _remember_earlier_rows(batch)
    return batch


def _running(numbers: Collection[str]) -> list[MeterAssignment]:
    """Which service each of these meters measures now."""
    running = MeterAssignment.objects.filter(meter__number__in=numbers, during__upper_inf=True)
    return list(running.select_related("service_connection"))


def _whose(running: Sequence[MeterAssignment]) -> dict[int, int]:
    """Meter → the consumer whose service it measures."""
    return {each.meter_id: each.service_connection.consumer_id for each in running}


def _remember(batch: _Batch, meters: Sequence[int]) -> None:
    """What the meters showed: the last that counts, each day's, and the use of two years."""
    counted = Reading.objects.filter(meter__in=meters).exclude(verification=Verification.REJECTED)
    for row in counted.order_by("meter", "-read_on").distinct("meter"):
        batch.last[row.meter_id] = KnownReading(row.value, row.read_on, row.exception)
    seen: dict[int, list[SeenReading]] = defaultdict(list)
    recent = counted.filter(read_on__gte=batch.today - LOOKED_BACK)
    facts = recent.values_list("meter", "value", "read_on", "exception")
    for meter, value, on, exception in facts:
        batch.on_day[meter, on] = value
        since = batch.since.get(meter)
        if since is None or since <= on:
            seen[meter].append(SeenReading(meter, value, on, exception))
    batch.history = {meter: periods_of(seen[meter]) for meter in meters}


def _remember_earlier_rows(batch: _Batch) -> None:
    """Nothing is stored when a file is only looked through: what its earlier rows would change."""
    earlier = ReadingFileRow.objects.filter(
        file=batch.file, line__lte=batch.file.after, outcome=RowOutcome.NEW
    ).order_by("line")
    for row in earlier.iterator():
        meter = batch.meters.get(row.meter_number.upper())
        if meter is not None:
            wish = _said(row)
            exception = ReadingException.NONE
            if wish.has_no_consumption:
                exception = ReadingException.NO_CONSUMPTION
            _goes_on(batch, meter, wish, exception)


def _said(row: ReadingFileRow) -> FileReading:
    return reading_of(
        RawRow(row.line, row.meter_number, row.read_on, row.value, row.no_consumption, row.problem)
    )


@dataclass(frozen=True, slots=True)
class _Wish:
    """A row as the rules of a reading know it: a lower one comes by hand, from a supervisor."""

    value: Decimal
    read_on: date
    has_no_consumption: bool
    exception: str = ""

    def field(self, name: str) -> str:
        """The column."""
        return name


@step
def _take(batch: _Batch, row: ReadingFileRow, *, at: datetime) -> None:
    """Store what a row says, or find out what came of it; what was found wrong stays so."""
    if row.outcome == RowOutcome.WRONG:
        return
    try:
        row.outcome = _taken(batch, _said(row), at=at)
    except UnableToEnterReading as refusal:
        row.outcome, row.problem = RowOutcome.WRONG, refusal.sentence[:200]


@step
def _taken(batch: _Batch, said: FileReading, *, at: datetime) -> RowOutcome:
    meter = batch.meters.get(said.meter_number)
    if meter is None:
        raise UnableToEnterReading(NO_METER, field="meter_number")
    previous = batch.last.get(meter.pk)
    there = batch.on_day.get((meter.pk, said.read_on))
    if there is None and previous is not None and previous.read_on == said.read_on:
        there = previous.value
    if there == said.value:
        return RowOutcome.SAME
    if there is not None:
        raise UnableToEnterReading(
            f"The meter was read on {said.read_on} already ({shown_value(there)} {meter.unit})",
            field="read_on",
        )
    since = batch.since.get(meter.pk)
    if since is not None and said.read_on < since:
        raise UnableToEnterReading(
            f"Reading date cannot be before the meter was assigned on {since}", field="read_on"
        )
    wish = _Wish(said.value, said.read_on, said.has_no_consumption)
    exception = check_reading(
        wish, previous, unit=meter.unit, today=batch.today, is_supervisor=False
    )
    is_unusual = _goes_on(batch, meter, said, exception)
    batch.unusual += is_unusual
    if not batch.file.is_dry_run:
        _store(batch, meter, said, exception, is_unusual=is_unusual, at=at)
    return RowOutcome.NEW


def _goes_on(batch: _Batch, meter: Meter, said: FileReading, exception: ReadingException) -> bool:
    """The meter has shown this now; whether what was used is unusual."""
    previous, history = batch.last.get(meter.pk), batch.history[meter.pk]
    batch.last[meter.pk] = KnownReading(said.value, said.read_on, exception)
    batch.on_day[meter.pk, said.read_on] = said.value
    if previous is None:
        return False
    used = units_between(previous.value, said.value, exception)
    period = Period(previous.read_on, said.read_on, used)
    is_unusual = not said.has_no_consumption and warning_before(period, history) is not None
    batch.history[meter.pk] = [*history, period]
    return is_unusual


@step
def _store(
    batch: _Batch,
    meter: Meter,
    said: FileReading,
    exception: ReadingException,
    *,
    is_unusual: bool,
    at: datetime,
) -> None:
    """Keep it: verified by whoever imports it, but for what is unusual, which waits."""
    by = batch.file.uploaded_by
    keep_entered(
        meter,
        said.value,
        said.read_on,
        exception,
        source=ReadingSource.FILE,
        is_verified=not is_unusual,
        by=by,
        at=at,
    )
    record(
        Event.READING_ENTERED,
        by=by.pk if by else None,
        at=at,
        consumer=batch.consumers[meter.pk],
        new={
            "meter": meter.number,
            "value": f"{shown_value(said.value)} {meter.unit}",
            "read_on": said.read_on.isoformat(),
            "exception": exception,
            "file": batch.file.pk,
        },
    )


# ------------------------------------------------------------------ the end of it
@step
def _end(file: ReadingFile, state: FileState, *, at: datetime) -> None:
    file.state, file.ended_at = state, at
    file.save(update_fields=["state", "ended_at"])
    if file.is_dry_run:
        return
    counted = {"file": file.pk, "state": state.value, "new": file.new, "wrong": file.wrong}
    by = file.uploaded_by.pk if file.uploaded_by else None
    record(Event.READINGS_IMPORTED, by=by, at=at, new=counted)


@step
def _owe_the_rest(file: ReadingFile, *, at: datetime, again: str = "") -> None:
    """The next batch is owed in the transaction of this one; ``again`` tells failed work apart."""
    key = f"{GO_ON}:{file.pk}:{file.is_dry_run}:{file.after}:{again}"
    owe(GO_ON, dedupe_key=key, about={"file": file.pk, "after": file.after}, at=at)
