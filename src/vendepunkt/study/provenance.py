"""Where published results came from: enough to make them again, and nothing of this machine."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

import vendepunkt
from vendepunkt.study.folder import Folder
from vendepunkt.study.state import hash_file
from vendepunkt.study.tables import Study
from vendepunkt.terms import Notice, Provenance

SCHEMA: Final = "provenance/1"

#: What results are computed and documents are made with.
PARTS: Final = ("numpy", "scipy", "numba", "pandas", "pyreadstat", "matplotlib", "typst")


def versions() -> dict[str, str]:
    """Give the versions of this program, of Python, and of the parts it computes with.

    Examples
    --------
    >>> sorted(versions())[-1]
    'vendepunkt'
    """
    found = {"vendepunkt": vendepunkt.__version__, "python": platform.python_version()}
    for part in PARTS:
        try:
            found[part] = version(part)
        except PackageNotFoundError:
            continue
    return found


def provenance(
    study: Study,
    stages: Mapping[str, Provenance],
    notices: Iterable[Notice] = (),
    panels: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Say where the published results of a study came from.

    Parameters
    ----------
    study
        The study.
    stages
        Stage → provenance of its result.
    notices
        What the program said of its own accord.
    panels
        Path within the study folder → SHA-256 of the files of its panel meetings.

    Returns
    -------
    dict
        Plain values for `out/provenance.json`: hashes of `study.toml` and of the data files, the
        versions, the seed, and the call of each stage. Paths are within the study folder.
    """
    folder = Folder(study.folder)
    return {
        "schema": SCHEMA,
        "study": {
            "title": dict(study.title),
            "language": study.language,
            "frame": study.frame,
            "seed": study.seed,
            "sha256": hash_file(folder.toml),
        },
        "data": [
            {"name": table.name, "file": table.file, "sha256": hash_file(study.folder / table.file)}
            for table in study.data.values()
        ],
        "panels": [{"file": file, "sha256": sha} for file, sha in sorted((panels or {}).items())],
        "stages": {
            stage: {
                "data_hash": made.data_hash,
                "design": made.design,
                "seed": made.seed,
                "call": made.call,
            }
            for stage, made in stages.items()
        },
        "notices": [notice.as_json() for notice in notices],
        "versions": versions(),
    }
