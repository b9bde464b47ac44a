"""Survey of an existing notebook: exercises, their test cells, and who defines each name."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from autograder.testcells.program import Code, codes, names_bound, names_imported, names_loaded


@dataclass
class TestedCell:
    """One solution cell that defines functions, and the test cells that call them."""

    solution: Code
    functions: tuple[str, ...]
    tests: list[Code] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The exercise: the function that the cell is named for, or that is tested most."""
        if self.solution.name in self.functions:
            return self.solution.name
        calls = Counter(
            name
            for test in self.tests
            if test.tree is not None
            for name in names_loaded(test.tree, deep=True)
            if name in self.functions
        )
        return calls.most_common(1)[0][0] if calls else self.functions[-1]

    def is_meant(self, wanted: str) -> bool:
        """Whether `wanted` names it: a function, or the nbgrader id of one of its cells."""
        ids = {self.solution.name, *self.functions, *(test.name for test in self.tests)}
        return wanted in ids


@dataclass
class Survey:
    """Exercises, test cells and names of one notebook."""

    exercises: list[TestedCell] = field(default_factory=list)
    others: list[Code] = field(default_factory=list)  # that call no function of a student's
    functions: dict[str, TestedCell] = field(default_factory=dict)  # the student's, by name
    values: set[str] = field(default_factory=set)  # bound by the student, and no function
    provided: set[str] = field(default_factory=set)  # bound by the author's other cells
    imports: dict[str, str] = field(default_factory=dict)  # name → statement
    tested: dict[str, str] = field(default_factory=dict)  # name → the test cell that binds it
    loaded: dict[str, list[Code]] = field(default_factory=dict)  # name → the cells that load it


def survey(nb: Mapping[str, Any]) -> Survey:
    """Read a notebook (nbformat 4 as plain dicts) from top to bottom; nothing runs."""
    found = Survey()
    for code in codes(nb):
        body = code.tree.body if code.tree is not None else []
        own = {name for node in body for name in names_bound(node)}
        for name in {n for node in body for n in names_loaded(node, deep=False)} - own:
            found.loaded.setdefault(name, []).append(code)
        if code.tree is None:
            if code.role == "test":
                found.others.append(code)
        elif code.role == "solution":
            _solution(found, code, code.tree)
        elif code.role == "test":
            _test(found, code, code.tree)
        else:
            _provided(found, code.tree)
    return found


def _solution(found: Survey, code: Code, tree: ast.Module) -> None:
    functions = tuple(node.name for node in tree.body if isinstance(node, ast.FunctionDef))
    if functions:
        one = TestedCell(code, functions)
        found.exercises.append(one)
        found.functions |= dict.fromkeys(functions, one)
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            _learn_imports(found, node)
        elif not isinstance(node, ast.FunctionDef):
            found.values |= names_bound(node)


def _provided(found: Survey, tree: ast.Module) -> None:
    names = found.functions.keys() | found.values
    for node in tree.body:
        bound = names_bound(node)
        if isinstance(node, ast.Import | ast.ImportFrom):
            _learn_imports(found, node)
        elif names_loaded(node, deep=True) & names:
            found.values |= bound
        else:
            found.provided |= bound
            found.values -= bound


def _test(found: Survey, code: Code, tree: ast.Module) -> None:
    called = names_loaded(tree, deep=True) & found.functions.keys()
    places = [found.functions[name] for name in called]
    if places:  # the last of them calls the others
        max(places, key=lambda one: one.solution.index).tests.append(code)
    else:
        found.others.append(code)
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            _learn_imports(found, node)
        else:
            found.tested |= dict.fromkeys(names_bound(node), code.name)


def _learn_imports(found: Survey, node: ast.Import | ast.ImportFrom) -> None:
    for alias, name in zip(_aliases(node), names_imported(node), strict=False):
        if isinstance(node, ast.ImportFrom):
            dots = "." * node.level
            found.imports[name] = f"from {dots}{node.module or ''} import {ast.unparse(alias)}"
        else:
            found.imports[name] = f"import {ast.unparse(alias)}"


def _aliases(node: ast.Import | ast.ImportFrom) -> Iterator[ast.alias]:
    return (alias for alias in node.names if alias.name != "*")
