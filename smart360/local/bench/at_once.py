"""The list for many people at once, on the web server as ``./dev run`` starts it."""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from smart360.local.bench.calling import Browser
from smart360.local.bench.table import Budget, Row
from smart360.local.environment import ROOT, VENV
from smart360.local.processes import Process, free_port
from smart360.local.product import web_command
from smart360.staff.models import Person

FLOOR = 0.6
"""The real list serves at least this share of the requests that its limit view does."""


def the_list_at_once(folder: Path, *, clients: tuple[int, ...], seconds: float) -> Iterator[Row]:
    """Requests per second of the list and of its limit view, in turn, three times each."""
    cookie = Browser(Person.objects.with_roles().get(username="cse")).cookies
    with served(folder) as address:
        for number in clients:
            real: list[dict[str, Any]] = []
            limit: list[dict[str, Any]] = []
            for _ in range(3):
                real.append(asked(f"{address}/cx/disconnections/", cookie, number, seconds))
                limit.append(asked(f"{address}/limit/list", cookie, number, seconds))
            yield throughput(number, real, limit)


def throughput(clients: int, real: list[dict[str, Any]], limit: list[dict[str, Any]]) -> Row:
    """Time per request beside the limit's, so that a ratio above 1 / 0.6 is short."""
    mine = median(each["per_second"] for each in real)
    least = median(each["per_second"] for each in limit)
    failed = [each for each in (*real, *limit) if each["errors"]]
    errors = sum(each["errors"] for each in failed)
    p95 = median(each["p95"] for each in real)
    return Row(
        name=f"list, {clients} clients",
        budget=Budget(ratio=1 / FLOOR, gate=1),  # the throughput's floor, as a ceiling of the time
        milliseconds=1000 / mine if mine else 0,
        limit_milliseconds=1000 / least if least else 0,
        beside="throughput",
        note=f"{mine:.0f} of {least:.0f} a second, p95 {p95:.0f} ms",
        failure=f"{errors} errors, such as {failed[0]['first_error']}" if failed else "",
    )


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The product and the limit views on a web server of our own; its address."""
    port = free_port()
    program, *arguments = web_command("smart360.local.bench.wsgi", port).split(" ")
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "bench-web.log").open("wb") as log:
        web = Process(
            "web",
            [str(VENV / "bin" / program), *arguments],
            environment={**os.environ, "DB_POOL": "1"},
            folder=ROOT,
            log=log,
        )
    try:
        address = f"http://127.0.0.1:{port}"
        await_page(f"{address}/healthz")
        yield address
    finally:
        web.stop()


def await_page(address: str) -> None:
    """Wait until the server answers."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(address, timeout=2).close()  # noqa: S310  (our own address)
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(f"nobody answers at {address}")


def asked(address: str, cookie: str, clients: int, seconds: float) -> dict[str, Any]:
    """What so many clients got, who ask from another process."""
    command = [sys.executable, "-m", "smart360.local.bench.clients"]
    told = subprocess.run(
        [*command, address, cookie, str(clients), str(seconds)],
        check=True, capture_output=True, text=True, cwd=ROOT,
    )  # fmt: skip
    answer: dict[str, Any] = json.loads(told.stdout)
    return answer
