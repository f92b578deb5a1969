"""What every classifier must be able to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from vendepunkt.measure.classification import Classification
from vendepunkt.measure.material import Material
from vendepunkt.measure.options import MeasureOptions
from vendepunkt.terms import Notice

if TYPE_CHECKING:
    from vendepunkt.measure.choice import Choice
    from vendepunkt.measure.continuum import Continuum
    from vendepunkt.measure.dependence import LocalDependence
    from vendepunkt.measure.model import ClassModel

#: Called with what is being done and the fraction done, 0 to 1.
Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Classified:
    """What a classifier found.

    Attributes
    ----------
    classification
        The classes, in the order the classifier made them.
    notices
        What it says of its own accord.
    converged
        False when the estimates did not reach a maximum.
    models
        Every number of classes fitted; empty for a rule.
    chosen
        Position of the used one in `models`.
    choice, continuum, dependence
        The comparison of the numbers of classes; of ordered with free classes; of shares with
        and without direct effects. None where not asked for or not meant.
    """

    classification: Classification
    notices: tuple[Notice, ...] = ()
    converged: bool = True
    models: tuple[ClassModel, ...] = field(default=())
    chosen: int = 0
    choice: Choice | None = None
    continuum: Continuum | None = None
    dependence: LocalDependence | None = None


class Classifier(Protocol):
    """A way to place people in classes by their answers."""

    @property
    def name(self) -> str:
        """Name in options, and key ``measure.classifier.<name>`` of the catalogues."""

    @property
    def sources(self) -> tuple[str, ...]:
        """What to cite for the method."""

    def classify(
        self, material: Material, options: MeasureOptions, progress: Progress | None = None
    ) -> Classified:
        """Place everybody."""
