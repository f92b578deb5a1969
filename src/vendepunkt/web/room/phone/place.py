"""What all phones of a panel see: read at most twice a second, however many ask.

A page needs the panel, its step, what is open and the themes. None of that is anybody's own, so
each process reads it once and hands it to all; only a phone's own ballot and ideas are asked
for each time.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db import models

from vendepunkt.web.room.admission import find_panel
from vendepunkt.web.room.models import Idea, Opening, Panel, Phase, Question, Step, Theme
from vendepunkt.web.room.openings import ballot_themes
from vendepunkt.web.room.phone.rendering import Pages
from vendepunkt.web.room.phone.results import Result, result_of
from vendepunkt.web.room.versions import remembered


@dataclass(frozen=True, slots=True)
class Place:
    """Where a panel has come to.

    Attributes
    ----------
    panel
        With its meeting.
    step
        The step it has come to; None in a meeting without an agenda.
    questions
        What is asked now, each with its opening where there is one.
    opening
        The vote as it is open, or as it was closed last.
    themes
        Those of the ballot, or of the phase.
    ideas
        Everybody's ideas, once they are revealed.
    result
        Once it is revealed.
    pages
        Pages and frames that are the same on all phones, once they were rendered.
    """

    panel: Panel
    step: Step | None
    questions: tuple[tuple[Question, Opening | None], ...] = ()
    opening: Opening | None = None
    themes: tuple[Theme, ...] = ()
    ideas: tuple[Idea, ...] = ()
    result: Result | None = None
    pages: Pages = field(default_factory=dict, compare=False, repr=False)

    @property
    def kind(self) -> str:
        """What happens now."""
        return Step.Kind.WELCOME if self.step is None else self.step.kind

    @property
    def vote_is_open(self) -> bool:
        """Whether ballots are taken."""
        return self.opening is not None and self.opening.state == Opening.State.OPEN

    def open_question(self, opening: int) -> tuple[Question, Opening] | None:
        """Give a question that is open now, by its opening."""
        for question, one in self.questions:
            if one is not None and one.pk == opening and one.state == Opening.State.OPEN:
                return question, one
        return None


def _read(code: str) -> Place | None:
    panel = find_panel(code)
    if panel is None:
        return None
    step = (
        Step.objects.filter(meeting_id=panel.meeting_id, position=panel.at)
        .select_related("phase", "vote")
        .first()
    )
    if step is None:
        return Place(panel, None)
    if step.kind == Step.Kind.IDEAS and step.phase is not None:
        return _ideas(panel, step, step.phase)
    if step.kind == Step.Kind.GROUPING and step.phase is not None:
        return _grouping(panel, step, step.phase)
    if step.kind in {Step.Kind.VOTE, Step.Kind.RESULT}:
        return _vote(panel, step)
    return Place(panel, step)


#: The place of a code, at most half a second old.
places = remembered(_read)


def place_of(code: str) -> Place | None:
    """Give where the panel with a code has come to; None where no panel has it."""
    return places.get(code)


def _ideas(panel: Panel, step: Step, phase: Phase) -> Place:
    questions = list(Question.objects.filter(phase=phase))
    last = {one.question_id: one for one in _openings(panel).filter(question__in=questions)}
    pairs = tuple((question, last.get(question.pk)) for question in questions)
    return Place(panel, step, questions=pairs, ideas=_shown(panel, phase))


def _shown(panel: Panel, phase: Phase) -> tuple[Idea, ...]:
    """Give the ideas that everybody may see, in the order of their random keys."""
    if not panel.revealed:
        return ()
    ideas = Idea.objects.filter(
        panel=panel,
        question__phase=phase,
        state=Idea.State.SHOWN,
        redacted=False,
        same_as=None,
    )
    return tuple(ideas.order_by("id"))


def _grouping(panel: Panel, step: Step, phase: Phase) -> Place:
    if not panel.revealed:
        return Place(panel, step)
    themes = Theme.objects.filter(phase=phase, gone=False)
    mine = tuple(theme for theme in themes if theme.panel_id in {None, panel.pk})
    return Place(panel, step, themes=mine, ideas=_shown(panel, phase))


def _vote(panel: Panel, step: Step) -> Place:
    vote = step.vote
    if vote is None:
        return Place(panel, step)
    opening = _openings(panel).filter(vote=vote).last()
    if opening is None:
        themes = ballot_themes(panel, vote) if panel.revealed else []
        return Place(panel, step, themes=tuple(themes))
    listed = {str(theme.pk): theme for theme in Theme.objects.filter(pk__in=opening.themes)}
    on_ballot = tuple(listed[key] for key in opening.themes if key in listed)
    ready = step.kind == Step.Kind.RESULT and panel.revealed and opening.state != Opening.State.OPEN
    return Place(
        panel,
        step,
        opening=opening,
        themes=on_ballot,
        result=result_of(opening, on_ballot) if ready else None,
    )


def _openings(panel: Panel) -> models.QuerySet[Opening]:
    return (
        Opening.objects.filter(panel=panel)
        .select_related("panel__meeting", "question", "vote")
        .order_by("round")
    )
