"""Any meeting at all: every part, every field, every kind of text."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

from hypothesis import strategies as st

from vendepunkt.convene import (
    CHANNELS,
    IDEA_STATES,
    KINDS,
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
    SameTheme,
    Theme,
    Vote,
    Words,
)

#: What files break on: line ends of every kind, halves of characters, marks that turn the
#: direction of writing, letters made of several characters, formulas, and nothing at all.
TRICKS = (
    "", " ", "\n", "\r\n", "\x0b", "\x1c", "\x85", "\u2028", "\u2029", "\x00", "\ud800", "\udfff",
    "\u202e0%", "\ufeffbom", "e\u0301", "é", "\u200d", "👩‍👩‍👧", "Å", "A\u030a", "ﬀ", "=1+1", "+1",
    "-1", "@SUM(A1)", "\t=1", '"', '""', "'", "\\", "\\u0041", ",", ";", "|", "null", "NaN", "1/2",
    "ß", "İ", "ǆ", "𝕏", "a" * 2000, "{}", "[]", "</script>", "# x", "| a |", "CON", "..", "../x",
)  # fmt: skip

texts = st.one_of(st.sampled_from(TRICKS), st.text(max_size=12))
words = st.builds(Words, da=texts, en=texts)
maybe = st.none() | texts
fractions = st.fractions() | st.sampled_from(
    [Fraction(1), Fraction(0), Fraction(-1), Fraction(1, 3), Fraction(10**30, 7)]
)
marks = st.dictionaries(texts, fractions, max_size=4)
counts = st.none() | st.integers()
channels = st.sampled_from(CHANNELS)
moments = st.none() | st.datetimes() | st.datetimes(timezones=st.just(dt.UTC))


def _some(kind: st.SearchStrategy) -> st.SearchStrategy:
    return st.lists(kind, max_size=3).map(tuple)


meetings = st.builds(
    Meeting,
    id=texts,
    title=words,
    date=st.none() | st.dates(),
    language=st.sampled_from(("da", "en")),
    invented=st.booleans(),
    phases=_some(st.builds(LifePhase, texts, words)),
    panels=_some(st.builds(Panel, texts, words, st.none() | st.integers(), st.booleans())),
    groups=_some(st.builds(Group, texts, texts, texts)),
    questions=_some(st.builds(Question, texts, texts, st.sampled_from(KINDS), words)),
    notes=_some(st.builds(Note, texts, texts, texts, texts, maybe, st.integers())),
    ideas=_some(
        st.builds(
            Idea,
            texts,
            texts,
            texts,
            maybe,
            channels,
            st.sampled_from(IDEA_STATES),
            texts,
            maybe,
            st.booleans(),
            maybe,
        )
    ),
    themes=_some(
        st.builds(
            Theme,
            id=texts,
            phase=texts,
            title=words,
            description=words,
            panel=maybe,
            version=st.integers(),
            cites=_some(texts),
            carried=st.none() | st.builds(Carried, texts, texts),
            on_ballot=st.booleans(),
            gone=st.booleans(),
        )
    ),
    placements=_some(st.builds(Placement, texts, texts, texts, moments, texts, st.booleans())),
    votes=_some(
        st.builds(Vote, texts, texts, texts, st.integers(), st.none() | st.integers(), words)
    ),
    ballots=_some(st.builds(Ballot, texts, texts, marks, channels, maybe)),
    placings=_some(st.builds(Placing, texts, texts, texts, st.integers(), counts, counts)),
    mapping=_some(st.builds(SameTheme, texts, texts, texts, texts)),
    help_shown=st.none() | st.integers(),
    help_taken=st.none() | st.integers(),
    attribution=texts,
)
