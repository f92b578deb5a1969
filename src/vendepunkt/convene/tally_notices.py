"""What a tally says of its own accord: who is counted, ties, and how far chance reaches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vendepunkt.convene.firmness import Firmness
from vendepunkt.convene.rules import Profile
from vendepunkt.convene.standings import Chosen
from vendepunkt.terms import Notice

#: With fewer voters a published top three is often another with other people.
SMALL: Final = 50
#: Fewer discussion groups than this say little of how groups differ.
FEW_GROUPS: Final = 5


def notice(code: str, **values: int | str) -> Notice:
    """Make a notice whose sentence is ``warning.<code>`` of the catalogues."""
    from vendepunkt.language import text

    return Notice(code, text(f"warning.{code}", "en", **values), dict(values))


def notices_of(
    profile: Profile,
    chosen: Chosen,
    firm: Firmness | None,
    present: int | None,
    all_members: bool,
    why_not: str,
) -> tuple[Notice, ...]:
    """Say what must be said beside the figures.

    Parameters
    ----------
    profile, chosen, firm
        The ballots, the themes chosen, and how firmly they hold, or None.
    present
        People counted in the room, or None.
    all_members
        Whether all members took part.
    why_not
        Code of the reason why the chance cannot be given; empty where it can, or is not wanted.
    """
    who = _about_people(profile, present, firm, all_members=all_members, why_not=why_not)
    return (*who, *_about_ties(profile, chosen))


def _about_people(
    profile: Profile,
    present: int | None,
    firm: Firmness | None,
    *,
    all_members: bool,
    why_not: str,
) -> Iterator[Notice]:
    yield notice("convene_panel")
    if all_members:
        yield notice("convene_all_members")
    elif why_not:
        yield notice(f"convene_{why_not}")
    elif firm is not None:
        yield notice("convene_chance")
    if 0 < profile.voters < SMALL and not all_members:
        yield notice("convene_small", n=profile.voters)
    if firm is not None and firm.groups is not None and firm.groups < FEW_GROUPS:
        yield notice("convene_few_groups", n=firm.groups)
    if present is not None and profile.voters > present:
        yield notice("convene_more_than_present", voters=profile.voters, present=present)


def _about_ties(profile: Profile, chosen: Chosen) -> Iterator[Notice]:
    if not profile.voters:
        yield notice("convene_no_votes")
    elif chosen.tied:
        left = len(chosen.committees[0]) - len(chosen.certain)
        yield notice("convene_tied", n=len(chosen.tied), places=left)
    if chosen.capped:
        yield notice("convene_capped", n=len(chosen.committees))
