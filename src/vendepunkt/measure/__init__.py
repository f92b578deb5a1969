"""Who is how excluded? Indicators become classes, classes become main groups, with uncertainty."""

from vendepunkt.measure.answers import plain_answer
from vendepunkt.measure.asked import Asked
from vendepunkt.measure.choice import Choice
from vendepunkt.measure.classification import Classification
from vendepunkt.measure.classifiers import CLASSIFIERS, Classifier, Progress
from vendepunkt.measure.compare import Comparison, compare
from vendepunkt.measure.groups import MainGroup, MainGroups
from vendepunkt.measure.material import Covariates, Material
from vendepunkt.measure.measurement import Measurement
from vendepunkt.measure.model import ClassModel
from vendepunkt.measure.options import GroupOptions, MeasureOptions, SumScoreOptions, parse_classes
from vendepunkt.measure.severity import Severity
from vendepunkt.measure.stage import measure

__all__ = [
    "CLASSIFIERS",
    "Asked",
    "Choice",
    "ClassModel",
    "Classification",
    "Classifier",
    "Comparison",
    "Covariates",
    "GroupOptions",
    "MainGroup",
    "MainGroups",
    "Material",
    "MeasureOptions",
    "Measurement",
    "Progress",
    "Severity",
    "SumScoreOptions",
    "compare",
    "measure",
    "parse_classes",
    "plain_answer",
]
