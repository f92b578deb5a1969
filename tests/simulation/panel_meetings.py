"""Panel meetings whose truth is known: does "about x of 100" happen about x times in 100?

A setting is a kind of meeting: so many voters, themes and groups, and how far the themes lie apart
in what people care for. A population is drawn for it, many panels come from the population, and
how often each theme is among the first three of all of them is what is true for every one of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vendepunkt.convene.firmness import firmness, shares_of_committees
from vendepunkt.convene.formats import read_meeting
from vendepunkt.convene.rules import RULES

REFERENCE = Path(__file__).parents[1] / "reference"
PLACES = 3
#: What is said, from – to of 100.
BINS = ((0, 5), (10, 25), (30, 45), (50, 65), (70, 85), (90, 100))


@dataclass(frozen=True)
class Setting:
    """A kind of meeting.

    `apart` is how far themes lie apart (standard deviation of their log odds), `groups` the number
    of discussion groups (0 where none are recorded), `talk` how far a group moves its members.
    """

    voters: int
    themes: int
    apart: float
    groups: int = 0
    talk: float = 0.0

    def __str__(self) -> str:
        groups = f", {self.groups} groups" if self.groups else ""
        return f"{self.voters} voters{groups}, {self.themes} themes {self.apart:g} apart"


SETTINGS = (
    Setting(20, 9, 0.3),
    Setting(30, 9, 0.7),
    Setting(30, 14, 0.5),
    Setting(60, 9, 1.2),
    Setting(60, 14, 0.7),
    Setting(30, 4, 0.5),
    Setting(30, 9, 0.7, groups=6, talk=0.5),
    Setting(60, 9, 0.7, groups=10, talk=0.7),
)


@dataclass(frozen=True)
class Population:
    """Log odds of each theme, and two leanings that people differ by."""

    setting: Setting
    appeal: np.ndarray
    leanings: np.ndarray

    @classmethod
    def draw(cls, setting: Setting, rng: np.random.Generator) -> Population:
        base = np.log(2.5 / (setting.themes - 2.5))
        return cls(
            setting,
            base + rng.normal(0, setting.apart, setting.themes),
            rng.normal(0, 0.7, (2, setting.themes)),
        )

    def panels(self, count: int, rng: np.random.Generator) -> np.ndarray:
        """Draw panels: (count, voters, themes) crosses; groups stand one after the other."""
        s = self.setting
        odds = self.appeal + rng.normal(0, 1, (count, s.voters, 2)) @ self.leanings
        if s.groups:
            talk = rng.normal(0, s.talk, (count, s.groups, s.themes))
            odds = odds + np.repeat(talk, s.voters // s.groups, axis=1)
        return rng.random(odds.shape) < 1 / (1 + np.exp(-odds))


def said_and_true(
    setting: Setting, populations: int, panels: int, seed: int, draws: int = 1500
) -> dict[str, np.ndarray]:
    """Give what is said of each theme of each panel by both ways of drawing, and what is true."""
    rng = np.random.default_rng(seed)
    names = [str(theme) for theme in range(setting.themes)]
    size = setting.voters // (setting.groups or setting.voters)
    groups = [f"g{place // size}" for place in range(setting.voters)] if setting.groups else None
    found: dict[str, list[np.ndarray]] = {"chance": [], "bootstrap": [], "true": []}
    for _ in range(populations):
        population = Population.draw(setting, rng)
        votes = population.panels(2000, rng).sum(axis=1).astype(float)
        true = shares_of_committees(votes, PLACES).mean(axis=0)
        for cast in population.panels(panels, rng):
            ballots = [{names[j]: 1 for j in np.flatnonzero(one)} for one in cast]
            firm = firmness(
                ballots,
                names,
                RULES["approval"],
                PLACES,
                groups=groups,
                seed=int(rng.integers(2**31)),
                draws=draws,
            )
            found["chance"].append(np.array(list(firm.chance.values())))
            found["bootstrap"].append(np.array(list(firm.bootstrap.values())))
            found["true"].append(true)
    return {name: np.concatenate(parts) for name, parts in found.items()}


def other_bodies(rng: np.random.Generator) -> dict[str, tuple[str, int, list[np.ndarray]]]:
    """Give bodies of another make: name → rule, voters of a panel, marks (people, themes) of each.

    Three themes chosen by random utility with steadily falling appeal; five dots piled up; and the
    26 people of the open data on policing in London, taken for everybody there is.
    """
    london = read_meeting(REFERENCE / "polis-london")
    ids = [theme.id for theme in london.themes]
    agreed = [[int(ballot.marks.get(name, 0) > 0) for name in ids] for ballot in london.ballots]
    return {
        "3 of 10 themes, appeal falling fast": ("choose-k", 30, [_chosen(0.75, rng)] * 3),
        "3 of 10 themes, appeal falling slowly": ("choose-k", 30, [_chosen(0.9, rng)] * 3),
        "5 dots on 9 themes": ("dots", 30, [_dotted(rng) for _ in range(10)]),
        "36 statements, London": ("approval", 20, [np.array(agreed)]),
    }


def _chosen(ratio: float, rng: np.random.Generator) -> np.ndarray:
    utility = np.log(ratio) * np.arange(10) + rng.gumbel(0, 1, (3000, 10))
    marks = np.zeros(utility.shape, dtype=int)
    np.put_along_axis(marks, np.argsort(-utility, axis=1)[:, :3], 1, axis=1)
    return marks


def _dotted(rng: np.random.Generator) -> np.ndarray:
    appeal = rng.dirichlet(np.full(9, 0.7))
    return np.array([rng.multinomial(5, rng.dirichlet(3 * appeal + 1e-3)) for _ in range(3000)])


def said_of_body(
    body: np.ndarray, rule: str, voters: int, panels: int, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    """Give what is said and what is true of the themes of panels drawn from one body."""
    names = [str(theme) for theme in range(body.shape[1])]
    votes = body[rng.integers(0, len(body), (2500, voters))].sum(axis=1).astype(float)
    true = shares_of_committees(votes, PLACES).mean(axis=0)
    found: dict[str, list[np.ndarray]] = {"chance": [], "bootstrap": [], "true": []}
    for _ in range(panels):
        cast = body[rng.integers(0, len(body), voters)]
        ballots = [{names[j]: int(one[j]) for j in np.flatnonzero(one)} for one in cast]
        seed = int(rng.integers(2**31))
        firm = firmness(ballots, names, RULES[rule], PLACES, seed=seed, draws=1500)
        found["chance"].append(np.array(list(firm.chance.values())))
        found["bootstrap"].append(np.array(list(firm.bootstrap.values())))
        found["true"].append(true)
    return {name: np.concatenate(parts) for name, parts in found.items()}


def by_bins(said: np.ndarray, true: np.ndarray) -> dict[tuple[int, int], tuple[float, float, int]]:
    """Give for each bin of what is said the mean said, the mean true, and how many themes."""
    shown = 5 * np.floor(20 * said + 0.5)
    out = {}
    for low, high in BINS:
        inside = (shown >= low) & (shown <= high)
        if inside.any():
            mean = float(100 * said[inside].mean()), float(100 * true[inside].mean())
            out[low, high] = (*mean, int(inside.sum()))
    return out


def three_again(
    setting: Setting, everybody: int, drawn: int, populations: int, draws: int, seed: int
) -> dict[str, float]:
    """Give how often a panel drawn without replacement finds the first three of everybody.

    ``three``: the same three without a tie at the cut; ``first``: the same first without a tie;
    ``tied``: a tie at the cut between the third and the fourth place.
    """
    rng = np.random.default_rng(seed)
    body = Setting(everybody, setting.themes, setting.apart)
    three, first, tied = [], [], []
    for _ in range(populations):
        cast = Population.draw(body, rng).panels(1, rng)[0].astype(int)
        order = np.argsort(-cast.sum(axis=0), kind="stable")
        for _ in range(draws):
            votes = cast[rng.permutation(everybody)[:drawn]].sum(axis=0)
            inside, outside = votes[order[:PLACES]], votes[order[PLACES:]]
            three.append(inside.min() > outside.max())
            first.append(votes[order[0]] > np.delete(votes, order[0]).max())
            ranked = np.sort(votes)[::-1]
            tied.append(ranked[PLACES - 1] == ranked[PLACES])
    return {
        "three": float(np.mean(three)),
        "first": float(np.mean(first)),
        "tied": float(np.mean(tied)),
    }
