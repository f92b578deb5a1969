"""What a phone's forms say, read without trusting them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.http import QueryDict

from vendepunkt.web.room.models import Theme, Vote
from vendepunkt.web.room.sending import plain_text

#: Longer texts are not shown again; nobody typed them.
_SHOWN_AGAIN = 20_000


@dataclass(frozen=True, slots=True)
class IdeaForm:
    """An idea as it was sent.

    Attributes
    ----------
    opening, slot
        For which question, and from which place; -1 where the form does not say.
    text
        The words, to be shown again where they were not taken.
    """

    opening: int
    slot: int
    text: str

    @classmethod
    def read(cls, sent: QueryDict) -> IdeaForm:
        """Read what was sent."""
        return cls(_number(sent.get("opening")), _number(sent.get("slot")), sent.get("text", ""))

    @property
    def words(self) -> str:
        """The words as they would be kept, cut to what can be shown again."""
        return plain_text(self.text[: 2 * _SHOWN_AGAIN])[:_SHOWN_AGAIN]


@dataclass(frozen=True, slots=True)
class VoteForm:
    """A ballot as it was sent.

    Attributes
    ----------
    opening
        In which vote; -1 where the form does not say.
    marks
        Theme → cross or dots, of themes that are on the ballot.
    blank
        Whether the box for a blank vote is crossed.
    stray
        Whether it marks anything that is not on the ballot, or with what is no number.
    """

    opening: int
    marks: dict[str, int] = field(default_factory=dict)
    blank: bool = False
    stray: bool = False

    @classmethod
    def read(cls, sent: QueryDict, vote: Vote, themes: Sequence[Theme]) -> VoteForm:
        """Read what was sent for a vote on these themes."""
        keys = [str(theme.pk) for theme in themes]
        if vote.rule == Vote.Rule.DOTS:
            dots = {key: _number(sent.get(f"dots-{key}", "0") or "0") for key in keys}
            marks = {key: n for key, n in dots.items() if n > 0}
            stray = any(n < 0 for n in dots.values())
        else:
            crossed = sent.getlist("theme")
            marks = {key: 1 for key in keys if key in crossed}
            stray = any(key not in keys for key in crossed)
        return cls(_number(sent.get("opening")), marks, "blank" in sent, stray)


def _number(text: str | None) -> int:
    """Read a whole number of a form; -1 for whatever is none."""
    if text and text.isascii() and text.isdigit() and len(text) < 10:
        return int(text)
    return -1
