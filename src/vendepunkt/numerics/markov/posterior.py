"""What the answers say of each sequence: where people were, and which way they went."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vendepunkt.numerics.items import Floats
from vendepunkt.numerics.items.base import draw_rows
from vendepunkt.numerics.markov.fit import MarkovFit
from vendepunkt.numerics.markov.model import Chain
from vendepunkt.numerics.markov.passes import run, wave_log_densities
from vendepunkt.numerics.markov.sequences import SequenceData

#: Sequences looked at together, to bound memory.
CHUNK = 65_536


@dataclass(frozen=True, slots=True)
class Paths:
    """Posterior probabilities of the sequences of some data under a fit.

    Classes come first and exits last along every axis of states; with stayers or a random
    intercept the components are added up.

    Attributes
    ----------
    smoothed
        ``(P, T, M)`` probability of each state at each wave given all answers.
    alone
        ``(P, T, M)`` the same from that wave's answers only, the model's shares of the wave as
        prior.
    steps
        ``(P, T - 1, M, M)`` joint probability of the states before and after each step.
    first_last
        ``(P, M, M)`` joint probability of the states of the first and last wave.
    viterbi
        ``(P, T)`` most likely path.
    viterbi_probability
        ``(P,)`` its probability given the answers.
    component
        ``(P, G)`` probability of each component: of being a mover or a stayer.
    loglik
        ``(P,)`` log-likelihood.
    row_to_pattern
        ``(N,)`` sequence of each person, -1 for none.
    """

    smoothed: Floats
    alone: Floats
    steps: Floats
    first_last: Floats
    viterbi: NDArray[np.int64]
    viterbi_probability: Floats
    component: Floats
    loglik: Floats
    row_to_pattern: NDArray[np.int32]
    _onward: Floats
    _start: Floats

    def draw(self, rng: np.random.Generator, draws: int) -> NDArray[np.int8]:
        """Draw paths from the posterior, ``(draws, P, T)``: first the component, then waves."""
        people = len(self._start)
        waves = self._onward.shape[1] + 1
        out = np.empty((draws, people, waves), dtype=np.int8)
        everyone = np.arange(people)
        upper = np.asarray(self.component.cumsum(axis=1))[:, :-1]
        for number in range(draws):
            g = (rng.random(people)[:, None] > upper).sum(axis=1)
            now = draw_rows(rng, self._start[everyone, g])
            out[number, :, 0] = now
            for t in range(1, waves):
                now = draw_rows(rng, self._onward[everyone, t - 1, g, now])
                out[number, :, t] = now
        return out

    def take(self, sequences: NDArray[np.integer]) -> Paths:
        """Give the posterior of some sequences, each as often as it is named.

        So that people with the same answers can be drawn each by themselves; the result knows no
        people.
        """
        arrays = {
            part.name: getattr(self, part.name)[sequences]
            for part in fields(self)
            if part.name != "row_to_pattern"
        }
        return replace(self, **arrays, row_to_pattern=np.zeros(0, dtype=np.int32))


def posterior(data: SequenceData, fit: MarkovFit) -> Paths:
    """Give what the answers say of each sequence under a fit.

    Parameters
    ----------
    data
        The sequences, those of the fit or others of the same items.
    fit
        The model.

    References
    ----------
    Viterbi, A. J. (1967). Error bounds for convolutional codes and an asymptotically optimum
    decoding algorithm. IEEE Transactions on Information Theory 13(2), 260-269.
    https://doi.org/10.1109/TIT.1967.1054010
    """
    made = fit.chain if data is fit.chain.data else fit.chain.over(data)
    state = fit.state
    parts = [
        _part(made, state, slice(begin, begin + CHUNK))
        for begin in range(0, data.n_patterns, CHUNK)
    ]
    columns = [list(column) for column in zip(*parts, strict=True)]
    parts.clear()
    whole = []
    for column in columns:  # each is let go of once it is joined, so that all is held once
        whole.append(np.concatenate(column))
        column.clear()
    alone = _alone(made, fit)
    return Paths(
        smoothed=whole[0],
        alone=alone,
        steps=whole[1],
        first_last=whole[2],
        viterbi=whole[3],
        viterbi_probability=whole[4],
        component=whole[5],
        loglik=whole[6],
        row_to_pattern=data.row_to_pattern,
        _onward=whole[7],
        _start=whole[8],
    )


def _part(made: Chain, state: Floats, rows: slice) -> tuple[NDArray[Any], ...]:
    found = run(made, state, rows)
    smoothed = found.smoothed.sum(axis=2)
    steps = found.steps.sum(axis=2)
    # Given the answers a path is a Markov chain too: these are its transition probabilities.
    with np.errstate(divide="ignore", invalid="ignore"):
        onward = found.steps / found.steps.sum(axis=4, keepdims=True)
        start = found.smoothed[:, 0] / found.component[:, :, None]
    onward, start = np.nan_to_num(onward), np.nan_to_num(start)
    joint = np.einsum("pgi,ij->pgij", found.smoothed[:, 0], np.eye(made.lanes))
    for t in range(onward.shape[1]):
        joint = np.einsum("pgij,pgjk->pgik", joint, onward[:, t])
    path, probability = _viterbi(found.component, start, onward)
    return (
        smoothed, steps, joint.sum(axis=1), path, probability, found.component, found.loglik,
        onward, start,
    )  # fmt: skip


def _viterbi(component: Floats, start: Floats, onward: Floats) -> tuple[NDArray[np.int64], Floats]:
    """Give the most likely path given the answers and its probability, whatever the component.

    Candidates are the most likely path of each component and, with several, staying in each
    class; the probability of a path is that under all components.
    """
    people, parts, lanes = start.shape
    waves = onward.shape[1] + 1
    candidates = [_best_path(start[:, g], onward[:, :, g]) for g in range(parts)]
    if parts > 1:
        candidates += [np.full((people, waves), k) for k in range(lanes)]
    chances = np.stack([_chance(path, component, start, onward) for path in candidates])
    best = chances.argmax(axis=0)
    everyone = np.arange(people)
    return np.stack(candidates)[best, everyone], chances[best, everyone]


def _best_path(start: Floats, onward: Floats) -> NDArray[np.int64]:
    """Give the most likely path of one component, ``(P, T)``."""
    people, waves = len(start), onward.shape[1] + 1
    best, everyone = start, np.arange(len(start))
    came = np.zeros((people, waves, start.shape[1]), dtype=np.int64)
    for t in range(1, waves):
        reach = best[:, :, None] * onward[:, t - 1]
        came[:, t] = reach.argmax(axis=1)
        best = reach.max(axis=1)
    path = np.empty((people, waves), dtype=np.int64)
    path[:, -1] = best.argmax(axis=1)
    for t in range(waves - 1, 0, -1):
        path[:, t - 1] = came[everyone, t, path[:, t]]
    return path


def _chance(path: NDArray[np.int64], component: Floats, start: Floats, onward: Floats) -> Floats:
    """Give the probability of a path of each sequence, added up over components."""
    everyone = np.arange(len(path))
    chance = component * start[everyone, :, path[:, 0]]
    for t in range(1, path.shape[1]):
        chance = chance * onward[everyone, t - 1, :, path[:, t - 1], path[:, t]]
    return np.asarray(chance.sum(axis=1))


def _alone(made: Chain, fit: MarkovFit) -> Floats:
    """Place people at each wave by that wave's answers only, ``(P, T, M)``."""
    data = made.data
    log = wave_log_densities(made, fit.state)
    weight = made.node_weight if made.form.intercept else np.ones(made.components)
    top = log.max(axis=(1, 2), keepdims=True)
    density = np.einsum("wgm,g->wm", np.exp(log - top), weight)
    out = np.empty((data.n_patterns, data.waves, made.lanes))
    shares = np.zeros((data.waves, made.lanes))
    shares[:, : made.classes] = fit.shares
    if fit.exit_transitions is not None:
        shares[:, made.classes :] = 1.0
    for t in range(data.waves):
        joint = shares[t] * density[data.observed[:, t]]
        out[:, t] = joint / joint.sum(axis=1, keepdims=True)
    return out
