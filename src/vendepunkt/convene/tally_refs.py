"""The citable values of a tally and how they are named.

Refs are ``convene/VOTE/PANEL/THEME/…`` with ``votes``, ``people``, ``share``, ``rank``,
``committees`` (share of the tied sets it is in), ``margin``, ``chance`` and ``bootstrap``; and
``convene/VOTE/PANEL/summary/…`` with ``voters``, ``blank``, ``present``, ``phone``, ``paper``,
``helper``, ``themes``, ``places``, ``tied`` (themes tied at the cut), ``luck``,
``without`` (people without any chosen theme) and ``without_representative``.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from vendepunkt.convene.types import CHANNELS
from vendepunkt.terms import Ref, RefValue

if TYPE_CHECKING:
    from vendepunkt.convene.tally import Tally

STAGE = "convene"


def refs_of(found: Tally) -> dict[str, RefValue]:
    """Give every citable value by its written ref."""
    return {str(value.ref): value for value in (*_themes(found), *_summary(found))}


def _themes(found: Tally) -> Iterator[RefValue]:
    for one in found.standings:
        values: dict[str, float | int | None] = {
            "votes": _number(one.votes),
            "people": one.people,
            "rank": one.rank,
            "committees": _number(one.committees),
            "margin": _number(one.margin),
            "chance": one.chance,
            "bootstrap": one.bootstrap,
        }
        for name, value in values.items():
            yield RefValue(_ref(found, f"{one.theme}/{name}"), value)
        yield RefValue(_ref(found, f"{one.theme}/share"), one.share, one.low, one.high)


def _summary(found: Tally) -> Iterator[RefValue]:
    other = found.representative
    values: dict[str, float | int | None] = {
        "voters": found.voters,
        "blank": found.blank,
        "present": found.present,
        "themes": len(found.profile.themes),
        "places": found.places,
        "tied": len(found.chosen.tied),
        "luck": None if found.firmness is None else found.firmness.luck,
        "without": found.chosen.without[1],
        "without_representative": None if other is None else other.without[1],
        **{channel: found.channels.get(channel) for channel in CHANNELS},
    }
    for name, value in values.items():
        yield RefValue(_ref(found, f"summary/{name}"), value)


def _ref(found: Tally, tail: str) -> Ref:
    return Ref(STAGE, found.vote, f"{found.panel}/{tail}")


def _number(value: Fraction | None) -> float | int | None:
    if value is None:
        return None
    return int(value) if value.denominator == 1 else float(value)
