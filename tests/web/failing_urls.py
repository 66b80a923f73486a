"""The product, and pages whose act the database ends: by a code, or with its connection."""

import os
import socket
from typing import Any

from django.contrib.sessions.models import Session
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.urls import path

from smart360.kernel.db import operation
from smart360.urls import handler400, handler403, handler404, handler500
from smart360.urls import urlpatterns as product
from smart360.web.gate import public

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


@operation
def act(code: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{code}'; END $$")


@public
def failing(request: HttpRequest, code: str) -> HttpResponse:
    """Its operation ends by this code."""
    act(code)
    return HttpResponse()


@public
def cut_off(request: HttpRequest) -> HttpResponse:
    """Its connection ends before its operation."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    connection.connection.close()
    act("00000")
    return HttpResponse()


def cut_the_line() -> None:
    with socket.socket(fileno=os.dup(connection.connection.pgconn.socket)) as line:
        line.shutdown(socket.SHUT_RDWR)


@operation
def act_while_the_line_is_cut() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cut_the_line()
        cursor.execute("SELECT 1")


@public
def cut_off_within(request: HttpRequest) -> HttpResponse:
    """Its connection ends within its operation, and something on the way out opens another."""
    try:
        act_while_the_line_is_cut()
    except OperationalError:
        connection.ensure_connection()
        raise
    return HttpResponse()


@public
def cut_off_afterwards(request: HttpRequest) -> HttpResponse:
    """Its connection ends before its session is written down."""
    request.session["seen_at"] = 1
    connection.ensure_connection()
    cut_the_line()
    return HttpResponse()


@public
def session_ended_meanwhile(request: HttpRequest) -> HttpResponse:
    """Somebody signs out in another window before its session is written down."""
    request.session["seen_at"] = 1
    Session.objects.all().delete()
    return HttpResponse()


urlpatterns: list[Any] = [
    *product,
    path("failing/<str:code>", failing, name="failing"),
    path("cut-off", cut_off, name="cut_off"),
    path("cut-off-within", cut_off_within, name="cut_off_within"),
    path("cut-off-afterwards", cut_off_afterwards, name="cut_off_afterwards"),
    path("ended-meanwhile", session_ended_meanwhile, name="session_ended_meanwhile"),
]
