"""What the model says of each person: the input of interview selection, for inside only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from vendepunkt.move.ground import DIRECTIONS, Ground
from vendepunkt.move.paths import path_shares, written

if TYPE_CHECKING:
    import pandas as pd

Floats = npt.NDArray[np.float64]


def ends(ground: Ground) -> npt.NDArray[np.intp]:
    """Give the first and the last wave at which the people of each sequence answered, (P, 2)."""
    last = ground.present.shape[1] - 1 - ground.present[:, ::-1].argmax(axis=1)
    return np.column_stack([ground.present.argmax(axis=1), last])


def direction_posterior(ground: Ground) -> Floats:
    """How likely has each sequence moved in each direction, from its first wave to its last?

    Returns
    -------
    (P, 4) array
        In the order of :data:`DIRECTIONS`, by the joint posterior of the main groups at the first
        and the last wave with an answer; NaN for people who answered at one wave only.
    """
    found = np.full((len(ground.counts), len(DIRECTIONS)), np.nan)
    first_last, marks = ends(ground), ground.directions()
    for start, end in {tuple(pair) for pair in first_last.tolist()}:
        if start == end:
            continue
        mine = (first_last == (start, end)).all(axis=1)
        found[mine] = np.einsum("pgh,dgh->pd", ground.posterior((start, end))[mine], marks)
    return found


def people_table(ground: Ground) -> pd.DataFrame:
    """Give a row per person, for inside the workplace only.

    Returns
    -------
    DataFrame
        ``person`` (row in the panel, from 0), ``waves`` (with an answer), ``path`` (most likely
        main groups over all waves), ``path_probability`` (of the most likely class path),
        ``p_more p_less p_sideways p_stayed`` (from the first wave with an answer to the last; empty
        where there is one only), ``group_<wave>`` (on the most likely path), ``severity_first``,
        ``severity_last`` and ``severity_change`` (posterior means at those waves). People without
        any answer are not in it.
    """
    import pandas as pd

    material, paths = ground.material, ground.model.paths
    sequence = material.data.row_to_pattern
    rows = np.flatnonzero(sequence >= 0)
    of = sequence[rows]
    placed, letters = ground.modal_groups(), np.array(ground.letters)
    directions = direction_posterior(ground)[of]
    texts = np.array([written(tuple(path), ground.letters) for path in placed.tolist()])
    columns: dict[str, object] = {
        "person": rows,
        "waves": ground.present.sum(axis=1)[of],
        "path": texts[of],
        "path_probability": np.asarray(paths.viterbi_probability)[of],
    }
    columns |= {f"p_{name}": directions[:, d] for d, name in enumerate(DIRECTIONS)}
    columns |= {f"group_{wave}": letters[placed[of, t]] for t, wave in enumerate(ground.waves)}
    severity = severity_ends(ground)
    if severity is not None:
        columns |= {
            "severity_first": severity[of, 0],
            "severity_last": severity[of, 1],
            "severity_change": severity[of, 1] - severity[of, 0],
        }
    return pd.DataFrame(columns)


def severity_ends(ground: Ground) -> Floats | None:
    """Give the expected severity at the first and last wave with an answer, (P, 2)."""
    if ground.model.severity is None:
        return None
    expected = ground.model.paths.smoothed @ ground.model.severity.total
    return np.asarray(np.take_along_axis(expected, ends(ground), axis=1), dtype=np.float64)


def path_posteriors(ground: Ground) -> pd.DataFrame:
    """Give each person's probability of each path of main groups, for inside only.

    Returns
    -------
    DataFrame
        ``person`` and a column for each path of :func:`path_shares`, named A→A→B; with few groups
        and waves all paths are there and a row sums to 1.
    """
    import pandas as pd

    sequence = ground.material.data.row_to_pattern
    rows = np.flatnonzero(sequence >= 0)
    columns: dict[str, object] = {"person": rows}
    for path, probability in path_shares(ground).items():
        columns[written(path, ground.letters)] = probability[sequence[rows]]
    return pd.DataFrame(columns)
