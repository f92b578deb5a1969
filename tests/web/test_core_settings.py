"""Settings: safe behind https, read from the environment, and each on its page."""

from __future__ import annotations

import logging
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from vendepunkt.web import middleware, settings
from vendepunkt.web.logs import Plain
from vendepunkt.web.rights import RIGHTS

WEB = Path(settings.__file__).parent


def django_says(tmp_path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "django", *words],
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "vendepunkt.web.settings",
            "VENDEPUNKT_SECRET_KEY": "k7" * 40 + "ABCDE-some-more_letters",
            "VENDEPUNKT_WEB_HOME": str(tmp_path),
            **environment,
        },
        capture_output=True,
        text=True,
        check=False,
    )


def test_django_has_nothing_to_say_about_safety_behind_https(tmp_path):
    said = django_says(
        tmp_path,
        "check",
        "--deploy",
        "--fail-level=INFO",
        VENDEPUNKT_HTTPS="1",
        VENDEPUNKT_HOSTS="room.example.dk",
    )
    assert said.returncode == 0, said.stderr
    assert "no issues" in said.stdout


def test_no_table_differs_from_its_migrations(tmp_path):
    said = django_says(tmp_path, "makemigrations", "--check", "--dry-run", VENDEPUNKT_LANGUAGE="en")
    assert said.returncode == 0, said.stdout


def test_cookies_travel_by_https_only_and_stay_with_their_host(tmp_path):
    code = (
        "from django.conf import settings as s; print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME,"
        " s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_HSTS_SECONDS > 3e7)"
    )
    said = django_says(tmp_path, "shell", "-v0", "-c", code, VENDEPUNKT_HTTPS="1")
    assert said.stdout.strip() == "__Host-session __Host-csrf True True True"


def _read_from_environment() -> list[str]:
    found: set[str] = set()
    for path in WEB.glob("**/*.py"):
        text = path.read_text(encoding="utf-8")
        found |= set(re.findall(r'environ(?:\.get\(|\[)"(\w+)"', text))
    return sorted(found)


@pytest.mark.parametrize("name", _read_from_environment())
def test_a_setting_is_on_its_page(root, name):
    page = (root / "docs" / "reference" / "web.md").read_text(encoding="utf-8")
    assert f"`{name}`" in page


@pytest.mark.parametrize("right", RIGHTS)
def test_a_right_and_its_roles_are_on_the_page(root, right):
    page = (root / "docs" / "reference" / "web.md").read_text(encoding="utf-8")
    row = next(line for line in page.splitlines() if line.startswith(f"| `{right}` "))
    named = re.split(r"[ ,|`]+", row)
    assert {role for role in RIGHTS["signed_in"] if role in named} == set(RIGHTS[right])


def test_settings_are_read_at_all():
    assert "DATABASE_URL" in _read_from_environment()
    assert len(_read_from_environment()) > 8


@pytest.mark.parametrize("path", ["/", "/m/ABCDEF/v", "/screen/nosuch/", "/favicon.ico"])
def test_pages_of_participants_cost_no_session_and_no_account(
    client, people, path, django_assert_max_num_queries
):
    client.force_login(people["owner"])
    with django_assert_max_num_queries(2) as seen:
        answer = client.get(path)
    asked = " ".join(query["sql"] for query in seen.captured_queries)
    assert "django_session" not in asked
    assert "people_person" not in asked
    assert "Content-Security-Policy" in answer.headers
    assert not {"session", "csrf"} & set(answer.cookies)


def test_an_address_of_a_page_or_a_word_from_the_database_is_in_no_log():
    plain = Plain()
    text = "Key (text)=(Jens Hansen) exists"
    try:
        int(text)
    except ValueError:
        record = logging.LogRecord(
            "django.request", logging.ERROR, "x", 1, "%s: %s", ("Error", "/m/CODE/"), sys.exc_info()
        )
    said = plain.format(record)
    assert "CODE" not in said
    assert "Jens" not in said
    assert "ValueError" in said
    assert "test_core_settings.py" in said


def test_a_form_that_is_too_large_is_turned_away(as_role):
    client = as_role("owner")
    client.raise_request_exception = False
    big = {"username": "x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)}
    assert client.post(
        reverse("person_new"), big, content_type="application/x-www-form-urlencoded"
    ).status_code in {200, 400}
    answer = client.generic(
        "POST",
        reverse("person_new"),
        b"username=" + b"x" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE,
        content_type="application/x-www-form-urlencoded",
    )
    assert answer.status_code == 400


def test_an_unknown_host_is_turned_away(db):
    client = Client(raise_request_exception=False, SERVER_NAME="evil.example")
    assert client.get(reverse("sign_in")).status_code == 400


def test_which_paths_are_for_anybody():
    assert middleware.for_anybody("/m/ABC/")
    assert not middleware.for_anybody("/meetings/")
