"""Transactions by three words: ``operation``, ``step``, ``after_commit``.

The vocabulary is that of django-subatomic, in a few lines because that package needs a newer
Python. Nothing else in the project opens a transaction.
"""

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import transaction

from smart360.kernel.errors import Broken, Refusal, refusing

P = ParamSpec("P")
R = TypeVar("R")

_running: ContextVar[str] = ContextVar("running_operation", default="")

REFUSALS: dict[str, Refusal] = {}
"""Constraint name → the refusal a reader gets. Each app adds its own from ``operations.py``."""


def refuses(by_constraint: Mapping[str, Refusal]) -> None:
    """Name what a reader is told when one of these constraints refuses an operation."""
    REFUSALS.update(by_constraint)


def operation(act: Callable[P, R]) -> Callable[P, R]:
    """Make ``act`` one public act in one durable transaction.

    It fails if an operation is already running: an operation never calls another. A constraint
    that refuses, also one that is checked only at commit, becomes the refusal named in
    ``REFUSALS``.
    """

    @wraps(act)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if _running.get():
            raise Broken(f"{act.__qualname__} was called inside {_running.get()}")
        token = _running.set(act.__qualname__)
        try:
            with refusing(REFUSALS), transaction.atomic(durable=True):  # noqa: TID251  (the one door)
                return act(*args, **kwargs)
        finally:
            _running.reset(token)

    return run


def step(act: Callable[P, R]) -> Callable[P, R]:
    """Make ``act`` a part of an operation: it demands one and opens nothing itself."""

    @wraps(act)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if not _running.get():
            raise Broken(f"{act.__qualname__} may only run inside an operation")
        return act(*args, **kwargs)

    return run


def after_commit(act: Callable[[], None]) -> None:
    """Run ``act`` once the running operation is safely stored, and never if it is not."""
    transaction.on_commit(act)  # noqa: TID251  (the one door)
