"""What an account shows to whoever judges whether it may be cut off (DIS12)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection

# One statement however many accounts: the non-payment run asks of five thousand at once.
ACCOUNTS = """
SELECT c.id, c.is_vip, g.name,
       coalesce((SELECT json_agg(json_build_array(s.id, s.utility_type, p.area,
                                                  s.supply_state = 'CONNECTED'))
                   FROM consumers_serviceconnection s
                   JOIN consumers_premise p ON p.id = s.premise_id
                  WHERE s.consumer_id = c.id), '[]'),
       coalesce((SELECT json_agg(json_build_array(h.kind, h.from_on, h.to_on))
                   FROM consumers_accounthold h
                  WHERE h.consumer_id = c.id AND h.lifted_at IS NULL), '[]')
  FROM consumers_consumer c JOIN consumers_category g ON g.id = c.category_id
 WHERE c.id = ANY(%s)
"""


@dataclass(frozen=True, slots=True)
class ServiceStanding:
    """One service of an account: what is supplied, where, and whether it is now."""

    id: int
    utility: str
    area: str
    is_connected: bool


@dataclass(frozen=True, slots=True)
class HoldStanding:
    """One hold of the account that nobody lifted."""

    kind: str
    from_on: date
    to_on: date | None


@dataclass(frozen=True, slots=True)
class AccountStanding:
    """What of one account matters when a cut is judged; no name."""

    id: int
    is_vip: bool
    category: str
    services: tuple[ServiceStanding, ...]
    holds: tuple[HoldStanding, ...]


def accounts_standing(consumers: Sequence[int]) -> dict[int, AccountStanding]:
    """How these accounts stand, by their keys; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(ACCOUNTS, [list(consumers)])
        return {
            key: AccountStanding(
                id=key,
                is_vip=is_vip,
                category=category,
                services=tuple(ServiceStanding(*each) for each in services),
                holds=tuple(
                    HoldStanding(
                        kind,
                        date.fromisoformat(from_on),
                        date.fromisoformat(to_on) if to_on else None,
                    )
                    for kind, from_on, to_on in holds
                ),
            )
            for key, is_vip, category, services, holds in cursor.fetchall()
        }
