"""Full results in `work/`: written and read without running anything that stands in the file.

A result is a tree of frozen dataclasses, arrays and plain values. The tree is kept as JSON, the
arrays beside it, in one zip file; reading it makes only dataclasses of this program. (A pickle
would run what it holds, and study folders travel.)
"""

from __future__ import annotations

import importlib
import io
import json
import math
import zipfile
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from vendepunkt.study.folder import write_bytes

if TYPE_CHECKING:
    import numpy as np

SCHEMA: Final = "kept/1"
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
        A tree of this program's dataclasses, numpy arrays, lists, tuples, mappings, texts,
        numbers and None.

    Raises
    ------
    TypeError
        If the tree holds something else.
    """
    import numpy as np

    arrays: list[np.ndarray[Any, Any]] = []
    tree = _written(result, arrays)
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
        file.writestr(_TREE, json.dumps({"schema": SCHEMA, "tree": tree}))
        for place, array in enumerate(arrays):
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
    except (AttributeError, ImportError):
        return None
    return found if isinstance(found, kind) else None


def _written(value: Any, arrays: list[Any]) -> Any:
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
    if isinstance(value, (tuple, list, frozenset)):
        name = "list" if isinstance(value, list) else type(value).__name__
        return {
            name if name in ("list", "frozenset") else "tuple": [_written(v, arrays) for v in value]
        }
    if isinstance(value, Mapping):
        return {"map": [[_written(k, arrays), _written(v, arrays)] for k, v in value.items()]}
    raise TypeError(f"{type(value).__qualname__} cannot be kept.")


def _array(value: Any, arrays: list[Any]) -> dict[str, Any]:
    import numpy as np

    if isinstance(value, np.ndarray) and value.dtype.kind == "O":
        return {"objects": [_written(each, arrays) for each in value.ravel()], "shape": value.shape}
    arrays.append(np.asarray(value))
    return {"array" if isinstance(value, np.ndarray) else "scalar": len(arrays) - 1}


def _read(tree: Any, arrays: list[Any]) -> Any:
    import numpy as np

    if not isinstance(tree, dict):
        return tree
    if "class" in tree:
        return _made(tree, arrays)
    if "objects" in tree:
        found = np.empty(len(tree["objects"]), dtype=object)
        found[:] = [_read(each, arrays) for each in tree["objects"]]
        return found.reshape(tree["shape"])
    ((kind, content),) = tree.items()
    if kind == "array":
        return arrays[content]
    if kind == "scalar":
        return arrays[content][()]
    if kind == "float":
        return float(content)
    if kind == "map":
        return {_read(key, arrays): _read(value, arrays) for key, value in content}
    makers: dict[str, Any] = {"list": list, "tuple": tuple, "frozenset": frozenset}
    return makers[kind](_read(each, arrays) for each in content)


def _made(tree: Mapping[str, Any], arrays: list[Any]) -> Any:
    """Make a dataclass of ours from its fields, as it was and without checking it again."""
    module, _, name = tree["class"].partition(":")
    if not module.startswith(_OURS):
        raise TypeError(f"{module} is not of this program.")
    kind: Any = importlib.import_module(module)
    for part in name.split("."):
        kind = getattr(kind, part)
    if not (isinstance(kind, type) and is_dataclass(kind) and kind.__module__ == module):
        raise TypeError(f"{name} is no dataclass of this program.")
    known = {field.name for field in fields(kind)}
    if known != set(tree["fields"]):
        raise TypeError(f"{name} has other fields in this version.")
    made = object.__new__(kind)
    for key, value in tree["fields"].items():
        object.__setattr__(made, key, _read(value, arrays))
    return made
