"""What the facilitator is offered while ideas are gathered under themes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
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

#: What is offered behind the first suggestion scores at least this part of it (measured).
BESIDE: Final = 0.3
#: Weight of what two ideas may be about, by the themes, against their own words (measured).
THEMES: Final = 0.5
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
    (nearly) its title, and by the ideas already placed under it, all taken as one text. A theme
    with which an idea shares no stem, and no four letters in a row of one, is not suggested: for an
    idea that overlaps with nothing there is no suggestion.

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
        texts = [list(one.texts) for one in self._candidates]
        for text, theme in examples:
            if theme in own:
                texts[own[theme]].append(text)
        self._themes = Index(texts, language)
        self._vectors = self._directions(texts)
        self._last: tuple[tuple[str, ...], Index, NDArray[np.float64]] | None = None

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
        """Find the ideas that are most like one, in their words or in the themes these speak for.

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
        index, profiles = self._among(tuple(texts))
        likeness, related = index.compare([text])
        words = np.where(related, likeness, 0.0)[0]
        scores = (words + THEMES * (profiles @ self._profiles([text])[0])) / (1 + THEMES)
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
        return self.suggest_each([text], n)[0]

    def suggest_each(self, texts: Sequence[str], n: int = 3) -> tuple[tuple[Suggestion, ...], ...]:
        """Which themes may each of many ideas belong to? As :meth:`suggest`, all at once.

        Parameters
        ----------
        texts
            The ideas.
        n
            At most how many for each.

        Returns
        -------
        tuple of tuple of Suggestion
            What :meth:`suggest` gives for each, in a fraction of the time.
        """
        if not self._candidates:
            return ((),) * len(texts)
        told = [list(content([text], self.language)) for text in texts]
        rows = {word: row for row, word in enumerate(dict.fromkeys(chain.from_iterable(told)))}
        weights = self._themes.speaking(list(rows))
        if self.embedding is not None:
            alike = self._cosines(list(rows))
            weights = np.maximum(weights, np.where(alike >= ALIKE, alike, 0.0))
        return tuple(
            self._best(scores, said, weights[[rows[word] for word in said]], n)
            for said, scores in zip(told, self._scores(texts), strict=True)
        )

    def _best(
        self,
        scores: NDArray[np.float64],
        said: Sequence[str],
        weights: NDArray[np.float64],
        n: int,
    ) -> tuple[Suggestion, ...]:
        """Choose the themes that score most, each with the words that speak for it."""
        order = np.argsort(-scores, kind="stable")[:n]
        least = BESIDE * scores[order[0]] if len(order) else 0.0
        found = []
        for at in order:
            if scores[at] > 0 and scores[at] >= least:
                one = self._candidates[at]
                first = np.argsort(-weights[:, at], kind="stable")
                why = tuple(said[word] for word in first if weights[word, at] > 0)
                score = round(float(scores[at]), 4)
                found.append(Suggestion(one.id, one.title, score, why, one.new))
        return tuple(found)

    def _scores(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Score every theme for every text; 0 where nothing speaks for it."""
        scores, related = self._themes.compare(texts)
        if self.embedding is not None:
            alike = self._cosines(texts)
            scores = (1 - VECTORS) * scores + VECTORS * alike
            related |= alike >= ALIKE
        return np.where(related, scores, 0.0)

    def _profiles(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Give the themes of each text as a direction: what it may be about, in whatever words."""
        scores = self._scores(texts)
        lengths = np.linalg.norm(scores, axis=1, keepdims=True)
        return scores / np.where(lengths > 0, lengths, 1.0)

    def _among(self, texts: tuple[str, ...]) -> tuple[Index, NDArray[np.float64]]:
        """Make ready the ideas to look among, once for many questions."""
        if self._last is None or self._last[0] != texts:
            index = Index([[text] for text in texts], self.language)
            self._last = (texts, index, self._profiles(texts))
        return self._last[1:]

    def _cosines(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Compare texts with themes by the word vectors."""
        return np.maximum(self._directions([[text] for text in texts]) @ self._vectors.T, 0.0)

    def _directions(self, documents: Sequence[Sequence[str]]) -> NDArray[np.float64]:
        if self.embedding is None:
            return np.zeros((len(documents), 1))
        told = [content(texts, self.language).elements() for texts in documents]
        found = [self.embedding.vector(one) for one in told]
        return np.array(found).reshape(len(found), self.embedding.dimensions)


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
