"""The one settings module. Everything that differs between installations comes from the environment.

FLYPAPER_DATA      folder of all state: database, search file, keys, uploads (default ./var)
FLYPAPER_DATABASE  postgresql://user:password@host:port/name; without it SQLite in FLYPAPER_DATA
FLYPAPER_BROKER    redis://… for Celery; without it one child process works through the tables
FLYPAPER_SEARCH    sqlite (default) or elastic
FLYPAPER_DEMO      1: no second factor, only on loopback, with a banner (set by `make demo` alone)
FLYPAPER_HOSTS     host names the portal answers to, comma-separated
FLYPAPER_ADDRESS   https://… as people type it; with https cookies and the browser's memory insist on it
"""

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

from intake.sealing import KeyRing, KeysMissing

BASE_DIR = Path(__file__).resolve().parent.parent
# Whatever command, server or worker runs: what it writes is its owner's alone.
os.umask(0o077)
FLYPAPER_DATA = Path(os.environ.get("FLYPAPER_DATA", BASE_DIR / "var")).resolve()
FLYPAPER_DEMO = os.environ.get("FLYPAPER_DEMO") == "1"
FLYPAPER_BROKER = os.environ.get("FLYPAPER_BROKER", "")
FLYPAPER_SEARCH = os.environ.get("FLYPAPER_SEARCH", "sqlite")


def _secret_key() -> str:
    try:
        return KeyRing.load(FLYPAPER_DATA / "keys" / "ring.json").derive("django").hex()
    except (KeysMissing, OSError):
        return ""  # make_keys must run; Django refuses to sign anything with an empty key


DEBUG = False
SECRET_KEY = _secret_key()
ALLOWED_HOSTS = [h for h in os.environ.get("FLYPAPER_HOSTS", "localhost,127.0.0.1,[::1]").split(",") if h]

INSTALLED_APPS = [
    "intake",
    "triage",
    "search",
    "cms",
    "wagtail.contrib.settings",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_otp",
    "django_otp.plugins.otp_static",
    "django_otp.plugins.otp_totp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "cms.staff_access.DeskMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "cms.urls"
WSGI_APPLICATION = "cms.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]


def _database() -> dict:
    address = os.environ.get("FLYPAPER_DATABASE", "")
    if not address:
        return {
            "ENGINE": "cms.database",
            "NAME": FLYPAPER_DATA / "flypaper.sqlite3",
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "timeout": 20,
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-16000;",
            },
        }
    parts = urlsplit(address)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


DATABASES = {"default": _database()}
ATOMIC_REQUESTS = False

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "cms" / "locale"]
TIME_ZONE = os.environ.get("FLYPAPER_TIME_ZONE", "Asia/Shanghai")
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = None
MEDIA_ROOT = FLYPAPER_DATA / "media"
MEDIA_URL = "/media/"
WHITENOISE_USE_FINDERS = True  # served from the packages: no build step, no stale copy after an upgrade
# What Django spills to disk while an upload arrives; `serve` sweeps it.
FILE_UPLOAD_TEMP_DIR = FLYPAPER_DATA / "incoming"

# What one POST of a citizen may hold; the attachments' own limits stand in intake/attachments.toml.
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 << 20  # all text fields together: more than LONGEST_TEXT in UTF-8
PORTAL_BODY_LIMIT = 1 << 30  # a file over its own limit is let past, so that the form's text arrives
# Against floods (cms/limits.py), for each server process; 0 switches a limit off.
PORTAL_REPORTS_PER_MINUTE = int(os.environ.get("FLYPAPER_REPORTS_PER_MINUTE", "240"))  # all together
PORTAL_REPORTS_PER_HOUR = int(os.environ.get("FLYPAPER_REPORTS_PER_HOUR", "60"))  # one client
PORTAL_WRONG_CODES_PER_MINUTE = 60
PORTAL_DISK_FLOOR = 256 << 20  # with less free disk nothing is taken any more

# The sweeps of the worker, in the order of the data's flow. Each looks at its tables for what is still to do.
FLYPAPER_SWEEPS = [
    "intake.tasks.catch_up",
    "triage.tasks.catch_up",
    "search.tasks.catch_up",
    "cms.folder.sweep_spilled_uploads",
]

# Celery, where FLYPAPER_BROKER names one. Messages carry keys only; a task is acknowledged when it is done.
CELERY_BROKER_URL = FLYPAPER_BROKER or "memory://"
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    # For a web process that rings: one try, half a second. Workers are more patient (cms/celery.py).
    "socket_timeout": 0.5,
    "socket_connect_timeout": 0.5,
    "max_retries": 0,
    "interval_start": 0,
    "interval_max": 0,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE_FILENAME = str(FLYPAPER_DATA / "run" / "celerybeat")
CELERY_BEAT_SCHEDULE = {
    name: {"task": "cms.sweep", "schedule": 60.0, "args": [name], "options": {"expires": 55}}
    for name in FLYPAPER_SWEEPS
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "place": {
            "()": "cms.logs.PlaceFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
        },
    },
    "filters": {"request": {"()": "cms.logs.RequestFilter"}, "task": {"()": "cms.logs.TaskFilter"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "place"},
        "request": {"class": "logging.StreamHandler", "formatter": "place", "filters": ["request"]},
        "task": {"class": "logging.StreamHandler", "formatter": "place", "filters": ["task"]},
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "flypaper": {"level": "INFO"},
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        "django.request": {"handlers": ["request"], "level": "ERROR", "propagate": False},
        "django.security": {"handlers": ["request"], "level": "ERROR", "propagate": False},
        "django.server": {"handlers": [], "level": "CRITICAL", "propagate": False},
        "celery.app.trace": {"handlers": ["task"], "level": "ERROR", "propagate": False},
        "django.db.backends": {"level": "WARNING"},
    },
}

WAGTAIL_SITE_NAME = "Flypaper"
WAGTAILADMIN_BASE_URL = os.environ.get("FLYPAPER_ADDRESS", "http://127.0.0.1:8000")
# Behind a proxy that speaks TLS and sets X-Forwarded-Proto itself (docs/operate/production.md).
if WAGTAILADMIN_BASE_URL.startswith("https://"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    CSRF_TRUSTED_ORIGINS = [WAGTAILADMIN_BASE_URL]
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_I18N_ENABLED = False

# The county whose inbox this is: decides the default context of reading. A "level:code" key.
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}

# The desk needs what Wagtail's own scripts need, and no more: no script of a page's own, nothing from elsewhere.
DESK_CSP = {
    **SECURE_CSP,
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF, CSP.UNSAFE_INLINE],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "frame-src": [CSP.SELF],
}

AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend", "cms.staff_access.AppointmentBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
OTP_TOTP_ISSUER = "Flypaper"
SESSION_COOKIE_AGE = 8 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
WAGTAILADMIN_USER_LOGIN_FORM = "cms.forms.desk_signin.SignInForm"
WAGTAIL_USER_TIME_ZONES = [TIME_ZONE]  # days are counted where the office is, not where somebody sits
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES  # each person's choice, in the account
WAGTAIL_PASSWORD_RESET_ENABLED = False  # by mail, alone: here it takes two people
WAGTAIL_WORKFLOW_ENABLED = False

LOGIN_URL = "wagtailadmin_login"
SILENCED_SYSTEM_CHECKS: list[str] = []
PRODUCT_NAME = _("Flypaper")
