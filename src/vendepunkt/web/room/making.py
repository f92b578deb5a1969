"""Make a meeting: panels with codes, phases with questions and votes, and the agenda."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import transaction

from vendepunkt.convene import Kind, Words
from vendepunkt.web.room.models import Meeting, Panel, Phase, Question, Step, Vote

#: Capital letters and digits that cannot be taken for one another.
ALPHABET: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
#: Long enough that guessing is hopeless: 32⁶ codes for a handful of open panels.
CODE_LENGTH: Final = 6


@dataclass(frozen=True, slots=True)
class PhasePlan:
    """A life phase, what is asked in it, and how it is voted on.

    Attributes
    ----------
    key, title
        Which phase.
    questions
        Kind and text of each question.
    rule, choices, places
        The vote on its themes; ``choices`` is the cap, or None.
    """

    key: str
    title: Words
    questions: Sequence[tuple[Kind, Words]]
    rule: str = "choose-k"
    choices: int | None = 3
    places: int = 3
    vote_text: Words = field(default_factory=Words)


def new_code(length: int = CODE_LENGTH) -> str:
    """Give a random code that can be read aloud and typed."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


@transaction.atomic
def make_meeting(
    slug: str,
    title: Words,
    panels: Sequence[tuple[str, Words]],
    phases: Sequence[PhasePlan],
    **settings: Any,
) -> Meeting:
    """Make a meeting with its usual agenda: for each phase ideas, grouping, vote and result.

    Parameters
    ----------
    slug, title
        Which meeting.
    panels
        Key and title of each panel.
    phases
        The life phases, in their order.
    **settings
        Further fields of :class:`~vendepunkt.web.room.models.Meeting`.
    """
    meeting = Meeting.objects.create(slug=slug, title_da=title.da, title_en=title.en, **settings)
    for key, words in panels:
        add_panel(meeting, key, words)
    for position, plan in enumerate(phases):
        add_phase(meeting, plan, position)
    lay_agenda(meeting)
    return meeting


def add_panel(meeting: Meeting, key: str, title: Words) -> Panel:
    """Add a panel with a code of its own and an address for its projector."""
    return Panel.objects.create(
        meeting=meeting,
        key=key,
        title_da=title.da,
        title_en=title.en,
        code=new_code(),
        screen_key=secrets.token_urlsafe(24),
    )


def add_phase(meeting: Meeting, plan: PhasePlan, position: int) -> Phase:
    """Add a life phase with its questions and its vote."""
    phase = Phase.objects.create(
        meeting=meeting,
        key=plan.key,
        position=position,
        title_da=plan.title.da,
        title_en=plan.title.en,
    )
    for at, (kind, text) in enumerate(plan.questions):
        Question.objects.create(
            phase=phase,
            key=f"{plan.key}-{kind.replace('_', '-')}-{at + 1}",
            position=at,
            kind=kind,
            text_da=text.da,
            text_en=text.en,
        )
    Vote.objects.create(
        phase=phase,
        key=plan.key,
        rule=plan.rule,
        choices=plan.choices,
        places=plan.places,
        text_da=plan.vote_text.da,
        text_en=plan.vote_text.en,
    )
    return phase


def lay_agenda(meeting: Meeting) -> None:
    """Lay the steps anew from the phases; only before anything was opened."""
    meeting.steps.all().delete()
    steps = [Step(meeting=meeting, kind=Step.Kind.WELCOME)]
    for phase in meeting.phases.all():
        vote = phase.votes.first()
        steps += [
            Step(meeting=meeting, kind=Step.Kind.IDEAS, phase=phase),
            Step(meeting=meeting, kind=Step.Kind.GROUPING, phase=phase),
            Step(meeting=meeting, kind=Step.Kind.VOTE, phase=phase, vote=vote),
            Step(meeting=meeting, kind=Step.Kind.RESULT, phase=phase, vote=vote),
        ]
    steps.append(Step(meeting=meeting, kind=Step.Kind.END))
    for position, step in enumerate(steps):
        step.position = position
    Step.objects.bulk_create(steps)
