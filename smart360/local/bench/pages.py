"""Every page that is measured, beside its limit view."""

import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from django.template.loader import render_to_string
from django.utils import timezone

from complaints.access import complaints_past_the_door
from complaints.models import Complainant
from complaints.queries.figures import count_complaints
from consumers.choices import LockPurpose
from consumers.models import Consumer, ServiceConnection
from consumers.operations import take_profile_lock
from consumers.queries import offered_filters, search
from disconnections import tasks
from disconnections.models import Reason
from disconnections.queries.counts import count_months
from disconnections.queries.receipts import receipt_facts
from smart360.cases.choices import KINDS_OF_REQUEST, CaseKind
from smart360.cases.models import Case
from smart360.documents import render
from smart360.documents.rules import qr_code
from smart360.kernel import clock
from smart360.local.bench.calling import Answer, Ask, Browser, Taken, counting, side_by_side
from smart360.local.bench.samples import (
    free_consumers,
    search_texts,
    some_consumers,
    some_requests,
)
from smart360.local.bench.table import Budget, Row
from smart360.organisation.queries import get_utility
from smart360.staff.models import Person

LIST = "/cx/disconnections/"
LIMIT_LIST = "/limit/list"
SERVICES, LIMIT_SERVICES = "/cx/services/", "/limit/complaints"
ACCOUNTS, LIMIT_ACCOUNTS = "/cx/consumer-management/", "/limit/consumers"
NEXT = re.compile(r'rel="next"[^>]*href="([^"]+)"|href="([^"]+)"[^>]*rel="next"')
SEARCHERS = ("cse", "karen.lee", "omar.farouk", "callcentre", "tom.reed", "supervisor")
WHOLE = Budget(ratio=1.5, statements=8, kilobytes=30)
PART = Budget(ratio=1.3, statements=5, kilobytes=12)
FILTERS = ("status=IN_PROGRESS", "type=DISCONNECTION", "priority=HIGH", "reason=NP-001")
SEED = 36
Tell = Callable[[str], None]


@dataclass
class Bench:
    """Who asks, how often, and where the pages of the table come from."""

    rounds: int
    warm_up: int
    depth: int
    tell: Tell
    only: str = ""

    def __post_init__(self) -> None:
        """Sign in everybody who asks."""
        people = {each.username: each for each in Person.objects.with_roles()}
        self.me = Browser(people["cse"])
        self.supervisor = Browser(people["supervisor"])
        self.searchers = [Browser(people[name]) for name in SEARCHERS]
        self.person = people["cse"]
        self.chance = Random(SEED)

    def rows(self) -> Iterator[Row]:
        """Every row of the table, one after the other."""
        for part in (
            self.the_list, self.filtered, self.deep, self.consumer_search, self.request_search,
            self.one_request, self.start, self.profile, self.create, self.receipt, self.complaints,
            self.accounts,
        ):  # fmt: skip
            if self.only not in part.__name__:
                continue
            began = time.monotonic()
            try:
                yield from part()
            except AssertionError as error:
                yield failed(part.__name__.replace("_", " "), error)
            took = time.monotonic() - began
            self.tell(f"measured {part.__name__.replace('_', ' ')}, which took {took:.0f} s")

    def beside(self, name: str, budget: Budget, real: Ask, limit: Ask, **more: Any) -> Row:
        """A page and its limit view, in turn. One that fails hides no other."""
        try:
            taken, least = side_by_side([real, limit], rounds=self.rounds, warm_up=self.warm_up)
        except AssertionError as error:
            return failed(name, error)
        return _row(name, budget, taken, least.milliseconds, **more)

    # ---------------------------------------------------------------- the list
    def the_list(self) -> Iterator[Row]:
        """The list and its rows, as filter, sort and next ask for them."""
        me = self.me
        yield self.beside("list", WHOLE, lambda _: me.get(LIST), lambda _: me.get(LIMIT_LIST))
        for name, query in (("filter", "?status=IN_PROGRESS"), ("sort", "?sort=-requested")):
            yield self.beside(
                f"rows only, {name}", PART,
                lambda _, query=query: me.get(LIST + query, is_htmx=True),  # type: ignore[misc]
                lambda _, query=query: me.get(LIMIT_LIST + query, is_htmx=True),  # type: ignore[misc]
            )  # fmt: skip
        following, after = next_of(me.get(LIST)), self._after(25)
        yield self.beside(
            "rows only, next", PART,
            lambda _: me.get(LIST + following, is_htmx=True),
            lambda _: me.get(f"{LIMIT_LIST}?after={after}", is_htmx=True),
        )  # fmt: skip

    def _after(self, place: int) -> str:
        """The moment of the last row before the next page, for the limit's keyset."""
        due = (
            Case.objects.filter(
                ended_at=None, adjusted_due_at__isnull=False, kind__in=KINDS_OF_REQUEST
            )
            .order_by("adjusted_due_at")
            .values_list("adjusted_due_at", flat=True)[place - 1 : place]
        )
        return quote(due[0].isoformat()) if due and due[0] else ""

    def filtered(self) -> Iterator[Row]:
        """One to four filters; each also beside the list without any."""
        me = self.me
        for number in range(1, len(FILTERS) + 1):
            query = "?" + "&".join(FILTERS[:number])
            asks: list[Ask] = [
                lambda _, query=query: me.get(LIST + query),  # type: ignore[misc]
                lambda _, query=query: me.get(LIMIT_LIST + query),  # type: ignore[misc]
                lambda _: me.get(LIST),
            ]
            taken, least, own = side_by_side(asks, rounds=self.rounds, warm_up=self.warm_up)
            name = f"list, {number} filter{'s' if number > 1 else ''}"
            yield _row(name, WHOLE, taken, least.milliseconds)
            yield _row(
                f"{name} × own list", Budget(ratio=1.2), taken, own.milliseconds, beside="own list"
            )

    def deep(self) -> Iterator[Row]:
        """A page far down, reached as a person would: by ``next``, again and again."""
        me, address, page = self.me, LIST, 1
        while page < self.depth:
            following = next_of(me.get(address, is_htmx=True))
            if not following:
                break
            address, page = LIST + following, page + 1
        taken, own = side_by_side(
            [lambda _: me.get(address), lambda _: me.get(LIST)],
            rounds=self.rounds, warm_up=self.warm_up,
        )  # fmt: skip
        yield _row(
            "page 1,000 × own page 1", Budget(ratio=1.1, statements=8, kilobytes=30), taken,
            own.milliseconds, beside="own page 1", note="" if page == 1000 else f"page {page:,}",
        )  # fmt: skip

    # ---------------------------------------------------------------- searches
    def consumer_search(self) -> Iterator[Row]:
        """Search as one types: each kind and length of text, and the slowest SQL of many."""
        people = some_consumers(self.chance, 200)
        texts = search_texts(self.chance, people)
        for kind, those in texts.items():
            yield self.beside(
                f"search as you type: {kind}", Budget(ratio=1.5, statements=4, kilobytes=5),
                self._searching("/cx/consumer-management/search?q=", those),
                self._searching("/limit/search?q=", those),
            )  # fmt: skip
        times = []
        for those in texts.values():
            for number in range(max(4, self.rounds)):
                with counting() as counted:
                    search(those[number % len(those)], at=clock.now())
                times.append(counted.longest)
        times.sort()
        p50, p99 = times[len(times) // 2], times[min(len(times) - 1, len(times) * 99 // 100)]
        yield Row(
            "search as you type: SQL p99", Budget(sql_milliseconds=4), 1000 * p50, 0,
            sql_milliseconds=1000 * p99, note=f"{len(times)} searches, ms is the median",
        )  # fmt: skip

    def _searching(self, address: str, texts: Sequence[str]) -> Ask:
        """Several people type in turn, so that nobody asks too often."""

        def ask(number: int) -> Answer:
            browser = self.searchers[number % len(self.searchers)]
            while True:
                answer = browser.get(address + quote(texts[number % len(texts)]), is_htmx=True)
                if answer.status != 429:
                    return answer
                time.sleep(0.2)

        return ask

    def request_search(self) -> Iterator[Row]:
        """The list's own search, by name and by number."""
        people = some_consumers(self.chance, 50)
        numbers = some_requests(self.chance, 50)
        for kind, texts in (
            ("a name", [each.last_name[:6] for each in people]),
            ("a common word", ["springfield"]),
            ("a number", numbers),
            ("no hit", ["zzqxvk"]),
        ):
            yield self.beside(
                f"request search: {kind}", PART,
                self._searching(f"{LIST}?q=", texts), self._searching(f"{LIMIT_LIST}?q=", texts),
            )  # fmt: skip

    # ---------------------------------------------------------------- pages of one thing
    def one_request(self) -> Iterator[Row]:
        """Both tabs of a request's page."""
        me, numbers = self.me, some_requests(self.chance, 40)
        budget = Budget(ratio=2, statements=16, kilobytes=40)
        for name, tab in (("detail", ""), ("detail with timeline", "/timeline")):
            yield self.beside(
                name, budget,
                lambda n, tab=tab: me.get(f"{LIST}{numbers[n % len(numbers)]}{tab}"),  # type: ignore[misc]
                lambda n, tab=tab: me.get(f"/limit/requests/{numbers[n % len(numbers)]}{tab}"),  # type: ignore[misc]
            )  # fmt: skip

    def start(self) -> Iterator[Row]:
        """The start page of a supervisor, and the SQL of the list's cards."""
        supervisor = self.supervisor
        yield self.beside(
            "start page", Budget(ratio=1.5, statements=9, kilobytes=25),
            lambda _: supervisor.get("/"), lambda _: supervisor.get("/limit/start"),
        )  # fmt: skip
        times = []
        month = clock.now().date().replace(day=1)
        for _ in range(self.warm_up + self.rounds):
            with counting() as counted:
                count_months(month)
            times.append(counted.seconds)
        middle = 1000 * sorted(times[self.warm_up :])[self.rounds // 2]
        yield Row(
            "KPI cards, their SQL", Budget(sql_milliseconds=1.5), middle, 0,
            statements=counted.number, sql_milliseconds=middle,
        )  # fmt: skip

    def profile(self) -> Iterator[Row]:
        """A consumer's profile."""
        me, people = self.me, some_consumers(self.chance, 40)
        yield self.beside(
            "consumer profile", Budget(ratio=2, statements=16, kilobytes=40),
            lambda n: me.get(f"/cx/consumer-management/{people[n % len(people)].account}"),
            lambda n: me.get(f"/limit/consumers/{people[n % len(people)].account}"),
        )  # fmt: skip

    # ---------------------------------------------------------------- the list of consumers
    def accounts(self) -> Iterator[Row]:
        """Their list with its cards and its rows; each filter also beside the list without any."""
        me = self.supervisor
        yield self.beside(
            "consumers, dashboard", WHOLE, lambda _: me.get(ACCOUNTS),
            lambda _: me.get(LIMIT_ACCOUNTS),
        )  # fmt: skip
        for name, query in (("filter", "?status=INACTIVE"), ("sort", "?sort=-balance")):
            yield self.beside(
                f"consumers, rows only, {name}", PART,
                lambda _, query=query: me.get(ACCOUNTS + query, is_htmx=True),  # type: ignore[misc]
                lambda _, query=query: me.get(LIMIT_ACCOUNTS + query, is_htmx=True),  # type: ignore[misc]
            )  # fmt: skip
        offered = offered_filters()
        common = (
            "status=ACTIVE", f"category={offered.categories[-1][0]}",
            f"area={quote(offered.areas[-1])}", "balance_from=1",
        )  # fmt: skip
        rare = f"status=ACTIVE&vip=yes&balance_from=1&area={quote(offered.areas[0])}"
        for name, query in (
            ("status", "status=INACTIVE"), ("category", common[1]), ("VIP", "vip=yes"),
            ("area", common[2]), ("balance", "balance_from=100"), ("protected", "protected=yes"),
            *((f"{number} filters", "&".join(common[:number])) for number in (2, 3, 4)),
            ("4 rare filters", rare),
        ):  # fmt: skip
            asks: list[Ask] = [
                lambda _, query=query: me.get(f"{ACCOUNTS}?{query}"),  # type: ignore[misc]
                lambda _: me.get(ACCOUNTS),
            ]
            taken, own = side_by_side(asks, rounds=self.rounds, warm_up=self.warm_up)
            yield _row(
                f"consumers, {name} × own list", Budget(ratio=1.2, statements=8, kilobytes=30),
                taken, own.milliseconds, beside="own list",
            )  # fmt: skip

    # ---------------------------------------------------------------- complaints
    def complaints(self) -> Iterator[Row]:
        """Their list with the dashboard, its rows, filters and searches, and the SQL of figures."""
        me = self.me
        last = Case.objects.filter(kind=CaseKind.COMPLAINT).order_by("-pk").first()
        if last is None:
            return
        for name, query in (
            ("with dashboard", ""), ("history", "?tab=history"),
            ("1 filter", "?category=billing"), ("2 filters", "?category=billing&status=PENDING"),
            ("sub-category", f"?subcategory={last.complaint.name.subcategory_id}"),
        ):  # fmt: skip
            yield self.beside(
                f"complaints, {name}", WHOLE,
                lambda _, query=query: me.get(SERVICES + query),  # type: ignore[misc]
                lambda _, query=query: me.get(LIMIT_SERVICES + query),  # type: ignore[misc]
            )  # fmt: skip
        for name, query in (("filter", "?category=billing"), ("sort", "?sort=-requested")):
            yield self.beside(
                f"complaints, rows only, {name}", PART,
                lambda _, query=query: me.get(SERVICES + query, is_htmx=True),  # type: ignore[misc]
                lambda _, query=query: me.get(LIMIT_SERVICES + query, is_htmx=True),  # type: ignore[misc]
            )  # fmt: skip
        strangers = Complainant.objects.order_by("-pk").values_list("name", "phone")[:20]
        for kind, texts in (
            ("a number", [last.number, "cmp 1234"]), ("a name", [name for name, _ in strangers]),
            ("a phone", [phone for _, phone in strangers]),
        ):  # fmt: skip
            yield self.beside(
                f"complaint search: {kind}", PART,
                self._searching(f"{SERVICES}?q=", texts),
                lambda _: me.get(LIMIT_SERVICES, is_htmx=True),
            )  # fmt: skip
        yield self._figures_of_complaints()

    def _figures_of_complaints(self) -> Row:
        """The one statement of the dashboard, for somebody from whom some are hidden."""
        times = []
        for _ in range(self.warm_up + self.rounds):
            with counting() as counted:
                count_complaints(
                    self.person.pk, sees_staff=False, past_the_door=complaints_past_the_door,
                    at=clock.now(), zone=get_utility().zone,
                )  # fmt: skip
            times.append(counted.longest)
        middle = 1000 * sorted(times[self.warm_up :])[self.rounds // 2]
        return Row(
            "dashboard of complaints, its SQL", Budget(sql_milliseconds=1.5), middle, 0,
            statements=1, sql_milliseconds=middle,
        )  # fmt: skip

    # ---------------------------------------------------------------- create and receipt
    def create(self) -> Iterator[Row]:
        """Submit Request, each time for another consumer who is held already."""
        times = self.rounds + self.warm_up
        consumers = free_consumers(self.chance, 2 * times)
        forms = [self._form(each) for each in consumers]
        yield self.beside(
            "create", Budget(ratio=1.9, statements=14),
            lambda n: _moved(self.me.post(f"{LIST}new/submit", forms[2 * n])),
            lambda n: _moved(self.me.post("/limit/create", forms[2 * n + 1])),
        )  # fmt: skip

    def _form(self, consumer: Consumer) -> dict[str, Any]:
        at = clock.now()
        lock = take_profile_lock(
            consumer=consumer.pk, purpose=LockPurpose.CREATE_REQUEST, by=self.person, at=at
        )
        services = ServiceConnection.objects.filter(consumer=consumer).values_list("pk", flat=True)
        return {
            "consumer": consumer.pk,
            "lock_token": lock.token,
            "confirmed_kind": "DISCONNECTION",
            "reason": Reason.objects.get(code="CR-001").pk,
            "services": list(services),
            "permanence": "PERMANENT",
            "preferred_on": f"{at.year + 1}-03-10",
            "slot": "",
            "notes": "Gate code at the office",
            "identity_check": "NOT_VERIFIED",
            "identity_document": "",
            "identity_last_four": "",
            "form_key": str(uuid4()),
            "notifies_consumer": "on",
        }

    def receipt(self) -> Iterator[Row]:
        """A receipt as a worker makes and stores it, beside WeasyPrint alone on the same HTML."""
        waiting = Case.objects.filter(ended_at=None, disconnection_request__receipt=None)
        rounds = max(1, self.rounds // 3)
        cases = list(waiting.order_by("-pk").values_list("pk", flat=True)[: rounds + 2])
        bare = bare_receipt(cases[0])
        whole: list[float] = []
        alone: list[float] = []
        for number, case in enumerate(cases):
            for act, times in (
                (lambda case=case: tasks.make_receipt({"case": case}, clock.now()), whole),
                (bare, alone),
            ):
                began = time.perf_counter()
                act()
                if number >= 2:
                    times.append(1000 * (time.perf_counter() - began))
        yield Row(
            "receipt PDF, made and stored", Budget(ratio=1.15), sorted(whole)[len(whole) // 2],
            sorted(alone)[len(alone) // 2], beside="bare WeasyPrint",
        )  # fmt: skip


def bare_receipt(case: int) -> Callable[[], object]:
    """WeasyPrint and nothing else, on the HTML of one receipt."""
    utility, facts = get_utility(), receipt_facts(case)
    with timezone.override(utility.zone):
        html = render_to_string(
            "disconnections/receipt.html",
            {
                "paper": "documents/pdf.html",
                "receipt": facts,
                "utility": utility,
                "qr": qr_code(facts.tracking_url),
                "printed_at": clock.now(),
            },
        )
    document = vars(render)["HTML"]
    sheets = render.style_sheets(get_utility().paper_size)
    base = f"{render.STATIC.as_uri()}/"

    def make() -> object:
        return document(string=html, base_url=base).write_pdf(
            stylesheets=sheets, font_config=render.fonts(), pdf_variant="pdf/ua-1"
        )

    return make


def _moved(answer: Answer) -> Answer:
    if answer.status != 302:
        raise AssertionError(f"nothing was created: {answer.status} {answer.body[:3000]!r}")
    return answer


def failed(name: str, error: AssertionError) -> Row:
    """The row of a page that gave no answer of the kind that was asked for."""
    words = str(error).partition("<")[0].strip()[:100]
    return Row(name, Budget(), 0, 0, failure=f"no figure: {words}")


def next_of(answer: Answer) -> str:
    """The query of the next page, as the page's own link says it; empty on the last one."""
    found = NEXT.search(answer.body.decode())
    return (found[1] or found[2]).replace("&amp;", "&") if found else ""


def _row(name: str, budget: Budget, taken: Taken, limit: float, **more: Any) -> Row:
    return Row(
        name=name,
        budget=budget,
        milliseconds=taken.milliseconds,
        limit_milliseconds=limit,
        statements=taken.statements,
        kilobytes=taken.kilobytes,
        kilobytes_packed=taken.kilobytes_packed,
        sql_milliseconds=taken.sql_milliseconds,
        **more,
    )
