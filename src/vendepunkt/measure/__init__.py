"""Who is how excluded? Indicators become classes, classes become main groups, with uncertainty."""

from vendepunkt.measure.answers import plain_answer
from vendepunkt.measure.asked import Asked
from vendepunkt.measure.choice import CRITERIA, PRINTED, Choice
from vendepunkt.measure.classification import Classification
from vendepunkt.measure.classifiers import CLASSIFIERS, Classifier, Progress
from vendepunkt.measure.compare import Comparison, compare
from vendepunkt.measure.criteria import average_posterior
from vendepunkt.measure.equality import Equality, EqualityModel
from vendepunkt.measure.estimates import severities, shares
from vendepunkt.measure.groups import MainGroup, MainGroups
from vendepunkt.measure.material import Covariates, Material
from vendepunkt.measure.measurement import Measurement
from vendepunkt.measure.model import ClassModel
from vendepunkt.measure.naming import LARGEST_EXCLUDED
from vendepunkt.measure.options import GroupOptions, MeasureOptions, SumScoreOptions, parse_classes
from vendepunkt.measure.pictures import (
    CERTAINTY_BINS,
    certainty_counts,
    profile_table,
    share_table,
    spectrum_counts,
    spectrum_edges,
)
from vendepunkt.measure.severity import Severity
from vendepunkt.measure.stage import measure
from vendepunkt.measure.words import Said

__all__ = [
    "CERTAINTY_BINS",
    "CLASSIFIERS",
    "CRITERIA",
    "LARGEST_EXCLUDED",
    "PRINTED",
    "Asked",
    "Choice",
    "ClassModel",
    "Classification",
    "Classifier",
    "Comparison",
    "Covariates",
    "Equality",
    "EqualityModel",
    "GroupOptions",
    "MainGroup",
    "MainGroups",
    "Material",
    "MeasureOptions",
    "Measurement",
    "Progress",
    "Said",
    "Severity",
    "SumScoreOptions",
    "average_posterior",
    "certainty_counts",
    "compare",
    "measure",
    "parse_classes",
    "plain_answer",
    "profile_table",
    "severities",
    "share_table",
    "shares",
    "spectrum_counts",
    "spectrum_edges",
]
