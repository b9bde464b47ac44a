"""``autograder plan``"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from autograder.cli.base import CourseApp
from autograder.cli.columns import cells as cells_of
from autograder.cli.columns import padded
from autograder.course import Course
from autograder.gradebook.sources import written_tests
from autograder.grading.planning import plan_of_ordinary, plans_of
from autograder.language.catalogue import Say, words
from autograder.language.ready_made import in_language
from autograder.testcells.plan import NotebookPlan

INSIDE = (
    "What is judged inside runs in the student's own process: a submission can read the hidden "
    "tests of those cells and forge their points."
)


class PlanApp(CourseApp):
    """Show which test cells are judged outside of the student's process, and why others are not."""

    name = "autograder-plan"
    description = __doc__
    takes = "[ASSIGNMENT...]"
    examples = """
        autograder plan            # every assignment that has test cells of its own
        autograder plan ps1        # one
        """

    def run(self) -> None:
        course = self.course
        for assignment in self.assignments(nbgraders=True) if self.names_given else all_of(course):
            written = written_tests(course, assignment, self.coursedir.db_url)
            plans = plans_of(course, assignment, written, again=True)
            if ordinary := plan_of_ordinary(course, assignment, again=True):
                plans = {assignment: ordinary, **plans}
            for line in table(assignment, plans, course.language):
                print(line)


def all_of(course: Course) -> list[str]:
    """All assignments, nbgrader's own too."""
    folder = course.step(course.source_directory)
    found = {path.parent.name for path in folder.glob("*/*.ipynb")}
    return sorted(name for name in found if course.source(name).is_dir())


def table(
    assignment: str, plans: Mapping[str, NotebookPlan], language: str = "en"
) -> Iterator[str]:
    """Where each test cell is judged, a line each; nothing without test cells."""
    cells = [
        (name if len(plans) == 1 else f"{notebook}/{name}", where)
        for notebook, plan in plans.items()
        for name, where in _places(plan, language)
    ]
    if not cells:
        return
    yield summary(assignment, plans, words(language))
    width = max(cells_of(name) for name, _ in cells)
    for name, where in cells:
        yield f"  {padded(name, width)}  {where}"
    if any(plan.inside for plan in plans.values()):
        yield f"  {words(language)(INSIDE)}"


def _places(plan: NotebookPlan, language: str) -> Iterator[tuple[str, str]]:
    say = words(language)
    for name in plan.outside:
        left = say(", ").join(plan.leaves.get(name, ()))
        more = say("outside; later cells get its released {names}").format(names=left)
        yield name, more if left else say("outside")
    for name, why in plan.inside.items():
        yield name, say("inside: {why}").format(why=in_language(why, language))


def summary(assignment: str, plans: Mapping[str, NotebookPlan], say: Say) -> str:
    """How many test cells are judged outside, in a line."""
    outside = sum(len(plan.outside) for plan in plans.values())
    number = outside + sum(len(plan.inside) for plan in plans.values())
    text = say("{assignment}: {outside} of {n} test cells judged outside")
    if number == 1:
        text = say("{assignment}: {outside} of 1 test cell judged outside")
    return text.format(assignment=assignment, outside=outside, n=number)
