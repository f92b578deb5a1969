"""The result of comparing panels: what they agree on, what only one chose, what they turn round."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING, Final

from vendepunkt.convene.comparison_words import sentences
from vendepunkt.convene.consensus import Said, consensus
from vendepunkt.convene.pairing import Pair, paired
from vendepunkt.convene.rankings import PERSISTENCE
from vendepunkt.convene.sides import Side, sides_of, titles_of
from vendepunkt.convene.standings import finite
from vendepunkt.convene.tally_notices import notice
from vendepunkt.convene.types import Meeting, SameTheme, Words
from vendepunkt.study import versions
from vendepunkt.terms import DataError, Notice, Provenance, Ref, RefValue, UsageError, html_table

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

STAGE: Final = "convene"
SOURCES: Final = (
    "Newcombe (1998), differences of shares, method 10. Statistics in Medicine, 17, 873–890.",
    "Webber, Moffat & Zobel (2010), rank-biased overlap. https://doi.org/10.1145/1852102.1852106",
    "Corsi & Urbano (2024), ties in it (variant b). https://doi.org/10.48550/arXiv.2406.07121",
    "Kendall (1945), tau-b. https://doi.org/10.1093/biomet/33.3.239",
    "Small and others (2021), group-informed consensus. https://doi.org/10.6035/recerca.5516",
)


@dataclass(frozen=True)
class Comparison:
    """Panels side by side, in the shape all results have.

    Attributes
    ----------
    sides
        Every panel's side of every vote that is compared.
    pairs
        Every two panels in every vote that both held.
    consensus
        Vote → theme → how far every panel goes along: product over panels of (people + 1)/(voters
        + 2), for themes that all panels with counts had.
    mapping
        Which themes were said to be the same, by whom and why.
    titles
        Name → title in both languages; panels by their ids too.
    random_draws
        Whether the panels are random draws.
    p
        Persistence of rank-biased overlap.
    notices, provenance
        What the program says of its own accord, and where the result came from.
    """

    sides: tuple[Side, ...]
    pairs: tuple[Pair, ...]
    consensus: Mapping[str, Mapping[str, Fraction]]
    mapping: tuple[SameTheme, ...]
    titles: Mapping[str, Words]
    random_draws: bool
    p: float
    notices: tuple[Notice, ...]
    provenance: Provenance
    converged: bool = field(default=True)

    def title(self, name: str, language: str) -> str:
        """Give the title of a theme or panel, or its id where it has none."""
        words = self.titles.get(name)
        return (words.in_(language) if words is not None else "") or name

    def sentences(self, language: str, pair: Pair | None = None) -> list[str]:
        """Say in words what two panels agree on and where they differ; all pairs by default."""
        wanted = self.pairs if pair is None else (pair,)
        return [said for one in wanted for said in sentences(self, one, language)]

    def difference_table(self) -> pd.DataFrame:
        """Give a row per pair of panels and theme.

        Returns
        -------
        DataFrame
            ``vote first second theme share_first share_second estimate conf_low conf_high p_value
            p_adjusted rank_first rank_second verdict``; `estimate` is first less second, and
            `verdict` says whether the theme is chosen in ``both``, ``first``, ``second`` or
            ``neither``.
        """
        import pandas as pd

        rows = [
            {
                "vote": pair.vote,
                "first": pair.first,
                "second": pair.second,
                "theme": row.theme,
                "share_first": finite(row.first),
                "share_second": finite(row.second),
                "estimate": finite(row.difference),
                "conf_low": finite(row.low),
                "conf_high": finite(row.high),
                "p_value": finite(row.p_value),
                "p_adjusted": finite(row.p_adjusted),
                "rank_first": finite(row.rank_first),
                "rank_second": finite(row.rank_second),
                "verdict": row.verdict,
            }
            for pair in self.pairs
            for row in pair.differences
        ]
        return pd.DataFrame(rows)

    def shares_table(self, vote: str, language: str) -> pd.DataFrame:
        """Give the table that the figure `panel_comparison` draws: ``theme panel estimate``."""
        import pandas as pd

        rows = [
            {
                "theme": self.title(name, language),
                "panel": self.title(side.panel, language),
                "estimate": people / side.voters if side.voters else None,
            }
            for side in self.sides
            if side.vote in vote.split("+")
            for name, people in side.people.items()
        ]
        return pd.DataFrame(rows, columns=["theme", "panel", "estimate"])

    def named_differences(self, pair: Pair, language: str) -> pd.DataFrame:
        """Give the differences of a pair with titles, as the figure takes them."""
        table = self.difference_table()
        own = (table["vote"] == pair.vote) & (table["first"] == pair.first)
        table = table[own & (table["second"] == pair.second)].copy()
        for column in ("theme", "first", "second"):
            table[column] = [self.title(name, language) for name in table[column]]
        return table[["theme", "first", "second", "estimate", "conf_low", "conf_high"]]

    def unmapped_table(self) -> pd.DataFrame:
        """List the themes that have no counterpart: ``vote panel other theme``."""
        import pandas as pd

        rows = [
            {"vote": pair.vote, "panel": panel, "other": other, "theme": theme}
            for pair in self.pairs
            for panel, other, themes in (
                (pair.first, pair.second, pair.alone_first),
                (pair.second, pair.first, pair.alone_second),
            )
            for theme in themes
        ]
        return pd.DataFrame(rows, columns=["vote", "panel", "other", "theme"])

    def opposite_table(self) -> pd.DataFrame:
        """List the themes in opposite order: `first` puts `above` over `below`, `second` not."""
        import pandas as pd

        rows = [
            {
                "vote": pair.vote,
                "first": pair.first,
                "second": pair.second,
                "above": above,
                "below": below,
            }
            for pair in self.pairs
            for above, below in pair.opposite
        ]
        return pd.DataFrame(rows, columns=["vote", "first", "second", "above", "below"])

    def consensus_table(self) -> pd.DataFrame:
        """Give how far every panel goes along with each theme, exact, the highest first."""
        import pandas as pd

        rows = [
            {"vote": vote, "theme": theme, "consensus": value}
            for vote, values in self.consensus.items()
            for theme, value in sorted(values.items(), key=lambda item: -item[1])
        ]
        return pd.DataFrame(rows, columns=["vote", "theme", "consensus"])

    def mapping_table(self) -> pd.DataFrame:
        """Give which themes were said to be the same, by whom and why."""
        import pandas as pd

        rows = [
            {"theme": row.theme, "common": row.common, "by": row.by, "why": row.why}
            for row in self.mapping
        ]
        return pd.DataFrame(rows, columns=["theme", "common", "by", "why"])

    def table(self) -> pd.DataFrame:
        """Give every difference, tidy: ``item`` is the theme, ``contrast`` the two panels."""
        table = self.difference_table()
        columns = ["item", "contrast", "estimate", "p_value", "conf_low", "conf_high", "vote"]
        if table.empty:
            import pandas as pd

            return pd.DataFrame(columns=columns)
        table["contrast"] = table["first"] + " - " + table["second"]
        return table.rename(columns={"theme": "item"})[columns]

    def glance(self) -> pd.DataFrame:
        """Give a row per pair: agreement of orders, overlap of what is chosen, what is alone."""
        import pandas as pd

        rows = [
            {
                "vote": pair.vote,
                "first": pair.first,
                "second": pair.second,
                "themes": len(pair.differences),
                "rbo": pair.rbo,
                "tau_b": finite(pair.tau_b),
                "shared": pair.overlap.shared,
                "expected": float(pair.overlap.expected),
                "chance": float(pair.overlap.chance),
                "opposite": len(pair.opposite),
                "alone_first": len(pair.alone_first),
                "alone_second": len(pair.alone_second),
                "places_only": pair.places_only,
            }
            for pair in self.pairs
        ]
        return pd.DataFrame(rows)

    def augment(self, data: pd.DataFrame) -> pd.DataFrame:
        """Give `data`, which has a column ``theme`` with ids, with the common name added.

        Raises
        ------
        UsageError
            ``no_theme_column`` if there is no such column.
        """
        if "theme" not in data.columns:
            raise UsageError("no_theme_column", "The data have no column 'theme'.")
        names = {theme: name for side in self.sides for theme, name in side.names.items()}
        return data.assign(common=data["theme"].map(names))

    def refs(self) -> dict[str, RefValue]:
        """Give every citable value by its written ref.

        ``convene/VOTE/FIRST+SECOND/THEME/difference`` (with its interval), and of
        ``convene/VOTE/FIRST+SECOND/summary/``: ``rbo``, ``tau_b``, ``shared``, ``expected``,
        ``chance``, ``themes``, ``opposite``, ``alone``; ``convene/VOTE/panels/THEME/consensus``.
        """
        return self._refs

    @cached_property
    def _refs(self) -> dict[str, RefValue]:
        return {str(value.ref): value for value in self._values()}

    def _values(self) -> Iterator[RefValue]:
        for pair in self.pairs:
            head = f"{pair.first}+{pair.second}"
            for row in pair.differences:
                ref = Ref(STAGE, pair.vote, f"{head}/{row.theme}/difference")
                yield RefValue(ref, row.difference, row.low, row.high)
            values: dict[str, float | int | None] = {
                "rbo": pair.rbo,
                "tau_b": pair.tau_b,
                "shared": pair.overlap.shared,
                "expected": float(pair.overlap.expected),
                "chance": float(pair.overlap.chance),
                "themes": len(pair.differences),
                "opposite": len(pair.opposite),
                "alone": len(pair.alone_first) + len(pair.alone_second),
            }
            for name, value in values.items():
                yield RefValue(Ref(STAGE, pair.vote, f"{head}/summary/{name}"), value)
        for vote, themes in self.consensus.items():
            for theme, exact in themes.items():
                yield RefValue(Ref(STAGE, vote, f"panels/{theme}/consensus"), float(exact))

    def ref(self, row: str) -> RefValue:
        """Give the citable value of a row key, such as ``VOTE/FIRST+SECOND/summary/rbo``.

        Raises
        ------
        UsageError
            ``unknown_ref`` if there is no such row.
        """
        full = row if row.startswith(f"{STAGE}/") else f"{STAGE}/{row}"
        if full not in self._refs:
            raise UsageError(
                "unknown_ref", f"There is no value {row!r}.", try_="VOTE/FIRST+SECOND/summary/rbo"
            )
        return self._refs[full]

    def plot(self, language: str = "en") -> Figure:
        """Draw the first pair of panels with counts side by side.

        Raises
        ------
        UsageError
            ``no_shares`` where only places are known.
        """
        from vendepunkt.figures import draw

        pair = next((one for one in self.pairs if not one.places_only), None)
        if pair is None:
            raise UsageError("no_shares", "Only places are published: there are no shares to draw.")
        return draw(
            "panel_comparison",
            self.shares_table(pair.vote, language),
            language,
            differences=self.named_differences(pair, language),
            random_draws=self.random_draws,
        )

    def cite(self) -> str:
        """Give the sources of the method."""
        return "\n".join(SOURCES)

    def __repr__(self) -> str:
        return f"<Comparison: {self._said()}>"

    def _repr_html_(self) -> str:
        return html_table(self.difference_table(), self._said())

    def _said(self) -> str:
        panels = {side.panel for side in self.sides}
        return (
            f"{len(self.pairs)} pairs of {len(panels)} panels; "
            + ("random draws" if self.random_draws else "not random draws, no test")
            + f"; {len(self.mapping)} themes mapped"
        )


def compare(
    meeting: Meeting,
    *,
    mapping: Sequence[SameTheme] | None = None,
    random_draws: bool = False,
    rule: str | None = None,
    places: int | None = None,
    p: float = PERSISTENCE,
    conf_level: float = 0.95,
    threshold: int | None = None,
) -> Comparison:
    """What do the panels of a meeting agree on, and where do they differ?

    Panels are compared in each vote that both held; where each held one vote of its own in a life
    phase, those two are compared. Themes are the same where they are common to the panels, or
    where the mapping says so; others are listed as having no counterpart.

    Parameters
    ----------
    meeting
        The meeting.
    mapping
        Which themes are the same; the meeting's own by default.
    random_draws
        Whether the panels are random draws from those they stand for. Only then is anything
        tested.
    rule, places
        In place of each vote's own.
    p
        Persistence of rank-biased overlap, above 0 and under 1.
    conf_level
        Level of the intervals, above 0 and under 1.
    threshold
        Panels of fewer voters are left out, and said; 5 by default, never under 3.

    Returns
    -------
    Comparison

    Raises
    ------
    DataError
        ``nothing_to_compare`` if no two panels share a theme in a vote; ``unknown_mapped`` if the
        mapping names a theme that is not there.

    Examples
    --------
    >>> from vendepunkt.convene import Ballot, LifePhase, Panel, Theme, Vote, Words
    >>> meeting = Meeting(
    ...     "m", Words(en="Spring"), phases=(LifePhase("p", Words(en="Youth")),),
    ...     panels=(Panel("users", Words(en="Users")), Panel("councils", Words(en="Councils"))),
    ...     themes=(Theme("home", "p", Words(en="Home")), Theme("work", "p", Words(en="Work"))),
    ...     votes=(Vote("v", "p", places=1),),
    ...     ballots=(Ballot("v", "users", {"home": 1}),) * 9
    ...     + (Ballot("v", "councils", {"work": 1}),) * 6,
    ... )
    >>> pair = compare(meeting).pairs[0]
    >>> pair.tau_b, [row.difference for row in pair.differences]
    (-1.0, [1.0, -1.0])
    """
    from vendepunkt.disclosure import Rules

    rules = Rules() if threshold is None else Rules(threshold=threshold)
    rows = _known(meeting, meeting.mapping if mapping is None else mapping)
    every = tuple(sides_of(meeting, rows, rule=rule, places=places))
    small = {side.panel for side in every if side.voters and side.voters < rules.threshold}
    sides = tuple(side for side in every if side.panel not in small)
    pairs = tuple(
        pair
        for one, other in _meetings(sides)
        if (pair := paired(one, other, p=p, random_draws=random_draws, conf_level=conf_level))
    )
    if not pairs:
        raise DataError(
            "nothing_to_compare",
            "No two panels share a theme in a vote.",
            try_="a mapping that says which themes are the same",
        )
    return Comparison(
        sides=sides,
        pairs=pairs,
        consensus=_consensus(sides),
        mapping=rows,
        titles=titles_of(meeting, rows) | {panel.id: panel.title for panel in meeting.panels},
        random_draws=random_draws,
        p=p,
        notices=tuple(
            _notices(pairs, rows, len(small), rules.threshold, random_draws=random_draws)
        ),
        provenance=Provenance(
            data_hash=hashlib.sha256(repr((sides, rows)).encode()).hexdigest(),
            design="random draws" if random_draws else "panels, not samples",
            seed=None,
            versions=versions(),
            call={
                "random_draws": random_draws,
                "rule": rule,
                "places": places,
                "p": p,
                "conf_level": conf_level,
                "threshold": rules.threshold,
            },
        ),
    )


def _known(meeting: Meeting, mapping: Sequence[SameTheme]) -> tuple[SameTheme, ...]:
    themes = {theme.id for theme in meeting.themes}
    if any(row.theme not in themes for row in mapping):
        raise DataError(
            "unknown_mapped",
            "The mapping names a theme that is not there.",
            allowed="ids of themes",
        )
    return tuple(mapping)


def _meetings(sides: Sequence[Side]) -> Iterator[tuple[Side, Side]]:
    """Give the sides that meet: of one vote, or the only votes of two panels in a life phase."""
    alone = {
        (side.phase, side.panel): sum(
            (other.phase, other.panel) == (side.phase, side.panel) for other in sides
        )
        for side in sides
    }
    for one, other in combinations(sides, 2):
        if one.panel == other.panel:
            continue
        only = alone[one.phase, one.panel] == alone[other.phase, other.panel] == 1
        if one.vote == other.vote or (one.phase == other.phase and only):
            yield one, other


def _consensus(sides: Sequence[Side]) -> dict[str, dict[str, Fraction]]:
    """Give the consensus over all panels with counts, of the themes they all had."""
    found: dict[str, dict[str, Fraction]] = {}
    for together in _together(sides):
        counted = [side for side in together if side.voters]
        if len({side.panel for side in counted}) < 2:
            continue
        common = [n for n in counted[0].people if all(n in side.people for side in counted)]
        found["+".join(dict.fromkeys(side.vote for side in counted))] = {
            name: consensus(Said(side.people[name], side.voters or 0) for side in counted)
            for name in common
        }
    return found


def _together(sides: Sequence[Side]) -> Iterator[list[Side]]:
    """Give the sides of each life phase where every panel held one vote, else of each vote."""
    for phase in dict.fromkeys(side.phase for side in sides):
        own = [side for side in sides if side.phase == phase]
        if len({side.panel for side in own}) == len(own):
            yield own
        else:
            for vote in dict.fromkeys(side.vote for side in own):
                yield [side for side in own if side.vote == vote]


def _notices(
    pairs: Sequence[Pair],
    mapping: Sequence[SameTheme],
    small: int,
    threshold: int,
    *,
    random_draws: bool,
) -> Iterator[Notice]:
    yield notice("convene_panel")
    yield notice("convene_tested" if random_draws else "convene_not_tested")
    if small:
        yield notice("convene_panel_hidden", n=small, threshold=threshold)
    if mapping:
        who = ", ".join(dict.fromkeys(row.by for row in mapping if row.by))
        yield notice("convene_mapped", n=len(mapping), by=who or "?")
    alone = sum(len(pair.alone_first) + len(pair.alone_second) for pair in pairs)
    if alone:
        yield notice("convene_unmapped", n=alone)
    if any(pair.places_only for pair in pairs):
        yield notice("convene_places_only")
