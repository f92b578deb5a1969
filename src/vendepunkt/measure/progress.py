"""One rising fraction for work of several parts, so that the time left can be told."""

from __future__ import annotations

from collections.abc import Sequence

from vendepunkt.measure.classifiers.protocol import Progress

#: Two rounds are the rule, so the first is half of the work …
FIRST_ROUND = 0.5
#: … and each further one most of what is left.
LATER_ROUND = 0.8


class Parts:
    """Joins the progress of parts, done one after the other, to one that never falls.

    Parameters
    ----------
    progress
        Called with what is being done and the fraction of the whole, or None.
    weights
        How long each part takes, compared with the others.

    Examples
    --------
    >>> seen = []
    >>> parts = Parts(lambda what, done: seen.append((what, round(done, 2))), [1, 3])
    >>> first, second = parts.next(), parts.next()
    >>> first("one", 0.5)
    >>> second("two", 1 / 3)
    >>> seen
    [('one', 0.12), ('two', 0.5)]
    """

    def __init__(self, progress: Progress | None, weights: Sequence[float]) -> None:
        self._progress = progress
        self._weights = list(weights)
        self._whole = sum(self._weights) or 1.0
        self._before = 0.0

    def next(self, *, rounds: bool = False) -> Progress | None:
        """Give the progress of the next part; None where nobody listens.

        Parameters
        ----------
        rounds
            Whether the part begins anew, with other words, an unknown number of times.
        """
        share = self._weights.pop(0) / self._whole if self._weights else 0.0
        start, self._before = self._before, self._before + share
        return (
            None if self._progress is None else _Part(self._progress, start, share, rounds=rounds)
        )


class _Part:
    """The progress of one part, which may take several rounds."""

    def __init__(self, progress: Progress, start: float, share: float, *, rounds: bool) -> None:
        self._progress = progress
        self._start, self._share = start, share
        self._rounds = rounds
        self._words: str | None = None
        self._before, self._next = 0.0, FIRST_ROUND if rounds else 1.0

    def __call__(self, what: str, done: float) -> None:
        if self._rounds and self._words is not None and what != self._words:
            self._before = self._next
            self._next += LATER_ROUND * (1.0 - self._next)
        self._words = what
        so_far = self._before + done * (self._next - self._before)
        self._progress(what, self._start + self._share * min(so_far, 1.0))
