"""Where the parameters and densities of a model lie in memory.

A *lane* is one class of one start. A block carries :data:`LANES` lanes side by side, class-major:
lane ``k * starts + s`` is class ``k`` of start ``s``. Rows of the *table* are the distinct values
of each item (and a row of ones for a missing answer); rows of the *state* are parameters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vendepunkt.numerics.collapse import Codes, LatentData
from vendepunkt.numerics.compile import LANES
from vendepunkt.numerics.items import Floats, ItemType, Membership

Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Layout:
    """The rows of one model; the same for every number of classes.

    Attributes
    ----------
    spec
        ``(J, 6)`` for each item: kind, first row of the state, first row of the table, distinct
        values, and the two numbers of its shape.
    codes
        ``(P, J + 1)`` rows of the table that each pattern multiplies.
    values
        ``(R,)`` the distinct value behind each row of the table.
    design
        ``(R0, Q)`` distinct rows of covariates; the table begins with them.
    n_state
        ``D``, rows of the state; the coefficients of membership are the first ``Q``.
    n_table
        ``R``, rows of the table.
    accelerated
        Whether every item type allows extrapolation.
    state_of
        Slice of the state of membership, then of each item.
    """

    spec: Integers
    codes: Codes
    values: Floats
    design: Floats
    n_state: int
    n_table: int
    accelerated: bool
    state_of: tuple[slice, ...]

    @classmethod
    def of(cls, data: LatentData) -> Layout:
        """Lay out a model for `data`."""
        return cls.lay(data.membership, data.items, data.codes)

    @classmethod
    def lay(
        cls,
        membership: Membership,
        items: Sequence[ItemType],
        codes: Codes,
        between: int = 0,
    ) -> Layout:
        """Lay out membership and items, with room for `between` more rows of state between them."""
        rows = membership.n_values
        state = membership.n_state
        spec = np.zeros((len(items), 6), dtype=np.int64)
        offset = np.zeros(len(items) + 1, dtype=np.int32)
        values = [np.zeros(rows)]
        state_of = [slice(0, state)]
        state += between
        for j, item in enumerate(items):
            spec[j] = (item.kernel_kind, state, rows, item.n_values, *item.shape)
            offset[j + 1] = rows
            known = np.zeros(item.n_values + 1)
            known[: len(item.values)] = item.values
            values.append(known)
            state_of.append(slice(state, state + item.n_state))
            rows += item.n_values + 1
            state += item.n_state
        return cls(
            spec=spec,
            codes=np.ascontiguousarray(codes + offset),
            values=np.concatenate(values),
            design=np.ascontiguousarray(membership.design),
            n_state=state,
            n_table=rows,
            accelerated=all(item.accelerated for item in items),
            state_of=tuple(state_of),
        )

    def over(self, part: LatentData) -> Layout:
        """Give the same layout over a part of the patterns."""
        if len(part.codes) == len(self.codes):
            return self
        return Layout.of(part)

    def table_of(self, j: int) -> slice:
        """Give the rows of the table that item `j` fills (the row for missing left out)."""
        return slice(int(self.spec[j, 2]), int(self.spec[j, 2] + self.spec[j, 3]))


def starts_per_block(classes: int) -> int:
    """Give how many starts of `classes` classes one block carries."""
    return max(LANES // classes, 1)


def pack(states: NDArray[np.float64]) -> Floats:
    """Lay states ``(S, D, K)`` into one block ``(D, LANES)``; lanes left over repeat the first."""
    starts, rows, classes = states.shape
    block = np.repeat(states[0, :, :1], LANES, axis=1)
    block[:, : classes * starts] = states.transpose(1, 2, 0).reshape(rows, classes * starts)
    return np.ascontiguousarray(block)


def unpack(block: Floats, classes: int, starts: int) -> Floats:
    """Give the states ``(S, D, K)`` of a block back."""
    lanes = block[:, : classes * starts].reshape(block.shape[0], classes, starts)
    return np.ascontiguousarray(lanes.transpose(2, 0, 1))
