"""What every format of meetings claims to hold comes back; what it loses, it says."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vendepunkt.convene import (
    Ballot,
    Carried,
    Group,
    Idea,
    LifePhase,
    Meeting,
    Note,
    Panel,
    Placement,
    Placing,
    Question,
    Theme,
    Vote,
    Words,
)
from vendepunkt.convene.formats import FORMATS, HOLDS, import_meeting, write_meeting
from vendepunkt.convene.formats.protocol import FEWEST
from vendepunkt.convene.frozen_rows import canonical
from vendepunkt.disclosure import Rules
from vendepunkt.terms import DataError, RefusedError, UsageError, VendepunktError

BOTH = sorted(name for name, one in FORMATS.items() if one.reads and one.writes)
WRITING = sorted(name for name, one in FORMATS.items() if one.writes)
#: Titles a facilitator may write: words of any alphabet, marks that files break on, formulas.
TITLES = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp", "Zs", "Cf")), min_size=1, max_size=8
) | st.sampled_from(
    ["=1+1", "-1", "+x", "@SUM(A1)", "a;b", 'a"b', "a,b", "'=x", "'", "Æblegrød på ø", "1/2", "0"]
)


def _projections() -> dict[str, Callable[[Meeting], Any]]:
    """Give what is compared for each claim, by titles, since readers may make ids of their own."""

    def title(meeting: Meeting, theme: str) -> str:
        return next((t.title.in_("da") for t in meeting.themes if t.id == theme), theme) or theme

    def marks(meeting: Meeting) -> Any:
        return Counter(
            frozenset((title(meeting, key), value) for key, value in one.marks.items())
            for one in meeting.ballots
            if one.marks
        )

    def groups(meeting: Meeting) -> Any:
        names = {one.id: one.name for one in meeting.groups}
        sizes = Counter(names.get(one.group or "", "") for one in meeting.ballots)
        return sorted(n for name, n in sizes.items() if name)

    def places(meeting: Meeting) -> Any:
        return {(title(meeting, one.theme), one.place) for one in meeting.placings}

    return {
        "marks": marks,
        "blank": lambda meeting: sum(not one.marks for one in meeting.ballots),
        "themes": lambda meeting: {title(meeting, one.id) for one in meeting.themes},
        "titles": lambda meeting: [title(meeting, one.id) for one in meeting.themes],
        "panels": lambda meeting: {one.panel for one in meeting.placings},
        "phases": lambda meeting: {one.vote for one in meeting.placings},
        "groups": groups,
        "places": places,
        "attribution": lambda meeting: (meeting.attribution, meeting.invented),
        "everything": canonical,
    }


PROJECTIONS = _projections()
#: A list of published places can name only what took a place.
ONLY_PLACED = {"places"}


@st.composite
def meetings(draw: st.DrawFn) -> Meeting:
    titles = draw(st.lists(TITLES, min_size=1, max_size=4, unique_by=lambda one: one.casefold()))
    # A csv of bare ballots shows themes by their ids: ids are the titles here.
    themes = tuple(Theme(one, "vote-ung", Words(da=one)) for one in titles)
    crosses = st.sets(st.sampled_from(titles), max_size=3)
    cast = draw(st.lists(crosses, min_size=FEWEST, max_size=9))
    groups = draw(st.sampled_from([("g",), (None,), ("g", "h")]))
    ballots = tuple(
        Ballot("v", "land", dict.fromkeys(one, Fraction(1)), group=groups[at % len(groups)])
        for at, one in enumerate(cast)
    )
    placed = draw(st.lists(st.sampled_from(titles), min_size=1, max_size=3, unique=True))
    return Meeting(
        "m",
        Words(da="Møde"),
        language="da",
        invented=draw(st.booleans()),
        attribution=draw(st.sampled_from(["", "Ours", "=Ours"])),
        phases=(LifePhase("vote-ung", Words(da="vote-ung")),),
        panels=(Panel("land", Words(da="land")),),
        groups=(Group("g", "land", "Bord 1"), Group("h", "land", "Bord 2")),
        themes=themes,
        votes=(Vote("v", "vote-ung", "approval", 3, None),),
        ballots=ballots,
        placings=tuple(Placing("v", "land", one, at) for at, one in enumerate(placed)),
    )


@pytest.mark.parametrize("name", BOTH)
@settings(max_examples=60, deadline=None)
@given(meeting=meetings())
def test_what_a_format_holds_comes_back(name: str, meeting: Meeting) -> None:
    one = FORMATS[name]
    sent = meeting if "groups" not in one.holds else _large_groups(meeting)
    if name in ONLY_PLACED:
        themes = {theme.id: theme for theme in sent.themes}
        sent = replace(sent, themes=tuple(themes[one.theme] for one in sent.placings))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"m{one.suffix}"
        write_meeting(sent, path, name)
        again = import_meeting(path, name).meeting if one.suffix else import_meeting(path).meeting
    for claim in sorted(one.holds - {"panels", "phases"}):
        assert PROJECTIONS[claim](again) == PROJECTIONS[claim](sent), claim
    if one.holds & {"panels", "phases"}:
        assert {p.title.da for p in again.panels} == {p.title.da for p in sent.panels}
        assert {p.title.da for p in again.phases} == {p.title.da for p in sent.phases}


def _large_groups(meeting: Meeting) -> Meeting:
    """Put everybody into one group: smaller ones than five are hidden, which is another test."""
    return replace(meeting, ballots=tuple(replace(b, group="g") for b in meeting.ballots))


def test_every_claim_is_known_and_tested() -> None:
    for one in FORMATS.values():
        assert one.holds <= set(HOLDS)
        assert bool(one.holds) == (one.reads and one.writes)
        assert one.words
        assert FORMATS[one.name] is one
    assert {claim for one in FORMATS.values() for claim in one.holds} <= set(PROJECTIONS)


def test_small_splits_are_small_everywhere() -> None:
    assert Rules().threshold == FEWEST


WHISPER = "Min nabo Anne drikker"
HELD_BACK = "Holdt tilbage af en grund"


@pytest.fixture
def full() -> Meeting:
    cast = [
        {"=hjem": 1},
        {"=hjem": 1, "arbejde": 1},
        {},
        {"arbejde": 1},
        {"=hjem": 1},
        {"=hjem": 1},
    ]
    return Meeting(
        "m",
        Words("Møde", "Meeting"),
        phases=(LifePhase("ung", Words("Ung", "Young")),),
        panels=(Panel("land", Words("Land"), 9), Panel("lille", Words("Lille"), 4)),
        groups=(Group("g", "land", "Bord 1"),),
        questions=(Question("q", "ung", "free", Words("Hvad?")),),
        notes=(Note("n", "g", "ung", f"Note: {WHISPER}"),),
        ideas=(
            Idea("i1", "land", "q", "+Et sted at være", released=True),
            Idea("i2", "land", "q", WHISPER),
            Idea("i3", "land", "q", HELD_BACK, state="held", released=True),
            Idea("i4", "land", "q", WHISPER, state="personal_case", released=True),
            Idea("i5", "land", "q", None, reason=WHISPER, released=True),
        ),
        themes=(
            Theme("=hjem", "ung", Words("=Hjem"), carried=Carried("rådet", "vigtigt")),
            Theme("arbejde", "ung", Words("Arbejde", "Work")),
            Theme("væk", "ung", Words("Slået sammen"), gone=True),
        ),
        placements=(Placement("i1", "=hjem", "XY"), Placement("i2", "arbejde", "XY", undone=True)),
        votes=(Vote("v", "ung", "choose-k", 3, 3),),
        ballots=(
            *(Ballot("v", "land", {k: Fraction(v) for k, v in one.items()}) for one in cast),
            *(Ballot("v", "lille", {"arbejde": Fraction(1)}) for _ in range(4)),
        ),
        placings=(Placing("v", "land", "=hjem", 1),),
        attribution="Ours",
    )


@pytest.mark.parametrize("name", [name for name in WRITING if name != "frozen"])
def test_what_was_not_released_never_leaves(name: str, full: Meeting, tmp_path: Path) -> None:
    path = tmp_path / f"out{FORMATS[name].suffix}"
    written = write_meeting(full, path, name, panel="land")
    content = b"".join(_unpacked(one) for one in written.paths)
    assert content
    for words in (WHISPER, HELD_BACK, "XY", "Bord 1"):
        assert words.encode() not in content
    for language in ("da", "en"):
        assert all(loss.endswith(".") for loss in written.said(language))
    assert set(written.said("da")).isdisjoint(written.losses)
    assert written.losses


def _unpacked(path: Path) -> bytes:
    import zipfile

    if path.suffix != ".xlsx":
        return path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        return b"".join(archive.read(each) for each in archive.namelist())


@pytest.mark.parametrize("name", [n for n in WRITING if n not in {"frozen", "tables", "workbook"}])
def test_single_ballots_of_few_people_do_not_leave(
    name: str, full: Meeting, tmp_path: Path
) -> None:
    if name == "places":
        return
    with pytest.raises(RefusedError, match="4 people voted"):
        write_meeting(full, tmp_path / f"out{FORMATS[name].suffix}", name, panel="lille")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", [n for n in WRITING if FORMATS[n].suffix])
def test_a_failed_export_leaves_the_old_file(name: str, full: Meeting, tmp_path: Path) -> None:
    path = tmp_path / f"out{FORMATS[name].suffix}"
    path.write_bytes(b"old")
    (tmp_path / f".{path.name}.draft").mkdir()
    with pytest.raises(OSError, match="draft"):
        write_meeting(full, path, name, panel="land")
    assert path.read_bytes() == b"old"


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_what_is_not_read_or_written_is_said(name: str, full: Meeting, tmp_path: Path) -> None:
    one = FORMATS[name]
    if not one.reads:
        with pytest.raises(UsageError, match="written only"):
            import_meeting(tmp_path, name)
    if not one.writes:
        with pytest.raises(UsageError, match="read only"):
            write_meeting(full, tmp_path / f"x{one.suffix}", name)
    wrong = tmp_path / "wrong"
    if one.suffix:
        wrong.mkdir()
    else:
        wrong.write_text("x")
    if one.writes:
        with pytest.raises(DataError):
            write_meeting(full, wrong, name, panel="land")
    with pytest.raises(VendepunktError):
        import_meeting(tmp_path / "nowhere", name)


@pytest.mark.parametrize("name", [name for name, one in FORMATS.items() if one.reads])
@settings(max_examples=60, deadline=None)
@given(
    start=st.sampled_from(
        [
            b"",
            b"META\nkey;value\n",
            b"ballot,theme,value\n",
            b"place,theme\n",
            b"PK\x03\x04",
            b"\xff\xfe",
            b"\xef\xbb\xbf",
            b'"',
            b"idea\n",
        ]
    ),
    rest=st.binary(max_size=200)
    | st.text(max_size=80).map(lambda text: text.encode("utf-8", "surrogatepass")),
)
def test_broken_bytes_are_refused_in_a_sentence(name: str, start: bytes, rest: bytes) -> None:
    """A file may hold a meeting by chance; else there is an error of ours, never another."""
    one = FORMATS[name]
    with tempfile.TemporaryDirectory() as folder:
        for suffix in {one.suffix, ".csv", ".pb"} if one.suffix else {""}:
            path = Path(folder) / f"file{suffix}"
            if suffix:
                path.write_bytes(start + rest)
            else:
                path.mkdir(exist_ok=True)
                for inside in ("meeting.json", "comments.csv", "participants-votes.csv"):
                    (path / inside).write_bytes(start + rest)
            for asked in (name, None):
                try:
                    import_meeting(path, asked)
                except VendepunktError as error:
                    assert error.text.endswith(".")  # noqa: PT017
