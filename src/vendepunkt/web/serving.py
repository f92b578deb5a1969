"""Start the server: make ready what it needs, then answer until it is stopped."""

from __future__ import annotations

import importlib.util
import json
import os
import secrets
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from vendepunkt.terms.errors import DataError, UsageError

#: Processes, and threads in each: the layout that carried 2,000 phones on two cores.
WORKERS: Final = 2
THREADS: Final = 8
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where a server listens and what it is called.

    Attributes
    ----------
    host, port
        Where it listens.
    names
        Host names by which people reach it, beside the machine's own.
    https
        Whether a server in front of it ends https.
    """

    host: str = "localhost"
    port: int = 8000
    names: tuple[str, ...] = ()
    https: bool = False

    @property
    def hosts(self) -> list[str]:
        """Every name and address that people may type."""
        own = [*sorted(LOOPBACK - {"::1"}), "[::1]"]
        if self.host not in LOOPBACK:
            own += [self.host, *_addresses_here()] if _everywhere(self.host) else [self.host]
        return list(dict.fromkeys([*self.names, *own]))

    @property
    def url(self) -> str:
        """Where a browser on this machine finds it, or others where it has a name."""
        if self.names:
            return f"{'https' if self.https else 'http'}://{self.names[0]}{self._port(self.https)}"
        host = "localhost" if self.host in LOOPBACK or _everywhere(self.host) else self.host
        return f"http://{host}{self._port(https=False)}"

    def _port(self, https: bool) -> str:
        return "" if https or self.port == 80 else f":{self.port}"


@dataclass(frozen=True, slots=True)
class Ready:
    """What was made ready.

    Attributes
    ----------
    environment
        What the server's processes find their settings by.
    first
        Path of the page that makes the owner's account; empty where there is one.
    """

    environment: dict[str, str] = field(default_factory=dict)
    first: str = ""


def get_ready(home: Path, study: Path | None, place: Place) -> Ready:
    """Make the folder, the secret, the tables and the files a server needs.

    Parameters
    ----------
    home
        Folder of the database and its secret; VENDEPUNKT_WEB_HOME goes before it.
    study
        Study folder that meetings are frozen into; None for none.
    place
        Where the server will listen.

    Raises
    ------
    UsageError
        ``missing_extra`` without Django; ``port_in_use`` where something else listens.
    DataError
        ``unwritable_folder`` where the folder cannot be written; ``not_ready`` where the
        database cannot be reached or made.
    """
    need_extra()
    _check_port(place)
    home = Path(os.environ.get("VENDEPUNKT_WEB_HOME", home))
    make_home(home)
    names = filter(None, os.environ.get("VENDEPUNKT_HOSTS", "").split(","))
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "vendepunkt.web.settings",
        "VENDEPUNKT_WEB_HOME": str(home.resolve()),
        "VENDEPUNKT_STUDY": str(study.resolve()) if study else "",
        "VENDEPUNKT_HOSTS": ",".join(dict.fromkeys([*place.hosts, *names])),
        "VENDEPUNKT_HTTPS": "1" if place.https else os.environ.get("VENDEPUNKT_HTTPS", ""),
    }
    # In a process of its own: the one that holds the socket then never has the program loaded,
    # and its workers take up a newer one when they are told to begin anew.
    done = subprocess.run(
        [sys.executable, "-m", "vendepunkt.web.ready"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or ["no reason given"]
        raise DataError(
            "not_ready",
            f"The database could not be made ready: {last[0]}.",
            try_="vendepunkt web doctor",
        )
    return Ready(environment, json.loads(done.stdout.strip().splitlines()[-1])["first"])


def need_extra() -> None:
    """Say what to install where the parts of the web application are missing.

    Raises
    ------
    UsageError
        ``missing_extra``.
    """
    if any(importlib.util.find_spec(name) is None for name in ("django", "whitenoise", "segno")):
        raise UsageError(
            "missing_extra",
            "The web application needs parts that are not installed.",
            try_='pip install "vendepunkt[web]"',
        )


def make_home(home: Path) -> None:
    """Make the folder of the database, for this user only, and the key that signs cookies.

    Raises
    ------
    DataError
        ``unwritable_folder``.
    """
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        (home / "static").mkdir(exist_ok=True)
        key = home / "secret.key"
        if not key.exists():
            new = os.open(key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(new, "w", encoding="ascii") as file:
                file.write(secrets.token_urlsafe(48) + "\n")
        # Made here for this user only, whatever the folder and the habits of the machine allow;
        # the files that SQLite puts beside it take after it.
        if not os.environ.get("DATABASE_URL"):
            (home / "room.sqlite3").touch(mode=0o600)
        if not os.access(home, os.W_OK):
            raise PermissionError
    except OSError as error:
        raise DataError(
            "unwritable_folder",
            f"The folder {home.as_posix()} cannot be written.",
            try_="a folder of your own",
        ) from error


def enter(home: Path) -> None:
    """Let this process use the database of a folder, made where it is not there.

    Parameters
    ----------
    home
        Folder of the database; VENDEPUNKT_WEB_HOME in the environment goes before it.

    Raises
    ------
    UsageError
        ``missing_extra``.
    DataError
        ``unwritable_folder``.
    """
    need_extra()
    home = Path(os.environ.setdefault("VENDEPUNKT_WEB_HOME", str(home.resolve())))
    make_home(home)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vendepunkt.web.settings")
    import django

    django.setup()


def serve(ready: Ready, place: Place, listening: Callable[[], None]) -> None:
    """Answer until told to stop.

    Parameters
    ----------
    ready
        From :func:`get_ready`.
    place
        Where to listen.
    listening
        Called once the server answers.
    """
    os.environ.update(ready.environment)
    if sys.platform == "win32":
        _serve_anywhere(place, listening)
    else:
        _serve_posix(place, listening)


def _serve_posix(place: Place, listening: Callable[[], None]) -> None:
    """Serve by processes with threads; HUP takes up new settings and program without a gap."""
    from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]

    host = f"[{place.host}]" if ":" in place.host else place.host
    options: dict[str, Any] = {
        "bind": f"{host}:{place.port}",
        "workers": WORKERS,
        "threads": THREADS,
        "worker_class": "gthread",
        "graceful_timeout": 15,
        "keepalive": 15,
        "accesslog": None,
        "loglevel": "error",
        "logger_class": "vendepunkt.web.quiet.Quiet",
        # The first process says so once it has loaded the program: before, nobody is answered.
        "post_worker_init": lambda worker: listening() if worker.age == 1 else None,
        "control_socket_disable": True,
    }

    class Server(BaseApplication):  # type: ignore[misc]
        """The application of this package with the options above."""

        def load_config(self) -> None:
            """Set the options."""
            for name, value in options.items():
                self.cfg.set(name, value)

        def load(self) -> Any:
            """Load the application; each worker does so for itself."""
            from vendepunkt.web.wsgi import application

            return application

    Server().run()


def _serve_anywhere(place: Place, listening: Callable[[], None]) -> None:
    """Serve by one process with threads, as Windows can."""
    import waitress  # type: ignore[import-untyped]

    from vendepunkt.web.wsgi import application

    server = waitress.create_server(
        application, host=place.host, port=place.port, threads=WORKERS * THREADS, ident=None
    )
    listening()
    server.run()


def _check_port(place: Place) -> None:
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            place.host, place.port, type=socket.SOCK_STREAM
        )[0]
        with socket.socket(family, kind) as probe:
            if sys.platform != "win32":
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise UsageError(
            "port_in_use",
            f"Nothing can listen on {place.host}:{place.port}: {error.strerror or error}.",
            try_=f"--bind {place.host}:{place.port + 1}",
        ) from error


def _everywhere(host: str) -> bool:
    return host in {"0.0.0.0", "::"}  # noqa: S104  # it is asked for, not done


def _addresses_here() -> list[str]:
    """Name this machine as others in the room can type it; nothing is sent anywhere."""
    found = [socket.gethostname().casefold()]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            found.insert(0, probe.getsockname()[0])
        except OSError:
            pass
    return found
