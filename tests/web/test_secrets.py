"""The phone's secret and its images."""

from __future__ import annotations

import hashlib

from vendepunkt.web.room.secrets import (
    Pass,
    ballot_key,
    claim_key,
    guard,
    guard_holds,
    holder_image,
    new_secret,
)


def test_a_secret_has_128_bits_and_is_never_the_same() -> None:
    made = {new_secret() for _ in range(200)}
    assert len(made) == 200
    assert all(len(bytes.fromhex(secret)) == 16 for secret in made)


def test_a_pass_reads_as_it_was_written() -> None:
    mine = Pass.new()
    assert Pass.read(str(mine)) == mine


def test_what_is_no_pass_is_none() -> None:
    for text in (
        "",
        ".",
        "a.b",
        "A" * 41 + "." + "0" * 32,
        "KEY23." + "g" * 32,
        "KEY\n." + "0" * 32,
    ):
        assert Pass.read(text) is None, text


def test_a_pass_does_not_show_itself_in_a_log() -> None:
    mine = Pass.new()
    assert mine.secret not in repr(mine)
    assert mine.key not in repr(mine)


def test_the_images_are_those_the_documentation_names() -> None:
    s = new_secret()
    assert holder_image(s) == hashlib.sha256(f"t{s}".encode()).hexdigest()
    assert ballot_key(s, 7) == hashlib.sha256(f"b{s}7".encode()).hexdigest()


def test_no_two_things_have_the_same_image() -> None:
    s = new_secret()
    images = [holder_image(s), guard(s), *(ballot_key(s, n) for n in range(30))]
    images += [claim_key(s, opening, slot) for opening in range(30) for slot in range(30)]
    assert len(set(images)) == len(images)


def test_the_guard_knows_its_secret_only() -> None:
    s = new_secret()
    assert guard_holds(s, guard(s))
    assert not guard_holds(s, guard(new_secret()))
    assert not guard_holds(s, "ænything")
