"""Paper: what is typed is what counts, two people read it, and a correction leaves a trail."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vendepunkt.convene import Words
from vendepunkt.terms import DataError, RefusedError
from vendepunkt.web.people.models import Change
from vendepunkt.web.room import openings, typing_in
from vendepunkt.web.room.freezing import to_meeting
from vendepunkt.web.room.making import PhasePlan, make_meeting
from vendepunkt.web.room.models import Idea, Theme

pytestmark = pytest.mark.django_db


def _vote(rule="choose-k", choices=3, **settings):
    plan = PhasePlan(
        "barn", Words("Barndom"), [("pushes_out", Words("Hvad?"))], rule=rule, choices=choices
    )
    meeting = make_meeting("m", Words("Møde"), [("p", Words("Panel"))], [plan], **settings)
    phase = meeting.phases.get()
    for n in range(5):
        Theme.objects.create(meeting=meeting, phase=phase, position=n, title_da=f"Tema {n}")
    return openings.open_vote(meeting.panels.get(), phase.votes.get())


@pytest.fixture
def opening():
    return _vote()


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [("", []), ("2 5", [2, 5]), (" 5,1 ; 2 ", [1, 2, 5]), ("3.1", [1, 3]), ("1 2 3", [1, 2, 3])],
)
def test_numbers_of_themes_are_crosses(opening, typed, numbers) -> None:
    marks = typing_in.read_marks(typed, opening)
    assert marks == {opening.themes[n - 1]: 1 for n in numbers}
    assert typing_in.shown_marks(marks, opening) == " ".join(map(str, numbers))


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("6", "no_such_theme"),
        ("0", "no_such_theme"),
        ("a", "not_a_mark"),
        ("2=1", "not_a_mark"),
        ("2 2", "marked_twice"),
        ("1 2 3 4", "too_many_marks"),
        ("9" * 500, "no_such_theme"),
    ],
)
def test_what_is_no_ballot_is_said(opening, typed, code) -> None:
    with pytest.raises(DataError) as wrong:
        typing_in.read_marks(typed, opening)
    assert wrong.value.code == code


def test_dots_are_shared_out() -> None:
    opening = _vote("dots", 5)
    marks = typing_in.read_marks("2 = 3, 5:1", opening)
    assert marks == {opening.themes[1]: 3, opening.themes[4]: 1}
    assert typing_in.shown_marks(marks, opening) == "2=3 5=1"
    with pytest.raises(DataError, match="6 marks"):
        typing_in.read_marks("2=3 5=3", opening)
    with pytest.raises(DataError, match="no mark"):
        typing_in.read_marks("2", opening)


@given(st.text(max_size=60))
def test_anything_typed_is_marks_or_a_sentence(typed) -> None:
    from types import SimpleNamespace

    vote = SimpleNamespace(rule="choose-k", choices=3)
    opening = SimpleNamespace(vote=vote, themes=["a", "b", "c"])
    try:
        marks = typing_in.read_marks(typed, opening)
    except DataError:
        return
    assert typing_in.read_marks(typing_in.shown_marks(marks, opening), opening) == marks


def test_a_pile_counts_once_two_people_agree(opening, people) -> None:
    first, second = people["note_taker"], people["facilitator"]
    batch = typing_in.new_batch(opening, first, helper=False)
    for number, typed in enumerate(["1 2", "", "3"], start=1):
        typing_in.add_ballot(batch, typed, number, who=first)
    typing_in.add_ballot(batch, "", 4, spoilt="to krydser for meget", who=first)
    with pytest.raises(RefusedError) as refused:
        typing_in.count(batch, first)
    assert refused.value.code == "not_read_twice"
    with pytest.raises(RefusedError) as refused:
        typing_in.read_again(batch, "1 2", 1, first)
    assert refused.value.code == "same_reader"
    assert typing_in.next_unread(batch) == 1
    assert typing_in.read_again(batch, "2 1", 1, second)
    assert typing_in.read_again(batch, "", 2, second)
    assert not typing_in.read_again(batch, "4", 3, second)
    with pytest.raises(RefusedError) as refused:
        typing_in.count(batch, first)
    assert refused.value.code == "readings_differ"
    (apart,) = typing_in.differing(batch)
    typing_in.mend(apart, "4", "", second)
    assert typing_in.count(batch, first) == 3
    with pytest.raises(RefusedError):
        typing_in.add_ballot(batch, "5", 5, who=first)
    change = Change.objects.get(what="paper.mend")
    assert change.who == second
    assert change.before()["marks"] == {opening.themes[2]: 1}
    assert change.after()["marks"] == {opening.themes[3]: 1}


def test_a_form_sent_twice_counts_once(opening, people) -> None:
    nina = people["note_taker"]
    batch = typing_in.new_batch(opening, nina, helper=False)
    typing_in.add_ballot(batch, "1 2", 1, who=nina)
    typing_in.add_ballot(batch, "2 1", 1, who=nina)
    assert batch.ballots.count() == 1
    with pytest.raises(DataError, match="Ballot 1"):
        typing_in.add_ballot(batch, "3", 1, who=nina)
    # The second reader is another than the one who typed: so one person types a pile.
    with pytest.raises(RefusedError) as refused:
        typing_in.add_ballot(batch, "3", 2, who=people["facilitator"])
    assert refused.value.code == "other_typist"


def test_counted_paper_is_in_the_meeting_after_closing(people) -> None:
    opening = _vote(second_reader=False)
    typist = people["note_taker"]
    for helper in (False, True):
        batch = typing_in.new_batch(opening, typist, helper=helper)
        typing_in.add_ballot(batch, "1 2", 1, who=typist)
        typing_in.add_ballot(batch, "", 2, spoilt="revet over", who=typist)
        typing_in.count(batch, typist)
    loose = typing_in.new_batch(opening, typist, helper=False)
    typing_in.add_ballot(loose, "3", 1, who=typist)
    with pytest.raises(RefusedError, match="still open"):
        to_meeting(opening.panel.meeting)
    openings.close(opening)
    meeting = to_meeting(opening.panel.meeting)
    assert sorted(b.channel for b in meeting.ballots) == ["helper", "paper"]
    titles = {theme.id: theme.title.da for theme in meeting.themes}
    for ballot in meeting.ballots:
        assert {titles[theme] for theme in ballot.marks} == {"Tema 0", "Tema 1"}


def test_slips_are_a_line_each_and_counted_once(people) -> None:
    plan = PhasePlan("barn", Words("Barndom"), [("pushes_out", Words("Hvad?"))])
    meeting = make_meeting("m", Words("Møde"), [("p", Words("Panel"))], [plan], idea_length=40)
    panel = meeting.panels.get()
    opening = openings.open_question(panel, meeting.phases.get().questions.get())
    batch = typing_in.new_batch(opening, people["note_taker"], helper=False)
    assert typing_in.add_ideas(batch, ["ingen tid", "", "  ingen penge "], "x") == 2
    assert typing_in.add_ideas(batch, ["ingen tid", "", "  ingen penge "], "x") == 0
    with pytest.raises(DataError, match="line 2"):
        typing_in.add_ideas(batch, ["kort", "l" * 41], "y")
    found = sorted(Idea.objects.values_list("text", "channel"))
    assert found == [("ingen penge", "paper"), ("ingen tid", "paper")]


def test_the_pages_take_a_pile_from_first_to_last(as_role) -> None:
    opening = _vote()
    panel = opening.panel
    nina, bo = as_role("note_taker"), as_role("facilitator")
    where = f"/meetings/m/{panel.key}/paper/"
    assert nina.get(where).status_code == 200
    answer = nina.post(where + "new/", {"opening": opening.pk}, follow=True)
    pile = answer.redirect_chain[-1][0]
    assert "autofocus" in answer.content.decode()
    wrong = nina.post(pile, {"number": 1, "marks": "1 2 3 4", "spoilt": ""})
    assert 'value="1 2 3 4"' in wrong.content.decode()
    assert nina.post(pile, {"number": 1, "marks": "1 2", "spoilt": ""}).status_code == 302
    again = nina.get(pile).content.decode()
    assert 'value="2"' in again
    assert "second/" not in again
    assert "second/" in bo.get(pile).content.decode()
    bo.post(pile + "second/", {"number": 1, "marks": "1 3"})
    assert "paper/" in bo.get(pile).content.decode()
    bo.post(pile + "1/", {"marks": "1 3", "spoilt": ""})
    done = bo.post(pile + "count/", follow=True)
    assert done.status_code == 200
    (batch,) = panel.batches.all()
    assert batch.counted
