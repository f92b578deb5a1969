"""Ways to place people in classes: one protocol, one module per member."""

from __future__ import annotations

from typing import Final

from vendepunkt.measure.classifiers.latent_classes import LatentClasses
from vendepunkt.measure.classifiers.protocol import Classified, Classifier, Progress
from vendepunkt.measure.classifiers.sum_score import SumScore

#: Every classifier by its name in options.
CLASSIFIERS: Final[dict[str, Classifier]] = {
    "latent_classes": LatentClasses(),
    "sum_score": SumScore(),
}

__all__ = ["CLASSIFIERS", "Classified", "Classifier", "LatentClasses", "Progress", "SumScore"]
