"""LIX: how hard a running text is to read, by the length of its sentences and words.

LIX is the mean number of words in a sentence plus the percentage of words longer than six letters
(Björnsson 1968) [1]_. Below 25 is what children's books have, 25–34 easy prose, 35–44 newspapers,
45–54 officialese, above that laws and dissertations.

What is counted here:

* a *word* is a run of letters and digits; a hyphen or apostrophe inside it does not end it, and
  only its letters and digits count for its length;
* a *sentence* ends at ``. : ! ? …`` before white space or the end, also with a closing quote or
  bracket between. A full stop ends none before a small letter ("f.eks. sådan", "3. november"), or
  before a number after a word of up to four letters ("kl. 9", "nr. 4");
* a line break ends a sentence where the line is a heading or an item of a list: where an empty
  line follows, or one that begins with a capital letter or a list mark. Other line breaks are
  taken for the wrapping of a paragraph;
* a piece between two ends that has no word is no sentence.

References
----------
.. [1] Björnsson, C. H. (1968). Läsbarhet. Stockholm: Liber. See also Anderson, J. (1983). Lix and
   Rix: variations on a little-known readability index. Journal of Reading 26(6), 490–496.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

#: A word with more letters than this is long.
LONG: Final = 6

_WORD: Final = re.compile(r"[^\W_]+(?:[-\u2010\u2011'\u2019][^\W_]+)*")
_INSIDE: Final = re.compile(r"[-\u2010\u2011'\u2019]")
_CLOSING: Final = "\"'\u201d\u2019\u00ab\u00bb\u201c)\\]"
_END: Final = re.compile(rf"[.:!?\u2026][{_CLOSING}]*(?=\s|$)")
_NEXT: Final = re.compile(r"\S")
_MARK: Final = re.compile(r"(?:[-*\u2022\u2013]|\d{1,3}[.)])\s")
# A full stop after a word this short, with a number behind it, is an abbreviation: "kl. 9".
_ABBREVIATION: Final = 4


@dataclass(frozen=True, slots=True)
class Reading:
    """What LIX is counted from.

    Attributes
    ----------
    words, sentences, long
        How many words, sentences, and words longer than six letters.
    """

    words: int = 0
    sentences: int = 0
    long: int = 0

    @property
    def lix(self) -> float:
        """LIX; NaN where there is no word.

        Examples
        --------
        >>> Reading(words=20, sentences=2, long=5).lix
        35.0
        """
        if not self.words:
            return math.nan
        return self.words / self.sentences + 100 * self.long / self.words

    def __add__(self, other: Reading) -> Reading:
        return Reading(
            self.words + other.words, self.sentences + other.sentences, self.long + other.long
        )


def readability(text: str | Iterable[str]) -> Reading:
    """Count words, sentences and long words of a text, or of many sentences together.

    Parameters
    ----------
    text
        A running text; or its sentences one by one (each is at least one sentence, also without
        an end mark, and more where it holds end marks).

    Returns
    -------
    Reading
        The counts; those of many sentences are those of the texts added up.

    Examples
    --------
    >>> readability("Skriv din idé. Den vises først, når alle er færdige.")
    Reading(words=10, sentences=2, long=1)
    """
    if not isinstance(text, str):
        return sum((readability(one) for one in text), Reading())
    words = sentences = long = 0
    for piece in _pieces(unicodedata.normalize("NFC", text)):
        lengths = [len(_INSIDE.sub("", word)) for word in _WORD.findall(piece)]
        words += len(lengths)
        sentences += bool(lengths)
        long += sum(length > LONG for length in lengths)
    return Reading(words, sentences, long)


def lix(text: str | Iterable[str]) -> float:
    """How hard is a text, or many sentences taken together, to read?

    Parameters
    ----------
    text
        A running text, or a list of sentences: the LIX of all of them together, which is not the
        mean of theirs.

    Returns
    -------
    float
        LIX; NaN where there is no word.

    Examples
    --------
    >>> lix(["Du er med nu.", "Din stemme er modtaget."])
    16.5
    """
    return readability(text).lix


def _pieces(text: str) -> list[str]:
    """Cut a text at the ends of its sentences."""
    found = []
    for block in _blocks(text):
        start = 0
        for end in _END.finditer(block):
            if end.group()[0] != "." or _ends(block, end.start(), end.end()):
                found.append(block[start : end.end()])
                start = end.end()
        found.append(block[start:])
    return found


def _ends(text: str, stop: int, after: int) -> bool:
    """Does the full stop at `stop` end a sentence, with what comes after it?"""
    following = _NEXT.search(text, after)
    if following is None:
        return True
    first = following.group()
    if first.isdigit():
        tail = text[max(0, stop - _ABBREVIATION - 1) : stop]
        return len(tail) > _ABBREVIATION and tail.isalnum()
    return not first.islower()


def _blocks(text: str) -> list[str]:
    """Cut a text where a line break ends a sentence; join lines that are only wrapped."""
    found: list[list[str]] = [[]]
    for line in (one.strip() for one in text.splitlines()):
        if not line or line[0].isupper() or _MARK.match(line):
            found.append([])
        found[-1].append(line)
    return [" ".join(lines) for lines in found]
