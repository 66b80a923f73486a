"""The pure rules."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smart360.comms import rules


def test_a_value_is_never_read_as_a_template() -> None:
    """bad-inputs 61: one pass, so braces in a value stay braces."""
    values = {"consumer_name": "{{ number }}", "number": "{{ consumer_name }}"}
    assert rules.filled("{{consumer_name}} {{ number }}", values) == (
        "{{ number }} {{ consumer_name }}"
    )


@given(st.text(), st.text())
def test_any_text_goes_in_and_comes_out_as_it_is(name: str, around: str) -> None:
    wording = around.replace("{", "").replace("}", "")
    expected = wording + (name or rules.MISSING) + wording
    shown = rules.filled(wording + "{{ consumer_name }}" + wording, {"consumer_name": name})
    assert shown == expected


@pytest.mark.parametrize(
    ("wording", "why"),
    [
        ("Dear {{ consumer_name }}, {{number}}", ""),
        ("50 % of { this } is {% debug %}", ""),
        ("{{ consumer }}", "There is no placeholder {{ consumer }}."),
        ("{{ settings.SECRET_KEY }}", rules.BROKEN_PLACEHOLDER),
        ("{{ number }", rules.BROKEN_PLACEHOLDER),
        ("{{}}", rules.BROKEN_PLACEHOLDER),
        ("x\0y", "Null characters are not allowed."),
        ("pay \u202e evil", "This text contains characters that cannot be shown."),
    ],
)
def test_a_template_is_refused_by_name(wording: str, why: str) -> None:
    assert rules.why_unfit(wording) == why


@given(st.text())
def test_a_header_is_one_line(text: str) -> None:
    """bad-inputs 112."""
    line = rules.one_line(text)
    assert len(line.splitlines()) <= 1
    assert line.isprintable()


def test_a_letter_keeps_its_name() -> None:
    """N3: the same key, the same Message-ID; another key, another one."""
    first = rules.letter_id("request.received:DIS-2024-001234:1", domain="utility.example")
    assert first == rules.letter_id("request.received:DIS-2024-001234:1", domain="utility.example")
    assert first != rules.letter_id("request.received:DIS-2024-001234:2", domain="utility.example")
    assert first.endswith("@utility.example>")


@given(st.emails())
def test_no_address_is_left_in_covered_text(address: str) -> None:
    """X3: whoever may not see e-mail addresses sees none inside a text either."""
    assert address not in rules.without_addresses(f"Write to {address}, please.")


def test_the_consumers_own_link_is_covered() -> None:
    """X3: the link leads to the receipt, which holds what covered text does not."""
    covered = rules.without_addresses("See (https://u.example/track/AbC_d-9). Tracks are fine.")
    assert "AbC_d-9" not in covered
    assert "Tracks are fine." in covered
