"""After the meeting: results, the trail, what may leave, the frozen version, deletion."""

from __future__ import annotations

import io
import zipfile

import pytest
from tests.web.panels import panel_of, question_of, small_meeting, vote_of

from vendepunkt import convene
from vendepunkt.web.people.models import Change
from vendepunkt.web.room import openings, rehearsing
from vendepunkt.web.room.freezing import to_meeting
from vendepunkt.web.room.models import Idea, Meeting, Placement, Theme
from vendepunkt.web.room.results import results_of, tally_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def held(people):
    """Give a meeting of two panels in which both wrote and voted."""
    meeting = small_meeting()
    vote, question = vote_of(meeting), question_of(meeting)
    for panel in meeting.panels.select_related("meeting"):
        asked = openings.open_question(panel, question)
        rehearsing.invented_answers(panel, people["owner"])
        openings.close(asked)
        opened = openings.open_vote(panel, vote)
        rehearsing.invented_answers(panel, people["owner"])
        openings.close(opened)
    theme = Theme.objects.first()
    for idea in Idea.objects.all()[:5]:
        Placement.objects.create(idea=idea, theme=theme, by=people["facilitator"], why="handler om")
    return meeting


def test_results_are_what_the_tally_says(held, as_role) -> None:
    found = results_of(held)
    assert len(found) == 2
    page = as_role("reader").get(f"/meetings/{held.slug}/results/").content.decode()
    for one in found:
        assert one.tally.voters == rehearsing.VOTERS
        for row in one.tally.standings:
            title = one.tally.title(row.theme, "da")
            assert f">{title}</span>" in page
            assert f"<td>{row.people}</td>" in page.replace(' class="n"', "")
    assert "Panelet er ikke en stikprøve" in page
    assert "Panelerne side om side" in page
    assert tally_of(held) is tally_of(held)


def test_an_open_vote_is_no_result_yet(held, as_role, settings, tmp_path) -> None:
    settings.STUDY = str(tmp_path)
    panel = panel_of(held)
    again = openings.open_vote(panel, vote_of(held))
    rehearsing.invented_answers(panel, None)
    assert len(results_of(held)) == 2
    assert as_role("reader").get(f"/meetings/{held.slug}/results/").status_code == 200
    frozen = as_role("researcher").post(f"/meetings/{held.slug}/freeze/", follow=True)
    assert "Luk" in frozen.content.decode()
    openings.close(again)
    assert [one.round for one in results_of(held)].count(2) == 1


def test_pictures_are_drawn(held, as_role) -> None:
    lea = as_role("reader")
    base = f"/meetings/{held.slug}/results/"
    for where in (f"{vote_of(held).key}/users.svg", "side-by-side-0.svg"):
        answer = lea.get(base + where)
        assert answer.status_code == 200
        assert answer["Content-Type"] == "image/svg+xml"
        assert b"<svg" in answer.content
        narrow = lea.get(base + where + "?width=narrow")
        assert narrow.content != answer.content
    assert lea.get(base + "nothing/users.svg").status_code == 404
    assert lea.get(base + "side-by-side-9.svg").status_code == 404


def test_the_trail_leads_from_every_idea_to_its_theme(held, as_role) -> None:
    page = as_role("reader").get(f"/meetings/{held.slug}/trail/").content.decode()
    assert page.count("placeret af bo") == 5
    assert "Under intet tema" in page
    for idea in Idea.objects.all():
        assert idea.text in page


def test_words_leave_only_when_released_one_by_one(held, as_role) -> None:
    rune = as_role("researcher")
    chosen, *others = Idea.objects.all()
    kept = f"/meetings/{held.slug}/release/"
    assert rune.post(kept, {"released": [str(chosen.pk), "no-such"]}).status_code == 302
    assert list(Idea.objects.filter(released=True)) == [chosen]
    assert Change.objects.filter(what="idea.release").count() == 1
    answer = rune.get(f"/meetings/{held.slug}/export/tables/")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        text = "\n".join(archive.read(name).decode() for name in archive.namelist())
    assert chosen.text in text
    assert [one.text for one in others if one.text != chosen.text and one.text in text] == []


@pytest.mark.parametrize("kind", ["workbook", "tables", "pabulib", "ballots"])
def test_every_kind_of_file_can_be_fetched(held, as_role, kind, tmp_path) -> None:
    rune = as_role("researcher")
    assert rune.get(f"/meetings/{held.slug}/export/").status_code == 200
    answer = rune.get(f"/meetings/{held.slug}/export/{kind}/?panel=users&phase=youth")
    assert answer.status_code == 200, answer.get("Location")
    assert len(answer.content) > 100
    assert "attachment" in answer["Content-Disposition"]


def test_a_vote_of_few_cannot_be_fetched(people, as_role) -> None:
    meeting = small_meeting()
    panel = panel_of(meeting)
    openings.close(openings.open_vote(panel, vote_of(meeting)))
    answer = as_role("researcher").get(
        f"/meetings/{meeting.slug}/export/pabulib/?panel=users&phase=youth", follow=True
    )
    assert "for få har stemt" in answer.content.decode()


def test_freezing_writes_what_is_read_again(held, as_role, settings, tmp_path) -> None:
    rune = as_role("researcher")
    settings.STUDY = ""
    answer = rune.post(f"/meetings/{held.slug}/freeze/", follow=True)
    assert "uden en undersøgelse" in answer.content.decode()
    settings.STUDY = str(tmp_path)
    answer = rune.post(f"/meetings/{held.slug}/freeze/", follow=True)
    assert "Mødet er frosset" in answer.content.decode()
    (folder,) = (tmp_path / "panels").iterdir()
    thawed = convene.thaw(folder)
    found = to_meeting(held)
    assert thawed.ideas == found.ideas
    assert len(thawed.ballots) == 2 * rehearsing.VOTERS
    assert thawed.invented


def test_deleting_asks_for_the_name(held, as_role) -> None:
    rune = as_role("researcher")
    where = f"/meetings/{held.slug}/delete/"
    page = rune.post(where, {"typed": "noget andet"}).content.decode()
    assert "Det er ikke mødets navn" in page
    assert Meeting.objects.exists()
    rune.post(where, {"typed": held.slug})
    assert not Meeting.objects.exists()
    assert not Idea.objects.exists()


def test_themes_of_panels_grouped_apart_are_compared_by_what_somebody_said(people, as_role) -> None:
    meeting = small_meeting(common_themes=False)
    one, other = meeting.panels.all()
    themes = list(meeting.themes.all())
    for at, theme in enumerate(themes):
        theme.panel = one if at < 2 else other
        theme.save()
    for panel in (one, other):
        opening = openings.open_vote(panel, vote_of(meeting))
        rehearsing.invented_answers(panel, people["owner"])
        openings.close(opening)
    rune = as_role("researcher")
    results = f"/meetings/{meeting.slug}/results/"
    assert "Panelerne side om side" not in rune.get(results).content.decode()
    frozen = {theme.title.da: theme.id for theme in to_meeting(meeting).themes}
    same = {
        f"common-{frozen['Ensomhed']}": "At stå alene",
        f"common-{frozen['Tillid']}": "At stå alene",
        f"why-{frozen['Tillid']}": "begge handler om andre mennesker",
    }
    assert rune.post(f"/meetings/{meeting.slug}/same/", same).status_code == 302
    meeting.refresh_from_db()
    found = {row.theme: row for row in to_meeting(meeting).mapping}
    assert found[frozen["Tillid"]].by == "rune"
    assert found[frozen["Tillid"]].why == "begge handler om andre mennesker"
    page = rune.get(results).content.decode()
    assert "Panelerne side om side" in page
    assert "At stå alene" in page
    assert "sagt af rune" in rune.get(f"/meetings/{meeting.slug}/same/").content.decode()
