"""How common words are among the texts that are searched, by a sample of them."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import connection

from consumers.rules.looking_up import Drawn, Way, way_to_find

SAMPLE = """
WITH facts AS (SELECT reltuples FROM pg_class WHERE oid = 'consumers_consumer'::regclass)
SELECT search_text, (SELECT reltuples FROM facts)
  FROM consumers_consumer TABLESAMPLE SYSTEM (
       (SELECT least(100, 300000 / greatest(1, reltuples)) FROM facts)::real)
 LIMIT 4000
"""
SAMPLE_SECONDS = 3_600
LEAST_SAMPLE = 1_000  # of fewer texts the index has nothing that takes long to read


@dataclass
class Sample:
    """Some three thousand texts, taken once an hour: how common a word is among all of them."""

    drawn: Drawn = field(default_factory=Drawn)
    until: float = 0.0

    def way_to_find(self, words: Sequence[str], *, most: int | None) -> Way:
        """How to look for these words, until so many rows are found."""
        self._renew()
        return way_to_find(words, self.drawn, most=most)

    def _renew(self) -> None:
        if time.monotonic() >= self.until:
            with connection.cursor() as cursor:
                cursor.execute(SAMPLE)
                rows = cursor.fetchall()
            self.drawn = _drawn(rows) if len(rows) >= LEAST_SAMPLE else Drawn()
            self.until = time.monotonic() + SAMPLE_SECONDS


def _drawn(rows: Sequence[tuple[str, float]]) -> Drawn:
    """Texts with the number of all; a table that was never counted has at least those drawn."""
    return Drawn([text for text, _ in rows], max(len(rows), int(rows[0][1])))


some_texts = Sample()
