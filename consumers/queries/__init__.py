"""Reads about consumers: the search, the list, one consumer's connections, lock and guards."""

from consumers.queries.accounts import categories, subcategories
from consumers.queries.figures import accounts_in_all, balances_by_consumer
from consumers.queries.hits import Others, fitting, fitting_beside, search
from consumers.queries.lists import accounts_for_file, list_accounts, offered_filters
from consumers.queries.notes import has_note, list_notes, pinned_notes
from consumers.queries.profiles import (
    accounts_at,
    connection_facts,
    guards_at,
    guards_of,
    head_facts,
    hold_facts,
)
from consumers.queries.proposals import proposals_of, waiting_proposals
from consumers.queries.protecting import account_holds, has_hold
from consumers.queries.timeline import cases_told_of, list_timeline, newest_lines

__all__ = [
    "Others",
    "account_holds",
    "accounts_at",
    "accounts_for_file",
    "accounts_in_all",
    "balances_by_consumer",
    "cases_told_of",
    "categories",
    "connection_facts",
    "fitting",
    "fitting_beside",
    "guards_at",
    "guards_of",
    "has_hold",
    "has_note",
    "head_facts",
    "hold_facts",
    "list_accounts",
    "list_notes",
    "list_timeline",
    "newest_lines",
    "offered_filters",
    "pinned_notes",
    "proposals_of",
    "search",
    "subcategories",
    "waiting_proposals",
]
