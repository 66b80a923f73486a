"""Reads about consumers: the search, the list, one consumer's connections, lock and guards."""

from consumers.queries.accounts import (
    SORTS,
    categories,
    list_consumers,
    subcategories,
    with_list_facts,
)
from consumers.queries.figures import balances_by_consumer, figures_of, total_balance
from consumers.queries.hits import fitting, search
from consumers.queries.profiles import (
    connection_facts,
    guards_of,
    hold_facts,
    lock_facts,
    timeline,
)
from consumers.queries.proposals import proposals_of, waiting_proposals
from consumers.queries.protecting import account_holds, has_hold

__all__ = [
    "SORTS",
    "account_holds",
    "balances_by_consumer",
    "categories",
    "connection_facts",
    "figures_of",
    "fitting",
    "guards_of",
    "has_hold",
    "hold_facts",
    "list_consumers",
    "lock_facts",
    "proposals_of",
    "search",
    "subcategories",
    "timeline",
    "total_balance",
    "waiting_proposals",
    "with_list_facts",
]
