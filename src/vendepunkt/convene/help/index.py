"""Texts weighed by the stems and the runs of letters they have, so that they can be compared."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from vendepunkt.language import fold, stem, stop_words, words

if TYPE_CHECKING:
    from scipy.sparse import csr_array

#: What whole stems count against runs of letters in the likeness of two texts (measured).
STEMS: Final = 0.25
#: Lengths of the runs of letters that are compared.
SHORTEST, LONGEST = 3, 5
#: A run of letters this long of an idea's stems, the start of a word counting as one, speaks for a
#: text that has it.
SPEAKS: Final = 4


class Index:
    """Documents of one or more texts each, ready to be compared with an idea.

    Likeness is the cosine of weighted counts: of stems (a quarter) and of runs of three to five
    letters within words (three quarters), each weighed by how few documents have it. Stop words
    and accents do not count. The same texts give the same numbers.

    Parameters
    ----------
    documents
        The texts of each document.
    language
        ``"da"`` or ``"en"``: which words are stop words, and how a word is stemmed.

    Examples
    --------
    >>> index = Index([["Ingen billige boliger"], ["Lange ventetider"]], "da")
    >>> likeness, related = index.compare(["Mangler en bolig"])
    >>> likeness.round(2).tolist(), related.tolist()
    ([[0.56, 0.06]], [[True, False]])
    """

    def __init__(self, documents: Iterable[Sequence[str]], language: str) -> None:
        self.language = language
        said = [content(texts, language) for texts in documents]
        self._stems = _Weights([_stems(one, language) for one in said])
        self._runs = _Weights([_runs(one) for one in said])

    def compare(self, texts: Sequence[str]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """How like is each of some texts to each document, and do they share anything to speak of?

        Parameters
        ----------
        texts
            Ideas.

        Returns
        -------
        likeness : array of float, shape (texts, documents)
            Between 0 and 1.
        related : array of bool, shape (texts, documents)
            Whether they have a stem in common, or a run of four letters of one.
        """
        stemmed, runs = self._told([content([text], self.language) for text in texts])
        by_stems, by_runs = self._stems.dots(stemmed), self._runs.dots(runs)
        return STEMS * by_stems + (1 - STEMS) * by_runs, by_stems + self._long(stemmed) > 0

    def speaking(self, said: Sequence[str]) -> NDArray[np.float64]:
        """Which words speak for which documents?

        Parameters
        ----------
        said
            Single words, as :func:`content` counts them.

        Returns
        -------
        array of float, shape (words, documents)
            How strongly each speaks: 0 where the two have nothing in common.
        """
        stemmed, runs = self._told([{word: 1} for word in said])
        by_stems = self._stems.dots(stemmed, unit=False)
        by_runs = self._runs.dots(runs, unit=False)
        weight = STEMS * by_stems + (1 - STEMS) * by_runs
        return np.where(by_stems + self._long(stemmed) > 0, weight, 0.0)

    def _long(self, stemmed: Sequence[Mapping[str, int]]) -> NDArray[np.float64]:
        """Compare by runs long enough to speak; of stems, for endings are common to many words."""
        long = [{run: n for run, n in _runs(one).items() if len(run) == SPEAKS} for one in stemmed]
        return self._runs.dots(long)

    def _told(
        self, said: Sequence[Mapping[str, int]]
    ) -> tuple[list[Counter[str]], list[Counter[str]]]:
        return [_stems(one, self.language) for one in said], [_runs(one) for one in said]


def content(texts: Sequence[str], language: str) -> Counter[str]:
    """Count the words of some texts that are no stop words, as they are written.

    Examples
    --------
    >>> content(["Der er ingen bolig", "En bolig"], "da")
    Counter({'bolig': 2})
    """
    none = stop_words(language)
    return Counter(word for text in texts for word in words(text) if word not in none)


def _stems(said: Mapping[str, int], language: str) -> Counter[str]:
    found: Counter[str] = Counter()
    for word, n in said.items():
        found[stem(word, language)] += n
    return found


def _runs(said: Mapping[str, int]) -> Counter[str]:
    found: Counter[str] = Counter()
    for word, n in said.items():
        for run in _runs_of(word):
            found[run] += n
    return found


@lru_cache(maxsize=20_000)
def _runs_of(word: str) -> tuple[str, ...]:
    """Give the runs of letters of a word, its two ends marked."""
    marked = f" {fold(word)} "
    return tuple(
        marked[at : at + length]
        for length in range(SHORTEST, LONGEST + 1)
        for at in range(len(marked) - length + 1)
    )


class _Weights:
    """Weighted counts of one kind of feature: a row per document, each of length 1."""

    def __init__(self, counts: Sequence[Mapping[str, int]]) -> None:
        self._column: dict[str, int] = {}
        for one in counts:
            for feature in one:
                self._column.setdefault(feature, len(self._column))
        holds = np.zeros(len(self._column))
        for one in counts:
            holds[[self._column[feature] for feature in one]] += 1
        self._rarity = 1 + np.log((1 + len(counts)) / (1 + holds))
        self._documents = self._matrix(counts, unit=True).T.tocsr()

    def dots(
        self, counts: Sequence[Mapping[str, int]], *, unit: bool = True
    ) -> NDArray[np.float64]:
        """Multiply texts with the documents; features that no document has do not count."""
        found: NDArray[np.float64] = (self._matrix(counts, unit=unit) @ self._documents).toarray()
        return found

    def _matrix(self, counts: Sequence[Mapping[str, int]], *, unit: bool) -> csr_array:
        from scipy.sparse import csr_array

        known = [
            [(self._column[f], n) for f, n in one.items() if f in self._column] for one in counts
        ]
        ends = np.cumsum([0, *(len(one) for one in known)])
        columns = np.array([column for one in known for column, _ in one], dtype=np.int64)
        times = np.array([n for one in known for _, n in one], dtype=float)
        values = (1 + np.log(times)) * self._rarity[columns]
        if unit:
            for start, end in pairwise(ends):
                row = values[start:end]
                row /= math.sqrt(row @ row) or 1.0
        return csr_array((values, columns, ends), shape=(len(counts), len(self._column)))
