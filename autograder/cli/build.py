"""``autograder build``"""

from __future__ import annotations

from typing import Any, ClassVar

from traitlets import Bool, Enum

from autograder.authoring.build import build
from autograder.cli.base import CourseApp


class BuildApp(CourseApp):
    """Make solutions/ and release/ from source/; with --check, only compare."""

    name = "autograder-build"
    description = __doc__
    examples = """
        autograder build                       # every assignment
        autograder build optimization          # one
        autograder build --check               # fail when something is stale or does not fit
        autograder build --lang both           # prose in English and Chinese
        """
    aliases: ClassVar[dict[str, Any]] = {**CourseApp.aliases, "lang": "BuildApp.lang"}
    flags: ClassVar[dict[str, Any]] = {
        **CourseApp.flags,
        "check": ({"BuildApp": {"check": True}}, "write nothing; exit 1 when something is stale"),
    }
    check = Bool(False, help="Write nothing; compare what is there with fresh files.").tag(
        config=True
    )
    lang = Enum(
        ["en", "zh", "both"], None, allow_none=True, help="Language of the released prose."
    ).tag(config=True)

    def run(self) -> None:
        names = self.assignments()
        changed = build(self.course.root, names, check=self.check, lang=self.lang)
        if self.check:
            print(f"{len(names)} assignments: solutions/ and release/ are fresh")
            return
        for path in changed:
            print(f"wrote {path.relative_to(self.course.root)}")
        if not changed:
            print("nothing to do: everything is fresh")
