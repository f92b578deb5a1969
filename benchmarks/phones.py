"""Phones of a load test: small HTTP clients that read their forms as a browser would."""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections import defaultdict
from dataclasses import dataclass, field
from urllib.parse import quote_plus

_HIDDEN = re.compile(rb'<input type="hidden" name="(\w+)" value="([^"]*)">')
_THEMES = re.compile(rb'name="theme" value="([^"]+)"')


@dataclass
class Times:
    """Seconds of each kind of request, and what went wrong."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    repeated: int = 0
    again: int = 0
    wrong: list[str] = field(default_factory=list)

    def at(self, kind: str, share: float) -> float:
        """Give the time that a share of the requests of a kind stayed under."""
        found = sorted(self.seconds[kind])
        return found[min(len(found) - 1, int(share * len(found)))] if found else float("nan")


class LostError(Exception):
    """The server did not answer: the connection broke, or nothing listened."""


class Phone:
    """One phone: a cookie, a connection that is kept while it lasts, and no patience to lose.

    Parameters
    ----------
    number
        Which phone; decides what it votes and writes.
    port, code
        Where the panel is.
    times
        Where its times go.
    """

    def __init__(self, number: int, port: int, code: str, times: Times) -> None:
        self.number = number
        self.port = port
        self.where = f"/m/{code}/"
        self.times = times
        self.cookie = ""
        self.tag = ""
        self.status = 0
        self._line: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    # --- what a person does -----------------------------------------------------------------

    async def come_in(self) -> None:
        """Open the door's page and press the button."""
        page = await self.get("load")
        await self.post("join", self.hidden(page) | {"do": "join"})

    async def vote(self, marks: list[int]) -> bytes:
        """Load the ballot, vote, and read the receipt.

        In the half second after a step a page may be that of the step before. Whoever meets it
        looks again, as the page's own script does.
        """
        while True:
            page = await self.get("load")
            themes = _THEMES.findall(page)
            if len(themes) > max(marks):
                form = [*self.hidden(page).items(), ("do", "vote")]
                form += [("theme", themes[n].decode()) for n in marks]
                receipt = await self.post("vote", form)
                if self.status == 200:
                    return receipt
            self.times.again += 1
            await asyncio.sleep(random.uniform(0.5, 1.0))

    async def write(self, *texts: str) -> bytes:
        """Load the page of the question, and send ideas from the form that each page brings."""
        page = await self.get("load")
        for text in texts:
            page = await self.post("idea", self.hidden(page) | {"do": "idea", "text": text})
        return page

    async def look(self, until: float) -> None:
        """Ask every five to ten seconds whether there is anything new."""
        while True:
            pause = random.uniform(5, 10)
            if time.monotonic() + pause > until:
                return
            await asyncio.sleep(pause)
            await self.ask("ask", "GET", f"{self.where}v")

    @staticmethod
    def hidden(page: bytes) -> dict[str, str]:
        """Give the hidden fields of the page's form."""
        return {name.decode(): value.decode() for name, value in _HIDDEN.findall(page)}

    # --- requests ---------------------------------------------------------------------------

    async def get(self, kind: str) -> bytes:
        """Load the page, again and again until it comes."""
        return await self.ask(kind, "GET", self.where)

    async def post(self, kind: str, fields: object) -> bytes:
        """Send a form until it is acknowledged, and follow where it leads."""
        pairs = fields.items() if isinstance(fields, dict) else fields
        body = "&".join(f"{quote_plus(n)}={quote_plus(v)}" for n, v in pairs)  # type: ignore[union-attr]
        return await self.ask(kind, "POST", self.where, body.encode())

    async def ask(self, kind: str, method: str, path: str, body: bytes = b"") -> bytes:
        """Ask, and ask again where no answer came; the time counts from the first try."""
        began = time.perf_counter()
        while True:
            try:
                status, headers, content = await self.once(method, path, body)
                break
            except LostError:
                self.times.repeated += 1
                await asyncio.sleep(random.uniform(0.1, 0.5))
        self.times.seconds[kind].append(time.perf_counter() - began)
        if status in {302, 303}:
            return await self.ask("receipt", "GET", headers["location"])
        self.status = status
        if status not in {200, 304, 409}:
            self.times.wrong.append(f"{kind} {status}")
        return content

    async def once(self, method: str, path: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
        """Ask once over the kept connection, or a new one.

        Raises
        ------
        LostError
            If the answer did not come whole.
        """
        try:
            reader, writer = self._line or await asyncio.open_connection("127.0.0.1", self.port)
            self._line = (reader, writer)
            head = [f"{method} {path} HTTP/1.1", "Host: localhost", "Accept-Language: da"]
            if self.cookie:
                head.append(f"Cookie: {self.cookie}")
            if path.endswith("/v") and self.tag:
                head.append(f"If-None-Match: {self.tag}")
            if method == "POST":
                head.append("Content-Type: application/x-www-form-urlencoded")
                head.append(f"Content-Length: {len(body)}")
            writer.write("\r\n".join(head).encode() + b"\r\n\r\n" + body)
            status, headers = await self._head(reader)
            length = int(headers.get("content-length", "0"))
            content = await reader.readexactly(length) if length and status != 304 else b""
        except (OSError, asyncio.IncompleteReadError, ValueError, IndexError) as error:
            self.hang_up()
            raise LostError from error
        if headers.get("connection") == "close":
            self.hang_up()
        return status, headers, content

    async def _head(self, reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
        lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(": ")
            if name.lower() == "set-cookie" and "=;" not in value and '=""' not in value:
                self.cookie = value.split(";")[0]
            headers[name.lower()] = value
        self.tag = headers.get("etag", self.tag)
        return int(lines[0].split()[1]), headers

    def hang_up(self) -> None:
        """Lose the connection."""
        if self._line is not None:
            self._line[1].close()
        self._line = None
