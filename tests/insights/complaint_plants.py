"""Violations of what must hold for complaints; ``TAKENUP`` stands for one that was reopened."""

from tests.insights.plants import plant

STORED = (
    "INSERT INTO documents_storedfile (id, title, content_type, size, sha256, stored_as,"
    " created_at) SELECT gen_random_uuid(), 'planted', 'PDF', {}, repeat('a', 64), 'planted-' || n,"
    " c.created_at FROM generate_series(1, {}) n, cases_case c WHERE c.id = TAKENUP"
).format
EVIDENCE = (
    "INSERT INTO complaints_evidence (complaint_id, file_id, position)"
    " SELECT TAKENUP, id, row_number() OVER () FROM documents_storedfile WHERE title = 'planted'"
)
A_DRAFT = (
    "INSERT INTO complaints_complaintdraft (id, person_id, typed, form_key, begun_at, saved_at)"
    " SELECT gen_random_uuid(), min(id), '{}', gen_random_uuid(), now(), now() FROM staff_person"
)
ITS_FILES = (
    "INSERT INTO documents_pendingfile (id, title, content_type, size, sha256, stored_as,"
    " created_at) SELECT gen_random_uuid(), 'planted', 'PDF', 1, repeat('a', 64), 'p-' || n, now()"
    " FROM generate_series(1, 6) n"
)
IN_IT = (
    "INSERT INTO complaints_draftfile (draft_id, file_id, added_at)"
    " SELECT d.id, f.id, now() FROM complaints_complaintdraft d, documents_pendingfile f"
    " WHERE f.title = 'planted'"
)
COMPLAINTS = (
    plant("F2", "files_beyond_the_limits", STORED(1, 6), EVIDENCE),  # one too many
    plant("F2", "files_beyond_the_limits", STORED(10 * 1024 * 1024 + 1, 1), EVIDENCE),
    plant("F2", "files_beyond_the_limits", STORED(0, 1), EVIDENCE),
    plant("F2", "files_beyond_the_limits", A_DRAFT, ITS_FILES, IN_IT),
    plant("F2", "evidence_told_otherwise", STORED(1, 1), EVIDENCE),
    plant(
        "W18",
        "complaints_linked_untold",
        "INSERT INTO complaints_complainant (complaint_id, name, phone, email, service_address,"
        " customer_type, account_said) VALUES (TAKENUP, 'Ann', '1', '', '', '', '')",
    ),
    plant(
        "W15",
        "decisions_told_otherwise",
        "UPDATE cases_case SET status = 'RESOLVED', closing_note = 'other', ended_at = now(),"
        " ended_by_id = created_by_id WHERE id = TAKENUP",
    ),
    plant(
        "W15",
        "disputes_that_fence_otherwise",
        "UPDATE consumers_accounthold SET to_on = current_date - 1"
        " WHERE source = (SELECT number FROM cases_case WHERE id = TAKENUP)",
    ),
    plant(
        "R7",
        "complaint_receipts_that_nobody_owes",
        "DELETE FROM owed_owedwork WHERE kind = 'complaints.receipt'",
    ),
    plant(
        "BEY6",
        "ratings_told_otherwise",
        "INSERT INTO complaints_rating (complaint_id, stars, rated_at) VALUES (TAKENUP, 3, now())",
    ),
    plant("W15", "complaints_reopened_otherwise", "DELETE FROM complaints_reopening"),
    plant(
        "W15",
        "complaints_reopened_too_late",
        "UPDATE complaints_reopening SET had_ended_at = had_ended_at - interval '400 days'",
    ),
    plant(
        "W15",
        "disputes_that_fence_otherwise",
        "UPDATE consumers_accounthold SET amount = 1"
        " WHERE source = (SELECT number FROM cases_case WHERE id = TAKENUP)",
    ),
    plant(
        "W15",
        "disputes_that_fence_otherwise",
        "UPDATE consumers_accounthold SET lifted_at = now(), lifted_by_id = placed_by_id"
        " WHERE source = (SELECT number FROM cases_case WHERE id = TAKENUP)",
    ),
    plant(
        "W18",
        "complaints_filed_otherwise",
        "UPDATE complaints_complaint SET category_id ="
        " (SELECT max(id) FROM complaints_complaintcategory)",
    ),
    plant(
        "W18",
        "complaints_without_what_or_who",
        "UPDATE cases_case SET consumer_id = NULL WHERE id = TAKENUP",
    ),
)
