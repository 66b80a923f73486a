"""Readings from a file: looked through, stored, safe to repeat, harmless when hostile (CON10)."""

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client

from consumers import oracles
from consumers.choices import FileState, ReadingSource, RowOutcome, Verification
from consumers.models import Consumer, Meter, Reading, ReadingFile, ReadingFileRow
from consumers.operations.reading_files import (
    AT_ONCE,
    UnableToStoreFile,
    go_on_with_reading_file,
    start_reading_file,
    stop_reading_file,
    store_reading_file,
)
from consumers.rules.reading_files import MOST_ROWS, UnableToReadFile, rows_of_file
from smart360.owed.tasks import drain
from smart360.staff.choices import Role
from smart360.staff.models import Person
from smart360.trail.choices import Event
from smart360.trail.models import Entry
from tests.conftest import MakeConsumer, MakePerson, SetClock
from tests.consumers.reading_meters import meter_of, read_back

FILES = "/cx/consumer-management/readings"
HEAD = "meter_number,read_on,value,no_consumption\n"
ClientAs = Callable[..., Client]
in_database = pytest.mark.django_db(transaction=True)


@pytest.fixture
def john(make_consumer: MakeConsumer, stands: SetClock) -> Consumer:
    return make_consumer(account_number="ACC-2024-001789")


@pytest.fixture
def meter(john: Consumer) -> Meter:
    return meter_of(john)


@pytest.fixture
def boss(person: MakePerson) -> Person:
    return person(Role.SUPERVISOR)


def given(text: str, by: Person | None, at: datetime, *, is_dry_run: bool = False) -> ReadingFile:
    """A file that was given, and worked on to its end."""
    file = start_reading_file(
        name="round.csv", rows=rows_of_file(text.encode()), is_dry_run=is_dry_run, by=by, at=at
    )
    drain("DEFAULT")
    return ReadingFile.objects.get(pk=file)


def counts(file: ReadingFile) -> tuple[int, int, int]:
    file.refresh_from_db()
    return file.new, file.same, file.wrong


def problems(file: ReadingFile) -> list[str]:
    wrong = ReadingFileRow.objects.filter(file=file, outcome=RowOutcome.WRONG)
    return list(wrong.order_by("line").values_list("problem", flat=True))


# ------------------------------------------------------------------ the file
@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "no rows"),
        (HEAD.encode(), "no rows"),
        (b"meter_number,value\nA,1\n", "column read_on is missing"),
        (b"meter_number,read_on,value,name\nA,2024-12-01,1,x\n", "no column"),
        (b"meter_number,read_on,value,value\nA,2024-12-01,1,2\n", "twice"),
        ("meter_number,read_on,value\nÄ,2024-12-01,1\n".encode("latin-1"), "not UTF-8"),
        (b"PK\x03\x04\x00\x00" * 20, "not a CSV file"),
        (HEAD.encode() + b'"A,2024-12-01,1\n', "not a CSV file"),
        (HEAD.encode() + b"x" * 200_000, "not a CSV file"),
        (HEAD.encode() + b"A,2024-12-01,1,\n" * (MOST_ROWS + 1), "more than 50,000 rows"),
        (b"x" * (5 * 1024 * 1024 + 1), "larger than 5 MB"),
    ],
)
def test_a_file_of_no_use_is_refused_as_a_whole(body: bytes, sentence: str) -> None:
    with pytest.raises(UnableToReadFile, match=sentence):
        rows_of_file(body)


def test_spreadsheets_write_in_their_own_ways() -> None:
    """A mark at the beginning, semicolons, other line ends, empty lines."""
    text = "\ufeffMeter number;Read on;Value\r\n\r\n EM-1 ;2024-12-01;12580.5\r\n"
    (row,) = rows_of_file(text.encode())
    assert (row.line, row.meter_number, row.value, row.problem) == (3, "EM-1", "12580.5", "")


# ------------------------------------------------------------------ storing
@in_database
def test_readings_are_stored_and_verified(
    john: Consumer, meter: Meter, boss: Person, at: datetime
) -> None:
    file = given(f"{HEAD}{meter.number.lower()},2024-12-09,18300,\n", boss, at)
    assert (file.state, counts(file)) == (FileState.DONE, (1, 0, 0))
    kept = Reading.objects.get(meter=meter, read_on=date(2024, 12, 9))
    assert (kept.value, kept.verification) == (Decimal(18300), Verification.VERIFIED)
    assert (kept.source, kept.entered_by) == (ReadingSource.FILE, boss)
    assert Entry.objects.filter(consumer=john, kind=Event.READING_ENTERED).count() == 1
    ended = Entry.objects.get(kind=Event.READINGS_IMPORTED)
    assert ended.new == {"file": file.pk, "state": "DONE", "new": 1, "wrong": 0}
    assert oracles.readings_that_fall() == []


@in_database
def test_the_same_file_again_changes_nothing(meter: Meter, boss: Person, at: datetime) -> None:
    text = f"{HEAD}{meter.number},2024-12-01,18300,\n{meter.number},2024-12-09,18360,\n"
    assert counts(given(text, boss, at)) == (2, 0, 0)
    before = list(Reading.objects.order_by("pk").values())
    assert counts(given(text, boss, at)) == (0, 2, 0)
    assert list(Reading.objects.order_by("pk").values()) == before


@in_database
def test_what_is_unusual_waits_for_verification(meter: Meter, boss: Person, at: datetime) -> None:
    read_back(meter, *[60] * 8)
    file = given(f"{HEAD}{meter.number},2024-12-09,28245,\n", boss, at)
    assert (file.new, file.unusual) == (1, 1)
    assert Reading.objects.get(value=28245).verification == Verification.PENDING


@in_database
@pytest.mark.parametrize("is_dry_run", [True, False])
def test_each_wrong_row_says_why_and_the_others_go_on(
    meter: Meter, boss: Person, at: datetime, is_dry_run: bool
) -> None:
    """bad-inputs.md: numbers dressed up, dates of other ways, formulas, what cannot be shown."""
    number = meter.number
    rows = [
        ("NO-SUCH,2024-12-09,1,", "No such meter"),
        (f"{number},09/12/2024,18300,", "The date is none"),
        (f"{number},2024-02-30,18300,", "The date is none"),
        (f"{number},20241209,18300,", "The date is none"),
        (f"{number},2024-12-11,18300,", "Reading date cannot be in the future"),
        (f"{number},2024-11-29,18300,", "before the last reading"),
        (f"{number},2023-12-09,18300,", "before the meter was assigned"),
        (f"{number},2024-11-30,18246,", "was read on 2024-11-30 already (18245 kWh)"),
        (f"{number},2024-12-09,18244,", "must be greater than the previous reading (18245 kWh)"),
        (f"{number},2024-12-09,18245,", "must be greater than the previous reading (18245 kWh)"),
        (f'{number},2024-12-09,"12,580",', "The value is not a number"),
        (f"{number},2024-12-09,-5,", "The value is not a number"),
        (f"{number},2024-12-09,1e9,", "The value is not a number"),
        (f"{number},2024-12-09,１８３００,", "The value is not a number"),
        (f"{number},2024-12-09,18300.00001,", "The value is not a number"),
        (f"{number},2024-12-09,9999999999,", "The value is not a number"),
        (f"{number},2024-12-09,18300,perhaps", "yes or no"),
        (f"{number},2024-12-09", "2 values for 4 columns"),
        (f"{number},2024-12-09,18300,,x", "5 values for 4 columns"),
        (",2024-12-09,18300,", "The meter number is missing"),
        ("=HYPERLINK(),2024-12-09,18300,", "No such meter"),
        ("A\u202eB,2024-12-09,18300,", "cannot be shown"),
        ("x" * 61 + ",2024-12-09,18300,", "longer than 60"),
    ]
    text = HEAD + "\n".join(row for row, _ in rows) + f"\n{number},2024-12-09,18300,\n"
    file = given(text, boss, at, is_dry_run=is_dry_run)
    found = problems(file)
    for (row, sentence), problem in zip(rows, found, strict=True):
        assert sentence in problem, row
    assert counts(file) == (1, 0, len(rows))
    assert Reading.objects.filter(value=18300).exists() != is_dry_run


@in_database
def test_no_consumption_is_said(meter: Meter, boss: Person, at: datetime) -> None:
    assert counts(given(f"{HEAD}{meter.number},2024-12-09,18245,yes\n", boss, at)) == (1, 0, 0)
    assert oracles.readings_that_fall() == []


@in_database
def test_a_file_is_looked_through_and_then_stored(meter: Meter, boss: Person, at: datetime) -> None:
    """The later row of a meter is judged by the earlier one, also where nothing is stored."""
    number = meter.number
    text = f"{HEAD}{number},2024-12-01,18300,\n{number},2024-12-05,18290,\nX,2024-12-05,1,\n"
    file = given(text, boss, at, is_dry_run=True)
    assert counts(file) == (1, 0, 2)
    assert Reading.objects.count() == 1
    assert not Entry.objects.filter(kind__startswith="READING").exists()
    store_reading_file(file=file.pk, by=boss, at=at, form_key=uuid4())
    drain("DEFAULT")
    assert counts(file) == (1, 0, 2)
    assert Reading.objects.count() == 2
    with pytest.raises(UnableToStoreFile):
        store_reading_file(file=file.pk, by=boss, at=at, form_key=uuid4())


@in_database
def test_a_long_file_goes_on_batch_by_batch_and_after_a_stop(
    meter: Meter, boss: Person, at: datetime
) -> None:
    rows = "".join(f"NO-{each},2024-12-09,1,\n" for each in range(AT_ONCE))
    text = f"{HEAD}{rows}{meter.number},2024-12-09,18300,\n"
    file = start_reading_file(
        name="round.csv", rows=rows_of_file(text.encode()), is_dry_run=False, by=boss, at=at
    )
    assert go_on_with_reading_file(file=file, after=0, at=at) == AT_ONCE
    assert go_on_with_reading_file(file=file, after=0, at=at) == 0  # paid twice
    stop_reading_file(file=file, at=at)
    drain("DEFAULT")
    found = ReadingFile.objects.get(pk=file)
    assert (found.state, found.done, found.new) == (FileState.STOPPED, AT_ONCE, 0)
    store_reading_file(file=file, by=boss, at=at, form_key=uuid4())
    drain("DEFAULT")
    found.refresh_from_db()
    assert (found.state, found.done, counts(found)) == (
        FileState.DONE, AT_ONCE + 1, (1, 0, AT_ONCE),
    )  # fmt: skip


# ------------------------------------------------------------------ the pages, the command
def upload(client: Client, body: bytes, name: str = "round.csv") -> Any:
    file = SimpleUploadedFile(name, body, content_type="text/csv")
    return client.post(FILES, {"form_key": str(uuid4()), "file": file})


@in_database
def test_the_pages_from_upload_to_report(meter: Meter, client_as: ClientAs) -> None:
    client = client_as(Role.BILLING)
    assert "No file yet" in client.get(FILES).content.decode()
    body = f"{HEAD}{meter.number},2024-12-09,18300,\n=1+1,2024-12-09,5,\n".encode()
    answer = upload(client, body, name="<b>round.csv")
    page = answer.headers["Location"]
    assert 'hx-trigger="every 2s"' in client.get(page).content.decode()
    drain("DEFAULT")
    html = client.get(page).content.decode()
    assert "every 2s" not in html
    assert "<b>round" not in html
    assert "Nothing is stored yet" in html
    report = client.get(f"{page}/errors.csv").getvalue().decode()
    assert '"3","\'=1+1","2024-12-09","5","No such meter measures a service now."' in report
    key = re.search(r'name="form_key" value="([^"]+)"', html)
    assert key
    stored = client.post(f"{page}/store", {"form_key": key[1]})
    assert stored.status_code == 302
    drain("DEFAULT")
    assert Reading.objects.filter(meter=meter, value=18300).exists()
    again = client.post(f"{page}/store", {"form_key": str(uuid4())})
    assert again.status_code == 409


@in_database
def test_a_wrong_upload_says_so_beside_the_field(john: Consumer, client_as: ClientAs) -> None:
    client = client_as(Role.SUPERVISOR)
    nothing = client.post(FILES, {"form_key": str(uuid4())})
    assert (nothing.status_code, "Choose a CSV file" in nothing.text) == (422, True)
    for body in (b"\x89PNG\r\n\x1a\n\xff", b"a,b\n1,2\n", b"\0"):
        answer = upload(client, body)
        assert answer.status_code == 422, body
    assert not ReadingFile.objects.exists()


@in_database
def test_the_command_does_the_same(meter: Meter, tmp_path: Path) -> None:
    file, report = tmp_path / "round.csv", tmp_path / "problems.csv"
    file.write_text(f"{HEAD}{meter.number},2024-12-09,18300,\n@X,2024-12-09,5,\n")
    said = StringIO()
    with pytest.raises(CommandError, match="1 rows were not taken"):
        call_command("import_readings", file, "--dry-run", errors=report, stdout=said)
    assert (
        "2 rows: 1 new (0 wait for verification), 0 here already, 1 not taken." in said.getvalue()
    )
    assert "nothing was stored" in said.getvalue()
    assert '"\'@X"' in report.read_text(encoding="utf-8-sig")
    assert Reading.objects.count() == 1
    with pytest.raises(CommandError):
        call_command("import_readings", file, stdout=said)
    assert Reading.objects.filter(value=18300).exists()
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_readings", tmp_path / "none.csv")
