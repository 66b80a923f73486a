"""``./dev run``: production's settings on this machine's loopback, no TLS, with demo data."""

from smart360.settings.base import *  # noqa: F403  (settings are one namespace by design)
from smart360.settings.base import STATE_DIR, env

IS_DEMO = True
SHOWS_GALLERY = True
SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 0
SESSION_COOKIE_SECURE = False
CSRF_COOKIE_SECURE = False
SESSION_COOKIE_NAME = "smart360_session"
EMAIL_BACKEND = env.str("EMAIL_BACKEND", default="django.core.mail.backends.filebased.EmailBackend")
EMAIL_FILE_PATH = str(STATE_DIR / "mail")  # every mail of the demo is a file here
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
}
