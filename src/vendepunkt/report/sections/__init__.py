"""Sections: one file per part of a report, each a function from a context to blocks.

A new section is one file here and one line in :data:`SECTIONS`; `study.toml` can then name it.
"""

from __future__ import annotations

from typing import Final

from vendepunkt.report.compose import Section
from vendepunkt.report.sections.answers import answers
from vendepunkt.report.sections.checklist import checklist
from vendepunkt.report.sections.class_choice import class_choice
from vendepunkt.report.sections.equality import equality
from vendepunkt.report.sections.front import front
from vendepunkt.report.sections.groups import groups
from vendepunkt.report.sections.method import method
from vendepunkt.report.sections.movements import movements
from vendepunkt.report.sections.panels import panels
from vendepunkt.report.sections.profile import profile
from vendepunkt.report.sections.provenance import provenance
from vendepunkt.report.sections.statements import statements
from vendepunkt.report.sections.uncertainty import uncertainty

#: Name in ``[report] sections`` to section, in the order of a whole report.
SECTIONS: Final[dict[str, Section]] = {
    "front": front,
    "statements": statements,
    "groups": groups,
    "profile": profile,
    "movements": movements,
    "panels": panels,
    "uncertainty": uncertainty,
    "class_choice": class_choice,
    "equality": equality,
    "method": method,
    "answers": answers,
    "provenance": provenance,
    "checklist": checklist,
}

#: Movable, but never removable: the first page, and what the software says by itself.
REQUIRED: Final = ("front", "statements")
