"""Violations of what must hold for complaints; ``TAKENUP`` stands for one that was reopened."""

from tests.insights.plants import plant

COMPLAINTS = (
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
