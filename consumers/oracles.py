"""Queries on consumers that must return no row."""

from datetime import datetime

from smart360.kernel.oracle import Oracle, rows_of

UNTOLD_LOCKS = """
SELECT l.consumer_id, l.token FROM consumers_profilelock l
 WHERE l.expires_at > %s AND NOT EXISTS (
       SELECT 1 FROM trail_entry e
        WHERE e.consumer_id = l.consumer_id AND e.kind = 'PROFILE_LOCKED'
          AND e.actor_id = l.holder_id AND (e.new->>'token')::int = l.token)
"""
TOKENS_USED_TWICE = """
SELECT consumer_id, (new->>'token')::int FROM trail_entry
 WHERE kind = 'PROFILE_LOCKED'
 GROUP BY 1, 2 HAVING count(DISTINCT actor_id) > 1
"""
SHARED_METERS = """
SELECT a.id, b.id FROM consumers_meterassignment a
  JOIN consumers_meterassignment b ON b.meter_id = a.meter_id
 WHERE b.id > a.id AND b.during && a.during
UNION
SELECT a.id, b.id FROM consumers_meterassignment a
  JOIN consumers_meterassignment b ON b.service_connection_id = a.service_connection_id
 WHERE b.id > a.id AND b.during && a.during
"""
SHARED_DEVICES = """
SELECT device_id, count(*) FROM consumers_meter
 WHERE device_id IS NOT NULL GROUP BY 1 HAVING count(*) > 1
"""
METERS_ASTRAY = """
SELECT a.id, m.number, m.place FROM consumers_meterassignment a
  JOIN consumers_meter m ON m.id = a.meter_id
 WHERE upper_inf(a.during) AND m.place <> 'ON_SITE'
"""
MOVEMENTS_ASTRAY = """
SELECT m.number, v.id FROM consumers_inventorymovement v
  JOIN consumers_meter m ON m.id = v.meter_id
  LEFT JOIN LATERAL (SELECT n.from_place, n.from_warehouse_id FROM consumers_inventorymovement n
                      WHERE n.meter_id = v.meter_id AND n.id > v.id ORDER BY n.id LIMIT 1) AS next
         ON true
 WHERE (v.to_place, v.to_warehouse_id) IS DISTINCT FROM
       (coalesce(next.from_place, m.place),
        CASE WHEN next.from_place IS NULL THEN m.warehouse_id ELSE next.from_warehouse_id END)
"""
WRONG_UTILITY = """
SELECT a.id, m.id FROM consumers_meterassignment a
  JOIN consumers_meter m ON m.id = a.meter_id
  JOIN consumers_serviceconnection sc ON sc.id = a.service_connection_id
 WHERE m.utility_type <> sc.utility_type
"""
NUMBERED_TWICE = """
SELECT account_number, count(*) FROM consumers_consumer GROUP BY 1 HAVING count(*) > 1
UNION ALL
SELECT number, count(*) FROM consumers_meter GROUP BY 1 HAVING count(*) > 1
"""
WITHOUT_FIGURES = """
SELECT c.account_number FROM consumers_consumer c
 WHERE NOT EXISTS (SELECT 1 FROM consumers_consumerfigures f WHERE f.consumer_id = c.id)
"""
IN_ANOTHER_AREA = """
SELECT s.id, s.area, p.area FROM consumers_serviceconnection s
  JOIN consumers_premise p ON p.id = s.premise_id
 WHERE s.area <> p.area
"""
FALLING_READINGS = """
SELECT meter_id, read_on FROM (
    SELECT meter_id, read_on, value, exception,
           lag(value) OVER (PARTITION BY meter_id ORDER BY read_on) AS before
      FROM consumers_reading WHERE verification <> 'REJECTED') shown
 WHERE (value < before AND exception NOT IN ('ROLLOVER', 'REPLACEMENT'))
    OR (value = before AND exception = 'NONE')
"""
EARLY_READINGS = """
SELECT r.meter_id, r.read_on FROM consumers_reading r, organisation_utility u
 WHERE u.id = 1 AND r.read_on > (clock_timestamp() AT TIME ZONE u.time_zone)::date
"""
STRAY_SUBCATEGORIES = """
SELECT c.id, s.id FROM consumers_consumer c
  JOIN consumers_subcategory s ON s.id = c.subcategory_id
 WHERE s.category_id <> c.category_id
"""

TALLIES_ASTRAY = """
SELECT status, is_archived, sum(tallied) - sum(counted) FROM (
    SELECT status, is_archived, count AS tallied, 0 AS counted FROM consumers_accounttally
     UNION ALL SELECT status, is_archived, change, 0 FROM consumers_accountchange
     UNION ALL SELECT status, archived_at IS NOT NULL, 0, 1 FROM consumers_consumer
) AS together GROUP BY 1, 2 HAVING sum(tallied) <> sum(counted)
"""

LEFT_BY_HALF = """
SELECT c.account_number, s.id FROM consumers_serviceconnection s
  JOIN consumers_consumer c ON c.id = s.consumer_id
 WHERE s.supply_state = 'MOVED_OUT'
   AND (s.billing_frozen_at IS NULL
        OR NOT EXISTS (SELECT 1 FROM consumers_handedoverservice h
                        WHERE h.from_connection_id = s.id)
        OR EXISTS (SELECT 1 FROM consumers_meterassignment a
                    WHERE a.service_connection_id = s.id AND upper_inf(a.during)))
"""
ERASED_BY_HALF = """
SELECT c.account_number FROM consumers_consumer c
 WHERE c.erased_at IS NOT NULL
   AND ((c.name, c.phone, c.phone_digits, c.email, c.billing_address, c.search_text, c.status)
        <> ('Erased consumer', '', '', '', '', '', 'INACTIVE')
        OR EXISTS (SELECT 1 FROM consumers_serviceconnection s
                    WHERE s.consumer_id = c.id AND s.supply_state = 'CONNECTED')
        OR NOT EXISTS (SELECT 1 FROM custody_privacyact a
                        WHERE a.consumer_id = c.id AND a.state = 'ERASED'))
UNION ALL
SELECT c.account_number FROM custody_privacyact a
  JOIN consumers_consumer c ON c.id = a.consumer_id
 WHERE a.state = 'ERASED' AND c.erased_at IS NULL
"""


MERGED_ASTRAY = """
SELECT c.account_number FROM consumers_consumer c
  LEFT JOIN consumers_accountmerge m ON m.merged_id = c.id AND m.undone_at IS NULL
  LEFT JOIN consumers_consumer s ON s.id = c.merged_into_id
 WHERE c.merged_into_id IS DISTINCT FROM m.survivor_id
    OR c.merged_into_id IS NOT NULL AND (s.merged_into_id IS NOT NULL OR c.status <> 'INACTIVE')
"""


def locks_without_their_line(at: datetime) -> list[str]:
    """W8: every live hold on a profile was taken by an act that stands on the timeline."""
    return rows_of(UNTOLD_LOCKS, [at], "consumer {} token {}")


def tokens_used_twice() -> list[str]:
    """W8: no two people ever held one profile under the same token."""
    return rows_of(TOKENS_USED_TWICE, [], "consumer {} token {}")


def meters_in_two_places() -> list[str]:
    """W12: a meter measures one connection at a time, and a connection has one meter."""
    return rows_of(SHARED_METERS, [], "assignments {} and {}")


def devices_on_two_meters() -> list[str]:
    """W12: a device is on one meter."""
    return rows_of(SHARED_DEVICES, [], "device {} on {} meters")


def meters_at_work_elsewhere() -> list[str]:
    """W12: a meter that measures a service hangs on site."""
    return rows_of(METERS_ASTRAY, [], "assignment {} of meter {}: {}")


def movements_that_break_off() -> list[str]:
    """W12: each movement begins where the one before ended; the last, where the meter is."""
    return rows_of(MOVEMENTS_ASTRAY, [], "meter {} after movement {}")


def meters_on_the_wrong_utility() -> list[str]:
    """W12: a water meter measures water."""
    return rows_of(WRONG_UTILITY, [], "assignment {} of meter {}")


def readings_that_fall() -> list[str]:
    """W13: a meter shows more than it did, or its reading says why not."""
    return rows_of(FALLING_READINGS, [], "meter {} on {}")


def readings_of_the_future() -> list[str]:
    """W13: no meter is read before the day has come."""
    return rows_of(EARLY_READINGS, [], "meter {} on {}")


def numbers_given_twice() -> list[str]:
    """W20: an account number and a meter number are one account's and one meter's."""
    return rows_of(NUMBERED_TWICE, words="{} is there {} times")


def subcategories_of_another_category() -> list[str]:
    """A consumer's subcategory belongs to its category."""
    return rows_of(STRAY_SUBCATEGORIES, [], "consumer {} subcategory {}")


def accounts_without_figures() -> list[str]:
    """W17: every account has figures, so that none is missing from a list ordered by them."""
    return rows_of(WITHOUT_FIGURES, words="account {}")


def services_in_another_area() -> list[str]:
    """W17: a service is found in the area of its premise, and in no other."""
    return rows_of(IN_ANOTHER_AREA, words="service {} is found in {} and lies in {}")


def tallies_that_differ_from_the_accounts() -> list[str]:
    """W17: what the cards say of accounts is what counting them gives."""
    return rows_of(TALLIES_ASTRAY, words="{} (archived: {}): {} too many")


def services_left_by_half() -> list[str]:
    """W9: a service of which somebody moved out went over, unmetered and never billed again."""
    return rows_of(LEFT_BY_HALF, words="account {}: service {}")


def people_erased_by_half() -> list[str]:
    """R8: whoever was erased is gone from the account, by two people; and nobody else is."""
    return rows_of(ERASED_BY_HALF, words="account {}")


def merges_that_lead_nowhere() -> list[str]:
    """W20: a merged account has its link, is Inactive, and leads to an account that goes on."""
    return rows_of(MERGED_ASTRAY, words="account {}")


ORACLES: tuple[Oracle, ...] = (
    Oracle(
        "W8",
        "a live hold on a profile whose taking stands on no timeline",
        locks_without_their_line,
        needs_moment=True,
    ),
    Oracle("W8", "two people under one token of a profile", tokens_used_twice),
    Oracle("W12", "a meter in two places, or two meters in one", meters_in_two_places),
    Oracle("W12", "a device on two meters", devices_on_two_meters),
    Oracle("W12", "a meter that measures, but hangs nowhere", meters_at_work_elsewhere),
    Oracle("W12", "a movement that does not lead on", movements_that_break_off),
    Oracle("W12", "a meter on a connection of another utility", meters_on_the_wrong_utility),
    Oracle("W13", "a reading below the one before, and nobody said why", readings_that_fall),
    Oracle("W13", "a reading of a day that has not come", readings_of_the_future),
    Oracle("W17", "an account without figures", accounts_without_figures),
    Oracle("W17", "a service found in another area", services_in_another_area),
    Oracle("W17", "a tally that is not so many accounts", tallies_that_differ_from_the_accounts),
    Oracle("W18", "a subcategory of another category", subcategories_of_another_category),
    Oracle("W9", "a service of which somebody moved out by half", services_left_by_half),
    Oracle("R8", "somebody who was erased by half", people_erased_by_half),
    Oracle("W20", "a number of two accounts or of two meters", numbers_given_twice),
    Oracle("W20", "a merged account that leads nowhere", merges_that_lead_nowhere),
)
