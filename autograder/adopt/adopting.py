"""``autograder adopt``: try new checks on the author's own solution, then write them."""

from __future__ import annotations

import copy
import linecache
import os
import shutil
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import chdir, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from traceback import walk_tb
from typing import Any

import nbformat
import pytest

from autograder.adopt.cell_to_check import Carried, NotCarried, carried, function_name, visible
from autograder.adopt.survey import Survey, TestedCell, survey
from autograder.authoring.build import solution_text
from autograder.course import CONFIG_FILE, Course
from autograder.graders.marked import judges_of
from autograder.grading.hand_outs import files_beside_notebooks, hand_out, open_sandbox
from autograder.grading.running import LiveSubmission
from autograder.judge.calls import Backend
from autograder.judge.checks import Recording, Reference, Student, StudentFailure
from autograder.judge.collected import owner
from autograder.judge.judge import Judge
from autograder.model import CourseError, GraderError
from autograder.notebook.cells import exercises, nbgrader_metadata, runnable
from autograder.notebook.reading import loads, read
from autograder.verify.bench import OpenCells, unheard


@dataclass
class Adopted:
    """One exercise: its checks, and the test cells that stay ordinary ones, each with a reason."""

    name: str
    solution: str  # the nbgrader id of its solution cell, as it was
    checks: list[Carried] = field(default_factory=list)
    stays: dict[str, str] = field(default_factory=dict)
    problem: str = ""  # why nothing of it is adopted

    @property
    def is_new(self) -> bool:
        """Whether there is something to write."""
        return bool(self.checks) and not self.problem

    @property
    def points(self) -> float:
        return sum(check.points for check in self.checks)

    def named_checks(self) -> list[tuple[Carried, str]]:
        """Its checks, each with the name of its test function."""
        taken: set[str] = set()
        return [(check, function_name(check.cell, taken)) for check in self.checks]

    def text(self) -> str:
        """The file of its checks."""
        own = {line for check in self.checks for line in check.imports}
        imports = sorted({*own, "import pytest"}, key=lambda line: (line.startswith("from"), line))
        checks = [check.check(self.name, name) for check, name in self.named_checks()]
        head = f'"""Hidden checks of `{self.name}`, from the test cells of the notebook."""\n'
        lines = [*imports, "", "from autograder.graders import as_in_a_cell"]
        return "\n".join([head, *lines, "", "", "\n\n".join(checks)])


def adopt(
    course: Course, assignment: str, wanted: Sequence[str] = (), *, write: bool = True
) -> list[Adopted]:
    """Make hidden checks of the test cells of some exercises, or of all.

    `wanted` are functions, classes or variables, or nbgrader ids of their cells. With `write`,
    ``tests/<assignment>/`` and the notebook are written. Raises CourseError for an exercise that
    does not exist, and for a file that exists already.
    """
    path = course.source_notebook(assignment)
    if not path.is_file() and (others := sorted(p.name for p in path.parent.glob("*.ipynb"))):
        raise CourseError(
            f"hidden checks judge the notebook that has the assignment's name: rename "
            f"{' or '.join(others)} in {path.parent} to {path.name}, before students have it"
        )
    course.require(assignment)
    notebook = read(path, error=CourseError)
    judged = {e.solution.grade_id for e in judges_of(course, assignment, notebook).hidden}
    judged = judged if course.has_graders(assignment) else set()
    seen = survey(notebook.raw)
    chosen = _chosen(seen, wanted, assignment)
    made = [_adopted(one, judged, seen, notebook.raw, course.tests(assignment)) for one in chosen]
    _require_names_of_their_own(made)
    _drop_what_fails(course, assignment, notebook.raw, made)
    new = [one for one in made if one.is_new]
    if write and new:
        _write(course, assignment, notebook.raw, new)
    return made


def cells_that_ask_nothing(course: Course, assignment: str) -> list[str]:
    """Test cells that ask for nothing that a solution cell defines, and so stay what they are."""
    notebook = read(course.source_notebook(assignment), error=CourseError)
    return [code.name for code in survey(notebook.raw).others]


def _chosen(seen: Survey, wanted: Sequence[str], assignment: str) -> list[TestedCell]:
    with_tests = [one for one in seen.exercises if one.tests]
    for name in wanted:
        if not any(one.is_meant(name) for one in with_tests):
            known = ", ".join(one.name for one in with_tests) or "none"
            raise CourseError(
                f"{assignment} has no exercise {name!r} with a test cell that asks for it; these "
                f"have one: {known}"
            )
    return [one for one in with_tests if not wanted or any(map(one.is_meant, wanted))]


def _adopted(
    one: TestedCell, judged: set[str], seen: Survey, nb: Mapping[str, Any], tests: Path
) -> Adopted:
    made = Adopted(one.name, one.solution.name)
    ids = {str(nbgrader_metadata(cell).get("grade_id")) for cell in nb["cells"]}
    if one.solution.name in judged:
        made.problem = f"hidden checks in {tests} judge it already"
    elif not one.name.isidentifier() or not one.solution.name:
        made.problem = "its solution cell has no nbgrader id"
    elif (tests / f"test_{one.name}.py").exists():
        made.problem = f"{tests / f'test_{one.name}.py'} is there already: move it away first"
    elif one.name != one.solution.name and one.name in ids:
        made.problem = f"another cell is called {one.name!r} already: rename that one"
    if made.problem:
        return made
    for test in one.tests:
        points = float(nbgrader_metadata(nb["cells"][test.index]).get("points") or 0)
        try:
            made.checks.append(carried(test, points, seen))
        except NotCarried as why:
            made.stays[test.name] = str(why)
    name = f"test_{one.name}"
    if name in ids and name not in {check.cell for check in made.checks}:
        made.problem = f"the cell {name!r} would have to be its grade cell and stays: rename that"
    return made


def _require_names_of_their_own(made: Sequence[Adopted]) -> None:
    """Mark as a problem that several solution cells define the same name."""
    names = [one.name for one in made]
    for one in made:
        if names.count(one.name) > 1 and not one.problem:
            one.problem = "several solution cells define it: give each of them a name of its own"


def changed(nb: Mapping[str, Any], new: Iterable[Adopted]) -> dict[str, Any]:
    """The notebook with one grade cell for each exercise, and without the adopted tests."""
    result: dict[str, Any] = copy.deepcopy(dict(nb))
    cells = {str(nbgrader_metadata(cell).get("grade_id")): cell for cell in result["cells"]}
    for one in new:
        _rename(cells[one.solution], one.name)
        first, *rest = _with_own_name_first(one)
        for check in one.checks:
            cell = cells[check.cell]
            cell["source"] = visible("".join(cell["source"]))
            nbgrader_metadata(cell).pop("checksum", None)
        _rename(cells[first], f"test_{one.name}")
        nbgrader_metadata(cells[first])["points"] = _plain(one.points)
        for name in rest:  # still there to try, and nothing of nbgrader's any more
            del cells[name]["metadata"]["nbgrader"]
    return result


def _with_own_name_first(one: Adopted) -> list[str]:
    names = [check.cell for check in one.checks]
    own = f"test_{one.name}"
    return [own, *(n for n in names if n != own)] if own in names else names


def _rename(cell: dict[str, Any], name: str) -> None:
    meta = nbgrader_metadata(cell)
    meta["grade_id"] = name
    meta.pop("checksum", None)


def _plain(points: float) -> float | int:
    return int(points) if points == int(points) else points


def _drop_what_fails(
    course: Course, assignment: str, nb: Mapping[str, Any], made: Sequence[Adopted]
) -> None:
    """Drop the checks that fail on the author's own solution, graded as a student's."""
    new = [one for one in made if one.is_new]
    if not new:
        return
    with tempfile.TemporaryDirectory(prefix="autograder-adopt-") as folder:
        trial = _aside(course, assignment, Path(folder, "course"), changed(nb, new), new)
        points = {one.name: one.points for one in new}
        try:
            failing = _tried(trial, assignment, points, Path(folder, "empty"))
            if _with_objects(new, failing):  # for what cannot cross by itself
                _write_checks(trial.tests(assignment), new)
                failing = _tried(trial, assignment, points, Path(folder, "again"))
        except CourseError as error:
            told = str(error).replace(str(trial.root), str(course.root))
            raise CourseError(
                f"nothing of {assignment} was adopted: {told}. The judge runs the solution cells "
                "of what it judges, and of other cells only the statements that those need: name "
                "the exercises to adopt, without the one that cannot run there"
            ) from error
    for one in new:
        for check, name in list(one.named_checks()):
            if why := failing.get((one.name, name)):
                one.checks.remove(check)
                one.stays[check.cell] = why


def _with_objects(new: Sequence[Adopted], failing: Mapping[tuple[str, str], str]) -> bool:
    """Let checks that fail ask for objects, which stay where they are; whether there are any."""
    changed_some = False
    for one in new:
        for place, (check, name) in enumerate(one.named_checks()):
            if (one.name, name) in failing and not check.objects:
                one.checks[place] = replace(check, objects=True)
                changed_some = True
    return changed_some


def _tried(
    trial: Course, assignment: str, points: Mapping[str, float], folder: Path
) -> dict[tuple[str, str], str]:
    """The checks that fail on the author's solution: exercise and test function, and why.

    It answers behind the wall, and then in this process, where `verify` has it. Checks start in
    an empty folder: what they find of the student's files elsewhere would be the author's.
    """
    folder.mkdir()
    with unheard(), Judge(trial, assignment, points) as judge, chdir(folder):
        with _behind_the_wall(trial, assignment) as live:
            failing = dict(_failing(judge, live, points, folder))
        open_cells = OpenCells(vars(judge.reference))
        return dict(_failing(judge, open_cells, points)) | failing


@contextmanager
def _behind_the_wall(trial: Course, assignment: str) -> Iterator[LiveSubmission]:
    """The author's notebook as a submission, its cells run."""
    notebook = read(trial.source_notebook(assignment), error=CourseError)
    cells = runnable(notebook.raw, frozenset(e.name for e in exercises(notebook)))
    with (
        open_sandbox(trial, assignment, notebook) as sandbox,
        LiveSubmission(sandbox, cells, seconds=trial.submission_seconds) as live,
    ):
        live.run_cells()
        yield live


def _failing(
    judge: Judge, answering: Backend, names: Collection[str], folder: Path | None = None
) -> Iterator[tuple[tuple[str, str], str]]:
    """Those that fail; with `folder`, where they start, also those that leave a file there."""
    for item in judge.collected.items:
        if owner(item) not in names:
            continue
        why = _why_it_fails(judge, item, answering)
        if folder is not None and (left := sorted(folder.iterdir())):
            why = why or f"writes the file {left[0].name!r}, which student code cannot read"
            for path in left:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        if why:
            yield (owner(item), item.name), why


def _why_it_fails(judge: Judge, item: pytest.Item, answering: Backend) -> str:
    """Why a check fails on the author's solution; nothing where it passes."""
    try:
        turn = [(item, answering)]
        [(check, _)] = judge.collected.run(turn, judge.course.seed).values()
        why = "" if check.passed else check.message or str(check.verdict)
    except OSError as error:
        if error.filename is not None:
            return (
                f"opens {Path(os.fsdecode(error.filename)).name!r}, and files of the notebook are "
                "not where checks run"
            )
        why = str(error)
    except (GraderError, MemoryError) as error:
        why = str(error)
    if not why:
        return ""
    told, line = " ".join(why.split())[:160], _line_that_fails(judge, item, answering)
    return f"its check does not pass your own solution: {told}" + (f" ({line})" if line else "")


def _line_that_fails(judge: Judge, item: pytest.Item, answering: Backend) -> str:
    """The line of a check where it ends when it is run once more; "" where nobody knows."""
    recording = Recording(item.name, judge.course.seed, exercise=owner(item))
    sides = {
        "student": Student(answering, recording),
        "reference": Reference(judge.reference, recording),
    }
    assert isinstance(item, pytest.Function)
    try:
        item.obj(**{name: sides[name] for name in sides if name in item.fixturenames})
    except (Exception, StudentFailure) as error:
        trace = (error.__context__ or error).__traceback__  # of the assert behind the failure
        own = [n for frame, n in walk_tb(trace) if frame.f_code.co_filename == str(item.path)]
        return linecache.getline(str(item.path), own[-1]).strip()[:120] if own else ""
    return ""


def _aside(
    course: Course, assignment: str, root: Path, nb: Mapping[str, Any], new: Sequence[Adopted]
) -> Course:
    """A copy of the course as adopting would make it, in another folder."""
    trial = replace(course, root=root.resolve())
    source, tests = trial.source(assignment), trial.tests(assignment)
    source.mkdir(parents=True)
    beside = files_beside_notebooks(course.source(assignment), course.ignored)
    hand_out({place: path for path, place in beside}, source)
    trial.source_notebook(assignment).write_text(_json(nb), encoding="utf-8")
    shutil.copyfile(course.root / CONFIG_FILE, trial.root / CONFIG_FILE)
    if course.tests(assignment).is_dir():
        shutil.copytree(course.tests(assignment), tests)
    tests.mkdir(parents=True, exist_ok=True)
    _write_checks(tests, new)
    notebook = loads(_json(nb).encode(), error=CourseError)
    trial.solution(assignment).parent.mkdir()
    text = solution_text(trial, assignment, notebook)
    trial.solution(assignment).write_text(text, encoding="utf-8")
    return trial


def _write_checks(tests: Path, new: Sequence[Adopted]) -> None:
    for one in new:
        (tests / f"test_{one.name}.py").write_text(one.text(), encoding="utf-8")


def _write(course: Course, assignment: str, nb: Mapping[str, Any], new: Sequence[Adopted]) -> None:
    """Write the checks, then the notebook; on failure remove what was written."""
    tests = course.tests(assignment)
    written: list[Path] = []
    try:
        tests.mkdir(parents=True, exist_ok=True)
        for one in new:
            path = tests / f"test_{one.name}.py"
            with path.open("x", encoding="utf-8") as file:
                written.append(path)
                file.write(one.text())
        path = course.source_notebook(assignment)
        aside = path.with_suffix(f".{os.getpid()}")
        aside.write_text(_json(changed(nb, new)), encoding="utf-8")
        aside.replace(path)
    except OSError as error:
        for path in written:
            path.unlink(missing_ok=True)
        raise CourseError(f"{error.filename} cannot be written: {error.strerror}") from error


def _json(nb: Mapping[str, Any]) -> str:
    """A notebook's text as Jupyter writes it."""
    node = nbformat.from_dict(nb)  # type: ignore[no-untyped-call]
    return str(nbformat.writes(node)).rstrip("\n") + "\n"  # type: ignore[no-untyped-call]
