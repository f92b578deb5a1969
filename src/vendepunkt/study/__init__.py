"""The study folder: what `study.toml` says, where things lie, and what was made from what."""

from vendepunkt.study.kinds import Code, Label
from vendepunkt.study.lines import Lines, find_lines
from vendepunkt.study.load import Reading, load_study, read_study, read_text
from vendepunkt.study.schema import LEAST_THRESHOLD, TABLES
from vendepunkt.study.tables import (
    DataTable,
    DesignTable,
    DimensionTable,
    GroupTable,
    ItemTable,
    MeasureTable,
    ReportTable,
    Study,
    WaveTable,
)

__all__ = [
    "LEAST_THRESHOLD",
    "TABLES",
    "Code",
    "DataTable",
    "DesignTable",
    "DimensionTable",
    "GroupTable",
    "ItemTable",
    "Label",
    "Lines",
    "MeasureTable",
    "Reading",
    "ReportTable",
    "Study",
    "WaveTable",
    "find_lines",
    "load_study",
    "read_study",
    "read_text",
]
