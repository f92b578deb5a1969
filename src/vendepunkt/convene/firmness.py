"""How firmly a theme holds its place: what if other people like these had come?

Notes
-----
People who came are drawn again, whole ballots and whole discussion groups at a time. Drawing from
the ballots as they are (the plain bootstrap) is too sure: it takes the ballots for everybody who
could have come, and the lead of the leading theme for real, though part of a lead is luck. Of the
themes that it puts in the top three in 90 of 100 meetings, 68 in 100 are there in the next.

So each draw has two steps. First those who could have come: a Dirichlet draw whose weights are the
ballots seen and, with the share `luck` of all, the same ballots with the themes moved around, so
that no theme is ahead. Then those who do come, as many as came. `luck` is the part of the spread
between themes that chance alone would give (variance by sampling over variance seen, at most 1).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np
import numpy.typing as npt

from vendepunkt.convene.rules import Profile, Rule
from vendepunkt.convene.types import Marks
from vendepunkt.terms import UsageError

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

#: Draws of a rule that adds up; the Monte-Carlo error is then 0.4 of 100 at most.
DRAWS: Final = 20_000
#: Draws of any other rule, which is asked anew in each; the error is then 1.1 of 100 at most.
SLOW_DRAWS: Final = 2_000
#: Such a rule is not drawn where draws × voters × themes × places are more than this.
SLOW_COST: Final = 60_000_000
#: Where draws × different ballots × themes are more than this, sums of so many are taken as normal.
MOST_CELLS: Final = 60_000_000
#: Numbers held at a time.
_CHUNK: Final = 4_000_000
#: Luck is never taken for all there is: where no theme stands out, chances come near each other.
MOST_LUCK: Final = 0.98
#: Chances are rounded to so many of 100.
STEP: Final = 5


@dataclass(frozen=True, slots=True)
class Firmness:
    """How often each theme would be chosen if other people like these had come.

    Attributes
    ----------
    chance
        Theme → chance of being chosen, 0 to 1, not rounded. Where themes are tied over the cut,
        each counts with the share of the committees it is in.
    bootstrap
        The same by drawing from the ballots as they are. Too sure; beside it for comparison.
    error
        Largest Monte-Carlo standard error of a chance.
    luck
        Share of the spread between themes that chance would give.
    draws
        How many meetings were drawn.
    normal
        Whether sums were taken as normal, as with thousands of ballots.
    groups
        How many discussion groups were redrawn whole; None where people were redrawn one by one.
    """

    chance: dict[str, float]
    bootstrap: dict[str, float]
    error: float
    luck: float
    draws: int
    normal: bool
    groups: int | None

    def rounded(self) -> dict[str, float]:
        """Give the chances rounded to 5 of 100, as they are shown."""
        return {theme: rounded(chance) for theme, chance in self.chance.items()}


def rounded(chance: float) -> float:
    """Round a chance to 5 of 100; what is half-way goes up.

    Examples
    --------
    >>> rounded(0.62), rounded(0.625), rounded(0.997)
    (0.6, 0.65, 1.0)
    """
    return STEP * math.floor(round(100 * chance, 9) / STEP + 0.5) / 100


def adds_up(rule: Rule) -> bool:
    """Say whether the scores of a rule are sums over ballots and the highest win.

    Only such rules choose together what two panels both choose (Young 1975,
    doi:10.1137/0128067), so the promise "reinforcement" tells them.
    """
    return not rule.proportional and "reinforcement" in rule.properties


def too_costly(rule: Rule, voters: int, themes: int, places: int, draws: int | None) -> bool:
    """Say whether drawing again would take too long with this rule."""
    asked = SLOW_DRAWS if draws is None else draws
    return not adds_up(rule) and asked * voters * themes * places > SLOW_COST


def firmness(
    ballots: Sequence[Marks],
    themes: Sequence[str],
    rule: Rule,
    places: int,
    *,
    groups: Sequence[str | None] | None = None,
    seed: int = 1,
    draws: int | None = None,
) -> Firmness:
    """How often would each theme be chosen if other people like these had come?

    Parameters
    ----------
    ballots
        Everybody's marks, blank ballots too.
    themes
        What could be voted on.
    rule
        The voting rule.
    places
        How many themes are chosen.
    groups
        The discussion group of each ballot, None where it is not known. Groups are redrawn whole,
        as many as there were; people of no group among themselves.
    seed
        Of the random numbers.
    draws
        How many meetings are drawn; by default 20,000, and 2,000 for a rule that does not add up.

    Returns
    -------
    Firmness

    Raises
    ------
    UsageError
        ``bad_draws``, ``lengths`` if `groups` has another length, ``one_unit`` where there is but
        one person or group to draw again, ``too_costly`` (see :data:`SLOW_COST`), or ``too_fine``
        where scores have too many digits.

    References
    ----------
    .. [1] Rubin, D. B. (1981). The Bayesian bootstrap. *Annals of Statistics*, 9, 130–134.
       doi:10.1214/aos/1176345338
    .. [2] Efron, B. & Morris, C. (1973). Stein's estimation rule and its competitors—an empirical
       Bayes approach. *JASA*, 68, 117–130. doi:10.1080/01621459.1973.10481350
    .. [3] Davison, A. C. & Hinkley, D. V. (1997). *Bootstrap methods and their application*,
       chapter 3.8 (groups). Cambridge University Press. doi:10.1017/CBO9780511802843

    Examples
    --------
    >>> from vendepunkt.convene.rules import RULES
    >>> cast = [{"home": 1}] * 12 + [{"work": 1}] * 6 + [{"debt": 1}] * 5
    >>> firmness(cast, ("home", "work", "debt"), RULES["approval"], 1).rounded()
    {'home': 0.6, 'work': 0.2, 'debt': 0.15}
    """
    if draws is not None and draws < 1:
        raise UsageError("bad_draws", f"draws is {draws}.", allowed="1 or more", try_="20000")
    if groups is not None and len(groups) != len(ballots):
        raise UsageError("lengths", f"There are {len(ballots)} ballots and {len(groups)} groups.")
    if too_costly(rule, len(ballots), len(themes), places, draws):
        raise UsageError(
            "too_costly",
            f"Drawing {len(ballots)} ballots again under {rule.name!r} takes too long.",
            allowed=f"draws × voters × themes × places up to {SLOW_COST}",
            try_="fewer draws, or approval beside it",
        )
    pool = _Pool.of(ballots, themes, rule, groups)
    rng = np.random.default_rng(seed)
    count = draws or (DRAWS if adds_up(rule) else SLOW_DRAWS)
    if adds_up(rule):
        normal = count * pool.types > MOST_CELLS
        draw = _normal if normal else _added
        chance = draw(pool, rng, places, count, shrunk=True)
        plain = draw(pool, rng, places, count, shrunk=False)
    else:
        normal = False
        chance = _asked(pool, rng, rule, places, count, shrunk=True)
        plain = _asked(pool, rng, rule, places, count, shrunk=False)
    return Firmness(
        chance=dict(zip(themes, map(float, chance.mean(axis=0)), strict=True)),
        bootstrap=dict(zip(themes, map(float, plain.mean(axis=0)), strict=True)),
        error=float(chance.std(axis=0).max() / math.sqrt(count)),
        luck=pool.luck,
        draws=count,
        normal=normal,
        groups=pool.groups,
    )


def shares_of_committees(scores: Floats, places: int) -> Floats:
    """Give for each row of scores the share of the tied committees that each theme is in.

    Parameters
    ----------
    scores : (B, M)
        A row per meeting, a column per theme.
    places
        How many themes are chosen; all where there are fewer.

    Returns
    -------
    (B, M)
        1 for a theme above the cut, 0 for one below; r of t tied for r places are each in r/t of
        the committees.

    Examples
    --------
    >>> shares_of_committees(np.array([[5.0, 3.0, 3.0, 1.0]]), 2).tolist()
    [[1.0, 0.5, 0.5, 0.0]]
    """
    fill = min(places, scores.shape[1])
    cut = -np.partition(-scores, fill - 1, axis=1)[:, fill - 1 : fill]
    above = scores > cut
    tied = scores == cut
    left = fill - above.sum(axis=1, keepdims=True)
    return np.asarray(above + tied * (left / tied.sum(axis=1, keepdims=True)))


@dataclass(frozen=True, slots=True)
class _Stratum:
    """Units that are redrawn among themselves: people of no group, or whole groups.

    `often` says how often each kind of unit came, `scores` what it gives each theme in whole
    numbers. A unit brings the ballots that `holds` counts (units × ballots); for single people that
    is None, and `kinds` says which ballot each is.
    """

    often: Counts
    scores: Floats
    kinds: Counts
    holds: Counts | None = None

    @property
    def size(self) -> int:
        return int(self.often.sum())


@dataclass(frozen=True, slots=True)
class _Pool:
    themes: tuple[str, ...]
    ballots: tuple[Marks, ...]
    strata: tuple[_Stratum, ...]
    luck: float
    groups: int | None

    @classmethod
    def of(
        cls,
        ballots: Sequence[Marks],
        themes: Sequence[str],
        rule: Rule,
        groups: Sequence[str | None] | None,
    ) -> _Pool:
        profile = Profile.of(ballots, themes)
        distinct = tuple(marks for marks, _ in profile.ballots)
        kinds = {_key(marks): place for place, marks in enumerate(distinct)}
        which = np.array([kinds[_key(marks)] for marks in ballots], dtype=np.int64)
        names = [None] * len(which) if groups is None else list(groups)
        scores = _whole(distinct, tuple(themes), rule)
        alone = np.array([name is None for name in names], dtype=bool)
        strata = []
        if alone.any():
            often = np.bincount(which[alone], minlength=len(distinct))
            used = np.flatnonzero(often)
            strata.append(_Stratum(often[used], scores[used], used))
        labels = sorted({name for name in names if name is not None})
        if labels:
            holds = np.zeros((len(labels), len(distinct)), dtype=np.int64)
            place = {label: row for row, label in enumerate(labels)}
            for name, kind in zip(names, which, strict=True):
                if name is not None:
                    holds[place[name], kind] += 1
            ones = np.ones(len(labels), dtype=np.int64)
            strata.append(_Stratum(ones, holds @ scores, np.arange(len(labels)), holds))
        if not any(stratum.size > 1 for stratum in strata):
            raise UsageError("one_unit", "There is one person or group only to draw again.")
        pooled = tuple(strata)
        return cls(tuple(themes), distinct, pooled, _luck(pooled), len(labels) or None)

    @property
    def types(self) -> int:
        """How many weights a draw has."""
        return sum(len(stratum.often) for stratum in self.strata) * len(self.themes)


def _key(marks: Mapping[str, Fraction | int]) -> tuple[tuple[str, Fraction], ...]:
    return tuple(sorted((theme, Fraction(value)) for theme, value in marks.items()))


def _whole(ballots: Sequence[Marks], themes: tuple[str, ...], rule: Rule) -> Floats:
    """Give what each ballot gives each theme in whole numbers, so that ties stay ties."""
    each = [rule.scores(Profile(themes, ((marks, 1),))) for marks in ballots]
    scale = math.lcm(*(score.denominator for row in each for score in row.values()))
    rows = [[int(row[theme] * scale) for theme in themes] for row in each]
    if max((abs(score) for row in rows for score in row), default=0) > 2**30:
        raise UsageError("too_fine", "The marks have too many digits to be drawn again exactly.")
    return np.array(rows, dtype=np.float64).reshape(len(rows), len(themes))


def _luck(strata: tuple[_Stratum, ...]) -> float:
    """Give the share of the variance between themes that sampling alone would make."""
    total = np.zeros(strata[0].scores.shape[1])
    noise = 0.0
    for stratum in strata:
        total += stratum.often @ stratum.scores
        noise += float(np.trace(_centred(_spread(stratum))))
    between = float(((total - total.mean()) ** 2).sum())
    if noise == 0.0:
        return 0.0
    return MOST_LUCK if between * MOST_LUCK <= noise else noise / between


def _spread(stratum: _Stratum) -> Floats:
    """Give the covariance of the sum of a stratum, if others like these were drawn."""
    size = stratum.size
    if size < 2:
        return np.zeros((stratum.scores.shape[1],) * 2)
    off = stratum.scores - stratum.often @ stratum.scores / size
    return np.asarray((off * stratum.often[:, None]).T @ off * (size / (size - 1)))


def _centred(covariance: Floats) -> Floats:
    """Take out what all themes share: it moves none past another."""
    off = covariance - covariance.mean(axis=0)
    return np.asarray(off - off.mean(axis=1, keepdims=True))


def _drawn(
    stratum: _Stratum, shifts: int, luck: float, rng: np.random.Generator, count: int, *, both: bool
) -> Counts:
    """Draw how often each unit comes under each move of the themes: (count, units × shifts).

    Move 0 is the unit as it came. With `both` those who could have come are drawn first.
    """
    often = stratum.often.astype(np.float64)
    if not both:
        return rng.multinomial(stratum.size, often / stratum.size, size=count)
    moved = luck / (1 - luck) / shifts if luck else 0.0
    weights = np.repeat(often[:, None] * moved, shifts, axis=1)
    weights[:, 0] += often
    drawn = rng.standard_gamma(weights.ravel(), size=(count, weights.size))
    return rng.multinomial(stratum.size, drawn / drawn.sum(axis=1, keepdims=True))


def _shifts(pool: _Pool, *, shrunk: bool) -> int:
    return len(pool.themes) if shrunk and pool.luck else 1


def _added(
    pool: _Pool, rng: np.random.Generator, places: int, count: int, *, shrunk: bool
) -> Floats:
    """Draw meetings of a rule that adds up."""
    shifts = _shifts(pool, shrunk=shrunk)
    step = max(1, _CHUNK // max(1, pool.types))
    found = []
    for first in range(0, count, step):
        some = min(step, count - first)
        scores = np.zeros((some, len(pool.themes)))
        for stratum in pool.strata:
            moves = [np.roll(stratum.scores, move, axis=1) for move in range(shifts)]
            each = np.stack(moves, axis=1).reshape(-1, len(pool.themes))
            scores += _drawn(stratum, shifts, pool.luck, rng, some, both=shrunk) @ each
        found.append(shares_of_committees(scores, places))
    return np.concatenate(found)


def _normal(
    pool: _Pool, rng: np.random.Generator, places: int, count: int, *, shrunk: bool
) -> Floats:
    """Draw meetings of thousands: the sums are normal, ties between them as good as impossible."""
    total = sum((stratum.often @ stratum.scores for stratum in pool.strata), np.zeros(1))
    spread = np.sum([_spread(stratum) for stratum in pool.strata], axis=0)
    if shrunk:
        total = total.mean() + (1 - pool.luck) * (total - total.mean())
        spread = spread * (2 - pool.luck)
    scores = rng.multivariate_normal(total, spread, size=count, method="eigh")
    return shares_of_committees(scores, places)


def _asked(
    pool: _Pool, rng: np.random.Generator, rule: Rule, places: int, count: int, *, shrunk: bool
) -> Floats:
    """Draw meetings of any rule, and ask it whom it chooses in each."""
    shifts = _shifts(pool, shrunk=shrunk)
    cast = np.zeros((count, len(pool.ballots), shifts), dtype=np.int64)
    for stratum in pool.strata:
        drawn = _drawn(stratum, shifts, pool.luck, rng, count, both=shrunk)
        units = drawn.reshape(count, len(stratum.often), shifts)
        if stratum.holds is None:
            cast[:, stratum.kinds] += units
        else:
            cast += np.einsum("bus,ud->bds", units, stratum.holds)
    moved = [[_moved(marks, pool.themes, move) for move in range(shifts)] for marks in pool.ballots]
    place = {theme: column for column, theme in enumerate(pool.themes)}
    found = np.zeros((count, len(pool.themes)))
    for row, numbers in enumerate(cast):
        came = tuple((moved[d][s], int(numbers[d, s])) for d, s in np.argwhere(numbers))
        for theme, share in committee_shares(rule, Profile(pool.themes, came), places).items():
            found[row, place[theme]] = share
    return found


def _moved(marks: Marks, themes: tuple[str, ...], move: int) -> Marks:
    names = {theme: themes[(at + move) % len(themes)] for at, theme in enumerate(themes)}
    return {names[theme]: value for theme, value in marks.items()}


def committee_shares(rule: Rule, profile: Profile, places: int) -> dict[str, float]:
    """Give the share of the tied committees that each chosen theme is in.

    Where more are tied than are listed, the tied themes share the open places evenly.
    """
    outcome = rule.winners(profile, places)
    if outcome.capped:
        even = outcome.undecided / len(outcome.tied)
        return dict.fromkeys(outcome.certain, 1.0) | dict.fromkeys(outcome.tied, even)
    many = len(outcome.committees)
    return {
        theme: sum(theme in committee for committee in outcome.committees) / many
        for theme in (*outcome.certain, *outcome.tied)
    }
