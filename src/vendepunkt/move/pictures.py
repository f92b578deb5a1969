"""Tables for the figures of movement, in the reader's words.

Nothing is hidden here; what leaves the workplace is hidden by the report's sections first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from vendepunkt.move.movement import Movement


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
        ``kind wave group wave_from wave_to from to estimate conf_low conf_high n``; a group has one
        name in all waves, that of the last.
    """
    import pandas as pd

    names = names_by_wave(found, language)[found.waves[-1]]
    shares = found.shares_table().assign(kind="share")
    flows = found.flow_table().assign(kind="flow")
    shares["group"] = shares["group"].map(names)
    for end in ("from", "to"):
        flows[end] = flows[end].map(names)
    table = pd.concat([shares, flows], ignore_index=True)
    columns = ["kind", "wave", "group", "wave_from", "wave_to", "from", "to"]
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
