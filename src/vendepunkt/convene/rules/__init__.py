"""The family of voting rules: one protocol, one file per rule, one dictionary.

Every rule counts with whole numbers and exact fractions, and returns all ties: no theme wins
because it was entered first. What holds for all of them:

- *Fewer themes than places*: all themes are chosen, and :attr:`Outcome.places` says how many.
- *No ballots, or only blank ones*: all themes are tied for every place.
- *No theme*: one committee, the empty one.
- *Blank ballots* are counted as voters and change nothing, under any rule: they have no share in
  what :class:`EqualShares` gives out.
- A theme without a vote can take a place that nothing else can take; it is then tied with all
  others that have none.
"""

from __future__ import annotations

from typing import Final

from vendepunkt.convene.rules.approval import Approval
from vendepunkt.convene.rules.borda import Borda
from vendepunkt.convene.rules.choose_k import ChooseK
from vendepunkt.convene.rules.dots import Dots
from vendepunkt.convene.rules.equal_shares import EqualShares
from vendepunkt.convene.rules.phragmen import Phragmen
from vendepunkt.convene.rules.profile import Profile
from vendepunkt.convene.rules.protocol import CAP, PROPERTIES, BallotForm, Outcome, Rule
from vendepunkt.convene.rules.schulze import Schulze
from vendepunkt.convene.rules.score import Score
from vendepunkt.convene.rules.sequential_pav import SequentialPav

#: Every voting rule by its name in options.
RULES: Final[dict[str, Rule]] = {
    "choose-k": ChooseK(),
    "approval": Approval(),
    "dots": Dots(),
    "score": Score(),
    "borda": Borda(),
    "schulze": Schulze(),
    "sequential-pav": SequentialPav(),
    "equal-shares": EqualShares(),
    "phragmen": Phragmen(),
}

__all__ = [
    "CAP",
    "PROPERTIES",
    "RULES",
    "Approval",
    "BallotForm",
    "Borda",
    "ChooseK",
    "Dots",
    "EqualShares",
    "Outcome",
    "Phragmen",
    "Profile",
    "Rule",
    "Schulze",
    "Score",
    "SequentialPav",
]
