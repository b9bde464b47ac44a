"""Cells run as in a Jupyter kernel: IPython's shell, its outputs handed to the recorder."""

from __future__ import annotations

import _multiprocessing  # type: ignore[import-not-found]  # noqa: F401
import ast
import base64
import builtins
import sys
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from types import CodeType, ModuleType
from typing import Any, NoReturn

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.error import StdinNotImplementedError
from IPython.core.interactiveshell import ExecutionInfo, ExecutionResult, InteractiveShell
from traitlets import Type
from traitlets.config import Config

from autograder.sandbox.inside.cell_codes import NOT_PARSED, CellCodes
from autograder.sandbox.inside.cell_outputs import OutputRecorder, RecordedStream
from autograder.sandbox.inside.interruption import Tell
from autograder.sandbox.inside.semaphores import SemLock
from autograder.sandbox.inside.tracebacks import cells_in_no_module, own_part


class RecordingPublisher(DisplayPublisher):
    """`display(...)` and figures."""

    shell: Any

    def publish(self, data: Any, metadata: Any = None, *_: object, **options: Any) -> None:
        if options.get("update"):
            return
        self.shell.recorder.add(
            {"output_type": "display_data", "data": _jsonable(data), "metadata": metadata or {}}
        )

    def clear_output(self, wait: bool = False) -> None:
        """As in a stored notebook of a finished cell: nothing to clear."""


class RecordingHook(DisplayHook):
    """The value of a cell's last expression."""

    shell: Any

    def start_displayhook(self) -> None: ...

    def write_output_prompt(self) -> None: ...

    def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
        self.shell.recorder.add(
            {
                "output_type": "execute_result",
                "execution_count": self.prompt_count,
                "data": _jsonable(format_dict),
                "metadata": md_dict or {},
            }
        )

    def finish_displayhook(self) -> None: ...


def _jsonable(bundle: dict[str, Any]) -> dict[str, Any]:
    """A mime bundle with its binary data in base64, as notebooks store it."""
    return {
        mime: base64.b64encode(data).decode() if isinstance(data, bytes) else data
        for mime, data in bundle.items()
    }


class CellShell(InteractiveShell):
    """An IPython shell without terminal, history file, subprocesses or questions."""

    display_pub_class = Type(RecordingPublisher)
    displayhook_class = Type(RecordingHook)
    recorder: OutputRecorder
    codes: CellCodes
    kernel = None  # that there is such a name tells pandas that this is no terminal

    def enable_matplotlib(self, gui: str | None = None) -> Any:
        """`%matplotlib inline` costs nothing when inline is on already."""
        if self.pylab_gui_select != "inline":
            self.pylab_gui_select = "inline"
            super().enable_matplotlib("inline")  # type: ignore[no-untyped-call]
        elif gui not in (None, "auto", "inline"):
            print(f"%matplotlib {gui}: only inline figures here")
        return "inline", "inline"

    def enable_gui(self, gui: str | None = None) -> None:
        """There is no window system."""

    def init_virtualenv(self) -> None:
        """The interpreter is the right one already."""

    def system(self, command: str) -> None:
        """`!command` prints that it does not run, and the cell continues."""
        print(f"!{command}: shell commands do not run while grading", file=sys.stderr)
        self.user_ns["_exit_code"] = 1

    system_piped = system_raw = system

    def getoutput(self, command: str, split: bool = True, depth: int = 0) -> Any:
        self.system(command)
        return [] if split else ""

    def ask_exit(self) -> None:
        """`exit` has no effect: the next cell still runs."""

    def run_source(self, source: str) -> BaseException | None:
        """Run a cell as a kernel would, and return its exception.

        Plain Python goes a shorter way than `run_cell`, with the same steps and results: parsed
        once, compiled once, and without a coroutine.
        """
        count = self.execution_count
        codes = None if self.ast_transformers else self.codes.of(source, count)
        if codes is None:
            done = self.run_cell(source, store_history=True)  # type: ignore[no-untyped-call]
            return done.error_before_exec or done.error_in_exec  # type: ignore[no-any-return]
        return self._run_compiled(codes, source, count)

    def run_statements(self, source: str, before: int, tell: Tell) -> BaseException | None:
        """Run the statements of a cell that end before a line, one by one; return an exception.

        `tell` is called with the place of each statement before it begins. Nothing runs of a cell
        that cannot be parsed.
        """
        count = self.execution_count
        try:
            text = self.transform_cell(source)
            name = self.compile.get_code_name(source, source, count)
            tree = self.compile.ast_parse(text, filename=name)
        except (*NOT_PARSED, UnicodeError) as error:
            return error
        assert isinstance(tree, ast.Module)
        statements = [node for node in tree.body if (node.end_lineno or 0) < before]
        return self._run_compiled(self._compiled_in_turn(statements, name, tell), source, count)

    def _compiled_in_turn(
        self, statements: Iterable[ast.stmt], name: str, tell: Tell
    ) -> Iterator[CodeType]:
        for node in statements:
            tell((node.lineno, node.lineno))
            yield self.compile(ast.Module([node], []), name, "exec")  # type: ignore[arg-type]

    def _run_compiled(
        self, codes: Iterable[CodeType], source: str, count: int
    ) -> BaseException | None:
        result = ExecutionResult(ExecutionInfo(source, True, False, True, None))  # type: ignore[no-untyped-call]
        result.execution_count = count
        try:
            self._run_codes(codes, source, result)
        finally:
            self.events.trigger("post_execute")
            self.events.trigger("post_run_cell", result)
        return result.error_in_exec

    def _run_codes(self, codes: Iterable[CodeType], source: str, result: ExecutionResult) -> None:
        self.execution_count += 1
        self.events.trigger("pre_execute")
        self.events.trigger("pre_run_cell", result.info)
        assert self.history_manager is not None
        self.history_manager.store_inputs(self.execution_count - 1, source, source)
        with self.builtin_trap:
            self.compile.cache(source, self.execution_count - 1, raw_code=source)
            with self.display_trap:
                self.displayhook.exec_result = result
                failed = any(self._run_code(code, result) for code in codes)
                self.last_execution_succeeded = not failed
                self.last_execution_result = result
                self.displayhook.exec_result = None

    def _run_code(self, code: CodeType, result: ExecutionResult) -> bool:
        """Execute compiled code and show its exception; returns whether it raised one."""
        try:
            self.run_code(code, result).send(None)  # type: ignore[no-untyped-call]
        except StopIteration as end:
            return bool(end.value)
        raise RuntimeError("a cell that waits")

    def transform_cell(self, raw_cell: Any) -> str:
        """Skip IPython's rewriting for plain Python, where it costs more than running the code."""
        try:
            compile(raw_cell, "<cell>", "exec", ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        except (SyntaxError, ValueError, TypeError, MemoryError, RecursionError):
            return str(super().transform_cell(raw_cell))  # type: ignore[no-untyped-call]
        return str(raw_cell) if raw_cell.endswith("\n") else f"{raw_cell}\n"

    def _get_exc_info(self, exc_tuple: Any = None) -> Any:
        """The exception with a traceback of the student's own cells only."""
        kind, error, trace = super()._get_exc_info(exc_tuple)  # type: ignore[no-untyped-call]
        return kind, error, own_part(trace)

    def showtraceback(self, *args: Any, **options: Any) -> None:
        with cells_in_no_module():
            super().showtraceback(*args, **options)

    def _format_exception_for_storage(self, *_: object, **__: object) -> dict[str, Any]:
        """Nothing: IPython would format every error a second time for its history."""
        return {}

    def _showtraceback(self, etype: Any, evalue: Any, stb: Any) -> None:
        lines = stb if isinstance(stb, list) else [str(stb)]
        self.recorder.add(
            {
                "output_type": "error",
                "ename": name_of(etype),
                "evalue": text_of(evalue),
                "traceback": [str(line) for line in lines],
            }
        )


class Memory(dict[str, Any]):
    """IPython's database (`%store`, the folders of `%cd`) for as long as a session lasts."""

    def keys(self, pattern: str = "*") -> list[str]:  # type: ignore[override]
        """Keys that match a pattern of the shell's."""
        return [key for key in self if fnmatchcase(key, pattern)]


def name_of(kind: Any) -> str:
    """The name of an exception's type, whatever a student's class returns for it."""
    try:
        return str(kind.__name__)[:200]
    except BaseException:
        return "Exception"


def text_of(error: Any) -> str:
    """The message of an exception, whatever a student's class returns for it."""
    try:
        return str(error)[:4000]
    except BaseException:
        return "(the message cannot be shown)"


def build_shell(recorder: OutputRecorder) -> CellShell:
    """The shell of the warm process, with recorded streams in place."""
    sys.modules["_multiprocessing"].SemLock = SemLock  # type: ignore[attr-defined]
    # newer versions of tqdm look for this module, older ones for the section below
    sys.modules.setdefault("ipykernel.zmqshell", ModuleType("ipykernel.zmqshell"))
    config = Config()
    config.HistoryManager.enabled = False
    config.HistoryManager.hist_file = ":memory:"
    config.InteractiveShell.colors = "nocolor"
    config.InteractiveShell.autocall = 0
    config.IPKernelApp.quiet = True
    CellShell.recorder = recorder
    shell: CellShell = CellShell.instance(config=config)
    shell.recorder = recorder
    shell.db = Memory()
    shell.codes = CellCodes(shell.compile)
    assert shell.extension_manager is not None
    shell.extension_manager.load_extension("IPython.extensions.storemagic")  # as in a kernel
    sys.stdout, sys.stderr = RecordedStream(recorder, 1), RecordedStream(recorder, 2)
    builtins.input = _no_input
    shell.enable_matplotlib("inline")
    return shell


def _no_input(prompt: object = "") -> NoReturn:
    raise StdinNotImplementedError(
        "raw_input was called, but this frontend does not support input requests."
    )
