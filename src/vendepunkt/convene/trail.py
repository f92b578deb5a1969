"""The trail from what was said to what was voted on: ideas, themes, notes, and their refs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from vendepunkt.convene.types import Idea, Meeting, Theme
from vendepunkt.terms import Ref, RefValue


@dataclass(frozen=True, slots=True)
class Under:
    """What lies under a theme.

    Attributes
    ----------
    theme
        The theme.
    ideas
        The ideas that were placed under it and stand by themselves, in the order they came.
    said
        How many ideas that is with those that say the same again.
    """

    theme: Theme
    ideas: tuple[Idea, ...]
    said: int


@dataclass(frozen=True, slots=True)
class Trail:
    """Where every idea of a meeting went.

    Attributes
    ----------
    under
        Theme by theme, in the order of the meeting.
    alone
        Ideas that are shown and lie under no theme.
    repeated
        Id of an idea → how many further ideas say the same.
    states
        State of an idea → how many ideas are in it; a state that no idea is in is left out.
    """

    under: tuple[Under, ...]
    alone: tuple[Idea, ...]
    repeated: dict[str, int]
    states: dict[str, int]

    @property
    def placed(self) -> int:
        """How many ideas that stand by themselves lie under a theme."""
        return len({idea.id for one in self.under for idea in one.ideas})


def trail(meeting: Meeting) -> Trail:
    """Follow every idea of a meeting to its theme.

    Parameters
    ----------
    meeting
        The meeting.

    Returns
    -------
    Trail
        Ideas that were taken out, or are a person's own case, lie under no theme. An idea that
        says what another says is counted with that one.

    Examples
    --------
    >>> from vendepunkt.convene import Idea, LifePhase, Meeting, Panel, Placement, Theme, Words
    >>> words = Words("Ensomhed", "Loneliness")
    >>> found = trail(
    ...     Meeting(
    ...         "m", words, phases=(LifePhase("p", words),), panels=(Panel("a", words),),
    ...         ideas=(Idea("i", "a", "q", "Nobody calls"), Idea("j", "a", "q", "No calls",
    ...                same_as="i")),
    ...         themes=(Theme("t", "p", words),), placements=(Placement("i", "t", "AB"),),
    ...     )
    ... )
    >>> [(one.theme.id, len(one.ideas), one.said) for one in found.under]
    [('t', 1, 2)]
    """
    known = {idea.id: idea for idea in meeting.ideas}
    repeated: dict[str, int] = {}
    for idea in meeting.ideas:
        first = _first(idea, known)
        if first is not idea and idea.state == "shown":
            repeated[first.id] = repeated.get(first.id, 0) + 1
    placed: dict[str, list[str]] = {}
    for placement in meeting.placements:
        if not placement.undone and placement.idea in known:
            first = _first(known[placement.idea], known)
            held = placed.setdefault(placement.theme, [])
            if first.id not in held:
                held.append(first.id)
    under = tuple(
        _under(theme, [known[one] for one in placed.get(theme.id, ())], repeated)
        for theme in meeting.themes
    )
    inside = {idea.id for one in under for idea in one.ideas}
    alone = tuple(
        idea
        for idea in meeting.ideas
        if idea.state == "shown" and idea.same_as is None and idea.id not in inside
    )
    states: dict[str, int] = {}
    for idea in meeting.ideas:
        states[idea.state] = states.get(idea.state, 0) + 1
    return Trail(under, alone, repeated, states)


def _under(theme: Theme, ideas: list[Idea], repeated: dict[str, int]) -> Under:
    shown = tuple(idea for idea in ideas if idea.state == "shown")
    return Under(theme, shown, len(shown) + sum(repeated.get(idea.id, 0) for idea in shown))


def _first(idea: Idea, known: dict[str, Idea]) -> Idea:
    """Give the idea that this one says again; itself where it says something of its own."""
    seen = {idea.id}
    while idea.same_as is not None and idea.same_as in known and idea.same_as not in seen:
        idea = known[idea.same_as]
        seen.add(idea.id)
    return idea


def trail_refs(meeting: Meeting) -> Iterator[RefValue]:
    """Give the refs of what was said: ideas, notes, themes, counts, and who came.

    ``convene/ideas/MEETING/IDEA`` and ``convene/notes/MEETING/NOTE`` hold the words (none where
    they were redacted), ``convene/themes/MEETING/THEME`` the title with the description,
    ``convene/ideas_of/MEETING/THEME`` how many ideas lie under it, ``convene/meeting/MEETING/…``
    the counts of the whole meeting, ``convene/present/MEETING/PANEL`` who was there.
    """
    found = trail(meeting)
    language = meeting.language

    def value(result: str, row: str, held: float | str | None) -> RefValue:
        return RefValue(Ref("convene", result, f"{meeting.id}/{row}"), held)

    for idea in meeting.ideas:
        yield value("ideas", idea.id, idea.text)
    for note in meeting.notes:
        yield value("notes", note.id, note.text)
    for one in found.under:
        words = (one.theme.title.in_(language), one.theme.description.in_(language))
        yield value("themes", one.theme.id, ": ".join(word for word in words if word))
        yield value("ideas_of", one.theme.id, one.said)
    for panel in meeting.panels:
        if panel.present is not None:
            yield value("present", panel.id, panel.present)
    counts = {
        "ideas": len(meeting.ideas),
        "themes": len(meeting.themes),
        "placed": found.placed,
        "alone": len(found.alone),
        "repeated": sum(found.repeated.values()),
        "released": sum(
            idea.released and idea.text is not None and idea.state == "shown"
            for idea in meeting.ideas
        ),
        "notes": len(meeting.notes),
        **{state: count for state, count in found.states.items() if state != "shown"},
    }
    if meeting.help_shown is not None and meeting.help_taken is not None:
        counts |= {"help_shown": meeting.help_shown, "help_taken": meeting.help_taken}
        if meeting.help_shown:
            rate = meeting.help_taken / meeting.help_shown
            yield value("meeting", "help_rate", rate)
    for name, count in counts.items():
        yield value("meeting", name, count)
