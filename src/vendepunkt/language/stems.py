"""Words brought to a form in which they can be compared: split, folded, stemmed.

Made for short texts by many hands: spelling varies, æ, ø and å are often written as ae, o, aa or
with a foreign letter, and Danish joins words. Nothing here is shown to anybody; it is for finding
texts that are alike.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

from vendepunkt.language.numbers import LANGUAGES
from vendepunkt.terms import choose

if TYPE_CHECKING:
    from collections.abc import Callable

#: Characters of a text that are read; what is longer is cut here, so that time is bounded.
READ: Final = 2_000
#: Characters of one word that are read.
WORD: Final = 60

_WORD: Final = re.compile(r"[^\W_]+(?:[-\u2010\u2011'\u2019][^\W_]+)*")
_INSIDE: Final = re.compile(r"[-\u2010\u2011'\u2019]")
_SNOWBALL: Final = {"da": "danish", "en": "english"}
# One letter per way of writing the three Danish letters; both sides of a comparison are folded.
_LETTERS: Final = str.maketrans({"æ": "a", "ø": "o", "å": "a", "œ": "o", "ß": "ss", "ð": "d"})
_DIGRAPHS: Final = re.compile("ae|aa|oe")
_STOP: Final = {
    "da": (
        "ad af aldrig alle alt altid anden andet andre at bare blev blive bliver burde da de dem "
        "den denne der deres det dette dig din dine disse dit dog du efter eller en end endnu er "
        "et fik for fordi fra få får før gør gøre ham han hans har havde have helt hen hende "
        "hendes her hos hun hvad hver hvis hvor hvordan hvorfor i ikke ind ingen intet ja jeg jer "
        "jo kan kom komme kommer kun kunne lidt man mange med meget mellem men mere mest mig min "
        "mine mit må måtte ned nej noget nogen nogle nu når næste og også om op os over på sammen "
        "se selv sig sin sine sit skal skulle som så sådan the til ud uden under ved var vi vil "
        "ville vor være været"
    ),
    "en": (
        "a about after all also always am an and any are as at be because been before being but "
        "by can cannot could did do does doing don't down for from get got had has have having he "
        "her here hers him his how i if in into is it its just like many may me might more most "
        "much must my never no nor not of off on one only or other our out over own same she "
        "should so some such than that the their them then there these they this those through "
        "to too under until up us very was we were what when where which while who whom why will "
        "with without would you your"
    ),
}


def words(text: str) -> list[str]:
    """Split a text into its words, in small letters, as they are written.

    A hyphen splits a word, unless it sets off a single letter; digits are words.

    Parameters
    ----------
    text
        Any text; read to :data:`READ` characters, each word to :data:`WORD`.

    Examples
    --------
    >>> words("Min E-boks på Nørrebro-skolen, 18 år!")
    ['min', 'eboks', 'på', 'nørrebro', 'skolen', '18', 'år']
    """
    found: list[str] = []
    for match in _WORD.findall(unicodedata.normalize("NFKC", text[:READ]).lower()):
        parts = _INSIDE.split(match)
        joined = "".join(parts)
        short = len(min(parts, key=len)) == 1
        found += [joined[:WORD]] if short else [part[:WORD] for part in parts]
    return found


def fold(text: str) -> str:
    """Write a text in the plain letters that a phone without Danish keys has.

    Parameters
    ----------
    text
        Any text.

    Returns
    -------
    str
        Small letters without accents; æ, ä and ae as a, ø, ö and oe as o, å and aa as a.

    Examples
    --------
    >>> fold("Gæld på Grønland"), fold("Gaeld paa Groenland"), fold("idé")
    ('gald pa gronland', 'gald pa gronland', 'ide')
    """
    small = text.lower().translate(_LETTERS)
    plain = "".join(
        one for one in unicodedata.normalize("NFD", small) if not unicodedata.combining(one)
    )
    return _DIGRAPHS.sub(lambda two: two.group()[0], plain)


@cache
def stop_words(language: str) -> frozenset[str]:
    """Give the words of a language that say nothing of what a text is about.

    Parameters
    ----------
    language
        ``"da"`` or ``"en"``.

    Examples
    --------
    >>> "ikke" in stop_words("da"), "ensom" in stop_words("da")
    (True, False)
    """
    return frozenset(_STOP[choose(language, LANGUAGES, "language")].split())


def stem(word: str, language: str) -> str:
    """Give the stem of a word, folded.

    Parameters
    ----------
    word
        One word in small letters.
    language
        ``"da"`` or ``"en"``: the Snowball stemmer that is used.

    Examples
    --------
    >>> stem("ensomheden", "da"), stem("lejligheder", "da"), stem("loneliness", "en")
    ('ensom', 'lej', 'loneli')
    """
    return _stem(word[:WORD], choose(language, LANGUAGES, "language"))


def stems(text: str, language: str) -> list[str]:
    """Give the stems of the words of a text that are no stop words, in their order.

    Parameters
    ----------
    text
        Any text.
    language
        ``"da"`` or ``"en"``.

    Examples
    --------
    >>> stems("Børnene må ikke være med", "da")
    ['born']
    """
    none = stop_words(language)
    return [stem(word, language) for word in words(text) if word not in none]


@lru_cache(maxsize=50_000)
def _stem(word: str, language: str) -> str:
    return fold(_stemmer(language)(word))


@cache
def _stemmer(language: str) -> Callable[[str], str]:
    import snowballstemmer  # type: ignore[import-untyped]

    stemmed: Callable[[str], str] = snowballstemmer.stemmer(_SNOWBALL[language]).stemWord
    return stemmed
