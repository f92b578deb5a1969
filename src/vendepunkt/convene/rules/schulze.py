"""Schulze: who beats whom over the strongest path."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from vendepunkt.convene.rules.ballots import check_marks
from vendepunkt.convene.rules.branches import Step, every_branch
from vendepunkt.convene.rules.profile import Profile
from vendepunkt.convene.rules.protocol import CAP, BallotForm, Outcome, Unit
from vendepunkt.convene.types import Marks

_FORM: Final = BallotForm(kind="ranks", cap="none", least=1, most=None)
_PROMISES: Final = frozenset(
    {
        "anonymity",
        "neutrality",
        "blank-ballots",
        "unanimity",
        "monotonicity",
        "house-monotonicity",
        "majority",
        "condorcet-winner",
        "condorcet-loser",
        "smith",
    }
)


@dataclass(frozen=True, slots=True)
class Schulze:
    """A theme is ahead of another if its strongest path of wins to it is the stronger one.

    Themes are compared two by two; a win is as strong as the number of ballots for it (Schulze's
    "winning votes"), a path as strong as its weakest win. Ranks may be equal; themes that a ballot
    does not rank are equal and last. "Ahead" is a strict partial order [1]_, so the committees are
    all sets with no theme left out that is ahead of one taken in: the tops of all rankings that
    keep the order. For one place the properties are proved in [1]_. For k places a theme can be
    chosen where fewer than k others are ahead of it, and ranking it higher only makes these fewer.

    References
    ----------
    .. [1] Schulze, M. (2011). A new monotonic, clone-independent, reversal symmetric, and
       Condorcet-consistent single-winner election method. *Social Choice and Welfare* 36,
       267-303. doi:10.1007/s00355-010-0475-4

    Examples
    --------
    >>> ballots = [{"a": 1, "b": 2}] * 3 + [{"b": 1, "c": 2}] * 2 + [{"c": 1, "a": 2}] * 2
    >>> Schulze().winners(Profile.of(ballots, ("a", "b", "c")), 1).committees
    (('a',),)
    """

    name: str = "schulze"
    form: BallotForm = _FORM
    unit: Unit = "wins"
    proportional: bool = False
    properties: frozenset[str] = _PROMISES

    def check(self, marks: Marks, choices: int | None, themes: Sequence[str]) -> None:
        """Look at one ballot: whole ranks from 1, equal ones allowed."""
        check_marks(self.form, marks, choices, themes)

    def scores(self, profile: Profile) -> dict[str, Fraction]:
        """Give how many themes each is ahead of over the strongest paths."""
        ahead = _ahead(duels(profile))
        return {theme: Fraction(sum(row)) for theme, row in zip(profile.themes, ahead, strict=True)}

    def winners(self, profile: Profile, places: int, *, cap: int = CAP) -> Outcome:
        """Fill the places from the top of the order, in every way that it allows."""
        themes = sorted(profile.themes)
        ahead = _ahead(duels(Profile(tuple(themes), profile.ballots)))

        def step(_: None, left: Sequence[int]) -> Step[None]:
            top = [i for i in left if not any(ahead[j][i] for j in left)]
            return Step({} if len(top) == len(left) else dict.fromkeys(top))

        return every_branch(themes, places, None, step, cap=cap)


def duels(profile: Profile) -> list[list[int]]:
    """Count for each two themes how many ballots rank the first above the second.

    Returns
    -------
    Row: the theme ranked above; column: the one below; both in the order of ``profile.themes``.
    """
    at = {theme: i for i, theme in enumerate(profile.themes)}
    above = [[0] * len(at) for _ in at]
    for groups, count in profile.ranked():
        lower = [at[theme] for equals in groups for theme in equals]
        for equals in groups:
            lower = lower[len(equals) :]
            for theme in equals:
                row = above[at[theme]]
                for other in lower:
                    row[other] += count
    return above


def _ahead(above: Sequence[Sequence[int]]) -> list[list[bool]]:
    """Give who is ahead of whom over the strongest paths (widest paths, Floyd and Warshall)."""
    n = range(len(above))
    path = [[above[i][j] if above[i][j] > above[j][i] else 0 for j in n] for i in n]
    for via in n:
        for i in n:
            reach = path[i][via]
            if reach and i != via:
                path[i] = [max(path[i][j], min(reach, path[via][j])) for j in n]
    return [[i != j and path[i][j] > path[j][i] for j in n] for i in n]
