"""Whatever stands in `study.toml` or in a data file: no traceback, and nothing half written."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.pipeline.conftest import DATA, STUDY, make_study

from vendepunkt.cli import cli

SETTINGS = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
ODD_VALUES = (
    "0", "-1", "1e400", "true", "[]", "{}", "[[1]]", '""', '"x"', '["x", "x"]', "1979-05-27", "nan",
    '"' + "é" * 50 + '"', "{ da = 1 }", "{ en = 'x' }", '"../x"', "[1, 2, 3]",
    "9223372036854775808", "07:32:00", "'a\\b'", '{ "" = "" }', "[{}]", '"1-999999"', '"age + `"',
)  # fmt: skip
ODD_BYTES = (
    b"\xff",
    b"\x00",
    b"\n",
    b'"',
    b"'''",
    b"[",
    b"]",
    b"=",
    b"{",
    b"#",
    b"\xef\xbb\xbf",
    b"\r",
)
EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
RUN = ("run", "check", "status")


@st.composite
def mutations(draw: st.DrawFn) -> bytes:
    """Give the good study with one to three things done to it."""
    text = STUDY
    for _ in range(draw(st.integers(1, 3))):
        lines = text.splitlines()
        place = draw(st.integers(0, max(0, len(lines) - 1)))
        line = lines[place] if lines else ""
        how = draw(st.sampled_from(["delete", "rename", "value", "double", "swap", "table"]))
        key, equals, _ = line.partition(" = ")
        if how == "delete":
            lines[place : place + 1] = []
        elif how == "rename" and equals:
            lines[place] = (
                draw(st.sampled_from(["x", key[:-1] or "y", '"ø"', "file", "a.b"]))
                + line[len(key) :]
            )
        elif how == "value" and equals:
            lines[place] = f"{key} = {draw(st.sampled_from(ODD_VALUES))}"
        elif how == "double":
            lines.insert(place, line)
        elif how == "swap" and lines:
            other = draw(st.integers(0, len(lines) - 1))
            lines[place], lines[other] = lines[other], lines[place]
        else:
            lines.insert(
                place,
                draw(
                    st.sampled_from(["[move]", "[[items]]", "[items.trust]", "[data.b]", "[x.y]"])
                ),
            )
        text = "\n".join(lines) + "\n"
    content = text.encode()
    if draw(st.booleans()):
        return content
    at = draw(st.integers(0, len(content)))
    return draw(
        st.sampled_from(
            [content[:at], content[:at] + draw(st.sampled_from(ODD_BYTES)) + content[at:]]
        )
    )


@st.composite
def data_files(draw: st.DrawFn) -> bytes:
    """Give the good data with something done to them, or no data at all."""
    content = DATA.encode()
    how = draw(st.sampled_from(["cut", "insert", "flip", "columns", "rows", "random", "repeat"]))
    at = draw(st.integers(0, len(content)))
    if how == "cut":
        return content[:at]
    if how == "insert":
        return content[:at] + draw(st.binary(max_size=20)) + content[at:]
    if how == "flip":
        return bytes(random.Random(at).choice([b, b ^ 1, b ^ 128]) for b in content)
    if how == "random":
        return draw(st.binary(max_size=200))
    lines = content.splitlines(keepends=True)
    if how == "columns":
        return content.replace(
            draw(st.sampled_from([b"trust", b"id", b"age", b"money_1"])), b"z", 1
        )
    if how == "rows":
        return b"".join(lines[: draw(st.integers(0, 4))])
    return b"".join(lines + lines[1:3])


def everything(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def answers_in_a_sentence(folder: Path, command: str) -> None:
    """Run a command twice, for people and as JSON; a refusal must leave the folder as it was."""
    before = everything(folder)
    result = CliRunner().invoke(cli, [command, str(folder), "--json"])
    said = json.loads(result.stdout)
    assert result.exit_code in (0, 2, 3, 4, 5), said
    assert "Traceback" not in result.stderr
    if result.exit_code in (0, 4):
        assert set(said) >= {"schema", "warnings"}
        return
    assert set(said["error"]) >= {"code", "text", "allowed", "try"}
    assert said["error"]["text"]
    assert everything(folder) == before
    plain = CliRunner().invoke(cli, [command, str(folder)])
    assert plain.exit_code == result.exit_code
    assert plain.stderr.rpartition("Error: ")[2].strip()
    assert everything(folder) == before


@SETTINGS
@given(toml=mutations(), command=st.sampled_from(RUN))
def test_no_study_ends_in_a_traceback(toml: bytes, command: str) -> None:
    with tempfile.TemporaryDirectory() as room:
        folder = make_study(Path(room) / "study")
        (folder / "out").mkdir()
        (folder / "out" / "report.html").write_text("the last complete report")
        (folder / "study.toml").write_bytes(toml)
        answers_in_a_sentence(folder, command)


@SETTINGS
@given(data=data_files(), command=st.sampled_from(RUN))
def test_no_data_end_in_a_traceback(data: bytes, command: str) -> None:
    with tempfile.TemporaryDirectory() as room:
        folder = make_study(Path(room) / "study", data=data)
        answers_in_a_sentence(folder, command)


@SETTINGS
@given(content=st.binary(max_size=300))
def test_no_bytes_at_all_end_in_a_traceback(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as room:
        folder = make_study(Path(room) / "study")
        (folder / "study.toml").write_bytes(content)
        answers_in_a_sentence(folder, "check")


SUFFIXES = (".csv", ".tsv", ".sav", ".zsav", ".dta", ".sas7bdat", ".xlsx", ".parquet", ".txt", "")
REAL = {path.suffix: path.read_bytes() for path in EXAMPLES.glob("*/data/*")}


@st.composite
def real_files(draw: st.DrawFn) -> bytes:
    """Give a real data file with some bytes changed, cut off, or put in."""
    content = bytearray(draw(st.sampled_from(sorted(REAL.values(), key=len))))
    for _ in range(draw(st.integers(1, 20))):
        content[draw(st.integers(0, min(3000, len(content) - 1)))] = draw(st.integers(0, 255))
    return bytes(content[: draw(st.integers(1, 60_000))])


@SETTINGS
@given(
    content=st.one_of(st.binary(max_size=300), data_files(), real_files()),
    suffix=st.sampled_from(SUFFIXES),
    words=st.sampled_from([["describe"], ["measure", "--items", "trust,health", "--classes", "1"]]),
)
def test_no_file_of_any_kind_ends_in_a_traceback(
    content: bytes, suffix: str, words: list[str]
) -> None:
    with tempfile.TemporaryDirectory() as room:
        file = Path(room) / f"answers{suffix}"
        file.write_bytes(content)
        command, *options = words
        result = CliRunner().invoke(cli, [command, str(file), *options, "--json"])
        said = json.loads(result.stdout)
        assert result.exit_code in (0, 2, 3, 4), said
        assert "Traceback" not in result.stderr
        assert set(everything(Path(room))) == {file.name}


@pytest.mark.parametrize(
    "toml",
    [b"", b"\xff\xfe[study]", STUDY.encode()[:300], STUDY.replace("trust", "trsut", 1).encode()],
)
def test_a_real_process_says_it_in_a_sentence_too(tmp_path: Path, toml: bytes) -> None:
    folder = make_study(tmp_path / "study")
    (folder / "study.toml").write_bytes(toml)
    before = everything(folder)
    program = [sys.executable, "-c", "from vendepunkt.cli import main; main()", "run", str(folder)]
    done = subprocess.run(program, capture_output=True, text=True, check=False)
    assert done.returncode == 3, done.stderr
    assert "Traceback" not in done.stderr
    assert "study.toml" in done.stderr
    assert done.stdout == ""
    assert everything(folder) == before
