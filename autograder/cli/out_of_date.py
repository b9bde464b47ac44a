"""Names whose grades are not up to date, and why; nothing is run and nothing is written."""

from __future__ import annotations

from collections.abc import Sequence

from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from autograder.batch.order import Order, Product
from autograder.batch.run import ClassRun
from autograder.cli.graded_class import because
from autograder.course import Course
from autograder.gradebook.recording_preview import gradebook_differences
from autograder.gradebook.staging import Staging
from autograder.language.catalogue import words
from autograder.model import CourseError
from autograder.nbgrader_plugins.graded_notebooks import changed_notebooks
from autograder.nbgrader_plugins.other_notebooks import other_notebooks
from autograder.watch.exchange import shown
from autograder.watch.ledger import Ledger
from autograder.watch.overtaken import left_over, sentence
from autograder.watch.watcher import folder_of


def out_of_date(
    coursedir: CourseDirectory, config: Config, course: Course, assignment: str
) -> list[str]:
    """Sentences on submissions that `autograder grade` would grade or record again."""
    order = Order(
        Product.STAGED,
        Staging.of(coursedir, assignment, config),
        other_notebooks(coursedir, assignment, course, config),
    )
    try:
        run = ClassRun(course, assignment, order=order)
        jobs = [job.student for job in run.jobs()]
        rows = gradebook_differences(coursedir, assignment, config, run.plan.known)
        reasons: dict[str, Sequence[str]] = dict(rows)
    except CourseError:  # without submissions or a release: nothing can be graded again
        return []
    graded = set(course.students(course.autograded_directory, assignment))  # also by a kernel
    reasons |= {
        name: run.plan.reasons.get(name, ("it is not graded yet",))
        for name in jobs
        if name in run.plan.reasons or name not in graded
    }
    for name in jobs:
        if name not in reasons:  # graded by nbgrader, which keeps no report
            folder = course.submitted(assignment, name)
            if changed := changed_notebooks(course.root, folder, assignment, name):
                reasons[name] = [f"the submitted {notebook} changed" for notebook in changed]
    if not reasons:
        return []
    say = words(course.language)
    command = f"autograder grade {assignment}"
    first = say("not everybody's grade is up to date: run `{command}`").format(command=command)
    return [first, *because(say("not up to date"), reasons, say)]


def passed_over(course: Course, assignment: str) -> list[str]:
    """Sentences on hand-ins that a watcher did not grade, and after which none was graded."""
    say = words(course.language)
    ledger = Ledger(folder_of(course) / assignment)
    return [shown(sentence(answer, later, say)) for answer, later in left_over(ledger)]
