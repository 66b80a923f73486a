"""Each row of bad-inputs.md that touches what exists, and the tests that prove its exact answer.

A row that the product answers otherwise on purpose, or not yet, says so in ``NOTES``; what no form
takes yet stands in ``LEFT_OUT``. ``test_rows.py`` holds this table to the tests.
"""

CREATE = "disconnections/test_create_form.py::"
SUBMIT = "disconnections/test_submit_request.py::"
OPERATION = "disconnections/test_create_request.py::"
LIST = "disconnections/test_pages_requests.py::"
ACTS = "disconnections/test_pages_request_acts.py::"
CONSUMERS = "consumers/test_pages_consumers.py::"
SEARCH = "inputs/test_search_rows.py::"
WHOLE = "inputs/test_create_rows.py::test_rows_21_to_57_stand_beside_the_field_and_change_nothing"
BODIES = "inputs/test_bodies.py::"
DOOR = "staff/test_sign_in.py::"
ODD = "access/test_odd_requests.py::"
DETAILS = f"{CREATE}test_wrong_details_are_refused_at_their_field"
SETTLEMENT = "billing/test_pages_settlement.py::"
PAYMENT_PAGES = "billing/test_pages_payments.py::"
SUMS = (
    f"{PAYMENT_PAGES}test_a_wrong_payment_keeps_what_was_typed",
    "billing/test_record_payment.py::test_refuses_and_leaves_nothing_behind",
)
CLOSURE = "disconnections/test_set_closure.py::"
TABLE = "disconnections/test_closure_truth_table.py::"
TAB = "disconnections/test_pages_disconnect.py::"
EXECUTE = "disconnections/test_execute_disconnection.py::"
CLOSED = "disconnections/test_closure_constraints.py::"
CORPUS = "inputs/test_corpus.py::test_no_field_of_an_area_takes_harm"

ROWS: dict[int | str, tuple[str, ...]] = {
    # §1 search and lists
    1: (f"{SEARCH}test_rows_1_and_2_fewer_than_three_ask_nothing",),
    2: (
        f"{SEARCH}test_rows_1_and_2_fewer_than_three_ask_nothing",
        f"{SEARCH}test_row_2_nothing_to_see_asks_nothing",
    ),
    3: (f"{SEARCH}test_rows_3_4_7_11_20_every_sign_is_itself",),
    4: (f"{SEARCH}test_rows_3_4_7_11_20_every_sign_is_itself",),
    6: (f"{SEARCH}test_row_6_too_long",),
    7: (f"{SEARCH}test_rows_3_4_7_11_20_every_sign_is_itself",),
    8: (f"{SEARCH}test_rows_8_and_9_what_people_mean_is_found",),
    9: (
        f"{SEARCH}test_rows_8_and_9_what_people_mean_is_found",
        "consumers/test_search_consumers.py::test_accents_and_case_do_not_matter",
    ),
    10: (f"{SEARCH}test_row_10_markup_is_shown_as_typed",),
    11: (f"{SEARCH}test_rows_3_4_7_11_20_every_sign_is_itself",),
    13: (
        f"{SEARCH}test_rows_13_and_14_odd_parameters_are_ignored",
        f"{LIST}test_the_last_sort_wins",
        f"{LIST}test_filters_combine",
    ),
    14: (
        f"{SEARCH}test_rows_13_and_14_odd_parameters_are_ignored",
        f"{LIST}test_unknown_sorts_mean_the_default",
    ),
    16: (f"{LIST}test_unknown_filters_are_ignored_and_named",),
    17: (f"{LIST}test_wrong_dates_are_told_inline_and_filter_nothing",),
    18: (f"{LIST}test_wrong_dates_are_told_inline_and_filter_nothing",),
    19: (f"{CONSUMERS}test_asking_too_often",),
    20: (f"{SEARCH}test_rows_3_4_7_11_20_every_sign_is_itself",),
    # §2 creating a request
    21: (f"{CREATE}test_empty_form_says_what_is_missing", WHOLE),
    22: (f"{SUBMIT}test_consumer_of_nobody_is_refused",),
    23: (
        f"{SUBMIT}test_second_request_is_refused_with_a_link",
        "disconnections/test_pages_create.py::test_open_request_is_named_with_a_link",
    ),
    24: (
        "disconnections/test_pages_create.py::test_consumer_of_somebody_else_is_named",
        f"{SUBMIT}test_lapsed_hold_is_refused_and_nothing_is_lost",
    ),
    26: (f"{SUBMIT}test_values_that_are_not_asked_for_are_ignored",),
    27: (f"{SUBMIT}test_status_that_changed_meanwhile_is_confirmed_first",),
    28: (
        f"{OPERATION}test_nothing_connected_is_refused",
        "disconnections/test_pages_create.py::test_account_without_services_is_refused",
    ),
    29: (f"{CREATE}test_reason_of_the_other_type_is_refused", DETAILS, WHOLE),
    30: (
        f"{SUBMIT}test_values_that_are_not_asked_for_are_ignored",
        f"{OPERATION}test_ignored_fields_leave_an_audit_line",
    ),
    31: (f"{SUBMIT}test_same_form_twice_makes_one_request",),
    32: (f"{SUBMIT}test_same_key_for_another_account_is_refused",),
    33: (f"{SUBMIT}test_form_without_key_is_malformed",),
    34: (f"{SUBMIT}test_notify_box", f"{SUBMIT}test_notify_box_takes_nothing_else"),
    35: (f"{SUBMIT}test_consumer_without_email",),
    36: (
        f"{SUBMIT}test_consumer_without_meter",
        "disconnections/test_pages_request_detail.py::test_a_service_without_a_meter_shows_dashes",
    ),
    # §3 dates and slots
    37: (DETAILS, f"{OPERATION}test_a_past_date_is_refused", WHOLE),
    39: (f"{CREATE}test_started_slot_is_refused",),
    41: (DETAILS, WHOLE),
    42: (DETAILS, WHOLE),
    44: (DETAILS, f"{OPERATION}test_a_slot_that_nobody_offers_is_refused", WHOLE),
    45: (f"{CREATE}test_slot_that_was_just_taken",),
    46: (f"{CREATE}test_slot_that_was_just_taken",),
    47: ("disconnections/test_pages_admin.py::test_says_when_the_clocks_skip_a_slot",),
    48: (f"{CREATE}test_no_slot_and_no_preference_are_accepted",),
    49: (DETAILS, f"{OPERATION}test_a_holiday_is_refused_by_name", WHOLE),
    # §4 notes and text
    50: ("inputs/test_create_rows.py::test_row_31_and_50_what_is_right_is_kept_as_typed",),
    51: (DETAILS, WHOLE),
    53: (DETAILS, "inputs/test_create_rows.py::test_row_53_letters_are_counted_once_composed"),
    54: (DETAILS, WHOLE),
    55: (
        f"{CREATE}test_notes_are_text_and_nothing_else",
        "disconnections/test_receipt.py::test_notes_are_printed_as_typed",
        "comms/test_read_messages.py::test_words_are_shown_as_typed",
        "comms/test_deliver_message.py::test_text_of_all_kinds_arrives_as_typed",
        CORPUS,
    ),
    56: (
        f"{LIST}test_writes_what_is_filtered",
        "custody/test_import_consumers.py::test_the_report_is_no_formula",
    ),
    57: (DETAILS, WHOLE),
    59: (
        "disconnections/test_receipt.py::test_a_word_of_250_letters_wraps",
        "journeys/test_receipt_and_tracking.py::",
    ),
    61: (
        f"{CREATE}test_notes_are_text_and_nothing_else",
        "comms/test_rules.py::test_a_value_is_never_read_as_a_template",
        "comms/test_send_message.py::test_values_are_never_read_as_templates",
    ),
    # §7 status buttons
    99: (
        f"{ACTS}test_the_slower_one_is_told_who_was_faster",
        "cases/test_acknowledge_case.py::test_a_second_acknowledgement_names_the_first",
    ),
    100: (
        f"{ACTS}test_a_stale_page_changes_nothing",
        "cases/test_acknowledge_case.py::test_buttons_pressed_on_a_stale_page_are_refused",
    ),
    101: (
        f"{ACTS}test_closing_says_why",
        "disconnections/test_close_request.py::test_close_asks_for_what_is_missing",
    ),
    102: (
        f"{ACTS}test_looking_changes_nothing",
        f"{DOOR}test_signing_out_is_a_post",
    ),
    # §5 sums of money, payments and refunds
    62: SUMS,
    64: SUMS,
    65: SUMS,
    66: (SUMS[0],),
    67: (
        f"{PAYMENT_PAGES}test_up_to_the_limit_and_not_a_cent_more",
        "billing/test_record_payment.py::test_the_limit_is_the_policys",
        "billing/test_record_payment.py::test_the_largest_payment_there_can_be",
    ),
    75: (f"{PAYMENT_PAGES}test_sums_and_numbers_of_the_server_are_not_taken_from_the_form",),
    80: (
        f"{PAYMENT_PAGES}test_more_than_the_credit_is_refused_beside_the_field",
        "billing/test_decide_refund.py::test_a_wrong_proposal_is_refused",
    ),
    81: (
        f"{PAYMENT_PAGES}test_a_reference_that_is_recorded_is_a_conflict",
        "billing/test_record_payment.py::test_a_reference_is_used_once",
    ),
    # settlement and bills
    68: (f"{SETTLEMENT}test_no_deposit_no_switch",),
    69: (f"{SETTLEMENT}test_what_the_cards_say",),
    71: (f"{SETTLEMENT}test_the_sample_of_the_documents",),
    72: (f"{SETTLEMENT}test_what_the_cards_say",),
    73: (f"{SETTLEMENT}test_what_the_cards_say",),
    74: (f"{SETTLEMENT}test_the_sample_of_the_documents",),
    76: (f"{SETTLEMENT}test_a_payment_that_landed_meanwhile_is_shown",),
    78: (f"{SETTLEMENT}test_a_missing_reading_is_named",),
    79: (f"{SETTLEMENT}test_approve_and_send_names_amount_and_address",),
    82: (f"{SETTLEMENT}test_a_draft_prints_as_a_draft",),
    # §6 readings
    83: (f"{SETTLEMENT}test_wrong_readings_stand_beside_their_field",),
    84: (f"{SETTLEMENT}test_an_unusual_reading_is_confirmed_by_a_tick",),
    85: (f"{SETTLEMENT}test_wrong_readings_stand_beside_their_field",),
    86: (f"{SETTLEMENT}test_wrong_readings_stand_beside_their_field",),
    88: (f"{CLOSURE}test_a_device_of_another_consumer",),
    89: (
        f"{SETTLEMENT}test_another_services_meter_is_not_linked",
        f"{CLOSURE}test_the_device_of_the_other_utility",
    ),
    91: (
        f"{EXECUTE}test_what_is_missing_is_what_the_server_says",
        f"{TABLE}test_so_many_items_are_enough",
    ),
    92: (f"{TAB}test_a_tick_that_is_disproved_is_refused_with_the_figure",),
    93: (f"{TABLE}test_which_items_do_not_apply",),
    94: (
        f"{TABLE}test_button_and_server_agree_on_each_combination",
        f"{CLOSED}test_only_a_request_in_progress_is_executed",
    ),
    95: (
        f"{TABLE}test_button_and_server_agree_on_each_combination",
        f"{CLOSED}test_who_approves_does_not_execute",
    ),
    96: (f"{TABLE}test_button_and_server_agree_on_each_combination",),
    # §8, as far as consumers have it
    112: (
        "consumers/test_change_profile.py::test_wrong_input_keeps_what_was_typed",
        "comms/test_rules.py::test_a_header_is_one_line",
    ),
    113: ("consumers/test_change_profile.py::test_wrong_input_keeps_what_was_typed",),
    # §9, as far as there is an upload: the utility's logo
    116: ("organisation/test_change_utility.py::test_refuses_what_is_no_logo",),
    118: ("organisation/test_change_utility.py::test_refuses_what_is_no_logo",),
    119: ("organisation/test_change_utility.py::test_refuses_what_is_no_logo",),
    123: ("organisation/test_change_utility.py::test_a_logo_is_rebuilt_from_its_pixels",),
    128: (
        f"{BODIES}test_too_many_fields_and_too_long_texts_are_refused",
        f"{BODIES}test_too_many_files_are_refused",
    ),
    129: (
        f"{BODIES}test_a_body_that_ends_early_is_refused",
        f"{BODIES}test_parts_without_a_boundary_are_refused",
        f"{BODIES}test_a_byte_a_second_holds_no_thread_for_long",
    ),
    130: ("documents/test_store_pdf.py::",),
    # §10 addresses, headers, sessions, administration, export
    132: (
        f"{ODD}test_what_is_not_there_is_404",
        f"{CONSUMERS}test_unknown_accounts_are_404",
    ),
    134: (
        f"{ODD}test_a_post_without_our_token_is_refused",
        f"{ODD}test_a_post_from_another_site_is_refused",
        "inputs/test_http_rows.py::test_row_134_a_form_too_old_keeps_its_text",
        "inputs/test_http_rows.py::test_row_134_a_form_from_elsewhere_keeps_nothing",
    ),
    136: (f"{DOOR}test_a_fragment_after_the_end_of_the_session_leads_to_the_door",),
    137: (
        f"{DOOR}test_a_new_session_begins_at_the_door",
        f"{DOOR}test_signing_out_ends_the_session_everywhere",
        f"{DOOR}test_being_made_inactive_ends_the_session_for_good",
        "staff/test_change_own_settings.py::test_a_new_password_ends_my_other_sessions",
    ),
    138: (
        f"{DOOR}test_the_sixth_wrong_password_is_too_many",
        f"{DOOR}test_one_password_tried_on_many_names_is_too_many",
        f"{DOOR}test_others_at_the_same_address_are_not_locked_out",
    ),
    140: (
        f"{TABLE}test_the_minimum_is_an_administrators",
        "disconnections/test_pages_admin.py::test_a_wrong_slot_is_refused_at_its_field",
        "disconnections/test_pages_admin.py::test_a_wrong_reason_is_refused_at_its_field",
        "disconnections/test_pages_admin.py::test_a_reason_in_use_keeps_what_it_means_and_stays",
        "cases/test_publish_policy.py::test_targets_out_of_order_are_told_in_a_sentence",
    ),
    # "Also run"
    "TRACE": ("inputs/test_http_rows.py::test_other_methods_are_405",),
    "Accept: text/evil": (f"{ODD}test_odd_headers_do_no_harm",),
    "8 kB cookie": (f"{ODD}test_odd_headers_do_no_harm",),
    "application/xml": ("web/test_forms_only.py::test_other_types_are_refused_and_change_nothing",),
    "gzip-bombed body": ("web/test_forms_only.py::test_a_packed_body_is_refused",),
    "export": (
        "inputs/test_http_rows.py::test_the_export_is_streamed_and_capped",
        f"{LIST}test_writes_what_is_filtered",
    ),
    "same corpus against every field": (
        CORPUS,
        "inputs/test_corpus.py::test_the_control_would_find_it",
    ),
}  # fmt: skip
"""Row → its tests. ``file::`` alone names every test of a file."""

NOTES: dict[int | str, str] = {
    1: "The complaint's own search does not exist yet; the rule holds in every search there is.",
    47: "Proved where administrators save a slot; bookings skip the day by the same rule.",
    60: "No address takes JSON: 415 before anything is read.",
    130: "Proved where files are stored; there is no upload that a person waits for yet.",
    138: "Wrong passwords stand in the sign-in log; nobody is alerted of them yet.",
}

LEFT_OUT: dict[str, tuple[range | tuple[int, ...], str]] = {
    "JSON bodies": ((60,), "no address takes JSON"),
    "service order, execution": (
        (87, 90, 97, 98),
        "the field app is not built yet",
    ),
    "rejecting a complaint": ((103,), "complaints are not built yet"),
    "complaint wizard": ((105, 106, 107, 109, 111, 115), "complaints are not built yet"),
    "evidence": ((117, 125, 126, 127), "the only upload is the logo, one picture"),
}
"""Rows without a form today, and why."""
