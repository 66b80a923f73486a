"""The test suite: production settings on throw-away servers."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("SECRET_KEY", "only-for-tests")
os.environ.setdefault("PUBLIC_URL", "http://testserver")
os.environ.setdefault("STATE_DIR", tempfile.mkdtemp(prefix="smart360-tests-"))

from smart360.settings.base import *  # noqa: F403  (settings are one namespace by design)
from smart360.settings.base import DATABASES, INSTALLED_APPS, MIDDLEWARE, STATE_DIR

IS_DEMO = True
SHOWS_GALLERY = True
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
SECURE_SSL_REDIRECT = False
SESSION_COOKIE_SECURE = False
CSRF_COOKIE_SECURE = False
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
MEDIA_ROOT = Path(STATE_DIR) / "media"
# The real hasher at its cheapest: the suite signs in hundreds of times.
PASSWORD_HASHERS = ["tests.fast_hasher.CheapArgon2"]
# Hashed file names break live_server (stack.md).
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
DATABASES["default"]["CONN_MAX_AGE"] = 0
if template := os.environ.get("TEST_TEMPLATE"):  # `./dev test` migrates once for all processes
    DATABASES["default"]["TEST"] = {"TEMPLATE": template}
DATABASES["default"].pop("CONN_HEALTH_CHECKS", None)
INSTALLED_APPS = [*INSTALLED_APPS, "zeal"]
MIDDLEWARE = [*MIDDLEWARE, "zeal.middleware.zeal_middleware"]
ZEAL_RAISE = True
# The one utility is read wherever it is needed; budgets in tests count every statement anyway.
ZEAL_ALLOWLIST = [
    {"model": "organisation.Utility", "field": "get()"},
    {"model": "billing.BillingPolicy", "field": "get()"},
    # A port locks again, inside an act, the case that the act may hold already.
    {"model": "cases.Case", "field": "get()"},
]
LOGGING = {"version": 1, "disable_existing_loggers": False}
WHITENOISE_AUTOREFRESH = True
