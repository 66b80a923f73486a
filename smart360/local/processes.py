"""Child processes that never outlive ``dev``, not even when it is killed with -9."""

import ctypes
import os
import secrets
import signal
import socket
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

_libc = ctypes.CDLL(None, use_errno=True)
PR_SET_PDEATHSIG = 1


def _tied_to_parent(stop_with: signal.Signals, parent: int) -> Callable[[], None]:
    """What a child does before it becomes its program."""

    def prepare() -> None:
        os.setsid()  # Ctrl-C reaches dev alone, which stops its children in order
        _libc.prctl(PR_SET_PDEATHSIG, int(stop_with))
        if os.getppid() != parent:  # the parent died before the line above
            os._exit(1)

    return prepare


class Process:
    """One running program that ``dev`` started."""

    def __init__(
        self,
        name: str,
        arguments: Sequence[str],
        *,
        environment: Mapping[str, str] | None = None,
        folder: Path | None = None,
        log: IO[bytes] | None = None,
        account: tuple[int, int] | None = None,
        stop_with: signal.Signals = signal.SIGTERM,
    ) -> None:
        """Start it. ``account`` is the user and group to run as; ``log`` takes what it prints."""
        self.name, self.stop_with = name, stop_with
        self.running = subprocess.Popen(
            arguments,
            env=environment,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            user=account[0] if account else None,
            group=account[1] if account else None,
            extra_groups=[] if account else None,
            preexec_fn=_tied_to_parent(stop_with, os.getpid()),  # noqa: PLW1509  (no threads here)
        )

    @property
    def has_ended(self) -> bool:
        """Whether the program is no longer there."""
        return self.running.poll() is not None

    def wait(self) -> int:
        """Wait until it ends by itself; its exit code."""
        return self.running.wait()

    def ask_to_stop(self) -> None:
        """Send the signal on which the program ends in good order."""
        if not self.has_ended:
            self.running.send_signal(self.stop_with)

    def stop(self, patience: float = 10) -> None:
        """End it, with force if it does not end when asked."""
        self.ask_to_stop()
        try:
            self.running.wait(patience)
        except subprocess.TimeoutExpired:
            os.killpg(self.running.pid, signal.SIGKILL)
            self.running.wait()


def is_taken(port: int) -> bool:
    """Whether somebody listens on this port of the loopback already."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def free_port() -> int:
    """A port of the loopback that nobody listens on, and that no client is given meanwhile."""
    while True:
        port = 20_000 + secrets.randbelow(12_000)  # below those of whoever connects somewhere
        with socket.socket() as listener:
            try:
                listener.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
