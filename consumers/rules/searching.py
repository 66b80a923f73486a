"""How the text of a search is read, and in which order the consumers found are shown."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from smart360.kernel.text import digits, normalise, without_surrogates
from smart360.web.formats import shown_phone

LEAST_CHARACTERS = 3
MOST_CHARACTERS = 100
MOST_WORDS = 8
TOO_SHORT = "Enter at least 3 characters"
TOO_LONG = "Search is too long"
PHONE_SIGNS = set("+-()./ ")
ACCOUNT_SIGNS = re.compile(r"[A-Z0-9./-]+")
LAST_TEN = 10

ACCOUNT = "account"
PHONE = "phone"
METER = "meter"
NAME = "name"
ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class SearchHit:
    """One consumer that a search found, with what a list of results shows.

    ``matched_by``  account, phone, meter, name or address
    ``lock_holder`` who holds the profile just now, and ``lock_since`` when; empty when nobody
    ``open_request`` the number of the request that guards the consumer, or empty
    """

    consumer: int
    account_number: str
    name: str
    phone: str
    address: str
    status: str
    is_vip: bool
    matched_by: str
    lock_holder_id: int | None = None
    lock_holder: str = ""
    lock_since: datetime | None = None
    lock_until: datetime | None = None
    open_request: str = ""

    @property
    def shown_phone(self) -> str:
        """The phone number as people write it."""
        return shown_phone(self.phone)


@dataclass(frozen=True, slots=True)
class Found:
    """A hit with the columns that its rank is worked out from."""

    hit: SearchHit
    phone_digits: str
    meter_number: str


@dataclass(frozen=True, slots=True)
class SearchText:
    """A search as it was understood.

    ``problem`` tells the reader why nothing is searched; ``words`` are normalised; ``account``
    is the text without blanks; ``phone`` its digits when it can be a phone number, else empty.
    """

    text: str
    words: tuple[str, ...] = ()
    account: str = ""
    phone: str = ""
    problem: str = ""

    @property
    def can_be_meter(self) -> bool:
        """Whether this can be a number: one word, or parts of which each but the first has digits.

        >>> read_search("em 440017").can_be_meter, read_search("123 oak street").can_be_meter
        (True, False)
        """
        later = self.words[1:]
        return self.account.isascii() and all(any(map(str.isdigit, word)) for word in later)

    @property
    def can_be_account(self) -> bool:
        """Whether this can be an account's number or a part of one."""
        return self.can_be_meter and ACCOUNT_SIGNS.fullmatch(self.account) is not None

    @property
    def can_be_text(self) -> bool:
        """Whether an index can find it in names and addresses: a word of two letters at least.

        >>> read_search("jo sm").can_be_text, read_search("a b c").can_be_text
        (True, False)
        """
        return any(has_trigram(word) or (len(word) > 1 and word.isalnum()) for word in self.words)


def read_search(typed: str) -> SearchText:
    """What somebody searches for; nothing is a pattern, every sign stands for itself.

    >>> read_search(" josé  smi ").words
    ('JOSE', 'SMI')
    >>> read_search("(555) 123-4567").phone
    '5551234567'
    >>> read_search("ab").problem
    'Enter at least 3 characters'
    """
    typed = without_surrogates(typed).replace("\0", "")
    if len(typed) > MOST_CHARACTERS:
        return SearchText(text=typed[:MOST_CHARACTERS], problem=TOO_LONG)
    text = normalise(typed)
    if len(text.replace(" ", "")) < LEAST_CHARACTERS:
        return SearchText(text=text, problem=TOO_SHORT)
    number = digits(text)
    is_phone = len(number) >= LEAST_CHARACTERS and all(
        sign.isdigit() or sign in PHONE_SIGNS for sign in text
    )
    return SearchText(
        text=text,
        words=tuple(dict.fromkeys(text.split(" ")))[:MOST_WORDS],
        account=text.replace(" ", ""),
        phone=number if is_phone else "",
    )


def has_trigram(word: str) -> bool:
    """Whether three letters or digits stand together in ``word``: what the index is made of.

    >>> has_trigram("SMI"), has_trigram("%%%"), has_trigram("O’B")
    (True, False, False)
    """
    return any(all(map(str.isalnum, word[at : at + 3])) for at in range(len(word) - 2))


COMMON = 0.03
"""Words that so many of the texts contain are met at once wherever one looks; the index of
trigrams would first read what it has of them, longer than a search may take."""


def are_common(words: Sequence[str], texts: Sequence[str]) -> bool:
    """Whether many of the ``texts``, a sample of what is searched, have all the words.

    >>> are_common(("OAK", "STREET"), ["1 OAK STREET", "2 ELM STREET"])
    True
    >>> are_common(("QUARRY", "STREET"), ["1 OAK STREET", "2 ELM STREET"])
    False
    """
    having = sum(all(_is_in(word, text) for word in words) for text in texts)
    return having > COMMON * len(texts)


def words_for_index(words: Sequence[str], texts: Sequence[str]) -> set[str]:
    """The words to look up in the index: the rarest by a sample, and others that are not common.

    The others are seen to in what these find, as are those that it cannot answer.

    >>> words_for_index(("STREET", "QUARRY", "&"), ["1 OAK STREET", "2 ELM STREET"])
    {'QUARRY'}
    """
    able = [word for word in words if can_be_indexed(word)]
    having = {word: sum(_is_in(word, text) for text in texts) for word in able}
    rarest = min((word for word in able if len(word) > 1), key=having.__getitem__)
    return {word for word in able if word == rarest or having[word] <= COMMON * len(texts)}


def can_be_indexed(word: str) -> bool:
    """Whether the index of trigrams can answer for ``word`` at all."""
    return has_trigram(word) or is_beginning(word)


def _is_in(word: str, text: str) -> bool:
    return f" {word}" in f" {text}" if len(word) < LEAST_CHARACTERS else word in text


def is_beginning(word: str) -> bool:
    """Whether ``word`` is so short that it must begin one, and can be looked up as that."""
    return len(word) < LEAST_CHARACTERS and word.isalnum()


def literally(text: str) -> str:
    """``text`` as a LIKE pattern that stands for itself.

    >>> literally("50%_a")
    '50\\\\%\\\\_a'
    """
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def ranked(found: Iterable[Found], searched: SearchText, limit: int) -> list[SearchHit]:
    """The hits in the order in which a person wants them, each marked by what it matched.

    Exact account, exact phone, exact meter, account, phone, meter, a name's beginning, a word's
    beginning in the name, anywhere in the name, address; then by account number.
    """
    marked = []
    for each in found:
        rank, matched_by = _rank(each, searched)
        marked.append((rank, each.hit.account_number, replace(each.hit, matched_by=matched_by)))
    marked.sort(key=lambda entry: entry[:2])
    return [hit for _, _, hit in marked[:limit]]


def _rank(each: Found, searched: SearchText) -> tuple[int, str]:
    number, account = each.hit.account_number, searched.account
    phone, meter = searched.phone, each.meter_number.upper()
    in_phone = bool(phone) and (
        each.phone_digits.startswith(phone)
        or each.phone_digits[-LAST_TEN:].startswith(phone[-LAST_TEN:])
        or each.phone_digits.endswith(phone)
    )
    if number == account:
        return 0, ACCOUNT
    if in_phone and each.phone_digits[-LAST_TEN:] == phone[-LAST_TEN:]:
        return 1, PHONE
    if meter and meter == account:
        return 2, METER
    if number.startswith(account) or number.endswith(account):
        return 3, ACCOUNT
    if in_phone:
        return 4, PHONE
    if meter and (meter.startswith(account) or meter.endswith(account)):
        return 5, METER
    return _rank_by_name(normalise(each.hit.name), searched.words)


def _rank_by_name(name: str, words: tuple[str, ...]) -> tuple[int, str]:
    if name.startswith(" ".join(words)):
        return 6, NAME
    if all(f" {word}" in f" {name}" for word in words):
        return 7, NAME
    if any(word in name for word in words):
        return 8, NAME
    return 9, ADDRESS
