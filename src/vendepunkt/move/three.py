"""Apparent, smoothed and corrected movement of the same people between the same waves."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from vendepunkt.move.ground import Ground

Floats = npt.NDArray[np.float64]

#: How people are placed: by the answers of each wave alone, by the most likely path given all
#: answers, or not at all (the model's probabilities).
KINDS = ("apparent", "smoothed", "corrected")


def crosstabs(ground: Ground, pair: tuple[int, int]) -> dict[str, tuple[Floats, Floats]]:
    """Cross the main groups of two waves in three ways, among those who answered at both.

    Parameters
    ----------
    ground
        The model.
    pair
        The two waves.

    Returns
    -------
    dict
        Kind to weighted shares (G, G), which add to 1, and unweighted people (G, G).

    Notes
    -----
    *Apparent*: the most likely group at each wave from that wave's answers only. Error in placing
    makes people seem to move, so that there is more apparent movement than movement. *Smoothed*:
    the group at each wave on the most likely path. A path that stays is likelier, so that there is
    less. *Corrected*: the joint posterior, summed. It is the model's estimate for these people and
    rests on the model: on answers at two waves being independent given the classes.

    References
    ----------
    Bassi, F., Hagenaars, J. A., Croon, M. A. & Vermunt, J. K. (2000). Estimating true changes when
    categorical panel data are affected by uncorrelated and correlated classification errors.
    Sociological Methods & Research, 29(2), 230–268. https://doi.org/10.1177/0049124100029002003
    """
    both = ground.both(pair)
    weight, counts = ground.weight * both, ground.counts * both
    total = float(weight.sum()) or float("nan")
    alone = (ground.model.paths.alone @ ground.membership).argmax(axis=2)
    placed = {"apparent": alone, "smoothed": ground.modal_groups()}
    size = len(ground.letters)
    found: dict[str, tuple[Floats, Floats]] = {}
    for kind, groups in placed.items():
        cell = groups[:, pair[0]] * size + groups[:, pair[1]]
        share, people = (
            np.bincount(cell, weights=each, minlength=size * size)
            .reshape(size, size)
            .astype(np.float64)
            for each in (weight, counts)
        )
        found[kind] = (share / total, people)
    joint = np.einsum("p,pgh->gh", weight, ground.posterior(pair))
    found["corrected"] = (np.asarray(joint / total, dtype=np.float64), ground.cells(pair).n)
    return found


def three_rows(ground: Ground) -> list[dict[str, Any]]:
    """Give a row per kind, pair of waves, origin and destination."""
    rows = []
    for pair in ground.pairs():
        tables = crosstabs(ground, pair)
        for kind in KINDS:
            joint, people = tables[kind]
            rows += [
                {"kind": kind}
                | ground.between(pair)
                | {"from": start, "to": end, "joint": float(joint[g, h]), "n": float(people[g, h])}
                for g, start in enumerate(ground.letters)
                for h, end in enumerate(ground.letters)
            ]
    return rows


def moved_rows(ground: Ground) -> list[dict[str, Any]]:
    """Give the share who changed group by each kind, among the same people and waves."""
    rows = []
    for pair in ground.pairs():
        people = float(ground.counts @ ground.both(pair))
        for kind, (joint, _) in crosstabs(ground, pair).items():
            moved = float(1.0 - np.trace(joint))
            rows.append({"kind": kind} | ground.between(pair) | {"moved": moved, "n": people})
    return rows


def apparent_excess(ground: Ground, pair: tuple[int, int]) -> float:
    """Which part of apparent movement is error: (apparent − corrected) / apparent.

    A property of the table, never of a person. NaN where nobody seems to have moved.
    """
    tables = crosstabs(ground, pair)
    apparent, corrected = (
        float(1.0 - np.trace(tables[kind][0])) for kind in ("apparent", "corrected")
    )
    return (apparent - corrected) / apparent if apparent > 0 else float("nan")
