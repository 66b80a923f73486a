"""Signing in and out."""

from django.http import HttpRequest, HttpResponse


def locked_out(request: HttpRequest, credentials: dict[str, str]) -> HttpResponse:
    """Too many wrong passwords for this name from this address."""
    return HttpResponse(status=429)
