"""How common words are among the texts that are searched, by a sample of them."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

SAMPLE = """
SELECT search_text FROM consumers_consumer TABLESAMPLE SYSTEM (
       (SELECT least(100, 300000 / greatest(1, reltuples))
          FROM pg_class WHERE oid = 'consumers_consumer'::regclass)::real)
 LIMIT 4000
"""
SAMPLE_SECONDS = 3_600
LEAST_SAMPLE = 1_000  # of fewer texts the index has nothing that takes long to read


@dataclass
class Sample:
    """Some three thousand texts, taken once an hour: how common a word is among all of them."""

    texts: Sequence[str] = ()
    until: float = 0.0

    def read(self) -> Sequence[str]:
        """The texts; none when there are too few accounts for it to matter."""
        if time.monotonic() >= self.until:
            with connection.cursor() as cursor:
                cursor.execute(SAMPLE)
                texts = [row[0] for row in cursor.fetchall()]
            self.texts = texts if len(texts) >= LEAST_SAMPLE else ()
            self.until = time.monotonic() + SAMPLE_SECONDS
        return self.texts


some_texts = Sample()
