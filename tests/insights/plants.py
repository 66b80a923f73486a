"""One violation for each oracle, planted by the owner past every guard.

``OPEN``, ``ENDED`` and ``BOOKED`` stand for three cases: one in progress that was held and
answered, one closed, one new with a booked slot; ``MESSAGE`` for the first message of ``OPEN``;
``PAID`` for the payment of its consumer of which a part went back.
"""

from dataclasses import dataclass

DROP = "ALTER TABLE {} DROP CONSTRAINT {}".format
ENTRY = (
    "INSERT INTO trail_entry (case_id, kind, at, old, new, case_version, seq, previous_hash, hash)"
    " VALUES ({}, '{}', now(), '{{}}', '{}', {}, 90, '', '')"
).format


@dataclass(frozen=True)
class Plant:
    """What is done, in SQL, and which oracle must see it; ``urls`` are addresses not ours."""

    id: str
    find: str
    sql: tuple[str, ...]
    urls: str = ""


def plant(id_: str, find: str, *sql: str, urls: str = "") -> Plant:
    """A violation of ``id_`` that the oracle called ``find`` sees."""
    return Plant(id_, find, sql, urls)


ERASED = (
    "UPDATE consumers_consumer SET erased_at = now()"
    " WHERE id = (SELECT consumer_id FROM cases_case WHERE id = OPEN)"
)
SECOND_ALERT = (
    "INSERT INTO cases_alert (case_id, metric, level, was_due_at, raised_at)"
    " VALUES (OPEN, 'RESPONSE', 'WARNING', now(), now())"
)
MESSAGE_LIKE = (
    "INSERT INTO comms_message (case_id, consumer_id, channel, direction, visibility, at, by_id,"
    " template_id, is_statutory, to_id, subject_id, body_id, dedupe_key)"
    " SELECT case_id, consumer_id, channel, direction, visibility, at, by_id, template_id,"
    " is_statutory, to_id, subject_id, body_id, {} FROM comms_message WHERE id = {}"
).format

TARIFF = (
    "INSERT INTO billing_tariff (name, utility_type, category_id, valid, fixed_charge)"
    " SELECT 'Planted', 'WATER', min(id), '[2020-01-01,)', 1 FROM consumers_category"
)
INVOICE = (
    "INSERT INTO billing_invoice (number, kind, state, consumer_id, period_from, period_to,"
    " version, made_at, issued_on, due_on, billed, outstanding, deposit, uses_deposit, applied,"
    " inputs_hash)"
    " SELECT {}, 'REGULAR', 'ISSUED', consumer_id, '2024-11-01', '2024-11-30', 1, now(),"
    " '2024-12-01', '2024-12-21', {}, 0, 0, false, 0, '' FROM cases_case WHERE id = OPEN"
).format
SECTION = (
    "INSERT INTO billing_invoicesection (invoice_id, service_connection_id, utility_type,"
    " tariff_id, from_on, to_on, meter_number, device_number, meter_type, unit, basis,"
    " consumption, amount)"
    " SELECT (SELECT id FROM billing_invoice WHERE number = {}), s.id, s.utility_type,"
    " (SELECT max(id) FROM billing_tariff), '{}', '2024-11-30', '', '', '', '', 'NO_METER', 0, 0"
    " FROM consumers_serviceconnection s JOIN cases_case c ON c.consumer_id = s.consumer_id"
    " WHERE c.id = {} ORDER BY s.id LIMIT 1"
).format
COUNTED = "UPDATE billing_invoicecounter SET last_number = {}".format
UNPOSTED = DROP("billing_invoice", "an_issued_invoice_is_posted")

BILLS = (
    plant("M9", "invoice_numbers_with_a_gap", INVOICE(1, 0), INVOICE(3, 0), COUNTED(3)),
    plant("M9", "invoice_numbers_beyond_the_counter", INVOICE(1, 0), COUNTED(2)),
    plant(
        "M9",
        "invoice_numbers_given_twice",
        DROP("billing_invoice", "invoice_number_is_unique"),
        INVOICE(1, 0),
        INVOICE(1, 0),
        COUNTED(1),
    ),
    plant(
        "M12", "invoices_that_do_not_add_up", UNPOSTED, TARIFF, INVOICE(1, 5),
        SECTION(1, "2024-11-01", "OPEN"),
    ),
    plant("M12", "invoices_posted_otherwise", UNPOSTED, INVOICE(1, 5)),
    plant(
        "M12", "days_billed_twice", TARIFF, INVOICE(1, 0), INVOICE(2, 0),
        SECTION(1, "2024-11-01", "OPEN"), SECTION(2, "2024-11-30", "OPEN"),
    ),
    plant(
        "M12", "days_passed_over", TARIFF, INVOICE(1, 0), INVOICE(2, 0),
        SECTION(1, "2024-11-01", "OPEN"), SECTION(2, "2024-11-30", "OPEN"),
        "UPDATE billing_invoicesection SET to_on = '2024-11-29' WHERE from_on = '2024-11-01'",
        "UPDATE billing_invoice SET taken_back_at = now() WHERE number = 1",
    ),
    plant(
        "M12", "sections_of_somebody_else", TARIFF, INVOICE(1, 0),
        SECTION(1, "2024-11-01", "ENDED"),
    ),
)  # fmt: skip
"""Of invoices."""

MERGED = (
    "INSERT INTO consumers_accountmerge (merged_id, survivor_id, status_before, reason_id, made_at,"
    " made_by_id, undone_at, undone_by_id, undo_reason_id, in_transaction)"
    " SELECT p.consumer_id, c.consumer_id, 'ACTIVE', t.id, '2000-01-01', s.id, {}, 0"
    " FROM billing_payment p, cases_case c, (SELECT min(id) AS id FROM trail_personaltext) t,"
    " (SELECT min(id) AS id FROM staff_person) s WHERE p.id = PAID AND c.id = ENDED"
).format
STANDS, UNDONE = MERGED("NULL, NULL, NULL"), MERGED("now(), s.id, t.id")
MERGES = (
    plant(
        "W20",
        "merges_that_lead_nowhere",
        "UPDATE consumers_consumer SET merged_into_id = id WHERE id ="
        " (SELECT consumer_id FROM cases_case WHERE id = OPEN)",
    ),
    plant("W20", "merges_that_lead_nowhere", STANDS),
    plant("M3", "merged_accounts_with_money", STANDS),
    plant(
        "M2", "transfers_unlike_their_merge", UNDONE,
        "INSERT INTO billing_balancetransfer (merge_id, amount, posting_out_id, posting_in_id)"
        " SELECT max(m.id), 1, max(t.id) - 1, max(t.id)"
        " FROM consumers_accountmerge m, billing_ledgertransaction t",
    ),
)  # fmt: skip
"""Of two accounts of one household."""

FINAL = (
    "INSERT INTO billing_invoice (number, kind, state, consumer_id, case_id, period_from,"
    " period_to, version, made_at, issued_on, due_on, approved_at, approved_by_id, billed,"
    " outstanding, deposit, uses_deposit, applied, inputs_hash)"
    " SELECT {0}, 'FINAL', '{1}', consumer_id, id, '2024-12-01', '2024-12-15', 1, now(),"
    " '2024-12-10', '2024-12-30', now(), (SELECT min(id) FROM staff_person), 0, {2}, 50, true, {3},"
    " '' FROM cases_case WHERE id = {4}"
).format
"""Number, state, outstanding, deposit applied of 50, request: a final bill of nothing."""
APPROVED = FINAL(900, "APPROVED", 100, 50, "OPEN")
POSTED = "(SELECT posting_id FROM billing_payment WHERE id = PAID)"
FINAL_BILLS = (
    plant("M4", "balances_paid_otherwise", "UPDATE billing_payment SET amount = 1 WHERE id = PAID"),
    plant(
        "M5",
        "bills_unlike_the_identity",
        DROP("billing_invoice", "a_deposit_is_applied_up_to_what_is_owed"),
        FINAL(900, "APPROVED", 100, 60, "OPEN"),
    ),
    plant(
        "M6",
        "bills_unlike_their_sums",
        "ALTER TABLE billing_invoice ALTER COLUMN due DROP EXPRESSION",
        APPROVED,
        "UPDATE billing_invoice SET due = 1",
    ),
    plant("M7", "deposits_used_otherwise", APPROVED),
    plant(
        "M7",
        "deposits_used_without_a_bill",
        f"UPDATE billing_ledgertransaction SET kind = 'DEPOSIT_APPLIED' WHERE id = {POSTED}",
    ),
    plant("M8", "bills_unlike_their_draft", APPROVED),
    plant(
        "M8",
        "bills_taken_back_otherwise",
        APPROVED,
        "UPDATE billing_invoice SET taken_back_at = now()",
    ),
    plant(
        "M10",
        "requests_with_two_bills",
        "DROP INDEX a_request_has_one_live_final_bill",
        FINAL(900, "DRAFT", 100, 50, "OPEN"),
        FINAL(901, "DRAFT", 100, 50, "OPEN"),
    ),
    plant("M10", "drafts_of_closed_requests", FINAL(900, "DRAFT", 100, 50, "ENDED")),
    plant(
        "M11",
        "bills_of_another_balance",
        APPROVED,
        f"UPDATE billing_invoice SET posting_id = {POSTED}",
    ),
    plant(
        "M14",
        "postings_after_the_freeze",
        "UPDATE consumers_serviceconnection SET billing_frozen_at = '2020-01-01'",
        f"UPDATE billing_ledgertransaction SET kind = 'FEE' WHERE id = {POSTED}",
        "UPDATE billing_ledgerentry SET service_connection_id = (SELECT min(s.id)"
        "  FROM consumers_serviceconnection s JOIN cases_case c ON c.consumer_id = s.consumer_id"
        f" WHERE c.id = OPEN) WHERE transaction_id = {POSTED}",
    ),
    plant("M16", "bills_without_paper", APPROVED),
    plant(
        "M16",
        "papers_that_were_exchanged",
        APPROVED,
        "INSERT INTO documents_storedfile (id, title, content_type, size, sha256, stored_as,"
        " created_at) VALUES (gen_random_uuid(), 'Other', 'PDF', 1, repeat('a', 64), 'x', now())",
        "UPDATE billing_invoice SET pdf_id = (SELECT id FROM documents_storedfile"
        " WHERE title = 'Other')",
    ),
)
"""Of final bills."""

PROMISED = (
    "INSERT INTO consumers_accounthold (consumer_id, kind, from_on, to_on, source, placed_at)"
    " SELECT consumer_id, 'ARRANGEMENT', '2024-12-10', '{0}', 'PA-2024-000900', now()"
    "   FROM cases_case WHERE id = OPEN;"
    "INSERT INTO billing_arrangement (number, consumer_id, total, state, made_at, made_by_id,"
    " after_posting, next_due_on, hold_id, reason)"
    " SELECT source, consumer_id, 200, 'RUNNING', now(), (SELECT min(id) FROM staff_person),"
    "        999999999, to_on, id, '' FROM consumers_accounthold WHERE source = 'PA-2024-000900';"
    "INSERT INTO billing_instalment (arrangement_id, due_on, amount)"
    " SELECT id, day::date, {1} FROM billing_arrangement,"
    "        unnest('{{2024-12-20,2025-01-20}}'::text[]) AS due (day)"
    "  WHERE number = 'PA-2024-000900'"
).format
ARRANGEMENTS = (
    plant("BIL8", "arrangements_of_another_sum", PROMISED("2024-12-20", 99)),
    plant(
        "BIL8",
        "arrangements_without_their_hold",
        PROMISED("2024-12-20", 100),
        "UPDATE consumers_accounthold SET to_on = '2025-12-20' WHERE source = 'PA-2024-000900'",
    ),
    plant(
        "BIL8",
        "arrangements_ended_without_their_line",
        PROMISED("2024-12-20", 100),
        "UPDATE billing_arrangement SET state = 'KEPT', ended_at = now()"
        " WHERE number = 'PA-2024-000900'",
    ),
    plant(
        "BIL8",
        "arrangements_kept_without_paying",
        PROMISED("2025-01-20", 100),
        "UPDATE consumers_consumerfigures SET balance = 200"
        " WHERE consumer_id = (SELECT consumer_id FROM cases_case WHERE id = OPEN)",
    ),
    plant(
        "M3",
        "invoices_of_another_balance",
        "INSERT INTO billing_invoice (number, kind, state, consumer_id, period_from, period_to,"
        " version, made_at, issued_on, due_on, billed, outstanding, deposit, uses_deposit, applied,"
        " inputs_hash, posting_id)"
        " SELECT 900, 'REGULAR', 'ISSUED', consumer_id, '2024-11-01', '2024-11-30', 1, now(),"
        "        '2024-12-10', '2024-12-30', -150, 12345, 0, false, 0, '', posting_id"
        "   FROM billing_payment WHERE id = PAID",
    ),
)
"""Of payment arrangements, and of what a statement of account begins at."""

ORDER = (
    "INSERT INTO fieldwork_serviceorder (number, template_id, kind, name, description, consumer_id,"
    " case_id, address, area, priority, status, scheduled_on, technician_id, assigned_at,"
    " estimated_minutes, remarks, created_at, ended_at, completion, cancelled_because)"
    " SELECT 'SO-2024-000090', (SELECT min(id) FROM fieldwork_ordertemplate), '{1}', 'Planted', '',"
    " consumer_id, id, '', '', 'HIGH', '{0}', '2024-12-16',"
    " CASE WHEN '{0}' = 'ASSIGNED' THEN (SELECT min(person_id) FROM fieldwork_technician) END,"
    " CASE WHEN '{0}' = 'ASSIGNED' THEN now() END, 60, '', now(),"
    " CASE WHEN '{0}' = 'COMPLETED' THEN now() END, '', '' FROM cases_case WHERE id = {2}"
).format
"""Status, type, request: a service order of an hour on December 16."""
TECHNICIAN = (
    "INSERT INTO fieldwork_technician (person_id, areas, minutes_a_day, is_active)"
    " SELECT min(id), '{}', 480, true FROM staff_person"
)
DAY = (
    "INSERT INTO fieldwork_technicianday (technician_id, day, minutes, planned)"
    " SELECT min(person_id), '2024-12-16', 480, {} FROM fieldwork_technician"
).format
RUN = (
    "INSERT INTO disconnections_nonpaymentrun (state, reason_id, overdue, amount_from, categories,"
    " areas, expected, wanted, amount, to_approve, excluded, left_out, names_of_reasons,"
    " alone_up_to, proposed_at, proposed_by_id, started_at, started_by_id, undone_because, after,"
    " looked_at, made, undone) SELECT 'DONE', min(r.id), 30, 1, '{{}}', '{{}}', 1, 1, 1, 0, 0,"
    " '{{}}', '{{}}', {}, now(), min(p.id), now(), min(p.id), '', 0, 1, 1, 0"
    " FROM disconnections_reason r, staff_person p WHERE r.is_for_debt"
).format
RECORD = (
    "INSERT INTO disconnections_runaccount (run_id, consumer_id, outcome, outcome_at, outstanding,"
    " overdue, reasons, findings, request_id) SELECT r.id, o.consumer_id, '{}', now(), 1, 30,"
    " '{{}}', '[]', c.id FROM disconnections_nonpaymentrun r, cases_case c, cases_case o"
    " WHERE c.id = OPEN AND o.id = {}"
).format

RUNS = (
    plant("DIS13", "outcomes_that_do_not_follow", RUN(50), RECORD("CUT", "OPEN")),
    plant("DIS13", "runs_miscounted", RUN(50)),
    plant("DIS13", "requests_of_somebody_else", RUN(50), RECORD("CREATED", "BOOKED")),
    plant(
        "BEY5",
        "runs_started_alone",
        DROP("disconnections_nonpaymentrun", "a_large_run_takes_two_people"),
        RUN(0),
    ),
)
EXECUTED = (
    "INSERT INTO disconnections_execution (request_id, service_order_id, permanence,"
    " account_status, items_done, executed_at, executed_by_id, in_transaction)"
    " SELECT {0}, max(id), 'PERMANENT', 'INACTIVE', 6, now(), (SELECT min(id) FROM staff_person), 0"
    " FROM fieldwork_serviceorder"
).format
DONE = ORDER("COMPLETED", "DISCONNECTION", "OPEN")
COMPLETED_LINE = ENTRY("OPEN", "COMPLETED", '{"status": "COMPLETED", "order": "SO"}', 91)
EXECUTIONS = (
    plant("W9", "executions_half_done", DONE, EXECUTED("OPEN")),
    plant("W9", "services_still_on", DONE, EXECUTED("OPEN")),
    plant("W11", "accounts_not_ended", DONE, EXECUTED("OPEN")),
    plant(
        "W10",
        "completions_without_execution",
        COMPLETED_LINE,
        "UPDATE cases_case SET status = 'COMPLETED', ended_at = now() WHERE id = OPEN",
    ),
    plant(
        "W12",
        "meters_moved_otherwise",
        DONE,
        EXECUTED("OPEN"),
        DROP("disconnections_executedmeter", "a_removed_meter_has_its_movement"),
        "INSERT INTO disconnections_executedmeter"
        " (execution_id, service_connection_id, meter_id, action)"
        " SELECT OPEN, a.service_connection_id, a.meter_id, 'REMOVE'"
        " FROM consumers_meterassignment a LIMIT 1",
    ),
)

VERDICT = (
    "INSERT INTO disconnections_protectionverdict (case_id, stage, at, answer, findings, facts)"
    " VALUES (OPEN, 'EXECUTION', now() - interval '1 hour', '{}', '[{{\"answer\": \"{}\"}}]',"
    " '{{}}')"
).format
PROTECTIONS = (
    plant(
        "W10",
        "executed_though_blocked",
        VERDICT("BLOCKED", "BLOCKED"),
        DONE,
        EXECUTED("OPEN"),
    ),
    plant(
        "W14",
        "executed_without_approval",
        "INSERT INTO cases_approval (case_id, because, asked_at, reason, state, decided_at,"
        " decided_by_id, note) SELECT OPEN, '[]', now(), 'Planted', 'REJECTED', now(), min(id),"
        " 'No' FROM staff_person",
        DONE,
        EXECUTED("OPEN"),
    ),
    plant(
        "W10",
        "sent_though_it_waits",
        TECHNICIAN,
        ORDER("ASSIGNED", "DISCONNECTION", "OPEN"),
        "UPDATE cases_case SET status = 'ON_HOLD' WHERE id = OPEN",
        "UPDATE cases_hold SET ended_at = NULL WHERE case_id = OPEN",
    ),
    plant("W10", "verdicts_that_do_not_follow", VERDICT("ALLOW", "BLOCKED")),
    plant("W14", "approvals_nobody_asked_for", VERDICT("NEEDS_APPROVAL", "NEEDS_APPROVAL")),
    plant(
        "W10",
        "rules_about_nothing",
        "UPDATE disconnections_protectionrule SET reasons = '{GONE}' WHERE code = 'MEDICAL'",
    ),
)

FIELD_WORK = (
    plant("W7", "technicians_days_miscounted", TECHNICIAN, DAY(60)),
    plant("W7", "assignments_without_a_day", TECHNICIAN, ORDER("ASSIGNED", "REPAIR", "OPEN")),
    plant(
        "W7",
        "days_that_are_overplanned",
        TECHNICIAN,
        DROP("fieldwork_technicianday", "a_day_is_never_overplanned"),
        DAY(481),
    ),
    plant("W15", "orders_that_outlive_their_request", ORDER("SCHEDULED", "REPAIR", "ENDED")),
    plant(
        "W5",
        "orders_about_somebody_else",
        ORDER("SCHEDULED", "REPAIR", "OPEN"),
        "INSERT INTO fieldwork_orderedservice (service_order_id, service_connection_id)"
        " SELECT o.id, r.service_connection_id FROM fieldwork_serviceorder o,"
        " disconnections_requestedservice r WHERE r.request_id = BOOKED",
    ),
    plant(
        "W10",
        "orders_without_their_kind_of_request",
        ORDER("SCHEDULED", "RECONNECTION", "OPEN"),
    ),
    plant("R7", "reports_that_nobody_owes", ORDER("COMPLETED", "REPAIR", "OPEN")),
    plant("W3", "orders_without_their_line", ORDER("SCHEDULED", "REPAIR", "OPEN")),
    plant(
        "R4",
        "form_keys_without_their_order",
        "INSERT INTO web_formkey (key, person_id, act, about, result, created_at)"
        " SELECT gen_random_uuid(), min(id), 'fieldwork.create_service_order', '', 'SO-2024-99',"
        " now() FROM staff_person",
    ),
)
"""Of service orders and of those who carry them out."""

PLANTS = (
    *EXECUTIONS,
    # ---------------------------------------------------------------- requests
    plant(
        "W1",
        "accounts_with_two_open_requests",
        "DROP INDEX one_open_request_per_account",
        "UPDATE cases_case SET consumer_id = (SELECT consumer_id FROM cases_case WHERE id = OPEN)"
        " WHERE id = BOOKED",
    ),
    plant(
        "W1",
        "guards_that_do_not_match",
        "DELETE FROM consumers_guard"
        " WHERE placed_by = (SELECT number FROM cases_case WHERE id = OPEN)",
    ),
    plant(
        "W2",
        "statuses_reached_by_no_arrow",
        'UPDATE trail_entry SET new = \'{"status": "COMPLETED"}\''
        " WHERE case_id = OPEN AND case_version = 2",
    ),
    plant(
        "W2",
        "holds_that_do_not_match_the_status",
        "UPDATE cases_hold SET ended_at = NULL WHERE case_id = OPEN",
    ),
    plant(
        "W3",
        "status_changes_without_their_line",
        "DELETE FROM trail_entry WHERE case_id = OPEN AND case_version = 3",
    ),
    plant(
        "W3",
        "ends_that_do_not_match",
        "UPDATE cases_case SET ended_by_id = NULL WHERE id = ENDED",
    ),
    plant(
        "W4",
        "acknowledgements_that_do_not_match",
        "UPDATE cases_case SET acknowledged_at = acknowledged_at - interval '1 second'"
        " WHERE id = OPEN",
    ),
    plant(
        "W4",
        "responses_that_do_not_match",
        "UPDATE cases_case SET responded_at = NULL, responded_by_id = NULL WHERE id = OPEN",
    ),
    plant(
        "W5",
        "types_that_do_not_follow",
        "UPDATE cases_case SET kind = 'RECONNECTION' WHERE id = OPEN",
    ),
    plant(
        "W5",
        "services_of_somebody_else",
        "UPDATE disconnections_requestedservice SET service_connection_id = (SELECT"
        " service_connection_id FROM disconnections_requestedservice WHERE request_id = BOOKED)"
        " WHERE request_id = OPEN",
    ),
    plant(
        "W6",
        "dates_that_could_not_be_asked_for",
        "UPDATE disconnections_disconnectionrequest SET preferred_on = '2024-12-09'"
        " WHERE case_id = BOOKED",
    ),
    plant(
        "W7",
        "slots_miscounted",
        "UPDATE disconnections_slotday SET booked = booked + 1",
    ),
    plant(
        "W7",
        "places_held_by_closed_requests",
        "UPDATE disconnections_disconnectionrequest SET (slot_id, booking_id, preferred_on) ="
        " (SELECT slot_id, booking_id, preferred_on FROM disconnections_disconnectionrequest"
        " WHERE case_id = BOOKED) WHERE case_id = ENDED",
    ),
    plant(
        "W7",
        "slots_that_overlap",
        DROP("disconnections_timeslot", "slots_of_a_day_do_not_overlap"),
        "INSERT INTO disconnections_timeslot (starts, ends, capacity, is_active)"
        " SELECT starts, ends, 1, true FROM disconnections_timeslot",
    ),
    plant(
        "W8",
        "locks_without_their_line",
        "UPDATE consumers_profilelock SET expires_at = 'infinity', token = 7",
    ),
    plant(
        "W8",
        "tokens_used_twice",
        "INSERT INTO trail_entry (consumer_id, kind, at, actor_id, old, new, seq, previous_hash,"
        " hash) SELECT consumer_id, kind, at, (SELECT min(id) FROM staff_person), old, new, 0, '',"
        " '' FROM trail_entry WHERE kind = 'PROFILE_LOCKED'",
        "INSERT INTO trail_entry (consumer_id, kind, at, actor_id, old, new, seq, previous_hash,"
        " hash) SELECT consumer_id, kind, at, (SELECT max(id) FROM staff_person), old, new, 0, '',"
        " '' FROM trail_entry WHERE kind = 'PROFILE_LOCKED'",
    ),
    plant(
        "W12",
        "meters_in_two_places",
        DROP("consumers_meterassignment", "a_meter_is_assigned_once_at_a_time"),
        DROP("consumers_meterassignment", "a_connection_has_one_meter_at_a_time"),
        "INSERT INTO consumers_meterassignment (meter_id, service_connection_id, during)"
        " SELECT meter_id, service_connection_id, during FROM consumers_meterassignment",
    ),
    plant(
        "W12",
        "meters_at_work_elsewhere",
        "UPDATE consumers_meter SET place = 'DECOMMISSIONED'",
    ),
    plant(
        "W12",
        "movements_that_break_off",
        "INSERT INTO consumers_inventorymovement"
        " (meter_id, from_place, to_place, cause, moved_at)"
        " SELECT min(id), 'ON_SITE', 'DECOMMISSIONED', '', now() FROM consumers_meter",
    ),
    plant(
        "W12",
        "devices_on_two_meters",
        DROP("consumers_meter", "consumers_meter_device_id_key"),
        "UPDATE consumers_meter SET device_id = (SELECT min(device_id) FROM consumers_meter)",
    ),
    plant(
        "W12",
        "meters_on_the_wrong_utility",
        "UPDATE consumers_meter SET utility_type = 'WATER'",
    ),
    plant(
        "W13",
        "readings_that_fall",
        "INSERT INTO consumers_reading (meter_id, value, read_on, verification)"
        " SELECT meter_id, value - 1, read_on + 1, verification FROM consumers_reading",
    ),
    plant(
        "W13",
        "readings_of_the_future",
        "INSERT INTO consumers_reading (meter_id, value, read_on, verification)"
        " SELECT meter_id, value + 1, '2999-01-01', verification FROM consumers_reading",
    ),
    plant(
        "W15",
        "statuses_after_the_end",
        ENTRY("ENDED", "RESUMED", '{"status": "IN_PROGRESS"}', 9),
    ),
    plant(
        "W15",
        "ends_at_which_work_goes_on",
        "UPDATE cases_case SET next_alert_at = now() WHERE id = ENDED",
    ),
    plant(
        "W16",
        "closing_reasons_that_say_nothing",
        DROP("cases_case", "closing_for_another_reason_says_which"),
        "UPDATE cases_case SET closing_reason = 'OTHER', closing_note = E'  a   b\\u200b  \\n  '"
        " WHERE id = ENDED",
    ),
    plant(
        "W16",
        "closing_reasons_that_say_nothing",
        DROP("cases_case", "a_rejected_complaint_says_why"),
        "UPDATE cases_case SET status = 'REJECTED', closing_reason = '',"
        " closing_note = E'  too sh\\u200b  \\n  ort' WHERE id = ENDED",
    ),
    plant(
        "W17",
        "cases_neither_current_nor_past",
        DROP("cases_case", "an_ended_case_says_when"),
        "UPDATE cases_case SET ended_at = NULL WHERE id = ENDED",
    ),
    plant(
        "W17",
        "tallies_that_differ_from_the_cases",
        "DELETE FROM cases_tallychange WHERE id = (SELECT min(id) FROM cases_tallychange)",
    ),
    plant(
        "W17",
        "late_tallies_that_differ_from_the_cases",
        "INSERT INTO cases_latetally (kind, topic, quarter_at, count)"
        " VALUES ('COMPLAINT', '', '2020-01-01 00:15+00', 1)",
    ),
    plant(
        "W17",
        "months_that_differ_from_their_days",
        "INSERT INTO cases_monthtally (standing, kind, topic, month, count)"
        " VALUES ('LATE', 'DISCONNECTION', '', '2020-01-01', 1)",
    ),
    plant(
        "W18",
        "subcategories_of_another_category",
        DROP("consumers_consumer", "subcategory_belongs_to_the_category"),
        "INSERT INTO consumers_category (name, is_active) VALUES ('Planted', true)",
        "UPDATE consumers_consumer SET category_id = (SELECT max(id) FROM consumers_category)",
    ),
    plant(
        "W20",
        "numbers_given_twice",
        "UPDATE cases_case SET number = 'REC' || substr(number, 4) WHERE id = OPEN",
        DROP("consumers_consumer", "account_number_is_unique"),
        "UPDATE consumers_consumer SET account_number = 'ACC-1'",
    ),
    plant(
        "W20",
        "tracking_links_shared",
        DROP("disconnections_disconnectionrequest", "tracking_token_is_unique"),
        "UPDATE disconnections_disconnectionrequest SET tracking_token = 'one'",
    ),
    # ---------------------------------------------------------------- clocks
    plant(
        "T1",
        "due_times_that_were_not_promised",
        "UPDATE cases_case SET due_at = due_at + interval '1 second' WHERE id = ENDED",
    ),
    plant(
        "T1",
        "holds_without_their_line",
        "DELETE FROM cases_hold WHERE case_id = OPEN",
    ),
    plant(
        "T1",
        "assignees_without_their_line",
        "UPDATE cases_case c SET assignee_id = (SELECT min(p.id) FROM staff_person p"
        " WHERE p.id IS DISTINCT FROM c.assignee_id) WHERE c.id = OPEN",
    ),
    plant(
        "T2",
        "clocks_that_differ_from_history",
        "UPDATE cases_case SET breaches_at = breaches_at + interval '1 second' WHERE id = BOOKED",
    ),
    plant(
        "T2",
        "ended_clocks_that_differ_from_history",
        "UPDATE cases_case SET status = 'CLOSED', closing_reason = 'CANCELLED', warns_at = NULL,"
        " ended_at = created_at + interval '30 hours', breaches_at = NULL WHERE id = BOOKED",
    ),
    plant(
        "T3",
        "alerts_that_nobody_raised",
        "UPDATE cases_case SET next_alert_at = '2020-01-01' WHERE id = BOOKED",
    ),
    plant(
        "T3",
        "holds_that_nobody_ended",
        "UPDATE cases_hold SET ended_at = NULL, at_resume_by = 'RESUMES', since = '2020-01-01',"
        " resume_by = '2020-01-02' WHERE case_id = OPEN",
    ),
    plant(
        "T3",
        "alerts_raised_twice",
        DROP("cases_alert", "an_alert_is_raised_once"),
        SECOND_ALERT,
        SECOND_ALERT,
    ),
    plant("T3", "alerts_without_their_line", SECOND_ALERT),
    plant(
        "T3",
        "alerts_that_are_overlooked",
        "UPDATE cases_case SET next_alert_at = NULL WHERE id = BOOKED",
    ),
    plant(
        "T4",
        "moments_in_the_future",
        "UPDATE comms_delivery SET state_at = now() + interval '1 hour' WHERE message_id = MESSAGE",
    ),
    plant(
        "T5",
        "hours_that_are_shown_wrongly",
        "UPDATE cases_case SET acknowledged_at = created_at - interval '1 hour' WHERE id = OPEN",
    ),
    # ---------------------------------------------------------------- messages
    plant(
        "N1",
        "messages_that_nobody_owes",
        "DELETE FROM owed_owedwork WHERE kind = 'comms.deliver'",
    ),
    plant(
        "N1",
        "events_that_nobody_was_told_of",
        "UPDATE comms_message SET dedupe_key = 'planted' WHERE id = MESSAGE",
    ),
    plant(
        "N1",
        "messages_that_nobody_wished",
        "UPDATE cases_case SET notifies_consumer = false WHERE id = OPEN",
    ),
    plant(
        "N2",
        "work_that_waits_too_long",
        "UPDATE owed_owedwork SET next_at = '2020-01-01'",
    ),
    plant(
        "N2",
        "messages_that_wait_too_long",
        "UPDATE comms_delivery SET state_at = '2020-01-01'",
    ),
    plant(
        "N2",
        "deliveries_without_a_timeline_line",
        "UPDATE comms_delivery SET state = 'SENT' WHERE message_id = MESSAGE",
    ),
    plant(
        "N2",
        "deliveries_without_an_end",
        "DELETE FROM comms_delivery WHERE message_id = MESSAGE",
    ),
    plant(
        "N3",
        "messages_said_twice",
        DROP("comms_message", "a_message_is_said_once"),
        MESSAGE_LIKE("dedupe_key", "MESSAGE"),
    ),
    plant(
        "N3",
        "notices_rung_twice",
        DROP("comms_notice", "a_person_is_told_once_of_an_event"),
        *[
            (
                "INSERT INTO comms_notice (person_id, sentence, path, is_urgent, dedupe_key, at)"
                " SELECT min(id), 'x', '/', false, 'x', now() FROM staff_person"
            )
        ]
        * 2,
    ),
    plant(
        "N3",
        "deliveries_told_twice",
        *[
            ENTRY("OPEN", "MESSAGE_DELIVERED", '{"message": 1}', "NULL").replace("90", seq)
            for seq in ("90", "91")
        ],
    ),
    plant(
        "N4",
        "internal_messages_that_go_out",
        DROP("comms_delivery", "only_consumer_messages_go_out"),
        DROP("comms_delivery", "a_delivery_is_as_visible_as_its_message"),
        "UPDATE comms_delivery SET visibility = 'INTERNAL' WHERE message_id = MESSAGE",
    ),
    plant(
        "N4",
        "messages_of_what_never_happened",
        MESSAGE_LIKE(
            "'request.received:' || (SELECT number FROM cases_case WHERE id = OPEN) || ':2'",
            "MESSAGE",
        ),
    ),
    plant(
        "N6",
        "words_that_were_changed",
        "UPDATE trail_personaltext SET text = 'planted'",
    ),
    plant(
        "N6",
        "words_that_do_not_match_the_timeline",
        ENTRY("OPEN", "NOTE_ADDED", "{}", "NULL"),
    ),
    # ---------------------------------------------------------------- money
    plant(
        "M1",
        "postings_that_do_not_balance",
        "UPDATE billing_ledgertransaction SET legs = 3",
    ),
    plant(
        "M2",
        "reversals_that_do_not_mirror",
        "UPDATE billing_ledgerentry SET amount = 2 * amount WHERE transaction_id ="
        " (SELECT id FROM billing_ledgertransaction WHERE reverses_id IS NOT NULL)",
    ),
    plant(
        "M2",
        "postings_reversed_twice",
        DROP("billing_ledgertransaction", "billing_ledgertransaction_reverses_id_key"),
        "INSERT INTO billing_ledgertransaction (kind, consumer_id, reverses_id, reference,"
        " valued_on, legs, posted_at) SELECT kind, consumer_id, reverses_id, reference,"
        " valued_on, legs, posted_at FROM billing_ledgertransaction WHERE reverses_id IS NOT NULL",
    ),
    plant(
        "M3",
        "balances_that_are_not_the_sum",
        "UPDATE billing_ledgeraccount SET balance = balance + 1 WHERE kind = 'RECEIVABLE'",
    ),
    plant(
        "M3",
        "figures_that_differ_from_the_ledger",
        "UPDATE consumers_consumerfigures SET deposit = deposit + 1",
    ),
    plant(
        "M3",
        "totals_that_differ_from_the_ledger",
        "INSERT INTO consumers_balancechange (change) VALUES (0.01)",
    ),
    plant("W17", "accounts_without_figures", "DELETE FROM consumers_consumerfigures"),
    plant(
        "W17",
        "services_in_another_area",
        "UPDATE consumers_serviceconnection SET area = 'Planted'",
    ),
    plant(
        "W17",
        "tallies_that_differ_from_the_accounts",
        "UPDATE consumers_consumer SET status = 'COLLECTION'",
    ),
    plant(
        "M13",
        "payments_recorded_twice",
        "DROP INDEX a_payment_reference_is_used_once",
        "UPDATE billing_payment SET reference = 'one'",
    ),
    plant(
        "M13",
        "form_keys_without_their_payment",
        "INSERT INTO web_formkey (key, person_id, act, about, result, created_at)"
        " SELECT gen_random_uuid(), min(id), 'billing.record_payment', '', 'PAY-0', now()"
        " FROM staff_person",
    ),
    plant(
        "M2",
        "reversals_that_differ_from_their_payment",
        DROP("billing_reversal", "a_reversal_is_decided_by_another"),
        "UPDATE billing_reversal SET decided_by_id = proposed_by_id",
    ),
    plant(
        "M15",
        "refunds_that_one_person_decided",
        DROP("billing_refund", "a_large_refund_takes_two_people"),
        "UPDATE billing_refund SET needs_second_person = true, decided_by_id = proposed_by_id",
    ),
    plant(
        "M15",
        "refunds_that_differ_from_the_ledger",
        "UPDATE billing_refund SET amount = amount + 1",
    ),
    plant(
        "M15",
        "refunds_beyond_the_credit",
        "UPDATE billing_ledgerentry SET amount = amount + 1000 WHERE transaction_id ="
        " (SELECT posting_id FROM billing_payment WHERE id = PAID)",
    ),
    plant(
        "M17",
        "payments_that_differ_from_the_ledger",
        "UPDATE billing_payment SET amount = amount + 1 WHERE id = PAID",
    ),
    # ---------------------------------------------------------------- the rest
    plant(
        "A1",
        "rights_that_nobody_should_have",
        "GRANT UPDATE (text) ON trail_personaltext TO smart360_app",
    ),
    plant(
        "A1",
        "triggers_that_a_setting_silences",
        "CREATE OR REPLACE FUNCTION _pgtrigger_should_ignore(trigger_name name) RETURNS boolean"
        " LANGUAGE sql AS $$ SELECT current_setting('pgtrigger.ignore', true) IS NOT NULL $$",
    ),
    plant("A1", "triggers_that_are_off"),  # they are off while anything is planted
    plant(
        "A2",
        "broken_chains",
        "UPDATE trail_entry SET at = at - interval '1 second' WHERE case_id = OPEN AND seq = 2",
    ),
    plant("A2", "broken_chains", "DELETE FROM trail_entry WHERE case_id = OPEN AND seq = 2"),
    plant(
        "A2",
        "broken_chains",
        "UPDATE trail_entry SET text_id = (SELECT min(id) FROM trail_personaltext)"
        " WHERE case_id = OPEN AND seq = 2",
    ),
    plant(
        "F5",
        "rows_without_their_file",
        "INSERT INTO documents_storedfile (id, title, content_type, size, sha256, stored_as,"
        " created_at) VALUES (gen_random_uuid(), 'x', 'PDF', 1, repeat('0', 64), 'gone', now())",
    ),
    plant(
        "F5",
        "uploads_without_their_file",
        "INSERT INTO documents_pendingfile (id, title, content_type, size, sha256, stored_as,"
        " created_at) VALUES (gen_random_uuid(), 'x', 'PDF', 1, repeat('0', 64), 'gone', now())",
    ),
    plant("R1", "settings_that_lose_writes"),  # as the servers of tests run
    plant(
        "R4",
        "form_keys_without_their_request",
        "UPDATE web_formkey SET result = 'DIS-2024-999999'",
    ),
    plant(
        "R5",
        "constraints_that_prove_nothing",
        "ALTER TABLE cases_case ADD CONSTRAINT planted CHECK (version > 0) NOT VALID",
    ),
    plant("R5", "rules_that_are_missing", "DROP INDEX one_open_request_per_account"),
    plant(
        "R7",
        "requests_half_made",
        "DELETE FROM disconnections_requestedservice WHERE request_id = OPEN",
    ),
    plant(
        "R7",
        "receipts_that_nobody_owes",
        "DELETE FROM owed_owedwork WHERE kind = 'disconnections.receipt'",
    ),
    plant(
        "W9",
        "services_left_by_half",
        "UPDATE consumers_serviceconnection SET supply_state = 'MOVED_OUT'"
        " WHERE consumer_id = (SELECT consumer_id FROM cases_case WHERE id = OPEN)",
    ),
    plant("R8", "people_erased_by_half", ERASED),
    plant(
        "R8",
        "words_of_the_erased",
        ERASED,
        "INSERT INTO trail_personaltext (text, digest) VALUES ('Her dog bites', repeat('0', 64))",
        "INSERT INTO consumers_consumernote (consumer_id, text_id, written_at, written_by_id)"
        " SELECT consumer_id, (SELECT max(id) FROM trail_personaltext), now(),"
        " (SELECT min(id) FROM staff_person) FROM cases_case WHERE id = OPEN",
    ),
    plant(
        "R8",
        "papers_owed_to_the_erased",
        ERASED,
        "INSERT INTO owed_owedwork (queue, kind, dedupe_key, about, state, attempts, owed_at,"
        " next_at, last_error) SELECT 'PDF', 'complaints.receipt', 'receipt:X',"
        " jsonb_build_object('case', OPEN), 'FAILED', 8, now(), now(), ''",
    ),
    plant("X1", "views_that_declare_nothing", urls="tests.access.undeclared_urls"),
    plant(
        "X6",
        "roles_held_together",
        "INSERT INTO staff_rolemembership (person_id, group_id, given_at)"
        " SELECT p.id, g.id, now() FROM (SELECT min(id) AS id FROM staff_person) p, auth_group g"
        " ON CONFLICT DO NOTHING",
    ),
    *MERGES,
    *BILLS,
    *FINAL_BILLS,
    *ARRANGEMENTS,
    *FIELD_WORK,
    *RUNS,
    *PROTECTIONS,
)
