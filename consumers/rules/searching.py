"""How the text of a search is read, and in which order the consumers found are shown."""

import re
from collections.abc import Iterable
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
    ``merged_into``  the number of the account that goes on instead, or empty
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
    merged_into: str = ""

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
        return any(len(word) > 1 and pieces_in(word) for word in self.words)


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


def pieces_in(word: str) -> list[str]:
    """What the index of trigrams can look up of ``word``: three letters or digits together.

    So short a word must begin one, and is looked up as that.

    >>> pieces_in("SMITH"), pieces_in("O’BRIAN"), pieces_in("SM"), pieces_in("%%%")
    (['SMI', 'MIT', 'ITH'], ['BRI', 'RIA', 'IAN'], ['SM'], [])
    """
    if len(word) < LEAST_CHARACTERS:
        return [word] if word.isalnum() else []
    threes = (word[at : at + 3] for at in range(len(word) - 2))
    return [piece for piece in threes if all(map(str.isalnum, piece))]


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
