"""A folder with word vectors of somebody else's making, if a site has one. None is needed."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vendepunkt.language import words
from vendepunkt.terms import DataError

#: The two files of the folder.
TOKENS: Final = "tokens.txt"
VECTORS: Final = "vectors.npy"

# What a token begins with, at the start of a word and inside one, in the vocabularies in use.
_WORDPIECE: Final = ("", "##")
_SENTENCEPIECE: Final = ("\u2581", "")


class Embedding:
    """Static word vectors: one vector per token, a text being the mean of its words' vectors.

    The folder holds `tokens.txt` (UTF-8, one token per line, no token twice) and `vectors.npy` (a
    NumPy array of floats with a row per token, in the same order). Tokens are words, or parts of
    words in the manner of WordPiece (``##heden``) or SentencePiece (``▁ensom``, ``heden``); a word
    that is no token is cut into the longest parts from its start.

    Parameters
    ----------
    folder
        The folder.

    Raises
    ------
    DataError
        With code ``"not_an_embedding"`` and what is wrong with the folder.
    """

    def __init__(self, folder: str | Path) -> None:
        folder = Path(folder)
        tokens = _tokens(folder)
        self._rows = {token: row for row, token in enumerate(tokens)}
        self._vectors = _vectors(folder, len(tokens))
        if len(self._rows) != len(tokens):
            raise _refused(f"{TOKENS} has a token twice", folder)
        pieces = any(token.startswith("\u2581") for token in tokens)
        self._start, self._inside = _SENTENCEPIECE if pieces else _WORDPIECE

    @property
    def dimensions(self) -> int:
        """How many numbers a vector has."""
        return int(self._vectors.shape[1])

    def vector(self, texts: Iterable[str]) -> NDArray[np.float64]:
        """Give the direction of some words or texts together; zeros where no word is known.

        Parameters
        ----------
        texts
            Words or texts.

        Returns
        -------
        array of float, shape (dimensions,)
            Of length 1, or 0.
        """
        rows = [row for text in texts for word in words(text) for row in self._cut(word)]
        if not rows:
            return np.zeros(self.dimensions)
        mean = np.asarray(self._vectors[rows], dtype=np.float64).mean(axis=0)
        length = float(np.linalg.norm(mean))
        unit: NDArray[np.float64] = mean / length if length else mean
        return unit

    def _cut(self, word: str) -> list[int]:
        """Cut a word into known tokens, the longest first; nothing if some part is not known."""
        if self._start + word in self._rows:
            return [self._rows[self._start + word]]
        found, at, prefix = [], 0, self._start
        while at < len(word):
            for end in range(len(word), at, -1):
                row = self._rows.get(prefix + word[at:end])
                if row is not None:
                    break
            else:
                return []
            found.append(row)
            at, prefix = end, self._inside
        return found


def _refused(why: str, folder: Path) -> DataError:
    return DataError(
        "not_an_embedding",
        f"The folder {folder.name!r} holds no word vectors: {why}.",
        allowed=f"{TOKENS} with a token per line, and {VECTORS} with a row of numbers per token",
        try_="theme help without it; none is needed",
    )


def _tokens(folder: Path) -> list[str]:
    if not folder.is_dir():
        raise _refused("there is no such folder", folder)
    try:
        text = (folder / TOKENS).read_text(encoding="utf-8")
    except OSError as error:
        raise _refused(f"{TOKENS} cannot be read", folder) from error
    except UnicodeDecodeError as error:
        raise _refused(f"{TOKENS} is not UTF-8", folder) from error
    return text.removesuffix("\n").split("\n")


def _vectors(folder: Path, tokens: int) -> NDArray[np.floating]:
    try:
        # Opens an array and nothing else: no archive, and no pickle, which could run a program.
        found = np.lib.format.open_memmap(folder / VECTORS, mode="r")
    except OSError as error:
        raise _refused(f"{VECTORS} cannot be read", folder) from error
    except (ValueError, EOFError) as error:
        raise _refused(f"{VECTORS} is no array of NumPy", folder) from error
    if found.ndim != 2 or found.dtype.kind != "f":
        raise _refused(f"{VECTORS} is no table of decimal numbers", folder)
    if found.shape[0] != tokens or not found.shape[1]:
        raise _refused(f"{VECTORS} has {found.shape[0]} rows for {tokens} tokens", folder)
    if not np.isfinite(found).all():
        raise _refused(f"{VECTORS} has something that is no number", folder)
    return found
