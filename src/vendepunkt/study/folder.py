"""Where things lie in a study folder, and how they are written so that nothing is half done."""

from __future__ import annotations

import json
import os
import signal
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vendepunkt.terms import DataError


@dataclass(frozen=True, slots=True)
class Folder:
    """The layout of a study folder.

    Attributes
    ----------
    root
        The folder.

    Examples
    --------
    >>> Folder(Path("study")).refs.as_posix()
    'study/work/refs.json'
    """

    root: Path

    @property
    def toml(self) -> Path:
        """What the study is."""
        return self.root / "study.toml"

    @property
    def data(self) -> Path:
        """Data; never leaves."""
        return self.root / "data"

    @property
    def work(self) -> Path:
        """Full results, refs and state; never leaves."""
        return self.root / "work"

    @property
    def out(self) -> Path:
        """What passed disclosure control."""
        return self.root / "out"

    @property
    def refs(self) -> Path:
        """Every value that can be cited."""
        return self.work / "refs.json"

    @property
    def state(self) -> Path:
        """What was made from what."""
        return self.work / "state.json"


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file whole or not at all.

    Parameters
    ----------
    path
        File; its folder is made if need be. A file of that name stays as it is until the new one
        is complete.
    content
        What stands in it.

    Raises
    ------
    DataError
        If the place cannot be written to.
    """
    handle, name = -1, ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        # A temporary file is closed to others; a result is as open as the folder's other files.
        Path(name).chmod(0o666 & ~_mask())
        Path(name).replace(path)
    except OSError as error:
        _forget(name)
        raise DataError(
            "not_writable",
            f"{path.name} cannot be written: {error.strerror or error}.",
            try_="close the program that has it open, or make room on the disk",
        ) from error
    except BaseException:
        _forget(name)
        raise


def _mask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _forget(name: str) -> None:
    if name:
        with suppress(OSError):
            Path(name).unlink()


def write_json(path: Path, value: Any) -> None:
    """Write a JSON file whole or not at all; keys sorted, so that equal content is equal bytes."""
    text = json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)
    write_bytes(path, (text + "\n").encode())


def read_json(path: Path) -> Any:
    """Read a JSON file of our own; None when it is missing or damaged, so that it is made anew."""
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None


def publish(
    files: Mapping[str, bytes], folder: Path, before: Iterator[str] | tuple[str, ...]
) -> None:
    """Put a set of files in place of the one that was there before, in one go.

    All files are written beside their places first; only then each takes its place and what is no
    longer made goes away. Ctrl-C waits for this last part.

    Parameters
    ----------
    files
        Path within `folder`, with forward slashes → content.
    folder
        Where they go.
    before
        Paths of the files that an earlier call put there; other files in the folder are left alone.

    Raises
    ------
    DataError
        If something cannot be written; nothing has then taken its place but, on a system that
        refuses to replace an open file, those before it.
    """
    waiting: list[tuple[Path, Path]] = []
    try:
        for name, content in files.items():
            path = folder / name
            beside = path.with_name(f".{path.name}.new")
            write_bytes(beside, content)
            waiting.append((beside, path))
        with uninterrupted():
            for beside, path in waiting:
                _take_place(beside, path)
            for name in before:
                if name not in files:
                    with suppress(OSError):
                        (folder / name).unlink()
    finally:
        for beside, _ in waiting:
            with suppress(OSError):
                beside.unlink()


def _take_place(beside: Path, path: Path) -> None:
    try:
        beside.replace(path)
    except OSError as error:
        raise DataError(
            "not_writable",
            f"{path.name} cannot be replaced: {error.strerror or error}.",
            try_="close the program that has it open",
        ) from error


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Let Ctrl-C wait until the block is through.

    Only the main thread can hold a signal back; elsewhere the block runs as it is.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    asked: list[int] = []
    usual = signal.signal(signal.SIGINT, lambda number, _: asked.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, usual)
    if asked:
        raise KeyboardInterrupt
