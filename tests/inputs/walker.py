"""Sends one attempt to one form and judges what came of it.

The judgement is the same for every form: no 5xx, nothing changed when refused, nobody's text
became markup, no word about SQL or our files, no way off the site. See ``test_corpus.py``.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, quote_from_bytes, urlsplit

from django.db import DatabaseError, connection
from django.test import Client
from django.urls import Resolver404, resolve
from psycopg.pq import TransactionStatus

from tests.inputs.corpus import SUM, Pairs, Payload
from tests.inputs.reading import Form, Page
from tests.looking import checksums, put_back, writes

HTMX = {"HX-Request": "true"}
URLENCODED = "application/x-www-form-urlencoded"
EXPECTED = {200, 201, 202, 204, 302, 400, 403, 404, 405, 409, 413, 415, 422}
LEAKS = re.compile(
    r"Traceback|psycopg|IntegrityError|DataError|ValidationError|DETAIL:|violates |SELECT .{3,200}"
    r" FROM |INSERT INTO|site-packages|\.py\b|/smart360/|RuntimeError|ValueError|TypeError"
)
SUM_ALONE = re.compile(rf"(?<![\w-]){SUM}(?![\w-])")
"""By itself: a key made by chance has its five digits once in some thousand pages."""


@dataclass(frozen=True)
class Target:
    """One form somebody can send, with everything in it right.

    ``method``     get, post, or query for a POST whose fields stand in the address
    ``may_write``  tables that a refusal writes too: the draft, the log at the door
    ``shows``      pages that show afterwards what was stored
    ``days``       the fields with a picker of days or months
    """

    name: str
    method: str
    path: str
    cookie: str
    pairs: Pairs
    fields: tuple[str, ...]
    may_write: frozenset[str] = frozenset()
    shows: tuple[str, ...] = ()
    days: tuple[str, ...] = ()

    def __hash__(self) -> int:
        return hash((self.name, self.method, self.fields))


@dataclass
class Outcome:
    """What came of one attempt; ``wrong`` says in words what must not be."""

    status: int
    body: str = ""
    wrong: list[str] = field(default_factory=list)


def quoted(value: str | bytes) -> str:
    """Text as a browser (or nobody's browser) would put it into a form or an address."""
    raw = value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")
    return quote_from_bytes(raw, safe="")


def encoded(pairs: Iterable[tuple[str, str | bytes]]) -> str:
    """The pairs as one form body or query."""
    return "&".join(f"{quoted(name)}={quoted(value)}" for name, value in pairs)


def is_broken() -> bool:
    """Whether PostgreSQL answers nothing more until this attempt is undone."""
    info = connection.connection.info
    return bool(info.transaction_status == TransactionStatus.INERROR)


def is_accepted(target: Target, status: int) -> bool:
    """Whether the form was taken; Django admin shows a refused one again with 200."""
    return status in ({201, 302} if target.name.startswith("admin:") else {200, 204, 302})


class Walker:
    """Sends attempts and judges them; ``before`` is what every table holds between them."""

    def __init__(self) -> None:
        self.before = checksums()

    def attempt(
        self,
        target: Target,
        pairs: Pairs,
        *,
        payload: Payload | None = None,
        is_htmx: bool = False,
        content_type: str = URLENCODED,
        body: str | bytes | None = None,
    ) -> Outcome:
        """One attempt, judged and undone."""
        client = Client(headers=HTMX if is_htmx else None, raise_request_exception=False)
        if target.cookie:
            client.cookies["sessionid"] = target.cookie
        counted = writes()
        with put_back():
            sent = encoded(pairs)
            if target.method == "get":
                answer = client.get(f"{target.path}?{sent}")
            elif target.method == "query":
                answer = client.post(f"{target.path}?{sent}")
            else:
                answer = client.generic(
                    "POST", target.path, sent if body is None else body, content_type
                )
            outcome = self._judge(target, answer, payload)
            if is_broken():
                return outcome
            changed = {table for table, count in writes().items() if count != counted.get(table)}
            outcome.wrong += self._changes(target, outcome, changed)
            if is_accepted(target, outcome.status) and changed and not outcome.wrong:
                outcome.wrong += _deferred() or self._shown_afterwards(target, client, payload)
        return outcome

    def _judge(self, target: Target, answer: Any, payload: Payload | None) -> Outcome:
        body = body_of(answer)
        outcome = Outcome(answer.status_code, body)
        if answer.status_code not in EXPECTED:
            error = getattr(answer, "exc_info", None)
            words = f" {error[0].__name__}: {error[1]}" if error else ""
            outcome.wrong.append(f"answered {answer.status_code}{words[:300]}")
        outcome.wrong += wrong_in(answer, body, payload)
        if target.cookie and target.name != "sign_out" and is_sent_to_the_door(answer):
            outcome.wrong.append("was signed out: nothing is proved any more")
        return outcome

    def _changes(self, target: Target, outcome: Outcome, changed: set[str]) -> list[str]:
        if target.method != "get" and is_accepted(target, outcome.status):
            return []
        now = checksums(changed - target.may_write)
        found = [table for table in now if now[table] != self.before.get(table)]
        return [f"answered {outcome.status} and changed {', '.join(found)}"] if found else []

    def _shown_afterwards(
        self, target: Target, client: Client, payload: Payload | None
    ) -> list[str]:
        if payload is None or not payload.is_markup:
            return []
        wrong = []
        for path in target.shows:
            answer = client.get(path)
            problems = wrong_in(answer, body_of(answer), payload)
            if answer.status_code >= 500:
                problems.append(f"answered {answer.status_code}")
            wrong += [f"afterwards {path}: {problem}" for problem in problems]
        return wrong


def body_of(answer: Any) -> str:
    """The answer's text; nothing for a file."""
    raw = b"".join(answer.streaming_content) if answer.streaming else answer.content
    kind = answer.headers.get("Content-Type", "")
    return raw.decode() if kind.startswith("text/") else ""


def is_sent_to_the_door(answer: Any) -> bool:
    """Whether the answer asks to sign in."""
    place = answer.headers.get("Location", "") or answer.headers.get("HX-Redirect", "")
    return bool(urlsplit(place).path == "/sign-in")


def wrong_in(answer: Any, body: str, payload: Payload | None) -> list[str]:
    """What an answer says that no answer may say, whatever was sent."""
    wrong = []
    is_page = answer.headers.get("Content-Type", "").startswith("text/html")
    if is_page:
        wrong += [f"foreign markup: {each}" for each in Page(body).foreign[:3]]
        if payload is not None and payload.is_markup and str(payload.value) in body:
            wrong.append("shows it unescaped")
    typed = "" if payload is None else str(payload.value)
    leak = LEAKS.search(body)
    if leak and leak.group() not in typed:
        wrong.append(f"tells {leak.group()[:60]!r}")
    if SUM not in typed and SUM_ALONE.search(body):
        wrong.append("read it as a template")
    place = urlsplit(answer.headers.get("Location", "") or answer.headers.get("HX-Redirect", ""))
    if place.netloc or place.scheme or place.path.startswith(("//", "/\\")):
        wrong.append(f"leads to {place.geturl()[:80]}")
    if "evil" in answer.headers.get("Set-Cookie", ""):
        wrong.append("sets a foreign cookie")
    return wrong


def _deferred() -> list[str]:
    """What the database would refuse only at commit."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    except DatabaseError as error:
        return [f"would not commit: {str(error)[:200]}"]
    return []


# ------------------------------------------------------------------ finding
def view_name(path: str) -> str:
    """The name of the address, or nothing when it is not ours."""
    try:
        return str(resolve(urlsplit(path).path).view_name)
    except Resolver404:
        return ""


def targets_on(
    page: Page, path: str, cookie: str, *, right: dict[str, dict[str, str]]
) -> Iterator[Target]:
    """What can be sent from this page: its forms, and the addresses that it links to.

    ``right`` has, for each form by its name, what must be typed so that it is accepted;
    a name with ``+`` is a field that a script brings.
    """
    for form in page.forms:
        action = form.action or path
        if form.method == "get":
            action = urlsplit(action).path or urlsplit(path).path
        name = view_name(action)
        kinds = {each.kind for each in form.fields.values()} - {"hidden"}
        is_of_files = kinds == {"file"}  # no text can be sent; tests/documents sends wrong files
        if name and form.fields and not is_of_files:
            yield _target(form, name, action, cookie, right.get(name, {}))
    by_path: dict[str, dict[str, str]] = {}
    for link in page.links:
        parts = urlsplit(link)
        if parts.query and not parts.netloc and not parts.scheme:
            place = parts.path or urlsplit(path).path
            known = by_path.setdefault(place, {})
            known |= dict(parse_qsl(parts.query, keep_blank_values=True))
    for place, sample in by_path.items():
        if name := view_name(place):
            pairs: Pairs = []
            yield Target(name, "get", place, cookie, pairs, tuple(sample))


def _target(form: Form, name: str, action: str, cookie: str, right: dict[str, str]) -> Target:
    pairs: Pairs = form.pairs()
    for field_name, value in right.items():
        known = field_name.removeprefix("+")
        if known in form.fields or known != field_name:
            pairs = [*(pair for pair in pairs if pair[0] != known), (known, value)]
    more = (name[1:] for name in right if name.startswith("+"))
    names = dict.fromkeys([*form.fields, *more])
    names.pop("csrfmiddlewaretoken", None)
    days = tuple(each.name for each in form.fields.values() if each.kind in {"date", "month"})
    return Target(name, form.method, action, cookie, pairs, tuple(names), days=days)
