"""``autograder new``"""

from __future__ import annotations

from autograder.authoring.skeleton import new
from autograder.cli.base import CourseApp
from autograder.language.catalogue import words
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
        course = self.course
        say = words(course.language)
        for path in new(course.root, name):
            print(say("wrote {file}").format(file=path.relative_to(course.root)))
        notebook = course.source_notebook(name).relative_to(course.root)
        now = say("Now: jupyter lab {notebook}, and autograder verify {name}")
        print("\n" + now.format(notebook=notebook, name=name))
