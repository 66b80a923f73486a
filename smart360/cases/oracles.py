"""Queries on cases that must return no row."""

from smart360.cases.choices import OPEN_STATUSES
from smart360.cases.models import Case
from smart360.cases.queries.history import recomputed
from smart360.kernel.oracle import Oracle, rows_of

VERSIONS = """
SELECT c.number FROM cases_case c
  LEFT JOIN trail_entry e ON e.case_id = c.id AND e.case_version IS NOT NULL
 GROUP BY c.id, c.version, c.status
HAVING count(e.id) <> c.version OR max(e.case_version) <> c.version
    OR (array_agg(e.new ->> 'status' ORDER BY e.case_version DESC))[1] <> c.status
"""

OPEN_TWICE = """
SELECT consumer_id::text FROM cases_case
 WHERE status IN ('PENDING', 'IN_PROGRESS', 'ON_HOLD') AND kind IN ('DISCONNECTION', 'RECONNECTION')
 GROUP BY consumer_id HAVING count(*) > 1
"""

ALERTED_TWICE = """
SELECT case_id::text FROM cases_alert GROUP BY case_id, metric, level HAVING count(*) > 1
"""

HELD_WRONGLY = """
SELECT c.number FROM cases_case c
  LEFT JOIN cases_hold h ON h.case_id = c.id AND h.ended_at IS NULL
 WHERE (c.status = 'ON_HOLD') <> (h.id IS NOT NULL)
"""


TALLIED_WRONGLY = """
WITH tallied AS (
    SELECT standing, kind, day, sum(n) AS n FROM (
        SELECT standing, kind, day, count AS n FROM cases_tally
         UNION ALL
        SELECT standing, kind, (counts_at AT TIME ZONE u.time_zone)::date, change
          FROM cases_tallychange, organisation_utility u
    ) AS together GROUP BY 1, 2, 3
), counted AS (
    SELECT CASE WHEN c.ended_at IS NULL THEN 'OPEN' ELSE c.status END AS standing, c.kind,
           (coalesce(c.ended_at, c.created_at) AT TIME ZONE u.time_zone)::date AS day,
           count(*) AS n
      FROM cases_case c, organisation_utility u GROUP BY 1, 2, 3
)
SELECT standing, kind, day, coalesce(t.n, 0), coalesce(c.n, 0)
  FROM tallied t FULL JOIN counted c USING (standing, kind, day)
 WHERE coalesce(t.n, 0) <> coalesce(c.n, 0)
"""


def status_changes_without_their_line() -> list[str]:
    """W3: cases whose versions and timeline lines do not match one to one."""
    return rows_of(VERSIONS)


def accounts_with_two_open_requests() -> list[str]:
    """W1."""
    return rows_of(OPEN_TWICE)


def alerts_raised_twice() -> list[str]:
    """T3."""
    return rows_of(ALERTED_TWICE)


def holds_that_do_not_match_the_status() -> list[str]:
    """A case is on hold exactly while it has a running hold."""
    return rows_of(HELD_WRONGLY)


def clocks_that_differ_from_history() -> list[str]:
    """T2: open cases whose stored moments are not what their history gives."""
    differing = []
    cases = Case.objects.filter(status__in=OPEN_STATUSES).select_related("policy")
    for case in cases.iterator(chunk_size=500):
        moments = recomputed(case)
        stored = (case.due_at, case.adjusted_due_at, case.warns_at, case.breaches_at)
        if stored != (
            moments.due_at, moments.adjusted_due_at, moments.warns_at, moments.breaches_at
        ):  # fmt: skip
            differing.append(case.number)
    return differing


def tallies_that_differ_from_the_cases() -> list[str]:
    """W17: days whose roll-up and changes are not what counting the cases gives, in one moment."""
    return rows_of(TALLIED_WRONGLY, words="{} {} {}: tallied {}, counted {}")


ORACLES: tuple[Oracle, ...] = (
    Oracle("W1", "an account with two open requests", accounts_with_two_open_requests),
    Oracle(
        "W3", "a status change without its one timeline line", status_changes_without_their_line
    ),
    Oracle(
        "W2", "on hold without a running hold, or the reverse", holds_that_do_not_match_the_status
    ),
    Oracle("T2", "stored times that the history does not give", clocks_that_differ_from_history),
    Oracle("W17", "a tally that counting gives otherwise", tallies_that_differ_from_the_cases),
    Oracle("T3", "a warning or an escalation raised twice", alerts_raised_twice),
)
