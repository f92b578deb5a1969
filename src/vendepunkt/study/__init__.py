"""The study folder: what `study.toml` says, where things lie, and what was made from what."""

from vendepunkt.study import changes
from vendepunkt.study.folder import Folder, publish, read_json, write_bytes, write_json
from vendepunkt.study.kept import keep, recall
from vendepunkt.study.kinds import Code, Label
from vendepunkt.study.lines import Lines, find_lines
from vendepunkt.study.load import Reading, load_study, read_study, read_text
from vendepunkt.study.provenance import provenance, versions
from vendepunkt.study.refs import Change, RefStore
from vendepunkt.study.schema import LEAST_THRESHOLD, TABLES
from vendepunkt.study.state import (
    Made,
    State,
    hash_bytes,
    hash_file,
    hash_values,
    program,
    relevant,
)
from vendepunkt.study.tables import (
    ConveneTable,
    DataTable,
    DesignTable,
    DimensionTable,
    DropOutTable,
    GroupTable,
    ItemTable,
    MeasureTable,
    MoveTable,
    ReportTable,
    Study,
    WaveTable,
)

__all__ = [
    "LEAST_THRESHOLD",
    "TABLES",
    "Change",
    "Code",
    "ConveneTable",
    "DataTable",
    "DesignTable",
    "DimensionTable",
    "DropOutTable",
    "Folder",
    "GroupTable",
    "ItemTable",
    "Label",
    "Lines",
    "Made",
    "MeasureTable",
    "MoveTable",
    "Reading",
    "RefStore",
    "ReportTable",
    "State",
    "Study",
    "WaveTable",
    "changes",
    "find_lines",
    "hash_bytes",
    "hash_file",
    "hash_values",
    "keep",
    "load_study",
    "program",
    "provenance",
    "publish",
    "read_json",
    "read_study",
    "read_text",
    "recall",
    "relevant",
    "versions",
    "write_bytes",
    "write_json",
]
