"""Let invented people answer, so that one facilitator can rehearse a whole meeting alone."""

from __future__ import annotations

import random
from typing import Final

from vendepunkt.terms import RefusedError
from vendepunkt.web.people.models import Person
from vendepunkt.web.record import changing, record
from vendepunkt.web.room.admission import admit
from vendepunkt.web.room.invented import IDEAS
from vendepunkt.web.room.models import Opening, Panel, Token, Vote
from vendepunkt.web.room.secrets import new_secret
from vendepunkt.web.room.sending import cast, send_idea
from vendepunkt.web.room.versions import bump

#: How many invented people vote, and how many of them write.
VOTERS: Final = 24
WRITERS: Final = 12

_CHANCE: Final = random.SystemRandom()


@changing()
def invented_answers(panel: Panel, who: Person | None) -> int:
    """Let invented people answer what is open to a panel just now.

    Parameters
    ----------
    panel
        A panel of a rehearsal.
    who
        Who asked for it.

    Returns
    -------
    int
        How many answers came.

    Raises
    ------
    RefusedError
        ``"no_rehearsal"`` in a meeting held in earnest; ``"nothing_open"``.
    """
    meeting = panel.meeting
    if not meeting.rehearsal:
        raise RefusedError("no_rehearsal", "Invented people answer in rehearsals only.")
    openings = list(panel.openings.filter(state=Opening.State.OPEN))
    if not openings:
        raise RefusedError("nothing_open", "No question and no vote is open.")
    sent = sum(_votes(one) if one.vote_id else _ideas(one) for one in openings)
    record(who, "panel.invented_answers", f"panel:{panel.pk}", after={"answers": sent})
    bump(panel)
    return sent


def _ideas(opening: Opening) -> int:
    question = opening.question
    if question is None:
        return 0
    texts = IDEAS[min(question.phase.position, len(IDEAS) - 1)]
    language = opening.panel.meeting.language
    for n, words in enumerate(_CHANCE.sample(texts, WRITERS)):
        secret = new_secret()
        send_idea(opening, _person(opening.panel, n, secret), secret, 0, words.in_(language))
    return WRITERS


def _votes(opening: Opening) -> int:
    for n in range(VOTERS):
        secret = new_secret()
        cast(opening, _person(opening.panel, n, secret), secret, _marks(opening))
    return VOTERS


def _marks(opening: Opening) -> dict[str, int]:
    """Vote as a room does: some themes draw many, and a few people leave the ballot blank."""
    themes, vote = list(opening.themes), opening.vote
    if vote is None or _CHANCE.random() < 0.04:
        return {}
    weights = [1 / (at + 2) for at in range(len(themes))]
    cap = min(vote.choices or 3, 12)
    drawn = [_CHANCE.choices(themes, weights)[0] for _ in range(cap)]
    if vote.rule == Vote.Rule.DOTS:
        return {theme: drawn.count(theme) for theme in drawn}
    return dict.fromkeys(drawn, 1)


def _person(panel: Panel, n: int, secret: str) -> Token:
    """Let an invented person in: the same one each time, though nobody keeps their secret."""
    key = f"invented-{panel.pk}-{n}"
    Token.objects.get_or_create(key=key, defaults={"panel": panel})
    Token.objects.filter(key=key).update(holder="")
    return admit(panel, key, secret)
