"""Giving a case to somebody."""

from datetime import datetime

import pytest

from disconnections.operations import close_request
from smart360.cases.models import Case
from smart360.cases.operations import UnableToAssign, assign
from smart360.comms.models import Notice
from smart360.staff.choices import Role
from smart360.trail.choices import Event
from smart360.trail.models import Entry
from tests.conftest import MakePerson, MakeRequest


def test_assign_to_oneself(make_request: MakeRequest, person: MakePerson, at: datetime) -> None:
    made, sarah = make_request(), person(Role.CSE)
    assign(case=made.pk, to=sarah, by=sarah, at=at)
    assign(case=made.pk, to=sarah, by=sarah, at=at)  # pressed twice
    assert Case.objects.get(pk=made.pk).assignee == sarah
    entry = Entry.objects.get(case=made.case, kind=Event.ASSIGNED)
    assert (entry.old, entry.new) == ({"assignee": None}, {"assignee": sarah.pk})


def test_somebody_elses_case_is_not_taken(
    make_request: MakeRequest, person: MakePerson, at: datetime
) -> None:
    made, sarah, robert = make_request(), person(Role.CSE), person(Role.RECOVERY)
    assign(case=made.pk, to=sarah, by=sarah, at=at)
    with pytest.raises(UnableToAssign, match="Assigned to Sarah Johnson already"):
        assign(case=made.pk, to=robert, by=robert, at=at)
    supervisor = person(Role.SUPERVISOR)
    assign(case=made.pk, to=robert, by=supervisor, at=at)
    assert Case.objects.get(pk=made.pk).assignee == robert


def test_only_a_supervisor_gives_work_to_others(
    make_request: MakeRequest, person: MakePerson, at: datetime
) -> None:
    made = make_request()
    with pytest.raises(UnableToAssign) as refusal:
        assign(case=made.pk, to=person(Role.CSE), by=person(Role.CSE), at=at)
    assert refusal.value.http_status == 403


def test_work_goes_only_to_people_who_work_on_requests(
    make_request: MakeRequest, person: MakePerson, at: datetime
) -> None:
    made = make_request()
    with pytest.raises(UnableToAssign, match="does not work on requests"):
        assign(case=made.pk, to=person(Role.TECHNICIAN), by=person(Role.SUPERVISOR), at=at)


def test_an_ended_case_is_not_assigned(
    make_request: MakeRequest, person: MakePerson, at: datetime
) -> None:
    made, sarah = make_request(), person(Role.CSE)
    close_request(case=made.pk, reason="DUPLICATE", note="", by=sarah, at=at)
    with pytest.raises(UnableToAssign, match="This is Closed, last changed by Sarah Johnson"):
        assign(case=made.pk, to=sarah, by=sarah, at=at)


def test_whoever_is_given_it_hears_of_it(
    make_request: MakeRequest, person: MakePerson, at: datetime
) -> None:
    """Once, with one line; who takes it, and who is given what they have, hears nothing."""
    made, sarah, boss = make_request(), person(Role.CSE), person(Role.SUPERVISOR)
    assign(case=made.pk, to=sarah, by=boss, at=at, seen=None)
    assign(case=made.pk, to=sarah, by=boss, at=at)
    given = Notice.objects.filter(sentence__endswith="is assigned to you")
    notice = given.get()
    assert (notice.person, notice.case) == (sarah, made.case)
    assert notice.sentence == f"{made.case.number} is assigned to you"
    assert Entry.objects.filter(case=made.case, kind=Event.ASSIGNED).count() == 1
    assign(case=made.pk, to=boss, by=boss, at=at)
    assert given.count() == 1
    assign(case=made.pk, to=sarah, by=boss, at=at)
    assert given.filter(person=sarah).count() == 2


def test_what_changed_meanwhile_is_not_given_away(
    make_request: MakeRequest, person: MakePerson, at: datetime
) -> None:
    made, sarah, robert = make_request(), person(Role.CSE), person(Role.RECOVERY)
    boss = person(Role.SUPERVISOR)
    assign(case=made.pk, to=sarah, by=sarah, at=at)
    with pytest.raises(UnableToAssign, match="Assigned to Sarah Johnson meanwhile") as refusal:
        assign(case=made.pk, to=robert, by=boss, at=at, seen=None)
    assert refusal.value.http_status == 409
    assert Entry.objects.filter(case=made.case, kind=Event.ASSIGNED).count() == 1
    assign(case=made.pk, to=robert, by=boss, at=at, seen=sarah.pk)
    assert Case.objects.get(pk=made.pk).assignee == robert
