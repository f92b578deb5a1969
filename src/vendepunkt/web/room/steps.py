"""Where a panel has come to, and what opens and closes on the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vendepunkt.terms import RefusedError
from vendepunkt.web.people.models import Person
from vendepunkt.web.record import changing, record
from vendepunkt.web.room.models import Opening, Panel, Phase, Step, Vote
from vendepunkt.web.room.openings import ballot_themes, close, open_question, open_vote
from vendepunkt.web.room.versions import bump
from vendepunkt.web.room.words import said

#: What the next button does: go on a step, or show what is there.
Deed = Literal["go", "reveal"]
#: More people than ever sat in one room.
MOST: Final = 100_000


class MovedError(Exception):
    """Somebody else took the panel to another step meanwhile."""


@dataclass(frozen=True, slots=True)
class Next:
    """The one thing that comes next.

    Attributes
    ----------
    deed
        What the button does.
    position
        The step it leads to.
    words
        What the button says.
    warning
        What to think of before; empty where there is nothing.
    """

    deed: Deed
    position: int
    words: str
    warning: str = ""


def steps_of(panel: Panel) -> list[Step]:
    """Give the agenda."""
    return list(panel.meeting.steps.select_related("phase", "vote"))


def step_now(panel: Panel) -> Step | None:
    """Give the step the panel has come to; None where the meeting has no agenda yet."""
    steps = panel.meeting.steps.select_related("phase", "vote")
    return steps.filter(position=panel.at).first() or steps.first()


def openings_now(panel: Panel) -> list[Opening]:
    """Give what is open to the panel just now."""
    openings = Opening.objects.filter(panel=panel, state=Opening.State.OPEN)
    return list(openings.select_related("question", "vote"))


def last_opening(panel: Panel, vote: Vote) -> Opening | None:
    """Give the latest round of a vote, open or closed."""
    return Opening.objects.filter(panel=panel, vote=vote).order_by("-round").first()


def go(panel: Panel, position: int, who: Person | None, seen: int | None = None) -> str:
    """Take a panel to a step: what was open closes, what belongs to the step opens.

    A question or vote that was closed does not open again by going back to its step; that takes
    a new round (:func:`again`), which everybody sees is one.

    Parameters
    ----------
    panel
        The panel.
    position
        Position of the step.
    who
        Who leads.
    seen
        The step that the page showed. Sent twice it counts once.

    Returns
    -------
    str
        What did not happen, for the one who leads; empty where nothing is to be said.

    Raises
    ------
    MovedError
        Where somebody else moved the panel meanwhile.
    RefusedError
        ``no_step``; ``no_themes`` where there is nothing to vote on.
    """
    step = panel.meeting.steps.filter(position=position).select_related("phase", "vote").first()
    if step is None:
        raise RefusedError("no_step", _("The agenda has no such step."))
    with changing():
        panel.refresh_from_db()
        if panel.at == position:
            return _enter(panel, step, who) if position == 0 else ""
        if seen is not None and panel.at != seen:
            raise MovedError
        before = panel.at
        close_all(panel, who)
        word = _enter(panel, step, who)
        panel.at, panel.revealed, panel.page, panel.ends_at = position, False, 0, None
        panel.save(update_fields=["at", "revealed", "page", "ends_at"])
        record(who, "panel.moved", _about(panel), {"step": before}, {"step": position})
        bump(panel)
    return word


def close_all(panel: Panel, who: Person | None) -> None:
    """Close everything that is open to a panel."""
    for opening in openings_now(panel):
        close(opening, who)


def _enter(panel: Panel, step: Step, who: Person | None) -> str:
    """Open what belongs to a step, and say what stays closed."""
    if step.kind == Step.Kind.IDEAS and step.phase is not None:
        done = Opening.objects.filter(panel=panel, question__phase=step.phase)
        if done.exists():
            return _(
                "The questions of this step were closed and stay closed. "
                "To let people write again, open a new round."
            )
        for question in step.phase.questions.all():
            open_question(panel, question, who)
    elif step.kind == Step.Kind.VOTE and step.vote is not None:
        if last_opening(panel, step.vote):
            return _(
                "This vote was closed and stays closed. To vote again, open a new round: "
                "the result of the earlier one is kept beside it."
            )
        _open_vote(panel, step.vote, who)
    return ""


def _open_vote(panel: Panel, vote: Vote, who: Person | None) -> None:
    if not ballot_themes(panel, vote):
        raise RefusedError(
            "no_themes",
            _("There is no theme to vote on."),
            try_=_("make a theme and put it on the ballot"),
        )
    open_vote(panel, vote, who)


def again(panel: Panel, who: Person | None, seen: int) -> None:
    """Open a new round of the step the panel is at; earlier rounds and their results are kept.

    Parameters
    ----------
    panel, who
        The panel, and who leads.
    seen
        The step that the page showed.

    Raises
    ------
    MovedError
        Where somebody else moved the panel meanwhile.
    RefusedError
        ``no_round`` where the step has nothing to open; ``no_themes``.
    """
    with changing():
        panel.refresh_from_db()
        if panel.at != seen:
            raise MovedError
        step = step_now(panel)
        if step is None or step.kind not in {Step.Kind.IDEAS, Step.Kind.VOTE}:
            raise RefusedError("no_round", _("This step has nothing to open."))
        if step.kind == Step.Kind.VOTE and step.vote is not None:
            _open_vote(panel, step.vote, who)
        elif step.phase is not None:
            for question in step.phase.questions.all():
                open_question(panel, question, who)
        Panel.objects.filter(pk=panel.pk).update(revealed=False, page=0)
        panel.refresh_from_db()
        record(who, "panel.again", _about(panel), after={"step": panel.at})
        bump(panel)


def close_now(panel: Panel, who: Person | None, seen: int) -> None:
    """Close what is open without leaving the step.

    Raises
    ------
    MovedError
        Where somebody else moved the panel meanwhile.
    """
    with changing():
        panel.refresh_from_db()
        if panel.at != seen:
            raise MovedError
        close_all(panel, who)


def reveal(panel: Panel, who: Person | None, *, shown: bool, page: int = 0) -> None:
    """Show on the screen and the phones what is there, or hide it again; or turn the page.

    Parameters
    ----------
    panel, who
        The panel, and who leads.
    shown
        Whether it is shown.
    page
        Which page of the ideas, counted from 0.
    """
    page = max(0, min(page, 999))
    with changing():
        panel.refresh_from_db()
        before = {"shown": panel.revealed, "page": panel.page}
        after = {"shown": shown, "page": page}
        if before == after:
            return
        panel.revealed, panel.page = shown, page
        panel.save(update_fields=["revealed", "page"])
        what = "panel.turned" if before["shown"] == shown else "panel.revealed"
        record(who, what, _about(panel), before, after)
        bump(panel)


def count_present(panel: Panel, number: int | None, who: Person | None) -> None:
    """Say how many people are in the room; can be said anew at any time.

    Raises
    ------
    RefusedError
        ``bad_present`` where it is no number of people.
    """
    if number is not None and not 0 <= number <= MOST:
        raise RefusedError("bad_present", _("That is no number of people."), allowed=f"0–{MOST}")
    with changing():
        panel.refresh_from_db()
        if panel.present == number:
            return
        before, panel.present = panel.present, number
        panel.save(update_fields=["present"])
        record(who, "panel.counted", _about(panel), {"present": before}, {"present": number})
        bump(panel)


def next_of(panel: Panel) -> Next | None:
    """Give the one thing that comes next; None at the end."""
    steps = steps_of(panel)
    now = next((step for step in steps if step.position == panel.at), None)
    then = next((step for step in steps if step.position > panel.at), None)
    if now is None or then is None:
        return None
    if now.kind == Step.Kind.RESULT and not panel.revealed:
        return Next("reveal", now.position, _("Show the result on the screen"))
    return Next("go", then.position, _words(then), _warning(panel, now, then))


def _words(then: Step) -> str:
    phase = said(then.phase, "title") if then.phase else ""
    if then.kind == Step.Kind.IDEAS:
        return _("Open for ideas: %(phase)s") % {"phase": phase}
    if then.kind == Step.Kind.GROUPING:
        return _("Close the ideas and group them")
    if then.kind == Step.Kind.VOTE:
        return _("Open the vote")
    if then.kind == Step.Kind.RESULT:
        return _("Close the vote")
    return _("End the meeting")


def _warning(panel: Panel, now: Step, then: Step) -> str:
    if now.kind == Step.Kind.IDEAS:
        return _("Then nobody can send more ideas on these questions.")
    if now.kind == Step.Kind.VOTE:
        return _("Then nobody can vote any more. The ballots are counted and mixed.")
    if then.kind == Step.Kind.VOTE and then.vote is not None and then.phase is not None:
        return _vote_warning(panel, then.phase)
    return ""


def _vote_warning(panel: Panel, phase: Phase) -> str:
    from vendepunkt.web.room.board import Board

    board = Board(panel, phase)
    on_ballot = sum(column.theme.on_ballot for column in board.columns)
    if on_ballot < 2:
        return _("There are fewer than two themes to vote on.")
    if board.loose:
        n = len(board.loose)
        return ngettext(
            "%(n)d idea is not placed under a theme yet.",
            "%(n)d ideas are not placed under a theme yet.",
            n,
        ) % {"n": n}
    return ""


def _about(panel: Panel) -> str:
    return f"panel:{panel.meeting.slug}/{panel.key}"
