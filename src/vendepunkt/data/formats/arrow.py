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

    _refuse_doubles(table.column_names, name)
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
            levels = {}
        columns[column] = series
        if levels:
            labels[column] = levels
        if ordered:
            scales[column] = "ordinal"
    if not columns:
        raise DataError("no_values", f"{name} has no column of single values.")
    if left:
        said = listed(left)
        text = f"Columns that hold no single values were left: {said}."
        notice = Notice("left_columns", text, {"columns": said})
    return RawFile(
        frame=pd.DataFrame(columns),
        value_labels=labels,
        scales=scales,
        format=words,
        encoding="utf-8",
        notices=(notice,) if left else (),
    )


def _refuse_doubles(names: list[str], file: str) -> None:
    doubles = [name for name, times in Counter(names).items() if times > 1]
    if doubles:
        raise DataError(
            "double_column",
            f"{file} has more than one column named {listed(doubles)}.",
            try_="give every column its own name",
        )


def _convert(column: pa.ChunkedArray) -> tuple[pd.Series | None, dict[Value, str], bool]:
    """Give the values, their labels, and whether the levels are in order."""
    import pyarrow.types as pt

    kind = column.type
    if pt.is_dictionary(kind):
        return _levels(column)
    for holds, convert in (
        (pt.is_boolean, _truths),
        (pt.is_integer, _whole_numbers),
        (_is_measure, _numbers),
        (_is_moment, _moments),
        (_is_text, _texts),
    ):
        if holds(kind):
            return convert(column), {0: "False", 1: "True"} if holds is pt.is_boolean else {}, False
    return None, {}, False


def _levels(column: pa.ChunkedArray) -> tuple[pd.Series | None, dict[Value, str], bool]:
    series, labels, _ = _convert(column.cast(column.type.value_type))
    if _is_text(column.type.value_type):
        chunks = column.unify_dictionaries().chunks
        words = chunks[0].dictionary.to_pylist() if chunks else []
        labels = {word: word for word in words if word is not None}
    return series, labels, bool(column.type.ordered)


def _is_measure(kind: pa.DataType) -> bool:
    import pyarrow.types as pt

    return bool(pt.is_floating(kind) or pt.is_decimal(kind) or pt.is_null(kind))


def _is_moment(kind: pa.DataType) -> bool:
    import pyarrow.types as pt

    return bool(pt.is_timestamp(kind) or pt.is_date(kind))


def _is_text(kind: pa.DataType) -> bool:
    import pyarrow.types as pt

    return bool(pt.is_string(kind) or pt.is_large_string(kind) or str(kind) == "string_view")


def _truths(column: pa.ChunkedArray) -> pd.Series:
    import pyarrow as pa

    return _numbers(column.cast(pa.int8()))


def _whole_numbers(column: pa.ChunkedArray) -> pd.Series:
    """Numbers, but text where a float could not hold them exactly (long ids)."""
    import pyarrow as pa
    import pyarrow.compute as pc

    most = pc.max(pc.abs(column.cast(pa.float64(), safe=False))).as_py()
    if most is not None and most > _EXACT:
        return _texts(column.cast(pa.string()))
    return _numbers(column)


def _numbers(column: pa.ChunkedArray) -> pd.Series:
    import pyarrow as pa

    numbers: pd.Series = column.cast(pa.float64(), safe=False).to_pandas()
    return numbers


def _moments(column: pa.ChunkedArray) -> pd.Series:
    import pyarrow as pa

    moments: pd.Series = column.cast(pa.timestamp("s"), safe=False).to_pandas()
    return moments


def _texts(column: pa.ChunkedArray) -> pd.Series:
    """Give texts; a blank one is no answer."""
    import pyarrow as pa

    text: pd.Series = column.cast(pa.string()).to_pandas().astype("str")
    return text.mask(text.str.strip() == "")


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
        _refuse_doubles([str(name) for name in frame.columns], "the frame")
        frame = _settle_objects(frame)
    try:
        data = nw.from_native(frame)
        eager = data.collect() if isinstance(data, nw.LazyFrame) else data
        table: pa.Table = eager.to_arrow()
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
    return table


def _settle_objects(frame: pd.DataFrame) -> pd.DataFrame:
    """Write pandas columns of mixed objects as text; name columns as text."""
    import pandas as pd

    settled = {}
    for place in range(frame.shape[1]):
        column = frame.iloc[:, place]
        if column.dtype == object:
            kinds = set(map(type, column.dropna()))
            if str in kinds and len(kinds) > 1 and kinds <= {str, int, float, bool}:
                column = column.map(str, na_action="ignore")
        settled[place] = column.reset_index(drop=True)
    result = pd.DataFrame(settled)
    result.columns = pd.Index([str(name) for name in frame.columns])
    return result
