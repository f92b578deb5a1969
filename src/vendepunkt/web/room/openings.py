"""Open a question or a vote to a panel, and close it so that nothing leads back to a person."""

from __future__ import annotations

import random
from typing import Final

from django.db import transaction
from django.db.models import F

from vendepunkt.convene.rules import RULES
from vendepunkt.terms.errors import RefusedError
from vendepunkt.web.people.models import Person
from vendepunkt.web.record import changing, record
from vendepunkt.web.room.erasing import erase_traces
from vendepunkt.web.room.models import (
    CastBallot,
    Idea,
    IdeaClaim,
    OpenBallot,
    Opening,
    Panel,
    Question,
    Theme,
    Token,
    Vote,
)
from vendepunkt.web.room.secrets import new_key
from vendepunkt.web.room.versions import bump

__all__ = ["ballot_themes", "bump", "close", "erase_traces", "open_question", "open_vote"]

_CHANCE: Final = random.SystemRandom()


def open_question(panel: Panel, question: Question, who: Person | None = None) -> Opening:
    """Open a question for ideas; give the opening that is open where there is one.

    Parameters
    ----------
    panel, question
        What is opened to whom. A question that was closed opens again in a new round.
    who
        Who opened it, for the record.
    """
    with changing():
        return _open(panel, who, question=question)


def open_vote(panel: Panel, vote: Vote, who: Person | None = None) -> Opening:
    """Open a vote on the themes that are on the ballot now; an earlier round stays as it was.

    Parameters
    ----------
    panel, vote
        What is opened to whom.
    who
        Who opened it, for the record.

    Raises
    ------
    RefusedError
        ``no_themes`` where there is nothing to vote on.
    DataError
        ``vote_without_choices`` where the rule needs a number of choices.
    """
    with changing():
        themes = [str(theme.pk) for theme in ballot_themes(panel, vote)]
        if not themes:
            raise RefusedError(
                "no_themes", "There is no theme to vote on.", try_="put a theme on the ballot"
            )
        RULES[vote.rule].check({}, vote.choices, themes)
        return _open(panel, who, vote=vote, themes=themes)


def ballot_themes(panel: Panel, vote: Vote) -> list[Theme]:
    """Give the themes that a vote is about now, in their order."""
    themes = Theme.objects.filter(phase_id=vote.phase_id, on_ballot=True, gone=False)
    return [theme for theme in themes if theme.panel_id in {None, panel.pk}]


def _open(
    panel: Panel,
    who: Person | None,
    *,
    question: Question | None = None,
    vote: Vote | None = None,
    themes: list[str] | None = None,
) -> Opening:
    # Two facilitators may press at the same time: one waits for the other, and finds it open.
    Panel.objects.select_for_update().get(pk=panel.pk)
    last = (
        Opening.objects.filter(panel=panel, question=question, vote=vote).order_by("-round").first()
    )
    if last is not None and last.state == Opening.State.OPEN:
        return last
    opening = Opening.objects.create(
        panel=panel,
        question=question,
        vote=vote,
        themes=themes or [],
        round=1 if last is None else last.round + 1,
    )
    bump(panel)
    record(who, "opening.opened", f"opening:{opening.pk}", None, {"round": opening.round})
    transaction.on_commit(erase_traces, robust=True)  # of what closed before, where any are left
    return opening


def close(opening: Opening, who: Person | None = None) -> dict[str, int | None]:
    """Close a question or a vote, in one transaction, and erase what tied it to phones.

    Ballots are copied in random order under random keys; those of the phones, the claims on
    ideas and the images on the tokens are erased. After the commit the file itself is cleaned
    (:func:`erase_traces`). Closing what is closed changes nothing.

    Parameters
    ----------
    opening
        What to close.
    who
        Who closed it, for the record; it gets the totals and nothing else.

    Returns
    -------
    dict
        The totals, as they stand on the opening.
    """
    with changing():
        locked = Opening.objects.select_for_update().get(pk=opening.pk)
        if locked.state == Opening.State.OPEN:
            _close(locked, who)
        opening.state, opening.totals = locked.state, locked.totals
    return dict(locked.totals)


def _close(opening: Opening, who: Person | None) -> None:
    panel = Panel.objects.get(pk=opening.panel_id)
    tokens = Token.objects.filter(panel=panel)
    totals: dict[str, int | None] = {
        "present": panel.present,
        "admitted": tokens.filter(arrived=True).count(),
    }
    totals |= _scatter_ideas(opening) if opening.vote_id is None else _scatter_ballots(opening)
    opening.state, opening.totals = Opening.State.CLOSED, totals
    opening.save(update_fields=["state", "totals"])
    others = Opening.objects.filter(panel=panel, state=Opening.State.OPEN)
    if not others.exists():
        # Every row, so that none is marked as having been written at another time.
        tokens.update(holder="")
    bump(panel)
    record(who, "opening.closed", f"opening:{opening.pk}", None, totals)
    transaction.on_commit(erase_traces, robust=True)


def _scatter_ballots(opening: Opening) -> dict[str, int | None]:
    """Copy the ballots in random order under random keys, and delete those of the phones."""
    ballots = [
        CastBallot(
            key=new_key(), opening=opening, marks=_in_order(opening, b.marks), group_id=b.group_id
        )
        for b in OpenBallot.objects.filter(opening=opening)
    ]
    _CHANCE.shuffle(ballots)
    CastBallot.objects.bulk_create(ballots, batch_size=500)
    OpenBallot.objects.filter(opening=opening).delete()
    return {"voted": len(ballots), "blank": sum(not ballot.marks for ballot in ballots)}


def _in_order(opening: Opening, marks: dict[str, int]) -> dict[str, int]:
    """Give marks in the order of the ballot paper: not in the order they were made."""
    return {theme: marks[theme] for theme in opening.themes if theme in marks}


def _scatter_ideas(opening: Opening) -> dict[str, int | None]:
    """Forget which phone sent which idea."""
    sent = IdeaClaim.objects.filter(opening=opening).count()
    IdeaClaim.objects.filter(opening=opening).delete()
    # PostgreSQL marks a row with the transaction that wrote it: now they all have this one.
    ideas = Idea.objects.filter(panel=opening.panel_id, question=opening.question_id)
    ideas.update(state=F("state"))
    return {"ideas": sent}
