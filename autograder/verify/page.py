"""A proof as one HTML page: self-contained, readable without colour and by ear."""

from __future__ import annotations

from collections.abc import Sequence

from jinja2 import Environment, PackageLoader, StrictUndefined

from autograder.verify.proof import Fate, Proof
from autograder.verify.questions import STATEMENTS

TEMPLATE = "proof.html"


def page(proofs: Sequence[Proof]) -> str:
    """The text of the page: figures, problems, and the matrix of misconceptions and checks."""
    environment = Environment(
        loader=PackageLoader("autograder"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(TEMPLATE).render(
        proofs=proofs,
        statements=STATEMENTS,
        fates=list(Fate),
        equivalent=Fate.EQUIVALENT,
    )
