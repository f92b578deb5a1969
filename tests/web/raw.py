"""The bytes of SQLite's files, read by a process of their own.

Whoever closes a file of a database that the same process has open gives up SQLite's locks on it
(POSIX); another process may then take its log away from under it, and the database breaks.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from django.db import connection

_READ = "import sys; sys.stdout.buffer.write(open(sys.argv[1], 'rb').read())"


def files_of_the_database() -> dict[str, bytes]:
    """Give name → bytes of the file, its log and its index."""
    path = Path(str(connection.settings_dict["NAME"]))
    return {
        one.name: subprocess.run(
            [sys.executable, "-c", _READ, str(one)], capture_output=True, check=True
        ).stdout
        for one in path.parent.glob(path.name + "*")
    }
