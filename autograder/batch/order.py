"""What a job has to produce: plain data that is sent with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from autograder.batch.other_notebooks import Beside, OtherNotebooks
from autograder.gradebook.rows import NotebookScores
from autograder.gradebook.staging import Prepared, Staged, Staging
from autograder.grading.ordinary_cells import as_exercise, error_of, waiting_exercise
from autograder.model import Exercise, Graded, Key
from autograder.notebook.cells import nbgrader_metadata
from autograder.notebook.restoring import SourceCells

Result = Graded | Prepared | Staged


class Product(StrEnum):
    """How far the process that graded carries a result."""

    GRADED = "graded"  # report and notebooks, as for a file
    PREPARED = "prepared"  # with scores and texts; for processes that do not see the course
    STAGED = "staged"  # files and report lie beside their place


@dataclass(frozen=True)
class Order:
    """What every job of a run has to produce, and the means to do so."""

    product: Product = Product.GRADED
    staging: Staging | None = None  # needed by all products but the first
    others: OtherNotebooks | None = None  # of an assignment with several notebooks

    @property
    def has_main(self) -> bool:
        """Whether there is a notebook with hidden graders."""
        return self.others is None or not self.others.are_all

    def result(self, graded: Graded, beside: Beside | None, key: Key | None) -> Result:
        """Carry a graded submission as far as `product` says.

        Raises GraderError, SubmissionError and Refused as `Recorder.record` does.
        """
        if self.others is not None and beside is not None:
            ran = self.others.executed(beside)
            own = graded.report.flags
            report = replace(graded.report, flags=(*own, *ran.flags))
            graded = replace(graded, report=report, others=ran.notebooks, made=ran.made, shown=own)
        graded = replace(graded, key=key)
        if self.staging is None:
            return graded
        if not self.has_main:
            return self._scored_by_nbgrader(self.staging, graded)
        if self.product is Product.GRADED:
            return graded
        if self.product is Product.PREPARED:
            return self.staging.preparation(graded)
        return self.staging(graded)

    def _scored_by_nbgrader(self, staging: Staging, graded: Graded) -> Result:
        """The same for a submission whose report is made from nbgrader's scores."""
        ready = staging.preparation(graded)
        sources = self.others.sources if self.others else {}
        said = {
            (other.name, str(nbgrader_metadata(cell).get("grade_id"))): error_of(cell)
            for other in graded.others
            for cell in other.notebook["cells"]
        }
        exercises = tuple(test_cells(sources, ready.scores, said))
        report = replace(graded.report, exercises=exercises)
        if self.product is Product.GRADED:
            return replace(graded, report=report)
        ready = replace(ready, report=report)
        return ready if self.product is Product.PREPARED else staging(ready)


def test_cells(
    sources: Mapping[str, SourceCells],
    scores: Mapping[str, NotebookScores],
    said: Mapping[tuple[str, str], str],
) -> Iterator[Exercise]:
    """Every automatically scored cell as an exercise of its own, for summaries and the report.

    `said` is how cells failed, by notebook and name.
    """
    for notebook, source in sorted(sources.items()):
        for name, cell in source.cells.items():
            if not cell.grade or cell.solution:
                continue  # a person grades it
            shown = name if len(sources) == 1 else f"{notebook}/{name}"
            most = cell.points or 0.0
            if notebook not in scores:
                yield as_exercise(name, most, None, shown)
            elif scores[notebook].scores.get(name, 0.0) is None:
                yield waiting_exercise(name, most, shown)
            else:
                score = scores[notebook].scores.get(name) or 0.0
                yield as_exercise(name, most, score, shown, said.get((notebook, name), ""))
