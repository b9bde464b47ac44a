"""Plans for the test cells of an assignment, stored as files that a person can read.

.autograder/testcells/<assignment>.json          of its notebooks without hidden graders
.autograder/testcells/<assignment>.mixed.json    of the ordinary test cells beside hidden graders
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import replace

from autograder.course import Course
from autograder.grading.fingerprint import digest, digest_file, files_below, package_digest
from autograder.testcells.plan import NotebookPlan


class PlanFile:
    """A stored file: the plans of some notebooks and a digest of their inputs."""

    def __init__(
        self,
        course: Course,
        assignment: str,
        part: str = "",
        written: Mapping[str, Mapping[str, str]] | None = None,
    ) -> None:
        """`written` are test cells that nbgrader writes itself, by notebook and by name."""
        self.path = course.root / ".autograder" / "testcells" / f"{assignment}{part}.json"
        self.made_from = plan_digest(course, assignment)
        if part and (release := course.release_notebook(assignment)).is_file():
            self.made_from = digest(f"{self.made_from}\n{digest_file(release)}")  # AUTOTEST
        if written:
            self.made_from = digest(json.dumps([self.made_from, written], sort_keys=True))

    def known(self, names: Collection[str]) -> dict[str, NotebookPlan] | None:
        """The plans of these notebooks; None if their inputs have changed since."""
        with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
            kept = json.loads(self.path.read_text(encoding="utf-8"))
            if kept["made from"] == self.made_from and kept["notebooks"].keys() == set(names):
                return {n: NotebookPlan.from_json(kept["notebooks"][n]) for n in names}
        return None

    def forget(self) -> None:
        """Remove the file: the plans are to be made again."""
        with suppress(OSError):
            self.path.unlink(missing_ok=True)

    def keep(self, plans: Mapping[str, NotebookPlan]) -> None:
        """Write the plans in one step; in a read-only course they are made again each time."""
        notebooks = {name: plan.to_json() for name, plan in plans.items()}
        content = {"made from": self.made_from, "notebooks": notebooks}
        with suppress(OSError):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            aside = self.path.with_suffix(f".{os.getpid()}")
            text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
            aside.write_text(text, encoding="utf-8")
            aside.replace(self.path)


def plan_digest(course: Course, assignment: str) -> str:
    """A digest of the inputs of plans: the author's files, settings, the package."""
    files = files_below(course.source(assignment))
    limits = replace(course.limits, cell_seconds=0.0)  # no limit of time decides: see `planning`
    settings = (
        limits, course.preload, course.tier, course.hidden_delimiters, course.test_cells
    )  # fmt: skip
    parts = [f"{p.relative_to(course.root)}:{digest_file(p)}" for p in files]
    return digest("\n".join([package_digest(), repr(settings), *parts]))
