"""Every citable value of a study in one file, and what changed since somebody looked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from vendepunkt.study.folder import read_json, write_json
from vendepunkt.terms import Ref, RefusedError, RefValue

SCHEMA: Final = "refs/1"
How = Literal["new", "gone", "changed"]


@dataclass(frozen=True, slots=True)
class Change:
    """A ref whose value is not what it was.

    Attributes
    ----------
    ref
        Its name.
    how
        ``new``, ``gone`` or ``changed``.
    """

    ref: str
    how: How


@dataclass(frozen=True, slots=True)
class RefStore:
    """The values behind all refs of a study.

    Attributes
    ----------
    values
        Written form of the ref → value.

    Examples
    --------
    >>> store = RefStore().with_stage("measure", [RefValue(Ref("measure", "shares", "A"), 0.25)])
    >>> store["measure/shares/A"].value
    0.25
    >>> store.changes({"measure/shares/A": "an older fingerprint"})
    (Change(ref='measure/shares/A', how='changed'),)
    """

    values: Mapping[str, RefValue] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> RefStore:
        """Read `work/refs.json`; a missing or damaged file is an empty store."""
        content = read_json(path)
        if not isinstance(content, dict) or content.get("schema") != SCHEMA:
            return cls()
        try:
            found = {name: _read_value(name, entry) for name, entry in content["refs"].items()}
        except (KeyError, TypeError, ValueError, AttributeError):
            return cls()
        return cls(found)

    def write(self, path: Path) -> None:
        """Write `work/refs.json`, whole or not at all."""
        write_json(path, self.as_json())

    def as_json(self) -> dict[str, Any]:
        """Give the store as it stands in `work/refs.json`."""
        refs = {
            name: {
                "value": value.value,
                "low": value.low,
                "high": value.high,
                "fingerprint": value.fingerprint,
            }
            for name, value in self.values.items()
        }
        return {"schema": SCHEMA, "refs": refs}

    def with_stage(self, stage: str, values: Iterable[RefValue]) -> RefStore:
        """Give a store in which all refs of a stage are replaced.

        Raises
        ------
        ValueError
            If a value belongs to another stage, or two values have one ref.
        """
        kept = {name: value for name, value in self.values.items() if value.ref.stage != stage}
        added: dict[str, RefValue] = {}
        for value in values:
            name = str(value.ref)
            if value.ref.stage != stage or name in added:
                raise ValueError(f"{name} is not a ref of {stage}, or stands there twice.")
            added[name] = value
        return RefStore(kept | added)

    def __getitem__(self, ref: str | Ref) -> RefValue:
        """Look a ref up.

        Raises
        ------
        RefusedError
            If there is no such ref.
        """
        try:
            return self.values[str(ref)]
        except KeyError:
            raise RefusedError(
                "unknown_ref",
                f"There is no value behind the ref {str(ref)!r}.",
                try_="vendepunkt run, so that the value is made again",
            ) from None

    def __contains__(self, ref: object) -> bool:
        return str(ref) in self.values

    def __iter__(self) -> Iterator[str]:
        return iter(self.values)

    def __len__(self) -> int:
        return len(self.values)

    def changes(self, seen: Mapping[str, str]) -> tuple[Change, ...]:
        """Compare what somebody has seen with what stands here now.

        Parameters
        ----------
        seen
            Written form of a ref → fingerprint of its value when somebody looked.

        Returns
        -------
        tuple of Change
            Refs that are gone or have another value, in the order of `seen`. A ref whose inputs
            changed and whose value is equal is not among them.
        """
        found = []
        for name, fingerprint in seen.items():
            if name not in self.values:
                found.append(Change(name, "gone"))
            elif self.values[name].fingerprint != fingerprint:
                found.append(Change(name, "changed"))
        return tuple(found)

    def since(self, before: RefStore) -> tuple[Change, ...]:
        """Compare with an earlier store: what changed, what is gone, and what is new."""
        seen = {name: value.fingerprint for name, value in before.values.items()}
        new = tuple(Change(name, "new") for name in self.values if name not in seen)
        return self.changes(seen) + new


def _read_value(name: str, entry: Mapping[str, Any]) -> RefValue:
    value = RefValue(Ref.parse(name), entry["value"], entry["low"], entry["high"])
    if value.fingerprint != entry["fingerprint"]:
        raise ValueError(f"{name} is not what was written.")
    return value
