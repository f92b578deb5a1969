"""What a phone shows of a result: which themes got most votes, with ties."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from vendepunkt.convene.rules import RULES, Profile
from vendepunkt.web.room.models import CastBallot, Opening, Theme, Vote

#: With fewer voters than this neither number nor order is shown: one could tell who voted what.
FEWEST: Final = 5


@dataclass(frozen=True, slots=True)
class Line:
    """One theme of a result.

    Attributes
    ----------
    place
        1 is first; equal places are ties. None where neither numbers nor order are shown.
    theme
        Which theme.
    votes
        What it got; None where numbers are not shown.
    chosen
        Whether it is among those chosen, whatever happens with ties at the cut.
    at_cut
        Whether it is tied for the last places.
    """

    place: int | None
    theme: Theme
    votes: int | None
    chosen: bool
    at_cut: bool


@dataclass(frozen=True, slots=True)
class Result:
    """A result as everybody may see it.

    Attributes
    ----------
    lines
        The themes, most votes first; in the order of the ballot where no order is shown.
    voters, blank, present
        How many voted, how many of them blank, and how many were counted in the room; None where
        numbers are not shown, or nobody counted.
    places
        How many themes are chosen.
    dots
        Whether dots were counted, not crosses.
    """

    lines: tuple[Line, ...]
    voters: int | None
    blank: int | None
    present: int | None
    places: int
    dots: bool


def result_of(opening: Opening, vote: Vote, themes: Sequence[Theme]) -> Result:
    """Count a vote that was closed, with what was typed from paper."""
    keys = [str(theme.pk) for theme in themes]
    cast = CastBallot.objects.filter(opening=opening).values_list("marks", flat=True)
    ballots = [{key: Fraction(m) for key, m in marks.items() if key in keys} for marks in cast]
    profile = Profile.of(ballots, tuple(keys))
    rule = RULES[vote.rule]
    scores = rule.scores(profile)
    outcome = rule.winners(profile, vote.places)
    shown = profile.voters >= FEWEST
    order = sorted(themes, key=lambda theme: -scores[str(theme.pk)]) if shown else themes
    lines = tuple(
        Line(
            place=1 + sum(score > scores[str(theme.pk)] for score in scores.values())
            if shown
            else None,
            theme=theme,
            votes=int(scores[str(theme.pk)]) if shown else None,
            chosen=str(theme.pk) in outcome.certain,
            at_cut=str(theme.pk) in outcome.tied,
        )
        for theme in order
    )
    return Result(
        lines=lines,
        voters=profile.voters if shown else None,
        blank=profile.blank if shown else None,
        present=opening.panel.present if shown else None,
        places=outcome.places,
        dots=rule.form.kind == "dots",
    )
