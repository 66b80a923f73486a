"""Beat starts every task there is, on a queue that a worker serves."""

from smart360.celery import QUEUES, app


def test_every_task_is_started_by_beat() -> None:
    app.loader.import_default_modules()
    ours = {name for name in app.tasks if not name.startswith("celery.")}
    started = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert started == ours


def test_every_entry_goes_to_a_queue_that_has_a_worker() -> None:
    for name, entry in app.conf.beat_schedule.items():
        assert entry["options"]["queue"] in QUEUES, name


def test_a_tick_that_comes_often_is_worth_nothing_later() -> None:
    for name, entry in app.conf.beat_schedule.items():
        if isinstance(entry["schedule"], float):
            assert entry["options"]["expires"] <= max(2, entry["schedule"]), name
