"""What the program says of its own accord about a result: unweighted, dropped, at a boundary."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Notice:
    """A warning that travels with a result to the terminal, the JSON answer and the page.

    Attributes
    ----------
    code
        Stable short name, also the key ``warning.<code>`` of the language catalogues.
    text
        The sentence in English, for terminals and JSON.
    values
        What the catalogue sentence is filled with.

    Examples
    --------
    >>> Notice("n_empty", "6 rows have no answer.", {"n": 6}).as_json()
    {'code': 'n_empty', 'text': '6 rows have no answer.'}
    """

    code: str
    text: str
    values: dict[str, object] = field(default_factory=dict)

    def as_json(self) -> dict[str, str]:
        """Give the notice as ``--json`` prints it."""
        return {"code": self.code, "text": self.text}
