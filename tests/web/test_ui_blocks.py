"""The components that hold others, the things to press, and the components of cases and lists."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.template import engines
from django.utils import timezone

from smart360.web.shown import Link, RailStep, SlaClock, SlaInterval, ThreadMessage, TimelineEntry
from smart360.web.templatetags.ui.lists import spark_points

AT = datetime(2024, 12, 10, 20, 45, tzinfo=UTC)
DUE = datetime(2024, 12, 11, 15, 30, tzinfo=UTC)
DAY = timedelta(hours=24)


@pytest.fixture(autouse=True)
def _in_springfield() -> Iterator[None]:
    with timezone.override("America/Chicago"):
        yield


def show(source: str, **values: Any) -> str:
    """The source rendered with the components loaded."""
    return engines["django"].from_string("{% load ui %}" + source).render(values)


# ------------------------------------------------------------------ blocks
def test_a_panel_is_named_by_its_title() -> None:
    shown = show('{% panel "Request information" %}inside{% endpanel %}')
    assert 'id="request-information" aria-labelledby="request-information-h"' in shown
    assert '<h2 id="request-information-h">Request information</h2>' in shown


def test_a_panel_can_refresh_itself() -> None:
    shown = show('{% panel "SLA" id="sla" refresh_url="/x" %}{% endpanel %}')
    assert 'hx-get="/x" hx-trigger="case-changed from:body" hx-target="this"' in shown


def test_what_stands_in_a_block_keeps_its_markup() -> None:
    for source in (
        '{% step "A" id="a" state="open" %} {% icon "check" %} {% endstep %}',
        '{% fact_block "A" %} {% icon "check" %} {% endfact_block %}',
        '{% dialog "A" id="a" %}{% icon "check" %}{% enddialog %}',
        '{% scroll "A" %}{% icon "check" %}{% endscroll %}',
    ):
        assert "<svg" in show(source), source


def test_a_missing_fact_is_two_dashes() -> None:
    assert "<dd>--</dd>" in show('{% fact "Meter" value %}', value=None)
    assert "<dd>0</dd>" in show('{% fact "Used" value %}', value=0)


@pytest.mark.parametrize(
    "source",
    [
        '{% panel "A" link_url="/x" %}{% endpanel %}',
        "{% facts columns=9 %}{% endfacts %}",
        '{% note tone="pink" %}{% endnote %}',
        '{% note tone="red" role="dialog" %}{% endnote %}',
        '{% note tone="red" icon="none" %}{% endnote %}',
        '{% step "A" id="a" state="half" %}{% endstep %}',
        '{% button "A" kind="loud" %}',
        '{% button "A" type="reset" %}',
        '{% button "A" onclick="x()" %}',
        '{% link_button "A" "" %}',
        '{% crumbs "A" "/a" %}',
        '{% empty "A" action_url="/x" %}',
        '{% sort_head "A" direction="up" %}',
        "{% rail words %}",
        "{% timeline words %}",
        "{% tabs words label='x' %}",
        "{% views words %}",
        "{% message words %}",
        "{% sla_clock words %}",
        "{% field words %}",
    ],
)
def test_a_wrong_value_raises(source: str) -> None:
    with pytest.raises((ValueError, TypeError)):
        show(source, words=["word"])


@pytest.mark.parametrize(
    "make",
    [
        lambda: RailStep("Requested", "perhaps"),
        lambda: ThreadMessage("BOTH", "x", AT, "x"),
    ],
)
def test_a_wrong_code_raises(make: Any) -> None:
    with pytest.raises(ValueError, match="is none of"):
        make()


# ------------------------------------------------------------------ things to press
def test_a_submit_button_says_that_it_is_sending() -> None:
    assert 'data-busy="Submitting …"' in show('{% button "Submit Request" %}')
    assert "data-busy" not in show('{% button "Copy" type="button" %}')


def test_a_button_carries_its_key_and_htmx() -> None:
    shown = show('{% button "A" key="a" hx_post="/x" hx_target="#y" %}')
    assert 'data-key="a"' in shown
    assert 'hx-post="/x" hx-target="#y"' in shown


def test_a_one_button_form_carries_token_key_and_fields() -> None:
    shown = show(
        '{% post_button "Resume" "/x" form_key=key fields=fields hx_target="#case-header" %}',
        csrf_token="TOKEN",
        key="KEY",
        fields={"version": 3},
    )
    assert 'name="csrfmiddlewaretoken" value="TOKEN"' in shown
    assert 'name="form_key" value="KEY"' in shown
    assert 'name="version" value="3"' in shown
    assert 'hx-post="/x" hx-target="#case-header" hx-swap="outerHTML"' in shown


def test_a_dialog_opens_by_its_address_where_there_is_no_javascript() -> None:
    assert 'href="#hold"' in show('{% opener "Put on Hold" opens="hold" %}')
    assert '<dialog class="s-dialog" id="hold"' in show('{% dialog "A" id="hold" %}{% enddialog %}')


# ------------------------------------------------------------------ a case
def clock(state: Any = "ON_TRACK", **values: Any) -> Any:
    given = {"at": AT, "due_at": DUE, "original_due_at": DUE, "within": DAY, **values}
    return SlaClock(state, **given)


def test_the_clock_shows_the_sample_of_the_documents() -> None:
    """AC008: due December 11 09:30; 18 hours 45 minutes remain at December 10 14:45."""
    shown = show("{% sla_clock clock %}", clock=clock(acknowledged_in=timedelta(minutes=90)))
    assert "Dec 11, 2024, 09:30 AM" in shown
    assert ">18 h 45 m</time>" in shown
    assert "Acknowledged in 1.50 h" in shown
    assert 'role="timer" aria-label="Time remaining"' in shown
    assert 'value="22"' in shown


def test_the_clock_names_the_target_that_is_breached() -> None:
    shown = show("{% sla_clock clock %}", clock=clock("BREACHED", breach="response since 01:30 PM"))
    assert "Breached: response since 01:30 PM" in shown
    assert ">18 h 45 m</time>" in shown


def test_after_a_pause_both_due_dates_are_there_and_the_reason() -> None:
    later = DUE + timedelta(days=1)
    paused = clock(
        "PAUSED",
        due_at=later,
        resumes_at=later - timedelta(hours=3),
        paused=timedelta(days=1),
        intervals=[SlaInterval(AT, None, is_counted=False, reason="Waiting for consumer")],
    )
    shown = show("{% sla_clock clock %}", clock=paused)
    assert "Adjusted due" in shown
    assert "<s><time" in shown
    assert "Paused to <time" in shown
    assert "Dec 12</time>" in shown
    assert "3 h 00 m left then" in shown
    assert "Why this time?" in shown
    assert "Waiting for consumer" in shown
    assert "data-countdown" not in shown


def test_an_ended_case_has_no_running_clock() -> None:
    ended = clock("MET", ended_at=AT, resolved_in=timedelta(hours=5))
    shown = show("{% sla_clock clock %}", clock=ended)
    assert "5.00 h" in shown
    assert "data-countdown" not in shown


def test_the_rail_says_where_the_request_stands() -> None:
    steps = [RailStep("Requested", "done", "Dec 10"), RailStep("Acknowledged", "now")]
    shown = show("{% rail steps %}", steps=steps)
    assert shown.count('aria-current="step"') == 1
    assert "<b>Acknowledged</b>" in shown


def test_the_timeline_has_a_heading_for_each_local_day() -> None:
    late = datetime(2024, 12, 11, 5, 0, tzinfo=UTC)  # still December 10 in Springfield
    entries = [TimelineEntry(late, "Later"), TimelineEntry(AT, "Earlier", detail="Sarah")]
    shown = show("{% timeline entries %}", entries=entries)
    assert shown.count("s-day") == 1
    assert "Tuesday, December 10, 2024" in shown


def test_an_internal_note_cannot_be_taken_for_a_message() -> None:
    shown = show("{% message m %}", m=ThreadMessage("WITHIN", "Lisa Wilson", AT, "a\nb"))
    assert "is-internal" in shown
    assert "Internal note" in shown
    assert "to customer" not in shown
    assert "a<br>b" in shown


def test_a_failed_message_can_be_tried_again() -> None:
    failed = ThreadMessage(
        "TO_CONSUMER",
        "Smart360",
        AT,
        "x",
        delivery="FAILED",
        problem="Mailbox full",
        retry_url="/r",
    )
    shown = show("{% message m %}", m=failed, csrf_token="T")
    assert "Not delivered" in shown
    assert "Mailbox full" in shown
    assert 'action="/r"' in shown


# ------------------------------------------------------------------ lists
def test_a_figure_card_is_a_link_and_tells_its_line_in_words() -> None:
    shown = show('{% kpi "Pending" 38 url="/x" current=True series=series %}', series=[29, 31, 38])
    assert '<a class="s-kpi" href="/x" aria-current="true">' in shown
    assert "Pending over the last seven months: 29, 31, 38" in shown


def test_a_sparkline_of_equal_values_is_flat() -> None:
    assert spark_points([5, 5, 5]) == [(2.0, 32.0), (46.0, 32.0), (90.0, 32.0)]


def test_tabs_say_which_is_open() -> None:
    links = [Link("Details", "/d", is_current=True, key="1"), Link("Timeline", "/t", count="4")]
    shown = show('{% tabs links label="Request" %}', links=links)
    assert '<a class="nav-link" href="/d" aria-current="page" data-key="1">' in shown
    assert shown.count("aria-current") == 1


def test_a_sorted_column_says_so() -> None:
    shown = show('{% sort_head "Due" url="/x" direction="ascending" numeric=True %}')
    assert 'aria-sort="ascending"' in shown
    assert "s-num" in shown


def test_the_pager_offers_only_what_is_there() -> None:
    shown = show('{% pager "1 of 1" %}')
    assert "Previous" not in shown
    assert 'rel="next"' in show('{% pager "1 of 2" next_url="/n" %}')
