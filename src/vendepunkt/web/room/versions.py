"""What has changed since a screen last asked: a number that costs no query to hand out.

Phones ask every few seconds and staff each second. Each process reads a panel's number at most
every half second, however many ask; who has it already gets an empty answer (304).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final, Generic, TypeVar

from django.db import transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified

from vendepunkt.web.room.models import Panel

T = TypeVar("T")

#: How long, in seconds, a process may hand out what it read.
FRESH: Final = 0.5
#: How many panels are remembered; codes nobody has are asked for too.
_MANY: Final = 512


class Recent(Generic[T]):
    """Something read from the database for a code, remembered for :data:`FRESH` seconds.

    Parameters
    ----------
    read
        Reads it; gives None where there is no such panel.
    clock
        Gives seconds that only ever grow.
    """

    def __init__(
        self, read: Callable[[str], T | None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._read = read
        self._clock = clock
        self._kept: dict[str, tuple[float, T | None]] = {}
        self._reading: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def get(self, code: str) -> T | None:
        """Give it, as it was at most half a second ago and the time it takes to read.

        One thread reads it anew; the others are given what there is, or wait where there is
        nothing: at a reveal everybody asks at once.
        """
        kept = self._kept.get(code)
        if kept is not None and self._clock() - kept[0] < FRESH:
            return kept[1]
        with self._lock:
            reading = self._reading.setdefault(code, threading.Lock())
        if not reading.acquire(blocking=kept is None):
            return kept[1] if kept is not None else None
        try:
            now = self._kept.get(code)
            if now is not None and now is not kept:
                return now[1]  # another thread read it while this one waited
            return self._read_anew(code)
        finally:
            reading.release()

    def _read_anew(self, code: str) -> T | None:
        begun = self._clock()
        value = self._read(code)
        with self._lock:
            if len(self._kept) >= _MANY:
                self._kept.clear()
                self._reading.clear()
            self._kept[code] = (begun, value)
        return value

    def forget(self, code: str | None = None) -> None:
        """Read it anew next time; for all codes where none is named."""
        with self._lock:
            if code is None:
                self._kept.clear()
            else:
                self._kept.pop(code, None)


_caches: list[Recent[object]] = []


def remembered(read: Callable[[str], T | None]) -> Recent[T]:
    """Remember what a function reads for a code, until :func:`bump` says that it changed."""
    recent = Recent(read)
    _caches.append(recent)  # type: ignore[arg-type]
    return recent


def _read_version(code: str) -> int | None:
    if not code.isalnum():
        return None  # no code, and PostgreSQL takes no text with a NUL in it
    return Panel.objects.filter(code=code).values_list("version", flat=True).first()


_versions = remembered(_read_version)


def current_version(code: str) -> int | None:
    """Give the version of the panel with a code, at most half a second old; None if none has it."""
    return _versions.get(code)


def bump(panel: Panel) -> None:
    """Say that a panel's phones and screens have something new to show.

    Called inside the transaction of the change. Other processes notice within half a second.
    """
    Panel.objects.filter(pk=panel.pk).update(version=F("version") + 1)
    panel.refresh_from_db(fields=["version"])
    forget(panel.code)
    transaction.on_commit(lambda: forget(panel.code))


def forget(code: str | None = None) -> None:
    """Drop what this process remembers of a panel, or of all of them."""
    for cache in _caches:
        cache.forget(code)


def tag(version: int | str) -> str:
    """Give a version as it stands in the header ETag."""
    return f'"{version}"'


def unchanged(request: HttpRequest, version: int | str) -> HttpResponse | None:
    """Give the empty answer 304 where the asker has this version already, else None.

    Parameters
    ----------
    request
        Its header If-None-Match says what the asker has.
    version
        What there is now. The caller puts ``tag(version)`` in the header ETag of its full answer.
    """
    held = request.headers.get("If-None-Match", "")
    # A proxy that compresses may mark the tag as weak.
    if tag(version) not in {one.strip().removeprefix("W/") for one in held.split(",")}:
        return None
    answer = HttpResponseNotModified()
    answer["ETag"] = tag(version)
    return answer
