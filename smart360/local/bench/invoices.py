"""``./dev bench run --rows N``: how many invoices a second a billing run makes, and in how much.

On servers of its own, that keep their data through a crash as a real one's do. The consumers are
those of ``./dev bench import``, each with two readings; one process bills them all.
"""

import argparse
import signal
import sys
import tempfile
from pathlib import Path

from smart360.local.bench.importing import CATEGORY, write_file
from smart360.local.commands import interrupt, local_product, stopping
from smart360.local.product import Held


def main(arguments: list[str]) -> int:
    """Start servers, import consumers, bill them; 1 when a figure falls short."""
    return measured(arguments, part="run", command="bench_run", rows=20_000)


def measured(
    arguments: list[str], *, part: str, command: str, rows: int, loads: tuple[str, ...] = ()
) -> int:
    """Let ``command`` measure on servers of its own, with as many consumers as were asked for.

    ``loads`` are run before it; what else was typed is handed to ``command``.
    """
    parser = argparse.ArgumentParser(prog=f"./dev bench {part}")
    parser.add_argument("--rows", type=int, default=rows)
    chosen, others = parser.parse_known_args(arguments)
    for stopping_signal in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(stopping_signal, interrupt)
    folder = Path(tempfile.mkdtemp(prefix="smart360-run-"))
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
            product.manage("import_consumers", str(file))
            for each in loads:
                if code := product.manage(each):
                    return code
            return product.manage(command, *others)
    except KeyboardInterrupt:
        return 130
    finally:
        Held(folder).forget()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
