"""A decided complaint is taken up again, within its window, by a supervisor (CMP5, W15)."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection

from complaints.models import ComplaintSettings, Reopening
from complaints.operations.deciding import UnableToReopen, reopen_complaint, resolve_complaint
from consumers.models import AccountHold
from smart360.cases.models import Case, Hold
from smart360.cases.operations import assign
from smart360.comms.models import Message, Notice
from smart360.owed.models import OwedWork
from smart360.staff.choices import Role
from smart360.trail.models import Entry
from tests.complaints.conftest import MakeComplaint
from tests.complaints.working import bring_to, in_progress
from tests.conftest import MakeConsumer, MakePerson
from tests.invariants import assert_sound
from tests.looking import checksums

WHY = "The next bill is wrong again."


@pytest.mark.parametrize("state", ["RESOLVED", "REJECTED"])
def test_it_is_in_progress_again(
    make_complaint: MakeComplaint,
    make_consumer: MakeConsumer,
    person: MakePerson,
    at: datetime,
    state: str,
) -> None:
    """One line, one message, one row that says when it had ended; the decision is in the past."""
    complaint, boss = make_complaint(make_consumer()), person(Role.SUPERVISOR)
    bring_to(state, complaint, person(Role.CSE), at)
    ended, later = Case.objects.get(pk=complaint.pk), at + timedelta(days=3)
    owed = OwedWork.objects.count()
    reopen_complaint(case=complaint.pk, words=WHY, by=boss, at=later)
    case = Case.objects.get(pk=complaint.pk)
    assert (case.status, case.ended_at, case.ended_by, case.closing_note) == (
        "IN_PROGRESS", None, None, "",
    )  # fmt: skip
    assert case.version == ended.version + 1
    row = Reopening.objects.get(complaint=complaint)
    assert (row.had_ended_at, row.reopened_at, row.reopened_by) == (at, later, boss)
    entry = Entry.objects.get(case=case, at=later)
    assert (entry.kind, entry.old, entry.new) == (
        "REOPENED", {"status": state}, {"status": "IN_PROGRESS"},
    )  # fmt: skip
    assert entry.text is not None
    assert entry.text.text == WHY
    decided = Entry.objects.select_related("text").get(case=case, kind=state)
    assert decided.text is not None
    assert decided.text.text == ended.closing_note != "", "the record keeps what was decided"
    told = Message.objects.get(case=case, template__code="complaint.reopened")
    assert WHY not in told.body.text, "what colleagues tell each other stays among them"
    assert OwedWork.objects.count() == owed + 1
    assert_sound()


def test_the_time_that_it_had_ended_does_not_count(
    make_complaint: MakeComplaint, person: MakePerson, at: datetime
) -> None:
    """The due time moves by exactly that time; the promise stays as it was."""
    complaint = in_progress(make_complaint(), person, at)
    before = Case.objects.get(pk=complaint.pk)
    assert before.adjusted_due_at is not None
    end = at + timedelta(hours=2)
    resolve_complaint(case=complaint.pk, words="Done.", by=person(Role.CSE), at=end)
    reopen_complaint(
        case=complaint.pk, words=WHY, by=person(Role.SUPERVISOR), at=end + timedelta(days=2)
    )
    after = Case.objects.get(pk=complaint.pk)
    assert after.due_at == before.due_at
    assert after.adjusted_due_at == before.adjusted_due_at + timedelta(days=2)
    pause = Hold.objects.get(case=complaint.pk)
    assert (pause.reason.code, pause.pauses) == ("ENDED_MEANWHILE", True)
    assert (pause.since, pause.ended_at) == (end, end + timedelta(days=2))
    assert_sound()


def test_it_ends_and_comes_back_as_often_as_it_must(
    make_complaint: MakeComplaint, person: MakePerson, at: datetime
) -> None:
    complaint, boss = in_progress(make_complaint(), person, at), person(Role.SUPERVISOR)
    for day in (1, 3):
        end = at + timedelta(days=day)
        resolve_complaint(case=complaint.pk, words="Done.", by=boss, at=end)
        back = end + timedelta(days=1)
        reopen_complaint(case=complaint.pk, words=WHY, by=boss, at=back)
    assert Reopening.objects.filter(complaint=complaint).count() == 2
    codes = ["complaint.resolved", "complaint.reopened"]
    for code in codes:
        assert Message.objects.filter(case=complaint.pk, template__code=code).count() == 2
    assert_sound()


def test_whoever_worked_on_it_hears_of_it(
    make_complaint: MakeComplaint, person: MakePerson, at: datetime
) -> None:
    sarah, boss = person(Role.CSE), person(Role.SUPERVISOR)
    complaint = in_progress(make_complaint(), person, at)
    assign(case=complaint.pk, to=sarah, by=sarah, at=at)
    resolve_complaint(case=complaint.pk, words="Done.", by=sarah, at=at)
    reopen_complaint(case=complaint.pk, words=WHY, by=boss, at=at)
    notice = Notice.objects.get(person=sarah)
    assert notice.sentence == f"{complaint.case.number} was reopened"
    assert notice.path == f"/cx/services/{complaint.case.number}"
    assert not Notice.objects.filter(person=boss).exists()


@pytest.mark.parametrize("seconds", [0, 1])
def test_the_window_ends(
    make_complaint: MakeComplaint, person: MakePerson, at: datetime, seconds: int
) -> None:
    """Its last moment is in it; the next is not, and nothing is left behind."""
    ComplaintSettings.objects.update(reopen_within_days=7)
    complaint, boss = make_complaint(), person(Role.SUPERVISOR)
    bring_to("RESOLVED", complaint, boss, at)
    late = at + timedelta(days=7, seconds=seconds)
    if not seconds:
        assert reopen_complaint(case=complaint.pk, words=WHY, by=boss, at=late).is_open
        return
    before = checksums()
    with pytest.raises(UnableToReopen, match=r"until Dec 17, 2024, 09:30 AM") as refused:
        reopen_complaint(case=complaint.pk, words=WHY, by=boss, at=late)
    assert refused.value.http_status == 409
    assert checksums() == before


@pytest.mark.parametrize("state", ["PENDING", "IN_PROGRESS", "ON_HOLD"])
def test_what_is_open_is_not_reopened(
    make_complaint: MakeComplaint, person: MakePerson, at: datetime, state: str
) -> None:
    complaint, boss = make_complaint(), person(Role.SUPERVISOR)
    bring_to(state, complaint, boss, at)
    with pytest.raises(UnableToReopen) as refused:
        reopen_complaint(case=complaint.pk, words=WHY, by=boss, at=at)
    assert refused.value.http_status == 409


def test_it_says_why(make_complaint: MakeComplaint, person: MakePerson, at: datetime) -> None:
    complaint, boss = make_complaint(), person(Role.SUPERVISOR)
    bring_to("REJECTED", complaint, boss, at)
    with pytest.raises(UnableToReopen, match="required"):
        reopen_complaint(case=complaint.pk, words=" ", by=boss, at=at)
    assert not Reopening.objects.exists()


def test_what_it_disputes_is_fenced_off_again(
    make_complaint: MakeComplaint, make_consumer: MakeConsumer, person: MakePerson, at: datetime
) -> None:
    """BEY14."""
    boss = person(Role.SUPERVISOR)
    complaint = make_complaint(make_consumer(), disputed_amount=Decimal("75.50"))
    bring_to("RESOLVED", complaint, boss, at)
    reopen_complaint(case=complaint.pk, words=WHY, by=boss, at=at + timedelta(days=1))
    holds = AccountHold.objects.filter(source=complaint.case.number).order_by("id")
    assert [(each.amount, each.lifted_at) for each in holds] == [
        (Decimal("75.50"), at), (Decimal("75.50"), None),
    ]  # fmt: skip
    assert_sound()


# ------------------------------------------------------------------ what the database refuses
def test_nothing_but_its_reopening_takes_it_up_again(
    make_complaint: MakeComplaint, person: MakePerson, at: datetime
) -> None:
    """W15, with the operation out of the way."""
    complaint = make_complaint()
    bring_to("RESOLVED", complaint, person(Role.SUPERVISOR), at)
    with pytest.raises(DatabaseError, match="times stay"):  # noqa: SIM117
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE cases_case SET status = 'IN_PROGRESS', ended_at = NULL, ended_by_id = NULL,"
                " closing_note = '' WHERE id = %s", [complaint.pk],
            )  # fmt: skip


@pytest.mark.parametrize("state", ["RESOLVED", "REJECTED"])
def test_what_was_said_at_the_end_is_said_once(
    make_complaint: MakeComplaint, person: MakePerson, at: datetime, state: str
) -> None:
    """W15: the letter said it; only a reopening takes it back."""
    complaint = make_complaint()
    bring_to(state, complaint, person(Role.SUPERVISOR), at)
    with pytest.raises(DatabaseError, match="its end and its times stay"):  # noqa: SIM117
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE cases_case SET closing_note = 'We never said so.' WHERE id = %s",
                [complaint.pk],
            )


def test_a_reopening_too_late_is_refused(
    make_complaint: MakeComplaint, person: MakePerson, at: datetime
) -> None:
    complaint, boss = make_complaint(), person(Role.SUPERVISOR)
    bring_to("RESOLVED", complaint, boss, at)
    with pytest.raises(DatabaseError, match="too late to reopen"):
        Reopening.objects.create(
            complaint=complaint, had_ended_at=at, reopened_at=at + timedelta(days=31),
            reopened_by=boss,
        )  # fmt: skip
