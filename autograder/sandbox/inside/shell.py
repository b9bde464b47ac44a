"""Cells run as in a Jupyter kernel: IPython's shell, its outputs handed to the recorder."""

from __future__ import annotations

import ast
import base64
import builtins
import sys
from types import TracebackType
from typing import Any, NoReturn

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.error import StdinNotImplementedError
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Type
from traitlets.config import Config

from autograder.sandbox.inside.recorder import RecordedStream, Recorder


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
    recorder: Recorder

    def enable_matplotlib(self, gui: str | None = None) -> Any:
        """`%matplotlib inline` costs nothing when inline is on already."""
        if gui in (None, "auto", "inline") and self.pylab_gui_select == "inline":
            return "inline", "inline"
        if self.pylab_gui_select == "inline":
            print(f"%matplotlib {gui}: only inline figures here")
            return "inline", "inline"
        self.pylab_gui_select = "inline"
        super().enable_matplotlib("inline")  # type: ignore[no-untyped-call]
        return "inline", "inline"

    def enable_gui(self, gui: str | None = None) -> None:
        """There is no window system."""

    def init_virtualenv(self) -> None:
        """The interpreter is the right one already."""

    def system(self, command: str) -> None:
        """`!command` says that it does not run, and the cell goes on."""
        print(f"!{command}: shell commands do not run while grading", file=sys.stderr)
        self.user_ns["_exit_code"] = 1

    system_piped = system_raw = system

    def getoutput(self, command: str, split: bool = True, depth: int = 0) -> Any:
        self.system(command)
        return [] if split else ""

    def ask_exit(self) -> None:
        """`exit` ends nothing: the next cell still runs."""

    def transform_cell(self, raw_cell: Any) -> str:
        """Plain Python needs none of IPython's rewriting, which costs more than to run it."""
        try:
            compile(raw_cell, "<cell>", "exec", ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        except (SyntaxError, ValueError, TypeError, MemoryError, RecursionError):
            return str(super().transform_cell(raw_cell))  # type: ignore[no-untyped-call]
        return str(raw_cell) if raw_cell.endswith("\n") else f"{raw_cell}\n"

    def _get_exc_info(self, exc_tuple: Any = None) -> Any:
        """Only the lines of the student's own cells: the rest of a traceback is not theirs."""
        kind, error, trace = super()._get_exc_info(exc_tuple)  # type: ignore[no-untyped-call]
        return kind, error, own_part(trace)

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


def is_cell(filename: str) -> bool:
    """Whether code of this file name was compiled from a cell."""
    return filename.startswith("<ipython-input-")


def own_part(trace: TracebackType | None) -> TracebackType | None:
    """A traceback without the frames that lie outside of the cells (all of it if none lies in)."""
    kept = []
    rest = trace
    while rest is not None:
        if is_cell(rest.tb_frame.f_code.co_filename):
            kept.append(rest)
        rest = rest.tb_next
    result = None if kept else trace
    for item in reversed(kept):
        result = TracebackType(result, item.tb_frame, item.tb_lasti, item.tb_lineno)
    return result


def name_of(kind: Any) -> str:
    """The name of an exception's type, whatever its author made of it."""
    try:
        return str(kind.__name__)[:200]
    except BaseException:
        return "Exception"


def text_of(error: Any) -> str:
    """The message of an exception, whatever its author made of it."""
    try:
        return str(error)[:4000]
    except BaseException:
        return "(the message cannot be shown)"


def build_shell(recorder: Recorder) -> CellShell:
    """The shell of the warm process, with recorded streams in place."""
    config = Config()
    config.HistoryManager.enabled = False
    config.HistoryManager.hist_file = ":memory:"
    config.InteractiveShell.colors = "nocolor"
    config.InteractiveShell.autocall = 0
    CellShell.recorder = recorder
    shell: CellShell = CellShell.instance(config=config)
    shell.recorder = recorder
    sys.stdout, sys.stderr = RecordedStream(recorder, 1), RecordedStream(recorder, 2)
    builtins.input = _no_input
    shell.enable_matplotlib("inline")
    return shell


def _no_input(prompt: object = "") -> NoReturn:
    raise StdinNotImplementedError(
        "raw_input was called, but this frontend does not support input requests."
    )
