"""Names, places and texts that a message of a hidden check may hold.

All are known before grading: the author's texts, and the reference's arguments and answers.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from autograder.handout.places import Route, Step
from autograder.handout.words import Text

MOST_PLACES = 512
NO_GRADERS = ("misconceptions", "alternatives", "samples")
MOST_LETTERS = 60  # of a text that is put into a sentence
_DEEP, _WIDE = 4, 32  # containers inside containers, items of one: of places that have names


@dataclass
class KnownWords:
    """The author's sentences, remarks and short texts; names and places that answers have."""

    sentences: frozenset[str] = frozenset()
    remarks: frozenset[str] = frozenset()
    texts: frozenset[str] = frozenset()
    names: set[str] = field(default_factory=set)
    places: dict[str, Text] = field(default_factory=dict)  # by their own words

    @classmethod
    def of(cls, tests: Path) -> KnownWords:
        """The known words of the graders in a folder."""
        files = [path for path in sorted(tests.glob("*.py")) if path.stem not in NO_GRADERS]
        return cls.reading([path.read_text(encoding="utf-8") for path in files])

    @classmethod
    def reading(cls, sources: Sequence[str]) -> KnownWords:
        """The known words of these files."""
        found = [_written_in(source) for source in sources]
        sentences, remarks, texts = (
            frozenset(text for one in found for text in one[kind]) for kind in range(3)
        )
        return cls(sentences, remarks, texts)

    def learn(self, function: str, *values: Any) -> None:
        """Add names and places of the reference's arguments and answers."""
        self.names.add(function)
        for value in values:
            for way in _ways(value):
                if len(self.places) < MOST_PLACES:
                    self.places.setdefault(way.words, way.words)
                    key = way.steps[-1].key
                    self.names |= {key} if isinstance(key, str) else set()


@lru_cache(maxsize=32)  # forked workers ask again
def _written_in(source: str) -> tuple[set[str], set[str], set[str]]:
    """Sentences, remarks and short texts in a file of graders."""
    nodes = list(ast.walk(ast.parse(source)))
    return _sentences(nodes, "fail"), _sentences(nodes, "remark"), _arguments(nodes)


def _sentences(nodes: Sequence[ast.AST], said_by: str) -> set[str]:
    """The author's sentences: the first arguments of `fail`, or of `remark`."""
    assigned: dict[str, set[str]] = {}
    for node in nodes:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            assigned.setdefault(node.targets[0].id, set()).update(_texts(node.value))
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Call) and node.args and _called(node.func) == said_by:
            first = node.args[0]
            if isinstance(first, ast.Name) and first.id not in assigned:
                return {text for text in _texts(nodes[0]) if " " in text}  # it is from elsewhere
            found |= assigned[first.id] if isinstance(first, ast.Name) else _texts(first)
    return found


def _arguments(nodes: Sequence[ast.AST]) -> set[str]:
    """Short texts among the arguments of calls, which may name things in a message."""
    calls = [node for node in nodes if isinstance(node, ast.Call)]
    decorating = {
        id(call)
        for node in nodes
        for decorator in getattr(node, "decorator_list", [])
        for call in ast.walk(decorator)
    }
    given = [
        part
        for call in calls
        if id(call) not in decorating
        for part in (*call.args, *(keyword.value for keyword in call.keywords))
    ]
    return {text for part in given for text in _texts(part) if len(text) <= MOST_LETTERS}


def _texts(tree: ast.AST) -> set[str]:
    """String literals in a piece of code, without docstrings and pieces of f-strings."""
    nodes = list(ast.walk(tree))
    pieces = {id(piece) for n in nodes if isinstance(n, ast.JoinedStr) for piece in n.values}
    pieces |= {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    return {
        node.value
        for node in nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in pieces
    }


def _called(function: ast.expr) -> str:
    return getattr(function, "attr", getattr(function, "id", ""))


def _ways(value: Any) -> Iterator[Route]:
    """Every place in a value, seen from it and from each container inside."""
    for container, depth in _containers(value):
        yield from _below(container, Route(), depth)


def _containers(value: Any, depth: int = 0) -> Iterator[tuple[Any, int]]:
    """The value and the containers inside, each with its depth."""
    yield value, depth
    for _, item in _items(value, depth):
        yield from _containers(item, depth + 1)


def _below(value: Any, way: Route, depth: int) -> Iterator[Route]:
    for step, item in _items(value, depth):
        here = way.inside(step)
        yield here
        yield from _below(item, here, depth + 1)


def _items(value: Any, depth: int) -> Iterator[tuple[Step, Any]]:
    if depth >= _DEEP:
        return
    if isinstance(value, dict):
        yield from ((Step(key), item) for key, item in islice(value.items(), _WIDE))
    elif isinstance(value, list | tuple):
        kind = tuple if isinstance(value, tuple) else list
        yield from ((Step(n, kind), item) for n, item in enumerate(islice(value, _WIDE)))


def digest_of(values: Sequence[Any]) -> bytes:
    """A digest of answered values; NaN and infinities count as numbers."""
    digest = hashlib.sha256()
    for value in values:
        if isinstance(value, np.ndarray):
            digest.update(value.tobytes())
        elif isinstance(value, dict):
            digest.update(digest_of(list(value.values())))
        elif isinstance(value, list | tuple):
            digest.update(digest_of(value))
        else:
            digest.update(repr(value).encode("utf-8", "surrogatepass"))
    return digest.digest()


def examples_of(arguments: Sequence[Any]) -> frozenset[int]:
    """Numbers of columns of the arrays among some arguments: one for each example."""
    return frozenset(a.shape[-1] for a in arguments if isinstance(a, np.ndarray) and a.ndim == 2)
