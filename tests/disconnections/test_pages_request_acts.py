"""The acts on a request and what is said about it, as a browser meets them."""

import re
from datetime import datetime
from uuid import uuid4

import pytest
from django.test import Client

from smart360.cases import operations as cases
from smart360.cases.choices import CaseStatus
from smart360.comms.models import Message
from smart360.organisation.models import Utility
from smart360.staff.choices import Role
from tests.conftest import MakeConsumer, MakePerson, MakeRequest, SetClock
from tests.disconnections.browsing import (
    HTMX,
    LIST,
    ClientAs,
    at_path,
    hold_data,
    page_of,
)

pytestmark = pytest.mark.django_db


# ------------------------------------------------------------------ acts
class TestActs:
    def test_the_one_button_changes_with_the_status(
        self, client_as: ClientAs, make_request: MakeRequest, stands: SetClock
    ) -> None:
        """AC010, AC011: Acknowledgement, then Put on Hold, then Resume; each moves the status."""
        asked = make_request()
        client = client_as(Role.CSE)
        html = page_of(client, at_path(asked))
        assert "Acknowledgement</button>" in html
        assert ">Put on Hold<" not in html
        stands.go_on(minutes=10)
        answer = client.post(at_path(asked, "/acknowledge"))
        assert answer.status_code == 302
        assert answer["Location"] == at_path(asked)
        html = page_of(client, at_path(asked))
        assert "In Progress" in html
        assert "Acknowledgement</button>" not in html
        assert 'data-opens="hold"' in html
        assert client.post(at_path(asked, "/hold"), hold_data()).status_code == 302
        html = page_of(client, at_path(asked))
        assert "On Hold" in html
        assert re.search(r"Resume</button>", html)
        stands.go_on(minutes=10)
        assert client.post(at_path(asked, "/resume")).status_code == 302
        html = page_of(client, at_path(asked))
        assert 'data-opens="hold"' in html
        asked.case.refresh_from_db()
        assert asked.case.status == CaseStatus.IN_PROGRESS

    def test_htmx_gets_the_fresh_top_and_an_event(
        self, client_as: ClientAs, make_request: MakeRequest, stands: SetClock
    ) -> None:
        asked = make_request()
        answer = client_as(Role.CSE).post(at_path(asked, "/acknowledge"), headers=HTMX)
        assert answer.status_code == 200
        assert "case-changed" in answer["HX-Trigger-After-Settle"]
        assert answer["HX-Retarget"] == "#case-top"
        html = answer.content.decode()
        assert 'id="case-top"' in html
        assert "<html" not in html
        assert "In Progress" in html

    @pytest.mark.parametrize("headers", [{}, HTMX])
    def test_the_slower_one_is_told_who_was_faster(
        self,
        headers: dict[str, str],
        client_as: ClientAs,
        make_request: MakeRequest,
        person: MakePerson,
        stands: SetClock,
    ) -> None:
        asked = make_request()
        karen = person(Role.CSE, full_name="Karen Lee")
        cases.acknowledge(case=asked.pk, by=karen, at=stands.go_on(minutes=90))
        answer = client_as(Role.CSE).post(at_path(asked, "/acknowledge"), headers=headers)
        assert answer.status_code == 409
        html = answer.content.decode()
        assert "Acknowledged by Karen Lee at 11:00 AM" in html
        assert 's-note t-blue" id="refusal" role="alert"' in html
        assert 'data-opens="hold"' in html

    @pytest.mark.parametrize("headers", [{}, HTMX])
    def test_a_stale_page_changes_nothing(
        self,
        headers: dict[str, str],
        client_as: ClientAs,
        make_request: MakeRequest,
        stands: SetClock,
    ) -> None:
        asked = make_request()
        client = client_as(Role.CSE)
        for act, sent in (("/resume", {}), ("/hold", hold_data())):
            answer = client.post(at_path(asked, act), sent, headers=headers)
            assert answer.status_code == 409
            assert "Pending" in answer.content.decode()
        asked.case.refresh_from_db()
        assert asked.case.status == CaseStatus.PENDING

    @pytest.mark.parametrize("headers", [{}, HTMX])
    @pytest.mark.parametrize(
        ("wrong", "sentence"),
        [
            ({"reason": ""}, "This field is required."),
            ({"reason": "999999"}, "Select a valid choice."),
            ({"resume_on": "2024-12-09"}, "Choose a moment in the future, within a year"),
            ({"resume_on": "9999-12-31"}, "Choose a moment in the future, within a year"),
            ({"resume_on": "tomorrow"}, "Enter a valid date."),
            ({"resume_at": "25:00"}, "Enter a valid time."),
            ({"at_resume_by": "NEVER"}, "Select a valid choice."),
        ],
    )
    def test_a_wrong_hold_keeps_what_was_typed(
        self,
        headers: dict[str, str],
        wrong: dict[str, str],
        sentence: str,
        client_as: ClientAs,
        make_request: MakeRequest,
        person: MakePerson,
        stands: SetClock,
        at: datetime,
    ) -> None:
        by = person(Role.CSE)
        asked = make_request(by=by)
        cases.acknowledge(case=asked.pk, by=by, at=at)
        sent = hold_data(note="typed words") | wrong
        answer = client_as(by).post(at_path(asked, "/hold"), sent, headers=headers)
        html = answer.content.decode()
        assert answer.status_code == 422
        assert sentence in html
        assert "typed words" in html
        assert ("<html" in html) == (not headers)

    @pytest.mark.parametrize("headers", [{}, HTMX])
    @pytest.mark.parametrize(
        ("sent", "sentence"),
        [
            ({"reason": ""}, "This field is required."),
            ({"reason": "BORED"}, "Select a valid choice."),
            ({"reason": "OTHER", "note": "short"}, "Say in at least 10 characters why"),
            (
                {"reason": "OTHER", "note": " \u200b \u200b \u200b \u200b \u200b \u200b "},
                "characters",
            ),
        ],
    )
    def test_closing_says_why(
        self,
        headers: dict[str, str],
        sent: dict[str, str],
        sentence: str,
        client_as: ClientAs,
        make_request: MakeRequest,
        stands: SetClock,
    ) -> None:
        asked = make_request()
        answer = client_as(Role.CSE).post(at_path(asked, "/close"), sent, headers=headers)
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
        asked.case.refresh_from_db()
        assert asked.case.is_open

    def test_closes_with_a_reason(
        self, client_as: ClientAs, make_request: MakeRequest, stands: SetClock
    ) -> None:
        asked = make_request()
        client = client_as(Role.CSE)
        sent = {"reason": "OTHER", "note": "The building was demolished"}
        assert client.post(at_path(asked, "/close"), sent).status_code == 302
        html = page_of(client, at_path(asked))
        assert "The building was demolished" in html
        assert "Closed" in html
        assert 'data-opens="close"' not in html
        assert client.post(at_path(asked, "/close"), sent).status_code == 409

    def test_assigns_to_me(
        self, client_as: ClientAs, make_request: MakeRequest, person: MakePerson, stands: SetClock
    ) -> None:
        asked = make_request()
        me = person(Role.CSE)
        client = client_as(me)
        assert client.post(at_path(asked, "/assign")).status_code == 302
        asked.case.refresh_from_db()
        assert asked.case.assignee == me
        assert client_as(Role.CSE).post(at_path(asked, "/assign")).status_code == 409
        assert "Assign to me" not in page_of(client, at_path(asked))

    ACTS = ("acknowledge", "hold", "resume", "close", "assign", "notes", "messages", "calls")

    @pytest.mark.parametrize("act", ACTS)
    def test_looking_changes_nothing(
        self, act: str, client_as: ClientAs, make_request: MakeRequest, stands: SetClock
    ) -> None:
        asked = make_request()
        assert client_as(Role.CSE).get(at_path(asked, f"/{act}")).status_code == 405
        asked.case.refresh_from_db()
        assert asked.case.version == 1

    @pytest.mark.parametrize("act", ACTS)
    def test_strangers_and_the_wrong_role_are_refused(
        self, act: str, client_as: ClientAs, make_request: MakeRequest, stands: SetClock
    ) -> None:
        asked = make_request()
        path = at_path(asked, f"/{act}")
        assert Client().post(path).status_code == 302
        out = Client().post(path, headers=HTMX)
        assert out.status_code == 401
        assert "HX-Redirect" in out
        assert client_as(Role.TECHNICIAN).post(path).status_code == 403
        missing = path.replace(asked.case.number, "DIS-2024-999999")
        assert (
            client_as(Role.SUPERVISOR).post(missing, {"form_key": str(uuid4())}).status_code == 404
        )

    @pytest.mark.parametrize("tail", ["", "/top", "/communication", "/timeline"])
    def test_only_those_who_see_requests(
        self, tail: str, client_as: ClientAs, make_request: MakeRequest, stands: SetClock
    ) -> None:
        asked = make_request()
        path = at_path(asked, tail)
        assert Client().get(path).status_code == 302
        assert client_as(Role.TECHNICIAN).get(path).status_code == 403
        assert client_as(Role.DISPATCHER).get(path).status_code == 200
        assert client_as(Role.CSE).post(path).status_code == 405

    def test_the_list_is_for_those_who_see_requests(
        self, client_as: ClientAs, utility: Utility
    ) -> None:
        assert Client().get(LIST).status_code == 302
        assert Client().get(LIST, headers=HTMX).status_code == 401
        assert client_as(Role.TECHNICIAN).get(LIST).status_code == 403
        assert client_as(Role.CSE).post(LIST).status_code == 405


# ------------------------------------------------------------------ words
class TestWords:
    def test_note_message_and_call_stand_in_the_log(
        self, client_as: ClientAs, make_request: MakeRequest, stands: SetClock
    ) -> None:
        asked = make_request()
        client = client_as(Role.CSE)
        for tail, words, more in (
            ("/notes", "Gate code is needed", {}),
            ("/messages", "Mike will visit", {"subject": "Your visit"}),
            ("/calls", "Will be at home", {"direction": "FROM_CONSUMER", "minutes": "4"}),
        ):
            sent = {"words": words, "form_key": str(uuid4()), **more}
            answer = client.post(at_path(asked, tail), sent)
            assert answer.status_code == 302
            assert answer["Location"] == at_path(asked, "/communication")
        html = page_of(client, at_path(asked, "/communication"))
        for shown in (
            "Gate code is needed",
            "Mike will visit",
            "Will be at home",
            "4 min",
            "Internal note",
        ):
            assert shown in html, shown
        asked.case.refresh_from_db()
        assert asked.case.responded_at == stands.at

    def test_the_recipient_is_shown_before_anything_is_sent(
        self, client_as: ClientAs, make_request: MakeRequest, stands: SetClock
    ) -> None:
        html = page_of(client_as(Role.CSE), at_path(make_request(), "/communication"))
        assert "Goes to john.smith@email.com. It counts as the response." in html

    def test_without_an_address_nothing_can_be_sent(
        self,
        client_as: ClientAs,
        make_consumer: MakeConsumer,
        make_request: MakeRequest,
        stands: SetClock,
    ) -> None:
        asked = make_request(make_consumer(email=""))
        client = client_as(Role.CSE)
        html = page_of(client, at_path(asked, "/communication"))
        assert "No e-mail on file" in html
        assert re.search(r'aria-describedby="no-email"[^>]*disabled', html)
        sent = {"words": "Hello", "form_key": str(uuid4())}
        answer = client.post(at_path(asked, "/messages"), sent)
        assert answer.status_code == 422

    @pytest.mark.parametrize("headers", [{}, HTMX])
    @pytest.mark.parametrize("tail", ["/notes", "/messages", "/calls"])
    def test_nothing_said_is_nothing_kept(
        self,
        tail: str,
        headers: dict[str, str],
        client_as: ClientAs,
        make_request: MakeRequest,
        stands: SetClock,
    ) -> None:
        asked = make_request()
        before = Message.objects.count()
        sent = {"words": " \n ", "form_key": str(uuid4()), "direction": "FROM_CONSUMER"}
        answer = client_as(Role.CSE).post(at_path(asked, tail), sent, headers=headers)
        assert answer.status_code == 422
        assert "This field is required." in answer.content.decode()
        assert Message.objects.count() == before

    def test_what_cannot_be_shown_is_refused_and_kept(
        self, client_as: ClientAs, make_request: MakeRequest, stands: SetClock
    ) -> None:
        asked = make_request()
        sent = {"words": "abc\u202edef", "form_key": str(uuid4())}
        answer = client_as(Role.CSE).post(at_path(asked, "/notes"), sent, headers=HTMX)
        assert answer.status_code == 422
        assert "characters that cannot be shown" in answer.content.decode()

    def test_the_same_form_twice_says_it_once(
        self, client_as: ClientAs, make_request: MakeRequest, stands: SetClock
    ) -> None:
        asked = make_request()
        client = client_as(Role.CSE)
        sent = {"words": "Only once", "form_key": str(uuid4())}
        for _ in range(2):
            assert client.post(at_path(asked, "/notes"), sent).status_code == 302
        assert Message.objects.filter(body__text="Only once").count() == 1

    @pytest.mark.parametrize("key", ["", "not-a-key"])
    def test_a_form_without_its_key_is_malformed(
        self, key: str, client_as: ClientAs, make_request: MakeRequest, stands: SetClock
    ) -> None:
        asked = make_request()
        answer = client_as(Role.CSE).post(at_path(asked, "/notes"), {"words": "x", "form_key": key})
        assert answer.status_code == 400

    def test_htmx_gets_an_empty_form_and_the_panels_their_event(
        self, client_as: ClientAs, make_request: MakeRequest, stands: SetClock
    ) -> None:
        asked = make_request()
        sent = {"words": "Gate code", "form_key": str(uuid4())}
        answer = client_as(Role.CSE).post(at_path(asked, "/notes"), sent, headers=HTMX)
        assert answer.status_code == 200
        assert "case-said" in answer["HX-Trigger-After-Settle"]
        html = answer.content.decode()
        assert 'id="note-form"' in html
        assert "Gate code" not in html
        assert sent["form_key"] not in html

    def test_a_quick_action_lands_in_its_form(
        self, client_as: ClientAs, make_request: MakeRequest, stands: SetClock
    ) -> None:
        html = page_of(client_as(Role.CSE), at_path(make_request(), "/communication?write=message"))
        areas = re.findall(r"<textarea[^>]*>", html)
        focused = [area for area in areas if "autofocus" in area]
        assert len(focused) == 1
        assert 'id="message-words"' in focused[0]

    def test_markup_is_shown_as_typed(
        self, client_as: ClientAs, make_request: MakeRequest, stands: SetClock
    ) -> None:
        asked = make_request()
        client = client_as(Role.CSE)
        client.post(at_path(asked, "/notes"), {"words": "<b>x</b>", "form_key": str(uuid4())})
        html = page_of(client, at_path(asked, "/communication"))
        assert "&lt;b&gt;x&lt;/b&gt;" in html
        assert "<b>x</b>" not in html
