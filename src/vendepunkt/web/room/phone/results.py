"""What a phone shows of a result: which themes got most votes, with ties and the one just under."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from vendepunkt.convene.standings import Standing
from vendepunkt.web.room.models import Opening, Theme, Vote
from vendepunkt.web.room.standing import FEWEST, tally_of


@dataclass(frozen=True, slots=True)
class Line:
    """One theme of a result.

    Attributes
    ----------
    theme
        Which theme.
    place, votes
        1 is first, and equal places are ties; and what it got. None where few people voted.
    status
        ``chosen``, ``tied`` for the last places, ``under`` for the next one, or ``below``.
    short
        Votes that the next one lacks.
    """

    theme: Theme
    place: int | None
    votes: int | None
    status: str
    short: int = 0


@dataclass(frozen=True, slots=True)
class Result:
    """A result as everybody may see it.

    Attributes
    ----------
    lines
        The themes, most votes first; in the order of the ballot where no order is shown.
    voters, blank, present
        How many voted, how many of them blank, and how many were counted in the room; None where
        few people voted, or nobody counted.
    dots
        Whether dots were counted, not crosses.
    """

    lines: tuple[Line, ...]
    voters: int | None
    blank: int | None
    present: int | None
    dots: bool


#: How long, in seconds, a count stands, and how many are remembered.
_SECONDS: Final = 5.0
_MANY: Final = 64
_counted: dict[tuple[str, int, int], tuple[float, Result | None]] = {}


def result_of(opening: Opening, themes: Sequence[Theme]) -> Result | None:
    """Count a vote that was closed, from phones and paper; None where nobody voted.

    Counted once for each version of the panel, and anew after some seconds all the same.

    Parameters
    ----------
    opening
        The round that was closed last.
    themes
        Those of its ballot, in their order.
    """
    key = (opening.panel.code, opening.pk, opening.panel.version)
    kept = _counted.get(key)
    if kept is None or time.monotonic() - kept[0] > _SECONDS:
        if len(_counted) > _MANY:
            _counted.clear()
        kept = _counted[key] = (time.monotonic(), _count(opening, themes))
    return kept[1]


def _count(opening: Opening, themes: Sequence[Theme]) -> Result | None:
    counted = tally_of(opening)
    if counted is None or opening.vote is None or not counted.voters:
        return None
    many = counted.voters >= FEWEST
    titled = {str(theme.pk): theme for theme in themes}
    found = {one.theme: one for one in counted.standings}
    order = [one.theme for one in counted.standings] if many else list(titled)
    under = {one.theme for one in counted.just_under} if many else set()
    return Result(
        lines=tuple(
            _line(titled[key], found[key], many=many, under=key in under)
            for key in order
            if key in titled and key in found
        ),
        voters=counted.voters if many else None,
        blank=counted.blank if many else None,
        present=counted.present if many else None,
        dots=opening.vote.rule == Vote.Rule.DOTS,
    )


def _line(theme: Theme, one: Standing, *, many: bool, under: bool) -> Line:
    if not many:
        # What was chosen by one or two people is what they voted for.
        return Line(theme, None, None, "below")
    return Line(
        theme,
        one.rank,
        int(one.votes),
        "under" if under else one.status,
        abs(int(one.margin)) if under and one.margin is not None else 0,
    )
