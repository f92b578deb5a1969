"""What did people answer? Files, waves, labels, missing answers, items and the sampling design."""

from __future__ import annotations

from vendepunkt.data.design import Design
from vendepunkt.data.formats import READERS, Value
from vendepunkt.data.identity import Wave
from vendepunkt.data.items import ITEM_KINDS, Indicator, ItemDefinition
from vendepunkt.data.missing import Offer, Reason
from vendepunkt.data.reading import read_survey
from vendepunkt.data.survey import Survey
from vendepunkt.data.variables import KINDS, Variable

__all__ = [
    "ITEM_KINDS",
    "KINDS",
    "READERS",
    "Design",
    "Indicator",
    "ItemDefinition",
    "Offer",
    "Reason",
    "Survey",
    "Value",
    "Variable",
    "Wave",
    "read_survey",
]
