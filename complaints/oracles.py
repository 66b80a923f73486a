"""Queries on complaints that must return no row."""

from smart360.documents.inspection.findings import LARGEST_FILE
from smart360.kernel.oracle import Oracle, rows_of

REOPENED_OTHERWISE = """
SELECT c.number FROM cases_case c
  LEFT JOIN (SELECT case_id, count(*) AS n FROM trail_entry
              WHERE kind = 'REOPENED' GROUP BY 1) line ON line.case_id = c.id
  LEFT JOIN (SELECT complaint_id, count(*) AS n FROM complaints_reopening
              GROUP BY 1) r ON r.complaint_id = c.id
 WHERE coalesce(line.n, 0) <> coalesce(r.n, 0)
UNION
SELECT c.number FROM complaints_reopening r JOIN cases_case c ON c.id = r.complaint_id
 WHERE NOT EXISTS (SELECT 1 FROM trail_entry e WHERE e.case_id = r.complaint_id
                    AND e.kind IN ('RESOLVED', 'REJECTED') AND e.at = r.had_ended_at)
    OR NOT EXISTS (SELECT 1 FROM cases_hold h
                     JOIN cases_holdreason w ON w.id = h.reason_id AND w.code = 'ENDED_MEANWHILE'
                    WHERE h.case_id = r.complaint_id AND h.pauses AND h.since = r.had_ended_at
                      AND h.ended_at = r.reopened_at)
"""

# The window as it was when it was reopened; before its first change it is what it is now.
REOPENED_TOO_LATE = """
SELECT c.number FROM complaints_reopening r JOIN cases_case c ON c.id = r.complaint_id
 WHERE r.reopened_at > r.had_ended_at + make_interval(days => (
       SELECT greatest(max(s.reopen_within_days), (
              SELECT max(e.reopen_within_days) FROM complaints_complaintsettingsevent e))
         FROM complaints_complaintsettings s))
"""

FILED_OTHERWISE = """
SELECT c.number, g.code FROM complaints_complaint p JOIN cases_case c ON c.id = p.case_id
  JOIN complaints_complaintcategory g ON g.id = p.category_id
  JOIN complaints_complaintname n ON n.id = p.name_id
  JOIN complaints_complaintsubcategory s ON s.id = n.subcategory_id
  LEFT JOIN trail_entry e ON e.case_id = c.id AND e.kind = 'CREATED'
 WHERE s.category_id <> p.category_id OR c.kind <> 'COMPLAINT'
    OR c.topic IS DISTINCT FROM g.code
    OR e.new ->> 'category' IS DISTINCT FROM g.code
    OR e.new ->> 'priority' IS DISTINCT FROM c.priority
"""

HALF_MADE = """
SELECT c.number FROM cases_case c LEFT JOIN complaints_complaint p ON p.case_id = c.id
 WHERE c.kind = 'COMPLAINT' AND p.case_id IS NULL
UNION ALL
SELECT c.number FROM complaints_complaint p JOIN cases_case c ON c.id = p.case_id
  LEFT JOIN complaints_complainant w ON w.complaint_id = p.case_id
 WHERE w.complaint_id IS NULL AND c.consumer_id IS NULL
"""

FENCED_OTHERWISE = """
SELECT c.number FROM complaints_complaint p JOIN cases_case c ON c.id = p.case_id
 WHERE p.disputed_amount IS NOT NULL AND c.ended_at IS NULL AND c.consumer_id IS NOT NULL
   AND NOT EXISTS (SELECT 1 FROM consumers_accounthold h
                    WHERE h.consumer_id = c.consumer_id AND h.kind = 'DISPUTE'
                      AND h.source = c.number AND h.lifted_at IS NULL
                      AND h.to_on IS NULL AND h.amount = p.disputed_amount)
UNION ALL
SELECT c.number FROM consumers_accounthold h JOIN cases_case c ON c.number = h.source
  LEFT JOIN complaints_complaint p ON p.case_id = c.id
 WHERE h.kind = 'DISPUTE' AND h.lifted_at IS NULL AND c.kind = 'COMPLAINT'
   AND (c.ended_at IS NOT NULL OR h.consumer_id IS DISTINCT FROM c.consumer_id
        OR h.amount IS DISTINCT FROM p.disputed_amount)
"""


UNOWED_RECEIPTS = """
SELECT c.number FROM complaints_complaint p JOIN cases_case c ON c.id = p.case_id
 WHERE p.receipt_id IS NULL AND NOT EXISTS (
       SELECT 1 FROM owed_owedwork w
        WHERE w.kind = 'complaints.receipt' AND w.state <> 'DONE'
          AND (w.about ->> 'case')::bigint = p.case_id)
"""

RATED_OTHERWISE = """
SELECT c.number FROM cases_case c
  LEFT JOIN complaints_rating r ON r.complaint_id = c.id
  LEFT JOIN trail_entry e ON e.case_id = c.id AND e.kind = 'RATED'
 WHERE (r.complaint_id IS NULL) <> (e.id IS NULL)
    OR (e.new ->> 'stars')::int <> r.stars OR e.at <> r.rated_at OR e.actor_id IS NOT NULL
    OR e.text_id IS DISTINCT FROM r.comment_id
"""

# The limits as they ever were: who added a file was within those of that moment.
BEYOND_LIMITS = """
SELECT l.whose FROM (
    SELECT c.number AS whose, f.size FROM complaints_evidence e
      JOIN documents_storedfile f ON f.id = e.file_id JOIN cases_case c ON c.id = e.complaint_id
    UNION ALL
    SELECT 'draft ' || d.draft_id, f.size FROM complaints_draftfile d
      JOIN documents_pendingfile f ON f.id = d.file_id) l
 CROSS JOIN (SELECT max(most_files) AS files, max(most_megabytes) AS megabytes FROM (
    SELECT most_files, most_megabytes FROM complaints_complaintsettings
    UNION ALL SELECT most_files, most_megabytes FROM complaints_complaintsettingsevent) s) most
 GROUP BY l.whose, most.files, most.megabytes
HAVING count(*) > most.files OR sum(l.size) > most.megabytes * 1024 * 1024::bigint
    OR max(l.size) > %s OR min(l.size) < 1
"""

PROVED_OTHERWISE = """
SELECT c.number FROM cases_case c
  LEFT JOIN (SELECT e.complaint_id, count(*) AS files, max(e.position) AS last,
                    max(f.created_at) AS kept_at
               FROM complaints_evidence e JOIN documents_storedfile f ON f.id = e.file_id
              GROUP BY 1) there ON there.complaint_id = c.id
  LEFT JOIN (SELECT case_id, sum((new ->> 'files')::int) AS files FROM trail_entry
              WHERE kind = 'EVIDENCE_ADDED' GROUP BY 1) told ON told.case_id = c.id
 WHERE c.kind = 'COMPLAINT'
   AND (there.files IS DISTINCT FROM told.files OR there.last <> there.files
        OR there.kept_at <> c.created_at)
"""

LINKED_UNTOLD = """
SELECT c.number FROM complaints_complainant w JOIN cases_case c ON c.id = w.complaint_id
  LEFT JOIN trail_entry e ON e.case_id = c.id AND e.kind = 'CONSUMER_LINKED'
 WHERE e.consumer_id IS DISTINCT FROM c.consumer_id
"""

# Words that were erased for good are no difference.
DECIDED_OTHERWISE = """
SELECT c.number FROM cases_case c
  JOIN LATERAL (SELECT e.text_id FROM trail_entry e
                 WHERE e.case_id = c.id AND e.kind IN ('RESOLVED', 'REJECTED')
                 ORDER BY e.seq DESC LIMIT 1) line ON true
  JOIN trail_personaltext t ON t.id = line.text_id
 WHERE c.kind = 'COMPLAINT' AND c.ended_at IS NOT NULL AND t.text <> '' AND t.text <> c.closing_note
"""


def complaints_reopened_otherwise() -> list[str]:
    """W15: each reopening has its line, the end that it takes back, and the pause since then."""
    return rows_of(REOPENED_OTHERWISE)


def complaints_reopened_too_late() -> list[str]:
    """W15: none was taken up again after the longest window that there ever was."""
    return rows_of(REOPENED_TOO_LATE)


def complaints_filed_otherwise() -> list[str]:
    """W18: category, sub-category and name belong together, and gave the priority."""
    return rows_of(FILED_OTHERWISE, words="{} {}")


def complaints_without_what_or_who() -> list[str]:
    """W18: a complaint says what it is about, and whose it is or who says so."""
    return rows_of(HALF_MADE)


def disputes_that_fence_otherwise() -> list[str]:
    """W15: what an open complaint disputes is held off, and nothing else is by a complaint."""
    return rows_of(FENCED_OTHERWISE)


def complaint_receipts_that_nobody_owes() -> list[str]:
    """R7: each complaint has its receipt, or a worker owes it (or gave up visibly)."""
    return rows_of(UNOWED_RECEIPTS)


def ratings_told_otherwise() -> list[str]:
    """BEY6: a rating has its one line, by nobody of ours, with the same stars and words."""
    return rows_of(RATED_OTHERWISE)


def files_beyond_the_limits() -> list[str]:
    """F2: no complaint, and no draft, has more files than there may be, or larger ones."""
    return rows_of(BEYOND_LIMITS, [LARGEST_FILE])


def evidence_told_otherwise() -> list[str]:
    """F2: the files of a complaint are those that came with it, as many as its line says."""
    return rows_of(PROVED_OTHERWISE)


def complaints_linked_untold() -> list[str]:
    """W18: who complained without an account has the one that a line of the timeline says."""
    return rows_of(LINKED_UNTOLD)


def decisions_told_otherwise() -> list[str]:
    """W15: what was decided is shown in the words that the timeline has."""
    return rows_of(DECIDED_OTHERWISE)


ORACLES: tuple[Oracle, ...] = (
    Oracle(
        "R7", "a complaint's receipt neither there nor owed", complaint_receipts_that_nobody_owes
    ),
    Oracle("BEY6", "a rating that its line does not tell", ratings_told_otherwise),
    Oracle("W15", "a complaint reopened without its row", complaints_reopened_otherwise),
    Oracle("W15", "a complaint reopened too late", complaints_reopened_too_late),
    Oracle("W18", "a complaint filed under something else", complaints_filed_otherwise),
    Oracle("W18", "a complaint without what or who", complaints_without_what_or_who),
    Oracle("F2", "more or larger files than there may be", files_beyond_the_limits),
    Oracle("F2", "evidence that its line does not tell", evidence_told_otherwise),
    Oracle("W18", "a complaint linked to an account without its line", complaints_linked_untold),
    Oracle("W15", "a decision that its line does not tell", decisions_told_otherwise),
    Oracle("W15", "a dispute that protects otherwise", disputes_that_fence_otherwise),
)
