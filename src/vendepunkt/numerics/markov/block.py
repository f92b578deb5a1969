"""A block of lanes: the parameters of several starts, and one pass over the data for all."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np

from vendepunkt.numerics.compile import LANES
from vendepunkt.numerics.em.layout import pack, unpack
from vendepunkt.numerics.items import Floats
from vendepunkt.numerics.markov.model import Chain, Expected

NO_WEIGHTS: Floats = np.zeros((0, 0))
#: No density is let further below that of the best class, in logs.
FARTHEST = -230.0
#: Sequences that are worth a thread of their own.
FEWEST = 1_000


class Block:
    """Room for one block, used again at every step.

    Parameters
    ----------
    chain
        The model.
    starts
        Sets of parameters carried side by side.
    own_weight
        ``(P, starts)`` weights of its own for each start, or None.
    threads
        Threads the sequences are shared out to, where there are many.
    """

    def __init__(
        self, chain: Chain, starts: int, own_weight: Floats | None = None, threads: int = 1
    ) -> None:
        self.chain = chain
        self.starts = starts
        self.chains = starts * chain.components
        self.start_weight = own_weight
        self.own_weight = own_weight
        layout, data = chain.layout, chain.data
        self.rows = np.ascontiguousarray(layout.codes[:, 1:])
        self.table = np.ones((layout.n_table, LANES))
        self.counts = np.zeros((layout.n_table, LANES))
        self.offset = np.zeros((layout.n_table, LANES))
        self.initial = np.zeros((len(layout.design), LANES))
        self.count_initial = np.zeros((len(layout.design), LANES))
        self.trans = np.zeros((chain.lanes, chain.n_kinds, LANES))
        for j in range(chain.lanes):  # who has no transitions stays
            self.trans[j, :, j * self.chains : (j + 1) * self.chains] = 1.0
        self.count_trans = np.zeros_like(self.trans)
        self.turn = np.zeros((chain.n_kinds, chain.lanes, chain.lanes * self.chains))
        self.density = np.zeros((len(data.answers), LANES))
        self.count_wave = np.zeros_like(self.density)
        self.scale = np.zeros((len(data.answers), self.chains))
        self.loglik = np.zeros(self.chains)
        pieces = max(min(threads, data.n_patterns // FEWEST), 1)
        cuts = np.linspace(0, data.n_patterns, pieces + 1).astype(int)
        self.slices = [slice(*ends) for ends in pairwise(cuts)]
        self.sums = [
            tuple(
                np.zeros_like(room)
                for room in (self.count_initial, self.turn, self.count_wave, self.loglik)
            )
            for _ in self.slices
        ]

    def step(self, state: Floats, out: Floats) -> Floats:
        """Make one EM step on packed states ``(D, LANES)``; give the log-likelihoods there."""
        chain = self.chain
        if not chain.fast:
            states = unpack(state, chain.lanes, self.starts)
            found = self.expect(states)
            moved = [chain.maximise(own, one) for own, one in zip(states, found, strict=True)]
            out[:] = pack(np.stack(moved))
            return np.array([one.loglik for one in found])
        self._fill_fast(state)
        self._pass()
        loglik = self.loglik.copy()
        if chain.prior > 0:
            loglik += self._log_prior(state)
        self._maximise_fast(state, out)
        return loglik

    def expect(self, states: Floats) -> list[Expected]:
        """Give what is expected of each of `states` ``(starts, D, M)``."""
        self._fill(states)
        if self.chain.components > 1:
            loglik = self._weigh()
            self._pass()
        else:
            self._pass()
            loglik = self.loglik.copy()
        return [self._expected(s, float(loglik[s])) for s in range(self.starts)]

    def _fill(self, states: Floats) -> None:
        """Turn parameters into probabilities, piece by piece."""
        chain = self.chain
        shape = (chain.lanes, self.starts, chain.components)
        initial = self._room(self.initial, shape)
        trans = self._room(self.trans, shape)
        table, offset = self._room(self.table, shape), self.offset
        for s, state in enumerate(states):
            initial[:, :, s] = chain.initial(state).transpose(0, 2, 1)
            trans[:, :, :, s] = chain.trans(state).transpose(0, 1, 3, 2)
            for j, log in enumerate(chain.densities(state)):
                first = int(chain.layout.spec[j, 2])
                rows = slice(first, first + len(log))
                best = log.max(axis=2, keepdims=True)
                relative = np.exp(np.maximum(log - best, FARTHEST))
                table[rows, : chain.classes, s] = relative.transpose(0, 2, 1)
                own = slice(s * chain.components, (s + 1) * chain.components)
                offset[rows, own] = best[:, :, 0]

    def _room(self, lanes: Floats, shape: tuple[int, ...]) -> Floats:
        """Give a view of the used lanes by state, start and component."""
        used = lanes[..., : self.chain.lanes * self.chains]
        return used.reshape(*lanes.shape[:-1], *shape, copy=False)

    def _fill_fast(self, state: Floats) -> None:
        from vendepunkt.numerics.em import kernel

        chain, layout = self.chain, self.chain.layout
        kernel.fill_table(
            state, self.table, self.offset, layout.spec, layout.values, layout.design,
            chain.lanes, self.starts,
        )  # fmt: skip
        self.initial[:] = self.table[: len(layout.design)]
        for j in range(chain.classes, chain.lanes):
            self.initial[:, j * self.starts : (j + 1) * self.starts] = 0.0
        self._fill_moves(state)

    def _fill_moves(self, state: Floats) -> None:
        from vendepunkt.numerics.items import membership

        chain = self.chain
        for piece in chain.moves:
            membership.density_lanes(
                state, piece.rows.start, self.trans[piece.number, piece.kinds],
                piece.what.design, chain.lanes, self.starts,
            )  # fmt: skip

    def _maximise_fast(self, state: Floats, out: Floats) -> None:
        from vendepunkt.numerics.em import kernel
        from vendepunkt.numerics.items import membership

        chain, layout = self.chain, self.chain.layout
        self.counts[: len(layout.design)] = self.count_initial
        kernel.maximise(
            self.counts, self.table, state, out, layout.spec, layout.values, layout.design,
            chain.lanes, self.starts, chain.prior,
        )  # fmt: skip
        for piece in chain.moves:
            own = piece.number, piece.kinds
            membership.maximise_lanes(
                self.count_trans[own], self.trans[own], state, out, piece.rows.start,
                piece.what.design, chain.lanes, self.starts, chain.prior,
            )  # fmt: skip

    def _pass(self, each: Floats = NO_WEIGHTS) -> None:
        """Run the compiled pass; with room for `each` only the log-likelihoods are wanted."""
        from vendepunkt.numerics.markov import kernel

        chain, data = self.chain, self.chain.data
        kernel.wave_densities(
            self.table, self.offset, self.rows, data.exit_of, self.density, self.scale,
            chain.classes, self.chains,
        )  # fmt: skip
        kernel.turned(self.trans, self.turn, chain.lanes, self.chains)
        if len(self.slices) == 1:
            self._part(0, each)
        else:
            with ThreadPoolExecutor(len(self.slices)) as pool:
                list(pool.map(lambda place: self._part(place, each), range(len(self.slices))))
        count_initial, count_turn, count_wave, loglik = (
            sum(parts[1:], parts[0]) for parts in zip(*self.sums, strict=True)
        )
        self.count_initial, self.count_wave, self.loglik = count_initial, count_wave, loglik
        kernel.returned(count_turn, self.count_trans, chain.lanes, self.chains)
        kernel.answer_counts(
            self.count_wave, self.rows, data.exit_of, self.counts, len(chain.layout.design)
        )

    def _part(self, place: int, each: Floats) -> None:
        """Run the pass over one slice of the sequences."""
        from vendepunkt.numerics.markov import kernel

        chain, data, rows = self.chain, self.chain.data, self.slices[place]
        own = NO_WEIGHTS if self.own_weight is None else self.own_weight[rows]
        initial, turn, wave, loglik = self.sums[place]
        kernel.expect(
            self.initial, self.turn, self.density, self.scale, data.initial_row[rows],
            data.observed[rows], chain.step_row[rows], data.length[rows], data.weight[rows], own,
            initial, turn, wave, loglik, each[rows], chain.lanes, self.chains,
        )  # fmt: skip

    def _weigh(self) -> Floats:
        """Weigh the components by each sequence; give the log-likelihoods ``(starts,)``."""
        data, parts = self.chain.data, self.chain.components
        each = np.empty((data.n_patterns, self.chains))
        self.own_weight = None
        self._pass(each)
        log = each.reshape(len(each), self.starts, parts)
        top = log.max(axis=2, keepdims=True)
        share = np.exp(log - top)
        whole = share.sum(axis=2, keepdims=True)
        people = data.weight[:, None] if self.start_weight is None else self.start_weight
        share *= people[:, :, None] / whole
        self.own_weight = np.ascontiguousarray(share.reshape(len(each), -1))
        return np.asarray((people * (np.log(whole) + top)[:, :, 0]).sum(axis=0))

    def _expected(self, s: int, loglik: float) -> Expected:
        chain = self.chain
        shape = (chain.lanes, self.starts, chain.components)
        counts = self._room(self.counts, shape)
        items = []
        for j, item in enumerate(chain.data.items):
            first = int(chain.layout.spec[j, 2])
            own = counts[first : first + item.n_values, :, s]
            items.append(own.transpose(0, 2, 1).copy())
        return Expected(
            self._room(self.count_initial, shape)[:, :, s].transpose(0, 2, 1).copy(),
            self._room(self.count_trans, shape)[:, :, :, s].transpose(0, 1, 3, 2).copy(),
            tuple(items),
            loglik,
        )

    def _log_prior(self, state: Floats) -> Floats:
        """Give the log of the Dirichlet prior of each start."""
        chain = self.chain
        states = unpack(state, chain.lanes, self.starts)
        return np.array([log_prior(chain, own) for own in states])


def log_prior(chain: Chain, state: Floats) -> float:
    """Give the log of the Dirichlet prior at `state`: what its pseudo-answers add."""
    total = 0.0
    for piece in chain.pieces:
        log = piece.density(state)
        if piece.role == "item":
            if getattr(piece.what, "kernel_kind", -1) in (0, 5):
                total += chain.prior / len(log) * float(log.sum())
        elif len(log) == 1:
            total += chain.prior / log.shape[1] * float(log.sum())
    return total
