"""What an inspection can find, in words of ours; the reader's sentences are `intake`'s."""

from enum import Enum

MB = 1024 * 1024
LARGEST_FILE = 10 * MB  # spec.md, CMP2
MOST_PIXELS = 40_000_000  # quality.md, F6


class Finding(Enum):
    """Why a file is not accepted."""

    OTHER_TYPE = "its contents are not what its name says"
    DAMAGED = "it is cut off, or not as its format wants it"
    TOO_LARGE = "what comes out would be larger than a file may be"
    TOO_MANY_PIXELS = "it has more pixels than we decode"
    ACTIVE = "it can act by itself, hides something, or is locked by a password"


class Unfit(Exception):
    """The file is not accepted, for this reason."""

    def __init__(self, finding: Finding) -> None:
        self.finding = finding
        super().__init__(finding.value)
