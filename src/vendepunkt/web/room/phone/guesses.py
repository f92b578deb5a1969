"""Wrong codes, counted for the whole room and never by address.

A whole panel sits behind one address, so nobody may be counted by it. Wrong codes of all are
counted together. When there are very many, wrong ones are turned away with "wait a little", and
a code that was handed out to one person works only beside the panel's own code, which hangs on
the wall: whoever is in the room comes in, whoever guesses must guess both. An open panel's own
code is long enough by itself: 32⁶ possibilities for a handful of panels.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

#: Wrong codes that a room full of people may type in a short time.
ROOM: Final = 120
#: How many of them are forgotten each second.
FORGIVEN: Final = 1.0


class Guesses:
    """Counts wrong codes in this process, and forgets them with time.

    Parameters
    ----------
    clock
        Gives seconds that only ever grow.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._wrong = 0.0
        self._guessing = False
        self._at = clock()

    def wrong(self) -> None:
        """Count one wrong code."""
        with self._lock:
            self._fade()
            self._wrong = min(self._wrong + 1, 2 * ROOM)
            self._guessing = self._guessing or self._wrong >= ROOM

    @property
    def many(self) -> bool:
        """Whether somebody seems to be guessing; until half of the wrong codes are forgotten."""
        with self._lock:
            self._fade()
            self._guessing = self._wrong >= (ROOM / 2 if self._guessing else ROOM)
            return self._guessing

    def forget(self) -> None:
        """Begin anew."""
        with self._lock:
            self._wrong, self._guessing = 0.0, False

    def _fade(self) -> None:
        now = self._clock()
        self._wrong = max(0.0, self._wrong - FORGIVEN * (now - self._at))
        self._at = now


#: Of this process.
guesses = Guesses()
