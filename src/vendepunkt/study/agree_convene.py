"""Whether `[convene]` agrees with itself and with its folder."""

from __future__ import annotations

from pathlib import PurePosixPath, PureWindowsPath

from vendepunkt.study.kinds import Notes, shown
from vendepunkt.study.tables import Study


def check_convene(study: Study, notes: Notes) -> None:
    """Note paths of `[convene]` that lead out of the study folder, and keys without a use.

    Parameters
    ----------
    study
        The study.
    notes
        Where problems are noted.
    """
    convene = study.convene
    if convene is None:
        return
    for place, name in enumerate(convene.meetings):
        if is_outside(name):
            notes.add(
                ("convene", "meetings", place),
                "outside_folder",
                f"[convene] meetings names {shown(name)}, outside the study folder.",
                allowed="a folder inside the study folder",
                try_=f"panels/{PurePosixPath(name.replace(chr(92), '/')).name}",
            )
    if convene.mapping is not None and is_outside(convene.mapping):
        notes.add(
            ("convene", "mapping"),
            "outside_folder",
            f"[convene] mapping is {shown(convene.mapping)}, outside the study folder.",
            allowed="a path inside the study folder, so that the folder alone holds the study",
        )
    if convene.draws is not None and not convene.chance:
        notes.add(
            ("convene", "draws"),
            "contradiction",
            "[convene] has draws, and chance is false: nothing is drawn.",
            try_="chance = true",
        )


def is_outside(name: str) -> bool:
    """Whether a path leads out of the folder that it is written in."""
    path = PurePosixPath(name.replace("\\", "/"))
    drive = bool(PureWindowsPath(name).drive)
    return path.is_absolute() or drive or ".." in path.parts or "\0" in name
