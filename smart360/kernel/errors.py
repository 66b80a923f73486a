"""Refusals: why an act is not possible, in words for the person who tried it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.db import DataError, IntegrityError

OUT_OF_RANGE = "22003"  # PostgreSQL's numeric_value_out_of_range


class Refusal(Exception):
    """An act that was refused. Nothing was changed.

    Every operation has its own subclass ``UnableTo<Verb>``.

    ``sentence``    what to tell the reader
    ``field``       the input it belongs to, or ``""`` for the whole form
    ``is_conflict`` somebody else was faster or the state moved on (HTTP 409), not a wrong
                    input (HTTP 422)
    ``is_forbidden`` the person may not do this at all (HTTP 403)
    ``link``        where the reader can go on, a path, or ``""``
    """

    sentence_by_default = "This is not possible."

    def __init__(
        self,
        sentence: str = "",
        *,
        field: str = "",
        is_conflict: bool = False,
        is_forbidden: bool = False,
        link: str = "",
    ) -> None:
        self.sentence = sentence or self.sentence_by_default
        self.field = field
        self.is_conflict = is_conflict
        self.is_forbidden = is_forbidden
        self.link = link
        super().__init__(self.sentence)

    @property
    def http_status(self) -> int:
        """The status with which a page answers: 403, 409 or 422 (bad-inputs.md, answer rules)."""
        if self.is_forbidden:
            return 403
        return 409 if self.is_conflict else 422


class Broken(Exception):
    """A promise between two parts of the program was broken: a defect, never a user's mistake."""


class TooLargeToKeep(Refusal):
    """A number is, or would become, longer than its column: a balance, a tax, a consumption."""

    sentence_by_default = "An amount in this would be too large to be true. Look at it again."


def constraint_of(error: IntegrityError) -> str:
    """The name of the constraint that the database refused by, or ``""``."""
    diagnostic = getattr(error.__cause__, "diag", None)
    return str(getattr(diagnostic, "constraint_name", None) or "")


@contextmanager
def refusing(by_constraint: Mapping[str, Refusal]) -> Iterator[None]:
    """Turn a violated constraint into its refusal, by the constraint's name.

    What is not named in ``by_constraint`` stays the error that it was. A number that no column
    can hold came from an input, whichever act it spoiled: TooLargeToKeep.
    """
    try:
        yield
    except IntegrityError as error:
        refusal = by_constraint.get(constraint_of(error))
        if refusal is None:
            raise
        raise refusal from error
    except DataError as error:
        if getattr(error.__cause__, "sqlstate", "") != OUT_OF_RANGE:
            raise
        raise TooLargeToKeep from error
