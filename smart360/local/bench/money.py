"""``./dev bench money``: what balances, settlements and lists cost above ten million entries.

A database of its own, filled once with accounts and requests and then with their ledger.
"""

import argparse
import signal
import sys
from pathlib import Path

from smart360.local.commands import interrupt, local_product, stopping
from smart360.local.environment import ROOT
from smart360.local.product import Held
from smart360.local.terminal import give_up


def main(arguments: list[str]) -> int:
    """Fill the database if it is not, and measure; 1 when a figure falls short."""
    parser = argparse.ArgumentParser(prog="./dev bench money")
    parser.add_argument("--rows", type=int, default=100_000, help="accounts and requests")
    parser.add_argument("--entries", type=int, default=10_000_000, help="of the ledger")
    parser.add_argument(
        "--state", type=lambda text: Path(text).resolve(), metavar="DIR",
        help="default: .state-bench/money-N, kept for the next run",
    )  # fmt: skip
    chosen, others = parser.parse_known_args(arguments)
    for stopping_signal in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(stopping_signal, interrupt)
    folder = chosen.state or ROOT / ".state-bench" / f"money-{chosen.entries}"
    product = local_product(folder, "http://127.0.0.1:8000")
    if not Held(folder).take():
        give_up(f"another dev holds {folder}")
    try:
        with stopping(product):
            product.start_servers()
            product.environment |= {"DB_POOL": "1", "LOG_LEVEL": "ERROR"}
            product.prepare(with_demo=False)
            code = product.manage(
                "load_bench", "--rows", str(chosen.rows), "--entries", str(chosen.entries)
            )
            return code or product.manage("bench_money", *others)
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
