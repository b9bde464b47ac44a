"""``autograder doctor``"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Any, ClassVar

from traitlets import Bool

from autograder.cli.base import CourseApp
from autograder.cli.help import FLAGS


class DoctorApp(CourseApp):
    """Say which wall this machine can build, layer by layer, and what is missing."""

    name = "autograder-doctor"
    description = __doc__
    examples = """
        autograder doctor             # in words
        autograder doctor --json      # for a machine
        """
    needs_course = False
    flags: ClassVar[dict[str, Any]] = {
        **FLAGS,
        "json": ({"DoctorApp": {"as_json": True}}, "Print JSON."),
    }
    as_json = Bool(False, help="Print the findings as JSON.").tag(config=True)

    def run(self) -> None:
        from autograder.sandbox import Tier
        from autograder.sandbox.doctor import probe

        findings = probe()
        print(json.dumps(asdict(findings), indent=2) if self.as_json else findings)
        if findings.tier is Tier.WEAK:
            print("\nGrading is refused here, unless you say --sandbox weak: see docs/security.md")
            sys.exit(1)
