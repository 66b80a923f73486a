"""The WSGI application that gunicorn serves."""

import os
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

from smart360.web.bodies import guard_body

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smart360.settings.base")
pages = get_wsgi_application()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """One request, of which nobody reads half."""
    guard_body(environ)
    return pages(environ, start_response)
