"""The data sets and tables of `lta/`, as arrays and as the engine takes them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from vendepunkt.numerics import Item
from vendepunkt.numerics.markov import SequenceData

HERE = Path(__file__).parent / "lta"
Codes = NDArray[np.int_]
Real = NDArray[np.float64]

#: Years from wave to wave of the housing panel.
HOUSING_YEARS = np.array([0.5, 0.5, 1.0])


def wide(frame: pd.DataFrame, person: str, wave: str, items: list[str]) -> Codes:
    """Codes (N, T, J) from 0, -1 where missing, of a complete long table of integers."""
    frame = frame.sort_values([person, wave])
    people, waves = frame[person].nunique(), frame[wave].nunique()
    codes = np.column_stack([_coded(frame[name]) for name in items])
    return codes.reshape(people, waves, len(items))


def _coded(column: pd.Series) -> Codes:
    values = np.sort(column.dropna().unique())
    codes = np.searchsorted(values, column.fillna(values[0]))
    return np.where(column.isna(), -1, codes)


@cache
def drug_table() -> tuple[Codes, Real]:
    """Sequences (51, 5, 1) and how many people have each."""
    frame = pd.read_csv(HERE / "drug.csv")
    codes = frame[[f"t{t}" for t in range(1, 6)]].to_numpy(dtype=int) - 1
    return codes[:, :, None], frame["freq"].to_numpy(float)


@cache
def srhs_table() -> tuple[Codes, Real]:
    """Self-rated health (7074, 8, 1) and the covariates with their constant (7074, 8, 7)."""
    frame = pd.read_csv(HERE / "srhs_long.csv.gz").sort_values(["id", "t"])
    codes = wide(frame, "id", "t", ["srhs"])
    age = frame["age"] - 50.0
    columns = [
        np.ones(len(frame)),
        frame["gender"] - 1.0,
        (frame["race"] >= 2) * 1.0,
        (frame["education"] == 4) * 1.0,
        (frame["education"] == 5) * 1.0,
        age,
        age**2 / 100.0,
    ]
    design = np.column_stack(columns).reshape(*codes.shape[:2], len(columns))
    return codes, design


@cache
def housing_table() -> tuple[Codes, Real]:
    """Where people live (362, 4, 1), and who got a certificate (362,)."""
    frame = pd.read_csv(HERE / "housing.csv").sort_values(["id", "time"])
    return wide(frame, "id", "time", ["y"]), frame["sec"].to_numpy(float)[::4]


@cache
def gss_table() -> Codes:
    """Nine indicators of the GSS panel (2000, 3, 9)."""
    frame = pd.read_csv(HERE / "gss_panel.csv")
    return wide(frame, "person", "wave", list(frame.columns[2:]))


def records() -> list[dict[str, Any]]:
    """The rows of `solutions.csv`, empty cells as empty strings."""
    frame = pd.read_csv(HERE / "solutions.csv").astype(object)
    return [dict(row) for row in frame.where(frame.notna(), "").to_dict("records")]


@cache
def sequences(data: str, covariates: str = "no") -> SequenceData:
    """A data set of `solutions.csv`, collapsed."""
    options: dict[str, Any] = {}
    if data == "drug":
        codes, options["freq"] = drug_table()
    elif data == "srhs":
        codes, design = srhs_table()
        if covariates == "yes":
            options = {"initial": design[:, 0], "transition": design[:, 1:]}
    elif data == "housing":
        codes, _ = housing_table()
        options["intervals"] = HOUSING_YEARS
    else:
        codes = gss_table()
    items = [
        Item("nominal", column.ravel().astype(np.int32), np.arange(column.max() + 1.0))
        for column in np.moveaxis(codes, 2, 0)
    ]
    return SequenceData.collapse(items, codes.shape[1], **options)
