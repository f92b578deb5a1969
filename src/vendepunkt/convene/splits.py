"""Votes by discussion group or other parts of a panel; parts that are too small are not shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vendepunkt.convene.types import Marks

if TYPE_CHECKING:
    from vendepunkt.disclosure import Rules


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a panel.

    Attributes
    ----------
    name
        Which part; empty for those whose part is not known.
    voters
        How many voted; None where it is hidden.
    people
        Theme → how many marked it; None where it is hidden.
    """

    name: str
    voters: int | None
    people: Mapping[str, int] | None

    @property
    def hidden(self) -> bool:
        """Whether nothing of it is shown."""
        return self.voters is None


def split(
    ballots: Sequence[Marks],
    parts: Sequence[str | None],
    themes: Sequence[str],
    rules: Rules | None = None,
) -> tuple[Part, ...]:
    """Count the marks in each part of a panel, and hide parts of too few voters.

    The sum over the parts is published, so that one hidden part could be worked out from the
    others. So if the hidden parts are but one, or have fewer voters together than the threshold,
    the smallest of the others is hidden too, until they are not.

    Parameters
    ----------
    ballots, parts
        Marks of everybody, and the part each belongs to.
    themes
        What could be voted on.
    rules
        The threshold; 5 by default.

    Returns
    -------
    tuple of Part
        By name; those without a part last.

    Examples
    --------
    >>> cast, tables = [{"a": 1}] * 16, ["x"] * 7 + ["y"] * 6 + ["z"] * 3
    >>> [(part.name, part.voters) for part in split(cast, tables, ("a",))]
    [('x', 7), ('y', None), ('z', None)]
    """
    from vendepunkt.disclosure import Rules

    threshold = (rules or Rules()).threshold
    members: dict[str, list[Marks]] = {}
    for marks, name in zip(ballots, parts, strict=True):
        members.setdefault(name or "", []).append(marks)
    by_size = sorted(members, key=lambda name: (len(members[name]), name))
    hidden = {name for name in by_size if len(members[name]) < threshold}
    for name in by_size:
        few = sum(len(members[one]) for one in hidden) < threshold
        if hidden and (len(hidden) == 1 or few):
            hidden.add(name)
    return tuple(
        Part(name, None, None)
        if name in hidden
        else Part(
            name,
            len(members[name]),
            {theme: sum(one.get(theme, 0) > 0 for one in members[name]) for theme in themes},
        )
        for name in sorted(members, key=lambda name: (not name, name))
    )
