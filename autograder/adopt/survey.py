"""Survey of an existing notebook: exercises, their test cells, and who defines each name."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from autograder.testcells.program import Code, codes, names_bound, names_imported, names_loaded


@dataclass
class TestedCell:
    """One solution cell, what it defines, and the test cells that ask for that."""

    solution: Code
    names: tuple[str, ...]  # of functions, classes and variables, in this order
    tests: list[Code] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The exercise: what the cell is named for, or what is tested most."""
        if self.solution.name in self.names:
            return self.solution.name
        asked = Counter(
            name
            for test in self.tests
            if test.tree is not None
            for name in names_loaded(test.tree, deep=True)
            if name in self.names
        )
        return max(self.names, key=lambda name: asked[name])

    def is_meant(self, wanted: str) -> bool:
        """Whether `wanted` names it: what it defines, or the nbgrader id of one of its cells."""
        ids = {self.solution.name, *self.names, *(test.name for test in self.tests)}
        return wanted in ids


@dataclass
class Survey:
    """Exercises, test cells and names of one notebook."""

    exercises: list[TestedCell] = field(default_factory=list)
    others: list[Code] = field(default_factory=list)  # that ask for nothing of the student's
    functions: dict[str, TestedCell] = field(default_factory=dict)  # the student's, by name
    objects: dict[str, TestedCell] = field(default_factory=dict)  # their classes and variables
    computed: set[str] = field(default_factory=set)  # bound by the author, of the student's
    helpers: set[str] = field(default_factory=set)  # the author's functions that use the student's
    provided: set[str] = field(default_factory=set)  # bound by the author's other cells
    imports: dict[str, str] = field(default_factory=dict)  # name → statement
    tested: dict[str, str] = field(default_factory=dict)  # name → the test cell that binds it
    loaded: dict[str, list[Code]] = field(default_factory=dict)  # name → the cells that load it

    @property
    def of_the_student(self) -> set[str]:
        """All names whose value a student's code decides."""
        return {*self.functions, *self.objects, *self.computed, *self.helpers}


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
    functions = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    classes = [node.name for node in tree.body if isinstance(node, ast.ClassDef)]
    variables: list[str] = []
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            _learn_imports(found, node)
        elif not isinstance(node, ast.FunctionDef | ast.ClassDef):
            variables += sorted(names_bound(node))
    names = tuple(dict.fromkeys([*functions, *classes, *variables]))
    if names:
        one = TestedCell(code, names)
        found.exercises.append(one)
        _forget(found, names)
        found.functions |= dict.fromkeys(functions, one)
        found.objects |= {name: one for name in names if name not in functions}


def _forget(found: Survey, names: Iterable[str]) -> None:
    """Names that are bound anew are no longer what they were."""
    for name in names:
        found.functions.pop(name, None)
        found.objects.pop(name, None)
        for kind in (found.computed, found.helpers, found.provided):
            kind.discard(name)


def _provided(found: Survey, tree: ast.Module) -> None:
    for node in tree.body:
        bound = names_bound(node)
        if isinstance(node, ast.Import | ast.ImportFrom):
            _learn_imports(found, node)
            continue
        uses = names_loaded(node, deep=True) & found.of_the_student
        is_definition = isinstance(node, ast.FunctionDef | ast.ClassDef)
        _forget(found, bound)
        if not uses:
            found.provided |= bound
        elif is_definition:
            found.helpers |= bound
        else:
            found.computed |= bound


def _test(found: Survey, code: Code, tree: ast.Module) -> None:
    asked = names_loaded(tree, deep=True)
    places = [
        one for known in (found.functions, found.objects) for n, one in known.items() if n in asked
    ]
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
