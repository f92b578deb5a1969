"""What all rules of crosses share: how a ballot is looked at, and that crosses are counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from vendepunkt.convene.rules.ballots import check_marks
from vendepunkt.convene.rules.profile import Profile
from vendepunkt.convene.rules.protocol import BallotForm, Unit
from vendepunkt.convene.types import Marks

_FORM: Final = BallotForm(kind="crosses", cap="none", least=1, most=1)


@dataclass(frozen=True, slots=True)
class Crosses:
    """The part of a rule of crosses that does not depend on who wins."""

    form: BallotForm = _FORM
    unit: Unit = "votes"

    def check(self, marks: Marks, choices: int | None, themes: Sequence[str]) -> None:
        """Look at one ballot: crosses only, as many as the form allows."""
        check_marks(self.form, marks, choices, themes)

    def scores(self, profile: Profile) -> dict[str, Fraction]:
        """Give the crosses of each theme."""
        return {theme: Fraction(people) for theme, people in profile.people().items()}
