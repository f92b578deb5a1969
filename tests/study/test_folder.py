"""Files are written whole or not at all, and refs and state survive damage."""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import zipfile
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from vendepunkt.study import (
    Folder,
    Made,
    RefStore,
    State,
    hash_file,
    hash_values,
    keep,
    program,
    publish,
    recall,
    relevant,
    versions,
    write_bytes,
    write_json,
)
from vendepunkt.study.folder import uninterrupted
from vendepunkt.study.kept import SCHEMA
from vendepunkt.terms import DataError, Notice, Provenance, Ref, RefusedError, RefValue


def names(folder: Path) -> list[str]:
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    write_bytes(tmp_path / "a" / "b.txt", b"one")
    write_bytes(tmp_path / "a" / "b.txt", b"two")
    assert (tmp_path / "a" / "b.txt").read_bytes() == b"two"
    assert names(tmp_path) == ["a/b.txt"]


def test_a_failed_write_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "b.txt"
    write_bytes(path, b"one")
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left")))
    with pytest.raises(DataError, match="No space left"):
        write_bytes(path, b"two")
    assert path.read_bytes() == b"one"
    assert names(tmp_path) == ["b.txt"]


def test_a_place_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "work").write_text("a file, not a folder", encoding="utf-8")
    with pytest.raises(DataError, match="cannot be written"):
        write_json(Folder(tmp_path).state, {})


def test_json_of_equal_content_is_equal_bytes(tmp_path: Path) -> None:
    write_json(tmp_path / "a", {"x": 1, "y": "æ"})
    write_json(tmp_path / "b", {"y": "æ", "x": 1})
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_publishing_replaces_all_and_takes_away_what_is_no_longer_made(tmp_path: Path) -> None:
    publish({"report.html": b"1", "tables/a.csv": b"1"}, tmp_path, ())
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    publish({"report.html": b"2"}, tmp_path, ("report.html", "tables/a.csv"))
    assert names(tmp_path) == ["mine.txt", "report.html"]
    assert (tmp_path / "report.html").read_bytes() == b"2"


def test_publishing_that_fails_on_the_way_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish({"a": b"1", "b": b"1"}, tmp_path, ())
    written = []
    real = os.fsync

    def second_fails(handle: int) -> None:
        written.append(handle)
        if len(written) == 2:
            raise OSError(28, "No space left")
        real(handle)

    monkeypatch.setattr(os, "fsync", second_fails)
    with pytest.raises(DataError):
        publish({"a": b"2", "b": b"2"}, tmp_path, ("a", "b"))
    assert names(tmp_path) == ["a", "b"]
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes() == b"1"


@pytest.mark.skipif(os.name == "nt", reason="a process cannot send itself Ctrl-C there")
@pytest.mark.usefixtures("interrupts_are_heard")
def test_ctrl_c_waits_until_the_block_is_through() -> None:
    done = []

    def block() -> None:
        with uninterrupted():
            os.kill(os.getpid(), signal.SIGINT)
            done.append("the rest")

    with pytest.raises(KeyboardInterrupt):
        block()
    assert done == ["the rest"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def value(row: str, number: float, low: float | None = None) -> RefValue:
    return RefValue(Ref("measure", "shares", row), number, low)


def test_refs_are_kept_and_looked_up(tmp_path: Path) -> None:
    store = RefStore().with_stage("measure", [value("A", 0.123456789, 0.1), value("B", 1.0)])
    store.write(tmp_path / "refs.json")
    again = RefStore.read(tmp_path / "refs.json")
    assert again == store
    assert again["measure/shares/A"].value == 0.123457
    assert Ref("measure", "shares", "B") in again
    with pytest.raises(RefusedError, match="no value behind"):
        again["measure/shares/C"]


def test_a_stage_replaces_its_own_refs_only() -> None:
    other = RefValue(Ref("move", "p", "A/B"), 0.5)
    store = RefStore({str(other.ref): other}).with_stage("measure", [value("A", 1.0)])
    store = store.with_stage("measure", [value("B", 1.0)])
    assert set(store) == {"move/p/A/B", "measure/shares/B"}
    for wrong in ([other], [value("A", 1.0), value("A", 2.0)]):
        with pytest.raises(ValueError, match="is not a ref of measure"):
            store.with_stage("measure", wrong)


def test_stale_is_what_changed_in_what_is_printed() -> None:
    before = RefStore().with_stage("measure", [value("A", 0.25), value("B", 0.5), value("C", 1.0)])
    seen = {name: before[name].fingerprint for name in before}
    now = RefStore().with_stage(
        "measure", [value("A", 0.25 + 1e-9), value("B", 0.5, 0.4), value("D", 0.1)]
    )
    said = {change.ref[-1]: change.how for change in now.changes(seen)}
    assert said == {"B": "changed", "C": "gone"}
    assert {c.ref[-1]: c.how for c in now.since(before)} == said | {"D": "new"}


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"\xff", b'{"schema": "refs/1"}', b'{"schema": "refs/1", "refs": {"a": 1}}',
     b'{"schema": "refs/1", "refs": {"a/b/c": {"value": 1, "low": 1, "high": 1}}}'],
)  # fmt: skip
def test_damaged_refs_are_no_refs(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "refs.json").write_bytes(content)
    assert len(RefStore.read(tmp_path / "refs.json")) == 0


def test_a_stage_is_fresh_while_its_key_and_files_are_the_same(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"1")
    made = Made(
        "key", {"a.txt": hash_file(tmp_path / "a.txt")}, (Notice("n", "N."),), converged=False
    )
    State().with_stage("report", made).write(tmp_path / "state.json")
    state = State.read(tmp_path / "state.json")
    assert state.stages["report"] == made
    assert state.is_fresh("report", "key", tmp_path)
    assert not state.is_fresh("report", "other", tmp_path)
    assert not state.is_fresh("measure", "key", tmp_path)
    (tmp_path / "a.txt").write_bytes(b"2")
    assert not state.is_fresh("report", "key", tmp_path)
    (tmp_path / "a.txt").unlink()
    assert not state.is_fresh("report", "key", tmp_path)


def test_a_key_changes_with_what_is_relevant_only() -> None:
    source = {"study": {"seed": 1, "title": "T"}, "items": {"a": {}}}
    other = {"study": {"seed": 1, "title": "U"}, "items": {"a": {}}}
    wanted = ("study.seed", "items", "design")
    assert hash_values(relevant(source, wanted)) == hash_values(relevant(other, wanted))
    other["items"]["b"] = {}
    assert hash_values(relevant(source, wanted)) != hash_values(relevant(other, wanted))


def test_the_program_is_part_of_the_key() -> None:
    assert program().startswith(versions()["vendepunkt"] + "+")
    assert program(("terms",)) != program(("study",))


def test_results_are_kept_bit_by_bit(tmp_path: Path) -> None:
    kept = Provenance(
        "hash",
        "design",
        7,
        {"numpy": "2"},
        {
            "array": np.array([[0.1, np.nan]]),
            "codes": np.array([1, -1], dtype=np.int32),
            "texts": np.array(["a", None], dtype=object),
            "number": np.float64(0.1),
            "odd": (float("inf"), None, True, [1], frozenset({2})),
            3: {"nested": Notice("n", "N.", {"k": 1})},
        },
    )
    keep(tmp_path / "r.zip", kept)
    again = recall(tmp_path / "r.zip", Provenance)
    assert again is not None
    assert again.call["array"].tobytes() == kept.call["array"].tobytes()
    assert again.call["codes"].dtype == np.int32
    assert again.call["texts"].tolist() == ["a", None]
    assert type(again.call["number"]) is np.float64
    assert again.call["odd"] == kept.call["odd"]
    assert again.call[3] == kept.call[3]
    assert recall(tmp_path / "r.zip", Notice) is None


@pytest.mark.parametrize("thing", [object(), lambda: 1, Path("x"), {1: {2: 3j}}])
def test_what_is_no_result_cannot_be_kept(tmp_path: Path, thing: object) -> None:
    with pytest.raises(TypeError):
        keep(tmp_path / "r.zip", thing)
    assert names(tmp_path) == []


@pytest.mark.parametrize(
    "tree",
    [
        {"class": "os:system", "fields": {}},
        {"class": "subprocess:Popen", "fields": {"args": "x"}},
        {"class": "vendepunkt.study.folder:os.system", "fields": {}},
        {"class": "vendepunkt.terms.notices:Notice", "fields": {"code": "n"}},
        {"class": "vendepunkt.terms.notices:Missing", "fields": {}},
        {"class": "vendepunkt.study.folder:write_bytes", "fields": {}},
        {"unknown": []},
        {"array": 9},
        {"a": 1, "b": 2},
        {"object": "os:system", "fields": {}},
        {"object": "vendepunkt.study.folder:os.system", "fields": {}},
        {"object": "vendepunkt.study.folder:write_bytes", "fields": {}},
        {"object": "vendepunkt.terms.notices:Notice", "fields": {"code": "n", "text": "t"}},
        {"object": "vendepunkt.terms.errors:DataError", "fields": {}},
        {"frame": [["a", {"array": 9}]], "rows": 1},
        {"slice": [1, 2, 3, 4]},
        {"fraction": [1, 0]},
        {"date": "yesterday"},
        {"named": "vendepunkt.convene.rankings:TopOverlap", "fields": {"shared": 1}},
        {"named": "os:stat_result", "fields": {}},
        {"named": "vendepunkt.terms.notices:Notice", "fields": {}},
    ],
)
def test_a_kept_file_makes_objects_of_ours_and_nothing_else(tmp_path: Path, tree: object) -> None:
    with zipfile.ZipFile(tmp_path / "r.zip", "w") as file:
        file.writestr("tree.json", json.dumps({"schema": SCHEMA, "tree": tree}))
    assert recall(tmp_path / "r.zip", object) is None


def test_frames_slices_and_types_of_items_are_kept(tmp_path: Path) -> None:
    import pandas as pd

    from vendepunkt.numerics.items import FAMILY

    shared = np.arange(3.0)
    frame = pd.DataFrame({"id": ["01", None, "3"], "year": [2017, 2019, 2022]})
    item = FAMILY["nominal"](shared, (0, 0))
    call = {"frame": frame, "rows": slice(1, 3), "item": item, "again": shared}
    keep(tmp_path / "r.zip", Provenance("hash", "", None, {}, call))
    again = recall(tmp_path / "r.zip", Provenance)
    assert again is not None
    assert again.call["frame"]["id"].fillna("none").tolist() == ["01", "none", "3"]
    assert again.call["frame"]["year"].tolist() == [2017, 2019, 2022]
    assert again.call["rows"] == slice(1, 3)
    assert type(again.call["item"]) is type(item)
    assert again.call["item"].values.tolist() == shared.tolist()
    # What stands there twice is written once.
    with zipfile.ZipFile(tmp_path / "r.zip") as file:
        assert sum(np.load(file.open(n)).tolist() == [0, 1, 2] for n in file.namelist()
                   if n.endswith(".npy")) == 1  # fmt: skip


def test_fractions_and_days_come_back_as_they_were(tmp_path: Path) -> None:
    day, moment = dt.date(2026, 5, 4), dt.datetime(2026, 5, 4, 13, 30, tzinfo=dt.UTC)
    call = {"share": Fraction(1, 3), "day": day, "moment": moment, "part": slice(1, None)}
    keep(tmp_path / "r.zip", Provenance("hash", "", None, {}, call))
    again = recall(tmp_path / "r.zip", Provenance)
    assert again is not None
    assert again.call == call
    assert [type(value) for value in again.call.values()] == [type(v) for v in call.values()]


def test_tuples_with_names_keep_their_names(tmp_path: Path) -> None:
    from vendepunkt.convene.rankings import TopOverlap

    found = TopOverlap(2, 3, 3, 7, Fraction(9, 7), Fraction(1, 3))
    keep(tmp_path / "r.zip", Provenance("hash", "", None, {}, {"overlap": found}))
    again = recall(tmp_path / "r.zip", Provenance)
    assert again is not None
    assert again.call["overlap"] == found
    assert type(again.call["overlap"]) is TopOverlap
