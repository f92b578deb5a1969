"""Typed columns: .parquet files, and frames of pandas or polars users."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from vendepunkt.data.formats.raw import RawFile, ReadOptions, Value, listed
from vendepunkt.terms import DataError, Notice

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

#: A row group of a million equal answers takes some hundred bytes a column: 10,000 rows a byte.
_ROWS_PER_BYTE: Final = 100_000
_EXACT: Final = 2**53


def read(path: Path, options: ReadOptions) -> RawFile:
    """Read a Parquet file.

    Raises
    ------
    DataError
        When the file is cut off, damaged, or claims more rows than it can hold.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    size = path.stat().st_size
    try:
        with pq.ParquetFile(path) as file:
            rows = file.metadata.num_rows
            groups = [file.metadata.row_group(i).num_rows for i in range(file.num_row_groups)]
            if rows < 0 or sum(groups) != rows or rows > size * _ROWS_PER_BYTE:
                raise DataError(
                    "header_lie",
                    f"{path.name} claims {rows} rows, which its {size} bytes do not hold.",
                    try_="copy or export the file again",
                )
            table = file.read()
    except (pa.ArrowException, OSError, ValueError, OverflowError, MemoryError) as error:
        raise DataError(
            "damaged_file",
            f"{path.name} is not a whole Parquet file: it is damaged or cut off.",
            try_="copy or export the file again",
        ) from error
    return from_table(table, options, path.name, "a Parquet file")


def from_table(table: pa.Table, options: ReadOptions, name: str, words: str) -> RawFile:
    """Turn an Arrow table into a RawFile.

    Whole numbers, numbers and decimals become floats, dictionaries keep their levels as labels
    (ordered ones as an ordinal scale), true and false become 1 and 0 with labels.

    Raises
    ------
    DataError
        When there are no rows, or two columns of one name.
    """
    import pandas as pd

    doubles = [c for c, times in Counter(table.column_names).items() if times > 1]
    if doubles:
        raise DataError(
            "double_column",
            f"{name} has more than one column named {listed(doubles)}.",
            try_="give every column its own name",
        )
    if table.num_rows == 0 or table.num_columns == 0:
        raise DataError("empty_file", f"{name} has no rows.", try_="export the data again")
    columns: dict[str, pd.Series] = {}
    labels: dict[str, dict[Value, str]] = {}
    scales: dict[str, str] = {}
    left: list[str] = []
    for column in table.column_names:
        series, levels, ordered = _convert(table.column(column))
        if series is None:
            left.append(column)
            continue
        if column in options.as_text:
            series, levels = _id_text(table.column(column), series), {}
        columns[column] = series
        if levels:
            labels[column] = levels
        if ordered:
            scales[column] = "ordinal"
    if left:
        said = listed(left)
        notice = Notice("left_columns", f"Columns that hold no single values were left: {said}.")
    return RawFile(
        frame=pd.DataFrame(columns),
        value_labels=labels,
        scales=scales,
        format=words,
        encoding="utf-8",
        notices=(notice,) if left else (),
    )


def _convert(column: pa.ChunkedArray) -> tuple[pd.Series | None, dict[Value, str], bool]:
    """Give the values, their labels, and whether the levels are in order."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.types as pt

    kind = column.type
    if pt.is_dictionary(kind):
        plain = column.cast(kind.value_type)
        series, labels, _ = _convert(plain)
        words = column.combine_chunks()
        if isinstance(words, pa.ChunkedArray):
            words = words.chunk(0)
        if pt.is_string(kind.value_type) or pt.is_large_string(kind.value_type):
            labels = {word: word for word in words.dictionary.to_pylist() if word is not None}
        return series, labels, bool(kind.ordered)
    if pt.is_boolean(kind):
        return column.cast(pa.int8()).cast(pa.float64()).to_pandas(), {0: "False", 1: "True"}, False
    if pt.is_integer(kind):
        most = pc.max(pc.abs(column.cast(pa.float64()))).as_py()
        if most is not None and most > _EXACT:
            return column.cast(pa.string()).to_pandas().astype("str"), {}, False
        return column.cast(pa.float64()).to_pandas(), {}, False
    if pt.is_floating(kind) or pt.is_decimal(kind):
        return column.cast(pa.float64()).to_pandas(), {}, False
    if pt.is_timestamp(kind) or pt.is_date(kind):
        return column.cast(pa.timestamp("s"), safe=False).to_pandas(), {}, False
    if pt.is_string(kind) or pt.is_large_string(kind) or str(kind) == "string_view":
        text = column.cast(pa.string()).to_pandas().astype("str")
        return text.mask(text.str.strip() == ""), {}, False
    if pt.is_null(kind):
        return column.cast(pa.float64()).to_pandas(), {}, False
    return None, {}, False


def _id_text(column: pa.ChunkedArray, series: pd.Series) -> pd.Series:
    """Keep ids as they are written; whole numbers stay numbers."""
    return series.astype("str") if series.dtype.kind in "OT" else series


def table_of(frame: Any) -> pa.Table:
    """Take a pandas or polars frame (anything narwhals knows) as an Arrow table.

    Raises
    ------
    DataError
        When `frame` is no frame, or a column mixes kinds of values that cannot be told apart.
    """
    import narwhals as nw
    import pandas as pd
    import pyarrow as pa

    if isinstance(frame, pd.DataFrame):
        frame = _settle_objects(frame)
    try:
        data = nw.from_native(frame)
        eager = data.collect() if isinstance(data, nw.LazyFrame) else data
        return eager.to_arrow()
    except TypeError as error:
        raise DataError(
            "not_a_frame",
            f"A {type(frame).__name__} is no data frame.",
            allowed="a pandas or polars frame, or an Arrow table",
        ) from error
    except (pa.ArrowException, ValueError) as error:
        raise DataError(
            "mixed_column",
            "A column of the frame mixes values that cannot be told apart.",
            try_="give every column one type",
        ) from error


def _settle_objects(frame: pd.DataFrame) -> pd.DataFrame:
    """Write pandas columns of mixed objects as text; name columns as text."""
    import pandas as pd

    settled = {}
    for place, name in enumerate(frame.columns):
        column = frame.iloc[:, place]
        if column.dtype == object:
            inferred = pd.api.types.infer_dtype(column, skipna=True)
            if inferred.startswith("mixed"):
                column = column.map(str, na_action="ignore")
        settled[place] = column.reset_index(drop=True)
    result = pd.DataFrame(settled)
    result.columns = pd.Index([str(name) for name in frame.columns])
    return result
