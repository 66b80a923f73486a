"""Suggesting VIPs at night, and what a supervisor makes of it (CON6).

Lock order: the consumer, then the suggestion.
"""

import uuid
from collections.abc import Mapping
from datetime import date, datetime

from consumers import guards
from consumers.store import mark_vip
from smart360.insights.choices import SuggestionState
from smart360.insights.models import VipSuggestion
from smart360.insights.notices import vips_suggested
from smart360.insights.queries.vips import new_suggestions, used_in_words, vip_policy
from smart360.insights.rules.health import HealthFacts
from smart360.kernel.db import operation, refuses, step
from smart360.kernel.errors import Refusal
from smart360.staff.models import Person
from smart360.web import form_keys

ACCEPT = "insights.accept_vip"
DECLINE = "insights.decline_vip"


class UnableToDecideVip(Refusal):
    """Somebody decided before, or the consumer is VIP already."""


refuses(
    {
        "suggestions_are_decided_once": UnableToDecideVip(
            "Somebody decided before you", is_conflict=True
        )
    }
)


@step
def suggest_vips(facts: Mapping[int, HealthFacts], *, today: date, at: datetime) -> int:
    """Suggest whom the policy finds among these, and tell supervisors once a day; how many."""
    policy = vip_policy()
    if not policy.is_on:
        return 0
    found = new_suggestions(policy, facts, today=today, at=at)
    VipSuggestion.objects.bulk_create(
        [
            VipSuggestion(
                consumer_id=consumer,
                bills_due=figures.bills_due,
                bills_on_time=figures.bills_on_time,
                days=figures.days,
                used={utility: str(value) for utility, value in figures.used.items()},
                suggested_at=at,
            )
            for consumer, figures in found.items()
        ],
        ignore_conflicts=True,
    )
    if found:
        vips_suggested(today=today, at=at)
    return len(found)


@operation
def accept_vip(
    *, suggestion: int, by: Person, at: datetime, form_key: uuid.UUID | None = None
) -> VipSuggestion:
    """Mark the suggested consumer as VIP; the timeline says by which figures.

    Raises UnableToDecideVip, LockIsHeld.
    """
    row = _locked(suggestion)
    if form_keys.is_repeated(form_key, str(suggestion), {}, by=by.pk, act=ACCEPT, at=at):
        return row
    _refuse_if_decided(row)
    if row.consumer.is_vip:
        raise UnableToDecideVip("This account is VIP already", is_conflict=True)
    guards.refuse_if_held(row.consumer_id, by, at)
    guards.act_as(by)
    words = f"Suggested: {row.bills_on_time} of {row.bills_due} bills on time, {row.days} days"
    used = used_in_words(row.used)
    mark_vip(
        row.consumer, is_vip=True, words=f"{words}, {used}" if used else words, by=by.pk, at=at
    )
    return _decide(row, SuggestionState.ACCEPTED, by=by, at=at)


@operation
def decline_vip(
    *, suggestion: int, by: Person, at: datetime, form_key: uuid.UUID | None = None
) -> VipSuggestion:
    """Leave the consumer as they are; nobody is asked again for the policy's months.

    Raises UnableToDecideVip.
    """
    row = _locked(suggestion)
    if form_keys.is_repeated(form_key, str(suggestion), {}, by=by.pk, act=DECLINE, at=at):
        return row
    _refuse_if_decided(row)
    return _decide(row, SuggestionState.DECLINED, by=by, at=at)


# ------------------------------------------------------------------ steps of these acts
@step
def _locked(suggestion: int) -> VipSuggestion:
    """The suggestion with its consumer's row held, then its own."""
    consumer = VipSuggestion.objects.values_list("consumer_id", flat=True).get(pk=suggestion)
    held = guards.lock_consumer(consumer)
    rows = VipSuggestion.objects.select_for_update(of=("self",), no_key=True)
    row = rows.select_related("decided_by").get(pk=suggestion)
    row.consumer = held
    return row


def _refuse_if_decided(row: VipSuggestion) -> None:
    if row.decided_by is not None:
        state = row.get_state_display()
        raise UnableToDecideVip(f"{state} by {row.decided_by.full_name} already", is_conflict=True)


@step
def _decide(
    row: VipSuggestion, state: SuggestionState, *, by: Person, at: datetime
) -> VipSuggestion:
    row.state, row.decided_at, row.decided_by = state, at, by
    row.save(update_fields=["state", "decided_at", "decided_by"])
    return row
