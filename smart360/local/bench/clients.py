"""Many clients at once, in a process of their own: ``python -m … ADDRESS COOKIE CLIENTS SECONDS``.

Standard library only, so that what is measured is the server and not the one who asks.
"""

import json
import sys
import threading
import time
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit


class Clients:
    """So many clients, each asking for one page again and again on a connection of its own."""

    def __init__(self, address: str, cookie: str, clients: int, seconds: float) -> None:
        """Nobody has asked yet."""
        self.parts, self.cookie, self.seconds = urlsplit(address), cookie, seconds
        self.clients = clients
        self.times: list[float] = []
        self.errors: list[str] = []

    def ask(self) -> dict[str, object]:
        """Let all of them ask until the time is over."""
        self.ends = time.monotonic() + self.seconds
        began = time.monotonic()
        threads = [threading.Thread(target=self._one) for _ in range(self.clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took = time.monotonic() - began
        times = sorted(self.times) or [0.0]
        return {
            "per_second": len(self.times) / took,
            "errors": len(self.errors),
            "first_error": self.errors[0] if self.errors else "",
            "p50": 1000 * times[len(times) // 2],
            "p95": 1000 * times[len(times) * 95 // 100],
        }

    def _one(self) -> None:
        asked = self.parts.path + (f"?{self.parts.query}" if self.parts.query else "")
        place = HTTPConnection(self.parts.hostname or "", self.parts.port, timeout=30)
        while time.monotonic() < self.ends:
            began = time.monotonic()
            try:
                place.request("GET", asked, headers={"Cookie": self.cookie})
                answer = place.getresponse()
                answer.read()
                if answer.status != 200:
                    self.errors.append(f"{answer.status}")
            except (OSError, HTTPException) as error:
                # A server that has closed a connection kept open is asked again on a new one.
                self.errors.append(repr(error))
                place.close()
            else:
                self.times.append(time.monotonic() - began)
        place.close()


if __name__ == "__main__":
    address, cookie, clients, seconds = sys.argv[1:]
    print(json.dumps(Clients(address, cookie, int(clients), float(seconds)).ask()))
