"""Tables for the figures of movement, in the reader's words.

Nothing is hidden here; what leaves the workplace is hidden by the report's sections first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from vendepunkt.move.movement import Movement

_ARROW = "\N{RIGHTWARDS ARROW}"


def names_by_wave(found: Movement, language: str) -> dict[str, dict[str, str]]:
    """Give what each group (by letter) is called at each wave."""
    return {
        wave: {
            group.letter: found.groups.name(group, language, wave) for group in found.groups.groups
        }
        for wave in found.waves
    }


def alluvial_table(found: Movement, language: str) -> pd.DataFrame:
    """Give shares (``kind`` share) and flows (``kind`` flow) as the alluvial figure takes them.

    Returns
    -------
    DataFrame
        ``kind wave group wave_from wave_to from to direction estimate conf_low conf_high n``; a
        group has one name in all waves, that of the last.
    """
    import pandas as pd

    names = names_by_wave(found, language)[found.waves[-1]]
    shares = found.shares_table().assign(kind="share")
    flows = found.flow_table().assign(kind="flow")
    shares["group"] = shares["group"].map(names)
    for end in ("from", "to"):
        flows[end] = flows[end].map(names)
    table = pd.concat([shares, flows], ignore_index=True)
    columns = ["kind", "wave", "group", "wave_from", "wave_to", "from", "to", "direction"]
    return table[[*columns, "estimate", "conf_low", "conf_high", "n"]]


def transition_table(found: Movement, language: str, which: str = "steps") -> pd.DataFrame:
    """Give transition probabilities as the heat map takes them, groups by name."""
    table = found.transition_table(which)
    names = names_by_wave(found, language)
    for column, wave in (("from", "wave_from"), ("to", "wave_to")):
        table[column] = [
            names[at][letter] for at, letter in zip(table[wave], table[column], strict=True)
        ]
    return table


def path_table(found: Movement, language: str) -> pd.DataFrame:
    """Give the paths as their figure takes them, groups by the name of the last wave."""
    names = names_by_wave(found, language)[found.waves[-1]]
    table = found.paths_table()
    table["path"] = [
        _ARROW.join(names[letter] for letter in path.split(_ARROW)) for path in table["path"]
    ]
    return table


def severity_table(found: Movement, language: str) -> pd.DataFrame:
    """Give the density of change in severity, groups of origin by name; all have no name."""
    names = names_by_wave(found, language)[found.waves[0]] | {"": ""}
    table = found.severity_change()
    table["group"] = table["group"].map(names)
    return table
