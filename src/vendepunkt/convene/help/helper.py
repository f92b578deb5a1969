"""What the facilitator is offered while ideas are gathered under themes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vendepunkt.convene.help.book import BookTheme, ThemeBook
from vendepunkt.convene.help.embedding import Embedding
from vendepunkt.convene.help.index import Index, content
from vendepunkt.convene.help.same import SAME, Pair, same
from vendepunkt.convene.types import Theme, Words
from vendepunkt.language import LANGUAGES, stems
from vendepunkt.terms import choose

#: An idea this like one already placed (0–1) is suggested the theme of that one (measured).
NEAR: Final = 0.4
#: What is offered behind the first suggestion scores at least this part of it (measured).
BESIDE: Final = 0.3
#: Weight of word vectors against words and letters, where a site has them (a choice, not measured).
VECTORS: Final = 0.5
#: From this cosine on word vectors alone are a reason for a suggestion (a choice, not measured).
ALIKE: Final = 0.4
#: A meeting's theme takes the paragraph of a theme of the book that shares this part of the title.
TITLE: Final = 1 / 3


@dataclass(frozen=True, slots=True)
class Like:
    """An idea that is like another.

    Attributes
    ----------
    at
        Its position in the list.
    score
        Likeness, 0–1.
    """

    at: int
    score: float


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A theme that an idea may belong to. It places nothing.

    Attributes
    ----------
    theme
        Id of the meeting's theme; of the book's where `new` is True.
    title
        What it is called.
    score
        How much speaks for it, 0–1; comparable within one idea only.
    why
        The words of the idea that speak for it, strongest first, in small letters.
    new
        Whether it stands in the theme book but not yet among the meeting's themes.
    """

    theme: str
    title: Words
    score: float
    why: tuple[str, ...]
    new: bool = False


@dataclass(frozen=True, slots=True)
class _Candidate:
    id: str
    title: Words
    texts: tuple[str, ...]
    new: bool


class Helper:
    """Help with gathering ideas under themes: which are the same, alike, or may belong where.

    A theme is known by its title and description, by the paragraph of a theme of the book with
    (nearly) its title, and by the ideas already placed under it, all taken as one text. An idea
    that is very like one already placed is suggested that one's theme. A theme with which an idea
    shares no stem and no run of four letters is not suggested: for an idea that overlaps with
    nothing there is no suggestion.

    Parameters
    ----------
    book
        The theme book; None for the meeting's own themes alone.
    themes
        The meeting's themes so far.
    examples
        What people have placed: (text of the idea, id of the theme). An id that is not among
        `themes` is left out.
    language
        The language of the meeting, ``"da"`` or ``"en"``.
    embedding
        Word vectors from a folder of the site's own, or None.

    Examples
    --------
    >>> helper = Helper(ThemeBook.shipped())
    >>> [one.theme for one in helper.suggest("Ingen billige lejligheder")]
    ['homelessness']
    >>> helper.suggest("xxx")
    ()
    """

    def __init__(
        self,
        book: ThemeBook | None = None,
        *,
        themes: Iterable[Theme] = (),
        examples: Iterable[tuple[str, str]] = (),
        language: str = "da",
        embedding: Embedding | None = None,
    ) -> None:
        self.language = choose(language, LANGUAGES, "language")
        self.embedding = embedding
        self._candidates = _candidates(book or ThemeBook(), tuple(themes), language)
        own = {one.id: at for at, one in enumerate(self._candidates) if not one.new}
        self._placed = [(text, own[theme]) for text, theme in examples if theme in own]
        texts = [list(one.texts) for one in self._candidates]
        for text, at in self._placed:
            texts[at].append(text)
        self._themes = Index(texts, language)
        self._examples = Index([[text] for text, _ in self._placed], language)
        self._vectors = self._directions(texts)

    def same(self, texts: Sequence[str], least: float = SAME) -> tuple[Pair, ...]:
        """Find ideas that may be one idea sent or written twice.

        Parameters
        ----------
        texts
            The ideas.
        least
            The likeness of letters from which a pair is proposed, 0–100.

        Returns
        -------
        tuple of Pair
            Positions of the two and their likeness, most alike first.
        """
        return same(texts, least)

    def like(
        self, text: str, texts: Sequence[str], n: int = 3, but: int | None = None
    ) -> tuple[Like, ...]:
        """Find the ideas that are most like one.

        Parameters
        ----------
        text
            The idea.
        texts
            The ideas to look among; asked again with the same ones, the answer is sooner.
        n
            At most how many.
        but
            The position of the idea itself in `texts`, where it is among them.

        Returns
        -------
        tuple of Like
            The most alike first; fewer than `n` where fewer have anything in common with it.
        """
        if not texts:
            return ()
        scores = _index(tuple(texts), self.language).likeness(text)
        if self.embedding is not None:
            scores = self._mix(scores, self._directions([[one] for one in texts]), text)
        if but is not None:
            scores[but] = 0.0
        order = np.argsort(-scores, kind="stable")[:n]
        return tuple(Like(int(at), round(float(scores[at]), 4)) for at in order if scores[at] > 0)

    def suggest(self, text: str, n: int = 3) -> tuple[Suggestion, ...]:
        """Which themes may an idea belong to?

        Parameters
        ----------
        text
            The idea.
        n
            At most how many.

        Returns
        -------
        tuple of Suggestion
            What most speaks for first; fewer than `n`, or none, where nothing more overlaps.
        """
        if not self._candidates:
            return ()
        speaking = self._speaking(text)
        spoken = sum((weight for _, weight in speaking), np.zeros(len(self._candidates)))
        scores = np.where(spoken > 0, self._themes.likeness(text), 0.0)
        if self._placed:
            near = self._examples.likeness(text)
            for (_, at), likeness in zip(self._placed, near, strict=True):
                if likeness >= NEAR:
                    scores[at] = max(scores[at], likeness)
        if self.embedding is not None:
            mixed = self._mix(scores, self._vectors, text)
            scores = np.where(
                (scores > 0) | (self._cosines(self._vectors, text) >= ALIKE), mixed, 0
            )
        order = np.argsort(-scores, kind="stable")[:n]
        least = BESIDE * scores[order[0]]
        return tuple(
            self._suggestion(int(at), float(scores[at]), speaking)
            for at in order
            if scores[at] > 0 and scores[at] >= least
        )

    def _suggestion(
        self, at: int, score: float, speaking: list[tuple[str, NDArray[np.float64]]]
    ) -> Suggestion:
        one = self._candidates[at]
        said = sorted((word for word in speaking if word[1][at] > 0), key=lambda word: -word[1][at])
        why = tuple(word for word, _ in said)
        return Suggestion(one.id, one.title, round(score, 4), why, one.new)

    def _speaking(self, text: str) -> list[tuple[str, NDArray[np.float64]]]:
        """Find which words of an idea speak for which themes, by letters or by their vectors."""
        found = self._themes.speaking(text)
        if self.embedding is None:
            return found
        by_vector = (self._cosines(self._vectors, word) for word, _ in found)
        return [
            (word, np.maximum(weight, np.where(alike >= ALIKE, alike, 0.0)))
            for (word, weight), alike in zip(found, by_vector, strict=True)
        ]

    def _directions(self, documents: Sequence[Sequence[str]]) -> NDArray[np.float64]:
        if self.embedding is None:
            return np.zeros((0, 0))
        told = (content(texts, self.language) for texts in documents)
        return np.array([self.embedding.vector(one.elements()) for one in told])

    def _cosines(self, vectors: NDArray[np.float64], text: str) -> NDArray[np.float64]:
        if self.embedding is None:
            return np.zeros(len(vectors))
        said = content([text], self.language)
        found: NDArray[np.float64] = vectors @ self.embedding.vector(said.elements())
        return np.maximum(found, 0.0)

    def _mix(
        self, scores: NDArray[np.float64], vectors: NDArray[np.float64], text: str
    ) -> NDArray[np.float64]:
        return (1 - VECTORS) * scores + VECTORS * self._cosines(vectors, text)


@lru_cache(maxsize=8)
def _index(texts: tuple[str, ...], language: str) -> Index:
    return Index([[text] for text in texts], language)


def _candidates(
    book: ThemeBook, themes: tuple[Theme, ...], language: str
) -> tuple[_Candidate, ...]:
    """Give the meeting's themes, with what the book knows of them, then the rest of the book."""
    used: set[str] = set()
    found = []
    for theme in themes:
        texts = [theme.title.in_(language), theme.description.in_(language)]
        known = _in_book(texts[0], book, language)
        if known is not None:
            used.add(known.id)
            texts += known.words(language)
        found.append(_Candidate(theme.id, theme.title, tuple(texts), new=False))
    rest = (one for one in book.themes if one.id not in used)
    found += [_Candidate(one.id, one.title, one.words(language), new=True) for one in rest]
    return tuple(found)


def _in_book(title: str, book: ThemeBook, language: str) -> BookTheme | None:
    """Find the theme of the book that a meeting's theme is, by its title.

    One title's stems are all in the other, and are at least a third of all: "Psykiatri" is
    "Psykiatri og psykisk sårbarhed", "Barndommen" is not "Vold i barndommen og ungdommen".
    """
    own = set(stems(title, language))
    best, most = None, 0.0
    for theme in book.themes:
        other = set(stems(theme.title.in_(language), language))
        if not own or not (own <= other or other <= own):
            continue
        share = len(own & other) / len(own | other)
        if share >= TITLE and share > most:
            best, most = theme, share
    return best
