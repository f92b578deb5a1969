"""The trail from every idea to its theme, and the refs of what was said."""

from __future__ import annotations

from dataclasses import replace

from tests.pipeline.meetings import meeting

from vendepunkt.convene.trail import trail, trail_refs
from vendepunkt.convene.types import Idea, Placement


def test_every_idea_is_counted_once_under_its_theme() -> None:
    found = trail(meeting())
    assert [(one.theme.id, len(one.ideas), one.said) for one in found.under] == [
        ("lonely", 3, 3),
        ("home", 2, 3),  # one says the same as another and is counted with it
        ("debt", 2, 2),
        ("office", 2, 2),
        ("work", 0, 0),
        ("school", 0, 0),
    ]
    assert [idea.id for idea in found.alone] == ["i10"]
    assert found.repeated == {"i1": 1}
    assert found.states == {"shown": 11, "removed": 1}
    assert found.placed == 9


def test_what_was_undone_or_taken_out_lies_under_no_theme() -> None:
    whole = meeting()
    undone = [replace(one, undone=one.idea == "i0") for one in whole.placements]
    removed = [
        replace(idea, state="personal_case") if idea.id == "i4" else idea for idea in whole.ideas
    ]
    found = trail(replace(whole, placements=tuple(undone), ideas=tuple(removed)))
    assert [idea.id for idea in found.under[0].ideas] == ["i8"]
    assert {idea.id for idea in found.alone} == {"i0", "i10"}
    assert found.states["personal_case"] == 1


def test_ideas_that_say_each_other_again_do_not_go_round_for_ever() -> None:
    ideas = (
        Idea("a", "users", "out", "One", same_as="b"),
        Idea("b", "users", "out", "Two", same_as="a"),
    )
    placements = (Placement("a", "lonely", "AB"), Placement("b", "lonely", "AB"))
    found = trail(meeting(ideas=ideas, placements=placements))
    assert len(found.under[0].ideas) == 2


def test_words_counts_and_presence_have_refs() -> None:
    refs = {str(value.ref): value.value for value in trail_refs(meeting())}
    assert refs["convene/ideas/spring/i3"] == "Idea number d"
    assert refs["convene/notes/spring/n0"] == "A note of a table."
    assert refs["convene/themes/spring/home"] == "Bolig: Om bolig."
    assert refs["convene/ideas_of/spring/home"] == 3
    assert refs["convene/present/spring/users"] == 29
    assert refs["convene/meeting/spring/released"] == 4
    assert refs["convene/meeting/spring/help_rate"] == 0.7
    assert refs["convene/meeting/spring/removed"] == 1


def test_redacted_words_leave_a_ref_without_a_value() -> None:
    whole = meeting()
    ideas = tuple(replace(i, text=None) if i.id == "i0" else i for i in whole.ideas)
    refs = {str(v.ref): v for v in trail_refs(replace(whole, ideas=ideas, help_shown=None))}
    assert refs["convene/ideas/spring/i0"].value is None
    assert refs["convene/meeting/spring/released"].value == 3
    assert "convene/meeting/spring/help_rate" not in refs
