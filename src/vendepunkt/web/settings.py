"""Settings of the web application, from the environment; every one is in docs/reference/web.md."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Final

import dj_database_url

HERE: Final = Path(__file__).resolve().parent

#: Where the database and its secrets lie: the study's `work/web`, given by `vendepunkt serve`.
HOME: Final = Path(os.environ.get("VENDEPUNKT_WEB_HOME", Path.cwd() / "work" / "web"))
#: The study folder that meetings are frozen into.
STUDY: Final = os.environ.get("VENDEPUNKT_STUDY", "")


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
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "vendepunkt.web.urls"
WSGI_APPLICATION = "vendepunkt.web.wsgi.application"
DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "people.Person"

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

LANGUAGE_CODE = os.environ.get("VENDEPUNKT_LANGUAGE", "da")
LANGUAGES = [("da", "Dansk"), ("en", "English")]
LOCALE_PATHS = sorted(HERE.glob("**/locale"))
TIME_ZONE = "Europe/Copenhagen"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATICFILES_DIRS = [HERE / "static"]
