"""Published rules on disconnection, each from the pack that cites it (DIS12, BEY1)."""

import json
from collections import Counter
from collections.abc import Callable
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command

from disconnections.choices import Answer
from disconnections.models import ProtectionRule, RulePack
from disconnections.operations import load_rule_packs
from disconnections.queries.protections import as_rule, rules_in_force
from disconnections.queries.verdicts import EXAMPLES, example_packs
from disconnections.rules.protections import (
    PLACEHOLDERS,
    AccountHeld,
    Facts,
    Moment,
    Rule,
    Weather,
    judge,
)
from smart360.comms.rules import filled
from smart360.staff.choices import Role
from tests.conftest import MakePerson

MONDAY, MARCH = date(2025, 1, 6), date(2025, 3, 1)
THANKSGIVING = date(2025, 11, 27)
POWER, WATER = frozenset({"ELECTRICITY"}), frozenset({"WATER"})
HOME: dict[str, Any] = {"category": "Residential"}


def rows() -> list[dict[str, Any]]:
    return [
        row
        for path in sorted(EXAMPLES.glob("*.json"))
        for row in json.loads(path.read_text(encoding="utf-8"))
    ]


def published() -> dict[str, Rule]:
    found = {}
    for row in rows():
        if row["model"] == "disconnections.protectionrule":
            fields = {name: value for name, value in row["fields"].items() if name != "pack"}
            own = {field.name: field for field in ProtectionRule._meta.concrete_fields}
            values = {name: own[name].to_python(value) for name, value in fields.items()}
            found[fields["code"]] = as_rule(ProtectionRule(**values))
    return found


RULES = published()


def on(day: date, starts: time | None = None, ends: time | None = None) -> dict[str, Any]:
    return {"today": day, "moment": Moment(day, starts, ends)}


def held(kind: str, to_on: date | None = None) -> dict[str, Any]:
    return {"held": (AccountHeld(kind, date(2025, 1, 1), to_on),)}


def declared(kind: str) -> dict[str, Any]:
    return {"weathers": (Weather(kind, MONDAY, MONDAY + timedelta(days=2)),)}


BLOCKED, ASKS, ALLOWED = Answer.BLOCKED, Answer.NEEDS_APPROVAL, Answer.ALLOW
CASES: list[tuple[str, str, dict[str, Any], Answer]] = [
    # New York, Public Service Law § 32
    ("NY-NOTICE", "14 days after the final notice", {"served_on": date(2024, 12, 23)}, BLOCKED),
    ("NY-NOTICE", "15 days after it", {"served_on": date(2024, 12, 22)}, ALLOWED),
    ("NY-NOTICE", "none was given", {}, BLOCKED),
    ("NY-OVERDUE", "19 days overdue", {"overdue": 19}, BLOCKED),
    ("NY-OVERDUE", "20 days overdue", {"overdue": 20}, ALLOWED),
    ("NY-HOURS", "07:45", on(MONDAY, time(7, 45), time(7, 45)), BLOCKED),
    ("NY-HOURS", "14:00 to 16:00", on(MONDAY, time(14), time(16)), ALLOWED),
    ("NY-HOURS", "16:01", on(MONDAY, time(16, 1), time(16, 1)), BLOCKED),
    ("NY-DAYS", "a Thursday", on(date(2025, 1, 9)), ALLOWED),
    ("NY-DAYS", "a Friday", on(date(2025, 1, 10)), BLOCKED),
    ("NY-HOLIDAY", "Thanksgiving", on(THANKSGIVING), BLOCKED),
    ("NY-HOLIDAY", "the day before it", on(THANKSGIVING - timedelta(days=1)), BLOCKED),
    ("NY-HOLIDAY", "two days before it", on(THANKSGIVING - timedelta(days=2)), ALLOWED),
    ("NY-COLD", "in January", {"utilities": POWER}, ASKS),
    ("NY-COLD", "water", {"utilities": WATER}, ALLOWED),
    ("NY-MEDICAL", "a certificate", held("MEDICAL"), BLOCKED),
    # Illinois
    ("IL-NOTICE", "7 days after the notice", {"served_on": date(2024, 12, 30)}, BLOCKED),
    ("IL-NOTICE", "8 days after it", {"served_on": date(2024, 12, 29)}, ALLOWED),
    ("IL-WINTER", "1 December", {**on(date(2025, 12, 1)), "utilities": POWER}, ASKS),
    ("IL-WINTER", "31 March", {**on(date(2025, 3, 31)), "utilities": POWER}, ASKS),
    ("IL-WINTER", "1 April", {**on(date(2025, 4, 1)), "utilities": POWER}, ALLOWED),
    ("IL-COLD", "32 °F forecast", declared("COLD"), BLOCKED),
    ("IL-COLD", "heat forecast", declared("HEAT"), ALLOWED),
    ("IL-MEDICAL", "day 60", {**on(MARCH), **held("MEDICAL", MARCH)}, BLOCKED),
    ("IL-MEDICAL", "day 61",
     {**on(MARCH + timedelta(days=1)), **held("MEDICAL", MARCH)}, ALLOWED),
    # Texas, 16 TAC 25.483
    ("TX-COLD", "an emergency", {**declared("COLD"), "utilities": POWER}, BLOCKED),
    ("TX-HEAT", "the day after it was declared to end", {
        **declared("HEAT"), **on(MONDAY + timedelta(days=3)), "utilities": POWER}, ALLOWED),
    ("TX-CRITICAL", "critical care", {**held("MEDICAL"), "utilities": POWER}, ASKS),
    # California, water
    ("CA-OVERDUE", "59 days", {"overdue": 59, "utilities": WATER}, BLOCKED),
    ("CA-OVERDUE", "60 days", {"overdue": 60, "utilities": WATER}, ALLOWED),
    ("CA-OVERDUE", "electricity", {"overdue": 5, "utilities": POWER}, ALLOWED),
    ("CA-NOTICE", "6 business days, New Year between",
     {"served_on": date(2024, 12, 26), "utilities": WATER}, BLOCKED),
    ("CA-NOTICE", "7 business days",
     {"served_on": date(2024, 12, 25), "utilities": WATER}, ALLOWED),
    ("CA-PLAN", "a plan is kept", {**held("ARRANGEMENT"), "utilities": WATER}, BLOCKED),
    # United Kingdom
    ("UK-WATER-HOMES", "a home", {**HOME, "utilities": WATER}, BLOCKED),
    ("UK-WATER-HOMES", "a workshop", {"category": "Commercial", "utilities": WATER}, ALLOWED),
    ("UK-WATER-HOMES", "the power of a home", {**HOME, "utilities": POWER}, ALLOWED),
    ("UK-WINTER", "January", {**HOME, "utilities": POWER}, ASKS),
    ("UK-WINTER", "April", {**HOME, **on(date(2025, 4, 1)), "utilities": POWER}, ALLOWED),
    ("UK-VULNERABLE", "in June",
     {**on(date(2025, 6, 2)), **held("MEDICAL"), "utilities": POWER}, BLOCKED),
    # Australia
    ("AU-DAYS", "a Friday", {**on(date(2025, 1, 10)), "utilities": POWER}, BLOCKED),
    ("AU-HOURS", "15:30", {**on(MONDAY, time(15, 30), time(15, 30)), "utilities": POWER}, BLOCKED),
    ("AU-HOURS", "14:59", {**on(MONDAY, time(14, 59), time(14, 59)), "utilities": POWER}, ALLOWED),
    ("AU-YEAR-END", "20 December", {**on(date(2025, 12, 20)), "utilities": POWER}, BLOCKED),
    ("AU-YEAR-END", "1 January", {**on(date(2026, 1, 1)), "utilities": POWER}, ALLOWED),
    ("AU-MINIMUM", "299.99", {"outstanding": Decimal("299.99"), "utilities": POWER}, BLOCKED),
    ("AU-MINIMUM", "300.00", {"outstanding": Decimal("300.00"), "utilities": POWER}, ALLOWED),
    # India, Electricity Act 2003 section 56
    ("IN-NOTICE", "the 15th day", {"served_on": date(2024, 12, 22), "utilities": POWER}, BLOCKED),
    ("IN-NOTICE", "15 clear days", {"served_on": date(2024, 12, 21), "utilities": POWER}, ALLOWED),
    ("IN-PROTEST", "deposited", {**held("DISPUTE"), "utilities": POWER}, BLOCKED),
]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "known", "answer"),
    [
        pytest.param(code, known, answer, id=f"{code}, {what}")
        for code, what, known, answer in CASES
    ],
)
def test_published_rule(code: str, known: dict[str, Any], answer: Answer) -> None:
    given = {
        "stage": "EXECUTION",
        **on(MONDAY),
        "holidays": frozenset({THANKSGIVING, date(2025, 1, 1)}),
    } | known
    found = judge([RULES[code]], Facts(**given))
    assert found.answer == answer
    if answer != Answer.ALLOW:
        sentence = found.sentences[0]
        assert sentence
        assert "--" not in sentence, "every figure is filled in"


def test_every_published_rule_is_tried() -> None:
    """At least ten are wanted; most of them stand above."""
    tried = Counter(code for code, *_ in CASES)
    assert len(tried) >= 20
    assert {code.split("-")[0] for code in tried} == {"NY", "IL", "TX", "CA", "UK", "AU", "IN"}


def test_each_rule_names_its_source_and_knows_its_placeholders() -> None:
    every = dict.fromkeys(PLACEHOLDERS, "?")
    for code, rule in RULES.items():
        assert rule.source, code
        assert "--" not in filled(rule.sentence, every), code


# ------------------------------------------------------------------ taking packs over
def test_packs_come_switched_off_and_once(db: None, person: MakePerson) -> None:
    before = len(rules_in_force())
    names = [pack.name for pack in example_packs()]
    by = person(Role.ADMIN).pk
    assert load_rule_packs(names=names, by=by) == len(RULES)
    assert len(names) == RulePack.objects.count() == 7
    assert len(rules_in_force()) == before, "off by default"
    assert load_rule_packs(names=names, by=by) == 0
    RulePack.objects.filter(code="US-NY").update(is_enabled=True)
    assert len(rules_in_force()) == before + 7


def test_what_an_administrator_changed_stays(db: None, person: MakePerson) -> None:
    by = person(Role.ADMIN).pk
    load_rule_packs(names=["australia", "nowhere"], by=by)
    ProtectionRule.objects.filter(code="AU-MINIMUM").update(amount=Decimal("500.00"))
    load_rule_packs(names=["australia"], by=by)
    assert ProtectionRule.objects.get(code="AU-MINIMUM").amount == Decimal("500.00")


def test_packs_are_fixtures_that_django_loads(as_owner: Callable[[], None]) -> None:
    as_owner()  # loaddata sets sequences
    call_command("loaddata", str(EXAMPLES / "india.json"), verbosity=0)
    assert set(RulePack.objects.get(code="IN").rules.values_list("code", flat=True)) == {
        "IN-NOTICE", "IN-PROTEST",
    }  # fmt: skip
