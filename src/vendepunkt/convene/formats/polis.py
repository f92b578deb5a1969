"""Polis open data: a folder of csv files with statements, votes and groups of opinion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from vendepunkt.convene.formats.build import Builder, slug
from vendepunkt.convene.formats.mapping import Head, VoteMap, head_of, named, votes_of
from vendepunkt.convene.formats.polis_files import Conversation, read_conversation
from vendepunkt.convene.formats.polis_totals import polis_notices
from vendepunkt.convene.formats.polis_write import write_polis
from vendepunkt.convene.formats.protocol import Choice, Imported, Written
from vendepunkt.convene.types import IdeaState, Meeting, Words
from vendepunkt.terms import Notice, choose

#: What Polis asks for wherever its open data are shown.
POLIS_ATTRIBUTION: Final = (
    "Data was gathered using the Polis software (compdemocracy.org/polis) and is sub-licensed "
    "under CC BY 4.0 with Attribution to The Computational Democracy Project."
)
_STATES: Final[Mapping[int, tuple[IdeaState, str]]] = {
    1: ("shown", ""),
    0: ("held", "not moderated"),
    -1: ("removed", "removed by a moderator"),
}


@dataclass(frozen=True, slots=True)
class Polis:
    """A Polis conversation: a statement is an idea and the theme it is placed under.

    Marks are 1 (agrees), 0 (passes) and −1 (disagrees); a statement that somebody has not seen has
    no mark. Polis' groups of opinion become small groups, or panels with ``groups = "panels"`` in
    the mapping; people without a group are then left out, and it is said. Authors, participants'
    ids and times are not taken over.

    No rule counts disagreement. With ``marks = "agrees"`` in the mapping a ballot holds what
    somebody agreed to and nothing else, so that the vote can be tallied as one of approval.

    References
    ----------
    .. [1] Small, C., Bjorkegren, M., Erkkilä, T., Shaw, L. & Megill, C. (2021). Polis: scaling
       deliberation by mapping high dimensional opinion spaces. *Recerca*, 26(2).
       doi:10.6035/recerca.5516
    """

    name: str = "polis"
    words: str = "folder of Polis open data: comments.csv, participants-votes.csv and others"
    suffix: str = ""
    reads: bool = True
    writes: bool = True
    holds: frozenset[str] = frozenset({"marks", "blank", "themes", "titles", "groups"})

    def claims(self, path: Path) -> bool:
        """Whether the folder holds statements and the matrix of votes."""
        return all((path / name).is_file() for name in ("comments.csv", "participants-votes.csv"))

    def read(self, path: Path, mapping: Mapping[str, Any]) -> Imported:
        """Read a conversation.

        Raises
        ------
        DataError
            Where a file is missing or damaged, naming the file and row.
        """
        found = read_conversation(path)
        groups = choose(named(mapping, "groups") or "groups", ("groups", "panels"), "groups")
        as_panels = groups == "panels"
        notices = polis_notices(found)
        marks = choose(named(mapping, "marks") or "all", ("all", "agrees"), "marks")
        if marks == "agrees":
            found = _agreements(found)
        topic = found.summary.get("topic", "") or path.name
        head = Head(
            slug(path.resolve().name) or "polis",
            Words(en=topic),
            language="en",
            attribution=POLIS_ATTRIBUTION,
        )
        rule = VoteMap("approval") if marks == "agrees" else VoteMap("score", 1)
        built = Builder(head_of(mapping, head), votes_of(mapping, rule))
        left_out = _fill(built, found, mapping, as_panels=as_panels)
        meeting = built.meeting()
        # Words of statements were published by Polis under the licence that the attribution names.
        ideas = tuple(replace(idea, released=idea.state == "shown") for idea in meeting.ideas)
        if left_out:
            said = f"{left_out} people whom Polis put into no group are left out."
            notices = (*notices, Notice("without_group", said, {"n": left_out}))
        return Imported(replace(meeting, ideas=ideas), notices)

    def write(self, meeting: Meeting, path: Path, choice: Choice) -> Written:
        """Write the ballots of one vote as a conversation.

        Raises
        ------
        DataError
            ``"cannot_be_polis"`` where a mark is none of 1, 0 and −1.
        """
        return write_polis(meeting, path, choice)


def _agreements(found: Conversation) -> Conversation:
    """Keep of every ballot what it agrees to."""
    people = tuple(
        replace(one, marks={key: value for key, value in one.marks.items() if value == 1})
        for one in found.participants
    )
    return replace(found, participants=people)


def _fill(
    built: Builder, found: Conversation, mapping: Mapping[str, Any], *, as_panels: bool
) -> int:
    """Put statements and votes into the meeting; give how many people are left out."""
    phase = built.phase(named(mapping, "phase"))
    whole = "" if as_panels else built.panel(named(mapping, "panel"), present=found.present)
    groups = sorted({one.group for one in found.participants if one.group})
    panels = {group: built.panel(f"Group {group}") for group in groups} if as_panels else {}
    question = built.question(phase, "free", found.summary.get("topic", ""))
    home = whole or next(iter(panels.values()), "") or built.panel()
    for statement in found.statements:
        state, reason = _STATES[statement.moderated]
        voted = statement.id in found.columns
        theme = built.theme(statement.text, phase, id_=statement.id) if voted else ""
        built.idea(statement.text, home, question, theme=theme, state=state, reason=reason)
    vote = built.vote(phase)
    names = {} if as_panels else {group: built.group(group, whole) for group in groups}
    left_out = 0
    for person in found.participants:
        if as_panels and not person.group:
            left_out += 1
            continue
        panel = panels[person.group] if as_panels else whole
        built.ballot(vote, panel, person.marks, group=names.get(person.group))
    return left_out
