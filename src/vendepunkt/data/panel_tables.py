"""Counts of a panel: who is still there, who left and why, which items were asked when."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pandas as pd

    from vendepunkt.data.panel_waves import Panel


def retention(held: Panel) -> pd.DataFrame:
    """Count the people of every wave: asked, gone by reason, and not asked yet.

    Parameters
    ----------
    held
        People over waves.

    Returns
    -------
    pandas.DataFrame
        ``wave kind reason n``. Kinds are ``asked``, ``exit`` and ``non-response`` with their
        reasons (the first one carried forward), ``unknown`` for who was asked before and is gone
        for a reason that is not known, ``not yet`` for who comes in later, and ``never`` for who
        is asked in none of the waves. In each wave they add to the people looked at.

    Examples
    --------
    >>> import pandas as pd
    >>> from vendepunkt.data import Survey, panel
    >>> frame = pd.DataFrame({"id": [1, 1, 2, 3, 3], "year": [2017, 2022, 2017, 2017, 2022]})
    >>> frame["trust"] = ["high", "low", "low", "high", "high"]
    >>> retention(panel(Survey.from_frame(frame, person="id", wave="year"), ["trust"]))
       wave     kind reason  n
    0  2017    asked         3
    1  2022    asked         2
    2  2022  unknown         1
    """
    import pandas as pd

    people = held.inside
    asked = held.asked[people]
    reasons = held.reasons[people]
    before = np.cumsum(asked, axis=1) > 0
    ever = asked.any(axis=1)
    rows: list[tuple[str, str, str, int]] = []
    for place, wave in enumerate(held.waves):
        now = asked[:, place]
        rows.append((wave, "asked", "", int(now.sum())))
        rows += [(wave, *row) for row in _by_reason(held, reasons[~now, place])]
        silent = ~now & (reasons[:, place] == 0)
        gone = silent & before[:, place]
        rows.append((wave, "unknown", "", int(gone.sum())))
        rows.append((wave, "not yet", "", int((silent & ~gone & ever).sum())))
        rows.append((wave, "never", "", int((silent & ~ever).sum())))
    table = pd.DataFrame(rows, columns=["wave", "kind", "reason", "n"])
    return table[(table["n"] > 0) | (table["kind"] == "asked")].reset_index(drop=True)


def leavers(held: Panel) -> pd.DataFrame:
    """Count who was asked in the first wave and is not in the last, by reason.

    Parameters
    ----------
    held
        People over waves.

    Returns
    -------
    pandas.DataFrame
        ``wave_from wave_to kind reason n share``; `share` is of those asked in the first wave.
        Kind ``unknown`` where no reason is known.

    Examples
    --------
    >>> import pandas as pd
    >>> from vendepunkt.data import Survey, panel
    >>> frame = pd.DataFrame({"id": [1, 1, 2, 3, 3], "year": [2017, 2022, 2017, 2017, 2022]})
    >>> frame["trust"] = ["high", "low", "low", "high", "high"]
    >>> found = leavers(panel(Survey.from_frame(frame, person="id", wave="year"), ["trust"]))
    >>> found[["kind", "n", "share"]].round(3).values.tolist()
    [['unknown', 1, 0.333]]
    """
    import pandas as pd

    reasons = held.reasons[held.left, -1]
    found = [*_by_reason(held, reasons), ("unknown", "", int((reasons == 0).sum()))]
    first = int(held.asked[:, 0].sum())
    rows = [
        (held.waves[0], held.waves[-1], kind, reason, n, n / first if first else float("nan"))
        for kind, reason, n in found
        if n
    ]
    return pd.DataFrame(rows, columns=["wave_from", "wave_to", "kind", "reason", "n", "share"])


def _by_reason(held: Panel, codes: npt.NDArray[np.int8]) -> list[tuple[str, str, int]]:
    """Kind, name and number of each reason among some people, exits first."""
    counts = np.bincount(codes, minlength=len(held.reason_names) + 1)[1:]
    found = zip(held.reason_kinds, held.reason_names, counts, strict=True)
    return sorted(
        ((kind, name, int(n)) for kind, name, n in found), key=lambda row: row[0] != "exit"
    )


def items_by_wave(held: Panel) -> pd.DataFrame:
    """Count who answered which item in which wave.

    Parameters
    ----------
    held
        People over waves.

    Returns
    -------
    pandas.DataFrame
        ``wave item n asked n_items``: people with an answer, whether the item was asked of anybody
        in the wave, and how many of the items were.

    Examples
    --------
    >>> import pandas as pd
    >>> from vendepunkt.data import Survey, panel
    >>> frame = pd.DataFrame({"id": [1, 1], "year": [2017, 2022], "trust": [1.0, 2.0]})
    >>> frame["health"] = [None, 1.0]
    >>> people = panel(Survey.from_frame(frame, person="id", wave="year"), ["trust", "health"])
    >>> items_by_wave(people)[["wave", "item", "n", "asked", "n_items"]].values.tolist()[:2]
    [['2017', 'trust', 1, True, 1], ['2017', 'health', 0, False, 1]]
    """
    import pandas as pd

    counts = np.array(
        [(item.codes.reshape(held.n, held.n_waves) >= 0).sum(axis=0) for item in held.indicators]
    )
    in_use = (counts > 0).sum(axis=0)
    rows = [
        (wave, item.name, int(n), bool(n), int(in_use[place]))
        for place, wave in enumerate(held.waves)
        for item, n in zip(held.indicators, counts[:, place], strict=True)
    ]
    return pd.DataFrame(rows, columns=["wave", "item", "n", "asked", "n_items"])
