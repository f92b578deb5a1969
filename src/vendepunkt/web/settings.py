"""Settings of the web application, from the environment; every one is in docs/reference/web.md."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Final

import dj_database_url
from django.utils.translation import gettext_lazy as _

HERE: Final = Path(__file__).resolve().parent

#: Where the database and its secrets lie: the study's `work/web`, given by `vendepunkt serve`.
HOME: Final = Path(os.environ.get("VENDEPUNKT_WEB_HOME", Path.cwd() / "work" / "web"))
#: The study folder that meetings are frozen into.
STUDY: Final = os.environ.get("VENDEPUNKT_STUDY", "")
#: Folder with word vectors of the place, for the theme help; none is needed.
WORD_VECTORS: Final = os.environ.get("VENDEPUNKT_WORD_VECTORS", "")
#: Address of the accessibility statement elsewhere; empty where the page of the program is used.
WAS_URL: Final = os.environ.get("VENDEPUNKT_WAS_URL", "")
#: Who runs this place, and whom to write to about accessibility.
RUN_BY: Final = os.environ.get("VENDEPUNKT_RUN_BY", "")
CONTACT: Final = os.environ.get("VENDEPUNKT_CONTACT", "")
#: Whether everybody who works here must have a second factor.
SECOND_FACTOR_REQUIRED: Final = os.environ.get("VENDEPUNKT_SECOND_FACTOR", "") == "required"
#: Minutes without a request, and hours in all, after which somebody signs in again.
IDLE_MINUTES: Final = int(os.environ.get("VENDEPUNKT_IDLE_MINUTES", "60"))
SESSION_HOURS: Final = int(os.environ.get("VENDEPUNKT_SESSION_HOURS", "12"))


def _secret() -> str:
    """Give the key that signs cookies: from the environment, else from the file beside the data."""
    if stated := os.environ.get("VENDEPUNKT_SECRET_KEY"):
        return stated
    path = HOME / "secret.key"
    return path.read_text(encoding="ascii").strip() if path.exists() else ""


def _database() -> dict[str, Any]:
    """Give SQLite beside the study, or what DATABASE_URL names."""
    if url := os.environ.get("DATABASE_URL"):
        return dict(dj_database_url.parse(url, conn_max_age=600, conn_health_checks=True))
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": HOME / "room.sqlite3",
        # Each thread keeps its own: opening costs more than a page, and when the last one closes
        # everything is written to the disk while all wait.
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            # One short write at a time, begun as a write: nobody is turned away half-way.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA secure_delete=ON;"
            ),
        },
    }


DEBUG = False
SECRET_KEY = _secret()
ALLOWED_HOSTS = os.environ.get("VENDEPUNKT_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
#: Whether people come by https: cookies then travel that way only.
SECURE = os.environ.get("VENDEPUNKT_HTTPS", "") == "1"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "django_htmx",
    "vendepunkt.web.people",
    "vendepunkt.web.room",
]

MIDDLEWARE = [
    "vendepunkt.web.middleware.headers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "vendepunkt.web.middleware.Doors",
]
#: What pages of those who work here go through besides.
STAFF_MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "vendepunkt.web.middleware.sessions_end",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "vendepunkt.web.urls"
WSGI_APPLICATION = "vendepunkt.web.wsgi.application"
DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": sorted(HERE.glob("**/templates")),
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

# --- who works here ----------------------------------------------------------------------------

AUTH_USER_MODEL = "people.Person"
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "home"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("UserAttributeSimilarityValidator", {"user_attributes": ("username", "first_name")}),
        ("MinimumLengthValidator", {"min_length": 12}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
    )
]
#: How long a link to choose a password works, in seconds.
PASSWORD_RESET_TIMEOUT = 3 * 24 * 3600
OTP_TOTP_ISSUER = "Vendepunkt"
OTP_TOTP_SYNC = True
# Waiting is ours: see people/waiting.py.
OTP_TOTP_THROTTLE_FACTOR = 0

SESSION_COOKIE_NAME = "__Host-session" if SECURE else "session"
SESSION_COOKIE_AGE = SESSION_HOURS * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE else "csrf"
CSRF_COOKIE_AGE = None
CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_SECURE = SECURE
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
# In the session, never in a cookie: a message may name something of a meeting.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- what a browser is told --------------------------------------------------------------------

SECURE_SSL_REDIRECT = SECURE
# A server in front ends https and says so; it must set this header itself.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_CONTENT_TYPE_NOSNIFF = True
# Nothing is told to other places. With "no-referrer" browsers send forms without their origin,
# and Django's guard against forged forms would turn all of them away.
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SILENCED_SYSTEM_CHECKS = [
    "security.W003",  # the guard against forged forms stands in STAFF_MIDDLEWARE
    "security.W021",  # the browsers' preload list is for those who own the whole domain
]
#: Bytes of a form, and fields: room for a pile of paper ballots and for words of any length.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_NUMBER_FILES = 5

# --- words and files ---------------------------------------------------------------------------

LANGUAGE_CODE = os.environ.get("VENDEPUNKT_LANGUAGE", "da")
LANGUAGES = [("da", _("Danish")), ("en", _("English"))]
LOCALE_PATHS = sorted(HERE.glob("**/locale"))
FORMAT_MODULE_PATH = "vendepunkt.web.formats"
TIME_ZONE = "Europe/Copenhagen"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
#: The folders named static, each file under its own name; those of the apps Django finds itself.
STATICFILES_DIRS = sorted(
    path for path in HERE.glob("**/static") if not (path.parent / "apps.py").exists()
)
#: `vendepunkt serve` gathers the files here, compressed and under names with their hash.
STATIC_ROOT = (
    HOME / "static" if "VENDEPUNKT_WEB_HOME" in os.environ and (HOME / "static").is_dir() else None
)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if STATIC_ROOT
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = STATIC_ROOT is None
WHITENOISE_ALLOW_ALL_ORIGINS = False

# --- logs, without any address of anybody --------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"()": "vendepunkt.web.logs.Plain"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"django": {"handlers": ["console"], "level": "ERROR", "propagate": False}},
}
