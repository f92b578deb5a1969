"""Full results in `work/`: written and read without running anything that stands in the file.

A result is a tree of objects of this program, arrays and plain values. The tree is kept as JSON,
the arrays beside it, in one zip file; reading it makes only objects of this program, and runs none
of their code. (A pickle would run what it holds, and study folders travel.)
"""

from __future__ import annotations

import datetime as dt
import importlib
import io
import json
import math
import zipfile
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Final, TypeVar

from vendepunkt.study.folder import write_bytes

SCHEMA: Final = "kept/2"
_TREE: Final = "tree.json"
_OURS: Final = "vendepunkt."
T = TypeVar("T")


def keep(path: Path, result: Any) -> None:
    """Write a result, whole or not at all.

    Parameters
    ----------
    path
        File to write.
    result
        A tree of this program's dataclasses, numpy arrays, data frames, lists, tuples, mappings,
        texts, numbers, fractions, dates and None.

    Raises
    ------
    TypeError
        If the tree holds something else.
    """
    import numpy as np

    arrays = _Arrays()
    tree = _written(result, arrays)
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
        file.writestr(_TREE, json.dumps({"schema": SCHEMA, "tree": tree}))
        for place, array in enumerate(arrays.held):
            one = io.BytesIO()
            np.save(one, array, allow_pickle=False)
            file.writestr(f"{place}.npy", one.getvalue())
    write_bytes(path, content.getvalue())


def recall(path: Path, kind: type[T]) -> T | None:
    """Read a result back.

    Parameters
    ----------
    path
        File that :func:`keep` wrote.
    kind
        What the result must be.

    Returns
    -------
    kind or None
        None when the file is missing, damaged, or of another version of the program: the stage
        then makes it anew.
    """
    import numpy as np

    try:
        with zipfile.ZipFile(path) as file:
            content = json.loads(file.read(_TREE))
            if content["schema"] != SCHEMA:
                return None
            count = sum(name.endswith(".npy") for name in file.namelist())
            arrays = [
                np.load(io.BytesIO(file.read(f"{place}.npy")), allow_pickle=False)
                for place in range(count)
            ]
            found = _read(content["tree"], arrays)
    except (OSError, zipfile.BadZipFile, ValueError, KeyError, TypeError, IndexError):
        return None
    except (AttributeError, ImportError, ArithmeticError):
        return None
    return found if isinstance(found, kind) else None


class _Arrays:
    """The arrays of a tree; one that stands there twice is written once."""

    def __init__(self) -> None:
        self.held: list[Any] = []
        self.places: dict[int, int] = {}
        self.alive: list[Any] = []

    def place(self, value: Any) -> int:
        """Give the number of an array, and take it in when it is new."""
        import numpy as np

        if id(value) not in self.places:
            # An array that was made on the way must live on, or its id goes to another.
            self.alive.append(value)
            self.places[id(value)] = len(self.held)
            self.held.append(np.asarray(value))
        return self.places[id(value)]


def _written(value: Any, arrays: _Arrays) -> Any:
    import numpy as np

    if value is None or (isinstance(value, (str, int)) and not isinstance(value, np.generic)):
        return value
    if isinstance(value, float) and not isinstance(value, np.generic):
        # JSON has no infinities; repr of a finite float reads back to the same bits.
        return value if math.isfinite(value) else {"float": repr(value)}
    if isinstance(value, (np.ndarray, np.generic)):
        return _array(value, arrays)
    if is_dataclass(value) and not isinstance(value, type):
        kind = type(value)
        if not kind.__module__.startswith(_OURS):
            raise TypeError(f"{kind.__qualname__} is no result of this program.")
        inner = {
            field.name: _written(getattr(value, field.name), arrays) for field in fields(value)
        }
        return {"class": f"{kind.__module__}:{kind.__qualname__}", "fields": inner}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return _named(value, arrays)
    if isinstance(value, (tuple, list, frozenset)):
        name = "list" if isinstance(value, list) else type(value).__name__
        return {
            name if name in ("list", "frozenset") else "tuple": [_written(v, arrays) for v in value]
        }
    if type(value).__module__.partition(".")[0] == "pandas" and hasattr(value, "columns"):
        columns = [[str(name), _written(_column(value[name]), arrays)] for name in value.columns]
        return {"frame": columns, "rows": len(value)}
    if isinstance(value, (slice, Fraction, dt.date)):
        return _plain(value)
    if isinstance(value, Mapping):
        return {"map": [[_written(k, arrays), _written(v, arrays)] for k, v in value.items()]}
    kind = type(value)
    if kind.__module__.startswith(_OURS) and not callable(value) and hasattr(value, "__dict__"):
        # A plain object of this program, such as a type of item: what it holds.
        inner = {name: _written(held, arrays) for name, held in vars(value).items()}
        return {"object": f"{kind.__module__}:{kind.__qualname__}", "fields": inner}
    raise TypeError(f"{kind.__qualname__} cannot be kept.")


def _named(value: Any, arrays: _Arrays) -> dict[str, Any]:
    """Write a tuple of ours whose places have names."""
    kind = type(value)
    if not kind.__module__.startswith(_OURS):
        raise TypeError(f"{kind.__qualname__} is no result of this program.")
    held = {name: _written(getattr(value, name), arrays) for name in value._fields}
    return {"named": f"{kind.__module__}:{kind.__qualname__}", "fields": held}


def _plain(value: slice | Fraction | dt.date) -> dict[str, Any]:
    """Write a small value that is no number or text of JSON."""
    if isinstance(value, slice):
        return {"slice": [value.start, value.stop, value.step]}
    if isinstance(value, Fraction):
        return {"fraction": [value.numerator, value.denominator]}
    return {"time" if isinstance(value, dt.datetime) else "date": value.isoformat()}


def _column(series: Any) -> Any:
    """Take a column of a data frame as an array; words and dates as words."""
    if series.dtype.kind in "biuf":
        return series.to_numpy()
    return series.astype("str").where(series.notna(), None).to_numpy(dtype=object, na_value=None)


def _array(value: Any, arrays: _Arrays) -> dict[str, Any]:
    import numpy as np

    if isinstance(value, np.ndarray) and value.dtype.kind == "O":
        return {"objects": [_written(each, arrays) for each in value.ravel()], "shape": value.shape}
    return {"array" if isinstance(value, np.ndarray) else "scalar": arrays.place(value)}


def _read(tree: Any, arrays: list[Any]) -> Any:
    import numpy as np

    if not isinstance(tree, dict):
        return tree
    if "fields" in tree:
        return (_made_tuple if "named" in tree else _made)(tree, arrays)
    if "objects" in tree:
        found = np.empty(len(tree["objects"]), dtype=object)
        found[:] = [_read(each, arrays) for each in tree["objects"]]
        return found.reshape(tree["shape"])
    if "frame" in tree:
        import pandas as pd

        columns = {name: _read(column, arrays) for name, column in tree["frame"]}
        return pd.DataFrame(columns, index=range(tree["rows"]))
    ((kind, content),) = tree.items()
    if kind == "array":
        return arrays[content]
    if kind == "scalar":
        return arrays[content][()]
    if kind == "float":
        return float(content)
    if kind == "map":
        return {_read(key, arrays): _read(value, arrays) for key, value in content}
    plain: dict[str, Any] = {
        "slice": lambda: slice(*content),
        "fraction": lambda: Fraction(*content),
        "date": lambda: dt.date.fromisoformat(content),
        "time": lambda: dt.datetime.fromisoformat(content),
    }
    if kind in plain:
        return plain[kind]()
    makers: dict[str, Any] = {"list": list, "tuple": tuple, "frozenset": frozenset}
    return makers[kind](_read(each, arrays) for each in content)


def _made(tree: Mapping[str, Any], arrays: list[Any]) -> Any:
    """Make an object of ours from its fields, as it was and without running or checking it."""
    plain = "object" in tree
    kind = _kind(tree["object" if plain else "class"])
    if is_dataclass(kind) == plain:
        raise TypeError(f"{kind.__qualname__} is no result of this program.")
    if not plain and {field.name for field in fields(kind)} != set(tree["fields"]):
        raise TypeError(f"{kind.__qualname__} has other fields in this version.")
    made = object.__new__(kind)
    for key, value in tree["fields"].items():
        object.__setattr__(made, key, _read(value, arrays))
    return made


def _made_tuple(tree: Mapping[str, Any], arrays: list[Any]) -> Any:
    """Make a tuple of ours whose places have names."""
    kind = _kind(tree["named"])
    if getattr(kind, "_fields", None) != tuple(tree["fields"]):
        raise TypeError(f"{kind.__qualname__} has other fields in this version.")
    return tuple.__new__(kind, [_read(value, arrays) for value in tree["fields"].values()])


def _kind(written: str) -> Any:
    """Find a class of this program by its written name, and nothing else."""
    module, _, name = written.partition(":")
    if not module.startswith(_OURS):
        raise TypeError(f"{module} is not of this program.")
    kind: Any = importlib.import_module(module)
    for part in name.split("."):
        kind = getattr(kind, part)
    if not isinstance(kind, type) or kind.__module__ != module:
        raise TypeError(f"{name} is no result of this program.")
    return kind
