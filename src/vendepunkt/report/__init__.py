"""Who may read it? From results to a report that people can read, hear, print and trust."""

from vendepunkt.report.blocks import (
    HIDDEN,
    Block,
    Box,
    Bullets,
    Cell,
    Column,
    Contents,
    Document,
    Estimate,
    Figure,
    Heading,
    Hidden,
    Note,
    Paragraph,
    Row,
    Statement,
    Table,
)
from vendepunkt.report.compose import About, Context, Method, Section, compose
from vendepunkt.report.inline import FORMATS, literal, ref
from vendepunkt.report.sections import SECTIONS
from vendepunkt.report.sections.marks import mark_refs
from vendepunkt.report.sheets import (
    CodeSlip,
    CodeSlips,
    IdeaSlips,
    PaperBallots,
    Poster,
    Sheet,
    print_sheets,
)
from vendepunkt.report.write import check_format, write_report

__all__ = [
    "FORMATS",
    "HIDDEN",
    "SECTIONS",
    "About",
    "Block",
    "Box",
    "Bullets",
    "Cell",
    "CodeSlip",
    "CodeSlips",
    "Column",
    "Contents",
    "Context",
    "Document",
    "Estimate",
    "Figure",
    "Heading",
    "Hidden",
    "IdeaSlips",
    "Method",
    "Note",
    "PaperBallots",
    "Paragraph",
    "Poster",
    "Row",
    "Section",
    "Sheet",
    "Statement",
    "Table",
    "check_format",
    "compose",
    "literal",
    "mark_refs",
    "print_sheets",
    "ref",
    "write_report",
]
