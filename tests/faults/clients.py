"""People at their browsers: they sign in, send real forms, and try again with the same form key."""

import itertools
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import uuid4

import requests

from tests.faults.rig import Rig

LIST = "/cx/disconnections/"
NEW = f"{LIST}new"
PAGES = ("/", LIST, "/cx/consumer-management/", NEW)
LONGEST = 60
HTMX = {"HX-Request": "true"}
CARRIED = ("consumer", "lock_token")
NUMBER = re.compile(r"((?:DIS|REC)-\d{4}-\d+)")


def values_in(html: str, name: str) -> list[str]:
    """The values of a page's inputs of this name."""
    tags = re.findall(rf'<input[^>]*\bname="{name}"[^>]*>', html)
    return [value for tag in tags for value in re.findall(r'\bvalue="([^"]*)"', tag)]


@dataclass
class Seen:
    """What people saw, put together from all browsers."""

    statuses: Counter[int] = field(default_factory=Counter)
    no_answer: int = 0
    longest: float = 0.0
    longest_page: str = ""
    odd: list[str] = field(default_factory=list)
    created: dict[str, str] = field(default_factory=dict)
    """Acknowledged creates: account → number."""
    twice: list[str] = field(default_factory=list)
    created_at: list[float] = field(default_factory=list)
    submits: threading.Event = field(default_factory=threading.Event)
    """Set by each submit that begins."""

    def has_created_since(self, moment: float) -> bool:
        """Whether somebody's create was acknowledged after a moment."""
        return max(self.created_at, default=0.0) > moment


class Browser:
    """One person's browser."""

    def __init__(self, rig: Rig, person: str, seen: Seen) -> None:
        self.rig, self.person, self.seen = rig, person, seen
        self.session = requests.Session()
        self.session.trust_env = False

    def send(
        self, path: str, form: dict[str, object] | None = None, *, is_htmx: bool = False
    ) -> requests.Response | None:
        """One page or one form; None when the line was cut before the answer came."""
        headers = HTMX if is_htmx else {}
        if form is not None:
            headers = headers | {"X-CSRFToken": self.session.cookies.get("csrftoken") or ""}
        began = time.monotonic()
        try:
            answer = self.session.request(
                "GET" if form is None else "POST",
                self.rig.address + path,
                data=form,
                headers=headers,
                timeout=LONGEST,
                allow_redirects=False,
            )
        except requests.RequestException:
            self.seen.no_answer += 1
            return None
        finally:
            took = time.monotonic() - began
            if took > self.seen.longest:
                self.seen.longest, self.seen.longest_page = took, path
        self.seen.statuses[answer.status_code] += 1
        if answer.status_code >= 500 and answer.status_code != 503:
            self.seen.odd.append(f"{path} {answer.status_code}")
        return answer

    def insist(
        self, path: str, form: dict[str, object] | None = None, *, is_htmx: bool = False
    ) -> requests.Response:
        """Send until an answer comes that is not "not now", as a patient person does."""
        until = time.monotonic() + 2 * LONGEST
        while time.monotonic() < until:
            answer = self.send(path, form, is_htmx=is_htmx)
            if answer is not None and answer.status_code < 500:
                return answer
            time.sleep(0.2)
        raise AssertionError(f"{path} gave no answer")

    def sign_in(self) -> None:
        self.insist("/sign-in")
        form: dict[str, object] = {"username": self.person, "password": self.rig.cast["password"]}
        answer = self.insist("/sign-in", form)
        assert answer.status_code == 302, answer.text

    def create(self, account: str) -> str | None:
        """One request for ``account``; its number, or None when it was refused."""
        key = str(uuid4())
        for _ in range(5):
            chosen = self.insist(
                f"{NEW}/consumer", {"account": account, "fresh": "1"}, is_htmx=True
            )
            fields = {name: values_in(chosen.text, name)[:1] for name in CARRIED}
            services = values_in(chosen.text, "services")
            if all(fields.values()):
                break
            if found := NUMBER.search(chosen.text):  # it is there, its answer was lost
                return found[1]
        else:
            self.seen.odd.append(f"choose {account}: {chosen.status_code}")
            return None
        form: dict[str, object] = {
            **fields,
            "services": services,
            "confirmed_kind": "DISCONNECTION",
            "reason": self.rig.cast["reason"],
            "permanence_for": self.rig.cast["reason"],
            "permanence": "PERMANENT",
            "has_no_preference": "on",
            "notes": f"for {account}",
            "identity_check": "NOT_VERIFIED",
            "notifies_consumer": "on",
            "form_key": key,
        }
        self.seen.submits.set()
        answer = self.insist(f"{NEW}/submit", form)
        found = NUMBER.search(answer.headers.get("Location", ""))
        if found is None:
            why = re.findall(r'class="[^"]*(?:error|invalid|note)[^"]*"[^>]*>([^<]+)', answer.text)
            self.seen.odd.append(f"submit {account}: {answer.status_code} {why[:3]}")
            return None
        # The same form again, as after a lost answer: the same request.
        if int(account[4:]) % 7 == 0:
            again = self.insist(f"{NEW}/submit", form)
            if again.headers.get("Location") != answer.headers["Location"]:
                self.seen.twice.append(account)
        return found[1]


class Crowd:
    """People at work until they are told to stop."""

    def __init__(self, rig: Rig) -> None:
        self.rig, self.seen = rig, Seen()
        self.is_over = threading.Event()

    def create_all(self, person: str, accounts: Iterator[int], pause: float) -> None:
        browser = Browser(self.rig, person, self.seen)
        browser.sign_in()
        for number in accounts:
            if self.is_over.is_set():
                return
            account = f"ACC-{number:06d}"
            made = browser.create(account)
            if made is not None:
                if account in self.seen.created:
                    self.seen.twice.append(account)
                self.seen.created[account] = made
                self.seen.created_at.append(time.monotonic())
            self.is_over.wait(pause)

    def read_all(self, person: str, pause: float) -> None:
        browser = Browser(self.rig, person, self.seen)
        browser.sign_in()
        for path in itertools.cycle(PAGES):
            if self.is_over.is_set():
                return
            browser.send(path)
            self.is_over.wait(pause)


_accounts = itertools.count()


def next_account() -> int:
    """The number of an account that nobody has asked anything for."""
    return next(_accounts)


@contextmanager
def crowd(rig: Rig, *, people: int = 4, readers: int = 1, pause: float = 0.1) -> Iterator[Crowd]:
    """People creating requests and reading pages around a test."""
    at_work = Crowd(rig)
    names = iter(rig.cast["people"])
    failures: list[BaseException] = []

    def run(act: object, *given: object) -> None:
        try:
            act(*given)  # type: ignore[operator]
        except BaseException as error:  # noqa: BLE001  (shown by the test)
            failures.append(error)

    threads = [
        threading.Thread(target=run, args=(at_work.create_all, next(names), _accounts, pause))
        for _ in range(people)
    ] + [
        threading.Thread(target=run, args=(at_work.read_all, next(names), pause))
        for _ in range(readers)
    ]
    for thread in threads:
        thread.start()
    try:
        yield at_work
    finally:
        at_work.is_over.set()
        while any(thread.is_alive() for thread in threads):
            rig.go_on(0.1)  # who is still in the middle gets an answer
    assert not failures, failures
