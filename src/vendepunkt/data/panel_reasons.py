"""Who was interviewed in which wave, and why the others were not: the first reason is carried."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from vendepunkt.data.formats import listed, plain
from vendepunkt.data.identity import need_column
from vendepunkt.data.panel_people import Placed, noticed
from vendepunkt.data.panel_waves import REASON_KINDS
from vendepunkt.data.where import rows_where
from vendepunkt.terms import Notice, UsageError, choose

if TYPE_CHECKING:
    from vendepunkt.data.survey import Survey

Codes = npt.NDArray[np.int8]
Bools = npt.NDArray[np.bool_]

#: More labels than this are no reasons but free text, which no message may show.
_MOST_LABELS: Final = 40
_ASKED: Final = -1

#: Words by which a kind is proposed, never taken, for a label that has none; exits come first.
_EXIT: Final = re.compile(
    r"deceased|died|dead|death|\bdød|institution|abroad|outside|emigr|udvandr|udrejst|udlandet",
    re.IGNORECASE,
)
_REACHED: Final = re.compile(r"interviewed|completed|participated|deltog|besvaret", re.IGNORECASE)
_NOT: Final = re.compile(r"\b(not|no|non|partly|ikke|ej)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, eq=False)
class Reasoned:
    """What a column of reasons says of each row.

    Attributes
    ----------
    codes
        int8 (n,): 1 + place in `names`, -1 for a row that says asked, 0 where nothing is said.
    names, kinds
        The reasons that occur.
    """

    codes: Codes
    names: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Attendance:
    """Who was asked, and why not, in the waves chosen; attributes as of :class:`Panel`."""

    asked: Bools
    reasons: Codes
    reason_names: tuple[str, ...]
    reason_kinds: tuple[str, ...]
    exits: Codes
    exit_names: tuple[str, ...]
    absorbing: tuple[bool, ...]
    notices: tuple[Notice, ...]


def read_reasons(survey: Survey, column: str | None, kinds: Mapping[str, str] | None) -> Reasoned:
    """Read a column of reasons by the kinds that its labels were given.

    Parameters
    ----------
    survey
        A long survey.
    column
        Column that says why a person was not interviewed, or None.
    kinds
        Label or code to ``"exit"``, ``"non-response"`` or ``"asked"``; after a colon the name that
        readers see (``"exit: died"``). Labels with one name are one reason.

    Raises
    ------
    UsageError
        With code ``unknown_reason``, ``reasons_unmapped``, ``reason_in_two_kinds`` or
        ``not_reasons``.
    """
    if column is None:
        if kinds:
            raise UsageError(
                "no_reason_column",
                "reason_kinds is given, but no column of reasons.",
                try_="reason_column='status'",
            )
        return Reasoned(np.zeros(survey.n, dtype=np.int8))
    need_column(survey.frame, column, "The column of reasons")
    codes, labels, n_declared = _labels(survey, column)
    if len(labels) > _MOST_LABELS:
        raise UsageError(
            "not_reasons",
            f"{column!r} holds {len(labels)} different values.",
            allowed=f"a column of at most {_MOST_LABELS} reasons",
        )
    target = _targets(column, labels, kinds or {}, survey, n_declared)
    names: dict[str, str] = {}
    for kind, name in target.values():
        if kind != "asked" and names.setdefault(name, kind) != kind:
            raise UsageError(
                "reason_in_two_kinds",
                f"The reason {name!r} is given as {names[name]} and as {kind}.",
                allowed="one kind for each name",
            )
    places = {name: 1 + place for place, name in enumerate(names)}
    table = [0] * (len(labels) + 1)
    for place, (text, _code) in enumerate(labels):
        kind, name = target.get(text, ("", ""))
        table[place] = _ASKED if kind == "asked" else places.get(name, 0)
    said = np.array(table, dtype=np.int8)[codes]
    return Reasoned(said, tuple(names), tuple(names.values()))


def _labels(
    survey: Survey, column: str
) -> tuple[npt.NDArray[np.int64], list[tuple[str, str]], int]:
    """Labels that occur with their codes, those of declared missing codes last."""
    import pandas as pd

    variable, held = survey.variables[column], survey.reasons.get(column)
    codes, found = pd.factorize(survey.frame[column])
    codes = np.asarray(codes, dtype=np.int64)
    values = [plain(value) for value in found]
    labels = [(variable.labels.get(v, str(v)).strip(), str(v)) for v in values]
    declared = () if held is None else held.kinds
    if held is not None:
        codes = np.where(held.codes > 0, len(labels) + held.codes.astype(np.int64) - 1, codes)
    labels += [(reason.text.strip(), reason.code) for reason in declared]
    return codes, labels, len(declared)


def _targets(
    column: str,
    labels: Sequence[tuple[str, str]],
    kinds: Mapping[str, str],
    survey: Survey,
    n_declared: int,
) -> dict[str, tuple[str, str]]:
    """Kind and name of each label; every label that occurs must have one."""
    known = {text for text, _ in labels} | set(survey.variables[column].labels.values())
    by_code = {code: text for text, code in labels}
    by_code |= {str(code): text for code, text in survey.variables[column].labels.items()}
    target: dict[str, tuple[str, str]] = {}
    for key, value in kinds.items():
        text = str(key).strip()
        text = text if text in known else by_code.get(text, text)
        if text not in known:
            near = get_close_matches(text, sorted(known), n=1)
            raise UsageError(
                "unknown_reason",
                f"{key!r} is no label of {column!r}.",
                allowed=listed(sorted(known), most=20),
                try_=near[0] if near else "",
            )
        kind, _, name = str(value).partition(":")
        target[text] = (
            choose(kind.strip(), REASON_KINDS, f"kind of {key!r}"),
            name.strip() or text,
        )
    # What the file declares missing ("not applicable") may be a reason, but need not be one.
    needed = [text for text, _ in labels[: len(labels) - n_declared]]
    absent = sorted(text for text in needed if text not in target)
    if absent:
        offered = ", ".join(f"{text!r}: {_proposed(text)!r}" for text in absent[:8])
        raise UsageError(
            "reasons_unmapped",
            f"{column!r} holds {listed([repr(text) for text in absent])}, "
            "and it is not said what that means.",
            allowed=", ".join(REASON_KINDS),
            try_=f"reason_kinds={{{offered}}}, when that is what the words mean",
        )
    return target


def _proposed(label: str) -> str:
    if _EXIT.search(label):
        return "exit"
    return "asked" if _REACHED.search(label) and not _NOT.search(label) else "non-response"


def attendance(
    survey: Survey,
    held: Placed,
    answered: Bools,
    said: Reasoned,
    *,
    condition: str | None,
    special: frozenset[str],
) -> Attendance:
    """Work out who was asked in which wave, and why the others were not.

    Parameters
    ----------
    survey
        A long survey.
    held
        Its rows by person and wave.
    answered
        bool (n,): rows with an answer to an item.
    said
        What the column of reasons says.
    condition
        Which rows are interviews, or None to go by reasons and answers.
    special
        Columns of the design and of reasons, whose values are no answers.
    """
    asked_rows, notices = _asked_rows(survey, held, answered, said, condition, special)
    there = held.rows >= 0
    asked = there & asked_rows[held.rows]
    codes = np.where(there & ~asked, np.maximum(said.codes, 0)[held.rows], 0).astype(np.int8)
    exit_places = [place for place, kind in enumerate(said.kinds) if kind == "exit"]
    as_exit = np.zeros(len(said.names) + 1, dtype=np.int8)
    as_exit[[1 + place for place in exit_places]] = np.arange(1, len(exit_places) + 1)
    reasons, _ = _carried(codes, asked, len(said.names))
    exits, back = _carried(as_exit[codes], asked, len(exit_places))
    exit_names = tuple(said.names[place] for place in exit_places)
    for name, n in zip(exit_names, back, strict=True):
        if n:
            notices.append(noticed("back_after_exit", n=int(n), reason=name))
    return Attendance(
        asked=asked[:, held.chosen],
        reasons=reasons[:, held.chosen],
        reason_names=said.names,
        reason_kinds=said.kinds,
        exits=exits[:, held.chosen],
        exit_names=exit_names,
        absorbing=tuple(not n for n in back),
        notices=tuple(notices),
    )


def _carried(codes: Codes, asked: Bools, n_codes: int) -> tuple[Codes, npt.NDArray[np.int64]]:
    """Carry the first code forward until the person is asked; count who is asked after each."""
    carried = np.zeros(codes.shape, dtype=np.int8)
    current = np.zeros(len(codes), dtype=np.int8)
    back = np.zeros(n_codes + 1, dtype=np.int64)
    for wave in range(codes.shape[1]):
        back += np.bincount(current[asked[:, wave]], minlength=n_codes + 1)
        current = np.where(current > 0, current, codes[:, wave])
        current[asked[:, wave]] = 0
        carried[:, wave] = current
    return carried, back[1:]


def _asked_rows(
    survey: Survey,
    held: Placed,
    answered: Bools,
    said: Reasoned,
    condition: str | None,
    special: frozenset[str],
) -> tuple[Bools, list[Notice]]:
    """Which rows are interviews: what is said of them, else what they hold."""
    if condition is not None:
        labels = {name: variable.labels for name, variable in survey.variables.items()}
        yes = rows_where(survey.frame, condition, labels, "asked")
        no = ~yes
    else:
        yes, no = said.codes == _ASKED, said.codes > 0
    notices: list[Notice] = []
    n = int((answered & no).sum())
    if n:
        notices.append(noticed("answers_without_interview", n=n))
    yes = yes | answered
    open_ = ~yes & ~no
    if not open_.any():
        return yes, notices
    yes = yes | (open_ & _by_what_they_hold(survey, held, special))
    shown = np.zeros(survey.n, dtype=bool)
    shown[held.panel_rows[held.panel_rows >= 0]] = True
    n_asked, n_not = int((open_ & shown & yes).sum()), int((open_ & shown & ~yes).sum())
    if n_asked + n_not:
        counts = {"n": n_asked + n_not, "asked": n_asked, "empty": n_not}
        notices.append(noticed("asked_by_rows", **counts))
    return yes, notices


def _by_what_they_hold(survey: Survey, held: Placed, special: frozenset[str]) -> Bools:
    """Rows that were made by an interview, where nothing is said.

    In a file that has rows only for some waves of a person, a row is an interview. Where every
    person has a row in every wave, as in wide files, a row is one if it holds a value in a column
    that is empty in other rows of the same person, and in other rows of the same wave. (A weight
    that a person has for good does not vary within people, a status of all in later waves not
    within waves.)
    """
    if (held.rows < 0).any():
        return np.ones(survey.n, dtype=bool)
    by_row = np.zeros(survey.n, dtype=bool)
    offered: dict[str, list[object]] = {}
    for offer in survey.offers:
        offered.setdefault(offer.column, []).append(offer.code)
    for name in survey.frame.columns:
        if name in special:
            continue
        filled = survey.frame[name].notna().to_numpy()
        if name in offered:
            filled = filled & ~survey.frame[name].isin(offered[name]).to_numpy(dtype=bool)
        cells = filled[held.rows]
        if _varies(cells, axis=1) and _varies(cells, axis=0):
            by_row |= filled
    return by_row


def _varies(filled: Bools, axis: int) -> bool:
    """Tell whether some are filled and some not, within a person (1) or a wave (0)."""
    return bool((filled.any(axis=axis) & ~filled.all(axis=axis)).any())
