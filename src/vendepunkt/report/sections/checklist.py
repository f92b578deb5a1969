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

from vendepunkt.language import listed, number, text
from vendepunkt.measure import Measurement
from vendepunkt.report.blocks import Block, Column, Heading, Paragraph, Row, Table
from vendepunkt.report.compose import Context
from vendepunkt.report.inline import literal
from vendepunkt.report.sections.measured import base, measured
from vendepunkt.report.sections.movement_seen import moved
from vendepunkt.report.sections.observed_seen import observed_movement

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


#: Where the words of a section's heading stand.
_HEADINGS: Final = {
    "groups": "measure.page.groups.heading",
    "answers": "measure.page.answers.heading",
    "uncertainty": "measure.page.uncertainty.heading",
    "profile": "measure.page.profile.heading",
    "class_choice": "measure.page.choice.heading",
    "method": "report.method.heading",
    "statements": "report.statements.heading",
}

#: Items that the program could know of but does not study.
_NOT_STUDIED: Final = ("grolts.3b", "strobe.9")

#: Types of items whose answers are categories, so that nothing varies within a class but chance.
_CATEGORIES: Final = frozenset({"binary", "nominal", "ordinal"})


def checklist(context: Context) -> Sequence[Block]:
    """Give the GRoLTS and STROBE lists with the answers the results hold."""
    language = context.language
    if not context.method.n and not context.checklist:
        return []  # both lists are about people who were asked, not about panels
    answers = _known(context) | dict(context.checklist)
    return [
        Heading(text("report.checklist.heading", language)),
        Paragraph(text("report.checklist.lead", language)),
        *(_list(context, name, answers) for name in ITEMS if name != "grolts" or _latent(context)),
    ]


def _latent(context: Context) -> bool:
    """Whether there is something to say of models with latent classes: not of counted states."""
    found = measured(context)
    if moved(context) is not None or (found is not None and found.model is not None):
        return True
    answered = any(name.startswith("grolts.") for name in context.checklist)
    return answered or observed_movement(context) is None


def _list(context: Context, name: str, answers: dict[str, str]) -> Table:
    language = context.language

    def said(key: str) -> str:
        return text(f"report.checklist.{key}", language)

    rows = tuple(
        Row(
            (
                number,
                text(f"checklist.{name}.{number}", language),
                answers.get(f"{name}.{number}") or said(_left(f"{name}.{number}")),
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


def _left(item: str) -> str:
    """Say why an item has no answer: not studied, for people to write, or unknown."""
    if item in _NOT_STUDIED:
        return "not_studied"
    return "to_write" if item.startswith("strobe.") else "open"


def _known(context: Context) -> dict[str, str]:
    """Answer what the context and the results say; an answer left empty is open."""
    language, about, made = context.language, context.about, context.method
    version = context.provenance.versions.get("vendepunkt", "")
    among = base(context)
    waves = [f"{wave}: {when}" for wave, when in about.waves.items() if when]
    known = {
        "grolts.3c": made.missing,
        "grolts.5": text("checklist.answer.software", language, version=version),
        "grolts.16": text("checklist.answer.syntax", language),
        "strobe.1": text("checklist.answer.front", language) if about.subtitle else "",
        "strobe.3": literal(about.aim) if about.aim else "",
        "strobe.4": _capital(made.design),
        "strobe.5": listed(waves, language),
        "strobe.6": _capital(about.frame),
        "strobe.8": about.source,
        "strobe.12": _see(context, "method"),
        "strobe.13": _see(context, "method"),
        "strobe.19": _see(context, "statements"),
        "strobe.21": _capital(among),
        "strobe.22": about.asked_by,
    }
    if len(about.waves) < 2:
        known |= dict.fromkeys(_ABOUT_TIME, text("report.checklist.not_relevant", language))
    found = measured(context)
    return known if found is None else known | _measured(context, found)


def _measured(context: Context, found: Measurement) -> dict[str, str]:
    """Answer what the measurement says."""
    language = context.language
    known = {
        "grolts.4": _see(context, "answers"),
        "strobe.7": _see(context, "answers"),
        "strobe.15": _see(context, "answers"),
        "strobe.16": _see(context, "groups"),
    }
    if found.model is None:
        return known
    fit, entropy = found.model.fit, found.model.criteria.entropy
    assumed = {"fiml": "not_at_random", "listwise": "completely"}[found.options.missing]
    known |= {
        "grolts.3a": text(f"checklist.answer.{assumed}", language),
        "grolts.14b": text("checklist.answer.chosen_only", language),
        "grolts.10": _see(context, "class_choice"),
        "grolts.11": _models(context, found),
        "grolts.14a": _see(context, "profile"),
        "grolts.15": _see(context, "answers") or _see(context, "groups"),
        "strobe.17": _see(context, "class_choice"),
    }
    if fit.classes > 1:
        known["grolts.9"] = text(
            "checklist.answer.starts",
            language,
            begun=int(fit.starts),
            finished=int(fit.starts_finished),
            best=int(fit.starts_at_best),
            iterations=int(fit.iterations),
        )
    if entropy is not None:
        printed = number(entropy, language, 2)
        known["grolts.13"] = text("checklist.answer.entropy", language, entropy=printed)
    if found.material.covariates is None:
        known["grolts.8"] = text("checklist.answer.no_covariates", language)
    if all(item.kind in _CATEGORIES for item in found.material.indicators):
        none = text("checklist.answer.categories", language)
        known |= {"grolts.6a": none, "grolts.6b": none}
        if "answers" in context.sections:
            heading = text(_HEADINGS["answers"], language)
            known["strobe.11"] = text("checklist.answer.as_asked", language, heading=heading)
    if found.choice is not None and len(found.choice.models) > 1:
        known["grolts.12"] = _see(context, "class_choice")
    return known


def _models(context: Context, found: Measurement) -> str:
    language = context.language
    tried = [model.classes for model in found.choice.models] if found.choice is not None else []
    if len(tried) > 1:
        return text(
            "checklist.answer.models",
            language,
            count=len(tried),
            first=str(min(tried)),
            last=str(max(tried)),
        )
    classes = str(found.classification.classes)
    return text("checklist.answer.one_model", language, classes=classes)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _see(context: Context, section: str) -> str:
    """Point to a section, if the report has it."""
    if section not in context.sections:
        return ""
    heading = text(_HEADINGS[section], context.language)
    return text("checklist.answer.section", context.language, heading=heading)
