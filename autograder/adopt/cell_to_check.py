"""Turn a test cell into a pytest check, or say why it stays an ordinary test cell."""

from __future__ import annotations

import ast
import builtins
import keyword
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from autograder.adopt.survey import Survey
from autograder.language.catalogue import Say
from autograder.testcells.program import Code, names_bound, names_loaded, why_inside

HIDDEN = re.compile(
    r"^[^\n]*#+\s*BEGIN HIDDEN TESTS[^\n]*\n(.*?)(?:^[^\n]*#+\s*END HIDDEN TESTS[^\n]*\n?|\Z)",
    re.MULTILINE | re.DOTALL,
)
_UNFIT = re.compile(r"""[^ -~]|[`"\\]""")  # in a title
NOTHING_SHOWN = "# Hidden checks grade this exercise."
_OURS = ("notebook", "student", "reference", "pytest", "as_in_a_cell")
_SAYS_NOTHING = re.compile(r"^(assert|check|print|display|raises)", re.IGNORECASE)


@dataclass(frozen=True)
class Carried:
    """A test cell that became a check."""

    cell: str  # its nbgrader id
    points: float
    title: str
    body: str  # statements, not indented
    imports: tuple[str, ...]
    names: frozenset[str]  # of the author's, which the check takes from the reference
    objects: bool  # whether it asks for variables, classes or instances

    def check(self, exercise: str, name: str) -> str:
        """The text of the test function `name`."""
        arguments = "student, reference" if self.names or self.objects else "student"
        sides = "student, reference" if self.objects else "student"
        body = textwrap.indent(self.body, " " * 8)
        return (
            f'@pytest.mark.exercise("{exercise}", weight={self.points:g})\n'
            f"def {name}({arguments}):\n"
            f'    """{self.title}"""\n'
            f"    with as_in_a_cell({sides}) as notebook:\n{body}\n"
        )


class NotCarried(Exception):
    """A test cell cannot become a check; the message says why."""


def visible(text: str, say: Say = str) -> str:
    """The text of a test cell that students see, in the language of `say` where it is ours."""
    return HIDDEN.sub("", text).strip() or say(NOTHING_SHOWN)


def carried(code: Code, points: float, found: Survey, say: Say = str) -> Carried:
    """The check that a test cell becomes, its title in the language of `say`; raises NotCarried."""
    text = HIDDEN.sub(lambda m: m[1], code.text).strip("\n")
    try:
        text = _shows_nothing(text)
        tree = ast.parse(text)
    except SyntaxError:
        raise NotCarried("is not plain Python") from None
    if why := why_inside(code):
        raise NotCarried(why)
    if points <= 0:
        raise NotCarried("is worth no points: give it some in the Create Assignment panel")
    _require_verdict(tree)
    _require_no_heirs(code, tree, found)
    students, imports, names = _whose(tree, found)
    body = _rewritten(text, tree, students, names)
    title = say("What the test cell `{cell}` asks for").format(cell=_UNFIT.sub("?", code.name))
    objects = not students <= found.functions.keys()
    return Carried(code.name, points, title, body, imports, names, objects)


def _shows_nothing(text: str) -> str:
    """The text of a cell that fails where a call at its end shows a value: partial credit."""
    tree = ast.parse(text)
    last = tree.body[-1] if tree.body else None
    if not isinstance(last, ast.Expr) or not isinstance(last.value, ast.Call):
        return text
    if _is_silent(last.value):
        return text
    lines = text.encode().split(b"\n")
    before = [*lines[: last.lineno - 1], lines[last.lineno - 1][: last.col_offset]]
    shown = ast.get_source_segment(text, last) or ""
    return b"\n".join(before).decode() + f"assert ({shown}) is None"


def _require_verdict(tree: ast.Module) -> None:
    last = tree.body[-1] if tree.body else None
    if last is None:
        raise NotCarried("holds no statement")
    if isinstance(last, ast.Expr) and not isinstance(last.value, ast.Call | ast.Constant):
        raise NotCarried("shows a value at its end, which may be partial credit")
    if any(isinstance(node, ast.Global | ast.Nonlocal) for node in ast.walk(tree)):
        raise NotCarried("rebinds names of the notebook (global)")


def _require_no_heirs(code: Code, tree: ast.Module, found: Survey) -> None:
    """Raise NotCarried when a later cell needs a name that the hidden tests bind."""
    try:
        left = {name for node in ast.parse(visible(code.text)).body for name in names_bound(node)}
    except SyntaxError:
        raise NotCarried("is not plain Python without its hidden tests") from None
    hidden = {name for node in tree.body for name in names_bound(node)} - left
    for name in sorted(hidden):
        later = [other for other in found.loaded.get(name, ()) if other.index > code.index]
        if later:
            called = repr(later[0].name) if later[0].name else str(later[0].index + 1)
            raise NotCarried(f"hides `{name}`, which the cell {called} uses")


def _is_silent(value: ast.expr) -> bool:
    """Whether a last expression shows nothing: a call that asserts or prints, or a text."""
    if isinstance(value, ast.Call):
        name = ast.unparse(value.func).rpartition(".")[2]
        return bool(_SAYS_NOTHING.match(name))
    return isinstance(value, ast.Constant) and isinstance(value.value, str)


def _whose(
    tree: ast.Module, found: Survey
) -> tuple[frozenset[str], tuple[str, ...], frozenset[str]]:
    """The student's names, the import statements and the author's names that a cell needs."""
    bound = {name for node in tree.body for name in names_bound(node)}
    loaded = names_loaded(tree, deep=True)
    stored = set(_stored(tree))
    students, imports, names = set(), set(), set()
    for name in sorted(loaded - bound):
        if name in found.functions or name in found.objects or name in found.computed:
            students.add(name)
        elif name in found.helpers:
            raise NotCarried(
                f"uses your `{name}`, which uses the student's code: it would run where a student "
                "can replace it"
            )
        elif name in found.imports:
            imports.add(found.imports[name])
        elif name in found.provided:
            names.add(name)
        elif name in found.tested:
            raise NotCarried(f"uses `{name}` of the test cell {found.tested[name]!r}")
        elif name not in stored and not hasattr(builtins, name):
            raise NotCarried(f"uses `{name}`, which no cell defines by name")
    if clash := sorted((students | names | found.of_the_student) & stored):
        raise NotCarried(f"binds `{clash[0]}` anew")
    own_names = set(_OURS) - {"pytest"}
    if clash := sorted((own_names & (stored | loaded)) | ({"pytest"} & stored)):
        raise NotCarried(f"has a name of its own for `{clash[0]}`")
    if not students:
        raise NotCarried("asks for nothing that a solution cell defines")
    return frozenset(students), tuple(sorted(imports)), frozenset(names)


def _stored(tree: ast.AST) -> Iterator[str]:
    """Names that a cell binds anywhere, as arguments too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.ExceptHandler):
            yield node.name or ""


def _rewritten(text: str, tree: ast.Module, students: frozenset[str], names: frozenset[str]) -> str:
    """The cell's text with student's names as `notebook.x` and author's names as `reference.x`."""
    whose = {n: f"notebook.{n}" for n in students} | {n: f"reference.{n}" for n in names}
    if _is_delicate(tree):
        return ast.unparse(_Rename(whose).visit(tree))
    lines = [line.encode() for line in text.split("\n")]
    places = [
        (node.lineno, node.col_offset, node.id)
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and node.id in whose
    ]
    for line, column, name in sorted(places, reverse=True):
        before = lines[line - 1]
        end = column + len(name.encode())
        lines[line - 1] = before[:column] + whose[name].encode() + before[end:]
    return b"\n".join(lines).decode()


def _is_delicate(tree: ast.Module) -> bool:
    """Whether the text cannot be changed in place: f-strings, and strings of several lines."""
    return any(
        isinstance(node, ast.JoinedStr)
        or (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str | bytes)
            and node.end_lineno != node.lineno
        )
        for node in ast.walk(tree)
    )


class _Rename(ast.NodeTransformer):
    def __init__(self, whose: dict[str, str]) -> None:
        self._whose = whose

    def visit_Name(self, node: ast.Name) -> ast.AST:
        """A name, or the attribute that it becomes."""
        if node.id not in self._whose:
            return node
        owner, _, name = self._whose[node.id].partition(".")
        return ast.Attribute(ast.Name(owner, ast.Load()), name, node.ctx)


def function_name(cell: str, taken: set[str]) -> str:
    """A name for the test function of a cell; it is added to those taken."""
    plain = re.sub(r"\W", "_", cell).strip("_") or "cell"
    name = plain if plain.startswith("test_") else f"test_{plain}"
    if keyword.iskeyword(name) or name in taken:
        name = next(n for i in range(2, 10**6) if (n := f"{name}_{i}") not in taken)
    taken.add(name)
    return name
