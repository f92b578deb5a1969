"""The log of changes: whole, tampered with, and with contents erased."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vendepunkt.study import changes
from vendepunkt.study.changes import Content, Entry, Fault

AT = "2026-11-23T10:00:00+00:00"


def log(names: list[str]) -> tuple[list[Entry], dict[str, Content]]:
    """Make a log in which a theme is renamed again and again."""
    entries: list[Entry] = []
    contents: dict[str, Content] = {}
    before = ""
    for name in names:
        content = changes.put_away({"name": name})
        contents[content.digest] = content
        last = entries[-1] if entries else None
        entries.append(
            changes.follow(
                last, at=AT, who="1", what="named", about="t:1", before=before, after=content.digest
            )
        )
        before = content.digest
    return entries, contents


@given(st.lists(st.text(), max_size=6))
def test_a_log_that_nobody_touched_verifies(names):
    entries, contents = log(names)
    assert changes.verify(entries, contents) == ()


def test_an_empty_log_verifies():
    assert changes.verify([], {}) == ()


@pytest.mark.parametrize("field", ["at", "who", "what", "about", "before", "after", "previous"])
def test_an_entry_that_was_changed_shows(field):
    entries, contents = log(["home", "house", "housing"])
    contents["f" * 64] = Content("f" * 64, "", None)
    entries[1] = replace(entries[1], **{field: "f" * 64})
    assert Fault(2, "altered") in changes.verify(entries, contents)


def test_an_entry_that_was_changed_and_sealed_again_does_not_fit_the_next():
    entries, contents = log(["home", "house", "housing"])
    forged = replace(entries[1], who="2")
    entries[1] = replace(forged, hash=changes.seal(forged))
    assert changes.verify(entries, contents) == (Fault(3, "unlinked"),)


def test_an_entry_that_was_taken_out_shows():
    entries, contents = log(["home", "house", "housing"])
    del entries[1]
    assert changes.verify(entries, contents) == (Fault(3, "missing"),)


def test_two_entries_that_changed_places_show():
    entries, contents = log(["home", "house", "housing"])
    entries[0], entries[1] = entries[1], entries[0]
    assert {fault.number for fault in changes.verify(entries, contents)} == {1, 2, 3}


def test_words_that_were_changed_show():
    entries, contents = log(["home"])
    digest = entries[0].after
    contents[digest] = replace(contents[digest], text=changes.canonical({"name": "other"}))
    assert changes.verify(entries, contents) == (Fault(1, "content_altered"),)


def test_words_that_were_taken_away_without_a_tombstone_show():
    entries, _ = log(["home"])
    assert changes.verify(entries, {}) == (Fault(1, "content_lost"),)


def test_erased_words_leave_a_log_that_verifies_and_nothing_to_guess_from():
    entries, contents = log(["home", "house"])
    digest = entries[0].after
    tombstone = changes.erased(contents[digest])
    contents[digest] = tombstone
    assert changes.verify(entries, contents) == ()
    assert tombstone.erased
    assert (tombstone.key, tombstone.text) == ("", None)


def test_the_same_words_twice_have_two_digests():
    assert changes.put_away({"a": 1}).digest != changes.put_away({"a": 1}).digest


def test_a_log_cut_off_or_written_anew_shows_against_an_entry_seen_elsewhere():
    entries, contents = log(["home", "house", "housing"])
    seen = (3, entries[-1].hash)
    assert changes.verify(entries, contents, seen=seen) == ()
    assert changes.verify(entries[:2], contents, seen=seen) == (Fault(3, "cut_off"),)
    other, more = log(["home", "house", "housing"])
    assert changes.verify(other, more, seen=seen) == (Fault(3, "altered"),)
    assert changes.verify([], {}, seen=seen) == (Fault(3, "cut_off"),)


def test_a_line_reads_back_as_the_entry():
    entries, _ = log(["hjem \N{MIDDLE DOT} ø"])
    assert changes.from_line(changes.to_line(entries[0])) == entries[0]
