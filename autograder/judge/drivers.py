"""Makes the driver that is sent to a student's session from a function in a grader's file.

Student code can read a driver's text. So it carries nothing of the grader's file but that text,
without comments and docstring.
"""

from __future__ import annotations

import ast
import builtins
import inspect
import keyword
import textwrap
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from types import FunctionType
from typing import Any

from autograder.graders.global_names import global_names
from autograder.model import GraderError
from autograder.sandbox.driving import Driver


def variable(name: str) -> Driver:
    """The driver that answers a variable's value; raises GraderError for what is no name."""
    if not name.isidentifier() or keyword.iskeyword(name):
        raise GraderError(f"{name!r} is no name of a variable")
    return Driver(f"def value({name}):\n    return {name}\n", "value", (name,))


@lru_cache(maxsize=256)
def driver_of(function: Callable[..., Any], given: frozenset[str]) -> Driver:
    """The driver that a function is; its other parameters are objects of the notebook.

    `given` are the parameters that a check gives values for. Raises GraderError where its text
    alone does not say what it does.
    """
    node = _definition(function)
    where = f"the driver {node.name!r} in {inspect.getfile(function)}"
    if problem := next(_problems(node, function, given), ""):
        raise GraderError(f"the driver {node.name!r} in {inspect.getfile(function)} {problem}")
    needed = inspect.signature(function).parameters.values()
    names = tuple(p.name for p in needed if p.name not in given and p.default is p.empty)
    if not names:
        raise GraderError(
            f"{where} uses nothing of the notebook's: a parameter that the check gives no value "
            "for is what the notebook defines under that name"
        )
    return Driver(ast.unparse(node) + "\n", node.name, names)


def _definition(function: Callable[..., Any]) -> ast.FunctionDef:
    """The function's own text as a tree, without comments, docstring and annotations."""
    if not isinstance(function, FunctionType):
        raise GraderError(f"{function!r} is no driver: pass a function of the grader's file")
    try:
        [node] = ast.parse(textwrap.dedent(_text(function))).body
    except (OSError, SyntaxError, ValueError) as error:
        raise GraderError(
            f"the text of the driver {function.__name__!r} cannot be read: {error}"
        ) from None
    if not isinstance(node, ast.FunctionDef):
        raise GraderError(
            f"{function.__name__!r} is no driver: write it as `def` of its own, not as a lambda "
            "or with `async`"
        )
    if ast.get_docstring(node) is not None:
        node.body = node.body[1:] or [ast.Pass()]
    node.returns = None
    for argument in ast.walk(node.args):
        if isinstance(argument, ast.arg):
            argument.annotation = None
    return node


def _text(function: FunctionType) -> str:
    """The function's text in its file, as that lies now: the course may have been moved since
    pytest (before 9.2) cached the code. Raises OSError where it cannot be read."""
    inner = inspect.unwrap(function)
    code, file = inner.__code__, inner.__globals__.get("__file__", "")
    if Path(file).name == Path(code.co_filename).name:
        code = code.replace(co_filename=file)
    return inspect.getsource(code)


def _problems(
    node: ast.FunctionDef, function: Callable[..., Any], given: frozenset[str]
) -> Iterator[str]:
    if node.decorator_list:
        yield "has a decorator, which stays in the grader's file: leave it out"
    kinds = {p.kind for p in inspect.signature(function).parameters.values()}
    if not kinds <= {inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY}:
        yield "takes *args, **kwargs or a parameter without a name: name each one"
    if strangers := sorted(given - inspect.signature(function).parameters.keys()):
        yield f"has no parameter {strangers[0]!r}"
    if any(isinstance(n, ast.Assert) for n in ast.walk(node)):
        yield (
            "asserts, and student code can read what: let it return what it finds, and compare "
            "that in the check"
        )
    known = {node.name, *dir(builtins)}
    if foreign := sorted(global_names(ast.unparse(node)) - known):
        yield (
            f"uses {foreign[0]!r}, which is none of its parameters: name a parameter like what "
            "the notebook defines, import modules inside of the driver, and give other values "
            "from the check. Student code can read a driver, so nothing of the grader's file "
            "goes with it"
        )
