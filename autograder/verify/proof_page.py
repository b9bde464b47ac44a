"""A proof as one HTML page: self-contained, readable without colour and by ear."""

from __future__ import annotations

from collections.abc import Sequence

from autograder import templates
from autograder.verify.proof import Fate, Proof
from autograder.verify.questions import STATEMENTS
from autograder.verify.told import Hint


def page(proofs: Sequence[Proof], language: str = "en") -> str:
    """The text of the page: figures, problems, and the matrix of misconceptions and checks.

    What is to be mended is said in English, as on the terminal.
    """
    return templates.page(
        "proof.html.j2",
        language,
        proofs=proofs,
        statements=STATEMENTS,
        fates=list(Fate),
        equivalent=Fate.EQUIVALENT,
        hints=list(Hint),
    )
