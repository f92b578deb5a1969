"""Slips and ballots of paper: typed in piles, read by a second person, corrected with a trail."""

from __future__ import annotations

import re
from typing import Any, Final
from uuid import uuid4

from django.db import transaction
from django.db.models import Max

from vendepunkt.terms import DataError, RefusedError
from vendepunkt.web.people.models import Person
from vendepunkt.web.record import changing, record
from vendepunkt.web.room.models import Batch, Group, Idea, Opening, PaperBallot, Vote
from vendepunkt.web.room.sending import plain_text
from vendepunkt.web.room.versions import bump

#: What is typed for a ballot: numbers of themes, for dots each with its dots: ``2=3 5=1``.
_MARK: Final = re.compile(r"(\d+)(?:\s*[=:]\s*(\d+))?")
_BETWEEN: Final = re.compile(r"[\s,;.+]+")


def read_marks(typed: str, opening: Opening) -> dict[str, int]:
    """Turn what was typed into marks: ``"2 5 7"``, for dots ``"2=3 5=1"``; nothing is blank.

    Parameters
    ----------
    typed
        Numbers as they stand on the paper ballot, from 1.
    opening
        The vote; its themes in the order of the ballot.

    Returns
    -------
    dict
        Theme id → 1, or the dots given.

    Raises
    ------
    DataError
        ``"not_a_mark"``, ``"no_such_theme"``, ``"marked_twice"`` or ``"too_many_marks"``.
    """
    vote = _vote(opening)
    dots = vote.rule == Vote.Rule.DOTS
    marks: dict[str, int] = {}
    for part in filter(None, _BETWEEN.split(re.sub(r"\s*([=:])\s*", r"\1", typed.strip()))):
        found = _MARK.fullmatch(part)
        if found is None or (found[2] is not None) != dots:
            shown = "2=3 5=1" if dots else "2 5 7"
            raise DataError("not_a_mark", "That is no mark.", allowed=f"such as {shown}")
        number = int(found[1])
        if not 1 <= number <= len(opening.themes):
            raise DataError(
                "no_such_theme",
                f"There is no theme {number}.",
                allowed=f"1 to {len(opening.themes)}",
            )
        theme = str(opening.themes[number - 1])
        if theme in marks:
            raise DataError("marked_twice", f"Theme {number} is marked twice.")
        value = int(found[2] or 1)
        if value:
            marks[theme] = value
    total = sum(marks.values())
    if vote.rule != Vote.Rule.APPROVAL and vote.choices and total > vote.choices:
        raise DataError(
            "too_many_marks", f"The ballot has {total} marks.", allowed=f"up to {vote.choices}"
        )
    return marks


def shown_marks(marks: dict[str, Any], opening: Opening) -> str:
    """Give marks as they are typed: numbers of themes, for dots each with its dots."""
    places = {str(theme): at + 1 for at, theme in enumerate(opening.themes)}
    dots = _vote(opening).rule == Vote.Rule.DOTS
    pairs = sorted((places.get(theme, 0), value) for theme, value in marks.items())
    return " ".join(f"{place}={value}" if dots else str(place) for place, value in pairs)


def new_batch(opening: Opening, who: Person | None, *, helper: bool) -> Batch:
    """Begin a pile for a question or vote."""
    kind = Batch.Kind.BALLOTS if opening.vote_id else Batch.Kind.IDEAS
    return Batch.objects.create(
        panel=opening.panel, opening=opening, kind=kind, helper=helper, typed_by=who
    )


@transaction.atomic
def add_ideas(batch: Batch, lines: list[str], sending: str, group: Group | None = None) -> int:
    """Add slips to a pile of ideas, one a line; the same sending counts once.

    Parameters
    ----------
    batch
        A pile of ideas.
    lines
        The slips; empty ones are passed over.
    sending
        Random text of the form, so that a form sent twice counts once.
    group
        The small group, where the meeting records groups.

    Returns
    -------
    int
        How many ideas were added.

    Raises
    ------
    DataError
        ``"slip_too_long"`` naming the lines; then nothing is added.
    """
    batch = Batch.objects.select_for_update().get(pk=batch.pk)
    question = batch.opening.question
    if question is None:
        raise DataError("no_question", "This pile is of ballots.", try_="a pile of ideas")
    if sending in batch.sendings:
        return 0
    meeting = batch.panel.meeting
    written = [(at, plain_text(line)) for at, line in enumerate(lines, start=1)]
    slips = [(at, text) for at, text in written if text]
    long = [at for at, text in slips if len(text) > meeting.idea_length]
    if long:
        named = ", ".join(map(str, long[:5]))
        raise DataError(
            "slip_too_long",
            f"{len(long)} slips are too long, in line {named}.",
            allowed=f"up to {meeting.idea_length} characters",
        )
    channel = Idea.Channel.HELPER if batch.helper else Idea.Channel.PAPER
    state = Idea.State.HELD if meeting.held_back else Idea.State.SHOWN
    Idea.objects.bulk_create(
        Idea(
            id=uuid4(),
            panel=batch.panel,
            question=question,
            text=text,
            channel=channel,
            state=state,
            group=group if meeting.record_groups else None,
        )
        for _at, text in slips
    )
    batch.sendings = [*batch.sendings, sending]
    batch.counted = True
    batch.save(update_fields=["sendings", "counted"])
    bump(batch.panel)
    return len(slips)


@transaction.atomic
def add_ballot(
    batch: Batch, typed: str, number: int, spoilt: str = "", *, who: Person | None = None
) -> PaperBallot:
    """Add the ballot with a number to a pile; the same number with the same marks counts once.

    One person types a pile, so that the second reader is known to be another.

    Raises
    ------
    DataError
        As :func:`read_marks`; ``"number_taken"`` if that number is there with other marks.
    RefusedError
        ``"already_counted"`` if the pile counts already: begin a new one; ``"other_typist"`` if
        somebody else began it.
    """
    batch = Batch.objects.select_for_update().get(pk=batch.pk)
    _must_not_count(batch)
    if who is not None and who.pk != batch.typed_by_id:
        raise RefusedError("other_typist", "Somebody else types this pile.", try_="a new pile")
    marks = {} if spoilt else read_marks(typed, batch.opening)
    ballot, made = PaperBallot.objects.get_or_create(
        batch=batch, number=number, defaults={"marks": marks, "spoilt": spoilt}
    )
    if not made and (ballot.marks, ballot.spoilt) != (marks, spoilt):
        raise DataError(
            "number_taken", f"Ballot {number} is typed already, with other marks.", try_="mend it"
        )
    return ballot


@transaction.atomic
def read_again(batch: Batch, typed: str, number: int, who: Person | None) -> bool:
    """Type a ballot a second time, without seeing the first; say whether both agree.

    Raises
    ------
    DataError
        As :func:`read_marks`; ``"no_such_ballot"``.
    RefusedError
        ``"same_reader"`` if the first typist reads again; ``"already_counted"``.
    """
    batch = Batch.objects.select_for_update().get(pk=batch.pk)
    _must_not_count(batch)
    if who is not None and who.pk == batch.typed_by_id:
        raise RefusedError("same_reader", "The second reader is somebody else than the first.")
    ballot = PaperBallot.objects.filter(batch=batch, number=number).first()
    if ballot is None:
        raise DataError("no_such_ballot", f"There is no ballot {number} in this pile.")
    ballot.second = read_marks(typed, batch.opening)
    ballot.save(update_fields=["second"])
    batch.read_by = who
    batch.save(update_fields=["read_by"])
    return bool(ballot.second == ballot.marks)


@changing()
def mend(ballot: PaperBallot, typed: str, spoilt: str, who: Person | None) -> None:
    """Correct a ballot after looking at the paper; what stood before stays in the record."""
    before = {"marks": ballot.marks, "second": ballot.second, "spoilt": ballot.spoilt}
    ballot.marks = {} if spoilt else read_marks(typed, ballot.batch.opening)
    # A correction is made with the paper in hand by one who knows both readings: it settles them.
    ballot.second = ballot.marks if ballot.second is not None else None
    ballot.spoilt = spoilt
    ballot.save()
    after = {"marks": ballot.marks, "second": ballot.second, "spoilt": ballot.spoilt}
    key = f"paper:{ballot.batch_id}/{ballot.number}"
    record(who, "paper.mend", key, before=before, after=after)


@changing()
def count(batch: Batch, who: Person | None) -> int:
    """Let a pile count, once nothing in it is in doubt.

    Returns
    -------
    int
        How many ballots count.

    Raises
    ------
    RefusedError
        ``"not_read_twice"`` or ``"readings_differ"`` with how many.
    """
    batch = Batch.objects.select_for_update().get(pk=batch.pk)
    _must_not_count(batch)
    if batch.panel.meeting.second_reader:
        valid = batch.ballots.filter(spoilt="")
        unread = valid.filter(second__isnull=True).count()
        if unread:
            raise RefusedError("not_read_twice", f"{unread} ballots are read by one person only.")
    apart = differing(batch)
    if apart:
        raise RefusedError("readings_differ", f"{len(apart)} ballots were read in two ways.")
    batch.counted = True
    batch.save(update_fields=["counted"])
    counted = batch.ballots.filter(spoilt="").count()
    totals = {"ballots": counted, "spoilt": batch.ballots.exclude(spoilt="").count()}
    record(who, "paper.count", f"batch:{batch.pk}", after=totals)
    bump(batch.panel)
    return counted


def differing(batch: Batch) -> list[PaperBallot]:
    """Give the ballots that two readers read in two ways."""
    ballots = batch.ballots.filter(spoilt="", second__isnull=False)
    return [one for one in ballots if one.second != one.marks]


def next_number(batch: Batch) -> int:
    """Give the number to pencil on the next ballot of a pile."""
    last = batch.ballots.aggregate(last=Max("number"))["last"]
    return int(last or 0) + 1


def next_unread(batch: Batch) -> int | None:
    """Give the number of the next ballot that the second reader has not read, or None."""
    ballot = batch.ballots.filter(spoilt="", second__isnull=True).first()
    return None if ballot is None else ballot.number


def _must_not_count(batch: Batch) -> None:
    if batch.counted:
        raise RefusedError("already_counted", "This pile counts already.", try_="a new pile")


def _vote(opening: Opening) -> Vote:
    if opening.vote is None:
        raise DataError("no_vote", "Ideas have no marks.", try_="a pile of ballots")
    return opening.vote
