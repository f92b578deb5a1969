"""Theme help: ideas that say the same, ideas that are like one, and themes they may belong to.

It proposes; people place. Nothing here needs a network, and the same meeting gives the same help.
"""

from vendepunkt.convene.help.acceptance import Acceptance, acceptance
from vendepunkt.convene.help.book import BOOK, BookTheme, ThemeBook
from vendepunkt.convene.help.embedding import Embedding
from vendepunkt.convene.help.helper import Helper, Like, Suggestion
from vendepunkt.convene.help.same import Pair

__all__ = [
    "BOOK",
    "Acceptance",
    "BookTheme",
    "Embedding",
    "Helper",
    "Like",
    "Pair",
    "Suggestion",
    "ThemeBook",
    "acceptance",
]
