"""What the tests of ``./dev`` share: the programs that it started, seen from outside."""

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from smart360.local.environment import ROOT

PATIENCE = 200  # seconds; a first start takes two or three minutes (README.md)


@contextmanager
def new_state() -> Iterator[Path]:
    """A folder for data below one that the account of PostgreSQL may go through."""
    folder = Path(tempfile.mkdtemp(prefix="smart360-state-"))
    folder.chmod(0o755)
    try:
        yield folder / "state"
    finally:
        shutil.rmtree(folder)


def programs_of(state: Path) -> list[str]:
    """Command lines of all programs that work on ``state``, but ``dev`` itself."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            line = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            environment = (process / "environ").read_bytes()
            folder = (process / "cwd").readlink()
        except OSError:
            continue
        belongs = str(state) in line or f"STATE_DIR={state}\0".encode() in environment
        # Valkey writes over its command line and environment; its folder stays.
        belongs = belongs or folder.is_relative_to(state)
        if line and belongs and f"{ROOT}/dev" not in line:
            found.append(line)
    return found


def wait_until(holds: Callable[[], bool], sentence: str) -> None:
    """Wait for something that takes a moment, and fail with ``sentence`` if it never comes."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, sentence
        time.sleep(0.05)
