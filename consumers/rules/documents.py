"""What a document of a consumer may become, and how much one version of it takes. Pure."""

from smart360.web.formats import MEGABYTE

MOST_FILES = 5
MOST_MEGABYTES = 50
MOST_BYTES = MOST_MEGABYTES * MEGABYTE
LONGEST_TITLE = 120
ARROWS: dict[str, tuple[str, ...]] = {
    "PROCESSING": ("VERIFIED", "REJECTED"),
    "VERIFIED": ("PUBLISHED", "REJECTED"),
}
"""State → what a supervisor may make of it. A new version begins at PROCESSING."""

KEPT_CLOSE = frozenset({"IDENTITY", "CERTIFICATE"})
"""Kinds of which not even a line of the timeline says that there is one."""


def may_become(state: str, decision: str) -> bool:
    """Whether a document that stands like this can be decided so.

    >>> may_become("PROCESSING", "VERIFIED"), may_become("PROCESSING", "PUBLISHED")
    (True, False)
    """
    return decision in ARROWS.get(state, ())
