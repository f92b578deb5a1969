"""The appendix that lets somebody else get the same numbers, and cite them."""

from __future__ import annotations

from collections.abc import Sequence

from vendepunkt.language import date, listed, text
from vendepunkt.report.blocks import Block, Column, Heading, Note, Paragraph, Row, Table
from vendepunkt.report.compose import Context
from vendepunkt.report.inline import literal

_SHOWN_OF_HASH = 16


def provenance(context: Context) -> Sequence[Block]:
    """Give the fingerprint of the data, seed, versions and the way to cite the report."""
    language = context.language

    def said(key: str, **values: str) -> str:
        return text(f"report.provenance.{key}", language, **values)

    source = context.about.source
    return [
        Heading(said("heading")),
        Paragraph(said("lead")),
        Table(
            "provenance",
            said("caption"),
            (Column("what", said("what")), Column("answer", said("answer"))),
            tuple(Row(pair) for pair in _facts(context)),
            context.door.without_people("provenance"),
            appendix=True,
        ),
        *([Note(literal(said("data_source", source=source)))] if source else []),
        Heading(said("cite_heading"), 2),
        Paragraph(literal(_citation(context))),
    ]


def _facts(context: Context) -> list[tuple[str, str]]:
    language, made = context.language, context.provenance

    def said(key: str, **values: str) -> str:
        return text(f"report.provenance.{key}", language, **values)

    versions = dict(made.versions)
    own = versions.pop("vendepunkt", "")
    python = versions.pop("python", "")
    facts = [
        (said("data"), made.data_hash[:_SHOWN_OF_HASH]),
        (said("seed"), said("no_seed") if made.seed is None else str(made.seed)),
        (said("design"), context.method.design[:1].upper() + context.method.design[1:]),
        (said("program"), own),
        (said("python"), python),
        (
            said("parts"),
            ", ".join(f"{name} {version}" for name, version in sorted(versions.items())),
        ),
        (
            said("disclosure"),
            text("disclosure.rule", language, threshold=context.door.rules.threshold),
        ),
        (said("date"), date(context.about.date, language)),
    ]
    return [fact for fact in facts if fact[1]]


def _citation(context: Context) -> str:
    about = context.about
    values = {
        "title": about.title.rstrip("."),
        "year": str(about.date.year),
        "version": context.provenance.versions.get("vendepunkt", ""),
    }
    if not about.authors:
        said = text("report.provenance.cite_alone", context.language, **values)
        return _one_stop(said)
    authors = listed(about.authors, context.language)
    return _one_stop(text("report.provenance.cite", context.language, authors=authors, **values))


def _one_stop(words: str) -> str:
    """Leave no full stop after a title that ends in a sign of its own."""
    return words.replace("?.", "?").replace("!.", "!")
