"""Make carers.csv and gss_wave1.csv (integer codes, empty = missing) from the published files.

Usage: python extract.py efc.sav gss_panel0610.csv    (needs pandas and pyreadstat)
"""

import sys

import pandas as pd
import pyreadstat

NETWORK = {
    "Almost Daily": 1,
    "Sev Times a Week": 1,
    "Sev Times a Mnth": 2,
    "Once a Month": 2,
    "Sev Times a Year": 3,
    "Once a Year": 3,
    "Never": 3,
}
GSS = {
    "satfin": {"Satisfied": 1, "more or less": 2, "Not at all Sat": 3},
    "health": {"Excellent": 1, "Good": 2, "Fair": 3, "Poor": 4},
    "happy": {"Very Happy": 1, "Pretty Happy": 2, "Not Too Happy": 3},
    "life": {"Exciting": 1, "Routine": 2, "Dull": 3},
    "trust": {"can Trust": 1, "Depends": 2, "Cannot Trust": 3},
    "fair": {"Fair": 1, "Depends": 2, "Take Advantage": 3},
    "helpful": {"Helpful": 1, "Depends": 2, "Lookout for Self": 3},
    "socrel": NETWORK,
    "socfrend": NETWORK,
}


def main(carers: str, gss: str) -> None:
    frame, _ = pyreadstat.read_sav(carers)
    items = [f"c{number}cop{place}" for place, number in enumerate(range(82, 91), start=1)]
    frame[items].astype("Int64").to_csv("carers.csv", index=False)

    panel = pd.read_csv(gss, dtype=str)
    wave1 = panel[panel["wave"].astype(int) == 1]
    codes = pd.DataFrame({name: wave1[name].map(words) for name, words in GSS.items()})
    design = wave1[["vstrat", "vpsu"]].astype(int).assign(wtpannr123=wave1["wtpannr123"])
    pd.concat([codes.astype("Int64"), design], axis=1).to_csv("gss_wave1.csv", index=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
