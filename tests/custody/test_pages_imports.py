"""The page of imports: try a file, take it over, watch it, see what was wrong (CON15)."""

import csv
from collections.abc import Callable, Iterable
from io import BytesIO, StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from consumers.models import Consumer
from smart360.custody import tasks
from smart360.custody.choices import ImportMode, ImportState
from smart360.custody.models import ImportProblem, ImportRow, ImportRun
from smart360.custody.operations import drop_old_files, import_piece, stop_import
from smart360.custody.rules.importing import COLUMNS
from smart360.kernel import clock
from smart360.owed.models import OwedWork
from smart360.owed.tasks import drain
from smart360.staff.choices import Role
from smart360.trail.models import Entry
from tests.custody.files import Values, example, numbered
from tests.invariants import assert_sound

pytestmark = pytest.mark.django_db(transaction=True)
IMPORTS = "/cx/imports"
ClientAs = Callable[..., Client]


@pytest.fixture
def admin(client_as: ClientAs) -> Client:
    """An administrator."""
    return client_as(Role.ADMIN)


def upload(client: Client, content: bytes, *, key: str = "", name: str = "accounts.csv") -> Any:
    file = BytesIO(content)
    file.name = name
    return client.post(f"{IMPORTS}/try", {"form_key": key or str(uuid4()), "file": file})


def content_of(rows: Iterable[Values]) -> bytes:
    rows, text = list(rows), StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def several(count: int) -> bytes:
    return content_of(numbered(serial) for serial in range(1, count + 1))


def press(client: Client, act: str, run: ImportRun) -> Any:
    return client.post(f"{IMPORTS}/{run.pk}/{act}", {"form_key": str(uuid4())})


def shown(client: Client) -> str:
    return client.get(IMPORTS, headers={"HX-Request": "true"}).content.decode()


def test_from_the_file_to_the_accounts(admin: Client) -> None:
    """A dry run first, then the import, each by a worker; the rows of the file go at the end."""
    assert "No import yet" in admin.get(IMPORTS).content.decode()
    answer = upload(admin, several(5))
    assert (answer.status_code, answer["Location"]) == (302, IMPORTS)
    working = admin.get(IMPORTS).content.decode()
    assert 'hx-trigger="every 2s"' in working
    assert "<progress" in working
    drain("DEFAULT")
    tried = shown(admin)
    assert tried.strip().startswith('<section id="runs"')
    assert "Start import" in tried
    assert "every 2s" not in tried
    assert "Checked" in tried
    assert "Nothing would be taken over" not in tried
    assert "Done" not in tried, "nothing was"
    assert not Consumer.objects.exists()
    dry = ImportRun.objects.get()
    assert (dry.mode, dry.state, dry.new) == (ImportMode.DRY, ImportState.DONE, 5)
    assert press(admin, "start", dry).status_code == 302
    drain("DEFAULT")
    real = ImportRun.objects.latest("pk")
    assert (real.mode, real.state, real.new) == (ImportMode.REAL, ImportState.DONE, 5)
    assert Consumer.objects.count() == 5
    assert {entry.actor for entry in Entry.objects.all()} == {real.started_by}
    assert not ImportRow.objects.exists()
    done = shown(admin)
    assert "Start import" not in done
    assert "Done" in done
    assert_sound()


def test_a_dry_run_that_would_take_over_nothing_says_so(admin: Client) -> None:
    wrong = content_of([numbered(1, supply_state="perhaps")])
    upload(admin, wrong)
    drain("DEFAULT")
    tried = shown(admin)
    dry = ImportRun.objects.get()
    assert (dry.state, dry.new, dry.refused) == (ImportState.DONE, 0, 1)
    assert "Checked" in tried
    assert "Nothing would be taken over" in tried
    assert "t-green" not in tried


def test_the_sample_file_is_one_account(admin: Client) -> None:
    sample = admin.get(f"{IMPORTS}/sample.csv").getvalue()
    assert list(csv.DictReader(StringIO(sample.decode("utf-8-sig")))) == [example()]
    upload(admin, sample)
    drain("DEFAULT")
    assert ImportRun.objects.get().new == 1


def test_every_column_stands_on_the_page(admin: Client) -> None:
    page = admin.get(IMPORTS).content.decode()
    assert all(f">{column.name}</th>" in page for column in COLUMNS)


def test_the_report_is_a_file(admin: Client) -> None:
    upload(admin, content_of([numbered(1), numbered(2, category="Nowhere"), numbered(3, vip="?")]))
    drain("DEFAULT")
    run = ImportRun.objects.get()
    assert (run.new, run.refused) == (1, 2)
    address = f"{IMPORTS}/{run.pk}/problems.csv"
    assert address in shown(admin)
    report = admin.get(address).getvalue().decode("utf-8-sig")
    found = list(csv.DictReader(StringIO(report)))
    assert [(each["line"], each["column"]) for each in found] == [("3", "category"), ("4", "vip")]
    assert found[0]["account_number"] == "ACC-000002"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty"),
        (b"\n", "is empty"),
        (b"name,colour\nx,y\n", "Missing columns: account_number, category, registered_on."),
        (b"account_number,name\nA,\xff\n", "is not UTF-8"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "is not UTF-8"),
    ],
)
def test_a_useless_file_is_refused_at_its_field(
    admin: Client, content: bytes, sentence: str
) -> None:
    answer = upload(admin, content)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not ImportRun.objects.exists()
    assert not ImportRow.objects.exists()


def test_no_file_and_one_that_is_too_large(admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = admin.post(f"{IMPORTS}/try", {"form_key": str(uuid4())})
    assert answer.status_code == 422
    assert "Choose a CSV file" in answer.content.decode()
    monkeypatch.setattr("smart360.custody.forms.LARGEST_UPLOAD", 100)
    answer = upload(admin, several(1))
    assert answer.status_code == 422
    assert "larger than 50 MB" in answer.content.decode()


def test_markup_in_the_name_of_a_file_is_shown_as_it_is(admin: Client) -> None:
    upload(admin, several(1), name="<script>x</script>.csv")
    page = admin.get(IMPORTS).content.decode()
    assert "<script>x" not in page
    assert ImportRun.objects.get().file_name == "script>.csv"


def test_the_same_form_begins_one(admin: Client) -> None:
    key = str(uuid4())
    assert [upload(admin, several(2), key=key).status_code for _ in range(2)] == [302, 302]
    assert ImportRun.objects.count() == 1


def test_a_second_import_waits(admin: Client) -> None:
    upload(admin, several(2))
    answer = upload(admin, several(3))
    assert answer.status_code == 409
    assert "Another import is running" in answer.content.decode()
    assert ImportRun.objects.count() == 1


def test_a_file_that_is_gone_cannot_be_started(admin: Client) -> None:
    """After a week, or when it was taken over meanwhile."""
    upload(admin, several(2))
    drain("DEFAULT")
    run = ImportRun.objects.get()
    ImportRow.objects.filter(file=run.file_id).delete()
    run.file = None
    run.save(update_fields=["file"])
    answer = press(admin, "start", run)
    assert answer.status_code == 409
    assert "The file is not here any more" in answer.content.decode()


def test_one_that_stopped_goes_on_where_it_was(
    admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker takes some accounts in each turn; what it had done when it failed stays."""
    monkeypatch.setattr(tasks, "CHUNK", 2)
    upload(admin, several(5))
    drain("DEFAULT")
    press(admin, "start", ImportRun.objects.get())
    real = ImportRun.objects.latest("pk")
    taken = iter([import_piece])

    def fails(**piece: Any) -> Any:
        return next(taken)(**piece)

    with monkeypatch.context() as failing:
        failing.setattr(tasks, "import_piece", fails)
        with pytest.raises(StopIteration):
            tasks.go_on({"run": real.pk}, clock.now())
    assert Consumer.objects.count() == 2
    tasks.give_up({"run": real.pk}, clock.now(), "StopIteration")
    assert "Go on" in shown(admin)
    assert press(admin, "resume", real).status_code == 302
    drain("DEFAULT")
    real.refresh_from_db()
    assert (real.state, real.new, real.same) == (ImportState.DONE, 5, 0)
    assert Consumer.objects.count() == Entry.objects.count() == 5
    assert press(admin, "resume", real).status_code == 409
    assert_sound()


def test_a_turn_of_a_worker_ends(admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Others have their turn in between: the rest is owed again."""
    monkeypatch.setattr(tasks, "CHUNK", 2)
    upload(admin, several(5))
    run = ImportRun.objects.get()
    with monkeypatch.context() as hasty:
        hasty.setattr(tasks, "TURN_SECONDS", -1)
        tasks.go_on({"run": run.pk}, clock.now())
    assert OwedWork.objects.filter(kind="custody.go_on_with_import").count() == 2
    drain("DEFAULT")
    run.refresh_from_db()
    assert (run.state, run.new) == (ImportState.DONE, 5)


def test_work_that_is_paid_twice_changes_nothing(admin: Client) -> None:
    upload(admin, several(3))
    drain("DEFAULT")
    press(admin, "start", ImportRun.objects.get())
    real = ImportRun.objects.latest("pk")
    for _ in range(2):
        tasks.go_on({"run": real.pk}, clock.now())
    assert Consumer.objects.count() == Entry.objects.count() == 3


def test_files_that_nobody_takes_over_go(admin: Client, stands: Any) -> None:
    upload(admin, content_of([numbered(1), numbered(2, vip="?")]))
    drain("DEFAULT")
    stands.go_on(days=6)
    assert drop_old_files(at=stands.at) == 0
    stands.go_on(days=2)
    assert drop_old_files(at=stands.at) == 1
    assert not ImportRow.objects.exists()
    assert ImportProblem.objects.exists()
    stands.go_on(days=90)
    drop_old_files(at=stands.at)
    assert not ImportProblem.objects.exists()
    assert ImportRun.objects.count() == 1


def test_a_stopped_command_s_import_goes_on_by_a_worker(admin: Client) -> None:
    upload(admin, several(2))
    run = ImportRun.objects.get()
    stop_import(run=run.pk, at=clock.now())
    assert press(admin, "resume", run).status_code == 302
    drain("DEFAULT")
    run.refresh_from_db()
    assert (run.state, run.new) == (ImportState.DONE, 2)
