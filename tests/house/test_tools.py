"""The scripts behind the make targets do what the targets promise."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import tree


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Give a small repository without git, with something that is ignored."""
    (tmp_path / ".gitignore").write_text("/build/\n__pycache__/\n*.log\n/examples/*/out/\n")
    for name in ("a.py", "b/c.py", "build/x", "b/__pycache__/c.pyc", "b/d.log", "b/build/y"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    (tmp_path / "examples" / "one" / "out").mkdir(parents=True)
    (tmp_path / "examples" / "one" / "out" / "report.html").write_text("")
    return tmp_path


def test_without_git_the_ignored_files_are_left_out(small: Path) -> None:
    found = [path.relative_to(small).as_posix() for path in tree.files(small)]
    assert found == [".gitignore", "a.py", "b/build/y", "b/c.py"]


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_git_and_the_walk_agree(small: Path) -> None:
    walked = tree.files(small)
    subprocess.run(["git", "init", "--quiet"], cwd=small, check=True)
    assert tree.files(small) == walked


def test_the_fingerprint_changes_with_a_file(small: Path) -> None:
    before = tree.digest(small)
    assert tree.digest(small) == before
    (small / "a.py").write_text("changed")
    assert tree.digest(small) != before


def test_a_command_runs_once_on_a_tree(small: Path) -> None:
    (small / "tools").mkdir()
    for name in ("tree.py", "once.py"):
        (small / "tools" / name).write_text((tree.ROOT / "tools" / name).read_text("utf-8"))
    marks = small / "build" / "marks"
    code = f"open({str(marks)!r}, 'a').write('x'); print('1 passed')"
    # sys.prefix is where the record is kept: an environment of its own for this test.
    runner = f"import sys; sys.prefix = {str(small / 'build')!r}; import once"
    program = f"{runner}; sys.exit(once.main('tests', [sys.executable, '-c', {code!r}]))"

    def run() -> str:
        return subprocess.run(
            [sys.executable, "-c", program],
            cwd=small / "tools",
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    assert run() == "1 passed\n"
    again = run()
    assert "Nothing has changed" in again
    assert again.endswith("1 passed\n")
    (small / "a.py").write_text("changed")
    assert run() == "1 passed\n"
    assert marks.read_text() == "xx"
