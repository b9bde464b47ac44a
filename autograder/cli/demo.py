"""``autograder demo``"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

from traitlets import Unicode

from autograder.authoring.build import build
from autograder.cli.base import CourseApp
from autograder.cli.columns import cells, padded, wrapped
from autograder.cli.help import aliases
from autograder.course import CONFIG_FILE, Course
from autograder.gradebook.report_store import ReportStore
from autograder.graders.samples import Parts, Sample, samples
from autograder.language.catalogue import words
from autograder.language.translation import ENGLISH, Translation
from autograder.model import Check, CourseError, Report, Verdict


class DemoApp(CourseApp):
    """Take a sample class the whole way, in a scratch course: build, submit, grade, feedback."""

    name = "autograder-demo"
    description = __doc__
    takes = "[ASSIGNMENT...]"
    examples = """
        autograder demo                        # every assignment that has samples
        autograder demo initialization         # one
        autograder demo --to /tmp/my-demo
        """
    aliases: ClassVar[dict[str, Any]] = aliases("assignment", to="DemoApp.to")
    to = Unicode("demo-course", help="Folder of the scratch course.").tag(config=True)

    def run(self) -> None:
        course = self.course
        names = [name for name in self.assignments() if samples(course, name)]
        if not names:
            raise CourseError("no assignment has a tests/<assignment>/samples.py to show")
        scratch = make_scratch_course(course, Path(self.to).resolve())
        say = words(scratch.language)
        head(say("scratch course: {folder}").format(folder=scratch.root))
        head(say("build: solutions/ and release/ from source/"))
        build(scratch.root, names)
        surprises: list[str] = []
        examples: list[str] = []
        for name in names:
            found = submit_samples(scratch, name, CLASS)
            head(say("{name}: {n} students submit").format(name=name, n=len(found)))
            for command in ("grade", "feedback", "report"):
                self._run(scratch, command, name)
            reports = list(ReportStore(scratch, name).reports())
            translation = Translation.of(scratch, name)
            title = say("{name}: who got what, and why").format(name=name)
            print_table(list(rows(found, reports, translation)), title)
            surprises += surprising(found, reports)
            examples.append(max(reports, key=_told).student)
        if len(names) > 1:
            self._run(scratch, "report")
        self._where(scratch, names, examples[0], surprises)

    def _run(self, scratch: Course, *command: str) -> None:
        """Run one of our own commands as a user would."""
        typed = " ".join(["autograder", *command])
        head(typed)
        arguments = [sys.executable, "-m", "autograder", *command]
        done = subprocess.run(arguments, cwd=scratch.root, check=False)
        if done.returncode:
            raise CourseError(f"`{typed}` failed in {scratch.root}")

    def _where(
        self, scratch: Course, names: Sequence[str], student: str, surprises: list[str]
    ) -> None:
        say, root = words(scratch.language), scratch.root
        page = "{}/feedback/{}/{}/{}.html".format
        placeholder = say("<student>"), say("<assignment>"), say("<assignment>")
        several = {say("Course report"): f"{root}/reports/index.html"} if len(names) > 1 else {}
        where = {
            say("Feedback pages"): page(root, *placeholder),
            say("  for example"): page(root, student, names[0], names[0]),
            say("Class reports"): f"{root}/reports/{names[0]}.html",
            **several,
            say("Gradebook"): f"{root}/gradebook.db",
            "Formgrader": f"cd {root} && jupyter lab   " + say("(menu Nbgrader > Formgrader)"),
        }
        width = max(map(cells, where))
        print()
        for what, path in where.items():
            print(f"{padded(what, width)}   {path}")
        print()
        if surprises:
            raise CourseError("not as the samples expect:\n  " + "\n  ".join(surprises))


def head(text: str) -> None:
    """What comes next, in a line of its own."""
    print(f"\n== {text}", flush=True)


def print_table(rows: Sequence[DemoRow], title: str) -> None:
    """Who got what and why, as wide as the terminal."""
    width = max(60, min(120, shutil.get_terminal_size((110, 30)).columns))
    name = max(len(row.student) for row in rows)
    points = max(len(row.points) for row in rows)
    print(f"\n{title}")
    for row in rows:
        print(f"{row.student:<{name}}  {row.points:>{points}}  {row.about}")
        indent = " " * (name + points + 4)
        for reason in row.why:
            for number, line in enumerate(wrapped(reason, width - len(indent) - 2)):
                print(indent + ("  " if number else "") + line)


# One class hands in everything, so that the course's report has something to say.
CLASS = ("ada", "blaise", "carl", "dora", "emmy", "fatima",
         "gauss", "hypatia", "isaac", "johannes", "katherine", "lars")  # fmt: skip
COPIED = ("source", "tests")
MARKER = ".autograder-demo"
TIMESTAMP = "2026-01-15 12:00:00 UTC\n"


def make_scratch_course(course: Course, folder: Path) -> Course:
    """A fresh copy of a course's sources and graders, with nothing submitted.

    Raises CourseError rather than replace a folder that is not an earlier demo.
    """
    if folder.exists() and not (folder / MARKER).is_file():
        raise CourseError(
            f"{folder} exists and is no earlier demo: move it away, or say another folder with --to"
        )
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / MARKER).touch()
    unwanted = shutil.ignore_patterns("__pycache__", "autograder", "conformance", ".*")
    for name in COPIED:
        shutil.copytree(course.root / name, folder / name, ignore=unwanted)
    settings = (course.root / CONFIG_FILE).read_text(encoding="utf-8")
    if course.language != Course.load(course.root).language:  # chosen on the command line
        settings += f'\nc.Autograder.language = "{course.language}"\n'
    (folder / CONFIG_FILE).write_text(settings, encoding="utf-8")
    return Course.load(folder)


def _told(report: Report) -> int:
    """How many different hints a page shows: the more, the better an example."""
    return len({check.hint for exercise in report.exercises for check in exercise.checks})


def submit_samples(course: Course, assignment: str, names: Sequence[str] = ()) -> list[Sample]:
    """Hand in the samples of an assignment: one for each name, or all under their own."""
    parts = Parts.load(course, assignment)
    found = list(samples(course, assignment))
    if names:
        found = [replace(sample, name=name) for sample, name in zip(found, names, strict=False)]
    for sample in found:
        folder = course.submitted(assignment, sample.name)
        folder.mkdir(parents=True)
        text = json.dumps(parts.notebook(sample), indent=1)
        (folder / f"{assignment}.ipynb").write_text(text, encoding="utf-8")
        (folder / "timestamp.txt").write_text(TIMESTAMP, encoding="utf-8")
    return found


@dataclass(frozen=True)
class DemoRow:
    """One line of the table of who got what and why."""

    student: str
    about: str
    points: str
    why: tuple[str, ...]


def rows(
    found: Sequence[Sample], reports: Sequence[Report], translation: Translation = ENGLISH
) -> Iterator[DemoRow]:
    """The table, in the order of the samples."""
    by_student = {report.student: report for report in reports}
    for sample in found:
        report = by_student.get(sample.name)
        if report is None:
            yield DemoRow(sample.name, translation(sample.title), "–", (translation("not graded"),))
            continue
        points = f"{report.points:g}/{report.max_points:g}"
        why = tuple(_reasons(report, translation))
        yield DemoRow(sample.name, translation(sample.title), points, why)


def _reasons(report: Report, say: Translation) -> Iterator[str]:
    for exercise in report.exercises:
        failed = [check for check in exercise.checks if not check.passed]
        if failed:
            points = f"{exercise.points:g}/{exercise.max_points:g}"
            yield f"{exercise.name} {points}{say(': ')}{_said(failed[0], say)}"
        elif remark := next((c.remark for c in exercise.checks if c.remark), ""):
            yield say("{name} (remark): {remark}").format(name=exercise.name, remark=remark)
    yield from report.flags


def _said(check: Check, say: Translation) -> str:
    if check.verdict is Verdict.NOT_ATTEMPTED:
        return say("not attempted")
    first, _, _ = check.message.partition("\n")
    return check.hint or first or str(check.verdict)


def surprising(found: Sequence[Sample], reports: Sequence[Report]) -> list[str]:
    """Samples that did not get what their author expects; empty when all is well."""
    by_student = {report.student: report for report in reports}
    wrong = []
    for sample in found:
        report = by_student.get(sample.name)
        for exercise in report.exercises if report else ():
            wanted = sample.expected(exercise.name)
            if isinstance(wanted, Verdict):
                got, same = str(exercise.verdict), exercise.verdict is wanted
            else:
                got, same = f"{exercise.fraction:g}", abs(exercise.fraction - wanted) < 1e-6
            if not same:
                wrong.append(f"{sample.name}: {exercise.name} got {got}, expected {wanted}")
    return wrong
