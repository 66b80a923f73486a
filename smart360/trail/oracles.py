"""Queries on the record that must return no row."""

from smart360.kernel.oracle import Oracle, rows_of

# Most entries have no words, so that joining all of them with all words would be waste.
CHAINS = """
SELECT e.case_id, e.seq FROM trail_entry e
  LEFT JOIN trail_entry p ON p.case_id = e.case_id AND p.seq = e.seq - 1
 WHERE e.case_id IS NOT NULL AND (
       (e.seq > 1 AND p.seq IS NULL)
    OR e.previous_hash <> coalesce(p.hash, '')
    OR e.hash <> encode(sha256(convert_to(concat_ws('|',
        e.previous_hash, e.case_id, e.seq, e.kind, extract(epoch from e.at)::numeric(20, 6),
        e.actor_id, e.case_version, e.old::text, e.new::text,
        CASE WHEN e.text_id IS NOT NULL THEN
             (SELECT t.digest FROM trail_personaltext t WHERE t.id = e.text_id) END),
        'UTF8')), 'hex'))
"""

OTHER_WORDS = """
SELECT id FROM trail_personaltext
 WHERE text <> '' AND digest <> encode(sha256(convert_to(text, 'UTF8')), 'hex')
"""


def broken_chains() -> list[str]:
    """A2: entries of a case that are missing, reordered or not what was written."""
    return rows_of(CHAINS, words="case {} entry {}")


def words_that_were_changed() -> list[str]:
    """N6: what was written is what its digest says; only an erasure has blanked it."""
    return rows_of(OTHER_WORDS, words="text {}")


ORACLES: tuple[Oracle, ...] = (
    Oracle("A2", "an entry that is missing, moved or not what was written", broken_chains),
    Oracle("N6", "words that were changed after they were said", words_that_were_changed),
)
