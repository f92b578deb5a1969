"""The tables of `study.toml` as frozen values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Final

from vendepunkt.study.kinds import Code, Label
from vendepunkt.study.lines import Lines


@dataclass(frozen=True, slots=True)
class DataTable:
    """`[data.NAME]`: one data file and on what ground it is held.

    Attributes
    ----------
    name
        NAME.
    file
        Path within the study folder, with forward slashes.
    encoding
        Encoding of a text file, or None to find it out.
    person, wave
        Columns of the person id and of the wave, or None.
    wide
        For a file with one row per person: marks of the waves in the names of its columns, or
        wave → variable → column; empty otherwise.
    source
        Where the data come from per language, or None.
    legal_basis, controller, purpose
        On what ground, by whom and what for the data are held; None when not said.
    delete_by
        Day by which the data must be gone, or None.
    """

    name: str
    file: str
    encoding: str | None = None
    person: str | None = None
    wave: str | None = None
    wide: tuple[str, ...] | Mapping[str, Mapping[str, str]] = ()
    source: Label | None = None
    legal_basis: str | None = None
    controller: str | None = None
    purpose: str | None = None
    delete_by: dt.date | None = None


@dataclass(frozen=True, slots=True)
class WaveTable:
    """`[waves.KEY]`: the name of a wave, and when its answers were collected.

    Attributes
    ----------
    key
        The wave as it stands in the data.
    name
        What readers see; the key itself when not given.
    fieldwork
        When the answers were collected, in words, or None.
    time
        When the wave was, in years, or None.
    """

    key: str
    name: Label
    fieldwork: Label | None = None
    time: float | None = None


@dataclass(frozen=True, slots=True)
class DesignTable:
    """`[design]`: how the sample was drawn and weighted.

    Attributes
    ----------
    strata, freq
        Columns, or None.
    cluster, fpc
        Columns, one per stage.
    nest
        Cluster labels start again in every stratum.
    single_psu
        Rule for a stratum with one PSU: fail, adjust, average, remove or certainty.
    replicates, replicate_type
        Columns of replicate weights, and how they were made.
    weight
        One column of weights for all rows, or None.
    wave_weights
        Wave → column of weights.
    panel_weight
        Column of weights of those asked in all waves, or None.
    unweighted
        Why the study has no weights, for its readers, or None.
    """

    strata: str | None = None
    cluster: tuple[str, ...] = ()
    fpc: tuple[str, ...] = ()
    nest: bool = False
    single_psu: str = "fail"
    replicates: tuple[str, ...] = ()
    replicate_type: str | None = None
    freq: str | None = None
    weight: str | None = None
    wave_weights: Mapping[str, str] = field(default_factory=dict)
    panel_weight: str | None = None
    unweighted: Label | None = None


@dataclass(frozen=True, slots=True)
class DimensionTable:
    """`[dimensions.NAME]`: what readers see for a dimension.

    Attributes
    ----------
    name
        NAME.
    label
        What readers see.
    """

    name: str
    label: Label


@dataclass(frozen=True, slots=True)
class ItemTable:
    """`[items.NAME]`: one indicator and how its answers are read.

    Attributes
    ----------
    name
        NAME.
    columns
        Columns of the data; NAME itself when none is given.
    dimension
        Name of its dimension; NAME itself when none is given.
    type
        binary, nominal, ordinal, monotone, count, negbin or continuous; None for categories
        without an order.
    order
        Categories from good to bad, after `map` and `merge`.
    map
        Answer → category.
    merge
        Category → answers that become it, or lists of answers.
    missing
        Answers that count as missing.
    reverse
        The order of a numeric item is turned round.
    scores
        Category → score, 0 best to 1 worst, or scores along `order`; equal steps when empty.
    label
        What readers see, or None for the label in the data.
    labels
        Category → what readers see.
    """

    name: str
    columns: tuple[str, ...]
    dimension: str
    type: str | None = None
    order: tuple[Code, ...] = ()
    map: Mapping[str, str] = field(default_factory=dict)
    merge: Mapping[str, tuple[Code, ...]] | tuple[tuple[Code, ...], ...] = ()
    missing: tuple[Code, ...] = ()
    reverse: bool = False
    scores: Mapping[str, float] | tuple[float, ...] = ()
    label: Label | None = None
    labels: Mapping[str, Label] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MeasureTable:
    """`[measure]`: how the groups are fitted.

    Attributes
    ----------
    items
        Names of the items, in order.
    classes
        The number of classes decided on, or None where the recommended one is used.
    compare
        Numbers of classes that are fitted and compared; holds `classes`.
    starts
        Random starts per round.
    where
        Rows to use, or None for all.
    wave
        Wave to use, or None for all rows.
    weight
        ``"wave"``, ``"panel"`` or ``"none"``: which weights of `[design]` are used.
    order
        ``"severity"`` or ``"size"``.
    se
        opg, hessian, robust or design; None for design where there is one, else robust.
    blrt
        Bootstrap replicates of the likelihood-ratio test; 0 for none.
    covariates
        Right-hand side of a formula, or None.
    missing
        ``"fiml"`` or ``"listwise"``.
    classifier
        Name of the way to make groups: ``"latent_classes"`` or ``"sum_score"``.
    direct_effects
        Pairs of items that may depend on each other within a class.
    local_dependence, continuum
        Whether these two questions are put to the data.
    equal_across
        Item or column whose groups are compared, or None.
    dirichlet
        Weight of the prior, in pseudo-observations; 0 for none.
    deprived_from
        Item → category from which on it counts in the sum score.
    cutoffs
        Sum scores at which the next group begins.
    """

    items: tuple[str, ...]
    classes: int | None
    compare: tuple[int, ...]
    starts: int = 50
    where: str | None = None
    wave: str | None = None
    weight: str = "wave"
    order: str = "severity"
    se: str | None = None
    blrt: int = 0
    covariates: str | None = None
    missing: str = "fiml"
    classifier: str = "latent_classes"
    direct_effects: tuple[tuple[str, str], ...] = ()
    local_dependence: bool = False
    continuum: bool = False
    equal_across: str | None = None
    dirichlet: float = 0.0
    deprived_from: Mapping[str, Code] = field(default_factory=dict)
    cutoffs: tuple[float, ...] = (1.0, 2.0)


@dataclass(frozen=True, slots=True)
class DropOutTable:
    """`[move.dropout]`: why people were not interviewed.

    Attributes
    ----------
    column
        Column of the reasons.
    kinds
        Label of it → exit, non-response or asked, and its name for readers or None.
    absorbing
        Names of exits without a way back; None for those that nobody came back from.
    """

    column: str
    kinds: Mapping[str, tuple[str, Label | None]]
    absorbing: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class MoveTable:
    """`[move]`: how people are followed over the waves.

    Attributes
    ----------
    items
        Names of the items, in order.
    waves
        The waves to use; empty for all.
    classes
        The number of classes decided on, or None where the recommended one is used.
    compare
        Numbers of classes that are fitted and compared; holds `classes`.
    latent
        Whether classes are fitted at all, or observed states only.
    transitions
        ``"free"``, ``"constant"`` or ``"rate"``.
    form
        ``"plain"``, ``"mover_stayer"`` or ``"random_intercept"``.
    initial, transition
        Right-hand sides of formulas for the first class and for moving, or None.
    transition_at
        ``"end"`` or ``"start"``: which end of a step a changing column of `transition` is taken at.
    weight
        ``"panel"`` or ``"none"``; None where it is not said.
    only_weighted
        People without a panel weight are left out.
    where
        People to follow, or None for all.
    starts
        Random starts per round.
    order
        ``"severity"`` or ``"size"``.
    se
        opg, hessian, robust or design; None for design where there is one, else robust.
    dirichlet
        Weight of the prior, in pseudo-observations; 0 for none.
    small_cells
        ``"dirichlet"`` or ``"flag"``.
    draws, excess_replicates
        Draws of paths, and bootstrap replicates for the apparent excess.
    compare_steps
        Whether one transition table for all steps is tested against one for each.
    measurement
        Whether equal, partly free and free measurement over the waves are compared.
    three_steps
        Whether movement is fitted in three steps as well.
    circumstances
        Name of a circumstance → condition, and what readers see or None.
    asked
        Rows that are interviews, or None.
    dropout
        Why people were not interviewed, or None.
    observed, by
        Item whose states are followed as they were answered, and groups of people beside each
        other; or None.
    lot
        Whether the groups were made by lot; in words what was given by lot.
    """

    items: tuple[str, ...]
    classes: int | None
    compare: tuple[int, ...]
    latent: bool = True
    waves: tuple[str, ...] = ()
    transitions: str = "free"
    form: str = "plain"
    initial: str | None = None
    transition: str | None = None
    transition_at: str = "end"
    weight: str | None = None
    only_weighted: bool = False
    where: str | None = None
    starts: int = 50
    order: str = "severity"
    se: str | None = None
    dirichlet: float = 0.0
    small_cells: str = "dirichlet"
    draws: int = 200
    excess_replicates: int = 0
    compare_steps: bool = True
    measurement: bool = False
    three_steps: bool = False
    circumstances: Mapping[str, tuple[str, Label | None]] = field(default_factory=dict)
    asked: str | None = None
    dropout: DropOutTable | None = None
    observed: str | None = None
    by: str | None = None
    lot: bool | Label = False


@dataclass(frozen=True, slots=True)
class ConveneTable:
    """`[convene]`: which panel meetings count, and how they are read.

    Attributes
    ----------
    meetings
        Folders of frozen meetings within the study folder; empty for every one in `panels/`.
    rule, places
        Rule and number of places in place of those of each vote, or None.
    chance
        Whether it is said how firmly a theme holds its place.
    draws
        Meetings drawn for that, or None for the program's own number.
    random_draws
        Whether the panels were drawn at random, so that differences may be tested.
    mapping
        File that says which themes of the panels are alike, or None for the meetings' own.
    texts
        ``"released"`` or ``"none"``: whose words are printed.
    """

    meetings: tuple[str, ...] = ()
    rule: str | None = None
    places: int | None = None
    chance: bool = True
    draws: int | None = None
    random_draws: bool = False
    mapping: str | None = None
    texts: str = "released"


@dataclass(frozen=True, slots=True)
class GroupTable:
    """One main group of `[groups]`.

    Attributes
    ----------
    name
        Key of the group, such as ``excluded``.
    ranks
        Severity ranks of the classes in it; 1 is the least severe.
    label
        What readers see, or None for the program's own name.
    wave_labels
        Wave → what readers see in that wave, where it differs.
    """

    name: str
    ranks: tuple[int, ...]
    label: Label | None = None
    wave_labels: Mapping[str, Label] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReportTable:
    """`[report]`: what is published.

    Attributes
    ----------
    sections
        Names of the sections, in order; empty for all.
    formats
        Formats that are written.
    profile
        Document profile, such as ``"report"``.
    threshold
        Smallest number of people a published cell may rest on.
    """

    sections: tuple[str, ...] = ()
    formats: tuple[str, ...] = ("html", "pdf")
    profile: str = "report"
    threshold: int = 5


@dataclass(frozen=True, slots=True)
class Study:
    """A study as its folder says it is.

    Attributes
    ----------
    folder
        The study folder.
    title
        Title per language.
    subtitle, aim, asked_by
        Further words for the first page per language, or None.
    authors
        Names of those who answer for the report.
    language
        ``"da"`` or ``"en"``: the language of the report.
    seed
        Seed of all random numbers.
    frame
        households, population or other: whom the sample could reach.
    frame_text
        The frame in the study's own words, or None.
    data
        Name → data file.
    waves, dimensions, items
        In the order of `study.toml`.
    design
        How the sample was drawn.
    labels
        Category → what readers see, for all items.
    measure, groups, report
        What the stages are asked for; `groups` is empty where none are named.
    move
        How people are followed over the waves, or None where nobody is.
    convene
        Which panel meetings count, or None where none does.
    source
        The parsed text, for hashing.
    lines
        Where each key stands.
    """

    folder: FilePath
    title: Label
    subtitle: Label | None
    aim: Label | None
    asked_by: Label | None
    authors: tuple[str, ...]
    language: str
    seed: int
    frame: str
    frame_text: Label | None
    data: Mapping[str, DataTable]
    waves: Mapping[str, WaveTable]
    design: DesignTable
    dimensions: Mapping[str, DimensionTable]
    items: Mapping[str, ItemTable]
    labels: Mapping[str, Label]
    measure: MeasureTable
    move: MoveTable | None
    convene: ConveneTable | None
    groups: tuple[GroupTable, ...]
    report: ReportTable
    source: Mapping[str, object] = field(repr=False)
    lines: Lines = field(repr=False)

    @property
    def surveys(self) -> bool:
        """Whether answers are read at all; not in a study of panel meetings alone."""
        return self.convene is None or not panels_alone(self.source)

    @property
    def measures(self) -> bool:
        """Whether groups are measured at all; not where observed states are followed alone."""
        followed = self.move is not None and self.move.observed is not None
        return self.surveys and ("measure" in self.source or not followed)

    def label(self, item: str, category: str) -> Label | None:
        """Give what readers see for a category of an item, where the study says it."""
        return self.items[item].labels.get(category) or self.labels.get(category)


#: Tables that speak of people who answered; a study without any of them is panel meetings alone.
_OF_SURVEYS: Final = frozenset({"data", "waves", "design", "items", "measure", "move", "groups"})


def panels_alone(source: Mapping[str, object]) -> bool:
    """Whether a study, as it is written, consists of panel meetings and of nothing else.

    Examples
    --------
    >>> panels_alone({"study": {}, "convene": {}}), panels_alone({"convene": {}, "data": {}})
    (True, False)
    """
    return "convene" in source and not _OF_SURVEYS & set(source)
