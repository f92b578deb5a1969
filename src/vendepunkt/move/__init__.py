"""Who moves between the groups? Waves become paths, transitions and directions."""

from vendepunkt.move.answers import fit_answer, plain_answer
from vendepunkt.move.choice import MoveChoice
from vendepunkt.move.circumstance import Circumstance, CircumstanceChange, circumstance_change
from vendepunkt.move.constancy import Constancy
from vendepunkt.move.covariates import TimeCovariates
from vendepunkt.move.crosssection import CrossSection
from vendepunkt.move.dropout import DropOut
from vendepunkt.move.excess import Excess
from vendepunkt.move.ground import DIRECTIONS, Cells, Ground
from vendepunkt.move.invariance import Invariance
from vendepunkt.move.material import MoveMaterial
from vendepunkt.move.model import MoveModel
from vendepunkt.move.movement import Movement
from vendepunkt.move.observed import ObservedMovement, observed_movement
from vendepunkt.move.observed_groups import PersonGroups, person_groups
from vendepunkt.move.observed_refs import slug
from vendepunkt.move.options import FORMS, SMALL_CELLS, TRANSITIONS, MoveOptions
from vendepunkt.move.pictures import alluvial_table, names_by_wave, transition_table
from vendepunkt.move.severity_change import SeverityChange
from vendepunkt.move.stage import move
from vendepunkt.move.within import Within

__all__ = [
    "DIRECTIONS",
    "FORMS",
    "SMALL_CELLS",
    "TRANSITIONS",
    "Cells",
    "Circumstance",
    "CircumstanceChange",
    "Constancy",
    "CrossSection",
    "DropOut",
    "Excess",
    "Ground",
    "Invariance",
    "MoveChoice",
    "MoveMaterial",
    "MoveModel",
    "MoveOptions",
    "Movement",
    "ObservedMovement",
    "PersonGroups",
    "SeverityChange",
    "TimeCovariates",
    "Within",
    "alluvial_table",
    "circumstance_change",
    "fit_answer",
    "move",
    "names_by_wave",
    "observed_movement",
    "person_groups",
    "plain_answer",
    "slug",
    "transition_table",
]
