"""Queries on cases that must return no row."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import connection

from smart360.cases import sla
from smart360.cases.choices import OPEN_STATUSES, AlertLevel, HoldEnding, Metric
from smart360.cases.models import Case, Hold
from smart360.cases.queries.history import facts_of, targets_of
from smart360.kernel.oracle import MOST_ROWS, Oracle, rows_of
from smart360.web import formats

AT_ONCE = 2_000
FEW = 500
TOO_LONG = timedelta(minutes=15)
OPEN = ", ".join(f"'{status.value}'" for status in OPEN_STATUSES)

VERSIONS = """
SELECT c.number FROM cases_case c
  LEFT JOIN trail_entry e ON e.case_id = c.id AND e.case_version IS NOT NULL
 GROUP BY c.id, c.version, c.status
HAVING count(e.id) <> c.version OR max(e.case_version) <> c.version
    OR bool_or(e.case_version = c.version AND e.new ->> 'status' = c.status) IS NOT TRUE
"""

OPEN_TWICE = """
SELECT consumer_id::text FROM cases_case
 WHERE status IN ('PENDING', 'IN_PROGRESS', 'ON_HOLD') AND kind IN ('DISCONNECTION', 'RECONNECTION')
 GROUP BY consumer_id HAVING count(*) > 1
"""

ALERTED_TWICE = """
SELECT case_id::text FROM cases_alert GROUP BY case_id, metric, level HAVING count(*) > 1
"""

# What each open case was promised, and whether only Python can say (business hours, or pauses of
# an unusual kind). One pause moves the resolution that falls due after it began, and nothing else.
PROMISED = f"""
WITH paused AS (
     SELECT case_id, count(*) AS times, min(since) AS since,
            min(CASE WHEN ended_at IS NULL AND at_resume_by = '{HoldEnding.RESUMES.value}'
                     THEN resume_by ELSE ended_at END) - min(since) AS length
       FROM cases_hold WHERE pauses GROUP BY 1
), promised AS (
     SELECT c.*, paused.since AS paused_at, paused.length AS paused_for,
            p.calendar_id IS NOT NULL
            OR coalesce(paused.times > 1 OR paused.since <= c.created_at, false) AS is_odd,
            c.created_at + p.acknowledgement_minutes * interval '1 minute' AS acknowledgement_due,
            c.created_at + p.response_minutes * interval '1 minute' AS response_due,
            c.created_at + p.resolution_minutes * interval '1 minute' AS resolution_due,
            CASE WHEN c.acknowledged_at IS NULL THEN c.created_at + p.warn_percent
                 * p.acknowledgement_minutes * interval '0.6 second' END AS acknowledgement_warns,
            CASE WHEN c.responded_at IS NULL THEN c.created_at + p.warn_percent
                 * p.response_minutes * interval '0.6 second' END AS response_warns,
            c.created_at + p.warn_percent
                 * p.resolution_minutes * interval '0.6 second' AS resolution_part
       FROM cases_case c JOIN cases_slapolicy p ON p.id = c.policy_id
       LEFT JOIN paused ON paused.case_id = c.id
      WHERE c.status IN ({OPEN})
), clocks AS (
     SELECT p.*,
            CASE WHEN acknowledged_at <= acknowledgement_due THEN NULL
                 ELSE acknowledgement_due END AS acknowledgement_breaches,
            CASE WHEN responded_at <= response_due THEN NULL
                 ELSE response_due END AS response_breaches,
            CASE WHEN paused_at < resolution_due THEN resolution_due + paused_for
                 ELSE resolution_due END AS resolution_breaches,
            CASE WHEN paused_at < resolution_part THEN resolution_part + paused_for
                 ELSE resolution_part END AS resolution_warns
       FROM promised p)
"""  # noqa: S608  (put together from our own words)

STORED_OTHERWISE = """
SELECT id FROM clocks
 WHERE is_odd OR (due_at, adjusted_due_at, warns_at, breaches_at) IS DISTINCT FROM (
       resolution_due, resolution_breaches,
       least(acknowledgement_warns, response_warns, resolution_warns),
       least(acknowledgement_breaches, response_breaches, resolution_breaches))
"""

# Ended cases that were never paused and count round the clock: all clocks have stopped.
ENDED_OTHERWISE = """
WITH ended AS (
     SELECT c.*, coalesce(c.acknowledged_at, c.ended_at) AS took_note_at,
            coalesce(c.responded_at, c.ended_at) AS answered_at,
            c.created_at + p.acknowledgement_minutes * interval '1 minute' AS acknowledgement_due,
            c.created_at + p.response_minutes * interval '1 minute' AS response_due,
            c.created_at + p.resolution_minutes * interval '1 minute' AS resolution_due
       FROM cases_case c JOIN cases_slapolicy p ON p.id = c.policy_id
      WHERE c.ended_at IS NOT NULL AND p.calendar_id IS NULL
        AND NOT EXISTS (SELECT 1 FROM cases_hold h WHERE h.case_id = c.id AND h.pauses))
SELECT number FROM ended
 WHERE (due_at, adjusted_due_at, warns_at, breaches_at) IS DISTINCT FROM (
       resolution_due, resolution_due, NULL::timestamptz,
       least(CASE WHEN took_note_at > acknowledgement_due THEN acknowledgement_due END,
             CASE WHEN answered_at > response_due THEN response_due END,
             CASE WHEN ended_at > resolution_due THEN resolution_due END))
"""

# Which alerts of a case were raised, a column for each: ``response_warning``.
RAISED = ", ".join(
    f"bool_or(a.metric = '{metric.value}' AND a.level = '{level.value}')"
    f" AS {metric.value.lower()}_{level.value.lower()}"
    for metric in Metric
    for level in AlertLevel
)
ALERTED_OTHERWISE = f"""
SELECT c.id FROM clocks c
  LEFT JOIN (
       SELECT a.case_id, {RAISED}
         FROM cases_alert a JOIN cases_case o ON o.id = a.case_id AND o.status IN ({OPEN})
        GROUP BY 1) raised ON raised.case_id = c.id
 WHERE is_odd OR next_alert_at IS DISTINCT FROM least(
       CASE WHEN raised.acknowledgement_warning THEN NULL ELSE acknowledgement_warns END,
       CASE WHEN raised.acknowledgement_escalation THEN NULL ELSE acknowledgement_breaches END,
       CASE WHEN raised.response_warning THEN NULL ELSE response_warns END,
       CASE WHEN raised.response_escalation THEN NULL ELSE response_breaches END,
       CASE WHEN raised.resolution_warning THEN NULL ELSE resolution_warns END,
       CASE WHEN raised.resolution_escalation THEN NULL ELSE resolution_breaches END)
"""  # noqa: S608  (put together from our own words)

ASSIGNED_OTHERWISE = """
SELECT c.number FROM cases_case c
  LEFT JOIN (SELECT DISTINCT ON (case_id) case_id, (new ->> 'assignee')::bigint AS assignee
               FROM trail_entry WHERE kind = 'ASSIGNED' AND case_id IS NOT NULL
              ORDER BY case_id, seq DESC) line ON line.case_id = c.id
 WHERE c.assignee_id IS DISTINCT FROM line.assignee
"""

NOT_PROMISED = """
SELECT c.number FROM cases_case c JOIN cases_slapolicy p ON p.id = c.policy_id
 WHERE p.calendar_id IS NULL
   AND c.due_at <> c.created_at + p.resolution_minutes * interval '1 minute'
"""

CLOSED_SILENTLY = """
SELECT number FROM cases_case
 WHERE (status = 'CLOSED') <> (closing_reason IN
       ('ISSUE_RESOLVED', 'DUPLICATE', 'CANCELLED', 'NO_RESPONSE', 'OTHER'))
    OR ((closing_reason = 'OTHER' OR status = 'REJECTED')
        AND length(regexp_replace(normalize(closing_note),
            '[\\s\\u00a0\\u00ad\\u2000-\\u200f\\u2060\\ufeff]', '', 'g')) < 10)
"""

NOWHERE = """
SELECT number FROM cases_case
 WHERE (status IN ('PENDING', 'IN_PROGRESS', 'ON_HOLD')) <> (ended_at IS NULL)
    OR status NOT IN ('PENDING', 'IN_PROGRESS', 'ON_HOLD',
                      'COMPLETED', 'CLOSED', 'RESOLVED', 'REJECTED')
"""

NUMBERED_WRONGLY = """
SELECT number FROM cases_case GROUP BY number HAVING count(*) > 1
UNION ALL
SELECT number FROM cases_case
 WHERE split_part(number, '-', 1) <> CASE kind WHEN 'DISCONNECTION' THEN 'DIS'
                                     WHEN 'RECONNECTION' THEN 'REC' ELSE 'CMP' END
    OR kind <> 'COMPLAINT' AND split_part(number, '-', 2) NOT IN (
       to_char(created_at - interval '14 hours', 'YYYY'),
       to_char(created_at + interval '14 hours', 'YYYY'))
    OR kind = 'COMPLAINT' AND number !~ '^CMP-[0-9]{8,}$'
"""

HELD_WRONGLY = """
SELECT c.number FROM cases_case c
  LEFT JOIN cases_hold h ON h.case_id = c.id AND h.ended_at IS NULL
 WHERE (c.status = 'ON_HOLD') <> (h.id IS NOT NULL)
"""


TALLIED_WRONGLY = """
WITH tallied AS (
    SELECT standing, kind, topic, day, sum(n) AS n, sum(seconds) AS seconds, sum(missed) AS missed
      FROM (
        SELECT standing, kind, topic, day, count AS n, seconds, missed FROM cases_tally
         UNION ALL
        SELECT standing, kind, topic, (counts_at AT TIME ZONE u.time_zone)::date,
               change, seconds, missed
          FROM cases_tallychange, organisation_utility u
    ) AS together GROUP BY 1, 2, 3, 4
), counted AS (
    SELECT CASE WHEN c.ended_at IS NULL THEN 'OPEN' ELSE c.status END AS standing, c.kind, c.topic,
           (coalesce(c.ended_at, c.created_at) AT TIME ZONE u.time_zone)::date AS day,
           count(*) AS n,
           coalesce(sum(round(extract(epoch FROM c.resolution_time)))
                    FILTER (WHERE c.ended_at IS NOT NULL), 0) AS seconds,
           count(*) FILTER (WHERE c.ended_at IS NOT NULL AND c.breaches_at IS NOT NULL) AS missed
      FROM cases_case c, organisation_utility u GROUP BY 1, 2, 3, 4
     UNION ALL
    SELECT 'LATE', c.kind, c.topic, (c.breaches_at AT TIME ZONE u.time_zone)::date, count(*), 0, 0
      FROM cases_case c, organisation_utility u
     WHERE c.kind = 'COMPLAINT' AND c.ended_at IS NULL AND c.breaches_at IS NOT NULL
     GROUP BY 1, 2, 3, 4
)
SELECT concat_ws(' ', standing, kind, topic), day,
       concat_ws(', ', coalesce(t.n, 0), coalesce(t.seconds, 0), coalesce(t.missed, 0)),
       concat_ws(', ', coalesce(c.n, 0), coalesce(c.seconds, 0), coalesce(c.missed, 0))
  FROM tallied t FULL JOIN counted c USING (standing, kind, topic, day)
 WHERE (coalesce(t.n, 0), coalesce(t.seconds, 0), coalesce(t.missed, 0))
    <> (coalesce(c.n, 0), coalesce(c.seconds, 0), coalesce(c.missed, 0))
"""

LATE_WRONGLY = """
WITH tallied AS (
    SELECT kind, topic, quarter_at, sum(n) AS n FROM (
        SELECT kind, topic, quarter_at, count AS n FROM cases_latetally
         UNION ALL
        SELECT kind, topic, date_bin('15 minutes', counts_at, '1970-01-01 00:00+00'), change
          FROM cases_tallychange WHERE standing = 'LATE'
    ) AS together GROUP BY 1, 2, 3
), counted AS (
    SELECT kind, topic, date_bin('15 minutes', breaches_at, '1970-01-01 00:00+00') AS quarter_at,
           count(*) AS n
      FROM cases_case
     WHERE kind = 'COMPLAINT' AND ended_at IS NULL AND breaches_at IS NOT NULL GROUP BY 1, 2, 3
)
SELECT concat_ws(' ', kind, topic), quarter_at, coalesce(t.n, 0), coalesce(c.n, 0)
  FROM tallied t FULL JOIN counted c USING (kind, topic, quarter_at)
 WHERE coalesce(t.n, 0) <> coalesce(c.n, 0)
"""

MONTHS_WRONGLY = """
WITH days AS (
    SELECT standing, kind, topic, date_trunc('month', day::timestamp)::date AS month,
           sum(count) AS n, sum(seconds) AS seconds, sum(missed) AS missed
      FROM cases_tally GROUP BY 1, 2, 3, 4
)
SELECT concat_ws(' ', standing, kind, topic), month,
       concat_ws(', ', coalesce(m.count, 0), coalesce(m.seconds, 0), coalesce(m.missed, 0)),
       concat_ws(', ', coalesce(d.n, 0), coalesce(d.seconds, 0), coalesce(d.missed, 0))
  FROM cases_monthtally m FULL JOIN days d USING (standing, kind, topic, month)
 WHERE (coalesce(m.count, 0), coalesce(m.seconds, 0), coalesce(m.missed, 0))
    <> (coalesce(d.n, 0), coalesce(d.seconds, 0), coalesce(d.missed, 0))
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
    """T2: open cases whose stored moments are not what their history gives.

    The database works out those that count round the clock and were paused once or never; only
    the others, and what it finds, are recomputed.
    """
    return [
        case.number
        for case, targets, facts in _histories(f"{PROMISED} {STORED_OTHERWISE}")
        if sla.moments(targets, facts)
        != sla.Moments(case.due_at, case.adjusted_due_at, case.warns_at, case.breaches_at)
    ][:MOST_ROWS]


def ended_clocks_that_differ_from_history() -> list[str]:
    """T2: ended cases whose stored moments are not what their milestones give.

    Not asked: calendars, which may have changed since, and pauses. A trigger keeps those moments.
    """
    return rows_of(ENDED_OTHERWISE)


def assignees_without_their_line() -> list[str]:
    """T1: who works on a case is whom its last line of that kind names."""
    return rows_of(ASSIGNED_OTHERWISE)


def alerts_that_nobody_raised(at: datetime) -> list[str]:
    """T3: no open case waits longer than a quarter of an hour for its warning or escalation."""
    late = Case.objects.filter(status__in=OPEN_STATUSES, next_alert_at__lt=at - TOO_LONG)
    return list(late.order_by("next_alert_at").values_list("number", flat=True)[:MOST_ROWS])


def holds_that_nobody_ended(at: datetime) -> list[str]:
    """T3: a hold that resumes by itself has done so a quarter of an hour after its moment."""
    late = Hold.objects.filter(
        ended_at__isnull=True, at_resume_by=HoldEnding.RESUMES, resume_by__lt=at - TOO_LONG
    )
    return list(late.order_by("resume_by").values_list("case__number", flat=True)[:MOST_ROWS])


def alerts_that_are_overlooked() -> list[str]:
    """T3: an open case's next alert is the first that its history calls for and nobody raised."""
    return [
        case.number
        for case, targets, facts in _histories(f"{PROMISED} {ALERTED_OTHERWISE}")
        if case.next_alert_at
        != sla.next_alert(targets, facts, {(each.metric, each.level) for each in case.alerts.all()})
    ][:MOST_ROWS]


def _histories(sql: str) -> Iterator[tuple[Case, sla.Targets, sla.Facts]]:
    """These cases with all that their clocks follow from, in pieces."""
    promises: dict[int, sla.Targets] = {}
    with connection.cursor() as cursor:
        cursor.execute(sql)
        keys = [row[0] for row in cursor.fetchall()]
    whole = Case.objects.select_related("policy").prefetch_related("holds__reason", "alerts")
    for begin in range(0, len(keys), AT_ONCE):
        for case in whole.filter(pk__in=keys[begin : begin + AT_ONCE]):
            if case.policy_id not in promises:
                promises[case.policy_id] = targets_of(case.policy)
            holds = sorted(case.holds.all(), key=lambda hold: hold.since)
            yield case, promises[case.policy_id], facts_of(case, holds)


def due_times_that_were_not_promised() -> list[str]:
    """T1: the original due time is creation plus the promised time, in elapsed hours.

    Only where time counts round the clock; calendars are compared by T2.
    """
    return rows_of(NOT_PROMISED)


def hours_that_are_shown_wrongly() -> list[str]:
    """T5: what a page shows as achieved is what lies between the two moments; the newest cases."""
    ended = Case.objects.filter(
        acknowledged_at__isnull=False, policy__calendar__isnull=True
    ).select_related("policy")
    return [
        case.number
        for case in ended.order_by("-created_at", "-id")[:FEW]
        if _shown_hours(case) != _counted_hours(case)
    ]


def _shown_hours(case: Case) -> str:
    targets, facts = targets_of(case.policy), facts_of(case, ())
    clock = sla.clock_of(Metric.ACKNOWLEDGEMENT, targets, facts)
    return formats.shown_hours(sla.achieved(clock, facts, targets))


def _counted_hours(case: Case) -> str:
    """The same, counted without the rules of clocks."""
    if case.acknowledged_at is None:
        return formats.NOT_YET
    seconds = Decimal((case.acknowledged_at - case.created_at) // timedelta(seconds=1))
    return f"{round(seconds / 3600, 2):.2f} h"


def closing_reasons_that_say_nothing() -> list[str]:
    """W16: closed for one of five reasons; for another one, or rejected, with ten letters why."""
    return rows_of(CLOSED_SILENTLY)


def cases_neither_current_nor_past() -> list[str]:
    """W17: a case is in exactly one of Current and History."""
    return rows_of(NOWHERE)


def numbers_given_twice() -> list[str]:
    """W20: a number is one case's, of its kind and about its year."""
    return rows_of(NUMBERED_WRONGLY)


def tallies_that_differ_from_the_cases() -> list[str]:
    """W17: days whose roll-up and changes are not what counting the cases gives, in one moment."""
    return rows_of(TALLIED_WRONGLY, words="{} {}: tallied {}, counted {}")


def late_tallies_that_differ_from_the_cases() -> list[str]:
    """W17: what breaches from a quarter of an hour on, folded or not, is what counting gives."""
    return rows_of(LATE_WRONGLY)


def months_that_differ_from_their_days() -> list[str]:
    """W17: months whose roll-up is not what its days come to."""
    return rows_of(MONTHS_WRONGLY, words="{} {}: {} in the month, {} in its days")


ORACLES: tuple[Oracle, ...] = (
    Oracle("W1", "an account with two open requests", accounts_with_two_open_requests),
    Oracle(
        "W3", "a status change without its one timeline line", status_changes_without_their_line
    ),
    Oracle(
        "W2", "on hold without a running hold, or the reverse", holds_that_do_not_match_the_status
    ),
    Oracle("T2", "stored times that the history does not give", clocks_that_differ_from_history),
    Oracle(
        "T2",
        "an ended case whose stored times its milestones do not give",
        ended_clocks_that_differ_from_history,
    ),
    Oracle("T1", "an assignee without the line", assignees_without_their_line),
    Oracle(
        "T3",
        "an alert that has waited for over 15 minutes",
        alerts_that_nobody_raised,
        needs_moment=True,
        is_alarm=True,
    ),
    Oracle(
        "T3",
        "a hold that should have ended over 15 minutes ago",
        holds_that_nobody_ended,
        needs_moment=True,
        is_alarm=True,
    ),
    Oracle("W17", "a tally that counting gives otherwise", tallies_that_differ_from_the_cases),
    Oracle("W17", "a late tally counted otherwise", late_tallies_that_differ_from_the_cases),
    Oracle("W17", "a month that its days do not come to", months_that_differ_from_their_days),
    Oracle("T3", "a warning or an escalation raised twice", alerts_raised_twice),
    Oracle("T3", "an alert that nobody would raise", alerts_that_are_overlooked),
    Oracle("T1", "a due time that was not promised", due_times_that_were_not_promised),
    Oracle("T5", "hours that are shown wrongly", hours_that_are_shown_wrongly),
    Oracle("W16", "a closing reason that says nothing", closing_reasons_that_say_nothing),
    Oracle("W17", "a case neither current nor past", cases_neither_current_nor_past),
    Oracle("W20", "a number given twice or wrongly", numbers_given_twice),
)
