"""The result of the stage: who moves between the groups, which way, and how sure it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from vendepunkt.measure import Classification, MainGroups, Measurement, MeasureOptions
from vendepunkt.measure import asked as measured_asked
from vendepunkt.measure import naming as measured_naming
from vendepunkt.move import people as move_people
from vendepunkt.move import severity_change as move_severity
from vendepunkt.move import tables, three
from vendepunkt.move.choice import MoveChoice
from vendepunkt.move.constancy import Constancy
from vendepunkt.move.crosssection import CrossSection, cross_change_rows, cross_table
from vendepunkt.move.dropout import DropOut
from vendepunkt.move.ground import Ground
from vendepunkt.move.invariance import Invariance
from vendepunkt.move.material import MoveMaterial
from vendepunkt.move.model import MoveModel
from vendepunkt.move.options import MoveOptions
from vendepunkt.move.parts import Further
from vendepunkt.move.paths import path_table
from vendepunkt.move.refs import STAGE, refs_of
from vendepunkt.move.weak import Weak
from vendepunkt.move.within import Within
from vendepunkt.terms import Notice, Provenance, RefValue, UsageError, html_table
from vendepunkt.terms.columns import ordered

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

INTERVAL = ["estimate", "std_error", "conf_low", "conf_high"]
NAMED = [*INTERVAL, "interval"]
BETWEEN = ["wave_from", "wave_to"]

SOURCES = (
    "Bartolucci, Farcomeni & Pennoni (2013), latent Markov models. https://doi.org/10.1201/b13246",
    "Collins & Lanza (2010), latent transition analysis. https://doi.org/10.1002/9780470567333",
    "Vermunt & Magidson (2007), complex samples: https://doi.org/10.1080/10705510709336745",
    "Bassi, Hagenaars, Croon & Vermunt (2000). https://doi.org/10.1177/0049124100029002003",
)


@dataclass(frozen=True)
class Movement:
    """Movement between main groups over waves, in the shape all results have.

    Groups go by letters, A for the least severe; names by ``groups.name(group, language, wave)``.

    Attributes
    ----------
    options
        What was asked for.
    material
        The people, waves and answers, with what was left out.
    model
        The fit that is used; its profiles are equal over the waves.
    classification
        The person-waves placed in classes, as if each were a person of one measurement.
    groups
        The main groups above the classes; named only where the names hold at every wave.
    conditions
        The conditions for the names, by wave.
    models, choice
        Every number of classes fitted, and their comparison.
    constancy
        One matrix for all steps against one for each; None with two waves or where not asked for.
    cross_section
        Shares from everybody asked, or None.
    weak
        The refit under a weak prior that the intervals of small cells come from, or None.
    further
        Drop-out, comparison of measurement over waves, and the like, where asked for.
    converged
        Whether the estimates reached a maximum.
    notices
        What the program says of its own accord.
    provenance
        Where the result came from.
    """

    options: MoveOptions
    material: MoveMaterial
    model: MoveModel
    classification: Classification
    groups: MainGroups
    conditions: dict[str, tuple[measured_naming.Condition, ...]]
    models: tuple[MoveModel, ...]
    choice: MoveChoice
    constancy: Constancy | None
    cross_section: CrossSection | None
    weak: Weak | None
    converged: bool
    notices: tuple[Notice, ...]
    provenance: Provenance
    further: Further = field(default_factory=Further)

    @cached_property
    def ground(self) -> Ground:
        """The model with its main groups and the people of its cells."""
        return Ground.of(self.material, self.model, self.groups, self.options)

    @property
    def waves(self) -> tuple[str, ...]:
        """Names of the waves, in order."""
        return self.material.waves

    @property
    def weighted(self) -> bool:
        """Whether panel weights are used; if not, results hold among the respondents."""
        return self.material.weighted

    @property
    def comparable(self) -> bool:
        """Whether the groups are the same at every wave, as far as was looked at.

        If not, no common name and no transition is to be printed.
        """
        measurement = self.further.measurement
        return measurement is None or measurement.comparable

    @property
    def dropout(self) -> DropOut | None:
        """Who left, where to, and what if they were worse off; None where not asked for."""
        return self.further.dropout

    @property
    def measurement(self) -> Invariance | None:
        """Measurement equal, partly free and free over waves; None where not asked for."""
        return self.further.measurement

    @property
    def within(self) -> Within | None:
        """How profiles changed within the groups; None where not asked for."""
        return self.further.within

    @property
    def accuracy(self) -> float:
        """Expected share of person-waves placed in the class they belong to."""
        return self.model.criteria.accuracy

    def shares_table(self) -> pd.DataFrame:
        """How large is each group at each wave, by the model?

        ``n`` is the smaller of the people with an answer at the wave who are expected in the group
        and placed in it, unweighted.
        """
        columns = ["wave", "group", *NAMED, "n"]
        return tables.frame(tables.share_rows(self.ground, self.weak), columns)

    def change_table(self) -> pd.DataFrame:
        """How much did each group grow? For each step, and from the first wave to the last."""
        columns = [*BETWEEN, "group", *INTERVAL, "n"]
        return tables.frame(tables.change_rows(self.ground), columns)

    def transition_table(self, which: str = "steps") -> pd.DataFrame:
        """Where do the people of each group go?

        Parameters
        ----------
        which
            ``"steps"``: from each wave to the next; ``"first_last"``: from the first to the last
            (``step`` is then 0); ``"all"``: both.

        Returns
        -------
        DataFrame
            ``estimate`` is the probability of the destination given the origin, ``joint`` the share
            of everybody; ``interval`` says how the interval was made (``logit``; ``dirichlet`` for
            small cells: from a refit with a weak prior on the row; ``small``: none); ``expected``
            and ``n`` people of the cell, ``n_origin`` of its origin, among those who answered at
            both waves.
        """
        columns = ["step", *BETWEEN, "from", "to", *NAMED, "n", "expected"]
        rows = tables.transition_rows(self.ground, self._pairs(which), self.weak)
        return tables.frame(rows, [*columns, "n_origin", "joint"])

    def flow_table(self) -> pd.DataFrame:
        """Which share of everybody goes from each group to each? For the alluvial figure."""
        columns = [*BETWEEN, "from", "to", "direction", *NAMED, "n"]
        rows = tables.flow_rows(self.ground, self._pairs("steps"), self.weak)
        return tables.frame(rows, columns)

    def direction_table(self) -> pd.DataFrame:
        """Which share of everybody moved toward more or less exclusion, sideways, or stayed?"""
        columns = [*BETWEEN, "direction", *NAMED, "n"]
        return tables.frame(tables.direction_rows(self.ground, self.weak), columns)

    def gross_net_table(self) -> pd.DataFrame:
        """How many changed group, and how much of it shows in the sizes?"""
        parts = [f"{kind}{tail}" for kind in ("gross", "net") for tail in ("_low", "_high")]
        errors = ["gross_std_error", "net_std_error"]
        columns = [*BETWEEN, "gross", "net", *parts, *errors, "n"]
        return tables.frame(tables.gross_net_rows(self.ground), columns)

    def three_table(self) -> pd.DataFrame:
        """Give apparent, smoothed and corrected movement of the same people, cell by cell."""
        return tables.frame(
            three.three_rows(self.ground), ["kind", *BETWEEN, "from", "to", "joint", "n"]
        )

    def three_moved(self) -> pd.DataFrame:
        """Give the share who changed group: apparent, smoothed, corrected."""
        return tables.frame(three.moved_rows(self.ground), ["kind", *BETWEEN, "moved", "n"])

    def excess(self) -> pd.DataFrame:
        """Which part of apparent movement is error in placing? With an interval where asked for."""
        if self.further.excess is not None:
            return self.further.excess.table()
        rows = [
            self.ground.between(pair)
            | {
                "estimate": three.apparent_excess(self.ground, pair),
                "conf_low": np.nan,
                "conf_high": np.nan,
                "replicates": 0,
            }
            for pair in self.ground.pairs()
        ]
        return tables.frame(rows, [*BETWEEN, "estimate", "conf_low", "conf_high", "replicates"])

    def people(self) -> pd.DataFrame:
        """Give a row per person: path, direction, severity. For inside the workplace only."""
        return move_people.people_table(self.ground)

    def path_posteriors(self) -> pd.DataFrame:
        """Give each person's probability of each path of groups. For inside only."""
        return move_people.path_posteriors(self.ground)

    def paths_table(self) -> pd.DataFrame:
        """Which paths through the groups are the most frequent?"""
        return path_table(self.ground)

    @cached_property
    def severity_changes(self) -> move_severity.SeverityChange | None:
        """The distribution of change in severity, drawn once; None where no item has an order."""
        return move_severity.severity_change(self.ground)

    def severity_change(self) -> pd.DataFrame:
        """How far did people move? Share of people by change in severity, from draws of paths."""
        return move_severity.density_table(self.severity_changes, self.ground.letters)

    def severity_change_summary(self) -> pd.DataFrame:
        """Sum the change in severity up: of everybody, and of each group at the start."""
        return move_severity.summary_table(self.severity_changes, self.ground.letters)

    def mean_change_table(self) -> pd.DataFrame:
        """How much did mean severity change by the model, in all (``""``) and from each group?"""
        rows = move_severity.mean_change_rows(self.ground)
        return tables.frame(rows, [*BETWEEN, "group", *INTERVAL, "n"])

    def cross_section_table(self) -> pd.DataFrame:
        """Give shares by wave from everybody asked, beside the model's of the panel members."""
        return cross_table(self.ground, self.cross_section)

    def cross_section_change(self) -> pd.DataFrame:
        """How much did each group grow among everybody asked, counting the overlap?"""
        found = self.cross_section
        rows = [] if found is None else cross_change_rows(self.ground, found)
        return tables.frame(rows, [*BETWEEN, "group", *INTERVAL, "n"])

    def as_measurement(self) -> Measurement:
        """Give the person-waves as one measurement: profiles and names for tables and figures.

        The classes are those of all waves and their shares are means over the waves; a row of its
        data is a person at a wave, person by person.
        """
        answers = self.material.answers
        used, people = answers.used, np.repeat(self.material.people(), len(self.waves))
        return Measurement(
            options=MeasureOptions(
                classes=(self.model.classes,),
                seed=self.options.seed,
                order=self.options.order,
                conf_level=self.options.conf_level,
                dirichlet=self.options.dirichlet,
                groups=self.options.groups,
            ),
            material=answers,
            classification=self.classification,
            groups=self.groups,
            asked=measured_asked.asked(answers.names, answers.codes[used], people[used]),
            models=(),
            chosen=0,
            choice=None,
            continuum=None,
            dependence=None,
            equality=None,
            converged=self.converged,
            notices=self.notices,
            provenance=self.provenance,
        )

    def models_table(self) -> pd.DataFrame:
        """Give one row per number of classes with every criterion."""
        return self.choice.table()

    def rates_table(self) -> pd.DataFrame:
        """How many moves a year does a person of each class make? Empty unless rates were fitted.

        Returns
        -------
        DataFrame
            ``from to`` classes, counted from 1, ``estimate`` per year at the average covariates
            with ``std_error conf_low conf_high`` (by the logarithm). The time a person can be
            expected to stay would be an extrapolation: rates hold where they were seen.
        """
        rows = tables.rate_rows(self.ground)
        return tables.frame(rows, ["from", "to", *INTERVAL])

    def dropout_table(self) -> pd.DataFrame:
        """Who left, by group?"""
        columns = ["wave", "group", "asked", "share_lost", "conf_low", "conf_high"]
        return tables.frame([], columns) if self.dropout is None else self.dropout.dropout_table()

    def reason_table(self) -> pd.DataFrame:
        """Why did people leave?"""
        columns = ["wave", "reason", "kind", "n", "share"]
        return tables.frame([], columns) if self.dropout is None else self.dropout.reason_table()

    def destinations_table(self) -> pd.DataFrame:
        """Where do the people of each group go, with exits among the destinations?"""
        columns = ["step", *BETWEEN, "from", "to", *INTERVAL, "n"]
        if self.dropout is None:
            return tables.frame([], columns)
        return self.dropout.destinations_table()

    def tipping_table(self) -> pd.DataFrame:
        """What if leavers had been worse off than the model says?"""
        columns = ["odds", "wave", "group", "estimate"]
        return tables.frame([], columns) if self.dropout is None else self.dropout.tipping_table()

    def measurement_table(self) -> pd.DataFrame:
        """Do the answers mean the same at every wave?"""
        columns = ["form", "loglik", "n_parameters", "bic", "test", "statistic", "df", "p_value"]
        if self.further.measurement is None:
            return tables.frame([], [*columns, "change"])
        return self.further.measurement.table()

    def profile_change_table(self) -> pd.DataFrame:
        """How did the profile of each group change from wave to wave?"""
        columns = ["item", "category", "group", "wave", "estimate"]
        within = self.further.within
        return tables.frame([], columns) if within is None else within.table()

    def three_step_table(self) -> pd.DataFrame:
        """How does the movement come out in three steps? Empty unless asked for.

        Returns
        -------
        DataFrame
            As :meth:`vendepunkt.move.in_three_steps.InThreeSteps.table`.
        """
        import pandas as pd

        steps = self.further.three_steps
        return pd.DataFrame() if steps is None else steps.table()

    def table(self) -> pd.DataFrame:
        """Give every estimate, tidy: ``term`` is share, change, transition, direction or severity.

        A change, transition or direction is from ``wave_from`` to ``wave_to``.
        """
        import pandas as pd

        parts = {
            "share": self.shares_table(),
            "change": self.change_table(),
            "transition": self.transition_table("all"),
            "direction": self.direction_table().rename(columns={"direction": "contrast"}),
            "severity_change": self.mean_change_table(),
        }
        named = [part.assign(term=term) for term, part in parts.items() if len(part)]
        table = pd.concat(named, ignore_index=True)
        return table[ordered(list(table.columns))]

    def glance(self) -> pd.DataFrame:
        """Give one row: people, waves, classes, fit, separation."""
        import pandas as pd

        fit, found = self.model.fit, self.model.criteria
        row: dict[str, object] = {
            "n": self.material.n,
            "n_empty": self.material.n_empty,
            "waves": len(self.waves),
            "person_waves": float(self.material.people() @ self.material.present.sum(axis=1)),
            "weighted": self.weighted,
            "weighted_n": self.material.weighted_n,
            "classes": fit.classes,
            "transitions": fit.transitions_kind,
            "form": fit.form,
            "groups": len(self.groups.groups),
            "named": self.groups.named,
            "loglik": fit.loglik,
            "n_parameters": fit.n_parameters,
            "bic": found.bic,
            "entropy": found.entropy,
            "accuracy": found.accuracy,
            "se_kind": self.model.errors.kind,
            "starts_at_best": fit.starts_at_best,
            "starts_finished": fit.starts_finished,
            "converged": self.converged,
        }
        return pd.DataFrame([row])

    def augment(self, data: pd.DataFrame) -> pd.DataFrame:
        """Give `data` (a row per person and wave) with the class and group of each person-wave.

        Parameters
        ----------
        data
            The rows of the survey that the panel was made of, in their order.

        Returns
        -------
        DataFrame
            With ``class`` and ``group`` on the most likely path, ``p_group_A`` … and ``severity``
            given all waves; empty for rows without an answer. Microdata: for inside only.

        Raises
        ------
        UsageError
            If the number of rows differs.
        """
        panel, ground = self.material.panel, self.ground
        if len(data) != len(panel.survey.frame):
            raise UsageError(
                "lengths",
                f"The data have {len(data)} rows, the survey {len(panel.survey.frame)}.",
            )
        out = data.copy()
        used = self.material.present & (panel.person_rows >= 0)
        rows, sequence = panel.person_rows[used], self.material.data.row_to_pattern
        at = sequence[np.nonzero(used)[0]], np.nonzero(used)[1]
        classes = np.full(len(data), np.nan)
        classes[rows] = self.model.paths.viterbi[at] + 1.0
        out["class"] = classes
        group = np.full(len(data), None, dtype=object)
        group[rows] = np.array(ground.letters, dtype=object)[ground.modal_groups()[at]]
        out["group"] = group
        posterior = self.model.paths.smoothed[at]
        columns = {
            f"p_group_{letter}": posterior @ ground.membership[:, g]
            for g, letter in enumerate(ground.letters)
        }
        if self.model.severity is not None:
            columns["severity"] = posterior @ self.model.severity.total
        for name, values in columns.items():
            spread = np.full(len(data), np.nan)
            spread[rows] = values
            out[name] = spread
        return out

    def refs(self) -> dict[str, RefValue]:
        """Give every citable value by its written ref: see :mod:`vendepunkt.move.refs`."""
        return self._refs

    @cached_property
    def _refs(self) -> dict[str, RefValue]:
        return refs_of(self)

    def ref(self, row: str) -> RefValue:
        """Give the citable value of a row key, such as ``shares/2006/A`` or ``summary/n``.

        Raises
        ------
        UsageError
            If there is no such row.
        """
        key = row if row.startswith(f"{STAGE}/") else f"{STAGE}/{row}"
        if key not in self._refs:
            raise UsageError(
                "unknown_ref",
                f"There is no value {row!r}.",
                try_=f"shares/{self.waves[0]}/A or summary/n",
            )
        return self._refs[key]

    def plot(self, language: str = "en") -> Figure:
        """Draw shares and flows of the main groups. For inside: nothing is hidden."""
        from vendepunkt.figures import draw
        from vendepunkt.move.pictures import alluvial_table

        table, directions = alluvial_table(self, language), self.direction_table()
        return draw("alluvial", table, language, directions=directions)

    def cite(self) -> str:
        """Give the sources of the method."""
        return "\n".join(SOURCES)

    def __repr__(self) -> str:
        return f"<Movement: {self._said()}>"

    def _repr_html_(self) -> str:
        shown = self.direction_table()
        return html_table(shown, self._said())

    def _said(self) -> str:
        fit = self.model.fit
        parts = [
            f"{_counted(fit.classes, 'class', 'classes')} over {len(self.waves)} waves",
            f"{fit.transitions_kind} transitions",
            _counted(len(self.material.answers.indicators), "item", "items"),
            f"{self.material.n:.0f} people" + ("" if self.weighted else ", unweighted"),
            f"{self.model.errors.kind} standard errors"
            if self.model.errors.identified
            else "not identified",
            f"best reached by {fit.starts_at_best} of {fit.starts_finished} starts",
            "converged" if self.converged else "NOT CONVERGED",
        ]
        return "; ".join(parts)

    def _pairs(self, which: str) -> list[tuple[int, int]]:
        from vendepunkt.terms import choose

        choose(which, ("steps", "first_last", "all"), "which")
        last = len(self.waves) - 1
        steps = [(wave, wave + 1) for wave in range(last)]
        if which == "all":
            return self.ground.pairs()
        return steps if which == "steps" else [(0, last)]


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
