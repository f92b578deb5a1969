"""What every file format promises, over the dictionary that lists them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from vendepunkt.data import READERS, read_survey
from vendepunkt.data.formats import RawFile, ReadOptions, read_raw

#: SAS files cannot be written outside SAS: one that R's haven ships stands for them.
SAS = Path(__file__).parents[1] / "reference" / "files" / "iris.sas7bdat"
FRAME = pd.DataFrame(
    {
        "id": ["0001", "0002", "0003", "0004"],
        "trust": [1.0, 2.0, np.nan, 1.0],
        "w": [0.5, 1.5, 1.0, 1.0],
        "said": ["ærligt", "b", "c", "d"],
    }
)
WRITERS: dict[str, Callable[[Path], object]] = {
    ".csv": lambda path: FRAME.to_csv(path, index=False),
    ".tsv": lambda path: FRAME.to_csv(path, index=False, sep="\t"),
    ".parquet": FRAME.to_parquet,
    ".sav": lambda path: pyreadstat.write_sav(FRAME, str(path)),
    ".zsav": lambda path: pyreadstat.write_sav(FRAME, str(path), compress=True),
    ".dta": lambda path: pyreadstat.write_dta(FRAME, str(path)),
    ".xlsx": lambda path: FRAME.to_excel(path, index=False),
    ".sas7bdat": lambda path: path.write_bytes(SAS.read_bytes()),
}


@pytest.fixture(params=list(READERS))
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Give a small file of each format."""
    made = tmp_path / f"answers{request.param}"
    WRITERS[request.param](made)
    return made


def test_every_format_has_a_sample() -> None:
    assert list(WRITERS) != []
    assert set(WRITERS) == set(READERS)


def test_a_reader_gives_columns_of_three_types_and_says_what_it_read(path: Path) -> None:
    raw = read_raw(path, ReadOptions())
    assert isinstance(raw, RawFile)
    assert raw.format
    for column in raw.frame:
        assert isinstance(column, str)
        assert raw.frame[column].dtype == "str" or raw.frame[column].dtype.kind in "fM"
    assert raw.frame.index.equals(pd.RangeIndex(len(raw.frame)))


def test_the_same_answers_are_read_from_every_format(path: Path) -> None:
    if path.suffix == ".sas7bdat":
        assert read_survey(path).n == 150
        return
    survey = read_survey(path, person="id")
    assert survey.frame["id"].tolist() == FRAME["id"].tolist()
    np.testing.assert_array_equal(survey.frame["trust"], FRAME["trust"])
    np.testing.assert_array_equal(survey.frame["w"], FRAME["w"])
    assert survey.frame["said"].tolist() == FRAME["said"].tolist()
    assert survey.missing_reasons("trust").tolist() == [None, None, "no reason given", None]


def test_a_suffix_in_capitals_is_the_same(path: Path) -> None:
    loud = path.with_suffix(path.suffix.upper())
    path.rename(loud)
    assert read_survey(loud).n > 0
