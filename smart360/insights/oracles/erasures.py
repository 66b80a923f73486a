"""The oracles of people who were erased: nothing said of them is left, and nothing to make (R8).

That the account itself says nothing is asked in ``consumers/oracles.py``.
"""

from smart360.kernel.oracle import Oracle, rows_of
from smart360.trail.rules import DEAD_LINK, INSTEAD

# Whose rows they are: accounts whose person was erased, their cases, what was said to them, what
# their meters showed.
THEIRS = """
WITH accounts AS (
     SELECT id AS consumer, id AS key FROM consumers_consumer WHERE erased_at IS NOT NULL
), cases AS (
     SELECT c.consumer_id AS consumer, c.id AS key
       FROM cases_case c JOIN accounts a ON a.key = c.consumer_id
), messages AS (
     SELECT a.consumer, m.id AS key FROM comms_message m JOIN accounts a ON a.key = m.consumer_id
      UNION
     SELECT c.consumer, m.id FROM comms_message m JOIN cases c ON c.key = m.case_id
), readings AS (
     -- Of a day on which the meter was surely theirs; the days of a move are of two.
     SELECT a.consumer, r.id AS key FROM accounts a
       JOIN consumers_serviceconnection s ON s.consumer_id = a.key
       JOIN consumers_meterassignment g ON g.service_connection_id = s.id
       JOIN consumers_reading r ON r.meter_id = g.meter_id
      WHERE r.read_on > lower(g.during)::date
        AND (upper_inf(g.during) OR r.read_on < upper(g.during)::date)
)
"""
COLUMNS: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("consumers_holdproposal", "accounts", "consumer_id", ("note", "decision")),
    (
        "fieldwork_serviceorder", "accounts", "consumer_id",
        ("name", "description", "remarks", "completion"),
    ),
    ("cases_case", "cases", "id", ("closing_note",)),
    ("cases_approval", "cases", "case_id", ("reason", "note")),
    (
        "complaints_complaint", "cases", "case_id",
        ("description", "expected_resolution", "notes"),
    ),
    (
        "complaints_complainant", "cases", "complaint_id",
        (
            "name", "phone", "phone_digits", "email", "service_address", "account_said",
            "search_text",
        ),
    ),
    (
        "disconnections_disconnectionrequest", "cases", "case_id",
        ("notes", "identity_last_four"),
    ),
    ("consumers_reading", "readings", "id", ("rejection",)),
    ("comms_delivery", "messages", "message_id", ("why",)),
)  # fmt: skip
"""Tables with words in them: table, whose rows, by which column, the words."""

POINTERS: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("trail_entry", "accounts", "consumer_id", ("text_id",)),
    ("trail_entry", "cases", "case_id", ("text_id",)),
    ("comms_message", "messages", "id", ("to_id", "subject_id", "body_id")),
    ("consumers_consumernote", "accounts", "consumer_id", ("text_id",)),
    ("consumers_consumerdocument", "accounts", "consumer_id", ("title_id", "reason_id")),
    ("consumers_accountmerge", "accounts", "merged_id", ("reason_id", "undo_reason_id")),
    ("consumers_accountmerge", "accounts", "survivor_id", ("reason_id", "undo_reason_id")),
    ("complaints_rating", "cases", "complaint_id", ("comment_id",)),
    ("custody_privacyact", "accounts", "consumer_id", ("reason_id", "decision_id")),
)
"""Tables that point to words, in the same way."""

LINKS: tuple[tuple[str, str, str, str], ...] = (
    ("complaints_complaint", "cases", "case_id", "tracking_token"),
    ("disconnections_disconnectionrequest", "cases", "case_id", "tracking_token"),
)
"""Tables with a link of the person's own."""

_BLANK = ", ".join(f"'{words}'" for words in ("", *INSTEAD))
_WORDS = "\n UNION ALL\n".join(
    f"SELECT o.consumer, '{table}.{column}' FROM {table} t"  # noqa: S608  (our own names)
    f" JOIN {whose} o ON o.key = t.{by} WHERE t.{column} NOT IN ({_BLANK})"
    for table, whose, by, columns in COLUMNS
    for column in columns
)
_LINKS = "\n UNION ALL\n".join(
    f"SELECT o.consumer, '{table}.{column}' FROM {table} t"  # noqa: S608  (our own names)
    f" JOIN {whose} o ON o.key = t.{by} WHERE t.{column} NOT LIKE '{DEAD_LINK}%'"
    for table, whose, by, column in LINKS
)
_POINTED = "\n UNION\n".join(
    f"SELECT o.consumer, '{table}.{column}', t.{column} FROM {table} t"  # noqa: S608  (our own names)
    f" JOIN {whose} o ON o.key = t.{by} WHERE t.{column} IS NOT NULL"
    for table, whose, by, columns in POINTERS
    for column in columns
)
# Words that stand in the record of somebody else, too, such as why a run was undone, stay.
LEFT = f"""{THEIRS}
{_WORDS}
 UNION ALL
{_LINKS}
 UNION ALL
SELECT w.consumer, w.place
  FROM ({_POINTED}) AS w (consumer, place, text)
  JOIN trail_personaltext p ON p.id = w.text AND p.text <> ''
 WHERE NOT EXISTS (SELECT 1 FROM trail_entry e LEFT JOIN cases_case c ON c.id = e.case_id
                    WHERE e.text_id = w.text
                      AND coalesce(e.consumer_id, c.consumer_id) IS DISTINCT FROM w.consumer)
   AND NOT EXISTS (SELECT 1 FROM comms_message m LEFT JOIN cases_case c ON c.id = m.case_id
                    WHERE w.text IN (m.to_id, m.subject_id, m.body_id)
                      AND coalesce(m.consumer_id, c.consumer_id) IS DISTINCT FROM w.consumer)
"""  # noqa: S608  (put together from our own words)


def words_of_the_erased() -> list[str]:
    """R8: nothing that an erased person said, or that was written about them, can be read."""
    return rows_of(LEFT, words="consumer {} {}")


# Their account takes no line any more, so that a worker would fail at each of these for ever.
STILL_OWED = """
WITH works AS (
     SELECT kind, about FROM owed_owedwork WHERE queue = 'PDF' AND state <> 'DONE'
), named AS (
     SELECT w.kind, c.consumer_id FROM works w
       JOIN cases_case c ON c.id = (about ->> 'case')::bigint
      UNION ALL
     SELECT w.kind, p.consumer_id FROM works w
       JOIN billing_payment p ON p.id = (about ->> 'payment')::bigint
      UNION ALL
     SELECT w.kind, i.consumer_id FROM works w
       JOIN billing_invoice i ON i.id = (about ->> 'invoice')::bigint
      UNION ALL
     SELECT w.kind, s.consumer_id FROM works w
       JOIN billing_statementpaper s ON s.id = (about ->> 'statement')::bigint
      UNION ALL
     SELECT w.kind, o.consumer_id FROM works w
       JOIN fieldwork_serviceorder o ON o.id = (about ->> 'service_order')::bigint
      UNION ALL
     SELECT w.kind, a.consumer_id FROM works w
       JOIN custody_privacyact a ON a.id = (about ->> 'act')::bigint
)
SELECT n.consumer_id, n.kind FROM named n
  JOIN consumers_consumer c ON c.id = n.consumer_id AND c.erased_at IS NOT NULL
"""


def papers_owed_to_the_erased() -> list[str]:
    """R8: no paper is left to be made of an account that nobody is behind any more."""
    return rows_of(STILL_OWED, words="consumer {} {}")


ORACLES: tuple[Oracle, ...] = (
    Oracle("R8", "words about somebody who was erased", words_of_the_erased),
    Oracle("R8", "papers still owed about somebody who was erased", papers_owed_to_the_erased),
)
