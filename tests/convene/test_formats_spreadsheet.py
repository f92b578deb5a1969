"""Spreadsheets: by the names of their columns or a mapping; mistakes by row, words never."""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from fractions import Fraction
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from vendepunkt.convene import Meeting
from vendepunkt.convene.formats import import_meeting, read_meeting, write_meeting
from vendepunkt.terms import DataError, UsageError, VendepunktError

WHISPER = "Anne fra Vej 7 drikker"


def _csv(tmp_path: Path, text: str, name: str = "list.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def _book(tmp_path: Path, **sheets: list[list[Any]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        page = book.create_sheet(name)
        for row in rows:
            page.append(row)
    path = tmp_path / "book.xlsx"
    book.save(path)
    return path


def _refused(path: Path, mapping: Any = None, name: str | None = None) -> VendepunktError:
    with pytest.raises(VendepunktError) as caught:
        import_meeting(path, name, mapping)
    assert WHISPER not in str(caught.value)
    return caught.value


def _counts(meeting: Meeting) -> dict[str, int]:
    titles = {one.id: one.title.in_("da") for one in meeting.themes}
    return Counter(titles[theme] for one in meeting.ballots for theme in one.marks)


def test_a_list_of_ideas_is_known_by_its_column(tmp_path: Path) -> None:
    text = "Panel;Livsfase;Tema;Svar\nLand;Ung;Skole;For mange i klassen\nLand;Ung;;=hjælp\n;;;\n"
    meeting = read_meeting(_csv(tmp_path, text))
    assert [one.text for one in meeting.ideas] == ["For mange i klassen", "=hjælp"]
    assert [one.title.da for one in meeting.themes] == ["Skole"]
    assert [(one.idea, one.theme, one.by) for one in meeting.placements] == [
        ("idea-1", "skole", "import")
    ]
    assert (meeting.panels[0].id, meeting.phases[0].title.da) == ("land", "Ung")


def test_a_mapping_names_everything_else(tmp_path: Path) -> None:
    path = _csv(tmp_path, "Response,Sent on\nalene,paper\nfattig,phone\n,phone\n")
    mapping = _csv(
        tmp_path,
        """
        [meeting]
        id = "foraar"
        title = {da = "Forår", en = "Spring"}
        date = 2026-03-01
        invented = true
        attribution = "Ours"
        [[sheet]]
        holds = "ideas"
        panel = "Landspanelet"
        phase = "Barndom"
        kind = "pushes_out"
        columns = {text = "Response", channel = "B"}
        """,
        "map.toml",
    )
    found = import_meeting(path, mapping=mapping)
    meeting = found.meeting
    assert (meeting.id, meeting.title.en, meeting.invented) == ("foraar", "Spring", True)
    assert str(meeting.date) == "2026-03-01"
    assert meeting.questions[0].kind == "pushes_out"
    assert [one.channel for one in meeting.ideas] == ["paper", "phone"]
    assert [one.code for one in found.notices] == ["empty_ideas"]


def test_counts_without_ballots_become_places(tmp_path: Path) -> None:
    text = "Option,Votes\nRelations,14\nPoverty,9\nSchool,9\nHealth,0\n"
    found = import_meeting(_csv(tmp_path, text))
    places = {one.theme: (one.place, one.votes) for one in found.meeting.placings}
    assert places == {
        "relations": (1, 14), "poverty": (2, 9), "school": (2, 9), "health": (4, 0),
    }  # fmt: skip
    assert found.meeting.ballots == ()
    assert [one.code for one in found.notices] == ["counts_without_ballots"]


def test_a_row_for_each_voter_with_a_column_for_each_theme(tmp_path: Path) -> None:
    path = _book(
        tmp_path,
        Votes=[
            ["Voter", "Date", "Hjem", "Arbejde", "Skole"],
            [1, "2026-11-23", "x", None, "X"],
            [2, "2026-11-23", 1, 0, ""],
            [3, "2026-11-23", None, None, None],
            [4, "2026-11-23", "ja", True, "nej"],
        ],
    )
    mapping = {"sheet": {"holds": "voters"}}
    meeting = read_meeting(path, mapping=mapping)
    assert _counts(meeting) == {"Hjem": 3, "Skole": 1, "Arbejde": 1}
    assert sum(not one.marks for one in meeting.ballots) == 1
    asked = {"sheet": {"holds": "voters", "themes": ["C", "Skole"]}, "vote": {"rule": "choose-k"}}
    meeting = read_meeting(path, mapping=asked)
    assert _counts(meeting) == {"Hjem": 3, "Skole": 1}
    assert (meeting.votes[0].rule, meeting.votes[0].choices) == ("choose-k", 2)


def test_a_row_for_each_voter_with_all_choices_in_one_cell(tmp_path: Path) -> None:
    path = _csv(tmp_path, 'Voter,Choices\n1,"Hjem, Arbejde"\n2,Hjem\n3,\n')
    mapping = {"sheet": [{"holds": "voters", "separator": ","}]}
    meeting = read_meeting(path, mapping=mapping)
    # A row that is empty but for its number is a voter too: a blank ballot.
    assert len(meeting.ballots) == 3
    assert _counts(meeting) == {"Hjem": 2, "Arbejde": 1}


def test_marks_carry_panel_group_and_fractions(tmp_path: Path) -> None:
    text = (
        "stemmeseddel;tema;værdi;panel;livsfase;bord;kanal\n"
        "1;Hjem;1/3;Land;Ung;B1;papir\n1;Arbejde;2,5;Land;Ung;B1;papir\n"
        "1;Hjem;1;Bruger;Ung;;\n2;;;Bruger;Ung;;\n"
    )
    meeting = read_meeting(_csv(tmp_path, text))
    land = next(one for one in meeting.ballots if one.panel == "land")
    assert dict(land.marks) == {"hjem": Fraction(1, 3), "arbejde": Fraction(5, 2)}
    assert (land.channel, land.group) == ("paper", "b1")
    assert sorted(len(one.marks) for one in meeting.ballots if one.panel == "bruger") == [0, 1]


def test_places_just_below_and_ties(tmp_path: Path) -> None:
    text = (
        "Panel;Livsfase;Placering;Tema\nLand;Ung;1;Relationer\nLand;Ung;2.;Svigt\n"
        "Land;Ung;2;Skole\nLand;Ung;lige under;Fattigdom\nBruger;Ung;1;Svigt\n"
    )
    meeting = read_meeting(_csv(tmp_path, text))
    assert [(one.panel, one.theme, one.place) for one in meeting.placings] == [
        ("land", "relationer", 1), ("land", "svigt", 2), ("land", "skole", 2),
        ("land", "fattigdom", 0), ("bruger", "svigt", 1),
    ]  # fmt: skip
    for ending in (".csv", ".xlsx"):
        out = tmp_path / f"out{ending}"
        write_meeting(meeting, out, "places")
        again = read_meeting(out, mapping={"meeting": {"title": "list", "id": "list"}})
        assert again.placings == meeting.placings


def test_names_may_stand_further_down(tmp_path: Path) -> None:
    path = _csv(tmp_path, "Export of a tool,\nTuesday,\nNr,Response\n1,alene\n2,fattig\n")
    mapping = {"sheet": {"holds": "ideas", "header": 3}}
    assert [one.text for one in read_meeting(path, mapping=mapping).ideas] == ["alene", "fattig"]


def test_values_other_than_crosses_are_scores(tmp_path: Path) -> None:
    path = _csv(tmp_path, "Hjem,Arbejde\n3,1\n,2\n")
    vote = read_meeting(path, mapping={"sheet": {"holds": "voters"}}).votes[0]
    assert (vote.rule, vote.choices) == ("score", 3)


def test_who_says_what_columns_are_is_believed(tmp_path: Path) -> None:
    path = _csv(tmp_path, "theme,place\nEt sted,Odense\n")
    mapping = {"sheet": {"holds": "ideas", "columns": {"text": "theme"}}}
    assert read_meeting(path, mapping=mapping).ideas[0].text == "Et sted"


def test_one_sheet_of_several_is_named(tmp_path: Path) -> None:
    path = _book(tmp_path, A=[["x"]], B=[["svar"], ["alene"]])
    assert len(read_meeting(path, mapping={"sheet": {"sheet": "B"}}).ideas) == 1
    assert _refused(path, {"sheet": {"sheet": "C"}}).allowed == "A, B"


def test_several_sheets_make_one_meeting(tmp_path: Path) -> None:
    path = _book(
        tmp_path,
        Ideer=[["Svar", "Tema"], ["alene", "Relationer"], ["arm", "Fattigdom"]],
        Resultat=[["Tema", "Antal"], ["Relationer", 12], ["fattigdom ", 7]],
    )
    assert _refused(path).code == "which_sheet"
    sheets = [
        {"holds": "ideas", "sheet": "Ideer"},
        {"holds": "counts", "sheet": "Resultat", "voters": 15},
    ]
    meeting = read_meeting(path, mapping={"sheet": sheets, "panel": "Land", "phase": "Ung"})
    assert [one.title.da for one in meeting.themes] == ["Relationer", "Fattigdom"]
    assert [(one.theme, one.voters) for one in meeting.placings] == [
        ("relationer", 15), ("fattigdom", 15),
    ]  # fmt: skip


def test_our_own_open_data_can_be_read_as_a_list(tmp_path: Path) -> None:
    from tests.examples.test_meeting import FROZEN

    meeting = read_meeting(FROZEN)
    write_meeting(meeting, tmp_path / "open.xlsx")
    mapping = {"sheet": {"holds": "counts", "sheet": "counts",
                         "columns": {"votes": "people", "theme": "title"}}}  # fmt: skip
    again = read_meeting(tmp_path / "open.xlsx", mapping=mapping)
    assert len(again.placings) == 36
    ideas = {"sheet": {"holds": "ideas", "sheet": "ideas"}}
    texts = {one.text for one in read_meeting(tmp_path / "open.xlsx", mapping=ideas).ideas}
    assert texts == {one.text for one in meeting.ideas if one.released}


@pytest.mark.parametrize(
    ("text", "mapping", "code", "where"),
    [
        ("theme,votes\na,3\nb,x\nc,-1\n", None, "bad_cell", "rows 3, 4"),
        ("theme,votes\na,3\nA ,4\n", None, "bad_cell", "row 3"),
        ("theme,votes\na,\n", None, "bad_cell", "row 2"),
        ("theme,votes\n,3\n", None, "bad_cell", "row 2"),
        ("place,theme\n1,a\nfirst,b\n", None, "bad_cell", "row 3"),
        ("place,theme\n1,a\n2,a\n", None, "bad_cell", "row 3"),
        ("text,kind\na,angry\n", None, "bad_cell", "row 2"),
        ("text,channel\na,pigeon\n", None, "bad_cell", "row 2"),
        ("ballot,theme,value,panel\n1,a,x?,p\n", None, "bad_cell", "column C"),
        ("voter,choices\n1,a;a\n", None, "bad_cell", "row 2"),
        ("A,B\nx,maybe\n", {"sheet": {"holds": "voters"}}, "bad_cell", "row 2"),
        ("A,B\nx,1\n", {"sheet": {"holds": "voters", "themes": ["Z"]}}, "column_not_found", "'Z'"),
        ("A\n1\n", {"sheet": {"holds": "ideas"}}, "column_not_found", "columns A to A"),
        ("A\n1\n", {"sheet": {"holds": "ideas", "header": 9}}, "empty_file", ""),
        ("text\n", None, "empty_file", ""),
        ("", None, "which_columns", ""),
        (WHISPER + "\n", None, "which_columns", ""),
        (WHISPER + "\nb\n", {"sheet": {"holds": "counts"}}, "column_not_found", "row 1"),
        ('text\n"a\n', None, "bad_rows", "line 2"),
        ('text\n"' + "a" * 200_000 + '"\n', None, "bad_rows", "line 2"),
    ],
)
def test_what_cannot_be_used_is_named_by_row(
    tmp_path: Path, text: str, mapping: Any, code: str, where: str
) -> None:
    error = _refused(_csv(tmp_path, text), mapping)
    assert error.code == code
    assert where in error.text


def test_at_most_five_rows_are_named(tmp_path: Path) -> None:
    text = "theme,votes\n" + "".join(f"t{n},{WHISPER}\n" for n in range(20))
    assert "rows 2, 3, 4, 5, 6, …: 20 in all" in _refused(_csv(tmp_path, text)).text


@pytest.mark.parametrize(
    ("mapping", "code", "allowed"),
    [
        ({"sheets": []}, "unknown_key", "meeting, vote, sheet"),
        ({"sheet": {"holds": "poems"}}, "not_allowed", "ideas, counts"),
        ({"sheet": {"holds": "ideas", "colour": 1}}, "unknown_key", "holds"),
        ({"sheet": {"holds": "ideas", "columns": {"votes": "A"}}}, "unknown_key", "text"),
        ({"sheet": {"holds": "ideas", "columns": []}}, "bad_mapping_value", "a table"),
        ({"sheet": {"holds": "ideas", "header": "1"}}, "bad_mapping_value", "whole"),
        ({"sheet": {"holds": "ideas", "kind": "angry"}}, "not_allowed", "pushes_out"),
        ({"sheet": [1]}, "bad_mapping_value", "tables"),
        ({"meeting": {"date": "2026"}}, "bad_mapping_value", "a date"),
        ({"meeting": {"language": "sv"}}, "not_allowed", "da, en"),
        ({"meeting": {"title": {"sv": "x"}}}, "unknown_key", "da, en"),
        ({"vote": {"rule": "mine"}}, "not_allowed", "choose-k"),
        ({"vote": {"choices": True}}, "bad_mapping_value", "whole"),
        ({"vote": 3}, "bad_mapping_value", "a table"),
        (
            {"sheet": {"holds": "ideas", "columns": {"text": "A", "theme": "A"}}},
            "column_twice",
            "",
        ),
    ],
)
def test_a_mapping_that_is_wrong_is_said(
    tmp_path: Path, mapping: Any, code: str, allowed: str
) -> None:
    error = _refused(_csv(tmp_path, "text\na\n"), mapping)
    assert isinstance(error, UsageError)
    assert error.code == code
    assert allowed in error.allowed


@pytest.mark.parametrize("text", ["[meeting", "\xff", 'a = "\n'])
def test_a_mapping_file_that_is_no_toml(tmp_path: Path, text: str) -> None:
    path = tmp_path / "map.toml"
    path.write_bytes(text.encode("latin-1"))
    assert _refused(_csv(tmp_path, "text\na\n"), path).code == "bad_mapping"


def test_formulas_are_refused_and_never_evaluated(tmp_path: Path) -> None:
    path = _book(tmp_path, S=[["theme", "votes"], ["a", "=1+2"], ["=HYPERLINK(1)", 2]])
    error = _refused(path)
    assert error.code == "formula_cells"
    assert "rows 2, 3" in error.text


def test_cells_with_errors_are_refused(tmp_path: Path) -> None:
    assert _refused(_book(tmp_path, S=[["theme", "votes"], ["a", "#REF!"]])).code == "error_cells"


def test_numbers_and_dates_of_cells_are_read_as_people_see_them(tmp_path: Path) -> None:
    import datetime as dt

    rows = [["text"], [2.0], [2.5], [dt.date(2026, 11, 23)], [True], ["  x "]]
    meeting = read_meeting(_book(tmp_path, S=rows))
    assert [one.text for one in meeting.ideas] == ["2", "2.5", "2026-11-23", "True", "x"]


@pytest.mark.parametrize("keep", [0.1, 0.5, 0.9, 0.99])
def test_a_cut_off_workbook_is_damaged(tmp_path: Path, keep: float) -> None:
    path = _book(tmp_path, S=[["text"], ["a"]])
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * keep)])
    assert _refused(path).code == "damaged_file"


def test_a_zip_that_is_no_workbook_and_a_workbook_without_its_parts(tmp_path: Path) -> None:
    path = _book(tmp_path, S=[["text"], ["a"]])
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for gone in sorted(parts):
        held = io.BytesIO()
        with zipfile.ZipFile(held, "w") as archive:
            for name, content in parts.items():
                if name != gone:
                    archive.writestr(name, content)
        path.write_bytes(held.getvalue())
        try:
            import_meeting(path)
        except VendepunktError as error:
            assert error.code in {"damaged_file", "unknown_sheet", "empty_file", "which_columns"}  # noqa: PT017


def test_a_workbook_built_to_fill_the_memory_is_refused(tmp_path: Path) -> None:
    path = _book(tmp_path, S=[["text"], ["a"]])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/big.xml", b"\0" * (1 << 28))
    assert _refused(path).code == "header_lie"


def test_a_cell_far_away_is_no_reason_to_wait(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page["A1"] = "text"
    page["A2"] = "idea"
    page["XFD1048576"] = "far"
    path = tmp_path / "far.xlsx"
    book.save(path)
    assert [one.text for one in read_meeting(path).ideas] == ["idea"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1252"])
def test_files_of_every_usual_encoding(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes("Svar\nÆblegrød på ø\n".encode(encoding))
    assert read_meeting(path).ideas[0].text == "Æblegrød på ø"


def test_ideas_of_every_unicode_trick_pass_through(tmp_path: Path) -> None:
    from tests.convene.any_meeting import TRICKS

    tricks = [one for one in TRICKS if one.strip() and not set(one) & set("\x00\ud800\udfff\r\n")]
    quoted = "".join('"' + one.replace('"', '""') + '"\n' for one in tricks)
    meeting = read_meeting(_csv(tmp_path, "text\n" + quoted), mapping={"sheet": {"holds": "ideas"}})
    assert [one.text for one in meeting.ideas] == [one.strip() for one in tricks]


def test_a_missing_file_and_a_folder_with_nothing(tmp_path: Path) -> None:
    assert isinstance(_refused(tmp_path / "none.xlsx"), DataError)
    assert _refused(tmp_path).code == "unknown_format"
    assert _refused(tmp_path, name="spreadsheet").code == "no_such_file"


def test_names_that_stand_for_ever_longer_names_are_not_unfolded(tmp_path: Path) -> None:
    """What XML calls entities: ten lines of them can fill any memory."""
    path = _book(tmp_path, S=[["text"], ["a"]])
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    names = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "ha" * 50}">' for n in range(12))
    sheet = parts["xl/worksheets/sheet1.xml"].decode().replace(">a<", ">&e11;<")
    body = sheet[sheet.index("<worksheet") :]
    assert "&e11;" in body
    parts["xl/worksheets/sheet1.xml"] = f"<!DOCTYPE x [{names}]>{body}".encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    assert _refused(path).code == "damaged_file"
