"""The components inside a line: what they show, and what they refuse."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.template import TemplateSyntaxError, engines
from django.utils import timezone

from consumers.choices import AccountStatus, MeterCondition, SupplyState, UtilityType, Verification
from smart360.cases.choices import CaseKind, CaseStatus, Priority
from smart360.comms.choices import Channel, DeliveryState, Direction
from smart360.web import formats, tones
from smart360.web.shown import DIRECTIONS, ListedCase
from smart360.web.templatetags.ui.inline import known_icons
from smart360.web.templatetags.ui.lists import PRIORITY_MARKS, STATUS_MARKS

AT = datetime(2024, 12, 10, 20, 45, tzinfo=UTC)
DUE = datetime(2024, 12, 11, 15, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _in_springfield() -> Iterator[None]:
    with timezone.override("America/Chicago"):
        yield


def show(source: str, **values: Any) -> str:
    """The source rendered with the components loaded."""
    return engines["django"].from_string("{% load ui %}" + source).render(values)


@pytest.mark.parametrize(
    ("table", "codes"),
    [
        (tones.CASE_STATUS, CaseStatus),
        (tones.ACCOUNT_STATUS, AccountStatus),
        (tones.SUPPLY_STATE, SupplyState),
        (tones.CASE_KIND, CaseKind),
        (tones.PRIORITY, Priority),
        (tones.DELIVERY, DeliveryState),
        (tones.UTILITY, UtilityType),
        (tones.CHANNEL, Channel),
        (tones.METER, MeterCondition),
        (tones.VERIFICATION, Verification),
        (DIRECTIONS, Direction),
    ],
)
def test_every_stored_code_can_be_shown_and_nothing_else(table: Any, codes: Any) -> None:
    assert set(table) == set(codes.values)


def every_badge() -> Any:
    """The badges of every table in tones.py."""
    tables = [table for table in vars(tones).values() if isinstance(table, dict)]
    values = [value for table in tables for value in table.values()]
    return [value for value in values if isinstance(value, tones.Badge)]


def test_every_badge_has_a_known_tone_and_icon() -> None:
    assert every_badge()
    for badge in every_badge():
        assert badge.tone in tones.TONES
        assert badge.icon in known_icons()


def test_a_state_is_tone_icon_and_word() -> None:
    shown = show("{% status_tag status %}", status=CaseStatus.ON_HOLD)
    assert "t-orange" in shown
    assert "#player-pause" in shown
    assert "On Hold" in shown


def test_breached_is_the_only_solid_state() -> None:
    assert [badge.word for badge in every_badge() if badge.is_solid] == ["Breached"]


@pytest.mark.parametrize(
    "source",
    [
        '{% status_tag "DONE" %}',
        "{% status_tag nothing %}",
        '{% icon "no-such-icon" %}',
        '{% tag "x" tone="pink" icon="check" %}',
        '{% progress 3 label="" %}',
        "{% vip nothing %}",
        '{% sla_chip "LATE" at=at %}',
        "{% date_tag day form='tiny' %}",
    ],
)
def test_a_wrong_value_raises(source: str) -> None:
    with pytest.raises((ValueError, TypeError, KeyError)):
        show(source, at=AT, day=date(2024, 12, 10))


@pytest.mark.parametrize("source", ['{% icon "check" colour="red" %}', '{% tag "x" %}'])
def test_a_wrong_argument_raises(source: str) -> None:
    with pytest.raises(TemplateSyntaxError):
        show(source)


def test_an_icon_is_decoration_unless_it_has_a_name() -> None:
    assert 'aria-hidden="true"' in show('{% icon "check" %}')
    assert 'role="img" aria-label="matches"' in show('{% icon "check" label="matches" %}')


def test_the_crown_stands_only_beside_a_vip() -> None:
    """AC014: the crown and the word beside the name."""
    assert "VIP" in show("{% vip is_vip %}", is_vip=True)
    assert show("{% vip is_vip %}", is_vip=False) == ""


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("{% date_tag at %}", "Dec 10, 2024"),
        ("{% date_tag at form='day' %}", "Tue, Dec 10, 2024"),
        ("{% date_tag at form='long' %}", "Tuesday, December 10, 2024"),
        ("{% date_tag at form='short' %}", "Dec 10"),
        ("{% datetime_tag at %}", "Dec 10, 2024, 02:45 PM"),
        ("{% datetime_tag at short=True %}", "Dec 10, 02:45 PM"),
        ("{% time_tag at %}", "02:45 PM"),
    ],
)
def test_moments_are_shown_in_the_zone_of_the_utility(source: str, words: Any) -> None:
    shown = show(source, at=AT)
    assert words in shown
    assert "<time datetime=" in shown


def test_what_is_missing_has_its_word() -> None:
    assert show("{% datetime_tag x %}", x=None) == "--"
    assert show("{% slot_tag x x %}", x=None) == "Not specified"
    assert show("{% hours_tag x %}", x=None) == "Pending"
    assert show("{{ x|or_missing }} {{ x|or_not_chosen }} {{ x|or_not_yet }}", x="") == (
        "-- Not specified Pending"
    )


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        formats.shown_datetime(datetime(2024, 12, 10, 9, 30))


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(hours=18, minutes=45), "18 h 45 m"),
        (timedelta(days=4, hours=19, minutes=10), "4 d 19 h 10 m"),
        (timedelta(minutes=25, seconds=59), "25 m"),
        (timedelta(hours=19, minutes=2), "19 h 02 m"),
        (timedelta(), "0 m"),
    ],
)
def test_lengths_of_time(length: Any, words: Any) -> None:
    assert formats.shown_duration(length) == words


def test_time_remaining_counts_a_begun_minute_and_overdue_does_not() -> None:
    assert formats.shown_remaining(DUE, AT) == "18 h 45 m"
    assert formats.shown_remaining(DUE, AT + timedelta(seconds=30)) == "18 h 45 m"
    assert formats.shown_remaining(DUE, DUE) == "Overdue by 0 m"
    late = DUE + timedelta(hours=2, minutes=10, seconds=50)
    assert formats.shown_remaining(DUE, late) == "Overdue by 2 h 10 m"


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        (formats.shown_hours(timedelta(minutes=90)), "1.50 h"),
        (formats.shown_hours(Decimal("2.17")), "2.17 h"),
        (formats.shown_slot(time(10), time(12)), "10:00 AM – 12:00 PM"),
        (formats.shown_slot(time(8), time(10)), "8:00 AM – 10:00 AM"),
        (formats.shown_time(time(0, 5)), "12:05 AM"),
        (formats.shown_phone("+15551234567"), "(555) 123-4567"),
        (formats.shown_phone("+442079460000"), "+442079460000"),
        (formats.shown_reading(18245, "kWh"), "18,245 kWh"),
        (formats.shown_reading(Decimal("842.500"), "m³"), "842.5 m³"),
        (formats.shown_count(46), "46"),
        (formats.shown_count(501), "500+"),
        (formats.shown_size(1_023), "1023 bytes"),
        (formats.shown_size(412 * 1024), "412 KB"),
        (formats.shown_size(10 * 1024 * 1024), "10.0 MB"),
        (formats.initials("John Michael Smith"), "JS"),
        (formats.initials(""), ""),
    ],
)
def test_values_in_the_words_of_the_house(shown: Any, words: Any) -> None:
    assert shown == words


def test_a_phone_number_dials() -> None:
    assert show("{% phone number %}", number="+15551234567") == (
        '<a href="tel:+15551234567">(555) 123-4567</a>'
    )


@pytest.mark.parametrize("query", ["jose", "JOSÉ", "Jose\u0301"])
def test_found_letters_are_marked_in_any_case_and_accent(query: Any) -> None:
    assert show("{{ name|marked:q }}", name="José <b>", q=query) == ("<mark>José</mark> &lt;b&gt;")


def test_nothing_that_was_typed_reaches_the_page_unescaped() -> None:
    bad = '"><img src=x onerror=alert(1)>'
    for source in (
        "{% tag bad tone='red' icon='check' %}",
        "{% email bad %}",
        "{% phone bad %}",
        "{{ bad|marked:bad }}",
        "{% fact bad bad %}",
        "{% button bad heard=bad %}",
        "{% note tone='red' title=bad %}{{ bad }}{% endnote %}",
        "{% crumbs bad bad bad %}",
        "{% empty bad text=bad %}",
    ):
        assert "<img" not in show(source, bad=bad), source


# ------------------------------------------------------------------ the SLA in a list
def chip(state: Any, **values: Any) -> Any:
    arguments = " ".join(f"{name}={name}" for name in values)
    return show(f"{{% sla_chip state at=at {arguments} %}}", **{"state": state, "at": AT, **values})


def test_the_chip_counts_down_to_the_due_moment() -> None:
    shown = chip("ON_TRACK", due_at=DUE, percent=22)
    assert "On Track" in shown
    assert "18 h 45 m</time>" in shown
    assert 'value="22"' in shown


def test_the_chip_is_right_even_when_no_worker_has_noticed() -> None:
    """AC009: past its due moment it is Breached, whatever the stored state says."""
    shown = chip("ON_TRACK", due_at=AT - timedelta(minutes=25), percent=100)
    assert "is-over" in shown
    assert "Overdue by 25 m" in shown
    assert "On Track" not in shown


def test_a_missed_target_beside_time_left_says_which_is_which() -> None:
    """The response was missed, the resolution is not due yet: the figure is time left."""
    shown = chip("BREACHED", due_at=DUE, percent=40)
    assert "Breached" in shown
    assert re.search(r"</time><span data-left> left</span>", shown)


def test_a_paused_chip_says_until_when() -> None:
    assert "Paused to Dec 11" in chip("PAUSED", resumes_at=DUE)
    assert "<time" not in chip("PAUSED", resumes_at=DUE)


# ------------------------------------------------------------------ the same, as rows of a list
def said(shown: str) -> tuple[str, list[str], bool, list[str], str]:
    """What a person gets of it: words, what is read out, whether it turns, tone, weight."""
    words = " ".join(re.sub(r"<[^>]+>", "", shown).split())
    heard = re.findall(r'aria-label="([^"]+)"', shown)
    tones_used = sorted(set(re.findall(r"\bt-\w+", shown)))
    return words, heard, "data-warns" in shown, tones_used, "is-over" * ("is-over" in shown)


@pytest.mark.parametrize("state", tones.SLA)
@pytest.mark.parametrize("due_at", [DUE, AT, AT - timedelta(minutes=25), None])
@pytest.mark.parametrize("percent", [40, None])
@pytest.mark.parametrize("resumes_at", [DUE, None])
def test_a_row_says_of_the_sla_what_the_chip_says(
    state: str, due_at: datetime | None, percent: int | None, resumes_at: datetime | None
) -> None:
    tag = "at=at due_at=due warns_at=warns percent=percent resumes_at=resumes %}"
    values = {
        "at": AT, "due": due_at, "warns": AT + timedelta(hours=1),
        "percent": percent, "resumes": resumes_at,
    }  # fmt: skip
    chip = show(f'{{% sla_chip "{state}" {tag}', **values)
    row = show(f'{{% sla_mark "{state}" {tag}', **values)
    assert said(row) == said(chip)
    icon = re.search(r"icons\.svg#([\w-]+)", chip)
    assert icon
    assert f" i-{icon[1]}" in row


def row_of(**more: Any) -> str:
    """A row of a list of cases."""
    facts: dict[str, Any] = {
        "number": "DIS-2024-001234", "name": "Jane <b>Doe", "is_vip": False,
        "kind": "Disconnection", "account_number": "ACC-2024-1",
        "address": "1 Main Street", "requested_at": AT,
        "status": "PENDING", "priority": "HIGH", "sla": "ON_TRACK", "due_at": DUE,
        "warns_at": AT + timedelta(hours=1), "paused_until": None, "percent": 40,
    }  # fmt: skip
    return show("{% case_rows rows at=at %}", rows=[ListedCase(**facts | more)], at=AT)


@pytest.mark.parametrize("state", tones.SLA)
@pytest.mark.parametrize("due_at", [DUE, AT, AT - timedelta(minutes=25), None])
@pytest.mark.parametrize("percent", [40, None])
@pytest.mark.parametrize("resumes_at", [DUE, None])
def test_a_row_of_cases_says_of_the_sla_what_the_chip_says(
    state: str, due_at: datetime | None, percent: int | None, resumes_at: datetime | None
) -> None:
    """In words of its own: a class of the row, seconds, and the bar named by what it stands in."""
    tag = "at=at due_at=due warns_at=warns percent=percent resumes_at=resumes %}"
    values = {
        "at": AT, "due": due_at, "warns": AT + timedelta(hours=1),
        "percent": percent, "resumes": resumes_at,
    }  # fmt: skip
    words, heard, turns, _, over = said(show(f'{{% sla_chip "{state}" {tag}', **values))
    row = row_of(sla=state, due_at=due_at, percent=percent, paused_until=resumes_at)
    cell = row.split("<td>")[8]
    assert said(cell)[0] == words
    assert ("<label" in cell) == ("<progress value=.4>" in cell) == bool(heard)
    assert ("data-warns=3600>" in cell) == turns
    assert ('"pe hi la"' in row) == bool(over)
    if "data-due" in cell:
        assert due_at is not None
        assert f" data-due={round((due_at - AT).total_seconds())}" in cell


@pytest.mark.parametrize("status", tones.CASE_STATUS)
@pytest.mark.parametrize("priority", tones.PRIORITY)
def test_a_row_of_cases_says_status_priority_and_whose_it_is(status: str, priority: str) -> None:
    row = row_of(status=status, priority=priority, outstanding="$1.00")
    assert f'<tr class="{STATUS_MARKS[status]} {PRIORITY_MARKS[priority]} ok">' in row
    words, *_ = said(row.replace("<td>", " "))
    assert words == (
        "DIS-2024-001234 Jane &lt;b&gt;Doe ACC-2024-1 1 Main Street Disconnection Dec 10, 2024"
        f" {tones.CASE_STATUS[status].word} {tones.PRIORITY[priority].word}"
        " On Track · 18 h 45 m $1.00 View DIS-2024-001234"
    )


def test_a_page_of_rows_is_small() -> None:
    """12 KB with all that stands around them, for names and addresses as people have."""
    long = {
        "name": "Yolanda Raymond Barnes",
        "address": "478 Douglas Avenue, Jacksonville, IL 62650",
    }
    assert 25 * len(row_of(**long, outstanding="$1,234.56").encode()) <= 10_200


@pytest.mark.parametrize(
    ("whole", "row", "code"),
    [
        *(("status_tag", "status_mark", code) for code in tones.CASE_STATUS),
        *(("priority", "priority_mark", code) for code in tones.PRIORITY),
    ],
)
def test_a_row_says_of_a_state_what_its_tag_says(whole: str, row: str, code: str) -> None:
    drawn, marked = (show(f'{{% {name} "{code}" %}}') for name in (whole, row))
    assert said(marked) == said(drawn)
    icon = re.search(r"icons\.svg#([\w-]+)", drawn)
    assert icon
    assert f" i-{icon[1]}" in marked
