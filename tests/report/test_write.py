"""Written whole or not at all; only what passed leaves."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest
from tests.report import demo

from vendepunkt.report import Paragraph, write_report
from vendepunkt.report.csv_table import as_csv
from vendepunkt.terms import RefusedError, UsageError


def files(folder: Path) -> set[str]:
    return {str(f.relative_to(folder)) for f in folder.rglob("*") if f.is_file()}


def test_report_tables_and_figures_are_written(tmp_path: Path) -> None:
    out = tmp_path / "out"
    made = write_report(demo.document("da"), out, refs=demo.REFS)
    assert files(out) == {
        "report.html",
        "report.pdf",
        str(Path("tables/shares.csv")),
        str(Path("tables/profile.csv")),
        str(Path("figures/groups.svg")),
    }
    assert {str(path.relative_to(out)) for path in made} == files(out)


def test_one_format_alone(tmp_path: Path) -> None:
    write_report(demo.document("en"), tmp_path, ["html"], refs=demo.REFS)
    assert "report.pdf" not in files(tmp_path)


def test_docx_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="'docx' comes with a later version") as refused:
        write_report(demo.document("en"), tmp_path / "out", ["html", "docx"], refs=demo.REFS)
    assert refused.value.exit_code == 2
    assert files(tmp_path) == set()


def test_an_unknown_format_says_which_there_are(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="html, pdf"):
        write_report(demo.document("en"), tmp_path, ["odt"], refs=demo.REFS)


def test_a_report_that_cannot_be_made_leaves_the_last_one(tmp_path: Path) -> None:
    good = demo.document("da")
    write_report(good, tmp_path, refs=demo.REFS)
    before = {name: (tmp_path / name).read_bytes() for name in files(tmp_path)}
    bad = replace(good, blocks=(*good.blocks, Paragraph("{ref:a/b/c|pct}")))
    with pytest.raises(RefusedError, match="a/b/c"):
        write_report(bad, tmp_path, refs=demo.REFS)
    assert {name: (tmp_path / name).read_bytes() for name in files(tmp_path)} == before


def test_an_interruption_leaves_the_last_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_report(demo.document("da"), tmp_path, refs=demo.REFS)
    before = {name: (tmp_path / name).read_bytes() for name in files(tmp_path)}
    real, calls = Path.write_bytes, []

    def stop(self: Path, data: bytes) -> int:
        calls.append(self)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return real(self, data)

    monkeypatch.setattr(Path, "write_bytes", stop)
    with pytest.raises(KeyboardInterrupt):
        write_report(demo.document("en"), tmp_path, refs=demo.REFS)
    assert {name: (tmp_path / name).read_bytes() for name in files(tmp_path)} == before


def test_tables_of_an_earlier_run_are_taken_away_and_other_files_stay(tmp_path: Path) -> None:
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "old.csv").write_text("n\n3\n")
    (tmp_path / "provenance.json").write_text("{}")
    write_report(demo.document("da"), tmp_path, ["html"], refs=demo.REFS)
    assert str(Path("tables/old.csv")) not in files(tmp_path)
    assert "provenance.json" in files(tmp_path)


def test_equal_reports_are_equal_files(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        write_report(demo.document("da"), tmp_path / folder, refs=demo.REFS)
    for name in files(tmp_path / "a"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_a_csv_table_is_for_programs() -> None:
    shares, profile = (b for b in demo.document("da").blocks if type(b).__name__ == "Table")
    rows = list(csv.DictReader(io.StringIO(as_csv(shares, {}, "da"))))
    assert rows[0] == {
        "group": "Majoritetsgruppen",
        "estimate": "0.7143",
        "estimate_low": "0.6812",
        "estimate_high": "0.7446",
        "n": "911",
    }
    hidden = list(csv.DictReader(io.StringIO(as_csv(profile, {}, "da"))))
    assert hidden[3]["group"] == "Afsavn"
    assert hidden[3]["excluded"] == ""
    assert hidden[3]["hidden"] == "excluded"
    assert hidden[0]["hidden"] == ""
