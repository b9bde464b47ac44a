"""``autograder init``: makes a folder, or an nbgrader course that is there already, one of ours."""

from __future__ import annotations

import ast
import secrets
from collections.abc import Iterator
from pathlib import Path

from autograder.course import CONFIG_FILE
from autograder.model import CourseError

_CALLS = {
    "release_config": "autograder.authoring.config",  # stubs, helper files, languages
    "configure": "autograder.preprocessors",  # autograde and feedback behind the wall
}
_NEW = '''\
"""The course, as nbgrader and autograder read it."""

c = get_config()  # noqa: F821 - given by traitlets

c.CourseDirectory.course_id = "{name}"
'''
_SEED = """
# The secret that fresh test cases are drawn from: change it each term, and publish it never.
get_config().Autograder.seed = "{seed}"  # noqa: F821
"""


def adopt(folder: Path | str = ".") -> list[Path]:
    """Add to ``nbgrader_config.py`` what is missing, and change nothing else.

    Makes the file, and the folder, where there are none. Returns the files written; none when
    the course is ours already. Raises CourseError when the file is not Python.
    """
    path = Path(folder) / CONFIG_FILE
    known = path.is_file()
    text = path.read_text(encoding="utf-8") if known else _NEW.format(name=_name(path.parent))
    added = "".join(_missing(path, text))
    if not added:
        return []
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{text.rstrip()}\n{added}", encoding="utf-8")
    return [path]


def _missing(path: Path, text: str) -> Iterator[str]:
    """The lines that a configuration lacks to be one of ours."""
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        raise CourseError(f"{path} is not Python: {error}. Mend it, then try again.") from error
    calls = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    called = {ast.unparse(function).split(".")[-1] for function in calls}
    lacking = [name for name in _CALLS if name not in called]
    if lacking:
        yield "\n# --- added by `autograder init`\n"
    for name in lacking:
        yield f"from {_CALLS[name]} import {name}  # noqa: E402\n"
    for name in lacking:
        yield f"{name}(get_config())  # noqa: F821\n"
    if "Autograder.seed" not in text:
        yield _SEED.format(seed=secrets.token_hex(16))


def _name(folder: Path) -> str:
    """A course id from the folder's name: letters, digits, _ and - only."""
    kept = "".join(c if c.isalnum() or c in "_-" else "_" for c in folder.resolve().name)
    return kept or "course"
