"""From what the stages found to a document: sections make blocks, in the order asked for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from vendepunkt.disclosure import Door
from vendepunkt.report.blocks import Block, Document
from vendepunkt.terms import DataError, Notice, Provenance, RefValue

_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class About:
    """What the study is, in the words of those who made it.

    Attributes
    ----------
    title
        Title of the report.
    date
        The day printed on it.
    frame
        Whom the sample was drawn from, in words. An unstated frame is an error.
    outside_frame
        Whether homeless people, prisoners and residents of institutions are outside it.
    subtitle, asked_by, source
        Further words for the first page, and where the data come from.
    waves
        Name of each wave and when it was collected, ``{"2022": "March to June 2022"}``.
    authors
        Names of the people who answer for the report.
    aim
        What the study wants to know, a sentence or two.
    """

    title: str
    date: dt.date
    frame: str
    outside_frame: bool = False
    subtitle: str = ""
    asked_by: str = ""
    source: str = ""
    waves: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    authors: tuple[str, ...] = ()
    aim: str = ""

    def __post_init__(self) -> None:
        if not self.frame.strip():
            raise DataError(
                "frame_missing",
                "The study does not say whom its sample was drawn from.",
                try_='[study] frame = "…"',
            )


@dataclass(frozen=True, slots=True)
class Method:
    """How the numbers were made, as the method section says it. Counts are refs.

    Attributes
    ----------
    design
        The sampling design in the report's language, with the rule for single sampling units.
    weighted
        Whether the results are weighted; if not, they hold among the respondents only.
    unweighted_reason
        Why not, in the report's language: a sentence.
    n, n_empty
        Written refs of the number of people in the results, and of those without any answer. The
        first is empty in a report on panel meetings alone.
    model
        The model in the report's language, as sentences with marked places.
    missing
        How missing answers were dealt with, a sentence.
    classes, placed
        Written refs of the number of classes and of the share expected to be placed correctly;
        empty for a classifier that is no model.
    """

    design: str
    weighted: bool
    n: str
    n_empty: str = ""
    unweighted_reason: str = ""
    model: tuple[str, ...] = ()
    missing: str = ""
    classes: str = ""
    placed: str = ""


@dataclass(frozen=True, slots=True)
class Context:
    """All that a section may look at.

    Attributes
    ----------
    language
        ``"da"`` or ``"en"``.
    about, method, provenance
        What the study is, how its numbers were made, and from what.
    door
        The disclosure door every table and figure of the report passes.
    refs
        Every citable value by its written ref.
    results
        The stages' results by the stage's name, for the sections of that stage.
    notices
        What the results say of their own accord.
    checklist
        Answers to items of the reporting checklists by item, as texts with marked places.
    main
        The main results, one sentence each with marked places, for the box on the first page;
        where none are given, the sizes of the groups.
    sections
        Names of the report's sections, in their order; :func:`compose` fills them in.
    """

    language: str
    about: About
    method: Method
    provenance: Provenance
    door: Door
    refs: Mapping[str, RefValue]
    results: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    notices: tuple[Notice, ...] = ()
    checklist: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    main: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()


#: A section: a function from what is known to blocks; none where it has nothing to say.
Section: TypeAlias = Callable[[Context], Sequence[Block]]


def compose(context: Context, sections: Sequence[str] | None = None) -> Document:
    """Make the document of a study.

    Parameters
    ----------
    context
        What is known.
    sections
        Names of :data:`vendepunkt.report.sections.SECTIONS` in the order wanted; all by default.
        The front and the section of what the figures do not show are always there.

    Returns
    -------
    Document
        For :func:`vendepunkt.report.write_report`.

    Raises
    ------
    UsageError
        ``"not_allowed"`` for a section that does not exist.
    """
    from vendepunkt.report.sections import REQUIRED, SECTIONS
    from vendepunkt.report.sections.front import lines
    from vendepunkt.terms import choose

    wanted = [choose(name, tuple(SECTIONS), "sections") for name in sections or SECTIONS]
    before = [name for name in REQUIRED[:1] if name not in wanted]
    after = [name for name in REQUIRED[1:] if name not in wanted]
    chosen = (*before, *wanted, *after)
    context = replace(context, sections=chosen)
    blocks = [block for name in chosen for block in SECTIONS[name](context)]
    about = context.about
    return Document(
        title=about.title,
        subtitle=about.subtitle,
        language=context.language,
        date=about.date,
        lines=lines(context),
        authors=about.authors,
        blocks=tuple(blocks),
    )
