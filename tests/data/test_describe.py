"""What is in a file: as a result, as a command, and never an id or a free text."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from vendepunkt.cli import cli
from vendepunkt.data import Survey, describe, read_survey, weight_candidates
from vendepunkt.terms import Result, UsageError

ROOT = Path(__file__).parents[2]
GSS = ROOT / "examples" / "gss-panel" / "data" / "gss_panel0610.csv"
STAYED = ROOT / "examples" / "gss-panel-weighted" / "data" / "gss_panel0610_stayed.csv"
EFC = ROOT / "examples" / "carers" / "data" / "efc.sav"
ANES = ROOT / "tests" / "reference" / "anes2020" / "anes_2020_stata_example.dta"
NINE = ("satfin", "health", "happy", "life", "trust", "fair", "helpful", "socrel", "socfrend")


def test_persons_per_wave_of_the_panel_are_as_published() -> None:
    described = describe(read_survey(GSS, person="firstid", wave="wave"), NINE)
    assert [(w.n, w.persons) for w in described.waves] == [(2000, 2000), (2000, 1536), (2000, 1276)]
    patterns = dict(described.patterns)
    assert patterns[("1", "2", "3")] == 1276
    assert sum(patterns.values()) == 2000


def test_a_description_is_a_result() -> None:
    survey = read_survey(EFC, person="id")
    described = describe(survey)
    assert isinstance(described, Result)
    table = described.table().set_index("item")
    assert table.loc["c82cop1", ["kind", "n", "n_missing"]].tolist() == ["ordinal", 901, 7]
    assert described.glance().loc[0, ["n", "persons", "variables"]].tolist() == [908, 908, 27]
    assert described.ref("n:c82cop1").value == 901
    assert described.ref("persons").value == 908
    assert described.missing().query("item == 'c82cop1'")["n"].tolist() == [7]
    counts = described.categories().query("item == 'c82cop1'")
    assert counts["category"].tolist() == ["never", "sometimes", "often", "always"]
    assert counts["n"].sum() == 901
    assert counts["estimate"].sum() == pytest.approx(1)
    assert len(described.provenance.data_hash) == 64
    assert described.augment(survey.frame)[".answered"].max() > 9
    assert "908 rows" in described._repr_html_()
    for call in (
        described.plot,
        lambda: described.ref("x"),
        lambda: described.augment(survey.frame[:3]),
    ):
        with pytest.raises(UsageError):
            call()


def test_the_hash_knows_a_changed_answer() -> None:
    frame = pd.DataFrame({"a": [1, 2], "b": ["x", None]})
    first = Survey.from_frame(frame).data_hash()
    assert Survey.from_frame(frame.copy()).data_hash() == first
    assert Survey.from_frame(frame.assign(a=[1, 3])).data_hash() != first
    assert Survey.from_frame(frame.rename(columns={"a": "c"})).data_hash() != first


def test_weights_are_found_by_name_label_or_values() -> None:
    found = {c.column: c.why for c in weight_candidates(read_survey(STAYED))}
    assert "wtpannr123" in found
    assert {c.column for c in weight_candidates(read_survey(ANES))} == {"V200010b"}
    rng = np.random.default_rng(1)
    x = rng.gamma(4, size=200)
    frame = pd.DataFrame(
        {"x": x / x.mean(), "y": x, "weight_kg": x * 20, "wave": 1, "wt": [1, 2] * 100, "w": -x}
    )
    survey = Survey.from_frame(frame, labels={"y": "Weight in kg", "wt": "design"})
    assert {c.column for c in weight_candidates(survey)} == {"x", "wt"}
    assert "weight_unused" in {n.code for n in describe(survey).notices}
    assert weight_candidates(read_survey(EFC)) == ()


def test_design_columns_are_found() -> None:
    described = describe(read_survey(ANES))
    assert {c.column: c.part for c in described.design} == {
        "V200010d": "strata", "V200010c": "cluster",
    }  # fmt: skip


def _run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(cli, ["describe", *arguments])
    return result.exit_code, result.stdout, result.stderr


def test_the_command_answers_with_one_json_object() -> None:
    code, out, err = _run(str(ANES), "--json")
    assert code == 0
    answer = json.loads(out)
    assert answer["schema"] == "describe/1"
    assert answer["n"] == 7453
    assert {w["column"] for w in answer["weights"]} == {"V200010b"}
    assert {"offered_missing", "weight_unused"} <= {w["code"] for w in answer["warnings"]}
    assert {"item": "V201237", "code": -9, "label": "-9. Refused", "n": 12,
            "why": "negative code"} in answer["offered"]  # fmt: skip
    assert err == ""


def test_the_command_answers_people_in_plain_lines() -> None:
    code, out, err = _run(
        str(GSS), "--person", "firstid", "--wave", "wave", "--items", ",".join(NINE)
    )
    assert code == 0
    assert "6000 rows of 2000 persons" in out
    assert "1 + 2 + 3    1276" in out
    assert "can Trust 1415" in out
    assert "\x1b" not in out
    assert err == ""


def test_wide_files_and_sheets_by_option(tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    path.write_text("id,trust_t1,trust_t2\na,1,2\nb,1,\n")
    code, out, _ = _run(str(path), "--person", "id", "--wide", "t1,t2", "--json")
    assert code == 0
    assert [w["persons"] for w in json.loads(out)["waves"]] == [2, 1]


def test_ids_and_free_text_are_never_shown(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    rows = [f"person{k},I lost my job {k},{k % 2}" for k in range(60)]
    path.write_text("\n".join(["id,story,trust", *rows]))
    for options in ([], ["--json"], ["--person", "id"]):
        code, out, err = _run(str(path), *options)
        assert code == 0
        assert "person1" not in out + err
        assert "I lost" not in out + err


@pytest.mark.parametrize("as_json", [True, False])
def test_bad_files_end_with_exit_code_3(as_json: bool, tmp_path: Path) -> None:
    path = tmp_path / "a.sav"
    path.write_bytes(EFC.read_bytes()[:5000])
    code, out, err = _run(str(path), *(["--json"] if as_json else []))
    assert code == 3
    assert "Traceback" not in out + err
    if as_json:
        assert json.loads(out)["error"]["code"] == "header_lie"
    else:
        assert "cut off" in err


def test_an_unknown_column_ends_with_exit_code_2() -> None:
    code, out, _ = _run(str(EFC), "--person", "ids", "--json")
    assert code == 2
    assert json.loads(out)["error"]["try"] == "id"


def test_every_notice_of_reading_can_be_said_in_both_languages() -> None:
    from vendepunkt.language import text

    frame = pd.DataFrame({"a_t1": [1, 1], "a_t2": [1, -9], "wgt": [0.5, 1.5], "b": ["x", "NA"]})
    survey = Survey.from_frame(
        frame, wide=("t1", "t2"),
        value_labels={"a_t1": {1: "yes", -9: "Refused"}, "a_t2": {1: "yes", -9: "No answer"}},
    )  # fmt: skip
    notices = [*describe(survey).notices, *survey.indicator("a").notices]
    assert {"numbered", "labels_differ", "offered_missing", "weight_unused"} <= {
        n.code for n in notices
    }
    for notice in notices:
        for language in ("da", "en"):
            assert text(f"warning.{notice.code}", language, **notice.values)
