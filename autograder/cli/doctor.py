"""``autograder doctor``"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any, ClassVar

from traitlets import Bool, Unicode

from autograder.cli.base import CourseApp
from autograder.cli.help import FLAGS, aliases
from autograder.language.catalogue import words

REFUSED = "Grading is refused here, unless you say --sandbox weak: see docs/security.md"


class DoctorApp(CourseApp):
    """Say which wall this machine can build, layer by layer, and what is missing."""

    name = "autograder-doctor"
    description = __doc__
    examples = """
        autograder doctor             # in words
        autograder doctor --json      # for a machine
        autograder doctor --html doctor.html   # a page, for who runs the machine
        """
    needs_course = False
    aliases: ClassVar[dict[str, Any]] = aliases(html="DoctorApp.html")
    flags: ClassVar[dict[str, Any]] = {
        **FLAGS,
        "json": ({"DoctorApp": {"as_json": True}}, "Print JSON."),
    }
    html = Unicode("", help="Write the findings to this page.").tag(config=True)
    as_json = Bool(False, help="Print the findings as JSON.").tag(config=True)

    def run(self) -> None:
        from autograder import templates
        from autograder.gradebook.disk_errors import write_whole
        from autograder.sandbox import Tier
        from autograder.sandbox.doctor import probe

        language = self.course.language
        say, findings = words(language), probe()
        print(json.dumps(asdict(findings), indent=2) if self.as_json else findings.told(say))
        if self.html:
            page = templates.page("doctor.html.j2", language, found=findings)
            write_whole(Path(self.html), page)
            print(self.html)
        if findings.tier is Tier.WEAK:
            print("\n" + say(REFUSED))
            sys.exit(1)
