"""How the numbers were made: who was asked, how many answered, weighted or not, by which model."""

from __future__ import annotations

from collections.abc import Sequence

from vendepunkt.language import keys, text
from vendepunkt.report.blocks import Block, Box, Bullets, Heading, Note
from vendepunkt.report.compose import Context
from vendepunkt.report.inline import literal, ref

_LEVEL = "95"

#: Notices whose matter a sentence of the box already says.
_IN_THE_BOX = frozenset({"unweighted", "n_empty"})


def method(context: Context) -> Sequence[Block]:
    """Give the method box and the notices that came with the results."""
    language = context.language
    notes = [
        Note(literal(_said(notice.code, notice.text, notice.values, language)))
        for notice in context.notices
        if notice.code not in _IN_THE_BOX
    ]
    # Without answers of people there is no sample to speak of: panels say how they counted.
    box = _sentences(context) if context.method.n else ()
    if not box and not notes:
        return []
    said = [Box(text("report.method.box", language), (Bullets(box),))] if box else []
    return [Heading(text("report.method.heading", language)), *said, *notes]


def _sentences(context: Context) -> tuple[str, ...]:
    language, about, made = context.language, context.about, context.method
    weighting = "weighted" if made.weighted else "unweighted"
    said = [
        text("report.method.frame", language, frame=literal(_sentence(about.frame))),
        text("report.method.n", language, n=ref(made.n, "n")),
    ]
    if made.n_empty and context.refs[made.n_empty].value:
        said.append(text("report.method.n_empty", language, n=ref(made.n_empty, "n")))
    said.append(text("report.method.design", language, design=literal(_sentence(made.design))))
    said.append(text(f"report.method.{weighting}", language))
    if not made.weighted and made.unweighted_reason:
        said[-1] += " " + literal(_sentence(made.unweighted_reason))
    if made.missing:
        said.append(literal(_sentence(made.missing)))
    said += made.model
    said.append(text("report.method.interval", language, level=literal(_LEVEL)))
    return tuple(said)


def _sentence(words: str) -> str:
    words = words[:1].upper() + words[1:]
    return words if words.rstrip().endswith((".", "?", "!")) else f"{words.rstrip()}."


def _said(code: str, english: str, values: dict[str, object], language: str) -> str:
    """Say a notice in the reader's language."""
    if f"warning.{code}" not in keys(language):
        return english
    plain = {k: v if isinstance(v, (str, int)) else str(v) for k, v in values.items()}
    if f"design.rule.{plain.get('rule')}" in keys(language):
        plain["rule"] = text(f"design.rule.{plain['rule']}", language)
    return text(f"warning.{code}", language, **plain)
