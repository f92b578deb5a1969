"""Forms of the model: one chain for everybody, stayers beside movers, or stable differences.

Each form is a mixture of chains with the same classes; a *component* is one chain of it.

References
----------
Goodman, L. A. (1961). Statistical methods for the mover-stayer model. Journal of the American
Statistical Association 56(296), 841-868. https://doi.org/10.1080/01621459.1961.10482130

Muthén, B. & Asparouhov, T. (2022). Latent transition analysis with random intercepts (RI-LTA).
Psychological Methods 27(1), 1-16. https://doi.org/10.1037/met0000370
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from vendepunkt.numerics.compile import LANES
from vendepunkt.numerics.items import Floats

#: How a piece of the model differs between components: not at all, in each, or only movers have it.
Spread = Literal["common", "each", "movers"]

#: Nodes of the random intercept, a normal value; where there are many classes fewer fit
#: into a block of lanes, but never so few that strong loadings go wrong. (With loadings of 2 on
#: four items over four waves, 9 nodes miss the log-likelihood by 2.6, 15 by less than 0.06.)
NODES, FEWEST_NODES = 15, 8


@dataclass(frozen=True, slots=True)
class Form:
    """How the components of a model differ.

    Attributes
    ----------
    name
        Its name in options.
    initial, transition, item
        Which components the pieces of the model belong to.
    intercept
        Whether the components are nodes of a random intercept in the items.
    least_waves
        Waves it needs at least.
    """

    name: str
    initial: Spread = "common"
    transition: Spread = "common"
    item: Spread = "common"
    intercept: bool = False
    least_waves: int = 1

    def components(self, lanes: int) -> int:
        """Give the number of chains, where each has `lanes` states."""
        if self.intercept:
            return max(min(NODES, LANES // lanes), FEWEST_NODES)
        return 2 if self.transition == "movers" else 1

    @property
    def most_lanes(self) -> int:
        """States a chain may have so that all components fit into a block of lanes."""
        least = FEWEST_NODES if self.intercept else self.components(LANES)
        return LANES // least

    def nodes(self, lanes: int) -> tuple[Floats, Floats]:
        """Give the values of the random intercept and their probabilities, ``(G,)`` each."""
        if not self.intercept:
            return np.zeros(self.components(lanes)), np.ones(self.components(lanes))
        value, weight = np.polynomial.hermite_e.hermegauss(self.components(lanes))
        return value, weight / weight.sum()


#: Every form by the name that options use.
FORMS: Final[dict[str, Form]] = {
    "plain": Form("plain"),
    "mover_stayer": Form("mover_stayer", initial="each", transition="movers", least_waves=3),
    "random_intercept": Form("random_intercept", item="each", intercept=True, least_waves=3),
}
