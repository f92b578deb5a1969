"""Items as the options of a command name them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from vendepunkt.terms import UsageError, choose

if TYPE_CHECKING:
    import pandas as pd

    from vendepunkt.data import Indicator, ItemDefinition

_NUMERIC = frozenset({"count", "negbin", "continuous"})


def kinds_of(items: Sequence[str], types: Sequence[str]) -> dict[str, str]:
    """Read ``--types a=ordinal,b=count``.

    Raises
    ------
    UsageError
        If a part is no pair, or names no item.

    Examples
    --------
    >>> kinds_of(["a", "b"], ["a=ordinal"])
    {'a': 'ordinal'}
    """
    kinds: dict[str, str] = {}
    for stated in types:
        name, _, kind = stated.partition("=")
        if not kind:
            raise UsageError(
                "bad_types", f"--types has {stated!r}.", try_="--types a=ordinal,b=count"
            )
        kinds[choose(name, tuple(items), "--types")] = kind
    return kinds


def defined(name: str, kinds: Mapping[str, str]) -> ItemDefinition:
    """Define an item by its column and, where it is said, its type."""
    from vendepunkt.data import ItemDefinition

    return ItemDefinition.from_options(name, {"type": kinds[name]} if name in kinds else {})


def scored(item: Indicator, kinds: Mapping[str, str], frame: pd.DataFrame) -> Indicator:
    """Give an item whose codes run from good to bad the scores that severity needs.

    Raises
    ------
    UsageError
        With code ``no_order`` if the answers are words.
    """
    from vendepunkt.data import step_scores

    if item.ordered or item.kind in _NUMERIC or kinds.get(item.name) == "nominal":
        return item
    if frame[item.name].dtype.kind not in "iuf":
        raise UsageError(
            "no_order",
            f"The answers to {item.name!r} are words, and their order from good to bad is not "
            "known.",
            allowed="--order severity with numbers that run from good to bad",
            try_="--order size, or order = [...] for the item in a study.toml",
        )
    return replace(item, scores=step_scores(len(item.categories)))
