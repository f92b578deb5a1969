"""What a user can decide about movement: checked once, at the door."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from vendepunkt.measure import GroupOptions, MeasureOptions
from vendepunkt.terms import UsageError, choose

TRANSITIONS = ("free", "constant", "rate")
FORMS = ("plain", "mover_stayer", "random_intercept")
#: What is done for transitions that rest on few people.
SMALL_CELLS = ("dirichlet", "flag")


@dataclass(frozen=True, slots=True)
class MoveOptions:
    """Everything the stage ``move`` can be asked for.

    Attributes
    ----------
    classes
        Numbers of classes to fit, rising.
    chosen
        Number of classes the user decided on; None follows the recommendation and says so.
    transitions
        ``free``: a transition matrix of its own for each step. ``constant``: one for all steps.
        ``rate``: intensities per year, for waves of unequal distance.
    form
        ``plain``; ``mover_stayer`` (some never move); ``random_intercept`` (stable differences
        between people beside movement, three waves or more).
    starts, max_rounds, seed
        Random starts a round, most rounds, and the seed.
    order
        Order of the classes in tables: by ``size`` (largest first) or by ``severity``.
    se
        Kind of standard errors; None is ``design`` with a design and ``robust`` without.
    conf_level
        Level of the intervals, between 0.5 and 1.
    dirichlet
        Weak prior: pseudo-observations per item and class, and per row of transitions; 0 is
        maximum likelihood.
    small_cells
        Interval of a transition under ten expected people, or nearer than .02 to 0 or 1:
        ``dirichlet`` takes it from a refit with a weak prior on the row, named as such; ``flag``
        gives none.
    groups
        Which severity ranks make which main group, and what they are called.
    draws
        Draws of everybody's class path, for the density of severity change.
    compare_transitions
        Test one matrix for all steps against one for each, with three waves or more.
    measurement
        Compare measurement equal over waves with partly free and free.
    excess_replicates
        Bootstrap replicates for the interval of the apparent excess, 2 or more; 0: no interval.
    dropout
        Model who leaves: reasons, destinations, and the tipping-point table.
    three_steps
        Fit the movement in three steps as well, beside the model of all waves at once.

    Examples
    --------
    >>> MoveOptions(classes=(3,)).transitions
    'free'
    >>> MoveOptions(transitions="rates")
    Traceback (most recent call last):
        ...
    vendepunkt.terms.errors.UsageError: transitions is 'rates'. Allowed: free, constant, rate. \
Try: transitions rate.
    """

    classes: tuple[int, ...] = (2, 3, 4, 5)
    chosen: int | None = None
    transitions: str = "free"
    form: str = "plain"
    starts: int = 50
    max_rounds: int = 10
    seed: int = 0
    order: str = "severity"
    se: str | None = None
    conf_level: float = 0.95
    dirichlet: float = 0.0
    small_cells: str = "dirichlet"
    groups: GroupOptions = field(default_factory=GroupOptions)
    draws: int = 200
    compare_transitions: bool = True
    measurement: bool = False
    excess_replicates: int = 0
    dropout: bool = False
    three_steps: bool = False

    def __post_init__(self) -> None:
        choose(self.transitions, TRANSITIONS, "transitions")
        choose(self.form, FORMS, "form")
        choose(self.small_cells, SMALL_CELLS, "small_cells")
        # What both stages are asked for is checked in one place.
        MeasureOptions(
            classes=self.classes,
            chosen=self.chosen,
            starts=self.starts,
            max_rounds=self.max_rounds,
            seed=self.seed,
            order=self.order,
            se=self.se,
            conf_level=self.conf_level,
            dirichlet=self.dirichlet,
        )
        for name, low, high in (("draws", 1, 100_000), ("excess_replicates", 0, 100_000)):
            value = getattr(self, name)
            if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
                raise UsageError(
                    f"bad_{name}",
                    f"{name} is {value!r}.",
                    allowed=f"a whole number from {low} to {high}",
                )
        if self.excess_replicates == 1:
            raise UsageError(
                "bad_excess_replicates",
                "excess_replicates is 1.",
                allowed="0 for no interval, or 2 and more",
                try_="excess_replicates 100",
            )

    def as_call(self) -> dict[str, Any]:
        """Give the options as plain values, for the provenance of a result."""
        call: dict[str, Any] = {}
        for item in fields(self):
            value = getattr(self, item.name)
            if isinstance(value, GroupOptions):
                value = {part.name: _plain(getattr(value, part.name)) for part in fields(value)}
            call[item.name] = _plain(value)
        return call


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(inner) for inner in value]
    return value
