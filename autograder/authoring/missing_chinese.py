"""Finds messages of an assignment's graders that its ``zh.toml`` does not translate."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

from autograder.graders.documented_cases import FILE
from autograder.handout.chinese import CHINESE
from autograder.language.catalogue import words
from autograder.language.translation import chinese_of, chinese_path
from autograder.model import CourseError

SAYING = ("fail", "remark", "Text")  # calls whose first argument is told to students
_CODE = re.compile(r"`[^`]*`|\{[^{}]*\}|\b\w+ ?= ?")  # in a message: code, fields, names of values
_CHINESE = re.compile(r"[\u4e00-\u9fff]")  # needs no translation
_WORD = re.compile(r"[A-Za-z]{3,}")  # shorter ones are names: dW2, b1


def chinese_problems(tests: Path) -> Iterator[str]:
    """One sentence for each missing translation of a lesson that is taught in Chinese too."""
    known = chinese_of(tests)
    path = chinese_path(tests)
    for section, english, where in said(tests):
        own = section != "titles" and (english in CHINESE or words("zh")(english) != english)
        if english not in known and not own and not _CHINESE.search(english):
            yield f"{where} says {english!r}: give its Chinese under [{section}] in {path}"


def said(tests: Path) -> Iterator[tuple[str, str, str]]:
    """Every text that needs a translation: section of ``zh.toml``, English text, its place.

    Raises CourseError for a message made by an f-string: nobody can translate it.
    """
    for path in sorted(tests.glob("test_*.py")):
        text = path.read_text(encoding="utf-8")
        if "mark.exercise" in text:
            for section, english, line in _said_in(ast.parse(text), path):
                if section == "titles" or has_words(english):
                    yield section, english, f"{path}:{line}"
    cases = tests / FILE
    if cases.is_file():
        for row in json.loads(cases.read_text(encoding="utf-8")):
            if has_words(row["case"]):
                yield "cases", row["case"], str(cases)


def has_words(text: str) -> bool:
    """Whether a text holds anything but code, names and numbers."""
    return bool(_WORD.search(_CODE.sub("", text)))


def _said_in(tree: ast.Module, path: Path) -> Iterator[tuple[str, str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            yield from _title(node)
            constants = _constants(node)
            for call in ast.walk(node):
                if isinstance(call, ast.Call):
                    yield from _messages(call, constants, path)
        elif isinstance(node, ast.Call):
            yield from _ids(node)
    for statement in tree.body:
        if not isinstance(statement, ast.FunctionDef):
            for call in ast.walk(statement):
                if isinstance(call, ast.Call):
                    yield from _messages(call, {}, path)


def _title(node: ast.FunctionDef) -> Iterator[tuple[str, str, int]]:
    marked = any("mark.exercise" in ast.unparse(d) for d in node.decorator_list)
    if marked:
        title = (ast.get_docstring(node) or node.name).strip().splitlines()[0].rstrip(".")
        yield "titles", title, node.lineno


def _constants(node: ast.FunctionDef) -> dict[str, list[str]]:
    """The strings that a function assigns to names: name → all its possible strings."""
    found: dict[str, list[str]] = {}
    for part in ast.walk(node):
        if isinstance(part, ast.Assign) and isinstance(part.targets[0], ast.Name):
            found.setdefault(part.targets[0].id, []).extend(_texts(part.value, {}))
    return found


def _messages(
    call: ast.Call, constants: dict[str, list[str]], path: Path
) -> Iterator[tuple[str, str, int]]:
    name = ast.unparse(call.func).rsplit(".", 1)[-1]
    called = [keyword.value for keyword in call.keywords if keyword.arg == "name"]
    for argument in called if name == "assert_same" else call.args[:1] if name in SAYING else ():
        if isinstance(argument, ast.JoinedStr) and has_words(_literal(argument)):
            raise CourseError(
                f"{path}:{call.lineno}: {ast.unparse(argument)} cannot be translated: write "
                'what changes as fields, as in fail("`{key}` is missing", key=key)'
            )
        for text in _texts(argument, constants):
            if name != "assert_same" or not text.isidentifier():  # J, X_norm
                yield "messages", text, call.lineno


def _texts(node: ast.expr, constants: dict[str, list[str]]) -> list[str]:
    if isinstance(node, ast.Name):
        return constants.get(node.id, [])
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


def _literal(node: ast.JoinedStr) -> str:
    return "".join(
        str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values
    )


def _ids(call: ast.Call) -> Iterator[tuple[str, str, int]]:
    if ast.unparse(call.func).endswith("parametrize"):
        for keyword in call.keywords:
            if keyword.arg == "ids" and isinstance(keyword.value, ast.List | ast.Tuple):
                for item in keyword.value.elts:
                    for text in _texts(item, {}):
                        yield "cases", text, call.lineno
