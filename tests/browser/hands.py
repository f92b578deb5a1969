"""Two ways to use a page: with a keyboard and nothing else, and with a mouse and no script."""

from __future__ import annotations

from typing import Any

#: What the focused element is called, as somebody who listens would hear it.
_NAME = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return '';
  const label = e.labels && e.labels.length ? e.labels[0].innerText : '';
  return (e.getAttribute('aria-label') || label || e.innerText || '').replace(/\\s+/g, ' ').trim();
}"""
#: More stops of the Tab key than any page of a meeting has.
MANY = 160


class Hands:
    """Somebody in front of a page."""

    def __init__(self, page: Any, home: str) -> None:
        self.page, self.home = page, home

    def go(self, path: str) -> None:
        """Type an address."""
        self.page.goto(self.home + path)

    def reads(self, text: str, seconds: int = 30) -> None:
        """Wait until a text is there to be read."""
        self.page.get_by_text(text).locator("visible=true").first.wait_for(timeout=1000 * seconds)

    def reads_not(self, text: str) -> None:
        """Check that a text is not there."""
        assert text not in self.page.inner_text("body")


class Keyboard(Hands):
    """Somebody with a keyboard and no mouse."""

    def reach(self, name: str, kind: str) -> None:
        """Press Tab until something with a name is in focus, and what is in focus can be seen."""
        for _ in range(MANY):
            self.page.keyboard.press("Tab")
            said = self.page.evaluate(_NAME)
            if name in said and self.page.evaluate("e => document.activeElement.matches(e)", kind):
                assert self.page.evaluate(
                    "() => { const b = document.activeElement.getBoundingClientRect();"
                    "return b.bottom > 0 && b.top < innerHeight &&"
                    "getComputedStyle(document.activeElement).outlineStyle !== 'none' }"
                ), f"{name}: in focus, and nobody can see it"
                return
        raise AssertionError(
            f"the keyboard does not reach {name!r}: {self.page.inner_text('main')}"
        )

    def press(self, name: str, *, stays: bool = False) -> None:
        """Press a button or follow a link; ``stays`` where a script answers on the same page."""
        self.reach(name, "button, a")
        if stays:
            self.page.keyboard.press("Enter")
            return
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def write(self, label: str, text: str) -> None:
        """Write into a field."""
        self.reach(label, "input, textarea")
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def tick(self, label: str) -> None:
        """Set a cross."""
        self.reach(label, "input[type=checkbox]")
        self.page.keyboard.press("Space")


class Mouse(Hands):
    """Somebody with a mouse or a finger."""

    def press(self, name: str, *, stays: bool = False) -> None:
        """Press a button or follow a link."""
        del stays
        both = self.page.get_by_role("button", name=name).or_(
            self.page.get_by_role("link", name=name)
        )
        both.first.click()
        self.page.wait_for_load_state()

    def write(self, label: str, text: str) -> None:
        """Write into a field."""
        self.page.get_by_label(label).first.fill(text)

    def tick(self, label: str) -> None:
        """Set a cross."""
        self.page.get_by_label(label).first.check()
