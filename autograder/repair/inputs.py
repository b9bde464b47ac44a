"""What goes into a few statements of a wrong function: whether all of it is right."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from autograder.repair.places import names_in, root_name
from autograder.repair.right_versions import RightVersion, filled_by, is_added_up, wholes
from autograder.repair.traces import Table, Trace, counters, same_digests


@dataclass(frozen=True)
class Inputs:
    """What goes into some statements, beside what goes into those of a right version."""

    trace: Trace
    region: Sequence[ast.stmt]
    version: RightVersion
    name: str
    right: Sequence[RightVersion]

    def are_right(self) -> bool:
        own = self.trace.own
        blocks = list(self._around())
        if blocks and not any(all(self._is_known(b, v) for b in blocks) for v in self.right):
            return False
        made = set().union(*map(filled_by, self.region))
        simple = (names_in(s) - filled_by(s) for s in self.unsure)
        if not all(map(self._is_simple, set().union(*simple))):
            return False
        sure = set().union(*(names_in(s) for s in self.region)) - made
        sure -= set().union(*map(filled_by, self.unsure))
        if not all(self._is_filled_rightly(name, self.version) for name in sure):
            return False
        seen: set[int] = set()
        reads = self._reads
        for number, row in enumerate(self.trace.rows):
            place = int(row[0])
            site = own.sites[place]
            if (
                place in seen
                or site.statement not in self.region
                or site.path.startswith("/target")
            ):
                continue
            seen.add(place)
            if not isinstance(site.node, ast.Name | ast.Subscript):
                continue
            root = root_name(site.node)
            if root in made and site.statement is not self.region[0]:
                continue
            if not self.trace.right[number]:
                return False
            if not self._is_right_for(root, row[None, 1:], reads):
                return False
        return True

    @cached_property
    def unsure(self) -> list[ast.stmt]:
        """Statements that fill what is read with small whole numbers, wrong ones perhaps."""
        made = set().union(*map(filled_by, self.region))
        names = set().union(*(names_in(s) for s in self.region)) - made
        doubtful = {
            n for n in names if self._is_whole_number(n)
            and not self._is_filled_rightly(n, self.version)
        }  # fmt: skip
        return [
            s for s in self.trace.own.statements if doubtful & filled_by(s) and s not in self.region
        ]

    @cached_property
    def _reads(self) -> Table:
        return self.version.read_for(self.name)

    def _is_right_for(self, root: str, digest: Table, reads: Table) -> bool:
        if self._is_given(root):
            return True
        if counters(digest)[0]:
            return True  # its statements are looked at
        named = self.version.last(root)
        known = np.concatenate([reads, named if len(named) else self.version.ends])
        return bool(len(known) and np.any(same_digests(digest, known[:, 1:])))

    def _is_whole_number(self, name: str) -> bool:
        rows = wholes(self.trace.own, self.trace.rows, name)
        return bool(len(rows) and counters(rows[:, 1:]).all())

    def _is_simple(self, name: str) -> bool:
        """Whether a name is of a parameter, a loop's variable or a function."""
        return self._is_given(name) or not any(
            name in filled_by(s) for s in self.trace.own.statements
        )

    def _is_given(self, name: str) -> bool:
        """Whether a parameter keeps what the caller gave."""
        own = self.trace.own
        return name in own.parameters and not any(name in filled_by(s) for s in own.statements)

    def _is_filled_rightly(self, name: str, version: RightVersion) -> bool:
        """Whether a variable holds values that show that they are right, or is filled as usual."""
        filling = [s for s in self.trace.own.statements if name in filled_by(s)]
        if any(map(is_added_up, filling)):
            return all(s in self.region for s in filling)
        rows = wholes(self.trace.own, self.trace.rows, name)
        named = version.filled(name)
        if len(named) and len(rows) and not self._is_given(name):
            known = same_digests(rows[:, 1:], named[:, 1:])
            return bool(np.all(np.any(known, axis=1)))
        if not filling or (len(rows) and not counters(rows[:, 1:]).any()):
            return True
        return all(_is_usual(s, version) for s in filling if s not in self.region)

    def _around(self) -> Iterator[ast.stmt]:
        """The loops and conditions that the statements stand in."""
        inner = set(map(id, self.region))
        for statement in self.trace.own.statements:
            if hasattr(statement, "body") and any(id(n) in inner for n in ast.walk(statement)):
                yield statement

    def _is_known(self, block: ast.stmt, version: RightVersion) -> bool:
        """Whether a right version loops and decides by the same."""
        if isinstance(block, ast.For):
            if isinstance(block.iter, ast.Name) and self._is_given(block.iter.id):
                return True
            names = names_in(block.iter)
            return ast.unparse(block.iter) in version.texts and all(
                self._is_filled_rightly(name, version) for name in names
            )
        if isinstance(block, ast.If | ast.While):
            return ast.unparse(block.test) in version.texts
        return False


def _is_usual(statement: ast.stmt, version: RightVersion) -> bool:
    """Whether a right version has the right side of an assignment, or it is a shape or a copy."""
    if not isinstance(statement, ast.Assign):
        return False
    value = statement.value
    if isinstance(value, ast.Attribute) and value.attr == "shape":
        return True
    if isinstance(value, ast.Dict | ast.List) and not ast.unparse(value)[1:-1]:
        return True
    parts = value.elts if isinstance(value, ast.Tuple) else [value]
    return all(
        ast.unparse(part) in version.texts and not isinstance(part, ast.Name | ast.Constant)
        for part in parts
    )
