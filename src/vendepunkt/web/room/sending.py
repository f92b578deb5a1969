"""What a phone sends, counted exactly once: an idea, or a ballot."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from fractions import Fraction
from typing import Final

from vendepunkt.convene.rules import RULES
from vendepunkt.terms.errors import DataError, RefusedError
from vendepunkt.web.room.admission import take
from vendepunkt.web.room.holding import hold_open, writing
from vendepunkt.web.room.models import Idea, IdeaClaim, OpenBallot, Opening, Question, Token, Vote
from vendepunkt.web.room.secrets import ballot_key, claim_key, text_image

#: Unicode categories that have no place in an idea: controls, surrogates, unassigned, and marks
#: that turn the direction of what follows on everybody's screen.
_UNWANTED: Final = frozenset({"Cc", "Cs", "Cn", "Co"})
_TURNING: Final = frozenset(
    "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\ufeff"
)
#: More marks on one letter than any language writes; and as many again before they are composed.
_MARKS: Final = 4
_RAW_MARKS: Final = 2 * _MARKS
#: Longer texts are no idea that anybody typed: they are turned away without being read.
_READ: Final = 150_000


def plain_text(text: str) -> str:
    r"""Give a text as it is kept: composed letters, single line ends, nothing invisible.

    Examples
    --------
    >>> plain_text("  Ingen\x00 tid\r\n\r\n\r\ntil børn ")
    'Ingen tid\n\ntil børn'
    """
    kept: list[str] = []
    marks = breaks = 0
    for c in unicodedata.normalize(
        "NFC", _few_marks(text.replace("\r\n", "\n").replace("\r", "\n"))
    ):
        category = unicodedata.category(c)
        if c in "\n\t":
            breaks = breaks + 1 if c == "\n" else breaks
            c = c if c == "\n" else " "  # noqa: PLW2901
            if breaks > 2:
                continue
        elif category in _UNWANTED or c in _TURNING:
            continue
        else:
            breaks = 0
        marks = marks + 1 if category in {"Mn", "Me"} else 0
        if marks <= _MARKS:
            kept.append(c)
    return "".join(kept).strip()


def _few_marks(text: str) -> str:
    """Give a text without the marks that are too many on one letter.

    To compose letters takes the square of the marks on each, so that one long text of nothing
    but marks would keep everybody waiting.
    """
    if text.isascii():
        return text
    kept: list[str] = []
    marks = 0
    for c in text:
        marks = marks + 1 if unicodedata.combining(c) else 0
        if marks <= _RAW_MARKS:
            kept.append(c)
    return "".join(kept)


def send_idea(opening: Opening, token: Token, secret: str, slot: int, text: str) -> Idea:
    """Take an idea from a phone.

    The same words from the same place of the form are the same idea, however often they are
    sent. Other words from that place (two windows of one phone) go to the next free place, so
    that nothing is lost.

    Parameters
    ----------
    opening
        The question as it is open.
    token, secret
        Whose phone.
    slot
        Which of the phone's ideas the form was made for; counts from 0.
    text
        The words.

    Raises
    ------
    DataError
        ``idea_empty``, or ``idea_too_long`` for the meeting's limit.
    RefusedError
        ``opening_closed``; ``ideas_full`` where the phone has sent all that the meeting lets it;
        and as :func:`~vendepunkt.web.room.admission.admit` does.
    """
    meeting = opening.panel.meeting
    if opening.question is None:
        raise RefusedError("opening_closed", "The opening is no question.")
    words = plain_text(text[: _READ + 1])
    if not words:
        raise DataError("idea_empty", "The idea has no words.")
    if len(words) > meeting.idea_length:
        raise DataError(
            "idea_too_long",
            f"The idea has {len(words)} characters.",
            allowed=f"{meeting.idea_length}",
        )
    said = text_image(secret, words)
    keys = [claim_key(secret, opening.pk, at) for at in range(meeting.ideas_each)]
    with writing():
        _enter(opening, token, secret)
        sent = {claim.key: claim for claim in _claims(keys)}
        first = min(max(slot, 0), len(keys))
        for key in keys[first:] + keys[:first]:
            claim = sent.get(key)
            if claim is None:
                return _keep_idea(
                    opening, opening.question, token, words, IdeaClaim(key=key, said=said)
                )
            if claim.said == said:
                return claim.idea
        raise RefusedError(
            "ideas_full",
            "This phone has sent all its ideas.",
            allowed=f"{meeting.ideas_each}",
        )


def _claims(keys: list[str]) -> list[IdeaClaim]:
    return list(IdeaClaim.objects.filter(key__in=keys).select_related("idea"))


def _keep_idea(
    opening: Opening, question: Question, token: Token, words: str, claim: IdeaClaim
) -> Idea:
    meeting = opening.panel.meeting
    idea = Idea.objects.create(
        panel_id=opening.panel_id,
        question=question,
        text=words,
        state=Idea.State.HELD if meeting.held_back else Idea.State.SHOWN,
        group_id=token.group_id if meeting.record_groups else None,
    )
    claim.opening, claim.idea = opening, idea
    claim.save(force_insert=True)
    return idea


def sent_ideas(opening: Opening, secret: str) -> list[Idea]:
    """Give the ideas that a phone sent while a question is open, in the order of its form."""
    each = opening.panel.meeting.ideas_each
    keys = [claim_key(secret, opening.pk, at) for at in range(each)]
    ideas = {claim.key: claim.idea for claim in _claims(keys)}
    return [ideas[key] for key in keys if key in ideas]


def check_marks(vote: Vote, themes: list[str], marks: Mapping[str, int]) -> dict[str, int]:
    """Give a ballot's marks in the order of the ballot paper, or say what is wrong with them.

    Parameters
    ----------
    vote
        Its rule and cap.
    themes
        Ids of the themes on the ballot, in their order.
    marks
        Theme → 1 for a cross, or the dots given. Noughts are left out; none at all is a blank.

    Raises
    ------
    DataError
        As the rule's ``check`` does: ``theme_not_on_ballot``, ``wrong_mark`` or, over the cap,
        ``too_many_choices``.
    """
    unknown = [theme for theme in marks if theme not in themes]
    given = {theme: marks[theme] for theme in [*themes, *unknown] if marks.get(theme)}
    exact = {theme: Fraction(mark) for theme, mark in given.items()}
    RULES[vote.rule].check(exact, vote.choices, themes)
    return given


def cast(opening: Opening, token: Token, secret: str, marks: Mapping[str, int]) -> dict[str, int]:
    """Take a ballot from a phone, over the one it may have cast before.

    Parameters
    ----------
    opening
        The vote as it is open.
    token, secret
        Whose phone.
    marks
        As :func:`check_marks` takes them.

    Returns
    -------
    dict
        The marks that now stand.

    Raises
    ------
    DataError
        As :func:`check_marks` does.
    RefusedError
        ``opening_closed``; ``vote_stands`` where another ballot of this phone stands and the
        meeting does not let it be changed; and as
        :func:`~vendepunkt.web.room.admission.admit` does.
    """
    meeting = opening.panel.meeting
    if opening.vote is None:
        raise RefusedError("opening_closed", "The opening is no vote.")
    given = check_marks(opening.vote, opening.themes, marks)
    ballot = OpenBallot(
        key=ballot_key(secret, opening.pk),
        opening=opening,
        marks=given,
        group_id=token.group_id if meeting.record_groups else None,
    )
    with writing():
        _enter(opening, token, secret)
        if meeting.may_change:
            OpenBallot.objects.bulk_create(
                [ballot],
                update_conflicts=True,
                update_fields=["marks", "group"],
                unique_fields=["key"],
            )
            return given
        OpenBallot.objects.bulk_create([ballot], ignore_conflicts=True)
        stands = OpenBallot.objects.get(key=ballot.key).marks
    if stands != given:
        raise RefusedError("vote_stands", "A ballot of this phone stands already.")
    return given


def cast_marks(opening: Opening, secret: str) -> dict[str, int] | None:
    """Give the ballot of a phone in an open vote; None where it has cast none."""
    key = ballot_key(secret, opening.pk)
    return OpenBallot.objects.filter(key=key).values_list("marks", flat=True).first()


def _enter(opening: Opening, token: Token, secret: str) -> None:
    if opening.pk not in hold_open(opening.panel_id):
        raise RefusedError("opening_closed", "It was closed before this arrived.")
    take(opening.panel, token.key, secret, held=True)
