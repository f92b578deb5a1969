"""A panel meeting under load: 2,000 phones, a server that is killed, phones that lose the net.

python benchmarks/meeting.py [--phones 2000] [--write]

Client and server share the machine. The database is SQLite, or what DATABASE_URL names (empty).
`--write` puts the table into docs/explanation/meetings-under-load.md between its marks.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import platform
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from phones import Phone, Times

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent / "docs" / "explanation" / "meetings-under-load.md"
BEGIN, END = "<!-- load: made by benchmarks/meeting.py -->", "<!-- end of load -->"

#: Three of twelve themes for each phone: what is counted at the end is known beforehand.
BALLOTS = list(itertools.combinations(range(12), 3))


class Server:
    """`vendepunkt serve` in a process group of its own, so that it can be killed whole."""

    def __init__(self, study: Path) -> None:
        self.study = study
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and come back when it answers."""
        command = [sys.executable, "-m", "vendepunkt", "serve", str(self.study), "--no-browser"]
        self.process = subprocess.Popen(
            [*command, "--bind", f"127.0.0.1:{self.port}"],
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        while self.process.stdout and (line := self.process.stdout.readline()):
            if b"Ctrl-C" in line:
                return
        sys.exit("the server did not start")

    def kill(self) -> None:
        """End every process of it at once, without a word."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        # The workers die a moment after the process that began them.
        while not self._free():
            time.sleep(0.01)

    def _free(self) -> bool:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", self.port))
            except OSError:
                return False
        return True

    def stage(self, *action: str) -> dict[str, object]:
        """Move the meeting along; see meeting_stage.py."""
        home = self.study / "work" / "web"
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "vendepunkt.web.settings",
            "VENDEPUNKT_WEB_HOME": str(home.resolve()),
        }
        script = str(HERE / "meeting_stage.py")
        done = subprocess.run(
            [sys.executable, script, *action], env=environment, capture_output=True, check=False
        )
        if done.returncode:
            sys.exit(done.stderr.decode())
        return dict(json.loads(done.stdout))


async def arrive(phones: list[Phone], over: float, act: object) -> float:
    """Let phones arrive at random over some seconds; they keep asking while others come."""
    until = time.monotonic() + over + 5

    async def one(phone: Phone) -> None:
        await asyncio.sleep(random.uniform(0, over))
        await act(phone)  # type: ignore[operator]
        await phone.look(until)
        phone.hang_up()

    began = time.monotonic()
    await asyncio.gather(*(one(phone) for phone in phones))
    return time.monotonic() - began


def renewed(phones: list[Phone]) -> Times:
    """Give the phones a new clock."""
    times = Times()
    for phone in phones:
        phone.times = times
    return times


async def two_ideas(phone: Phone) -> None:
    """Load the page and send two ideas, each known by its words."""
    await phone.write(f"idé {phone.number} a", f"idé {phone.number} b")


async def vote(phone: Phone) -> None:
    """Vote as the phone's number says."""
    await phone.vote(list(BALLOTS[phone.number % len(BALLOTS)]))


def kept(found: dict[str, int], phones: int) -> tuple[int, int]:
    """Give how many votes are lost and how many are double."""
    due = Counter("+".join(map(str, BALLOTS[n % len(BALLOTS)])) for n in range(phones))
    lost = sum((due - Counter(found)).values())
    return lost, sum((Counter(found) - due).values())


async def held(server: Server, n: int, report: list[dict[str, object]]) -> None:
    """Hold the meeting."""
    code = str(server.stage("prepare")["code"])
    phones = [Phone(number, server.port, code, Times()) for number in range(n)]

    def row(what: str, times: Times, kinds: tuple[str, ...], over: float) -> None:
        report.extend(
            {
                "what": what,
                "request": kind,
                "n": len(times.seconds[kind]),
                "over": over,
                **{f"p{q}": times.at(kind, q / 100) for q in (50, 95, 99)},
                "max": times.at(kind, 1),
                "repeated": times.repeated,
                "again": times.again,
                "wrong": len(times.wrong),
            }
            for kind in kinds
        )
        if times.wrong:
            print(Counter(times.wrong).most_common(5), file=sys.stderr)

    times = renewed(phones)
    await arrive(phones, 20, Phone.come_in)
    row("come in, over 20 s", times, ("load", "join"), 20)

    server.stage("go", "1")
    times = renewed(phones)
    await arrive(phones, 20, two_ideas)
    row("two ideas each, over 20 s", times, ("load", "idea", "receipt"), 20)

    server.stage("go", "3")
    times = renewed(phones)
    await arrive(phones, 10, vote)
    row("load and vote, over 10 s", times, ("load", "vote", "receipt", "ask"), 10)

    # 200 phones lose the net for a minute; when it is back they are where they were.
    away = phones[:: max(1, n // 200)][:200]
    await asyncio.sleep(60)
    times = renewed(away)
    back = await asyncio.gather(*(phone.get("load") for phone in away))
    same = sum(b"Din stemme er modtaget" in page for page in back)
    row(f"{len(away)} back after 60 s off line: {same} at their receipt", times, ("load",), 0)

    server.stage("go", "7")
    times = renewed(phones)
    voting = asyncio.create_task(arrive(phones, 10, vote))
    await asyncio.sleep(5)
    server.kill()
    await asyncio.to_thread(server.start)
    await voting
    row("killed in the middle, started again", times, ("load", "vote", "receipt"), 10)


def table(report: list[dict[str, object]], counted: list[str]) -> str:
    """Write the table of the docs."""
    heads = ["n", "half under", "95 % under", "99 % under", "longest", "repeated", "again", "wrong"]
    lines = [
        f"| what | request | {' | '.join(heads)} |",
        "| --- | --- |" + " ---: |" * len(heads),
    ]
    for one in report:
        times = " | ".join(f"{float(str(one[q])):.3f} s" for q in ("p50", "p95", "p99", "max"))
        lines.append(
            f"| {one['what']} | {one['request']} | {one['n']} | {times} |"
            f" {one['repeated']} | {one['again']} | {one['wrong']} |"
        )
    return "\n".join([*lines, "", *(f"- {line}" for line in counted)])


def main() -> None:
    """Run the meeting and say what came of it."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--phones", type=int, default=2000)
    asked.add_argument("--write", action="store_true")
    options = asked.parse_args()
    report: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory(prefix="vendepunkt-load-") as folder:
        server = Server(Path(folder))
        server.start()
        try:
            asyncio.run(held(server, options.phones, report))
            # The next step closes the vote; then what was kept can be counted.
            server.stage("go", "8")
            found = server.stage("count")
        finally:
            server.kill()
    votes: dict[str, dict[str, int]] = found["votes"]  # type: ignore[assignment]
    ideas: dict[str, int] = found["ideas"]  # type: ignore[assignment]
    due = {f"idé {n} {which}" for n in range(options.phones) for which in "ab"}
    lost, double = len(due - set(ideas)), sum(ideas.values()) - len(set(ideas))
    counted = [f"ideas: {sum(ideas.values())} kept, {lost} lost, {double} double"]
    for key, name in (("a", "votes"), ("b", "votes with the server killed")):
        lost, double = kept(votes.get(key, {}), options.phones)
        total = sum(votes.get(key, {}).values())
        counted.append(f"{name}: {total} kept, {lost} lost, {double} double")
    database = "PostgreSQL" if os.environ.get("DATABASE_URL") else "SQLite"
    counted.append(
        f"{options.phones} phones, {os.cpu_count()} cores for client and server together, "
        f"{database}, Python {platform.python_version()}"
    )
    text = table(report, counted)
    print(text)
    if options.write:
        page = PAGE.read_text(encoding="utf-8")
        before, _, rest = page.partition(BEGIN)
        _, _, after = rest.partition(END)
        PAGE.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
