"""What a job is to give back: plain data that goes out with it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from autograder.batch.other_notebooks import Beside, OtherNotebooks
from autograder.gradebook.staging import Prepared, Staged, Staging
from autograder.model import Graded, Key

Result = Graded | Prepared | Staged


class Product(StrEnum):
    """How far a result is taken in the process that graded."""

    GRADED = "graded"  # report and notebooks, as for a file
    PREPARED = "prepared"  # with scores and texts; for processes that do not see the course
    STAGED = "staged"  # files and report lie beside their place


@dataclass(frozen=True)
class Order:
    """The same for all jobs of a run."""

    product: Product = Product.GRADED
    staging: Staging | None = None  # needed by all products but the first
    others: OtherNotebooks | None = None  # of an assignment with several notebooks

    def result(self, graded: Graded, beside: Beside | None, key: Key | None) -> Result:
        """Take a graded submission as far as it was asked for.

        Raises GraderError, SubmissionError and Refused as `Recorder.record` does.
        """
        if self.others is not None and beside is not None:
            done, made = self.others.executed(beside)
            graded = replace(graded, others=done, made=made)
        graded = replace(graded, key=key)
        if self.staging is None or self.product is Product.GRADED:
            return graded
        if self.product is Product.PREPARED:
            return self.staging.preparation(graded)
        return self.staging(graded)
