"""Item types: one protocol, one file per member, one dictionary.

To add a type, write its file (class and compiled functions), list it here, and let the compiled
dispatcher in :mod:`vendepunkt.numerics.em.kernel` call its two functions. The contract tests then
hold it to what every type promises.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from vendepunkt.numerics.items.base import BOUNDARY, FLOOR, Floats, ItemType, Local
from vendepunkt.numerics.items.gaussian import Gaussian
from vendepunkt.numerics.items.membership import Membership
from vendepunkt.numerics.items.monotone import Monotone
from vendepunkt.numerics.items.negative_binomial import NegativeBinomial
from vendepunkt.numerics.items.nominal import Nominal
from vendepunkt.numerics.items.ordinal import Ordinal
from vendepunkt.numerics.items.pair import Pair
from vendepunkt.numerics.items.poisson import Poisson

#: Every item type by the name that options and study files use.
FAMILY: Final[dict[str, Callable[[Floats, tuple[int, int]], ItemType]]] = {
    "binary": Nominal,
    "nominal": Nominal,
    "ordinal": Ordinal,
    "count": Poisson,
    "negbin": NegativeBinomial,
    "continuous": Gaussian,
    "monotone": Monotone,
    "pair": Pair,
}

__all__ = ["BOUNDARY", "FAMILY", "FLOOR", "Floats", "ItemType", "Local", "Membership"]
