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
    "Column",
    "Contents",
    "Context",
    "Document",
    "Estimate",
    "Figure",
    "Heading",
    "Hidden",
    "Method",
    "Note",
    "Paragraph",
    "Row",
    "Section",
    "Statement",
    "Table",
    "check_format",
    "compose",
    "literal",
    "mark_refs",
    "ref",
    "write_report",
]
