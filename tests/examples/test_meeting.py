"""The invented meeting is what its page says, and its script makes it again to the letter."""

from __future__ import annotations

import importlib.util
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from vendepunkt.convene import Meeting, freeze, thaw
from vendepunkt.convene.formats import write_meeting
from vendepunkt.convene.frozen_rows import canonical

PANELS = Path(__file__).parents[2] / "examples" / "panels"
FROZEN = PANELS / "panels" / "minikonference" / "v1"
WORDS: dict[str, Any] = tomllib.loads((PANELS / "words.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def meeting() -> Meeting:
    return thaw(FROZEN)


def _made() -> Meeting:
    spec = importlib.util.spec_from_file_location("make_meeting", PANELS / "make_meeting.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    made: Meeting = module.meeting(WORDS)
    return made


def test_the_script_makes_the_frozen_meeting_again(meeting: Meeting, tmp_path: Path) -> None:
    made = _made()
    assert canonical(made) == meeting
    again = freeze(made, tmp_path)
    for path in FROZEN.glob("*.jsonl"):
        assert (again / path.name).read_bytes() == path.read_bytes()


def test_it_says_everywhere_that_it_is_invented(meeting: Meeting) -> None:
    assert meeting.invented
    for language in ("da", "en"):
        word = {"da": "opdigtet", "en": "invented"}[language]
        assert word in meeting.title.in_(language)
        assert word in meeting.attribution.lower()
    for page in (FROZEN / "README.md", PANELS / "README.md"):
        text = page.read_text(encoding="utf-8").lower()
        assert "opdigtet" in text or "invented" in text
    study = (PANELS / "study.toml").read_text(encoding="utf-8")
    assert "opdigtet eksempel" in study
    assert "invented example" in study


def test_votes_come_out_as_wanted(meeting: Meeting) -> None:
    for panel, phases in WORDS["votes"].items():
        for phase, table in phases.items():
            ballots = meeting.ballots_of(f"afstemning-{phase}", panel)
            voters, blank, paper, helper = table["voters"]
            assert (len(ballots), sum(not one.marks for one in ballots)) == (voters, blank)
            channels = Counter(one.channel for one in ballots)
            assert (channels["paper"], channels["helper"]) == (paper, helper)
            counts = Counter(theme for one in ballots for theme in one.marks)
            assert counts == {name: n for name, n in table.items() if name != "voters"}
            assert max(len(one.marks) for one in ballots) == 3
            present = next(one.present for one in meeting.panels if one.id == panel)
            assert present is not None
            assert voters <= present


def test_there_is_a_theme_just_below_a_tie_and_a_theme_carried_forward() -> None:
    votes = WORDS["votes"]
    councils = votes["landspanelet"]["barndom-og-ungdom"]
    counts = sorted((n for name, n in councils.items() if name != "voters"), reverse=True)
    assert (counts[2], counts[3]) == (11, 10)
    assert councils["b-fattigdom"] == counts[3]
    users = votes["brugere-og-praktikere"]["barndom-og-ungdom"]
    tied = sorted((n for name, n in users.items() if name != "voters"), reverse=True)
    assert tied[2] == tied[3]
    assert WORDS["carried"]["theme"] == "b-fattigdom"


def test_the_page_says_what_is_in_it(meeting: Meeting) -> None:
    page = (PANELS / "README.md").read_text(encoding="utf-8")
    said = {
        f"Of {len(meeting.ideas)} ideas": True,
        f"{sum(one.same_as is not None for one in meeting.ideas)} say again": True,
        f"{sum(one.channel == 'paper' for one in meeting.ideas)} came on paper": True,
        f"{sum(one.channel == 'helper' for one in meeting.ideas)} through a helper": True,
    }
    assert all(words in page for words in said)
    per = Counter((one.panel, one.question.rpartition("-")[0]) for one in meeting.ideas)
    for phase in ("barndom-og-ungdom", "voksenliv-og-alderdom"):
        row = f"| {per['landspanelet', phase]} | {per['brugere-og-praktikere', phase]} |"
        assert row in page
    assert sum(one.undone for one in meeting.placements) == 8
    assert len(meeting.themes) == 19


def test_everything_in_it_hangs_together(meeting: Meeting) -> None:
    ids = {
        kind: {one.id for one in getattr(meeting, kind)}
        for kind in ("panels", "phases", "groups", "questions", "ideas", "themes", "notes", "votes")
    }
    assert all(
        one.theme in ids["themes"] and one.idea in ids["ideas"] for one in meeting.placements
    )
    assert all(one.same_as in ids["ideas"] | {None} for one in meeting.ideas)
    assert all(one.group in ids["groups"] for one in meeting.ballots)
    assert all(set(one.cites) <= ids["ideas"] | ids["notes"] for one in meeting.themes)
    assert all(one.cites for one in meeting.themes)
    assert all(theme.title.da and theme.title.en for theme in meeting.themes)
    assert all(theme.description.da and theme.description.en for theme in meeting.themes)
    assert len(ids["notes"]) == 20


def test_only_released_words_of_it_leave(meeting: Meeting, tmp_path: Path) -> None:
    write_meeting(meeting, tmp_path / "open", "tables")
    ideas = (tmp_path / "open" / "ideas.csv").read_text(encoding="utf-8")
    kept = [one.text for one in meeting.ideas if one.text and not one.released]
    told = {one.text for one in meeting.ideas if one.released}
    lines = {line.rpartition(",")[2] for line in ideas.splitlines()}
    assert all(text not in lines for text in kept if text not in told)
    channels = (tmp_path / "open" / "channels.csv").read_text(encoding="utf-8")
    assert channels.count(",\n") == 12, "a helper typed for two or three: all channels are hidden"
