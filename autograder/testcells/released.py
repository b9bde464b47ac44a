"""What students can read of a test cell: the text without its hidden tests, and what it defines."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterator

from autograder.course import HIDDEN_DELIMITERS

BEGIN, END = HIDDEN_DELIMITERS
_DEFINITIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom


def hidden_lines(text: str) -> set[int]:
    """The lines of hidden tests, counted from 1, by nbgrader's rule; those that mark them too.

    Python counts lines as nbgrader does: a form feed or U+2028 ends none.
    """
    found = set()
    is_hidden = False
    for number, line in enumerate(text.split("\n"), start=1):
        if BEGIN in line:
            is_hidden = True
        if is_hidden or END in line:
            found.add(number)
        if END in line:
            is_hidden = False
    return found


def with_nbgraders_delimiters(text: str, delimiters: tuple[str, str]) -> str:
    """The text, its hidden tests between nbgrader's delimiters in place of the course's."""
    begin, end = delimiters
    if delimiters == (BEGIN, END) or begin not in text:
        return text
    lines = []
    for line in text.split("\n"):
        delimiter = BEGIN if begin in line else END if end in line else ""
        lines.append(f"### {delimiter}" if delimiter else line)
    return "\n".join(lines)


def released_text(text: str) -> str:
    """A test cell as it is in the release."""
    hidden = hidden_lines(text)
    lines = enumerate(text.split("\n"), start=1)
    return "\n".join(line for number, line in lines if number not in hidden)


def solution_alone(text: str) -> str:
    """What stands between nbgrader's delimiters of a solution; a stub may stand below it."""
    kept, is_solution = [], False
    for line in text.splitlines():
        if "BEGIN SOLUTION" in line or "END SOLUTION" in line:
            is_solution = "BEGIN SOLUTION" in line
        elif is_solution:
            kept.append(line)
    return textwrap.dedent("\n".join(kept))


def defining(tree: ast.Module | None) -> Iterator[ast.stmt]:
    """Statements at the top level of a released text that bind names and do nothing else."""
    for node in tree.body if tree else ():
        if isinstance(node, ast.Assign):
            names = [isinstance(target, ast.Name) for target in node.targets]
            if all(names):
                yield node
        elif isinstance(node, _DEFINITIONS):
            yield node
