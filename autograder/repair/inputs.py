"""What goes into a few statements of a wrong function: whether all of it is right."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from autograder.repair.places import OwnFunction, names_in, root_name
from autograder.repair.right_versions import (
    RightVersion,
    filled_by,
    is_added_up,
    rows_of,
    wholes,
)
from autograder.repair.traces import Table, Trace, counters, same_digests

STEPS_OF_A_STREAM = (
    "rand", "randn", "random", "random_sample", "randint", "uniform", "normal", "standard_normal",
    "permutation", "shuffle", "choice", "integers", "permuted",
)  # fmt: skip


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
        counted = [s for s in self.unsure if not draws_again(self.trace, s)]
        simple = (names_in(s) - filled_by(s) for s in counted)
        if not all(map(self._is_simple, set().union(*simple))):
            return False
        sure = set().union(*(names_in(s) for s in self.region)) - made
        sure -= set().union(*map(filled_by, self.unsure))
        if not all(self._is_filled_rightly(name, self.version) for name in sure):
            return False
        seen: set[int] = set()
        reads = np.concatenate(self._reads)
        if not self._are_called_rightly():
            return False
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
            if not _is_read(site.node):
                continue
            root = root_name(site.node)
            if root in made and site.statement is not self.region[0]:
                continue
            if not self.trace.right[number]:
                return False
            if not self._is_right_for(root, row[None, 1:], reads):
                return False
        return True

    def _are_called_rightly(self) -> bool:
        """Whether functions inside, in which the statements stand, were given all that is read.

        Their parameters have names of their own: a value that belongs to another one would do.
        """
        own, rows = self.trace.own, self.trace.rows
        inner = [s for s in self.region if s in own.inner]
        if not inner:
            return True
        here, reads = rows[rows_of(own, rows, inner)], self._reads[0]
        sites = self.version.own.sites
        wanted = np.array([_is_read(sites[int(p)].node) for p in reads[:, 0]], dtype=np.bool_)
        wanted &= ~counters(reads[:, 1:])
        same = [same_digests(here[:, 1:], table[wanted, 1:]) for table in self._reads]
        return bool(np.all(np.any(np.concatenate(same), axis=0)))

    @cached_property
    def unsure(self) -> list[ast.stmt]:
        """Statements that fill what is read with small whole numbers, wrong ones perhaps.

        Also such as draw what was drawn before.
        """
        made = set().union(*map(filled_by, self.region))
        names = set().union(*(names_in(s) for s in self.region)) - made
        doubtful = {
            n for n in names if _is_whole_number(self.trace, n)
            and not self._is_filled_rightly(n, self.version)
        }  # fmt: skip
        return [
            s for s in self.trace.own.statements
            if s not in self.region
            and (doubtful & filled_by(s) or (names & filled_by(s) and draws_again(self.trace, s)))
        ]  # fmt: skip

    @cached_property
    def _reads(self) -> list[Table]:
        return self.version.read_for(self.name)

    def _is_right_for(self, root: str, digest: Table, reads: Table) -> bool:
        if self._is_given(root):
            return True
        if counters(digest)[0]:
            return True  # its statements are looked at
        named = self.version.last(root)
        known = np.concatenate([reads, named if len(named) else self.version.ends])
        return bool(len(known) and np.any(same_digests(digest, known[:, 1:])))

    def _is_simple(self, name: str) -> bool:
        """Whether a name is of a parameter, a loop's variable or a function."""
        return self._is_given(name) or not _is_filled(self.trace.own, name)

    def _is_given(self, name: str) -> bool:
        """Whether a parameter keeps what the caller gave."""
        own = self.trace.own
        is_outside = not any(s in own.inner for s in self.region)
        return is_outside and name in own.parameters and not _is_filled(own, name)

    def _is_filled_rightly(self, name: str, version: RightVersion) -> bool:
        """Whether a variable holds values that show that they are right, or is filled as usual."""
        filling = [s for s in self.trace.own.statements if name in filled_by(s)]
        if any(map(is_added_up, filling)):
            return all(s in self.region for s in filling)
        if any(draws_again(self.trace, s) for s in filling):
            return False
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
        inside = set(self.region)
        outside = [s for s in self.trace.own.statements if hasattr(s, "body")]
        while around := [s for s in outside if inside & set(ast.walk(s))]:
            yield from around
            outside = [s for s in outside if s not in around]
            called = {s.name for s in around if isinstance(s, ast.FunctionDef)}
            inside = {s for s in self.trace.own.statements if called & names_in(s)}

    def _is_known(self, block: ast.stmt, version: RightVersion) -> bool:
        """Whether a right version loops and decides by the same.

        What a function is called with is looked at where it is read.
        """
        if isinstance(block, ast.FunctionDef):
            return True
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


def _is_filled(own: OwnFunction, name: str) -> bool:
    return any(name in filled_by(s) for s in own.statements)


def _is_whole_number(trace: Trace, name: str) -> bool:
    rows = wholes(trace.own, trace.rows, name)
    return bool(len(rows) and counters(rows[:, 1:]).all())


def _is_read(node: ast.expr) -> bool:
    return isinstance(node, ast.Name | ast.Subscript)


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


def draws(statement: ast.stmt) -> bool:
    """Whether a statement takes something from a random stream."""
    nodes = ast.walk(statement)
    return any(isinstance(n, ast.Attribute) and n.attr in STEPS_OF_A_STREAM for n in nodes)


def draws_again(trace: Trace, statement: ast.stmt) -> bool:
    """Whether a statement draws what one above it has drawn: the stream was begun anew."""
    if not draws(statement):
        return False
    own, rows = trace.own, trace.rows
    others = [s for s in own.statements if s.lineno < statement.lineno and draws(s)]
    mine, theirs = (rows[rows_of(own, rows, some)][:, 1:] for some in ([statement], others))
    mine, theirs = (found[~counters(found)] for found in (mine, theirs))
    return bool(len(mine) and len(theirs) and same_digests(mine, theirs).any())
