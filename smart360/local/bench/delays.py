"""How soon what is owed is paid while requests come in: mail handed over, receipts ready.

The whole product runs, as `./dev run` starts it; requests come by HTTP at a steady rate, as forms
that people have filled in; a mail server on the loopback takes every letter. A delay counts from
the moment in the request's own row, which the database's clock gave before the act began.
"""

import http.client
import re
import secrets
import socketserver
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from statistics import quantiles
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.urls import reverse

from consumers.choices import AccountStatus, LockPurpose, UtilityType
from consumers.models import Category, Consumer, Premise, ServiceConnection
from consumers.operations import take_profile_lock
from disconnections.models import Reason
from smart360.kernel import clock
from smart360.staff.choices import Role
from smart360.staff.models import Person, RoleMembership

AT_ONCE = 8
"""How many people press Submit; each has a connection and a session of their own."""

MAIL_TARGET = 2.0
PDF_TARGET = 3.0
PATIENCE = 150.0  # seconds in which a backlog has to be gone
NUMBER = re.compile(rb"(?:DIS|REC)-\d{4}-\d{6,}")


# ------------------------------------------------------------------ a mail server that takes all
class _Session(socketserver.StreamRequestHandler):
    """One connection: says yes to everything and notes when each letter was whole."""

    server: "MailServer"

    def handle(self) -> None:
        """Speak just enough SMTP."""
        self.wfile.write(b"220 bench\r\n")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                letter = b"".join(iter(self.rfile.readline, b".\r\n"))
                self.server.took(letter)
            self.wfile.write(b"221 bye\r\n" if verb == b"QUIT" else b"250 ok\r\n")
            if verb == b"QUIT":
                return


class MailServer(socketserver.ThreadingTCPServer):
    """Knows when the letter about each request came."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Session)
        self.came_at: dict[str, float] = {}

    def took(self, letter: bytes) -> None:
        """Note the moment, by the number in the subject; a second copy counts as the first."""
        subject = next((line for line in letter.split(b"\r\n") if line.startswith(b"Subject")), b"")
        found = NUMBER.search(subject) or NUMBER.search(letter)
        if found:
            moment = time.time()  # noqa: TID251  (the same machine's clock as the database's)
            self.came_at.setdefault(found.group().decode(), moment)


@contextmanager
def taking_mail(port: int) -> Iterator[MailServer]:
    """A mail server on the loopback, gone afterwards."""
    server = MailServer(port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


# ------------------------------------------------------------------ people and filled-in forms
def make_people(count: int) -> list[Person]:
    """People who may create requests."""
    group = Group.objects.get(name=Role.CSE.value)
    people = []
    for number in range(count):
        person = Person(username=f"bench{number}-{uuid.uuid4().hex[:8]}", full_name=f"B {number}")
        person.set_unusable_password()
        person.save()
        RoleMembership.objects.create(person=person, group=group)
        people.append(Person.objects.with_roles().get(pk=person.pk))
    return people


def make_accounts(count: int) -> list[tuple[int, int]]:
    """Accounts with one service each, as (consumer, service connection)."""
    category, _ = Category.objects.get_or_create(name="Residential")
    series, day = uuid.uuid4().hex[:8].upper(), date(2024, 1, 15)
    consumers = Consumer.objects.bulk_create(
        Consumer(
            account_number=f"BENCH-{series}-{number}",
            name="John Michael Smith",
            status=AccountStatus.ACTIVE,
            category=category,
            email=f"john.smith.{number}@example.com",
            registered_on=day,
            search_text="JOHN MICHAEL SMITH 123 OAK STREET",
        )
        for number in range(count)
    )
    places = Premise.objects.bulk_create(
        Premise(address="123 Oak Street, Springfield, IL 62701") for _ in range(count)
    )
    services = ServiceConnection.objects.bulk_create(
        ServiceConnection(
            consumer=consumer,
            premise=place,
            utility_type=UtilityType.ELECTRICITY,
            connected_on=day,
        )
        for consumer, place in zip(consumers, places, strict=True)
    )
    return [(each.consumer_id, each.pk) for each in services]


def filled_forms(accounts: Sequence[tuple[int, int]], person: Person) -> list[bytes]:
    """What the page would send for each account; ``person`` holds every profile."""
    reason, token = Reason.objects.get(code="CR-001").pk, "x" * 32
    forms = []
    for consumer, service in accounts:
        lock = take_profile_lock(
            consumer=consumer, purpose=LockPurpose.CREATE_REQUEST, by=person, at=clock.now()
        )
        form = {
            "csrfmiddlewaretoken": token,
            "form_key": str(uuid.uuid4()),
            "consumer": consumer,
            "lock_token": lock.token,
            "confirmed_kind": "DISCONNECTION",
            "services": service,
            "reason": reason,
            "permanence": "PERMANENT",
            "has_no_preference": "on",
            "notes": "Customer requested morning slot",
            "identity_check": "NOT_VERIFIED",
            "notifies_consumer": "on",
        }
        forms.append(urlencode(form).encode())
    return forms


def headers_of(person: Person) -> dict[str, str]:
    """What the browser of somebody signed in sends with a form."""
    browser = Client()
    browser.force_login(person, backend="smart360.staff.access.RoleBackend")
    session = browser.cookies[settings.SESSION_COOKIE_NAME].value
    cookies = f"{settings.SESSION_COOKIE_NAME}={session}; csrftoken={'x' * 32}"
    return {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}


# ------------------------------------------------------------------ sending at a rate
@dataclass
class Sent:
    """What came of the forms: the numbers made, and how long each answer took."""

    numbers: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


class Clerk(threading.local):
    """A connection of its own for each thread."""

    def __init__(self, host: str) -> None:
        self.line = http.client.HTTPConnection(host, timeout=30)

    def post(self, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
        """Send one form; the status and where it leads."""
        self.line.request("POST", path, body, headers)
        answer = self.line.getresponse()
        answer.read()
        return answer.status, answer.headers.get("Location", "")


def send_at(rate: float, forms: Sequence[tuple[bytes, dict[str, str]]]) -> Sent:
    """Send the forms at ``rate`` a second, whether or not the answers keep up."""
    clerk, path, sent = (
        Clerk(urlsplit(settings.PUBLIC_URL).netloc),
        reverse("request_submit"),
        Sent(),
    )
    lock = threading.Lock()

    def send(body: bytes, headers: dict[str, str]) -> None:
        began = time.monotonic()
        try:
            status, to = clerk.post(path, body, headers)
        except (OSError, http.client.HTTPException) as error:
            clerk.line.close()
            status, to = 0, repr(error)
        with lock:
            sent.seconds.append(time.monotonic() - began)
            if status == 302 and (found := NUMBER.search(to.encode())):
                sent.numbers.append(found.group().decode())
            else:
                sent.refused.append(f"{status} {to}")

    with ThreadPoolExecutor(AT_ONCE) as clerks:
        began = time.monotonic()
        for place, (body, headers) in enumerate(forms):
            time.sleep(max(0.0, began + place / rate - time.monotonic()))
            clerks.submit(send, body, headers)
    return sent


# ------------------------------------------------------------------ what is seen
BACKLOG = "SELECT queue, count(*) FROM owed_owedwork WHERE state = 'WAITING' GROUP BY 1"
READY = """
SELECT c.number, extract(epoch FROM c.created_at), extract(epoch FROM w.done_at)
  FROM cases_case c JOIN owed_owedwork w ON w.dedupe_key = 'receipt:' || c.number
 WHERE c.number = ANY(%s)
"""


def backlog() -> dict[str, int]:
    """How much is owed now, by queue."""
    with connection.cursor() as cursor:
        cursor.execute(BACKLOG)
        return dict(cursor.fetchall())


@dataclass(frozen=True)
class Figures:
    """One run at one rate. Delays in seconds, unsorted; what never came is missing.

    ``took`` is how long the forms took, ``left`` what was still owed when the patience ended.
    """

    rate: float
    sent: Sent
    took: float
    mail: list[float]
    pdf: list[float]
    backlog_at_end: int
    drained_in: float
    left: int

    @property
    def expected(self) -> int:
        """How many letters and receipts there must be: each request has its box ticked."""
        return len(self.sent.numbers)

    @property
    def reached(self) -> float:
        """Forms a second as they were really answered."""
        return len(self.sent.seconds) / self.took

    @property
    def drain_rate(self) -> float:
        """Receipts a second while only they were left."""
        made = max(self.backlog_at_end - self.left, 0)
        return made / self.drained_in if self.drained_in else 0.0


def run_at(rate: float, seconds: float, *, mail: MailServer, people: Sequence[Person]) -> Figures:
    """Requests at ``rate`` for ``seconds``, then wait until nothing is owed."""
    count = round(rate * seconds)
    accounts = make_accounts(count)
    forms: list[tuple[bytes, dict[str, str]]] = []
    for place, person in enumerate(people):
        headers = headers_of(person)
        own = filled_forms(accounts[place :: len(people)], person)
        forms += [(form, headers) for form in own]
    secrets.SystemRandom().shuffle(forms)
    started = time.monotonic()
    sent = send_at(rate, forms)
    began = time.monotonic()
    left = backlog()
    at_end = left.get("PDF", 0)
    while left and time.monotonic() - began < PATIENCE:
        time.sleep(0.25)
        left = backlog()
    drained_in = time.monotonic() - began
    with connection.cursor() as cursor:
        cursor.execute(READY, [sent.numbers])
        rows = [
            (number, float(made), None if done is None else float(done))
            for number, made, done in cursor.fetchall()
        ]
    return Figures(
        rate=rate,
        sent=sent,
        took=began - started,
        mail=[mail.came_at[number] - made for number, made, _ in rows if number in mail.came_at],
        pdf=[done - made for _, made, done in rows if done is not None],
        backlog_at_end=at_end,
        drained_in=drained_in,
        left=sum(left.values()),
    )


def measure(
    *, mail_port: int, seconds: float, tell: Callable[[str], None]
) -> tuple[list[str], bool]:
    """Both rates of the target, one after the other: a Markdown table, and whether all holds."""
    people = make_people(AT_ONCE)
    with taking_mail(mail_port) as mail:
        tell("warming up: 10 requests, 2 a second")
        run_at(2, 5, mail=mail, people=people)
        tell(f"3 requests a second for {seconds:.0f} s")
        slow = run_at(3, seconds, mail=mail, people=people)
        tell(f"20 requests a second for {seconds:.0f} s")
        fast = run_at(20, seconds, mail=mail, people=people)
    lines = table(slow, fast)
    return lines, not any("hort" in line for line in lines)


def table(slow: Figures, fast: Figures) -> list[str]:
    """The figures beside their targets; what never came counts as late for ever."""
    lines = ["| what | n | p50 | p95 | slowest | target | |", "|---|---|---|---|---|---|---|"]
    for name, delays, expected, target in (
        ("mail handed over, 3 a second", slow.mail, slow.expected, MAIL_TARGET),
        ("receipt ready, 3 a second", slow.pdf, slow.expected, PDF_TARGET),
        ("mail handed over, 20 a second", fast.mail, fast.expected, MAIL_TARGET),
        ("receipt ready, 20 a second", fast.pdf, fast.expected, None),
        ("answer to Submit, 20 a second", fast.sent.seconds, len(fast.sent.seconds), None),
    ):
        lines.append(row(name, delays, expected, target))
    made, refused = len(fast.sent.numbers), slow.sent.refused + fast.sent.refused
    lines += [
        "",
        f"Of {len(fast.sent.seconds)} forms at {fast.reached:.1f} a second {made} became requests.",
        f"{len(fast.mail)} letters came. {fast.backlog_at_end} receipts were owed at the end;",
        f"they were made in {fast.drained_in:.0f} s, {fast.drain_rate:.1f} a second.",
    ]
    lines += [
        f"Short: {run.reached:.1f} a second were sent instead of {run.rate:g}."
        for run in (slow, fast)
        if run.reached < run.rate * 0.9
    ]
    if fast.left:
        lines.append(f"Short: after {PATIENCE:.0f} s {fast.left} works were still owed.")
    lines += [f"Short, not taken: {each}" for each in refused[:5]]
    return lines


def row(name: str, delays: Sequence[float], expected: int, target: float | None) -> str:
    """One line of the table, in seconds; ``expected`` is how many there must be."""
    if len(delays) < max(2, expected):
        return f"| {name} | {len(delays)} of {expected} | – | – | – | – | short |"
    hundredths = quantiles(delays, n=100, method="inclusive")
    p50, p95 = hundredths[49], hundredths[94]
    verdict = "" if target is None else ("holds" if p95 <= target else "short")
    wanted = f"p95 ≤ {target:.0f} s" if target else "–"
    return (
        f"| {name} | {len(delays)} | {p50:.2f} s | {p95:.2f} s | {max(delays):.2f} s "
        f"| {wanted} | {verdict} |"
    )
