"""Warns, in a release that nbgrader itself makes, when its test cells have no plan."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.course import Course
from autograder.grading.planning import has_plan
from autograder.notebook.cells import nbgrader_metadata

Resources = dict[str, Any]


class TellOfPlan(NbGraderPreprocessor):  # type: ignore[misc]
    """Says that the plan of a notebook's test cells is missing or stale: the first grading would
    make it, and take as long as running the author's notebook a few times."""

    def preprocess(self, nb: Any, resources: Resources) -> tuple[Any, Resources]:
        """The notebook as it is."""
        roles = [nbgrader_metadata(cell) for cell in nb.cells if cell.cell_type == "code"]
        if any(role.get("grade") and not role.get("solution") for role in roles):
            coursedir = self.parent.parent.coursedir  # of the converter: the exporter runs us
            course = Course.from_config(self.config, Path(coursedir.root))
            assignment = coursedir.assignment_id
            if not has_plan(course, assignment):
                self.log.info(
                    "Where the test cells of %s are judged is not decided yet for this version: "
                    "`autograder plan %s` does it now, else the first grading does",
                    assignment,
                    assignment,
                )
        return nb, resources
