"""Whether the files of a Polis conversation agree with each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from vendepunkt.convene.formats.polis_files import Conversation, read_conversation
from vendepunkt.terms import Notice


@dataclass(frozen=True, slots=True)
class Difference:
    """A statement whose counts differ between ``comments.csv`` and the matrix of votes.

    Attributes
    ----------
    statement
        Its id, as both files have it.
    agrees, disagrees
        Counts of ``comments.csv``.
    agrees_in_matrix, disagrees_in_matrix
        Counts in ``participants-votes.csv``.
    """

    statement: str
    agrees: int
    disagrees: int
    agrees_in_matrix: int
    disagrees_in_matrix: int

    def __str__(self) -> str:
        return (
            f"statement {self.statement}: {self.agrees} agree and {self.disagrees} disagree in "
            f"comments.csv, {self.agrees_in_matrix} and {self.disagrees_in_matrix} in the matrix"
        )


def polis_differences(folder: Path | Conversation) -> tuple[Difference, ...]:
    """For which statements do the files of a conversation say different things?

    The files of Polis open data are not exported at one moment. Only statements that the matrix
    has a column for are compared.

    Parameters
    ----------
    folder
        The folder with the files.

    Returns
    -------
    tuple of Difference
        In the order of the statements' ids.

    Raises
    ------
    DataError
        Where a file is missing or damaged.
    """
    found = read_conversation(folder) if isinstance(folder, Path) else folder
    out = []
    for one in found.statements:
        if one.id not in found.columns:
            continue
        values = [each.marks[one.id] for each in found.participants if one.id in each.marks]
        agrees, disagrees = values.count(Fraction(1)), values.count(Fraction(-1))
        if (agrees, disagrees) != (one.agrees, one.disagrees):
            out.append(Difference(one.id, one.agrees, one.disagrees, agrees, disagrees))
    return tuple(out)


def polis_totals(folder: Path | Conversation) -> Mapping[str, int | None]:
    """Count again what ``summary.csv`` publishes, from the other files.

    Returns
    -------
    Mapping
        ``voters`` and ``voters-in-conv`` (rows of the matrix), ``commenters`` (distinct authors),
        ``comments`` (statements with a column of votes), ``groups`` (distinct groups), ``views``
        (visitors, by the history; None without it).
    """
    found = read_conversation(folder) if isinstance(folder, Path) else folder
    return {
        "views": found.present,
        "voters": len(found.participants),
        "voters-in-conv": len(found.participants),
        "commenters": len({one.author for one in found.statements if one.author}),
        "comments": len(found.columns),
        "groups": len({one.group for one in found.participants if one.group}),
    }


def polis_notices(found: Conversation) -> tuple[Notice, ...]:
    """Say where the files of a conversation disagree, and that their signs were turned."""
    notices = []
    if found.turned:
        notices.append(
            Notice(
                "votes_turned", "In these files -1 means agrees; the votes were turned to 1 agrees."
            )
        )
    for name, counted in polis_totals(found).items():
        said = found.summary.get(name, "")
        if said.isascii() and said.isdigit() and counted is not None and int(said) != counted:
            notices.append(
                Notice(
                    "polis_total",
                    f"summary.csv says {said} {name}; the other files hold {counted}.",
                    {"name": name, "said": said, "counted": counted},
                )
            )
    differing = polis_differences(found)
    if differing:
        said = "; ".join(str(one) for one in differing)
        notices.append(
            Notice(
                "polis_counts",
                f"The counts of {len(differing)} statements differ between files; "
                f"the matrix counts. {said}.",
                {"n": len(differing), "said": said},
            )
        )
    return tuple(notices)
