"""How the people of a group changed while the group may not: profiles free over the waves.

A group can stay the same size and grow worse: the people in it answer worse than the people in it
did before. Of a change in severity, one part is that people stand in other classes (composition),
the other that the classes themselves answer otherwise (profile).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from vendepunkt.language import text
from vendepunkt.measure import intervals
from vendepunkt.measure import notices as measured_notices
from vendepunkt.move.ground import Ground
from vendepunkt.move.invariance import Invariance
from vendepunkt.move.invariance_fit import Freed
from vendepunkt.move.smooth import Smooth
from vendepunkt.terms import Notice

if TYPE_CHECKING:
    import pandas as pd

Floats = npt.NDArray[np.float64]

INTERVAL = ["estimate", "std_error", "conf_low", "conf_high"]


@dataclass(frozen=True, eq=False)
class Within:
    """What people of each main group answer at each wave, with all items free.

    Attributes
    ----------
    ground
        The model of movement.
    freed
        The fit with free profiles, or None where groups are not the same at every wave.
    """

    ground: Ground
    freed: Freed | None

    def table(self) -> pd.DataFrame:
        """Give what the people of each group answer, by wave.

        Returns
        -------
        DataFrame
            ``item category group wave estimate std_error conf_low conf_high``: probabilities of
            categories, and with an empty category the expected score from 0 (best) to 1 (worst) of
            items with an order. Items nobody answered at a wave have no row there.
        """
        rows = [] if self.freed is None else _profile_rows(self.ground, self.freed)
        return _frame(rows, ["item", "category", "group", "wave", *INTERVAL])

    def change_table(self) -> pd.DataFrame:
        """How much did the expected score of each item change within each group?

        Returns
        -------
        DataFrame
            ``wave_from wave_to item group estimate std_error conf_low conf_high``; above 0 is
            worse.
        """
        rows = [] if self.freed is None else _score_changes(self.ground, self.freed)
        return _frame(rows, ["wave_from", "wave_to", "item", "group", *INTERVAL])

    def severity_table(self) -> pd.DataFrame:
        """How severe is each group, and everybody (group empty), at each wave?

        Returns
        -------
        DataFrame
            ``wave group estimate std_error conf_low conf_high``. By the items answered at every
            wave, so that waves are alike.
        """
        rows = [] if self.freed is None else _severity_rows(self.ground, self.freed)
        return _frame(rows, ["wave", "group", *INTERVAL])

    def parts_table(self) -> pd.DataFrame:
        """How much of the change in severity is composition, and how much profile?

        Returns
        -------
        DataFrame
            ``wave_from wave_to group part estimate std_error conf_low conf_high`` with ``part`` one
            of ``all``, ``composition`` (people stand in other classes) and ``profile`` (the classes
            answer otherwise), which add up; ``group`` is empty for everybody.

        References
        ----------
        Kitagawa, E. M. (1955). Components of a difference between two rates. Journal of the
        American Statistical Association, 50(272), 1168–1194.
        https://doi.org/10.1080/01621459.1955.10501299
        """
        rows = [] if self.freed is None else _part_rows(self.ground, self.freed)
        return _frame(rows, ["wave_from", "wave_to", "group", "part", *INTERVAL])

    def sentence(self, language: str) -> str:
        """Say what the parts are."""
        return text("move.within.parts", language)

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What is to be said."""
        if self.freed is None:
            return (measured_notices.notice("move_within_none"),)
        left = [
            item.name
            for j, item in enumerate(self.ground.material.answers.indicators)
            if not self.freed.base.asked[j].all()
        ]
        return (
            (measured_notices.notice("move_within_items", items=", ".join(left)),) if left else ()
        )


def within(found: Invariance) -> Within:
    """How did the profiles of the groups change from wave to wave?

    Parameters
    ----------
    found
        The comparison of measurement over waves. Where free profiles are too far apart to be of the
        same groups, nothing is compared.
    """
    return Within(found.ground, found.free.fit if found.comparable else None)


def _inside(ground: Ground, freed: Freed) -> Smooth:
    """Share of each class within its main group, by wave (T, K, G)."""
    shares = freed.smooth_shares()
    sizes = shares.weighted("tk,kg->tg", ground.membership)
    spread = shares.weighted("tk,kg->tkg", ground.membership)
    return spread / Smooth(sizes.value[:, None, :], sizes.gradient[:, None, :])


def _item(freed: Freed, inside: Smooth, item: int, wave: int) -> Smooth:
    """Profile of an item in the main groups at a wave, (V, G)."""
    profile, own = freed.smooth_profile(item, wave), inside[wave]
    product = Smooth(profile.value[:, :, None], profile.gradient[:, :, None]) * Smooth(
        own.value[None], own.gradient[None]
    )
    return product.sum(1)


def _profile_rows(ground: Ground, freed: Freed) -> list[dict[str, Any]]:
    inside, rows = _inside(ground, freed), []
    for j, item in enumerate(ground.material.answers.indicators):
        if not freed.base.categorical[j]:
            continue
        scores = np.asarray(item.scores, dtype=np.float64)
        for t in np.flatnonzero(freed.base.asked[j]).tolist():
            profile = _item(freed, inside, j, t)
            parts = [(name, profile[v]) for v, name in enumerate(item.categories)]
            if not np.isnan(scores).any():
                parts.append(("", profile.weighted("vg,v->g", scores)))
            rows += [
                {"item": item.name, "category": category, "group": letter}
                | {"wave": ground.waves[t]}
                | row
                for category, part in parts
                for letter, row in zip(
                    ground.letters, _intervals(ground, freed, part, share=True), strict=True
                )
            ]
    return rows


def _score_changes(ground: Ground, freed: Freed) -> list[dict[str, Any]]:
    inside, rows = _inside(ground, freed), []
    for j, item in enumerate(ground.material.answers.indicators):
        scores = np.asarray(item.scores, dtype=np.float64)
        if not freed.base.categorical[j] or np.isnan(scores).any():
            continue
        for start, end in ground.pairs():
            if not (freed.base.asked[j, start] and freed.base.asked[j, end]):
                continue
            first, last = (
                _item(freed, inside, j, t).weighted("vg,v->g", scores) for t in (start, end)
            )
            rows += [
                ground.between((start, end)) | {"item": item.name, "group": letter} | row
                for letter, row in zip(
                    ground.letters, _intervals(ground, freed, last - first), strict=True
                )
            ]
    return rows


def _class_severity(ground: Ground, freed: Freed) -> Smooth | None:
    """Severity of the classes by wave (T, K), by the items answered at every wave."""
    answers, base = ground.material.answers, freed.base
    always = [
        j
        for j, scores in enumerate(answers.scores)
        if base.asked[j].all() and base.categorical[j] and scores.size
        if not np.isnan(scores).any()
    ]
    if not always:
        return None
    names = tuple(dict.fromkeys(answers.dimensions[j] for j in always))
    total: list[Smooth] = []
    for t in range(len(ground.waves)):
        value = np.zeros(ground.model.classes)
        part = Smooth(value, np.zeros((value.size, freed.estimates.value.size)))
        for name in names:
            inside = [j for j in always if answers.dimensions[j] == name]
            for j in inside:
                weight = answers.scores[j] / (len(inside) * len(names))
                part = part + freed.smooth_profile(j, t).weighted("vk,v->k", weight)
        total.append(part)
    return Smooth(
        np.stack([part.value for part in total]), np.stack([part.gradient for part in total])
    )


def _composition(ground: Ground, freed: Freed) -> Smooth:
    """Share of each class among everybody and within each group, by wave (T, K, 1 + G)."""
    shares, inside = freed.smooth_shares(), _inside(ground, freed)
    return Smooth(
        np.concatenate([shares.value[:, :, None], inside.value], axis=2),
        np.concatenate([shares.gradient[:, :, None], inside.gradient], axis=2),
    )


def _severity_rows(ground: Ground, freed: Freed) -> list[dict[str, Any]]:
    severity = _class_severity(ground, freed)
    if severity is None:
        return []
    shares = _composition(ground, freed)
    found = (Smooth(severity.value[:, :, None], severity.gradient[:, :, None]) * shares).sum(1)
    return [
        {"wave": wave, "group": letter} | row
        for t, wave in enumerate(ground.waves)
        for letter, row in zip(
            ("", *ground.letters), _intervals(ground, freed, found[t], share=True), strict=True
        )
    ]


def _part_rows(ground: Ground, freed: Freed) -> list[dict[str, Any]]:
    severity = _class_severity(ground, freed)
    if severity is None:
        return []
    wide = Smooth(severity.value[:, :, None], severity.gradient[:, :, None])
    shares = _composition(ground, freed)
    rows = []
    for start, end in ground.pairs():
        people, answers = shares[end] - shares[start], wide[end] - wide[start]
        composition = (people * (wide[start] + wide[end]).scaled(0.5)).sum(0)
        profile = (answers * (shares[start] + shares[end]).scaled(0.5)).sum(0)
        parts = {"all": composition + profile, "composition": composition, "profile": profile}
        for name, part in parts.items():
            rows += [
                ground.between((start, end)) | {"group": letter, "part": name} | row
                for letter, row in zip(
                    ("", *ground.letters), _intervals(ground, freed, part), strict=True
                )
            ]
    return rows


def _intervals(
    ground: Ground, freed: Freed, found: Smooth, *, share: bool = False
) -> list[dict[str, float]]:
    """Give numbers (m,) with errors and intervals: of shares on the logit scale."""
    known, level = freed.errors.covariance, ground.options.conf_level
    error = found.std_error(None if known is None else np.nan_to_num(known, nan=0.0))
    error = np.where(error > 0, error, np.nan)
    if share:
        inside = (found.value > 1e-4) & (found.value < 1 - 1e-4)
        error = np.where(inside, error, np.nan)
    make = intervals.probability_interval if share else intervals.number_interval
    low, high = make(found.value, error, level, freed.errors.df)
    return [
        {
            "estimate": float(value),
            "std_error": float(error[place]),
            "conf_low": float(low[place]),
            "conf_high": float(high[place]),
        }
        for place, value in enumerate(found.value)
    ]


def _frame(rows: list[dict[str, Any]], columns: list[str]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(rows, columns=columns)
