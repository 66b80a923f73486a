"""The product with the limit views beside it, for the bench's own web server."""

from django.conf import settings

from smart360.wsgi import application

settings.ROOT_URLCONF = "smart360.local.bench.limits"

__all__ = ["application"]
