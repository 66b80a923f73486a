"""A process that is killed while it stores a file leaves the whole file or none (F5)."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from smart360.documents import operations

ROOT = Path(__file__).resolve().parents[2]
BODY_SIZE = 50_000
AT = datetime(2024, 12, 10, 15, 30, tzinfo=UTC)
CHILD = f"""
import os, pathlib, signal, sys, django
django.setup()
from smart360.documents import store

def die(*given):
    os.kill(os.getpid(), signal.SIGKILL)

calls, fsync, replace = [0], os.fsync, pathlib.Path.replace
def fsync_or_die(handle):
    calls[0] += 1
    if sys.argv[1] == f"sync {{calls[0]}}":
        die()
    fsync(handle)
os.fsync = fsync_or_die
if sys.argv[1] == "before the rename":
    pathlib.Path.replace = die
store._write("2024/12/10/abc.pdf", b"x" * {BODY_SIZE})
if sys.argv[1] == "before the row":
    die()
"""


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("moment", "is_whole"),
    [("sync 1", False), ("before the rename", False), ("sync 2", True), ("before the row", True)],
)
def test_a_killed_process_leaves_a_whole_file_or_none(
    tmp_path: Path, settings: Any, moment: str, is_whole: bool
) -> None:
    settings.MEDIA_ROOT = tmp_path
    child = subprocess.run(
        [sys.executable, "-c", CHILD, moment],
        cwd=ROOT,
        env=os.environ
        | {"STATE_DIR": str(tmp_path.parent), "PYTHONPATH": str(ROOT)}
        | {"DJANGO_SETTINGS_MODULE": "smart360.settings.base", "MEDIA_ROOT": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert child.returncode == -signal.SIGKILL, child.stderr
    file = tmp_path / "2024/12/10/abc.pdf"
    assert file.exists() == is_whole
    if is_whole:
        assert file.stat().st_size == BODY_SIZE
    for left in file.parent.iterdir():
        os.utime(left, (AT.timestamp(), AT.timestamp()))
    assert operations.sweep_orphans(at=AT + timedelta(days=2)) == 1
    assert list(file.parent.iterdir()) == []
