"""Text as people type it: made comparable for search, and checked before it is kept."""

import re
import unicodedata

ZERO_WIDTH_JOINERS = {"\u200c", "\u200d"}
MARKS_PER_LETTER = 8
# Sentences that forms and operations both say, so that a reader meets one wording.
REQUIRED = "This field is required."
NO_REASON = "Enter the reason"
NOT_OFFERED = "Select a valid choice."
NULL_SENTENCE = "Null characters are not allowed."
UNSHOWN_SENTENCE = "This text contains characters that cannot be shown."

_BLANKS = re.compile(r"\s+")
_KEY = re.compile(r"[1-9][0-9]{0,17}")  # fits a bigint with room to spare


def normalise(text: str) -> str:
    """Upper case, no accents, single blanks, nothing invisible: the form in which text is compared.

    >>> normalise("  José  O’Neil ")
    'JOSE O’NEIL'
    """
    if text.isascii():  # nothing to decompose, nothing invisible to drop
        return _BLANKS.sub(" ", text.upper()).strip()
    decomposed = unicodedata.normalize("NFKD", text)
    kept = (
        character
        for character in decomposed
        if not unicodedata.combining(character) and unicodedata.category(character) not in UNSEEN
    )
    return _BLANKS.sub(" ", "".join(kept).upper()).strip()


UNSEEN = {"Cf", "Cs", "Co", "Cn"}
"""Unicode categories that leave no trace on paper: format, surrogate, private use, unassigned."""


def digits(text: str) -> str:
    """Only the ASCII digits of ``text``; other scripts' digits are turned into ASCII ones.

    >>> digits("+1 (555) 123-4567")
    '15551234567'
    """
    return "".join(
        str(unicodedata.digit(c)) for c in text if unicodedata.digit(c, None) is not None
    )


def key_in(text: str) -> int | None:
    """The primary key that ``text`` is, or None when it is none that a row could have.

    >>> key_in("42"), key_in("042"), key_in("4 2"), key_in("")
    (42, None, None, None)
    """
    return int(text) if _KEY.fullmatch(text) else None


def one_line_endings(text: str) -> str:
    """``text`` with LF line ends and composed (NFC): the form that is counted and stored."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


def why_unshowable(text: str) -> str:
    """The sentence that refuses ``text``, or ``""`` when it can be kept and shown as typed.

    Refused are NUL, control and direction characters (all of Cc and Cf but line feed, tab and the
    two joiners that scripts need), lone surrogates, and letters under a pile of marks
    (bad-inputs.md 54, 57).
    """
    if text.isascii() and text.isprintable():
        return ""
    if "\0" in text:
        return NULL_SENTENCE
    marks = 0
    for character in text:
        category = unicodedata.category(character)
        if category in {"Cc", "Cf", "Cs"} and not _is_needed(character):
            return UNSHOWN_SENTENCE
        marks = marks + 1 if category == "Mn" else 0
        if marks > MARKS_PER_LETTER:
            return UNSHOWN_SENTENCE
    return ""


def _is_needed(character: str) -> bool:
    """Line ends, tabs, the joiners of scripts and emoji, and the tags that flags are written in."""
    is_flag_tag = 0xE0020 <= ord(character) <= 0xE007F
    return character in ZERO_WIDTH_JOINERS | {"\n", "\t"} or is_flag_tag


def is_blank(text: str) -> bool:
    """Whether a reader would see nothing: only blanks and invisible characters."""
    return not any(
        not character.isspace() and unicodedata.category(character) not in UNSEEN | {"Cc"}
        for character in text
    )


def why_unsaid(
    words: str, *, at_least: int = 1, at_most: int | None = None, unsaid: str = REQUIRED
) -> str:
    """The sentence that refuses words somebody has to say, such as a reason, or ``""``.

    ``unsaid``  what to do, where there are none

    >>> why_unsaid(" ", at_most=250), why_unsaid("A letter of May 3", at_most=250)
    ('This field is required.', '')
    >>> why_unsaid("x", at_least=10, at_most=250), why_unsaid("No such", at_most=3)
    ('10 to 250 characters', 'Use at most 3 characters.')
    """
    if is_blank(words):
        return unsaid
    is_too_long = at_most is not None and len(words) > at_most
    if at_least > 1 and (is_too_long or len(words.strip()) < at_least):
        return f"{at_least} to {at_most} characters"
    return f"Use at most {at_most} characters." if is_too_long else ""


def count_letters(text: str) -> int:
    """How many characters of ``text`` a reader would see: composed, without blanks.

    >>> count_letters(" n o\u200b "), count_letters("e\u0301")
    (2, 1)
    """
    return sum(not is_blank(character) for character in unicodedata.normalize("NFC", text))


def without_surrogates(text: str) -> str:
    """``text`` with lone surrogates replaced, so that it can be looked up (bad-inputs.md 20)."""
    return text.encode("utf-8", "replace").decode("utf-8")
