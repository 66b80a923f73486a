"""``./dev bench rates``: the whole product on its own servers, and how soon it pays its debts.

Everything is started as `./dev run` starts it, but for a free port and a mail server that takes
every letter; everything is ended and forgotten afterwards. ``delays`` holds what is measured.
"""

import signal
import sys
import tempfile
from pathlib import Path

from smart360.local.commands import interrupt, local_product, stopping
from smart360.local.processes import free_port
from smart360.local.product import Held


def main(arguments: list[str]) -> int:
    """Start the product, measure, end it; options go to ``manage.py bench_rates``."""
    for stopping_signal in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(stopping_signal, interrupt)
    folder = Path(tempfile.mkdtemp(prefix="smart360-rates-"))
    folder.chmod(0o755)  # the account that PostgreSQL runs as goes through it
    port, mail_port = free_port(), free_port()
    product = local_product(folder, f"http://127.0.0.1:{port}")
    for name in ("DATABASE_OWNER_URL", "DATABASE_URL", "REDIS_URL", "STATE_DIR"):
        product.environment.pop(name, None)  # a configured server is never measured upon
    product.environment["PUBLIC_URL"] = f"http://127.0.0.1:{port}"
    product.environment["EMAIL_BACKEND"] = "django.core.mail.backends.smtp.EmailBackend"
    product.environment["EMAIL_URL"] = f"smtp://127.0.0.1:{mail_port}"
    product.environment["LOG_LEVEL"] = "WARNING"
    try:
        with stopping(product):
            product.start_servers()
            product.prepare(with_demo=False)
            product.start_product(port)
            return product.manage("bench_rates", "--mail-port", str(mail_port), *arguments)
    except KeyboardInterrupt:
        return 130
    finally:
        Held(folder).forget()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
