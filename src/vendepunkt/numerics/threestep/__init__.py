"""Movement in three steps: what the classes are, where people are placed, how they move."""

from vendepunkt.numerics.threestep.assignment import Assignment, assign
from vendepunkt.numerics.threestep.bch import CorrectedTable, corrected_table
from vendepunkt.numerics.threestep.checks import three_step_notices
from vendepunkt.numerics.threestep.estimates import ThreeStepEstimates, three_step_estimates
from vendepunkt.numerics.threestep.fit import ThreeStep, three_step
from vendepunkt.numerics.threestep.invariance import Invariance
from vendepunkt.numerics.threestep.measurement import WaveMeasurement, measure_waves
from vendepunkt.numerics.threestep.replicates import (
    ThreeStepReplicates,
    three_step_again,
    three_step_replicates,
)

__all__ = [
    "Assignment",
    "CorrectedTable",
    "Invariance",
    "ThreeStep",
    "ThreeStepEstimates",
    "ThreeStepReplicates",
    "WaveMeasurement",
    "assign",
    "corrected_table",
    "measure_waves",
    "three_step",
    "three_step_again",
    "three_step_estimates",
    "three_step_notices",
    "three_step_replicates",
]
