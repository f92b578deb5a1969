"""From the rows of the room to a frozen version that the study rests on."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any, Final, cast
from uuid import UUID

from django.utils import timezone

from vendepunkt import convene
from vendepunkt.convene import Words
from vendepunkt.terms import RefusedError
from vendepunkt.web.people.models import Person
from vendepunkt.web.record import changing, record
from vendepunkt.web.room.models import (
    Batch,
    CastBallot,
    Group,
    HelpUse,
    Idea,
    Meeting,
    Note,
    Opening,
    PaperBallot,
    Placement,
    Question,
    Theme,
    Vote,
)

#: Digits of a random key that are kept: enough that no two of a meeting are equal, and readable.
_DIGITS: Final = 12


def to_meeting(meeting: Meeting, *, whole: bool = True) -> convene.Meeting:
    """Give a meeting as what is analysed: everything in it, nothing that leads to a person.

    Votes held again stand as votes of their own: the second round of ``childhood`` is
    ``childhood-2``.

    Parameters
    ----------
    meeting
        The meeting as it stands in the room.
    whole
        Whether it must be over. If not, what is open just now is left out.

    Raises
    ------
    RefusedError
        ``"still_open"`` while a question or vote of the meeting is open: what is frozen is whole.
    """
    unfinished = Opening.objects.filter(panel__meeting=meeting, state=Opening.State.OPEN)
    if whole and unfinished.exists():
        raise RefusedError(
            "still_open",
            f"A question or vote of the meeting {meeting.slug!r} is still open.",
            try_="close it, then freeze",
        )
    helped = HelpUse.objects.filter(idea__panel__meeting=meeting)
    return convene.Meeting(
        id=meeting.slug,
        title=_words(meeting, "title"),
        date=meeting.date,
        language=meeting.language,
        invented=meeting.invented or meeting.rehearsal,
        phases=tuple(convene.LifePhase(p.key, _words(p, "title")) for p in meeting.phases.all()),
        panels=tuple(
            convene.Panel(p.key, _words(p, "title"), p.present, p.all_members)
            for p in meeting.panels.all()
        ),
        groups=tuple(
            convene.Group(_group_id(g), g.panel.key, g.name)
            for g in Group.objects.filter(panel__meeting=meeting).select_related("panel")
        ),
        questions=tuple(
            convene.Question(q.key, q.phase.key, cast("convene.Kind", q.kind), _words(q, "text"))
            for q in Question.objects.filter(phase__meeting=meeting).select_related("phase")
        ),
        notes=tuple(_notes(meeting)),
        ideas=tuple(_ideas(meeting)),
        themes=tuple(_themes(meeting)),
        placements=tuple(_placements(meeting)),
        votes=tuple(_votes(meeting)),
        ballots=tuple(_ballots(meeting)),
        mapping=tuple(convene.SameTheme(**row) for row in meeting.mapping),
        help_shown=helped.count() if meeting.theme_help else None,
        help_taken=helped.filter(taken=True).count() if meeting.theme_help else None,
    )


def freeze_meeting(meeting: Meeting, study: Path, who: Person | None) -> Path:
    """Write a new frozen version of a meeting into the study folder.

    Parameters
    ----------
    meeting
        The meeting; nothing of it may be open.
    study
        The study folder; the version goes under ``panels/``.
    who
        Who asked for it; stands in the record.

    Returns
    -------
    Path
        The folder of the version.
    """
    with changing():
        frozen = to_meeting(meeting)
        folder = convene.freeze(frozen, study / "panels")
        meeting.frozen_at = timezone.now()
        meeting.save(update_fields=["frozen_at"])
        record(who, "meeting.freeze", f"meeting:{meeting.slug}", after={"as": folder.name})
    return folder


def vote_id(vote: Vote, round_: int) -> str:
    """Give the id of a vote in the frozen version; rounds after the first are numbered."""
    return vote.key if round_ == 1 else f"{vote.key}-{round_}"


def short(key: UUID | str) -> str:
    """Give the id of a row in the frozen version: the first digits of its random key."""
    return (key.hex if isinstance(key, UUID) else key.replace("-", ""))[:_DIGITS]


def paper_marks(paper: PaperBallot) -> dict[str, Any]:
    """Give what a paper ballot counts as: the second reading if there was one, else the first."""
    return cast("dict[str, Any]", paper.marks if paper.second is None else paper.second)


def _words(row: Any, field: str) -> Words:
    return Words(da=getattr(row, f"{field}_da"), en=getattr(row, f"{field}_en"))


def _group_id(group: Group | None) -> str:
    return f"{group.panel.key}-{group.pk}" if group else ""


def _notes(meeting: Meeting) -> Iterator[convene.Note]:
    notes = Note.objects.filter(group__panel__meeting=meeting, gone=False)
    for note in notes.select_related("group__panel", "phase").order_by("id"):
        yield convene.Note(
            id=short(note.pk),
            group=_group_id(note.group),
            phase=note.phase.key,
            text=note.text,
            theme=short(note.theme_id) if note.theme_id else None,
            version=note.version,
        )


def _ideas(meeting: Meeting) -> Iterator[convene.Idea]:
    ideas = Idea.objects.filter(panel__meeting=meeting)
    for idea in ideas.select_related("panel", "question", "group__panel").order_by("id"):
        yield convene.Idea(
            id=short(idea.pk),
            panel=idea.panel.key,
            question=idea.question.key,
            text=None if idea.redacted else idea.text,
            channel=cast("convene.Channel", idea.channel),
            state=cast("convene.IdeaState", idea.state),
            reason=idea.reason,
            same_as=short(idea.same_as_id) if idea.same_as_id else None,
            released=idea.released,
            group=_group_id(idea.group) or None,
        )


def _themes(meeting: Meeting) -> Iterator[convene.Theme]:
    # Once a vote was opened, what was on the ballot is what the ballot listed, whatever changed.
    openings = Opening.objects.filter(panel__meeting=meeting, vote__isnull=False)
    listed: dict[int, set[str]] = {}
    for opening in openings.select_related("vote"):
        if opening.vote is not None:
            listed.setdefault(opening.vote.phase_id, set()).update(map(str, opening.themes))
    for theme in meeting.themes.select_related("phase", "panel").prefetch_related("cites"):
        voted_on = listed.get(theme.phase_id)
        yield convene.Theme(
            id=short(theme.pk),
            phase=theme.phase.key,
            title=_words(theme, "title"),
            description=_words(theme, "description"),
            panel=theme.panel.key if theme.panel else None,
            version=theme.version,
            cites=tuple(short(c.idea_id or c.note_id) for c in theme.cites.all()),  # type: ignore[arg-type]
            carried=_carried(theme),
            on_ballot=theme.on_ballot if voted_on is None else str(theme.pk) in voted_on,
            gone=theme.gone,
        )


def _carried(theme: Theme) -> convene.Carried | None:
    return convene.Carried(theme.carried_by, theme.carried_why) if theme.carried_by else None


def _placements(meeting: Meeting) -> Iterator[convene.Placement]:
    placements = Placement.objects.filter(idea__panel__meeting=meeting).select_related("by")
    for one in placements:
        yield convene.Placement(
            idea=short(one.idea_id),
            theme=short(one.theme_id),
            by=one.by.username if one.by else "",
            at=one.at,
            why=one.why,
            undone=one.undone,
        )


def _votes(meeting: Meeting) -> Iterator[convene.Vote]:
    for vote in Vote.objects.filter(phase__meeting=meeting).select_related("phase"):
        rounds = {o.round for o in Opening.objects.filter(vote=vote)} or {1}
        for round_ in sorted(rounds):
            yield convene.Vote(
                id=vote_id(vote, round_),
                phase=vote.phase.key,
                rule=vote.rule,
                places=vote.places,
                choices=vote.choices,
                text=_words(vote, "text"),
            )


def _ballots(meeting: Meeting) -> Iterator[convene.Ballot]:
    cast_ones = CastBallot.objects.filter(opening__panel__meeting=meeting)
    related = ("opening__vote", "opening__panel", "group__panel")
    for one in cast_ones.select_related(*related).order_by("key"):
        yield _ballot(one.opening, one.marks, one.channel, one.group)
    typed = PaperBallot.objects.filter(
        batch__panel__meeting=meeting, batch__counted=True, spoilt=""
    ).exclude(batch__opening__state=Opening.State.OPEN)
    for paper in typed.select_related("batch__opening__vote", "batch__opening__panel"):
        batch: Batch = paper.batch
        channel = "helper" if batch.helper else "paper"
        yield _ballot(batch.opening, paper_marks(paper), channel, None)


def _ballot(
    opening: Opening, marks: dict[str, Any], channel: str, group: Group | None
) -> convene.Ballot:
    vote = opening.vote
    return convene.Ballot(
        vote=vote_id(vote, opening.round) if vote else "",
        panel=opening.panel.key,
        marks={short(theme): Fraction(value) for theme, value in marks.items()},
        channel=cast("convene.Channel", channel),
        group=_group_id(group) or None,
    )
