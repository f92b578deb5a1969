"""What can go wrong for a user, and the exit code each kind ends a command with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import ClassVar


class VendepunktError(Exception):
    """Root of every error a user can meet; printed as sentences, never as a traceback.

    Parameters
    ----------
    code
        Stable short name of the error, such as ``"unknown_column"``.
    text
        One sentence: what is wrong, with the value of the option, column, label or code.
        Never an answer, an id or free text of a person.
    allowed
        What would have been accepted; empty when there is no list.
    try_
        What to do next.

    Examples
    --------
    >>> error = UsageError("bad_starts", "--starts is 0.", allowed="1 or more", try_="--starts 50")
    >>> str(error)
    '--starts is 0. Allowed: 1 or more. Try: --starts 50.'
    >>> error.exit_code
    2
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, code: str, text: str, *, allowed: str = "", try_: str = "") -> None:
        self.code = code
        self.text = text
        self.allowed = allowed
        self.try_ = try_
        super().__init__(code, text, allowed, try_)

    def __str__(self) -> str:
        parts = [self.text]
        if self.allowed:
            parts.append(f"Allowed: {self.allowed.rstrip('.')}.")
        if self.try_:
            parts.append(f"Try: {self.try_.rstrip('.')}.")
        return " ".join(parts)

    def as_json(self) -> dict[str, str]:
        """Give the four fields of the error as ``--json`` prints them."""
        return {"code": self.code, "text": self.text, "allowed": self.allowed, "try": self.try_}


class UsageError(VendepunktError):
    """An option or argument that cannot be used; exit code 2."""

    exit_code = 2


class DataError(VendepunktError):
    """A file, column or study definition that cannot be used; exit code 3."""

    exit_code = 3


class NotConvergedError(VendepunktError):
    """A fit that did not reach a maximum and has no answer to give; exit code 4."""

    exit_code = 4


class RefusedError(VendepunktError):
    """Something the program will not do: disclosure, or findings gone stale; exit code 5."""

    exit_code = 5


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a study or file, with the place where it stands.

    Attributes
    ----------
    code, text, allowed, try_
        As in :class:`VendepunktError`.
    file
        Name of the file, relative to the study folder.
    line
        Line in the file, counted from 1; 0 when no line can be named.
    """

    code: str
    text: str
    allowed: str = ""
    try_: str = ""
    file: str = ""
    line: int = 0

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}: " if self.line else f"{self.file}: " if self.file else ""
        said = VendepunktError(self.code, self.text, allowed=self.allowed, try_=self.try_)
        return f"{place}{said}"


class ProblemsError(DataError):
    """Everything that is wrong with a study at once, in the order of the lines.

    Attributes
    ----------
    problems
        The problems, at least one.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(sorted(problems, key=lambda p: (p.file, p.line)))
        first = self.problems[0]
        super().__init__(
            first.code,
            "\n".join(str(problem) for problem in self.problems),
        )


def choose(value: str, allowed: Sequence[str], what: str) -> str:
    """Return `value` if it is one of `allowed`, else say what is allowed and what comes nearest.

    Parameters
    ----------
    value
        What the user wrote.
    allowed
        The accepted words.
    what
        Name of the option or key, as the user wrote it.

    Raises
    ------
    UsageError
        With code ``"not_allowed"``.

    Examples
    --------
    >>> choose("robust", ("opg", "robust"), "--se")
    'robust'
    """
    if value in allowed:
        return value
    near = get_close_matches(value, allowed, n=1)
    raise UsageError(
        "not_allowed",
        f"{what} is {value!r}.",
        allowed=", ".join(allowed),
        try_=f"{what} {near[0] if near else allowed[0]}",
    )
