"""The second factor: a code from an app, and recovery codes on paper."""

from __future__ import annotations

import base64
import hashlib
import secrets
from typing import Final

from django.db import transaction
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from vendepunkt.web.people.models import Person

#: How many recovery codes somebody gets, and letters in each (50 bits).
CODES: Final = 10
LETTERS: Final = 10
_ALPHABET: Final = "abcdefghijklmnopqrstuvwxyz234567"


def has_second(person: Person) -> bool:
    """Say whether somebody has set up an app."""
    return bool(TOTPDevice.objects.devices_for_user(person, confirmed=True).exists())


def started(person: Person) -> TOTPDevice:
    """Give the app that is being set up; a new one where none is."""
    device = TOTPDevice.objects.devices_for_user(person, confirmed=False).first()
    return device or TOTPDevice.objects.create(user=person, name="app", confirmed=False)


def key_to_type(device: TOTPDevice) -> str:
    """Give the key of an app in groups of four letters, for those who cannot scan."""
    key = base64.b32encode(device.bin_key).decode("ascii").rstrip("=")
    return " ".join(key[at : at + 4] for at in range(0, len(key), 4))


@transaction.atomic
def confirm(person: Person, code: str) -> TOTPDevice | None:
    """Take the app into use if it gives the right code; an earlier one goes out of use."""
    device = started(person)
    if not device.verify_token(code):
        return None
    TOTPDevice.objects.devices_for_user(person, confirmed=True).delete()
    device.confirmed = True
    device.save()
    return device


@transaction.atomic
def remove(person: Person) -> None:
    """Take app and recovery codes out of use."""
    TOTPDevice.objects.devices_for_user(person).delete()
    StaticDevice.objects.devices_for_user(person).delete()


@transaction.atomic
def new_codes(person: Person) -> list[str]:
    """Give new recovery codes, to be shown once: only hashes are kept. Earlier ones are gone."""
    StaticDevice.objects.devices_for_user(person).delete()
    device = StaticDevice.objects.create(user=person, name="codes")
    codes = ["".join(secrets.choice(_ALPHABET) for _ in range(LETTERS)) for _ in range(CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=_kept(code)) for code in codes)
    return codes


def codes_left(person: Person) -> int:
    """Count the recovery codes that have not been used."""
    return int(StaticToken.objects.filter(device__user=person).count())


@transaction.atomic
def check(person: Person, code: str) -> TOTPDevice | StaticDevice | None:
    """Find what a code belongs to, and use it up; None where it belongs to nothing."""
    # Locked, so that one code sent twice at once lets in once.
    devices = TOTPDevice.objects.devices_for_user(person, confirmed=True)
    for device in devices.select_for_update():
        if code.isdigit() and device.verify_token(code):
            return device
    kept = _kept(code.replace("-", ""))
    for codes in StaticDevice.objects.devices_for_user(person, confirmed=True):
        if StaticToken.objects.filter(device=codes, token=kept).delete()[0]:
            return codes
    return None


def _kept(code: str) -> str:
    # The table has room for 16 letters: 80 bits of the hash.
    digest = hashlib.sha256(code.encode()).digest()
    return base64.b32encode(digest).decode("ascii")[:16].lower()
