"""Movement between states that are seen: an item says the state itself, and moves are counted.

Nothing is assumed about error of measurement. Where answers are uncertain, error looks like
movement, and the latent model is the one to use.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from vendepunkt.data import Design, ItemDefinition, Panel
from vendepunkt.data import observed as states_of
from vendepunkt.measure import notices as measured_notices
from vendepunkt.move import observed_tables as tables
from vendepunkt.move.observed_groups import PersonGroups, person_groups
from vendepunkt.numerics.markov.embedding import Embedding, embedding
from vendepunkt.numerics.markov.observed import ObservedTransitions, observed_transitions
from vendepunkt.numerics.markov.observed_attrition import Attrition, attrition
from vendepunkt.numerics.markov.observed_intervals import ShareIntervals, transition_intervals
from vendepunkt.numerics.markov.observed_models import ChainModel, chain_models
from vendepunkt.numerics.markov.observed_rates import RateFit, fit_rates
from vendepunkt.study import versions
from vendepunkt.terms import DataError, Notice, Provenance, RefValue, UsageError, html_table

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

Codes = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]

SOURCES = (
    "Anderson & Goodman (1957), Markov chains. https://doi.org/10.1214/aoms/1177707039",
    "Kalbfleisch & Lawless (1985), rates. https://doi.org/10.1080/01621459.1985.10478195",
    "Korn & Graubard (1998), intervals of small proportions. Survey Methodology, 24, 193–201.",
    "Zou & Donner (2008), intervals of differences. https://doi.org/10.1002/sim.3095",
)


@dataclass(frozen=True)
class ObservedMovement:
    """Transitions between observed states, in the shape all results have.

    Attributes
    ----------
    item, label
        The item that says the state, and what readers see.
    states
        The states, in the order of the item.
    ordered
        Whether that order runs from good to bad, so that moves have a direction.
    waves, times
        Names of the T waves, and when they were in years or None.
    codes : (N, T)
        State of each person at each wave, -1 where it is not known or the person does not count.
    by
        Groups of people set beside each other, or None.
    lot
        What was given by lot, in words; empty where nothing was.
    design
        How the N people were drawn, or None.
    conf_level
        Level of the intervals.
    found, intervals
        The transitions of each step, then from the first wave to each later one, and how sure.
    models
        One table per step and group against fewer tables.
    baseline
        For each later wave: one table for all groups against one each, from the first wave.
    rates
        Constant rates per year of each group, tested against tables of each step; None where the
        times are not known.
    lost
        Who has no state at each wave.
    embeddings
        For each group and step whether the table can come from constant rates at all; None where
        a state has nobody to start from.
    notices, provenance
        What the program says of its own accord, and where the result came from.
    """

    item: str
    label: str
    states: tuple[str, ...]
    ordered: bool
    waves: tuple[str, ...]
    times: Floats | None
    codes: Codes
    by: PersonGroups | None
    lot: str
    design: Design | None
    conf_level: float
    found: ObservedTransitions
    intervals: ShareIntervals
    models: tuple[ChainModel, ...]
    baseline: tuple[ChainModel, ...]
    rates: RateFit | None
    lost: Attrition
    embeddings: tuple[tuple[Embedding | None, ...], ...]
    notices: tuple[Notice, ...]
    provenance: Provenance
    converged: bool = field(default=True)

    @property
    def n(self) -> float:
        """People with a state at one wave at least."""
        return float(self._people[(self.codes >= 0).any(axis=1)].sum())

    @property
    def weighted(self) -> bool:
        """Whether panel weights are used; if not, results hold among the respondents."""
        return self.design is not None and self.design.weights is not None

    @property
    def groups(self) -> tuple[str, ...]:
        """Names of the groups of people; one without a name where there are none."""
        return ("",) if self.by is None else self.by.names

    @property
    def _people(self) -> Floats:
        freq = None if self.design is None else self.design.freq
        return np.ones(len(self.codes)) if freq is None else np.asarray(freq, dtype=np.float64)

    def shares_table(self) -> pd.DataFrame:
        """How many of those seen at a wave are in each state, by group?"""
        return tables.shares_table(self)

    def transition_table(self, which: str = "steps") -> pd.DataFrame:
        """Where do the people of each state go?

        Parameters
        ----------
        which
            ``"steps"``: from each wave to the next; ``"baseline"``: from the first wave to each
            later one; ``"all"``: both, each pair of waves once.

        Returns
        -------
        DataFrame
            ``by wave_from wave_to from to estimate std_error conf_low conf_high interval n n_origin
            joint``; ``interval`` says how it was made (``logit``, ``korn_graubard`` or ``none``).
        """
        return tables.transition_table(self, which)

    def difference_table(self, which: str = "baseline") -> pd.DataFrame:
        """How much do the groups differ from the first group in where people go?

        Returns
        -------
        DataFrame
            ``by against wave_from wave_to from to estimate conf_low conf_high n``; `n` is the
            smaller of the two origins. No rows without groups.
        """
        return tables.difference_table(self, which)

    def direction_table(self) -> pd.DataFrame:
        """Which share of those seen at both waves moved to a worse or a better state, or stayed?"""
        return tables.direction_table(self)

    def dropout_table(self) -> pd.DataFrame:
        """How many have no state at each wave, by group? ``people`` is everybody of the group."""
        return tables.dropout_table(self)

    def tests_table(self) -> pd.DataFrame:
        """Are the transitions the same over steps, over groups, and under constant rates?"""
        return tables.tests_table(self)

    def rates_table(self) -> pd.DataFrame:
        """How fast do people move, if the rates are the same at all times? Per year."""
        return tables.rates_table(self)

    def embedding_table(self) -> pd.DataFrame:
        """Can the table of each step and group come from constant rates at all?"""
        return tables.embedding_table(self)

    def flow_table(self) -> pd.DataFrame:
        """Give shares and flows of the steps, as the alluvial figure takes them, by group."""
        return tables.flow_table(self)

    def table(self) -> pd.DataFrame:
        """Give every estimate, tidy: ``term`` is share, transition, difference or lost."""
        import pandas as pd

        parts = {
            "share": self.shares_table(),
            "transition": self.transition_table("all"),
            "difference": self.difference_table(),
            "lost": self.dropout_table(),
        }
        return pd.concat(
            [part.assign(term=term) for term, part in parts.items() if len(part)],
            ignore_index=True,
        )

    def glance(self) -> pd.DataFrame:
        """Give one row: people, waves, states, groups, fit."""
        import pandas as pd

        row: dict[str, object] = {
            "n": self.n,
            "waves": len(self.waves),
            "states": len(self.states),
            "groups": len(self.groups),
            "weighted": self.weighted,
            "loglik": self.models[0].loglik,
            "n_parameters": self.models[0].n_parameters,
            "loglik_rates": None if self.rates is None else self.rates.loglik,
            "converged": self.converged,
        }
        return pd.DataFrame([row])

    def augment(self, data: pd.DataFrame) -> pd.DataFrame:
        """Give `data`, a row per person in the panel's order, with ``state_<wave>`` of each.

        Raises
        ------
        UsageError
            If the number of rows differs. Microdata: for inside only.
        """
        if len(data) != len(self.codes):
            raise UsageError(
                "lengths", f"The data have {len(data)} rows, the panel {len(self.codes)} people."
            )
        out = data.copy()
        names = np.array([*self.states, None], dtype=object)
        for place, wave in enumerate(self.waves):
            out[f"state_{wave}"] = names[self.codes[:, place]]
        return out

    def refs(self) -> dict[str, RefValue]:
        """Give every citable value by its written ref: see :mod:`.observed_refs`."""
        return self._refs

    @cached_property
    def _refs(self) -> dict[str, RefValue]:
        from vendepunkt.move.observed_refs import refs_of

        return refs_of(self)

    def ref(self, row: str) -> RefValue:
        """Give the citable value of a row key, such as ``observed_summary/n``.

        Raises
        ------
        UsageError
            If there is no such row.
        """
        key = row if row.startswith("move/") else f"move/{row}"
        if key not in self._refs:
            raise UsageError(
                "unknown_ref", f"There is no value {row!r}.", try_="observed_summary/n"
            )
        return self._refs[key]

    def plot(self, language: str = "en") -> Figure:
        """Draw shares and flows of everybody. For inside: nothing is hidden."""
        from vendepunkt.figures import draw

        table = tables.flow_table(self)
        return draw("alluvial", table[table["by"] == self.groups[0]], language)

    def cite(self) -> str:
        """Give the sources of the method."""
        return "\n".join(SOURCES)

    def __repr__(self) -> str:
        return f"<ObservedMovement: {self._said()}>"

    def _repr_html_(self) -> str:
        return html_table(self.transition_table("baseline"), self._said())

    def _said(self) -> str:
        sides = "" if self.by is None else f" by {self.by.name} ({', '.join(self.by.names)})"
        return (
            f"{len(self.states)} observed states of {self.item}{sides} over {len(self.waves)} "
            f"waves; {self.n:.0f} people" + ("" if self.weighted else ", unweighted")
        )


def _whom(
    panel: Panel, item: ItemDefinition | str, side: PersonGroups | None
) -> tuple[npt.NDArray[np.int32], dict[str, Any]]:
    """Give the states of those who count, -1 for others, and their weights, counts and groups."""
    states, indicator = states_of(panel, item), panel.indicator(item)
    if panel.n_waves < 2:
        raise UsageError("one_wave", "The panel has one wave.", allowed="two waves or more")
    if len(indicator.categories) < 2:
        raise DataError("one_state", f"Everybody has the same answer to {indicator.name!r}.")
    counts = panel.inside & panel.members
    if side is not None:
        counts = counts & (side.codes >= 0)
    if not counts.any():
        raise DataError("no_rows", "Nobody is left.", try_="another condition or another by")
    design = panel.design
    given: dict[str, Any] = {
        "weights": None if design is None else design.weights,
        "freq": None if design is None else design.freq,
        "group": np.where(counts, 0 if side is None else side.codes, -1),
    }
    return np.where(counts[:, None], states, np.int32(-1)).astype(np.int32), given


def observed_movement(
    panel: Panel,
    item: ItemDefinition | str,
    *,
    by: PersonGroups | ItemDefinition | str | None = None,
    lot: bool | str = False,
    conf_level: float = 0.95,
) -> ObservedMovement:
    """Who went from which state to which, without any model of error?

    Parameters
    ----------
    panel
        People over two waves or more.
    item
        A categorical item that says the state; by name, or a definition.
    by
        Groups of people to set beside each other: a column or item that does not change over the
        waves, or groups made already. People whose group is not known are left out, and said.
    lot
        Whether the groups were made by lot; in words what was given by lot.
    conf_level
        Level of the intervals, above 0 and under 1.

    Returns
    -------
    ObservedMovement

    Raises
    ------
    UsageError
        With code ``not_a_state`` for a measure, ``one_wave``, or ``level``.
    DataError
        If nobody is left, or fewer than two states are in use.

    Examples
    --------
    >>> import pandas as pd
    >>> from vendepunkt.data import Survey, panel
    >>> frame = pd.DataFrame({"id": [1, 1, 2, 2, 3, 3], "year": [2017, 2022] * 3})
    >>> frame["home"] = ["street", "own", "own", "own", "street", "street"]
    >>> people = panel(Survey.from_frame(frame, person="id", wave="year"), ["home"])
    >>> found = observed_movement(people, "home")
    >>> found.transition_table()[["from", "to", "estimate"]].values.tolist()
    [['own', 'own', 1.0], ['own', 'street', 0.0], ['street', 'own', 0.5], ['street', 'street', 0.5]]
    """
    indicator = panel.indicator(item)
    side = by if by is None or isinstance(by, PersonGroups) else person_groups(panel, by)
    codes, given = _whom(panel, item, side)
    design = panel.design
    size = len(indicator.categories)
    found = observed_transitions(codes, size, **given)
    sample = drawn(design)
    words = (lot or "") if isinstance(lot, str) else _lot_words(side, given=lot)
    models = chain_models(found, sample)
    chained = _baseline(found, sample)
    rates = _rates(found, codes, given, panel, sample, size)
    embeddings = _embeddings(found)
    return ObservedMovement(
        item=indicator.name,
        label=indicator.label or indicator.name,
        states=tuple(indicator.categories),
        ordered=bool(indicator.ordered),
        waves=panel.waves,
        times=panel.times,
        codes=codes,
        by=side,
        lot=words,
        design=design,
        conf_level=conf_level,
        found=found,
        intervals=transition_intervals(found, sample, level=conf_level),
        models=models,
        baseline=chained,
        rates=rates,
        lost=attrition(codes, design=sample, level=conf_level, **given),
        embeddings=embeddings,
        notices=measured_notices.distinct(
            [*_about_people(panel, side, words), *_about_steps(models, rates, embeddings)]
        ),
        provenance=Provenance(
            data_hash=_fingerprint(codes, given["group"], given, panel),
            design="" if design is None else design.describe(),
            seed=None,
            versions=versions(),
            call={
                "observed": indicator.name,
                "by": None if side is None else side.name,
                "lot": words,
                "conf_level": conf_level,
            },
        ),
    )


def drawn(design: Design | None) -> Design | None:
    """Give the design where people were not drawn one by one and counted alike."""
    if design is None:
        return None
    alike = (
        design.weights is None
        and design.strata is None
        and not design.clusters
        and design.replicates is None
    )
    return None if alike else design


def _lot_words(side: PersonGroups | None, *, given: bool) -> str:
    return side.label if given and side is not None else ""


def _baseline(found: ObservedTransitions, design: Design | None) -> tuple[ChainModel, ...]:
    """Test for each wave after the first whether the groups moved alike from the first wave."""
    if found.groups == 1:
        return ()
    places = [place for place, (start, _) in enumerate(found.steps) if start == 0]
    places = sorted(places, key=lambda place: found.steps[place][1])
    return tuple(chain_models(found, design, steps=[place])[-1] for place in places)


def _rates(
    found: ObservedTransitions,
    codes: Codes,
    given: dict[str, Any],
    panel: Panel,
    design: Design | None,
    size: int,
) -> RateFit | None:
    """Fit constant rates of each group, with the steps over gaps."""
    if panel.times is None:
        return None
    through = observed_transitions(codes, size, through_gaps=True, **given)
    return fit_rates(through, panel.times, covariates=np.eye(found.groups), design=design)


def _embeddings(found: ObservedTransitions) -> tuple[tuple[Embedding | None, ...], ...]:
    return tuple(
        tuple(
            embedding(table) if np.isfinite(table).all() else None
            for table in found.probabilities[group, list(found.chain)]
        )
        for group in range(found.groups)
    )


def _about_people(panel: Panel, side: PersonGroups | None, lot: str) -> Iterator[Notice]:
    notice = measured_notices.notice
    yield from panel.notices
    if panel.design is None or panel.design.weights is None:
        yield notice("unweighted")
    if panel.design is not None:
        yield from panel.design.notices
    yield notice("observed_states")
    if side is not None and side.n_unknown:
        yield notice("observed_no_group", n=side.n_unknown, by=side.label)
    if lot:
        yield notice("observed_lot", lot=lot, first=panel.waves[0])
    if panel.n_waves == 2:
        yield notice("move_two_waves")


def _about_steps(
    models: tuple[ChainModel, ...],
    rates: RateFit | None,
    embeddings: tuple[tuple[Embedding | None, ...], ...],
) -> Iterator[Notice]:
    notice = measured_notices.notice
    fewer = [model for model in models if not model.by_step]
    if fewer and fewer[0].test is not None and fewer[0].test.rejected:
        yield notice("move_steps_differ")
    if rates is not None and rates.rejected:
        yield notice("move_rate_rejected")
    verdicts = [one for row in embeddings for one in row if one is not None]
    bad = sum(one.valid is False for one in verdicts)
    if bad:
        yield notice("observed_no_generator", n=bad, of=len(verdicts))


def _fingerprint(codes: Codes, group: Floats, given: dict[str, Any], panel: Panel) -> str:
    digest = hashlib.sha256(repr((codes.shape, panel.waves)).encode())
    for part in (codes, group, given["weights"], given["freq"], panel.times):
        digest.update(b"-" if part is None else np.ascontiguousarray(part, dtype="<f8").tobytes())
    return digest.hexdigest()
