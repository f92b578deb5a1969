"""Whether a ballot keeps to the form of a rule."""

from __future__ import annotations

from collections.abc import Sequence

from vendepunkt.convene.rules.profile import not_on_ballot
from vendepunkt.convene.rules.protocol import BallotForm, Kind
from vendepunkt.convene.types import Marks
from vendepunkt.terms import DataError

_WRONG_MARK: dict[Kind, str] = {
    "crosses": "A cross on a ballot has another value than 1.",
    "dots": "A theme on a ballot has something else than a whole number of dots.",
    "scores": "A theme on a ballot has a score outside the range.",
    "ranks": "A theme on a ballot has a rank that is no whole number from 1.",
}


def check_marks(form: BallotForm, marks: Marks, choices: int | None, themes: Sequence[str]) -> None:
    """Raise DataError where a ballot breaks the form; blank ballots always keep it.

    Parameters
    ----------
    form
        The form of the rule.
    marks
        Theme → value.
    choices
        The vote's number of choices; not looked at where the form has no cap.
    themes
        What could be voted on.

    Raises
    ------
    DataError
        With code ``"vote_without_choices"``, ``"theme_not_on_ballot"``, ``"wrong_mark"`` or
        ``"too_many_choices"``. What the ballot says is never in the message.
    """
    limit = _limit(form, choices)
    if not set(marks) <= set(themes):
        raise not_on_ballot(themes)
    most = limit if form.cap in {"value", "total"} else form.most
    for value in marks.values():
        if value != int(value) or value < form.least or (most is not None and value > most):
            raise DataError("wrong_mark", _WRONG_MARK[form.kind], allowed=_range(form.least, most))
    if form.cap == "marks" and limit is not None and len(marks) > limit:
        raise _too_many("A ballot marks more themes than the vote allows.", limit)
    if form.cap == "total" and limit is not None and sum(marks.values()) > limit:
        raise _too_many("A ballot has more dots than the vote allows.", limit)


def _limit(form: BallotForm, choices: int | None) -> int | None:
    if form.cap == "none":
        return None
    if choices is None or choices < 1:
        raise DataError(
            "vote_without_choices",
            f"A vote by {form.kind} with a limit has no number of choices.",
            allowed="1 or more",
            try_="choices = 3",
        )
    return choices


def _range(least: int, most: int | None) -> str:
    if most is None:
        return f"whole numbers from {least}"
    return str(least) if least == most else f"whole numbers from {least} to {most}"


def _too_many(text: str, limit: int) -> DataError:
    return DataError("too_many_choices", text, allowed=f"at most {limit}")
