"""A slow, obvious twin of the table: plain lists, and undoing by doing all the rest again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


def _theme(da: str, en: str = "", description: str = "") -> dict[str, Any]:
    return {
        "title": (da, en),
        "description": (description, ""),
        "ballot": True,
        "carried": ("", ""),
        "cites": set(),
        "gone": False,
    }


@dataclass
class Twin:
    """What lies where, in plain words; themes are known by their first title."""

    themes: list[dict[str, Any]]
    ideas: dict[str, tuple[str, str, str | None, str | None]]
    names: dict[str, str] = field(default_factory=dict)

    def do(self, command: tuple[Any, ...]) -> None:
        """Do a command by its name."""
        getattr(self, command[0])(*command[1:])

    def find(self, name: str) -> dict[str, Any]:
        """Give the theme that was made under a name."""
        return next(t for t in self.themes if t["title"][0] == self.names.get(name, name))

    def _set(self, idea: str, **values: Any) -> None:
        parts = dict(zip(("state", "reason", "same", "theme"), self.ideas[idea], strict=True))
        parts |= values
        self.ideas[idea] = tuple(parts.values())  # type: ignore[assignment]

    def _under(self, name: str) -> list[str]:
        title = self.find(name)["title"][0]
        return [idea for idea, row in self.ideas.items() if row[3] == title]

    def place(self, ideas: list[str], name: str) -> None:
        for idea in ideas:
            self._set(idea, theme=self.find(name)["title"][0])

    def unplace(self, ideas: list[str]) -> None:
        for idea in ideas:
            self._set(idea, theme=None)

    def fold(self, ideas: list[str], head: str) -> None:
        for idea in ideas:
            if idea != head:
                self._set(idea, same=head, theme=None)
                for other, row in self.ideas.items():
                    if row[2] == idea:
                        self._set(other, same=head)

    def unfold(self, idea: str) -> None:
        head = self.ideas[idea][2]
        self._set(idea, same=None, theme=self.ideas[head][3] if head else None)

    def new_theme(self, name: str, ideas: list[str]) -> None:
        self.themes.append(_theme(name) | {"at": 1 + max(t["at"] for t in self.themes)})
        self.place(ideas, name)

    def describe(self, name: str, title: str, description: str) -> None:
        theme = self.find(name)
        for idea in self._under(name):
            self._set(idea, theme=title)
        theme["title"], theme["description"] = (title, ""), (description, "")
        self.names[name] = title

    def split(self, ideas: list[str], name: str, places: dict[str, int]) -> None:
        self.new_theme(name, ideas)
        self.order(places)

    def merge(self, name: str, into: str) -> None:
        self.place(self._under(name), into)
        self.find(into)["cites"] |= self.find(name)["cites"]
        self.find(name)["gone"] = True

    def remove(self, name: str) -> None:
        self.unplace(self._under(name))
        self.find(name)["gone"] = True

    def order(self, places: dict[str, int]) -> None:
        for name, at in places.items():
            if any(t["title"][0] == self.names.get(name, name) for t in self.themes):
                self.find(name)["at"] = at

    def cite(self, name: str, idea: str, there: bool) -> None:
        cites = self.find(name)["cites"]
        cites.add(idea) if there else cites.discard(idea)

    def carry(self, name: str, by: str, why: str) -> None:
        self.find(name)["carried"] = (by, why)

    def ballot(self, name: str, on: bool) -> None:
        self.find(name)["ballot"] = on

    def turn(self, idea: str, state: str, reason: str) -> None:
        if state != "shown":
            for other, row in self.ideas.items():
                if row[2] == idea:
                    self._set(other, same=None, theme=self.ideas[idea][3])
            self._set(idea, same=None, theme=None)
        self._set(idea, state=state, reason=reason)

    def lies(self) -> dict[str, Any]:
        """Give it as :func:`tests.web.tables.lies` does."""
        themes = sorted((t for t in self.themes if not t["gone"]), key=lambda t: t["at"])
        return {
            "themes": [{k: v for k, v in t.items() if k not in {"at", "gone"}} for t in themes],
            "ideas": dict(self.ideas),
        }
