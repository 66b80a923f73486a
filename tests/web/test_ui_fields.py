"""The components of forms: labels, hints, errors, counters, the focus after a refusal."""

from typing import Any

import pytest
from django import forms
from django.template import engines


class Sample(forms.Form):
    """One field of each kind that the pages use."""

    reason = forms.ChoiceField(choices=[("", "Choose"), ("1", "NP-001")], help_text="Why")
    slot = forms.ChoiceField(
        choices=[("", "Any time\nFirst free slot"), ("1", "10:00 AM – 12:00 PM\n1 free")],
        widget=forms.RadioSelect,
    )
    services = forms.MultipleChoiceField(
        choices=[("E", "Electricity"), ("W", "Water")], widget=forms.CheckboxSelectMultiple
    )
    notify = forms.BooleanField(required=False, label="Notify customer")
    notes = forms.CharField(max_length=250, required=False, widget=forms.Textarea)
    token = forms.CharField(widget=forms.HiddenInput, required=False)


def show(source: str, **values: Any) -> str:
    """The source rendered with the components loaded."""
    return engines["django"].from_string("{% load ui %}" + source).render(values)


def test_the_label_stays_the_word_itself() -> None:
    """The asterisk of a required field is drawn by CSS (spec.md, head)."""
    shown = show("{% field form.reason %}", form=Sample())
    assert '<label class="form-label is-required" for="id_reason">Reason</label>' in shown


def test_only_required_fields_are_marked() -> None:
    assert "is-required" not in show("{% field form.notes %}", form=Sample())


def test_an_error_stands_beside_its_field_and_is_read_with_it() -> None:
    shown = show("{% field form.reason %}", form=Sample({}))
    assert 'aria-invalid="true"' in shown
    assert 'aria-describedby="id_reason-error id_reason-hint"' in shown
    assert 'id="id_reason-error"' in shown
    assert "This field is required." in shown


def test_the_focus_goes_to_the_first_wrong_field_only() -> None:
    form = Sample({"reason": "1"})
    assert "autofocus" not in show("{% field form.reason %}", form=form)
    assert show("{% field form.slot %}", form=form).count("autofocus") == 1
    assert "autofocus" not in show("{% field form.services %}", form=form)


def test_the_browser_sets_no_limit_of_its_own() -> None:
    assert "maxlength" not in show("{% field form.notes limit=250 %}", form=Sample())


@pytest.mark.parametrize(
    ("typed", "count"),
    [("", 0), ("a\r\nb", 3), ("e\u0301", 1), ("👨\u200d👩\u200d👧\u200d👦", 7)],
)
def test_the_counter_counts_as_the_server_does(typed: Any, count: Any) -> None:
    """AC006: code points after NFC with LF line ends."""
    shown = show("{% field form.notes limit=250 %}", form=Sample({"notes": typed}))
    assert f"{count} of 250" in shown


def test_a_group_is_a_fieldset_with_its_legend() -> None:
    shown = show('{% field form.services look="inline" %}', form=Sample({"services": ["W"]}))
    assert "<fieldset" in shown
    assert '<legend class="form-label is-required">Services</legend>' in shown
    assert 'value="W" checked' in shown
    assert 'value="E" checked' not in shown


def test_a_slot_shows_its_second_line_small() -> None:
    shown = show('{% field form.slot look="slots" %}', form=Sample(initial={"slot": "1"}))
    assert "<span>10:00 AM – 12:00 PM<small>1 free</small></span>" in shown
    assert 'value="1" checked' in shown


def test_a_single_box_has_its_label_after_it() -> None:
    shown = show("{% field form.notify %}", form=Sample())
    assert '<span class="form-check-label">Notify customer</span>' in shown


def test_a_hidden_field_is_only_itself() -> None:
    assert show("{% field form.token %}", form=Sample()).startswith('<input type="hidden"')


def test_what_was_typed_is_shown_escaped() -> None:
    shown = show("{% field form.notes %}", form=Sample({"notes": "</textarea><script>"}))
    assert "<script>" not in shown


def test_a_bare_control_has_a_name_and_shows_that_it_is_set() -> None:
    shown = show('{% control form.reason heard="Reason" %}', form=Sample({"reason": "1"}))
    assert 'aria-label="Reason"' in shown
    assert "is-set" in shown
    wrong = show('{% control form.reason heard="Reason" %}', form=Sample({}))
    assert 'aria-describedby="id_reason-error"' in wrong
    assert 'id="id_reason-error"' in wrong


def test_the_summary_links_to_each_wrong_field() -> None:
    shown = show("{% error_summary form %}", form=Sample({}))
    assert '<a href="#id_reason">Reason: This field is required.</a>' in shown
    assert '<a href="#id_slot_0">Slot: This field is required.</a>' in shown
    assert 'role="alert"' in shown


def test_there_is_no_summary_when_all_is_well() -> None:
    assert show("{% error_summary form %}", form=Sample()).strip() == ""


def test_a_refusal_of_the_whole_form_takes_the_focus_itself() -> None:
    form = Sample({"reason": "1", "slot": "1", "services": ["E"]})
    form.add_error(None, "That slot has just been taken")
    shown = show("{% error_summary form %}", form=form)
    assert "That slot has just been taken" in shown
    assert "data-focus" in shown


def test_the_search_box_is_a_combobox_that_works_as_a_plain_input() -> None:
    shown = show('{% combobox "Search consumer" id="q" search_url="/s" chosen_name="account" %}')
    assert '<label class="form-label" for="q">Search consumer</label>' in shown
    assert 'role="combobox"' in shown
    assert 'name="q"' in shown
    assert 'data-chosen="account"' in shown
