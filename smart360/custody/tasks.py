"""The workers' side of imports that a page began."""

from collections.abc import Mapping
from datetime import datetime
from time import monotonic
from typing import Any

from celery import shared_task

from smart360.custody.choices import ImportMode, ImportState
from smart360.custody.operations import (
    CHUNK,
    drop_file,
    drop_old_files,
    end_import,
    import_piece,
    next_piece,
    owe_the_rest,
    stop_import,
    try_piece,
)
from smart360.custody.queries.imports import get_run
from smart360.kernel import clock
from smart360.organisation.queries import day_of

TURN_SECONDS = 5
"""How long a worker goes on before it lets other work have its turn."""


def go_on(about: Mapping[str, Any], at: datetime) -> None:
    """Some pieces of an import; the rest is owed again. What is done twice is done once."""
    began = monotonic()
    run = get_run(about["run"])
    take = try_piece if run.mode == ImportMode.DRY else import_piece
    while run.state == ImportState.RUNNING:
        if monotonic() - began > TURN_SECONDS:
            owe_the_rest(run=run.pk, at=clock.now())
            return
        piece = next_piece(run=run, most=CHUNK, today=day_of(at))
        if piece.looked_at:
            take(piece=piece, at=clock.now())
        else:
            end_import(run=run.pk, at=clock.now())
        run = get_run(run.pk)
    if (run.mode, run.state) == (ImportMode.REAL, ImportState.DONE) and run.file_id is not None:
        drop_file(file=run.file_id)


def give_up(about: Mapping[str, Any], at: datetime, error: str) -> None:
    """The import is shown as stopped."""
    stop_import(run=about["run"], at=at)


@shared_task(name="custody.drop_old_files")
def let_old_files_go() -> None:
    """Every night: files that nobody took over for a week, and old reports."""
    drop_old_files(at=clock.now())
