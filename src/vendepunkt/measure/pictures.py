"""Tables for the figures, in the reader's words: shares, profile, certainty, spectrum, choice.

Nothing is hidden here; what leaves the workplace is hidden by the report's sections first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from vendepunkt.measure import estimates
from vendepunkt.measure.severity import severity

if TYPE_CHECKING:
    import pandas as pd

    from vendepunkt.measure.measurement import Measurement

Floats = npt.NDArray[np.float64]

#: Ends of the bins of the highest posterior, and number of bins of the spectrum.
CERTAINTY_BINS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
SPECTRUM_BINS = 12


def share_table(found: Measurement, language: str, wave: str = "") -> pd.DataFrame:
    """Give one row per main group: its name, share, interval and expected people."""
    import pandas as pd

    groups, level = found.groups, found.options.conf_level
    sizes = estimates.shares(found.classification, groups.membership, level)
    n = groups.expected(found.classification)
    return pd.DataFrame(
        [
            {
                "group": groups.name(group, language, wave),
                "estimate": float(sizes.estimate[g]),
                "conf_low": float(sizes.conf_low[g]),
                "conf_high": float(sizes.conf_high[g]),
                "n": float(n[g]),
            }
            for g, group in enumerate(groups.groups)
        ]
    )


def profile_table(found: Measurement, language: str, wave: str = "") -> pd.DataFrame:
    """Give one row per item and main group: the expected answer from 0 (best) to 1 (worst).

    Items without an order have no place on that scale and are left out.
    """
    import pandas as pd

    names = [found.groups.name(group, language, wave) for group in found.groups.groups]
    rows: list[dict[str, Any]] = []
    for position, item in enumerate(found.material.indicators):
        answers = item_severity(found, position)
        if answers is None:
            continue
        rows += [
            {
                "dimension": item.dimension,
                "item": item.label or item.name,
                "group": name,
                "estimate": float(answers.estimate[g]),
                "conf_low": float(answers.conf_low[g]),
                "conf_high": float(answers.conf_high[g]),
            }
            for g, name in enumerate(names)
        ]
    return pd.DataFrame(
        rows, columns=["dimension", "item", "group", "estimate", "conf_low", "conf_high"]
    )


def item_severity(found: Measurement, position: int) -> estimates.Estimates | None:
    """Give the expected score of one item in each main group; None where it has no order."""
    classification = found.classification
    score = found.material.scores[position]
    own = [
        score if j == position else np.full(len(item), np.nan)
        for j, item in enumerate(classification.profiles)
    ]
    alone = severity(classification.profiles, own, found.material.dimensions)
    if alone is None:
        return None
    from dataclasses import replace

    return estimates.severities(
        replace(classification, severity=alone), found.groups.membership, found.options.conf_level
    )


def category_table(found: Measurement, language: str, wave: str = "") -> pd.DataFrame:
    """Give one row per item, category and main group, from the best answer to the worst."""
    import pandas as pd

    level = found.options.conf_level
    names = [found.groups.name(group, language, wave) for group in found.groups.groups]
    rows = []
    for position, item in enumerate(found.material.indicators):
        if not estimates.is_categorical(found.classification, position):
            continue
        answers = estimates.profile(found.classification, position, found.groups.membership, level)
        for row, category in enumerate(found.classification.rows[position]):
            rows += [
                {
                    "dimension": item.dimension,
                    "item": item.label or item.name,
                    "category": category,
                    "group": name,
                    "estimate": float(answers.estimate[row, g]),
                    "conf_low": float(answers.conf_low[row, g]),
                    "conf_high": float(answers.conf_high[row, g]),
                }
                for g, name in enumerate(names)
            ]
    return pd.DataFrame(rows)


def certainty_counts(found: Measurement) -> tuple[Floats, Floats]:
    """Give people by main group (modal) and bin of their highest posterior.

    Returns
    -------
    counts, weights : (G, B)
        Unweighted people, and scaled weights.
    """
    posterior = found.groups.posterior(found.classification)
    group = posterior.argmax(axis=1)
    place = np.searchsorted(CERTAINTY_BINS, posterior.max(axis=1), side="right") - 1
    return _table(found, group, np.minimum(place, len(CERTAINTY_BINS) - 2), len(CERTAINTY_BINS) - 1)


def spectrum_counts(found: Measurement) -> tuple[Floats, Floats] | None:
    """Give people by main group (modal) and bin of their expected severity; None without order.

    Returns
    -------
    counts, weights : (G, B)
    """
    severe = found.classification.person_severity()
    if severe is None:
        return None
    group = found.groups.posterior(found.classification).argmax(axis=1)
    place = np.searchsorted(spectrum_edges(found), severe, side="right") - 1
    return _table(found, group, place.clip(0, SPECTRUM_BINS - 1), SPECTRUM_BINS)


def spectrum_edges(found: Measurement) -> Floats:
    """Give the ends of the bins: from the least to the most severe class, in whole hundredths.

    A person's expected severity lies between those of the classes, so no other bin can hold
    anybody.
    """
    severity = found.classification.severity
    if severity is None:
        return np.linspace(0.0, 1.0, SPECTRUM_BINS + 1)
    low = np.floor(100 * severity.total.min()) / 100
    high = np.ceil(100 * severity.total.max()) / 100
    return np.asarray(np.linspace(low, max(high, low + 0.01), SPECTRUM_BINS + 1), dtype=np.float64)


def _table(
    found: Measurement, group: npt.NDArray[np.intp], place: npt.NDArray[Any], bins: int
) -> tuple[Floats, Floats]:
    size = len(found.groups.groups)
    cell = group * bins + place
    out = [
        np.bincount(cell, weights=values, minlength=size * bins)
        .reshape(size, bins)
        .astype(np.float64)
        for values in (found.classification.counts, found.classification.weights)
    ]
    return out[0], out[1]
