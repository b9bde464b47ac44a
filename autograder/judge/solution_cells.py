"""The cells of a generated solution, one of which can be replaced by a wrong version.

A class or a variable is used by what stands below it, so its wrong version is the whole solution,
run anew with one cell replaced. `autograder build` writes a line `# --- name` above each cell.
"""

from __future__ import annotations

import re
from contextlib import chdir, redirect_stdout, suppress
from io import StringIO
from pathlib import Path
from typing import Any

from autograder.course import Course, importable
from autograder.model import CourseError

_HEAD = re.compile(r"^# --- (?P<name>.*)\n", re.MULTILINE)


class SolutionCells:
    """The text of a solution by cell; raises CourseError where it cannot be read."""

    def __init__(self, course: Course, assignment: str, module: str) -> None:
        """`module` is the name under which the solution is imported."""
        self._course = course
        self._assignment = assignment
        self._module = module
        self._path = course.solution(assignment)
        start, *rest = _HEAD.split(self._path.read_text(encoding="utf-8"))
        self._start = start
        self._cells = dict(zip(rest[::2], rest[1::2], strict=True))

    def text(self, name: str) -> str:
        """The cell of an exercise; raises CourseError where the solution has none."""
        if name not in self._cells:
            raise CourseError(
                f"{self._path} has no cell {name!r} (a line `# --- {name}`): "
                f"run `autograder build {self._assignment}`"
            )
        return self._cells[name].strip("\n") + "\n"

    def run(self, name: str, text: str) -> dict[str, Any]:
        """The names of the solution when one cell holds another text.

        A cell that stops leaves the others, as in a notebook.
        """
        space: dict[str, Any] = {"__name__": self._module, "__file__": str(self._path)}
        course, assignment = self._course, self._assignment
        folders = course.source(assignment), course.release(assignment)
        with chdir(course.source(assignment)), importable(*folders), redirect_stdout(StringIO()):
            for own, cell in ("", self._start), *self._cells.items():
                code = compile(text if own == name else cell, str(Path(self._path)), "exec")
                with suppress(Exception):
                    exec(code, space)
        return space
