"""What a user can decide about the measurement: checked once, at the door."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from vendepunkt.terms import UsageError, choose

ORDERS = ("size", "severity")
MISSING = ("fiml", "listwise")
STANDARD_ERRORS = ("opg", "hessian", "robust", "design")
ROLES = ("majority", "at_risk", "excluded")
#: As many as there are letters for groups.
MOST_CLASSES = 26


@dataclass(frozen=True, slots=True)
class SumScoreOptions:
    """How the sum score counts deprivation.

    Attributes
    ----------
    deprived_from
        Category of an item from which on (towards bad) an answer counts as deprived;
        items not named count as deprived in their worst category.
    cutoffs
        Rising scores that part the groups: a score below the first is rank 1.
        The score is the sum over dimensions of the share of answered items that are deprived,
        so it runs from 0 to the number of dimensions.
    """

    deprived_from: Mapping[str, str] = field(default_factory=dict)
    cutoffs: tuple[float, ...] = (1.0, 2.0)

    def __post_init__(self) -> None:
        rising = all(a < b for a, b in zip(self.cutoffs, self.cutoffs[1:], strict=False))
        if not self.cutoffs or not rising or self.cutoffs[0] <= 0:
            raise UsageError(
                "bad_cutoffs",
                f"cutoffs is {list(self.cutoffs)}.",
                allowed="rising numbers above 0",
                try_="cutoffs = [1, 2]",
            )


@dataclass(frozen=True, slots=True)
class GroupOptions:
    """Which severity ranks make which main group, and what the groups are called.

    Attributes
    ----------
    ranks
        Role (majority, at_risk, excluded, or names of one's own) to severity ranks, where 1 is
        the least severe class. Empty: every class is a group of its own.
    names
        Wave (or ``""`` for every wave), then language, then role, to the name printed.
        A name is used only where the conditions for naming hold.
    wave
        Wave the measurement is of, whose names are used; ``""`` for none.
    """

    ranks: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    names: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)
    wave: str = ""


@dataclass(frozen=True, slots=True)
class MeasureOptions:
    """Everything the stage ``measure`` can be asked for.

    Attributes
    ----------
    classes
        Numbers of classes to fit, rising.
    chosen
        Number of classes the user decided on; None follows the recommendation and says so.
    classifier
        A member of :data:`vendepunkt.measure.classifiers.CLASSIFIERS`.
    starts, max_rounds, seed
        Random starts a round, most rounds, and the seed.
    order
        Order of the classes in tables: by ``size`` (largest first) or by ``severity``.
    missing
        ``fiml`` uses every answer given; ``listwise`` drops rows with any missing answer.
    se
        Kind of standard errors; None is ``design`` with a design and ``robust`` without.
    blrt, blrt_starts
        Bootstrap replicates (0: no test) and starts in each.
    direct_effects
        Pairs of items that depend on each other within classes, part of the model.
    local_dependence
        Refit with direct effects for the pairs with the largest residuals.
    continuum
        Fit ordered classes as well and say whether the groups are cuts on one spectrum.
    dirichlet
        Weak prior: pseudo-observations per item and class; 0 is maximum likelihood.
    conf_level
        Level of the intervals, between 0.5 and 1.
    groups, sum_score
        Options of the main groups and of the sum score.

    Examples
    --------
    >>> MeasureOptions(classes=(1, 2, 3)).classes
    (1, 2, 3)
    >>> MeasureOptions(order="sizes")
    Traceback (most recent call last):
        ...
    vendepunkt.terms.errors.UsageError: order is 'sizes'. Allowed: size, severity. Try: order size.
    """

    classes: tuple[int, ...] = (1, 2, 3, 4, 5, 6)
    chosen: int | None = None
    classifier: str = "latent_classes"
    starts: int = 50
    max_rounds: int = 10
    seed: int = 0
    order: str = "size"
    missing: str = "fiml"
    se: str | None = None
    blrt: int = 0
    blrt_starts: int = 10
    direct_effects: tuple[tuple[str, str], ...] = ()
    local_dependence: bool = False
    continuum: bool = False
    dirichlet: float = 0.0
    conf_level: float = 0.95
    groups: GroupOptions = field(default_factory=GroupOptions)
    sum_score: SumScoreOptions = field(default_factory=SumScoreOptions)

    def __post_init__(self) -> None:
        from vendepunkt.measure.classifiers import CLASSIFIERS

        choose(self.classifier, tuple(CLASSIFIERS), "classifier")
        choose(self.order, ORDERS, "order")
        choose(self.missing, MISSING, "missing")
        if self.se is not None:
            choose(self.se, STANDARD_ERRORS, "se")
        _within(self.starts, 1, 100_000, "starts")
        _within(self.max_rounds, 1, 1_000, "max_rounds")
        _within(self.blrt, 0, 100_000, "blrt")
        _within(self.blrt_starts, 1, 10_000, "blrt_starts")
        _within(self.seed, 0, 2**63 - 1, "seed")
        self._check_classes()
        if not 0.5 < self.conf_level < 1:
            raise UsageError(
                "bad_conf_level",
                f"conf_level is {self.conf_level}.",
                allowed="between 0.5 and 1",
                try_="conf_level = 0.95",
            )
        if not 0 <= self.dirichlet < float("inf"):
            raise UsageError(
                "bad_dirichlet",
                f"dirichlet is {self.dirichlet}.",
                allowed="0 or more",
                try_="dirichlet = 1",
            )

    def _check_classes(self) -> None:
        rising = all(a < b for a, b in zip(self.classes, self.classes[1:], strict=False))
        if (
            not self.classes
            or not rising
            or not 1 <= self.classes[0] <= self.classes[-1] <= MOST_CLASSES
        ):
            raise UsageError(
                "bad_classes",
                f"classes is {','.join(map(str, self.classes)) or 'empty'}.",
                allowed=f"whole numbers from 1 to {MOST_CLASSES}, rising",
                try_="classes = 3, or 1-6",
            )
        if self.chosen is not None and self.chosen not in self.classes:
            raise UsageError(
                "bad_classes",
                f"The chosen number of classes, {self.chosen}, is not among those fitted.",
                allowed=", ".join(map(str, self.classes)),
            )

    def as_call(self) -> dict[str, Any]:
        """Give the options as plain values, for the provenance of a result."""
        call: dict[str, Any] = {}
        for item in fields(self):
            value = getattr(self, item.name)
            if isinstance(value, (GroupOptions, SumScoreOptions)):
                value = {part.name: _plain(getattr(value, part.name)) for part in fields(value)}
            call[item.name] = _plain(value)
        return call


def parse_classes(text: str) -> tuple[int, ...]:
    """Read a number of classes or a range of them.

    Parameters
    ----------
    text
        ``"3"``, ``"1-6"`` or ``"2,3,5"``.

    Raises
    ------
    UsageError
        If it is none of these.

    Examples
    --------
    >>> parse_classes("1-4")
    (1, 2, 3, 4)
    """
    try:
        if "-" in text:
            first, last = (int(part) for part in text.split("-"))
            # An upper bound before the range is made: "1-999999999" must not fill the memory.
            numbers = tuple(range(first, min(last, MOST_CLASSES + 1) + 1))
        else:
            numbers = tuple(sorted({int(part) for part in text.split(",")}))
    except ValueError:
        numbers = ()
    if not numbers or numbers[0] < 1 or numbers[-1] > MOST_CLASSES:
        raise UsageError(
            "bad_classes",
            f"classes is {text!r}.",
            allowed=f"a whole number from 1 to {MOST_CLASSES}, a range, or a list",
            try_="3, 1-6 or 2,3,5",
        )
    return numbers


def _within(value: object, low: int, high: int, what: str) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise UsageError(
            f"bad_{what}", f"{what} is {value!r}.", allowed=f"a whole number from {low} to {high}"
        )


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(inner) for inner in value]
    return value
