"""Reporting checklists, filled in from the results; what nothing answers is listed as open.

References
----------
van de Schoot, R., Sijbrandij, M., Winter, S. D., Depaoli, S., & Vermunt, J. K. (2017). The
GRoLTS-Checklist. Structural Equation Modeling, 24(3), 451–467.
https://doi.org/10.1080/10705511.2016.1247646

von Elm, E., Altman, D. G., Egger, M., Pocock, S. J., Gøtzsche, P. C., & Vandenbroucke, J. P.
(2007). The STROBE statement. PLoS Medicine, 4(10), e296.
https://doi.org/10.1371/journal.pmed.0040296
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from vendepunkt.language import listed, text
from vendepunkt.report.blocks import Block, Column, Heading, Paragraph, Row, Table
from vendepunkt.report.compose import Context

#: The numbers of the items of each list.
ITEMS: Final[dict[str, tuple[str, ...]]] = {
    "grolts": (
        "1", "2", "3a", "3b", "3c", "4", "5", "6a", "6b", "7", "8",
        "9", "10", "11", "12", "13", "14a", "14b", "14c", "15", "16",
    ),
    "strobe": tuple(str(number) for number in range(1, 23)),
}  # fmt: skip

#: Items of GRoLTS that ask about time and so have no answer where people were asked once.
_ABOUT_TIME: Final = ("grolts.1", "grolts.2", "grolts.7", "grolts.14c")


def checklist(context: Context) -> Sequence[Block]:
    """Give the GRoLTS and STROBE lists with the answers the results hold."""
    language = context.language
    answers = _known(context) | dict(context.checklist)
    return [
        Heading(text("report.checklist.heading", language)),
        Paragraph(text("report.checklist.lead", language)),
        *(_list(context, name, answers) for name in ITEMS),
    ]


def _list(context: Context, name: str, answers: dict[str, str]) -> Table:
    language = context.language

    def said(key: str) -> str:
        return text(f"report.checklist.{key}", language)

    rows = tuple(
        Row(
            (
                number,
                text(f"checklist.{name}.{number}", language),
                answers.get(f"{name}.{number}") or said("open"),
            )
        )
        for number in ITEMS[name]
    )
    return Table(
        f"checklist-{name}",
        said(name),
        (
            Column("number", said("number")),
            Column("item", said("item")),
            Column("answer", said("answer")),
        ),
        rows,
        context.door.without_people(f"checklist-{name}"),
        source=said(f"{name}_source"),
        appendix=True,
    )


def _known(context: Context) -> dict[str, str]:
    """Answer what the context itself says; results add theirs."""
    language, about, made = context.language, context.about, context.method
    version = context.provenance.versions.get("vendepunkt", "")
    limits = text(
        "checklist.answer.statements",
        language,
        heading=text("report.statements.heading", language),
    )
    method = text(
        "checklist.answer.method", language, heading=text("report.method.heading", language)
    )
    base = text(f"report.base.{'weighted' if made.weighted else 'unweighted'}", language)
    waves = [f"{wave}: {when}" for wave, when in about.waves.items() if when]
    known = {
        "grolts.3c": made.missing,
        "grolts.5": text("checklist.answer.software", language, version=version),
        "grolts.16": text("checklist.answer.syntax", language),
        "strobe.4": made.design,
        "strobe.5": listed(waves, language),
        "strobe.6": about.frame,
        "strobe.8": about.source,
        "strobe.12": method,
        "strobe.19": limits,
        "strobe.21": base[0].upper() + base[1:],
        "strobe.22": about.asked_by,
    }
    if len(about.waves) < 2:
        known |= dict.fromkeys(_ABOUT_TIME, text("report.checklist.not_relevant", language))
    return known
