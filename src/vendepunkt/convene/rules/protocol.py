"""What every voting rule must be able to do, and what it can promise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import Final, Literal, Protocol, TypeAlias

from vendepunkt.convene.rules.profile import Profile
from vendepunkt.convene.types import Marks

Kind: TypeAlias = Literal["crosses", "dots", "scores", "ranks"]
Cap: TypeAlias = Literal["none", "marks", "total", "value"]
Unit: TypeAlias = Literal["votes", "dots", "points", "wins"]

#: How many committees are listed at most where places are tied.
CAP: Final = 1000

#: What a rule may promise; each is tested on generated ballots by ``tests/contract``.
PROPERTIES: Final = MappingProxyType(
    {
        "anonymity": "who cast which ballot does not matter",
        "neutrality": "names and order of the themes do not matter",
        "blank-ballots": "blank ballots change nothing",
        "unanimity": "if all ballots are the same, the best themes of that ballot are chosen",
        "monotonicity": "a chosen theme that somebody marks more strongly can still be chosen",
        "house-monotonicity": "with one place more, nobody loses the place they had",
        "reinforcement": "what two panels both choose, they choose together",
        "majority": "with one place, a theme more than half put above all others wins",
        "condorcet-winner": "with one place, a theme that beats each other one to one wins",
        "condorcet-loser": "with one place, a theme that loses to each other never wins",
        "smith": "with one place, the winner is of the smallest set that beats all outside it",
        "justified-representation-5": "as the next, for up to five places",
        "justified-representation": (
            "one in k voters agreeing on a theme: one of them at least gets a theme they marked"
        ),
        "proportional-justified-representation": (
            "l in k voters agreeing on l themes: together they get l themes that some marked"
        ),
        "extended-justified-representation": (
            "l in k voters agreeing on l themes: one of them at least gets l themes they marked"
        ),
    }
)


@dataclass(frozen=True, slots=True)
class BallotForm:
    """What a voter puts on the ballot.

    Attributes
    ----------
    kind
        Crosses (a mark or none), dots (several may be put on one theme), scores, or ranks (1 is
        first, equal ranks are allowed, gaps mean nothing).
    cap
        What the vote's number of choices limits: how many themes are marked (``marks``), the sum
        of the dots (``total``), the highest score (``value``), or nothing (``none``); in the last
        case the number is not looked at.
    least, most
        Lowest and highest whole number on a theme; None where only the cap limits it, or nothing.
    """

    kind: Kind
    cap: Cap
    least: int
    most: int | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whom a rule chooses, with all ties.

    Attributes
    ----------
    committees
        Every set of themes that can be chosen, each sorted by id and the sets sorted too; one set
        where nothing is tied. Order means nothing.
    places
        How many places were filled: those asked for, or all themes where there are fewer.
    certain
        Themes that are in every tied set, also in those not listed; sorted by id.
    tied
        Themes that are in some of the sets and not in all; sorted by id.
    capped
        Whether there are more sets than are listed. Which were listed then follows from the ids
        and means nothing: show `certain` and `tied`.
    cap
        How many are listed at most.

    Examples
    --------
    >>> from vendepunkt.convene.rules import RULES, Profile
    >>> profile = Profile.of([{"a": 1, "b": 1}, {"a": 1, "c": 1}], ("a", "b", "c"))
    >>> outcome = RULES["approval"].winners(profile, 2)
    >>> outcome.committees, outcome.certain, outcome.undecided
    ((('a', 'b'), ('a', 'c')), ('a',), 1)
    """

    committees: tuple[tuple[str, ...], ...]
    places: int
    certain: tuple[str, ...]
    tied: tuple[str, ...]
    capped: bool = False
    cap: int = CAP

    @property
    def undecided(self) -> int:
        """How many places the ties leave open."""
        return self.places - len(self.certain)


class Rule(Protocol):
    """A voting rule. All arithmetic is exact; ties are returned, never broken."""

    @property
    def name(self) -> str:
        """Name in :data:`vendepunkt.convene.rules.RULES` and in options."""

    @property
    def form(self) -> BallotForm:
        """What a ballot looks like."""

    @property
    def unit(self) -> Unit:
        """What `scores` counts."""

    @property
    def proportional(self) -> bool:
        """Whether groups get places by their size, so that more votes need not win."""

    @property
    def properties(self) -> frozenset[str]:
        """What it promises: keys of :data:`PROPERTIES`."""

    def check(self, marks: Marks, choices: int | None, themes: Sequence[str]) -> None:
        """Look at one ballot; raise DataError where it breaks the form."""

    def scores(self, profile: Profile) -> dict[str, Fraction]:
        """Give what is shown beside each theme; for proportional rules the approvals."""

    def winners(self, profile: Profile, places: int, *, cap: int = CAP) -> Outcome:
        """Fill the places."""
