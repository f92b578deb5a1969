"""What `study.toml` says, and everything that can be wrong with it, each with its line."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from vendepunkt.study import load_study, read_text
from vendepunkt.study.schema import LATER
from vendepunkt.study.schema_parts import parse_classes
from vendepunkt.terms import DataError, ProblemsError


def problems(text: str | bytes) -> list[tuple[int, str]]:
    content = text.encode() if isinstance(text, str) else text
    return [(p.line, p.code) for p in read_text(content, Path()).problems]


def test_a_good_study_is_read_whole(good: str) -> None:
    reading = read_text(good.encode(), Path("here"))
    assert reading.problems == ()
    study = reading.study
    assert study is not None
    assert study.folder == Path("here")
    assert (study.language, study.seed, study.frame) == ("da", 20171, "households")
    assert study.title["da"] == "Udsatte grupper"
    assert study.data["panel"].delete_by == dt.date(2029, 12, 31)
    assert study.waves["2006"].fieldwork == {"da": "marts-august 2006", "en": "March-August 2006"}
    assert study.design.cluster == ("psu", "house")
    assert study.design.wave_weights == {"2006": "w06"}
    assert study.design.panel_weight == "wp"
    trust, fair, money = study.items.values()
    assert (trust.columns, trust.dimension) == (("trust1",), "trust")
    assert trust.order == ("can trust", "depends", "cannot trust")
    assert trust.merge == {"depends": ("it depends", "other")}
    assert (fair.columns, fair.missing, fair.reverse) == (("fair",), (-9, -8), True)
    assert (money.dimension, money.type) == ("money", "binary")
    assert study.label("trust", "cannot trust") == {"da": "Kan ikke stole på", "en": "Cannot trust"}
    assert study.label("trust", "depends") == {"da": "Kommer an på", "en": "Depends"}
    assert study.label("fair", "x") is None
    assert (study.measure.classes, study.measure.compare) == (3, (1, 2, 3, 4, 5))
    assert study.measure.wave == "2006"
    assert [group.ranks for group in study.groups] == [(1,), (2, 3)]
    assert study.groups[1].label == {"da": "Eksklusionsgruppen", "en": "The excluded"}
    assert (study.report.formats, study.report.threshold) == (("html",), 10)


def test_what_is_not_said_has_the_documented_default() -> None:
    text = '[study]\ntitle = "T"\nframe = "population"\n[data.a]\nfile = "a.csv"\n[items.x]\n'
    study = read_text(text.encode(), Path()).study
    assert study is not None
    assert (study.language, study.seed, study.title) == ("en", 1, {"da": "T", "en": "T"})
    assert study.measure.items == ("x",)
    assert (study.measure.classes, study.measure.compare) == (None, (1, 2, 3, 4, 5, 6))
    assert study.design.single_psu == "fail"
    assert study.report.threshold == 5
    assert study.groups == ()


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('frame = "households"\n', "", [("[study]", "missing_key")]),
        ('frame = "households"', 'frame = "houses"', [('frame = "houses"', "bad_value")]),
        ('frame = "households"', 'frame = "other"', [('frame = "other"', "missing_key")]),
        ("threshold = 10", "threshold = 2", [("threshold = 2", "bad_value")]),
        ("threshold = 10", "treshold = 10", [("treshold = 10", "unknown_key")]),
        ("threshold = 10", "threshold = true", [("threshold = true", "bad_value")]),
        ("seed = 20171", "seed = -1", [("seed = -1", "bad_value")]),
        ("seed = 20171", 'seed = "x"', [('seed = "x"', "bad_value")]),
        (
            'file = "data/panel.csv"',
            'file = "../panel.csv"',
            [('file = "../panel.csv"', "outside_folder")],
        ),
        (
            'file = "data/panel.csv"',
            "file = 'C:\\panel.csv'",
            [("file = 'C:\\panel.csv'", "outside_folder")],
        ),
        (
            'file = "data/panel.csv"',
            'file = "/panel.csv"',
            [('file = "/panel.csv"', "outside_folder")],
        ),
        (
            "delete_by = 2029-12-31",
            'delete_by = "31.12.2029"',
            [('delete_by = "31.12.2029"', "bad_value")],
        ),
        ('wave = "year"\n', "", [("wave = 2006", "contradiction")]),
        ("wave = 2006\n", "", [("[measure]", "missing_key")]),
        (
            "wave = 2006",
            "wave = 2007",
            [("wave = 2007", "contradiction"), ("wave = 2007", "unknown_wave")],
        ),
        ('strata = "stratum"', 'strata = ["a", "b"]', [('strata = ["a", "b"]', "bad_value")]),
        ("nest = true", 'nest = true\nreplicates = ["a"]', [('replicates = ["a"]', "missing_key")]),
        (
            "nest = true",
            'nest = true\nunweighted = "no weight"',
            [('unweighted = "no weight"', "contradiction")],
        ),
        (
            "nest = true",
            'nest = true\nfpc = ["a", "b", "c"]',
            [('fpc = ["a", "b", "c"]', "contradiction")],
        ),
        ("[dimensions.trust]", "[dimensions.trsut]", [("[dimensions.trsut]", "unknown_dimension")]),
        ('  "depends",\n', '  "depends",\n  "depends",\n', [('"depends",', "bad_value")]),
        (
            'merge = { depends = ["it depends", "other"] }',
            'merge = { depend = ["it depends"] }',
            [('merge = { depend = ["it', "unknown_category")],
        ),
        (
            "merge = { depends = [",
            'merge = { "can trust" = ["other"], depends = [',
            [('merge = { "can trust" =', "contradiction")],
        ),
        ("depends = 0.5, ", "", [('scores = { "can trust" =', "contradiction")]),
        ("depends = 0.5", "depends = 2", [('scores = { "can trust" =', "bad_value")]),
        ('type = "binary"', 'type = "bin"', [('type = "bin"', "bad_value")]),
        (
            'type = "binary"',
            'column = "a"\ncolumns = ["b"]',
            [('columns = ["b"]', "contradiction")],
        ),
        (
            'items = ["trust", "fair", "money"]',
            'items = ["trust", "fare"]',
            [('items = ["trust", "fare"', "unknown_item")],
        ),
        ("classes = 3", "classes = 4", [("[groups]", "contradiction")]),
        ("classes = 3", 'classes = "1-6"', [("[groups]", "contradiction")]),
        (
            "classes = 3",
            "classes = 0",
            [("classes = 0", "bad_value"), ("[groups]", "contradiction")],
        ),
        ("excluded = [2, 3]", "excluded = [1, 2, 3]", [("excluded = [1, 2, 3]", "contradiction")]),
        (
            "names = { excluded",
            "names = { exclude",
            [("names = { exclude = { da", "unknown_group")],
        ),
        ('da = "Tillid", ', "", [('label = { en = "Trust" }', "missing_language")]),
        ('da = "Tillid"', 'dk = "Tillid"', [('label = { dk = "Tillid",', "bad_value")]),
        ("[report]", "[data.other]\nfile = 'x.csv'\n[report]", [("[data.other]", "later_stage")]),
    ],
)
def test_each_mistake_is_named_with_its_line(
    good: str, old: str, new: str, expected: list[tuple[str, str]]
) -> None:
    assert good.count(old) == 1
    changed = good.replace(old, new)
    lines = changed.splitlines()
    found = [(lines[line - 1].strip(), code) for line, code in problems(changed)]
    assert [code for _, code in found] == [code for _, code in expected]
    for (line, _), (snippet, _) in zip(found, expected, strict=True):
        assert snippet in line


@pytest.mark.parametrize("table", LATER)
def test_tables_of_later_stages_are_refused_by_name(good: str, table: str) -> None:
    reading = read_text(f"{good}[{table}]\n".encode(), Path())
    assert [p.code for p in reading.problems] == ["later_stage"]
    assert (
        f"[{table}] belongs to a stage that this version does not have" in reading.problems[0].text
    )


def test_all_mistakes_are_named_at_once(good: str) -> None:
    bad = good.replace("threshold = 10", "threshold = 1").replace("seed = 20171", "seed = 1.5")
    bad = bad.replace("[waves.2006]", "[wave.2006]")
    assert problems(bad) == [(5, "bad_value"), (14, "unknown_table"), (66, "bad_value")]


def test_an_unknown_key_names_the_nearest(good: str) -> None:
    problem = read_text(good.replace("threshold", "treshold").encode(), Path()).problems[0]
    assert problem.try_ == "threshold"
    assert "formats" in problem.allowed


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"[study]\ntitle = 'caf\xe9'\n", [(2, "not_utf8")]),
        (b"[study]\ntitle = \n", [(2, "bad_toml")]),
        (b"[study]\n[study]\n", [(2, "bad_toml")]),
        (b"a = '''", [(1, "bad_toml")]),
        (b"a = " + b"[" * 100_000, [(0, "bad_toml")]),
        (b"a = " + b"1" * 100_000, [(0, "bad_toml")]),
        (b"", [(0, "missing_table")] * 3),
        (b"\xef\xbb\xbf[study]\nframe='population'\ntitle='x'", [(0, "missing_table")] * 2),
        (b"study = 3\n", [(0, "missing_table")] * 2 + [(1, "bad_value")]),
        (b"items = [1]\n", [(0, "missing_table")] * 2 + [(1, "bad_value")]),
    ],
)
def test_a_file_that_is_no_study_is_told_in_a_sentence(
    content: bytes, expected: list[tuple[int, str]]
) -> None:
    assert problems(content) == expected


def test_no_folder_and_no_file_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="There is no folder"):
        load_study(tmp_path / "missing")
    with pytest.raises(DataError, match=r"has no study\.toml"):
        load_study(tmp_path)


def test_loading_raises_everything_at_once(tmp_path: Path, good: str) -> None:
    bad = good.replace("threshold = 10", "threshold = 1").replace("seed = 20171", "seed = 1.5")
    (tmp_path / "study.toml").write_text(bad, encoding="utf-8")
    with pytest.raises(ProblemsError) as caught:
        load_study(tmp_path)
    assert [problem.line for problem in caught.value.problems] == [5, 66]
    assert str(caught.value).startswith("study.toml:5: [study] seed is 1.5.")


@pytest.mark.parametrize(
    ("value", "classes"),
    [(3, (3,)), ("1-4", (1, 2, 3, 4)), ("2 – 3", (2, 3)), ("5", (5,)), ([3, 2, 3], (2, 3))],
)
def test_numbers_of_classes(value: object, classes: tuple[int, ...]) -> None:
    assert parse_classes(value) == classes


@pytest.mark.parametrize("value", [0, 31, "6-1", "a", "1-", True, [], [True], [0], 2.0, {"a": 1}])
def test_what_is_no_number_of_classes(value: object) -> None:
    assert parse_classes(value) is None
