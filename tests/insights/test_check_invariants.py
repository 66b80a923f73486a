"""``check_invariants``: it finds what was planted, and nothing where only operations have been."""

import ast
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from disconnections.models import DisconnectionRequest
from disconnections.operations import close_request
from smart360.cases import operations as cases
from smart360.cases.models import HoldReason
from smart360.insights.oracles import EVERY_ORACLE
from smart360.local.environment import ROOT
from smart360.staff.choices import Role
from tests.conftest import MakePerson, MakeRequest
from tests.invariants import assert_sound


@pytest.fixture
def worked_on(
    make_request: MakeRequest, person: MakePerson, at: Any
) -> Callable[[], DisconnectionRequest]:
    """A request to which everything happened but its end."""

    def make() -> DisconnectionRequest:
        by = person(Role.CSE)
        made = make_request(by=by)
        case = made.case_id
        cases.acknowledge(case=case, by=by, at=at + timedelta(minutes=5))
        cases.put_on_hold(
            case=case,
            reason=HoldReason.objects.get(code="WAITING_CONSUMER").pk,
            resume_by=at + timedelta(days=1),
            at_resume_by="RESUMES",
            by=by,
            at=at + timedelta(minutes=10),
        )
        cases.resume(case=case, by=by, at=at + timedelta(minutes=40))
        cases.send_message(
            case=case, subject="Hello", words="We begin.", by=by,
            at=at + timedelta(minutes=50), form_key=uuid4(),
        )  # fmt: skip
        cases.assign(case=case, to=by, by=by, at=at + timedelta(minutes=55))
        return made

    return make


def test_finds_nothing_after_operations(
    worked_on: Callable[[], DisconnectionRequest],
    make_request: MakeRequest,
    person: MakePerson,
    at: Any,
    capsys: pytest.CaptureFixture[str],
) -> None:
    worked_on()
    ended = worked_on()
    close_request(
        case=ended.case_id, reason="CANCELLED", note="", by=person(Role.CSE),
        at=at + timedelta(hours=2),
    )  # fmt: skip
    make_request(notifies_consumer=False)
    assert_sound(at + timedelta(minutes=5))
    call_command("check_invariants", "--only", "W3", "--only", "W1")
    assert "found nothing" in capsys.readouterr().out


def test_an_id_that_nobody_knows_is_a_mistake() -> None:
    with pytest.raises(CommandError, match="W99"):
        call_command("check_invariants", "--only", "W99")


def test_json_is_for_programs(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("check_invariants", "--json", "--only", "A2")
    (answer,) = json.loads(capsys.readouterr().out)
    assert answer["id"] == "A2"
    assert answer["rows"] == []


def test_every_oracle_is_on_the_list() -> None:
    """A public function of an oracles.py that returns rows and is asked by nobody is no oracle."""
    listed = {(oracle.find.__module__, oracle.find.__name__) for oracle in EVERY_ORACLE}
    written = set()
    for path in [*ROOT.glob("*/oracles.py"), *ROOT.glob("smart360/*/oracles.py")]:
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        written |= {(module, name) for name in _oracles_in(path)}
    assert listed == written


def _oracles_in(path: Path) -> set[str]:
    """The functions of a file that return a list of texts."""
    return {
        node.name
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith("_")
        and node.returns is not None
        and ast.unparse(node.returns) == "list[str]"
    }
