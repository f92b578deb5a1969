"""The data sets and tables of `lca/`, as the engine takes them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from vendepunkt.numerics import Item, LatentData

HERE = Path(__file__).parent / "lca"
ITEMS = {
    "carcinoma": 7,
    "values": 4,
    "gss82": 4,
    "election": 12,
    "iea_est": 13,  # the weight stands first
    "carers": 9,
    "gss_wave1": 9,
}


@cache
def table(name: str) -> pd.DataFrame:
    """One table of the folder."""
    return pd.read_csv(HERE / f"{name}.csv")


def answers(data: str) -> pd.DataFrame:
    """The items of a data set, nan where missing."""
    frame = table(data)
    return frame.iloc[:, 1:13] if data == "iea_est" else frame.iloc[:, : ITEMS[data]]


def nominal(column: pd.Series, kind: str = "nominal") -> Item:
    """A column of integer codes as an item; only categories that occur count."""
    values = np.sort(column.dropna().unique())
    codes = np.searchsorted(values, column.fillna(values[0]))
    return Item(
        kind,
        np.where(column.isna(), -1, codes).astype(np.int32),
        np.arange(len(values), dtype=np.float64),
    )


def counted(column: pd.Series, kind: str) -> Item:
    """A column of counts or measurements as an item."""
    values, codes = np.unique(column.to_numpy(float), return_inverse=True)
    return Item(kind, codes.astype(np.int32), values)


@cache
def collapsed(data: str, missing: str = "fiml", weight: str = "") -> LatentData:
    """A data set of `solutions.csv` or `stepmix.csv`, collapsed."""
    frame = table(data)
    if weight:
        frame = frame[frame[weight].notna()]
    items = answers(data).loc[frame.index]
    if missing == "listwise":
        items = items.dropna()
    weights: NDArray[np.float64] | None = None
    if weight:
        weights = frame.loc[items.index, weight].to_numpy(float)
    return LatentData.collapse([nominal(items[name]) for name in items], weights)


def records(name: str) -> list[dict[str, Any]]:
    """The rows of a table, empty cells as empty strings."""
    frame = table(name).astype(object)
    return [dict(row) for row in frame.where(frame.notna(), "").to_dict("records")]
