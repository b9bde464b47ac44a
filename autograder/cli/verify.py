"""``autograder verify``"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from tqdm import tqdm
from traitlets import Bool, Integer, Unicode

from autograder.cli.base import CourseApp
from autograder.cli.help import FLAGS, aliases
from autograder.course import Course
from autograder.language.catalogue import words
from autograder.model import CourseError
from autograder.verify.proof import Proof


class VerifyApp(CourseApp):
    """Prove that the graders are right: references score full marks, stubs nothing, every known
    mistake and every mutant of a solution is caught, every right answer is accepted."""

    name = "autograder-verify"
    description = __doc__
    takes = "[ASSIGNMENT...]"
    examples = """
        autograder verify                                                  # the whole course
        autograder verify optimization                                     # one assignment
        autograder verify ps1             # its ordinary test cells: which mistakes they let through
        autograder verify optimization --exercise update_parameters_with_adam
        autograder verify optimization --hints 10                          # a sample of the hints
        autograder verify --html reports/verify.html --json reports/verify.json
        """
    aliases: ClassVar[dict[str, Any]] = aliases(
        "assignment", "sandbox", "workers", "seed",
        exercise="VerifyApp.exercise", hints="VerifyApp.hints", html="VerifyApp.html",
        json="VerifyApp.json",
    )  # fmt: skip
    flags: ClassVar[dict[str, Any]] = {
        **FLAGS,
        "matrix": (
            {"VerifyApp": {"matrix": True}},
            "Print which check catches which mistake.",
        ),
    }
    exercise = Unicode("", help="Prove this graded function only.").tag(config=True)
    hints = Integer(
        0,
        min=0,
        help="Report the hint of every so many-th mutant and pair of known mistakes (1: of all, "
        "which takes some seconds each; 0: of none).",
    ).tag(config=True)
    html = Unicode("", help="Write the proof as a page to this file.").tag(config=True)
    json = Unicode("", help="Write the proof as JSON to this file.").tag(config=True)
    matrix = Bool(False, help="Print the matrix misconception × check.").tag(config=True)

    def run(self) -> None:
        from autograder.grading.planning import has_ordinary
        from autograder.verify.prove import hidden_ones, prove
        from autograder.verify.terminal import matrix, summary

        course = self.course
        if self.exercise or self.names_given:
            names = self.assignments(required=bool(self.exercise), nbgraders=True)
        else:
            names = [name for name in course.assignments() if course.has_graders(name)]
        if not names:
            raise CourseError("no assignment has hidden graders in tests/<assignment>/ to prove")
        self._bar: Any = None
        with_graders = [name for name in names if hidden_ones(course, name, self.exercise)]
        proofs = prove(
            course,
            with_graders,
            exercise=self.exercise,
            hints=self.hints,
            workers=course.workers,
            progress=self._advance,
        )
        for name in names:
            is_mixed = has_ordinary(course, name) and not self.exercise
            if name not in with_graders or is_mixed:
                proofs += (self._proof_of_test_cells(course, name),)
        if self._bar is not None:
            self._bar.close()
        if self.matrix:
            print("\n\n".join(matrix(proof, course.language) for proof in proofs), end="\n\n")
        print(summary(proofs, course.language))
        self._write(proofs)
        if not all(proof.holds for proof in proofs):
            sys.exit(1)

    def _proof_of_test_cells(self, course: Course, assignment: str) -> Proof:
        from autograder.gradebook.sources import written_tests
        from autograder.verify.test_cells import prove_test_cells

        written = written_tests(course, assignment, self.coursedir.db_url)
        return prove_test_cells(
            course, assignment, exercise=self.exercise, written=written, progress=self._advance
        )

    def _advance(self, answered: int, asked: int) -> None:
        if not sys.stderr.isatty():
            return
        if self._bar is None:
            say = words(self.course.language)
            self._bar = tqdm(total=asked, desc="verify", unit=say("question"))
        if answered < self._bar.n or asked != self._bar.total:
            self._bar.reset(total=asked)
        self._bar.update(answered - self._bar.n)

    def _write(self, proofs: Sequence[Proof]) -> None:
        from autograder.verify.proof_page import page

        if self.html:
            _put(Path(self.html), page(proofs, self.course.language))
        if self.json:
            _put(Path(self.json), json.dumps([proof.to_json() for proof in proofs], indent=1))


def _put(path: Path, text: str) -> None:
    from autograder.gradebook.disk_errors import write_whole

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, text)
    except OSError as error:
        raise CourseError(f"{path} cannot be written: {error.strerror}") from error
