"""What did people answer? Files, waves, labels, missing answers, items and the sampling design."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vendepunkt.data.describe import Description, describe
from vendepunkt.data.formats import READERS, Value
from vendepunkt.data.identity import Wave
from vendepunkt.data.items import ITEM_KINDS, Indicator, ItemDefinition, step_scores
from vendepunkt.data.missing import Offer, Reason
from vendepunkt.data.panel_build import panel
from vendepunkt.data.panel_tables import items_by_wave, leavers, retention
from vendepunkt.data.panel_waves import REASON_KINDS, Panel, observed
from vendepunkt.data.reading import read_survey
from vendepunkt.data.survey import Survey
from vendepunkt.data.variables import KINDS, Variable
from vendepunkt.data.weights import (
    Candidate,
    design_candidates,
    drawn_rows,
    unused_weights,
    weight_candidates,
)
from vendepunkt.data.where import rows_where

if TYPE_CHECKING:
    from vendepunkt.data.design import Design

__all__ = [
    "ITEM_KINDS",
    "KINDS",
    "READERS",
    "REASON_KINDS",
    "Candidate",
    "Description",
    "Design",
    "Indicator",
    "ItemDefinition",
    "Offer",
    "Panel",
    "Reason",
    "Survey",
    "Value",
    "Variable",
    "Wave",
    "describe",
    "design_candidates",
    "drawn_rows",
    "items_by_wave",
    "leavers",
    "observed",
    "panel",
    "read_survey",
    "retention",
    "rows_where",
    "step_scores",
    "unused_weights",
    "weight_candidates",
]


def __getattr__(name: str) -> Any:
    """Load the design on first use: it brings the numerics with it."""
    if name == "Design":
        from vendepunkt.data.design import Design

        return Design
    raise AttributeError(name)
