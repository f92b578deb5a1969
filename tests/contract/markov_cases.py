"""One simulated panel for each form of the latent Markov model, and bridges to the twin.

Two classes that overlap enough for every estimate to lie inside its range, three or four waves, a
tenth of the answers missing. A new form or item type is tested the moment it has a case here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import expm
from tests.contract.engine_cases import engine_item
from tests.contract.item_cases import CASES, ITEMS, twin_item
from tests.simulation.markov_populations import draw_codes, draw_paths
from tests.twin import latent_class as twin
from tests.twin.latent_markov import Chain, Shifted

from vendepunkt.numerics import Item, split_by_group
from vendepunkt.numerics.items import FAMILY
from vendepunkt.numerics.markov import MarkovFit, SequenceData, fit_markov

Real = NDArray[np.float64]
Whole = NDArray[np.int_]

STEP = np.array([[0.85, 0.15], [0.25, 0.75]])
INTENSITY = np.array([[-0.3, 0.3], [0.4, -0.4]])
MOVERS = np.array([[0.5, 0.5], [0.4, 0.6]])
STAYERS = np.array([0.55, 0.4])
YES_BY_WAVE = np.array([[[0.2, 0.8], [0.35, 0.75], [0.1, 0.9]]])


@dataclass
class Panel:
    """Answers of a simulated panel and the model that is fitted to it.

    Attributes
    ----------
    kinds, table
        Type of each item, and answers (N * T, J), nan where missing.
    waves
        T.
    data
        What `SequenceData.collapse` takes beside the items.
    fit
        What `fit_markov` takes beside the classes.
    free
        Items whose measurement differs between waves.
    truth
        What the panel was drawn from.
    """

    kinds: tuple[str, ...]
    table: Real
    waves: int
    data: dict[str, Any] = field(default_factory=dict)
    fit: dict[str, Any] = field(default_factory=dict)
    free: tuple[int, ...] = ()
    truth: dict[str, Any] = field(default_factory=dict)

    @property
    def people(self) -> int:
        return len(self.table) // self.waves

    def items(self) -> list[Item]:
        """The engine's items, copied per wave where measurement is free."""
        items = [
            engine_item(kind, column) for kind, column in zip(self.kinds, self.table.T, strict=True)
        ]
        wave = np.tile(np.arange(self.waves, dtype=np.int32), self.people)
        return split_by_group(items, wave, self.free) if self.free else items

    def columns(self) -> list[tuple[str, Real]]:
        """Kind and answers of each of those items."""
        wave = np.tile(np.arange(self.waves), self.people)
        found = []
        for j, (kind, column) in enumerate(zip(self.kinds, self.table.T, strict=True)):
            if j in self.free:
                own = (np.where(wave == t, column, np.nan) for t in range(self.waves))
                found.extend((kind, copy) for copy in own)
            else:
                found.append((kind, column))
        return found

    def collapse(self, **changes: Any) -> SequenceData:
        return SequenceData.collapse(self.items(), self.waves, **{**self.data, **changes})

    def fitted(self, data: SequenceData, classes: int = 2, **changes: Any) -> MarkovFit:
        return fit_markov(data, classes, **{"seed": 1, "starts": 10, **self.fit, **changes})

    def chain(self, classes: int = 2, *, nodes: int = 0) -> Chain:
        """The twin of the same model; items follow a random intercept where there are nodes."""
        items: list[Any] = []
        for kind, column in self.columns():
            item = twin_item(kind, column, classes)
            if nodes and isinstance(item, twin.Nominal):
                item = Shifted(item.codes, item.categories, classes, nodes)
            items.append(item)
        weights = self.data.get("weights")
        transitions = self.fit.get("transitions", "constant")
        moves = self.data.get("transition")
        if transitions == "free" and moves is not None:
            # Each step has an intercept of its own; the effects of covariates are common.
            each = np.broadcast_to(np.eye(self.waves - 1), (self.people, *[self.waves - 1] * 2))
            moves, transitions = np.concatenate([each, moves[:, :, 1:]], axis=2), "constant"
        return Chain(
            items,
            self.people,
            self.waves,
            classes,
            transitions=transitions,
            initial=self.data.get("initial"),
            moves=moves,
            intervals=self.data.get("intervals"),
            stayers=self.fit.get("form") == "mover_stayer",
            exits=self.data.get("exits"),
            absorbing=tuple(self.data.get("absorbing", ())),
            weights=None if weights is None else weights / weights.mean(),
            nodes=nodes,
        )


# --- the engine's estimates as the twin's parameters ----------------------------------------------


def parameters(model: Chain, fit: MarkovFit) -> Real:
    """The twin's unconstrained parameters at the engine's estimates; chooses the twin's bases."""
    parts = [_initial(model, fit), _moves(model, fit)]
    for j, (item, profile) in enumerate(zip(model.items, fit.profiles, strict=True)):
        shifted = isinstance(item, Shifted)
        parts.append(item.solve(profile, fit.loadings[j][1:]) if shifted else item.invert(profile))
    return np.concatenate(parts)


def _logs(chance: Real) -> Real:
    return np.log(np.maximum(chance, 1e-300))


def _initial(model: Chain, fit: MarkovFit) -> Real:
    if fit.initial_coefficients is not None:
        return (fit.initial_coefficients[:, 1:] - fit.initial_coefficients[:, :1]).ravel()
    first = _first(fit)
    model.base_initial = int(first.argmax())
    logs = _logs(first)
    return np.delete(logs - logs[model.base_initial], model.base_initial)


def _first(fit: MarkovFit) -> Real:
    """Shares of the classes at the first wave, of movers and then stayers where there are any."""
    if fit.stayers is None:
        return fit.initial
    return np.concatenate([fit.initial * (1.0 - fit.stayers), fit.initial * fit.stayers])


def _moves(model: Chain, fit: MarkovFit) -> Real:
    if model.waves == 1:
        return np.zeros(0)
    if fit.transition_coefficients is not None:
        effects = fit.transition_coefficients
        blocks = [np.delete(effects[j], j, axis=1).ravel() for j in model.origins]
        return np.concatenate(blocks)
    if fit.rates is not None:
        return np.concatenate([_logs(np.delete(fit.rates[j], j)) for j in model.origins])
    own = _matrices(model, fit)
    model.base = own.argmax(axis=2)
    blocks = []
    for step, bases in zip(own, model.base, strict=True):
        for row, base in zip(step, bases, strict=True):
            blocks.append(np.delete(_logs(row) - _logs(row[base]), base))
    return np.concatenate(blocks)


def _matrices(model: Chain, fit: MarkovFit) -> Real:
    """Transitions of each step with parameters of its own, (steps, origins, D).

    The engine prints them over everybody: of movers and stayers the stayers are taken out; nobody
    is in an exit at the first wave, so its row is read at the next step.
    """
    steps = fit.transitions if fit.exit_transitions is None else fit.exit_transitions
    if fit.stayers is not None:
        joint = steps * fit.shares[:-1, :, None] - np.diag(fit.initial * fit.stayers)
        steps = joint / joint.sum(axis=2, keepdims=True)
    if fit.exit_transitions is not None and model.n_steps == 1:
        steps = np.where(np.isnan(steps[:1]), steps[1:2], steps[:1])
    return np.asarray(steps[: model.n_steps][:, model.origins])


def inside(model: Chain, fit: MarkovFit) -> NDArray[np.bool_]:
    """Which of the twin's parameters are not held at 0 or 1."""
    flags = [np.ones(size, dtype=bool) for size in model.sizes]
    if fit.initial_coefficients is None:
        flags[0] = _within(np.delete(_first(fit), model.base_initial))
    if model.base is not None:
        own = _matrices(model, fit)
        flags[1] = np.concatenate(
            [
                _within(np.delete(row, base))
                for step, bases in zip(own, model.base, strict=True)
                for row, base in zip(step, bases, strict=True)
            ]
        )
    for j, (item, profile) in enumerate(zip(model.items, fit.profiles, strict=True)):
        if isinstance(item, twin.Nominal):
            flags[2 + j] = np.concatenate(
                [np.delete(_within(profile[:, k]), item.base[k]) for k in range(item.classes)]
            )
    return np.concatenate(flags)


def _within(chance: Real) -> NDArray[np.bool_]:
    return np.asarray((chance >= 1e-4) & (chance <= 1 - 1e-4))


# --- the panels -----------------------------------------------------------------------------------


def _answers(
    rng: np.random.Generator, kinds: tuple[str, ...], paths: Whole, missing: float = 0.1
) -> Real:
    """Answers (N * T, J) of people on these paths; some missing, some people gone for a wave."""
    member = paths.ravel()
    table = np.column_stack([CASES[kind].draw(rng, member) for kind in kinds])
    table[rng.random(table.shape) < missing] = np.nan
    waves = paths.shape[1]
    gone = (rng.random(len(table)) < 0.06) & (np.arange(len(table)) % waves > 0)
    table[gone] = np.nan
    first = table[::waves]
    first[np.isnan(first).all(axis=1), 0] = 0.0  # everybody answers something
    return table


def _everybody(rng: np.random.Generator, n: int, step: Real = STEP, waves: int = 3) -> Whole:
    return draw_paths(
        rng, np.tile([0.6, 0.4], (n, 1)), np.broadcast_to(step, (n, waves - 1, *step.shape))
    )


def of_kind(kind: str, n: int = 220) -> Panel:
    """Items of one type over three waves, one matrix for both steps."""
    rng = np.random.default_rng([41, sorted(FAMILY).index(kind)])
    kinds = (kind,) * (3 if kind == "pair" else ITEMS)
    return Panel(kinds, _answers(rng, kinds, _everybody(rng, n)), 3)


def of_every_kind() -> Panel:
    """An item of each type in one model, a matrix for each step, weights."""
    rng = np.random.default_rng(42)
    kinds = tuple(sorted(set(FAMILY) - {"monotone"}))
    table = _answers(rng, kinds, _everybody(rng, 250))
    weights = rng.uniform(0.3, 3.0, 250)
    return Panel(kinds, table, 3, {"weights": weights}, {"transitions": "free"})


def with_steps() -> Panel:
    """A matrix for each step."""
    rng = np.random.default_rng(43)
    steps = np.array([STEP, MOVERS, STEP[::-1, ::-1]])
    paths = draw_paths(rng, np.tile([0.6, 0.4], (500, 1)), np.tile(steps, (500, 1, 1, 1)))
    kinds = ("nominal",) * 3
    return Panel(kinds, _answers(rng, kinds, paths), 4, fit={"transitions": "free"})


def with_rates(n: int = 900) -> Panel:
    """Intensities, waves of unequal distance."""
    rng = np.random.default_rng(44)
    years = np.array([0.5, 2.0, 1.0])
    steps = np.array([expm(INTENSITY * length) for length in years])
    paths = draw_paths(rng, np.tile([0.6, 0.4], (n, 1)), np.tile(steps, (n, 1, 1, 1)))
    kinds = ("binary",) * 4
    return Panel(
        kinds,
        _answers(rng, kinds, paths),
        4,
        {"intervals": years},
        {"transitions": "rate"},
        truth={"rates": INTENSITY, "years": years},
    )


def with_covariates(
    transitions: str = "constant", varying: bool = True, n: int = 900, stayers: Real | None = None
) -> Panel:
    """A covariate of the first class, and one of the steps that may change over time."""
    rng = np.random.default_rng([45, len(transitions), varying])
    x = np.column_stack([np.ones(n), rng.integers(-1, 2, n)])
    z = rng.integers(0, 3, (n, 2 if varying else 1)) - 1.0
    moves = np.dstack([np.ones((n, 2)), np.broadcast_to(z, (n, 2))])
    first = np.array([-0.4, 0.7])
    up, down = np.array([-1.6, 0.8]), np.array([-1.1, -0.6])
    years = np.array([1.0, 2.0])
    chance = 1.0 / (1.0 + np.exp(-x @ first))
    steps = np.empty((n, 2, 2, 2))
    a, b = np.exp(moves @ up), np.exp(moves @ down)
    if transitions == "rate":
        for i, t in np.ndindex(n, 2):
            q = np.array([[-a[i, t], a[i, t]], [b[i, t], -b[i, t]]])
            steps[i, t] = expm(q * years[t])
    else:
        steps[..., 0, 1], steps[..., 1, 0] = a / (1 + a), b / (1 + b)
        steps[..., 0, 0], steps[..., 1, 1] = 1 / (1 + a), 1 / (1 + b)
    paths = draw_paths(rng, np.column_stack([1 - chance, chance]), steps, stayers)
    kinds = ("binary",) * 4
    data: dict[str, Any] = {"initial": x, "transition": moves}
    if transitions == "rate":
        data["intervals"] = years
    truth = {"initial": first, "moves": (up, down)}
    table = _answers(rng, kinds, paths)
    return Panel(kinds, table, 3, data, {"transitions": transitions}, truth=truth)


def with_stayers(n: int = 900) -> Panel:
    """Some never move."""
    rng = np.random.default_rng(46)
    steps = np.tile(MOVERS, (n, 3, 1, 1))
    paths = draw_paths(rng, np.tile([0.6, 0.4], (n, 1)), steps, STAYERS)
    kinds = ("nominal",) * ITEMS
    return Panel(
        kinds,
        _answers(rng, kinds, paths),
        4,
        fit={"form": "mover_stayer"},
        truth={"stayers": STAYERS, "step": MOVERS},
    )


def stayers_free_steps(n: int) -> Panel:
    """The same people, a matrix of movers for each step."""
    panel = with_stayers(n)
    panel.fit["transitions"] = "free"
    return panel


def with_intercepts(n: int = 900, loading: float = 1.0) -> Panel:
    """People differ for good in how readily they say yes."""
    rng = np.random.default_rng(47)
    paths = _everybody(rng, n, waves=4)
    yes = np.array([[0.15, 0.7], [0.2, 0.85], [0.3, 0.8], [0.1, 0.75]])
    profiles = [np.vstack([1 - p, p]) for p in yes]
    loads = [np.array([0.0, loading])] * 4
    codes = draw_codes(rng, paths, profiles, missing=0.05, loadings=loads)
    table = np.where(codes < 0, np.nan, codes).reshape(-1, 4).astype(float)
    return Panel(
        ("binary",) * 4,
        table,
        4,
        fit={"form": "random_intercept"},
        truth={"yes": yes, "loading": loading},
    )


def combined(form: str, transitions: str, n: int = 300) -> Panel:
    """Covariates of the first class and of the steps in another form of the model."""
    stayers = STAYERS if form == "mover_stayer" else None
    panel = with_covariates(transitions, n=n, stayers=stayers)
    panel.fit["form"] = form
    return panel


def with_exits(
    absorbing: tuple[bool, ...] = (True, False), n: int = 600, *, gaps: bool = True
) -> Panel:
    """An exit for each flag: people stand in it at a wave, and come back where there is a way."""
    rng = np.random.default_rng([48, *absorbing])
    size = 2 + len(absorbing)
    step = np.zeros((size, size))
    step[:2, :2] = STEP
    step[:2, 2:] = [0.06, 0.12][-len(absorbing) :]
    for e, final in enumerate(absorbing):
        step[2 + e] = np.eye(size)[2 + e] if final else [0.3, 0.3, *[0.0] * len(absorbing)]
        if not final:
            step[2 + e, 2 + e] = 0.4
    step /= step.sum(axis=1, keepdims=True)
    initial = np.zeros((n, size))
    initial[:, :2] = [0.6, 0.4]
    paths = draw_paths(rng, initial, np.tile(step, (n, 2, 1, 1)))
    kinds = ("binary",) * ITEMS
    table = _answers(rng, kinds, np.minimum(paths, 1))
    table[paths.ravel() >= 2] = np.nan
    exits = np.maximum(paths - 1, 0).astype(np.int8)
    if not gaps:  # whoever has not left answers something
        silent = np.isnan(table).all(axis=1) & (paths.ravel() < 2)
        table[silent, 0] = 0.0
    return Panel(kinds, table, 3, {"exits": exits, "absorbing": absorbing}, truth={"step": step})


def with_free_measurement(n: int = 900) -> Panel:
    """The first item means something else at each wave."""
    rng = np.random.default_rng(49)
    paths = _everybody(rng, n)
    drifting = np.stack([1 - YES_BY_WAVE[0], YES_BY_WAVE[0]], axis=1)
    steady = CASES["binary"].truth
    codes = draw_codes(rng, paths, [drifting, steady, steady, steady], missing=0.05)
    table = np.where(codes < 0, np.nan, codes).reshape(-1, 4).astype(float)
    kinds = ("binary",) * 4
    return Panel(kinds, table, 3, free=(0,), truth={"drifting": drifting})


PANELS = {
    **{kind: (lambda kind=kind: of_kind(kind)) for kind in sorted(FAMILY)},
    "every kind, weights, free steps": of_every_kind,
    "free steps": with_steps,
    "rates": lambda: with_rates(500),
    "covariates, constant": lambda: with_covariates(n=450),
    "covariates, free steps": lambda: with_covariates("free", n=450),
    "covariates, fixed in time": lambda: with_covariates(varying=False, n=450),
    "covariates on rates": lambda: with_covariates("rate", n=300),
    "mover-stayer": lambda: with_stayers(500),
    "random intercept": lambda: with_intercepts(150),
    "mover-stayer, free steps": lambda: stayers_free_steps(700),
    "mover-stayer, covariates": lambda: combined("mover_stayer", "constant", 700),
    "mover-stayer, rates with covariates": lambda: combined("mover_stayer", "rate", 500),
    "random intercept, rates with covariates": lambda: combined("random_intercept", "rate", 120),
    "absorbing exit": lambda: with_exits((True,), 300),
    "exit with a way back": lambda: with_exits((False,), 300),
    "two exits": lambda: with_exits(n=300),
    "two exits, no gaps": lambda: with_exits(n=300, gaps=False),
    "free measurement": lambda: with_free_measurement(400),
}


@cache
def fitted(name: str) -> tuple[Panel, SequenceData, MarkovFit, Chain, Real]:
    """A panel, its data and fit, the twin's model and its parameters at the fit."""
    panel = PANELS[name]()
    data = panel.collapse()
    fit = panel.fitted(data)
    model = panel.chain(nodes=fit.chain.components if fit.loadings else 0)
    return panel, data, fit, model, parameters(model, fit)
