"""Run a command beside a PostgreSQL of its own, which is thrown away afterwards.

    python tools/postgres.py COMMAND…

The command finds the server by DATABASE_URL. The server listens on a socket in a temporary folder
and on no port; nothing of an installed server is used but its programs. Where there are none, the
command is not run, and a sentence says so.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

#: What the data are worth here: nothing, so that nothing waits for a disk.
CARELESS = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=60"
USER = "vendepunkt"
MISSING = "There is no PostgreSQL here (Debian's package postgresql brings one)."


def programs() -> Path | None:
    """Find the folder with the programs of the newest PostgreSQL; None where there is none."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_version)
    return debian[-1].parent if debian else None


@contextmanager
def server(*names: str) -> Iterator[list[str]]:
    """Start a server with empty databases and give their addresses; stop and remove it at the end.

    Parameters
    ----------
    *names
        Names of the databases.
    """
    bin_ = programs()
    if bin_ is None:
        raise FileNotFoundError(MISSING)
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    who = _not_root(folder)
    data = folder / "data"

    def call(name: str, *words: str) -> None:
        with (folder / "out").open("a") as out:
            done = subprocess.run(
                [str(bin_ / name), *words],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                check=False,
                **who,
            )
        if done.returncode:
            said = (folder / "out").read_text(encoding="utf-8", errors="replace")
            raise RuntimeError(f"{name} failed:\n{said}")

    at = ["-h", str(folder), "-U", USER]
    try:
        call("initdb", "-D", str(data), "-U", USER, "-A", "trust", "-E", "UTF8", "--no-sync")
        call("pg_ctl", "-D", str(data), "-w", "-o", f"-k {folder} -h '' {CARELESS}", "start")
        try:
            for name in names:
                call("createdb", *at, name)
            yield [f"postgresql://{USER}@{quote(str(folder), safe='')}/{name}" for name in names]
        finally:
            call("pg_ctl", "-D", str(data), "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main(command: list[str]) -> int:
    """Run `command` with DATABASE_URL; say so where there is no PostgreSQL."""
    if programs() is None:
        print(f"{MISSING} Not run: {' '.join(command)}")
        return 0
    with server("vendepunkt") as (url,):
        return subprocess.run(command, env={**os.environ, "DATABASE_URL": url}).returncode  # noqa: PLW1510


def _version(path: Path) -> int:
    number = path.parent.parent.name
    return int(number) if number.isdigit() else 0


def _not_root(folder: Path) -> dict[str, object]:
    """Hand the folder to somebody else where this is root: PostgreSQL refuses to be root."""
    if os.geteuid() != 0:
        return {}
    names = {one.pw_name for one in pwd.getpwall()}
    name = "postgres" if "postgres" in names else "nobody"
    (folder / "out").touch()
    for path in (folder, folder / "out"):
        shutil.chown(path, name)
    folder.chmod(0o755)
    return {"user": name, "group": pwd.getpwnam(name).pw_gid, "extra_groups": []}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
