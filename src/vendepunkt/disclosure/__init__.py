"""The one exit: what may leave, which cells are held back, and the proof that they stay unknown."""

from vendepunkt.disclosure.audit import Audit, audit
from vendepunkt.disclosure.door import ClassProtection, Clearance, Door, Release
from vendepunkt.disclosure.linked import LinkedCounts
from vendepunkt.disclosure.rules import MINIMUM_THRESHOLD, Rules
from vendepunkt.disclosure.suppression import Protection, protect
from vendepunkt.disclosure.system import CountSystem, Totals, of_table

__all__ = [
    "MINIMUM_THRESHOLD",
    "Audit",
    "ClassProtection",
    "Clearance",
    "CountSystem",
    "Door",
    "LinkedCounts",
    "Protection",
    "Release",
    "Rules",
    "Totals",
    "audit",
    "of_table",
    "protect",
]
