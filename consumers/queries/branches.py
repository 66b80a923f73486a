"""The ways in which a search can find a consumer: SQL, each branch standing on one index."""

from collections.abc import Sequence
from typing import Any

from consumers.queries.samples import some_texts
from consumers.rules.searching import (
    LAST_TEN,
    LEAST_CHARACTERS,
    SearchText,
    literally,
    pieces_in,
)

# One statement. Each branch stands on one index and stops after so many rows, so that a word that
# everybody's address contains costs no more than a rare one. Ordered as the index is, a branch
# cannot be answered by reading the table row by row. Each row carries its rank.
ACCOUNT_BRANCHES = """
(SELECT id, account_number, CASE WHEN account_number = %(account)s THEN 0 ELSE 3 END AS rank
   FROM consumers_consumer WHERE account_number LIKE %(starts)s{only}
  ORDER BY account_number USING ~<~ LIMIT %(most)s)
UNION ALL
(SELECT id, account_number, 3 FROM consumers_consumer
  WHERE reverse(account_number) LIKE %(ends)s{only}
  ORDER BY reverse(account_number) USING ~<~ LIMIT %(most)s)
"""
METER_BRANCHES = """
(SELECT sc.consumer_id AS id, c.account_number,
        CASE WHEN m.number = %(account)s THEN 2 ELSE 5 END AS rank
   FROM ((SELECT id, number FROM consumers_meter WHERE number LIKE %(starts)s
          ORDER BY number USING ~<~ LIMIT %(most)s)
         UNION ALL
         (SELECT id, number FROM consumers_meter WHERE reverse(number) LIKE %(ends)s
          ORDER BY reverse(number) USING ~<~ LIMIT %(most)s)) AS m
   JOIN consumers_meterassignment a ON a.meter_id = m.id AND upper_inf(a.during)
   JOIN consumers_serviceconnection sc ON sc.id = a.service_connection_id
   JOIN consumers_consumer c ON c.id = sc.consumer_id{only})
"""
PHONE_BRANCHES = """
(SELECT id, account_number, CASE WHEN phone_digits = %(number)s THEN 1 ELSE 4 END AS rank
   FROM consumers_consumer WHERE phone_digits LIKE %(phone)s{only}
  ORDER BY phone_digits USING ~<~ LIMIT %(most)s)
UNION ALL
(SELECT id, account_number,
        CASE WHEN right(phone_digits, 10) = right(%(number)s, 10) THEN 1 ELSE 4 END
   FROM consumers_consumer WHERE right(phone_digits, 10) LIKE %(last_ten)s{only}
  ORDER BY right(phone_digits, 10) USING ~<~ LIMIT %(most)s)
UNION ALL
(SELECT id, account_number, 4 FROM consumers_consumer
  WHERE reverse(phone_digits) LIKE %(phone_end)s{only}
  ORDER BY reverse(phone_digits) USING ~<~ LIMIT %(most)s)
"""
# By the index: what pieces of the words find is kept before the words are seen to, so that the
# planner does not count on the limit and look row by row for what it takes for common and is not.
TEXT_BY_INDEX = """
(WITH found AS MATERIALIZED (
      SELECT id, account_number, name, search_text FROM consumers_consumer
       WHERE {pieces}{only}{if_few}{at_most})
 SELECT id, account_number, {rank} AS rank FROM found AS consumer
  WHERE {everything}{guarded} LIMIT %(most)s)
"""
# Row by row: words that many have are met at once. The first rows are always the same ones, so that
# they are at hand and the next page finds the same. Where the words are not met there after all
# (a town's accounts came last), the index has its turn.
TEXT_BY_ROW = """
(WITH met AS MATERIALIZED (
      SELECT id, account_number, name, search_text
        FROM (SELECT * FROM consumers_consumer ORDER BY id LIMIT %(look_through)s) AS consumer
       WHERE {everything}{only}{guarded} LIMIT %(most)s)
 SELECT id, account_number, {rank} AS rank FROM met
 UNION ALL {by_index})
"""
IF_FEW = " AND (SELECT count(*) < %(most)s FROM met)"
# Signs that no index can answer are looked for in so many rows: of those with all other words.
AT_MOST = " LIMIT 2000"
# Asked so that no index is: the planner would read the list of each of the word's pieces.
IN_ROW = "strpos(' ' || search_text, %({name})s) > 0"
TEXT_RANK = """CASE WHEN search_text LIKE %(phrase)s THEN 6 WHEN {begin} THEN 7
        WHEN {within} THEN 8 ELSE 9 END"""
# Asked of each row as it comes, never joined.
GUARDED = " AND (SELECT true FROM consumers_guard WHERE consumer_id = consumer.id LIMIT 1)"
MOST_OF_A_KIND = 50


def branches_for(
    searched: SearchText,
    limit: int | None,
    *,
    statuses: Sequence[str] = (),
    most: int | None,
    is_guarded: bool = False,
) -> tuple[str, dict[str, Any]]:
    """The branches that this text can be answered by; empty when there is none."""
    values: dict[str, Any] = {
        "account": searched.account,
        "starts": literally(searched.account) + "%",
        "ends": literally(searched.account[::-1]) + "%",
        "statuses": list(statuses),
        "limit": limit,
        "most": most,
    }
    branches = []
    if searched.can_be_account:
        branches.append(ACCOUNT_BRANCHES)
    if searched.can_be_meter:
        branches.append(METER_BRANCHES)
    if searched.phone:
        branches.append(PHONE_BRANCHES)
        values["number"] = searched.phone
        values["phone"] = searched.phone + "%"
        values["last_ten"] = searched.phone[-LAST_TEN:] + "%"
        values["phone_end"] = searched.phone[::-1] + "%"
    if searched.can_be_text:
        branches.append(_text_branch(searched.words, values, is_guarded=is_guarded))
    only = " AND status = ANY(%(statuses)s)" if statuses else ""
    return "UNION ALL".join(branches).replace("{only}", only), values


NAME_IN_TEXT = "left(search_text, length(name))"  # near enough to put the hits in order


def _text_branch(words: Sequence[str], values: dict[str, Any], *, is_guarded: bool) -> str:
    """Every word must be there. The name stands first in the text."""
    values["phrase"] = literally(" ".join(words)) + "%"
    way = some_texts.way_to_find(words, most=values["most"])
    values["look_through"] = way.look_through
    everything, begin, within = [], [], []
    for place, word in enumerate(words):
        name = f"word{place}"
        values[f"{name}_first"] = f"{literally(word)}%"
        values[f"{name}_begins"] = f"% {literally(word)}%"
        values[name] = f"%{literally(word)}%"
        everything.append(_condition(name, word))
        begin.append(
            f"({NAME_IN_TEXT} LIKE %({name}_first)s OR {NAME_IN_TEXT} LIKE %({name}_begins)s)"
        )
        within.append(f"{NAME_IN_TEXT} LIKE %({name})s")
    rank = TEXT_RANK.replace("{begin}", " AND ".join(begin))
    is_all = values["most"] != MOST_OF_A_KIND or all(map(pieces_in, words))
    return (
        (TEXT_BY_ROW if way.look_through else "{by_index}")
        .replace("{by_index}", TEXT_BY_INDEX)
        .replace("{if_few}", IF_FEW if way.look_through else "")
        .replace("{guarded}", GUARDED if is_guarded else "")
        .replace("{rank}", rank.replace("{within}", " OR ".join(within)))
        .replace("{pieces}", _conditions_of_pieces(way.by_index, values))
        .replace("{everything}", " AND ".join(everything))
        .replace("{at_most}", "" if is_all else _limited(words, values))
    )


def _condition(name: str, word: str) -> str:
    """A word of one or two letters must begin a word; of more it may stand anywhere."""
    if len(word) >= LEAST_CHARACTERS:
        return f"search_text LIKE %({name})s"
    return f"(search_text LIKE %({name}_first)s OR search_text LIKE %({name}_begins)s)"


def _limited(words: Sequence[str], values: dict[str, Any]) -> str:
    """Only so many rows, but none that lacks a whole word of which the index knows pieces."""
    conditions = []
    for place, word in enumerate(words):
        if pieces_in(word):
            name = f"in_row{place}"
            values[name] = word if len(word) >= LEAST_CHARACTERS else f" {word}"
            conditions.append(IN_ROW.replace("{name}", name))
    return "".join(f" AND {each}" for each in conditions) + AT_MOST


def _conditions_of_pieces(pieces: Sequence[str], values: dict[str, Any]) -> str:
    """What the index is asked: letters and digits alone, the two ways to begin a word at once."""
    conditions = []
    for place, piece in enumerate(pieces):
        begins = len(piece) < LEAST_CHARACTERS
        values[f"piece{place}"] = f"(^| ){piece}" if begins else f"%{piece}%"
        conditions.append(f"search_text {'~' if begins else 'LIKE'} %(piece{place})s")
    return " AND ".join(conditions)
