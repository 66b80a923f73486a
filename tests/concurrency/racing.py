"""Many people at once: threads behind a barrier, each on its own connection with real commits."""

from collections.abc import Callable, Sequence
from threading import Barrier, Thread
from typing import Any

from django.db import connection

Outcome = tuple[str, Any]


def race(acts: Sequence[Callable[[], Any]]) -> list[Outcome]:
    """Start all ``acts`` at once; what each gave: ("done", value) or ("refused", error)."""
    barrier = Barrier(len(acts))
    outcomes: list[Outcome] = [("lost", None)] * len(acts)

    def run(position: int, act: Callable[[], Any]) -> None:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=30)
            outcomes[position] = ("done", act())
        except Exception as error:  # noqa: BLE001  (the test looks at every outcome)
            outcomes[position] = ("refused", error)
        finally:
            connection.close()

    threads = [Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return outcomes


def done(outcomes: list[Outcome]) -> list[Any]:
    """What the successful ones gave."""
    return [value for word, value in outcomes if word == "done"]


def refusals(outcomes: list[Outcome]) -> list[BaseException]:
    """Why the others failed."""
    return [error for word, error in outcomes if word != "done"]
