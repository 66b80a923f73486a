"""Queries on the record that must return no row."""

from smart360.kernel.oracle import MOST_ROWS, Oracle, rows_of

# What an entry's hash is made of (the trigger ``entries_are_chained``).
HASHED = """
encode(sha256(convert_to(concat_ws('|',
    e.previous_hash, e.case_id, e.seq, e.kind, extract(epoch from e.at)::numeric(20, 6),
    e.actor_id, e.case_version, e.old::text, e.new::text, {digest}), 'UTF8')), 'hex')
"""
LINKED_WRONGLY = """
SELECT e.case_id, e.seq FROM trail_entry e
  LEFT JOIN trail_entry p ON p.case_id = e.case_id AND p.seq = e.seq - 1
 WHERE e.case_id IS NOT NULL
   AND ((e.seq > 1 AND p.seq IS NULL) OR e.previous_hash <> coalesce(p.hash, ''))
"""
OTHER_THAN_HASHED = f"""
SELECT e.case_id, e.seq FROM trail_entry e
 WHERE e.case_id IS NOT NULL AND e.text_id IS NULL AND e.hash <> {HASHED.format(digest="NULL")}
"""  # noqa: S608  (put together from our own words)
OTHER_THAN_HASHED_WITH_WORDS = f"""
SELECT e.case_id, e.seq FROM trail_entry e LEFT JOIN trail_personaltext t ON t.id = e.text_id
 WHERE e.case_id IS NOT NULL AND e.text_id IS NOT NULL
   AND e.hash <> {HASHED.format(digest="t.digest")}
"""  # noqa: S608  (put together from our own words)

OTHER_WORDS = """
SELECT id FROM trail_personaltext
 WHERE text <> '' AND digest <> encode(sha256(convert_to(text, 'UTF8')), 'hex')
"""


def broken_chains() -> list[str]:
    """A2: entries of a case that are missing, reordered or not what was written.

    Three questions in place of one: each of them the database divides among workers.
    """
    questions = (LINKED_WRONGLY, OTHER_THAN_HASHED, OTHER_THAN_HASHED_WITH_WORDS)
    found = [row for each in questions for row in rows_of(each, words="case {} entry {}")]
    return list(dict.fromkeys(found))[:MOST_ROWS]


def words_that_were_changed() -> list[str]:
    """N6: what was written is what its digest says; only an erasure has blanked it."""
    return rows_of(OTHER_WORDS, words="text {}")


ORACLES: tuple[Oracle, ...] = (
    Oracle("A2", "an entry that is missing, moved or not what was written", broken_chains),
    Oracle("N6", "words that were changed after they were said", words_that_were_changed),
)
