"""The files of this repository, and one fingerprint over all of them."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def files(root: Path = ROOT) -> list[Path]:
    """List what is tracked, or would be: git's answer, or where there is no git, .gitignore's."""
    try:
        said = subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
            cwd=root,
            capture_output=True,
            check=True,
        ).stdout.decode()
        found = [root / name for name in said.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        found = list(_walk(root))
    return sorted(path for path in found if path.is_file())


def _walk(root: Path) -> list[Path]:
    patterns = [
        line.strip() for line in (root / ".gitignore").read_text().splitlines() if line.strip()
    ]
    found = []
    for folder, names, leaves in os.walk(root):
        here = Path(folder)
        names[:] = [n for n in names if n != ".git" and not _ignored(here / n, root, patterns)]
        found += [here / leaf for leaf in leaves if not _ignored(here / leaf, root, patterns)]
    return found


def _ignored(path: Path, root: Path, patterns: list[str]) -> bool:
    inside = path.relative_to(root).as_posix()
    for pattern in patterns:
        wanted = pattern.strip("/")
        if "/" in pattern.rstrip("/"):
            if fnmatch(inside, wanted):
                return True
        elif fnmatch(path.name, wanted):
            return True
    return False


def digest(root: Path = ROOT) -> str:
    """Fingerprint the files and the Python that reads them."""
    total = hashlib.sha256(sys.version.encode())
    for path in files(root):
        total.update(path.relative_to(root).as_posix().encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()
