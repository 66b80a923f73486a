"""Words for numbers."""

import pytest

from smart360.web.formats import shown_share


@pytest.mark.parametrize(
    ("part", "whole", "words"),
    [
        (4, 7, "57 %"),
        (1, 7, "14 %"),
        (0, 7, "0 %"),
        (7, 7, "100 %"),
        (1, 1_000_000, "under 1 %"),
        (1, 201, "under 1 %"),
        (1, 200, "1 %"),
        (199, 200, "over 99 %"),
        (999_999, 1_000_000, "over 99 %"),
        (1, 2, "50 %"),
        (1, 8, "13 %"),
        (0, 0, ""),
    ],
)
def test_a_share_is_whole_percents_and_never_lies_about_none_and_all(
    part: int, whole: int, words: str
) -> None:
    """CON1: 4 of 7 is 57 %."""
    assert shown_share(part, whole) == words
