"""The judge's side of a test cell that is judged outside: the cell runs here.

What solution cells define is asked for, by name, in the student's session. Plain values, arrays
and frames are copies that keep their identity (see `sharing`); functions, classes and instances
stay there and have stand-ins here. Before every question the student's side is brought up to
date: objects that have changed, names that the cell has bound or deleted, random states. The answer
brings back the objects that have changed there, and names that its code has bound anew.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NoReturn

from autograder.sandbox.frames import unwrap, wrap
from autograder.sandbox.inside.shell import CellShell
from autograder.sandbox.named import part_named
from autograder.sandbox.questions.answering import FUNCTIONS
from autograder.sandbox.questions.arrays import Malformed, Node, Unsendable
from autograder.sandbox.questions.errors import common_kind, error_of, pairs
from autograder.sandbox.questions.news import News
from autograder.sandbox.questions.process_state import give_again
from autograder.sandbox.questions.sharing import Shared
from autograder.sandbox.questions.stand_ins import ObjectStandIns
from autograder.sandbox.wire_format import DEFAULT_CAPS, WireError

Send = Callable[[str, Any], Any]
_NO_KEYWORDS: Mapping[str, Any] = {}


class TestStopped(BaseException):
    """The cell cannot be judged; tests cannot catch this exception and do not pass with it."""


class Asking:
    """Runs test cells, and asks the student's session what they need."""

    def __init__(self, shell: CellShell) -> None:
        self._shell = shell
        self._names = shell.user_ns
        self.begin_anew()

    def begin_anew(self) -> None:
        """Forget all shared objects: the student has a new session."""
        self.broken = ""
        self._stand_ins = ObjectStandIns(self.apply, self._break)
        self._shared = Shared(0, _described, self._stand_ins.adopt, trusts=False)
        self._news = News(self._names, self._shared)

    def run(self, source: str, settings: Mapping[str, Any], send: Send) -> BaseException | None:
        """Run a test cell and return its exception; `broken` says why it could not be judged.

        names: of the student's, which the cell may need. follows: those of them that it does not
        bind itself. imports: what it needs of the imports of solution cells. writes: which the
        student's code may need of the cell. leaves: released statements that run there afterwards.
        objects: whether it uses some. specials: the special methods that they may have, or None.
        """
        if settings["anew"]:
            self.begin_anew()
        self.broken, self._send = "", send
        self._stand_ins.begin(settings["objects"], settings["specials"])
        self._news.writes = tuple(settings["writes"])
        self._news.forget_names(())  # each side has run the author's statements itself
        self._shell.execution_count = settings["count"]
        self._follows: tuple[str, ...] = ()
        missing: dict[str, Any] = {}
        try:
            missing = self._fetch(settings["names"], settings["imports"])
            self._follows = tuple(settings["follows"])
            self._news.set.begin()
            error = self._shell.run_source(source)
            if not self.broken:
                self._exchange("tell", [], leaves=self._news.left(settings["leaves"]))
        except TestStopped as stop:
            error = stop
        self._names.update(missing)
        return error

    @property
    def used(self) -> list[str]:
        """The special methods of the student's objects that the cell has used."""
        return sorted(self._stand_ins.used)

    def _fetch(self, names: Iterable[str], imports: Iterable[str]) -> dict[str, Any]:
        """Bind the student's names; a name that the student has not bound is unbound here too.

        Modules are the author's: what the student has not imported is taken away, and returned.
        """
        reply = self._exchange("names", [], wanted=list(names), imported=list(imports))
        for name, text in pairs(reply.get("failed")):
            self._break(f"{name}: {text}")
        asked = set(names)  # and no other: the test's own names are not the student's to give
        found = [(name, node) for name, node in pairs(reply.get("found")) if name in asked]
        values = self._unpack([node for _, node in found])
        for name in names:
            self._names.pop(name, None)
        self._names.update(zip([name for name, _ in found], values, strict=True))
        self._news.forget_names(names)
        absent = reply.get("absent")
        wanted = {*imports} & {n for n in absent if type(n) is str} if type(absent) is list else {}
        return {name: self._names.pop(name) for name in wanted if name in self._names}

    def apply(
        self, operation: str, args: Iterable[Any], keywords: Mapping[str, Any] = _NO_KEYWORDS
    ) -> Any:
        """Do an operation in the student's session; returns its value or raises its exception."""
        reply = self._exchange(
            "apply", [*args, *keywords.values()], operation=operation, keywords=list(keywords)
        )
        self._follow(reply)
        if "unsendable" in reply:
            self._break(f"{reply['unsendable']!s:.200} came back, which cannot be sent")
        if "error" in reply:
            try:
                error = error_of(reply, self._unpack)
            except Malformed as fault:
                self._break(str(fault))
            raise error from None
        [value] = self._unpack([reply.get("value")])
        return value

    def _follow(self, reply: dict[str, Any]) -> None:
        """What the student's code has bound anew, and the warnings that it has given."""
        rebound = [(n, node) for n, node in pairs(reply.get("rebound")) if n in self._follows]
        values = self._unpack([node for _, node in rebound])
        for (name, _), value in zip(rebound, values, strict=True):
            self._news.take(name, value)
        try:
            give_again(reply.get("heard"), lambda node: self._unpack([node])[0])
        except Malformed as error:
            self._break(f"an answer that cannot be read: {error}")

    def _exchange(self, do: str, values: list[Any], **more: Any) -> dict[str, Any]:
        """Send one question with all changes, and return its answer."""
        try:
            news = self._news.since(values)
        except Unsendable as error:
            self._break(f"{error} was to be passed, which cannot be sent")
        news |= {"objects": self._stand_ins.allowed, "follow": list(self._follows)}
        kind, message = "question", {"do": do, **news, **more}
        while True:
            try:
                status, payload, outputs = self._send(kind, wrap(message))
            except Exception as error:
                self._break(str(error))
            _show(outputs, self._shell)
            if status not in ("answered", "called back"):
                self._break(status)
            try:
                reply = unwrap(payload, DEFAULT_CAPS)
            except WireError as error:
                self._break(f"an answer that cannot be read: {error}")
            if status == "answered":
                break
            kind, message = "returned", self._called_back(reply)
        if type(reply) is not dict:
            self._break("a malformed answer")
        self._unpack([], reply.get("contents", []))
        return reply

    def _called_back(self, call: Any) -> dict[str, Any]:
        """Run a function of the judge's that the student's code calls."""
        if type(call) is not tuple or [type(part) for part in call] != [list, list, list]:
            self._break("a malformed call")
        nodes, keywords, contents = call
        function, *args = self._unpack(nodes, contents) or [None]
        if not isinstance(function, FUNCTIONS) or not self._shared.is_own(function):
            self._break("a call of something else than the test's own functions")
        values = _given(function, args, keywords)
        try:
            return dict(zip(("nodes", "contents"), self._shared.pack(values), strict=True))
        except Unsendable as error:
            self._break(f"{error} was to be given back, which cannot be sent")

    def _unpack(self, nodes: list[Node], contents: Any = ()) -> list[Any]:
        """The values of nodes; the contents of changed objects come with an answer, once."""
        try:
            return self._shared.unpack(nodes, [] if type(contents) is tuple else contents)
        except Exception as error:  # Malformed, mostly: none is one of the student's function
            self._break(f"an answer that cannot be read: {error}")

    def _break(self, why: str) -> NoReturn:
        self.broken = self.broken or why or "no answer"
        raise TestStopped(self.broken)


def _given(function: Callable[..., Any], args: list[Any], keywords: list[str]) -> list[Any]:
    """What a function of the judge's gives: None and a value, or an exception's type and text."""
    count = len(args) - len(keywords)
    try:
        by_name = dict(zip(keywords, args[count:], strict=True))
        return [None, function(*args[:count], **by_name)]
    except Exception as error:
        return [common_kind(type(error)), str(error)]


def _described(value: Any) -> Node:
    """A part of a library goes by its name; other functions are called back."""
    name = getattr(value, "__qualname__", None) or getattr(value, "__name__", "")
    module = getattr(value, "__module__", None) or type(value).__module__
    if module != "__main__" and part_named(module, name) is value:
        return ("named", module, name)
    if isinstance(value, FUNCTIONS):
        return ("handle", "callback", name)
    raise Unsendable(f"a value of type {type(value).__name__}")


def _show(outputs: Any, shell: CellShell) -> None:
    """Show the student's outputs among those of this cell."""
    for output in outputs:
        if output["output_type"] == "stream":
            stream = sys.stderr if output["name"] == "stderr" else sys.stdout
            stream.write(output["text"])
        elif output["output_type"] == "execute_result":  # a score is not the student's to show
            shell.recorder.add({**output, "output_type": "display_data"})
        else:
            shell.recorder.add(output)
