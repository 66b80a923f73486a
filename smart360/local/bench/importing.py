"""``./dev bench import --rows N``: how long N consumers with meters and balances take.

On servers of its own, that keep their data through a crash as a real one's do. The file is made
up here, read by ``import_consumers`` as it stands, and given once more: all is here already then.
Afterwards every oracle is asked: the books balance.
"""

import argparse
import csv
import os
import random
import re
import resource
import signal
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from smart360.local.commands import interrupt, local_product, stopping
from smart360.local.product import Held, Product

MOST_SECONDS_PER_ROW = 15 * 60 / 1_000_000
MOST_MEGABYTES = 500
HEAD = (
    "account_number", "name", "phone", "email", "category", "subcategory", "vip", "status",
    "registered_on", "billing_address", "utility", "service_address", "area", "supply_state",
    "connected_on", "meter_number", "device_number", "meter_type", "model", "unit", "reading",
    "read_on", "opening_balance", "balance_on", "balance_due_on", "deposit", "deposit_on",
)  # fmt: skip
FIRST = ("John", "Mary", "José", "Adelaide", "Peter", "Zoë", "Núria", "Robert", "Priya", "Wei")
LAST = ("Smith", "Johnson", "Mendez", "Núñez", "O’Neil", "García", "Müller", "Okafor", "Singh")
STREETS = ("Oak Street", "Elm Street", "Maple Avenue", "Orchard Way", "Quarry Lane", "Lake Drive")
CATEGORY = """
from consumers.models import Category, Subcategory
kind, _ = Category.objects.get_or_create(name="Residential")
Subcategory.objects.get_or_create(category=kind, name="Standard")
"""


@dataclass
class Run:
    """One run of the command: how long it took, the processors' part in it, its memory.

    A busy machine makes it longer; the work of the command and of the server stays nearly as it is.
    """

    name: str
    seconds: float
    own_seconds: float
    server_seconds: float
    megabytes: float
    load: float
    code: int


def main(arguments: list[str]) -> int:
    """Make the file, import it twice, print the table; 1 when a figure falls short."""
    parser = argparse.ArgumentParser(prog="./dev bench import")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the table there, too")
    chosen = parser.parse_args(arguments)
    for stopping_signal in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(stopping_signal, interrupt)
    folder = Path(tempfile.mkdtemp(prefix="smart360-import-"))
    folder.chmod(0o755)  # the account that PostgreSQL runs as goes through it
    product = local_product(folder, "http://127.0.0.1:8000")
    for name in ("DATABASE_OWNER_URL", "DATABASE_URL", "REDIS_URL", "STATE_DIR"):
        product.environment.pop(name, None)  # a configured server is never measured upon
    try:
        with stopping(product):
            product.start_servers()
            product.prepare(with_demo=False)
            product.manage("shell", "-v", "0", "-c", CATEGORY)
            file = folder / "consumers.csv"
            write_file(file, chosen.rows)
            runs = [measured(product, name, file) for name in ("import", "the same file again")]
            is_sound = not product.manage("check_invariants")
    except KeyboardInterrupt:
        return 130
    finally:
        Held(folder).forget()
    return told(runs, chosen.rows, chosen.markdown) if is_sound else 1


def write_file(path: Path, rows: int) -> None:
    """``rows`` accounts, each with a service, a meter, a reading, a balance and a deposit."""
    chance = random.Random(1)  # the same people each time
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(HEAD)
        for serial in range(1, rows + 1):
            address = f"{chance.randint(1, 9999)} {chance.choice(STREETS)}, Springfield, IL 62701"
            phone = f"({chance.randint(201, 989)}) {chance.randint(200, 999)}-{serial % 10_000:04}"
            writer.writerow(
                (
                    f"ACC-{serial:08}", f"{chance.choice(FIRST)} {chance.choice(LAST)}", phone,
                    f"c{serial}@example.com", "Residential", "Standard", "no", "Active",
                    "2024-01-15", "", "Electricity", address, "North", "Connected", "2024-01-15",
                    f"EM-{serial:08}", f"D-{serial:08}", "Smart, single phase", "Voltis 3", "kWh",
                    chance.randint(0, 99_999), "2024-11-30",
                    f"{chance.randint(-5_000, 30_000) / 100:.2f}", "2024-11-30", "",
                    "150.00", "2024-01-15",
                )
            )  # fmt: skip


def measured(product: Product, name: str, file: Path) -> Run:
    """Run the command; the kernel tells what its process held at most."""
    began, worked, served = time.monotonic(), work_of_children(), work_of_server()
    peak = PeakOfChildren()
    with peak:
        code = product.manage("import_consumers", str(file))
    taken, own = time.monotonic() - began, work_of_children() - worked
    time.sleep(1)  # until the server has seen its last process end
    server = work_of_server() - served
    return Run(name, taken, own, server, peak.megabytes, os.getloadavg()[1], code)


def work_of_children() -> float:
    """Processor seconds of the children that have ended; a busy machine does not lengthen them."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def work_of_server() -> float:
    """Processor seconds of the sessions and helpers of our PostgreSQL that have ended."""
    for place in Path("/proc").glob("[0-9]*"):
        try:
            _, name, *facts = re.split(r" \(|\) | ", (place / "stat").read_text())
        except OSError:
            continue
        if name == "postgres" and int(facts[1]) == os.getpid():
            return (int(facts[13]) + int(facts[14])) / os.sysconf("SC_CLK_TCK")
    return 0.0


class PeakOfChildren:
    """The most memory that a Python child of this process holds while the block runs."""

    def __init__(self) -> None:
        self.megabytes = 0.0
        self._ends = threading.Event()
        self._looks = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> None:
        self._looks.start()

    def __exit__(self, *_: object) -> None:
        self._ends.set()
        self._looks.join()

    def _look(self) -> None:
        """``VmHWM`` is the peak itself, so that looking now and then misses nothing but the end."""
        while not self._ends.wait(0.1):
            for place in Path("/proc").glob("[0-9]*"):
                try:
                    status = (place / "status").read_text()
                except OSError:
                    continue
                facts = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
                if facts.get("PPid") == str(os.getpid()) and facts["Name"].startswith("python"):
                    held = facts.get("VmHWM", "0 kB").split()[0]  # none any more once it has ended
                    self.megabytes = max(self.megabytes, int(held) / 1024)


def told(runs: list[Run], rows: int, markdown: Path | None) -> int:
    """Print the table; whether every figure is within its limit."""
    limit = MOST_SECONDS_PER_ROW * rows
    head = "seconds | ≤ | rows/s | own ms per 1,000 | PostgreSQL's | peak MB | ≤ | load"
    lines = [
        f"| {rows:,} consumers, all of them | {head} |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {run.name} | {run.seconds:.1f} | {limit:.0f} | {rows / run.seconds:,.0f}"
        f" | {run.own_seconds / rows * 1e6:.0f} | {run.server_seconds / rows * 1e6:.0f}"
        f" | {run.megabytes:.0f} | {MOST_MEGABYTES} | {run.load:.0f} |"
        for run in runs
    ]
    print("\n".join(lines))
    if markdown:
        markdown.write_text("\n".join(lines) + "\n", encoding="utf-8")
    short = [
        run
        for run in runs
        if run.code or run.seconds > limit or not 0 < run.megabytes <= MOST_MEGABYTES
    ]
    for run in short:
        print(f"falls short: {run.name}")
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
