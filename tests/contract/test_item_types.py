"""What every item type promises, held member by member without the engine around it.

Tolerances: sums of probabilities are exact to rounding (1e-9; the probability floor of 1e-10 and
the cut tail of a count stay below it). Derivatives are compared with central differences of step
1e-5, whose own error is about 1e-8 relative.
"""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.contract.item_cases import CASES, answers, coded

from vendepunkt.numerics.items import FAMILY, ItemType, Membership

Real = NDArray[np.float64]
KINDS = sorted(FAMILY)


def item(kind: str, classes: int = 3) -> tuple[ItemType, Real, Real]:
    """An item type bound to simulated values, one random state, expected counts."""
    column = answers(kind)[:, 0]
    codes, values = coded(kind, column)
    member = FAMILY[kind](values, CASES[kind].shape)
    rng = np.random.default_rng(3)
    seen = np.bincount(codes[codes >= 0], minlength=len(values)).astype(float)
    state = member.start(rng, seen, classes)
    counts = seen[:, None] * rng.dirichlet(np.ones(classes), len(seen))
    return member, state, counts


def test_every_member_has_a_case() -> None:
    assert set(FAMILY) == set(CASES)


@pytest.mark.parametrize("kind", KINDS)
def test_its_density_sums_to_one(kind: str) -> None:
    member, state, _ = item(kind)
    if kind in {"count", "negbin"}:
        member = FAMILY[kind](np.arange(4000.0), (0, 0))
        total = np.exp(member.log_density(state)).sum(axis=0)
    elif kind == "continuous":
        grid = np.linspace(-40.0, 40.0, 20_001)
        dense = FAMILY[kind](grid, (0, 0))
        total = np.exp(dense.log_density(state)).sum(axis=0) * (grid[1] - grid[0])
    else:
        density = np.exp(member.log_density(state))
        if kind == "pair":
            cells = density[:6].reshape(2, 3, -1)
            assert np.allclose(density[6:8], cells.sum(axis=1), atol=1e-12)
            assert np.allclose(density[8:], cells.sum(axis=0), atol=1e-12)
            density = density[:6]
        total = density.sum(axis=0)
    assert np.allclose(total, 1.0, atol=1e-9)


@pytest.mark.parametrize("kind", KINDS)
def test_maximising_never_lowers_the_expected_loglikelihood(kind: str) -> None:
    member, state, counts = item(kind)
    before = (counts * member.log_density(state)).sum()
    for _ in range(40):
        state = member.maximise(counts, state, 0.0)
        after = (counts * member.log_density(state)).sum()
        assert after >= before - 1e-9 * abs(before)
        before = after


@pytest.mark.parametrize("kind", KINDS)
def test_its_maximum_is_where_its_score_is_zero(kind: str) -> None:
    member, state, counts = item(kind)
    for _ in range(3000):
        state = member.maximise(counts, state, 0.0)
    local = member.local(state, counts)
    total = np.einsum("vk,vkd->kd", counts, local.score)
    gradient = np.zeros(local.n_free)
    for k, row in enumerate(local.index):
        np.add.at(gradient, row[row >= 0], total[k][row >= 0])
    assert np.abs(gradient).max() < 1e-4 * counts.sum()


def interior(kind: str) -> tuple[ItemType, Real, Real]:
    member, state, counts = item(kind)
    for _ in range(5):
        state = member.maximise(counts, state, 0.0)
    return member, state, counts


def moved(member: ItemType, state: Real, counts: Real, j: int, h: float) -> Real:
    local = member.local(state, counts)
    step = np.zeros(local.n_free)
    step[j] = h
    return member.move(state, local, step)


@pytest.mark.parametrize("kind", KINDS)
def test_its_score_and_jacobian_are_derivatives(kind: str) -> None:
    member, state, counts = interior(kind)
    local = member.local(state, counts)
    h = 1e-5
    for j in range(local.n_free):
        up, down = (moved(member, state, counts, j, s * h) for s in (1, -1))
        slope = (member.log_density(up) - member.log_density(down)) / (2 * h)
        shift = (member.profile(up) - member.profile(down)) / (2 * h)
        for k in range(state.shape[1]):
            mine = local.index[k] == j
            assert np.allclose(slope[:, k], local.score[:, k, mine].sum(axis=1), atol=2e-5)
            assert np.allclose(shift[:, k], local.jacobian[:, k, mine].sum(axis=1), atol=2e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_its_curvature_is_the_second_derivative(kind: str) -> None:
    member, state, counts = interior(kind)
    local = member.local(state, counts)
    h = 1e-4

    def by_class(at: Real) -> Real:
        return np.asarray((counts * member.log_density(at)).sum(axis=0))

    here = by_class(state)
    for j in range(local.n_free):
        up, down = (by_class(moved(member, state, counts, j, s * h)) for s in (1, -1))
        bend = (up - 2 * here + down) / h**2
        for k in range(state.shape[1]):
            mine = np.flatnonzero(local.index[k] == j)
            analytic = local.curvature[k][np.ix_(mine, mine)].sum()
            assert bend[k] == pytest.approx(analytic, rel=1e-4, abs=1e-2)


@pytest.mark.parametrize("kind", KINDS)
def test_the_likelihood_never_falls_along_em(kind: str) -> None:
    """Plain EM made of the member's own density and maximisation, on overlapping classes."""
    table = answers(kind)
    coding = [coded(kind, column) for column in table.T]
    members = [FAMILY[kind](values, CASES[kind].shape) for _, values in coding]
    rng = np.random.default_rng(5)
    states = []
    for (codes, values), member in zip(coding, members, strict=True):
        seen = np.bincount(codes[codes >= 0], minlength=len(values)).astype(float)
        states.append(member.start(rng, seen, 2))
    shares = Membership(np.ones((1, 1)))
    head = shares.start(rng, np.ones((1, 2)), 2)
    path = []
    for _ in range(60):
        joint = np.repeat(shares.log_density(head), len(table), axis=0)
        for (codes, _), member, state in zip(coding, members, states, strict=True):
            seen = codes >= 0
            joint[seen] += member.log_density(state)[codes[seen]]
        row = np.logaddexp.reduce(joint, axis=1)
        path.append(row.sum())
        posterior = np.exp(joint - row[:, None])
        head = shares.maximise(posterior.sum(axis=0)[None], head, 0.0)
        for j, ((codes, values), member) in enumerate(zip(coding, members, strict=True)):
            counts = np.zeros((len(values), 2))
            np.add.at(counts, codes[codes >= 0], posterior[codes >= 0])
            states[j] = member.maximise(counts, states[j], 0.0)
    assert np.diff(path).min() > -1e-7
    assert path[-1] > path[0] + 1.0


@pytest.mark.parametrize("kind", KINDS)
def test_its_parameters_are_counted_as_they_are_free(kind: str) -> None:
    member, state, counts = interior(kind)
    pooled = kind == "monotone"  # pooled classes share a parameter, but both were estimated
    free = member.local(state, counts).n_free
    assert member.n_parameters(3) >= free if pooled else member.n_parameters(3) == free


@pytest.mark.parametrize("kind", KINDS)
def test_its_profile_has_a_name_for_every_row(kind: str) -> None:
    member, state, _ = item(kind)
    assert len(member.profile_rows()) == len(member.profile(state))
    assert member.at_boundary(state).shape == member.profile(state).shape
