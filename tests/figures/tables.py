"""Invented tables in the shape in which figures take them: disclosure has already decided."""

from __future__ import annotations

from itertools import pairwise, product

import pandas as pd

DA_ITEMS = [
    ("Økonomi", "Tilfredshed med husstandens økonomiske situation", "Slet ikke tilfreds"),
    ("Helbred", "Selvvurderet helbred", "Mindre godt eller dårligt"),
    ("Trivsel", "Alt i alt: hvor lykkelig er du for tiden?", "Ikke særlig lykkelig"),
    ("Trivsel", "Synes du, at livet er spændende, rutinepræget eller kedeligt?", "Kedeligt"),
    ("Tillid", "Kan man stole på de fleste mennesker?", "Man kan ikke være for forsigtig"),
    ("Tillid", "Ville de fleste udnytte dig, hvis de fik chancen?", "Ja, ville udnytte mig"),
    ("Tillid", "Forsøger folk for det meste at være hjælpsomme?", "Tænker mest på sig selv"),
    ("Netværk", "Samvær med slægtninge", "Nogle gange om året eller sjældnere"),
    (
        "Netværk",
        "Arbejdsmarkedstilknytningsforhold og samvær med venner, der ikke bor i nabolaget",
        "Nogle gange om året eller sjældnere",
    ),
]
EN_ITEMS = [
    ("Economy", "Satisfaction with the household's financial situation", "Not at all satisfied"),
    ("Health", "Self-rated health", "Fair or poor"),
    ("Wellbeing", "Taken all together, how happy are you these days?", "Not too happy"),
    ("Wellbeing", "Is life exciting, pretty routine, or dull?", "Dull"),
    ("Trust", "Can most people be trusted?", "Cannot be too careful"),
    ("Trust", "Would most people take advantage of you?", "Would take advantage"),
    ("Trust", "Do people mostly try to be helpful?", "Look out for themselves"),
    ("Network", "Evenings spent with relatives", "Several times a year or less"),
    ("Network", "Evenings with friends outside the neighbourhood", "Several times a year or less"),
]
DA_GROUPS = ["Majoritetsgruppen", "Risikogruppen", "Eksklusionsgruppen"]
EN_GROUPS = ["The majority group", "The at-risk group", "The excluded group"]


def level(item: int, group: int, groups: int) -> float:
    """Give an invented share that rises with the group, differently for each item."""
    base = 0.04 + 0.05 * ((item * 7) % 5) / 4
    top = 0.35 + 0.6 * ((item * 3) % 7) / 6
    return base + (top - base) * (group / max(1, groups - 1)) ** 1.4


def share_table(names: list[str], *, hide: str | None = None) -> pd.DataFrame:
    """Give the groups' shares; `hide` names one that is hidden whole."""
    weights = [0.6**k for k in range(len(names))]
    out = []
    for name, weight in zip(names, weights, strict=True):
        share = weight / sum(weights)
        shown = name != hide
        out.append(
            {
                "group": name,
                "estimate": share if shown else None,
                "conf_low": share - 0.03 if shown else None,
                "conf_high": share + 0.03 if shown else None,
                "n": round(2000 * share) if shown else None,
            }
        )
    return pd.DataFrame(out)


def profile_table(
    items: list[tuple[str, str, str]],
    names: list[str],
    *,
    hide: set[tuple[int, int]] | None = None,
) -> pd.DataFrame:
    """Give one row per item and group; `hide` holds positions (item, group)."""
    out = []
    for i, (dimension, item, category) in enumerate(items):
        for g, group in enumerate(names):
            value = level(i, g, len(names))
            shown = (i, g) not in (hide or set())
            out.append(
                {
                    "dimension": dimension,
                    "item": item,
                    "category": category,
                    "group": group,
                    "estimate": value if shown else None,
                    "conf_low": max(0.0, value - 0.02 - 0.02 * g) if shown else None,
                    "conf_high": min(1.0, value + 0.02 + 0.02 * g) if shown else None,
                }
            )
    return pd.DataFrame(out)


def many_items(count: int) -> list[tuple[str, str, str]]:
    """Give `count` items with long Danish labels in five dimensions."""
    return [
        (DA_ITEMS[(i * 9) // count][0], f"{DA_ITEMS[i % 9][1]} (nr. {i + 1})", DA_ITEMS[i % 9][2])
        for i in range(count)
    ]


CATEGORIES = {
    "da": ["Meget godt", "Godt", "Mindre godt", "Ved ikke, om det er godt eller dårligt"],
    "en": ["Very good", "Good", "Fair", "Neither good nor bad, it depends on the day"],
}


def category_table(
    items: list[tuple[str, str, str]],
    names: list[str],
    language: str,
    *,
    hide: set[tuple[int, int, int]] | None = None,
) -> pd.DataFrame:
    """Give one row per item, category and group; `hide` holds (item, group, category)."""
    out = []
    for i, (dimension, item, _) in enumerate(items):
        names_of = CATEGORIES[language][: 2 + i % 3]
        for g, group in enumerate(names):
            worst = level(i, g, len(names))
            rest = [(1 - worst) * w for w in _weights(len(names_of) - 1)]
            for c, value in enumerate([*rest, worst]):
                out.append(
                    {
                        "dimension": dimension,
                        "item": item,
                        "category": names_of[c],
                        "group": group,
                        "estimate": None if (i, g, c) in (hide or set()) else value,
                    }
                )
    return pd.DataFrame(out)


def _weights(count: int) -> list[float]:
    raw = [2.0**-k for k in range(count)]
    return [value / sum(raw) for value in raw]


def choice_table() -> pd.DataFrame:
    """Give invented criteria for one to six classes; the sixth has no ICL."""
    return pd.DataFrame(
        {
            "classes": [1, 2, 3, 4, 5, 6],
            "bic": [17115.4, 16130.4, 15997.4, 16069.2, 16156.7, 16240.1],
            "aic": [16985.7, 15866.2, 15598.6, 15535.9, 15488.9, 15470.2],
            "sabic": [17029.7, 15955.7, 15733.8, 15716.7, 15715.3, 15731.0],
            "caic": [17142.4, 16185.4, 16080.4, 16180.2, 16295.7, 16410.0],
            "icl": [17115.4, 16301.0, 16320.5, 16500.2, 16700.9, None],
        }
    )


def uncertainty_table(
    names: list[str], *, hide: set[tuple[int, int]] | None = None
) -> pd.DataFrame:
    """Give six bins of certainty per group; `hide` holds (group, bin)."""
    edges = [0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]
    raw = [0.02, 0.06, 0.09, 0.13, 0.2, 0.5]
    out = []
    for g, group in enumerate(names):
        for b in range(6):
            shown = (g, b) not in (hide or set())
            out.append(
                {
                    "group": group,
                    "low": edges[b],
                    "high": edges[b + 1],
                    "estimate": raw[b] if shown else None,
                }
            )
    return pd.DataFrame(out)


def spectrum_table(
    names: list[str], *, hide: set[tuple[int, int]] | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give twenty bins of severity for all and for each group, and the groups' means."""
    out = []
    bins = 20
    means = []
    total = [0.0] * bins
    for g, name in enumerate(names):
        centre = 0.15 + 0.65 * g / max(1, len(names) - 1)
        raw = [max(0.0, 1 - abs((b + 0.5) / bins - centre) / 0.22) for b in range(bins)]
        weight = 0.6**g / sum(0.6**k for k in range(len(names)))
        for b in range(bins):
            value = weight * raw[b] / sum(raw)
            total[b] += value
            if value > 0:
                shown = (g, b) not in (hide or set())
                out.append({"group": name, "low": b / bins, "high": (b + 1) / bins,
                            "estimate": value if shown else None})  # fmt: skip
        means.append({"group": name, "estimate": centre, "conf_low": centre - 0.02,
                      "conf_high": centre + 0.03})  # fmt: skip
    whole = [
        {"group": None, "low": b / bins, "high": (b + 1) / bins, "estimate": total[b]}
        for b in range(bins)
    ]
    return pd.DataFrame(whole + out), pd.DataFrame(means)


def stepwise(names: list[str], *, stay: float = 0.84) -> list[list[float]]:
    """Give invented transition probabilities: most stay, the rest go mostly next door."""
    count = len(names)
    out = []
    for start in range(count):
        raw = [0.35 ** abs(start - end) * (1.2 if end < start else 1.0) for end in range(count)]
        raw[start] = 0.0
        out.append(
            [stay if end == start else (1 - stay) * raw[end] / sum(raw) for end in range(count)]
        )
    return out


def movement_table(
    names: list[str],
    waves: list[str],
    *,
    first: list[float] | None = None,
    stay: float = 0.84,
    hide: set[tuple[int, int, int]] | None = None,
    hide_shares: set[tuple[int, int]] | None = None,
    sideways: set[tuple[int, int]] | None = None,
    error: float = 0.012,
) -> pd.DataFrame:
    """Give shares by wave and joint flows.

    `hide` holds (step, from, to), `hide_shares` (wave, group), `sideways` (from, to).
    """
    weights = first or [0.45**k for k in range(len(names))]
    now = [weight / sum(weights) for weight in weights]
    matrix = stepwise(names, stay=stay)
    out: list[dict[str, object]] = []
    for t, wave in enumerate(waves):
        for g, name in enumerate(names):
            shown = (t, g) not in (hide_shares or set())
            out.append(
                {"kind": "share", "wave": wave, "group": name, **_estimate(now[g], error, shown)}
            )
        if t + 1 == len(waves):
            break
        for j, start in enumerate(names):
            for k, end in enumerate(names):
                away = (j, k) in (sideways or set())
                way = "stayed" if j == k else "sideways" if away else "more" if k > j else "less"
                shown = (t, j, k) not in (hide or set())
                out.append(
                    {"kind": "flow", "wave_from": wave, "wave_to": waves[t + 1], "from": start,
                     "to": end, "direction": way, **_estimate(now[j] * matrix[j][k], error, shown)}
                )  # fmt: skip
        now = [sum(now[j] * matrix[j][k] for j in range(len(names))) for k in range(len(names))]
    return pd.DataFrame(out)


def _estimate(value: float, error: float, shown: bool = True) -> dict[str, float | None]:
    half = 1.96 * error * (4 * value * (1 - value)) ** 0.5
    return {
        "estimate": value if shown else None,
        "conf_low": max(0.0, value - half) if shown else None,
        "conf_high": min(1.0, value + half) if shown else None,
    }


def direction_table(waves: list[str]) -> pd.DataFrame:
    """Give invented shares of those who moved which way at each step."""
    ways = {"more": 0.082, "less": 0.064, "sideways": 0.004, "stayed": 0.85}
    return pd.DataFrame(
        [
            {"wave_from": start, "wave_to": end, "direction": way, **_estimate(value, 0.01)}
            for start, end in pairwise(waves)
            for way, value in ways.items()
        ]
    )


def transition_table(
    names: list[str],
    waves: list[str],
    *,
    stay: float = 0.84,
    hide: set[tuple[int, int, int]] | None = None,
    people: list[int] | None = None,
) -> pd.DataFrame:
    """Give transition probabilities by step; `hide` holds (step, from, to)."""
    matrix = stepwise(names, stay=stay)
    out: list[dict[str, object]] = []
    for t, (start, end) in enumerate(pairwise(waves)):
        for j, name in enumerate(names):
            for k, other in enumerate(names):
                shown = (t, j, k) not in (hide or set())
                cell = _estimate(matrix[j][k], 0.012 * (1 + j), shown)
                row = {"wave_from": start, "wave_to": end, "from": name, "to": other, **cell}
                out.append({**row, **({"n_origin": people[j]} if people else {})})
    return pd.DataFrame(out)


def change_bins(
    names: list[str], *, step: float = 0.05, hide: set[tuple[int, int]] | None = None
) -> pd.DataFrame:
    """Give bins of change for all (group None, position 0) and for each starting group."""
    edges = [round(-0.4 + step * b, 4) for b in range(round(0.8 / step) + 1)]
    out = []
    for g, name in enumerate([None, *names]):
        centre = 0.0 if name is None else 0.06 - 0.06 * g
        raw = [2.0 ** -(abs((low + high) / 2 - centre) / 0.045) for low, high in pairwise(edges)]
        for b, (low, high) in enumerate(pairwise(edges)):
            shown = (g, b) not in (hide or set())
            share = raw[b] / sum(raw) if shown else None
            out.append({"group": name, "low": low, "high": high, "estimate": share})
    return pd.DataFrame(out)


def change_summary(names: list[str]) -> pd.DataFrame:
    """Give the shares left, near and right of zero with intervals, for all and for each group."""
    parts = {"less": 0.21, "near": 0.53, "more": 0.26}
    return pd.DataFrame(
        [
            {"group": name, "direction": part, **_estimate(value, 0.015)}
            for name in [None, *names]
            for part, value in parts.items()
        ]
    )


def path_table(
    names: list[str], waves: int, *, people: int = 1276, hide_below: float = 5.0, stay: float = 0.84
) -> pd.DataFrame:
    """Give every path of groups with share and number of people; rare ones are hidden."""
    matrix = stepwise(names, stay=stay)
    first = [0.45**k for k in range(len(names))]
    out = []
    for path in product(range(len(names)), repeat=waves):
        share = first[path[0]] / sum(first)
        for start, end in pairwise(path):
            share *= matrix[start][end]
        shown = people * share >= hide_below
        way = "more" if path[-1] > path[0] else "less" if path[-1] < path[0] else "stayed"
        out.append(
            {
                "path": "→".join(names[group] for group in path),
                **_estimate(share, 0.01, shown),
                "n": round(people * share) if shown else None,
                "direction": way,
            }
        )
    return pd.DataFrame(out)


DA_THEMES = [
    "Ensomhed og manglende netværk",
    "Bolig",
    "Overgangen fra barn- og ungdomsliv til voksenlivet",
    "Mødet med kommunen og sagsbehandlerskift",
    "Gæld",
    "Psykisk sygdom",
    "Arbejdsmarkedstilknytning",
]
EN_THEMES = [
    "Loneliness and few people to turn to",
    "Housing",
    "Moving from youth into adult life",
    "Meeting the authorities, one caseworker after another",
    "Debt",
    "Mental illness",
    "Work",
]


def placing_table(
    themes: list[str], votes: list[int], voters: int = 28, *, places: int = 3, least: int = 5
) -> pd.DataFrame:
    """Give the themes of a vote; counts under `least` are hidden, a tie at the cut is marked."""
    cut = votes[places - 1]
    tied = sum(n >= cut for n in votes) > places
    out = []
    for theme, n in zip(themes, votes, strict=True):
        shown = least <= n <= voters - least
        status = "tied" if tied and n == cut else "chosen" if n >= cut else "below"
        out.append(
            {
                "theme": theme,
                "status": status,
                "estimate": n / voters if shown else None,
                "conf_low": max(0.0, n / voters - 0.15) if shown else None,
                "conf_high": min(1.0, n / voters + 0.16) if shown else None,
                "n": n if shown else None,
                "chance": round(min(1.0, n / voters * 1.6) * 20) / 20 if shown else None,
            }
        )
    return pd.DataFrame(out)


def panel_table(
    themes: list[str], shares: dict[str, list[float | None]], *, without: set[tuple[int, str]]
) -> pd.DataFrame:
    """Give the share of each panel per theme; `without` holds themes that a panel did not have."""
    return pd.DataFrame(
        [
            {"theme": theme, "panel": panel, "estimate": own[place]}
            for place, theme in enumerate(themes)
            for panel, own in shares.items()
            if (place, panel) not in without
        ]
    )


def gap_table(table: pd.DataFrame) -> pd.DataFrame:
    """Give the difference of the two panels of a table, with an invented interval."""
    first, second = table["panel"].unique()
    out = []
    for theme, own in table.groupby("theme", sort=False):
        held = dict(zip(own["panel"], own["estimate"], strict=True))
        if len(held) < 2:
            continue
        known = held[first] is not None and held[second] is not None
        gap = held[first] - held[second] if known else float("nan")
        out.append(
            {"theme": theme, "first": first, "second": second, "estimate": gap,
             "conf_low": gap - 0.21, "conf_high": gap + 0.2}
        )  # fmt: skip
    return pd.DataFrame(out)
