"""The workers' side of custody: imports that a page began, exports of a person's data."""

from collections.abc import Mapping
from datetime import datetime
from time import monotonic
from typing import Any

from celery import shared_task

from smart360.custody.choices import ImportMode, ImportState, PrivacyState
from smart360.custody.operations import (
    CHUNK,
    drop_file,
    drop_old_files,
    end_import,
    import_piece,
    owe_the_rest,
    pieces_of,
    stop_import,
    try_piece,
)
from smart360.custody.operations.privacy import attach_export, end_exports
from smart360.custody.queries.imports import get_run
from smart360.custody.queries.privacy import get_act
from smart360.custody.render import to_json, to_paper
from smart360.kernel import clock
from smart360.organisation.queries import day_of

TURN_SECONDS = 5
"""How long a worker goes on before it lets other work have its turn."""


def go_on(about: Mapping[str, Any], at: datetime) -> None:
    """Some pieces of an import; the rest is owed again. What is done twice is done once."""
    began = monotonic()
    run = get_run(about["run"])
    take = try_piece if run.mode == ImportMode.DRY else import_piece
    for piece in pieces_of(run, most=CHUNK, today=day_of(at)):
        take(piece=piece, at=clock.now())
        if get_run(run.pk).state != ImportState.RUNNING:
            break
        if monotonic() - began > TURN_SECONDS:
            owe_the_rest(run=run.pk, at=clock.now())
            return
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


def make_export(about: Mapping[str, Any], at: datetime) -> None:
    """Make the two files of an export, once however often it is tried."""
    act = get_act(about["act"])
    if act.state != PrivacyState.MAKING:
        return
    moment = clock.now()
    attach_export(
        act=act.pk,
        data=to_json(act.consumer, at=moment),
        paper=to_paper(act.consumer, at=moment),
        at=moment,
    )


@shared_task(name="custody.end_exports")
def let_exports_end() -> None:
    """Every night: delete the files of exports that were made long ago."""
    while end_exports(at=clock.now()):
        pass
