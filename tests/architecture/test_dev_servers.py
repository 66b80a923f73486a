"""``./dev`` starts servers, stops all of them however it ends, and keeps the data."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from smart360.local.commands import only_explains
from smart360.local.environment import ROOT
from smart360.local.product import SHARED_NAMES
from smart360.local.servers import moved_folder
from tests.architecture.running import PATIENCE, new_state, programs_of, wait_until


def addresses(state: Path) -> dict[str, str]:
    lines = (state / "servers.env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines)


@contextmanager
def services(state: Path) -> Iterator[subprocess.Popen[str]]:
    """``./dev services`` with servers that answer."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "STATE_DIR")
    }
    started = subprocess.Popen(
        [sys.executable, str(ROOT / "dev"), "services", "--state", str(state)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        wait_until(
            lambda: (state / "servers.env").exists() or started.poll() is not None,
            "the servers did not start",
        )
        yield started
    finally:
        started.kill()
        started.communicate()
        wait_until(lambda: not programs_of(state), "servers outlived dev")


@pytest.fixture
def state() -> Iterator[Path]:
    with new_state() as folder:
        yield folder


def test_data_survives_a_stop_and_a_crash_and_no_process_does(state: Path) -> None:
    with services(state) as first:
        with psycopg.connect(addresses(state)["DATABASE_OWNER_URL"]) as owner:
            owner.execute("CREATE TABLE kept AS SELECT 41 AS answer")
        first.send_signal(signal.SIGINT)
        assert first.wait(PATIENCE) == 0
        assert programs_of(state) == []
        assert not (state / "servers.env").exists()
    with services(state) as second:
        with psycopg.connect(addresses(state)["DATABASE_OWNER_URL"]) as owner:
            owner.execute("UPDATE kept SET answer = answer + 1")
        second.kill()
        second.wait(PATIENCE)
        wait_until(lambda: not programs_of(state), "kill -9 of dev left an orphan")
        (state / "servers.env").unlink()
    with services(state), psycopg.connect(addresses(state)["DATABASE_OWNER_URL"]) as owner:
        assert owner.execute("SELECT answer FROM kept").fetchall() == [(42,)]


def test_the_owner_is_no_superuser_and_may_become_the_application(state: Path) -> None:
    with services(state), psycopg.connect(addresses(state)["DATABASE_OWNER_URL"]) as owner:
        assert owner.execute("SELECT current_setting('is_superuser')").fetchone() == ("off",)
        for extension in ("pg_trgm", "btree_gist", "unaccent"):
            owner.execute(f"CREATE EXTENSION {extension}")
        owner.execute("SET ROLE smart360_app")
        assert owner.execute("SELECT current_user").fetchone() == ("smart360_app",)


def test_only_this_account_reads_the_secrets(state: Path) -> None:
    with services(state):
        for name in ("postgres.json", "secret_key", "servers.env", "valkey/valkey.conf"):
            assert (state / name).stat().st_mode & 0o077 == 0, name
        assert (state / "postgres").stat().st_mode & 0o077 == 0


def test_reset_forgets_all_data_also_below_a_private_folder(state: Path) -> None:
    """Root lends PostgreSQL an account that sees nothing below a private home folder."""
    state.parent.chmod(0o700)
    moved = moved_folder(state)
    with services(state), psycopg.connect(addresses(state)["DATABASE_URL"]) as application:
        assert application.execute("SELECT 1").fetchone() == (1,)
        assert moved.exists() == (os.geteuid() == 0)
        assert state.parent.stat().st_mode & 0o777 == 0o700
    reset = [sys.executable, str(ROOT / "dev"), "reset", "--yes", "--state", str(state)]
    assert subprocess.run(reset, check=False).returncode == 0
    assert not state.exists()
    assert not moved.exists()


def test_a_second_dev_on_the_same_data_says_so(state: Path) -> None:
    with services(state):
        second = subprocess.run(
            [sys.executable, str(ROOT / "dev"), "services", "--state", str(state)],
            cwd=ROOT,
            check=False,
            capture_output=True,
            text=True,
        )
    assert second.returncode == 1
    assert f"another ./dev is running on {state}" in second.stderr


def test_a_command_uses_the_servers_that_run(state: Path) -> None:
    with services(state):
        before = len(programs_of(state))
        told = subprocess.run(
            [sys.executable, str(ROOT / "dev"), "manage", "--state", str(state), "diffsettings"],
            cwd=ROOT,
            check=False,
            capture_output=True,
            text=True,
        )
        assert len(programs_of(state)) == before
        port = addresses(state)["DATABASE_URL"].rpartition(":")[2].partition("/")[0]
    assert told.returncode == 0, told.stderr
    assert f"'PORT': {port}" in told.stdout


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    for command in (["reset", "--yes"], ["services"]):
        refused = subprocess.run(
            [sys.executable, str(ROOT / "dev"), *command, "--state", str(tmp_path)],
            check=False,
            capture_output=True,
            text=True,
        )
        assert refused.returncode == 1
        assert "holds something else" in refused.stderr
    assert [each.name for each in tmp_path.iterdir()] == ["letter.txt"]


def test_help_and_unknown_words_explain_themselves() -> None:
    dev = [sys.executable, str(ROOT / "dev")]
    asked = subprocess.run([*dev, "--help"], check=False, capture_output=True, text=True)
    assert asked.returncode == 0
    assert "./dev run" in asked.stdout
    wrong = subprocess.run([*dev, "rnu"], check=False, capture_output=True, text=True)
    assert wrong.returncode == 2


@pytest.mark.parametrize(
    ("asked", "code", "said"),
    [
        (["--help"], 0, "check_invariants"),
        (["check_invariants", "--help"], 0, "only this invariant"),
        (["chekc_invariants"], 1, "Unknown command: 'chekc_invariants'"),
    ],
)
def test_help_and_unknown_commands_start_no_server(
    state: Path, asked: list[str], code: int, said: str
) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in SHARED_NAMES}
    answer = subprocess.run(
        [sys.executable, str(ROOT / "dev"), "manage", "--state", str(state), *asked],
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    assert answer.returncode == code
    assert said in answer.stdout + answer.stderr
    assert "servers up" not in answer.stdout + answer.stderr
    assert not state.exists()


def test_what_only_explains_is_told_from_what_works() -> None:
    for words in ([], ["help", "migrate"], ["--version"], ["load_demo", "-h"], ["no-such"]):
        assert only_explains(words), words
    for words in (["migrate"], ["load_demo"], ["createsuperuser"], ["dbshell", "--", "-h", "db"]):
        assert not only_explains(words), words


LAST_WORD = """
import signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: sys.exit("a last word"))
print("at work", flush=True)
while True:
    time.sleep(1)
"""


def test_a_command_that_is_stopped_has_its_last_word(state: Path) -> None:
    """On the servers of the tests, so that only dev and the command are there to be stopped."""
    started = subprocess.Popen(
        [
            sys.executable,
            str(ROOT / "dev"),
            "manage",
            "--state",
            str(state),
            "shell",
            "-c",
            LAST_WORD,
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert started.stdout is not None
    while "at work" not in (line := started.stdout.readline()):
        assert line, started.communicate()
    started.terminate()
    _, told = started.communicate(timeout=PATIENCE)
    assert "a last word" in told
    assert started.returncode == 130


def test_a_server_that_does_not_answer_is_named_without_its_password(state: Path) -> None:
    refused = subprocess.run(
        [sys.executable, str(ROOT / "dev"), "services", "--state", str(state)],
        env={**os.environ, "DATABASE_URL": "postgresql://someone:hidden@127.0.0.1:1/smart360"},
        check=False,
        capture_output=True,
        text=True,
    )
    assert refused.returncode == 1
    assert "DATABASE_URL points to 127.0.0.1:1, where nobody answers" in refused.stderr
    assert "hidden" not in refused.stdout + refused.stderr
