"""``autograder build``"""

from __future__ import annotations

from typing import Any, ClassVar

from traitlets import Bool, Enum

from autograder.authoring.build import build, own_assignments
from autograder.cli.base import CourseApp
from autograder.cli.help import FLAGS, aliases
from autograder.cli.plan import table
from autograder.gradebook.sources import written_tests
from autograder.grading.planning import plans_of
from autograder.language.catalogue import words


class BuildApp(CourseApp):
    """Make solutions/ and release/ from source/; with --check, only compare."""

    name = "autograder-build"
    description = __doc__
    takes = "[ASSIGNMENT...]"
    examples = """
        autograder build                       # every assignment
        autograder build optimization          # one
        autograder build --check               # fail when something is stale or does not fit
        autograder build --lang both           # prose in English and Chinese
        """
    aliases: ClassVar[dict[str, Any]] = aliases("assignment", "db", lang="BuildApp.lang")
    flags: ClassVar[dict[str, Any]] = {
        **FLAGS,
        "check": (
            {"BuildApp": {"check": True}},
            "Write nothing; exit 1 when a file is stale.",
        ),
    }
    check = Bool(False, help="Write nothing; compare what is there with fresh files.").tag(
        config=True
    )
    lang = Enum(
        ["en", "zh", "both"],
        None,
        allow_none=True,
        help="Prose of the release: en, zh or both.",
    ).tag(config=True)

    def run(self) -> None:
        course = self.course
        say = words(course.language)
        names = self.assignments() if self.names_given else own_assignments(course)
        changed = build(
            course.root, names, check=self.check, lang=self.lang, db_url=self.coursedir.db_url
        )
        if self.check:
            line = say("{n} assignments: solutions/ and release/ are fresh")
            if len(names) == 1:
                line = say("1 assignment: solutions/ and release/ are fresh")
            print(line.format(n=len(names)))
            return
        for path in changed:
            print(say("wrote {file}").format(file=path.relative_to(course.root)))
        for name in names:
            plans = plans_of(course, name, written_tests(course, name, self.coursedir.db_url))
            for line in table(name, plans, course.language):
                print(line)
        if not changed:
            print(say("nothing to do: everything is fresh"))
