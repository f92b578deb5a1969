"""The invented meeting of the examples, from the frozen folder to its report in both languages."""

from __future__ import annotations

import csv
import re
import shutil
from html import unescape
from pathlib import Path

import pytest

from vendepunkt.convene import Meeting, MeetingTally, tally_meeting, thaw
from vendepunkt.language import integer
from vendepunkt.pipeline import run_study
from vendepunkt.study import Folder, RefStore

EXAMPLE = Path(__file__).parents[2] / "examples" / "panels"
SEED = 20260917
LEAST = 5


@pytest.fixture(scope="module")
def meeting() -> Meeting:
    return thaw(EXAMPLE / "panels" / "minikonference")


@pytest.fixture(scope="module")
def counted(meeting: Meeting) -> MeetingTally:
    return tally_meeting(meeting, seed=SEED)


@pytest.fixture(scope="module", params=["da", "en"])
def ran(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example, run in one language."""
    folder = tmp_path_factory.mktemp("panels") / request.param
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns("work", "out"))
    text = (folder / "study.toml").read_text(encoding="utf-8")
    text = re.sub(r'(?m)^language = ".."', f'language = "{request.param}"', text)
    (folder / "study.toml").write_text(text, encoding="utf-8")
    assert run_study(folder).made == ("convene", "report")
    return folder


def page(folder: Path) -> str:
    """Give the words of the page."""
    text = (folder / "out" / "report.html").read_text(encoding="utf-8")
    text = re.sub(r"<(style|svg)\b.*?</\1>", "", text, flags=re.DOTALL)
    text = re.sub(r"</?(?:data|span)\b[^>]*>", "", text)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", text)))


def test_the_report_is_written_in_every_format(ran: Path) -> None:
    out = ran / "out"
    assert (out / "report.pdf").read_bytes().startswith(b"%PDF")
    drawn = sorted(path.stem for path in (out / "figures").glob("*.svg"))
    assert drawn == [
        "panels-compare-1-side-by-side",
        "panels-compare-2-side-by-side",
        *(f"panels-vote-{place}-placings" for place in range(1, 5)),
    ]


def test_what_the_program_says_by_itself_is_there(ran: Path) -> None:
    said = page(ran)
    expected = {
        "da": (
            "Panelet er ikke en stikprøve; stemmerne viser, hvad de fremmødte prioriterede.",
            "Mødet er opdigtet.",
            "står lige om 1 plads; stemmerne afgør det ikke.",
            "”Fattigdom i børnefamilier” er ført videre af",
            "Panelerne er ikke trukket tilfældigt, så forskellen er ikke testet.",
            "mødet er opdigtet.",
            "Repræsenterer flest mennesker",
        ),
        "en": (
            "The panel is not a sample; votes show what those present gave priority.",
            "The meeting is invented.",
            "are tied for 1 place; the votes do not decide.",
            "is carried forward by",
            "The panels were not drawn at random, so the difference is not tested.",
            "the meeting is invented.",
            "Represents most people",
        ),
    }[ran.name]
    for sentence in expected:
        assert sentence in said


def test_printed_numbers_are_those_of_the_tally(
    ran: Path, meeting: Meeting, counted: MeetingTally
) -> None:
    titles = {theme.id: theme.title.in_(ran.name) for theme in meeting.themes}
    hidden = 0
    for place, tally in enumerate(counted.tallies, start=1):
        path = ran / "out" / "tables" / f"panels-vote-{place}-themes.csv"
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = {row["theme"]: row for row in csv.DictReader(file)}
        for one in tally.standings:
            row = rows[titles[one.theme]]
            if LEAST <= one.people <= tally.voters - LEAST:
                assert int(row["people"]) == one.people
                assert float(row["share"]) == pytest.approx(one.share, abs=1e-5)
            else:
                hidden += 1
                assert (row["people"], row["share"], row["firmness"]) == ("", "", "")
                assert "people" in row["hidden"]
    assert hidden


def test_refs_are_the_values_of_the_tally(ran: Path, counted: MeetingTally) -> None:
    refs = RefStore.read(Folder(ran).refs)
    for name, value in counted.refs().items():
        assert refs[name] == value


def test_those_who_voted_and_came_are_printed(ran: Path, counted: MeetingTally) -> None:
    said = page(ran)
    for tally in counted.tallies:
        voters = integer(tally.voters, ran.name)
        assert f"{voters} {'stemte' if ran.name == 'da' else 'people voted'}." in said


def test_ideas_leave_only_when_they_were_released(ran: Path, meeting: Meeting) -> None:
    everything = "\n".join(
        path.read_text(encoding="utf-8")
        for path in sorted((ran / "out").rglob("*"))
        if path.suffix in {".html", ".csv", ".svg", ".json"}
    )
    everything = unescape(everything)
    may = {idea.text for idea in meeting.ideas if idea.released}
    # Short words may stand in a description too; whole sentences of others may not.
    closed = {
        idea.text
        for idea in meeting.ideas
        if idea.text and not idea.released and idea.text not in may and len(idea.text.split()) > 3
    }
    assert closed
    assert not [text for text in closed if text in everything]
    assert sum(bool(text) and text in everything for text in may) > 50
    assert not [note.text for note in meeting.notes if note.text in everything]
