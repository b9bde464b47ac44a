"""``autograder new``"""

from __future__ import annotations

from autograder.authoring.skeleton import new
from autograder.cli.base import CourseApp
from autograder.model import CourseError


class NewApp(CourseApp):
    """Make the skeleton of another assignment: a notebook, its graders, and what proves them."""

    name = "autograder-new"
    description = __doc__
    takes = "ASSIGNMENT"
    examples = """
        autograder new convolution     # source/convolution/ and tests/convolution/
        """

    def run(self) -> None:
        if len(self.extra_args) != 1:
            raise CourseError("say its name: autograder new ASSIGNMENT")
        [name] = self.extra_args
        root = self.course.root
        for path in new(root, name):
            print(f"wrote {path.relative_to(root)}")
        print(f"\nNow: jupyter lab source/{name}/{name}.ipynb, and autograder verify {name}")
