"""The line of every key, against the standard library's own reading of the same text."""

from __future__ import annotations

import tomllib
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vendepunkt.study.lines import Path, find_lines

LETTERS = st.sampled_from("ab \\\"'#=[]{},.æø√\U0001f600-_1")
KEYS = st.one_of(
    st.from_regex(r"[A-Za-z0-9_-]{1,6}", fullmatch=True),
    st.text(LETTERS, max_size=5),
)
BASIC = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def quoted(text: str) -> str:
    return '"' + "".join(BASIC.get(c, c) for c in text) + '"'


@st.composite
def written_keys(draw: st.DrawFn) -> str:
    key = draw(KEYS)
    bare = key and all(c.isascii() and (c.isalnum() or c in "_-") for c in key)
    if bare and draw(st.booleans()):
        return key
    if "'" not in key and draw(st.booleans()):
        return f"'{key}'"
    return quoted(key)


TEXTS = st.text(LETTERS, max_size=8)
STRINGS = st.one_of(
    TEXTS.map(quoted),
    TEXTS.filter(lambda t: "'" not in t).map(lambda t: f"'{t}'"),
    st.lists(TEXTS, max_size=3).map(
        lambda ts: '"""\n' + "\n".join(quoted(t)[1:-1] for t in ts) + '"""'
    ),
    st.lists(TEXTS.filter(lambda t: "'" not in t), max_size=3).map(
        lambda ts: "'''" + "\n".join(ts) + "'''"
    ),
    st.just('"""a ""quoted"" \\""" word"""""'),
    st.just("'''it's ''two'' '''''"),
)
SCALARS = st.sampled_from(
    ["1", "-1.5e3", "true", "0xff", "1979-05-27 07:32:32Z", "07:32:00", "inf", "1_000"]
)


def values(depth: int = 2) -> st.SearchStrategy[str]:
    simple = st.one_of(SCALARS, STRINGS)
    if depth == 0:
        return simple
    inner = values(depth - 1)
    gap = st.sampled_from(["", " ", "\n", " # comma, ] bracket\n  "])
    array = st.lists(st.tuples(gap, inner, gap), max_size=3).flatmap(
        lambda parts: st.sampled_from(["", ","] if parts else [""]).map(
            lambda end: "[" + ",".join(a + v + b for a, v, b in parts) + end + "\n]"
        )
    )
    table = st.lists(st.tuples(written_keys(), inner), max_size=3).map(
        lambda pairs: "{" + ", ".join(f"{k} = {v}" for k, v in pairs) + "}"
    )
    return st.one_of(simple, array, table)


VALUES = values()


@st.composite
def documents(draw: st.DrawFn) -> str:
    lines = []
    for _ in range(draw(st.integers(0, 8))):
        kind = draw(st.sampled_from(["pair", "pair", "table", "tables", "blank"]))
        key = ".".join(draw(st.lists(written_keys(), min_size=1, max_size=3)))
        if kind == "pair":
            lines.append(f"  {key} = {draw(VALUES)} # {draw(TEXTS)}")
        elif kind == "table":
            lines.append(f"[ {key} ]")
        elif kind == "tables":
            lines.append(f"[[{key}]]  # tables")
        else:
            lines.append("\t# a = [")
    return draw(st.sampled_from(["\n", "\r\n"])).join(lines)


def paths(value: Any, path: Path = ()) -> set[Path]:
    here = {path} if path else set()
    if isinstance(value, dict):
        return here.union(*(paths(each, (*path, key)) for key, each in value.items()))
    if isinstance(value, list):
        return here.union(*(paths(each, (*path, i)) for i, each in enumerate(value)))
    return here


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(documents())
def test_every_key_that_the_standard_library_reads_has_a_line(text: str) -> None:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    lines = find_lines(text)
    assert set(lines.known) == paths(data)
    assert all(1 <= line <= text.count("\n") + 1 for line in lines.known.values())


def test_the_lines_are_the_right_ones() -> None:
    text = """# a study
[study]
title = "x"  # [not]
"odd key".b = '''
two
lines'''

[items.a]
order = [
  "good", # best
  "bad]",

  "worst",
]
merge = { "x" = ["a", "b"], y = "c" }

[[circumstance]]
name = 1
[[circumstance]]
name = 2
[circumstance.more]
x = 1
"""
    known = find_lines(text).known
    assert known["study",] == 2
    assert known["study", "odd key"] == 4
    assert known["items", "a"] == 8
    assert known["items", "a", "order", 0] == 10
    assert known["items", "a", "order", 2] == 13
    assert known["items", "a", "merge", "x", 1] == 15
    assert known["circumstance", 0, "name"] == 18
    assert known["circumstance", 1] == 19
    assert known["circumstance", 1, "more", "x"] == 22


def test_a_key_that_is_missing_has_the_line_of_its_table() -> None:
    lines = find_lines("\n[study]\nseed = 1\n")
    assert lines.at(("study", "title")) == 2
    assert lines.at(("report", "threshold")) == 0
