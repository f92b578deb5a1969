"""vendepunkt serve and web: one command to a page that makes the owner's account."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from vendepunkt.cli.group import cli
from vendepunkt.terms.errors import DataError, UsageError
from vendepunkt.web import serving
from vendepunkt.web.serving import Place


def environment(**more: str) -> dict[str, str]:
    ours = ("VENDEPUNKT_", "DATABASE_URL", "DJANGO_")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(ours)}
    return {**kept, **more}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(folder: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], list[str], int]]:
    """Start a server and wait for the line that says it answers."""
    port = free_port()
    words = [sys.executable, "-m", "vendepunkt", "serve", str(folder), "--no-browser", *options]
    with (
        (folder / "errors").open("w") as errors,
        subprocess.Popen(
            [*words, "--bind", f"127.0.0.1:{port}"],
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        ) as process,
    ):
        said = []
        for line in process.stdout or ():
            said.append(line.strip())
            if "Ctrl-C" in line:
                break
        try:
            yield process, said, port
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=60)


def get(url: str) -> tuple[int, str, dict[str, str]]:
    try:
        with urllib.request.urlopen(url, timeout=60) as answer:  # noqa: S310
            return answer.status, answer.read().decode(), dict(answer.headers)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode(), dict(error.headers)


def test_one_command_leads_to_the_first_page(tmp_path):
    with running(tmp_path) as (process, said, port):
        first = next(line for line in said if line.startswith("http"))
        status, page, _ = get(first)
        assert status == 200
        assert "Opret min konto" in page
        # Files come under names with their hash, and browsers keep them.
        style = re.search(r'href="(/static/staff\.[0-9a-f]+\.css)"', page)
        assert style
        status, _, headers = get(f"http://127.0.0.1:{port}{style[1]}")
        assert status == 200
        assert "immutable" in headers["Cache-Control"]
        assert "Access-Control-Allow-Origin" not in headers
        process.send_signal(signal.SIGHUP)
        assert [get(first)[0] for _ in range(20)] == [200] * 20
    assert process.returncode == 0
    web = tmp_path / "work" / "web"
    assert (web / "secret.key").stat().st_mode & 0o777 == 0o600
    assert web.stat().st_mode & 0o077 == 0
    key = (web / "secret.key").read_text(encoding="ascii")
    assert len(key) > 50
    serving.make_home(web)
    assert (web / "secret.key").read_text(encoding="ascii") == key


def test_the_server_says_nothing_about_those_who_ask(tmp_path):
    with running(tmp_path) as (_, said, port):
        base = f"http://127.0.0.1:{port}"
        for path in ("/", "/m/NOSUCH/", "/m/NOSUCH/0123456789abcdef/", "/first/x/"):
            get(base + path)
        with socket.create_connection(("127.0.0.1", port)) as raw:
            raw.sendall(b"no http at all\r\n\r\n")
            while raw.recv(4096):
                pass
    written = (tmp_path / "errors").read_text(encoding="utf-8")
    for name in ("127.0.0.1", "NOSUCH", "0123456789abcdef", "urllib"):
        assert name not in written
    assert len(said) == 3


def test_a_port_that_is_taken_is_said(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(UsageError) as told:
            serving.get_ready(tmp_path, None, Place("127.0.0.1", taken.getsockname()[1]))
    assert told.value.code == "port_in_use"


def test_a_folder_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "web").write_text("a file stands here", encoding="utf-8")
    with pytest.raises(DataError) as told:
        serving.make_home(tmp_path / "web")
    assert told.value.code == "unwritable_folder"


def test_a_database_that_does_not_answer_is_said(tmp_path, monkeypatch):
    for name in list(os.environ):
        if name.startswith(("VENDEPUNKT_", "DJANGO_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("DATABASE_URL", f"postgresql://nobody@127.0.0.1:{free_port()}/none")
    with pytest.raises(DataError) as told:
        serving.get_ready(tmp_path, None, Place("127.0.0.1", free_port()))
    assert told.value.code == "not_ready"


def test_without_the_extra_it_is_said_what_to_install(monkeypatch):
    monkeypatch.setattr(serving.importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(UsageError) as told:
        serving.need_extra()
    assert told.value.code == "missing_extra"
    assert "vendepunkt[web]" in told.value.try_


@pytest.mark.parametrize("bind", ["8000", "host:", "host:x", ":8000", "host:99999"])
def test_a_place_that_is_none_is_said(bind):
    done = CliRunner().invoke(cli, ["serve", "--bind", bind])
    assert done.exit_code == 2
    assert "HOST:PORT" in done.stderr


def test_where_people_reach_it():
    assert Place().hosts == ["127.0.0.1", "localhost", "[::1]"]
    assert Place().url == "http://localhost:8000"
    room = Place("0.0.0.0", 8000)  # noqa: S104
    assert set(Place().hosts) < set(room.hosts)
    assert room.url == "http://localhost:8000"
    behind = Place("127.0.0.1", 8000, ("room.example.dk",), https=True)
    assert behind.url == "https://room.example.dk"
    assert behind.hosts[0] == "room.example.dk"


def web(folder: Path, *words: str, typed: str = "") -> tuple[int, dict]:
    done = subprocess.run(
        [sys.executable, "-m", "vendepunkt", "web", "--study", str(folder), *words, "--json"],
        env=environment(),
        input=typed,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, json.loads(done.stdout.splitlines()[-1])


def test_a_folder_without_tables_is_told_by_the_doctor_and_told_where_to_go(tmp_path):
    code, said = web(tmp_path, "doctor")
    assert code == 3
    assert [one["name"] for one in said["checks"] if not one["fine"]] == ["tables"]


def test_an_account_can_be_made_and_mended_from_a_terminal(tmp_path):
    assert web(tmp_path, "user", "alice")[1]["error"]["code"] == "role_needed"
    code, made = web(tmp_path, "user", "alice", "--role", "owner")
    assert (code, made["made"], made["role"]) == (0, True, "owner")
    assert web(tmp_path, "user", "Alice", "--role", "reader")[1]["error"]["code"] == "last_owner"
    assert web(tmp_path, "user", "alice", "--inactive")[1]["error"]["code"] == "last_owner"
    weak = web(tmp_path, "user", "alice", "--password", typed="short\nshort\n")
    assert weak[1]["error"]["code"] == "weak_password"
    assert web(tmp_path, "doctor")[0] == 0
    (tmp_path / "work" / "web" / "secret.key").chmod(0o644)
    code, said = web(tmp_path, "doctor")
    assert code == 3
    assert [one["name"] for one in said["checks"] if not one["fine"]] == ["settings"]


def test_a_backup_without_tables_is_refused_in_words(tmp_path):
    assert web(tmp_path, "backup")[1]["error"]["code"] == "no_tables"


def test_it_also_serves_where_there_are_no_processes_to_fork(tmp_path):
    """Serve by one process with threads, as on Windows."""
    place = Place("127.0.0.1", free_port())
    code = (
        "import os, sys; from pathlib import Path; from vendepunkt.web import serving;"
        "place = serving.Place('127.0.0.1', int(sys.argv[2]));"
        "ready = serving.get_ready(Path(sys.argv[1]), None, place);"
        "os.environ.update(ready.environment);"
        "serving._serve_anywhere(place, lambda: print(ready.first, flush=True))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path), str(place.port)],
        env=environment(),
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        first = process.stdout.readline().strip()
        assert get(place.url.replace("localhost", "127.0.0.1") + first)[0] == 200
        process.terminate()
