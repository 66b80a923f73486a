"""Where the words of a search are looked for: which pieces by the index, or row by row."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from math import inf
from operator import and_

from consumers.rules.searching import LEAST_CHARACTERS, pieces_in

MOST_PIECES = 16
"""So many pieces are weighed: as many of each word, but two at least."""
KEPT = 4_096

# What the index costs, where a row that is met in turn costs 1 (measured at 1,000,000 accounts).
AN_ENTRY = 1 / 20
"""One account that has a piece, as the index lists it; each piece's list is read."""
A_MATCH = 1 / 3
"""One account that has all the pieces; all of them are known before the first row is read."""
A_ROW = 5
"""One account's row, read where it lies."""

MARGIN = 10
"""So many times the rows are met that a sample promises, before the index is asked after all."""


class Drawn:
    """Texts drawn from those of so many ``accounts``, and which of them have a word.

    >>> Drawn(["1 OAK STREET", "2 ELM STREET"]).having("STR").bit_count()
    2
    """

    def __init__(self, texts: Sequence[str] = (), accounts: int = 0) -> None:
        self.texts, self.accounts = tuple(texts), accounts
        self.having = lru_cache(KEPT)(self._having)

    def _having(self, word: str) -> int:
        """A byte of 1 for each of the texts that has ``word``, as a search takes it, else of 0."""
        if len(word) >= LEAST_CHARACTERS:
            return int.from_bytes(bytes([word in text for text in self.texts]))
        later = f" {word}"
        return int.from_bytes(bytes([later in f" {text}" for text in self.texts]))

    def accounts_of(self, texts: int) -> float:
        """How many accounts such texts stand for; where none was drawn, half of what one does."""
        return self.accounts * max(0.5, texts.bit_count()) / len(self.texts)


@dataclass(frozen=True, slots=True)
class Way:
    """How words are looked for among the texts.

    ``by_index``    pieces of the words to look up, three signs or the beginning of a word; the
                    rows that have them all are looked through for the words
    ``look_through`` so many rows, met as they come, are looked through for all the words first;
                    0 when the index has less to read than that
    """

    by_index: tuple[str, ...]
    look_through: int = 0


def way_to_find(words: Sequence[str], drawn: Drawn, *, most: int | None) -> Way:
    """The way that reads least until there are ``most`` accounts, by the texts that were drawn.

    The index tells all accounts with the pieces before the first row is read; whoever looks row
    by row stops when there are enough. Without texts or an end the index is asked.

    >>> sample = ["1 OAK STREET", "2 ELM STREET", "3 OAK STREET", "4 QUARRY STREET"]
    >>> way_to_find(("OAK", "STREET"), Drawn(sample, 10_000), most=50)
    Way(by_index=('OAK',), look_through=1000)
    >>> way_to_find(("OAK", "STREET"), Drawn(sample, 30), most=50)
    Way(by_index=('OAK',), look_through=0)
    >>> way_to_find(("STREET", "QUARRY", "&"), Drawn(sample, 10_000), most=50)
    Way(by_index=('QUA',), look_through=0)
    """
    pieces = pieces_of(words)
    if not drawn.texts:
        return Way(pieces)
    with_all = reduce(and_, map(drawn.having, words))
    is_certain = all(map(pieces_in, words))
    look_up, cost = _cheapest(pieces, drawn, with_all, most=most if is_certain else None)
    if most is None or not with_all:
        return Way(look_up.pieces)
    until_enough = most * len(drawn.texts) / with_all.bit_count()
    if until_enough > cost:
        return Way(look_up.pieces)
    return Way(look_up.pieces, look_through=round(min(MARGIN * until_enough, cost)))


@dataclass(frozen=True, slots=True)
class _LookUp:
    """``pieces`` to look up at once: the texts that have them all, how many accounts these stand
    for, and how many ``entries`` of the index are read to know them.
    """

    pieces: tuple[str, ...] = ()
    found: int = -1
    matches: float = inf
    entries: float = 0

    def together_with(self, piece: str, drawn: Drawn) -> "_LookUp":
        """The same with one piece more. Where none drawn has them all, it leaves half at most."""
        having = drawn.having(piece)
        found = self.found & having
        matches = drawn.accounts_of(found)
        if not found:
            share = having.bit_count() / len(drawn.texts)
            matches = min(matches, self.matches * max(0.5, share))
        entries = self.entries + drawn.accounts_of(having)
        return _LookUp((*self.pieces, piece), found, matches, entries)

    def cost(self, with_all: int, *, most: int | None) -> float:
        """What there is to read until ``most`` accounts with all the words are met."""
        rows = self.matches
        if most is not None and with_all:
            rows = min(rows, most * self.found.bit_count() / with_all.bit_count())
        return AN_ENTRY * self.entries + A_MATCH * self.matches + A_ROW * rows


def _cheapest(
    pieces: Sequence[str], drawn: Drawn, with_all: int, *, most: int | None
) -> tuple[_LookUp, float]:
    """What to look up, and its cost: the rarest, and others that spare more than they cost."""
    best, least = _LookUp(), inf
    for piece in sorted(pieces, key=lambda each: drawn.having(each).bit_count()):
        tried = best.together_with(piece, drawn)
        cost = tried.cost(with_all, most=most)
        if cost < least:
            best, least = tried, cost
    return best, least


def pieces_of(words: Sequence[str]) -> tuple[str, ...]:
    """What the index can look up of ``words``: three letters or digits together, or a beginning.

    >>> pieces_of(("OAKS", "O’BRIAN", "4")), pieces_of(("%%%",))
    (('OAK', 'AKS', 'BRI', 'RIA', 'IAN', '4'), ())
    """
    of_each = max(2, MOST_PIECES // len(words))
    found = [piece for word in words for piece in pieces_in(word)[:of_each]]
    return tuple(dict.fromkeys(found))
