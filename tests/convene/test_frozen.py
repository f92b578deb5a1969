"""A meeting frozen and thawed is the same meeting; what is not whole is refused by name."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
import threading
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.convene.any_meeting import meetings, texts

from vendepunkt.convene import Ballot, Idea, LifePhase, Meeting, Panel, Words
from vendepunkt.convene.frozen import folder_name, freeze, thaw, versions
from vendepunkt.convene.frozen_rows import canonical
from vendepunkt.terms import DataError

WHISPER = "Anne Hansen drikker"
ARCHIVES = Path(__file__).parents[1] / "archives" / "panels"


@pytest.fixture
def meeting() -> Meeting:
    marks = ({"a": Fraction(1)}, {"b": Fraction(1, 3)}, {})
    return Meeting(
        "foraar",
        Words("Forår", "Spring"),
        invented=True,
        phases=(LifePhase("ung", Words("Ung", "Young")),),
        panels=(Panel("land", Words("Land", "Country"), 3),),
        ideas=(
            Idea("i1", "land", "q", WHISPER),
            Idea("i2", "land", "q", None, reason="Et navn"),
            Idea("i3", "land", "q", "Min egen sag", state="personal_case"),
        ),
        ballots=tuple(Ballot("v", "land", each) for each in marks),
        attribution="Says who",
    )


@settings(max_examples=150, deadline=None)
@given(meetings)
def test_any_meeting_comes_back_as_it_was(meeting: Meeting) -> None:
    with tempfile.TemporaryDirectory() as folder:
        assert thaw(freeze(meeting, Path(folder))) == canonical(meeting)


@settings(max_examples=100, deadline=None)
@given(meetings, st.randoms())
def test_the_order_of_ballots_tells_nothing(meeting: Meeting, chance) -> None:
    shuffled = list(meeting.ballots)
    chance.shuffle(shuffled)
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        first = freeze(meeting, Path(one))
        second = freeze(replace(meeting, ballots=tuple(shuffled)), Path(other))
        assert (first / "ballots.jsonl").read_bytes() == (second / "ballots.jsonl").read_bytes()


@given(st.lists(texts, min_size=2, max_size=2, unique=True))
def test_two_meetings_never_share_a_folder(ids: list[str]) -> None:
    one, other = (folder_name(each) for each in ids)
    assert one.lower() != other.lower()
    assert re.fullmatch(r"[a-z0-9_-]{1,64}", one)


def test_a_new_version_stands_beside_the_old_one(meeting: Meeting, tmp_path: Path) -> None:
    first = freeze(meeting, tmp_path)
    assert freeze(meeting, tmp_path) == first
    later = freeze(replace(meeting, attribution="Says somebody else"), tmp_path)
    assert [path.name for path in versions(tmp_path / "foraar")] == ["v1", "v2"]
    assert later.name == "v2"
    assert thaw(first).attribution == "Says who"
    assert thaw(tmp_path / "foraar") == thaw(tmp_path) == thaw(later)


def test_version_ten_comes_after_version_nine(meeting: Meeting, tmp_path: Path) -> None:
    for n in range(1, 12):
        freeze(replace(meeting, attribution=str(n)), tmp_path)
    assert thaw(tmp_path / "foraar").attribution == "11"


def test_a_freeze_that_fails_leaves_nothing(
    meeting: Meeting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, content: bytes) -> None:
        if path.name == "themes.jsonl":
            raise OSError(28, "No space left on device")
        path.write_bytes(content)

    monkeypatch.setattr("vendepunkt.convene.frozen._write", full)
    with pytest.raises(OSError, match="No space"):
        freeze(meeting, tmp_path)
    assert list((tmp_path / "foraar").iterdir()) == []


def test_many_at_once_each_get_a_version(meeting: Meeting, tmp_path: Path) -> None:
    made = []
    ready = threading.Barrier(6)

    def one(n: int) -> None:
        ready.wait()
        made.append(freeze(replace(meeting, attribution=str(n)), tmp_path))

    threads = [threading.Thread(target=one, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(path.name for path in made) == [f"v{n}" for n in range(1, 7)]
    assert {thaw(path).attribution for path in made} == set("012345")


def _refused(folder: Path) -> DataError:
    with pytest.raises(DataError) as caught:
        thaw(folder)
    assert WHISPER not in str(caught.value)
    return caught.value


def test_every_file_is_missed(meeting: Meeting, tmp_path: Path) -> None:
    place = freeze(meeting, tmp_path)
    for path in sorted(place.iterdir()):
        if path.name == "meeting.json":
            continue
        kept = path.read_bytes()
        path.unlink()
        error = _refused(place)
        assert error.code == "damaged_meeting"
        assert path.name in error.text
        path.write_bytes(kept)
    assert thaw(place)


@pytest.mark.parametrize("change", [b"", b"x", b"\xff\xfe"])
def test_every_file_that_was_changed_is_named(
    meeting: Meeting, tmp_path: Path, change: bytes
) -> None:
    place = freeze(meeting, tmp_path)
    for path in sorted(place.iterdir()):
        kept = path.read_bytes()
        path.write_bytes(kept[:-3] + change if kept else b"{}\n")
        error = _refused(place)
        assert error.code in {"changed_meeting", "damaged_meeting"}
        assert path.name in error.text
        path.write_bytes(kept)
    assert thaw(place)


def test_a_count_raised_in_the_head_is_noticed(meeting: Meeting, tmp_path: Path) -> None:
    place = freeze(meeting, tmp_path)
    head = json.loads((place / "meeting.json").read_text())
    head["meeting"]["invented"] = False
    (place / "meeting.json").write_text(json.dumps(head))
    assert _refused(place).code == "changed_meeting"


def _sealed(place: Path, **new) -> None:
    """Write a head as if it had been written so, seal and all."""
    from vendepunkt.convene.frozen import _seal

    head = json.loads((place / "meeting.json").read_text()) | new
    (place / "meeting.json").write_text(json.dumps(head | {"seal": _seal(head)}))


def test_a_newer_format_is_said_to_be_newer(meeting: Meeting, tmp_path: Path) -> None:
    place = freeze(meeting, tmp_path)
    _sealed(place, version=2, something={"new": 1})
    error = _refused(place)
    assert error.code == "newer_meeting"
    assert "version 2" in error.text


@pytest.mark.parametrize(
    "new",
    [
        {"format": "something else"},
        {"version": "1"},
        {"version": 0},
        {"version": True},
        {"meeting": []},
        {"meeting": {"id": 1, "title": {}}},
        {"meeting": {"id": "x"}},
        {"meeting": {"id": "x", "title": {"da": 1}}},
        {"files": None},
    ],
)
def test_a_head_that_was_never_ours_is_refused(meeting: Meeting, tmp_path: Path, new) -> None:
    place = freeze(meeting, tmp_path)
    _sealed(place, **new)
    assert _refused(place).code == "damaged_meeting"


@pytest.mark.parametrize(
    "line",
    [
        "[]",
        "{",
        "null",
        '{"id": "i"}',
        '{"id": 1, "panel": "p", "question": "q", "text": null}',
        '{"id": "i", "panel": "p", "question": "q", "text": 3}',
        '{"id": "i", "panel": "p", "question": "q", "text": "' + WHISPER + '", "state": "x"}',
        '{"id": "i", "panel": "p", "question": "q", "text": "' + WHISPER + '", "who": "x"}',
        "[" * 100_000,
    ],
)
def test_a_line_that_was_never_ours_is_named_by_number(
    meeting: Meeting, tmp_path: Path, line: str
) -> None:
    from vendepunkt.convene.frozen import _hash

    place = freeze(meeting, tmp_path)
    path = place / "ideas.jsonl"
    content = path.read_bytes() + line.encode() + b"\n"
    path.write_bytes(content)
    files = json.loads((place / "meeting.json").read_text())["files"]
    _sealed(place, files=files | {"ideas.jsonl": _hash(content)})
    error = _refused(place)
    assert error.code == "damaged_meeting"
    assert "line 4" in error.text


@pytest.mark.parametrize("marks", ['{"a": 0.5}', '{"a": "1/0"}', '{"a": "1e9"}', '{"a": true}'])
def test_a_value_that_is_no_fraction_is_refused(marks: str) -> None:
    from vendepunkt.convene.frozen_rows import NotARowError, from_lines

    with pytest.raises(NotARowError, match="line 1: the field marks"):
        from_lines(Ballot, [f'{{"vote": "v", "panel": "p", "marks": {marks}}}'])


def test_folders_without_a_meeting_are_said_so(meeting: Meeting, tmp_path: Path) -> None:
    assert _refused(tmp_path / "nowhere").code == "no_meeting"
    freeze(meeting, tmp_path)
    freeze(replace(meeting, id="efteraar"), tmp_path)
    error = _refused(tmp_path)
    assert "2 frozen meetings" in error.text
    (tmp_path / "foraar" / "v1" / "meeting.json").unlink()
    assert _refused(tmp_path / "foraar").code == "damaged_meeting"


def test_work_can_be_saved_beside_a_damaged_version(meeting: Meeting, tmp_path: Path) -> None:
    (freeze(meeting, tmp_path) / "meeting.json").write_bytes(b"\x00")
    assert thaw(freeze(meeting, tmp_path)) == canonical(meeting)


def test_another_meeting_is_not_mixed_in(meeting: Meeting, tmp_path: Path) -> None:
    freeze(meeting, tmp_path)
    (tmp_path / "foraar").rename(tmp_path / "vinter")
    with pytest.raises(DataError, match="holds another meeting"):
        freeze(replace(meeting, id="vinter"), tmp_path)


@pytest.mark.parametrize("language", ["da", "en"])
def test_a_person_reads_what_is_there_and_what_was_taken_out(
    meeting: Meeting, tmp_path: Path, language: str
) -> None:
    place = freeze(replace(meeting, language=language), tmp_path)
    page = (place / "README.md").read_text(encoding="utf-8")
    says = {
        "da": ("# Forår", "opdigtet", "streget over: 1", "egen sag: 1", "Stemmesedler uden navn"),
        "en": ("# Spring", "invented", "redacted: 1", "own case: 1", "Ballots without name"),
    }
    for words in (*says[language], "Says who", "| `ballots.jsonl` | 3 |"):
        assert words in page
    for path in place.iterdir():
        assert f"`{path.name}`" in page or path.name == "README.md"
    assert WHISPER not in page
    assert "Et navn" not in page


def test_a_title_cannot_write_its_own_page(meeting: Meeting, tmp_path: Path) -> None:
    title = "x\n# Not\n<script>| [a](b)"
    page = (freeze(replace(meeting, title=Words(title)), tmp_path) / "README.md").read_text()
    assert page.splitlines()[0] == "# x \\# Not \\<script\\>\\| \\[a\\](b)"


def test_the_first_archive_is_always_readable(tmp_path: Path) -> None:
    """The folder was written by the first version of the format and is never written again."""
    meeting = thaw(ARCHIVES / "format-1")
    assert meeting.title == Words("Arkivmøde", "A meeting for the archive")
    assert meeting.invented
    assert [len(getattr(meeting, part)) for part in ("ideas", "themes", "ballots")] == [3, 2, 5]
    assert sorted(ballot.marks.get("t1", 0) for ballot in meeting.ballots) == [
        0,
        0,
        Fraction(1, 3),
        1,
        2,
    ]
    assert meeting.placements[0].at is not None
    assert meeting.ideas[1].text is None
    shutil.copytree(ARCHIVES / "format-1", tmp_path / "copy")
    assert thaw(tmp_path / "copy") == meeting
