"""Adds the helper files of this package to a release that nbgrader itself makes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.authoring.config import released_language
from autograder.authoring.release_reasons import reasons_of
from autograder.authoring.stub import has_region
from autograder.course import Autograder, Course
from autograder.handout.copies import HANDED_OUT, handed_out
from autograder.handout.reasons import REASONS
from autograder.notebook.cells import given_text

Resources = dict[str, Any]


class HandOutHelpers(NbGraderPreprocessor):  # type: ignore[misc]
    """Puts beside the released notebook what it imports from this package, and the public reasons.

    `autograder build` has put the same files into source/ already; without it (Formgrader's
    Generate, in a fresh clone) they are missing there, and are written into the release only.
    """

    def preprocess(self, nb: Any, resources: Resources) -> tuple[Any, Resources]:
        """Raises CourseError when the graders that reasons are made of cannot be loaded."""
        if any(has_region(cell.source) or given_text(cell.metadata) for cell in nb.cells):
            coursedir = self.parent.parent.coursedir  # of the converter: the exporter runs us
            assignment = coursedir.assignment_id
            place = coursedir.format_path(coursedir.release_directory, ".", assignment)
            language = released_language(self.config)
            spoken = Autograder(config=self.config).language if language == "both" else language
            for name in missing_helpers(Path(place)):
                text = self._text(name, Path(coursedir.root), assignment, spoken)
                if text:
                    Path(place, name).write_text(text, encoding="utf-8")
        return nb, resources

    def _text(self, name: str, root: Path, assignment: str, language: str) -> str:
        """What such a file holds; nothing where there are no reasons to give."""
        if name != REASONS:
            return handed_out(name, language)
        return reasons_of(Course.from_config(self.config, root), assignment, language)


def missing_helpers(folder: Path) -> list[str]:
    """Names of helper files that a release lacks; none where there is no release."""
    names = (*HANDED_OUT, REASONS) if folder.is_dir() else ()
    return [name for name in names if not (folder / name).exists()]
