"""Make gss_panel.csv (nine indicators, three waves, integer codes) from the published panel.

Usage, in the root of the repository:
    python -m tests.reference.lta.extract examples/gss-panel/data/gss_panel0610.csv
"""

import sys
from pathlib import Path

import pandas as pd
from tests.reference.lca.extract import GSS


def main(gss: str) -> None:
    panel = pd.read_csv(gss, dtype=str)
    codes = pd.DataFrame({name: panel[name].map(words) for name, words in GSS.items()})
    person = panel["firstid"].rank(method="dense").astype(int)
    table = pd.concat([person.rename("person"), panel["wave"].astype(int), codes], axis=1)
    table = table.sort_values(["person", "wave"])
    table.astype("Int64").to_csv(Path(__file__).parent / "gss_panel.csv", index=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
