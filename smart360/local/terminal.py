"""What ``dev`` says to the person at the terminal."""

import sys
from typing import NoReturn


class Stopped(Exception):
    """``dev`` can not go on; the message says why and what to type."""


def say(sentence: str) -> None:
    """Print one line, marked as coming from ``dev``."""
    mark = "\033[36mdev\033[0m" if sys.stdout.isatty() else "dev"
    print(f"{mark} {sentence}", flush=True)


def give_up(sentence: str) -> NoReturn:
    """Stop with a sentence instead of a traceback."""
    raise Stopped(sentence)
