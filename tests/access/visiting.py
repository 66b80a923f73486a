"""Visits that leave nothing behind, and what they would have left."""

from collections.abc import Iterator
from typing import Any

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.looking import checksums, put_back, writes

FORM = "application/x-www-form-urlencoded"


def patterns(resolver: Any, prefix: str = "", namespace: str = "") -> Iterator[tuple[str, Any]]:
    """Every address by its name, or by its path where it has none."""
    for each in resolver.url_patterns:
        path = prefix + str(each.pattern)
        if isinstance(each, URLResolver):
            inner = f"{each.namespace}:" if each.namespace else namespace
            yield from patterns(each, path, inner)
        else:
            assert isinstance(each, URLPattern)
            yield (f"{namespace}{each.name}" if each.name else path), each.callback


ALL = dict(patterns(get_resolver()))


def answer_of(cookie: str, method: str, path: str, body: str = "", **headers: str) -> Any:
    """The answer to one visit with this session, which leaves nothing behind."""
    client = Client(headers=headers)
    if cookie:
        client.cookies["sessionid"] = cookie
    with put_back():
        answer: Any = client.generic(method, path, body, content_type=FORM)
        if getattr(answer, "streaming", False):
            answer.text_sent = b"".join(answer.streaming_content)
    return answer


def body_of(answer: Any) -> bytes:
    """What was sent, at once or piece by piece."""
    return bytes(answer.text_sent if getattr(answer, "streaming", False) else answer.content)


def visit(cookie: str, method: str, path: str, **headers: str) -> int:
    """The status of one visit."""
    return int(answer_of(cookie, method, path, **headers).status_code)


def cookie_of(client: Client) -> str:
    return client.cookies["sessionid"].value


def answer_and_writes(
    cookie: str, method: str, path: str, body: str = "", **headers: str
) -> tuple[Any, set[str]]:
    """The answer to one visit, and the tables that it would have left other than it found them."""
    before = writes()
    answer = answer_of(cookie, method, path, body, **headers)
    if writes() == before:
        return answer, set()
    client = Client(headers=headers)  # rows were written, or written and taken back: look closer
    client.cookies["sessionid"] = cookie
    with put_back():
        old = checksums()
        client.generic(method, path, body, content_type=FORM)
        new = checksums()
    return answer, {table for table in new if new[table] != old[table]}
