"""Makes the file of reasons for the commonest wrong answers to a release's examples.

The file reveals nothing that is not public: it holds digests of wrong answers only, the expected
answers stand in the notebook anyway, and each sentence is encrypted with its wrong answer.
"""

from __future__ import annotations

import ast
import copy
import json
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from autograder.authoring.projection import solution_module
from autograder.course import Course, load_module
from autograder.graders.compare import same
from autograder.graders.documented_cases import FILE, Case, cases_of
from autograder.graders.misconceptions import Version, misconceptions
from autograder.handout.reasons import digest, given, locked, place
from autograder.judge.calls import call_open
from autograder.model import CourseError
from autograder.notebook.cells import Notebook
from autograder.notebook.headings import chinese_headings, open_headings
from autograder.notebook.reading import read

SEED = 0


def reasons_text(
    course: Course, assignment: str, notebook: Notebook, solution: str, language: str
) -> str:
    """The file's text; "" for an assignment without documented cases.

    `solution` is the text of its solution module.
    """
    path = course.tests(assignment) / FILE
    if not path.is_file():
        return ""
    cases = cases_of(path)
    sections = _sections(notebook, language)
    known: dict[str, dict[str, Any]] = {
        case.function: {"section": sections.get(case.function, ""), "reasons": {}} for case in cases
    }
    for function, key, version in _wrong_answers(course, assignment, cases, solution):
        found = known[function]["reasons"]
        text = (version.hint_zh if language == "zh" else "") or version.hint
        section = _spoken(notebook, version.section, language)
        found.setdefault(place(key), (key, text, section))
    for entry in known.values():
        entry["reasons"] = {
            at: locked(f"{text}\n{section}", key)
            for at, (key, text, section) in sorted(entry["reasons"].items())
        }
    return json.dumps(known, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def reasons_of(course: Course, assignment: str, language: str) -> str:
    """The same for an assignment's own notebook, in the language that students read."""
    folder = course.source(assignment).relative_to(course.root).as_posix()
    notebook = read(course.source_notebook(assignment), error=CourseError)
    solution = solution_module(notebook, assignment, folder, folder)  # a release may not be there
    return reasons_text(course, assignment, notebook, solution, language)


def _wrong_answers(
    course: Course, assignment: str, cases: tuple[Case, ...], solution: str
) -> Iterator[tuple[str, str, Version]]:
    """Function, digest and misconception of each wrong answer that only one mistake gives."""
    reference = _loaded(course, assignment, solution)
    found: dict[tuple[str, str], list[Version]] = {}
    for version in misconceptions(course, assignment):
        mine = [case for case in cases if case.function == version.function and version.wrong]
        space = _space(reference, version, solution) if mine else None
        for case in mine if space is not None else ():
            args = copy.deepcopy((case.args, dict(case.kwargs)))
            result = call_open(space or {}, version.function, *args, seed=SEED, stand_ins={})
            if result.status != "value" or _same(result.value, case):
                continue
            call = given((space or {})[version.function], case.args, case.kwargs)
            if key := digest(version.function, call, result.value):
                found.setdefault((version.function, key), []).append(version)
    for (function, key), versions in found.items():
        if len({version.hint for version in versions}) == 1:
            yield function, key, versions[0]


def _same(value: Any, case: Case) -> bool:
    return same(value, case.expected, rtol=case.rtol, atol=case.atol)


def _space(reference: ModuleType, version: Version, solution: str) -> dict[str, Any] | None:
    """The solution's namespace with the wrong version in it; None where it does not apply."""
    space = dict(vars(reference))
    try:
        text = version.source(_source_of(solution, version.function))
        exec(compile(text, f"<{version.name}>", "exec"), space)
    except (CourseError, LookupError, SyntaxError):
        return None
    return space


def _source_of(solution: str, function: str) -> str:
    for node in ast.parse(solution).body:
        if isinstance(node, ast.FunctionDef) and node.name == function:
            return "\n".join(solution.splitlines()[node.lineno - 1 : node.end_lineno]) + "\n"
    raise LookupError(function)


def _loaded(course: Course, assignment: str, solution: str) -> ModuleType:
    """The solution as a module, also before its file is written."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"{assignment}.py")
        path.write_text(solution, encoding="utf-8")
        return load_module(
            path, f"_autograder_reasons_{assignment}", course.source(assignment),
            course.release(assignment),
        )  # fmt: skip


def _sections(notebook: Notebook, language: str) -> Mapping[str, str]:
    """Function → the heading that its cell stands under, in the language of the release."""
    found = {}
    for cell, path in zip(notebook.cells, open_headings(notebook), strict=True):
        if path and cell.grade_id:
            found[cell.grade_id] = path[-1]
    if language == "zh":
        return found  # the last heading above a cell is that of the Chinese twin
    english = {chinese: one for one, chinese in chinese_headings(notebook).items()}
    return {name: english.get(heading, heading) for name, heading in found.items()}


def _spoken(notebook: Notebook, section: str, language: str) -> str:
    return chinese_headings(notebook).get(section, section) if language == "zh" else section
