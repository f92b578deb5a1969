"""When the words majority, at risk and excluded may be used, and which condition failed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from vendepunkt.language import listed, percent, text
from vendepunkt.measure.severity import TIE, Severity

Floats = npt.NDArray[np.float64]

#: The most severe group must be under this share.
LARGEST_EXCLUDED = 0.15

#: A group is marked mainly by middle categories when more than this part of what sets it apart is.
MOSTLY = 0.5


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition for the names, and whether it holds.

    Attributes
    ----------
    key
        ``three_groups``, ``order``, ``rises``, ``smallest``, ``under`` or ``middle``.
    passed
        Whether it holds.
    groups
        Letters of the groups it failed for.
    dimensions
        Names of the dimensions it failed in.
    share
        Share that decided, or None.
    """

    key: str
    passed: bool
    groups: tuple[str, ...] = ()
    dimensions: tuple[str, ...] = ()
    share: float | None = field(default=None)

    def sentence(
        self,
        language: str,
        labels: Mapping[str, str] | None = None,
        places: Mapping[str, str] | None = None,
    ) -> str:
        """Say in words whether the condition holds.

        Parameters
        ----------
        language
            ``"da"`` or ``"en"``.
        labels
            What readers see for a dimension, by its name.
        places
            What to print for ``share`` and ``limit`` in place of the numbers.
        """
        labels = labels or {}
        said = {
            "groups": listed(self.groups, language),
            "dimensions": listed([labels.get(name, name) for name in self.dimensions], language),
            "share": percent(self.share, language),
            "limit": percent(LARGEST_EXCLUDED, language),
        } | dict(places or {})
        wanted = {
            "rises": ("dimensions",),
            "under": ("share", "limit"),
            "middle": ("groups",),
            "smallest": ("groups",),
        }
        names = wanted.get(self.key, ()) if not self.passed else ()
        state = "passed" if self.passed else "failed"
        return text(
            f"measure.naming.{self.key}.{state}", language, **{name: said[name] for name in names}
        )


def conditions(
    letters: Sequence[str],
    shares: Floats,
    severity: Severity | None,
    profiles: Sequence[Floats],
    scores: Sequence[Floats],
) -> tuple[Condition, ...]:
    """May the groups be called majority, at risk and excluded?

    Parameters
    ----------
    letters
        A, B, C … in the order of the groups, the least severe first.
    shares : (G,)
        Shares of the groups.
    severity
        Severity of the groups (not the classes), or None.
    profiles
        One (V, G) array per item: the groups' category probabilities.
    scores
        Scores of each item's categories; NaN for an item without order.

    Returns
    -------
    tuple of Condition
        Every condition, those that hold too.
    """
    three = Condition("three_groups", len(letters) == len(("majority", "at_risk", "excluded")))
    if severity is None:
        return (three, Condition("order", passed=False))
    steps = np.diff(severity.by_dimension, axis=1)
    falling = tuple(
        name for name, step in zip(severity.dimensions, steps, strict=True) if (step <= TIE).any()
    )
    smallest = int(np.argmin(shares))
    middle = tuple(
        letter
        for letter, part in zip(letters, middle_share(profiles, scores, shares), strict=True)
        if part > MOSTLY
    )
    last = float(shares[-1])
    return (
        three,
        Condition("order", passed=True),
        Condition("rises", not falling, dimensions=falling),
        Condition("smallest", smallest == len(letters) - 1, groups=(letters[smallest],)),
        Condition("under", last < LARGEST_EXCLUDED, share=last),
        Condition("middle", not middle, groups=middle),
    )


def middle_share(profiles: Sequence[Floats], scores: Sequence[Floats], shares: Floats) -> Floats:
    """How much of what sets each group apart is that it answers in the middle?

    An item sets a group apart by half the sum of absolute differences between its answers and
    everybody's. Of that, the part counts as middle in which the best and the worst answer are both
    rarer than among everybody, in like proportion: the smaller of the two relative losses over the
    larger. A step along the scale makes only one end rarer, so an at-risk group that answers
    "sometimes" instead of "never" is not marked by the middle; people who answer "depends" to
    everything are.

    Parameters
    ----------
    profiles
        One (V, G) array per item.
    scores
        (V,) per item; items without an order, or with fewer than three categories, have no middle
        and count only in what sets the group apart.
    shares : (G,)
        Shares of the groups.

    Returns
    -------
    (G,) array
        Between 0 and 1; 0 for a group that answers as everybody.

    Examples
    --------
    >>> import numpy as np
    >>> trust = np.array([[0.6, 0.1], [0.0, 0.8], [0.4, 0.1]])
    >>> middle_share([trust], [np.array([0, 0.5, 1])], np.array([0.9, 0.1])).round(2).tolist()
    [0.0, 0.89]
    """
    apart = np.zeros(shares.size)
    middle = np.zeros(shares.size)
    for profile, score in zip(profiles, scores, strict=True):
        if score.size != profile.shape[0] or np.isnan(score).any():
            continue
        everybody = profile @ shares / shares.sum()
        change = profile - everybody[:, None]
        moved = 0.5 * np.abs(change).sum(axis=0)
        apart += moved
        if score.size < 3:
            continue
        best, worst = int(np.argmin(score)), int(np.argmax(score))
        ends = everybody[[best, worst], None]
        lost = np.divide(
            -change[[best, worst]], ends, out=np.zeros((2, shares.size)), where=ends > 0
        )
        fewer, more = lost.clip(min=0.0).min(axis=0), lost.max(axis=0)
        middle += moved * np.divide(fewer, more, out=np.zeros_like(fewer), where=more > 1e-12)
    return np.divide(middle, apart, out=np.zeros_like(middle), where=apart > 1e-12)
