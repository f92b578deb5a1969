"""Choose up to k themes; those with most crosses win."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from vendepunkt.convene.rules.approval import Approval
from vendepunkt.convene.rules.protocol import BallotForm

_FORM: Final = BallotForm(kind="crosses", cap="marks", least=1, most=1)


@dataclass(frozen=True, slots=True)
class ChooseK(Approval):
    """Everybody crosses up to k themes; the themes with most crosses win. The default.

    Fewer crosses than k are a valid ballot. Counted as approval, with the same promises for the
    same reasons [1]_.

    References
    ----------
    .. [1] Brams, S. J. & Fishburn, P. C. (1978). Approval voting. *American Political Science
       Review* 72(3), 831-847. doi:10.2307/1955105

    Examples
    --------
    >>> from vendepunkt.convene.rules import Profile
    >>> profile = Profile.of([{"a": 1, "b": 1}, {"a": 1}, {"c": 1, "b": 1}], ("a", "b", "c"))
    >>> ChooseK().winners(profile, 2).committees
    (('a', 'b'),)
    """

    name: str = "choose-k"
    form: BallotForm = _FORM
