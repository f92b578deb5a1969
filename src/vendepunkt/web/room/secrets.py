"""The phone's secret, and the images of it that the database may hold while something is open.

A phone holds 128 random bits that the server never stores. What the tables keep are images: one
on the token (that this phone holds it), one per ballot and one per idea. Each is a SHA-256 over
a letter, the secret and what it is about, so that no image can be led back to another.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets as system
from dataclasses import dataclass
from typing import Final

#: 128 bits, written as 32 hexadecimal digits.
_SECRET: Final = re.compile(r"[0-9a-f]{32}")
_PASS: Final = re.compile(r"([0-9A-Za-z]{4,40})\.([0-9a-f]{32})")
#: A key as :func:`new_key` makes it; codes that were handed out look otherwise.
_KEY: Final = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Pass:
    """What a phone carries, in its cookie or in the page's form.

    Attributes
    ----------
    key
        Key of the token: that somebody was admitted.
    secret
        Known to the phone alone.

    Examples
    --------
    >>> Pass.read("ABCD2345." + "0" * 32).key
    'ABCD2345'
    >>> Pass.read("somebody's own idea of a pass") is None
    True
    """

    key: str
    secret: str

    @classmethod
    def read(cls, text: str) -> Pass | None:
        """Give the pass that a text holds, or None where it holds none."""
        found = _PASS.fullmatch(text)
        return cls(found[1], found[2]) if found else None

    @classmethod
    def new(cls) -> Pass:
        """Give a pass that nobody has."""
        return cls(new_key(), new_secret())

    def __str__(self) -> str:
        return f"{self.key}.{self.secret}"

    def __repr__(self) -> str:
        return "Pass(…)"  # never in a log


def new_secret() -> str:
    """Give 128 random bits."""
    return system.token_hex(16)


def new_key() -> str:
    """Give a random key: of a token nobody handed out, or of a ballot that was cast."""
    return system.token_hex(16)


def is_secret(text: str) -> bool:
    """Say whether a text has the form of a secret."""
    return _SECRET.fullmatch(text) is not None


def is_key(text: str) -> bool:
    """Say whether a text has the form of a key that :func:`new_key` makes."""
    return _KEY.fullmatch(text) is not None


def holder_image(secret: str) -> str:
    """Give what a token keeps of the phone that holds it, while something is open."""
    return _image(f"t{secret}")


def ballot_key(secret: str, opening: int) -> str:
    """Give the key of the one ballot that a phone has in an opening."""
    return _image(f"b{secret}{opening}")


def claim_key(secret: str, opening: int, slot: int) -> str:
    """Give the key of the idea that a phone sent from one place of its form."""
    return _image(f"i{secret}{opening}/{slot}")


def text_image(secret: str, text: str) -> str:
    """Give what tells a re-sent idea from another one, without keeping the words twice."""
    return _image(f"w{secret}{text}")


def guard(secret: str) -> str:
    """Give what a page's form carries to show that it is ours.

    Another site can make a phone send a form, and an old phone adds its cookie; it cannot read
    the secret, and so cannot know this. It needs no session and no cookie of its own.
    """
    return _image(f"g{secret}")[:32]


def guard_holds(secret: str, said: str) -> bool:
    """Say whether a form carried the guard of the secret."""
    return hmac.compare_digest(guard(secret), said.encode("ascii", "replace").decode())


def _image(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
