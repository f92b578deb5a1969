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
#: A run of letters this long, the start of a word counting as one, makes two words speak for
#: each other.
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
    >>> index.likeness("Mangler en bolig").round(2).tolist()
    [0.56, 0.06]
    """

    def __init__(self, documents: Iterable[Sequence[str]], language: str) -> None:
        self.language = language
        self._words = [content(texts, language) for texts in documents]
        self._stems = _Weights([_stems(one, language) for one in self._words])
        self._runs = _Weights([_runs(one) for one in self._words])

    def likeness(self, text: str) -> NDArray[np.float64]:
        """How like is a text to each document? Between 0 and 1.

        Parameters
        ----------
        text
            An idea.

        Returns
        -------
        array of float, shape (documents,)
        """
        said = content([text], self.language)
        return STEMS * self._stems.cosine(_stems(said, self.language)) + (
            1 - STEMS
        ) * self._runs.cosine(_runs(said))

    def speaking(self, text: str) -> list[tuple[str, NDArray[np.float64]]]:
        """Which words of a text speak for which documents?

        Parameters
        ----------
        text
            An idea.

        Returns
        -------
        list of (word, array of float, shape (documents,))
            How strongly the word speaks for each document: 0 where it has neither a stem nor a
            run of four letters in common with it.
        """
        found = []
        for word in content([text], self.language):
            one = {word: 1}
            stemmed, runs = _stems(one, self.language), _runs(one)
            long = {run: n for run, n in runs.items() if len(run) == SPEAKS}
            has = (self._stems.shared(stemmed) + self._runs.shared(long)) > 0
            weight = STEMS * self._stems.dot(stemmed) + (1 - STEMS) * self._runs.dot(runs)
            found.append((word, np.where(has, weight, 0.0)))
        return found


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
        self._rows = self._matrix(counts)

    def _matrix(self, counts: Sequence[Mapping[str, int]]) -> csr_array:
        from scipy.sparse import csr_array

        ends = np.cumsum([0, *(len(one) for one in counts)])
        columns = np.array([self._column[f] for one in counts for f in one], dtype=np.int64)
        tall = np.array([n for one in counts for n in one.values()], dtype=float)
        values = (1 + np.log(tall)) * self._rarity[columns]
        for start, end in pairwise(ends):
            row = values[start:end]
            row /= math.sqrt(row @ row) or 1.0
        return csr_array((values, columns, ends), shape=(len(counts), len(self._column)))

    def dot(self, counts: Mapping[str, int]) -> NDArray[np.float64]:
        """Give what each document has of some features, weighed on both sides."""
        weights = np.zeros(len(self._column))
        for feature, n in counts.items():
            if feature in self._column:
                column = self._column[feature]
                weights[column] = (1 + math.log(n)) * self._rarity[column]
        scored: NDArray[np.float64] = self._rows @ weights
        return scored

    def cosine(self, counts: Mapping[str, int]) -> NDArray[np.float64]:
        """Give the cosine with each document; features that no document has do not count."""
        known = [
            (1 + math.log(n)) * self._rarity[self._column[feature]]
            for feature, n in counts.items()
            if feature in self._column
        ]
        length = math.sqrt(sum(value * value for value in known))
        return self.dot(counts) / (length or 1.0)

    def shared(self, counts: Mapping[str, int]) -> NDArray[np.float64]:
        """Give a number above 0 for each document that has one of the features."""
        weights = np.zeros(len(self._column))
        weights[[self._column[feature] for feature in counts if feature in self._column]] = 1.0
        scored: NDArray[np.float64] = self._rows @ weights
        return scored
