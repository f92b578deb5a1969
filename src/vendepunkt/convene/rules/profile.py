"""All ballots of a vote, as every rule reads them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType

from vendepunkt.convene.types import Marks
from vendepunkt.terms import DataError


@dataclass(frozen=True, slots=True)
class Profile:
    """The distinct ballots of a vote with how many people cast each; nobody's ballot is first.

    Attributes
    ----------
    themes
        What could be voted on, in the order of the ballot paper. No rule looks at the order.
    ballots
        Distinct marks with their counts, sorted, so that profiles are equal where ballots are. A
        theme with the value 0 is kept: on a ballot of scores it is not the same as no mark at all.

    Examples
    --------
    >>> profile = Profile.of([{"home": 1}, {"home": 1, "work": 1}, {}], ("home", "work"))
    >>> profile.voters, profile.blank
    (3, 1)
    """

    themes: tuple[str, ...]
    ballots: tuple[tuple[Marks, int], ...]

    @classmethod
    def of(cls, ballots: Iterable[Marks], themes: Sequence[str]) -> Profile:
        """Count the distinct ballots.

        Parameters
        ----------
        ballots
            The marks of each ballot; no marks is a blank ballot, which is counted.
        themes
            What could be voted on.

        Raises
        ------
        DataError
            With code ``"theme_twice"`` or ``"theme_not_on_ballot"``.
        """
        known = frozenset(themes)
        if len(known) != len(themes):
            raise DataError("theme_twice", "A theme stands twice on the ballot paper.")
        counts = Counter(
            tuple(sorted((theme, Fraction(value)) for theme, value in marks.items()))
            for marks in ballots
        )
        if any(theme not in known for marks in counts for theme, _ in marks):
            raise not_on_ballot(themes)
        return cls(
            themes=tuple(themes),
            ballots=tuple(
                (MappingProxyType(dict(marks)), counts[marks]) for marks in sorted(counts)
            ),
        )

    @property
    def voters(self) -> int:
        """How many ballots were cast, blank ones too."""
        return sum(count for _, count in self.ballots)

    @property
    def blank(self) -> int:
        """How many ballots have no mark."""
        return sum(count for marks, count in self.ballots if not marks)

    def people(self) -> dict[str, int]:
        """Give how many people marked each theme; a mark of 0 is none."""
        marked = dict.fromkeys(self.themes, 0)
        for marks, count in self.ballots:
            for theme, value in marks.items():
                marked[theme] += count if value > 0 else 0
        return marked

    def totals(self) -> dict[str, Fraction]:
        """Give the sum of the values put on each theme."""
        sums = dict.fromkeys(self.themes, Fraction(0))
        for marks, count in self.ballots:
            for theme, value in marks.items():
                sums[theme] += count * value
        return sums

    def approvers(self) -> dict[str, int]:
        """Give who marked each theme: a number whose bit i stands for the i-th ballot.

        Sets of people are cut and counted in single steps then, and the proportional rules follow
        many branches of ties in no time.
        """
        length = self.voters // 8 + 1
        rows = {theme: bytearray(length) for theme in self.themes}
        first = 0
        for marks, count in self.ballots:
            for theme, value in marks.items():
                if value > 0:
                    row = rows[theme]
                    for one in range(first, first + count):
                        row[one >> 3] |= 1 << (one & 7)
            first += count
        return {theme: int.from_bytes(row, "little") for theme, row in rows.items()}

    def ranked(self) -> Iterator[tuple[tuple[tuple[str, ...], ...], int]]:
        """Give each ballot of ranks as its groups of equals, best first, with its count.

        The themes that a ballot does not rank are equal and below all that it ranks. Blank ballots
        rank nothing and are left out.
        """
        for marks, count in self.ballots:
            if not marks:
                continue
            groups = [
                tuple(theme for theme in marks if marks[theme] == rank)
                for rank in sorted(set(marks.values()))
            ]
            below = tuple(theme for theme in self.themes if theme not in marks)
            yield (*groups, *((below,) if below else ())), count


def not_on_ballot(themes: Sequence[str]) -> DataError:
    """Make the error for a ballot that marks what could not be voted on."""
    return DataError(
        "theme_not_on_ballot",
        "A ballot marks a theme that is not on the ballot paper.",
        allowed=", ".join(themes) or "nothing, for there is no theme",
        try_="give the themes by their ids",
    )
