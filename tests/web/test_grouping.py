"""Grouping ideas: placing, folding, themes; and what happens when two do it at once."""

from __future__ import annotations

import pytest
from tests.web.panels import vote_of
from tests.web.tables import a_table, again, bo, carla, idea, lies, seen, theme

from vendepunkt.convene import Words
from vendepunkt.terms import RefusedError
from vendepunkt.web.room import grouping, moderation
from vendepunkt.web.room.edits import ConflictError
from vendepunkt.web.room.models import HelpUse, Idea, Placement, Theme
from vendepunkt.web.room.openings import open_vote

pytestmark = pytest.mark.django_db


@pytest.fixture
def board():
    return a_table()


def under(board, at) -> str | None:
    placed = board.card(idea(board, at)).placement
    return placed.theme.title_da if placed else None


def test_several_ideas_go_under_a_theme_at_once(board) -> None:
    grouping.place(board, bo(), seen(board, 0, 1), str(theme(board, "Ensomhed").pk), "det samme")
    assert under(board, 0) == under(board, 1) == "Ensomhed"
    assert Placement.objects.filter(why="det samme", by=bo()).count() == 2
    assert [card.idea.text for card in again(board).loose if card.idea == idea(board, 0)] == []


def test_what_was_placed_before_stays_on_the_record(board) -> None:
    grouping.place(board, bo(), seen(board, 0), str(theme(board, "Ensomhed").pk))
    grouping.place(board, carla(), seen(board, 0), str(theme(board, "Tillid").pk))
    placed = Placement.objects.filter(idea=idea(board, 0))
    assert [(p.theme.title_da, p.undone, p.by.username) for p in placed] == [
        ("Ensomhed", True, "bo"),
        ("Tillid", False, "carla"),
    ]


def test_the_same_command_twice_counts_once(board) -> None:
    saw = seen(board, 0)
    key = str(theme(board, "Ensomhed").pk)
    assert grouping.place(board, bo(), saw, key) is not None
    assert grouping.place(board, bo(), saw, key) is None
    assert Placement.objects.count() == 1


def test_who_comes_second_is_told_and_nothing_is_lost(board) -> None:
    saw = seen(board, 0)
    grouping.place(board, bo(), saw, str(theme(board, "Ensomhed").pk))
    with pytest.raises(ConflictError) as caught:
        grouping.place(board, carla(), saw, str(theme(board, "Tillid").pk))
    (clash,) = caught.value.clashes
    assert (clash.title, clash.by) == ("Man føler sig alene", "Bo")
    assert "Ensomhed" in clash.theirs
    assert under(board, 0) == "Ensomhed"


def test_a_conflict_over_one_idea_places_none(board) -> None:
    saw = seen(board, 0, 1)
    grouping.place(board, bo(), saw[:1], str(theme(board, "Ensomhed").pk))
    with pytest.raises(ConflictError):
        grouping.place(board, carla(), saw, str(theme(board, "Tillid").pk))
    assert under(board, 1) is None


def test_a_theme_that_was_taken_away_meanwhile_takes_nothing(board) -> None:
    gone = theme(board, "Tillid")
    grouping.remove(board, bo(), str(gone.pk), gone.version)
    with pytest.raises(ConflictError):
        grouping.place(board, carla(), seen(board, 0), str(gone.pk))


def test_folded_ideas_count_and_come_back_where_the_other_lies(board) -> None:
    grouping.place(board, bo(), seen(board, 1), str(theme(board, "Ensomhed").pk))
    grouping.fold(board, bo(), seen(board, 1, 4), head_key=str(idea(board, 1).pk))
    (column,) = [c for c in again(board).columns if c.theme.title_da == "Ensomhed"]
    assert column.count == 2
    assert [card.count for card in column.cards] == [2]
    grouping.unfold(board, bo(), str(idea(board, 4).pk))
    assert under(board, 4) == "Ensomhed"
    assert idea(board, 4).same_as is None


def test_folding_what_is_folded_already_keeps_one_on_top(board) -> None:
    grouping.fold(board, bo(), seen(board, 1, 4), head_key=str(idea(board, 4).pk))
    grouping.fold(board, bo(), seen(board, 0, 4))
    assert {i.same_as_id for i in Idea.objects.exclude(same_as=None)} == {idea(board, 4).pk}
    assert board.card(idea(board, 4)).count == 3
    # Onto one that had nothing folded: what lay under the first moves along.
    grouping.fold(board, bo(), seen(board, 3, 4), head_key=str(idea(board, 3).pk))
    assert board.card(idea(board, 3)).count == 4


def test_one_idea_cannot_be_folded(board) -> None:
    with pytest.raises(RefusedError) as caught:
        grouping.fold(board, bo(), seen(board, 1))
    assert caught.value.code == "fold_two"


def test_a_new_theme_takes_ideas_along(board) -> None:
    made = grouping.new_theme(board, bo(), Words(da="  Nye   naboer "), seen(board, 0, 2))
    assert made.title_da == "Nye naboer"
    assert under(board, 0) == under(board, 2) == "Nye naboer"
    assert list(board.themes())[-1] == made


@pytest.mark.parametrize(
    ("title", "code"),
    [("", "theme_unnamed"), ("ensomhed", "theme_exists"), ("x" * 201, "theme_long")],
)
def test_a_theme_needs_a_name_of_its_own(board, title, code) -> None:
    with pytest.raises(RefusedError) as caught:
        grouping.new_theme(board, bo(), Words(da=title))
    assert caught.value.code == code
    assert Theme.objects.count() == 4


def test_a_description_written_on_an_old_page_is_not_laid_over_a_newer_one(board) -> None:
    one = theme(board, "Tillid")
    words = Words(da="Tillid", en="Trust")
    grouping.describe(board, bo(), str(one.pk), one.version, words, Words(da="Bos ord"))
    with pytest.raises(ConflictError) as caught:
        grouping.describe(board, carla(), str(one.pk), one.version, words, Words(da="Carlas ord"))
    (clash,) = caught.value.clashes
    assert clash.by == "Bo"
    assert "Bos ord" in clash.theirs
    one.refresh_from_db()
    assert (one.description_da, one.version) == ("Bos ord", 2)


def test_splitting_makes_a_theme_beside_the_old_one(board) -> None:
    old = theme(board, "Ensomhed")
    grouping.place(board, bo(), seen(board, 0, 1, 2), str(old.pk))
    grouping.split(board, bo(), str(old.pk), seen(board, 2), Words(da="Penge"))
    assert [t.title_da for t in board.themes()][:2] == ["Ensomhed", "Penge"]
    assert (under(board, 0), under(board, 2)) == ("Ensomhed", "Penge")


def test_merging_moves_ideas_and_citations_and_keeps_the_old_theme(board) -> None:
    old, into = theme(board, "Ensomhed"), theme(board, "Tillid")
    grouping.place(board, bo(), seen(board, 0, 1), str(old.pk))
    grouping.cite(board, bo(), str(old.pk), idea(board, 0))
    grouping.merge(board, bo(), str(old.pk), str(into.pk), old.version)
    assert under(board, 0) == under(board, 1) == "Tillid"
    assert grouping.cited(into) == {str(idea(board, 0).pk)}
    assert Theme.objects.get(pk=old.pk).gone


def test_a_theme_cannot_be_merged_into_itself(board) -> None:
    one = theme(board, "Tillid")
    with pytest.raises(RefusedError):
        grouping.merge(board, bo(), str(one.pk), str(one.pk), one.version)


def test_moving_a_theme_twice_by_one_press_moves_it_once(board) -> None:
    key = str(theme(board, "Tillid").pk)
    for _press in range(2):
        grouping.order(board, bo(), key, -1, seen=3)
    titles = [t.title_da for t in board.themes()]
    assert titles == ["Ensomhed", "Fattigdom", "Tillid", "Overgange"]


def test_carrying_forward_needs_a_reason(board) -> None:
    one = theme(board, "Fattigdom")
    with pytest.raises(RefusedError) as caught:
        grouping.carry(board, bo(), str(one.pk), one.version, "Rådet", " ")
    assert caught.value.code == "carry_why"
    grouping.carry(board, bo(), str(one.pk), one.version, "Rådet", "lå lige under")
    one.refresh_from_db()
    assert (one.carried_by, one.carried_why) == ("Rådet", "lå lige under")
    grouping.carry(board, bo(), str(one.pk), one.version, "", "")
    one.refresh_from_db()
    assert (one.carried_by, one.carried_why) == ("", "")


def test_what_people_vote_on_does_not_change_under_them(board) -> None:
    open_vote(board.panel, vote_of(board.panel.meeting))
    one = theme(board, "Tillid")
    words = Words(da="Mistillid")
    for change in (
        lambda: grouping.new_theme(board, bo(), words),
        lambda: grouping.describe(board, bo(), str(one.pk), 1, words, Words()),
        lambda: grouping.remove(board, bo(), str(one.pk), 1),
        lambda: grouping.order(board, bo(), str(one.pk), -1, 3),
        lambda: grouping.ballot(board, bo(), str(one.pk), 1, on=False),
    ):
        with pytest.raises(RefusedError) as caught:
            change()
        assert caught.value.code == "vote_open"
    grouping.place(board, bo(), seen(board, 0), str(one.pk))
    assert under(board, 0) == "Tillid"


def test_a_theme_of_one_panel_is_not_on_the_other_panels_table() -> None:
    board = a_table(common_themes=False)
    made = grouping.new_theme(board, bo(), Words(da="Kun her"))
    assert made.panel == board.panel
    other = board.panel.meeting.panels.get(key="local")
    assert made not in type(board)(other, board.phase).themes()


def test_what_the_help_suggested_and_what_was_taken_is_recorded(board) -> None:
    for at, names in ((0, ["Ensomhed", "Tillid"]), (1, ["Tillid"])):
        HelpUse.objects.create(idea=idea(board, at), suggested=names)
        grouping.place(board, bo(), seen(board, at), str(theme(board, "Ensomhed").pk))
    taken = HelpUse.objects.values_list("idea__text", "taken")
    assert dict(taken) == {"Man føler sig alene": True, "Ingen at tale med": False}


def test_an_idea_that_is_taken_away_lets_go_of_its_theme_and_its_doubles(board) -> None:
    grouping.place(board, bo(), seen(board, 1), str(theme(board, "Ensomhed").pk))
    grouping.fold(board, bo(), seen(board, 1, 4), head_key=str(idea(board, 1).pk))
    moderation.remove(board, bo(), seen(board, 1), "et navn")
    assert under(board, 1) is None
    assert (under(board, 4), idea(board, 4).same_as) == ("Ensomhed", None)


def test_the_version_of_the_table_changes_with_ideas_and_with_themes(board) -> None:
    versions = [board.version()]
    row = idea(board, 0)
    Idea.objects.filter(pk=row.pk).update(text="Noget andet")
    versions.append(board.version())
    grouping.new_theme(board, bo(), Words(da="Nyt"))
    versions.append(board.version())
    assert len(set(versions)) == 3
    assert again(board).version() == versions[-1]
    assert "Nyt" in {t["title"][0] for t in lies(board)["themes"]}
