"""Who pays which kind of owed work. Apps register their handlers by name from ``apps.py``."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.utils.module_loading import import_string

from smart360.kernel.errors import Broken

Pay = Callable[[Mapping[str, Any], datetime], None]
GiveUp = Callable[[Mapping[str, Any], datetime, str], None]


@dataclass(frozen=True)
class Handler:
    """Who pays one kind of work, by dotted names, so that ``apps.py`` can tell before models load.

    ``pays`` does the work and may be called again after a crash; ``gives_up`` makes the failure
    visible after the last of ``attempts``.
    """

    kind: str
    queue: str
    pays: str
    gives_up: str = ""
    attempts: int = 8

    def pay(self, about: Mapping[str, Any], at: datetime) -> None:
        """Do the work that ``about`` names."""
        cast(Pay, import_string(self.pays))(about, at)

    def give_up(self, about: Mapping[str, Any], at: datetime, error: str) -> None:
        """Show that the work has failed for good."""
        if self.gives_up:
            cast(GiveUp, import_string(self.gives_up))(about, at, error)


_handlers: dict[str, Handler] = {}


def register(handler: Handler) -> None:
    """Make a handler known. One per kind."""
    known = _handlers.get(handler.kind)
    if known is not None and known != handler:
        raise Broken(f"two handlers for {handler.kind}")
    _handlers[handler.kind] = handler


def handler_of(kind: str) -> Handler:
    """The handler of a kind of work."""
    try:
        return _handlers[kind]
    except KeyError:
        raise Broken(f"nobody pays {kind}") from None
