"""``--augment``: the data with a result's columns added. Microdata, for inside the workplace."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from vendepunkt.terms import UsageError

if TYPE_CHECKING:
    import pandas as pd

ENDINGS = (".csv", ".tsv", ".parquet")


def check_ending(path: Path | None) -> None:
    """Refuse a file that could not be written before anything is fitted.

    Raises
    ------
    UsageError
        With code ``augment_format``.
    """
    if path is not None and path.suffix not in ENDINGS:
        raise UsageError(
            "augment_format",
            f"--augment names a file that ends in {path.suffix!r}.",
            allowed=", ".join(ENDINGS),
            try_=f"--augment {path.stem}.csv",
        )


def write_frame(data: pd.DataFrame, path: Path) -> None:
    """Write a frame in the format its name asks for."""
    check_ending(path)
    writers: dict[str, Callable[[], object]] = {
        ".csv": lambda: data.to_csv(path, index=False),
        ".tsv": lambda: data.to_csv(path, index=False, sep="\t"),
        ".parquet": lambda: data.to_parquet(path, index=False),
    }
    writers[path.suffix]()
