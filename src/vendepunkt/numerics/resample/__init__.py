"""Variance by replicate weights, and replicate weights made from a design."""

from vendepunkt.numerics.resample.make import make_replicates
from vendepunkt.numerics.resample.replicates import (
    REPLICATE_TYPES,
    ReplicateWeights,
    read_replicates,
)
from vendepunkt.numerics.resample.variance import influence_variance, replicate_variance

__all__ = [
    "REPLICATE_TYPES",
    "ReplicateWeights",
    "influence_variance",
    "make_replicates",
    "read_replicates",
    "replicate_variance",
]
