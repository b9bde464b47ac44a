"""Which test cells of a notebook are judged outside, and why the others are not."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, NamedTuple

from autograder.notebook.cells import cell_text, nbgrader_metadata
from autograder.sandbox import CellResult
from autograder.sandbox.questions.specials import OBJECT
from autograder.testcells.outside import STOPPED
from autograder.testcells.program import (
    Code,
    JudgedCell,
    binds_for,
    codes,
    judged_cells,
    why_inside,
)
from autograder.testcells.untried import without_solution

MOST_RUNS = 8
_SLOW, _LONG = 3.0, 5.0  # times as much processor time as inside, and seconds of it
_MOST_TEXT = 160
_METHODS = "objects, with these methods"
_LOST = "the author's own solution ends it with"
_UNTRIED = "no solution for it in the author's notebook, which ends it with"
_TIMEOUT = "timeout"
_LEAVES = "released definitions that later cells need, which the student's process runs too"
BY_SETTING = "the course has it so (c.Autograder.test_cells)"


@dataclass(frozen=True)
class NotebookPlan:
    """Where the test cells of one notebook are judged."""

    outside: tuple[str, ...] = ()
    inside: Mapping[str, str] = field(default_factory=dict)  # and why
    objects: Mapping[str, list[str]] = field(default_factory=dict)
    """Cells outside in which the author's own objects take part, and their special methods."""
    leaves: Mapping[str, list[str]] = field(default_factory=dict)
    """Names that cells outside bind and cells of the student's process need: those statements of
    the released text run there, too."""
    lost: Mapping[str, str] = field(default_factory=dict)
    """Cells that the author's own solution does not pass, and how it ended there: in a word, or
    the type of an exception and its first line."""
    untried: Mapping[str, str] = field(default_factory=dict)
    """The same of cells for which the author's notebook holds no solution."""

    @property
    def may_pass_now(self) -> bool:
        """Whether a cell failed for a reason that is gone when a machine or network is mended."""
        return any(how != _TIMEOUT for how in self.lost.values())

    def to_json(self) -> dict[str, Any]:
        """For a person to read, too."""
        cells: dict[str, Any] = {name: {"judged": "outside"} for name in self.outside}
        for name, methods in self.objects.items():
            cells[name][_METHODS] = list(methods)
        for name, left in self.leaves.items():
            cells[name][_LEAVES] = list(left)
        cells |= {name: {"judged": "inside", "why": why} for name, why in self.inside.items()}
        for words, found in ((_LOST, self.lost), (_UNTRIED, self.untried)):
            for name, how in found.items():
                cells[name][words] = how
        return cells

    @classmethod
    def from_json(cls, cells: Mapping[str, Any]) -> NotebookPlan:
        """The inverse of `to_json`."""
        where = {name: cell["judged"] for name, cell in cells.items()}
        return cls(
            tuple(name for name, place in where.items() if place == "outside"),
            {name: cell["why"] for name, cell in cells.items() if where[name] == "inside"},
            {name: list(cell[_METHODS]) for name, cell in cells.items() if _METHODS in cell},
            {name: list(cell[_LEAVES]) for name, cell in cells.items() if _LEAVES in cell},
            {name: str(cell[_LOST]) for name, cell in cells.items() if _LOST in cell},
            {name: str(cell[_UNTRIED]) for name, cell in cells.items() if _UNTRIED in cell},
        )


@dataclass(frozen=True)
class JudgedOutside:
    """What is judged outside in every submission of a notebook; plain data, for any process."""

    cells: Mapping[str, JudgedCell]  # by name, in the order of the author's notebook
    objects: Mapping[str, list[str]] | None  # see NotebookPlan; None: any cell may use any

    @classmethod
    def by(cls, plan: NotebookPlan, nb: Mapping[str, Any], *, tried: bool) -> JudgedOutside | None:
        """What a plan for the author's notebook says; `tried` where it has been made already."""
        cells = judged_cells(nb, plan.inside) if plan.outside else {}
        return cls(cells, plan.objects if tried else None) if cells else None

    def places(self, nb: Mapping[str, Any]) -> dict[int, JudgedCell]:
        """The cells by place in a submission whose test cells have been restored.

        A cell with another text than the one that was tried is not among them; the notice before
        the text of a cell that a student had deleted makes no other text of it.
        """
        found = {}
        for index, cell in enumerate(nb["cells"]):
            judged = self.cells.get(str(nbgrader_metadata(cell).get("grade_id")))
            if judged is not None and _is_same(cell_text(cell).strip(), judged.text.strip()):
                found[index] = judged
        return found


def _is_same(text: str, tried: str) -> bool:
    """Whether a test cell holds what was tried, comments before it aside."""
    before = text.removesuffix(tried) if text.endswith(tried) else text
    return all(not line.strip() or line.startswith("#") for line in before.splitlines())


class Run(NamedTuple):
    """The results of the author's notebook in one run."""

    results: Mapping[int, CellResult]  # by place in the notebook
    used: Mapping[str, list[str]]  # special methods of the student's objects, by test cell
    made: Mapping[str, bytes] = MappingProxyType({})  # files that are there afterwards, by path


RunNotebook = Callable[[NotebookPlan | None, bool], Run]


def make_plan(nb: Mapping[str, Any], run: RunNotebook, *, outside: bool = True) -> NotebookPlan:
    """Decide where test cells are judged, and which of them the author's own solution loses.

    `run` is as `_placed` has it. Without `outside` all are judged inside.
    """
    stock = run(None, False)
    cells = codes(nb)
    tests = [code for code in cells if code.role == "test"]
    points = {c.name: nbgrader_metadata(nb["cells"][c.index]).get("points") or 0.0 for c in tests}
    found = {c.name: stock.results.get(c.index) for c in tests}
    failed = {n: how for n, result in found.items() if (how := _ending(result, points[n]))}
    untried = without_solution(cells, failed)
    unclear = {n for n in found if n in untried or not _reason(found[n])}
    plan = (
        _placed(nb, run, stock, unclear)
        if outside
        else NotebookPlan(inside=dict.fromkeys(found, BY_SETTING))
    )
    return replace(
        plan,
        lost={name: how for name, how in failed.items() if name not in untried},
        untried={name: how for name, how in failed.items() if name in untried},
    )


def _ending(result: CellResult | None, points: float) -> str:
    """How a test cell ended that does not give all its points; "" for one that does."""
    if result is None:
        return "missing"
    score = shown_score(result)
    if score != "lost":
        is_less = score != "full" and float(score) < float(points)
        return f"{float(score):g} of {float(points):g} points" if is_less else ""
    if result.status == "timeout" or not result.error_name:
        return _TIMEOUT if result.status == "timeout" else "stderr"
    first = next(iter(result.error_message.strip().splitlines()), "")
    return (f"{result.error_name}: {first}" if first else result.error_name)[:_MOST_TEXT]


def _reason(result: CellResult | None) -> str:
    """Which exception ended a cell, with what it says; "" where none did."""
    if result is None or result.status == "timeout" or not result.error_name:
        return ""
    return f"{result.error_name}: {result.error_message}"


def _placed(
    nb: Mapping[str, Any], run: RunNotebook, stock: Run, unclear: Collection[str]
) -> NotebookPlan:
    """Decide where each is judged, by running the author's own notebook.

    `run` runs it: with None every cell in the student's session, with a plan as that says, and
    objects with the methods that it says or, where the second argument is false, with any. Of the
    `unclear` cells that are lost there, nothing can be compared outside: they stay inside.
    """
    cells = codes(nb)
    tests = [code for code in cells if code.role == "test"]
    reasons = _by_reading(nb, tests)
    for code in tests:
        if code.name in unclear and _lost(stock.results.get(code.index)):
            reasons.setdefault(code.name, "the author's own solution does not pass it here")
    patience = 1
    for left in range(MOST_RUNS, -1, -1):
        outside = tuple(c.name for c in tests if c.name not in reasons)
        plan = NotebookPlan(outside, reasons, {}, _left(nb, reasons))
        if not plan.outside or left == 0:
            break
        tried = run(plan, False)
        failed = dict(_failed(cells, reasons, stock.results, tried.results))
        late = [c for c in cells if _is_late(tried.results.get(c.index))]
        if patience and failed and any(not _is_late(stock.results.get(c.index)) for c in late):
            patience -= 1  # the machine may have been busy
            continue
        if not failed:
            objects = {n: sorted({*used} - {OBJECT}) for n, used in tried.used.items() if used}
            plan = replace(plan, objects={n: objects[n] for n in plan.outside if n in objects})
            if not plan.objects:
                return plan
            tried = run(plan, True)  # as it will be for submissions
            failed = dict(_failed(cells, reasons, stock.results, tried.results))
            if not failed:
                return plan
        first = next(iter(failed))  # others may have failed because of it
        reasons |= {first: failed[first]} if left > 2 else failed
    return NotebookPlan((), {**{c.name: "the notebook goes otherwise" for c in tests}, **reasons})


def _by_reading(nb: Mapping[str, Any], tests: Iterable[Code]) -> dict[str, str]:
    """Why test cells stay inside, as far as their text shows it."""
    reasons = {c.name: why for c in tests if (why := why_inside(c))}
    for name, cell in judged_cells(nb, reasons).items():
        if not cell.names:
            reasons[name] = "asks for nothing that a solution cell defines by name"
    return reasons


def _left(nb: Mapping[str, Any], inside: Iterable[str]) -> dict[str, list[str]]:
    cells = judged_cells(nb, inside).items()
    left = {
        name: dict.fromkeys(n for names, _ in cell.leaves for n in names) for name, cell in cells
    }
    return {name: [*names] for name, names in left.items() if names}


def _failed(
    cells: Iterable[Code],
    inside: Mapping[str, str],
    stock: Mapping[int, CellResult],
    tried: Mapping[int, CellResult],
) -> Iterable[tuple[str, str]]:
    """Test cells that cannot be outside, the first one first, and why."""
    before: list[Code] = []  # test cells judged outside
    for code in cells:
        one, other = stock.get(code.index), tried.get(code.index)
        if code.role == "test" and code.name not in inside:
            before.append(code)
            if shown_score(one) != shown_score(other) or _reason(one) != _reason(other):
                yield code.name, _told(other)
            elif one and other and other.processor > max(_SLOW * one.processor, _LONG):
                took = f"{other.processor:.0f} s outside, {one.processor:.1f} s inside"
                yield code.name, f"takes {took}"
        elif before and one is not None and other is not None and _differs(code, one, other):
            culprits = [test for test in before if binds_for(test, code)] or before
            for culprit in culprits:
                yield culprit.name, f"the cell {code.name or code.index} goes otherwise after it"
            before = [test for test in before if test not in culprits]


def _differs(code: Code, one: CellResult, other: CellResult) -> bool:
    if code.role == "test":
        return shown_score(one) != shown_score(other)
    return one.error_name != other.error_name


def _is_late(result: CellResult | None) -> bool:
    """Whether a cell ran into its limit."""
    return result is not None and result.status == "timeout"


def _lost(result: CellResult | None) -> bool:
    return shown_score(result) in ("lost", "missing")


def shown_score(result: CellResult | None) -> str:
    """What nbgrader's rule reads of a test cell: lost, full, or the number that is shown."""
    if result is None:
        return "missing"
    outputs = result.outputs
    kinds = [output["output_type"] for output in outputs]
    is_loud = any(o["output_type"] == "stream" and o["name"] == "stderr" for o in outputs)
    if result.status not in ("ok", "output") or "error" in kinds or is_loud:
        return "lost"
    if "execute_result" not in kinds:
        return "full"
    text = str(outputs[kinds.index("execute_result")]["data"].get("text/plain"))
    try:
        return str(float(text))
    except ValueError:
        return "full"


def _told(result: CellResult | None) -> str:
    """Why a cell that was tried outside failed there, in one line."""
    if result is None:
        return "it was not reached"
    if result.error_name == STOPPED:
        return result.error_message[:_MOST_TEXT]
    name, text = result.error_name or "stderr", " ".join(result.error_message.split())
    return f"fails outside: {name}{': ' if text else ''}{text}"[:_MOST_TEXT]
