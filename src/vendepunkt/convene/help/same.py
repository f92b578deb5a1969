"""Which ideas seem to say the same, in nearly the same letters?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from vendepunkt.language import fold, words

#: From here on two ideas are proposed as the same (0–100; measured).
SAME: Final = 80.0
#: Characters of an idea that are compared.
COMPARED: Final = 300


@dataclass(frozen=True, slots=True)
class Pair:
    """Two ideas in nearly the same letters; whether they are one is for a person to say.

    Attributes
    ----------
    first, second
        Their positions in the list, the first before the second.
    score
        Likeness of their letters, 0–100.
    """

    first: int
    second: int
    score: float


def same(texts: Sequence[str], least: float = SAME) -> tuple[Pair, ...]:
    """Find ideas that may be one idea sent or written twice.

    Compared are the folded words of each, sorted (RapidFuzz' token sort ratio), so that the order
    of words, capitals, marks and the way of writing æ, ø and å do not matter. A text without a
    word is like no other.

    Parameters
    ----------
    texts
        The ideas.
    least
        The likeness from which a pair is proposed, 0–100.

    Returns
    -------
    tuple of Pair
        The pairs, most alike first, then in the order of the texts.

    Examples
    --------
    >>> same(["Ingen billige boliger", "Ensomhed", "ingen billge boliger!"])
    (Pair(first=0, second=2, score=97.6),)
    """
    from rapidfuzz import fuzz, process

    # Sorted here once rather than by the ratio for each pair anew: the same number, much sooner.
    plain = [" ".join(sorted(fold(one) for one in words(text[:COMPARED]))) for text in texts]
    held = [at for at, text in enumerate(plain) if text]
    told = [plain[at] for at in held]
    scores = process.cdist(told, told, scorer=fuzz.ratio, score_cutoff=least, dtype=np.float32)
    found = [
        Pair(held[i], held[j], round(float(scores[i, j]), 1))
        for i, j in np.argwhere(np.triu(scores >= least, 1))
    ]
    return tuple(sorted(found, key=lambda pair: (-pair.score, pair.first, pair.second)))
