"""Settings that are safe for production. Everything that differs between places is read from the
environment; what is missing there stops the start.
"""

import sys
from pathlib import Path
from typing import Any

import django_stubs_ext
import environ
from csp.constants import NONE, SELF

django_stubs_ext.monkeypatch()  # Django's generic classes take their type arguments at run time

ROOT = Path(__file__).resolve().parents[2]
env = environ.Env()

# --------------------------------------------------------------------------- who we are
SECRET_KEY = env.str("SECRET_KEY")
DEBUG = False
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1"])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[])
PUBLIC_URL: str = env.str("PUBLIC_URL")  # what a consumer's link begins with, no final slash
IS_DEMO = False  # demo sign-ins and demo data are refused unless this is true
SHOWS_GALLERY = False
STATE_DIR = Path(env.str("STATE_DIR", default=str(ROOT / ".state")))

INSTALLED_APPS = [
    "smart360.kernel",
    "smart360.web",
    "smart360.owed",
    "smart360.organisation",
    "smart360.staff",
    "smart360.trail",
    "smart360.documents",
    "smart360.comms",
    "consumers",
    "smart360.cases",
    "billing",
    "smart360.fieldwork",
    "disconnections",
    "complaints",
    "smart360.desk",
    "smart360.insights",
    "smart360.custody",
    "smart360.local",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",  # the templates of its widgets, for FORM_RENDERER
    "template_partials",
    "django_htmx",
    "django_filters",
    "phonenumber_field",
    "pgtrigger",
    "pghistory",
    "axes",
    "csp",
    "anymail",
    "django_linear_migrations",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "smart360.web.middleware.RequestId",
    "smart360.web.middleware.HeadAsGet",
    "smart360.web.problems.ProblemsBelowApi",
    "smart360.web.middleware.FormsOnly",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "smart360.organisation.context.UtilityOfRequest",
    "smart360.web.middleware.SessionTimeout",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "smart360.web.middleware.RefusalPage",
    "smart360.web.middleware.ConfigurationHistory",
    "smart360.web.gate.PermissionGate",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "smart360.urls"
WSGI_APPLICATION = "smart360.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "smart360.desk.context.shell",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --------------------------------------------------------------------------- PostgreSQL
# The owner migrates and grants; everything else runs as the application's role, which cannot
# change or remove what is append-only.
OWNER_COMMANDS = {"migrate", "grant_rights", "load_bench", "load_debt"}
AS_OWNER = len(sys.argv) > 1 and sys.argv[1] in OWNER_COMMANDS
DATABASE_URL_NAME = (
    "DATABASE_OWNER_URL" if AS_OWNER and "DATABASE_OWNER_URL" in env.ENVIRON else "DATABASE_URL"
)
HAS_TWO_DATABASE_ROLES = "DATABASE_OWNER_URL" in env.ENVIRON and env.str(
    "DATABASE_OWNER_URL"
) != env.str("DATABASE_URL")
SESSION_SETTINGS = (
    "-c statement_timeout=10000 -c lock_timeout=3000 -c idle_in_transaction_session_timeout=30000"
    " -c random_page_cost=1.1"  # what is looked at lies in memory; 4 is for disks that turn
)
IS_POOLED = env.bool("DB_POOL", default=False)  # on for web, off in Celery
if IS_POOLED:
    # A page takes the first rows of an order: parallel workers read on and double its time.
    SESSION_SETTINGS += " -c max_parallel_workers_per_gather=0"
if AS_OWNER:
    SESSION_SETTINGS = "-c lock_timeout=2000"
# Lists join a dozen tables: their plans stay with the connection (smart360/kernel/prepared.py). Not
# behind a pooler that shares sessions, where the next statement comes to another one.
KEEPS_PLANS = env.bool("DB_KEEPS_PLANS", default=True)
if KEEPS_PLANS:
    SESSION_SETTINGS += " -c plan_cache_mode=force_generic_plan"
DATABASES: dict[str, dict[str, Any]] = {"default": env.db(DATABASE_URL_NAME)}
DATABASES["default"] |= {
    "ENGINE": "django.db.backends.postgresql",
    "ATOMIC_REQUESTS": False,
    "OPTIONS": {"options": SESSION_SETTINGS, "connect_timeout": 5},
}
if KEEPS_PLANS:
    DATABASES["default"]["OPTIONS"]["prepare_threshold"] = 5  # without a number never
# A connection that the server has ended is found out before a page uses it, not by the page.
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
if IS_POOLED:  # Celery would close a pool at each task
    DATABASES["default"]["OPTIONS"]["pool"] = {
        "min_size": 2,
        "max_size": 10,
        "timeout": 5,  # then the page says 503
        "reconnect_timeout": 5,  # its pauses double: a longer series would miss the server's return
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --------------------------------------------------------------------------- Celery, only a wake-up
CELERY_BROKER_URL = env.str("REDIS_URL")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_ACKS_ON_FAILURE_OR_TIMEOUT = False
CELERY_TASK_TIME_LIMIT = 120
CELERY_TASK_SOFT_TIME_LIMIT = 90
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 400_000
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 30
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_VISIBILITY_TIMEOUT = 300
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker that gave up would stay away for ever
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300,
    "unacked_restore_throttle": 1,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
}
CELERY_TIMEZONE = "UTC"
CELERY_ENABLE_UTC = True

# --------------------------------------------------------------------------- people and sessions
AUTH_USER_MODEL = "staff.Person"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "smart360.staff.access.RoleBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "full_name", "email")},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "start"
LOGOUT_REDIRECT_URL = "sign_in"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 12 * 60 * 60  # a shift; nobody stays signed in longer
SESSION_IDLE_SECONDS = env.int("SESSION_IDLE_SECONDS", default=45 * 60)
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_USE_SESSIONS = False
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "smart360.web.views.csrf_failure"
AXES_FAILURE_LIMIT = 6  # the sixth wrong password within the cool-off is answered 429
AXES_COOLOFF_TIME = 0.25  # hours
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # the wait that is announced is the wait
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_HANDLER = "axes.handlers.database.AxesDatabaseHandler"
AXES_LOCKOUT_CALLABLE = "smart360.staff.views.locked_out"
AXES_RESET_ON_SUCCESS = True
# Our own sign-in log (staff.SignIn) is the record; axes only counts, and counts digests of names.
AXES_USERNAME_CALLABLE = "smart360.staff.access.throttled_name"
AXES_CLIENT_IP_CALLABLE = "smart360.staff.access.address_of"
AXES_SENSITIVE_PARAMETERS = ["username", "password"]
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
PROXY_COUNT = env.int("PROXY_COUNT", default=0)  # our own proxies in front, each adds an address

# --------------------------------------------------------------------------- what a browser may do
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    name: [] for name in ("camera", "microphone", "geolocation", "payment", "usb")
}
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440

# --------------------------------------------------------------------------- words and time
LANGUAGE_CODE = "en-us"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"  # storage; pages speak in the utility's zone (organisation.Utility)
PHONENUMBER_DEFAULT_REGION = env.str("PHONE_REGION", default="US")

# --------------------------------------------------------------------------- files and mail
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(STATE_DIR / "static")))
STATICFILES_DIRS = [ROOT / "static"]
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(STATE_DIR / "media")))
EXPORT_KEPT_DAYS = env.int("EXPORT_KEPT_DAYS", default=14)  # a person's exported data
SCANNER = env.str("SCANNER", default="")  # clamd's address; see documents/inspection/scanner.py
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
if bucket := env.str("S3_BUCKET", default=""):
    STORAGES["default"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": bucket,
            "endpoint_url": env.str("S3_ENDPOINT", default="") or None,
            "default_acl": "private",
            "file_overwrite": False,
        },
    }
EMAIL_BACKEND = env.str("EMAIL_BACKEND", default="django.core.mail.backends.smtp.EmailBackend")
vars().update(env.email("EMAIL_URL", default="smtp://localhost:25"))
if "EMAIL_BACKEND" in env.ENVIRON:
    EMAIL_BACKEND = env.str("EMAIL_BACKEND")
EMAIL_TIMEOUT = 20
EMAIL_FILE_PATH = str(STATE_DIR / "mail")
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="no-reply@localhost")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --------------------------------------------------------------------------- what we write down
# No personal data in logs: request paths carry numbers, never names; query strings are not logged.
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "smart360.web.logs.JsonLines"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {"django.server": {"propagate": True}, "weasyprint": {"level": "ERROR"}},
}

# --------------------------------------------------------------------------- checks
SILENCED_SYSTEM_CHECKS: list[str] = []
PGHISTORY_APPEND_ONLY = True
PGTRIGGER_MIGRATIONS = True
