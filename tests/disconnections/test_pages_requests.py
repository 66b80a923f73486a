"""The landing list, its figures and its export, as a browser meets them."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from consumers.choices import AccountStatus
from consumers.models import ServiceConnection
from disconnections.models import DisconnectionRequest
from disconnections.operations import close_request
from smart360.cases import operations as cases
from smart360.organisation.models import Utility
from smart360.staff.choices import Role
from tests.conftest import MakeConsumer, MakePerson, MakeRequest, SetClock
from tests.disconnections.browsing import (
    HTMX,
    LIST,
    OFF,
    ClientAs,
    at_path,
    numbers_in,
    page_of,
    put_on_hold,
    quoted,
)

pytestmark = pytest.mark.django_db


def account_of(asked: DisconnectionRequest) -> str:
    assert asked.case.consumer is not None
    return asked.case.consumer.account_number


# ------------------------------------------------------------------ the list
class TestList:
    def test_shows_a_row_with_everything(
        self,
        client_as: ClientAs,
        make_consumer: MakeConsumer,
        make_request: MakeRequest,
        stands: SetClock,
    ) -> None:
        asked = make_request(make_consumer(is_vip=True))
        html = page_of(client_as(Role.CSE))
        assert numbers_in(html) == [asked.case.number]
        for shown in (
            "John Michael Smith", account_of(asked), "123 Oak Street",
            "Disconnection", "Dec 10, 2024", "Pending", "High", "On Track", "Create Request",
        ):  # fmt: skip
            assert shown in html, shown
        assert "Date requested" in html
        assert "Outstanding" in html

    def test_shows_the_crown_of_a_vip(
        self,
        client_as: ClientAs,
        make_consumer: MakeConsumer,
        make_request: MakeRequest,
        stands: SetClock,
    ) -> None:
        """AC014: a VIP has the crown and the word beside the name, in the list and on the page."""
        asked = make_request(make_consumer("Jane Doe", is_vip=True))
        other = make_request(make_consumer("Ann Other"))
        client = client_as(Role.CSE)
        html = page_of(client)
        assert re.search(
            r'Jane Doe <span class="s-vip"><svg[^>]*><use href="[^"]*#crown"/></svg> VIP', html
        )
        assert html.count("s-vip") == 1
        assert "s-vip" in page_of(client, at_path(asked))
        assert "s-vip" not in page_of(client, at_path(other))

    def test_current_and_history_part_everything(
        self,
        client_as: ClientAs,
        make_consumer: MakeConsumer,
        make_request: MakeRequest,
        person: MakePerson,
        stands: SetClock,
        at: datetime,
    ) -> None:
        current, ended = make_request(make_consumer()), make_request(make_consumer("Ended Case"))
        close_request(case=ended.pk, reason="DUPLICATE", note="", by=person(Role.CSE), at=at)
        client = client_as(Role.CSE)
        assert numbers_in(page_of(client)) == [current.case.number]
        assert numbers_in(page_of(client, f"{LIST}?tab=history")) == [ended.case.number]

    @pytest.mark.parametrize(
        "typed",
        ["{number}", "{short}", "dis-{serial}", "smith", "JOHN MICH", "{account}", "{account_end}",
         "(555) 123-4567", "+1 555 123 4567", "5551234567", "{meter}", "jöhn"],
    )  # fmt: skip
    def test_finds_by_what_people_know(
        self,
        typed: str,
        client_as: ClientAs,
        make_consumer: MakeConsumer,
        make_request: MakeRequest,
        stands: SetClock,
    ) -> None:
        asked = make_request(make_consumer())
        make_request(make_consumer("Zoe Zimmer", phone="(312) 999-8888", address="1 Elm Way"))
        number = asked.case.number
        account = account_of(asked)
        meter = (
            ServiceConnection.objects.get(consumer=asked.case.consumer)
            .assignments.get()
            .meter.number
        )
        words = typed.format(
            number=number, short=number[-6:], serial=number[-6:].lstrip("0"), account=account,
            account_end=account[-6:], meter=meter,
        )  # fmt: skip
        html = client_as(Role.CSE).get(LIST, {"q": words}).content.decode()
        assert numbers_in(html) == [number]

    @pytest.mark.parametrize(
        "typed", ["%%%", "___", "' OR 1=1 --", "(((", "[a-", "\\\\\\", "\ud800abc"]
    )
    def test_every_sign_stands_for_itself(
        self, typed: str, client_as: ClientAs, make_request: MakeRequest, stands: SetClock
    ) -> None:
        make_request()
        answer = client_as(Role.CSE).get(LIST + "?q=" + quoted(typed))
        assert answer.status_code == 200
        assert numbers_in(answer.content.decode()) == []
        assert "No requests match these filters" in answer.content.decode()

    def test_search_from_three_characters_up_to_a_hundred(
        self, client_as: ClientAs, make_request: MakeRequest, stands: SetClock
    ) -> None:
        make_request()
        client = client_as(Role.CSE)
        for short in ("ab", "a  ", "\u200b\u200b\u200b"):
            html = page_of(client, LIST + "?q=" + quoted(short))
            assert ("Enter at least 3 characters" in html) == bool(short.strip())
            assert len(numbers_in(html)) == 1
        answer = client.get(LIST, {"q": "x" * 10_000})
        assert answer.status_code == 422
        assert "Search is too long" in answer.content.decode()

    def test_typed_markup_is_shown_as_typed(
        self, client_as: ClientAs, stands: SetClock, utility: Utility
    ) -> None:
        html = client_as(Role.CSE).get(LIST, {"q": '"><script>alert(1)</script>'}).content.decode()
        assert "<script>alert(1)" not in html
        assert "&lt;script&gt;alert(1)" in html

    def test_filters_combine(
        self,
        client_as: ClientAs,
        make_consumer: MakeConsumer,
        make_request: MakeRequest,
        person: MakePerson,
        stands: SetClock,
        at: datetime,
    ) -> None:
        cse = person(Role.CSE)
        first = make_request(make_consumer(), by=cse)
        second = make_request(
            make_consumer("Back Again", status=AccountStatus.INACTIVE, services=OFF),
            by=cse,
            reason="RC-002",
        )
        third = make_request(make_consumer("On Hold"), by=cse, reason="SF-001")
        cases.acknowledge(case=third.pk, by=cse, at=at)
        put_on_hold(third, cse, at)
        cases.assign(case=third.pk, to=cse, by=cse, at=at)
        client = client_as(cse)

        def found(query: str) -> set[str]:
            return set(numbers_in(page_of(client, f"{LIST}?{query}")))

        one, two, three = (each.case.number for each in (first, second, third))
        assert found("type=RECONNECTION") == {two}
        assert found("type=DISCONNECTION") == {one, three}
        assert found("status=ON_HOLD") == {three}
        assert found("status=ON_HOLD&status=PENDING") == {one, two, three}
        assert found("reason=NP-001") == {one}
        assert found("priority=CRITICAL") == {three}
        assert found("priority=CRITICAL&type=RECONNECTION") == set()
        assert found("sla=PAUSED") == {three}
        assert found("sla=ON_TRACK") == {one, two}
        assert found("assignee=me") == {three}
        assert found("from=2024-12-10&to=2024-12-10") == {one, two, three}
        assert found("from=2024-12-11") == set()
        stands.at = at + timedelta(minutes=95)
        assert found("sla=AT_RISK") == {one, two}
        stands.at = at + timedelta(hours=5)
        assert found("sla=BREACHED") == {one, two, three}
        assert found("sla=AT_RISK&sla=BREACHED") == {one, two, three}

    def test_a_day_ends_at_midnight_in_the_utilitys_zone(
        self, client_as: ClientAs, make_request: MakeRequest, stands: SetClock
    ) -> None:
        late = datetime(2024, 12, 11, 5, 59, tzinfo=UTC)  # 23:59 on December 10 in Chicago
        asked = make_request(moment=late)
        stands.at = late + timedelta(hours=1)
        client = client_as(Role.CSE)
        assert numbers_in(page_of(client, f"{LIST}?to=2024-12-10")) == [asked.case.number]
        assert numbers_in(page_of(client, f"{LIST}?from=2024-12-11")) == []

    @pytest.mark.parametrize(
        "query",
        ["status=DELETED", "type=x", "priority=9", "sla=SOON", "assignee=999999999",
         "status=COMPLETED", "colour=red", "month=2024-13"],
    )  # fmt: skip
    def test_unknown_filters_are_ignored_and_named(
        self, query: str, client_as: ClientAs, make_request: MakeRequest, stands: SetClock
    ) -> None:
        make_request()
        html = page_of(client_as(Role.CSE), f"{LIST}?{query}")
        assert "Unknown filter" in html
        assert len(numbers_in(html)) == 1

    @pytest.mark.parametrize("sort", ["password", "account__user__password", "-", "id;drop"])
    def test_unknown_sorts_mean_the_default(
        self, sort: str, client_as: ClientAs, make_request: MakeRequest, stands: SetClock
    ) -> None:
        make_request()
        html = client_as(Role.CSE).get(LIST, {"sort": sort}).content.decode()
        assert "soonest due first" in html

    def test_the_last_sort_wins(
        self, client_as: ClientAs, make_request: MakeRequest, stands: SetClock
    ) -> None:
        make_request()
        assert "newest first" in page_of(client_as(Role.CSE), f"{LIST}?sort=number&sort=-requested")

    @pytest.mark.parametrize(
        ("query", "sentence"),
        [
            ("from=2026-12-31&to=2026-01-01", "Start date is after end date"),
            ("from=2026-02-30", "Enter a valid date."),
            ("to=0000-00-00", "Enter a valid date."),
            ("to=٢٠٢٦-١٢-١٥", "Enter a valid date."),
        ],
    )
    def test_wrong_dates_are_told_inline_and_filter_nothing(
        self,
        query: str,
        sentence: str,
        client_as: ClientAs,
        make_request: MakeRequest,
        stands: SetClock,
    ) -> None:
        make_request()
        html = page_of(client_as(Role.CSE), f"{LIST}?{query}")
        assert sentence in html
        assert len(numbers_in(html)) == 1

    def test_sorts_and_pages_lose_and_double_nothing(
        self,
        client_as: ClientAs,
        make_consumer: MakeConsumer,
        make_request: MakeRequest,
        person: MakePerson,
        stands: SetClock,
        at: datetime,
    ) -> None:
        by = person(Role.CSE)
        made = [
            make_request(
                make_consumer(f"Person {step}"), by=by, moment=at + timedelta(seconds=step)
            )
            for step in range(28)
        ]
        stands.at = at + timedelta(minutes=5)
        client = client_as(by)
        expected = [each.case.number for each in made]
        orders = {"requested": expected, "due": expected, "number": expected}
        orders |= {"-requested": expected[::-1], "-number": expected[::-1]}
        for sort, order in orders.items():
            html = page_of(client, f"{LIST}?sort={sort}")
            first = numbers_in(html)
            following = re.search(r'href="(\?[^"]*)"[^>]*rel="next"', html)
            assert following, sort
            html = page_of(client, LIST + following[1].replace("&amp;", "&"))
            assert first + numbers_in(html) == order
            back = re.search(r'href="(\?[^"]*)"[^>]*rel="prev"', html)
            assert back
            assert numbers_in(page_of(client, LIST + back[1].replace("&amp;", "&"))) == first
        for sort in ("priority", "-priority", "status", "-status", "-due"):
            assert len(numbers_in(page_of(client, f"{LIST}?sort={sort}"))) == 25

    def test_a_cursor_that_is_not_ours_means_the_first_page(
        self, client_as: ClientAs, make_request: MakeRequest, stands: SetClock
    ) -> None:
        make_request()
        assert len(numbers_in(page_of(client_as(Role.CSE), f"{LIST}?cursor=WyJhIiwxXQ"))) == 1

    def test_htmx_gets_only_the_rows(
        self, client_as: ClientAs, make_request: MakeRequest, stands: SetClock
    ) -> None:
        make_request()
        html = page_of(client_as(Role.CSE), LIST, **HTMX)
        assert html.lstrip().startswith('<div id="request-rows">')
        assert "<html" not in html
        assert len(numbers_in(html)) == 1

    def test_says_what_would_be_here(
        self, client_as: ClientAs, stands: SetClock, utility: Utility
    ) -> None:
        assert "No requests yet" in page_of(client_as(Role.CSE))
        assert "No requests match these filters" in page_of(
            client_as(Role.CSE), f"{LIST}?type=RECONNECTION"
        )

    def test_needs_few_statements(
        self,
        client_as: ClientAs,
        make_consumer: MakeConsumer,
        make_request: MakeRequest,
        person: MakePerson,
        stands: SetClock,
    ) -> None:
        by = person(Role.CSE)
        for step in range(5):
            make_request(make_consumer(f"Person {step}"), by=by)
        client = client_as(by)
        page_of(client)
        page_of(client, f"{LIST}?q=person", **HTMX)  # looks how common a word is, now and then
        with CaptureQueriesContext(connection) as whole:
            page_of(client)
        with CaptureQueriesContext(connection) as rows:
            page_of(client, f"{LIST}?type=DISCONNECTION&q=person", **HTMX)
        with CaptureQueriesContext(connection) as filtered:
            page_of(client, f"{LIST}?type=DISCONNECTION&priority=HIGH&reason=NP-001")
        # session, person, utility, bell, rows, counts with reasons and figures, who works on them
        assert len(whole) == 7, [q["sql"][:90] for q in whole.captured_queries]
        # session, person, utility, the search's turn, rows (all on one page: none to count)
        assert len(rows) == 5, [q["sql"][:90] for q in rows.captured_queries]
        # as the whole list, and what the reasons are
        assert len(filtered) == 8, [q["sql"][:90] for q in filtered.captured_queries]

    def test_a_row_holds_words_and_little_else(
        self,
        client_as: ClientAs,
        make_consumer: MakeConsumer,
        make_request: MakeRequest,
        person: MakePerson,
        stands: SetClock,
    ) -> None:
        """A full page: 25 running clocks in 20 KB, the list in 34, with no drawing in any row."""
        by = person(Role.CSE)
        for step in range(26):
            make_request(make_consumer(f"Person {step}"), by=by)
        client = client_as(by)
        page_of(client)  # a session's first visit writes
        with CaptureQueriesContext(connection) as seen:
            rows = page_of(client, LIST, **HTMX)
        # session, person, utility, rows with their count
        assert len(seen) == 4, [q["sql"][:90] for q in seen.captured_queries]
        assert len(numbers_in(rows)) == 25
        assert len(rows.encode()) < 20_000
        assert "<svg" not in rows[rows.index("<tbody") : rows.index("</tbody")]
        with CaptureQueriesContext(connection) as seen:
            whole = page_of(client)
        assert len(seen) == 7, [q["sql"][:90] for q in seen.captured_queries]
        assert len(whole.encode()) < 34_000

    def test_administrators_see_no_personal_data(
        self, client_as: ClientAs, make_request: MakeRequest, stands: SetClock
    ) -> None:
        asked = make_request()
        client = client_as(Role.ADMIN)
        for path in (
            LIST,
            at_path(asked),
            at_path(asked, "/communication"),
            at_path(asked, "/timeline"),
        ):
            html = page_of(client, path)
            for canary in ("John M", "Smith", "123 Oak", "(555) 123", "john.smith"):
                assert canary not in html, (path, canary)
        assert "J••• M••• S•••" in page_of(client)

    def test_dispatchers_see_no_email(
        self, client_as: ClientAs, make_request: MakeRequest, stands: SetClock
    ) -> None:
        html = page_of(client_as(Role.DISPATCHER), at_path(make_request()))
        assert "(555) 123-4567" in html
        assert "john.smith" not in html


# ------------------------------------------------------------------ figures
class TestFigures:
    def test_counts_by_month_in_the_utilitys_zone(
        self,
        client_as: ClientAs,
        make_consumer: MakeConsumer,
        make_request: MakeRequest,
        person: MakePerson,
        stands: SetClock,
    ) -> None:
        """Pending: open, created in the month; a request of a month's last night counts there."""
        by = person(Role.CSE)
        make_request(
            make_consumer("November One"), by=by, moment=datetime(2024, 12, 1, 5, 59, tzinfo=UTC)
        )
        for step in range(3):
            make_request(
                make_consumer(f"December {step}"),
                by=by,
                moment=datetime(2024, 12, 1, 6, step, tzinfo=UTC),
            )
        make_request(
            make_consumer("Back", status=AccountStatus.INACTIVE, services=OFF),
            by=by, reason="RC-001", moment=datetime(2024, 12, 2, 6, tzinfo=UTC),
        )  # fmt: skip
        stands.at = datetime(2024, 12, 3, 15, tzinfo=UTC)
        client = client_as(by)
        html = page_of(client)
        assert figures_in(html) == {
            "Pending disconnection": ("3", "2 more than in November"),
            "Completed disconnection": ("0", "as many as in November"),
            "Pending connection": ("1", "1 more than in November"),
            "Completed connection": ("0", "as many as in November"),
        }
        assert "Pending disconnection over the last seven months: 0, 0, 0, 0, 0, 1, 3" in html
        november = page_of(client, f"{LIST}?month=2024-11")
        assert figures_in(november)["Pending disconnection"] == ("1", "1 more than in October")
        card = re.search(r'href="(\?[^"]*)"[^>]*><b>Pending disconnection', html)
        assert card
        listed = page_of(client, LIST + card[1].replace("&amp;", "&"))
        assert len(numbers_in(listed)) == 3
        card = re.search(r'href="(\?[^"]*)"[^>]*><b>Completed connection', html)
        assert card
        assert "Completed in December 2024" in page_of(client, LIST + card[1].replace("&amp;", "&"))


def figures_in(html: str) -> dict[str, tuple[str, str]]:
    cards = re.findall(r"<b>([^<]+)</b><strong>([^<]+)</strong><small>([^<]+)</small>", html)
    return {label: (value, change) for label, value, change in cards}


# ------------------------------------------------------------------ export
class TestExport:
    def lines(self, client: Client, query: str = "") -> list[str]:
        answer = client.get(f"{LIST}export.csv{query}")
        assert answer.status_code == 200
        assert answer["Content-Type"].startswith("text/csv")
        assert "attachment" in answer["Content-Disposition"]
        return answer.getvalue().decode("utf-8-sig").splitlines()

    def test_writes_what_is_filtered(
        self,
        client_as: ClientAs,
        make_consumer: MakeConsumer,
        make_request: MakeRequest,
        stands: SetClock,
    ) -> None:
        one = make_request(make_consumer('=HYPERLINK("http://e")'))
        make_request(
            make_consumer("Back", status=AccountStatus.INACTIVE, services=OFF), reason="RC-001"
        )
        lines = self.lines(client_as(Role.SUPERVISOR), "?type=DISCONNECTION")
        assert len(lines) == 2
        assert lines[0].startswith('"Request ID","Consumer"')
        assert one.case.number in lines[1]
        assert '"\'=HYPERLINK(""http://e"")"' in lines[1]
        assert "Dec 10, 2024, 09:30 AM" in lines[1]

    def test_a_recovery_executive_gets_their_own(
        self,
        client_as: ClientAs,
        make_consumer: MakeConsumer,
        make_request: MakeRequest,
        person: MakePerson,
        stands: SetClock,
        at: datetime,
    ) -> None:
        me, cse = person(Role.RECOVERY), person(Role.CSE)
        made = make_request(make_consumer("Made By Me"), by=me)
        given = make_request(make_consumer("Given To Me"), by=cse)
        cases.assign(case=given.pk, to=me, by=me, at=at)
        make_request(make_consumer("Somebody Elses"), by=cse)
        text = "\n".join(self.lines(client_as(me)))
        assert made.case.number in text
        assert given.case.number in text
        assert "Somebody" not in text

    @pytest.mark.parametrize(
        "role",
        [Role.CSE, Role.CALL_CENTRE, Role.BILLING, Role.ADMIN, Role.DISPATCHER, Role.TECHNICIAN],
    )
    def test_others_are_refused(self, role: Role, client_as: ClientAs, utility: Utility) -> None:
        assert client_as(role).get(f"{LIST}export.csv").status_code == 403
