"""Make the tables and gather the files: ``python -m vendepunkt.web.ready``."""

from __future__ import annotations

import json
import sys
from io import StringIO


def make_tables() -> None:
    """Make the tables, or bring them up to this version of the program."""
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0, stdout=StringIO())


def main() -> None:
    """Migrate, delete what is due, gather files, and print where the first page is as JSON."""
    import django
    from django.core.management import call_command
    from django.urls import reverse

    django.setup()
    from vendepunkt.web.room.deletion import delete_due
    from vendepunkt.web.room.erasing import erase_words

    make_tables()
    call_command("clearsessions")
    delete_due()
    # What a server could not clean before it was stopped; nobody reads just now.
    erase_words()
    call_command("collectstatic", interactive=False, verbosity=0, clear=True, stdout=StringIO())
    from vendepunkt.web.people.models import Person
    from vendepunkt.web.people.views.signing import first_key

    first = "" if Person.objects.exists() else reverse("first", args=[first_key()])
    sys.stdout.write(json.dumps({"first": first}) + "\n")


if __name__ == "__main__":
    main()
