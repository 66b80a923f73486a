"""Whom a non-payment run would cut off and whom not, over a hundred thousand accounts at once.

Counting is done where the rows are: each rule that may have a say before a day is known is one
condition in SQL (``condition_of``), and a test holds it against the rules themselves. Whoever is
shown, kept or cut off is judged by the rules (``explain``).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from psycopg import sql

from billing.models.invoices import SEALED
from consumers.choices import AccountHoldKind, SupplyState
from consumers.models import ServiceConnection
from consumers.rules.standing import NOT_SUPPLIED
from disconnections.choices import Answer, Condition, LeftOut, Stage
from disconnections.models import Reason
from disconnections.queries.protections import Cut, Judged, judge_cuts, rules_in_force
from disconnections.rules.protections import Rule
from disconnections.rules.runs import Exclusion, RunChoice, Standing, why_left_out
from smart360.cases.choices import OPEN_STATUSES, CaseKind
from smart360.kernel.money import ZERO
from smart360.organisation.queries import get_utility
from smart360.web.formats import shown_time

SHOWN = 200
"""So many of those who are left out for one reason are shown and kept with their sentences."""
KIND = CaseKind.DISCONNECTION.value

# Everything that is asked of an account, one row each; what no rule asks for is left away.
SCOPE = """
WITH owing AS MATERIALIZED (
    SELECT c.id, c.status, c.is_vip, c.category_id, f.balance AS owed,
           %(on)s::date - f.oldest_due_on AS overdue
      FROM consumers_consumerfigures f JOIN consumers_consumer c ON c.id = f.consumer_id
     WHERE f.oldest_due_on <= %(on)s::date - %(overdue)s::int
       AND f.balance >= %(amount_from)s
       AND (%(amount_to)s::numeric IS NULL OR f.balance <= %(amount_to)s::numeric)
       {of_window} {of_categories} {of_areas}
), held AS (
    SELECT h.consumer_id, array_agg(DISTINCT h.kind) AS kinds,
           coalesce(sum(h.amount) FILTER (WHERE h.kind = %(dispute)s), 0) AS disputed
      FROM consumers_accounthold h
     WHERE h.lifted_at IS NULL AND h.from_on <= %(on)s AND (h.to_on IS NULL OR h.to_on >= %(on)s)
     GROUP BY h.consumer_id
), {services} {billed} account AS (
    SELECT o.id, o.status, o.is_vip, o.overdue, o.owed, {facts}
           coalesce(h.kinds, ARRAY[]::varchar[]) AS holds,
           o.owed - least(o.owed, coalesce(h.disputed, 0)) AS outstanding
      FROM owing o JOIN consumers_category g ON g.id = o.category_id
      LEFT JOIN held h ON h.consumer_id = o.id {joins}
), judged AS (
    SELECT a.id, a.outstanding, a.overdue,
           array_remove(ARRAY[{blocks}]::text[], NULL) AS reasons,
           ({asks}) AS is_to_approve
      FROM account a
)
"""
SERVICES = """services AS (
    SELECT s.consumer_id, array_agg(DISTINCT s.utility_type) AS utilities,
           array_agg(DISTINCT p.area) FILTER (WHERE p.area <> '') AS areas
      FROM owing o JOIN consumers_serviceconnection s ON s.consumer_id = o.id
      JOIN consumers_premise p ON p.id = s.premise_id
     WHERE s.supply_state = 'CONNECTED' GROUP BY s.consumer_id
),"""
# Without rules about areas or utilities it is enough that anything is connected.
ANY_SERVICE = """services AS (
    SELECT DISTINCT s.consumer_id FROM owing o
      JOIN consumers_serviceconnection s ON s.consumer_id = o.id
     WHERE s.supply_state = 'CONNECTED'
),"""
# Who has no connected service, or none with an area, is in no scope: false, never unknown.
SCOPES = """coalesce(s.areas, ARRAY[]::varchar[]) AS areas,
           coalesce(s.utilities, ARRAY[]::varchar[]) AS utilities, """
BILLED = """bills AS (
    SELECT i.consumer_id, sum(i.billed) AS billed
      FROM owing o JOIN billing_invoice i ON i.consumer_id = o.id
     WHERE i.state = ANY(%(sealed)s) AND i.taken_back_at IS NULL
       AND i.issued_on > %(on)s::date - interval '1 year' AND i.issued_on <= %(on)s
     GROUP BY i.consumer_id
),"""
OF_WINDOW = "AND c.id > %(after)s AND c.id <= %(up_to)s"
OF_CATEGORIES = """AND c.category_id IN (
    SELECT g.id FROM consumers_category g WHERE g.name = ANY(%(categories)s))"""
OF_AREAS = """AND EXISTS (
    SELECT 1 FROM consumers_serviceconnection s JOIN consumers_premise p ON p.id = s.premise_id
     WHERE s.consumer_id = c.id AND s.supply_state = 'CONNECTED' AND p.area = ANY(%(areas)s))"""
OPEN_REQUEST = """EXISTS (
    SELECT 1 FROM cases_case k WHERE k.consumer_id = a.id AND k.status = ANY(%(open)s)
       AND k.kind = ANY(ARRAY['DISCONNECTION', 'RECONNECTION']))"""
BEING_EDITED = """EXISTS (
    SELECT 1 FROM consumers_profilelock l WHERE l.consumer_id = a.id AND l.expires_at > %(at)s)"""

COUNTED = """
SELECT reasons, is_to_approve, count(*), sum(outstanding) FROM judged GROUP BY 1, 2
"""
FIRST_OF_ONE = """
SELECT id FROM judged WHERE %(reason)s = ANY(reasons) ORDER BY outstanding DESC, id LIMIT {shown}
"""
FIRST_OF_EACH = """
SELECT DISTINCT id FROM (
    SELECT id, row_number() OVER (PARTITION BY reason ORDER BY outstanding DESC, id) AS place
      FROM judged, unnest(reasons) AS reason) each WHERE place <= {shown}
"""
TO_CUT = """
SELECT id, outstanding, overdue, is_to_approve FROM judged WHERE reasons = ARRAY[]::text[]
"""
LAST_OF_NEXT = """
SELECT max(consumer_id), count(*) FROM (
    SELECT consumer_id FROM consumers_consumerfigures
     WHERE oldest_due_on <= %s::date - %s::int AND consumer_id > %s
     ORDER BY consumer_id LIMIT %s) next
"""

STANDINGS = """
SELECT c.id, c.status, coalesce(f.balance, 0),
       coalesce((SELECT k.number FROM cases_case k WHERE k.consumer_id = c.id
                    AND k.status = ANY(%(open)s)
                    AND k.kind = ANY(ARRAY['DISCONNECTION', 'RECONNECTION']) LIMIT 1), ''),
       EXISTS (SELECT 1 FROM consumers_serviceconnection s
                WHERE s.consumer_id = c.id AND s.supply_state = 'CONNECTED'),
       (SELECT l.expires_at FROM consumers_profilelock l
         WHERE l.consumer_id = c.id AND l.expires_at > %(at)s)
  FROM consumers_consumer c LEFT JOIN consumers_consumerfigures f ON f.consumer_id = c.id
 WHERE c.id = ANY(%(consumers)s)
"""
NAMES = "SELECT id, account_number, name FROM consumers_consumer WHERE id = ANY(%s)"


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """How many are left out for one reason, and what they owe."""

    code: str
    name: str
    accounts: int
    amount: Decimal
    source: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a run would do: whom it would cut off, and whom not, by reason, the most first.

    ``excluded`` counts accounts: one account may have several reasons.
    """

    found: int
    wanted: int
    amount: Decimal
    to_approve: int
    excluded: int
    excluded_amount: Decimal
    reasons: tuple[ReasonCount, ...]


@dataclass(frozen=True, slots=True)
class Explained:
    """One account with all that stands in the way of cutting it off, judged by the rules."""

    consumer: int
    standing: Standing
    judged: Judged
    exclusions: tuple[Exclusion, ...]


@dataclass(frozen=True, slots=True)
class ExcludedRow:
    """One account that is left out, for the page."""

    account_number: str
    name: str
    outstanding: Decimal
    overdue: int
    exclusions: tuple[Exclusion, ...]


# ------------------------------------------------------------------ rules as conditions
class Values:
    """The values of a statement, by the names under which it is given them."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self.by_name = dict(given)

    def put(self, value: Any) -> sql.Placeholder:
        """Where this value goes."""
        name = f"v{len(self.by_name)}"
        self.by_name[name] = value
        return sql.Placeholder(name)

    def texts(self, values: Iterable[str]) -> sql.Composable:
        """Where these texts go, as an array."""
        return sql.SQL("{}::varchar[]").format(self.put([str(each) for each in sorted(values)]))


def condition_of(rule: Rule, values: Values, *, reason: str, today: date) -> sql.Composable | None:
    """When the rule speaks against cutting off account ``a`` now, in SQL; None: it never does.

    The same as ``rules.protections.judge`` says at SUBMIT of a cut for debt without a day.
    """
    says_nothing = (
        Stage.SUBMIT not in rule.stages
        or KIND not in rule.kinds
        or (rule.from_on is not None and rule.from_on > today)
        or (rule.until_on is not None and rule.until_on < today)
        or (bool(rule.reasons) and reason not in rule.reasons)
    )
    condition = None if says_nothing else _condition(rule, values)
    if condition is None:
        return None
    parts = [condition]
    for column, scope in (("areas", rule.areas), ("utilities", rule.utilities)):
        if scope:
            column_of = sql.SQL("a.{}").format(sql.Identifier(column))
            parts.append(sql.SQL("{} && {}").format(column_of, values.texts(scope)))
    if rule.categories:
        parts.append(sql.SQL("a.category = ANY({})").format(values.texts(rule.categories)))
    return sql.SQL(" AND ").join(sql.SQL("({})").format(part) for part in parts)


def _condition(rule: Rule, values: Values) -> sql.Composable | None:
    match rule.condition:
        case Condition.AMOUNT_BELOW:
            return sql.SQL("a.outstanding < {}").format(values.put(rule.amount))
        case Condition.AMOUNT_ABOVE:
            return sql.SQL("a.outstanding > {}").format(values.put(rule.amount))
        case Condition.BILLED_ABOVE:
            return sql.SQL("a.billed > {}").format(values.put(rule.amount))
        case Condition.OVERDUE_LESS:
            return sql.SQL("a.overdue < {}").format(values.put(rule.days))
        case Condition.ACCOUNT_HOLD:
            return sql.SQL("{} = ANY(a.holds)").format(values.put(str(rule.hold_kind)))
        case Condition.VIP:
            return sql.SQL("a.is_vip")
        case Condition.ALWAYS:
            return sql.SQL("true")
        case _:  # it speaks of the day, which nobody knows yet
            return None


def _own_reasons(values: Values) -> list[tuple[str, sql.Composable]]:
    """What a run leaves out by itself; NO_LONGER_CHOSEN cannot be: they are being chosen."""
    ended = sql.SQL("a.status = ANY({})").format(values.texts(NOT_SUPPLIED))
    return [
        (LeftOut.ENDED.value, ended),
        (LeftOut.NOT_SUPPLIED.value, sql.SQL("NOT a.has_supply AND NOT {}").format(ended)),
        (LeftOut.OPEN_REQUEST.value, sql.SQL(OPEN_REQUEST)),
        (LeftOut.BEING_EDITED.value, sql.SQL(BEING_EDITED)),
        (LeftOut.NOTHING_OWED.value, sql.SQL("a.outstanding <= 0")),
    ]


@dataclass(frozen=True, slots=True)
class Asked:
    """A choice as it is asked of the database: the statement's beginning, and its values."""

    scope: sql.Composable
    values: dict[str, Any]
    rules: tuple[Rule, ...]


def reason_of(choice: RunChoice) -> Reason:
    """The reason that the requests are to have."""
    return Reason.objects.in_bulk([choice.reason])[choice.reason]


def ask(choice: RunChoice, *, at: datetime, window: tuple[int, int] | None = None) -> Asked:
    """The beginning of every statement about this choice, with a row ``judged`` per account.

    ``window``: only of the accounts after the one key, up to the other.
    """
    today = at.astimezone(get_utility().zone).date()
    reason = reason_of(choice).code
    rules, values = rules_in_force(), Values(_values(choice, today, at, window or (0, 0)))
    speaking = [
        (rule, condition)
        for rule in rules
        if (condition := condition_of(rule, values, reason=reason, today=today)) is not None
    ]
    blocks = _own_reasons(values)
    blocks += [(rule.code, each) for rule, each in speaking if rule.answer == Answer.BLOCKED]
    asks = [each for rule, each in speaking if rule.answer == Answer.NEEDS_APPROVAL]
    has_scope = any(rule.areas or rule.utilities for rule, _ in speaking)
    has_bills = any(rule.condition == Condition.BILLED_ABOVE for rule, _ in speaking)
    facts = "g.name AS category, (s.consumer_id IS NOT NULL) AS has_supply, "
    facts += SCOPES * has_scope + "coalesce(b.billed, 0) AS billed, " * has_bills
    joins = "LEFT JOIN services s ON s.consumer_id = o.id"
    joins += " LEFT JOIN bills b ON b.consumer_id = o.id" * has_bills
    scope = sql.SQL(SCOPE).format(
        of_window=sql.SQL(OF_WINDOW if window else ""),
        of_categories=sql.SQL(OF_CATEGORIES if choice.categories else ""),
        of_areas=sql.SQL(OF_AREAS if choice.areas else ""),
        services=sql.SQL(SERVICES if has_scope else ANY_SERVICE),
        billed=sql.SQL(BILLED if has_bills else ""),
        facts=sql.SQL(facts),
        joins=sql.SQL(joins),
        blocks=sql.SQL(", ").join(
            sql.SQL("CASE WHEN {} THEN {}::text END").format(condition, values.put(code))
            for code, condition in blocks
        ),
        asks=sql.SQL(" OR ").join(asks) if asks else sql.SQL("false"),
    )
    return Asked(scope, values.by_name, rules)


def _values(
    choice: RunChoice, today: date, at: datetime, window: tuple[int, int]
) -> dict[str, Any]:
    return {
        "on": today,
        "at": at,
        "after": window[0],
        "up_to": window[1],
        "overdue": choice.overdue,
        "amount_from": choice.amount_from,
        "amount_to": choice.amount_to,
        "categories": list(choice.categories),
        "areas": list(choice.areas),
        "dispute": AccountHoldKind.DISPUTE.value,
        "sealed": [state.value for state in SEALED],
        "open": [status.value for status in OPEN_STATUSES],
    }


def _rows(asked: Asked, then: sql.Composable, **more: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(asked.scope + then, {**asked.values, **more})
        return list(cursor.fetchall())


# ------------------------------------------------------------------ answers
def preview(choice: RunChoice, *, at: datetime) -> Preview:
    """What a run of this choice would do now, in figures; three statements."""
    asked = ask(choice, at=at)
    return counted(_rows(asked, sql.SQL(COUNTED)), asked.rules)


def next_window(
    choice: RunChoice, *, at: datetime, after: int, at_most: int
) -> tuple[tuple[int, int], bool]:
    """The keys between which the next accounts overdue lie, and whether they are the last."""
    today = at.astimezone(get_utility().zone).date()
    with connection.cursor() as cursor:
        cursor.execute(LAST_OF_NEXT, [today, choice.overdue, after, at_most])
        up_to, found = cursor.fetchone()
    return (after, up_to or after), found < at_most


def counted(groups: Sequence[tuple[Any, ...]], rules: Iterable[Rule]) -> Preview:
    """The figures of a preview from its groups: reasons, to approve, accounts, amount."""
    of_reason: dict[str, list[Any]] = {}
    wanted = excluded = to_approve = 0
    amount, excluded_amount = ZERO, ZERO
    for reasons, is_to_approve, accounts, owed in groups:
        if not reasons:
            wanted, amount = wanted + accounts, amount + owed
            to_approve += accounts if is_to_approve else 0
            continue
        excluded, excluded_amount = excluded + accounts, excluded_amount + owed
        for code in reasons:
            sums = of_reason.setdefault(code, [0, ZERO])
            sums[0], sums[1] = sums[0] + accounts, sums[1] + owed
    by_code = {rule.code: rule for rule in rules}
    lines = [
        ReasonCount(code, _name_of(code, by_code), accounts, owed, _source_of(code, by_code))
        for code, (accounts, owed) in of_reason.items()
    ]
    return Preview(
        found=wanted + excluded,
        wanted=wanted,
        amount=amount,
        to_approve=to_approve,
        excluded=excluded,
        excluded_amount=excluded_amount,
        reasons=tuple(sorted(lines, key=lambda each: (-each.accounts, each.code))),
    )


def _name_of(code: str, rules: Mapping[str, Rule]) -> str:
    return rules[code].name if code in rules else LeftOut(code).label


def _source_of(code: str, rules: Mapping[str, Rule]) -> str:
    return rules[code].source if code in rules else ""


def first_left_out(choice: RunChoice, *, at: datetime, reason: str = "") -> list[int]:
    """Who is left out for a reason, the largest debts first; without one the first of each."""
    asked = ask(choice, at=at)
    if reason:
        then = sql.SQL(FIRST_OF_ONE).format(shown=sql.Literal(SHOWN))
        return [row[0] for row in _rows(asked, then, reason=reason)]
    then = sql.SQL(FIRST_OF_EACH).format(shown=sql.Literal(SHOWN))
    return [row[0] for row in _rows(asked, then)]


def cut_for_debt(consumer: int, reason: Reason, *, at: datetime) -> Cut:
    """The cut that a run asks for: all that is connected, on no day yet, with notice given now."""
    return Cut(
        consumer=consumer,
        kind=KIND,
        reason=reason.code,
        is_for_debt=reason.is_for_debt,
        served_on=at.astimezone(get_utility().zone).date(),
    )


def explain(consumers: Sequence[int], choice: RunChoice, *, at: datetime) -> list[Explained]:
    """What stands in the way of cutting off each of these now, in the order given.

    Judged by the rules themselves; seven statements, however many accounts.
    """
    reason = reason_of(choice)
    cuts = [cut_for_debt(consumer, reason, at=at) for consumer in consumers]
    judged = judge_cuts(cuts, stage=Stage.SUBMIT, at=at)
    standings = standings_of(consumers, at=at)
    return [
        Explained(
            consumer,
            standings[consumer],
            each,
            why_left_out(standings[consumer], each.judgement, each.facts, choice),
        )
        for consumer, each in zip(consumers, judged, strict=True)
    ]


def standings_of(consumers: Sequence[int], *, at: datetime) -> dict[int, Standing]:
    """How these accounts stand apart from their debts; one statement."""
    values: dict[str, Any] = {
        "consumers": list(consumers),
        "open": [status.value for status in OPEN_STATUSES],
        "at": at,
    }
    zone = get_utility().zone
    with connection.cursor() as cursor:
        cursor.execute(STANDINGS, values)
        return {
            key: Standing(
                status=status,
                owed=owed,
                open_request=open_request,
                has_supply=has_supply,
                held_until=shown_time(until.astimezone(zone).time()) if until else "",
            )
            for key, status, owed, open_request, has_supply, until in cursor.fetchall()
        }


def excluded_rows(choice: RunChoice, reason: str, *, at: datetime) -> list[ExcludedRow]:
    """The first of those who are left out for a reason, each with all that stands in the way."""
    explained = explain(first_left_out(choice, at=at, reason=reason), choice, at=at)
    with connection.cursor() as cursor:
        cursor.execute(NAMES, [[each.consumer for each in explained]])
        named = {key: (account, name) for key, account, name in cursor.fetchall()}
    return [
        ExcludedRow(
            *named[each.consumer],
            outstanding=each.judged.facts.outstanding,
            overdue=each.judged.facts.overdue,
            exclusions=each.exclusions,
        )
        for each in explained
        if each.exclusions  # a payment may have come between two statements
    ]


def areas_supplied() -> list[str]:
    """The areas in which anything is connected, for the form."""
    connected = ServiceConnection.objects.filter(supply_state=SupplyState.CONNECTED)
    areas = connected.exclude(premise__area="").values_list("premise__area", flat=True)
    return sorted(set(areas.distinct()))
