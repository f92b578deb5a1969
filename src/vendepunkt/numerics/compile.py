"""The one door to numba: compile where it is installed, stay with numpy where it is not."""

from __future__ import annotations

import hashlib
import importlib
import os
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

Function = TypeVar("Function", bound=Callable[..., Any])

#: Lanes a compiled block carries side by side; a constant known to the compiler.
LANES = 64


def _source_fingerprint() -> str:
    """Hash the sources of the engine: a kernel compiled from other sources is never reused.

    numba looks only at the file of the outermost function, not at those it inlines.
    """
    here = Path(__file__).parent
    digest = hashlib.sha256()
    for path in sorted(here.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def cache_folder() -> Path:
    """Give the folder in which compiled kernels are kept between processes."""
    if "NUMBA_CACHE_DIR" in os.environ:
        base = Path(os.environ["NUMBA_CACHE_DIR"])
    elif sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", Path.home())) / "vendepunkt" / "kernels"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "vendepunkt"
    return base / _source_fingerprint()


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)


def _numba() -> Any:
    """Give numba, or None where it is not installed or not wanted."""
    if os.environ.get("VENDEPUNKT_ENGINE", "") == "numpy":
        return None
    try:
        return importlib.import_module("numba")
    except ImportError:
        return None


numba = _numba()

COMPILED = numba is not None

_CACHE = False
if COMPILED:
    _folder = cache_folder()
    _CACHE = _writable(_folder)
    if _CACHE:
        numba.config.CACHE_DIR = str(_folder)
    else:
        warnings.warn(
            "Compiled kernels cannot be kept in the cache folder, so each process compiles anew; "
            "set NUMBA_CACHE_DIR to a folder you may write.",
            RuntimeWarning,
            stacklevel=2,
        )


def kernel(function: Function) -> Function:
    """Compile `function` (no Python objects, no GIL); without numba give it back as it is."""
    if not COMPILED:
        return function
    compiled = numba.njit(
        nogil=True, cache=_CACHE, error_model="numpy", fastmath={"contract", "reassoc", "nsz"}
    )(function)
    return cast("Function", compiled)
