"""Taking accounts over from a file (CON15): whole accounts, row-by-row problems, safe to repeat."""

import csv
import os
import signal
from contextlib import suppress
from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from consumers.models import Consumer, Meter, Reading, ServiceConnection
from consumers.queries import connection_facts, search
from smart360.custody.management.commands import import_consumers as command
from smart360.custody.models import ImportRow
from smart360.custody.operations import import_piece, stage_file
from smart360.custody.rules.importing import COLUMNS, AccountReader
from smart360.trail.models import Entry
from tests.conftest import MakeConsumer
from tests.custody.files import WriteFile, example, numbered, refused, run
from tests.invariants import assert_sound

pytestmark = pytest.mark.django_db(transaction=True)


class TestOneAccount:
    def test_everything_is_there(self, write: WriteFile) -> None:
        said = run(write([example()]))
        assert "1 accounts new" in said
        consumer = Consumer.objects.select_related("category", "subcategory").get()
        assert consumer.account_number == "ACC-2024-001789"
        assert (consumer.name, consumer.phone) == ("John Michael Smith", "+15551234567")
        assert (consumer.category.name, consumer.status) == ("Residential", "ACTIVE")
        facts = connection_facts(consumer.pk)[0]
        assert (facts.meter_number, facts.device_number) == ("EM-440017", "D-90557")
        assert (facts.reading, facts.read_on) == (Decimal(18245), date(2024, 11, 30))
        entry = Entry.objects.get()
        assert (entry.kind, entry.consumer_id, entry.actor) == (
            "CONSUMER_IMPORTED",
            consumer.pk,
            None,
        )
        for text in ("john smith", "001789", "5551234567", "oak street", "440017"):
            assert [hit.consumer for hit in search(text)] == [consumer.pk]

    def test_several_services(self, write: WriteFile) -> None:
        water = example(utility="water", meter_number="WM-1", device_number="", unit="")
        other = {column.name: "" for column in COLUMNS} | {
            "account_number": "ACC-2024-001789",
            "utility": "GAS",
            "service_address": "9 Quarry Lane",
        }
        run(write([example(), water, other]))
        facts = connection_facts(Consumer.objects.get().pk)
        assert [each.utility_type for each in facts] == ["ELECTRICITY", "WATER", "GAS"]
        assert [each.unit for each in facts] == ["kWh", "m³", ""]
        assert [each.address for each in facts] == ["123 Oak Street"] * 2 + ["9 Quarry Lane"]

    def test_an_account_without_a_service(self, write: WriteFile) -> None:
        few = {"account_number": "a-1", "name": "Ann", "category": "Commercial"}
        run(write([few | {"registered_on": "2024-01-15"}]))
        assert Consumer.objects.get().account_number == "A-1"
        assert not ServiceConnection.objects.exists()


class TestFiles:
    @pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
    def test_delimiters_and_marks(self, write: WriteFile, delimiter: str, encoding: str) -> None:
        run(write([example(name="José; Ñandú, O’Neil")], delimiter=delimiter, encoding=encoding))
        assert Consumer.objects.get().name == "José; Ñandú, O’Neil"

    @pytest.mark.parametrize(
        ("content", "sentence"),
        [
            (b"", "is empty"),
            (b"\n", "is empty"),
            (b"name,colour\nx,y\n", "Missing columns: account_number, category, registered_on."),
            (b"account_number,name,category,registered_on,colour\n", "Unknown columns: colour."),
            (b"name,account_number,category,registered_on,name\n", "there twice: name."),
            (b"account_number,name\nA,\xff\n", "is not UTF-8"),
            (b'account_number,name,category,registered_on\n"A,b,c,d\n', "is not a CSV file"),
        ],
    )
    def test_useless_files_are_named(self, tmp_path: Path, content: bytes, sentence: str) -> None:
        path = tmp_path / "bad.csv"
        path.write_bytes(content)
        assert sentence in refused(path)

    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
    def test_line_ends_and_values_of_several_lines(self, tmp_path: Path, end: str) -> None:
        """Each row is found again at its place, whatever signs end the lines."""
        path = tmp_path / "a.csv"
        lines = ["account_number,name,category,registered_on,billing_address"]
        for serial, word in enumerate(("Zoé", "Ñandú", "O’Neil"), start=1):
            name = f'"{word}{end}""the {serial}."""'
            lines += [f"A-{serial},{name},Commercial,2024-01-15,1 Elm Street", ""]
        path.write_bytes(end.join(lines).encode("utf-8-sig"))
        run(path)
        assert list(Consumer.objects.order_by("pk").values_list("account_number", "name")) == [
            ("A-1", 'Zoé "the 1."'),
            ("A-2", 'Ñandú "the 2."'),
            ("A-3", 'O’Neil "the 3."'),
        ]

    def test_rows_of_an_account_may_stand_far_apart(self, write: WriteFile) -> None:
        """All electricity first, then all water: an account's rows find each other."""
        water = [
            numbered(serial, utility="Water", unit="")
            | {"meter_number": f"WM-{serial}", "device_number": ""}
            for serial in range(1, 31)
        ]
        run(write([*(numbered(serial) for serial in range(1, 31)), *water]))
        assert Consumer.objects.count() == 30
        assert {
            tuple(each.utility_type for each in connection_facts(consumer.pk))
            for consumer in Consumer.objects.all()
        } == {("ELECTRICITY", "WATER")}

    def test_one_spelling_of_a_number_is_one_account(self, write: WriteFile) -> None:
        """The Kelvin sign is a K, and two rows of K-1 belong together."""
        other = example(account_number="\u212a-1", utility="Water", unit="")
        run(
            write(
                [
                    example(account_number="k-1"),
                    other
                    | {
                        "meter_number": "",
                        "device_number": "",
                        "meter_type": "",
                        "model": "",
                        "reading": "",
                        "read_on": "",
                        "earlier_readings": "",
                    },
                ]
            )
        )
        assert Consumer.objects.get().account_number == "K-1"
        assert ServiceConnection.objects.count() == 2

    def test_a_file_that_changes_while_it_is_read(
        self, write: WriteFile, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = write(numbered(serial) for serial in range(1, 11))

        def writes_on(**file: Any) -> Any:
            with path.open("a") as being_written:
                being_written.write("x")
            return stage_file(**file)

        monkeypatch.setattr(command, "stage_file", writes_on)
        assert "was changed while it was read" in refused(path)
        assert not Consumer.objects.exists()
        assert not ImportRow.objects.exists()

    def test_no_file(self, tmp_path: Path) -> None:
        assert "There is no file" in refused(tmp_path / "nothing.csv")
        assert "cannot be read" in refused(tmp_path)

    def test_the_columns_are_printed(self) -> None:
        said = StringIO()
        call_command("import_consumers", "--columns", stdout=said)
        assert all(column.name in said.getvalue() for column in COLUMNS)

    def test_the_columns_are_documented(self) -> None:
        page = (Path(__file__).parents[2] / "docs" / "IMPORT.md").read_text(encoding="utf-8")
        accounts, _ = page.split("\n## Readings from a file\n")
        named = [line.split("`")[1] for line in accounts.splitlines() if line.startswith("| `")]
        assert named == [column.name for column in COLUMNS]


class TestProblems:
    @pytest.mark.parametrize(
        ("values", "column", "sentence"),
        [
            ({"account_number": ""}, "account_number", "This field is required."),
            ({"account_number": "A B"}, "account_number", "Use letters, digits"),
            ({"account_number": "ß1"}, "account_number", "Use letters, digits"),
            ({"meter_number": "ß1"}, "meter_number", "Use letters A to Z"),
            ({"device_number": "Ñ-1"}, "device_number", "Use letters A to Z"),
            ({"name": ""}, "name", "This field is required."),
            ({"name": "\u200b\u200b"}, "name", "cannot be shown"),
            ({"name": "x" * 121}, "name", "at most 120 characters (it has 121)"),
            ({"phone": "12"}, "phone", "Enter a valid phone number"),
            ({"email": "a@b"}, "email", "Enter a valid email address."),
            ({"email": "=x@example.com"}, "email", "Enter a valid email address."),
            ({"vip": "maybe"}, "vip", "Enter yes or no."),
            ({"status": "Gone"}, "status", "Enter one of: Active, Inactive"),
            ({"registered_on": "15/01/2024"}, "registered_on", "Enter a valid date"),
            ({"registered_on": "2024-02-30"}, "registered_on", "Enter a valid date"),
            ({"registered_on": "٢٠٢٤-٠١-١٥"}, "registered_on", "Enter a valid date"),
            ({"registered_on": "9999-12-31"}, "registered_on", "cannot be in the future"),
            ({"category": "Nowhere"}, "category", "Nowhere is not known"),
            ({"subcategory": "Shop"}, "subcategory", "Shop is not known within Residential"),
            ({"utility": "Steam"}, "utility", "Enter one of: Electricity, Water, Gas."),
            ({"utility": ""}, "utility", "Name the utility"),
            ({"service_address": ""}, "service_address", "Needed when utility"),
            ({"supply_state": "half"}, "supply_state", "Enter one of: Connected"),
            ({"meter_number": ""}, "meter_number", "Needed when device_number"),
            ({"reading": "12,580"}, "reading", "Enter a number"),
            ({"reading": "-1"}, "reading", "Enter a number"),
            ({"reading": "1.2345"}, "reading", "Enter a number"),
            ({"reading": "NaN"}, "reading", "Enter a number"),
            ({"read_on": ""}, "read_on", "Needed when reading"),
            ({"reading": "", "read_on": ""}, "reading", "Needed when earlier_readings"),
            ({"earlier_readings": "2024-10-31"}, "earlier_readings", "a day and a value each"),
            ({"earlier_readings": "2024-10-31 1 2"}, "earlier_readings", "Enter a number"),
            ({"earlier_readings": "31/10/2024 1"}, "earlier_readings", "Enter a valid date"),
            ({"earlier_readings": "9999-12-31 1"}, "earlier_readings", "cannot be in the future"),
            ({"earlier_readings": "2024-11-30 1"}, "earlier_readings", "twice, or not before"),
            (
                {"earlier_readings": "2024-01-31 1; 2024-01-31 2"},
                "earlier_readings",
                "is there twice",
            ),
            ({"earlier_readings": "2024-10-31 18246"}, "earlier_readings", "2024-11-30 shows less"),
            (
                {"earlier_readings": "; ".join(f"20{n}-01-31 {n}" for n in [*range(10, 24)] * 5)},
                "earlier_readings",
                "at most 60 readings",
            ),
        ],
    )
    def test_each_is_named_by_line_and_column(
        self, write: WriteFile, tmp_path: Path, values: dict[str, str], column: str, sentence: str
    ) -> None:
        report = tmp_path / "problems.csv"
        path = write([numbered(1), example(**values), numbered(3)])
        refused(path, errors=report)
        with report.open(encoding="utf-8-sig", newline="") as file:
            problems = list(csv.DictReader(file))
        assert {problem["line"] for problem in problems} == {"3"}
        assert (problems[0]["column"], sentence in problems[0]["problem"]) == (column, True)
        assert Consumer.objects.count() == 2

    def test_one_wrong_row_keeps_the_whole_account_out(self, write: WriteFile) -> None:
        wrong = example(utility="Water", meter_number="WM-1", device_number="", reading="x")
        said = refused(write([example(), wrong]))
        assert "line 3, ACC-2024-001789, reading" in said
        assert not Consumer.objects.exists()
        assert not Meter.objects.exists()

    def test_contradicting_rows(self, write: WriteFile) -> None:
        other = example(name="Somebody Else", utility="Water", meter_number="W", device_number="")
        assert "This differs from line 2" in refused(write([example(), other]))

    def test_the_same_service_twice(self, write: WriteFile) -> None:
        again = example(meter_number="EM-2", device_number="D-2")
        assert "there twice at one address" in refused(write([example(), again]))

    def test_a_meter_on_two_accounts_of_the_file(self, write: WriteFile) -> None:
        said = refused(write([numbered(1), numbered(2) | {"meter_number": "EM-000001"}]))
        assert "Meter EM-000001 is also on account ACC-000001 (line 2)." in said
        assert not Consumer.objects.exists()

    @pytest.mark.parametrize("column", ["meter_number", "device_number"])
    def test_a_meter_of_an_account_that_is_here(
        self, write: WriteFile, make_consumer: MakeConsumer, column: str
    ) -> None:
        there = connection_facts(make_consumer().pk)[0]
        said = refused(write([example(**{column: getattr(there, column)}), numbered(2)]))
        assert "is here already, not on this account" in said
        assert Consumer.objects.filter(account_number="ACC-000002").exists()
        assert not Consumer.objects.filter(account_number="ACC-2024-001789").exists()

    def test_rows_of_the_wrong_length(self, tmp_path: Path) -> None:
        path = tmp_path / "a.csv"
        path.write_text(
            "account_number,name,category,registered_on\n"
            "A-1,Ann,Commercial,2024-01-15\nA-2,Bob\n\nA-3,Cyd,Commercial,2024-01-15,x\n"
        )
        said = refused(path)
        assert "line 3, A-2, (row): 2 values for 4 columns." in said
        assert "line 5, A-3, (row): 5 values for 4 columns." in said
        assert Consumer.objects.count() == 1

    def test_the_report_is_no_formula(self, write: WriteFile, tmp_path: Path) -> None:
        report = tmp_path / "problems.csv"
        refused(write([example(account_number="=1+1")]), errors=report)
        assert '"\'=1+1"' in report.read_text(encoding="utf-8-sig")


class TestRepeating:
    def test_the_same_file_again_changes_nothing(self, write: WriteFile) -> None:
        path = write(numbered(serial) for serial in range(1, 51))
        run(path)
        entries = Entry.objects.count()
        said = run(path)
        assert "0 accounts new, 50 here already and the same, 0 not taken over." in said
        assert "Nothing was changed." in said
        assert (Consumer.objects.count(), Entry.objects.count()) == (50, entries)
        assert Meter.objects.count() == Reading.objects.count() == 50

    def test_an_account_that_differs_is_not_changed(self, write: WriteFile) -> None:
        run(write([example()]))
        said = refused(write([example(name="Other Name", reading="18246")]))
        assert "here already with other data (name, services). Not changed." in said
        assert Consumer.objects.get().name == "John Michael Smith"

    def test_a_reading_that_came_later_is_no_difference(self, write: WriteFile) -> None:
        """What is here is compared as far as the file tells it; an earlier one that differs is."""
        same = {"earlier_readings": "2024-10-31 17955; 2024-09-30 17955"}
        run(write([example(**same)]))
        meter = Meter.objects.get()
        shown = meter.readings.order_by("read_on").values_list("value", "exception")
        assert [(int(value), why) for value, why in shown] == [
            (17955, "NONE"),
            (17955, "NO_CONSUMPTION"),
            (18245, "NONE"),
        ]
        Reading.objects.create(meter=meter, value=18300, read_on=date(2024, 12, 1))
        assert "1 here already and the same" in run(write([example(**same)], name="b.csv"))
        for other in ("", "2024-09-30 17955", "2024-10-31 17955; 2024-09-30 17954"):
            said = refused(write([example(earlier_readings=other)]))
            assert "other data (services). Not changed." in said
        assert Reading.objects.count() == 4
        assert_sound()

    def test_a_dry_run_stores_nothing(self, write: WriteFile) -> None:
        path = write([numbered(1), numbered(2, category="Nowhere")])
        said = refused(path, dry_run=True)
        assert "1 accounts new" in said
        assert "This was a dry run" in said
        assert "Nowhere is not known" in said
        assert not Consumer.objects.exists()
        assert not Entry.objects.exists()

    def test_killed_between_two_chunks_and_repeated(
        self, write: WriteFile, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What the first chunks stored stays; the same file again adds the rest, once."""
        path = write(numbered(serial) for serial in range(1, 101))
        monkeypatch.setattr(command, "CHUNK", 40)
        taken = iter([import_piece, import_piece])

        def dies(**chunk: Any) -> Any:
            try:
                return next(taken)(**chunk)
            except StopIteration:
                raise KeyboardInterrupt from None

        with monkeypatch.context() as dying:
            dying.setattr(command, "import_piece", dies)
            told = refused(path)
        assert (
            "Interrupted. 80 of 100 accounts are done (80 new and stored, 0 here already)" in told
        )
        assert Consumer.objects.count() == 80
        said = run(path)
        assert "20 accounts new, 80 here already" in said
        assert Consumer.objects.count() == Entry.objects.count() == Meter.objects.count() == 100

    @pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
    @pytest.mark.parametrize("dry_run", [False, True])
    def test_stopped_by_a_signal(
        self,
        write: WriteFile,
        monkeypatch: pytest.MonkeyPatch,
        how: signal.Signals,
        dry_run: bool,
    ) -> None:
        """Whoever stops it is told what is stored; a second signal does not cut that short."""
        path = write(numbered(serial) for serial in range(1, 11))
        act = "try_piece" if dry_run else "import_piece"
        take, hears = getattr(command, act), signal.getsignal(how)
        monkeypatch.setattr(command, "CHUNK", 4)

        def is_stopped(*, piece: Any, **chunk: Any) -> Any:
            if piece.accounts[0].account_number == "ACC-000005":
                with suppress(KeyboardInterrupt):
                    os.kill(os.getpid(), how)
                os.kill(os.getpid(), how)
                raise KeyboardInterrupt
            return take(piece=piece, **chunk)

        monkeypatch.setattr(command, act, is_stopped)
        told = refused(path, dry_run=dry_run)
        stored = "new, nothing stored" if dry_run else "new and stored"
        assert f"4 of 10 accounts are done (4 {stored}, 0 here already). Give the same" in told
        assert Consumer.objects.count() == (0 if dry_run else 4)
        assert signal.getsignal(how) is hears

    def test_two_thousand_rows(self, write: WriteFile) -> None:
        path = write(numbered(serial) for serial in range(1, 2001))
        assert "2,000 accounts new" in run(path)
        assert Consumer.objects.count() == Entry.objects.count() == 2000


def test_reading_needs_no_database() -> None:
    rows = [(2, example()), (3, example(utility="Water", meter_number="W", device_number=""))]
    reader = AccountReader("ACC-2024-001789", rows, region="US", today=date(2025, 1, 1))
    account = reader.read()
    assert not reader.problems
    assert account is not None
    assert len(account.services) == 2


def test_an_account_of_more_rows_than_a_transaction_takes(
    write: WriteFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No account is torn apart."""
    monkeypatch.setattr(command, "CHUNK", 2)
    many = [
        example(account_number="A-2", service_address=f"{n} Elm Street")
        | {"meter_number": f"EM-{n}", "device_number": f"D-{n}"}
        for n in range(5)
    ]
    run(write([numbered(1) | {"account_number": "A-1"}, *many, numbered(3)]))
    connections = [
        len(connection_facts(each.pk)) for each in Consumer.objects.order_by("account_number")
    ]
    assert connections == [1, 5, 1]
