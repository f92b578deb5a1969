"""Run a command unless it has already succeeded on this very tree.

    python tools/once.py NAME COMMAND…

The record is kept in the environment, with the last line the command printed. AGAIN=1 runs it
anyway.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import tree


def main(name: str, command: list[str]) -> int:
    """Run `command`, show what it says as it says it, and note its success."""
    record = Path(sys.prefix) / f".passed-{name}"
    before = tree.digest()
    if not os.environ.get("AGAIN") and record.exists():
        digest, last = record.read_text(encoding="utf-8").split("\n", 1)
        if digest == before:
            print(f"Nothing has changed since the {name} passed (AGAIN=1 runs them anyway):")
            print(last)
            return 0
    last = ""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8") as process:
        for line in process.stdout or ():
            print(line, end="", flush=True)
            last = line.strip() or last
    if process.returncode == 0:
        record.write_text(f"{before}\n{last}", encoding="utf-8")
    return process.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
