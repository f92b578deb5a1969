"""The result of a vote: which themes are chosen, by how much, and how firmly each holds."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from vendepunkt.convene.firmness import Firmness, firmness, too_costly
from vendepunkt.convene.rules import RULES, Profile
from vendepunkt.convene.splits import Part, split
from vendepunkt.convene.standings import Chosen, Standing, finite, just_under, representative
from vendepunkt.convene.standings import standings as standings_of
from vendepunkt.convene.tally_notices import notices_of
from vendepunkt.convene.tally_refs import STAGE, refs_of
from vendepunkt.convene.types import Channel, Marks, Words
from vendepunkt.study import versions
from vendepunkt.terms import Notice, Provenance, RefValue, UsageError, choose, html_table

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

SOURCES: Final = (
    "Wilson (1927), intervals of shares. https://doi.org/10.1080/01621459.1927.10502953",
    "Rubin (1981), the Bayesian bootstrap. https://doi.org/10.1214/aos/1176345338",
    "Efron & Morris (1973), shrinkage. https://doi.org/10.1080/01621459.1973.10481350",
    "Peters & Skowron (2020), equal shares. https://doi.org/10.1145/3391403.3399465",
)


#: Choices of a vote whose ballots are held against no cap.
_NO_CAP: Final = 10**9


@dataclass(frozen=True)
class Tally:
    """One vote of one panel, in the shape all results have.

    Attributes
    ----------
    vote, panel
        Their ids; names of the result in its refs.
    rule
        Name of the voting rule.
    places
        How many themes are chosen.
    choices
        The cap of the ballot, or None.
    titles
        Theme id → title in both languages; empty where only ids are known.
    profile
        The ballots.
    standings
        Every theme, most votes first.
    chosen
        The themes chosen, with all ties, and how many people are left without any of them.
    representative
        The themes that represent most people (equal shares), likewise; None for ballots of ranks.
    firmness
        How firmly the places hold, before rounding; None where not asked for, or not to be had.
    present
        People counted in the room, or None.
    channels
        Channel → ballots, in totals only; empty where not known.
    parts
        Counts by discussion group, parts of too few hidden; empty where no groups are recorded.
    all_members
        Whether all members took part: then there is no interval and no chance.
    notices, provenance
        What the program says of its own accord, and where the result came from.
    """

    vote: str
    panel: str
    rule: str
    places: int
    choices: int | None
    titles: Mapping[str, Words]
    profile: Profile
    standings: tuple[Standing, ...]
    chosen: Chosen
    representative: Chosen | None
    firmness: Firmness | None
    present: int | None
    channels: Mapping[Channel, int]
    parts: tuple[Part, ...]
    all_members: bool
    notices: tuple[Notice, ...]
    provenance: Provenance
    converged: bool = field(default=True)

    @property
    def voters(self) -> int:
        """How many voted, blank ballots too."""
        return self.profile.voters

    @property
    def blank(self) -> int:
        """How many ballots have no mark."""
        return self.profile.blank

    @property
    def just_under(self) -> tuple[Standing, ...]:
        """The themes nearest below the cut; ``margin`` says by how many votes."""
        return just_under(self.standings)

    def title(self, theme: str, language: str) -> str:
        """Give the title of a theme, or its id where it has none."""
        words = self.titles.get(theme)
        return (words.in_(language) if words is not None else "") or theme

    def standing(self, theme: str) -> Standing:
        """Give where a theme stands.

        Raises
        ------
        UsageError
            ``unknown_theme`` if it was not on the ballot.
        """
        for one in self.standings:
            if one.theme == theme:
                return one
        raise UsageError("unknown_theme", "That theme was not on the ballot of this vote.")

    def standings_table(self) -> pd.DataFrame:
        """Give a row per theme: people, votes, share, place, margin, chance.

        Returns
        -------
        DataFrame
            ``theme people votes share conf_low conf_high rank status committees margin chance
            bootstrap``; `votes` and `margin` are exact fractions.
        """
        import pandas as pd

        rows = [
            {
                "theme": one.theme,
                "people": one.people,
                "votes": one.votes,
                "share": finite(one.share),
                "conf_low": finite(one.low),
                "conf_high": finite(one.high),
                "rank": one.rank,
                "status": one.status,
                "committees": float(one.committees),
                "margin": one.margin,
                "chance": finite(one.chance),
                "bootstrap": finite(one.bootstrap),
            }
            for one in self.standings
        ]
        return pd.DataFrame(rows)

    def placings_table(self, language: str) -> pd.DataFrame:
        """Give the table that the figure `placings` draws, themes by title."""
        table = self.standings_table()
        table["theme"] = [self.title(theme, language) for theme in table["theme"]]
        named = {"share": "estimate", "people": "n"}
        columns = ["theme", "estimate", "conf_low", "conf_high", "n", "status", "chance"]
        return table.rename(columns=named)[columns]

    def table(self) -> pd.DataFrame:
        """Give every estimate, tidy: ``item`` is the theme, ``term`` share, votes or chance."""
        import pandas as pd

        rows = []
        for one in self.standings:
            limits = {"conf_low": finite(one.low), "conf_high": finite(one.high)}
            values = {"share": finite(one.share), "votes": float(one.votes)}
            if one.chance is not None:
                values["chance"] = one.chance
            rows += [
                {"item": one.theme, "term": term, "estimate": value}
                | (limits if term == "share" else {})
                | {"n": self.voters}
                for term, value in values.items()
            ]
        columns = ["item", "term", "estimate", "conf_low", "conf_high", "n"]
        return pd.DataFrame(rows, columns=columns)

    def parts_table(self) -> pd.DataFrame:
        """Give the counts by discussion group, a row per group and theme.

        Returns
        -------
        DataFrame
            ``group theme people voters``; None in a group of too few voters, or of one that could
            be worked out from it.
        """
        import pandas as pd

        rows = [
            {
                "group": part.name,
                "theme": theme,
                "people": None if part.people is None else part.people[theme],
                "voters": part.voters,
            }
            for part in self.parts
            for theme in self.profile.themes
        ]
        return pd.DataFrame(rows, columns=["group", "theme", "people", "voters"], dtype=object)

    def glance(self) -> pd.DataFrame:
        """Give one row: voters, blank, present, themes, ties, who is left out, how sure."""
        import pandas as pd

        firm, other = self.firmness, self.representative
        row: dict[str, object] = {
            "vote": self.vote,
            "panel": self.panel,
            "rule": self.rule,
            "places": self.places,
            "themes": len(self.profile.themes),
            "voters": self.voters,
            "blank": self.blank,
            "present": self.present,
            "committees": len(self.chosen.committees),
            "capped": self.chosen.capped,
            "tied": len(self.chosen.tied),
            "without": self.chosen.without[1],
            "without_representative": None if other is None else other.without[1],
            "all_members": self.all_members,
            "luck": None if firm is None else firm.luck,
            "draws": None if firm is None else firm.draws,
            "monte_carlo_error": None if firm is None else firm.error,
        }
        return pd.DataFrame([row])

    def augment(self, data: pd.DataFrame) -> pd.DataFrame:
        """Give `data`, which has a column ``theme`` with ids, with each theme's standing added.

        Ballots have no ids, so that nothing is ever added to people.

        Raises
        ------
        UsageError
            ``no_theme_column`` if there is no such column.
        """
        if "theme" not in data.columns:
            raise UsageError(
                "no_theme_column", "The data have no column 'theme' with ids of themes."
            )
        return data.merge(self.standings_table(), on="theme", how="left")

    def refs(self) -> dict[str, RefValue]:
        """Give every citable value by its written ref: see :mod:`.tally_refs`."""
        return self._refs

    @cached_property
    def _refs(self) -> dict[str, RefValue]:
        return refs_of(self)

    def ref(self, row: str) -> RefValue:
        """Give the citable value of a row key, such as ``THEME/share`` or ``summary/voters``.

        Raises
        ------
        UsageError
            ``unknown_ref`` if there is no such row.
        """
        full = row if row.startswith(f"{STAGE}/") else f"{STAGE}/{self.vote}/{self.panel}/{row}"
        if full not in self._refs:
            raise UsageError("unknown_ref", f"There is no value {row!r}.", try_="summary/voters")
        return self._refs[full]

    def plot(self, language: str = "en") -> Figure:
        """Draw the themes in their order with intervals, the cut, and how firmly each holds."""
        from vendepunkt.figures import draw

        return draw("placings", self.placings_table(language), language, places=self.places)

    def cite(self) -> str:
        """Give the sources of the method."""
        return "\n".join(SOURCES)

    def __repr__(self) -> str:
        return f"<Tally: {self._said()}>"

    def _repr_html_(self) -> str:
        return html_table(self.standings_table(), self._said())

    def _said(self) -> str:
        drawn = "no chance given" if self.firmness is None else f"{self.firmness.draws} draws"
        return (
            f"{self.rule}, {self.places} of {len(self.profile.themes)} themes; "
            f"{self.voters} voted, {self.blank} blank; {drawn}"
        )


def tally(
    ballots: Profile | Iterable[Marks],
    themes: Sequence[str] | None = None,
    *,
    rule: str = "choose-k",
    places: int = 3,
    choices: int | None = None,
    groups: Sequence[str | None] | None = None,
    present: int | None = None,
    channels: Sequence[Channel] | Mapping[Channel, int] | None = None,
    all_members: bool = False,
    chance: bool = True,
    seed: int = 1,
    draws: int | None = None,
    conf_level: float = 0.95,
    titles: Mapping[str, Words] | None = None,
    vote: str = "vote",
    panel: str = "panel",
) -> Tally:
    """Which themes are chosen, by how much, and how firmly does each hold its place?

    Parameters
    ----------
    ballots
        The marks of each ballot (theme → 1 for a cross, dots, score or rank; none for a blank
        one), or a profile of them.
    themes
        What could be voted on; may be left out with a profile.
    rule
        Name of a rule in :data:`vendepunkt.convene.rules.RULES`.
    places
        How many themes are chosen.
    choices
        The cap of the ballot: crosses or dots of each person. With None, ballots under a rule that
        has a cap are not held against one.
    groups
        The discussion group of each ballot, in the order of `ballots`; then groups are redrawn
        whole.
    present
        How many people were in the room, 0 or more.
    channels
        How each ballot reached the meeting, or totals by channel.
    all_members
        Whether all members of the panel took part: no interval and no chance are then given.
    chance
        Whether to say how firmly each theme holds its place.
    seed, draws
        Of the random numbers; how many meetings are drawn (see :func:`.firmness.firmness`).
    conf_level
        Level of the intervals of shares, above 0 and under 1.
    titles
        Theme → title.
    vote, panel
        Names of the vote and the panel, for refs.

    Returns
    -------
    Tally

    Raises
    ------
    DataError
        If a ballot does not fit the rule.
    UsageError
        ``not_allowed`` for an unknown rule, ``bad_places``, ``themes_missing``, ``lengths``,
        ``groups_without_ballots``, ``bad_present`` or ``level``.

    Examples
    --------
    >>> cast = [{"home": 1, "work": 1}] * 9 + [{"home": 1, "debt": 1}] * 6 + [{"school": 1}] * 5
    >>> found = tally(cast, ("home", "work", "debt", "school"), places=2, choices=2)
    >>> found.chosen.committees, found.standing("work").margin, found.chosen.without
    ((('home', 'work'),), Fraction(3, 1), (5, 5))
    >>> found.standing("work").chance, found.representative.certain
    (0.6, ('home', 'work'))
    """
    named = RULES[choose(rule, tuple(RULES), "--method")]
    cast, profile = _cast(ballots, themes)
    _check(ballots, cast, groups, present)
    for marks, _ in profile.ballots:
        named.check(marks, choices or _NO_CAP, profile.themes)
    outcome = named.winners(profile, places)
    why_not = _why_not(named.name, profile, groups, places, draws) if chance else ""
    firm = None
    if chance and not (all_members or why_not):
        firm = firmness(cast, profile.themes, named, places, groups=groups, seed=seed, draws=draws)
    chosen = Chosen.of(rule, outcome, profile)
    return Tally(
        vote=vote,
        panel=panel,
        rule=rule,
        places=places,
        choices=choices,
        titles=titles or {},
        profile=profile,
        standings=standings_of(
            profile, named, outcome, firm, interval=not all_members, conf_level=conf_level
        ),
        chosen=chosen,
        representative=representative(profile, named, places),
        firmness=firm,
        present=present,
        channels=_channels(channels),
        parts=() if groups is None else split(cast, groups, profile.themes),
        all_members=all_members,
        notices=notices_of(profile, chosen, firm, present, all_members, why_not),
        provenance=_provenance(
            (cast, profile.themes, groups),
            seed=None if firm is None else seed,
            rule=rule,
            places=places,
            choices=choices,
            all_members=all_members,
            draws=None if firm is None else firm.draws,
            conf_level=conf_level,
        ),
    )


def _cast(
    ballots: Profile | Iterable[Marks], themes: Sequence[str] | None
) -> tuple[list[Marks], Profile]:
    if isinstance(ballots, Profile):
        return [marks for marks, count in ballots.ballots for _ in range(count)], ballots
    if themes is None:
        raise UsageError("themes_missing", "It is not said which themes could be voted on.")
    cast = list(ballots)
    return cast, Profile.of(cast, themes)


def _check(
    ballots: Profile | Iterable[Marks],
    cast: Sequence[Marks],
    groups: Sequence[str | None] | None,
    present: int | None,
) -> None:
    if groups is not None and isinstance(ballots, Profile):
        raise UsageError(
            "groups_without_ballots",
            "Groups are given for a profile, which has no single ballots.",
            try_="the ballots themselves",
        )
    if groups is not None and len(groups) != len(cast):
        raise UsageError("lengths", f"There are {len(groups)} groups for {len(cast)} ballots.")
    if present is not None and present < 0:
        raise UsageError("bad_present", f"--present is {present}.", allowed="0 or more")


def _why_not(
    rule: str,
    profile: Profile,
    groups: Sequence[str | None] | None,
    places: int,
    draws: int | None,
) -> str:
    """Say why the chance cannot be given: the end of a notice's code, empty where it can."""
    if profile.voters < 2 or len(profile.themes) < 2:
        return "no_chance"
    if groups is not None and len({*groups}) == 1 and groups[0] is not None:
        return "one_group"
    if too_costly(RULES[rule], profile.voters, len(profile.themes), places, draws):
        return "too_costly"
    return ""


def _channels(channels: Sequence[Channel] | Mapping[Channel, int] | None) -> dict[Channel, int]:
    if channels is None:
        return {}
    return dict(channels) if isinstance(channels, Mapping) else dict(Counter(channels))


def _provenance(
    data: tuple[Sequence[Marks], tuple[str, ...], Sequence[str | None] | None],
    *,
    seed: int | None,
    **call: Any,
) -> Provenance:
    """Hash the ballots with their groups, in an order that says nothing of who voted when."""
    cast, themes, groups = data
    names = [None] * len(cast) if groups is None else list(groups)
    said = sorted(
        (name or "", sorted((theme, str(value)) for theme, value in marks.items()))
        for name, marks in zip(names, cast, strict=True)
    )
    return Provenance(
        data_hash=hashlib.sha256(repr((themes, said)).encode()).hexdigest(),
        design="a panel, not a sample",
        seed=seed,
        versions=versions(),
        call={**call, "groups": groups is not None},
    )
