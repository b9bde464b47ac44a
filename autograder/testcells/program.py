"""Reads a notebook: which names are the student's, and which statements the judge runs."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from autograder.graders.global_names import global_names
from autograder.notebook.cells import AUTOTEST, SKIP_TAG, cell_text, nbgrader_metadata
from autograder.testcells.released import defining, hidden_lines, released_text, solution_alone

_WRITTEN = re.compile(r"^%%(?:writefile|file)\s+(?:-a\s+)?(\w+)\.py\s*$", re.MULTILINE)
_IS_THERE = re.compile(r"""(["'])(\w+)\1\s+(?:not\s+)?in\s+(?:dir|globals|locals)\(\)""")
_INSIDE = (  # what only the student's own process can do: the text, and why
    (r"\binspect\b|\bgetsource|\b__code__\b|\bsignature\(|\bgetfullargspec|\bdis\.",
     "looks at the code of functions"),
    (r"\bexec\(|\beval\(|\bcompile\(", "executes code in strings"),
    (r"\bglobals\(|\blocals\(|\bvars\(\)|\bdir\(\)|\bget_ipython\(|\b_[iod]h\b|\bIn\[|\bOut\[",
     "looks at all names of the notebook"),
    (AUTOTEST, "is written by nbgrader itself, where it says AUTOTEST, and not released yet"),
    (r"^\s*(%%|%run|%store|%who|%reset|!)", "is a magic that needs the notebook's own process"),
    (r"\bpatch(\.object)?\((?!\s*['\"]sys\.std(out|err)['\"])|\bmonkeypatch\b|\breload\(|\bsys\.modules\b|\bsettrace\b",
     "puts something else in the place of a library's parts"),
    (r"\bgc\.|\btracemalloc\b|\bgetsizeof\b|\bsubprocess\b|\bos\.(system|popen)\b",
     "asks the process itself"),
    (r"\basync\s+def\b|\bawait\b", "waits for what runs beside it"),
)  # fmt: skip


@dataclass
class Code:
    """One code cell of the author's, parsed."""

    index: int
    name: str  # its nbgrader id; "" without
    role: str  # solution, test or provided
    text: str
    tree: ast.Module | None


@dataclass
class JudgedCell:
    """All that judging one test cell outside needs."""

    name: str
    text: str
    before: list[str] = field(default_factory=list)  # what the judge runs first, since the last
    names: tuple[str, ...] = ()  # of the student's, which the cell may need
    follows: tuple[str, ...] = ()  # those that the cell does not bind itself
    imports: tuple[str, ...] = ()  # that it needs of those in solution cells
    writes: tuple[str, ...] = ()  # of the cell's, which the student's code may need
    leaves: tuple[tuple[tuple[str, ...], str], ...] = ()
    """Statements of the released text that cells of the student's process need, and their names.
    They run there when the cell is over; hidden tests never do."""


def codes(nb: Mapping[str, Any]) -> list[Code]:
    """The code cells that run, in order."""
    found = []
    for index, cell in enumerate(nb["cells"]):
        text = cell_text(cell)
        skipped = SKIP_TAG in cell["metadata"].get("tags", ())
        if cell["cell_type"] != "code" or skipped or not text.strip():
            continue
        meta = nbgrader_metadata(cell)
        role = "solution" if meta.get("solution") else "test" if meta.get("grade") else "provided"
        found.append(Code(index, str(meta.get("grade_id", "")), role, text, _parsed(text)))
    return found


def _parsed(text: str) -> ast.Module | None:
    from IPython.core.inputtransformer2 import TransformerManager  # a tenth of start-up

    try:
        return ast.parse(TransformerManager().transform_cell(text))  # type: ignore[no-untyped-call]
    except (SyntaxError, ValueError):
        return None


def runnable_solution(text: str) -> str:
    """A solution cell of the author's as it can run: some hold the stub below the solution, which
    is no Python before the release is made."""
    if "BEGIN SOLUTION" not in text or _parsed(text) is not None:
        return text
    alone = solution_alone(text)
    return text if _parsed(alone) is None else alone


def why_inside(code: Code) -> str:
    """Why a test cell can only run in the student's process; nothing where it may be tried."""
    if code.tree is None:
        return "cannot be read as Python"
    text = _IS_THERE.sub("", code.text)  # whether one name is there can be asked
    for pattern, reason in _INSIDE:
        if re.search(pattern, text, re.MULTILINE):
            return reason
    modules = {name for node in ast.walk(code.tree) for name in names_imported(node)}
    for node in ast.walk(code.tree):
        is_changed = isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load)
        is_changed = is_changed and ast.unparse(node) not in ("sys.stdout", "sys.stderr")
        if is_changed and _base(node) in modules | {"np", "pd", "plt", "math", "random", "sys"}:
            return "changes a module"
    return ""


def judged_cells(nb: Mapping[str, Any], inside: Iterable[str]) -> dict[str, JudgedCell]:
    """What it takes to judge the test cells outside that are not named, by name, in order."""
    reader = _NameReader(codes(nb), frozenset(inside))
    return {cell.name: cell for cell in reader.read()}


class _NameReader:
    """Reads the notebook once from top to bottom, and tracks who defines each name."""

    def __init__(self, cells: list[Code], inside: frozenset[str]) -> None:
        self._cells = cells
        self._inside = inside
        self._students: set[str] = set()
        self._variables: set[str] = set()  # bound by provided statements
        self._modules: set[str] = set()  # and imported by them
        self._imported: set[str] = set()  # by solution cells only
        self._functions: dict[str, set[str]] = {}  # names that the judge's functions load
        self._before: list[str] = []
        self._written = {m for code in cells for m in _WRITTEN.findall(code.text)}  # modules
        self._needed = {
            name
            for code in cells
            if not self._is_outside(code) and code.tree is not None
            for name in names_loaded(code.tree, deep=True)
        }
        self._released = {
            code.index: [*defining(_parsed(released_text(code.text)))]
            for code in cells
            if self._is_outside(code)
        }
        self._need_more()

    def _need_more(self) -> None:
        """What is needed by statements of test cells that leave what is needed, is needed too."""
        rest = [node for nodes in self._released.values() for node in nodes]
        while found := [node for node in rest if names_bound(node) & self._needed]:
            rest = [node for node in rest if node not in found]
            for node in found:
                self._needed |= names_loaded(node, deep=True)

    def _is_outside(self, code: Code) -> bool:
        return code.role == "test" and code.name not in self._inside

    def read(self) -> Iterator[JudgedCell]:
        """The test cells judged outside."""
        for code in self._cells:
            if code.tree is None:
                continue
            if self._is_outside(code):
                yield self._test(code, code.tree)
            elif code.role == "provided":
                self._provided(code.tree)
            else:
                self._of_the_student(code.tree)

    def _of_the_student(self, tree: ast.Module) -> None:
        """A solution cell, or a test cell that runs inside."""
        for node in tree.body:
            if isinstance(node, ast.Import | ast.ImportFrom) and not self._is_written(node):
                self._before.append(ast.unparse(node))
                self._imported |= names_bound(node) - self._modules
            else:
                self._students |= names_bound(node) | (_mutated(node) & self._variables)
        self._functions = {n: f for n, f in self._functions.items() if n not in self._students}

    def _is_written(self, node: ast.stmt) -> bool:
        """Whether a statement imports a module that a cell writes."""
        if isinstance(node, ast.ImportFrom):
            return node.module in self._written
        names = node.names if isinstance(node, ast.Import) else []
        return any(alias.name in self._written for alias in names)

    def _provided(self, tree: ast.Module) -> None:
        kept = []
        for node in tree.body:
            bound = names_bound(node)
            if self._is_written(node) or self._of_student(names_loaded(node, deep=False)):
                self._students |= bound
                continue
            if _is_shell(node):
                continue
            kept.append(node)
            self._students -= bound
            self._imported -= bound
            self._learn(node, bound)
        if kept:
            self._before.append(ast.unparse(ast.Module(kept, [])))

    def _learn(self, node: ast.stmt, bound: set[str]) -> None:
        """A statement that the judge runs has bound names there."""
        for name in bound:
            self._functions.pop(name, None)
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            self._functions[node.name] = names_loaded(node, deep=True)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            self._modules |= bound
        else:
            self._variables |= bound
            for name in bound:  # it may be a function: f = lambda x: g(x)
                self._functions[name] = names_loaded(node, deep=True)

    def _of_student(self, names: Iterable[str]) -> set[str]:
        """The student's names among some and among those that the judge's functions load."""
        found: set[str] = set()
        seen: set[str] = set()
        rest = list(names)
        while rest:
            name = rest.pop()
            if name in seen:
                continue
            seen.add(name)
            if name in self._students:
                found.add(name)
            else:
                rest += self._functions.get(name, ())
        return found

    def _test(self, code: Code, tree: ast.Module) -> JudgedCell:
        loads = names_loaded(tree, deep=True) | {n for node in tree.body for n in _changed(node)}
        loads |= {name for _, name in _IS_THERE.findall(code.text)}
        names = self._of_student(loads)
        bound = {name for node in tree.body for name in names_bound(node)}
        visible, hidden = _visible_and_hidden(code.text, tree)
        matter = {
            name
            for name in bound
            if name in self._needed or name in self._students or hasattr(builtins, name)
        }
        writes = matter | (visible - hidden)
        before, self._before = self._before, []
        for node in tree.body:
            self._learn(node, names_bound(node) - self._students)
        return JudgedCell(
            code.name,
            code.text,
            before,
            names=tuple(sorted(names)),
            follows=tuple(sorted(names - bound)),
            imports=tuple(sorted(loads & self._imported - bound)),
            writes=tuple(sorted(writes)),
            leaves=tuple(
                (tuple(sorted(names_bound(node))), ast.unparse(node))
                for node in self._released[code.index]
                if names_bound(node) & self._needed
            ),
        )


def binds_for(test: Code, code: Code) -> bool:
    """Whether a test cell binds or changes a name that another cell loads."""
    if test.tree is None or code.tree is None:
        return True
    bound = {name for node in test.tree.body for name in names_bound(node) | _mutated(node)}
    return not bound.isdisjoint(names_loaded(code.tree, deep=True))


def _visible_and_hidden(text: str, tree: ast.Module) -> tuple[set[str], set[str]]:
    """Names that a test cell binds to values where students can read it, and where not."""
    lines = hidden_lines(text)
    visible: set[str] = set()
    hidden: set[str] = set()
    for node in tree.body:
        if not lines.isdisjoint(range(node.lineno, (node.end_lineno or node.lineno) + 1)):
            hidden |= names_bound(node)
        elif not isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom):
            visible |= names_bound(node)
    return visible, hidden


def names_loaded(node: ast.AST, *, deep: bool) -> set[str]:
    """Names that code loads, those of its functions alone left out; unless `deep`, only those that
    it loads when it runs."""
    found = _names_loaded(node, deep=False)
    if deep and (below := _names_loaded(node, deep=True) - found):
        try:
            found |= below & global_names(ast.unparse(node))
        except SyntaxError:  # it parses and does not compile
            found |= below
    return found


def _names_loaded(node: ast.AST, *, deep: bool) -> set[str]:
    found: set[str] = set()
    for child in _below(node, deep):
        if isinstance(child, ast.Name) and isinstance(child.ctx, ast.Load):
            found.add(child.id)
        elif isinstance(child, ast.AugAssign) and isinstance(child.target, ast.Name):
            found.add(child.target.id)
    return found


def _below(node: ast.AST, deep: bool) -> Iterator[ast.AST]:
    """A node and those below it; without `deep`, not the bodies of functions."""
    yield node
    children: Iterable[ast.AST] = ast.iter_child_nodes(node)
    is_function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    if is_function and not deep:
        function: Any = node
        if not function.decorator_list:  # a decorator may call it
            children = [*function.args.defaults, *filter(None, function.args.kw_defaults)]
    for child in children:
        yield from _below(child, deep)


def names_bound(node: ast.AST) -> set[str]:
    """Names of the notebook that a statement binds or deletes."""
    found: set[str] = set()
    rest = [node]
    while rest:
        item = rest.pop()
        if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(item.name)
            found |= {n for g in ast.walk(item) if isinstance(g, ast.Global) for n in g.names}
            continue
        if isinstance(item, ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp):
            continue
        if isinstance(item, ast.Name) and not isinstance(item.ctx, ast.Load):
            found.add(item.id)
        elif isinstance(item, ast.ExceptHandler) and item.name:
            found.add(item.name)
        found |= set(names_imported(item))
        rest += ast.iter_child_nodes(item)
    return found


def names_imported(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import | ast.ImportFrom):
        for alias in node.names:
            if alias.name != "*":
                yield alias.asname or alias.name.partition(".")[0]


def _changed(node: ast.AST) -> set[str]:
    """Names whose objects get an item or attribute, wherever in a statement, or are deleted."""
    found = set()
    for item in ast.walk(node):
        if isinstance(item, ast.Attribute | ast.Subscript) and not isinstance(item.ctx, ast.Load):
            found.add(_base(item))
        elif isinstance(item, ast.Name) and isinstance(item.ctx, ast.Del):
            found.add(item.id)
    return found - {""}


def _mutated(node: ast.stmt) -> set[str]:
    """Names whose objects a statement of the student's may change."""
    found = _changed(node)
    for item in _below(node, deep=False):
        if isinstance(item, ast.AugAssign) and isinstance(item.target, ast.Name):
            found.add(item.target.id)
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        call = node.value
        if isinstance(call.func, ast.Attribute):
            found.add(_base(call.func))
        found |= {arg.id for arg in call.args if isinstance(arg, ast.Name)}
    return found - {""}


def _base(node: ast.AST) -> str:
    """The name at the beginning of ``a.b[0].c``."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _is_shell(node: ast.stmt) -> bool:
    """Whether a statement is a shell command."""
    return bool(re.search(r"get_ipython\(\)\.(system|getoutput)\(", ast.unparse(node)))
